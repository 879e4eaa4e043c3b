//! Parting two issues: each keeps what it has, and a marker that says it is out of the sync for good.

use super::super::claims::Tomb;
use super::super::pair::{Pair, Pairing};
use super::super::widow::{Remains, alone};
use super::super::{Desk, link};
use super::{keep_to, refuse, subject};
use crate::model::{IssueKey, PerSide, Side};
use crate::plan::{Act, Field, LinkPlan, Step};

const ASKED: &str = "parted by request";

/// Plans the parting of an issue that was named, and of its twin.
pub(in super::super) fn plan(desk: &mut Desk<'_>, pairing: &Pairing, side: Side, key: &IssueKey) -> Vec<LinkPlan> {
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
    refuse(desk, side, key, "it is not linked in this sync", hint);
    Vec::new()
}

/// Both ends, as far as they carry markers: the state, which says what was commanded, last.
pub(in super::super) fn both(desk: &Desk<'_>, pair: &Pair, why: &str) -> Option<LinkPlan> {
    let issues = PerSide::new(
        desk.issue(Side::Left, &pair.keys.left)?,
        desk.issue(Side::Right, &pair.keys.right)?,
    );
    let bare = desk.is_bare_on_left(&pair.keys.left) && pair.pointer.is_none();
    // A half that is parted alone keeps the other one from being taken for unlinked.
    let sides = [Side::Left, Side::Right]
        .into_iter()
        .filter(|side| *side == Side::Right || !bare);
    let steps = sides.map(|on| Step {
        on,
        act: Act::Part { close: false },
        fields: [Field::Marker].into(),
        why: why.to_owned(),
    });
    let mut book = link::book(desk, pair, &issues);
    book.footer = PerSide::default();
    Some(LinkPlan {
        link: pair.link.clone(),
        keys: PerSide::new(Some(pair.keys.left.clone()), Some(pair.keys.right.clone())),
        steps: steps.collect(),
        book,
    })
}

/// The other half of a link of which one half was parted: somebody stopped the run in between.
pub(in super::super) fn left_over(
    desk: &mut Desk<'_>,
    pairing: &Pairing,
    side: Side,
    key: &IssueKey,
    tomb: &Tomb,
) -> Option<LinkPlan> {
    let there = side.other();
    let (link, origin, named) = pairing.claims.live(there, &tomb.twin)?;
    if *link != tomb.link || named != key {
        return None;
    }
    let parted = desk.at(side, key);
    let on = desk.at(there, &tomb.twin).to_string();
    desk.out
        .plan
        .held
        .retain(|held| held.code != "link-parted" || held.on != on);
    let rest = Remains {
        link,
        origin,
        side: there,
        key: &tomb.twin,
        twin: Some(key),
    };
    let why = format!("its twin {parted} was parted");
    Some(alone(desk, &rest, Act::Part { close: false }, why))
}
