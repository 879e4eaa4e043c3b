//! Mending: only what is broken, each with its reason. A link that is mended is brought up to date as a whole, as a sync
//! would; the others are left as they are.

use std::collections::BTreeSet;

use crate::config::{Direction, Mode};
use crate::model::{Issue, IssueKey, LinkId, Side};
use crate::plan::{Act, Field, LinkPlan, Step};
use crate::reconcile::comments::surplus::{Kept, copied_twice, links_told, surplus};
use crate::reconcile::crossing::footer;
use crate::reconcile::desk::Desk;
use crate::reconcile::links::parting::left_over;
use crate::reconcile::links::{linked, widow};
use crate::reconcile::lone::{Remains, alone};
use crate::reconcile::pairing::claim::own_markers;
use crate::reconcile::pairing::trust::believed;
use crate::reconcile::pairing::{Pair, Pairing};

/// Plans everything that can be mended; what cannot is held.
pub(crate) fn plan(desk: &mut Desk<'_>, pairing: &Pairing) -> Vec<LinkPlan> {
    let mut plans = Vec::new();
    for pair in &pairing.pairs {
        plans.extend(mend(desk, pair));
    }
    plans.extend(pairing.losers.iter().map(|loser| widow::retire(desk, loser)));
    for widow in &pairing.widows {
        let plan = widow::plan(desk, &pairing.widows, widow);
        plans.extend(plan.or_else(|| copied_twice(desk, &Remains::of(widow))));
    }
    for side in Side::BOTH {
        if !desk.may_write(side.other()) {
            continue;
        }
        for (key, tomb) in pairing.claims.parted.get(side) {
            plans.extend(left_over(desk, pairing, side, key, tomb));
        }
    }
    plans.extend(copied(desk, pairing));
    plans.extend(strays(desk, pairing));
    plans
}

/// Issues of ours that lost their marker, and whose origin cannot be told any more: only their comments still say of what
/// link they were.
fn strays(desk: &mut Desk<'_>, pairing: &Pairing) -> Vec<LinkPlan> {
    let free = pairing.free.right.iter().filter_map(|key| desk.issue(Side::Right, key));
    let footed: Vec<&Issue> = free
        .filter(|issue| footer::stripped(issue) != issue.body.text)
        .collect();
    let mut plans = Vec::new();
    for issue in footed {
        if !believed(desk, Side::Right, &issue.key) {
            continue;
        }
        for link in links_told(desk, Side::Right, &issue.key) {
            let rest = Remains {
                link: &link,
                origin: Side::Left,
                side: Side::Right,
                key: &issue.key,
                twin: None,
            };
            plans.extend(copied_twice(desk, &rest));
        }
    }
    plans
}

/// A link that lacks a marker, or whose comments hold a copy too many.
fn mend(desk: &mut Desk<'_>, pair: &Pair) -> Option<LinkPlan> {
    let missing = lost(desk, pair);
    let surplus = has_surplus(desk, pair);
    if missing.is_empty() && !surplus {
        return None;
    }
    let mut plan = linked::plan(desk, pair, true)?;
    for step in &mut plan.steps {
        if matches!(step.act, Act::Update(_)) && missing.contains(&step.on) {
            tell(step, pair);
        }
    }
    Some(plan)
}

fn tell(step: &mut Step, pair: &Pair) {
    let lost = match step.on {
        Side::Left => "its pointer is missing",
        Side::Right => "its state marker is missing",
    };
    let alone = step.fields.iter().all(|field| *field == Field::Marker);
    let half = if pair.base().is_some() || step.on == Side::Left {
        ""
    } else {
        ", and what both sides hold equal is taken as agreed"
    };
    step.why = if alone {
        format!("{lost}{half}")
    } else {
        format!("{lost}{half}; {}", step.why)
    };
    step.fields.insert(Field::Marker);
}

/// The sides whose marker is missing.
fn lost(desk: &Desk<'_>, pair: &Pair) -> BTreeSet<Side> {
    let pointless = desk.terms().sync.mode == Mode::Mirror || desk.is_bare_on_left(&pair.keys.left);
    let left = (pair.pointer.is_none() && !pointless).then_some(Side::Left);
    let right = pair.state.is_none().then_some(Side::Right);
    [left, right].into_iter().flatten().collect()
}

/// Whether the comments of a pair hold a copy that is there twice or has no original any more and is to go. What stays,
/// because the file says so or because a person edited it, is held.
fn has_surplus(desk: &mut Desk<'_>, pair: &Pair) -> bool {
    if desk.terms().sync.fields.comments.direction == Direction::Off {
        return false;
    }
    let Some(surplus) = surplus(desk, pair) else {
        return false;
    };
    for (side, kept) in surplus.kept {
        let on = desk.at(side, pair.keys.get(side));
        let (code, what, hint) = match kept {
            Kept::Orphan(key) => (
                "copy-without-original",
                format!("comment {key} is a copy of one that is not there any more"),
                "delete it by hand if it shall go, or set `deletions: mirror` for comments",
            ),
            Kept::Edited(key) => (
                "copy-edited",
                format!("comment {key} is one copy too many and was edited, so it is not deleted"),
                "take what is worth keeping out of it, then delete it by hand",
            ),
        };
        desk.hold(code, on, what, hint);
    }
    surplus.goes
}

/// Markers of other issues, which came along when a body was copied.
fn copied(desk: &mut Desk<'_>, pairing: &Pairing) -> Vec<LinkPlan> {
    let mut found: BTreeSet<(Side, IssueKey)> = pairing.copies.iter().cloned().collect();
    for side in Side::BOTH {
        let keys = pairing.claims.copies.get(side).iter();
        found.extend(keys.map(|key| (side, key.clone())));
    }
    let mut plans = Vec::new();
    for (side, key) in found {
        let Some(issue) = desk.issue(side, &key).filter(|_| desk.may_write(side)) else {
            continue;
        };
        let is_elsewhere = |link: &LinkId| {
            let mut pairs = pairing.pairs.iter();
            // The one it was copied from may be gone by now.
            let mut widows = pairing.widows.iter();
            pairs.any(|pair| pair.link == *link && *pair.keys.get(side) != key)
                || widows.any(|widow| widow.link == *link && widow.side != side && widow.twin != key)
        };
        let keep = own_markers(desk, side, issue, is_elsewhere);
        let Some(gone) = issue.body.markers.iter().find(|marker| !keep.contains(marker)) else {
            continue;
        };
        let on = desk.at(side, &key).to_string();
        desk.out
            .plan
            .held
            .retain(|held| !["marker-copied", "marker-ambiguous"].contains(&held.code) || held.on != on);
        let rest = Remains {
            link: &gone.link,
            origin: Side::Left,
            side,
            key: &key,
            twin: None,
        };
        let why = "its marker is another issue's; it came along when the body was copied".to_owned();
        plans.push(alone(desk, &rest, Act::Unmark { keep }, why));
    }
    plans
}
