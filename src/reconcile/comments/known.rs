//! How far the comments of a link are known: counts, high-water marks and fingerprints, as the next markers will say.

use std::collections::BTreeMap;

use crate::model::{Comment, CommentKey, Hash, Issue, IssueKey, LinkId, Marker, Marks, Payload, Side, Told, hash_text};
use crate::plan::{Act, Book, Step, digest_comments};
use crate::reconcile::desk::Desk;
use crate::reconcile::ours::{is_original, mark_of};
use crate::reconcile::pairing::Pair;
use crate::tracker::CommentReading;

/// How far a side's comments are known, now that they have been read.
pub(crate) fn marks_now(desk: &Desk<'_>, pair: &Pair, side: Side) -> Marks {
    let old = pair.marks(side);
    let key = pair.keys.get(side);
    let there = pair.keys.get(side.other());
    let (Some(list), Some(twins)) = (desk.known_comments(side, key), desk.known_comments(side.other(), there)) else {
        return old;
    };
    let copied = twins
        .iter()
        .filter_map(|c| mark_of(desk, side.other(), &pair.link, c))
        .filter(|m| m.side == side);
    let high = copied
        .filter_map(|mark| mark.source.parse().ok())
        .max()
        .unwrap_or(0)
        .max(old.high);
    let counted = desk.issue(side, key).map_or(0, |issue| issue.comment_count);
    let free = desk.profile(side).comments == CommentReading::Free;
    let whole = is_whole(desk, side, key, list);
    let mut marks = Marks {
        count: list.len() as u64,
        high,
        seen: desk
            .world
            .get(side)
            .now
            .as_second()
            .max(old.seen.min(desk.rules.now.as_second())),
        wrote: old.wrote,
        // As long as copies may be hidden, what was deleted has yet to be carried.
        told: match old.told {
            Some(old) if !whole || !is_whole(desk, side.other(), there, twins) => {
                told(list).map(|now| told_in_part(old, now, list, counted))
            }
            Some(_) | None => told(list),
        },
        digest: free.then(|| digest(&pair.link, list)),
    };
    if !whole {
        marks.doubt();
    }
    marks
}

/// How many comments of an issue are known. A list that is shorter than the service counts left something out: the
/// difference has the next run look again.
pub(crate) fn count(issue: &Issue, list: Option<&[Comment]>) -> u64 {
    list.map_or(issue.comment_count, |list| issue.comment_count.min(list.len() as u64))
}

/// Takes the comments that have yet to be carried off what the book says is known: a run that is stopped in between, or
/// fails, leaves counts and fingerprints that do not fit, and the next one looks.
pub(crate) fn less_planned(book: &mut Book, steps: &[Step]) {
    for step in steps {
        if let Act::Comment(copy) = &step.act
            && !copy.mark.source.starts_with("kept:")
        {
            book.marks.get_mut(copy.mark.side).owe(&copy.mark.source);
            if let Some(spoken) = book.spoken.get_mut(copy.mark.side) {
                spoken.remove(&CommentKey(copy.mark.source.clone()));
            }
        }
    }
}

/// What people have said in these comments; `None` where keys are no numbers, and tell no order.
pub(crate) fn told(list: &[Comment]) -> Option<Told> {
    let numbers: Option<Vec<u64>> = list.iter().map(number).collect();
    Some(Told {
        top: numbers?.into_iter().max().unwrap_or_default(),
        originals: list.iter().filter(|comment| is_original(comment)).count() as u64,
        unlisted: 0,
    })
}

/// What people have said where the list may lack some of it: nothing that was there is gone. While more are missing than
/// were known, those that are there are not known to be all up to the last one.
fn told_in_part(old: Told, now: Told, list: &[Comment], counted: u64) -> Told {
    let before = known_before(old, list);
    let short = counted.saturating_sub(list.len() as u64);
    let unknown = short.saturating_sub(old.originals.saturating_sub(before));
    let known = Told {
        originals: old.originals.max(before),
        ..old
    };
    if unknown > old.unlisted {
        return Told {
            unlisted: unknown,
            ..known
        };
    }
    Told {
        top: old.top.max(now.top),
        originals: known.originals + now.originals.saturating_sub(before),
        ..known
    }
}

/// Whether a list of comments is all there is: as many as the service counts, and none that came after it counted. Of
/// another one nothing follows: neither that what was there is gone, nor that nothing else is there.
pub(super) fn is_whole(desk: &Desk<'_>, side: Side, key: &IssueKey, list: &[Comment]) -> bool {
    let counted = desk.issue(side, key).map(|issue| issue.comment_count);
    let at = desk.world.get(side).now.as_second();
    // There they were counted with the issue, and not with a listing.
    let together = desk.profile(side).comments == CommentReading::Free || desk.rules.focus.is_some();
    let came_after = |comment: &Comment| comment.created.is_some_and(|created| created.as_second() > at);
    counted == Some(list.len() as u64) && (together || !list.iter().any(came_after))
}

/// How many of the comments that people had written by then are in this list.
pub(super) fn known_before(old: Told, list: &[Comment]) -> u64 {
    let by_then = |comment: &&Comment| is_original(comment) && number(comment).is_some_and(|key| key <= old.top);
    list.iter().filter(by_then).count() as u64
}

/// The key of a comment as a number.
pub(super) fn number(comment: &Comment) -> Option<u64> {
    comment.key.0.parse().ok()
}

/// The fingerprints of an issue's comments by key. One that is held for a marker in it reads differently once that is out.
pub(crate) fn spoken(link: &LinkId, list: &[Comment]) -> BTreeMap<CommentKey, Hash> {
    let is_copy = |marker: &Marker| matches!(marker.payload, Payload::Comment(_));
    let text = |comment: &Comment| {
        let is_odd = !comment.body.bad.is_empty() || !comment.body.markers.iter().all(is_copy);
        let mark = if is_odd { "\n\nheld" } else { "" };
        format!("{}{mark}", comment.body.text)
    };
    list.iter()
        .map(|comment| (comment.key.clone(), hash_text(link, &text(comment))))
        .collect()
}

/// The fingerprint of all comments of an issue.
pub(crate) fn digest(link: &LinkId, list: &[Comment]) -> Hash {
    digest_comments(link, &spoken(link, list))
}
