//! What a run is to do, and what reports call the steps of it.

use crate::config::Sync;
use crate::model::{IssueKey, IssueRef, PerSide, Side};
use crate::reconcile::Errand;
use crate::report::StepReport;

/// What a run is to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Task {
    /// Bring everything up to date.
    #[default]
    Sync,
    /// Say what a sync would do, however much that is: no guard stops it, for nothing is ever written.
    Status,
    /// Join two issues of the two trackers of a sync. The story began with the first one, where nothing tells otherwise.
    Link(IssueRef, IssueRef),
    /// Part an issue from its twin.
    Unlink(IssueRef),
    /// Join unlinked issues of equal title.
    Adopt,
    /// Mend lost markers, duplicates and orphans.
    Repair,
}

impl Task {
    /// Whether it is about one link, named by whoever asked.
    pub(super) fn is_about_one(&self) -> bool {
        matches!(self, Self::Link(..) | Self::Unlink(_))
    }

    /// Whether a sync has anything to do with it.
    pub(super) fn concerns(&self, sync: &Sync) -> bool {
        let has = |at: &IssueRef| at.tracker == sync.between.left || at.tracker == sync.between.right;
        match self {
            Self::Link(a, b) => has(a) && has(b) && a.tracker != b.tracker,
            Self::Unlink(at) => has(at),
            Self::Sync | Self::Status | Self::Adopt | Self::Repair => true,
        }
    }

    /// It, in the terms of one sync.
    pub(super) fn errand(&self, sync: &Sync) -> Errand {
        match self {
            Self::Sync | Self::Status => Errand::Sync,
            Self::Adopt => Errand::Adopt,
            Self::Repair => Errand::Repair,
            Self::Unlink(at) => {
                let (side, key) = side_of(sync, at);
                Errand::Unlink(side, key)
            }
            Self::Link(a, b) => {
                let (first, key) = side_of(sync, a);
                let mut keys = PerSide::new(key, b.key.clone());
                if first == Side::Right {
                    std::mem::swap(&mut keys.left, &mut keys.right);
                }
                Errand::Link(keys, first)
            }
        }
    }

    /// Its steps by the names that reports have for them.
    pub(super) fn named(&self, mut steps: Vec<StepReport>) -> Vec<StepReport> {
        for step in &mut steps {
            let marks = step.fields.contains(&"marker");
            step.op = match (self, step.op) {
                (Self::Link(..), "mark" | "update") => "link",
                (Self::Adopt, "mark" | "update") => "adopt",
                (Self::Repair, "mark") => "repair-marker",
                (Self::Repair, "update") if marks => "repair-marker",
                (Self::Repair, "retire") => "repair-duplicate",
                (Self::Repair, "delete-comment") => "repair-comment",
                (Self::Repair, "unlink" | "close") => "repair-orphan",
                (Self::Repair, "unmark") => "repair-copy",
                (_, op) => op,
            };
        }
        steps
    }
}

/// The side of a sync an issue is on, and its key there.
pub(super) fn side_of(sync: &Sync, at: &IssueRef) -> (Side, IssueKey) {
    let side = if at.tracker == sync.between.left {
        Side::Left
    } else {
        Side::Right
    };
    (side, at.key.clone())
}
