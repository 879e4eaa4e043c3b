//! Comments: one copy of each comment a person wrote, edits carried, deleted copies left deleted, order kept.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::bare::buried;
use super::credit::{attribution, is_bare_copy, without_line};
use super::talk::{Talk, copies, hold_left_out, hold_odd, step, talk, talk_of_one};
use super::{kept, orders};
use crate::config::{CommentField, Mode};
use crate::model::{Comment, CommentKey, CommentMark, IssueKey, LinkId, Side, hash_ours, hash_text};
use crate::plan::{Act, Copy, Step};
use crate::reconcile::crossing;
use crate::reconcile::crossing::files::with_files;
use crate::reconcile::desk::{Desk, Need};
use crate::reconcile::ours::{claims_link, is_edited, is_original};
use crate::reconcile::pairing::Pair;

/// The steps that bring the comments of a pair together; `None` while comments are still being asked for.
pub(crate) fn plan(desk: &mut Desk<'_>, pair: &Pair) -> Option<Vec<Step>> {
    let talk = talk(desk, pair)?;
    Some(steps(desk, &talk))
}

/// The steps that copy the comments of an issue to the twin about to be created.
pub(crate) fn plan_new(desk: &mut Desk<'_>, link: &LinkId, origin: Side, key: &IssueKey) -> Option<Vec<Step>> {
    let list = desk.comments(origin, key)?;
    let talk = talk_of_one(link, origin, key, list);
    Some(steps(desk, &talk))
}

/// Whether the comments of a pair, all known, need nothing, and command nothing.
pub(crate) fn is_settled(desk: &mut Desk<'_>, pair: &Pair) -> bool {
    plan(desk, pair).is_some_and(|steps| steps.is_empty()) && !orders::is_news(desk, pair)
}

fn steps(desk: &mut Desk<'_>, talk: &Talk<'_>) -> Vec<Step> {
    let field = desk.terms().sync.fields.comments.clone();
    let mut all: Vec<(Option<Timestamp>, Side, CommentKey, Step)> = Vec::new();
    for from in Side::BOTH {
        let claimed = talk
            .lists
            .get(from)
            .iter()
            .any(|comment| claims_link(talk.link, comment).is_some());
        if claimed && desk.world.get(from).account.is_none() {
            desk.need(Need::Account(from));
        }
        hold_odd(desk, talk, from);
        hold_left_out(desk, talk, from);
        if field.direction.reaches(from.other()) {
            for (original, step) in flow(desk, talk, &field, from) {
                all.push((original.created, from, original.key.clone(), step));
            }
        }
    }
    // Stable, so that the steps of one comment keep their order.
    all.sort_by(|a, b| (a.0, a.1, &a.2).cmp(&(b.0, b.1, &b.2)));
    let mut steps: Vec<Step> = all.into_iter().map(|(_, _, _, step)| step).collect();
    for from in Side::BOTH {
        if field.direction.reaches(from.other()) {
            steps.extend(removals(desk, talk, &field, from));
        }
        if from == Side::Right || desk.terms().sync.mode == Mode::TwoWay {
            steps.extend(kept::kept_twice(desk, talk, from));
        }
    }
    steps
}

fn flow<'a>(desk: &mut Desk<'_>, talk: &Talk<'a>, field: &CommentField, from: Side) -> Vec<(&'a Comment, Step)> {
    let to = from.other();
    let copies = copies(desk, talk, from);
    let buried = buried(talk, &copies, from);
    let mut steps = Vec::new();
    for original in talk.lists.get(from).iter().filter(|c| is_original(c)) {
        let Some((copy, mark)) = copies.get(original.key.0.as_str()).and_then(|list| list.first()) else {
            if buried.contains(&original.key) || orders::is_all(desk, from, original) {
                continue;
            }
            if is_bare_copy(desk, from, original, talk.lists.get(to)) {
                hold_bare(desk, talk, from, original);
            } else {
                let copy = copy_of(desk, talk, from, original, talk.notify);
                let why = with_files(format!("comment {}", by(desk, from, original)), &copy.files);
                steps.push((original, step(to, Act::Comment(copy), why)));
            }
            continue;
        };
        if field.edits {
            for one in edits(desk, talk, field, from, original, copy, mark) {
                steps.push((original, one));
            }
        }
    }
    steps
}

fn edits(
    desk: &mut Desk<'_>,
    talk: &Talk<'_>,
    field: &CommentField,
    from: Side,
    original: &Comment,
    copy: &Comment,
    mark: &CommentMark,
) -> Vec<Step> {
    let to = from.other();
    let link = talk.link;
    let original_changed = hash_text(link, &original.body.text) != mark.original;
    let copy_changed = is_edited(link, copy, mark);
    if !original_changed && !copy_changed {
        return Vec::new();
    }
    let fresh = copy_of(desk, talk, from, original, false);
    let agree = hash_text(link, &fresh.text) == hash_text(link, &copy.body.text);
    let mut steps = Vec::new();
    let renew = |content: Copy| Act::EditCopy {
        comment: copy.key.clone(),
        was: hash_text(link, &copy.body.text),
        copy: content,
    };
    match (original_changed, copy_changed) {
        (true, true) if agree => steps.push(step(to, renew(fresh), "edited the same on both sides".into())),
        (true, changed) => {
            if changed {
                let lost = hash_text(link, &copy.body.text);
                steps.extend(kept::kept(desk, talk, to, "comment", &copy.body.text, &lost));
            }
            let why = with_files(format!("comment edited on {}", desk.tracker(from)), &fresh.files);
            steps.push(step(to, renew(fresh), why));
        }
        (false, true) if field.direction.reaches(from) => {
            if crossing::carry_comment(desk, link, from, talk.keys, original, false).cut {
                hold_cut(desk, talk, to, copy);
                return Vec::new();
            }
            let (said, home) = (without_line(copy, original), &original.body.text);
            let back = crossing::bring_comment_back(desk, link, to, talk.keys, said, home);
            let why = format!("its copy was edited on {}", desk.tracker(to));
            let edited = Act::EditOriginal {
                comment: original.key.clone(),
                was: hash_text(link, &original.body.text),
                text: back.text.clone(),
                files: back.files.clone(),
            };
            steps.push(step(from, edited, with_files(why.clone(), &back.files)));
            let mut mark = fresh.mark.clone();
            mark.original = hash_text(link, &back.text);
            mark.copy = hash_text(link, said);
            let same = Copy {
                text: said.to_owned(),
                mark,
                attribution: fresh.attribution,
                files: Vec::new(),
            };
            steps.push(step(to, renew(same), why));
        }
        (false, _) => {}
    }
    steps
}

fn hold_bare(desk: &mut Desk<'_>, talk: &Talk<'_>, side: Side, comment: &Comment) {
    let Some(key) = talk.keys.get(side) else { return };
    let on = desk.at(side, key);
    desk.hold(
        "comment-marker",
        on,
        format!("comment {} is a copy whose marker was taken out; it is not copied", comment.key),
        "put the marker line back from the edit history; or take out the first line, if it is to be a comment of its own",
    );
}

fn hold_cut(desk: &mut Desk<'_>, talk: &Talk<'_>, side: Side, copy: &Comment) {
    let Some(key) = talk.keys.get(side) else { return };
    let on = desk.at(side, key);
    desk.hold(
        "text-cut",
        on,
        format!(
            "comment {} is a shortened copy and was edited here; a shortened text never flows back",
            copy.key
        ),
        "make the edit on the other side, where the whole text is",
    );
}

/// Surplus copies that a race left behind, and copies whose original was deleted.
pub(super) fn removals(desk: &Desk<'_>, talk: &Talk<'_>, field: &CommentField, from: Side) -> Vec<Step> {
    let to = from.other();
    let originals: BTreeSet<&str> = talk.lists.get(from).iter().map(|c| c.key.0.as_str()).collect();
    let mut steps = Vec::new();
    for (source, list) in copies(desk, talk, from) {
        let untouched = |(copy, mark): &&(&Comment, &CommentMark)| !is_edited(talk.link, copy, mark);
        for (copy, _) in list.iter().skip(1).filter(untouched) {
            let act = Act::DeleteCopy {
                comment: copy.key.clone(),
                was: hash_text(talk.link, &copy.body.text),
            };
            steps.push(step(to, act, "the same comment was copied twice".into()));
        }
        let gone = !originals.contains(source) && *talk.shrunk.get(from);
        if gone && field.mirror_deletions {
            for (copy, _) in list.iter().take(1).filter(untouched) {
                let act = Act::DeleteCopy {
                    comment: copy.key.clone(),
                    was: hash_text(talk.link, &copy.body.text),
                };
                steps.push(step(to, act, format!("comment deleted on {}", desk.tracker(from))));
            }
        }
    }
    steps
}

fn by(desk: &Desk<'_>, side: Side, comment: &Comment) -> String {
    let tracker = desk.tracker(side);
    match &comment.author {
        Some(author) => format!("by {} on {tracker}", author.login),
        None => format!("on {tracker}"),
    }
}

fn copy_of(desk: &mut Desk<'_>, talk: &Talk<'_>, from: Side, original: &Comment, notify: bool) -> Copy {
    let link = talk.link;
    let carried = crossing::carry_comment(desk, link, from, talk.keys, original, notify);
    let attribution = attribution(desk, from, original);
    let mark = CommentMark {
        side: from,
        source: original.key.0.clone(),
        original: hash_text(link, &original.body.text),
        copy: hash_text(link, &carried.text),
        attribution: Some(hash_ours(link, &attribution)),
    };
    Copy {
        attribution,
        text: carried.text,
        mark,
        files: carried.files,
    }
}
