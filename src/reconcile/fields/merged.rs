//! What the merges of a pair's fields ask for, collected before the writes are put in order.

use std::collections::{BTreeMap, BTreeSet};

use super::question;
use crate::config::Policy;
use crate::model::{Issue, PerSide, Side, Turn};
use crate::plan::{Change, Field, Step};
use crate::reconcile::desk::Desk;
use crate::reconcile::pairing::Pair;

/// What the merges of a pair's fields ask for.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    /// The change of each side.
    pub(crate) change: PerSide<Change>,
    /// Why, per side and field.
    pub(crate) why: PerSide<BTreeMap<Field, String>>,
    /// Fields whose base stays as it was.
    pub(crate) frozen: BTreeSet<Field>,
    /// Writes that add time, which go alone.
    pub(crate) spend: Vec<Step>,
    /// Whether each side's footer tells something that is no longer so.
    pub(crate) footer: PerSide<bool>,
    /// Comments that keep texts about to be replaced.
    pub(crate) kept: Vec<Step>,
    /// Whether each side's body is a cut copy.
    pub(crate) cut: PerSide<bool>,
    /// Fields of which the base no longer says what the sides hold.
    pub(crate) stale: BTreeSet<Field>,
    /// How often each field has been written now, by the loop breaker's name of it, and the fields it stands for.
    pub(crate) turns: BTreeMap<String, (Turn, BTreeSet<Field>)>,
    /// The side whose values stand where there is no base, because the other one was being made of it.
    pub(crate) origin: Option<Side>,
    /// The side that won in an earlier run, which was stopped after it had kept what the other one says.
    pub(crate) ahead: Option<Side>,
}

impl Merged {
    /// Notes why a field of a side is written.
    pub(crate) fn because(&mut self, to: Side, field: Field, why: String) {
        self.why.get_mut(to).insert(field, why);
    }

    /// Notes whether the base still says what the sides hold.
    pub(super) fn compare(&mut self, field: Field, differs: bool) {
        if differs {
            self.stale.insert(field);
        }
    }

    /// Whether writing the base anew would change it: that of a field which has not settled stays as it is.
    pub(crate) fn is_stale(&self) -> bool {
        !self.stale.is_subset(&self.frozen)
    }

    /// The field has not settled: its base stays.
    pub(super) fn freeze(&mut self, field: Field) {
        self.frozen.insert(field);
    }

    /// The side whose value wins a conflict; `None` when a person has to decide.
    pub(crate) fn winner(
        &self,
        desk: &mut Desk<'_>,
        pair: &Pair,
        issues: &PerSide<&Issue>,
        field: Field,
    ) -> Option<Side> {
        if self.origin.is_some() {
            return self.origin;
        }
        match desk.terms().sync.conflicts {
            Policy::Prefer(side) => Some(side),
            Policy::Ask => question::ask(desk, pair, issues, field),
            // Keeping the losing text made its side the newer one.
            Policy::Newest if self.ahead.is_some() => self.ahead,
            Policy::Newest => {
                let at = |side: Side| issues.get(side).updated.map(jiff::Timestamp::as_second);
                Some(if at(Side::Right) > at(Side::Left) {
                    Side::Right
                } else {
                    Side::Left
                })
            }
        }
    }

    /// Holds a conflict that a person has to decide.
    pub(super) fn hold_conflict(&mut self, desk: &mut Desk<'_>, pair: &Pair, field: Field) {
        self.freeze(field);
        let (left, right) = (
            desk.at(Side::Left, &pair.keys.left),
            desk.at(Side::Right, &pair.keys.right),
        );
        desk.hold(
            "conflict",
            left,
            format!("{} was changed here and on {right}, differently", field.name()),
            "make both sides equal by hand, tick a box on the dashboard (`dashboard:`), comment `/lockstep keep <tracker>` \
             (`commands:`), or set `conflicts:` to `newest` or `prefer <tracker>`",
        );
    }
}

/// How the winner of a conflict came to win.
pub(crate) fn how(desk: &Desk<'_>) -> &'static str {
    match desk.terms().sync.conflicts {
        Policy::Newest => "is newer",
        Policy::Prefer(_) => "is preferred",
        Policy::Ask if desk.decided.is_some() => "was chosen in a comment",
        Policy::Ask => "was chosen on the dashboard",
    }
}
