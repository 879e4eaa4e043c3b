//! What the markers of both sides claim, issue by issue, before anybody is believed to be anybody's twin.

use std::collections::{BTreeMap, BTreeSet};

use super::claim::{Claim, Tomb, claim, heir, tomb};
use crate::config::Mode;
use crate::model::{Issue, IssueKey, LinkId, PerSide, PointerMark, Side, StateMark};
use crate::reconcile::crossing;
use crate::reconcile::desk::Desk;

/// Every issue by what it claims.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    pub(crate) states: BTreeMap<IssueKey, (LinkId, Box<StateMark>)>,
    pub(super) pointers: BTreeMap<IssueKey, (LinkId, Box<PointerMark>)>,
    pub(crate) free: PerSide<BTreeSet<IssueKey>>,
    /// Issues that were parted.
    pub(crate) parted: PerSide<BTreeMap<IssueKey, Tomb>>,
    /// Twins that lost a race: the link, and the one that stands for it instead.
    pub(crate) lost: PerSide<BTreeMap<IssueKey, (LinkId, IssueKey)>>,
    /// Twins that another sync made.
    pub(crate) onward: PerSide<BTreeSet<IssueKey>>,
    /// Issues held because their markers are not to be believed.
    pub(crate) held: PerSide<BTreeSet<IssueKey>>,
    /// Those of them whose marker belongs, or may belong, to another issue.
    pub(crate) copies: PerSide<BTreeSet<IssueKey>>,
    /// Dashboards.
    pub(crate) boards: PerSide<BTreeSet<IssueKey>>,
}

impl Claims {
    /// When the marker of an issue was written, as far as it says.
    pub(crate) fn written(&self, side: Side, key: &IssueKey) -> i64 {
        match side {
            Side::Left => self.pointers.get(key).map_or(0, |(_, mark)| mark.marks.right.seen),
            Side::Right => self.states.get(key).map_or(0, |(_, mark)| mark.base.when),
        }
    }

    /// When both sides agreed last, as the marker of an issue says.
    pub(crate) fn agreed(&self, side: Side, key: &IssueKey) -> Option<i64> {
        match side {
            Side::Left => Some(self.pointers.get(key)?.1.knew?.when),
            Side::Right => Some(self.states.get(key)?.1.base.when),
        }
    }

    /// The serial number of an issue's marker.
    pub(crate) fn serial(&self, side: Side, key: &IssueKey) -> u64 {
        match side {
            Side::Left => self.pointers.get(key).map_or(0, |(_, mark)| mark.serial),
            Side::Right => self.states.get(key).map_or(0, |(_, mark)| mark.serial),
        }
    }

    /// Whether an issue is linked or free: not parted, held, or another sync's.
    pub(super) fn takes_part(&self, side: Side, key: &IssueKey) -> bool {
        self.live(side, key).is_some() || self.free.get(side).contains(key)
    }

    /// The link an issue claims, the side that began on, and the twin it names.
    pub(crate) fn live(&self, side: Side, key: &IssueKey) -> Option<(&LinkId, Side, &IssueKey)> {
        match side {
            Side::Left => {
                let (link, mark) = self.pointers.get(key)?;
                Some((link, mark.origin, mark.ends.right.key.as_ref()?))
            }
            Side::Right => {
                let (link, mark) = self.states.get(key)?;
                Some((link, mark.origin, mark.ends.left.key.as_ref()?))
            }
        }
    }

    /// Whether the marker of an issue on the other side, of another link, names this one.
    pub(super) fn is_anothers(&self, side: Side, key: &IssueKey, link: &LinkId) -> bool {
        match side {
            Side::Left => {
                let mut states = self.states.values();
                states.any(|(of, mark)| of != link && mark.ends.left.key.as_ref() == Some(key))
            }
            Side::Right => {
                let mut pointers = self.pointers.values();
                pointers.any(|(of, mark)| of != link && mark.ends.right.key.as_ref() == Some(key))
            }
        }
    }

    /// Whether an issue takes part in another link, or lost a race for one.
    pub(super) fn went_over(&self, side: Side, key: &IssueKey, link: &LinkId) -> bool {
        let live = self.live(side, key).map(|(of, _, _)| of);
        let lost = self.lost.get(side).get(key).map(|(of, _)| of);
        live.or(lost).is_some_and(|of| of != link)
    }

    /// Who stands for a link in place of a twin that lost a race: the last one that was not retired in its turn. Where each
    /// of them was retired for another one, all of them lost, and it is the first again.
    pub(crate) fn heir<'a>(&'a self, side: Side, link: &LinkId, loser: &'a IssueKey) -> Option<&'a IssueKey> {
        let next = |key: &IssueKey| self.lost.get(side).get(key).filter(|(of, _)| of == link);
        let mut heir = &next(loser)?.1;
        let mut met = BTreeSet::from([loser]);
        while let Some((_, other)) = next(heir) {
            if !met.insert(heir) {
                return Some(loser);
            }
            heir = other;
        }
        Some(heir)
    }

    /// Issues of the left that carry no marker and whose twin was parted: they get no other one. One that was opened
    /// since has but the number in common.
    pub(super) fn left_alone(&self, desk: &Desk<'_>) -> BTreeSet<IssueKey> {
        let tombs = self.parted.right.values().filter(|tomb| tomb.origin == Side::Left);
        let bare = tombs.filter(|tomb| {
            let issue = desk.issue(Side::Left, &tomb.twin);
            issue.is_some_and(|issue| {
                let is_new = issue.created.is_some_and(|at| at.as_second() > tomb.when);
                is_bare(desk, issue) && !is_new
            })
        });
        bare.map(|tomb| tomb.twin.clone()).collect()
    }
}

/// Whether an issue of the left carries no marker though it may be linked: in a mirror, and where a body leaves no room.
pub(crate) fn is_bare(desk: &Desk<'_>, issue: &Issue) -> bool {
    desk.terms().sync.mode == Mode::Mirror || !crossing::has_room_for_marker(desk, Side::Left, issue)
}

/// Reads the markers of every issue; holds those that are not to be believed.
pub(crate) fn claims(desk: &mut Desk<'_>) -> Claims {
    let mut claims = Claims::default();
    for side in Side::BOTH {
        let world = desk.world.get(side);
        for issue in world.every_issue() {
            let key = issue.key.clone();
            match claim(desk, side, issue) {
                Claim::Free if desk.aside.contains(&(side, key.clone())) => {}
                Claim::Free => {
                    claims.free.get_mut(side).insert(key);
                }
                Claim::State(link, mark) => {
                    claims.states.insert(key, (link, mark));
                }
                Claim::Pointer(link, mark) => {
                    claims.pointers.insert(key, (link, mark));
                }
                Claim::Onward => {
                    claims.onward.get_mut(side).insert(key);
                }
                Claim::Retired => {
                    if let Some(heir) = heir(desk, issue) {
                        claims.lost.get_mut(side).insert(key, heir);
                    } else if let Some(tomb) = tomb(desk, side, issue) {
                        claims.parted.get_mut(side).insert(key, tomb);
                    }
                }
                Claim::Board => {
                    claims.boards.get_mut(side).insert(key);
                }
                Claim::Held { copied } => {
                    if copied {
                        claims.copies.get_mut(side).insert(key.clone());
                    }
                    claims.held.get_mut(side).insert(key);
                }
            }
        }
    }
    claims
}
