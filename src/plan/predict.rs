//! What an issue will hold after a change, given the tracker's profile. The base written together with the change says
//! this; the answer corrects it where the service did otherwise.

use std::collections::BTreeSet;

use super::Change;
use crate::model::{Issue, PlanningChange, normalise};
use crate::tracker::Profile;

/// The issue after `change`.
pub fn predict(issue: &Issue, change: &Change, profile: &Profile) -> Issue {
    let mut after = issue.clone();
    if let Some(title) = &change.title {
        after.title.clone_from(title);
    }
    if let Some(text) = &change.text {
        after.body.text = normalise(text);
    }
    if let Some(status) = change.status {
        after.status = profile.fit_status(Some(issue.status), status);
    }
    after.labels = labels_after(&issue.labels, change, profile);
    if let Some(assignees) = &change.assignees {
        after.assignees.clone_from(assignees);
    }
    plan(&mut after, &change.planning, profile);
    if let Some(confidential) = change.confidential.filter(|_| profile.holds.confidential) {
        after.confidential = confidential;
    }
    after
}

/// What a tracker does not hold it leaves out.
fn plan(after: &mut Issue, change: &PlanningChange, profile: &Profile) {
    let holds = profile.holds;
    if let Some(title) = change.milestone.as_ref().filter(|_| holds.milestones) {
        after.milestone.clone_from(title);
    }
    if let Some(weight) = change.weight.filter(|_| holds.weight) {
        after.planning.weight = weight;
    }
    if let Some(due) = change.due.filter(|_| holds.due_date) {
        after.planning.due = due;
    }
    if holds.time {
        after.planning.estimate = change.estimate.unwrap_or(after.planning.estimate);
        let spend = change.spend.unwrap_or_default();
        after.planning.spent = after.planning.spent.saturating_add_signed(spend);
    }
}

fn labels_after(now: &BTreeSet<String>, change: &Change, profile: &Profile) -> BTreeSet<String> {
    let lower = |s: &str| s.to_lowercase();
    let removed: BTreeSet<String> = change.remove_labels.iter().map(|l| lower(l)).collect();
    let mut after: BTreeSet<String> = now.iter().filter(|l| !removed.contains(&lower(l))).cloned().collect();
    for label in &change.add_labels {
        if profile.scoped_labels
            && let Some(scope) = scope(label)
        {
            after.retain(|other| self::scope(other) != Some(scope));
        }
        if !after.iter().any(|other| lower(other) == lower(label)) {
            after.insert(label.clone());
        }
    }
    after
}

/// The scope of `scope::value`: everything before the last `::`. Labels of one scope exclude one another on GitLab.
pub(super) fn scope(label: &str) -> Option<&str> {
    label.rsplit_once("::").map(|(scope, _)| scope)
}
