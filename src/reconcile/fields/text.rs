//! Title and body: text that crosses from one side to the other, and its merge.

use super::breaker;
use super::merged::{Merged, how};
use crate::border;
use crate::config::Direction;
use crate::model::{Issue, PerSide, Side, hash_text, normalise};
use crate::plan::Field;
use crate::reconcile::comments::kept;
use crate::reconcile::crossing::files::{Luggage, with_files};
use crate::reconcile::crossing::{
    BODY_ROOM, Carried, ask, carry_body, carry_title, footer, keys_of, shorten, with_crossing,
};
use crate::reconcile::desk::Desk;
use crate::reconcile::merge::{Verdict, decide};
use crate::reconcile::pairing::Pair;

/// Whether `copy` is what `home` looks like after crossing.
fn is_copy(field: Field, home: &str, copy: &str) -> bool {
    let home = if field == Field::Title { home.trim() } else { home };
    normalise(&border::restore(copy)) == normalise(home) || normalise(copy) == normalise(home)
}

/// Merges title and body of a pair.
pub(crate) fn merge(desk: &mut Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>, out: &mut Merged) {
    let fields = &desk.terms().sync.fields;
    let (title, body) = (fields.title, fields.body);
    breaker::watch(desk, pair, issues, out, "t", |desk, out| {
        merge_one(desk, pair, issues, out, Field::Title, title);
    });
    breaker::watch(desk, pair, issues, out, "b", |desk, out| {
        merge_one(desk, pair, issues, out, Field::Body, body);
    });
    for side in Side::BOTH {
        let text = footer::stripped(issues.get(side));
        let change = out.change.get_mut(side);
        if text != issues.get(side).body.text && change.text.is_none() && desk.may_write(side) && body != Direction::Off
        {
            change.text = Some(text.to_owned());
            out.because(side, Field::Body, "the footer of a lost marker is taken out".into());
        }
    }
}

fn of(field: Field, issue: &Issue) -> &str {
    if field == Field::Title {
        &issue.title
    } else {
        footer::stripped(issue)
    }
}

/// The text of `from` as it is to be stored on the other side. A text that goes to the side its story began on comes
/// home; one that leaves it crosses.
fn forward(desk: &mut Desk<'_>, pair: &Pair, field: Field, from: Side, issues: &PerSide<&Issue>) -> Carried {
    let (issue, home) = (issues.get(from), issues.get(from.other()));
    let homeward = from != pair.origin;
    ask(desk);
    if field == Field::Title {
        let text = if homeward {
            let title = with_crossing(desk, from, false, None, |crossing| {
                border::bring_title_back(issue.title.trim(), crossing, &home.title)
            });
            shorten(title, desk.profile(from.other()).title_max)
        } else {
            carry_title(desk, from, &issue.title)
        };
        return Carried {
            text,
            cut: false,
            files: Vec::new(),
        };
    }
    if !homeward {
        return carry_body(desk, &pair.link, from, issue, Some(&home.key));
    }
    let (text, said) = (normalise(&issue.body.text), normalise(&home.body.text));
    let luggage = Luggage::new(&pair.link, keys_of(from, &issue.key, Some(&home.key)), &text);
    let brought = with_crossing(desk, from, false, Some(&luggage), |crossing| {
        border::bring_back(&text, crossing, &said)
    });
    let max = desk.profile(from.other()).body_max.saturating_sub(BODY_ROOM);
    Carried::fit(desk, from.other(), luggage, brought, max, &issue.url)
}

fn merge_one(
    desk: &mut Desk<'_>,
    pair: &Pair,
    issues: &PerSide<&Issue>,
    out: &mut Merged,
    field: Field,
    direction: Direction,
) {
    if direction == Direction::Off {
        return;
    }
    let base = pair.base().map(|base| &base.sides);
    let changed = base.map(|sides| {
        PerSide::new((), ()).map(|side, ()| {
            let was = sides.get(side);
            let was = if field == Field::Title { &was.title } else { &was.body };
            *was != hash_text(&pair.link, of(field, issues.get(side)))
        })
    });
    out.compare(field, changed.is_none_or(|c| c.left || c.right));
    let cut = base.map_or(PerSide::default(), |s| PerSide::new(s.left.cut, s.right.cut));
    let from = pair.origin;
    let (home, copy) = (of(field, issues.get(from)), of(field, issues.get(from.other())));
    let mut equal = is_copy(field, home, copy);
    if base.is_none() && !equal {
        // Without a base nothing tells that the copy was cut: cut anew, the same text says so.
        let again = forward(desk, pair, field, from, issues);
        equal = normalise(&again.text) == normalise(copy);
        *out.cut.get_mut(from.other()) = again.cut && equal;
    }
    if !equal && changed.is_some_and(|c| c.left && c.right) {
        // A run may have been stopped after it brought the other side's text home, before it could record that.
        let brought = forward(desk, pair, field, from.other(), issues);
        equal = !brought.cut && normalise(&brought.text) == normalise(home);
    }
    let mut verdict = decide(direction, changed, equal);
    if field == Field::Title {
        // A title too long for the other side stands there shortened; like any shortened text it never flows back.
        let there = from.other();
        let shortened = home.trim().chars().count() > desk.profile(there).title_max;
        match verdict {
            Verdict::Copy(to) if shortened && to == from => {
                hold_cut(desk, pair, there);
                out.freeze(field);
                return;
            }
            Verdict::Clash if shortened => verdict = Verdict::Copy(there),
            Verdict::Settled | Verdict::Copy(_) | Verdict::Clash => {}
        }
    }
    if field == Field::Body {
        for side in Side::BOTH {
            *out.cut.get_mut(side) |= *cut.get(side);
        }
        if let Verdict::Copy(to) = verdict
            && *cut.get(to.other())
        {
            hold_cut(desk, pair, to.other());
            out.freeze(field);
            return;
        }
        // Against a cut copy the full text always wins.
        if verdict == Verdict::Clash
            && let Some(side) = Side::BOTH.into_iter().find(|side| *cut.get(*side))
        {
            verdict = Verdict::Copy(side);
        }
    }
    let target_changed = |to: Side| changed.is_none_or(|c| *c.get(to));
    match verdict {
        Verdict::Settled => {}
        Verdict::Copy(to) => {
            let keep = target_changed(to);
            let source = to.other();
            let why = if changed.is_none_or(|c| *c.get(source)) {
                format!("{} changed on {}", field.name(), desk.tracker(source))
            } else {
                format!(
                    "{} changed on {}, which follows {}",
                    field.name(),
                    desk.tracker(to),
                    desk.tracker(source)
                )
            };
            write(desk, pair, issues, out, field, to, keep, why);
        }
        Verdict::Clash => {
            desk.out.plan.conflicts += 1;
            let Some(from) = out.winner(desk, pair, issues, field) else {
                out.hold_conflict(desk, pair, field);
                drift(desk, pair, issues, field);
                desk.clashes();
                return;
            };
            let how = how(desk);
            let why = format!("{} changed on both sides, {} {how}", field.name(), desk.tracker(from));
            write(desk, pair, issues, out, field, from.other(), true, why);
            desk.clashes();
        }
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "one call site's worth of context, all of it needed"
)]
fn write(
    desk: &mut Desk<'_>,
    pair: &Pair,
    issues: &PerSide<&Issue>,
    out: &mut Merged,
    field: Field,
    to: Side,
    keep: bool,
    mut why: String,
) {
    drift(desk, pair, issues, field);
    if keep {
        let lost = of(field, issues.get(to));
        let Some(steps) = kept::keep_text(desk, pair, to, field, lost) else {
            out.freeze(field);
            return;
        };
        out.kept.extend(steps);
    }
    let carried = forward(desk, pair, field, to.other(), issues);
    if carried.cut && to == pair.origin {
        // The whole text would be nowhere.
        hold_long(desk, pair, to.other());
        out.freeze(field);
        return;
    }
    let change = out.change.get_mut(to);
    if field == Field::Title {
        change.title = Some(carried.text);
    } else {
        why = with_files(why, &carried.files);
        change.text = Some(carried.text);
        change.files = carried.files;
        *out.cut.get_mut(to) = carried.cut;
        *out.cut.get_mut(to.other()) = false;
    }
    out.because(to, field, why);
}

fn drift(desk: &mut Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>, field: Field) {
    let class = if field == Field::Title { "title" } else { "body" };
    let values = issues.map(|_, issue| of(field, issue).to_owned());
    desk.differs(pair, class, field, values);
}

fn hold_long(desk: &mut Desk<'_>, pair: &Pair, side: Side) {
    let on = desk.at(side, pair.keys.get(side));
    desk.hold(
        "text-too-long",
        on,
        "its text has become too long for the other side, where the story began; it is not carried there",
        "shorten it",
    );
}

fn hold_cut(desk: &mut Desk<'_>, pair: &Pair, side: Side) {
    let on = desk.at(side, pair.keys.get(side));
    desk.hold(
        "text-cut",
        on,
        "its text is a shortened copy and was edited here; a shortened text never flows back",
        "make the edit on the other side, where the whole text is",
    );
}
