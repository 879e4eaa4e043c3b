//! What the imaginary trackers can hold: what GitHub, GitLab and a folder can.

use crate::border::Syntax;
use crate::model::Reason;
use crate::tracker::{CommentReading, Holds, Profile};

const PLANS: Holds = Holds {
    milestones: true,
    weight: true,
    due_date: true,
    time: true,
    iteration: false,
    epic: false,
    parent: false,
    confidential: false,
};

pub(super) fn github() -> Profile {
    Profile {
        service: "GitHub",
        title_max: 256,
        body_max: 65_000,
        comment_max: 65_000,
        label_max: 50,
        label_forbidden: &[],
        labels_fold_case: true,
        scoped_labels: false,
        assignees_max: 10,
        close_reasons: &[Reason::Completed, Reason::NotPlanned, Reason::Duplicate],
        tells_reopened: true,
        create_closed: false,
        label_catalogue: true,
        syntax: Syntax::GitHub,
        quick_actions: false,
        mentions: true,
        rights: true,
        comments: CommentReading::Feed,
        tells_deleted: true,
        holds: Holds {
            milestones: true,
            ..Holds::default()
        },
        uploads: false,
        branch: true,
    }
}

pub(super) fn gitlab() -> Profile {
    Profile {
        service: "GitLab",
        title_max: 255,
        body_max: 1_000_000,
        comment_max: 1_000_000,
        label_max: 255,
        label_forbidden: &[','],
        labels_fold_case: false,
        scoped_labels: true,
        assignees_max: 1,
        close_reasons: &[],
        tells_reopened: false,
        create_closed: false,
        label_catalogue: true,
        syntax: Syntax::GitLab,
        quick_actions: true,
        mentions: true,
        rights: true,
        comments: CommentReading::PerIssue,
        tells_deleted: true,
        holds: PLANS,
        uploads: true,
        branch: false,
    }
}

pub(super) fn folder() -> Profile {
    Profile {
        service: "folder",
        title_max: 1000,
        body_max: 1_000_000,
        comment_max: 1_000_000,
        label_max: 255,
        label_forbidden: &['\n'],
        labels_fold_case: false,
        scoped_labels: false,
        assignees_max: 200,
        close_reasons: &[Reason::Completed, Reason::NotPlanned, Reason::Duplicate],
        tells_reopened: false,
        create_closed: true,
        label_catalogue: false,
        syntax: Syntax::Plain,
        quick_actions: false,
        mentions: false,
        rights: true,
        comments: CommentReading::Free,
        tells_deleted: true,
        holds: PLANS,
        uploads: true,
        branch: false,
    }
}
