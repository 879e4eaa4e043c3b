//! The plan: everything a run would write, as data, with the reason for each write.
//!
//! Pure. Imports the model and the valid configuration. A dry run is this plan with nobody to carry it out.

mod board;
mod book;
mod drift;
mod field;
mod files;
mod guard;
mod heard;
mod predict;
mod shown;

use std::collections::BTreeSet;

use crate::model::{
    CommentKey, CommentMark, Hash, Issue, IssueKey, Label, LinkId, Marker, Milestone, PerSide, PlanningChange, Side,
    Status,
};

pub use board::{Board, FoundBoard, Question};
pub use book::{Book, digest_comments};
pub use drift::{Drift, Seen, SeenIssue};
pub use field::{Field, Kept};
pub use files::PlannedFile;
pub use guard::{Stop, check};
pub use heard::Heard;
pub use predict::predict;
pub use shown::{base_names, duration, moves, shown_labels, shown_words, text_of};

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

impl Step {
    /// Why, with the name of the label or milestone it is about.
    pub fn told(&self) -> String {
        match &self.act {
            Act::Label(label) => format!("label {:?} is {}", label.name, self.why),
            Act::Milestone(milestone) => format!("milestone {:?} is {}", milestone.title, self.why),
            Act::Create(_)
            | Act::Update(_)
            | Act::Comment(_)
            | Act::EditCopy { .. }
            | Act::EditOriginal { .. }
            | Act::DeleteCopy { .. }
            | Act::Acknowledge { .. }
            | Act::Note
            | Act::Retire { .. }
            | Act::Part { .. }
            | Act::Unmark { .. } => self.why.clone(),
        }
    }
}

/// What a step writes. Bodies are composed when the step is carried out, because the marker in them holds what earlier
/// steps were observed to leave behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Make a label known.
    Label(Label),
    /// Make a milestone known.
    Milestone(Milestone),
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
        /// Fingerprint of the text it replaces.
        was: Hash,
        /// Its new content.
        copy: Copy,
    },
    /// Write an original anew because a person edited its copy.
    EditOriginal {
        /// The original.
        comment: CommentKey,
        /// Fingerprint of the text it replaces.
        was: Hash,
        /// Its new text.
        text: String,
        /// Files the text names by placeholders.
        files: Vec<PlannedFile>,
    },
    /// Show that a command in a comment was read.
    Acknowledge {
        /// The comment.
        comment: CommentKey,
    },
    /// Take a copy away whose original was deleted.
    DeleteCopy {
        /// The copy.
        comment: CommentKey,
        /// Fingerprint of its text.
        was: Hash,
    },
    /// Write the marker of the right side alone, saying what time is about to be added and else what it said before.
    Note,
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
    /// Take markers out of an issue that belong to another one: its body was copied from there.
    Unmark {
        /// The markers that stay.
        keep: Vec<Marker>,
    },
}

impl Act {
    /// The name used in reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Label(_) => "label",
            Self::Milestone(_) => "milestone",
            Self::Create(_) => "create",
            Self::Note => "mark",
            Self::Update(change) if change.is_empty() => "mark",
            Self::Update(_) => "update",
            Self::Comment(_) => "comment",
            Self::EditCopy { .. } | Self::EditOriginal { .. } => "edit-comment",
            Self::DeleteCopy { .. } => "delete-comment",
            Self::Acknowledge { .. } => "acknowledge",
            Self::Retire { .. } => "retire",
            Self::Part { close: true } => "close",
            Self::Part { close: false } => "unlink",
            Self::Unmark { .. } => "unmark",
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
    /// Milestone, weight, due date and estimate. Time spent is added later, once the marker says that it will be.
    pub planning: PlanningChange,
    /// Not for everyone.
    pub confidential: bool,
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
    /// Milestone, weight, due date and time.
    pub planning: PlanningChange,
    /// Whether it shall be for everyone.
    pub confidential: Option<bool>,
    /// Files the text names by placeholders.
    pub files: Vec<PlannedFile>,
}

impl Change {
    /// Whether it goes alone, before the rest of what is planned for its link: a marker written with it would claim that
    /// the rest has been carried.
    pub fn goes_ahead(&self) -> bool {
        let time = Self {
            planning: PlanningChange {
                spend: self.planning.spend,
                ..PlanningChange::default()
            },
            ..Self::default()
        };
        let hiding = Self {
            confidential: Some(true),
            ..Self::default()
        };
        *self == hiding || (self.planning.spend.is_some() && *self == time)
    }

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

/// Everything one sync would do.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Labels and milestones to make known first.
    pub catalogue: Vec<Step>,
    /// Steps per link, in the order they are taken.
    pub links: Vec<LinkPlan>,
    /// What is not acted on.
    pub held: Vec<Held>,
    /// Where the sides differ.
    pub drift: Vec<Drift>,
    /// Every link there is, settled ones included, in the order of their left issues.
    pub seen: Vec<Seen>,
    /// The issues that are not for everybody, as `tracker#key`.
    pub confidential: BTreeSet<String>,
    /// How many links there are, settled ones included.
    pub linked: usize,
    /// Fields that both sides changed differently.
    pub conflicts: u64,
    /// Those of them that a person has to decide, or has decided.
    pub questions: Vec<Question>,
    /// The dashboard issue.
    pub board: Board,
}

impl Plan {
    /// Nothing to write.
    pub fn is_settled(&self) -> bool {
        self.catalogue.is_empty() && self.links.iter().all(|l| l.steps.is_empty())
    }

    /// All steps in the order they are taken.
    pub fn steps(&self) -> impl Iterator<Item = (Option<&LinkPlan>, &Step)> {
        let catalogue = self.catalogue.iter().map(|step| (None, step));
        catalogue.chain(
            self.links
                .iter()
                .flat_map(|link| link.steps.iter().map(move |step| (Some(link), step))),
        )
    }
}

/// The issue a step is planned on, as known now.
pub type Known = PerSide<Option<Issue>>;
