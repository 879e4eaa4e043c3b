//! The report as one HTML page: no network, no second file, nothing foreign in it but text.
//!
//! Template, style and script are ours and fixed; the policy in the page's head allows these two by their fingerprints and
//! nothing else. The page stands without its script: overview, conflicts, and the first rows of every table. The script
//! shows all rows, a part at a time, from the data in the page.

mod rows;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::Environment;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::{Outcome, Report, Requests, SyncReport};
use crate::safe::json;
use rows::{Choices, Clash, HeldRow, LinkRow, StepRow, clashes, held, links, minute, steps};

/// So many rows of each table stand in the page itself; the script shows the others.
const STANDING: usize = 500;
/// So many conflicts are shown side by side.
const SIDE_BY_SIDE: usize = 100;

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// What the script reads.
#[derive(Serialize)]
struct Data<'a> {
    links: &'a [LinkRow<'a>],
    steps: &'a [StepRow<'a>],
    held: &'a [HeldRow<'a>],
}

/// What the template reads.
#[derive(Serialize)]
struct Page<'a> {
    policy: String,
    style: &'a str,
    script: &'a str,
    data: Cow<'a, str>,
    outcome: &'a str,
    headline: &'a str,
    at: String,
    duration: String,
    version: &'a str,
    counts: Vec<(&'a str, u64)>,
    syncs: &'a [SyncReport],
    requests: &'a BTreeMap<String, Requests>,
    choices: Choices<'a>,
    clashes: Vec<Clash<'a>>,
    more_clashes: usize,
    links: &'a [LinkRow<'a>],
    all_links: usize,
    steps: &'a [StepRow<'a>],
    all_steps: usize,
    held: &'a [HeldRow<'a>],
    all_held: usize,
}

/// The report as a page.
pub fn html(report: &Report) -> String {
    let (links, steps, held) = (links(report), steps(report), held(report));
    let clashes = clashes(report, SIDE_BY_SIDE);
    let data = Data {
        links: &links,
        steps: &steps,
        held: &held,
    };
    // `<` as an escape ends no element, and JSON has it only inside texts.
    let data = serde_json::to_string(&data).unwrap_or_default().replace('<', "\\u003c");
    let all_clashes = report.drift.iter().filter(|drift| drift.conflict).count();
    let page = Page {
        policy: policy(),
        style: STYLE,
        script: SCRIPT,
        data: json(&data),
        outcome: report.outcome.name(),
        headline: headline(report),
        at: minute(&report.at),
        duration: duration(report.duration_ms),
        version: env!("CARGO_PKG_VERSION"),
        counts: counts(report),
        syncs: &report.syncs,
        requests: &report.requests,
        choices: Choices::of(report),
        clashes,
        more_clashes: all_clashes.saturating_sub(SIDE_BY_SIDE),
        links: links.get(..STANDING).unwrap_or(&links),
        all_links: links.len(),
        steps: steps.get(..STANDING).unwrap_or(&steps),
        all_steps: steps.len(),
        held: held.get(..STANDING).unwrap_or(&held),
        all_held: held.len(),
    };
    let page = Value::from(Serde(&page));
    let mut environment = Environment::new();
    // A page of a report is better incomplete than missing; the template is ours and tested.
    environment
        .add_template("page.html", TEMPLATE)
        .and_then(|()| environment.get_template("page.html")?.render(page))
        .unwrap_or_else(|error| format!("<!doctype html><title>Lockstep</title><p>The report cannot be shown: {error}"))
}

/// What the page may load: our style and our script, by their fingerprints.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(digest(&SHA256, text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn headline(report: &Report) -> &'static str {
    match (report.outcome, report.applied) {
        (Outcome::Settled, _) => "Both sides say the same; there was nothing to do.",
        (Outcome::Changed, _) => "Everything planned was written.",
        (Outcome::Pending, _) => "A dry run: this is what would be written.",
        (Outcome::Budget, _) => "Stopped by the budget; the next run continues.",
        (Outcome::Guarded, true) => "Stopped by a guard before the first write.",
        (Outcome::Guarded, false) => "A dry run; a guard would stop it before the first write.",
        (Outcome::Partial, _) => "Some of it failed; the next run tries again.",
        (Outcome::Failed, _) => "A tracker could not be read, or refused the token.",
    }
}

fn counts(report: &Report) -> Vec<(&'static str, u64)> {
    let totals = &report.totals;
    let words = if report.applied {
        ["created", "updated"]
    } else {
        ["to create", "to update"]
    };
    let [created, updated] = words;
    let comments = totals.comments_created + totals.comments_updated + totals.comments_deleted;
    vec![
        ("links", totals.links),
        (created, totals.created),
        (updated, totals.updated),
        ("comments", comments),
        ("differences", report.drift.len() as u64),
        ("conflicts", totals.conflicts),
        ("held", totals.held),
        ("failed", totals.failed),
    ]
}

/// A time as people say it: `0.4 s`, `12 s`, `3 min 20 s`.
pub(super) fn duration(ms: u64) -> String {
    let seconds = ms / 1_000;
    if ms < 10_000 {
        format!("{seconds}.{} s", ms % 1_000 / 100)
    } else if seconds < 60 {
        format!("{seconds} s")
    } else {
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}
