//! The base: what each side was observed to hold when the link last settled.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Hash, Issue, LinkId, Marks, PerSide, Reason, State, Status, hash_text};

/// What one side was observed to hold. Names and text are kept as fingerprints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideBase {
    #[serde(rename = "s")]
    status: String,
    #[serde(rename = "l", default, skip_serializing_if = "BTreeSet::is_empty")]
    labels: BTreeSet<Hash>,
    #[serde(rename = "p", default, skip_serializing_if = "BTreeSet::is_empty")]
    assignees: BTreeSet<Hash>,
    /// Fingerprint of the title.
    #[serde(rename = "t")]
    pub title: Hash,
    /// Fingerprint of the body without markers and footer.
    #[serde(rename = "b")]
    pub body: Hash,
    /// The body here is a cut copy: it never flows back.
    #[serde(rename = "c", default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// Fingerprints of the other values that take part in the sync, by [`Value::code`]. What is not there was not set.
    #[serde(rename = "v", default, skip_serializing_if = "BTreeMap::is_empty")]
    values: BTreeMap<String, Hash>,
    /// Seconds of time spent that have been merged; `None` while time takes no part.
    #[serde(rename = "z", default, skip_serializing_if = "Option::is_none")]
    pub spent: Option<u64>,
    /// How far the comments are known.
    #[serde(flatten)]
    pub marks: Marks,
}

/// A value of an issue, beside title, body and status, of which the base keeps the fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Title of the milestone.
    Milestone,
    /// Weight.
    Weight,
    /// The day it is due.
    DueDate,
    /// Estimated time.
    TimeEstimate,
    /// Not for everyone.
    Confidential,
    /// What the other side shows of it as labels, and the labels of that kind it has itself.
    Labels,
    /// What the other side's footer says of it.
    Footer,
}

impl Value {
    /// Every one of them.
    pub const ALL: [Self; 7] = [
        Self::Milestone,
        Self::Weight,
        Self::DueDate,
        Self::TimeEstimate,
        Self::Confidential,
        Self::Labels,
        Self::Footer,
    ];

    fn code(self) -> &'static str {
        match self {
            Self::Milestone => "m",
            Self::Weight => "w",
            Self::DueDate => "d",
            Self::TimeEstimate => "e",
            Self::Confidential => "c",
            Self::Labels => "l",
            Self::Footer => "f",
        }
    }
}

/// Time that is about to be added to one side, noted before it is: adding is the one write that must not be repeated, and
/// this tells the next run whether it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Seconds spent there before.
    #[serde(rename = "f")]
    pub from: u64,
    /// Seconds to add, or to take off.
    #[serde(rename = "a")]
    pub add: i64,
    /// When this was noted, in seconds since 1970 by the clock of that side; 0 before it is. A run that finds it fresh gives
    /// the one that noted it time to carry it out.
    #[serde(rename = "t", default)]
    pub at: i64,
    /// Tells the notes of two runs at once apart.
    #[serde(rename = "r", default)]
    pub run: u32,
    /// The last time we had added time there before, as the service numbers it; 0 for never, `None` where it does not tell.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
}

impl Intent {
    /// Whether it was done, as far as the service tells when we added time there last.
    pub fn is_followed(self, last: Option<u64>) -> Option<bool> {
        let (last, after) = (last?, self.after?);
        // What was there before is there still: a service that does not tell of it tells nothing.
        (last >= after).then_some(last > after)
    }

    /// Whether it was done, now that the side shows `now` seconds.
    pub fn is_done(self, now: u64) -> bool {
        let then = self.from.saturating_add_signed(self.add);
        if self.add >= 0 { now >= then } else { now <= then }
    }
}

fn no_intents(intents: &PerSide<Option<Intent>>) -> bool {
    intents.left.is_none() && intents.right.is_none()
}

/// Both sides, and when they last agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// What each side held.
    #[serde(flatten)]
    pub sides: PerSide<SideBase>,
    /// When this base was written, in seconds since 1970.
    #[serde(rename = "w")]
    pub when: i64,
    /// Time that is about to be added.
    #[serde(rename = "j", default, skip_serializing_if = "no_intents")]
    pub intents: PerSide<Option<Intent>>,
}

impl SideBase {
    /// What `issue` holds. Of labels and assignees only those handed in are kept: the ones that take part in the sync.
    pub fn observe<'a>(
        link: &LinkId,
        issue: &Issue,
        labels: impl Iterator<Item = &'a str>,
        assignees: impl Iterator<Item = &'a str>,
        cut: bool,
        marks: Marks,
    ) -> Self {
        Self {
            status: status_code(issue.status),
            labels: labels.map(|l| name_hash(link, l)).collect(),
            assignees: assignees.map(|a| name_hash(link, a)).collect(),
            title: hash_text(link, &issue.title),
            body: hash_text(link, &issue.body.text),
            cut,
            values: BTreeMap::new(),
            spent: None,
            marks,
        }
    }

    /// A base that knows nothing: every field counts as changed.
    pub fn unknown() -> Self {
        Self {
            status: String::new(),
            labels: BTreeSet::new(),
            assignees: BTreeSet::new(),
            title: Hash(String::new()),
            body: Hash(String::new()),
            cut: false,
            values: BTreeMap::new(),
            spent: None,
            marks: Marks::default(),
        }
    }

    /// Notes what a value is; `None` when it is not set.
    pub fn set_value(&mut self, link: &LinkId, value: Value, text: Option<&str>) {
        match text {
            Some(text) => self
                .values
                .insert(value.code().to_owned(), value_hash(link, value, text)),
            None => self.values.remove(value.code()),
        };
    }

    /// Whether a value was this, or not set.
    pub fn had_value(&self, link: &LinkId, value: Value, text: Option<&str>) -> bool {
        self.values.get(value.code()) == text.map(|text| value_hash(link, value, text)).as_ref()
    }

    /// Fingerprint of a value; `None` when it was not set.
    pub fn value(&self, value: Value) -> Option<&Hash> {
        self.values.get(value.code())
    }

    /// Takes a value from `old`: it has not settled.
    pub fn keep_value(&mut self, value: Value, old: &Self) {
        match old.values.get(value.code()) {
            Some(hash) => self.values.insert(value.code().to_owned(), hash.clone()),
            None => self.values.remove(value.code()),
        };
    }

    /// Takes the title from `old`: it has not settled.
    pub fn keep_title(&mut self, old: &Self) {
        self.title.clone_from(&old.title);
    }

    /// Takes the body from `old`: it has not settled.
    pub fn keep_body(&mut self, old: &Self) {
        self.body.clone_from(&old.body);
        self.cut = old.cut;
    }

    /// Takes the status from `old`: it has not settled.
    pub fn keep_status(&mut self, old: &Self) {
        self.status.clone_from(&old.status);
    }

    /// Takes the labels from `old`: they have not settled.
    pub fn keep_labels(&mut self, old: &Self) {
        self.labels.clone_from(&old.labels);
    }

    /// Says of one label whether the side had it.
    pub fn set_label(&mut self, link: &LinkId, name: &str, had: bool) {
        let hash = name_hash(link, name);
        if had {
            self.labels.insert(hash);
        } else {
            self.labels.remove(&hash);
        }
    }

    /// Takes the assignees from `old`: they have not settled.
    pub fn keep_assignees(&mut self, old: &Self) {
        self.assignees.clone_from(&old.assignees);
    }

    /// Whether it recorded exactly these labels.
    pub fn has_labels<'a>(&self, link: &LinkId, labels: impl Iterator<Item = &'a str>) -> bool {
        self.labels == labels.map(|l| name_hash(link, l)).collect()
    }

    /// Whether it recorded exactly these assignees.
    pub fn has_assignees<'a>(&self, link: &LinkId, assignees: impl Iterator<Item = &'a str>) -> bool {
        self.assignees == assignees.map(|a| name_hash(link, a)).collect()
    }

    /// The status it had; `None` when the marker names one this version does not know.
    pub fn status(&self) -> Option<Status> {
        status_of(&self.status)
    }

    /// Whether it had the label (names are compared without regard to case).
    pub fn had_label(&self, link: &LinkId, name: &str) -> bool {
        self.labels.contains(&name_hash(link, name))
    }

    /// Whether the person was assigned (logins are compared without regard to case).
    pub fn had_assignee(&self, link: &LinkId, login: &str) -> bool {
        self.assignees.contains(&name_hash(link, login))
    }

    /// Equal but for how far the comments are known.
    pub fn same_fields(&self, other: &Self) -> bool {
        let alike = match (self.status(), other.status()) {
            (Some(a), Some(b)) => a.alike(b),
            _ => self.status == other.status,
        };
        alike
            && self.labels == other.labels
            && self.assignees == other.assignees
            && self.title == other.title
            && self.body == other.body
            && self.cut == other.cut
            && self.values == other.values
            && self.spent == other.spent
    }

    /// How many labels and assignees it had, for people who inspect a marker.
    pub fn counts(&self) -> (usize, usize) {
        (self.labels.len(), self.assignees.len())
    }
}

/// Titles are compared without regard to case, as labels are.
fn value_hash(link: &LinkId, value: Value, text: &str) -> Hash {
    Hash::of(&format!("{link} {}", value.code()), &text.to_lowercase())
}

fn name_hash(link: &LinkId, name: &str) -> Hash {
    Hash::of(&link.0, &name.to_lowercase())
}

fn status_code(status: Status) -> String {
    let state = match status.state {
        State::Open => "o",
        State::Closed => "c",
    };
    let reason = match status.reason {
        None => "",
        Some(Reason::Completed) => "c",
        Some(Reason::NotPlanned) => "n",
        Some(Reason::Duplicate) => "d",
        Some(Reason::Reopened) => "r",
    };
    format!("{state}{reason}")
}

fn status_of(code: &str) -> Option<Status> {
    let state = match code.chars().next()? {
        'o' => State::Open,
        'c' => State::Closed,
        _ => return None,
    };
    let reason = match code.chars().nth(1) {
        None => None,
        Some('c') => Some(Reason::Completed),
        Some('n') => Some(Reason::NotPlanned),
        Some('d') => Some(Reason::Duplicate),
        Some('r') => Some(Reason::Reopened),
        Some(_) => return None,
    };
    Some(Status { state, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_survives_its_code() {
        for state in [State::Open, State::Closed] {
            for reason in [
                None,
                Some(Reason::Completed),
                Some(Reason::NotPlanned),
                Some(Reason::Duplicate),
                Some(Reason::Reopened),
            ] {
                let status = Status { state, reason };
                assert_eq!(status_of(&status_code(status)), Some(status));
            }
        }
        assert_eq!(status_of(""), None);
        assert_eq!(status_of("x"), None);
        assert_eq!(status_of("oz"), None);
    }
}
