//! Which links' comments must be read, so that a run with nothing to do reads next to none.
//!
//! A listing tells how many comments an issue has and when it last changed. A different number is proof. A later time
//! is a suspicion only: most often it was our own write. Suspects are read in the order of how lately they changed,
//! until [`CLEAN`] in a row turn out to be innocent: an edit moves its issue to the front, so nothing is missed where
//! the service tells the time of an edit at all.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{flow, known};
use crate::config::Direction;
use crate::model::{Comment, LinkId, Marks, Payload, Side, hash_text};
use crate::reconcile::desk::{Desk, Need};
use crate::reconcile::pairing::Pair;
use crate::tracker::CommentReading;

/// So many innocent suspects in a row end the search.
const CLEAN: usize = 5;
/// So many pages of the feed without a comment of an issue end the reading.
const BLIND: usize = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Suspicion {
    None,
    Weak,
    Proof,
}

/// The links whose comments are to be merged in this run.
pub(crate) fn suspects(desk: &mut Desk<'_>, pairs: &[Pair]) -> BTreeSet<LinkId> {
    let mut chosen = BTreeSet::new();
    if desk.terms().sync.fields.comments.direction == Direction::Off {
        return chosen;
    }
    let mut weak: Vec<(Reverse<Option<Timestamp>>, &Pair)> = Vec::new();
    for pair in pairs {
        match suspicion(desk, pair) {
            Suspicion::Proof => {
                chosen.insert(pair.link.clone());
            }
            Suspicion::Weak => weak.push((Reverse(latest(desk, pair)), pair)),
            Suspicion::None => {}
        }
    }
    for side in Side::BOTH {
        read_feed(desk, side, pairs);
    }
    weak.sort_by(|a, b| (a.0, &a.1.keys.left).cmp(&(b.0, &b.1.keys.left)));
    search(desk, &weak, &mut chosen);
    chosen
}

fn latest(desk: &Desk<'_>, pair: &Pair) -> Option<Timestamp> {
    Side::BOTH
        .into_iter()
        .filter_map(|side| desk.issue(side, pair.keys.get(side))?.updated)
        .max()
}

fn search(desk: &mut Desk<'_>, weak: &[(Reverse<Option<Timestamp>>, &Pair)], chosen: &mut BTreeSet<LinkId>) {
    let mut innocent = 0;
    let mut asked = 0;
    for (_, pair) in weak {
        if innocent >= CLEAN || asked >= CLEAN {
            return;
        }
        let before = desk.out.needs.len();
        let known = Side::BOTH.map(|side| desk.comments(side, pair.keys.get(side)).is_some());
        if known != [true, true] {
            asked += usize::from(desk.out.needs.len() > before);
            continue;
        }
        if flow::is_settled(desk, pair) {
            innocent += 1;
        } else {
            innocent = 0;
            chosen.insert(pair.link.clone());
        }
    }
}

/// Whether comments of a pair may have changed unseen. A link that is written must not say they are known before they
/// have been read.
pub(crate) fn is_suspect(desk: &mut Desk<'_>, pair: &Pair) -> bool {
    desk.terms().sync.fields.comments.direction != Direction::Off && suspicion(desk, pair) != Suspicion::None
}

fn suspicion(desk: &mut Desk<'_>, pair: &Pair) -> Suspicion {
    if pair.base().is_none() || desk.rules.focus.is_some() {
        return Suspicion::Proof;
    }
    // A link without its pointer is half made: its comments may be missing.
    if pair.pointer.is_none() && desk.terms().sync.mode == crate::config::Mode::TwoWay {
        return Suspicion::Proof;
    }
    let mut worst = Suspicion::None;
    for side in Side::BOTH {
        worst = worst.max(side_suspicion(desk, pair, side));
    }
    worst
}

fn side_suspicion(desk: &mut Desk<'_>, pair: &Pair, side: Side) -> Suspicion {
    let key = pair.keys.get(side);
    let Some(issue) = desk.issue(side, key) else {
        return Suspicion::None;
    };
    let marks = pair.marks(side);
    if desk.profile(side).comments == CommentReading::Free {
        let Some(list) = desk.comments(side, key) else {
            return Suspicion::None;
        };
        let same = marks.digest.as_ref() == Some(&known::digest(&pair.link, list));
        return if same { Suspicion::None } else { Suspicion::Proof };
    }
    if issue.comment_count != marks.count {
        return Suspicion::Proof;
    }
    if issue.comment_count == 0 {
        return Suspicion::None;
    }
    let told = desk.world.get(side).feed.iter().flat_map(|feed| &feed.comments);
    let by_feed = told
        .filter(|(of, _)| of == key)
        .map(|(_, comment)| explained(&pair.link, comment, &marks))
        .max();
    let by_time = issue.updated.map_or(Suspicion::Weak, |at| {
        if at.as_second() > marks.seen.max(marks.wrote) {
            Suspicion::Weak
        } else {
            Suspicion::None
        }
    });
    by_feed.unwrap_or(Suspicion::None).max(by_time)
}

/// Whether a comment of the feed is one we know in the form it has.
fn explained(link: &LinkId, comment: &Comment, marks: &Marks) -> Suspicion {
    let ours = comment.body.markers.iter().find_map(|marker| match &marker.payload {
        Payload::Comment(mark) if &marker.link == link => Some(mark),
        Payload::Comment(_) | Payload::State(_) | Payload::Pointer(_) | Payload::Board(_) => None,
    });
    if ours.is_some_and(|mark| mark.copy == hash_text(link, &comment.body.text)) {
        return Suspicion::None;
    }
    match comment.updated.map(|at| at.as_second().cmp(&marks.seen)) {
        Some(std::cmp::Ordering::Less) => Suspicion::None,
        Some(std::cmp::Ordering::Equal) => Suspicion::Weak,
        Some(std::cmp::Ordering::Greater) | None => Suspicion::Proof,
    }
}

/// Asks for the first page of the newest comments, and for more while a page holds anything of people's that is newer
/// than the last time we looked.
fn read_feed(desk: &mut Desk<'_>, side: Side, pairs: &[Pair]) {
    if desk.profile(side).comments != CommentReading::Feed || pairs.is_empty() || desk.rules.focus.is_some() {
        return;
    }
    let counted = pairs
        .iter()
        .any(|p| desk.issue(side, p.keys.get(side)).is_some_and(|i| i.comment_count > 0));
    let Some(feed) = &desk.world.get(side).feed else {
        if counted {
            desk.need(Need::Feed(side));
        }
        return;
    };
    // A marker may claim anything; nobody has seen what is yet to come.
    let now = desk.world.get(side).now.as_second();
    let watermark = pairs
        .iter()
        .map(|pair| pair.marks(side).seen)
        .max()
        .unwrap_or_default()
        .min(now);
    let newer = |comment: &Comment| comment.updated.is_some_and(|at| at.as_second() >= watermark);
    let last_page = desk.world.get(side).feed_pages.last().copied().unwrap_or_default();
    let news = feed
        .comments
        .iter()
        .rev()
        .take(last_page)
        .filter(|(_, comment)| comment.body.markers.is_empty())
        .any(|(_, comment)| newer(comment));
    // A page of nothing but comments that are none of ours to read says nothing about the next one.
    let blind = last_page == 0 && desk.world.get(side).feed_pages.len() < BLIND;
    if feed.more && (news || blind) {
        desk.need(Need::Feed(side));
    }
}
