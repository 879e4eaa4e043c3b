//! Why a sync ended before all of it was done, and for how long it may read.

use std::future::Future;

use tokio::time::{Instant, timeout_at};

use super::sync::Run;
use crate::report::Outcome;
use crate::tracker::{Reach, TrackerError};

/// What ended a sync early.
#[derive(Clone, Debug)]
pub(super) struct Halt {
    pub(super) outcome: Outcome,
    /// What happened, and what to do.
    pub(super) why: String,
}

impl From<TrackerError> for Halt {
    fn from(error: TrackerError) -> Self {
        Self {
            outcome: match error.reach() {
                Reach::Budget => Outcome::Budget,
                Reach::Step | Reach::Tracker => Outcome::Failed,
            },
            why: format!("{error}; {}", error.hint()),
        }
    }
}

impl Run<'_> {
    /// When the time budget ends, where there is one.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.request.time_budget.map(|budget| self.started + budget)
    }

    /// Reads for no longer than the time budget allows: a service that answers slowly must not make the job end in the
    /// midst of a write that follows.
    pub(super) async fn in_time<T>(&self, reading: impl Future<Output = Result<T, TrackerError>>) -> Result<T, Halt> {
        let Some(deadline) = self.deadline() else {
            return Ok(reading.await?);
        };
        match timeout_at(deadline.max(self.started + self.patience.reading), reading).await {
            Ok(read) => Ok(read?),
            Err(_elapsed) => Err(Halt {
                outcome: Outcome::Budget,
                why: "the time budget ended while the trackers were read; the next run continues, and if it comes no further, raise \
                      `--time-budget`"
                    .into(),
            }),
        }
    }
}
