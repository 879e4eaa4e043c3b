//! The issue and the comment as every tracker is translated to them.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Body, CommentKey, IssueKey, Planning};

/// Whether an issue is to be worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// To be worked on.
    Open,
    /// Done with.
    Closed,
}

/// Why an issue is in its state, where a service says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Closed because it was done.
    Completed,
    /// Closed because it will not be done.
    NotPlanned,
    /// Closed because another issue tells the same story.
    Duplicate,
    /// Open again after having been closed.
    Reopened,
}

/// State and reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Status {
    /// Open or closed.
    pub state: State,
    /// `None` where the service gives none.
    pub reason: Option<Reason>,
}

impl Status {
    /// Open, no reason given.
    pub const OPEN: Self = Self {
        state: State::Open,
        reason: None,
    };
    /// Closed, no reason given.
    pub const CLOSED: Self = Self {
        state: State::Closed,
        reason: None,
    };

    /// Equal to everyone but a pedant: "closed" and "closed as completed" say the same, and so do "open" and
    /// "open as reopened". GitHub adds these reasons by itself.
    #[must_use]
    pub fn alike(self, other: Self) -> bool {
        self.plain() == other.plain()
    }

    fn plain(self) -> Self {
        match (self.state, self.reason) {
            (State::Open, _) => Self::OPEN,
            (State::Closed, Some(Reason::Completed | Reason::Reopened)) => Self::CLOSED,
            (State::Closed, _) => self,
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.state {
            State::Open => "open",
            State::Closed => "closed",
        })?;
        match self.reason {
            None => Ok(()),
            Some(Reason::Completed) => f.write_str(" as completed"),
            Some(Reason::NotPlanned) => f.write_str(" as not_planned"),
            Some(Reason::Duplicate) => f.write_str(" as duplicate"),
            Some(Reason::Reopened) => f.write_str(" as reopened"),
        }
    }
}

/// A person or bot on one tracker.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Account {
    /// The name used in mentions and assignments.
    pub login: String,
    /// The page about them, where the tracker has one.
    pub url: Option<String>,
}

/// A label as a tracker's catalogue lists it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// The name, as spelled there.
    pub name: String,
    /// Six hexadecimal digits without `#`, where known.
    pub color: Option<String>,
    /// What it is for.
    pub description: Option<String>,
}

/// One issue as observed on one tracker. Adapters normalise once, at the border; nobody after them does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Key within its tracker.
    pub key: IssueKey,
    /// Web address, or the file's path for a folder.
    pub url: String,
    /// Who opened it; `None` when the account is gone.
    pub author: Option<Account>,
    /// When it was opened; `None` where nobody knows.
    pub created: Option<Timestamp>,
    /// When the service says it last changed.
    pub updated: Option<Timestamp>,
    /// One line.
    pub title: String,
    /// Text, markers and footer taken apart.
    pub body: Body,
    /// Open or closed, and why.
    pub status: Status,
    /// Names as spelled there.
    pub labels: BTreeSet<String>,
    /// Logins as spelled there.
    pub assignees: BTreeSet<String>,
    /// Title of the milestone, if any.
    pub milestone: Option<String>,
    /// Weight, due date, time, and what it belongs to.
    pub planning: Planning,
    /// How many comments the listing claims there are (system notes not counted).
    pub comment_count: u64,
    /// Not for everyone who can see the tracker.
    pub confidential: bool,
    /// Where it went, if the service moved it and left this shell behind.
    pub moved_to: Option<String>,
}

impl Issue {
    /// What a later write is checked against: equal for two readings between which no person changed title, body,
    /// status, labels, assignees, milestone, planning or who may see it. Comments do not count.
    pub fn same_content(&self, other: &Self) -> bool {
        self.title == other.title
            && self.body == other.body
            && self.status == other.status
            && self.labels == other.labels
            && self.assignees == other.assignees
            && self.milestone == other.milestone
            && self.planning == other.planning
            && self.confidential == other.confidential
    }
}

/// One comment a person or a run wrote. System notes and reviews never become one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Key within its tracker.
    pub key: CommentKey,
    /// Web address, or the file's path for a folder.
    pub url: String,
    /// Who wrote it; `None` when the account is gone.
    pub author: Option<Account>,
    /// When it was written.
    pub created: Option<Timestamp>,
    /// When the service says it last changed.
    pub updated: Option<Timestamp>,
    /// Text and marker taken apart.
    pub body: Body,
    /// Hidden from some readers (minimised, flagged as spam, internal): never copied. Of an internal one no text is here.
    pub restricted: bool,
}
