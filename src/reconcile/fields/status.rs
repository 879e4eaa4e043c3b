//! Status: state and reason, through the rows of the status map, and its merge.

use std::collections::BTreeSet;

use super::labels;
use super::merged::Merged;
use crate::config::{Direction, Policy, StatusPattern};
use crate::model::{Issue, PerSide, Side, State, Status};
use crate::plan::Field;
use crate::reconcile::desk::Desk;
use crate::reconcile::merge::{Verdict, decide};
use crate::reconcile::pairing::Pair;

/// A status in the words of one side: state, reason, and the labels that belong to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) status: Status,
    pub(crate) labels: Vec<String>,
}

fn lower(labels: impl IntoIterator<Item = impl AsRef<str>>) -> BTreeSet<String> {
    labels.into_iter().map(|l| l.as_ref().to_lowercase()).collect()
}

fn fits(pattern: &StatusPattern, issue: &Issue) -> bool {
    let has = lower(&issue.labels);
    let reason = pattern.status.reason.is_none_or(|_| pattern.status.alike(issue.status));
    pattern.status.state == issue.status.state && reason && lower(&pattern.labels).is_subset(&has)
}

/// The status of `issue`, which is on `from`, in the other side's words.
pub(crate) fn carry(desk: &Desk<'_>, from: Side, issue: &Issue, now: Option<Status>) -> Wish {
    let row = desk.terms().status_row(from, |pattern| fits(pattern, issue));
    let (status, labels) = match row.map(|row| row.get(from.other())) {
        Some(pattern) => (pattern.status, pattern.labels.clone()),
        None => (
            Status {
                state: issue.status.state,
                reason: issue.status.reason,
            },
            Vec::new(),
        ),
    };
    Wish {
        status: desk.profile(from.other()).fit_status(now, status),
        labels,
    }
}

/// Merges the status of a pair.
pub(crate) fn merge(desk: &mut Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>, out: &mut Merged) {
    let direction = desk.terms().sync.fields.status.direction;
    if direction == Direction::Off {
        return;
    }
    let wish =
        PerSide::new((), ()).map(|to, ()| carry(desk, to.other(), issues.get(to.other()), Some(issues.get(to).status)));
    let equal = Side::BOTH.into_iter().any(|to| {
        let (wish, issue) = (wish.get(to), issues.get(to));
        wish.status.alike(issue.status) && lower(&wish.labels) == desk.status_labels(to, issue)
    });
    let changed = pair.base().map(|base| {
        PerSide::new((), ()).map(|side, ()| {
            let (was, issue) = (base.sides.get(side), issues.get(side));
            let moved = was.status().is_none_or(|status| !status.alike(issue.status));
            let has = desk.status_labels(side, issue);
            let relabelled = desk
                .terms()
                .status_labels(side)
                .any(|l| was.had_label(&pair.link, l) != has.contains(&l.to_lowercase()));
            moved || relabelled
        })
    });
    out.compare(Field::Status, changed.is_none_or(|c| c.left || c.right));
    let verdict = decide(direction, changed, equal);
    let (to, why) = match verdict {
        Verdict::Settled => return,
        Verdict::Copy(to) => (to, verb(desk, to.other(), issues.get(to.other()).status)),
        Verdict::Clash => {
            desk.out.plan.conflicts += 1;
            let Some(from) = out.winner(desk, pair, issues, Field::Status) else {
                out.hold_conflict(desk, pair, Field::Status);
                drift(desk, pair, issues, "status");
                desk.clashes();
                return;
            };
            let verb = verb(desk, from, issues.get(from).status);
            let chosen = match desk.terms().sync.conflicts {
                Policy::Ask if desk.decided.is_some() => ", and chosen in a comment",
                Policy::Ask => ", and chosen on the dashboard",
                Policy::Newest | Policy::Prefer(_) => "",
            };
            (from.other(), format!("{verb}, and changed on both sides{chosen}"))
        }
    };
    let from = to.other();
    drift(
        desk,
        pair,
        issues,
        class(issues.get(from).status, issues.get(to).status),
    );
    if verdict == Verdict::Clash {
        desk.clashes();
    }
    write(desk, out, to, issues.get(to), wish.get(to));
    out.because(to, Field::Status, why);
}

fn write(desk: &mut Desk<'_>, out: &mut Merged, to: Side, issue: &Issue, wish: &Wish) {
    let has = desk.status_labels(to, issue);
    let wanted = lower(&wish.labels);
    let add: Vec<String> = wish
        .labels
        .iter()
        .filter(|l| !has.contains(&l.to_lowercase()))
        .cloned()
        .collect();
    let resolved: Vec<String> = add
        .iter()
        .filter_map(|label| labels::spelled(desk, to, label))
        .collect();
    let remove = issue
        .labels
        .iter()
        .filter(|l| desk.terms().is_status_label(to, l) && !wanted.contains(&l.to_lowercase()));
    let change = out.change.get_mut(to);
    change.remove_labels.extend(remove.cloned());
    change.add_labels.extend(resolved);
    if !wish.status.alike(issue.status) {
        change.status = Some(wish.status);
    }
}

fn verb(desk: &Desk<'_>, side: Side, status: Status) -> String {
    let tracker = desk.tracker(side);
    match status.state {
        State::Open => format!("reopened on {tracker}"),
        State::Closed => match status.reason {
            Some(_) => format!("{status} on {tracker}"),
            None => format!("closed on {tracker}"),
        },
    }
}

fn class(source: Status, target: Status) -> &'static str {
    match (source.state, target.state) {
        (State::Closed, State::Open) => "closed-externally",
        (State::Open, State::Closed) => "reopened-externally",
        (State::Open, State::Open) | (State::Closed, State::Closed) => "status",
    }
}

fn drift(desk: &mut Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>, class: &'static str) {
    let values = issues.map(|_, issue| issue.status.to_string());
    desk.differs(pair, class, Field::Status, values);
}
