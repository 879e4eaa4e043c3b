//! The pipeline: open trackers, read, decide, guard, write, report. The only part that knows every stage.

mod board;
mod fetch;
mod halt;
mod request;
mod story;
mod sync;
mod task;
mod trackers;

use std::collections::BTreeSet;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::apply::{Files, Patience, Taken};
use crate::config::{Config, Sync};
use crate::env::Env;
use crate::model::TrackerId;
use crate::reconcile::REFUSED;
use crate::report::{Outcome, Report};

pub use request::{Request, Since};
use sync::Run;
pub use task::Task;
pub use trackers::{Line, Open, OpenTracker, Tracker, open, open_over};

/// Told what goes on while a run goes on.
pub trait Watch: Send + ::core::marker::Sync {
    /// A step was taken.
    fn step(&self, step: &Taken);
}

/// Runs every sync asked for, one after the other.
pub async fn sync(config: &Config, env: &Env, request: &Request, now: Timestamp, watch: &dyn Watch) -> Report {
    sync_over(Line::default(), config, env, request, now, watch).await
}

/// Runs every sync asked for, over a line of the caller's.
pub async fn sync_over(
    line: Line,
    config: &Config,
    env: &Env,
    request: &Request,
    now: Timestamp,
    watch: &dyn Watch,
) -> Report {
    let patience = line.patience;
    let opened = open_over(config, env, &wanted(config, request), line.lasting(request));
    sync_on(&opened, patience, config, env, request, now, watch).await
}

/// Runs every sync asked for, on trackers that are open already.
pub async fn sync_on(
    opened: &Open,
    patience: Patience,
    config: &Config,
    env: &Env,
    request: &Request,
    now: Timestamp,
    watch: &dyn Watch,
) -> Report {
    let started = Instant::now();
    let mut report = Report::new(request.apply);
    report.at = format!("{now:.0}");
    for sync in config.syncs.iter().filter(|sync| is_wanted(sync, request)) {
        let run = Run {
            config,
            sync,
            request,
            now,
            started,
            patience,
            watch,
            files: Files::default(),
        };
        match run.sides(opened) {
            Ok(sides) => run.all(env, &sides, &mut report).await,
            Err(errors) => {
                let halts: Vec<_> = errors.into_iter().map(Into::into).collect();
                run.failed(&halts, &mut report);
            }
        }
    }
    for (name, tracker) in opened {
        if let Ok(tracker) = tracker {
            report.count_requests(&name.0, tracker.reader().usage());
        }
    }
    let refused = report.held.iter().any(|held| held.code == REFUSED);
    if report.steps.is_empty() && refused && request.task.is_about_one() {
        report.outcome = report.outcome.max(Outcome::Partial);
    }
    report.duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    report
}

fn is_wanted(sync: &Sync, request: &Request) -> bool {
    let named = request.only.as_ref().is_none_or(|only| *only == sync.name);
    let about = request
        .issue
        .as_ref()
        .is_none_or(|at| at.tracker == sync.between.left || at.tracker == sync.between.right);
    named && about && request.task.concerns(sync)
}

fn wanted(config: &Config, request: &Request) -> BTreeSet<TrackerId> {
    let syncs = config.syncs.iter().filter(|sync| is_wanted(sync, request));
    syncs
        .flat_map(|sync| [sync.between.left.clone(), sync.between.right.clone()])
        .collect()
}
