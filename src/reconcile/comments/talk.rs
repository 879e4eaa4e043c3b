//! What both sides say: the comments of a pair, as far as they are known, and the copies among them.

use std::collections::BTreeMap;

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
    /// The number of comments is smaller than when we last looked: something was deleted.
    pub(super) shrunk: PerSide<bool>,
}

/// What is known of both sides' comments; `None` while they are still being asked for.
pub(crate) fn talk<'a, 'd: 'a>(desk: &mut Desk<'d>, pair: &'a Pair) -> Option<Talk<'a>> {
    let left = desk.comments(Side::Left, &pair.keys.left);
    let right = desk.comments(Side::Right, &pair.keys.right);
    Some(Talk {
        link: &pair.link,
        keys: PerSide::new(Some(&pair.keys.left), Some(&pair.keys.right)),
        lists: PerSide::new(left?, right?),
        marks: PerSide::new(pair.marks(Side::Left), pair.marks(Side::Right)),
        notify: desk.terms().sync.notify && pair.base().is_some(),
        shrunk: PerSide::new((), ()).map(|side, ()| {
            let now = desk
                .issue(side, pair.keys.get(side))
                .map_or(0, |issue| issue.comment_count);
            // A repair reads every comment there is and goes by what it finds.
            now < pair.marks(side).count || desk.rules.errand == Errand::Repair
        }),
    })
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
