//! What the imaginary trackers make of the writes they are sent.

use std::collections::{BTreeMap, BTreeSet};

use super::store::{Shelf, Spoken, Store, Stored, number, tracker};
use crate::model::{Draft, IssueKey, IssueRef, Op, Patch, Planning, Receipt, Side, Status};
use crate::tracker::TrackerError;

impl Store {
    /// Does a write as the tracker would.
    pub(super) fn perform(&mut self, side: Side, op: &Op) -> Result<Receipt, TrackerError> {
        let now = self.now();
        self.written.insert((side, written_to(op)));
        let gone = |issue: &IssueKey| {
            let at = IssueRef {
                tracker: tracker(side),
                key: issue.clone(),
            };
            TrackerError::Gone(at)
        };
        if let Op::CreateComment { issue, .. } | Op::EditComment { issue, .. } = op
            && self
                .sides
                .get(side)
                .issues
                .get(&number(issue))
                .is_some_and(|stored| stored.locked)
        {
            return Err(TrackerError::Rejected {
                on: tracker(side),
                status: 403,
                detail: "locked".into(),
            });
        }
        match op {
            Op::CreateLabel(label) => {
                self.sides.get_mut(side).labels.insert(label.name.clone());
                Ok(Receipt::default())
            }
            Op::CreateMilestone(milestone) => {
                let known = &mut self.sides.get_mut(side).milestones;
                known.insert(milestone.title.clone());
                Ok(Receipt::default())
            }
            Op::CreateIssue(draft) => {
                let number = self.sides.get_mut(side).create(draft, now);
                Ok(Receipt {
                    issue: self.issue(side, number),
                    comment: None,
                })
            }
            Op::UpdateIssue { key, patch } => {
                let place = self.sides.get_mut(side);
                place.update(number(key), patch, now).ok_or_else(|| gone(key))?;
                Ok(Receipt {
                    issue: self.issue(side, number(key)),
                    comment: None,
                })
            }
            Op::CreateComment { issue, body } => {
                let said = self
                    .speak(side, number(issue), body, "bot")
                    .ok_or_else(|| gone(issue))?;
                Ok(Receipt {
                    issue: None,
                    comment: self.comment(side, number(issue), said),
                })
            }
            Op::EditComment { issue, comment, body } => {
                let said: u64 = comment.0.parse().unwrap();
                self.rephrase(side, number(issue), said, body)
                    .ok_or_else(|| gone(issue))?;
                Ok(Receipt {
                    issue: None,
                    comment: self.comment(side, number(issue), said),
                })
            }
            Op::Acknowledge { .. } => Ok(Receipt::default()),
            Op::DeleteComment { issue, comment } => {
                self.unsay(side, number(issue), comment.0.parse().unwrap());
                Ok(Receipt::default())
            }
        }
    }

    pub(super) fn speak(&mut self, side: Side, issue: u64, text: &str, author: &'static str) -> Option<u64> {
        let now = self.now();
        let place = self.sides.get_mut(side);
        let text = place.stored_text(text);
        let stored = place.issues.get_mut(&issue)?;
        place.last_comment += 1;
        let spoken = Spoken {
            body: text,
            author,
            created: now,
            updated: now,
        };
        stored.comments.insert(place.last_comment, spoken);
        place.touch(issue, now);
        Some(place.last_comment)
    }

    pub(super) fn rephrase(&mut self, side: Side, issue: u64, comment: u64, body: &str) -> Option<()> {
        let now = self.now();
        let place = self.sides.get_mut(side);
        let text = place.stored_text(body);
        let spoken = place.issues.get_mut(&issue)?.comments.get_mut(&comment)?;
        if spoken.body != text {
            spoken.body = text;
            spoken.updated = now;
            place.touch(issue, now);
        }
        Some(())
    }

    /// A comment is deleted, which moves no issue's time of change.
    pub(super) fn unsay(&mut self, side: Side, issue: u64, comment: u64) {
        if let Some(stored) = self.sides.get_mut(side).issues.get_mut(&issue) {
            stored.comments.remove(&comment);
        }
    }
}

/// The issue a write is about; `None` where it is about none that there is.
fn written_to(op: &Op) -> Option<u64> {
    match op {
        Op::CreateLabel(_) | Op::CreateMilestone(_) | Op::CreateIssue(_) => None,
        Op::UpdateIssue { key: issue, .. }
        | Op::CreateComment { issue, .. }
        | Op::EditComment { issue, .. }
        | Op::Acknowledge { issue, .. }
        | Op::DeleteComment { issue, .. } => Some(number(issue)),
    }
}

impl Shelf {
    fn stored_text(&self, text: &str) -> String {
        let text = if self.vices.trims_text { text.trim() } else { text };
        if self.vices.stores_crlf {
            text.replace("\r\n", "\n").replace('\n', "\r\n")
        } else {
            text.to_owned()
        }
    }

    fn touch(&mut self, issue: u64, now: i64) {
        let seldom = self.vices.touches_seldom;
        if let Some(stored) = self.issues.get_mut(&issue)
            && (!seldom || now - stored.updated >= 60)
        {
            stored.updated = now;
        }
    }

    pub(super) fn create(&mut self, draft: &Draft, now: i64) -> u64 {
        self.last += 1;
        let empty = Stored {
            title: String::new(),
            body: String::new(),
            status: if self.profile.create_closed {
                draft.status
            } else {
                Status::OPEN
            },
            labels: BTreeSet::new(),
            assignees: BTreeSet::new(),
            milestone: None,
            planning: Planning::default(),
            author: "bot",
            created: now,
            updated: now,
            comments: BTreeMap::new(),
            locked: false,
            shell: false,
        };
        self.issues.insert(self.last, empty);
        let patch = Patch {
            title: Some(draft.title.clone()),
            body: Some(draft.body.clone()),
            add_labels: draft.labels.clone(),
            assignees: Some(draft.assignees.clone()),
            planning: draft.planning.clone(),
            ..Patch::default()
        };
        self.update(self.last, &patch, now).unwrap();
        self.last
    }

    fn update(&mut self, number: u64, patch: &Patch, now: i64) -> Option<()> {
        let body = patch.body.as_deref().map(|body| self.stored_text(body));
        let title = patch.title.as_deref().map(str::trim).map(str::to_owned);
        let mut labels = self.issues.get(&number)?.labels.clone();
        let lower = |name: &String| name.to_lowercase();
        let removed: BTreeSet<String> = patch.remove_labels.iter().map(lower).collect();
        labels.retain(|label| !removed.contains(&label.to_lowercase()));
        for label in patch.add_labels.iter().filter(|_| !self.vices.drops_labels) {
            let known = self
                .labels
                .iter()
                .find(|known| known.to_lowercase() == label.to_lowercase());
            let name = match known {
                Some(known) if self.profile.labels_fold_case => known.clone(),
                _ => label.clone(),
            };
            if let Some((scope, _)) = name.rsplit_once("::").filter(|_| self.profile.scoped_labels) {
                labels.retain(|other| other.rsplit_once("::").map(|(scope, _)| scope) != Some(scope));
            }
            self.labels.insert(name.clone());
            labels.insert(name);
        }
        let most = self.profile.assignees_max;
        let stored = self.issues.get_mut(&number)?;
        let before = stored.clone();
        if let Some(title) = title {
            stored.title = title;
        }
        if let Some(body) = body {
            stored.body = body;
        }
        if let Some((_, wish)) = patch.status {
            stored.status = self.profile.fit_status(Some(stored.status), wish);
        }
        stored.labels = labels;
        if let Some(people) = &patch.assignees {
            let kept = people.iter().filter(|_| !self.vices.drops_assignees);
            stored.assignees = kept.take(most).cloned().collect();
        }
        if let Some(title) = &patch.planning.milestone
            && title.as_ref().is_none_or(|title| self.milestones.contains(title))
        {
            stored.milestone.clone_from(title);
        }
        if let Some(weight) = patch.planning.weight.filter(|_| self.profile.holds.weight) {
            stored.planning.weight = weight;
        }
        if let Some(due) = patch.planning.due.filter(|_| self.profile.holds.due_date) {
            stored.planning.due = due;
        }
        if self.profile.holds.time {
            let planning = &mut stored.planning;
            planning.estimate = patch.planning.estimate.unwrap_or(planning.estimate);
            planning.spent = planning
                .spent
                .saturating_add_signed(patch.planning.spend.unwrap_or_default());
        }
        if before != *stored {
            stored.updated = now;
        }
        Some(())
    }
}
