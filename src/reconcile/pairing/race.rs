//! Several twins of one issue, as two runs at once leave them: one stands for the link, the others are retired.

use std::cmp::Reverse;

use super::claims::Claims;
use super::found::{Group, Loser, Pairing, Widow};
use super::trust::{believed, hold_copy, is_as_old_as_its_marker};
use crate::model::{IssueKey, LinkId, Lookup};
use crate::reconcile::desk::Desk;

/// The twins that lost against `winner`; what may be a copy of one is held.
pub(super) fn retire_others(
    desk: &mut Desk<'_>,
    claims: &Claims,
    link: &LinkId,
    group: &Group,
    winner: &IssueKey,
    out: &mut Pairing,
) {
    let side = group.origin.other();
    for key in group.candidates.iter().filter(|key| *key != winner) {
        if !is_ours(desk, claims, link, group, key) {
            hold_copy(desk, side, key);
            out.copies.push((side, key.clone()));
            continue;
        }
        out.losers.push(Loser {
            link: link.clone(),
            origin: group.origin,
            side,
            key: key.clone(),
            survivor: winner.clone(),
            twin: group.fixed.clone(),
        });
    }
}

/// The twins of an origin that is gone: what becomes of one is for `on_delete` to say. Where nothing can tell any more
/// which of several was the one in use, it is the one that was written most often.
pub(super) fn bereave(
    desk: &mut Desk<'_>,
    claims: &Claims,
    link: &LinkId,
    group: &Group,
    gone: &Lookup,
    out: &mut Pairing,
) {
    let side = group.origin.other();
    let certain = matches!(gone, Lookup::Deleted | Lookup::Moved(_));
    let mut ours = Vec::new();
    for key in group
        .candidates
        .iter()
        .filter(|_| certain && group.candidates.len() > 1)
    {
        if is_ours(desk, claims, link, group, key) {
            ours.push(key);
        }
    }
    let last = ours
        .into_iter()
        .max_by_key(|key| (claims.serial(side, key), Reverse(*key)));
    if let Some(last) = last {
        retire_others(desk, claims, link, group, last, out);
    }
    let widows = group
        .candidates
        .iter()
        .filter(|key| last.is_none_or(|last| *key == last));
    out.widows.extend(widows.map(|key| Widow {
        link: link.clone(),
        origin: group.origin,
        side,
        key: key.clone(),
        twin: group.fixed.clone(),
        gone: gone.clone(),
    }));
}

/// The twin that takes the place of `named`, which the origin names, once that is gone: another one of ours that is left of
/// several. Where it is not certain that it is gone, the others are held instead, for it may come back; so is what may be
/// a copy of it.
pub(super) fn next_in_line(
    desk: &mut Desk<'_>,
    claims: &Claims,
    (link, group): (&LinkId, &Group),
    named: &IssueKey,
    gone: &Lookup,
    out: &mut Pairing,
) -> Option<IssueKey> {
    let side = group.origin.other();
    let mut ours: Vec<&IssueKey> = Vec::new();
    for key in &group.candidates {
        if is_ours(desk, claims, link, group, key) {
            ours.push(key);
        } else {
            hold_copy(desk, side, key);
            out.copies.push((side, key.clone()));
        }
    }
    let last = ours
        .iter()
        .max_by_key(|key| (claims.serial(side, key), Reverse(**key)))?;
    if matches!(gone, Lookup::Deleted | Lookup::Moved(_)) {
        return Some((*last).clone());
    }
    let origin = desk.at(group.origin, &group.fixed);
    let twin = desk.at(side, named);
    for key in ours {
        let on = desk.at(side, key);
        let hint = format!(
            "if {twin} is gone for good, part {origin} by `lockstep unlink {origin}` and join it to {on} by `lockstep link`"
        );
        desk.hold(
            "half-linked",
            on,
            format!("it was made for {origin} as well, whose twin {twin} cannot be seen"),
            hint,
        );
    }
    None
}

/// Whether a twin was made by a run, and when its marker says. One that another link names was not: its own marker was
/// overwritten by a copy.
fn is_ours(desk: &mut Desk<'_>, claims: &Claims, link: &LinkId, group: &Group, key: &IssueKey) -> bool {
    let side = group.origin.other();
    is_as_old_as_its_marker(desk.issue(side, key), claims.written(side, key))
        && !claims.is_anothers(side, key, link)
        && believed(desk, side, key)
}
