//! Parting two issues: each keeps what it has, and a marker that says it is out of the sync for good.

use super::book::book;
use crate::model::{IssueKey, PerSide, Side};
use crate::plan::{Act, Field, LinkPlan, Step};
use crate::reconcile::comments::orders;
use crate::reconcile::desk::Desk;
use crate::reconcile::lone::{Remains, alone};
use crate::reconcile::pairing::claim::Tomb;
use crate::reconcile::pairing::{Pair, Pairing};

/// Both ends, as far as they carry markers: the state, which says what was commanded, last.
pub(crate) fn both(desk: &Desk<'_>, pair: &Pair, why: &str) -> Option<LinkPlan> {
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
    let mut book = book(desk, pair, &issues);
    book.footer = PerSide::default();
    Some(LinkPlan {
        link: pair.link.clone(),
        keys: PerSide::new(Some(pair.keys.left.clone()), Some(pair.keys.right.clone())),
        steps: steps.collect(),
        book,
    })
}

/// The other half of a link of which one half was parted: somebody stopped the run in between.
pub(crate) fn left_over(
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

/// Links that a run was parting on command when it was stopped: the command still stands, and is carried out to its end.
pub(crate) fn half_parted(desk: &mut Desk<'_>, pairing: &Pairing) -> Vec<LinkPlan> {
    let mut plans = Vec::new();
    if !desk.terms().sync.commands {
        return plans;
    }
    for (key, tomb) in pairing.claims.parted.get(Side::Left) {
        let Some((link, state)) = pairing.claims.states.get(&tomb.twin) else {
            continue;
        };
        let keys = PerSide::new(key.clone(), tomb.twin.clone());
        let ours = *link == tomb.link && state.ends.left.key.as_ref() == Some(key);
        if !ours || !desk.in_scope(link, PerSide::new(Some(&keys.left), Some(&keys.right))) {
            continue;
        }
        if orders::still_part(desk, &keys, state) {
            plans.extend(left_over(desk, pairing, Side::Left, key, tomb));
        }
    }
    plans
}
