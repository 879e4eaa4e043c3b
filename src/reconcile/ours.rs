//! Which comments are copies of ours, and which are originals that people wrote.

use super::desk::Desk;
use crate::model::{Comment, CommentMark, LinkId, Marker, Payload, Side, hash_text};

/// What the marker of a comment on a side says, if it is ours: of this link, signed where there is a key, and in a comment
/// of our own account where the service tells who that is. Anybody can write a line that looks like it.
pub(super) fn mark_of<'a>(desk: &Desk<'_>, on: Side, link: &LinkId, comment: &'a Comment) -> Option<&'a CommentMark> {
    let marker = claims_link(link, comment)?;
    let stranger = match (&desk.world.get(on).account, &comment.author) {
        (Some(Some(own)), Some(author)) => own.to_lowercase() != author.login.to_lowercase(),
        (Some(Some(_)), None) => true,
        (Some(None) | None, _) => false,
    };
    match &marker.payload {
        Payload::Comment(mark) if !stranger && marker.trusted(&desk.rules.signer) => Some(mark),
        Payload::Comment(_) | Payload::State(_) | Payload::Pointer(_) | Payload::Board(_) => None,
    }
}

/// The marker of a comment that says it is a copy of this link, ours or not.
pub(super) fn claims_link<'a>(link: &LinkId, comment: &'a Comment) -> Option<&'a Marker> {
    let mut markers = comment.body.markers.iter();
    markers.find(|marker| marker.link == *link && matches!(marker.payload, Payload::Comment(_)))
}

pub(super) fn is_original(comment: &Comment) -> bool {
    comment.body.markers.is_empty() && comment.body.bad.is_empty() && !comment.restricted
}

/// Whether somebody edited a copy since we wrote it.
pub(super) fn is_edited(link: &LinkId, copy: &Comment, mark: &CommentMark) -> bool {
    hash_text(link, &copy.body.text) != mark.copy
}
