//! What a listing left out. A service may answer with half of what there is, or with what there was some seconds ago, and
//! nothing in the answer tells. So absence from a whole listing is not believed before the issues that ought to be there
//! have been asked for by key.

use std::collections::BTreeSet;

use super::desk::{Desk, Need};
use crate::config::Mode;
use crate::model::{IssueKey, Lookup, Side};

/// So many numbers that a listing passes over are asked for in one run.
const GAPS: usize = 50;
/// So many numbers are asked for when a listing holds nothing at all.
const FIRST: usize = 10;
/// So many leave-outs are named.
const NAMED: usize = 3;

/// Whether what a whole listing of this side does not show is not there. `None` when that must be asked first.
///
/// The number after the last one tells whether the listing is behind. In a mirror nothing on the left says that an issue
/// is linked, so there the numbers in between are asked for as well.
pub(super) fn is_complete(desk: &mut Desk<'_>, side: Side) -> Option<bool> {
    if !left_out(desk, side).is_empty() {
        return Some(false);
    }
    let world = desk.world.get(side);
    let listed = world.issues.keys().chain(&world.others);
    let numbers: BTreeSet<u64> = listed.filter_map(|key| key.0.parse().ok()).collect();
    let last = numbers.last().copied().unwrap_or_default();
    let mut wanted: Vec<IssueKey> = Vec::new();
    let ahead = if numbers.is_empty() { FIRST } else { 1 };
    for number in last.saturating_add(1)..=last.saturating_add(GAPS as u64) {
        let key = IssueKey(number.to_string());
        // One made since the listing began may be followed by others.
        let found = matches!(world.lookups.get(&key), Some(Lookup::Found(_)));
        wanted.push(key);
        if !found && wanted.len() >= ahead {
            break;
        }
    }
    if desk.terms().sync.mode == Mode::Mirror {
        let gaps = (1..last).rev().filter(|number| !numbers.contains(number));
        wanted.extend(gaps.take(GAPS).map(|number| IssueKey(number.to_string())));
    }
    let unknown: Vec<IssueKey> = wanted
        .into_iter()
        .filter(|key| !world.lookups.contains_key(key))
        .collect();
    if !unknown.is_empty() {
        for key in unknown {
            desk.need(Need::Issue(side, key));
        }
        return None;
    }
    Some(true)
}

/// Says which listings are not to be believed.
pub(super) fn hold(desk: &mut Desk<'_>) {
    for side in Side::BOTH {
        let missing = left_out(desk, side);
        if missing.is_empty() {
            continue;
        }
        let some: Vec<String> = missing
            .iter()
            .take(NAMED)
            .map(|key| desk.at(side, key).to_string())
            .collect();
        let more = if missing.len() > NAMED { ", …" } else { "" };
        let message = format!(
            "its listing left out {} that are there when asked for ({}{more}); no twin is made there on the word of it",
            missing.len(),
            some.join(", ")
        );
        desk.hold(
            "listing-short",
            desk.tracker(side).to_string(),
            message,
            "the service answered with less than it has, which passes by itself; the next run continues",
        );
    }
}

/// Issues that were there before the listing began and are not in it.
fn left_out<'a>(desk: &Desk<'a>, side: Side) -> Vec<&'a IssueKey> {
    let world = desk.world.get(side);
    if !world.complete {
        return Vec::new();
    }
    let found = world.lookups.iter().filter_map(|(key, lookup)| match lookup {
        Lookup::Found(issue) => Some((key, issue)),
        Lookup::Deleted | Lookup::Moved(_) | Lookup::Hidden => None,
    });
    found
        .filter(|(key, issue)| {
            let listed = world.issues.contains_key(*key) || world.others.contains(*key);
            let older = issue.created.is_some_and(|at| at.as_second() < world.now.as_second());
            !listed && older && issue.moved_to.is_none()
        })
        .map(|(key, _)| key)
        .collect()
}
