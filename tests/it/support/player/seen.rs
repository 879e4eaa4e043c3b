//! What people write into a tracker, and what they see there.

use std::collections::BTreeSet;

use lockstep::model::{Body, Payload};

use super::Planned;

/// An issue about to be opened.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub(super) title: String,
    pub(super) body: String,
    pub(super) labels: Vec<String>,
    pub(super) assignees: Vec<String>,
    pub(super) closed: Option<String>,
}

/// Begins an issue by `alice`.
pub fn draft(title: &str) -> Draft {
    Draft {
        title: title.to_owned(),
        ..Draft::default()
    }
}

impl Draft {
    /// Its text.
    pub fn body(mut self, text: &str) -> Self {
        text.clone_into(&mut self.body);
        self
    }

    /// Labels; unknown ones are made.
    pub fn labels<const N: usize>(mut self, names: [&str; N]) -> Self {
        self.labels = names.map(str::to_owned).to_vec();
        self
    }

    /// Assignees; unknown people are made, and made assignable.
    pub fn assignees<const N: usize>(mut self, logins: [&str; N]) -> Self {
        self.assignees = logins.map(str::to_owned).to_vec();
        self
    }

    /// Closed at once. The reason counts where the tracker has reasons.
    pub fn closed(mut self, reason: &str) -> Self {
        self.closed = Some(reason.to_owned());
        self
    }
}

/// An issue as people see it: without markers and without our own visible lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub key: u64,
    pub title: String,
    pub text: String,
    pub closed: bool,
    /// Why, where the tracker has reasons.
    pub reason: Option<String>,
    pub labels: BTreeSet<String>,
    pub assignees: BTreeSet<String>,
    /// When and how much.
    pub plan: Planned,
    pub said: Vec<Said>,
    /// The body as stored.
    pub raw: String,
}

/// A comment as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub id: u64,
    pub author: String,
    pub text: String,
    /// The line above a copy that says who wrote it.
    pub attribution: Option<String>,
    /// It carries a marker: a copy, or a text that lost a conflict.
    pub ours: bool,
    /// The text as stored.
    pub raw: String,
}

impl Seen {
    /// The texts of the comments, in order.
    pub fn texts(&self) -> Vec<&str> {
        self.said.iter().map(|said| said.text.as_str()).collect()
    }

    /// The labels, in order.
    pub fn labels(&self) -> Vec<&str> {
        self.labels.iter().map(String::as_str).collect()
    }

    /// The assignees, in order.
    pub fn assignees(&self) -> Vec<&str> {
        self.assignees.iter().map(String::as_str).collect()
    }

    /// Our own visible lines below the text.
    pub fn footer(&self) -> String {
        Body::read(&self.raw).ours.unwrap_or_default()
    }

    /// The marker lines of the body.
    pub fn marker_lines(&self) -> Vec<&str> {
        self.raw
            .lines()
            .filter(|line| line.starts_with("<!-- lockstep:"))
            .collect()
    }
}

/// A body without what is ours.
pub(super) fn read(raw: &str) -> String {
    Body::read(raw).text
}

/// A comment taken apart.
pub(super) fn heard(id: u64, author: String, raw: String) -> Said {
    let body = Body::read(&raw);
    Said {
        id,
        author,
        ours: body
            .markers
            .iter()
            .any(|marker| matches!(marker.payload, Payload::Comment(_))),
        text: body.text,
        attribution: body.ours,
        raw,
    }
}
