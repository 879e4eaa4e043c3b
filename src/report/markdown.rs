//! The report as Markdown, for job summaries and issue comments.

use super::{Report, human::counts};

/// A table of counts, then steps, held items and requests. Foreign text in it is plain.
pub fn markdown(report: &Report) -> String {
    let mut out = String::from("## Lockstep\n\n");
    out.push_str("| sync | outcome | what |\n|---|---|---|\n");
    for sync in &report.syncs {
        let outcome = format!("{:?}", sync.outcome).to_lowercase();
        let mut what = counts(&sync.totals);
        if sync.outcome == super::Outcome::Settled {
            what = format!("nothing to do; links: {}", sync.totals.links);
        }
        for stop in &sync.stopped {
            what.push_str("; ");
            what.push_str(stop);
        }
        out.push_str(&format!("| {} | {outcome} | {} |\n", cell(&sync.name), cell(&what)));
    }
    if !report.steps.is_empty() {
        out.push_str("\n| | on | what | why |\n|---|---|---|---|\n");
        for step in report.steps.iter().take(200) {
            let what = if step.op == "update" {
                step.fields.join(", ")
            } else {
                step.op.to_owned()
            };
            let why = step
                .error
                .as_ref()
                .map_or_else(|| step.why.clone(), |error| format!("{}: {error}", step.why));
            out.push_str(&format!(
                "| {} | {} | {} | {} |\n",
                step.outcome,
                cell(&step.on),
                cell(&what),
                cell(&why)
            ));
        }
        if report.steps.len() > 200 {
            out.push_str(&format!("\n… and {} more steps.\n", report.steps.len() - 200));
        }
    }
    if !report.held.is_empty() {
        out.push_str("\n**Seen and not acted on**\n\n");
        for held in report.held.iter().take(100) {
            out.push_str(&format!(
                "- {} `{}`: {} ({})\n",
                cell(&held.on),
                held.code,
                cell(&held.message),
                held.hint
            ));
        }
    }
    out
}

/// Text as a table cell: nothing in it is markup, a mention or a reference.
fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '~' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
