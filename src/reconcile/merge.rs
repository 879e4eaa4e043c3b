//! The three-way merge of one value and of one element of a set, as facts; policies come afterwards.

use crate::config::Direction;
use crate::model::{PerSide, Side};

/// What to do about one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Settled,
    /// Carry the other side's value to this side.
    Copy(Side),
    /// Both sides changed, differently.
    Clash,
}

/// Decides about one value. `changed` says per side whether it differs from what the base saw there, and is `None` when
/// there is no base. `equal` says whether both sides hold the same, translated.
///
/// Where neither side changed, differing sides stay as they are: the target could not hold the value, and asking again
/// would not help.
pub fn decide(direction: Direction, changed: Option<PerSide<bool>>, equal: bool) -> Verdict {
    if equal || direction == Direction::Off {
        return Verdict::Settled;
    }
    // Without a base every value counts as changed.
    let (left, right) = changed.map_or((true, true), |c| (c.left, c.right));
    match direction {
        Direction::To(side) if left || right => Verdict::Copy(side),
        Direction::Both if left && right => Verdict::Clash,
        Direction::Both if left => Verdict::Copy(Side::Right),
        Direction::Both if right => Verdict::Copy(Side::Left),
        Direction::Off | Direction::To(_) | Direction::Both => Verdict::Settled,
    }
}

/// Decides about one element of a set: whether both sides shall have it, or `None` to leave each as it is. `had` is
/// what the base saw, `None` without a base: then whatever is on one side is wanted on both. Elements cannot clash:
/// where both sides moved apart, the element stays.
pub fn keep_element(direction: Direction, had: Option<PerSide<bool>>, has: PerSide<bool>) -> Option<bool> {
    let Some(had) = had else {
        return match direction {
            Direction::Off => None,
            Direction::Both => (has.left || has.right).then_some(true),
            Direction::To(side) => has.get(side.other()).then_some(true),
        };
    };
    let changed = PerSide::new(had.left != has.left, had.right != has.right);
    match direction {
        Direction::Off => None,
        Direction::Both => match (changed.left, changed.right) {
            (false, false) => None,
            (true, false) => Some(has.left),
            (false, true) => Some(has.right),
            (true, true) => Some(has.left || has.right),
        },
        Direction::To(side) => {
            let source = side.other();
            let concerns = *has.get(source) || *had.get(source);
            (concerns && (changed.left || changed.right)).then_some(*has.get(source))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOLS: [bool; 2] = [false, true];

    fn cases() -> impl Iterator<Item = (PerSide<bool>, PerSide<bool>)> {
        let pairs = || {
            BOOLS
                .into_iter()
                .flat_map(|l| BOOLS.into_iter().map(move |r| PerSide::new(l, r)))
        };
        pairs().flat_map(move |had| pairs().map(move |has| (had, has)))
    }

    fn flip(p: PerSide<bool>) -> PerSide<bool> {
        PerSide::new(p.right, p.left)
    }

    fn apply(direction: Direction, had: Option<PerSide<bool>>, has: PerSide<bool>) -> PerSide<bool> {
        match keep_element(direction, had, has) {
            None => has,
            Some(keep) => has.map(|side, now| if direction.reaches(side) { keep } else { now }),
        }
    }

    #[test]
    fn elements_merge_the_same_from_both_sides() {
        for (had, has) in cases() {
            let here = apply(Direction::Both, Some(had), has);
            let there = apply(Direction::Both, Some(flip(had)), flip(has));
            assert_eq!(here, flip(there), "{had:?} {has:?}");
        }
    }

    #[test]
    fn a_second_merge_changes_nothing() {
        for direction in [
            Direction::Both,
            Direction::To(Side::Left),
            Direction::To(Side::Right),
            Direction::Off,
        ] {
            for (had, has) in cases() {
                let after = apply(direction, Some(had), has);
                assert_eq!(
                    apply(direction, Some(after), after),
                    after,
                    "{direction:?} {had:?} {has:?}"
                );
            }
        }
    }

    #[test]
    fn the_side_that_moved_wins_over_the_side_that_did_not() {
        for agreed in BOOLS {
            for moved in BOOLS {
                let had = PerSide::new(agreed, agreed);
                let after = apply(Direction::Both, Some(had), PerSide::new(moved, agreed));
                assert_eq!(after, PerSide::new(moved, moved));
            }
        }
    }

    #[test]
    fn one_way_never_changes_the_source() {
        for side in Side::BOTH {
            for (had, has) in cases() {
                let after = apply(Direction::To(side), Some(had), has);
                assert_eq!(after.get(side.other()), has.get(side.other()));
            }
        }
    }

    #[test]
    fn without_a_base_sets_are_united() {
        for (_, has) in cases() {
            let after = apply(Direction::Both, None, has);
            assert_eq!(
                (after.left, after.right),
                (has.left || has.right, has.left || has.right)
            );
        }
    }

    #[test]
    fn values_are_decided_by_who_changed() {
        use Verdict::{Clash, Copy, Settled};
        let both = |l, r| decide(Direction::Both, Some(PerSide::new(l, r)), false);
        assert_eq!(both(true, false), Copy(Side::Right));
        assert_eq!(both(false, true), Copy(Side::Left));
        assert_eq!(both(true, true), Clash);
        assert_eq!(both(false, false), Settled);
        assert_eq!(decide(Direction::Both, None, false), Clash);
        assert_eq!(decide(Direction::Both, None, true), Settled);
        for changed in [
            PerSide::new(true, false),
            PerSide::new(false, true),
            PerSide::new(true, true),
        ] {
            assert_eq!(
                decide(Direction::To(Side::Right), Some(changed), false),
                Copy(Side::Right)
            );
            assert_eq!(decide(Direction::Off, Some(changed), false), Settled);
        }
        assert_eq!(
            decide(Direction::To(Side::Right), Some(PerSide::new(false, false)), false),
            Settled
        );
    }
}
