//! Who is whose twin: what the markers of both sides claim, which of it is believed, and what comes of it.
//!
//! Imports the desk and, for footers and room, how texts cross.

pub(super) mod claim;
mod claims;
mod doubtful;
mod found;
mod fresh;
mod lost;
mod race;
mod settle;
pub(super) mod trust;

pub(super) use claims::is_bare;
pub(super) use found::{Loser, Pair, Pairing, Widow, link_of};
pub(super) use fresh::fresh;
pub(super) use settle::pair;
