//! What is to be written for a link as a whole: to a pair, to an issue that is to have a twin, to one whose twin is gone.
//!
//! Imports the desk, pairs, fields, comments, and how texts cross.

mod book;
pub(super) mod create;
pub(super) mod linked;
pub(super) mod parting;
pub(super) mod widow;
