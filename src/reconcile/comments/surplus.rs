//! Copies of comments that should not be there: a second one of the same original, and one whose original is gone.

use std::collections::BTreeSet;

use super::flow::removals;
use super::kept;
use super::talk::{copies, hold_odd, talk, talk_of_one};
use crate::model::{Comment, CommentKey, IssueKey, LinkId, Payload, Side};
use crate::plan::LinkPlan;
use crate::reconcile::desk::{Desk, Need};
use crate::reconcile::lone::{Remains, taking};
use crate::reconcile::ours::is_edited;
use crate::reconcile::pairing::Pair;

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
pub(crate) fn copied_twice(desk: &mut Desk<'_>, rest: &Remains<'_>) -> Option<LinkPlan> {
    let list = known(desk, rest.side, rest.key)?;
    let field = &desk.terms().sync.fields.comments;
    let talk = talk_of_one(rest.link, rest.side, rest.key, list);
    let mut steps = kept::kept_twice(desk, &talk, rest.side);
    if field.direction.reaches(rest.side) {
        steps.extend(removals(desk, &talk, field, rest.side.other()));
    }
    (!steps.is_empty()).then(|| taking(desk, rest, steps))
}

/// The links that the comments of an issue say they are copies of.
pub(crate) fn links_told(desk: &mut Desk<'_>, side: Side, key: &IssueKey) -> BTreeSet<LinkId> {
    let markers = known(desk, side, key)
        .into_iter()
        .flatten()
        .flat_map(|comment| &comment.body.markers);
    let copies = markers.filter(|marker| matches!(marker.payload, Payload::Comment(_)));
    copies.map(|marker| marker.link.clone()).collect()
}

/// The comments of an issue that may be written, and whose they are; asks for what is not known.
fn known<'a>(desk: &mut Desk<'a>, side: Side, key: &IssueKey) -> Option<&'a [Comment]> {
    if !desk.may_write(side) {
        return None;
    }
    let list = desk.comments(side, key)?;
    if list.iter().any(|comment| !comment.body.markers.is_empty()) && desk.world.get(side).account.is_none() {
        desk.need(Need::Account(side));
        return None;
    }
    Some(list)
}
