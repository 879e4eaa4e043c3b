//! The terms two sides agreed on: how a label, a status or a person of one side is called on the other.
//!
//! Pure functions over the valid mapping file.

use std::collections::BTreeMap;

use super::{Carried, Direction, LabelRow, Mode, StatusPattern, Sync, Unmapped};
use crate::model::{PerSide, Side, TrackerId};

/// A sync together with the people table.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The sync.
    pub sync: Sync,
    /// One row per person.
    pub people: Vec<BTreeMap<TrackerId, String>>,
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

impl Terms {
    /// Begins labels that show a milestone.
    pub const MILESTONE: &str = "Milestone::";
    /// Begins labels that show an iteration.
    pub const ITERATION: &str = "Iteration::";
    /// Begins labels that show an epic, or the issue one is a part of.
    pub const EPIC: &str = "Epic::";
    /// Begins labels that show an assignee nobody knows. One colon: on GitLab two would let one of them stand only.
    pub const ASSIGNEE: &str = "Assignee: ";

    /// Whether a label is of a kind that shows a value of the other side on either, and so is no label of its own.
    pub fn is_shown_label(&self, name: &str) -> bool {
        Side::BOTH.into_iter().any(|side| self.shows_on(side, name))
    }

    /// Whether a label on a side shows a value of the other side.
    pub fn shows_on(&self, side: Side, name: &str) -> bool {
        let fields = &self.sync.fields;
        let written = side == Side::Right || self.sync.mode == Mode::TwoWay;
        let milestone = fields.milestone.carried == Carried::Label && fields.milestone.direction.reaches(side);
        let people = fields.assignees.unmapped == Unmapped::Label && fields.assignees.reaches(side);
        let name = name.to_lowercase();
        let prefixes = [
            (milestone, Self::MILESTONE),
            (written && fields.iteration == Carried::Label, Self::ITERATION),
            (written && fields.epic == Carried::Label, Self::EPIC),
            (people, Self::ASSIGNEE),
        ];
        prefixes
            .into_iter()
            .any(|(active, prefix)| active && name.starts_with(&prefix.to_lowercase()))
    }

    /// The tracker on a side.
    pub fn tracker(&self, side: Side) -> &TrackerId {
        self.sync.between.get(side)
    }

    /// The other side's login of a person; `None` when the people table has no row for them there.
    pub fn person(&self, from: Side, login: &str) -> Option<&str> {
        let (here, there) = (self.tracker(from), self.tracker(from.other()));
        let row = self
            .people
            .iter()
            .find(|row| row.get(here).is_some_and(|l| same(l, login)))?;
        row.get(there).map(String::as_str)
    }

    /// Whether a label expresses a status (it stands in a row of the status map) and so is no label of its own.
    pub fn is_status_label(&self, side: Side, name: &str) -> bool {
        let status = &self.sync.fields.status;
        status.direction != Direction::Off
            && status
                .map
                .iter()
                .any(|row| row.get(side).labels.iter().any(|l| same(l, name)))
    }

    /// Whether a label of a side may cross at all.
    pub fn label_takes_part(&self, side: Side, name: &str) -> bool {
        self.sync.fields.labels.direction != Direction::Off
            && !self.is_status_label(side, name)
            && !self.is_shown_label(name)
            && !self.sync.fields.labels.skip.is_match(name)
            && (self.rows_of(side, name).next().is_some() || self.unmapped(side, name).is_some())
    }

    /// The rows of the label map that name a label of a side.
    pub fn rows_of<'a>(&'a self, side: Side, name: &'a str) -> impl Iterator<Item = &'a LabelRow> {
        self.sync
            .fields
            .labels
            .map
            .iter()
            .filter(move |row| same(row.names.get(side), name))
    }

    /// What an unmapped label of a side is called on the other; `None` when it stays where it is.
    ///
    /// A prefix for a side is put before labels that arrive there, and taken off labels that go back. A label that
    /// would get its name from both rules, or from none, stays.
    pub fn unmapped(&self, side: Side, name: &str) -> Option<String> {
        let labels = &self.sync.fields.labels;
        let mapped = self.rows_of(side, name).next().is_some();
        if !labels.unmapped_same || mapped || labels.skip.is_match(name) || self.is_shown_label(name) {
            return None;
        }
        let (here, there) = (labels.prefix.get(side), labels.prefix.get(side.other()));
        let other = match name.strip_prefix(here.as_str()) {
            Some(bare) if !here.is_empty() && !bare.is_empty() => bare.to_owned(),
            _ if here.is_empty() || !there.is_empty() => format!("{there}{name}"),
            _ => return None,
        };
        let taken = self.rows_of(side.other(), &other).next().is_some() || self.is_status_label(side.other(), &other);
        (!taken && !labels.skip.is_match(&other)).then_some(other)
    }

    /// The first row of the status map whose pattern on `side` an issue fits.
    pub fn status_row(&self, side: Side, fits: impl Fn(&StatusPattern) -> bool) -> Option<&PerSide<StatusPattern>> {
        self.sync.fields.status.map.iter().find(|row| fits(row.get(side)))
    }

    /// Every label that expresses a status on a side.
    pub fn status_labels(&self, side: Side) -> impl Iterator<Item = &str> {
        let status = &self.sync.fields.status;
        let rows = status.map.iter().filter(|_| status.direction != Direction::Off);
        rows.flat_map(move |row| row.get(side).labels.iter().map(String::as_str))
    }
}
