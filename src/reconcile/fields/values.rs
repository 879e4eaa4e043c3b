//! Single values that both sides hold as what they are: milestone, weight, due date, estimate, and who may see an issue.

use super::merged::{Merged, how};
use super::milestones;
use crate::config::Direction;
use crate::model::{Issue, PerSide, PlanningChange, Side, Value};
use crate::plan::{Field, moves, text_of};
use crate::reconcile::desk::Desk;
use crate::reconcile::merge::{Verdict, decide};
use crate::reconcile::pairing::Pair;

/// Fields and the value of each.
const VALUES: [(Field, Value); 4] = [
    (Field::Milestone, Value::Milestone),
    (Field::Weight, Value::Weight),
    (Field::DueDate, Value::DueDate),
    (Field::TimeEstimate, Value::TimeEstimate),
];

fn direction(desk: &Desk<'_>, value: Value) -> Direction {
    let fields = &desk.terms().sync.fields;
    match value {
        Value::Milestone => fields.milestone.direction,
        Value::Weight => fields.weight.direction,
        Value::DueDate => fields.due_date.direction,
        Value::TimeEstimate => fields.time_estimate.direction,
        Value::Confidential => Direction::Both,
        Value::Labels | Value::Footer => Direction::Off,
    }
}

/// Sets one value to what `issue` has.
fn put(value: Value, change: &mut PlanningChange, issue: &Issue) {
    match value {
        Value::Milestone => change.milestone = Some(issue.milestone.clone()),
        Value::Weight => change.weight = Some(issue.planning.weight),
        Value::DueDate => change.due = Some(issue.planning.due),
        Value::TimeEstimate => change.estimate = Some(issue.planning.estimate),
        Value::Confidential | Value::Labels | Value::Footer => {}
    }
}

/// The values of a new twin.
pub(crate) fn carry(desk: &mut Desk<'_>, from: Side, issue: &Issue) -> PlanningChange {
    let to = from.other();
    let mut change = PlanningChange::default();
    for (_, value) in VALUES {
        let moves = moves(desk.terms(), &desk.rules.profiles, value);
        if moves && direction(desk, value).reaches(to) && text_of(value, issue).is_some() {
            put(value, &mut change, issue);
        }
    }
    if let Some(Some(title)) = change.milestone.take() {
        change.milestone = milestones::spelled(desk, to, &title).map(Some);
        if change.milestone.is_none() && milestones::is_missing(desk, to, &title) {
            let on = desk.at(from, &issue.key);
            milestones::hold_missing(desk, on, to, &title);
        }
    }
    change
}

/// Whether a new twin of `issue` goes without the milestone it should be in.
pub(crate) fn lacks_milestone(desk: &Desk<'_>, from: Side, issue: &Issue, twin: &PlanningChange) -> bool {
    let value = Value::Milestone;
    issue.milestone.is_some()
        && twin.milestone.is_none()
        && moves(desk.terms(), &desk.rules.profiles, value)
        && direction(desk, value).reaches(from.other())
}

/// Merges the values of a pair.
pub(crate) fn merge(desk: &mut Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>, out: &mut Merged) {
    for (field, value) in VALUES {
        if !moves(desk.terms(), &desk.rules.profiles, value) || direction(desk, value) == Direction::Off {
            continue;
        }
        let now = issues.map(|_, issue| text_of(value, issue));
        let changed = changed(pair, value, &now);
        out.compare(field, changed.is_none_or(|c| c.left || c.right));
        let verdict = verdict(desk, pair, value, changed, &now);
        let to = match verdict {
            Verdict::Settled => continue,
            Verdict::Copy(to) => to,
            Verdict::Clash => {
                desk.out.plan.conflicts += 1;
                let Some(from) = out.winner(desk, pair, issues, field) else {
                    out.hold_conflict(desk, pair, field);
                    differ(desk, pair, field, now);
                    desk.clashes();
                    continue;
                };
                from.other()
            }
        };
        differ(desk, pair, field, now);
        if verdict == Verdict::Clash {
            desk.clashes();
        }
        let mut wish = PlanningChange::default();
        put(value, &mut wish, issues.get(to.other()));
        if let Some(Some(title)) = &wish.milestone {
            let title = title.clone();
            let Some(spelled) = milestones::spelled(desk, to, &title) else {
                out.freeze(field);
                if milestones::is_missing(desk, to, &title) {
                    let on = desk.at(to, pair.keys.get(to));
                    milestones::hold_missing(desk, on, to, &title);
                }
                continue;
            };
            wish.milestone = Some(Some(spelled));
        }
        take_over(&mut out.change.get_mut(to).planning, wish);
        let from = desk.tracker(to.other());
        let why = match verdict {
            Verdict::Clash => {
                let how = how(desk);
                format!("{} changed on both sides, {from} {how}", field.name())
            }
            Verdict::Copy(_) | Verdict::Settled => format!("{} as on {from}", field.name()),
        };
        out.because(to, field, why);
    }
}

fn take_over(change: &mut PlanningChange, wish: PlanningChange) {
    change.milestone = wish.milestone.or(change.milestone.take());
    change.weight = wish.weight.or(change.weight);
    change.due = wish.due.or(change.due);
    change.estimate = wish.estimate.or(change.estimate);
}

fn changed(pair: &Pair, value: Value, now: &PerSide<Option<String>>) -> Option<PerSide<bool>> {
    pair.base().map(|base| {
        PerSide::new((), ()).map(|side, ()| {
            let was = base.sides.get(side);
            !was.had_value(&pair.link, value, now.get(side).as_deref())
        })
    })
}

fn verdict(
    desk: &Desk<'_>,
    pair: &Pair,
    value: Value,
    changed: Option<PerSide<bool>>,
    now: &PerSide<Option<String>>,
) -> Verdict {
    let lower = |text: &Option<String>| text.as_ref().map(|text| text.trim().to_lowercase());
    let equal = lower(&now.left) == lower(&now.right);
    let mut changed = changed;
    for side in Side::BOTH {
        // Nobody took away what the service did not keep while the twin was being made.
        let dropped = now.get(side).is_none() && pair.is_unobserved(side, desk.terms().sync.mode);
        if let Some(changed) = changed.as_mut().filter(|_| dropped && !equal) {
            *changed.get_mut(side) = false;
            *changed.get_mut(side.other()) = true;
        }
    }
    decide(direction(desk, value), changed, equal)
}

fn differ(desk: &mut Desk<'_>, pair: &Pair, field: Field, values: PerSide<Option<String>>) {
    let values = values.map(|_, value| value.unwrap_or_default());
    desk.differs(pair, field.name(), field, values);
}

/// An issue that is not for everyone makes its twin so where there is such a thing; when in doubt both are.
pub(crate) fn merge_confidential(desk: &Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>, out: &mut Merged) {
    if !moves(desk.terms(), &desk.rules.profiles, Value::Confidential) {
        return;
    }
    let now = issues.map(|_, issue| text_of(Value::Confidential, issue));
    let changed = changed(pair, Value::Confidential, &now);
    out.compare(Field::Confidential, changed.is_none_or(|c| c.left || c.right));
    let to = match verdict(desk, pair, Value::Confidential, changed, &now) {
        Verdict::Settled => return,
        Verdict::Copy(to) => to,
        Verdict::Clash if now.left.is_some() => Side::Right,
        Verdict::Clash => Side::Left,
    };
    if !desk.may_write(to) {
        return;
    }
    let wish = issues.get(to.other()).confidential;
    out.change.get_mut(to).confidential = Some(wish);
    let word = if wish { "confidential" } else { "not confidential" };
    out.because(
        to,
        Field::Confidential,
        format!("{word} on {}", desk.tracker(to.other())),
    );
}
