//! The drift table: every link, how its sides differ, and when they last agreed.

use std::collections::{BTreeMap, BTreeSet};

use comfy_table::{ContentArrangement, Table};
use jiff::{SignedDuration, Timestamp};
use owo_colors::OwoColorize as _;

use super::markdown::{code, held_list};
use super::{DriftReport, LinkReport, Report, SyncReport};
use crate::safe::{Safe, SafeMarkdown};

/// So much of a value stands in the table, in characters.
const LONGEST: usize = 48;
/// Rows of the Markdown table; whoever shows it has a limit.
const MOST: usize = 1_000;

/// The table as text, no wider than `width` columns.
pub fn status(report: &Report, now: Timestamp, width: u16) -> String {
    let mut out = String::new();
    for sync in &report.syncs {
        let head = format!("{}: {} and {}", sync.name, sync.left, sync.right);
        out.push_str(&format!("{}\n", head.bold()));
        for stop in &sync.stopped {
            out.push_str(&format!("  {} {stop}\n", "stopped:".red()));
        }
        let rows = rows(report, sync);
        if !rows.is_empty() {
            let mut table = Table::new();
            table
                .load_style(comfy_table::presets::NOTHING)
                .set_content_arrangement(ContentArrangement::Dynamic)
                .set_width(width)
                .set_header(columns(sync));
            for row in rows {
                table.add_row(row.cells(now, &str::to_owned, &short));
            }
            for line in table.to_string().lines() {
                out.push_str(&format!(" {}\n", line.trim_end()));
            }
        }
    }
    for held in &report.held {
        out.push_str(&format!("  {} {}: {}\n", held.on, held.code.yellow(), held.message));
        out.push_str(&format!("      {}\n", held.hint.dimmed()));
    }
    out.push_str(&format!("{}\n{}\n", status_line(report), freshness(report, now)));
    out
}

/// The table as Markdown.
pub fn status_markdown(report: &Report, now: Timestamp) -> String {
    let mut out = format!(
        "## Lockstep status\n\n{}\n\n{}\n",
        status_line(report),
        freshness(report, now)
    );
    let mut left = MOST;
    for sync in &report.syncs {
        let name = SafeMarkdown(&sync.name);
        out.push_str(&format!("\n### {name}\n\n"));
        for stop in &sync.stopped {
            out.push_str(&format!("Stopped: {}\n\n", SafeMarkdown(stop)));
        }
        let (head, rows) = status_rows(report, sync, now);
        if rows.is_empty() {
            continue;
        }
        out.push_str(&head);
        let more = rows.len().saturating_sub(left);
        for row in rows.iter().take(left) {
            out.push_str(&format!("{row}\n"));
        }
        left = left.saturating_sub(rows.len());
        if more > 0 {
            out.push_str(&format!("\n… and {more} more.\n"));
        }
    }
    out.push_str(&held_list(report));
    out
}

/// The table of one sync as Markdown: its head, and each row as a line, what differs first.
pub fn status_rows(report: &Report, sync: &SyncReport, now: Timestamp) -> (String, Vec<String>) {
    let names = columns(sync).map(|name| SafeMarkdown(&name).to_string());
    let head = format!("| {} |\n|---|---|---|---|---|---|\n", names.join(" | "));
    let rows = rows(report, sync).into_iter().map(|row| {
        let cells = row.cells(now, &code, &|text| SafeMarkdown(&short(text)).to_string());
        format!("| {} |", cells.join(" | "))
    });
    (head, rows.collect())
}

fn columns(sync: &SyncReport) -> [String; 6] {
    let (left, right) = (&sync.left, &sync.right);
    [
        left.clone(),
        right.clone(),
        "what".into(),
        format!("{left} says"),
        format!("{right} says"),
        "last agreed".into(),
    ]
}

/// A difference of a link, or a link without one.
struct Row<'a> {
    link: Option<&'a LinkReport>,
    drift: Option<&'a DriftReport>,
}

impl Row<'_> {
    /// Its cells: names of issues as `name` writes them, values as `show` does.
    fn cells(&self, now: Timestamp, name: &dyn Fn(&str) -> String, show: &dyn Fn(&str) -> String) -> [String; 6] {
        let link = self.link;
        let named = |of: Option<&String>| of.map_or_else(|| "none".to_owned(), |at| name(at));
        let left = self
            .drift
            .map_or_else(|| link.and_then(|l| l.left.as_ref()), |d| d.left.as_ref());
        let right = self
            .drift
            .map_or_else(|| link.and_then(|l| l.right.as_ref()), |d| d.right.as_ref());
        let what = match (self.drift, link) {
            (Some(drift), _) if drift.conflict => format!("{} (conflict)", drift.class),
            (Some(drift), _) => drift.class.to_owned(),
            (None, Some(link)) => link.state.to_owned(),
            (None, None) => String::new(),
        };
        let value = |of: fn(&DriftReport) -> &String| self.drift.map_or_else(String::new, |drift| show(of(drift)));
        let agreed = link.and_then(|link| link.agreed.as_ref()?.parse().ok());
        [
            named(left),
            named(right),
            what,
            value(|drift| &drift.left_value),
            value(|drift| &drift.right_value),
            agreed.map_or_else(|| "never".to_owned(), |at| ago(now, at)),
        ]
    }
}

/// Everything that differs, then the links that do not.
fn rows<'a>(report: &'a Report, sync: &SyncReport) -> Vec<Row<'a>> {
    let links: Vec<&LinkReport> = report.links.iter().filter(|link| link.sync == sync.name).collect();
    let by_id: BTreeMap<&str, &LinkReport> = links.iter().map(|link| (link.link.as_str(), *link)).collect();
    let drifts: Vec<&DriftReport> = report.drift.iter().filter(|drift| drift.sync == sync.name).collect();
    let differ: BTreeSet<&str> = drifts.iter().map(|drift| drift.link.as_str()).collect();
    let rest = links.iter().filter(|link| !differ.contains(link.link.as_str()));
    let differing = drifts.iter().map(|drift| Row {
        link: by_id.get(drift.link.as_str()).copied(),
        drift: Some(drift),
    });
    let alike = rest.map(|link| Row {
        link: Some(link),
        drift: None,
    });
    differing.chain(alike).collect()
}

fn short(text: &str) -> String {
    let text = Safe(text).to_string();
    if text.chars().count() <= LONGEST {
        return text;
    }
    let head: String = text.chars().take(LONGEST - 1).collect();
    format!("{}…", head.trim_end())
}

/// How many links are in which state, in one line.
pub fn status_line(report: &Report) -> String {
    let mut states: BTreeMap<&str, usize> = BTreeMap::new();
    for link in &report.links {
        *states.entry(link.state).or_default() += 1;
    }
    let states: Vec<String> = states.iter().map(|(state, count)| format!("{count} {state}")).collect();
    let (links, differences) = (report.links.len(), report.drift.len());
    let count = |n: usize, one: &str| {
        if n == 1 {
            format!("1 {one}")
        } else {
            format!("{n} {one}s")
        }
    };
    if is_blank(report) {
        return "Nothing could be read.".to_owned();
    }
    if states.is_empty() && differences == 0 {
        return "No links.".to_owned();
    }
    if states.is_empty() {
        return format!("No links; {}.", count(differences, "difference"));
    }
    format!(
        "{}: {}; {}.",
        count(links, "link"),
        states.join(", "),
        count(differences, "difference")
    )
}

/// Whether nothing at all could be read.
fn is_blank(report: &Report) -> bool {
    let stopped = report.syncs.iter().all(|sync| !sync.stopped.is_empty());
    stopped && !report.syncs.is_empty() && report.links.is_empty() && report.drift.is_empty()
}

/// How fresh what is shown is.
fn freshness(report: &Report, now: Timestamp) -> String {
    if is_blank(report) {
        return "Mend what stopped it, and look again.".to_owned();
    }
    match report.at.parse::<Timestamp>() {
        Ok(at) if now.duration_since(at) < SignedDuration::from_secs(2) => "Read just now.".to_owned(),
        Ok(at) => format!("Read {}, at {at:.0}; --refresh reads anew.", ago(now, at)),
        Err(_) => "Read at an unknown time; --refresh reads anew.".to_owned(),
    }
}

/// A time as how long ago it was: `5 min ago`; the day where it was more than a month.
fn ago(now: Timestamp, at: Timestamp) -> String {
    let seconds = now.duration_since(at).as_secs().max(0);
    match seconds {
        0..60 => format!("{seconds} s ago"),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..86_400 => format!("{} h ago", seconds / 3_600),
        86_400..2_592_000 => format!("{} d ago", seconds / 86_400),
        _ => at.strftime("%Y-%m-%d").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_as_people_tell_them() {
        let now: Timestamp = "2026-03-31T12:00:00Z".parse().unwrap();
        for (at, told) in [
            ("2026-03-31T12:00:05Z", "0 s ago"),
            ("2026-03-31T11:59:18Z", "42 s ago"),
            ("2026-03-31T11:55:00Z", "5 min ago"),
            ("2026-03-31T09:00:00Z", "3 h ago"),
            ("2026-03-02T12:00:00Z", "29 d ago"),
            ("2025-12-24T18:00:00Z", "2025-12-24"),
        ] {
            assert_eq!(ago(now, at.parse().unwrap()), told);
        }
    }

    #[test]
    fn a_value_fits_its_cell() {
        assert_eq!(short("a\nb"), "a b");
        assert_eq!(short(&"x".repeat(99)).chars().count(), LONGEST);
    }
}
