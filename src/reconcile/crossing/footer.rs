//! The footer of an issue: our own visible lines below its text.

use std::collections::BTreeMap;

use super::carry;
use crate::config::Mode;
use crate::model::{Body, Issue, IssueKey, PerSide, Side};
use crate::plan::shown_words;
use crate::reconcile::desk::Desk;

/// What every footer begins and ends with.
const BEGIN: &str = "<sub>Lockstep · ";
const END: &str = "</sub>";
/// Longest text of one value, in characters.
const VALUE_MAX: usize = 100;

/// The footer of both sides of a link: on the twin where it comes from, on either what the other side says of itself.
/// Time is told as of `when`, in seconds since 1970.
pub(crate) fn footer(desk: &Desk<'_>, origin: Side, issues: &PerSide<Option<&Issue>>) -> PerSide<Option<String>> {
    PerSide::new((), ()).map(|side, ()| {
        let source = (*issues.get(side.other()))?;
        let words = words(desk, side, source);
        let linked = (side != origin && desk.terms().sync.backlink).then(|| backlink(desk, origin, source));
        let lines: Vec<String> = [linked, words].into_iter().flatten().collect();
        (!lines.is_empty()).then(|| format!("{BEGIN}{}{END}", lines.join(" ")))
    })
}

/// The issues of a side by how the footers of their twins begin.
pub(crate) struct Origins<'k>(BTreeMap<String, &'k IssueKey>);

impl<'k> Origins<'k> {
    /// Of these issues of a side.
    pub(crate) fn of(desk: &Desk<'_>, side: Side, keys: impl Iterator<Item = &'k IssueKey>) -> Self {
        let told = keys.filter_map(|key| {
            let issue = desk.issue(side, key)?;
            Some((format!("{BEGIN}{}: ", linked(desk, side, issue)), key))
        });
        Self(told.collect())
    }

    /// The one that a footer says its issue is the twin of.
    pub(crate) fn named_by(&self, footer: &str) -> Option<&'k IssueKey> {
        // Each ends where the address of its issue does, so none begins another one.
        let (begin, key) = self.0.range(..=footer.to_owned()).next_back()?;
        footer.starts_with(begin).then_some(*key)
    }
}

/// The footers of ours in a body, those that no marker speaks of any more among them, wherever they stand by now.
pub(crate) fn all(body: &Body) -> impl Iterator<Item = &str> {
    let known = body.footers.values().map(String::as_str);
    known.chain(body.text.lines().map(str::trim).filter(|line| line.starts_with(BEGIN)))
}

/// A text without the footer that a lost marker left behind: without its marker it looks like text.
pub(crate) fn stripped(issue: &Issue) -> &str {
    let text = issue.body.text.as_str();
    match last(text).filter(|_| issue.body.markers.is_empty()) {
        Some((rest, _)) => rest,
        None => text,
    }
}

/// The last paragraph of a text, if it has the form of a footer, and what stands above it.
fn last(text: &str) -> Option<(&str, &str)> {
    let (rest, last) = match text.trim_end().rfind("\n\n").and_then(|at| text.split_at_checked(at)) {
        Some((rest, last)) => (rest, last.trim()),
        None => ("", text.trim()),
    };
    let ours = last.starts_with(BEGIN) && last.ends_with(END) && !last.contains('\n');
    ours.then_some((rest, last))
}

fn backlink(desk: &Desk<'_>, origin: Side, issue: &Issue) -> String {
    let what = match desk.terms().sync.mode {
        Mode::Mirror => "edits of mirrored fields here are overwritten",
        Mode::TwoWay => "changes travel both ways",
    };
    let when = desk.rules.now.strftime("%Y-%m-%d %H:%M UTC");
    format!("{}: {what}. Last agreed at {when}.", linked(desk, origin, issue))
}

fn linked(desk: &Desk<'_>, origin: Side, issue: &Issue) -> String {
    let place = carry::link(&desk.at(origin, &issue.key).to_string(), &issue.url);
    format!("Linked to {place}")
}

fn words(desk: &Desk<'_>, to: Side, issue: &Issue) -> Option<String> {
    let from = to.other();
    let words = shown_words(desk.terms(), &desk.rules.profiles, from, issue);
    let told: Vec<String> = words
        .iter()
        .map(|(name, text)| format!("{name} {}", value(desk, from, text)))
        .collect();
    (!told.is_empty()).then(|| {
        let tracker = carry::plain(&desk.tracker(from).to_string());
        format!("On {tracker}: {}.", told.join(" · "))
    })
}

/// A foreign text on one line, short, in which nothing is live.
fn value(desk: &Desk<'_>, from: Side, text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let short = carry::shorten(line, VALUE_MAX);
    let dead = carry::with_crossing(desk, from, false, None, |crossing| {
        crate::border::carry_title(&short, crossing)
    });
    carry::plain(&dead)
}
