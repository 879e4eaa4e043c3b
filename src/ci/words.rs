//! The words that log and summary share.

use crate::report::{Outcome, Report, Requests, StepReport, guarded, told};

/// How a run ended, in one line.
pub fn headline(report: &Report) -> String {
    let done = told(&report.totals, report.steps.iter(), report.applied);
    let links = match report.totals.links {
        1 => "1 link".to_owned(),
        links => format!("{links} links"),
    };
    match report.outcome {
        Outcome::Settled if report.totals.held > 0 => format!("Settled: {links}, {done}"),
        Outcome::Settled => format!("Settled: {links}, nothing to do"),
        Outcome::Changed => format!("Done: {done}"),
        Outcome::Pending => format!("Planned, nothing written: {done}"),
        Outcome::Budget => format!("Stopped by the time or rate budget, the next run continues: {done}"),
        Outcome::Guarded => format!("Stopped by a guard: {}", guarded(report)),
        Outcome::Partial => format!("Done in part, {} failed: {done}", report.totals.failed),
        Outcome::Failed => "Failed: a tracker could not be read, or refused the token".to_owned(),
    }
}

/// What one step is, in a few words.
pub(super) fn what(step: &StepReport) -> String {
    match step.op {
        "update" => step.fields.join(", "),
        "mark" => "marker".to_owned(),
        op => op.to_owned(),
    }
}

/// The link a step belongs to, or what it is on.
pub(super) fn link(step: &StepReport) -> String {
    match &step.twin {
        Some(twin) => format!("{} ↔ {twin}", step.on),
        None => step.on.clone(),
    }
}

/// What a tracker was asked.
pub(super) fn requests(tracker: &str, requests: Requests) -> String {
    let Requests {
        reads,
        writes,
        retries,
        waited_ms,
        remaining,
    } = requests;
    let mut text = format!("{tracker}: {reads} reads, {writes} writes");
    if retries > 0 {
        text.push_str(&format!(", {retries} repeated"));
    }
    if waited_ms >= 1_000 {
        text.push_str(&format!(", {} s waited", waited_ms / 1_000));
    }
    if let Some(remaining) = remaining {
        text.push_str(&format!(", {remaining} left in the rate budget"));
    }
    text
}

/// How long a run took.
pub(super) fn duration(report: &Report) -> String {
    let ms = report.duration_ms;
    if ms < 60_000 {
        format!("{}.{} s", ms / 1_000, ms % 1_000 / 100)
    } else {
        format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000)
    }
}
