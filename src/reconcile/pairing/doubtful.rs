//! Issues that may be twins though nobody believes their markers: a key was set, the sync or a project renamed, a marker
//! edited. Where nothing at the origin says that it is linked, it gets no other twin for that.

use std::collections::{BTreeMap, BTreeSet};

use super::claim::{named, written};
use super::claims::Claims;
use super::found::{Pair, Pairing, link_of};
use super::lost::is_newer;
use super::trust::{believed, gone, hold_lost, is_as_old_as_its_marker, is_lost_twin, present};
use crate::model::{Body, Issue, IssueKey, LinkId, Lookup, PerSide, Side};
use crate::reconcile::crossing::footer::{self, Origins};
use crate::reconcile::desk::{Desk, Need};

/// Keeps the origins of such issues from getting a twin.
pub(super) fn keep_origins(desk: &mut Desk<'_>, claims: &Claims, out: &mut Pairing) {
    for side in Side::BOTH {
        let free = out.free.get(side.other());
        let mut kept = of_held(desk, claims, side, free);
        kept.extend(of_boards(desk, claims, side, free));
        for key in kept {
            out.free.get_mut(side.other()).remove(&key);
        }
    }
}

/// The same where only pieces of a marker are left, in an issue that nobody took back.
pub(super) fn keep_origins_of_torn(desk: &mut Desk<'_>, claims: &Claims, out: &mut Pairing) {
    for side in Side::BOTH {
        let torn: Vec<&Issue> = {
            let free = out.free.get(side).iter().filter_map(|key| desk.issue(side, key));
            free.filter(|issue| !issue.body.remains.is_empty()).collect()
        };
        if torn.is_empty() {
            continue;
        }
        let free = out.free.get(side.other()).clone();
        let links = by_link(desk, side.other(), &free);
        for issue in torn {
            let origins = issue.body.remains.iter().filter_map(|link| links.get(link).copied());
            let origins: Vec<&IssueKey> = origins.collect();
            if origins.is_empty() || !may_be_ours(desk, claims, side, issue) {
                continue;
            }
            for origin in origins {
                if out.free.get_mut(side.other()).remove(origin) {
                    hold(desk, side, &issue.key, origin, "its marker is damaged");
                }
            }
        }
    }
}

fn by_link<'k>(desk: &Desk<'_>, side: Side, keys: &'k BTreeSet<IssueKey>) -> BTreeMap<LinkId, &'k IssueKey> {
    keys.iter().map(|key| (link_of(desk, side, key), key)).collect()
}

/// The same where a twin lost a race, and the one that stands for it since carries no marker: it is taken back where it is
/// certain that it is the one.
pub(super) fn keep_origins_of_losers(desk: &mut Desk<'_>, claims: &Claims, out: &mut Pairing) {
    for side in Side::BOTH {
        if claims.lost.get(side).is_empty() {
            continue;
        }
        let free = out.free.get(side.other()).clone();
        let origins = by_link(desk, side.other(), &free);
        for (loser, (link, _)) in claims.lost.get(side) {
            let (Some(origin), Some(heir)) = (origins.get(link), claims.heir(side, link, loser)) else {
                continue;
            };
            let is_there = present(desk, side, heir);
            // One that is gone for good is made anew, as any other twin is.
            if !is_there && matches!(gone(desk, side, heir), Some(Lookup::Deleted | Lookup::Moved(_))) {
                continue;
            }
            if !out.free.get_mut(side.other()).remove(*origin) || !is_there {
                continue;
            }
            let is_unmarked = out.free.get(side).contains(heir);
            if is_unmarked && believed(desk, side, loser) && is_lost_twin(desk, side, heir, origin) {
                out.free.get_mut(side).remove(heir);
                let pair = unmarked(link, side, heir, origin);
                hold_lost(desk, &pair.keys.right);
                out.pairs.push(pair);
                continue;
            }
            let survivor = desk.at(side, heir);
            let what = format!("its marker says that {survivor} stands for it, which does not");
            hold(desk, side, loser, origin, &what);
        }
    }
}

/// A pair whose twin lost its marker, and whose origin has none.
fn unmarked(link: &LinkId, side: Side, twin: &IssueKey, origin: &IssueKey) -> Pair {
    Pair {
        link: link.clone(),
        keys: match side {
            Side::Left => PerSide::new(twin.clone(), origin.clone()),
            Side::Right => PerSide::new(origin.clone(), twin.clone()),
        },
        origin: side.other(),
        state: None,
        pointer: None,
        revived: false,
    }
}

/// Those that issues which are held, or cannot be read at all, name in their markers or in a footer of ours.
fn of_held(desk: &mut Desk<'_>, claims: &Claims, side: Side, free: &BTreeSet<IssueKey>) -> BTreeSet<IssueKey> {
    let mut kept = BTreeSet::new();
    let illegible = &desk.world.get(side).illegible;
    if (claims.held.get(side).is_empty() && illegible.is_empty()) || free.is_empty() {
        return kept;
    }
    let origins = Origins::of(desk, side.other(), free.iter());
    let links = by_link(desk, side.other(), free);
    let told = |desk: &Desk<'_>, body: &Body| -> BTreeSet<IssueKey> {
        let footed = footer::all(body).filter_map(|footer| origins.named_by(footer));
        let torn = body.remains.iter().filter_map(|link| links.get(link).copied());
        footed.chain(torn).chain(named(desk, side, body)).cloned().collect()
    };
    for one in illegible.values() {
        kept.extend(told(desk, &one.body));
    }
    for key in claims.held.get(side) {
        let Some(issue) = desk.issue(side, key) else { continue };
        let mut older = told(desk, &issue.body);
        older.retain(|key| {
            let origin = desk.issue(side.other(), key).filter(|_| free.contains(key));
            origin.is_some_and(|origin| !is_newer(origin, issue))
        });
        if !older.is_empty() && may_be_ours(desk, claims, side, issue) {
            kept.extend(older);
        }
    }
    kept
}

/// Whether a run may have made the issue. What somebody else opened may still be one that another account of ours made,
/// unless its marker came along when a body was copied.
fn may_be_ours(desk: &mut Desk<'_>, claims: &Claims, side: Side, issue: &Issue) -> bool {
    let Some(account) = &desk.world.get(side).account else {
        desk.need(Need::Account(side));
        return true;
    };
    let (Some(own), Some(author)) = (account, &issue.author) else {
        return true;
    };
    let is_old = || written(issue).is_some_and(|when| is_as_old_as_its_marker(Some(issue), when));
    own.to_lowercase() == author.login.to_lowercase() || (!claims.copies.get(side).contains(&issue.key) && is_old())
}

/// Those that dashboards name in a footer, which none of them has: it is a twin whose marker was replaced.
fn of_boards(desk: &mut Desk<'_>, claims: &Claims, side: Side, free: &BTreeSet<IssueKey>) -> BTreeSet<IssueKey> {
    let mut kept = BTreeSet::new();
    if claims.boards.get(side).is_empty() || free.is_empty() {
        return kept;
    }
    let origins = Origins::of(desk, side.other(), free.iter());
    for key in claims.boards.get(side) {
        let footers = desk
            .issue(side, key)
            .into_iter()
            .flat_map(|issue| footer::all(&issue.body));
        let named: Vec<IssueKey> = footers.filter_map(|footer| origins.named_by(footer)).cloned().collect();
        for origin in named {
            let what = "it carries the marker of a dashboard";
            hold(desk, side, key, &origin, what);
            kept.insert(origin);
        }
    }
    kept
}

fn hold(desk: &mut Desk<'_>, side: Side, key: &IssueKey, origin: &IssueKey, what: &str) {
    let on = desk.at(side, key);
    let origin = desk.at(side.other(), origin);
    desk.hold(
        "half-linked",
        on,
        format!("it was made for {origin}, and {what}; meanwhile no other one is made"),
        "put its own marker back from the edit history, or take the marker line and the footer out to free it",
    );
}
