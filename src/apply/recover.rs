//! After a lost answer: looking whether the write was done, by its marker, in listings. Never a blind second try.

use jiff::SignedDuration;

use super::Hands;
use crate::model::{Comment, CommentMark, Issue, IssueKey, LinkId, Payload, Side};

/// How far back to look for an issue just created, for services whose listings use another clock.
const BACK: SignedDuration = SignedDuration::from_mins(10);

/// The issue that carries the marker of `link`, if the lost creation was done after all.
pub(super) async fn created(hands: &Hands<'_>, side: Side, link: &LinkId) -> Option<Issue> {
    let since = hands.clocks.get(side).0.checked_sub(BACK).ok();
    let listing = hands.readers.get(side).list(since).await.ok()?;
    listing.issues.into_iter().find(|issue| {
        issue
            .body
            .markers
            .iter()
            .any(|marker| marker.link == *link && stands(&marker.payload))
    })
}

/// Whether the marker belongs to a live twin: one that lost a race or was parted is not what was created.
fn stands(payload: &Payload) -> bool {
    match payload {
        Payload::State(mark) => mark.survivor.is_none(),
        Payload::Pointer(mark) => mark.survivor.is_none(),
        Payload::Comment(_) | Payload::Board(_) => false,
    }
}

/// The copy with this marker, if the lost comment was written after all.
pub(super) async fn commented(
    hands: &Hands<'_>,
    side: Side,
    issue: &IssueKey,
    link: &LinkId,
    mark: &CommentMark,
) -> Option<Comment> {
    let mut lists = hands
        .readers
        .get(side)
        .comments(&[(issue.clone(), u64::MAX)])
        .await
        .ok()?;
    let list = lists.remove(issue)?;
    list.into_iter().find(|comment| {
        comment.body.markers.iter().any(|marker| match &marker.payload {
            Payload::Comment(found) => marker.link == *link && found.source == mark.source && found.side == mark.side,
            Payload::State(_) | Payload::Pointer(_) | Payload::Board(_) => false,
        })
    })
}
