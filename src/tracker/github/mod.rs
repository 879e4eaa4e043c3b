//! GitHub (github.com, its Enterprise Cloud and Enterprise Server) as a tracker.
//!
//! Requests are built by octocrab and sent by the transport; answers are read into `wire`'s own structs. Imports the
//! model, the tracker traits and the transport. GitHub's words and types stay in this folder.

mod branch;
mod call;
mod comments;
mod files;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzed;
mod milestones;
mod read;
mod rights;
mod standing;
mod wire;
mod write;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use octocrab::Octocrab;
use url::Url;

use super::http::transport_error;
use super::{
    About, CommentReading, Download, Holds, Listing, LocalFile, Profile, ReadTracker, Shelf, Standing, TrackerError,
    Usage, WriteTracker,
};
use crate::model::{Comment, Feed, Issue, IssueKey, Label, Lookup, Milestone, Op, Reason, Receipt, TrackerId};
use crate::transport::Transport;

/// One repository's issues.
pub struct GitHub {
    id: TrackerId,
    api: Url,
    octocrab: Octocrab,
    transport: Transport,
    profile: Profile,
    /// Owner and name: as configured, until GitHub says that the repository was renamed.
    place: Mutex<(String, String)>,
    /// How many comments the last whole listing claimed, those of pull requests included.
    comments_in_all: Mutex<Option<u64>>,
    /// The milestones' numbers by title; `None` until the list is read.
    milestones: Mutex<Option<BTreeMap<String, u64>>>,
    /// The project itself, once it has been read.
    about: tokio::sync::OnceCell<crate::tracker::About>,
    /// Set once the branch for files is known to be there.
    branch: tokio::sync::OnceCell<()>,
}

impl fmt::Debug for GitHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (owner, repo) = self.place();
        f.debug_struct("GitHub")
            .field("id", &self.id)
            .field("api", &self.api.as_str())
            .field("project", &format_args!("{owner}/{repo}"))
            .finish_non_exhaustive()
    }
}

impl GitHub {
    /// The issues of `owner/repo` at the REST API `api` (`https://api.github.com`, `https://ghe.example/api/v3`).
    ///
    /// Sends nothing. Must be called inside a tokio runtime, for octocrab starts a task.
    pub fn new(
        id: TrackerId,
        owner: String,
        repo: String,
        api: Url,
        transport: Transport,
    ) -> Result<Self, TrackerError> {
        let octocrab = transport.octocrab(&api).map_err(|e| transport_error(&id, e))?;
        Ok(Self {
            id,
            api,
            octocrab,
            transport,
            profile: profile(),
            place: Mutex::new((owner, repo)),
            comments_in_all: Mutex::default(),
            milestones: Mutex::default(),
            about: tokio::sync::OnceCell::new(),
            branch: tokio::sync::OnceCell::new(),
        })
    }

    /// Owner and name, as far as known today.
    fn place(&self) -> (String, String) {
        self.place.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn move_to(&self, place: (String, String)) {
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }

    /// The repository as users name it.
    fn project(&self) -> String {
        let (owner, repo) = self.place();
        format!("{owner}/{repo}")
    }
}

/// What GitHub can hold. Limits it does not document were found out by others and are kept below with some room.
fn profile() -> Profile {
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
        syntax: crate::border::Syntax::GitHub,
        quick_actions: false,
        mentions: true,
        rights: true,
        comments: CommentReading::Feed,
        tells_deleted: true,
        holds: Holds {
            milestones: true,
            parent: true,
            ..Holds::default()
        },
        uploads: false,
        branch: true,
    }
}

#[async_trait]
impl ReadTracker for GitHub {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    async fn list(&self, since: Option<Timestamp>) -> Result<Listing, TrackerError> {
        self.read_list(since).await
    }

    async fn labelled(&self, label: &str) -> Result<Vec<Issue>, TrackerError> {
        self.read_labelled(label).await
    }

    async fn issue(&self, key: &IssueKey) -> Result<Lookup, TrackerError> {
        self.read_issue(key).await
    }

    async fn comments(&self, of: &[(IssueKey, u64)]) -> Result<BTreeMap<IssueKey, Vec<Comment>>, TrackerError> {
        self.read_comments(of).await
    }

    async fn feed(&self, page: u32) -> Result<Feed, TrackerError> {
        self.read_feed(page).await
    }

    async fn labels(&self) -> Result<Vec<Label>, TrackerError> {
        self.read_labels().await
    }

    async fn milestones(&self) -> Result<Vec<Milestone>, TrackerError> {
        self.read_milestones().await
    }

    async fn assignable(&self, logins: &[String]) -> Result<BTreeMap<String, bool>, TrackerError> {
        self.read_assignable(logins).await
    }

    async fn may_write(&self, logins: &[String]) -> Result<BTreeMap<String, Option<bool>>, TrackerError> {
        self.read_rights(logins).await
    }

    async fn account(&self) -> Result<Option<String>, TrackerError> {
        self.read_account().await
    }

    async fn fetch(&self, address: &str) -> Result<Download, TrackerError> {
        self.fetch_file(address).await
    }

    async fn about(&self) -> Result<About, TrackerError> {
        self.read_about().await
    }

    async fn standing(&self) -> Result<Standing, TrackerError> {
        self.read_standing().await
    }

    fn usage(&self) -> Usage {
        self.transport.usage()
    }
}

#[async_trait]
impl WriteTracker for GitHub {
    async fn perform(&self, op: &Op) -> Result<Receipt, TrackerError> {
        self.write(op).await
    }

    async fn keep(&self, _issue: Option<&IssueKey>, file: &LocalFile, to: Shelf) -> Result<String, TrackerError> {
        self.keep_file(file, to).await
    }
}
