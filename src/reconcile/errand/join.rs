//! Joining two issues that a person says belong together.
//!
//! Nothing is known of what they once agreed on: what is equal counts as agreed, sets are united, and for the rest the
//! conflict policy decides, as when issues of equal title are joined.

use super::{keep_to, subject};
use crate::model::{IssueKey, PerSide, Side};
use crate::plan::LinkPlan;
use crate::reconcile::crossing;
use crate::reconcile::desk::{Desk, REFUSED};
use crate::reconcile::links::linked;
use crate::reconcile::pairing::{Pairing, fresh};

/// Plans the link of two issues that were named.
pub(crate) fn plan(desk: &mut Desk<'_>, pairing: &Pairing, keys: &PerSide<IssueKey>, first: Side) -> Vec<LinkPlan> {
    keep_to(desk, &[(Side::Left, &keys.left), (Side::Right, &keys.right)]);
    desk.out.plan.linked = 0;
    if let Some(pair) = pairing.pairs.iter().find(|pair| pair.keys == *keys) {
        desk.out.plan.linked = 1;
        let whole = pair.state.is_some() && (pair.pointer.is_some() || desk.is_bare_on_left(&keys.left));
        return if whole {
            Vec::new()
        } else {
            linked::plan(desk, pair, true).into_iter().collect()
        };
    }
    let both = Side::BOTH.map(|side| may_join(desk, pairing, side, keys));
    if both != [true, true] {
        return Vec::new();
    }
    // A half-made link between them that is not believed is joined anew, now that a person vouches for it.
    desk.out.plan.held.retain(|held| held.code == REFUSED);
    let began = [(Side::Left, &keys.left), (Side::Right, &keys.right)]
        .into_iter()
        .find_map(|(side, key)| {
            let parted = pairing.claims.parted.get(side).get(key);
            let parted = parted.filter(|tomb| tomb.twin == *keys.get(side.other()));
            let live = pairing.claims.live(side, key).map(|(_, origin, _)| origin);
            live.or(parted.map(|tomb| tomb.origin))
        });
    let Some(pair) = fresh(desk, keys.clone(), began.unwrap_or(first)) else {
        return Vec::new();
    };
    desk.out.plan.linked = 1;
    desk.twins.left.insert(keys.left.clone(), keys.right.clone());
    desk.twins.right.insert(keys.right.clone(), keys.left.clone());
    linked::plan(desk, &pair, true).into_iter().collect()
}

/// Whether an issue that was named can be joined to the other one; says why not.
fn may_join(desk: &mut Desk<'_>, pairing: &Pairing, side: Side, keys: &PerSide<IssueKey>) -> bool {
    let (key, other) = (keys.get(side), keys.get(side.other()));
    let Some(issue) = subject(desk, side, key) else {
        return false;
    };
    let claims = &pairing.claims;
    let on = desk.at(side, key);
    if issue.confidential && !desk.terms().sync.confidential {
        let hint = "make it public, or set `confidential: allow` for this sync";
        desk.refuse(side, key, "it is confidential, so nothing of it may cross", hint);
        return false;
    }
    if side == Side::Right && !crossing::has_room_for_marker(desk, side, issue) {
        let why = "its body is so long that the state of a link does not fit below it";
        desk.refuse(side, key, why, "shorten the body by 2,000 characters");
        return false;
    }
    let paired = pairing.pairs.iter().find(|pair| pair.keys.get(side) == key);
    let twin = paired.map(|pair| pair.keys.get(side.other()));
    let named = claims.live(side, key).map(|(_, _, twin)| twin);
    if let Some(twin) = twin.or(named).filter(|twin| *twin != other) {
        let why = format!("it is linked to {}", desk.at(side.other(), twin));
        desk.refuse(side, key, why, format!("part it first: `lockstep unlink {on}`"));
        return false;
    }
    // A twin that another sync made is not carried onward by itself; a person may do so.
    let free = claims.free.get(side).contains(key)
        || claims.onward.get(side).contains(key)
        || claims.parted.get(side).contains_key(key);
    if named.is_some() || free {
        return true;
    }
    let why = "its markers keep it from being linked";
    let hint = "look at them with `lockstep inspect`, and take the marker line out if it may be linked anew";
    desk.refuse(side, key, why, hint);
    false
}
