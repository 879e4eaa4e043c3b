//! The fields of a pair, one file each: what the other side would say, three-way merge, and what is to be written.
//!
//! Imports the desk, pairs, how texts cross, and comments, where texts that lose are kept.

pub(super) mod breaker;
pub(super) mod labels;
pub(super) mod merged;
pub(super) mod milestones;
pub(super) mod people;
mod question;
pub(super) mod shown;
pub(super) mod spent;
pub(super) mod status;
pub(super) mod text;
pub(super) mod values;
