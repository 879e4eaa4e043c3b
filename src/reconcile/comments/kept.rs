//! Texts that lose: kept as a comment on their own side before they are replaced, once.

use std::collections::BTreeSet;

use super::talk::{Talk, step};
use crate::model::{Comment, CommentMark, Hash, Issue, PerSide, Side, hash_ours, hash_text};
use crate::plan::{Act, Copy, Field, Step};
use crate::reconcile::crossing;
use crate::reconcile::desk::Desk;
use crate::reconcile::ours::{is_edited, mark_of};
use crate::reconcile::pairing::Pair;

/// The steps that keep a title or body about to be replaced: none when it is blank or kept already. `None` when it cannot
/// be kept, or while the comments that would tell are still being asked for: then it must not be replaced.
pub(crate) fn keep_text(desk: &mut Desk<'_>, pair: &Pair, side: Side, field: Field, lost: &str) -> Option<Vec<Step>> {
    if lost.trim().is_empty() {
        return Some(Vec::new());
    }
    let said = desk.comments(side, pair.keys.get(side))?;
    if !crossing::fits_comment(desk, side, lost) {
        let on = desk.at(side, pair.keys.get(side));
        desk.hold(
            "conflict",
            on,
            format!(
                "its {} was changed on both sides and is too long to be kept as a comment",
                field.name()
            ),
            "make both sides equal by hand",
        );
        return None;
    }
    let mut talk = Talk {
        link: &pair.link,
        keys: PerSide::default(),
        lists: PerSide::new(&[], &[]),
        marks: PerSide::default(),
        notify: false,
        shrunk: PerSide::default(),
        left_out: PerSide::default(),
    };
    *talk.lists.get_mut(side) = said;
    Some(
        kept(desk, &talk, side, field.name(), lost, &hash_text(&pair.link, lost))
            .into_iter()
            .collect(),
    )
}

/// Whether a comment on a side keeps the title or body the issue has now.
pub(crate) fn has_kept(desk: &Desk<'_>, pair: &Pair, side: Side, issue: &Issue) -> bool {
    let texts = [(Field::Title, &issue.title), (Field::Body, &issue.body.text)];
    let sources = texts.map(|(field, text)| kept_source(field.name(), &hash_text(&pair.link, text)));
    desk.known_comments(side, pair.keys.get(side)).is_some_and(|list| {
        list.iter()
            .filter_map(|comment| mark_of(desk, side, &pair.link, comment))
            .any(|mark| mark.side == side && sources.contains(&mark.source))
    })
}

/// The step that keeps a text which is about to be replaced, unless it has been kept already.
pub(super) fn kept(desk: &Desk<'_>, talk: &Talk<'_>, side: Side, field: &str, lost: &str, hash: &Hash) -> Option<Step> {
    let source = kept_source(field, hash);
    let already = talk
        .lists
        .get(side)
        .iter()
        .any(|c| mark_of(desk, side, talk.link, c).is_some_and(|m| m.source == source));
    let attribution = format!(
        "This {field} was replaced by the version from {}; it read:",
        crossing::plain(desk.profile(side.other()).service)
    );
    let text = crossing::disarm(desk, side, lost);
    let mark = CommentMark {
        side,
        source,
        original: hash.clone(),
        copy: hash_text(talk.link, &text),
        attribution: Some(hash_ours(talk.link, &attribution)),
    };
    let copy = Copy {
        attribution,
        text,
        mark,
        files: Vec::new(),
    };
    (!already).then(|| {
        step(
            side,
            Act::Comment(copy),
            format!("the {field} written there is about to be replaced"),
        )
    })
}

/// Texts that two runs kept at once, but for one: the first, or one that somebody edited.
pub(super) fn kept_twice(desk: &Desk<'_>, talk: &Talk<'_>, side: Side) -> Vec<Step> {
    let marked = |comment| Some((comment, mark_of(desk, side, talk.link, comment)?));
    let mut all: Vec<(&Comment, &CommentMark)> = talk.lists.get(side).iter().filter_map(marked).collect();
    all.retain(|(_, mark)| mark.source.starts_with("kept:") && mark.side == side);
    all.sort_by_key(|(comment, mark)| !is_edited(talk.link, comment, mark));
    let mut sources: BTreeSet<&str> = BTreeSet::new();
    let mut steps = Vec::new();
    for (comment, mark) in all {
        if !sources.insert(mark.source.as_str()) && !is_edited(talk.link, comment, mark) {
            let act = Act::DeleteCopy {
                comment: comment.key.clone(),
                was: hash_text(talk.link, &comment.body.text),
            };
            steps.push(step(side, act, "the same text was kept twice".into()));
        }
    }
    steps
}

fn kept_source(field: &str, lost: &Hash) -> String {
    format!("kept:{field}:{}", lost.0)
}
