//! One linked pair: merge every field, then put the writes in order.

use super::book::book;
use super::parting;
use crate::config::{Direction, Mode};
use crate::model::{Issue, Marks, PerSide, Side};
use crate::plan::{Act, Book, Change, Field, Heard, LinkPlan, Step};
use crate::reconcile::comments::orders::Heeded;
use crate::reconcile::comments::{flow, kept, known, orders};
use crate::reconcile::crossing;
use crate::reconcile::desk::Desk;
use crate::reconcile::fields::merged::Merged;
use crate::reconcile::fields::{breaker, labels, people, shown, spent, status, text, values};
use crate::reconcile::pairing::Pair;
use crate::reconcile::pairing::trust::hold_lost;
use crate::reconcile::seen;

/// Plans a pair. Without steps it is settled.
pub(crate) fn plan(desk: &mut Desk<'_>, pair: &Pair, talk: bool) -> Option<LinkPlan> {
    let issues = PerSide::new(
        desk.issue(Side::Left, &pair.keys.left)?,
        desk.issue(Side::Right, &pair.keys.right)?,
    );
    if is_private(desk, pair, &issues) {
        return None;
    }
    let mut heeded = if talk {
        orders::heed(desk, pair)
    } else {
        Heeded::default()
    };
    if let Some(why) = heeded.unlink {
        return part_on_command(desk, pair, heeded.steps, &why);
    }
    let before = desk.out.plan.drift.len();
    desk.decided = heeded.keep;
    let mut merged = merge(desk, pair, &issues);
    desk.decided = None;
    let spent = spent::merge(desk, pair, &issues, &mut merged);
    let mut book = book(desk, pair, &issues);
    shown::merge(desk, pair, &issues, &book, &mut merged);
    let spoken = if talk {
        flow::plan(desk, pair).unwrap_or_default()
    } else {
        Vec::new()
    };
    let marks = marks(desk, pair, talk);
    let counted = talk
        && Side::BOTH.into_iter().any(|side| {
            let (now, old) = (marks.get(side), pair.marks(side));
            now.count != old.count || now.digest != old.digest
        });

    book.marks = marks;
    book.spent = spent.merged;
    book.intents = spent.intents;
    // Where reading comments costs nothing they are known without being merged: a comment that keeps a text adds to them.
    if talk || desk.terms().sync.fields.comments.direction != Direction::Off {
        book.spoken = PerSide::new((), ()).map(|side, ()| {
            desk.known_comments(side, pair.keys.get(side))
                .map(|list| known::spoken(&pair.link, list))
        });
    }
    seen::note_comments(desk, pair, &spoken);
    known::less_planned(&mut book, &spoken);
    book.writes = std::mem::take(&mut merged.turns);
    book.cut = merged.cut;
    book.frozen.clone_from(&merged.frozen);
    let stale = merged.is_stale() && says_otherwise(pair, &book, &issues);
    hear(desk, pair, &mut book, heeded.heard);
    let mut steps = hiding(desk, &mut merged);
    let hidden = !steps.is_empty();
    steps.append(&mut heeded.steps);
    steps.append(&mut merged.kept);
    steps.extend(spoken);
    let room = crossing::has_room_for_marker(desk, Side::Left, issues.left);
    let pointer_missing = pair.pointer.is_none() && desk.terms().sync.mode == Mode::TwoWay && room;
    // Without a pointer nothing but the state can say that the twin was made to its end.
    let unfinished = !room && pair.is_half_made(desk.terms().sync.mode);
    let left = update(Side::Left, &mut merged, pointer_missing);
    let talked = !steps.is_empty() && !pointer_missing;
    let additions = std::mem::take(&mut merged.spend);
    if !additions.is_empty() {
        steps.push(note());
    }
    let state_due = pair.state.is_none()
        || stale
        || talked
        || heeded.due
        || counted && !pointer_missing
        || left_changes(left.as_ref());
    let state_due = state_due || unfinished || hidden || !additions.is_empty() || merged.footer.right;
    let right = update(Side::Right, &mut merged, state_due);
    steps.extend(additions);
    // The marker that is written last says most: the state where it is due, else the pointer.
    steps.extend(left);
    steps.extend(right);
    report_lost(desk, pair);
    seen::note_markers(desk, pair, &steps, pointer_missing, before);
    if !steps.is_empty() && !has_room_for_state(desk, &book, issues.right, &steps) {
        let on = desk.at(Side::Right, &pair.keys.right);
        desk.hold(
            "no-room",
            on,
            "its body has become so long that the state of the link does not fit below it, so nothing is carried",
            "shorten the body by 2,000 characters",
        );
        return None;
    }
    Some(LinkPlan {
        link: pair.link.clone(),
        keys: PerSide::new(Some(pair.keys.left.clone()), Some(pair.keys.right.clone())),
        steps,
        book,
    })
}

/// How far comments are known by the end, if all goes well.
fn marks(desk: &Desk<'_>, pair: &Pair, talk: bool) -> PerSide<Marks> {
    PerSide::new((), ()).map(|side, ()| {
        if talk {
            known::marks_now(desk, pair, side)
        } else {
            let old = pair.marks(side);
            let seen = old.seen.max(desk.world.get(side).now.as_second());
            // A link that is written without its comments being merged is above suspicion up to now.
            match desk.terms().sync.fields.comments.direction {
                Direction::Off => old,
                Direction::Both | Direction::To(_) => Marks { seen, ..old },
            }
        }
    })
}

/// Parts the link, and shows first that the command was read.
fn part_on_command(desk: &Desk<'_>, pair: &Pair, mut steps: Vec<Step>, why: &str) -> Option<LinkPlan> {
    let mut plan = parting::both(desk, pair, why)?;
    steps.append(&mut plan.steps);
    Some(LinkPlan { steps, ..plan })
}

/// Notes how far comments have been looked through, and which fields must be written before that is said.
fn hear(desk: &Desk<'_>, pair: &Pair, book: &mut Book, heard: Option<Heard>) {
    let Some(heard) = heard else { return };
    let questions = desk.out.plan.questions.iter();
    let answered = questions.filter(|asked| asked.link == pair.link && asked.chosen.is_some());
    let fields = answered.map(|asked| asked.field);
    let fields = fields.filter(|field| !book.frozen.contains(field)).collect();
    book.heard = Heard { fields, ..heard };
}

/// Merges what both sides show, but for time spent.
fn merge(desk: &mut Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>) -> Merged {
    let mut out = Merged {
        origin: (pair.base().is_none() && pair.is_half_made(desk.terms().sync.mode)).then_some(pair.origin),
        ahead: ahead(desk, pair, issues),
        ..Merged::default()
    };
    text::merge(desk, pair, issues, &mut out);
    breaker::watch(desk, pair, issues, &mut out, "s", |desk, out| {
        status::merge(desk, pair, issues, out);
    });
    breaker::watch(desk, pair, issues, &mut out, "l", |desk, out| {
        labels::merge(desk, pair, issues, out);
    });
    breaker::watch(desk, pair, issues, &mut out, "p", |desk, out| {
        people::merge(desk, pair, issues, out);
    });
    breaker::watch(desk, pair, issues, &mut out, "v", |desk, out| {
        values::merge(desk, pair, issues, out);
    });
    values::merge_confidential(desk, pair, issues, &mut out);
    out
}

/// Whether the state fits below the text the right side is going to have: a text that people wrote there is never cut.
fn has_room_for_state(desk: &Desk<'_>, book: &Book, right: &Issue, steps: &[Step]) -> bool {
    let mut text = right.body.text.as_str();
    for step in steps.iter().filter(|step| step.on == Side::Right) {
        if let Act::Update(change) = &step.act {
            text = change.text.as_deref().unwrap_or(text);
        }
    }
    let body = book.body(
        Side::Right,
        text,
        book.marker(Side::Right, None, None),
        &desk.rules.signer,
    );
    body.chars().count() <= desk.profile(Side::Right).body_max
}

fn ahead(desk: &Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>) -> Option<Side> {
    let lost = PerSide::new((), ()).map(|side, ()| kept::has_kept(desk, pair, side, issues.get(side)));
    match (lost.left, lost.right) {
        (true, false) => Some(Side::Right),
        (false, true) => Some(Side::Left),
        (true, true) | (false, false) => None,
    }
}

/// Whether the base would be written differently from what it says: a field that is held keeps its base, so holding it
/// is no reason to write.
fn says_otherwise(pair: &Pair, book: &Book, issues: &PerSide<&Issue>) -> bool {
    pair.base().is_none_or(|base| {
        Side::BOTH
            .into_iter()
            .any(|side| !book.side_base(side, issues.get(side)).same_fields(base.sides.get(side)))
    })
}

fn left_changes(step: Option<&Step>) -> bool {
    step.is_some_and(|step| matches!(&step.act, Act::Update(change) if !change.is_empty()))
}

/// The writes that hide an issue, before anything else is told there.
fn hiding(desk: &Desk<'_>, merged: &mut Merged) -> Vec<Step> {
    let mut steps = Vec::new();
    for on in Side::BOTH {
        if merged.change.get_mut(on).confidential.take_if(|hide| *hide).is_some() {
            merged.why.get_mut(on).remove(&Field::Confidential);
            let change = Change {
                confidential: Some(true),
                ..Change::default()
            };
            steps.push(Step {
                on,
                act: Act::Update(change),
                fields: [Field::Confidential].into(),
                why: format!("confidential on {}", desk.tracker(on.other())),
            });
        }
    }
    steps
}

/// The write that says what time is about to be added.
fn note() -> Step {
    Step {
        on: Side::Right,
        act: Act::Note,
        fields: [Field::Marker].into(),
        why: "what time is about to be added is noted first".to_owned(),
    }
}

fn update(on: Side, merged: &mut Merged, mark: bool) -> Option<Step> {
    let change = std::mem::take(merged.change.get_mut(on));
    let mut why = std::mem::take(merged.why.get_mut(on));
    if *merged.footer.get(on) {
        why.insert(
            Field::Footer,
            "what the footer tells of the other side changed".to_owned(),
        );
    }
    if change.is_empty() && why.is_empty() {
        let why = "the marker is brought up to date".to_owned();
        return mark.then(|| Step {
            on,
            act: Act::Update(change),
            fields: [Field::Marker].into(),
            why,
        });
    }
    let fields = why.keys().copied().collect();
    let mut reasons: Vec<String> = why.into_values().collect();
    reasons.dedup();
    Some(Step {
        on,
        act: Act::Update(change),
        fields,
        why: reasons.join("; "),
    })
}

/// A confidential issue takes no part unless the mapping file allows it, and one that becomes confidential later is
/// never written on.
fn is_private(desk: &mut Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>) -> bool {
    if desk.terms().sync.confidential {
        return false;
    }
    let Some(side) = Side::BOTH.into_iter().find(|side| issues.get(*side).confidential) else {
        return false;
    };
    let on = desk.at(side, pair.keys.get(side));
    let twin = desk.at(side.other(), pair.keys.get(side.other()));
    desk.hold(
        "confidential",
        on,
        format!("it is confidential, so nothing of it is carried to {twin} any more"),
        "make it public, or set `confidential: allow` for this sync",
    );
    true
}

fn report_lost(desk: &mut Desk<'_>, pair: &Pair) {
    if pair.state.is_none() && pair.pointer.is_some() {
        hold_lost(desk, &pair.keys.right);
    }
}
