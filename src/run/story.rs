//! What happened in one sync, pass by pass, until it goes into the report.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Task;
use super::fetch::Read;
use crate::apply::{Applied, Stopped};
use crate::config::Sync;
use crate::model::{Hash, IssueKey, PerSide, Side};
use crate::plan::{Board, Held, Plan, Question};
use crate::report::{Outcome, StepReport, taken};

/// What happened in one sync so far.
#[derive(Debug)]
pub(super) struct Story {
    pub(super) outcome: Outcome,
    pub(super) steps: Vec<StepReport>,
    pub(super) held: BTreeSet<Held>,
    pub(super) plans: Vec<Plan>,
    pub(super) stopped: Vec<String>,
    pub(super) links: u64,
    pub(super) conflicts: u64,
    /// What is left to people, by what stands for the question.
    pub(super) questions: BTreeMap<Hash, Question>,
    /// The dashboard, as it was read.
    pub(super) board: Board,
    /// Each service's clock when the run began to read.
    pub(super) began: Option<PerSide<Timestamp>>,
    /// Everything of both sides was listed.
    pub(super) whole: bool,
}

impl Default for Story {
    fn default() -> Self {
        Self {
            outcome: Outcome::Settled,
            steps: Vec::new(),
            held: BTreeSet::new(),
            plans: Vec::new(),
            stopped: Vec::new(),
            links: 0,
            conflicts: 0,
            questions: BTreeMap::new(),
            board: Board::Unknown,
            began: None,
            whole: false,
        }
    }
}

impl Story {
    /// Adds what was read for a pass. What it says of a link is the last word on it.
    pub(super) fn read(&mut self, read: &Read) {
        let plan = &read.outcome.plan;
        self.links = self.links.max(plan.linked as u64);
        self.conflicts += plan.conflicts;
        self.held.extend(plan.held.iter().cloned());
        let questions = plan.questions.iter();
        self.questions
            .extend(questions.map(|question| (question.id.clone(), question.clone())));
        if self.began.is_none() {
            self.began = Some(PerSide::new(read.clocks.left.0, read.clocks.right.0));
            self.board = plan.board.clone();
            self.whole = read.whole;
        }
    }

    /// Adds what came of a plan.
    pub(super) fn take(&mut self, sync: &Sync, task: &Task, applied: &Applied) {
        let Applied {
            taken: steps,
            held,
            stopped,
            moved: _,
        } = applied;
        let ended = match stopped {
            Some(Stopped::Budget(why)) => {
                self.stopped.push(format!("{why}; the next run continues"));
                Outcome::Budget
            }
            Some(Stopped::Tracker(error)) => {
                self.stopped.push(format!("{error}; {}", error.hint()));
                Outcome::Failed
            }
            None => Outcome::Changed,
        };
        self.outcome = self.outcome.max(ended);
        self.held.extend(held.iter().cloned());
        let steps = steps.iter().map(|step| taken(&sync.name, step)).collect();
        self.steps.extend(task.named(steps));
        // Running out of budget is no failure of the step it happened to.
        if self.steps.iter().any(|step| step.outcome == "failed") && ended != Outcome::Budget {
            self.outcome = self.outcome.max(Outcome::Partial);
        }
    }

    /// Steps skipped because an issue changed are planned again: what becomes of them is told then.
    pub(super) fn forget_skipped(&mut self, moved: &[(Side, IssueKey)], sync: &Sync) {
        let names: BTreeSet<String> = moved
            .iter()
            .map(|(side, key)| format!("{}#{key}", sync.between.get(*side)))
            .collect();
        let moved_key = |side: Side, key: &IssueKey| moved.iter().any(|(of, at)| *of == side && at == key);
        self.questions.retain(|_, question| {
            !Side::BOTH
                .into_iter()
                .any(|side| moved_key(side, question.keys.get(side)))
        });
        let again =
            |step: &StepReport| names.contains(&step.on) || step.twin.as_ref().is_some_and(|twin| names.contains(twin));
        self.steps.retain(|step| step.outcome != "skipped" || !again(step));
    }
}
