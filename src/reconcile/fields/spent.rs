//! Time spent: what each side added since the last agreement is added to the other.
//!
//! Adding is the one write that must not be repeated. So the marker first says what is about to be added to what; the
//! next run then sees whether it was, whatever became of the run that said so.

use super::merged::Merged;
use crate::model::{Base, Intent, Issue, PerSide, PlanningChange, Side};
use crate::plan::{Act, Book, Change, Field, Step, duration};
use crate::reconcile::desk::{Desk, Need};
use crate::reconcile::pairing::Pair;

/// What is merged already, and what is to be added to each side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spent {
    /// Seconds that are merged.
    pub(crate) merged: PerSide<Option<u64>>,
    /// What to add.
    pub(crate) intents: PerSide<Option<Intent>>,
}

/// What a pair's base says of time, brought up to what was done since; `None` where it says nothing.
fn merged(desk: &mut Desk<'_>, pair: &Pair, base: &Base, now: &PerSide<u64>) -> Option<PerSide<u64>> {
    let (Some(left), Some(right)) = (base.sides.left.spent, base.sides.right.spent) else {
        return None;
    };
    let mut merged = PerSide::new(left, right);
    for side in Side::BOTH {
        if let Some(intent) = *base.intents.get(side)
            && is_done(desk, pair, side, intent, *now.get(side))
        {
            merged = merged.map(|_, seconds| seconds.saturating_add_signed(intent.add));
        }
    }
    Some(merged)
}

/// Whether a run that was stopped had added what it noted. Whether the total has moved or not, people may have moved it, or
/// moved it back: the service is asked who did. One that does not tell is taken at its total, and when that fits neither
/// way a person is told.
fn is_done(desk: &mut Desk<'_>, pair: &Pair, side: Side, intent: Intent, now: u64) -> bool {
    let key = pair.keys.get(side);
    match desk.world.get(side).logged.get(key) {
        Some(last) => {
            if let Some(done) = intent.is_followed(*last) {
                return done;
            }
        }
        None => desk.need(Need::Logged(side, key.clone())),
    }
    let done = now != intent.from && intent.is_done(now);
    if done && now != intent.from.saturating_add_signed(intent.add) {
        let on = desk.at(side, key);
        let time = duration(intent.add.unsigned_abs()).unwrap_or_default();
        desk.hold(
            "time-unclear",
            on,
            format!("a run was stopped while it added {time}, and time was logged since; it is taken for added"),
            "compare the time spent on both sides, and log what is missing",
        );
    }
    done
}

/// What each side needs, given what is merged. `reaches` says which sides may be written.
fn needed(merged: &PerSide<u64>, now: &PerSide<u64>, reaches: PerSide<bool>) -> Spent {
    let mut spent = Spent::default();
    for to in Side::BOTH {
        let from = to.other();
        let (here, there) = (i128::from(*now.get(to)), i128::from(*now.get(from)));
        // Not more than there is can be taken off.
        let add = (there - i128::from(*merged.get(from))).max(-here);
        let add = if *reaches.get(to) {
            i64::try_from(add).unwrap_or(0)
        } else {
            0
        };
        if add != 0 {
            *spent.intents.get_mut(to) = Some(Intent {
                from: *now.get(to),
                add,
                at: 0,
                run: 0,
                after: None,
            });
        }
        // What is to be added counts as merged once it is there; what nobody takes is done with.
        *spent.merged.get_mut(from) = Some(u64::try_from(there - i128::from(add)).unwrap_or(0));
    }
    spent
}

/// Merges the time spent on a pair.
pub(crate) fn merge(desk: &mut Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>, out: &mut Merged) -> Spent {
    if !Book::merges_time(desk.terms(), &desk.rules.profiles) {
        return Spent::default();
    }
    let now = issues.map(|_, issue| issue.planning.spent);
    let merged = match pair.base() {
        Some(base) => merged(desk, pair, base, &now),
        // The run that made the twin was stopped before it could note what to add: a twin without time was given none, and
        // of an origin without time there was none to give.
        None if pair.is_half_made(desk.terms().sync.mode) && (now.left == 0 || now.right == 0) => {
            Some(PerSide::new(0, 0))
        }
        None => None,
    };
    let Some(merged) = merged else {
        // Nothing tells what grew: from here on it does.
        out.compare(Field::TimeSpent, true);
        return Spent {
            merged: PerSide::new(Some(now.left), Some(now.right)),
            intents: PerSide::default(),
        };
    };
    let direction = desk.terms().sync.fields.time_spent.direction;
    let reaches = PerSide::new(direction.reaches(Side::Left), direction.reaches(Side::Right));
    let spent = needed(&merged, &now, reaches);
    let differs = pair.base().is_none_or(|base| {
        base.intents != PerSide::default()
            || Side::BOTH
                .into_iter()
                .any(|side| base.sides.get(side).spent != *spent.merged.get(side))
    });
    out.compare(Field::TimeSpent, differs);
    for to in Side::BOTH {
        let Some(intent) = spent.intents.get(to) else { continue };
        let add = step(desk, to, intent.add);
        out.spend.push(add);
    }
    if spent.intents != PerSide::default() {
        let values = now.map(|_, spent| spent.to_string());
        desk.differs(pair, Field::TimeSpent.name(), Field::TimeSpent, values);
    }
    spent
}

/// The write that adds time to a side.
pub(crate) fn step(desk: &Desk<'_>, to: Side, seconds: i64) -> Step {
    let from = desk.tracker(to.other());
    let time = duration(seconds.unsigned_abs()).unwrap_or_default();
    let more = if seconds < 0 { "less" } else { "more" };
    let why = format!("{time} {more} spent on {from}");
    let planning = PlanningChange {
        spend: Some(seconds),
        ..PlanningChange::default()
    };
    Step {
        on: to,
        act: Act::Update(Change {
            planning,
            ..Change::default()
        }),
        fields: [Field::TimeSpent].into(),
        why,
    }
}

/// The time of a new twin: none yet, and all that its origin has about to be added.
pub(crate) fn carry(desk: &Desk<'_>, from: Side, issue: &Issue) -> Spent {
    if !Book::merges_time(desk.terms(), &desk.rules.profiles) {
        return Spent::default();
    }
    let direction = desk.terms().sync.fields.time_spent.direction;
    let reaches = PerSide::new(direction.reaches(Side::Left), direction.reaches(Side::Right));
    let mut now = PerSide::new(0, 0);
    *now.get_mut(from) = issue.planning.spent;
    let spent = needed(&PerSide::new(0, 0), &now, reaches);
    let first = |intent| Intent {
        after: Some(0),
        ..intent
    };
    Spent {
        intents: spent.intents.map(|_, intent| intent.map(first)),
        ..spent
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BOTH: PerSide<bool> = PerSide {
        left: true,
        right: true,
    };

    /// What a run that is stopped after some of its writes leaves behind, seen by the next one.
    fn next(spent: &Spent, now: &PerSide<u64>, done: PerSide<bool>) -> (PerSide<u64>, PerSide<u64>) {
        let mut now = *now;
        let mut merged = PerSide::new(spent.merged.left.unwrap(), spent.merged.right.unwrap());
        for side in Side::BOTH {
            let Some(intent) = spent.intents.get(side) else {
                continue;
            };
            if *done.get(side) {
                *now.get_mut(side) = now.get(side).checked_add_signed(intent.add).unwrap();
            }
            if intent.is_done(*now.get(side)) {
                merged = merged.map(|_, seconds| seconds.saturating_add_signed(intent.add));
            }
        }
        (merged, now)
    }

    proptest! {
        /// Wherever a run is stopped, the totals end as if it had not been.
        #[test]
        fn nothing_is_counted_twice(
            agreed in 0u64..10_000, apart in 0u64..500, grown in (0u64..5_000, 0u64..5_000), done in any::<(bool, bool)>(),
        ) {
            let merged = PerSide::new(agreed, agreed + apart);
            let now = PerSide::new(agreed + grown.0, agreed + apart + grown.1);
            let first = needed(&merged, &now, BOTH);
            let (merged, now) = next(&first, &now, PerSide::new(done.0, done.1));
            let second = needed(&merged, &now, BOTH);
            let (merged, now) = next(&second, &now, BOTH);
            prop_assert_eq!(needed(&merged, &now, BOTH).intents, PerSide::default());
            prop_assert_eq!(now.left, agreed + grown.0 + grown.1);
            prop_assert_eq!(now.right, agreed + apart + grown.0 + grown.1);
        }
    }

    #[test]
    fn time_that_was_taken_back_is_taken_back_there_too() {
        let spent = needed(&PerSide::new(100, 100), &PerSide::new(40, 100), BOTH);
        assert_eq!(
            spent.intents.right,
            Some(Intent {
                from: 100,
                add: -60,
                at: 0,
                run: 0,
                after: None,
            })
        );
        assert_eq!(spent.intents.left, None);
        // Not more than there is.
        let spent = needed(&PerSide::new(100, 30), &PerSide::new(0, 30), BOTH);
        assert_eq!(
            spent.intents.right,
            Some(Intent {
                from: 30,
                add: -30,
                at: 0,
                run: 0,
                after: None,
            })
        );
        let (merged, now) = next(&spent, &PerSide::new(0, 30), BOTH);
        assert_eq!(needed(&merged, &now, BOTH).intents, PerSide::default());
    }

    #[test]
    fn one_way_leaves_the_source_alone() {
        let right = PerSide::new(false, true);
        let spent = needed(&PerSide::new(10, 10), &PerSide::new(15, 90), right);
        assert_eq!(spent.intents.left, None);
        assert_eq!(
            spent.intents.right,
            Some(Intent {
                from: 90,
                add: 5,
                at: 0,
                run: 0,
                after: None,
            })
        );
        let (merged, now) = next(&spent, &PerSide::new(15, 90), BOTH);
        assert_eq!(needed(&merged, &now, right).intents, PerSide::default());
        assert_eq!(now, PerSide::new(15, 95));
    }
}
