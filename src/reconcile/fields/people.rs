//! Assignees: people of the people table, merged one by one, within what the other side can hold.

use std::collections::BTreeSet;

use super::merged::Merged;
use crate::config::Direction;
use crate::model::{Issue, PerSide, Side};
use crate::plan::Field;
use crate::reconcile::desk::{Desk, Need};
use crate::reconcile::merge::keep_element;
use crate::reconcile::pairing::Pair;

fn has(set: &BTreeSet<String>, login: &str) -> bool {
    set.iter().any(|other| other.to_lowercase() == login.to_lowercase())
}

/// Whether someone can be assigned on a side; asks when it is not known, holds when they cannot.
fn assignable(desk: &mut Desk<'_>, side: Side, login: &str) -> bool {
    match desk.world.get(side).assignable.get(login) {
        Some(true) => true,
        Some(false) => {
            let on = desk.tracker(side).clone();
            desk.hold(
                "assignee-unavailable",
                &on,
                format!("{login} cannot be assigned on {on}"),
                "invite them to the project, or correct the row in `people:`",
            );
            false
        }
        None => {
            desk.need(Need::Assignable(side, login.to_owned()));
            false
        }
    }
}

/// The assignees of a new twin.
pub(crate) fn carry(desk: &mut Desk<'_>, from: Side, issue: &Issue) -> BTreeSet<String> {
    let to = from.other();
    let logins = issue
        .assignees
        .iter()
        .filter_map(|login| desk.terms().person(from, login).map(str::to_owned));
    let logins: Vec<String> = logins.collect();
    let mut there: BTreeSet<String> = BTreeSet::new();
    for login in logins {
        if assignable(desk, to, &login) {
            there.insert(login);
        }
    }
    limit(desk, to, &issue.key.0, &BTreeSet::new(), there)
}

/// At most as many as the tracker holds; those already assigned first.
fn limit(
    desk: &mut Desk<'_>,
    side: Side,
    key: &str,
    now: &BTreeSet<String>,
    wish: BTreeSet<String>,
) -> BTreeSet<String> {
    let max = desk.profile(side).assignees_max;
    if wish.len() <= max {
        return wish;
    }
    let on = format!("{}#{key}", desk.tracker(side));
    desk.hold(
        "assignees-limit",
        on,
        format!(
            "{} people are assigned on the other side; this tracker holds {max}",
            wish.len()
        ),
        "nothing to do: the first ones are assigned",
    );
    let (stay, new): (Vec<String>, Vec<String>) = wish.into_iter().partition(|login| now.contains(login));
    stay.into_iter().chain(new).take(max).collect()
}

/// Merges the assignees of a pair.
pub(crate) fn merge(desk: &mut Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>, out: &mut Merged) {
    let direction = desk.terms().sync.fields.assignees.direction;
    if direction == Direction::Off {
        return;
    }
    let base = pair.base().map(|base| &base.sides);
    let terms = desk.terms();
    for side in Side::BOTH {
        let counted = issues.get(side).assignees.iter().map(String::as_str);
        let counted = counted.filter(|login| terms.person(side, login).is_some());
        let differs = base.is_none_or(|sides| !sides.get(side).has_assignees(&pair.link, counted));
        out.compare(Field::Assignees, differs);
    }
    let mut wish = PerSide::new(issues.left.assignees.clone(), issues.right.assignees.clone());
    for row in &terms.people {
        let (Some(left), Some(right)) = (row.get(terms.tracker(Side::Left)), row.get(terms.tracker(Side::Right)))
        else {
            continue;
        };
        let logins = PerSide::new(left, right);
        let is = PerSide::new((), ()).map(|side, ()| has(&issues.get(side).assignees, logins.get(side)));
        let was = base.map(|sides| {
            let was = PerSide::new((), ()).map(|side, ()| sides.get(side).had_assignee(&pair.link, logins.get(side)));
            pair.observed(was, is, terms.sync.mode)
        });
        let Some(wanted) = keep_element(direction, was, is) else {
            continue;
        };
        for to in Side::BOTH
            .into_iter()
            .filter(|to| direction.reaches(*to) && *is.get(*to) != wanted)
        {
            let login = (*logins.get(to)).clone();
            if !wanted {
                wish.get_mut(to)
                    .retain(|other| other.to_lowercase() != login.to_lowercase());
            } else if assignable(desk, to, &login) {
                wish.get_mut(to).insert(login);
            }
        }
    }
    for to in Side::BOTH {
        let now = &issues.get(to).assignees;
        if wish.get(to) == now {
            continue;
        }
        if !now.is_subset(wish.get(to)) {
            fill(desk, to, &mut wish);
        }
        let wish = wish.get(to).clone();
        let wish = limit(desk, to, &pair.keys.get(to).0, now, wish);
        if wish != *now {
            out.change.get_mut(to).assignees = Some(wish);
            out.because(
                to,
                Field::Assignees,
                format!("assignees changed on {}", desk.tracker(to.other())),
            );
            drift(desk, pair, issues);
        }
    }
}

/// A place that becomes free is taken by those who had none: a tracker that holds few people left them out.
fn fill(desk: &mut Desk<'_>, to: Side, wish: &mut PerSide<BTreeSet<String>>) {
    let waiting: Vec<String> = wish
        .get(to.other())
        .iter()
        .filter_map(|login| desk.terms().person(to.other(), login).map(str::to_owned))
        .filter(|login| !has(wish.get(to), login))
        .collect();
    for login in waiting {
        if assignable(desk, to, &login) {
            wish.get_mut(to).insert(login);
        }
    }
}

fn drift(desk: &mut Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>) {
    let list = |issue: &Issue| issue.assignees.iter().cloned().collect::<Vec<_>>().join(", ");
    desk.differs(pair, "assignee", Field::Assignees, issues.map(|_, issue| list(issue)));
}
