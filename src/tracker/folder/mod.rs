//! A folder of Markdown files as a tracker: no service, no token, made to be edited by hand and kept in git.
//!
//! Imports the model and the tracker traits.
//!
//! ```text
//! 0007.md                  one issue: front matter, then its text; 7.md means the same
//! 0007/comments/0001.md    one comment below it
//! 0007/comments/.last      the highest comment number given so far; may be edited, may be missing
//! 0007/files/              attachments, named `0007/files/a.png` in texts; none is ever changed or taken away
//! ```
//!
//! Anything else in the folder is left alone. Front matter is optional; `status:` is `open`, `closed` or
//! `closed as completed|not_planned|duplicate`; `milestone:`, `weight:`, `due:`, `estimate:` and `spent:` are read and
//! written too, other keys are kept and never looked at. Numbers are never given twice: a new issue or comment gets one more than
//! the highest there is, and the number of a deleted comment is remembered in `.last`.

mod disk;
mod file;
mod front;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzed;
mod lines;
mod planning;
mod read;
mod shelf;
#[cfg(test)]
mod tests;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures_util::StreamExt;
use jiff::Timestamp;

use crate::model::{Comment, Feed, IssueKey, IssueRef, Label, Lookup, Milestone, Op, Reason, Receipt, TrackerId};
use crate::tracker::file::{plain_name, refused};
use crate::tracker::{
    About, CommentReading, Download, Grant, Holds, Listing, LocalFile, Permission, Profile, ReadTracker, Right, Shelf,
    Standing, TrackerError, Usage, WriteTracker,
};

use disk::Fault;
use write::{Refusal, Writer};

const MEBIBYTE: usize = 1024 * 1024;

const PROFILE: Profile = Profile {
    service: "folder",
    title_max: 1000,
    body_max: 10 * MEBIBYTE,
    comment_max: 10 * MEBIBYTE,
    label_max: 255,
    label_forbidden: &['\n', '\r', '\t'],
    labels_fold_case: false,
    scoped_labels: false,
    assignees_max: 200,
    close_reasons: &[Reason::Completed, Reason::NotPlanned, Reason::Duplicate],
    tells_reopened: false,
    create_closed: true,
    label_catalogue: false,
    syntax: crate::border::Syntax::Plain,
    quick_actions: false,
    mentions: false,
    rights: false,
    comments: CommentReading::Free,
    tells_deleted: true,
    holds: Holds {
        milestones: true,
        weight: true,
        due_date: true,
        time: true,
        iteration: false,
        epic: false,
        parent: false,
        confidential: false,
    },
    uploads: true,
    branch: false,
};

/// A tracker of plain Markdown files. Cheap to clone: clones are the same tracker.
#[derive(Clone)]
pub struct Folder(Arc<Inner>);

struct Inner {
    id: TrackerId,
    path: PathBuf,
    now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    login: String,
    writes: AtomicU64,
    /// The number set aside for the next issue, whose files came before it.
    reserved: Mutex<Option<u64>>,
}

impl std::fmt::Debug for Folder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Inner { id, path, .. } = &*self.0;
        f.debug_struct("Folder")
            .field("id", id)
            .field("path", path)
            .finish_non_exhaustive()
    }
}

impl Folder {
    /// The tracker of the files in `path`. Nothing is read yet; the folder need not exist until something is. `now` is the
    /// clock that dates what is written, `login` the author of new issues and comments.
    pub fn new(id: TrackerId, path: PathBuf, now: Box<dyn Fn() -> Timestamp + Send + Sync>, login: String) -> Self {
        Self(Arc::new(Inner {
            id,
            path,
            now,
            login,
            writes: AtomicU64::new(0),
            reserved: Mutex::default(),
        }))
    }

    /// Does work on the disk where it may block.
    async fn off<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, TrackerError> + Send + 'static,
    ) -> Result<T, TrackerError> {
        let inner = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || work(&inner)).await;
        done.unwrap_or_else(|error| Err(self.0.fault(Fault::new(&self.0.path, error))))
    }
}

impl Inner {
    fn fault(&self, fault: Fault) -> TrackerError {
        TrackerError::File {
            on: self.id.clone(),
            path: fault.path.display().to_string(),
            detail: fault.detail,
        }
    }

    fn gone(&self, key: &IssueKey) -> TrackerError {
        TrackerError::Gone(IssueRef {
            tracker: self.id.clone(),
            key: key.clone(),
        })
    }

    fn refusal(&self, key: &IssueKey, refusal: Refusal) -> TrackerError {
        match refusal {
            Refusal::Gone => self.gone(key),
            Refusal::Fault(fault) => self.fault(fault),
        }
    }

    fn wrote(&self, did: bool) {
        self.writes.fetch_add(u64::from(did), Ordering::Relaxed);
    }

    fn perform(&self, op: &Op) -> Result<Receipt, TrackerError> {
        let writer = Writer {
            root: &self.path,
            login: &self.login,
            now: (self.now)(),
        };
        let no_key = IssueKey(String::new());
        match op {
            // There is no catalogue: a label or a milestone exists by being used.
            Op::CreateLabel(_) | Op::CreateMilestone(_) => Ok(Receipt::default()),
            Op::CreateIssue(draft) => {
                let mut reserved = self.reserved.lock().unwrap_or_else(PoisonError::into_inner);
                let issue = writer
                    .create_issue(draft, *reserved)
                    .map_err(|refusal| self.refusal(&no_key, refusal))?;
                *reserved = None;
                self.wrote(true);
                Ok(Receipt {
                    issue: Some(issue),
                    comment: None,
                })
            }
            Op::UpdateIssue { key, patch } => {
                let done = writer.update_issue(key, patch);
                let (issue, wrote) = done.map_err(|refusal| self.refusal(key, refusal))?;
                self.wrote(wrote);
                Ok(Receipt {
                    issue: Some(issue),
                    comment: None,
                })
            }
            Op::CreateComment { issue, body } => {
                let done = writer.create_comment(issue, body);
                self.wrote(done.is_ok());
                self.comment_receipt(issue, done)
            }
            Op::EditComment { issue, comment, body } => {
                let done = writer.edit_comment(issue, comment, body);
                self.wrote(matches!(done, Ok((_, true))));
                self.comment_receipt(issue, done.map(|(comment, _)| comment))
            }
            Op::Acknowledge { issue, comment } => {
                let done = writer.acknowledge(issue, comment);
                self.wrote(done.map_err(|refusal| self.refusal(issue, refusal))?);
                Ok(Receipt::default())
            }
            Op::DeleteComment { issue, comment } => {
                let done = writer.delete_comment(issue, comment);
                self.wrote(done.map_err(|refusal| self.refusal(issue, refusal))?);
                Ok(Receipt::default())
            }
        }
    }

    /// Every file is read, for an issue whose file cannot be is not carried.
    fn standing(&self) -> Result<Standing, TrackerError> {
        read::expect_legible(&self.path).map_err(|fault| self.fault(fault))?;
        let writable = std::fs::metadata(&self.path).is_ok_and(|about| !about.permissions().readonly());
        let right = |grant| Permission::of((grant, "write access to the folder".to_owned()), None);
        Ok(Standing {
            place: self.path.display().to_string(),
            account: Some(self.login.clone()),
            rights: [
                (Right::Read, right(Grant::Given)),
                (Right::Write, right(Grant::of(writable))),
            ]
            .into(),
            ..Standing::default()
        })
    }

    fn fetch(&self, address: &str) -> Result<shelf::Attachment, TrackerError> {
        let found = shelf::open(&self.path, address).map_err(|fault| self.fault(fault))?;
        found.ok_or_else(|| refused(&self.id, "there is no such file among the files of an issue"))
    }

    fn keep(&self, issue: Option<&IssueKey>, file: &LocalFile) -> Result<String, TrackerError> {
        let (address, wrote) = if let Some(key) = issue {
            shelf::keep(&self.path, key, file).map_err(|refusal| self.refusal(key, refusal))?
        } else {
            let mut reserved = self.reserved.lock().unwrap_or_else(PoisonError::into_inner);
            shelf::keep_for_next(&self.path, &mut reserved, file).map_err(|fault| self.fault(fault))?
        };
        self.wrote(wrote);
        Ok(address)
    }

    fn comment_receipt(&self, issue: &IssueKey, done: Result<Comment, Refusal>) -> Result<Receipt, TrackerError> {
        let comment = done.map_err(|refusal| self.refusal(issue, refusal))?;
        Ok(Receipt {
            issue: None,
            comment: Some(comment),
        })
    }
}

#[async_trait]
impl ReadTracker for Folder {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    async fn list(&self, since: Option<Timestamp>) -> Result<Listing, TrackerError> {
        self.off(move |inner| {
            let now = (inner.now)();
            let (issues, illegible) = read::list(&inner.path, since).map_err(|fault| inner.fault(fault))?;
            Ok(Listing {
                issues,
                now,
                others: BTreeSet::new(),
                illegible,
            })
        })
        .await
    }

    async fn issue(&self, key: &IssueKey) -> Result<Lookup, TrackerError> {
        let key = key.clone();
        self.off(move |inner| read::look_up(&inner.path, &key).map_err(|fault| inner.fault(fault)))
            .await
    }

    async fn comments(&self, of: &[(IssueKey, u64)]) -> Result<BTreeMap<IssueKey, Vec<Comment>>, TrackerError> {
        let keys: Vec<IssueKey> = of.iter().map(|(key, _)| key.clone()).collect();
        self.off(move |inner| {
            read::comments(&inner.path, &keys).map_err(|why| match why {
                Ok(key) => inner.gone(&key),
                Err(fault) => inner.fault(fault),
            })
        })
        .await
    }

    async fn feed(&self, _page: u32) -> Result<Feed, TrackerError> {
        Ok(Feed::default())
    }

    async fn labels(&self) -> Result<Vec<Label>, TrackerError> {
        self.off(|inner| read::labels(&inner.path).map_err(|fault| inner.fault(fault)))
            .await
    }

    async fn milestones(&self) -> Result<Vec<Milestone>, TrackerError> {
        self.off(|inner| read::milestones(&inner.path).map_err(|fault| inner.fault(fault)))
            .await
    }

    async fn assignable(&self, logins: &[String]) -> Result<BTreeMap<String, bool>, TrackerError> {
        Ok(logins.iter().map(|login| (login.clone(), true)).collect())
    }

    async fn may_write(&self, logins: &[String]) -> Result<BTreeMap<String, Option<bool>>, TrackerError> {
        Ok(logins.iter().map(|login| (login.clone(), Some(true))).collect())
    }

    async fn account(&self) -> Result<Option<String>, TrackerError> {
        Ok(Some(self.0.login.clone()))
    }

    async fn fetch(&self, address: &str) -> Result<Download, TrackerError> {
        let address = address.to_owned();
        let found = self.off(move |inner| inner.fetch(&address)).await?;
        let (name, size) = (plain_name(&found.name), Some(found.size));
        let folder = self.clone();
        let pieces = found.pieces();
        let chunks = pieces.map(move |piece| piece.map_err(|fault| folder.0.fault(fault)));
        Ok(Download {
            name,
            media_type: None,
            size,
            chunks: chunks.boxed(),
        })
    }

    async fn about(&self) -> Result<About, TrackerError> {
        let place = self.off(|inner| Ok(inner.path.canonicalize().ok())).await?;
        Ok(About {
            place: place.map(|path| path.display().to_string()),
            ..About::default()
        })
    }

    async fn standing(&self) -> Result<Standing, TrackerError> {
        self.off(Inner::standing).await
    }

    fn usage(&self) -> Usage {
        Usage {
            writes: self.0.writes.load(Ordering::Relaxed),
            ..Usage::default()
        }
    }
}

#[async_trait]
impl WriteTracker for Folder {
    async fn perform(&self, op: &Op) -> Result<Receipt, TrackerError> {
        let op = op.clone();
        self.off(move |inner| inner.perform(&op)).await
    }

    async fn keep(&self, issue: Option<&IssueKey>, file: &LocalFile, to: Shelf) -> Result<String, TrackerError> {
        if to != Shelf::Uploads {
            return Err(refused(&self.0.id, "a folder has no branches"));
        }
        let (issue, file) = (issue.cloned(), file.sound(&self.0.id)?.clone());
        self.off(move |inner| inner.keep(issue.as_ref(), &file)).await
    }
}
