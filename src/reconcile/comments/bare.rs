//! Originals without a copy that ought to have one: whose copy somebody deleted, and which nobody had seen yet.
//!
//! Keys grow, so an original at or below the highest one that was carried had a copy once. Not so where it came later than
//! its number says: a file that another branch brought, a comment that a listing left out, one that was held because of a
//! marker in it. Then more originals are there than were counted.

use std::collections::BTreeSet;

use super::known::number;
use super::talk::{Copies, Talk};
use crate::model::{Comment, CommentKey, Side};
use crate::reconcile::ours::is_original;

/// The originals of a side whose copies were deleted. They get no other one.
pub(super) fn buried<'a>(talk: &Talk<'a>, copies: &Copies<'a>, from: Side) -> BTreeSet<&'a CommentKey> {
    let marks = talk.marks.get(from);
    let all = talk.lists.get(from).iter().filter(|comment| is_original(comment));
    let all: Vec<(u64, &Comment)> = all.filter_map(|comment| Some((number(comment)?, comment))).collect();
    let bare = |comment: &Comment| !copies.contains_key(comment.key.0.as_str());
    let top = marks.told.map_or(u64::MAX, |told| told.top);
    let mut old: Vec<&Comment> = Vec::new();
    let (mut known, mut coming) = (0_u64, 0_u64);
    for (number, comment) in all.iter().filter(|(number, _)| *number <= top) {
        known += 1;
        match (bare(comment), *number <= marks.high) {
            (true, true) => old.push(comment),
            (true, false) => coming += 1,
            (false, _) => {}
        }
    }
    if let Some(told) = marks.told {
        let late = known.saturating_sub(told.originals).saturating_sub(coming);
        if late == old.len() as u64 {
            old.clear();
        } else if late > 0 {
            let is_late = |comment: &&Comment| {
                let at = comment.updated.max(comment.created);
                at.is_some_and(|at| at.as_second() > marks.seen)
            };
            if old.iter().filter(|comment| is_late(comment)).count() as u64 == late {
                old.retain(|comment| !is_late(comment));
            }
        }
    }
    old.into_iter().map(|comment| &comment.key).collect()
}
