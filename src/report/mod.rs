//! What a run did or would do, as one value; JSON, Markdown and text for people are renderings of it.
//!
//! Imports the plan's data and the way steps ended. Everything foreign in it has passed [`crate::safe::Safe`] before it
//! is shown, and is left out where a side is private.

mod board;
mod human;
mod link;
mod markdown;
mod merge;
mod outcome;
mod page;
mod status;
mod steps;
mod telling;
mod word;
mod words;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::plan::{Drift, Field, Held};
use crate::safe::{Safe, block, json};
use crate::tracker::Usage;

pub use board::{BoardText, BoardView, board};
pub use human::human;
pub use link::{Ends, LinkReport, links};
pub use markdown::markdown;
pub use outcome::Outcome;
pub use page::html;
pub use status::{status, status_line, status_markdown, status_rows};
pub use steps::{planned, taken};
pub use telling::Telling;
pub use word::Word;
pub use words::{AFTER_A_GUARD, counts, guarded, told, words};

/// So much of a value that both sides changed is told, in characters.
const LONGEST_VALUE: usize = 8_000;

/// Counts. In a dry run they say what would be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Links, settled ones included.
    pub links: u64,
    /// Twins created.
    pub created: u64,
    /// Issues changed.
    pub updated: u64,
    /// Comments copied.
    pub comments_created: u64,
    /// Comments edited.
    pub comments_updated: u64,
    /// Copies of comments taken away.
    pub comments_deleted: u64,
    /// Fields that both sides changed differently.
    pub conflicts: u64,
    /// Things seen and not acted on.
    pub held: u64,
    /// Steps that failed.
    pub failed: u64,
}

impl Totals {
    fn add(&mut self, other: &Self) {
        let Self {
            links,
            created,
            updated,
            comments_created,
            comments_updated,
            comments_deleted,
            conflicts,
            held,
            failed,
        } = other;
        self.links += links;
        self.created += created;
        self.updated += updated;
        self.comments_created += comments_created;
        self.comments_updated += comments_updated;
        self.comments_deleted += comments_deleted;
        self.conflicts += conflicts;
        self.held += held;
        self.failed += failed;
    }
}

/// One sync in the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncReport {
    /// Its name.
    pub name: String,
    /// The left tracker.
    pub left: String,
    /// The right tracker.
    pub right: String,
    /// Its counts.
    pub totals: Totals,
    /// How it ended.
    pub outcome: Outcome,
    /// What stopped it, if something did, and what to do about it.
    pub stopped: Vec<String>,
}

/// One step in the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepReport {
    /// The sync.
    pub sync: String,
    /// The link's id; empty for a label of the tracker.
    pub link: String,
    /// What was written.
    #[serde(deserialize_with = "word::one")]
    pub op: Word,
    /// Where.
    pub on: String,
    /// The other end.
    pub twin: Option<String>,
    /// The fields written.
    #[serde(deserialize_with = "word::many")]
    pub fields: Vec<Word>,
    /// Why.
    pub why: String,
    /// `done`, `planned`, `failed` or `skipped`.
    #[serde(deserialize_with = "word::one")]
    pub outcome: Word,
    /// What went wrong.
    pub error: Option<String>,
}

/// One difference in the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftReport {
    /// The sync.
    pub sync: String,
    /// The link's id.
    pub link: String,
    /// The left issue.
    pub left: Option<String>,
    /// The right issue.
    pub right: Option<String>,
    /// The class of the difference.
    #[serde(deserialize_with = "word::one")]
    pub class: Word,
    /// What the left side holds; `(hidden)` where it may not be shown.
    pub left_value: String,
    /// What the right side holds; `(hidden)` where it may not be shown.
    pub right_value: String,
    /// Both sides changed it since they last agreed, differently.
    pub conflict: bool,
}

/// Something held, in the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldReport {
    /// The sync.
    pub sync: String,
    /// Stable code.
    #[serde(deserialize_with = "word::one")]
    pub code: Word,
    /// Where.
    pub on: String,
    /// What was seen.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// The requests of one tracker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requests {
    /// Requests that change nothing.
    pub reads: u64,
    /// Requests that change something.
    pub writes: u64,
    /// Requests repeated.
    pub retries: u64,
    /// Time spent waiting.
    pub waited_ms: u64,
    /// Requests left in the service's current window.
    pub remaining: Option<u64>,
}

/// A whole run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Of this format: 1.
    pub version: u32,
    /// Whether there was anybody to write.
    pub applied: bool,
    /// How it ended.
    pub outcome: Outcome,
    /// Counts over all syncs.
    pub totals: Totals,
    /// Each sync.
    pub syncs: Vec<SyncReport>,
    /// Every step in order.
    pub steps: Vec<StepReport>,
    /// Everything held.
    pub held: Vec<HeldReport>,
    /// Every difference found.
    pub drift: Vec<DriftReport>,
    /// Every link of what was looked at, settled ones included.
    pub links: Vec<LinkReport>,
    /// When what it tells was read, in UTC: `2026-01-31T12:00:00Z`.
    pub at: String,
    /// Requests by tracker.
    pub requests: BTreeMap<String, Requests>,
    /// How long it took.
    pub duration_ms: u64,
}

impl Report {
    /// A run in which nothing has happened yet.
    pub fn new(applied: bool) -> Self {
        Self {
            version: 1,
            applied,
            outcome: Outcome::Settled,
            totals: Totals::default(),
            syncs: Vec::new(),
            steps: Vec::new(),
            held: Vec::new(),
            drift: Vec::new(),
            links: Vec::new(),
            at: String::new(),
            requests: BTreeMap::new(),
            duration_ms: 0,
        }
    }

    /// Adds one sync: its steps as planned or taken, what was held, where the sides differed.
    pub fn add(&mut self, mut sync: SyncReport, steps: Vec<StepReport>, held: &[Held], drift: Vec<DriftReport>) {
        // What a guard stopped was not done.
        if !(self.applied && sync.outcome == Outcome::Guarded) {
            count(&mut sync.totals, &steps);
        }
        sync.totals.held = held.len() as u64;
        self.totals.add(&sync.totals);
        self.outcome = self.outcome.max(sync.outcome);
        self.steps.extend(steps);
        let held = held.iter().map(|one| self::held(&sync.name, one));
        self.held.extend(held);
        self.drift.extend(drift);
        self.syncs.push(sync);
    }

    /// Notes the requests of a tracker.
    pub fn count_requests(&mut self, tracker: &str, usage: Usage) {
        let Usage {
            reads,
            writes,
            retries,
            waited_ms,
            remaining,
        } = usage;
        self.requests.insert(
            tracker.into(),
            Requests {
                reads,
                writes,
                retries,
                waited_ms,
                remaining,
            },
        );
    }

    /// The JSON form, version 1. Nothing in it is a command to whoever reads a log it is printed to.
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        json(&text).into_owned()
    }
}

fn count(totals: &mut Totals, steps: &[StepReport]) {
    for step in steps {
        match step.outcome {
            "failed" => totals.failed += 1,
            "skipped" => {}
            _ => match step.op {
                "create" => totals.created += 1,
                "link" | "adopt" | "repair-marker" if step.fields == ["marker"] => {}
                "update" | "retire" | "close" | "unlink" | "link" | "adopt" | "repair-marker" | "repair-duplicate"
                | "repair-orphan" | "repair-copy" => totals.updated += 1,
                "comment" => totals.comments_created += 1,
                "edit-comment" => totals.comments_updated += 1,
                "delete-comment" | "repair-comment" => totals.comments_deleted += 1,
                _ => {}
            },
        }
    }
}

/// Something held, as it may be shown.
pub fn held(sync: &str, held: &Held) -> HeldReport {
    HeldReport {
        sync: sync.to_owned(),
        code: held.code,
        on: Safe(&held.on).to_string(),
        message: Safe(&held.message).to_string(),
        hint: Safe(&held.hint).to_string(),
    }
}

/// A difference, its text left out where it may not be shown. What a conflict is about is told with its lines.
pub fn drift(sync: &str, drift: &Drift, show_text: bool) -> DriftReport {
    let hide = matches!(drift.field, Field::Title | Field::Body) && !show_text;
    let value = |text: &str| {
        if hide && !text.is_empty() {
            "(hidden)".to_owned()
        } else if drift.conflict {
            block(text, LONGEST_VALUE)
        } else {
            Safe(text).to_string()
        }
    };
    DriftReport {
        sync: sync.to_owned(),
        link: drift.link.clone(),
        left: drift.left.as_ref().map(|at| Safe(at).to_string()),
        right: drift.right.as_ref().map(|at| Safe(at).to_string()),
        class: drift.class,
        left_value: value(&drift.left_value),
        right_value: value(&drift.right_value),
        conflict: drift.conflict,
    }
}
