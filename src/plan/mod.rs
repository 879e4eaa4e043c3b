//! The plan: everything a run would write, as data, with the reason for each write.
//!
//! Pure. Imports the model and the valid configuration. A dry run is this plan with nobody to carry it out.

mod book;
mod files;
mod guard;
mod predict;

use std::collections::BTreeSet;

use crate::model::{CommentKey, CommentMark, Issue, IssueKey, Label, LinkId, PerSide, Side, Status};

pub use book::{Book, digest_comments};
pub use files::PlannedFile;
pub use guard::{Stop, check};
pub use predict::predict;

/// A field that is merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Title.
    Title,
    /// Body.
    Body,
    /// Status.
    Status,
    /// Labels.
    Labels,
    /// Assignees.
    Assignees,
    /// Comments.
    Comments,
    /// The markers themselves, which carry the link.
    Marker,
}

impl Field {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Body => "body",
            Self::Status => "status",
            Self::Labels => "labels",
            Self::Assignees => "assignees",
            Self::Comments => "comments",
            Self::Marker => "marker",
        }
    }
}

/// One planned write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The side that is written.
    pub on: Side,
    /// What is written.
    pub act: Act,
    /// The fields it changes.
    pub fields: BTreeSet<Field>,
    /// Why: "closed on github".
    pub why: String,
}

/// What a step writes. Bodies are composed when the step is carried out, because the marker in them holds what earlier
/// steps were observed to leave behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Make a label known.
    Label(Label),
    /// Open the twin, with its marker.
    Create(Box<Twin>),
    /// Change an issue; empty: write the marker alone.
    Update(Change),
    /// Copy a comment, or keep a text that lost a conflict.
    Comment(Copy),
    /// Write a copy anew because its original changed.
    EditCopy {
        /// The copy.
        comment: CommentKey,
        /// Its new content.
        copy: Copy,
    },
    /// Write an original anew because a person edited its copy.
    EditOriginal {
        /// The original.
        comment: CommentKey,
        /// Its new text.
        text: String,
        /// Files the text names by placeholders.
        files: Vec<PlannedFile>,
    },
    /// Take a copy away whose original was deleted.
    DeleteCopy {
        /// The copy.
        comment: CommentKey,
    },
    /// Close a twin that lost a race, and name the survivor in its marker.
    Retire {
        /// The issue on the same side that stands for the link.
        survivor: IssueKey,
    },
    /// Part: the marker stays as a tombstone that keeps the issue from being linked or created anew.
    Part {
        /// Close it as well.
        close: bool,
    },
}

impl Act {
    /// The name used in reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Label(_) => "label",
            Self::Create(_) => "create",
            Self::Update(change) if change.is_empty() => "mark",
            Self::Update(_) => "update",
            Self::Comment(_) => "comment",
            Self::EditCopy { .. } | Self::EditOriginal { .. } => "edit-comment",
            Self::DeleteCopy { .. } => "delete-comment",
            Self::Retire { .. } => "retire",
            Self::Part { .. } => "unlink",
        }
    }
}

/// The twin to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// Title.
    pub title: String,
    /// Text without footer and markers.
    pub text: String,
    /// The status it shall have in the end.
    pub status: Status,
    /// Labels.
    pub labels: BTreeSet<String>,
    /// Assignees.
    pub assignees: BTreeSet<String>,
    /// Files the text names by placeholders.
    pub files: Vec<PlannedFile>,
}

/// A change of one issue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// New title.
    pub title: Option<String>,
    /// New text without footer and markers.
    pub text: Option<String>,
    /// New status.
    pub status: Option<Status>,
    /// Labels to add.
    pub add_labels: BTreeSet<String>,
    /// Labels to take away.
    pub remove_labels: BTreeSet<String>,
    /// The whole new set of assignees.
    pub assignees: Option<BTreeSet<String>>,
    /// Files the text names by placeholders.
    pub files: Vec<PlannedFile>,
}

impl Change {
    /// Whether it changes nothing a person can see.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A comment of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// The line above the text that says who wrote it, where and when.
    pub attribution: String,
    /// The text.
    pub text: String,
    /// What its marker says.
    pub mark: CommentMark,
    /// Files the text names by placeholders; the marker's fingerprint of the text is taken anew once they are known.
    pub files: Vec<PlannedFile>,
}

/// The steps of one link, in the order they must be taken, and what is needed to write its markers.
#[derive(Clone, Debug)]
pub struct LinkPlan {
    /// The link.
    pub link: LinkId,
    /// Its issues, where they exist already.
    pub keys: PerSide<Option<IssueKey>>,
    /// What to write, in order.
    pub steps: Vec<Step>,
    /// Marker bookkeeping.
    pub book: Book,
}

/// Something seen and deliberately not acted on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held {
    /// Stable code.
    pub code: &'static str,
    /// `tracker#key`, or a tracker's name.
    pub on: String,
    /// What was seen.
    pub message: String,
    /// What a person can do.
    pub hint: String,
}

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
}

/// Everything one sync would do.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Labels to make known first.
    pub labels: Vec<Step>,
    /// Steps per link, in the order they are taken.
    pub links: Vec<LinkPlan>,
    /// What is not acted on.
    pub held: Vec<Held>,
    /// Where the sides differ.
    pub drift: Vec<Drift>,
    /// How many links there are, settled ones included.
    pub linked: usize,
    /// Fields that both sides changed differently.
    pub conflicts: u64,
}

impl Plan {
    /// Nothing to write.
    pub fn is_settled(&self) -> bool {
        self.labels.is_empty() && self.links.iter().all(|l| l.steps.is_empty())
    }

    /// All steps in the order they are taken.
    pub fn steps(&self) -> impl Iterator<Item = (Option<&LinkPlan>, &Step)> {
        let labels = self.labels.iter().map(|step| (None, step));
        labels.chain(
            self.links
                .iter()
                .flat_map(|link| link.steps.iter().map(move |step| (Some(link), step))),
        )
    }
}

/// The issue a step is planned on, as known now.
pub type Known = PerSide<Option<Issue>>;
