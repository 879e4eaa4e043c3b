//! Copies of comments that should not be there: a second one of the same original, and one whose original is gone.

use std::collections::BTreeSet;

use super::flow::removals;
use super::kept;
use super::talk::{copies, hold_odd, talk, talk_of_one};
use crate::model::{CommentKey, Side};
use crate::plan::LinkPlan;
use crate::reconcile::desk::{Desk, Need};
use crate::reconcile::lone::{Remains, taking};
use crate::reconcile::ours::is_edited;
use crate::reconcile::pairing::{Pair, Widow};

/// A copy that should not be there, and stays.
#[derive(Clone, Debug)]
pub(crate) enum Kept {
    /// Its original is gone, and the mapping file keeps such copies.
    Orphan(CommentKey),
    /// A person edited it.
    Edited(CommentKey),
}

/// What is wrong with the copies of a pair.
#[derive(Clone, Debug, Default)]
pub(crate) struct Surplus {
    /// There are some to be deleted.
    pub(crate) goes: bool,
    /// The others, by the side they are on.
    pub(crate) kept: Vec<(Side, Kept)>,
}

/// Looks through the comments of a pair; `None` while they are being asked for.
pub(crate) fn surplus(desk: &mut Desk<'_>, pair: &Pair) -> Option<Surplus> {
    let talk = talk(desk, pair)?;
    let field = desk.terms().sync.fields.comments.clone();
    let mut found = Surplus::default();
    for from in Side::BOTH {
        let to = from.other();
        let marked = talk
            .lists
            .get(from)
            .iter()
            .any(|comment| !comment.body.markers.is_empty());
        if marked && desk.world.get(from).account.is_none() {
            desk.need(Need::Account(from));
        }
        hold_odd(desk, &talk, from);
        if desk.may_write(from) {
            found.goes |= !kept::kept_twice(desk, &talk, from).is_empty();
        }
        if !field.direction.reaches(to) {
            continue;
        }
        found.goes |= !removals(desk, &talk, &field, from).is_empty();
        let originals: BTreeSet<&str> = talk.lists.get(from).iter().map(|c| c.key.0.as_str()).collect();
        for (source, list) in copies(desk, &talk, from) {
            let gone = !originals.contains(source);
            for (nth, (copy, mark)) in list.into_iter().enumerate() {
                let edited = is_edited(talk.link, copy, mark);
                let key = copy.key.clone();
                match (nth, gone && !field.mirror_deletions) {
                    (0, true) => found.kept.push((to, Kept::Orphan(key))),
                    (0, false) if gone && edited => found.kept.push((to, Kept::Edited(key))),
                    (0, false) => {}
                    _ if edited => found.kept.push((to, Kept::Edited(key))),
                    _ => {}
                }
            }
        }
    }
    Some(found)
}

/// Takes away the second copies that a race left in an issue whose twin is gone, and texts that were kept twice. Those that
/// have no original any more stay: nothing else tells what was said there.
pub(crate) fn copied_twice(desk: &mut Desk<'_>, widow: &Widow) -> Option<LinkPlan> {
    let field = &desk.terms().sync.fields.comments;
    if !desk.may_write(widow.side) {
        return None;
    }
    let list = desk.comments(widow.side, &widow.key)?;
    if list.iter().any(|comment| !comment.body.markers.is_empty()) && desk.world.get(widow.side).account.is_none() {
        desk.need(Need::Account(widow.side));
        return None;
    }
    let talk = talk_of_one(&widow.link, widow.side, &widow.key, list);
    let mut steps = kept::kept_twice(desk, &talk, widow.side);
    if field.direction.reaches(widow.side) {
        steps.extend(removals(desk, &talk, field, widow.side.other()));
    }
    (!steps.is_empty()).then(|| taking(desk, &Remains::of(widow), steps))
}
