//! What a tracker can hold and do, as data. The core asks this and never the tracker's name.

use crate::border::Syntax;
use crate::model::{Reason, State, Status};

/// How a tracker's comments are found out to have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommentReading {
    /// Reading them costs nothing: they are read with the issues, always.
    Free,
    /// One request lists the newest comments of the whole tracker.
    Feed,
    /// Only issue by issue; the issue's own time of change tells of most edits.
    PerIssue,
}

/// The planning fields a tracker has. What it has only in paid editions counts as held: without them the answers show
/// nothing, and take nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a table of independent abilities, named one by one"
)]
pub struct Holds {
    /// Milestones, read and written by title.
    pub milestones: bool,
    /// Weight, read and written.
    pub weight: bool,
    /// Due date, read and written.
    pub due_date: bool,
    /// Estimated and spent time, read and written.
    pub time: bool,
    /// Iterations, read only.
    pub iteration: bool,
    /// Epics, read only.
    pub epic: bool,
    /// The issue that one is a part of, read only.
    pub parent: bool,
    /// Issues that not everyone who sees the tracker can see.
    pub confidential: bool,
}

/// A tracker's abilities and limits.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a table of independent abilities, named one by one"
)]
pub struct Profile {
    /// What to call the service in text people read: "GitHub".
    pub service: &'static str,
    /// Longest title, in characters.
    pub title_max: usize,
    /// Longest body, in characters, marker included.
    pub body_max: usize,
    /// Longest comment, in characters, marker included.
    pub comment_max: usize,
    /// Longest label name, in characters.
    pub label_max: usize,
    /// Characters no label name may hold.
    pub label_forbidden: &'static [char],
    /// Labels that differ by case only are one label.
    pub labels_fold_case: bool,
    /// Labels `scope::value` exclude one another within a scope.
    pub scoped_labels: bool,
    /// Most people that can be assigned.
    pub assignees_max: usize,
    /// Reasons for being closed it can hold.
    pub close_reasons: &'static [Reason],
    /// It gives `Reopened` as the reason of an issue opened again.
    pub tells_reopened: bool,
    /// An issue can be created closed.
    pub create_closed: bool,
    /// Labels must be made known by a request of their own before they are used (or are anyway, silently).
    pub label_catalogue: bool,
    /// How references to issues are written there.
    pub syntax: Syntax,
    /// It runs lines of text that begin with `/` as commands.
    pub quick_actions: bool,
    /// `@name` in text notifies someone.
    pub mentions: bool,
    /// It knows who may do what. Where it does not, whoever can write there at all may do everything.
    pub rights: bool,
    /// How comments are found out to have changed.
    pub comments: CommentReading,
    /// Whether there is a way to tell a deleted issue from a hidden one.
    pub tells_deleted: bool,
    /// The planning fields it has.
    pub holds: Holds,
    /// It keeps what people attach, and takes files for that through its API: it has `Shelf::Uploads`.
    pub uploads: bool,
    /// Files can be kept on a branch of the project's repository: it has `Shelf::Branch`.
    pub branch: bool,
}

impl Profile {
    /// A label's name within the tracker's limits: what it may not hold becomes `;`, and what is too long is cut. Services
    /// drop blanks at the end, so a cut leaves none.
    pub fn fit_label(&self, name: &str) -> String {
        let allowed = name
            .chars()
            .map(|c| if self.label_forbidden.contains(&c) { ';' } else { c });
        let fitted: String = allowed.take(self.label_max).collect();
        fitted.trim_end().to_owned()
    }

    /// The status the tracker will hold after being asked for `wish` while it holds `now`.
    pub fn fit_status(&self, now: Option<Status>, wish: Status) -> Status {
        match wish.state {
            State::Open => {
                let again = now.is_some_and(|s| s.state == State::Closed);
                match now {
                    Some(open) if open.state == State::Open => open,
                    _ if again && self.tells_reopened => Status {
                        state: State::Open,
                        reason: Some(Reason::Reopened),
                    },
                    _ => Status::OPEN,
                }
            }
            State::Closed => match wish.reason {
                Some(reason) if self.close_reasons.contains(&reason) => wish,
                _ if self.close_reasons.contains(&Reason::Completed) => Status {
                    state: State::Closed,
                    reason: Some(Reason::Completed),
                },
                _ => Status::CLOSED,
            },
        }
    }
}
