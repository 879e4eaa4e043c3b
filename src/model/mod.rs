//! The canonical issue, its comments, markers and bases: what every tracker is translated to.
//!
//! Pure data. Imports nothing of ours outside this folder; no I/O, clock, randomness or environment.

mod base;
mod board;
mod body;
mod hash;
mod ids;
mod issue;
mod marker;
mod marks;
mod op;
mod planning;
mod world;

#[cfg(test)]
mod tests;

pub use base::{Base, Intent, SideBase, Value};
pub use board::BoardMark;
pub(crate) use body::hash_ours;
pub use body::{Body, normalise};
pub(crate) use hash::hex_id;
pub use hash::{Hash, hash_text};
pub use ids::{CommentKey, IssueKey, IssueRef, LinkId, PerSide, Side, TrackerId};
pub use issue::{Account, Comment, Issue, Label, Reason, State, Status};
pub use marker::{BadMarker, CommentMark, End, Knew, Marker, Payload, PointerMark, Signer, StateMark, Turn};
pub use marks::{Marks, Told};
pub use op::{Draft, Op, Patch, Receipt};
pub use planning::{Milestone, Planning, PlanningChange};
pub use world::{Feed, Illegible, Lookup, SideWorld, World};
