//! GitLab: issues, notes and labels of one project, on GitLab.com or any instance, through REST v4.
//!
//! Requests are built by the `gitlab` crate's endpoints where it has them and sent by our transport, so no type of the
//! crate leaves this folder. Imports the model, the tracker traits, `tracker::http` and the transport.

mod endpoint;
mod exchange;
mod files;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzed;
mod people;
mod planning;
mod read;
mod standing;
#[cfg(test)]
mod tests;
mod wire;
mod write;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;
use url::Url;

use super::http::transport_error;
use super::{CommentReading, Holds, Profile, TrackerError};
use crate::model::{Issue, IssueKey, IssueRef, TrackerId};
use crate::transport::{GitLabClient, Transport};

use wire::ProjectWire;

/// What GitLab holds and does. Titles and label names: 255 characters; descriptions 1,048,576, less a margin, and notes
/// about a million; one assignee without
/// Premium, which shows only in the answer to a write.
static PROFILE: Profile = Profile {
    service: "GitLab",
    title_max: 255,
    body_max: 1_040_000,
    comment_max: 1_000_000,
    label_max: 255,
    label_forbidden: &[','],
    labels_fold_case: false,
    scoped_labels: true,
    assignees_max: 200,
    close_reasons: &[],
    tells_reopened: false,
    create_closed: false,
    label_catalogue: true,
    syntax: crate::border::Syntax::GitLab,
    quick_actions: true,
    mentions: true,
    rights: true,
    comments: CommentReading::PerIssue,
    tells_deleted: true,
    holds: Holds {
        milestones: true,
        weight: true,
        due_date: true,
        time: true,
        iteration: true,
        epic: true,
        parent: false,
        confidential: true,
    },
    uploads: true,
    branch: false,
};

/// One GitLab project, to read from and to write to.
pub struct GitLab {
    id: TrackerId,
    project: String,
    instance: Url,
    transport: Transport,
    client: GitLabClient,
    about: OnceCell<ProjectWire>,
    /// The ids of logins asked for, by login in lower case; `None` for those the instance does not know.
    people: Mutex<BTreeMap<String, Option<u64>>>,
    /// The milestones' ids by title; `None` until the list is read.
    milestones: Mutex<Option<BTreeMap<String, u64>>>,
    /// Web addresses of issues read so far: notes do not tell theirs.
    addresses: Mutex<BTreeMap<IssueKey, String>>,
}

impl std::fmt::Debug for GitLab {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GitLab")
            .field("id", &self.id)
            .field("project", &self.project)
            .finish_non_exhaustive()
    }
}

impl GitLab {
    /// A project (`group/subgroup/name`, or its number) of the instance at `instance`, which may live below a path
    /// (`https://host/gitlab`). Sends nothing.
    pub fn new(id: TrackerId, project: String, mut instance: Url, transport: Transport) -> Result<Self, TrackerError> {
        if !instance.path().ends_with('/') {
            let folder = format!("{}/", instance.path());
            instance.set_path(&folder);
        }
        let client = GitLabClient::new(&transport, &instance).map_err(|e| transport_error(&id, e))?;
        Ok(Self {
            id,
            project,
            instance,
            transport,
            client,
            about: OnceCell::new(),
            people: Mutex::default(),
            milestones: Mutex::default(),
            addresses: Mutex::default(),
        })
    }

    /// The number GitLab knows the issue by; a key that is none names no issue here.
    fn number(key: &IssueKey) -> Option<u64> {
        key.0.parse().ok()
    }

    fn gone(&self, key: &IssueKey) -> TrackerError {
        TrackerError::Gone(IssueRef {
            tracker: self.id.clone(),
            key: key.clone(),
        })
    }

    fn odd(&self, detail: impl Into<String>) -> TrackerError {
        TrackerError::Odd {
            on: self.id.clone(),
            detail: detail.into(),
        }
    }

    fn remember(&self, issue: &Issue) {
        if !issue.url.is_empty() {
            held(&self.addresses).insert(issue.key.clone(), issue.url.clone());
        }
    }

    /// The web address of an issue: as told by the service, else the one every version redirects from.
    fn address(&self, key: &IssueKey) -> String {
        if let Some(url) = held(&self.addresses).get(key) {
            return url.clone();
        }
        let path = format!("{}/-/issues/{key}", self.project);
        self.instance.join(&path).map(String::from).unwrap_or(path)
    }
}

/// These locks guard plain maps, so one whose holder panicked is as good as any.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
