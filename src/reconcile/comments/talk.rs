//! What both sides say: the comments of a pair, as far as they are known, and the copies among them.

use std::collections::BTreeMap;

use super::known;
use crate::model::{Comment, CommentMark, IssueKey, LinkId, Marks, Payload, PerSide, Side};
use crate::plan::{Act, Field, Step};
use crate::reconcile::desk::{Desk, Errand};
use crate::reconcile::ours::{claims_link, is_edited, mark_of};
use crate::reconcile::pairing::Pair;

/// What is known of both sides' comments.
pub(super) struct Talk<'a> {
    pub(crate) link: &'a LinkId,
    pub(crate) keys: PerSide<Option<&'a IssueKey>>,
    pub(super) lists: PerSide<&'a [Comment]>,
    pub(crate) marks: PerSide<Marks>,
    /// New copies may notify mapped people: the link is no backfill, and the sync asks for it.
    pub(crate) notify: bool,
    /// The number of comments is smaller than when we last looked, and they are all listed: something was deleted.
    pub(super) shrunk: PerSide<bool>,
    /// How many comments a listing left out that the service counts.
    pub(super) left_out: PerSide<u64>,
}

/// What is known of both sides' comments; `None` while they are still being asked for.
pub(crate) fn talk<'a, 'd: 'a>(desk: &mut Desk<'d>, pair: &'a Pair) -> Option<Talk<'a>> {
    let left = heard(desk, pair, Side::Left);
    let right = heard(desk, pair, Side::Right);
    let lists = PerSide::new(left?, right?);
    let marks = PerSide::new(pair.marks(Side::Left), pair.marks(Side::Right));
    Some(Talk {
        link: &pair.link,
        keys: PerSide::new(Some(&pair.keys.left), Some(&pair.keys.right)),
        notify: desk.terms().sync.notify && pair.base().is_some(),
        shrunk: PerSide::new((), ()).map(|side, ()| {
            let (list, key) = (lists.get(side), pair.keys.get(side));
            known::is_whole(desk, side, key, list) && has_shrunk(desk, side, key, list, marks.get(side))
        }),
        left_out: PerSide::new((), ()).map(|side, ()| left_out(desk, side, pair.keys.get(side), &lists, &marks)),
        lists,
        marks,
    })
}

/// The comments of a side. Where there were some, none are not taken for none without being read.
fn heard<'d>(desk: &mut Desk<'d>, pair: &Pair, side: Side) -> Option<&'d [Comment]> {
    let (key, marks) = (pair.keys.get(side), pair.marks(side));
    let had_some = marks.count > 0 || marks.told.is_some_and(|told| told.originals > 0);
    if had_some {
        desk.read_comments(side, key)
    } else {
        desk.comments(side, key)
    }
}

/// Whether less is there than there was. A repair reads every comment there is and goes by what it finds.
fn has_shrunk(desk: &Desk<'_>, side: Side, key: &IssueKey, list: &[Comment], marks: &Marks) -> bool {
    let counted = desk.issue(side, key).map_or(0, |issue| issue.comment_count);
    let missing = |told| known::known_before(told, list) < told.originals;
    marks.told.map_or(counted < marks.count, missing) || desk.rules.errand == Errand::Repair
}

/// How many comments a list left out that the service counts, but for those it has not shown before either.
fn left_out(desk: &Desk<'_>, side: Side, key: &IssueKey, lists: &PerSide<&[Comment]>, marks: &PerSide<Marks>) -> u64 {
    let list = lists.get(side);
    let counted = desk.issue(side, key).map_or(0, |issue| issue.comment_count);
    let short = counted.saturating_sub(list.len() as u64);
    let Some(told) = marks.get(side).told else { return short };
    let missing = told.originals.saturating_sub(known::known_before(told, list));
    missing.min(short).max(short.saturating_sub(told.unlisted))
}

/// What is known of the comments of an issue that has no twin.
pub(super) fn talk_of_one<'a>(link: &'a LinkId, side: Side, key: &'a IssueKey, list: &'a [Comment]) -> Talk<'a> {
    let mut talk = Talk {
        link,
        keys: PerSide::default(),
        lists: PerSide::new(&[], &[]),
        marks: PerSide::default(),
        notify: false,
        shrunk: PerSide::default(),
        left_out: PerSide::default(),
    };
    *talk.keys.get_mut(side) = Some(key);
    *talk.lists.get_mut(side) = list;
    talk
}

/// Whether a comment holds a marker that was written for another place: of a body, or of a link that its issue is no end of.
fn is_pasted(desk: &Desk<'_>, talk: &Talk<'_>, side: Side, comment: &Comment) -> bool {
    let issue = talk.keys.get(side).as_ref().and_then(|key| desk.issue(side, key));
    comment.body.markers.iter().any(|marker| {
        let here = || issue.is_some_and(|issue| issue.body.markers.iter().any(|other| other.link == marker.link));
        !matches!(marker.payload, Payload::Comment(_)) || (marker.link != *talk.link && !here())
    })
}

pub(super) fn hold_odd(desk: &mut Desk<'_>, talk: &Talk<'_>, side: Side) {
    let Some(key) = talk.keys.get(side) else { return };
    for comment in *talk.lists.get(side) {
        let stranger = claims_link(talk.link, comment).is_some() && mark_of(desk, side, talk.link, comment).is_none();
        let unsigned = comment
            .body
            .markers
            .iter()
            .any(|marker| !marker.trusted(&desk.rules.signer));
        if comment.body.bad.is_empty() && !unsigned && !stranger && !is_pasted(desk, talk, side, comment) {
            continue;
        }
        let on = desk.at(side, key);
        desk.hold(
            "comment-marker",
            on,
            format!(
                "comment {} holds a marker that cannot be read, is not signed, is not ours, or was written for another place; it is not copied",
                comment.key
            ),
            "take the marker line out of the comment",
        );
    }
}

/// Says what was not believed of a list of comments.
pub(super) fn hold_left_out(desk: &mut Desk<'_>, talk: &Talk<'_>, side: Side) {
    let (Some(key), missing @ 1..) = (talk.keys.get(side), *talk.left_out.get(side)) else {
        return;
    };
    let on = desk.at(side, key);
    desk.hold(
        "listing-short",
        on,
        format!("its comments were listed without {missing} that the service counts; none is taken for deleted"),
        "the service answered with less than it has, which passes by itself; the next run continues",
    );
}

/// Copies by the key of their original.
pub(super) type Copies<'a> = BTreeMap<&'a str, Vec<(&'a Comment, &'a CommentMark)>>;

/// Copies by the key of their original: the oldest first, and before it those that somebody edited, which are not deleted.
pub(crate) fn copies<'a>(desk: &Desk<'_>, talk: &Talk<'a>, from: Side) -> Copies<'a> {
    let mut copies = Copies::new();
    for comment in *talk.lists.get(from.other()) {
        if let Some(mark) = mark_of(desk, from.other(), talk.link, comment).filter(|mark| mark.side == from) {
            copies.entry(mark.source.as_str()).or_default().push((comment, mark));
        }
    }
    for list in copies.values_mut() {
        list.sort_by_key(|(copy, mark)| (!is_edited(talk.link, copy, mark), &copy.key));
    }
    copies
}

pub(crate) fn step(on: Side, act: Act, why: String) -> Step {
    Step {
        on,
        act,
        fields: [Field::Comments].into(),
        why,
    }
}
