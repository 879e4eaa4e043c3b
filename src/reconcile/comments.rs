//! Comments: one copy of each comment a person wrote, edits carried, deleted copies left deleted, order kept.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::pair::Pair;
use super::{Desk, Need, crossing};
use crate::config::{CommentField, Mode};
use crate::model::{
    Comment, CommentKey, CommentMark, Hash, Issue, IssueKey, LinkId, Marker, Marks, Payload, PerSide, Side, hash_ours,
    hash_text,
};
use crate::plan::{Act, Book, Copy, Field, Step, digest_comments};
use crate::tracker::CommentReading;

/// What is known of both sides' comments.
struct Talk<'a> {
    link: &'a LinkId,
    keys: PerSide<Option<&'a IssueKey>>,
    lists: PerSide<&'a [Comment]>,
    marks: PerSide<Marks>,
    /// New copies may notify mapped people: the link is no backfill, and the sync asks for it.
    notify: bool,
    /// The number of comments is smaller than when we last looked: something was deleted.
    shrunk: PerSide<bool>,
}

/// The steps that bring the comments of a pair together; `None` while comments are still being asked for.
pub(super) fn plan(desk: &mut Desk<'_>, pair: &Pair) -> Option<Vec<Step>> {
    let left = desk.comments(Side::Left, &pair.keys.left);
    let right = desk.comments(Side::Right, &pair.keys.right);
    let talk = Talk {
        link: &pair.link,
        keys: PerSide::new(Some(&pair.keys.left), Some(&pair.keys.right)),
        lists: PerSide::new(left?, right?),
        marks: PerSide::new(pair.marks(Side::Left), pair.marks(Side::Right)),
        notify: desk.terms().sync.notify && pair.base().is_some(),
        shrunk: PerSide::new((), ()).map(|side, ()| {
            let now = desk
                .issue(side, pair.keys.get(side))
                .map_or(0, |issue| issue.comment_count);
            now < pair.marks(side).count
        }),
    };
    Some(steps(desk, &talk))
}

/// The steps that copy the comments of an issue to the twin about to be created.
pub(super) fn plan_new(desk: &mut Desk<'_>, link: &LinkId, origin: Side, key: &IssueKey) -> Option<Vec<Step>> {
    let list = desk.comments(origin, key)?;
    let mut talk = Talk {
        link,
        keys: PerSide::default(),
        lists: PerSide::new(&[], &[]),
        marks: PerSide::default(),
        notify: false,
        shrunk: PerSide::default(),
    };
    *talk.keys.get_mut(origin) = Some(key);
    *talk.lists.get_mut(origin) = list;
    Some(steps(desk, &talk))
}

/// Whether the comments of a pair, all known, need nothing.
pub(super) fn is_settled(desk: &mut Desk<'_>, pair: &Pair) -> bool {
    plan(desk, pair).is_some_and(|steps| steps.is_empty())
}

/// How far a side's comments are known, now that they have been read.
pub(super) fn marks_now(desk: &Desk<'_>, pair: &Pair, side: Side) -> Marks {
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
        count: issue.map_or(list.len() as u64, |issue| issue.comment_count),
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

/// Takes the comments that have yet to be carried off what the book says is known: a run that is stopped in between, or
/// fails, leaves counts and fingerprints that do not fit, and the next one looks.
pub(super) fn less_planned(book: &mut Book, steps: &[Step]) {
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
pub(super) fn spoken(link: &LinkId, list: &[Comment]) -> BTreeMap<CommentKey, Hash> {
    list.iter()
        .map(|c| (c.key.clone(), hash_text(link, &c.body.text)))
        .collect()
}

/// The fingerprint of all comments of an issue.
pub(super) fn digest(link: &LinkId, list: &[Comment]) -> Hash {
    digest_comments(link, &spoken(link, list))
}

/// What the marker of a comment on a side says, if it is ours: of this link, signed where there is a key, and in a comment
/// of our own account where the service tells who that is. Anybody can write a line that looks like it.
fn mark_of<'a>(desk: &Desk<'_>, on: Side, link: &LinkId, comment: &'a Comment) -> Option<&'a CommentMark> {
    let marker = claims_link(link, comment)?;
    let stranger = match (&desk.world.get(on).account, &comment.author) {
        (Some(Some(own)), Some(author)) => own.to_lowercase() != author.login.to_lowercase(),
        (Some(Some(_)), None) => true,
        (Some(None) | None, _) => false,
    };
    match &marker.payload {
        Payload::Comment(mark) if !stranger && marker.trusted(&desk.rules.signer) => Some(mark),
        Payload::Comment(_) | Payload::State(_) | Payload::Pointer(_) | Payload::Board => None,
    }
}

fn claims_link<'a>(link: &LinkId, comment: &'a Comment) -> Option<&'a Marker> {
    let mut markers = comment.body.markers.iter();
    markers.find(|marker| marker.link == *link && matches!(marker.payload, Payload::Comment(_)))
}

fn is_original(comment: &Comment) -> bool {
    comment.body.markers.is_empty() && comment.body.bad.is_empty() && !comment.restricted
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
            steps.extend(kept_twice(desk, talk, from));
        }
    }
    steps
}

fn hold_odd(desk: &mut Desk<'_>, talk: &Talk<'_>, side: Side) {
    let Some(key) = talk.keys.get(side) else { return };
    for comment in *talk.lists.get(side) {
        let stranger = claims_link(talk.link, comment).is_some() && mark_of(desk, side, talk.link, comment).is_none();
        let unsigned = comment
            .body
            .markers
            .iter()
            .any(|marker| !marker.trusted(&desk.rules.signer));
        if comment.body.bad.is_empty() && !unsigned && !stranger {
            continue;
        }
        let on = desk.at(side, key);
        desk.hold(
            "comment-marker",
            on,
            format!(
                "comment {} holds a marker that cannot be read, is not signed, or is not ours; it is not copied",
                comment.key
            ),
            "take the marker line out of the comment",
        );
    }
}

/// Copies by the key of their original, oldest first.
fn copies<'a>(desk: &Desk<'_>, talk: &Talk<'a>, from: Side) -> BTreeMap<&'a str, Vec<(&'a Comment, &'a CommentMark)>> {
    let mut copies: BTreeMap<&str, Vec<(&Comment, &CommentMark)>> = BTreeMap::new();
    for comment in *talk.lists.get(from.other()) {
        if let Some(mark) = mark_of(desk, from.other(), talk.link, comment).filter(|mark| mark.side == from) {
            copies.entry(mark.source.as_str()).or_default().push((comment, mark));
        }
    }
    for list in copies.values_mut() {
        list.sort_by(|a, b| a.0.key.cmp(&b.0.key));
    }
    copies
}

fn flow<'a>(desk: &mut Desk<'_>, talk: &Talk<'a>, field: &CommentField, from: Side) -> Vec<(&'a Comment, Step)> {
    let to = from.other();
    let copies = copies(desk, talk, from);
    let high = talk.marks.get(from).high;
    let mut steps = Vec::new();
    for original in talk.lists.get(from).iter().filter(|c| is_original(c)) {
        let Some((copy, mark)) = copies.get(original.key.0.as_str()).and_then(|list| list.first()) else {
            let was_deleted = original.key.0.parse::<u64>().is_ok_and(|key| key <= high);
            if !was_deleted {
                let act = Act::Comment(copy_of(desk, talk.link, from, original, talk.notify));
                steps.push((original, step(to, act, format!("comment {}", by(desk, from, original)))));
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
    let copy_changed = hash_text(link, &copy.body.text) != mark.copy;
    if !original_changed && !copy_changed {
        return Vec::new();
    }
    let fresh = copy_of(desk, link, from, original, false);
    let agree = hash_text(link, &fresh.text) == hash_text(link, &copy.body.text);
    let mut steps = Vec::new();
    let renew = |content: Copy| Act::EditCopy {
        comment: copy.key.clone(),
        copy: content,
    };
    match (original_changed, copy_changed) {
        (true, true) if agree => steps.push(step(to, renew(fresh), "edited the same on both sides".into())),
        (true, changed) => {
            if changed {
                let lost = hash_text(link, &copy.body.text);
                steps.extend(kept(desk, talk, to, "comment", &copy.body.text, &lost));
            }
            steps.push(step(
                to,
                renew(fresh),
                format!("comment edited on {}", desk.tracker(from)),
            ));
        }
        (false, true) if field.direction.reaches(from) => {
            if crossing::carry_comment(desk, from, original, false).1 {
                hold_cut(desk, talk, to, copy);
                return Vec::new();
            }
            let back = crossing::bring_comment_back(desk, to, &copy.body.text, &original.body.text);
            let why = format!("its copy was edited on {}", desk.tracker(to));
            let edited = Act::EditOriginal {
                comment: original.key.clone(),
                text: back.clone(),
            };
            steps.push(step(from, edited, why.clone()));
            let mut mark = fresh.mark.clone();
            mark.original = hash_text(link, &back);
            mark.copy = hash_text(link, &copy.body.text);
            let same = Copy {
                text: copy.body.text.clone(),
                mark,
                attribution: fresh.attribution,
            };
            steps.push(step(to, renew(same), why));
        }
        (false, _) => {}
    }
    steps
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
fn removals(desk: &Desk<'_>, talk: &Talk<'_>, field: &CommentField, from: Side) -> Vec<Step> {
    let to = from.other();
    let originals: BTreeSet<&str> = talk.lists.get(from).iter().map(|c| c.key.0.as_str()).collect();
    let mut steps = Vec::new();
    for (source, list) in copies(desk, talk, from) {
        let untouched = |(copy, mark): &&(&Comment, &CommentMark)| hash_text(talk.link, &copy.body.text) == mark.copy;
        for (copy, _) in list.iter().skip(1).filter(untouched) {
            let act = Act::DeleteCopy {
                comment: copy.key.clone(),
            };
            steps.push(step(to, act, "the same comment was copied twice".into()));
        }
        let gone = !originals.contains(source) && *talk.shrunk.get(from);
        if gone && field.mirror_deletions {
            for (copy, _) in list.iter().take(1).filter(untouched) {
                let act = Act::DeleteCopy {
                    comment: copy.key.clone(),
                };
                steps.push(step(to, act, format!("comment deleted on {}", desk.tracker(from))));
            }
        }
    }
    steps
}

/// Texts that two runs kept at once, but for the first.
fn kept_twice(desk: &Desk<'_>, talk: &Talk<'_>, side: Side) -> Vec<Step> {
    let mut sources: BTreeSet<&str> = BTreeSet::new();
    let mut steps = Vec::new();
    for comment in *talk.lists.get(side) {
        let Some(mark) = mark_of(desk, side, talk.link, comment).filter(|mark| mark.source.starts_with("kept:")) else {
            continue;
        };
        let untouched = hash_text(talk.link, &comment.body.text) == mark.copy;
        if mark.side == side && !sources.insert(mark.source.as_str()) && untouched {
            let act = Act::DeleteCopy {
                comment: comment.key.clone(),
            };
            steps.push(step(side, act, "the same text was kept twice".into()));
        }
    }
    steps
}

fn step(on: Side, act: Act, why: String) -> Step {
    Step {
        on,
        act,
        fields: [Field::Comments].into(),
        why,
    }
}

fn by(desk: &Desk<'_>, side: Side, comment: &Comment) -> String {
    let tracker = desk.tracker(side);
    match &comment.author {
        Some(author) => format!("by {} on {tracker}", author.login),
        None => format!("on {tracker}"),
    }
}

fn copy_of(desk: &mut Desk<'_>, link: &LinkId, from: Side, original: &Comment, notify: bool) -> Copy {
    let to = from.other();
    let (carried, _) = crossing::carry_comment(desk, from, original, notify);
    let attribution = attribution(desk, from, original);
    let mark = CommentMark {
        side: from,
        source: original.key.0.clone(),
        original: hash_text(link, &original.body.text),
        copy: hash_text(link, &carried),
        attribution: Some(hash_ours(link, &attribution)),
    };
    debug_assert_ne!(from, to);
    Copy {
        attribution,
        text: carried,
        mark,
    }
}

/// The line above a copy: who wrote it, where and when, with a link. It names people without notifying them.
fn attribution(desk: &Desk<'_>, from: Side, original: &Comment) -> String {
    let who = match &original.author {
        Some(author) => format!("**{}**", crossing::plain(&author.login)),
        None => "Somebody".to_owned(),
    };
    let place = crossing::link(desk.profile(from).service, &original.url);
    match original.created {
        Some(at) => format!("{who} wrote on {place} at {}:", at.strftime("%Y-%m-%d %H:%M UTC")),
        None => format!("{who} wrote on {place}:"),
    }
}

/// The step that keeps a text which is about to be replaced, unless it has been kept already.
fn kept(desk: &Desk<'_>, talk: &Talk<'_>, side: Side, field: &str, lost: &str, hash: &Hash) -> Option<Step> {
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
    };
    (!already).then(|| {
        step(
            side,
            Act::Comment(copy),
            format!("the {field} written there is about to be replaced"),
        )
    })
}

/// The steps that keep a title or body about to be replaced: none when it is blank or kept already. `None` when it cannot
/// be kept, or while the comments that would tell are still being asked for: then it must not be replaced.
pub(super) fn keep_text(desk: &mut Desk<'_>, pair: &Pair, side: Side, field: Field, lost: &str) -> Option<Vec<Step>> {
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
    };
    *talk.lists.get_mut(side) = said;
    Some(
        kept(desk, &talk, side, field.name(), lost, &hash_text(&pair.link, lost))
            .into_iter()
            .collect(),
    )
}

/// Whether a comment on a side keeps the title or body the issue has now.
pub(super) fn has_kept(desk: &Desk<'_>, pair: &Pair, side: Side, issue: &Issue) -> bool {
    let texts = [(Field::Title, &issue.title), (Field::Body, &issue.body.text)];
    let sources = texts.map(|(field, text)| kept_source(field.name(), &hash_text(&pair.link, text)));
    desk.known_comments(side, pair.keys.get(side)).is_some_and(|list| {
        list.iter()
            .filter_map(|comment| mark_of(desk, side, &pair.link, comment))
            .any(|mark| mark.side == side && sources.contains(&mark.source))
    })
}

fn kept_source(field: &str, lost: &Hash) -> String {
    format!("kept:{field}:{}", lost.0)
}
