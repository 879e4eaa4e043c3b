//! How far the comments of a link are known: counts, high-water marks and fingerprints, as the next markers will say.

use std::collections::BTreeMap;

use crate::model::{Comment, CommentKey, Hash, Issue, LinkId, Marks, Side, hash_text};
use crate::plan::{Act, Book, Step, digest_comments};
use crate::reconcile::desk::Desk;
use crate::reconcile::ours::mark_of;
use crate::reconcile::pairing::Pair;
use crate::tracker::CommentReading;

/// How far a side's comments are known, now that they have been read.
pub(crate) fn marks_now(desk: &Desk<'_>, pair: &Pair, side: Side) -> Marks {
    let old = pair.marks(side);
    let key = pair.keys.get(side);
    let (Some(list), Some(twins)) = (
        desk.known_comments(side, key),
        desk.known_comments(side.other(), pair.keys.get(side.other())),
    ) else {
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
    let issue = desk.issue(side, key);
    let free = desk.profile(side).comments == CommentReading::Free;
    Marks {
        count: issue.map_or(list.len() as u64, |issue| count(issue, Some(list))),
        high,
        seen: desk
            .world
            .get(side)
            .now
            .as_second()
            .max(old.seen.min(desk.rules.now.as_second())),
        wrote: old.wrote,
        digest: free.then(|| digest(&pair.link, list)),
    }
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
            let count = &mut book.marks.get_mut(copy.mark.side).count;
            *count = count.saturating_sub(1);
            if let Some(spoken) = book.spoken.get_mut(copy.mark.side) {
                spoken.remove(&CommentKey(copy.mark.source.clone()));
            }
        }
    }
}

/// The fingerprints of an issue's comments by key.
pub(crate) fn spoken(link: &LinkId, list: &[Comment]) -> BTreeMap<CommentKey, Hash> {
    list.iter()
        .map(|c| (c.key.clone(), hash_text(link, &c.body.text)))
        .collect()
}

/// The fingerprint of all comments of an issue.
pub(crate) fn digest(link: &LinkId, list: &[Comment]) -> Hash {
    digest_comments(link, &spoken(link, list))
}
