//! The summary of a job, in Markdown: what changed, what waits for somebody, what went wrong and how to mend it. GitHub drops a
//! summary over 1 MiB whole, so this one stays below a limit whatever happens.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::notes::Note;
use super::words::{duration, link, requests, what};
use crate::report::{Report, status_rows};
use crate::safe::{SafeHint, SafeMarkdown};

/// The most that is written, in bytes.
pub const SUMMARY_MAX: usize = 900 * 1024;
/// Kept free for what ends parts that are cut.
const RESERVE: usize = 4 * 1024;
/// Longer parts are folded away.
const FOLDED: usize = 20;

/// A page that grows up to a limit.
struct Page {
    text: String,
    room: usize,
}

impl Page {
    fn line(&mut self, line: &str) {
        if self.text.len() + line.len() + RESERVE < self.room {
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    /// A part with a title, a head, and a row for each thing; what has no room is counted.
    fn part(&mut self, title: &str, head: &str, rows: &[String]) {
        if rows.is_empty() || self.text.len() + 2 * RESERVE > self.room {
            return;
        }
        let folded = rows.len() > FOLDED;
        self.text.push_str(&if folded {
            format!("\n<details><summary>{title}: {}</summary>\n\n{head}", rows.len())
        } else {
            format!("\n#### {title}\n\n{head}")
        });
        let mut shown = 0;
        for row in rows {
            if self.text.len() + row.len() + RESERVE >= self.room {
                break;
            }
            self.text.push_str(row);
            self.text.push('\n');
            shown += 1;
        }
        if shown < rows.len() {
            self.text
                .push_str(&format!("\n{} more, see the report.\n", rows.len() - shown));
        }
        if folded {
            self.text.push_str("\n</details>\n");
        }
    }
}

/// What a summary begins with.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// How it ended.
    pub title: &'a str,
    /// What was looked at and why.
    pub looked: &'a str,
}

/// What a summary is mostly about.
#[derive(Clone, Debug)]
pub enum Topic {
    /// What was or would be written, and what both sides changed.
    Changes,
    /// How the sides differ, as of this time.
    Differences(Timestamp),
    /// This, in Markdown in which nothing foreign is left.
    Told(String),
}

/// The summary of a run, in at most `room` bytes.
pub fn summary(report: &Report, head: Head<'_>, topic: &Topic, notes: &[Note], room: usize) -> String {
    let mut page = Page {
        text: String::new(),
        room: room.min(SUMMARY_MAX),
    };
    page.line(&format!("### Lockstep: {}\n", SafeMarkdown(head.title)));
    page.line(&format!("{}\n", SafeMarkdown(head.looked)));
    if !report.syncs.is_empty() {
        page.part(
            "Syncs",
            "| sync | outcome | links | created | updated | comments | conflicts | held | failed |\n|---|---|---|---|---|---|---|---|---|\n",
            &syncs(report),
        );
    }
    page.part("Stopped", "", &stopped(report));
    page.part("Failed", "| on | what | error |\n|---|---|---|\n", &failed(report));
    match topic {
        Topic::Changes => {
            page.part(
                "Conflicts",
                "| link | differs in | left | right | decided |\n|---|---|---|---|---|\n",
                &conflicts(report),
            );
            page.part(
                if report.applied {
                    "Changed links"
                } else {
                    "Links to change"
                },
                "| on ↔ twin | what | why | |\n|---|---|---|---|\n",
                &changed(report),
            );
        }
        Topic::Differences(now) => {
            for sync in &report.syncs {
                let (head, rows) = status_rows(report, sync, *now);
                page.part(&format!("Links of {}", SafeMarkdown(&sync.name)), &head, &rows);
            }
        }
        Topic::Told(text) if page.text.len() + text.len() + RESERVE < page.room => page.line(text),
        Topic::Told(_) => page.line("It is too long for a summary; the log has it."),
    }
    page.part("Seen and not acted on", "", &held(report));
    page.part("To notice", "", &others(notes));
    let cost: Vec<String> = report
        .requests
        .iter()
        .map(|(name, cost)| requests(name, *cost))
        .collect();
    if !cost.is_empty() {
        page.line(&format!(
            "\n{}; took {}",
            SafeMarkdown(&cost.join("; ")),
            duration(report)
        ));
    }
    page.text
}

/// The summary of a job that did nothing, for what is wrong with its inputs or its mapping file.
pub fn refusal(notes: &[Note], room: usize) -> String {
    let mut page = Page {
        text: String::new(),
        room: room.min(SUMMARY_MAX),
    };
    page.line("### Lockstep: nothing was done\n");
    page.part("Problems", "", &others(notes));
    page.text
}

fn syncs(report: &Report) -> Vec<String> {
    let rows = report.syncs.iter().map(|sync| {
        let totals = &sync.totals;
        let comments = totals.comments_created + totals.comments_updated + totals.comments_deleted;
        format!(
            "| {} | {} | {} | {} | {} | {comments} | {} | {} | {} |",
            SafeMarkdown(&sync.name),
            sync.outcome.name(),
            totals.links,
            totals.created,
            totals.updated,
            totals.conflicts,
            totals.held,
            totals.failed
        )
    });
    rows.collect()
}

fn stopped(report: &Report) -> Vec<String> {
    let all = report.syncs.iter().flat_map(|sync| {
        let name = &sync.name;
        sync.stopped
            .iter()
            .map(move |why| format!("- {}: {}", SafeMarkdown(name), SafeMarkdown(why)))
    });
    all.collect()
}

fn failed(report: &Report) -> Vec<String> {
    let steps = report.steps.iter().filter(|step| step.outcome == "failed");
    steps
        .map(|step| {
            format!(
                "| {} | {} | {} |",
                SafeMarkdown(&link(step)),
                SafeMarkdown(&what(step)),
                SafeMarkdown(step.error.as_deref().unwrap_or_default())
            )
        })
        .collect()
}

/// What both sides changed differently, with both values.
fn conflicts(report: &Report) -> Vec<String> {
    let open: BTreeSet<(&str, &str)> = report
        .links
        .iter()
        .filter(|link| link.state == "conflict")
        .map(|link| (link.sync.as_str(), link.link.as_str()))
        .collect();
    let end = |at: &Option<String>| at.clone().unwrap_or_else(|| "nothing".to_owned());
    let all = report.drift.iter().filter(|drift| drift.conflict);
    all.map(|drift| {
        let waits = open.contains(&(drift.sync.as_str(), drift.link.as_str()));
        format!(
            "| {} | {} | {} | {} | {} |",
            SafeMarkdown(&format!("{} ↔ {}", end(&drift.left), end(&drift.right))),
            drift.class,
            SafeMarkdown(&drift.left_value),
            SafeMarkdown(&drift.right_value),
            if waits { "waits for a person" } else { "by the rule" }
        )
    })
    .collect()
}

fn changed(report: &Report) -> Vec<String> {
    let steps = report.steps.iter().filter(|step| step.outcome != "failed");
    steps
        .map(|step| {
            format!(
                "| {} | {} | {} | {} |",
                SafeMarkdown(&link(step)),
                SafeMarkdown(&what(step)),
                SafeMarkdown(&step.why),
                step.outcome
            )
        })
        .collect()
}

fn held(report: &Report) -> Vec<String> {
    let all = report.held.iter().map(|held| {
        format!(
            "- {} `{}`: {} ({})",
            SafeMarkdown(&held.on),
            held.code,
            SafeMarkdown(&held.message),
            SafeHint(&held.hint)
        )
    });
    all.collect()
}

fn others(notes: &[Note]) -> Vec<String> {
    let all = notes.iter().map(|note| {
        let place = note
            .place
            .as_ref()
            .map_or_else(String::new, |place| format!("{}: ", SafeMarkdown(&place.to_string())));
        format!(
            "- {place}{}: {}",
            SafeMarkdown(&note.title),
            SafeMarkdown(&note.message)
        )
    });
    all.collect()
}
