//! Learning from every answer: what a service did not keep, and what somebody else changed while a write was on its way.

use std::collections::BTreeSet;

use tokio::time::Instant;

use super::Run;
use super::work::Work;
use crate::model::{Issue, IssueRef, Side, hash_text};
use crate::plan::{Change, Held};

impl Run<'_> {
    /// Takes over what the service says it holds after a change of what was there before, or after its creation; true when of what it was sent it
    /// kept less, or something else.
    pub(super) fn observe(
        &mut self,
        work: &mut Work<'_>,
        side: Side,
        change: Option<(&Change, &Issue)>,
        expected: &Issue,
        issue: Issue,
    ) -> bool {
        let own = change.map_or_else(
            || issue.clone(),
            |(change, before)| own_doing(change, before, expected, &issue),
        );
        let wish = work.book.side_base(side, expected);
        let kept = work.book.side_base(side, &own);
        work.book.disown(side, &own, &issue);
        let differs = !kept.same_fields(&wish);
        if differs {
            let tracker = self.hands.names.get(side).clone();
            let mut lost = Vec::new();
            let mut compare = |name: &str, same: bool| {
                if !same {
                    lost.push(name.to_owned());
                }
            };
            compare("title", own.title == expected.title);
            compare(
                "body",
                hash_text(&work.book.link, &own.body.text) == hash_text(&work.book.link, &expected.body.text),
            );
            compare("status", own.status.alike(expected.status));
            compare("labels", own.labels == expected.labels);
            compare("assignees", own.assignees == expected.assignees);
            compare("milestone", own.milestone == expected.milestone);
            compare("weight", own.planning.weight == expected.planning.weight);
            compare("due date", own.planning.due == expected.planning.due);
            compare("estimate", own.planning.estimate == expected.planning.estimate);
            compare("confidentiality", own.confidential == expected.confidential);
            self.out.held.push(Held {
                code: "not-kept",
                on: IssueRef {
                    tracker: tracker.clone(),
                    key: issue.key.clone(),
                }
                .to_string(),
                message: format!("{tracker} did not keep everything it was sent: {}", lost.join(", ")),
                hint: "the token's role may be too low for it, or the tracker changed it on its own; it is not sent \
                       again until somebody changes it"
                    .into(),
            });
        }
        *work.book.known.get_mut(side) = Some(issue);
        *work.read.get_mut(side) = Some(Instant::now());
        differs
    }
}

/// The answer as it would read if nobody but us had written: what was not asked for is as it was expected. What differs
/// there somebody else changed since the issue was read, and it is for the next run to carry.
fn own_doing(change: &Change, before: &Issue, expected: &Issue, answer: &Issue) -> Issue {
    let mut own = answer.clone();
    if change.title.is_none() {
        own.title.clone_from(&expected.title);
    }
    if change.status.is_none() {
        own.status = expected.status;
    }
    // A label that would push out another one of its scope may not be kept; then the other one stays, too.
    let asked: BTreeSet<String> = change
        .add_labels
        .union(&change.remove_labels)
        .map(|l| l.to_lowercase())
        .collect();
    let is_ours = |label: &&String| {
        let stays = before.labels.contains(*label) == answer.labels.contains(*label);
        stays || asked.contains(&label.to_lowercase())
    };
    let kept = answer.labels.iter().filter(is_ours);
    let others = expected.labels.iter().filter(|label| !is_ours(label));
    own.labels = kept.chain(others).cloned().collect();
    if change.assignees.is_none() {
        own.assignees.clone_from(&expected.assignees);
    }
    let planned = &change.planning;
    if planned.milestone.is_none() {
        own.milestone.clone_from(&expected.milestone);
    }
    if planned.weight.is_none() {
        own.planning.weight = expected.planning.weight;
    }
    if planned.due.is_none() {
        own.planning.due = expected.planning.due;
    }
    if planned.estimate.is_none() {
        own.planning.estimate = expected.planning.estimate;
    }
    if change.confidential.is_none() {
        own.confidential = expected.confidential;
    }
    own
}
