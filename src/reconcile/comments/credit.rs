//! The line above a copy: who wrote the original, where and when.

use crate::config::{Attributed, attribution as attribution_of};
use crate::model::{Comment, Side};
use crate::reconcile::crossing;
use crate::reconcile::desk::{Desk, Need};
use crate::reconcile::ours::is_original;

/// The line above a copy: who wrote it, where and when, with a link. It names people without notifying them.
pub(super) fn attribution(desk: &Desk<'_>, from: Side, original: &Comment) -> String {
    if let Some(line) = worded(desk, from, original) {
        return line;
    }
    let who = match &original.author {
        Some(author) => format!("**{}**", crossing::quiet(desk, from, &crossing::plain(&author.login))),
        None => "Somebody".to_owned(),
    };
    let place = crossing::link(desk.profile(from).service, &original.url);
    match original.created {
        Some(at) => format!("{who} wrote on {place} at {}:", at.strftime("%Y-%m-%d %H:%M UTC")),
        None => format!("{who} wrote on {place}:"),
    }
}

/// The line as the mapping file words it; `None` where it does not, or where nothing fit to stand there comes of it.
fn worded(desk: &Desk<'_>, from: Side, original: &Comment) -> Option<String> {
    let template = desk.terms().sync.fields.comments.template.as_ref()?;
    let author = original.author.as_ref().map_or("somebody", |author| &author.login);
    let tracker = desk.tracker(from).to_string();
    let url = url::Url::parse(&original.url).map_or_else(|_none| String::new(), String::from);
    let values = Attributed {
        author: &crossing::plain(author),
        url: &url,
        tracker: &crossing::plain(&tracker),
        date: &original
            .created
            .map_or_else(|| "unknown".to_owned(), |at| at.strftime("%Y-%m-%d").to_string()),
    };
    let line = attribution_of(template, &values).ok()?;
    Some(crossing::quiet_line(desk, from, &line))
}

/// Whether a comment without a marker, which is about to be copied from a side, is a copy of ours that lost it: written by
/// our own account, below the line of an original of the other side.
pub(super) fn is_bare_copy(desk: &mut Desk<'_>, from: Side, comment: &Comment, others: &[Comment]) -> bool {
    let first = comment.body.text.lines().next().unwrap_or_default().trim_end();
    let back = from.other();
    let mut originals = others.iter().filter(|other| is_original(other));
    if first.is_empty() || !originals.any(|original| attribution(desk, back, original) == first) {
        return false;
    }
    let Some(account) = &desk.world.get(from).account else {
        desk.need(Need::Account(from));
        return true;
    };
    match (account, &comment.author) {
        (Some(own), Some(author)) => own.to_lowercase() == author.login.to_lowercase(),
        (Some(_), None) => false,
        (None, _) => true,
    }
}

/// What a copy says without the line above it, where somebody edited that as well.
pub(super) fn without_line<'a>(copy: &'a Comment, original: &Comment) -> &'a str {
    let text = copy.body.text.as_str();
    let address = url::Url::parse(&original.url).ok().filter(|_| copy.body.ours.is_none());
    match (address, text.split_once('\n')) {
        (Some(address), Some((first, rest))) if first.contains(address.as_str()) => rest.trim_start(),
        _ => text,
    }
}
