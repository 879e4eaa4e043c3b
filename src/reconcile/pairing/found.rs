//! What pairing finds: pairs, twins whose other half is gone, twins that lost a race.

use std::collections::BTreeSet;

use super::claims::Claims;
use crate::config::Mode;
use crate::model::{Base, IssueKey, LinkId, Lookup, Marks, PerSide, PointerMark, Side, StateMark};
use crate::reconcile::desk::{Desk, link_id};

/// Two issues that tell the same story.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    /// The link.
    pub(crate) link: LinkId,
    /// Both issues.
    pub(crate) keys: PerSide<IssueKey>,
    /// The side the story began on.
    pub(crate) origin: Side,
    /// The state marker on the right, if it is there.
    pub(crate) state: Option<Box<StateMark>>,
    /// The pointer on the left, if it is there.
    pub(crate) pointer: Option<Box<PointerMark>>,
    /// The twin had been retired, and stands again.
    pub(super) revived: bool,
}

impl Pair {
    /// The base, if there is one.
    pub(crate) fn base(&self) -> Option<&Base> {
        self.state.as_ref().map(|state| &state.base)
    }

    /// The run that made the twin seems to have been stopped before it recorded the link at the origin. (The marker there
    /// may have been taken out as well; the twin's own marker, never written since, does not tell.)
    pub(crate) fn is_half_made(&self, mode: Mode) -> bool {
        let first = |serial: u64| serial <= 1;
        mode == Mode::TwoWay
            && match self.origin {
                _ if self.revived => true,
                Side::Left => self.pointer.is_none() && self.state.as_ref().is_some_and(|mark| first(mark.serial)),
                Side::Right => self.state.is_none() && self.pointer.as_ref().is_some_and(|mark| first(mark.serial)),
            }
    }

    /// The serial number of the marker written last.
    pub(crate) fn serial(&self) -> u64 {
        let (state, pointer) = self.serials();
        state.max(pointer)
    }

    /// What the base says of this side's sets was asked for and never observed: the run that made the twin was stopped
    /// before it saw the answer. What is missing there was not kept, and nobody took it away.
    pub(crate) fn is_unobserved(&self, side: Side, mode: Mode) -> bool {
        self.is_half_made(mode) && self.origin == Side::Left && side == Side::Right
    }

    /// What the base saw of an element of a set, for a merge. What was asked for, is missing and was never observed counts
    /// as new on the other side: it is asked for once more, and that time somebody looks.
    pub(crate) fn observed(&self, mut had: PerSide<bool>, has: PerSide<bool>, mode: Mode) -> PerSide<bool> {
        for side in Side::BOTH {
            if *had.get(side) && !has.get(side) && self.is_unobserved(side, mode) {
                *had.get_mut(side) = false;
                *had.get_mut(side.other()) = !has.get(side.other());
            }
        }
        had
    }

    fn serials(&self) -> (u64, u64) {
        let state = self.state.as_ref().map_or(0, |mark| mark.serial);
        (state, self.pointer.as_ref().map_or(0, |mark| mark.serial))
    }

    /// How far the comments of a side are known: what the marker written last says.
    pub(crate) fn marks(&self, side: Side) -> Marks {
        let state = self.state.as_ref().map(|s| s.base.sides.get(side).marks.clone());
        let pointer = self.pointer.as_ref().map(|p| p.marks.get(side).clone());
        match (state, pointer) {
            (Some(state), Some(pointer)) => {
                let high = state.high.max(pointer.high);
                let (ours, theirs) = self.serials();
                let last = if ours >= theirs { state } else { pointer };
                Marks { high, ..last }
            }
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => Marks::default(),
        }
    }
}

/// A twin whose other half is gone.
#[derive(Clone, Debug)]
pub(crate) struct Widow {
    pub(crate) link: LinkId,
    pub(crate) origin: Side,
    pub(crate) side: Side,
    pub(crate) key: IssueKey,
    pub(crate) twin: IssueKey,
    pub(crate) gone: Lookup,
}

/// A twin that lost a race between two runs.
#[derive(Clone, Debug)]
pub(crate) struct Loser {
    pub(crate) link: LinkId,
    pub(crate) origin: Side,
    pub(crate) side: Side,
    pub(crate) key: IssueKey,
    pub(crate) survivor: IssueKey,
    /// The issue both claimed.
    pub(crate) twin: IssueKey,
}

/// Everything found out about who belongs to whom.
#[derive(Debug, Default)]
pub(crate) struct Pairing {
    pub(crate) pairs: Vec<Pair>,
    pub(crate) widows: Vec<Widow>,
    pub(crate) losers: Vec<Loser>,
    /// Unlinked issues.
    pub(crate) free: PerSide<BTreeSet<IssueKey>>,
    /// Issues that carry the marker of another one's link.
    pub(crate) copies: Vec<(Side, IssueKey)>,
    /// What the markers say, believed or not.
    pub(crate) claims: Claims,
}

/// The claims of one link.
pub(super) struct Group {
    pub(crate) origin: Side,
    /// The origin issue.
    pub(super) fixed: IssueKey,
    /// The twin that the marker on the origin issue names.
    pub(crate) named: Option<IssueKey>,
    /// Issues on the other side that claim the origin issue.
    pub(super) candidates: BTreeSet<IssueKey>,
}

/// The link an origin issue would have.
pub(crate) fn link_of(desk: &Desk<'_>, origin: Side, key: &IssueKey) -> LinkId {
    let world = desk.world.get(origin);
    link_id(&desk.terms().sync.name, &world.tracker, &world.project, key)
}
