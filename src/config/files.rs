//! What becomes of files that issues and comments show or link to.
//!
//! Imports the model's names only.

use crate::model::PerSide;

/// Largest file that is carried, in bytes, where the mapping file does not say.
pub(super) const MAX_FILE: u64 = 10_000_000;
/// How much one run carries at most, in bytes, where the mapping file does not say.
pub(super) const MAX_RUN: u64 = 200_000_000;

/// What becomes of the files that people attach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Attachments {
    /// They are kept on the other tracker, where it can keep files.
    Reupload,
    /// They stay where they are; addresses that only lead somewhere on their own tracker are written out in full.
    #[default]
    Link,
    /// Addresses cross exactly as written.
    Off,
}

/// How files are carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttachmentField {
    /// What becomes of them.
    pub mode: Attachments,
    /// The side keeps files on a branch of its own in the repository. Only ever set for trackers that can.
    pub branch: PerSide<bool>,
    /// Largest file that is carried, in bytes.
    pub max_file: u64,
    /// How much one run carries at most, in bytes.
    pub max_run: u64,
}

impl Default for AttachmentField {
    fn default() -> Self {
        Self {
            mode: Attachments::Link,
            branch: PerSide::default(),
            max_file: MAX_FILE,
            max_run: MAX_RUN,
        }
    }
}
