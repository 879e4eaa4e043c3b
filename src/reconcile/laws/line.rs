//! A run's way to the imaginary trackers, with interruptions at will.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use jiff::Timestamp;
use tokio::sync::Notify;

use super::bench::Bench;
use super::store::{Store, tracker};
use crate::border::Syntax;
use crate::model::{Comment, Feed, IssueKey, Label, Lookup, Milestone, Op, Receipt, Side, Signer, TrackerId};
use crate::tracker::{
    About, Download, Listing, LocalFile, Profile, ReadTracker, Shelf, TrackerError, Usage, WriteTracker,
};

/// A byte every 29 seconds, without end.
fn drops() -> BoxStream<'static, Result<Bytes, TrackerError>> {
    let drop = |()| async {
        tokio::time::sleep(Duration::from_secs(29)).await;
        Some((Ok(Bytes::from_static(b".")), ()))
    };
    futures_util::stream::unfold((), drop).boxed()
}

/// What interrupts a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The process ends before the write is sent.
    DiesBefore,
    /// The process ends after the write was done.
    DiesAfter,
    /// The write is done and its answer lost.
    LostAfter,
    /// The write is not done, and nobody can tell.
    LostBefore,
    /// The service says no.
    Refused,
}

impl Fault {
    pub(super) const ALL: [Self; 5] = [
        Self::DiesBefore,
        Self::DiesAfter,
        Self::LostAfter,
        Self::LostBefore,
        Self::Refused,
    ];
}

type Meddling = Box<dyn FnOnce(&mut Store) + Send>;

/// One run's connection to both trackers.
#[derive(Default)]
pub(super) struct Line {
    writes: Mutex<usize>,
    fault: Option<(usize, Fault)>,
    /// An issue that the listing misses, because it moved to another page meanwhile: of those of a side, the so-manieth.
    pub(super) unlisted: Option<(Side, usize)>,
    pub(super) dead: Notify,
    /// The time budget.
    pub(super) budget: Option<Duration>,
    /// Somebody does something right before this write.
    meddling: Mutex<Option<(usize, Meddling)>>,
    /// Before this write the run waits until `go` is said.
    pause: Option<usize>,
    pub(super) reached: Notify,
    pub(super) go: Notify,
}

impl Line {
    pub(super) fn failing(at: usize, fault: Fault) -> Self {
        Self {
            fault: Some((at, fault)),
            ..Self::default()
        }
    }

    pub(super) fn for_so_long(budget: Duration) -> Self {
        Self {
            budget: Some(budget),
            ..Self::default()
        }
    }

    pub(super) fn missing(side: Side, which: usize) -> Self {
        Self {
            unlisted: Some((side, which)),
            ..Self::default()
        }
    }

    pub(super) fn pausing(at: usize) -> Self {
        Self {
            pause: Some(at),
            ..Self::default()
        }
    }

    pub(super) fn meddled(at: usize, act: impl FnOnce(&mut Store) + Send + 'static) -> Self {
        let line = Self::default();
        *line.meddling.lock().unwrap() = Some((at, Box::new(act)));
        line
    }

    pub(super) fn writes(&self) -> usize {
        *self.writes.lock().unwrap()
    }
}

/// A tracker as one run sees it.
pub(super) struct Door<'a> {
    pub(super) side: Side,
    pub(super) bench: &'a Bench,
    pub(super) line: &'a Line,
}

impl Door<'_> {
    pub(super) fn signer(&self) -> &Signer {
        &self.bench.setup.signer
    }

    fn on(&self) -> TrackerId {
        tracker(self.side)
    }
}

#[async_trait]
impl WriteTracker for Door<'_> {
    async fn keep(&self, issue: Option<&IssueKey>, file: &LocalFile, _: Shelf) -> Result<String, TrackerError> {
        let content = std::fs::read(&file.path).unwrap();
        assert_eq!(content.len() as u64, file.size);
        let mut store = self.bench.store();
        let next = store.sides.left.files.len() + store.sides.right.files.len();
        let web = format!("https://{}.example/acme/app", self.on());
        let (address, fetched) = match self.profile().syntax {
            Syntax::GitHub => {
                let address = format!("{web}/raw/lockstep-files/{next}/{}", file.name);
                (address.clone(), address)
            }
            Syntax::GitLab => {
                let address = format!("/uploads/{next:032x}/{}", file.name);
                (address.clone(), format!("{web}{address}"))
            }
            Syntax::Plain => {
                let folder = issue.map_or_else(|| store.next(self.side), |key| key.0.clone());
                let address = format!("{folder}/files/{next}-{}", file.name);
                (address.clone(), address)
            }
        };
        store.sides.get_mut(self.side).files.insert(fetched, content);
        Ok(address)
    }

    async fn perform(&self, op: &Op) -> Result<Receipt, TrackerError> {
        let this = {
            let mut writes = self.line.writes.lock().unwrap();
            *writes += 1;
            *writes
        };
        if self.line.pause == Some(this) {
            self.line.reached.notify_one();
            // Nobody's request is on its way for longer; a run that waits for another one waits for that long.
            tokio::select! {
                () = self.line.go.notified() => {}
                () = tokio::time::sleep(Duration::from_secs(5)) => {}
            }
        }
        let meddling = self.line.meddling.lock().unwrap().take_if(|(at, _)| *at == this);
        if let Some((_, act)) = meddling {
            {
                let mut store = self.bench.store();
                // What people do takes time, and our clock runs as well.
                let skipped = store.skipped;
                act(&mut store);
                store.skipped = skipped;
            }
            tokio::time::advance(Duration::from_secs(2)).await;
        }
        let fault = self.line.fault.filter(|(at, _)| *at == this).map(|(_, fault)| fault);
        let lost = || TrackerError::Ambiguous {
            on: self.on(),
            detail: "lost".into(),
        };
        match fault {
            None => {
                let done = self.bench.store().perform(self.side, op);
                tokio::time::advance(Duration::from_secs(1)).await;
                done
            }
            Some(Fault::DiesBefore) => {
                self.line.dead.notify_one();
                std::future::pending().await
            }
            Some(Fault::DiesAfter) => {
                let _answer = self.bench.store().perform(self.side, op);
                self.line.dead.notify_one();
                std::future::pending().await
            }
            Some(Fault::LostAfter) => {
                let _answer = self.bench.store().perform(self.side, op);
                Err(lost())
            }
            Some(Fault::LostBefore) => Err(lost()),
            Some(Fault::Refused) => Err(TrackerError::Rejected {
                on: self.on(),
                status: 422,
                detail: "no".into(),
            }),
        }
    }
}

impl Door<'_> {
    fn refused(&self, detail: &str) -> TrackerError {
        TrackerError::Rejected {
            on: self.on(),
            status: 404,
            detail: detail.into(),
        }
    }
}

#[async_trait]
impl ReadTracker for Door<'_> {
    async fn fetch(&self, address: &str) -> Result<Download, TrackerError> {
        let store = self.bench.store();
        let own = address.starts_with("/uploads/");
        let full = format!("https://{}.example/acme/app{address}", self.on());
        let address = if own { full.as_str() } else { address };
        let found = store.sides.get(self.side).files.get(address).cloned();
        let content = found.ok_or_else(|| self.refused("no such file"))?;
        // A file that breaks off ends with these words.
        let breaks = content.ends_with(b"and then");
        let on = self.on();
        let lost = move || TrackerError::Failed {
            on: on.clone(),
            detail: "the connection broke".into(),
        };
        let mut chunks: Vec<_> = content.chunks(4).map(|c| Ok(Bytes::copy_from_slice(c))).collect();
        chunks.extend(breaks.then(|| Err(lost())));
        // One that never ends comes byte by byte, each just in time not to be given up.
        let endless = content.ends_with(b"drop by drop").then(drops);
        let chunks = endless.unwrap_or_else(|| futures_util::stream::iter(chunks).boxed());
        Ok(Download {
            name: address.rsplit('/').next().unwrap().to_owned(),
            media_type: Some("image/png".into()),
            size: None,
            chunks,
        })
    }

    fn profile(&self) -> &Profile {
        self.bench.setup.profiles.get(self.side)
    }

    async fn list(&self, _since: Option<Timestamp>) -> Result<Listing, TrackerError> {
        let store = self.bench.store();
        let numbers = store.sides.get(self.side).issues.keys();
        Ok(Listing {
            issues: numbers.filter_map(|number| store.issue(self.side, *number)).collect(),
            now: store.timestamp(),
            others: BTreeSet::default(),
            illegible: BTreeMap::default(),
        })
    }

    async fn issue(&self, key: &IssueKey) -> Result<Lookup, TrackerError> {
        Ok(self.bench.store().look_up(self.side, key))
    }

    async fn comments(&self, of: &[(IssueKey, u64)]) -> Result<BTreeMap<IssueKey, Vec<Comment>>, TrackerError> {
        let store = self.bench.store();
        Ok(of
            .iter()
            .map(|(key, _)| (key.clone(), store.comments(self.side, key)))
            .collect())
    }

    async fn feed(&self, _page: u32) -> Result<Feed, TrackerError> {
        Ok(self.bench.store().feed(self.side))
    }

    async fn labels(&self) -> Result<Vec<Label>, TrackerError> {
        Ok(self.bench.store().labels(self.side))
    }

    async fn milestones(&self) -> Result<Vec<Milestone>, TrackerError> {
        Ok(Vec::new())
    }

    async fn may_write(&self, logins: &[String]) -> Result<BTreeMap<String, Option<bool>>, TrackerError> {
        Ok(logins.iter().map(|login| (login.clone(), Some(true))).collect())
    }

    async fn assignable(&self, logins: &[String]) -> Result<BTreeMap<String, bool>, TrackerError> {
        Ok(logins.iter().map(|login| (login.clone(), true)).collect())
    }

    async fn account(&self) -> Result<Option<String>, TrackerError> {
        Ok(Some("bot".into()))
    }

    async fn about(&self) -> Result<About, TrackerError> {
        Ok(About::default())
    }

    fn usage(&self) -> Usage {
        Usage::default()
    }
}
