//! Every link of a run with the state it is in: settled ones too, which no step and no difference tells of.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{StepReport, Telling, Word, word};
use crate::model::{PerSide, Side};
use crate::plan::{Held, Plan, Seen, SeenIssue};
use crate::safe::Safe;

/// Codes of what keeps a link from being carried at all.
const FREEZES: [&str; 2] = ["confidential", "no-room"];

/// One link in the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkReport {
    /// The sync.
    pub sync: String,
    /// The link's id.
    pub link: String,
    /// The left issue, if there is one.
    pub left: Option<String>,
    /// The right issue, if there is one.
    pub right: Option<String>,
    /// The left issue's page, if it has one.
    pub left_url: Option<String>,
    /// The right issue's page, if it has one.
    pub right_url: Option<String>,
    /// The left issue's title, where titles may be shown.
    pub left_title: Option<String>,
    /// The right issue's title, where titles may be shown.
    pub right_title: Option<String>,
    /// `settled`; `pending`: there is something to write; `conflict`: a person has to decide; `held`: something of it was
    /// seen and not acted on; `failed`: a step failed; `frozen`: nothing of it is carried, or its twin is gone.
    #[serde(deserialize_with = "word::one")]
    pub state: Word,
    /// The fields that were written, are to be written, or differ.
    pub fields: Vec<String>,
    /// When both sides last agreed, in UTC: `2026-01-31T12:00:00Z`.
    pub agreed: Option<String>,
}

/// The sync that links belong to, and the names of its trackers.
#[derive(Clone, Copy, Debug)]
pub struct Ends<'a> {
    /// The sync.
    pub sync: &'a str,
    /// Its left tracker.
    pub left: &'a str,
    /// Its right tracker.
    pub right: &'a str,
}

/// The links of one sync after a run: what its plans saw, in that order, then what they were about to create or join.
pub fn links(
    ends: &Ends<'_>,
    plans: &[Plan],
    steps: &[StepReport],
    held: &[Held],
    titles: Telling,
    now: Timestamp,
) -> Vec<LinkReport> {
    let mut all = Gathered::default();
    for plan in plans {
        for seen in &plan.seen {
            let at = [&seen.issues.left, &seen.issues.right];
            let told = titles.tells(plan, at.into_iter().flatten().map(|issue| &issue.at));
            all.see(ends, seen, told);
        }
        for drift in &plan.drift {
            let keys = PerSide::new(drift.left.clone(), drift.right.clone());
            let link = all.entry(ends, &drift.link, keys);
            link.fields.insert(drift.field.name());
            let told = titles.tells(plan, drift.left.iter().chain(&drift.right));
            if drift.class == "missing-twin" && told {
                let title = |value: &String| (!value.is_empty()).then(|| Safe(value).to_string());
                link.report.left_title = link.report.left_title.take().or_else(|| title(&drift.left_value));
                link.report.right_title = link.report.right_title.take().or_else(|| title(&drift.right_value));
            }
        }
    }
    for step in steps.iter().filter(|step| !step.link.is_empty()) {
        all.step(ends, step);
    }
    let held = held_on(held);
    all.links.into_iter().map(|link| link.told(&held, now)).collect()
}

fn held_on(held: &[Held]) -> BTreeMap<String, BTreeSet<&'static str>> {
    let mut on: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
    for held in held {
        on.entry(Safe(&held.on).to_string()).or_default().insert(held.code);
    }
    on
}

/// The page of an issue, if it is one on the web: a folder's issue has a path.
fn page(issue: Option<&SeenIssue>) -> Option<String> {
    let url = Url::parse(&issue?.url).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

/// Links being put together, found by their ids.
#[derive(Default)]
struct Gathered {
    links: Vec<Link>,
    by_id: BTreeMap<String, usize>,
}

struct Link {
    report: LinkReport,
    fields: BTreeSet<&'static str>,
    /// How its steps ended.
    ends: BTreeSet<&'static str>,
}

impl Gathered {
    fn entry(&mut self, ends: &Ends<'_>, id: &str, keys: PerSide<Option<String>>) -> &mut Link {
        let at = *self.by_id.entry(id.to_owned()).or_insert(self.links.len());
        if at == self.links.len() {
            let safe = |key: Option<String>| key.map(|key| Safe(&key).to_string());
            self.links.push(Link {
                report: LinkReport {
                    sync: ends.sync.to_owned(),
                    link: id.to_owned(),
                    left: safe(keys.left),
                    right: safe(keys.right),
                    left_url: None,
                    right_url: None,
                    left_title: None,
                    right_title: None,
                    state: "settled",
                    fields: Vec::new(),
                    agreed: None,
                },
                fields: BTreeSet::new(),
                ends: BTreeSet::new(),
            });
        }
        let last = self.links.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "an index of this list, or of the one just added")]
        &mut self.links[at.min(last)]
    }

    fn see(&mut self, ends: &Ends<'_>, seen: &Seen, show_titles: bool) {
        let [left, right] = Side::BOTH.map(|side| seen.issues.get(side).as_ref());
        let at = |issue: Option<&SeenIssue>| issue.map(|issue| issue.at.clone());
        let title = |issue: Option<&SeenIssue>| {
            let issue = issue.filter(|_| show_titles)?;
            Some(Safe(&issue.title).to_string())
        };
        let report = &mut self.entry(ends, &seen.link, PerSide::new(at(left), at(right))).report;
        report.left_url = page(left);
        report.right_url = page(right);
        report.left_title = title(left);
        report.right_title = title(right);
        let agreed = seen.agreed.and_then(|at| Timestamp::from_second(at).ok());
        report.agreed = agreed.map(|at| at.to_string());
    }

    fn step(&mut self, ends: &Ends<'_>, step: &StepReport) {
        let names = [Some(&step.on), step.twin.as_ref()];
        let of = |tracker: &str| {
            let mut found = names.into_iter().flatten();
            found
                .find(|name| name.rsplit_once('#').is_some_and(|(on, _)| on == tracker))
                .cloned()
        };
        let (left, right) = (of(ends.left), of(ends.right));
        let link = self.entry(ends, &step.link, PerSide::default());
        // A twin that was made has its number only now.
        link.report.left = link.report.left.take().or(left);
        link.report.right = link.report.right.take().or(right);
        link.fields.extend(&step.fields);
        link.ends.insert(step.outcome);
    }
}

impl Link {
    /// The link with its state, given what is held on which issue.
    fn told(self, held: &BTreeMap<String, BTreeSet<&'static str>>, now: Timestamp) -> LinkReport {
        let Self {
            mut report,
            fields,
            ends,
        } = self;
        let ended = |how: &str| ends.contains(how);
        let keys = [&report.left, &report.right];
        let codes: BTreeSet<&'static str> = keys
            .into_iter()
            .flatten()
            .filter_map(|key| held.get(key))
            .flatten()
            .copied()
            .collect();
        let alone = report.left.is_none() || report.right.is_none();
        let left_alone = alone || FREEZES.iter().any(|code| codes.contains(code));
        report.state = if ended("failed") {
            "failed"
        } else if codes.contains("conflict") {
            "conflict"
        } else if ended("planned") || ended("skipped") {
            "pending"
        } else if left_alone {
            "frozen"
        } else if codes.is_empty() {
            "settled"
        } else {
            "held"
        };
        if ended("done") && !ended("failed") && !ended("skipped") {
            report.agreed = Some(format!("{now:.0}"));
        }
        report.fields = fields.into_iter().map(str::to_owned).collect();
        report
    }
}
