//! Carries a plan out: the only place that asks a tracker to change anything.
//!
//! Links are taken one after another and steps in their order. A failed step never stops other links; a refused token
//! or a used-up budget stops the run cleanly. Every answer corrects what the next marker will say. Imports the plan,
//! the model and the tracker traits.

mod board;
mod compose;
mod files;
mod issue;
mod link;
mod names;
mod observe;
mod origin;
mod recover;
mod talk;
mod work;

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::model::{IssueKey, Op, PerSide, PlanningChange, Receipt, Side, Signer, TrackerId};
use crate::plan::{Act, Held, LinkPlan, Plan, Step};
use crate::tracker::{Reach, ReadTracker, TrackerError, WriteTracker};

pub use board::{BoardWish, BoardWritten, write_board};
pub use files::Files;

/// An issue that a link's own requests told of longer ago than this is read again before it is written: a body written from
/// memory would replace what a person wrote meanwhile. What a listing told is always read again.
const FRESH: Duration = Duration::from_millis(500);
/// A plan made of what was read longer ago than this is compared with both issues before its first step.
const STALE: Duration = Duration::from_secs(2);
/// The origin of a new twin may have been read so long ago: it is read once more anyway before its body is written.
const FRESH_ORIGIN: Duration = Duration::from_secs(15);

/// How long a run waits for others that may be at work on the same issue, where no service offers a better way: before
/// time is added, which must not happen twice; and for how long it believes what it has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// So long a run that noted what time it is about to add may take to do so before another one takes over. The first
    /// one looks again before it adds anything when it last looked longer than two seconds ago.
    pub lease: Duration,
    /// So long after its own note a run looks whether it still stands; after a note that was longer on its way than this it
    /// waits as long as a lease, for somebody may have begun to add before it arrived.
    pub settle: Duration,
    /// A comment that was looked at longer ago than this is looked at again before it is copied: a person may have taken it
    /// away, or hidden its issue, while other issues were written.
    pub heard: Duration,
    /// So long a run may read in any case, however soon its time budget ends: what had less was not too slow.
    pub reading: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(10),
            settle: Duration::from_secs(2),
            heard: Duration::from_secs(5),
            reading: Duration::from_secs(30),
        }
    }
}

/// Why a step was not tried in a run that ended early.
const STOPPED: &str = "the run stopped before it; the next run continues";

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Written.
    Done,
    /// Not written; why.
    Failed(String),
    /// Not tried; why.
    Skipped(String),
}

/// One step as it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The link, if the step belongs to one.
    pub link: Option<String>,
    /// The report's name of what was done.
    pub op: &'static str,
    /// The issue written, `tracker#key`; the tracker alone for one that was never created, or for a label.
    pub on: String,
    /// Its twin.
    pub twin: Option<String>,
    /// The fields written.
    pub fields: Vec<&'static str>,
    /// Why.
    pub why: String,
    /// How it ended.
    pub end: End,
}

/// Why the run stopped before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Time or rate budget.
    Budget(String),
    /// A tracker cannot be used any more.
    Tracker(TrackerError),
}

/// What came of a plan.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    /// Every step in order.
    pub taken: Vec<Taken>,
    /// What the answers brought to light.
    pub held: Vec<Held>,
    /// Set when the run stopped early.
    pub stopped: Option<Stopped>,
    /// Issues that changed after they were read: their links are to be planned again.
    pub moved: Vec<(Side, IssueKey)>,
}

/// Everything needed to carry out a plan.
pub struct Hands<'a> {
    /// Names of the trackers.
    pub names: PerSide<TrackerId>,
    /// To look again.
    pub readers: PerSide<&'a dyn ReadTracker>,
    /// To write.
    pub writers: PerSide<&'a dyn WriteTracker>,
    /// Signs markers.
    pub signer: &'a Signer,
    /// Each service's clock, and our own at that moment.
    pub clocks: PerSide<(Timestamp, Instant)>,
    /// What became of files in this run so far.
    pub files: &'a Files,
    /// Tells this run from others at the same time: any number.
    pub run: u32,
    /// How long to wait for other runs.
    pub patience: Patience,
    /// When to stop.
    pub deadline: Option<Instant>,
    /// Told of every step as it is taken.
    pub watch: &'a (dyn Fn(&Taken) + Send + Sync),
}

impl std::fmt::Debug for Hands<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hands")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

impl Hands<'_> {
    /// The service's clock now, as far as we know it.
    fn now(&self, side: Side) -> Timestamp {
        let (then, ours) = self.clocks.get(side);
        let passed = SignedDuration::try_from(ours.elapsed()).unwrap_or_default();
        then.checked_add(passed).unwrap_or(*then)
    }

    fn stale(&self, limit: Duration) -> bool {
        Side::BOTH
            .into_iter()
            .any(|side| self.clocks.get(side).1.elapsed() > limit)
    }

    fn out_of_time(&self) -> bool {
        self.time_left().is_some_and(|left| left.is_zero())
    }

    /// What is left of the time budget, where there is one.
    fn time_left(&self) -> Option<Duration> {
        self.deadline.map(|at| at.saturating_duration_since(Instant::now()))
    }
}

/// Carries the plan out.
pub async fn apply(plan: &Plan, hands: &Hands<'_>) -> Applied {
    let mut run = Run {
        hands,
        out: Applied::default(),
        luck: PerSide::default(),
        unmade: PerSide::default(),
    };
    for step in &plan.catalogue {
        run.mind_the_time();
        run.make_known(step).await;
    }
    for link in &plan.links {
        run.mind_the_time();
        Box::pin(run.link(link)).await;
    }
    run.out
}

/// A plan being carried out.
struct Run<'a> {
    hands: &'a Hands<'a>,
    out: Applied,
    luck: PerSide<Luck>,
    /// Milestones that could not be made.
    unmade: PerSide<BTreeSet<String>>,
}

/// How the writes to one tracker have gone so far.
#[derive(Default)]
struct Luck {
    /// One was done.
    done: bool,
}

impl Run<'_> {
    /// Stops the run cleanly when its time is used up.
    fn mind_the_time(&mut self) {
        if self.out.stopped.is_none() && self.hands.out_of_time() {
            self.out.stopped = Some(Stopped::Budget("the time budget is used up".into()));
        }
    }

    async fn make_known(&mut self, step: &Step) {
        let op = match &step.act {
            Act::Label(label) => Op::CreateLabel(label.clone()),
            Act::Milestone(milestone) => Op::CreateMilestone(milestone.clone()),
            Act::Create(_)
            | Act::Update(_)
            | Act::Comment(_)
            | Act::EditCopy { .. }
            | Act::EditOriginal { .. }
            | Act::DeleteCopy { .. }
            | Act::Acknowledge { .. }
            | Act::Note
            | Act::Retire { .. }
            | Act::Part { .. }
            | Act::Unmark { .. } => return,
        };
        let end = if self.out.stopped.is_some() {
            End::Skipped(STOPPED.into())
        } else {
            match self.perform(step.on, &op).await {
                Ok(_) => End::Done,
                Err(error) => self.failed(&error),
            }
        };
        if let (Act::Milestone(milestone), false) = (&step.act, end == End::Done) {
            self.unmade.get_mut(step.on).insert(milestone.title.clone());
        }
        let on = self.hands.names.get(step.on).to_string();
        self.took(Taken {
            link: None,
            op: step.act.name(),
            on,
            twin: None,
            fields: step.fields.iter().map(|field| field.name()).collect(),
            why: step.told(),
            end,
        });
    }

    /// Whether a change names a milestone that could not be made.
    fn is_unmade(&self, side: Side, change: &PlanningChange) -> bool {
        let title = change.milestone.iter().flatten().next();
        title.is_some_and(|title| self.unmade.get(side).contains(title))
    }

    /// Asks a tracker for one write. A token that is refused every change of issues is no good to the links that follow.
    async fn perform(&mut self, side: Side, op: &Op) -> Result<Receipt, TrackerError> {
        let result = self.hands.writers.get(side).perform(op).await;
        let luck = self.luck.get_mut(side);
        let on_issues = matches!(op, Op::CreateIssue(_) | Op::UpdateIssue { .. });
        match &result {
            Ok(_) => luck.done = true,
            Err(error @ TrackerError::Forbidden { .. }) if on_issues && !luck.done => {
                // Nothing was ever done there: more twins would be made whose links cannot be recorded.
                self.out.stopped = Some(Stopped::Tracker(error.clone()));
            }
            Err(_) => {}
        }
        result
    }

    /// Notes an error, and stops the run where it reaches that far.
    fn failed(&mut self, error: &TrackerError) -> End {
        match error.reach() {
            Reach::Step => {}
            Reach::Tracker => self.out.stopped = Some(Stopped::Tracker(error.clone())),
            Reach::Budget => self.out.stopped = Some(Stopped::Budget(error.to_string())),
        }
        End::Failed(format!("{error}; {}", error.hint()))
    }

    fn took(&mut self, taken: Taken) {
        (self.hands.watch)(&taken);
        self.out.taken.push(taken);
    }

    fn skip_all(&mut self, link: &LinkPlan, why: &str) {
        for step in &link.steps {
            let taken = compose::taken(self.hands, link, &link.keys, step, End::Skipped(why.to_owned()));
            self.took(taken);
        }
    }
}
