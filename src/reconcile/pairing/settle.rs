//! Who is whose twin: from the markers of both sides to pairs, with half-made links mended and lost races noticed.
//!
//! Every link has an origin issue, which fixes its id, and candidates on the other side: twins that claim it. The
//! marker on the origin issue decides between them. Where it is missing (the run that made the twin was stopped, or
//! somebody removed it), a candidate is believed only if our own account wrote it or it is signed.

use std::collections::{BTreeMap, BTreeSet};

use super::claims::{Claims, claims};
use super::found::{Group, Pair, Pairing, Widow};
use super::trust::{
    believed, gone, half_linked, hold_left, hold_newcomer, hold_parted, hold_replayed, is_lost_twin, is_newcomer,
    present,
};
use super::{doubtful, lost, race};
use crate::model::{IssueKey, LinkId, PerSide, Side};
use crate::reconcile::desk::Desk;

/// Pairs the issues of both sides.
pub(crate) fn pair(desk: &mut Desk<'_>) -> Pairing {
    let claims = claims(desk);
    let groups = groups(desk, &claims);
    let mut out = Pairing {
        free: claims.free.clone(),
        ..Pairing::default()
    };
    for (link, group) in groups {
        let fixed = Some(&group.fixed);
        let in_scope = [&group.named]
            .into_iter()
            .flatten()
            .chain(&group.candidates)
            .any(|key| {
                let keys = match group.origin {
                    Side::Left => PerSide::new(fixed, Some(key)),
                    Side::Right => PerSide::new(Some(key), fixed),
                };
                desk.in_scope(&link, keys)
            });
        if in_scope {
            settle(desk, &claims, &link, &group, &mut out);
        }
    }
    for key in claims.left_alone(desk) {
        out.free.left.remove(&key);
    }
    doubtful::keep_origins(desk, &claims, &mut out);
    lost::take_back(desk, &mut out);
    doubtful::keep_origins_of_losers(desk, &claims, &mut out);
    doubtful::keep_origins_of_torn(desk, &claims, &mut out);
    out.claims = claims;
    out
}

fn groups(desk: &Desk<'_>, claims: &Claims) -> BTreeMap<LinkId, Group> {
    let mut groups: BTreeMap<LinkId, Group> = BTreeMap::new();
    let states = claims
        .states
        .iter()
        .map(|(key, (link, m))| (Side::Right, key, link, &m.ends, m.origin));
    let pointers = claims
        .pointers
        .iter()
        .map(|(key, (link, m))| (Side::Left, key, link, &m.ends, m.origin));
    for (side, key, link, ends, origin) in states.chain(pointers) {
        let Some(fixed) = ends.get(origin).key.clone() else {
            continue;
        };
        let group = groups.entry(link.clone()).or_insert_with(|| Group {
            origin,
            fixed,
            named: None,
            candidates: BTreeSet::new(),
        });
        if side == origin {
            group.named.clone_from(&ends.get(side.other()).key);
        } else if present(desk, side, key) {
            group.candidates.insert(key.clone());
        } else {
            // The shell that a moved issue left behind still tells whose twin it was.
            group.named.get_or_insert_with(|| key.clone());
        }
    }
    groups
}

fn settle(desk: &mut Desk<'_>, claims: &Claims, link: &LinkId, group: &Group, out: &mut Pairing) {
    let fixed_side = group.origin;
    if !present(desk, fixed_side, &group.fixed) {
        let Some(gone) = gone(desk, fixed_side, &group.fixed) else {
            return;
        };
        race::bereave(desk, claims, link, group, &gone, out);
        return;
    }
    let Some(winner) = winner(desk, claims, link, group, out) else {
        return;
    };
    race::retire_others(desk, claims, link, group, &winner, out);
    let keys = match group.origin {
        Side::Left => PerSide::new(group.fixed.clone(), winner),
        Side::Right => PerSide::new(winner, group.fixed.clone()),
    };
    for side in Side::BOTH {
        out.free.get_mut(side).remove(keys.get(side));
    }
    if hold_replayed(desk, claims, &keys) {
        return;
    }
    let revived = claims
        .lost
        .get(group.origin.other())
        .contains_key(keys.get(group.origin.other()));
    // What a marker says of another twin, which lost a race, is not true of this one; nor is what was said before it lost.
    let is_of = |of: &LinkId, named: Option<&IssueKey>, twin: &IssueKey| !revived && of == link && named == Some(twin);
    let state = claims.states.get(&keys.right);
    let state = state.filter(|(of, mark)| is_of(of, mark.ends.left.key.as_ref(), &keys.left));
    let pointer = claims.pointers.get(&keys.left);
    let pointer = pointer.filter(|(of, mark)| is_of(of, mark.ends.right.key.as_ref(), &keys.right));
    out.pairs.push(Pair {
        link: link.clone(),
        state: state.map(|(_, mark)| mark.clone()),
        pointer: pointer.map(|(_, mark)| mark.clone()),
        keys,
        origin: group.origin,
        revived,
    });
}

/// The twin of the origin issue; `None` when it cannot be told (yet), which has then been said or asked.
fn winner(desk: &mut Desk<'_>, claims: &Claims, link: &LinkId, group: &Group, out: &mut Pairing) -> Option<IssueKey> {
    let twin_side = group.origin.other();
    if let Some(named) = &group.named {
        return named_twin(desk, claims, link, group, named, out);
    }
    if !origin_is_open_to_claims(desk, claims, group) {
        return None;
    }
    let misled: Vec<&IssueKey> = group
        .candidates
        .iter()
        .filter(|key| is_newcomer(desk, claims, link, twin_side, key, &group.fixed))
        .collect();
    for key in &misled {
        hold_newcomer(desk, twin_side, key, &group.fixed);
    }
    if !misled.is_empty() {
        out.free.get_mut(group.origin).remove(&group.fixed);
        return None;
    }
    let mut doubted = Vec::new();
    for key in &group.candidates {
        if believed(desk, twin_side, key) {
            return Some(key.clone());
        }
        doubted.push(key);
    }
    for key in doubted {
        half_linked(desk, twin_side, key);
    }
    // A twin it may have is no reason to make another.
    out.free.get_mut(group.origin).remove(&group.fixed);
    None
}

/// The twin that the marker on the origin issue names, or the one that stands for it since.
fn named_twin(
    desk: &mut Desk<'_>,
    claims: &Claims,
    link: &LinkId,
    group: &Group,
    named: &IssueKey,
    out: &mut Pairing,
) -> Option<IssueKey> {
    let twin_side = group.origin.other();
    if group.candidates.contains(named) {
        return Some(named.clone());
    }
    // Two runs at once: one made the origin name the very twin that the other one retired.
    let heir = claims
        .heir(twin_side, link, named)
        .filter(|_| present(desk, twin_side, named));
    if let Some(heir) = heir {
        let stands = heir == named || group.candidates.contains(heir);
        if stands && believed(desk, twin_side, heir) {
            return Some(heir.clone());
        }
        // What became of the heir counts as of a twin only where nobody but us can have said that it is the heir.
        if stands || !believed(desk, twin_side, named) {
            half_linked(desk, group.origin, &group.fixed);
            return None;
        }
    }
    let twin = heir.unwrap_or(named);
    if !present(desk, twin_side, twin) {
        if !claims.takes_part(group.origin, &group.fixed) {
            return None;
        }
        let gone = gone(desk, twin_side, twin)?;
        if let Some(rest) = race::next_in_line(desk, claims, (link, group), twin, &gone, out) {
            return Some(rest);
        }
        // In a mirror nothing on the left says that it was linked: it is not created anew for that.
        out.free.get_mut(group.origin).remove(&group.fixed);
        out.widows.push(Widow {
            link: link.clone(),
            origin: group.origin,
            side: group.origin,
            key: group.fixed.clone(),
            twin: twin.clone(),
            gone,
        });
        return None;
    }
    // The twin is there without its marker: somebody removed it, or a run was stopped before it was written.
    if claims.free.get(twin_side).contains(twin) {
        if is_newcomer(desk, claims, link, group.origin, &group.fixed, twin) {
            hold_newcomer(desk, group.origin, &group.fixed, twin);
            out.free.get_mut(twin_side).remove(twin);
            return None;
        }
        if is_lost_twin(desk, twin_side, twin, &group.fixed) {
            return Some(twin.clone());
        }
    }
    if heir.is_some() || claims.free.get(twin_side).contains(twin) {
        half_linked(desk, group.origin, &group.fixed);
        for key in &group.candidates {
            half_linked(desk, twin_side, key);
        }
        // What may be a twin is no new issue.
        out.free.get_mut(twin_side).remove(twin);
    } else if claims.went_over(twin_side, twin, link) {
        hold_left(desk, group.origin, &group.fixed, twin);
    } else if !claims.held.get(twin_side).contains(twin) {
        hold_parted(desk, group.origin, &group.fixed, twin);
    }
    None
}

/// An origin issue without a marker of this link must be without any: not parted, not held, not in another link.
fn origin_is_open_to_claims(desk: &mut Desk<'_>, claims: &Claims, group: &Group) -> bool {
    if claims.free.get(group.origin).contains(&group.fixed) {
        return true;
    }
    for key in &group.candidates {
        hold_parted(desk, group.origin.other(), key, &group.fixed);
    }
    false
}
