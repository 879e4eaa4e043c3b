//! The writes a tracker is asked for, complete down to the last byte, and what it answers.

use std::collections::BTreeSet;

use super::{Comment, CommentKey, Issue, IssueKey, Label, Milestone, PlanningChange, Status};

/// A new issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// One line, within the tracker's limit.
    pub title: String,
    /// Text, footer and markers, as it is to be stored.
    pub body: String,
    /// The status to create it with; closed only where the profile says `create_closed`.
    pub status: Status,
    /// Names as the tracker spells them.
    pub labels: BTreeSet<String>,
    /// Logins.
    pub assignees: BTreeSet<String>,
    /// Milestone, weight, due date and time to begin with. Where a service takes no time with the request that creates
    /// (GitLab), it follows at once, and its failure is not one of the creation: the receipt says what is held.
    pub planning: PlanningChange,
    /// Not for everyone; only where the profile says that there is such a thing.
    pub confidential: bool,
}

/// A change of an existing issue. `None` and empty sets leave things as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    /// New title.
    pub title: Option<String>,
    /// New body: text, footer and markers, as it is to be stored.
    pub body: Option<String>,
    /// Status as it was read, and as it shall be (some services need to know both).
    pub status: Option<(Status, Status)>,
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
}

/// One write. There is nothing else a tracker can be asked to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// Make a label known to the tracker. One that exists already is success.
    CreateLabel(Label),
    /// Make a milestone known to the tracker. One of that title that exists already is success, and stays as it is.
    CreateMilestone(Milestone),
    /// Open an issue.
    CreateIssue(Draft),
    /// Change an issue.
    UpdateIssue {
        /// Which.
        key: IssueKey,
        /// How.
        patch: Patch,
    },
    /// Write a comment.
    CreateComment {
        /// Below which issue.
        issue: IssueKey,
        /// Text and marker, as it is to be stored.
        body: String,
    },
    /// Change a comment.
    EditComment {
        /// Below which issue.
        issue: IssueKey,
        /// Which.
        comment: CommentKey,
        /// Text and marker, as it is to be stored.
        body: String,
    },
    /// Show below a comment of somebody else's that it was read, and change nothing of it. Shown already is success.
    Acknowledge {
        /// Below which issue.
        issue: IssueKey,
        /// Which.
        comment: CommentKey,
    },
    /// Take a comment away. One that is gone already is success.
    DeleteComment {
        /// Below which issue.
        issue: IssueKey,
        /// Which.
        comment: CommentKey,
    },
}

/// What the tracker says it holds after a write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// The issue after `CreateIssue` and `UpdateIssue`.
    pub issue: Option<Issue>,
    /// The comment after `CreateComment` and `EditComment`; `None` too when the service took the text but kept no
    /// comment (GitLab, a text of quick actions only).
    pub comment: Option<Comment>,
}
