//! Something between a run and its trackers that can stop the run at any write, for good or for a while.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use lockstep::model::{Comment, Feed, Issue, IssueKey, Label, Lookup, Milestone, Op, Receipt};
use lockstep::run::OpenTracker;
use lockstep::tracker::{
    About, Download, Listing, LocalFile, Profile, ReadTracker, Shelf, Standing, TrackerError, Usage, WriteTracker,
};
use tokio::sync::oneshot;

/// When a run is stopped at a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The tracker has not heard of it.
    Before,
    /// The run has its answer.
    After,
}

struct Stop {
    write: usize,
    moment: Moment,
    reached: oneshot::Sender<()>,
    go: oneshot::Receiver<()>,
}

/// A run held at a write: it says when it is there, and goes on when told to.
pub struct Held {
    pub reached: oneshot::Receiver<()>,
    pub go: oneshot::Sender<()>,
}

#[derive(Default)]
struct State {
    writes: usize,
    stop: Option<Stop>,
}

/// Counts the writes of one run to both its trackers.
#[derive(Default)]
pub struct Gate(Mutex<State>);

impl Gate {
    /// A run through this gate stops at this write (from 1).
    pub fn holding(write: usize, moment: Moment) -> (Arc<Self>, Held) {
        let (reached, told) = oneshot::channel();
        let (go, going) = oneshot::channel();
        let stop = Stop {
            write,
            moment,
            reached,
            go: going,
        };
        let gate = Self(Mutex::new(State {
            writes: 0,
            stop: Some(stop),
        }));
        (Arc::new(gate), Held { reached: told, go })
    }

    /// How many writes came by.
    pub fn writes(&self) -> usize {
        self.0.lock().unwrap().writes
    }

    async fn pass(&self, moment: Moment) {
        let stop = {
            let mut state = self.0.lock().unwrap();
            state.writes += usize::from(moment == Moment::Before);
            let here = |stop: &Stop| stop.write == state.writes && stop.moment == moment;
            if state.stop.as_ref().is_some_and(here) {
                state.stop.take()
            } else {
                None
            }
        };
        if let Some(stop) = stop {
            stop.reached.send(()).ok();
            if stop.go.await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

/// A tracker behind a gate.
pub struct Gated {
    pub tracker: OpenTracker,
    pub gate: Arc<Gate>,
}

#[async_trait]
impl WriteTracker for Gated {
    async fn perform(&self, op: &Op) -> Result<Receipt, TrackerError> {
        self.gate.pass(Moment::Before).await;
        let receipt = self.tracker.writer().perform(op).await;
        self.gate.pass(Moment::After).await;
        receipt
    }

    async fn keep(&self, issue: Option<&IssueKey>, file: &LocalFile, on: Shelf) -> Result<String, TrackerError> {
        self.gate.pass(Moment::Before).await;
        let address = self.tracker.writer().keep(issue, file, on).await;
        self.gate.pass(Moment::After).await;
        address
    }
}

#[async_trait]
impl ReadTracker for Gated {
    fn profile(&self) -> &Profile {
        self.tracker.reader().profile()
    }

    async fn list(&self, since: Option<Timestamp>) -> Result<Listing, TrackerError> {
        self.tracker.reader().list(since).await
    }

    async fn labelled(&self, label: &str) -> Result<Vec<Issue>, TrackerError> {
        self.tracker.reader().labelled(label).await
    }

    async fn issue(&self, key: &IssueKey) -> Result<Lookup, TrackerError> {
        self.tracker.reader().issue(key).await
    }

    async fn comments(&self, of: &[(IssueKey, u64)]) -> Result<BTreeMap<IssueKey, Vec<Comment>>, TrackerError> {
        self.tracker.reader().comments(of).await
    }

    async fn feed(&self, page: u32) -> Result<Feed, TrackerError> {
        self.tracker.reader().feed(page).await
    }

    async fn labels(&self) -> Result<Vec<Label>, TrackerError> {
        self.tracker.reader().labels().await
    }

    async fn milestones(&self) -> Result<Vec<Milestone>, TrackerError> {
        self.tracker.reader().milestones().await
    }

    async fn may_write(&self, logins: &[String]) -> Result<BTreeMap<String, Option<bool>>, TrackerError> {
        self.tracker.reader().may_write(logins).await
    }

    async fn assignable(&self, logins: &[String]) -> Result<BTreeMap<String, bool>, TrackerError> {
        self.tracker.reader().assignable(logins).await
    }

    async fn added_time(&self, key: &IssueKey) -> Result<Option<u64>, TrackerError> {
        self.tracker.reader().added_time(key).await
    }

    async fn standing(&self) -> Result<Standing, TrackerError> {
        self.tracker.reader().standing().await
    }

    async fn account(&self) -> Result<Option<String>, TrackerError> {
        self.tracker.reader().account().await
    }

    async fn fetch(&self, address: &str) -> Result<Download, TrackerError> {
        self.tracker.reader().fetch(address).await
    }

    async fn about(&self) -> Result<About, TrackerError> {
        self.tracker.reader().about().await
    }

    fn usage(&self) -> Usage {
        self.tracker.reader().usage()
    }
}
