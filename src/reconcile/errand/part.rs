//! Parting two issues: each keeps what it has, and a marker that says it is out of the sync for good.

use super::{keep_to, subject};
use crate::model::{IssueKey, Side};
use crate::plan::{Act, LinkPlan};
use crate::reconcile::desk::Desk;
use crate::reconcile::links::parting::{both, left_over};
use crate::reconcile::lone::{Remains, alone};
use crate::reconcile::pairing::Pairing;

const ASKED: &str = "parted by request";

/// Plans the parting of an issue that was named, and of its twin.
pub(crate) fn plan(desk: &mut Desk<'_>, pairing: &Pairing, side: Side, key: &IssueKey) -> Vec<LinkPlan> {
    keep_to(desk, &[(side, key)]);
    if subject(desk, side, key).is_none() {
        return Vec::new();
    }
    if let Some(pair) = pairing.pairs.iter().find(|pair| pair.keys.get(side) == key) {
        desk.out.plan.held.clear();
        return both(desk, pair, ASKED).into_iter().collect();
    }
    if let Some((link, origin, twin)) = pairing.claims.live(side, key) {
        desk.out.plan.held.clear();
        let rest = Remains {
            link,
            origin,
            side,
            key,
            twin: Some(twin),
        };
        return vec![alone(desk, &rest, Act::Part { close: false }, ASKED.to_owned())];
    }
    if let Some(tomb) = pairing.claims.parted.get(side).get(key) {
        return left_over(desk, pairing, side, key, tomb).into_iter().collect();
    }
    let hint = "look at its markers with `lockstep inspect`";
    desk.refuse(side, key, "it is not linked in this sync", hint);
    Vec::new()
}
