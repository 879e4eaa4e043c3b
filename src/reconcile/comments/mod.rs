//! Comments: one copy of each that a person wrote, what is known of them without reading, and the commands in them.
//!
//! Imports the desk, pairs, and how texts cross.

mod bare;
mod credit;
pub(super) mod flow;
pub(super) mod kept;
pub(super) mod known;
pub(super) mod orders;
pub(super) mod surplus;
pub(super) mod suspect;
mod talk;
