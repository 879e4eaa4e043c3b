//! The report as Markdown, for job summaries and issue comments.

use super::words::words;
use super::{AFTER_A_GUARD, Outcome, Report};
use crate::safe::{Safe, SafeHint, SafeMarkdown};

/// So many held things are listed.
const HELD_MAX: usize = 100;

/// A table of counts, then steps, held items and requests. Foreign text in it is plain.
pub fn markdown(report: &Report) -> String {
    let mut out = String::from("## Lockstep\n\n");
    out.push_str("| sync | outcome | what |\n|---|---|---|\n");
    for sync in &report.syncs {
        let outcome = format!("{:?}", sync.outcome).to_lowercase();
        let mut what = words(&sync.totals, report.applied);
        if sync.outcome == Outcome::Settled {
            let open = if what.is_empty() { what } else { format!("; {what}") };
            what = format!("nothing to do; links: {}{open}", sync.totals.links);
        }
        for stop in &sync.stopped {
            what.push_str(&format!("; {}", SafeMarkdown(stop)));
        }
        out.push_str(&format!("| {} | {outcome} | {what} |\n", SafeMarkdown(&sync.name)));
    }
    if report.outcome == Outcome::Guarded {
        out.push_str(&format!("\n{AFTER_A_GUARD}\n"));
    }
    if !report.steps.is_empty() {
        out.push_str("\n| | on | what | why |\n|---|---|---|---|\n");
        for step in report.steps.iter().take(200) {
            let what = if step.op == "update" {
                step.fields.join(", ")
            } else {
                step.op.to_owned()
            };
            let mut why = SafeMarkdown(&step.why).to_string();
            if let Some(error) = &step.error {
                why.push_str(&format!(": {}", SafeMarkdown(error)));
            }
            out.push_str(&format!(
                "| {} | {} | {} | {why} |\n",
                step.outcome,
                code(&step.on),
                SafeMarkdown(&what),
            ));
        }
        if report.steps.len() > 200 {
            out.push_str(&format!("\n… and {} more steps.\n", report.steps.len() - 200));
        }
    }
    out.push_str(&held_list(report));
    out
}

/// What was held as a list under its heading, cut with the number of what is left out; empty when there is nothing.
pub(super) fn held_list(report: &Report) -> String {
    let held = &report.held;
    if held.is_empty() {
        return String::new();
    }
    let mut out = String::from("\n**Seen and not acted on**\n\n");
    for held in held.iter().take(HELD_MAX) {
        let (message, hint) = (SafeMarkdown(&held.message), SafeHint(&held.hint));
        out.push_str(&format!("- {} `{}`: {message} ({hint})\n", code(&held.on), held.code));
    }
    if held.len() > HELD_MAX {
        out.push_str(&format!("\n… and {} more.\n", held.len() - HELD_MAX));
    }
    out
}

/// An issue's name as code: in text, `owner#1` would be taken for a reference.
pub(super) fn code(name: &str) -> String {
    format!("`{}`", Safe(name).to_string().replace(['`', '|'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Held;
    use crate::report::{Outcome, StepReport, SyncReport, Totals};

    #[test]
    fn foreign_text_is_text() {
        let mut report = Report::new(true);
        let sync = SyncReport {
            name: "api".into(),
            left: "left".into(),
            right: "right".into(),
            totals: Totals::default(),
            outcome: Outcome::Partial,
            stopped: vec!["gone | <img src=x> @team".into()],
        };
        let step = StepReport {
            sync: "api".into(),
            link: String::new(),
            op: "update",
            on: "right#1".into(),
            twin: None,
            fields: vec!["title"],
            why: "title changed on left".into(),
            outcome: "failed",
            error: Some("422: [x](https://e.example)\n## head".into()),
        };
        let held = Held {
            code: "not-kept",
            on: "left#1`|".into(),
            message: "label `a|b` #12".into(),
            hint: "ask <admin>".into(),
        };
        report.add(sync, vec![step], &[held], Vec::new());
        let shown = markdown(&report);
        assert!(
            !shown.contains("<img") && !shown.contains("](https://") && !shown.contains("@team"),
            "{shown}"
        );
        for line in [
            "| failed | `right#1` | title | title changed on left: 422: \\[x\\](https:<!-- -->//e.example) #<!-- -->#<!-- --> head |",
            "- `left#1  ` `not-kept`: label \\`a\\|b\\` #<!-- -->12 (ask &lt;admin&gt;)",
        ] {
            assert!(shown.contains(line), "{shown}");
        }
    }
}
