//! Files that a planned text shows and that are not yet on the side it is written on.

use super::{Act, Step};
use crate::tracker::Shelf;

/// A file that a planned text names by a placeholder, until it is kept on the side that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedFile {
    /// The address to fetch it by from the other side.
    pub original: String,
    /// The address that texts name it by where it cannot be taken along.
    pub left: String,
    /// The address that stands for it in the text. It leads nowhere and is never written.
    pub placeholder: String,
    /// The last part of the original; foreign text.
    pub name: String,
    /// Where it is to be kept.
    pub shelf: Shelf,
}

impl Step {
    /// The files that its text names by placeholders.
    pub fn files(&self) -> &[PlannedFile] {
        match &self.act {
            Act::Create(twin) => &twin.files,
            Act::Update(change) => &change.files,
            Act::Comment(copy) | Act::EditCopy { copy, .. } => &copy.files,
            Act::EditOriginal { files, .. } => files,
            Act::Label(_)
            | Act::Milestone(_)
            | Act::Note
            | Act::DeleteCopy { .. }
            | Act::Acknowledge { .. }
            | Act::Retire { .. }
            | Act::Part { .. }
            | Act::Unmark { .. } => &[],
        }
    }
}
