//! The report as text for people: every write with its reason, everything held with what to do, and one closing line.

use owo_colors::OwoColorize as _;

use super::{Outcome, Report, StepReport, SyncReport, Totals};

/// The report as text. Colours are taken out by the stream it is written to where they are not wanted.
pub fn human(report: &Report, next: &str) -> String {
    let mut out = String::new();
    for sync in &report.syncs {
        let head = format!("{}: {} and {}", sync.name, sync.left, sync.right);
        line(&mut out, &head.bold().to_string());
        let steps: Vec<&StepReport> = report.steps.iter().filter(|step| step.sync == sync.name).collect();
        for step in &steps {
            line(&mut out, &format!("  {}", one_step(step)));
        }
        if steps.is_empty() && sync.stopped.is_empty() {
            line(&mut out, &format!("  settled: {}", say_the_same(sync.totals.links)));
        }
        for stop in &sync.stopped {
            line(&mut out, &format!("  {} {stop}", "stopped:".red()));
        }
    }
    if !report.held.is_empty() {
        line(&mut out, &"seen and not acted on".bold().to_string());
        for held in &report.held {
            line(
                &mut out,
                &format!("  {} {}: {}", held.on, held.code.yellow(), held.message),
            );
            line(&mut out, &format!("      {}", held.hint.dimmed()));
        }
    }
    line(&mut out, &closing(report, next));
    out
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

fn say_the_same(n: u64) -> String {
    if n == 1 {
        "both ends of 1 link say the same".into()
    } else {
        format!("both ends of {n} links say the same")
    }
}

fn links(n: u64) -> String {
    if n == 1 { "1 link".into() } else { format!("{n} links") }
}

fn one_step(step: &StepReport) -> String {
    let sign = match (step.outcome, step.op) {
        ("failed", _) => "!".red().to_string(),
        ("skipped", _) => "-".dimmed().to_string(),
        (_, "create" | "comment" | "label" | "link" | "adopt") => "+".green().to_string(),
        (_, "delete-comment" | "retire" | "unlink" | "repair-comment" | "repair-duplicate" | "repair-orphan") => {
            "x".red().to_string()
        }
        _ => "~".yellow().to_string(),
    };
    let twin = match (&step.twin, step.op) {
        (Some(twin), "create") => format!(" as the twin of {twin}"),
        (Some(twin), "link" | "adopt") => format!(" with {twin}"),
        (Some(twin), "unlink") => format!(" from {twin}"),
        _ => String::new(),
    };
    let what = match step.op {
        "update" => step.fields.join(", "),
        "mark" => "marker".into(),
        "link" | "adopt" if step.fields != ["marker"] => format!("{}: {}", step.op, step.fields.join(", ")),
        op => op.into(),
    };
    let mut text = format!(
        "{sign} {:<14} {what}{twin}  {}",
        step.on,
        format!("({})", step.why).dimmed()
    );
    if let Some(error) = &step.error {
        text.push_str(&format!("\n      {}: {error}", step.outcome));
    }
    text
}

fn closing(report: &Report, next: &str) -> String {
    let written = report
        .steps
        .iter()
        .any(|step| matches!(step.outcome, "done" | "planned"));
    let counts = match counts(&report.totals) {
        counts if !counts.is_empty() => counts,
        _ if written => "markers brought up to date".into(),
        _ => "nothing written".into(),
    };
    match report.outcome {
        Outcome::Settled => format!("Settled: {} and nothing to do.", links(report.totals.links)),
        Outcome::Changed => format!("Done: {counts}."),
        Outcome::Pending => format!("Planned, nothing written: {counts}.\nTo do it: {next}"),
        Outcome::Budget => format!("Stopped by the budget: {counts}. The next run continues where this one stopped."),
        Outcome::Guarded => {
            let done = report.steps.iter().filter(|step| step.outcome == "done").count();
            let before = if done == 0 {
                "Nothing was written.".into()
            } else {
                format!("{done} writes were done before.")
            };
            format!(
                "Stopped by a guard. {before} If the plan is right, raise the limit in the mapping \
                 file's `guard:`, or pass --max-changes N for this run."
            )
        }
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
    let written = report.steps.iter().filter(|step| step.outcome == "done").count();
    let bad: Vec<&SyncReport> = report
        .syncs
        .iter()
        .filter(|sync| sync.outcome == Outcome::Failed)
        .collect();
    let names: Vec<&str> = bad.iter().map(|sync| sync.name.as_str()).collect();
    let what = if written == 0 {
        "Nothing was written.".to_owned()
    } else {
        format!("{written} writes were done before.")
    };
    format!("Failed: {} could not go on. {what}", names.join(", "))
}

/// The counts that are not zero, in words; empty when all are.
pub fn counts(totals: &Totals) -> String {
    let rows = [
        (totals.created, "created", "created"),
        (totals.updated, "updated", "updated"),
        (totals.comments_created, "comment copied", "comments copied"),
        (totals.comments_updated, "comment edited", "comments edited"),
        (totals.comments_deleted, "comment removed", "comments removed"),
        (totals.conflicts, "conflict", "conflicts"),
        (totals.held, "held", "held"),
    ];
    let shown = rows.iter().filter(|(n, _, _)| *n > 0);
    let words: Vec<String> = shown
        .map(|(n, one, many)| format!("{n} {}", if *n == 1 { one } else { many }))
        .collect();
    words.join(", ")
}
