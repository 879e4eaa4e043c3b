//! Twins whose state marker is gone while nothing at the origin says that there is one: in a mirror, and where a body
//! leaves no room for a pointer. The footer below such a twin is ours as well and still says whose it is.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::claims::is_bare;
use super::found::{Pair, Pairing, link_of};
use super::trust::{HOUR, believed, hold_lost, signed};
use crate::border;
use crate::model::{Issue, IssueKey, PerSide, Side};
use crate::reconcile::crossing::footer::{self, Origins};
use crate::reconcile::desk::Desk;

/// Takes back the twins that lost their marker. With a key nothing is believed that is not signed: there a person decides,
/// and until then the origin gets no other twin.
pub(super) fn take_back(desk: &mut Desk<'_>, out: &mut Pairing) {
    let free = out.free.left.iter().filter_map(|key| desk.issue(Side::Left, key));
    let bare = free.filter(|issue| issue.moved_to.is_none() && is_bare(desk, issue));
    let bare: BTreeSet<IssueKey> = bare.map(|issue| issue.key.clone()).collect();
    let origins = Origins::of(desk, Side::Left, bare.iter());
    let free = out.free.right.iter().filter_map(|key| desk.issue(Side::Right, key));
    let unmarked = free.filter(|twin| twin.moved_to.is_none());
    let named = unmarked.filter_map(|twin| {
        let origin = footer::all(&twin.body).find_map(|footer| origins.named_by(footer))?;
        let origin = desk.issue(Side::Left, origin)?;
        (!is_newer(origin, twin)).then_some((origin, twin))
    });
    let mut lost: Vec<(&Issue, &Issue)> = named.collect();
    // A body may have been pasted into another twin, footer and all: the one that has the title as well comes first.
    lost.sort_by_key(|(origin, twin)| border::restore(&twin.title).trim() != origin.title.trim());
    for (origin, twin) in lost {
        let keys = PerSide::new(origin.key.clone(), twin.key.clone());
        let link = link_of(desk, Side::Left, &keys.left);
        let in_scope = desk.in_scope(&link, PerSide::new(Some(&keys.left), Some(&keys.right)));
        if !in_scope || !believed(desk, Side::Right, &keys.right) {
            continue;
        }
        let is_first = out.free.left.remove(&keys.left);
        if is_first || signed(desk) {
            out.free.right.remove(&keys.right);
            hold(desk, &keys);
        }
        if !is_first || signed(desk) {
            continue;
        }
        out.pairs.push(Pair {
            link,
            keys,
            origin: Side::Left,
            state: None,
            pointer: None,
            revived: false,
        });
    }
}

/// Whether an issue was opened after what names it: then the number was given again.
pub(super) fn is_newer(origin: &Issue, twin: &Issue) -> bool {
    let second = |issue: &Issue| issue.created.map(Timestamp::as_second);
    matches!((second(origin), second(twin)), (Some(origin), Some(twin)) if origin > twin.saturating_add(HOUR))
}

fn hold(desk: &mut Desk<'_>, keys: &PerSide<IssueKey>) {
    let on = desk.at(Side::Right, &keys.right);
    let (left, right) = (desk.at(Side::Left, &keys.left), &on);
    if signed(desk) {
        let message =
            format!("its state marker is gone; its footer says that it is the twin of {left}, and nobody signed that");
        let hint = format!("if it is, join the two by `lockstep link {left} {right}`; if not, take the footer out");
        desk.hold("base-lost", &on, message, hint);
    } else {
        hold_lost(desk, &keys.right);
    }
}
