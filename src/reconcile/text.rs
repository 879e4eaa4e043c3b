//! Title and body: text that crosses from one side to the other, and its merge.

use super::link::Merged;
use super::pair::Pair;
use super::{Desk, Need, Verdict, comments, decide};
use crate::border::{self, Crossing, Kind, Person, Place, Reference, Twin};
use crate::config::{Direction, Policy};
use crate::model::{Comment, Issue, IssueKey, PerSide, Side, hash_text, normalise};
use crate::plan::{Drift, Field};

/// Room left below a body for footer and markers, in characters.
const ROOM: usize = 6_000;

/// Hands a crossing from one side to the other to `work`.
fn with_crossing<T>(desk: &Desk<'_>, from: Side, notify: bool, work: impl FnOnce(&Crossing<'_>) -> T) -> T {
    let to = from.other();
    let web = |side: Side| desk.world.get(side).web.as_ref().and_then(Option::as_deref);
    let place = |side: Side| {
        let profile = desk.profile(side);
        let (syntax, mentions, quick_actions) = (profile.syntax, profile.mentions, profile.quick_actions);
        Place {
            syntax,
            mentions,
            quick_actions,
            web: web(side),
        }
    };
    let people = |login: &str| {
        let login = desk.terms().person(from, login)?.to_owned();
        let page = web(to)
            .and_then(|web| url::Url::parse(web).ok())
            .and_then(|web| web.join(&format!("/{login}")).ok());
        Some(Person {
            url: page.map(String::from),
            login,
        })
    };
    let twin = |reference: &Reference| {
        if reference.project.is_some() || reference.kind != Kind::Issue {
            return None;
        }
        let key = desk.twins.get(from).get(&IssueKey(reference.key.clone()))?;
        let url = desk
            .issue(to, key)
            .map(|issue| issue.url.clone())
            .filter(|url| url::Url::parse(url).is_ok());
        Some(Twin {
            text: format!("#{key}"),
            url,
        })
    };
    work(&Crossing {
        from: place(from),
        to: place(to),
        people: &people,
        twin: &twin,
        notify,
    })
}

/// Asks for what a crossing must know; without it nothing crosses in this round.
fn ask(desk: &mut Desk<'_>) {
    for side in Side::BOTH {
        if desk.world.get(side).web.is_none() {
            desk.need(Need::Web(side));
        }
    }
}

/// A title of `from` within the other side's limits.
pub(super) fn carry_title(desk: &mut Desk<'_>, from: Side, title: &str) -> String {
    ask(desk);
    let title = with_crossing(desk, from, false, |crossing| {
        border::carry_title(title.trim(), crossing)
    });
    shorten(title, desk.profile(from.other()).title_max)
}

fn shorten(title: String, max: usize) -> String {
    if title.chars().count() <= max {
        return title;
    }
    let mut cut: String = title.chars().take(max.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// A body of `from` within the other side's limits, and whether it had to be cut.
pub(super) fn carry_body(desk: &mut Desk<'_>, from: Side, issue: &Issue) -> (String, bool) {
    ask(desk);
    let text = with_crossing(desk, from, false, |crossing| {
        border::carry(&normalise(&issue.body.text), crossing)
    });
    fit(
        text,
        desk.profile(from.other()).body_max.saturating_sub(ROOM),
        &issue.url,
    )
}

/// A comment of `from` within the other side's limits. Only `notify` lets it reach mapped people.
pub(super) fn carry_comment(desk: &mut Desk<'_>, from: Side, comment: &Comment, notify: bool) -> String {
    ask(desk);
    let text = with_crossing(desk, from, notify, |crossing| {
        border::carry(&normalise(&comment.body.text), crossing)
    });
    let max = desk.profile(from.other()).comment_max.saturating_sub(ROOM);
    fit(text.trim_start_matches(['\r', '\n']).to_owned(), max, &comment.url).0
}

/// A comment that was copied to `from` and edited there, as it is to be stored at home, which holds `home` now.
pub(super) fn bring_comment_back(desk: &mut Desk<'_>, from: Side, text: &str, home: &str) -> String {
    ask(desk);
    normalise(&with_crossing(desk, from, false, |crossing| {
        border::bring_back(text, crossing, home)
    }))
}

fn fit(text: String, max: usize, url: &str) -> (String, bool) {
    let notice = format!("… The rest is too long for this tracker; the whole text is at {url}");
    match border::cut(&text, max, &notice) {
        Some(cut) => (cut, true),
        None => (text, false),
    }
}

/// Whether `copy` is what `home` looks like after crossing.
fn is_copy(field: Field, home: &str, copy: &str) -> bool {
    let home = if field == Field::Title { home.trim() } else { home };
    normalise(&border::restore(copy)) == normalise(home) || normalise(copy) == normalise(home)
}

/// A name as plain Markdown text: nothing in it is live.
pub(super) fn plain(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' | ' ' => out.push(c),
            // A backtick above a text could open a code span that swallows its beginning.
            '`' => out.push('\''),
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

/// The text of `from` as it is to be stored on the other side, and whether it had to be cut. A text that goes to the
/// side its story began on comes home; one that leaves it crosses.
fn forward(desk: &mut Desk<'_>, pair: &Pair, field: Field, from: Side, issues: &PerSide<&Issue>) -> (String, bool) {
    let (issue, home) = (issues.get(from), issues.get(from.other()));
    let homeward = from != pair.origin;
    ask(desk);
    match field {
        Field::Title if homeward => {
            let title = with_crossing(desk, from, false, |crossing| {
                border::bring_title_back(issue.title.trim(), crossing, &home.title)
            });
            (shorten(title, desk.profile(from.other()).title_max), false)
        }
        Field::Title => (carry_title(desk, from, &issue.title), false),
        _ if homeward => {
            let text = with_crossing(desk, from, false, |crossing| {
                border::bring_back(&normalise(&issue.body.text), crossing, &normalise(&home.body.text))
            });
            fit(
                text,
                desk.profile(from.other()).body_max.saturating_sub(ROOM),
                &issue.url,
            )
        }
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
    out.compare(field, changed.is_none_or(|c| c.left || c.right));
    let cut = base.map_or(PerSide::default(), |s| PerSide::new(s.left.cut, s.right.cut));
    let from = pair.origin;
    let (home, copy) = (of(field, issues.get(from)), of(field, issues.get(from.other())));
    let mut equal = is_copy(field, home, copy);
    if base.is_none() && !equal {
        // Without a base nothing tells that the copy was cut: cut anew, the same text says so.
        let (text, was_cut) = forward(desk, pair, field, from, issues);
        equal = normalise(&text) == normalise(copy);
        *out.cut.get_mut(from.other()) = was_cut && equal;
    }
    let mut verdict = decide(direction, changed, equal);
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
            match out.winner(desk, issues) {
                Some(from) => {
                    let how = match desk.terms().sync.conflicts {
                        Policy::Newest => "is newer",
                        Policy::Prefer(_) | Policy::Ask => "is preferred",
                    };
                    let why = format!("{} changed on both sides, {} {how}", field.name(), desk.tracker(from));
                    write(desk, pair, issues, out, field, from.other(), true, why);
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
    keep: bool,
    why: String,
) {
    drift(desk, pair, issues, field);
    if keep {
        out.kept
            .extend(comments::keep_text(desk, pair, to, field, issues.get(to)));
    }
    let (text, was_cut) = forward(desk, pair, field, to.other(), issues);
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
