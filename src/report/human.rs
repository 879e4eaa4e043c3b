//! The report as text for people: every write with its reason, everything held with what to do, and one closing line.

use std::collections::BTreeMap;

use owo_colors::OwoColorize as _;

use super::page::duration;
use super::words::{AFTER_A_GUARD, ended, guarded, told, words, written};
use super::{DriftReport, LinkReport, Outcome, Report, Requests, StepReport, SyncReport, Totals};
use crate::safe::Safe;

/// The report as text. Colours are taken out by the stream it is written to where they are not wanted; the sign before each
/// line says the same.
pub fn human(report: &Report, next: &str) -> String {
    let mut out = String::new();
    for sync in &report.syncs {
        let head = format!("{}: {} and {}", sync.name, sync.left, sync.right);
        line(&mut out, &head.bold().to_string());
        plan(&mut out, report, sync);
        for stop in &sync.stopped {
            line(&mut out, &format!("  {} {stop}", "stopped:".red()));
        }
    }
    if !report.held.is_empty() {
        line(&mut out, &"seen and not acted on".bold().to_string());
        for held in &report.held {
            let sign = "!".yellow();
            line(
                &mut out,
                &format!("  {sign} {} {}: {}", held.on, held.code.yellow(), held.message),
            );
            line(&mut out, &format!("      {}", held.hint.dimmed()));
        }
    }
    if !report.steps.is_empty() {
        let legend = "+ made   ~ changed   x taken away   ! failed, or needs a person   - skipped";
        line(&mut out, &legend.dimmed().to_string());
    }
    line(&mut out, &cost(report).dimmed().to_string());
    line(&mut out, &closing(report, next));
    out
}

/// The steps of one sync, those of a link together.
fn plan(out: &mut String, report: &Report, sync: &SyncReport) {
    let links: BTreeMap<&str, &LinkReport> = report
        .links
        .iter()
        .filter(|link| link.sync == sync.name)
        .map(|link| (link.link.as_str(), link))
        .collect();
    let drifts: Vec<&DriftReport> = report.drift.iter().filter(|drift| drift.sync == sync.name).collect();
    let mut drift_of: BTreeMap<&str, Vec<&DriftReport>> = BTreeMap::new();
    for drift in drifts {
        drift_of.entry(&drift.link).or_default().push(drift);
    }
    let mut steps = report.steps.iter().filter(|step| step.sync == sync.name).peekable();
    if steps.peek().is_none() && sync.stopped.is_empty() {
        line(out, &format!("  settled: {}", settled(&sync.totals)));
    }
    let mut last = None;
    for step in steps {
        if last != Some(&step.link) && !step.link.is_empty() {
            line(
                out,
                &format!("  {}", ends(sync, step, links.get(step.link.as_str()).copied())),
            );
        }
        last = Some(&step.link);
        let indent = if step.link.is_empty() { "  " } else { "    " };
        let drifts = drift_of.get(step.link.as_str()).map_or(&[][..], Vec::as_slice);
        line(out, &format!("{indent}{}", one_step(sync, step, drifts)));
        if let Some(error) = &step.error {
            line(out, &format!("{indent}    {}: {error}", step.outcome));
        }
    }
}

/// Both issues of a link, or the one there is and where the other will be.
fn ends(sync: &SyncReport, step: &StepReport, link: Option<&LinkReport>) -> String {
    let (left, right) = link.map_or((None, None), |link| (link.left.as_ref(), link.right.as_ref()));
    match (left, right) {
        (Some(left), Some(right)) => format!("{left} <-> {right}"),
        (Some(one), None) | (None, Some(one)) if step.op == "create" => format!("{one} <-> new on {}", step.on),
        (Some(one), None) | (None, Some(one)) => one.clone(),
        (None, None) => sync.name.clone(),
    }
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

/// What is to be said of a sync with nothing to do: that both ends are equal only where nothing speaks against it.
fn settled(totals: &Totals) -> String {
    match (words(totals, true), totals.links) {
        (open, _) if !open.is_empty() => format!("nothing to do; {open}"),
        (_, 1) => "both ends of 1 link say the same".into(),
        (_, n) => format!("both ends of {n} links say the same"),
    }
}

fn links(n: u64) -> String {
    if n == 1 { "1 link".into() } else { format!("{n} links") }
}

fn one_step(sync: &SyncReport, step: &StepReport, drifts: &[&DriftReport]) -> String {
    let sign = match (step.outcome, step.op) {
        ("failed", _) => "!".red().to_string(),
        ("skipped", _) => "-".dimmed().to_string(),
        (_, "create" | "comment" | "label" | "milestone" | "link" | "adopt") => "+".green().to_string(),
        (
            _,
            "delete-comment" | "retire" | "close" | "unlink" | "repair-comment" | "repair-duplicate" | "repair-orphan",
        ) => "x".red().to_string(),
        _ => "~".yellow().to_string(),
    };
    let what = match step.op {
        "update" => step.fields.join(", "),
        "mark" => "marker".into(),
        "link" | "adopt" if step.fields != ["marker"] => format!("{}: {}", step.op, step.fields.join(", ")),
        op => op.into(),
    };
    let values = values(sync, step, drifts);
    format!(
        "{sign} {what:<12} {:<14} {values}{}",
        step.on,
        format!("({})", step.why).dimmed()
    )
}

/// What a field is and what it becomes, where one step changes one field with one short value.
fn values(sync: &SyncReport, step: &StepReport, drifts: &[&DriftReport]) -> String {
    let ([field], "update") = (step.fields.as_slice(), step.op) else {
        return String::new();
    };
    let is_it = |drift: &&&DriftReport| match *field {
        "status" => matches!(drift.class, "status" | "closed-externally" | "reopened-externally"),
        "title" | "milestone" | "weight" | "due_date" | "time_estimate" => drift.class == *field,
        _ => false,
    };
    let Some(drift) = drifts.iter().find(is_it) else {
        return String::new();
    };
    let on_left = step
        .on
        .rsplit_once('#')
        .is_some_and(|(tracker, _)| tracker == sync.left);
    let (from, to) = if on_left {
        (&drift.left_value, &drift.right_value)
    } else {
        (&drift.right_value, &drift.left_value)
    };
    if from == to {
        return String::new();
    }
    let shown = |value: &str| match value {
        "" => "nothing".to_owned(),
        value => Safe(value).to_string(),
    };
    let (from, to) = (shown(from), shown(to));
    if from.chars().count() + to.chars().count() > 120 {
        return String::new();
    }
    if *field == "title" {
        format!("\"{from}\" -> \"{to}\"  ")
    } else {
        format!("{from} -> {to}  ")
    }
}

/// What it took: requests, what is left of the services' budgets, and time.
fn cost(report: &Report) -> String {
    let sum = |of: fn(&Requests) -> u64| report.requests.values().map(of).sum::<u64>();
    let (reads, writes, retries) = (sum(|r| r.reads), sum(|r| r.writes), sum(|r| r.retries));
    let many = |n: u64, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let mut parts = vec![many(reads, "read", "reads"), many(writes, "write", "writes")];
    if retries > 0 {
        parts.push(many(retries, "retry", "retries"));
    }
    let left = report.requests.iter().filter_map(|(tracker, used)| {
        let left = used.remaining?;
        Some(format!("{left} requests left on {tracker}"))
    });
    parts.extend(left);
    parts.push(duration(report.duration_ms));
    parts.join(", ")
}

fn closing(report: &Report, next: &str) -> String {
    let counts = told(&report.totals, report.steps.iter(), report.applied);
    match report.outcome {
        Outcome::Settled => {
            let open = words(&report.totals, true);
            let open = if open.is_empty() { open } else { format!(", {open}") };
            format!("Settled: {} and nothing to do{open}.", links(report.totals.links))
        }
        Outcome::Changed => format!("Done: {counts}."),
        Outcome::Pending => format!("Planned, nothing written: {counts}.\nTo do it: {next}"),
        Outcome::Budget => {
            let counts = if report.steps.is_empty() {
                "nothing written"
            } else {
                &counts
            };
            format!("Stopped by the budget: {counts}. The next run continues where this one stopped.")
        }
        Outcome::Guarded => format!("Stopped by a guard: {}\n{AFTER_A_GUARD}", guarded(report)),
        Outcome::Partial if report.held.iter().any(|held| held.code == "request-refused") => {
            "Not done; why is said above.".into()
        }
        Outcome::Partial => format!(
            "Done in part: {counts}. {} failed; the next run tries again.",
            report.totals.failed
        ),
        Outcome::Failed => failed(report),
    }
}

fn failed(report: &Report) -> String {
    let names = ended(report, Outcome::Failed).join(", ");
    let mut text = format!("Failed: {names} could not go on. {}", written(report));
    let guarded = ended(report, Outcome::Guarded);
    if !guarded.is_empty() {
        text.push_str(&format!(" A guard stopped {}.", guarded.join(", ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(op: &'static str, on: &str, fields: Vec<&'static str>, why: &str) -> StepReport {
        StepReport {
            sync: "api".into(),
            link: "1".into(),
            op,
            on: on.into(),
            twin: Some("left#1".into()),
            fields,
            why: why.into(),
            outcome: "planned",
            error: None,
        }
    }

    #[test]
    fn a_plan_says_what_becomes_what_and_why() {
        let mut report = Report::new(false);
        let sync = SyncReport {
            name: "api".into(),
            left: "left".into(),
            right: "right".into(),
            totals: Totals::default(),
            outcome: Outcome::Pending,
            stopped: Vec::new(),
        };
        let mut failed = step(
            "update",
            "right#1",
            vec!["labels", "assignees"],
            "labels +bug as on left",
        );
        failed.outcome = "failed";
        failed.error = Some("right: it is gone".into());
        let steps = vec![
            step("update", "left#1", vec!["status"], "closed on right"),
            failed,
            step("delete-comment", "right#1", vec!["comments"], "deleted on left"),
        ];
        let drift = DriftReport {
            sync: "api".into(),
            link: "1".into(),
            left: Some("left#1".into()),
            right: Some("right#1".into()),
            class: "closed-externally",
            left_value: "open".into(),
            right_value: "closed".into(),
            conflict: false,
        };
        report.links.push(LinkReport {
            sync: "api".into(),
            link: "1".into(),
            left: Some("left#1".into()),
            right: Some("right#1".into()),
            left_url: None,
            right_url: None,
            left_title: None,
            right_title: None,
            state: "pending",
            fields: Vec::new(),
            agreed: None,
        });
        report.add(sync, steps, &[], vec![drift]);
        let usage = crate::tracker::Usage {
            reads: 1,
            retries: 2,
            remaining: Some(4_990),
            ..crate::tracker::Usage::default()
        };
        report.count_requests("left", usage);
        let shown = anstream::adapter::strip_str(&human(&report, "lockstep sync --apply")).to_string();
        let wanted = "\
api: left and right
  left#1 <-> right#1
    ~ status       left#1         open -> closed  (closed on right)
    ! labels, assignees right#1        (labels +bug as on left)
        failed: right: it is gone
    x delete-comment right#1        (deleted on left)
+ made   ~ changed   x taken away   ! failed, or needs a person   - skipped
1 read, 0 writes, 2 retries, 4990 requests left on left, 0.0 s
Planned, nothing written: 1 to update, 1 comment to remove.
To do it: lockstep sync --apply
";
        assert_eq!(shown, wanted);
    }
}
