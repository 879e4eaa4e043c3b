//! What happened in one sync, pass by pass, until it goes into the report.

use std::collections::BTreeSet;

use super::Task;
use crate::apply::{Applied, Stopped};
use crate::config::Sync;
use crate::model::{IssueKey, Side};
use crate::plan::{Held, Plan};
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
        }
    }
}

impl Story {
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
        let again =
            |step: &StepReport| names.contains(&step.on) || step.twin.as_ref().is_some_and(|twin| names.contains(twin));
        self.steps.retain(|step| step.outcome != "skipped" || !again(step));
    }
}
