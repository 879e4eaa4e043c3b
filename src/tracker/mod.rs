//! What a tracker is to the rest: something that can be read, something that can be written, and a profile.
//!
//! Imports the model only. Vendor types stay in the folders below this one; nobody above asks for a tracker's name.

mod arrival;
mod error;
mod fidelity;
mod file;
pub mod folder;
pub mod github;
pub mod gitlab;
pub mod http;
mod profile;
mod standing;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use jiff::Timestamp;

use crate::model::{Comment, Feed, Illegible, Issue, IssueKey, Label, Lookup, Milestone, Op, Receipt};

pub use error::{Reach, TrackerError};
pub use fidelity::{Fate, Passage, fidelity};
pub use file::{Download, LocalFile, Shelf};
pub use profile::{CommentReading, Holds, Profile};
pub use standing::{
    Budget, Credential, Grant, ONE_PROJECT, ONE_PROJECT_HINT, Permission, Right, Role, Snag, SnagKind, Standing,
    are_one_project,
};

/// A complete listing. A listing that failed or came up short is an error, never this.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The issues, without pull requests, in no particular order.
    pub issues: Vec<Issue>,
    /// The service's clock when the listing began.
    pub now: Timestamp,
    /// Keys that the listing showed to belong to things that are no issues: pull requests, tasks. Nobody need ask what
    /// became of the issues of these keys.
    pub others: BTreeSet<IssueKey>,
    /// Issues that are there and cannot be read: one of them never fails the others.
    pub illegible: BTreeMap<IssueKey, Illegible>,
}

/// What is known about the project itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Not everybody can read it. Titles and bodies of it stay out of logs.
    pub private: bool,
    /// The project's address for people.
    pub url: Option<String>,
    /// Where it is, whatever it was called by: an old name, a number and a link lead to the same place.
    pub place: Option<String>,
    /// Set to `false` when the service says beforehand that the token may not change issues there; `None` when it does
    /// not say.
    pub may_write: Option<bool>,
}

/// Requests made so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Requests that change nothing.
    pub reads: u64,
    /// Requests that change something.
    pub writes: u64,
    /// Requests repeated.
    pub retries: u64,
    /// Time spent waiting because a service asked for it, or to keep to its limits.
    pub waited_ms: u64,
    /// Requests left in the service's current window, where it says so.
    pub remaining: Option<u64>,
}

/// A tracker to read from.
#[async_trait]
pub trait ReadTracker: Send + Sync {
    /// What it can hold and do.
    fn profile(&self) -> &Profile;

    /// Every issue, or every issue changed at or after `since`.
    async fn list(&self, since: Option<Timestamp>) -> Result<Listing, TrackerError>;

    /// Every issue, open or closed, that carries a label. Without it being found there, an issue may still carry it: this is
    /// for finding fast what a whole listing finds as well.
    async fn labelled(&self, label: &str) -> Result<Vec<Issue>, TrackerError> {
        let mut issues = self.list(None).await?.issues;
        issues.retain(|issue| issue.labels.contains(label));
        Ok(issues)
    }

    /// One issue.
    async fn issue(&self, key: &IssueKey) -> Result<Lookup, TrackerError>;

    /// All comments of the issues named, oldest first. The number beside each key is how many the listing claimed.
    /// Every issue asked for is in the answer.
    async fn comments(&self, of: &[(IssueKey, u64)]) -> Result<BTreeMap<IssueKey, Vec<Comment>>, TrackerError>;

    /// The newest comments of the whole tracker, newest first: page `page` (from 1) of up to 100. Empty where the
    /// profile says there is no such feed.
    async fn feed(&self, page: u32) -> Result<Feed, TrackerError>;

    /// The labels the tracker knows.
    async fn labels(&self) -> Result<Vec<Label>, TrackerError>;

    /// The milestones issues can be put into, open and closed, those of groups above included. Empty where the profile
    /// says there are none.
    async fn milestones(&self) -> Result<Vec<Milestone>, TrackerError>;

    /// Which of the logins can be assigned. Every login asked for is in the answer.
    async fn assignable(&self, logins: &[String]) -> Result<BTreeMap<String, bool>, TrackerError>;

    /// Which of the logins have write access: who may decide what becomes of issues others opened. `None` where our own
    /// account may not ask. Every login asked for is in the answer.
    async fn may_write(&self, logins: &[String]) -> Result<BTreeMap<String, Option<bool>>, TrackerError>;

    /// When our own account last added time to an issue, or took some off, as a number that grows with every time; 0 for
    /// never, `None` where the service does not tell who did.
    async fn added_time(&self, _key: &IssueKey) -> Result<Option<u64>, TrackerError> {
        Ok(None)
    }

    /// Our own login; `None` when the service does not tell.
    async fn account(&self) -> Result<Option<String>, TrackerError>;

    /// A file that a text of this tracker shows or links to: an address that the tracker's profile takes for its own.
    /// Absolute, or as the service's own texts have it (GitLab's `/uploads/…`), but for a folder, whose files are named by
    /// their path from the folder (`0001/files/a.png`). Our credential goes to the
    /// tracker's own host and nowhere else. `Rejected` for every other address and where files cannot be read.
    async fn fetch(&self, address: &str) -> Result<Download, TrackerError>;

    /// The project itself.
    async fn about(&self) -> Result<About, TrackerError>;

    /// How we stand with it: as whom, with which token, allowed what. Only reads, and finds out as much as it can; an error
    /// only when the project cannot be read at all.
    async fn standing(&self) -> Result<Standing, TrackerError> {
        Ok(Standing::default())
    }

    /// Requests made so far.
    fn usage(&self) -> Usage;
}

/// A tracker to write to. A dry run has none.
#[async_trait]
pub trait WriteTracker: Send + Sync {
    /// Does one write, and says what the tracker holds afterwards.
    async fn perform(&self, op: &Op) -> Result<Receipt, TrackerError>;

    /// Keeps a file and says the address that texts there shall name. `issue` is where it will be shown; `None` when that
    /// is about to be created by the next `CreateIssue`. A file of the same content that is there already is not kept
    /// twice where the service tells. `Rejected` where there is no such shelf.
    async fn keep(&self, issue: Option<&IssueKey>, file: &LocalFile, shelf: Shelf) -> Result<String, TrackerError>;
}
