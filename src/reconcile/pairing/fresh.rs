//! Pairs that no marker knows yet: two issues that a person names, or that have one title.

use super::claims::is_bare;
use super::found::{Pair, link_of};
use super::trust::{believed, signed};
use crate::config::Direction;
use crate::model::{IssueKey, Payload, PerSide, Side};
use crate::reconcile::desk::Desk;

/// A pair that has agreed on nothing yet; `None` when the next run would not believe in it, which is said.
pub(crate) fn fresh(desk: &mut Desk<'_>, keys: PerSide<IssueKey>, first: Side) -> Option<Pair> {
    let bare = desk.is_bare_on_left(&keys.left);
    // What carries no marker cannot be where the next run finds out who the twin is.
    let origin = if bare {
        Side::Left
    } else {
        told_by_copies(desk, &keys).unwrap_or(first)
    };
    if bare && !believed(desk, Side::Right, &keys.right) && !signed(desk) {
        if desk.world.right.account.is_some() {
            let twin = desk.at(Side::Left, &keys.left);
            let why = format!(
                "{twin} can carry no marker, and a marker here alone is believed only in an issue of our own account"
            );
            let hint = "set `signing_key:` in the mapping file, which makes a marker believed by its signature";
            desk.refuse(Side::Right, &keys.right, why, hint);
        }
        return None;
    }
    Some(Pair {
        link: link_of(desk, origin, keys.get(origin)),
        keys,
        origin,
        state: None,
        pointer: None,
        revived: false,
    })
}

/// The side a story began on, when the two were linked before: copies of comments still say so. Under another name of the
/// link they would not be known for copies, and made again.
fn told_by_copies(desk: &mut Desk<'_>, keys: &PerSide<IssueKey>) -> Option<Side> {
    if desk.terms().sync.fields.comments.direction == Direction::Off {
        return None;
    }
    let mut told = None;
    for on in Side::BOTH {
        let comments = desk.comments(on, keys.get(on)).unwrap_or_default();
        let copies = comments
            .iter()
            .flat_map(|comment| &comment.body.markers)
            .filter(|marker| matches!(marker.payload, Payload::Comment(_)));
        for marker in copies {
            let origin = Side::BOTH
                .into_iter()
                .find(|side| marker.link == link_of(desk, *side, keys.get(*side)));
            told = told.or(origin);
        }
    }
    told
}

impl Desk<'_> {
    /// Whether an issue of the left carries no marker though it may be linked.
    pub(crate) fn is_bare_on_left(&self, key: &IssueKey) -> bool {
        self.issue(Side::Left, key).is_some_and(|issue| is_bare(self, issue))
    }
}
