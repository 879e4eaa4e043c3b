//! The loop breaker: a field that we write again and again, because something keeps undoing what we write, is left
//! alone for a day and reported.
//!
//! Nothing but the state marker remembers: for every field written within the last hour how often that was a
//! repetition, and fingerprints of the last few writes. A write is a repetition when it is one of those again (two bots
//! undoing each other), or when it carries a change that nobody made: the issue it comes from has not changed since we
//! wrote there last (a service that stores one text and shows another). Whatever is new was written by somebody, and
//! the counting starts again.

use std::collections::{BTreeMap, BTreeSet};

use super::merged::Merged;
use crate::model::{Hash, Issue, PerSide, Side, Turn};
use crate::plan::{Change, Field};
use crate::reconcile::desk::Desk;
use crate::reconcile::pairing::Pair;
use crate::tracker::CommentReading;

/// A write that comes longer than this after the one before (in seconds) is no part of a loop.
const HOUR: i64 = 3_600;
/// So long a broken loop is left alone, in seconds.
const DAY: i64 = 24 * HOUR;
/// A marker cannot know when the request that carries it arrives: so many seconds later it was still our own write.
const ARRIVAL: i64 = 5;
/// So many fingerprints are remembered: enough for a few parties that undo each other in turn.
const MEMORY: usize = 3;

/// What the marker still has to remember of earlier writes.
pub(crate) fn remembered(pair: &Pair, now: i64) -> BTreeMap<String, Turn> {
    let all = pair.state.iter().flat_map(|mark| &mark.turns);
    all.filter(|(_, turn)| is_alive(turn, now))
        .map(|(code, turn)| (code.clone(), turn.clone()))
        .collect()
}

fn is_alive(turn: &Turn, now: i64) -> bool {
    let age = now.saturating_sub(turn.when);
    // A marker from the future is no reason to stop for ever.
    age >= -HOUR && age < if turn.is_loop() { DAY } else { HOUR }
}

/// Merges a field, and takes back what it asks for when that would be one more turn of a loop.
pub(crate) fn watch(
    desk: &mut Desk<'_>,
    pair: &Pair,
    issues: &PerSide<&Issue>,
    out: &mut Merged,
    code: &'static str,
    merge: impl FnOnce(&mut Desk<'_>, &mut Merged),
) {
    let before = (out.change.clone(), out.why.clone(), out.cut, out.kept.len());
    merge(desk, out);
    let (change, why, cut, kept) = before;
    let fields: BTreeSet<Field> = Side::BOTH
        .into_iter()
        .flat_map(|side| {
            let old = why.get(side);
            out.why.get(side).keys().filter(|field| !old.contains_key(field))
        })
        .copied()
        .collect();
    if fields.is_empty() || pair.state.is_none() {
        return;
    }
    let written = PerSide::new((), ()).map(|side, ()| difference(change.get(side), out.change.get(side)));
    let empty = Change::default();
    let unprovoked = Side::BOTH
        .into_iter()
        .filter(|to| *written.get(*to) != empty)
        .all(|to| is_quiet(desk, pair, issues, to.other()));
    // Only ever compared with what this version wrote within the last day.
    let print = short(&Hash::of(&pair.link.0, &format!("{code} {written:?}")));
    let now = desk.rules.now.as_second();
    let old = remembered(pair, now).remove(code);
    let repeats = old
        .as_ref()
        .is_some_and(|turn| unprovoked || turn.last.contains(&print));
    if repeats && old.as_ref().is_some_and(Turn::is_loop) {
        (out.change, out.why, out.cut) = (change, why, cut);
        out.kept.truncate(kept);
        for field in &fields {
            out.freeze(*field);
        }
        hold(desk, pair, &fields);
        return;
    }
    let mut turn = old.unwrap_or_default();
    turn.count = if repeats { turn.count.saturating_add(1) } else { 1 };
    turn.when = now;
    turn.last.retain(|old| *old != print);
    turn.last.insert(0, print);
    turn.last.truncate(MEMORY);
    out.turns.insert(code.to_owned(), (turn, fields));
}

/// Whether an issue has not changed since we wrote there, as far as its service tells.
fn is_quiet(desk: &Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>, side: Side) -> bool {
    let marks = pair.marks(side);
    // People who edit files tell no times.
    let tells = desk.profile(side).comments != CommentReading::Free;
    let updated = issues.get(side).updated;
    tells && updated.is_some_and(|at| at.as_second() <= marks.seen.max(marks.wrote).saturating_add(ARRIVAL))
}

fn short(print: &Hash) -> String {
    print.0.chars().take(6).collect()
}

/// What one merge added to a change.
fn difference(before: &Change, after: &Change) -> Change {
    Change {
        title: after.title.clone().filter(|_| before.title != after.title),
        text: after.text.clone().filter(|_| before.text != after.text),
        status: after.status.filter(|_| before.status != after.status),
        add_labels: after.add_labels.difference(&before.add_labels).cloned().collect(),
        remove_labels: after.remove_labels.difference(&before.remove_labels).cloned().collect(),
        assignees: after.assignees.clone().filter(|_| before.assignees != after.assignees),
        planning: if before.planning == after.planning {
            crate::model::PlanningChange::default()
        } else {
            after.planning.clone()
        },
        confidential: None,
        files: Vec::new(),
    }
}

fn hold(desk: &mut Desk<'_>, pair: &Pair, fields: &BTreeSet<Field>) {
    let names: BTreeSet<&str> = fields.iter().map(|field| field.name()).collect();
    let names = names.into_iter().collect::<Vec<_>>().join(", ");
    let on = desk.at(Side::Left, &pair.keys.left);
    let twin = desk.at(Side::Right, &pair.keys.right);
    desk.hold(
        "loop",
        on,
        format!("{names}: written again and again, here or on {twin}, and undone each time by somebody who is not us"),
        "find the bot, the automation or the other sync that sets it too, and let only one of them; it is left alone \
         until something else in it changes, or for a day",
    );
}
