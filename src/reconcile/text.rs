//! Title and body: text that crosses from one side to the other, and its merge.

use super::link::Merged;
use super::pair::Pair;
use super::{Desk, Verdict, comments, decide};
use crate::config::{Direction, Policy};
use crate::model::{Issue, PerSide, Side, hash_text, normalise};
use crate::plan::{Drift, Field};

/// Room left below a body for footer and markers, in characters.
const ROOM: usize = 6_000;

/// Text of `from` as it is to be stored on the other side.
pub(super) fn carry(desk: &Desk<'_>, from: Side, text: &str) -> String {
    let _ = (desk, from);
    normalise(text)
}

/// Text that crossed to `from` and was edited there, as it reads at home.
pub(super) fn bring_back(desk: &Desk<'_>, from: Side, text: &str) -> String {
    let _ = (desk, from);
    normalise(text)
}

/// A title of `from` within the other side's limits.
pub(super) fn carry_title(desk: &Desk<'_>, from: Side, title: &str) -> String {
    let max = desk.profile(from.other()).title_max;
    let title = carry(desk, from, title.trim());
    if title.chars().count() <= max {
        return title;
    }
    let mut cut: String = title.chars().take(max.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// A body of `from` within the other side's limits, and whether it had to be cut.
pub(super) fn carry_body(desk: &Desk<'_>, from: Side, issue: &Issue) -> (String, bool) {
    let max = desk.profile(from.other()).body_max.saturating_sub(ROOM);
    fit(&carry(desk, from, &issue.body.text), max, &issue.url)
}

/// A comment of `from` within the other side's limits.
pub(super) fn carry_comment(desk: &Desk<'_>, from: Side, text: &str) -> String {
    let max = desk.profile(from.other()).comment_max.saturating_sub(ROOM);
    let text = carry(desk, from, text);
    fit(text.trim_start_matches(['\r', '\n']), max, "").0
}

fn fit(text: &str, max: usize, url: &str) -> (String, bool) {
    if text.chars().count() <= max {
        return (text.to_owned(), false);
    }
    let notice = format!("\n\n… the rest is too long for this tracker: {url}");
    let room = max.saturating_sub(notice.chars().count());
    let mut cut: String = text.chars().take(room).collect();
    cut.push_str(&notice);
    (cut, true)
}

/// A name as plain Markdown text: nothing in it is live.
pub(super) fn plain(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' | ' ' => out.push(c),
            c if c.is_ascii_punctuation() => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A Markdown link, or the name alone where there is no web address.
pub(super) fn link(name: &str, address: &str) -> String {
    match url::Url::parse(address) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") => format!("[{}](<{parsed}>)", plain(name)),
        _ => plain(name),
    }
}

/// Merges title and body of a pair.
pub(super) fn merge(desk: &mut Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>, out: &mut Merged) {
    let fields = &desk.terms().sync.fields;
    let (title, body) = (fields.title, fields.body);
    merge_one(desk, pair, issues, out, Field::Title, title);
    merge_one(desk, pair, issues, out, Field::Body, body);
}

fn of(field: Field, issue: &Issue) -> &str {
    match field {
        Field::Title => &issue.title,
        _ => &issue.body.text,
    }
}

fn forward(desk: &Desk<'_>, field: Field, from: Side, issue: &Issue) -> (String, bool) {
    match field {
        Field::Title => (carry_title(desk, from, &issue.title), false),
        _ => carry_body(desk, from, issue),
    }
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
    out.stale |= changed.is_none_or(|c| c.left || c.right);
    let cut = base.map_or(PerSide::default(), |s| PerSide::new(s.left.cut, s.right.cut));
    let wish = PerSide::new((), ()).map(|side, ()| forward(desk, field, side.other(), issues.get(side.other())));
    let is_same = |side: Side| normalise(&wish.get(side).0) == normalise(of(field, issues.get(side)));
    let equal = Side::BOTH
        .into_iter()
        .any(|side| is_same(side) && !(field == Field::Body && *cut.get(side.other())));
    let mut verdict = decide(direction, changed, equal);
    if field == Field::Body {
        for side in Side::BOTH {
            *out.cut.get_mut(side) = *cut.get(side);
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
            let why = format!("{} changed on {}", field.name(), desk.tracker(to.other()));
            write(desk, pair, issues, out, field, to, &wish, keep, why);
        }
        Verdict::Clash => {
            desk.out.plan.conflicts += 1;
            match out.winner(desk, issues) {
                Some(from) => {
                    let how = match desk.terms().sync.conflicts {
                        Policy::Newest => "is newer",
                        Policy::Prefer(_) | Policy::Ask => "is preferred",
                    };
                    let why = format!("{} changed on both sides, {} {how}", field.name(), desk.tracker(from));
                    write(desk, pair, issues, out, field, from.other(), &wish, true, why);
                }
                None => {
                    out.hold_conflict(desk, pair, field);
                    drift(desk, pair, issues, field);
                }
            }
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
    wish: &PerSide<(String, bool)>,
    keep: bool,
    why: String,
) {
    drift(desk, pair, issues, field);
    if keep {
        out.kept
            .extend(comments::keep_text(desk, pair, to, field, issues.get(to)));
    }
    let (text, was_cut) = wish.get(to).clone();
    let change = out.change.get_mut(to);
    if field == Field::Title {
        change.title = Some(text);
    } else {
        change.text = Some(text);
        *out.cut.get_mut(to) = was_cut;
        *out.cut.get_mut(to.other()) = false;
    }
    out.because(to, field, why);
}

fn drift(desk: &mut Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>, field: Field) {
    let class = if field == Field::Title { "title" } else { "body" };
    let values = issues.map(|_, issue| of(field, issue).to_owned());
    let drift = Drift {
        link: pair.link.0.clone(),
        left: Some(desk.at(Side::Left, &pair.keys.left).to_string()),
        right: Some(desk.at(Side::Right, &pair.keys.right).to_string()),
        class,
        left_value: values.left,
        right_value: values.right,
        field,
    };
    desk.out.plan.drift.push(drift);
}

fn hold_cut(desk: &mut Desk<'_>, pair: &Pair, side: Side) {
    let on = desk.at(side, pair.keys.get(side));
    desk.hold(
        "text-cut",
        on,
        "its body is a shortened copy and was edited here; a shortened text never flows back",
        "make the edit on the other side, where the whole text is",
    );
}
