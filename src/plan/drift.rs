//! What is told of links besides what is written to them: every link there is, and where its sides differ.

use super::Field;
use crate::model::PerSide;

/// One difference between the sides of a link.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Drift {
    /// The link; empty for an issue that has none yet.
    pub link: String,
    /// `tracker#key`.
    pub left: Option<String>,
    /// `tracker#key`.
    pub right: Option<String>,
    /// Its class, one of design's names.
    pub class: &'static str,
    /// What the left side holds. Text of people: shown only where titles may be.
    pub left_value: String,
    /// What the right side holds.
    pub right_value: String,
    /// The field.
    pub field: Field,
    /// Both sides changed it since they last agreed, differently.
    pub conflict: bool,
}

/// One link as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The link.
    pub link: String,
    /// Its issues; one is missing where the twin is gone.
    pub issues: PerSide<Option<SeenIssue>>,
    /// When both sides last agreed, in seconds since 1970, as the marker says; `None` without one.
    pub agreed: Option<i64>,
}

/// One issue of a link, as people know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenIssue {
    /// `tracker#key`.
    pub at: String,
    /// Web address, or the file's path for a folder. Foreign.
    pub url: String,
    /// Title. Foreign, and shown only where titles may be.
    pub title: String,
}
