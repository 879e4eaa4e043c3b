//! The rows of the page's tables, the same for the template and for the script.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use crate::report::{DriftReport, LinkReport, Report};

/// A link with the differences of its sides.
#[derive(Serialize)]
pub(super) struct LinkRow<'a> {
    sync: &'a str,
    state: &'a str,
    left: End<'a>,
    right: End<'a>,
    differences: Vec<Difference<'a>>,
    fields: &'a [String],
    agreed: String,
}

#[derive(Serialize)]
struct End<'a> {
    at: &'a str,
    url: &'a str,
    title: &'a str,
}

#[derive(Serialize)]
struct Difference<'a> {
    class: &'a str,
    left: &'a str,
    right: &'a str,
    conflict: bool,
}

/// A step.
#[derive(Serialize)]
pub(super) struct StepRow<'a> {
    sync: &'a str,
    outcome: &'a str,
    op: &'a str,
    on: &'a str,
    twin: &'a str,
    fields: &'a [&'static str],
    why: &'a str,
    error: &'a str,
}

/// Something held.
#[derive(Serialize)]
pub(super) struct HeldRow<'a> {
    sync: &'a str,
    code: &'a str,
    on: &'a str,
    message: &'a str,
    hint: &'a str,
}

/// A conflict, its two values taken apart into words that differ and words that do not.
#[derive(Serialize)]
pub(super) struct Clash<'a> {
    sync: &'a str,
    class: &'a str,
    left: &'a str,
    right: &'a str,
    waits: bool,
    hidden: bool,
    left_words: Vec<Words>,
    right_words: Vec<Words>,
}

#[derive(Serialize)]
struct Words {
    text: String,
    differs: bool,
}

/// What can be chosen in the filters.
#[derive(Serialize)]
pub(super) struct Choices<'a> {
    states: BTreeSet<&'a str>,
    classes: BTreeSet<&'a str>,
    trackers: BTreeSet<&'a str>,
    syncs: BTreeSet<&'a str>,
}

impl<'a> Choices<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let syncs = &report.syncs;
        Self {
            states: report.links.iter().map(|link| link.state).collect(),
            classes: report.drift.iter().map(|drift| drift.class).collect(),
            trackers: syncs
                .iter()
                .flat_map(|sync| [sync.left.as_str(), sync.right.as_str()])
                .collect(),
            syncs: syncs.iter().map(|sync| sync.name.as_str()).collect(),
        }
    }
}

fn word(text: Option<&String>) -> &str {
    text.map_or("", String::as_str)
}

/// A time as people read it: `2026-01-31 12:00 UTC`.
pub(super) fn minute(at: &str) -> String {
    let read = at.parse::<Timestamp>();
    read.map_or_else(|_| at.to_owned(), |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

pub(super) fn links(report: &Report) -> Vec<LinkRow<'_>> {
    let mut drifts: BTreeMap<(&str, &str), Vec<&DriftReport>> = BTreeMap::new();
    for drift in &report.drift {
        drifts.entry((&drift.sync, &drift.link)).or_default().push(drift);
    }
    let rows = report.links.iter().map(|link| {
        let found = drifts.get(&(link.sync.as_str(), link.link.as_str()));
        let differences = found.into_iter().flatten().map(|drift| Difference {
            class: drift.class,
            left: &drift.left_value,
            right: &drift.right_value,
            conflict: drift.conflict,
        });
        LinkRow {
            sync: &link.sync,
            state: link.state,
            left: end(link.left.as_ref(), link.left_url.as_ref(), link.left_title.as_ref()),
            right: end(link.right.as_ref(), link.right_url.as_ref(), link.right_title.as_ref()),
            differences: differences.collect(),
            fields: &link.fields,
            agreed: link.agreed.as_deref().map(minute).unwrap_or_default(),
        }
    });
    rows.collect()
}

fn end<'a>(at: Option<&'a String>, url: Option<&'a String>, title: Option<&'a String>) -> End<'a> {
    End {
        at: word(at),
        url: word(url),
        title: word(title),
    }
}

pub(super) fn steps(report: &Report) -> Vec<StepRow<'_>> {
    let rows = report.steps.iter().map(|step| StepRow {
        sync: &step.sync,
        outcome: step.outcome,
        op: step.op,
        on: &step.on,
        twin: word(step.twin.as_ref()),
        fields: &step.fields,
        why: &step.why,
        error: word(step.error.as_ref()),
    });
    rows.collect()
}

pub(super) fn held(report: &Report) -> Vec<HeldRow<'_>> {
    let rows = report.held.iter().map(|held| HeldRow {
        sync: &held.sync,
        code: held.code,
        on: &held.on,
        message: &held.message,
        hint: &held.hint,
    });
    rows.collect()
}

/// The first conflicts, those that wait for a person before all others.
pub(super) fn clashes(report: &Report, most: usize) -> Vec<Clash<'_>> {
    let waiting: BTreeSet<(&str, &str)> = report
        .links
        .iter()
        .filter(|link| link.state == "conflict")
        .map(|link: &LinkReport| (link.sync.as_str(), link.link.as_str()))
        .collect();
    let waits = |drift: &DriftReport| waiting.contains(&(drift.sync.as_str(), drift.link.as_str()));
    let mut found: Vec<&DriftReport> = report.drift.iter().filter(|drift| drift.conflict).collect();
    found.sort_by_key(|drift| !waits(drift));
    let shown = found.into_iter().take(most).map(|drift| {
        let hidden = drift.left_value == "(hidden)" && drift.right_value == "(hidden)";
        let (left_words, right_words) = apart(&drift.left_value, &drift.right_value);
        Clash {
            sync: &drift.sync,
            class: drift.class,
            left: word(drift.left.as_ref()),
            right: word(drift.right.as_ref()),
            waits: waits(drift),
            hidden,
            left_words,
            right_words,
        }
    });
    shown.collect()
}

/// Two texts as runs of words that differ and words that do not.
fn apart(left: &str, right: &str) -> (Vec<Words>, Vec<Words>) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for change in TextDiff::from_words(left, right).iter_all_changes() {
        let text = change.value();
        match change.tag() {
            ChangeTag::Equal => {
                add(&mut ours, text, false);
                add(&mut theirs, text, false);
            }
            ChangeTag::Delete => add(&mut ours, text, true),
            ChangeTag::Insert => add(&mut theirs, text, true),
        }
    }
    (ours, theirs)
}

fn add(all: &mut Vec<Words>, text: &str, differs: bool) {
    match all.last_mut() {
        Some(last) if last.differs == differs => last.text.push_str(text),
        _ => all.push(Words {
            text: text.to_owned(),
            differs,
        }),
    }
}
