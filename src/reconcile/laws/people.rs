//! What people do on the imaginary trackers.

use std::collections::BTreeSet;

use super::store::{Store, Stored};
use crate::model::{Body, Draft, PlanningChange, Side, Status};

impl Store {
    /// A person opens an issue.
    pub(super) fn open(&mut self, side: Side, title: &str, body: &str) -> u64 {
        let now = self.tick();
        let draft = Draft {
            title: title.into(),
            body: body.into(),
            status: Status::OPEN,
            labels: BTreeSet::new(),
            assignees: BTreeSet::new(),
            planning: PlanningChange::default(),
            confidential: false,
        };
        let number = self.sides.get_mut(side).create(&draft, now);
        self.at(side, number).author = "ann";
        number
    }

    /// A person changes an issue.
    pub(super) fn edit(&mut self, side: Side, number: u64, change: impl FnOnce(&mut Stored)) {
        let now = self.tick();
        let Some(stored) = self.sides.get_mut(side).issues.get_mut(&number) else {
            return;
        };
        stored.updated = now;
        change(stored);
    }

    /// A person writes another text and leaves what is below it.
    pub(super) fn rewrite(&mut self, side: Side, number: u64, text: &str) {
        self.edit(side, number, |stored| {
            let old = Body::read(&stored.body).text;
            let rest = stored.body.strip_prefix(&old).unwrap_or_default().to_owned();
            stored.body = format!("{text}{rest}");
        });
    }

    pub(super) fn remove(&mut self, side: Side, number: u64) {
        self.tick();
        self.sides.get_mut(side).issues.remove(&number);
    }

    /// A person moves an issue to another project.
    pub(super) fn transfer(&mut self, side: Side, number: u64) {
        self.remove(side, number);
        self.sides.get_mut(side).moved.insert(number);
    }

    /// The same, on a service that leaves a closed shell behind.
    pub(super) fn leave_shell(&mut self, side: Side, number: u64) {
        self.edit(side, number, |stored| {
            stored.shell = true;
            stored.status = Status::CLOSED;
        });
    }

    /// The number of the next issue, as on a place that gives numbers again.
    pub(super) fn give_next(&mut self, side: Side, number: u64) {
        self.sides.get_mut(side).last = number - 1;
    }

    /// A person comments.
    pub(super) fn say(&mut self, side: Side, issue: u64, text: &str) -> u64 {
        self.tick();
        self.speak(side, issue, text, "ann").unwrap()
    }

    /// A person edits a comment's text and leaves attribution and marker.
    pub(super) fn reword(&mut self, side: Side, issue: u64, comment: u64, text: &str) {
        self.tick();
        let Some(now) = self
            .sides
            .get(side)
            .issues
            .get(&issue)
            .and_then(|i| i.comments.get(&comment))
        else {
            return;
        };
        let old = Body::read(&now.body).text;
        let body = now.body.replacen(&old, text, 1);
        self.rephrase(side, issue, comment, &body).unwrap();
    }

    fn tick(&mut self) -> i64 {
        self.skipped += 1;
        self.now()
    }
}
