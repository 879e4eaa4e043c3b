//! Text on its way from one side to the other: what the border must know of both, and the limits of the side it goes to.

use std::path::Path;

use super::files::Luggage;
use crate::border::{self, Crossing, Kind, Person, Place, Reference, Syntax, Twin};
use crate::config::{Attachments, Mode};
use crate::model::{Comment, Issue, IssueKey, LinkId, PerSide, Side, normalise};
use crate::plan::PlannedFile;
use crate::reconcile::desk::{Desk, Need};

/// Room left below a comment for our lines and marker, in characters.
const ROOM: usize = 2_500;
/// Room left below a body for footer and markers, in characters: the state grows with every label of both sides, and
/// there may be a hundred on each.
pub(crate) const BODY_ROOM: usize = 8_000;
/// Room a marker takes, in characters, with some to spare.
const MARKER: usize = 2_000;
/// What a label adds to the state, which knows it on both sides, in characters.
const PER_LABEL: usize = 45;

/// A text as it is to be stored on the other side.
pub(crate) struct Carried {
    pub(crate) text: String,
    /// It had to be cut.
    pub(crate) cut: bool,
    /// Files it names by placeholders.
    pub(crate) files: Vec<PlannedFile>,
}

impl Carried {
    /// The text within the limit of the side it goes to.
    pub(crate) fn fit(
        desk: &mut Desk<'_>,
        to: Side,
        luggage: Luggage<'_>,
        text: String,
        max: usize,
        url: &str,
    ) -> Self {
        let (text, cut) = fit(text, max, url);
        let files = luggage.planned(desk, to, &text);
        Self { text, cut, files }
    }
}

/// The keys of a link whose other side may have yet to be created.
pub(crate) fn keys_of<'a>(
    from: Side,
    here: &'a IssueKey,
    there: Option<&'a IssueKey>,
) -> PerSide<Option<&'a IssueKey>> {
    match from {
        Side::Left => PerSide::new(Some(here), there),
        Side::Right => PerSide::new(there, Some(here)),
    }
}

/// Hands a crossing from one side to the other to `work`. Without luggage files stay where they are.
pub(crate) fn with_crossing<T>(
    desk: &Desk<'_>,
    from: Side,
    notify: bool,
    luggage: Option<&Luggage<'_>>,
    work: impl FnOnce(&Crossing<'_>) -> T,
) -> T {
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
        let url = desk.issue(to, key).map(|issue| issue.url.as_str());
        // In plain files it is the file beside the one that the text is in.
        let url = match desk.profile(to).syntax {
            Syntax::Plain => url.and_then(|path| Path::new(path).file_name()?.to_str()),
            Syntax::GitHub | Syntax::GitLab => url.filter(|url| url::Url::parse(url).is_ok()),
        };
        Some(Twin {
            text: format!("#{key}"),
            url: url.map(str::to_owned),
        })
    };
    let (here, there) = (place(from), place(to));
    let file = |address: &str| luggage?.place(desk, &here, (to, &there), address);
    work(&Crossing {
        from: here,
        to: there,
        people: &people,
        twin: &twin,
        file: &file,
        absolute: desk.terms().sync.fields.attachments.mode != Attachments::Off,
        notify,
    })
}

/// Asks for what a crossing must know; without it nothing crosses in this round.
pub(crate) fn ask(desk: &mut Desk<'_>) {
    for side in Side::BOTH {
        if desk.world.get(side).web.is_none() {
            desk.need(Need::Web(side));
        }
    }
}

/// Whether a marker fits below the body an issue has; always where the side carries none.
pub(crate) fn has_room_for_marker(desk: &Desk<'_>, side: Side, issue: &Issue) -> bool {
    let untouched = side == Side::Left && desk.terms().sync.mode == Mode::Mirror;
    let labels = if side == Side::Right { issue.labels.len() } else { 0 };
    let marker = MARKER + PER_LABEL * labels;
    untouched || issue.body.text.chars().count() + marker <= desk.profile(side).body_max
}

/// A title of `from` within the other side's limits.
pub(crate) fn carry_title(desk: &mut Desk<'_>, from: Side, title: &str) -> String {
    ask(desk);
    let title = with_crossing(desk, from, false, None, |crossing| {
        border::carry_title(title.trim(), crossing)
    });
    shorten(title, desk.profile(from.other()).title_max)
}

pub(crate) fn shorten(title: String, max: usize) -> String {
    if title.chars().count() <= max {
        return title;
    }
    let mut cut: String = title.chars().take(max.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// A body of `from` within the other side's limits. `there` is the twin, where it exists.
pub(crate) fn carry_body(
    desk: &mut Desk<'_>,
    link: &LinkId,
    from: Side,
    issue: &Issue,
    there: Option<&IssueKey>,
) -> Carried {
    ask(desk);
    let text = normalise(&issue.body.text);
    let luggage = Luggage::new(link, keys_of(from, &issue.key, there), &text);
    let carried = with_crossing(desk, from, false, Some(&luggage), |crossing| {
        border::carry(&text, crossing)
    });
    let max = desk.profile(from.other()).body_max.saturating_sub(BODY_ROOM);
    Carried::fit(desk, from.other(), luggage, carried, max, &issue.url)
}

/// A comment of `from` within the other side's limits. Only `notify` lets it reach mapped people.
pub(crate) fn carry_comment(
    desk: &mut Desk<'_>,
    link: &LinkId,
    from: Side,
    keys: PerSide<Option<&IssueKey>>,
    comment: &Comment,
    notify: bool,
) -> Carried {
    ask(desk);
    let text = normalise(&comment.body.text);
    let luggage = Luggage::new(link, keys, &text);
    let carried = with_crossing(desk, from, notify, Some(&luggage), |crossing| {
        border::carry(&text, crossing)
    });
    let carried = carried.trim_start_matches(['\r', '\n']).to_owned();
    let max = desk.profile(from.other()).comment_max.saturating_sub(ROOM);
    Carried::fit(desk, from.other(), luggage, carried, max, &comment.url)
}

/// A line of ours with foreign names in it, as it may stand above a text on the other side: nothing in it is live, and it
/// begins as no block of Markdown that the text below could be drawn into.
pub(crate) fn quiet_line(desk: &Desk<'_>, from: Side, line: &str) -> String {
    let line = quiet(desk, from, line).replace('`', "'");
    if line.starts_with(['/', '<', '>', '-', '=', '#', '~', '|', '[', '+', '*', ':']) && !line.starts_with("**") {
        return format!("By {line}");
    }
    line
}

/// Foreign words for a line of ours on the other side: nothing in them is live there.
pub(crate) fn quiet(desk: &Desk<'_>, from: Side, words: &str) -> String {
    with_crossing(desk, from, false, None, |crossing| {
        border::carry_title(words.trim(), crossing)
    })
}

/// A text of a side as it may stand there a second time without notifying anybody again.
pub(crate) fn disarm(desk: &Desk<'_>, side: Side, text: &str) -> String {
    let profile = desk.profile(side);
    let place = Place {
        syntax: profile.syntax,
        mentions: profile.mentions,
        quick_actions: profile.quick_actions,
        web: None,
    };
    let crossing = Crossing {
        from: place,
        to: place,
        people: &|_| None,
        twin: &|_| None,
        file: &|_| None,
        absolute: false,
        notify: false,
    };
    border::carry(&normalise(text), &crossing)
        .trim_start_matches(['\r', '\n'])
        .to_owned()
}

/// Whether a text of a side fits into a comment there, with our lines around it.
pub(crate) fn fits_comment(desk: &Desk<'_>, side: Side, text: &str) -> bool {
    disarm(desk, side, text).chars().count() + ROOM <= desk.profile(side).comment_max
}

/// A comment that was copied to `from` and edited there, as it is to be stored at home, which holds `home` now. It is
/// never cut.
pub(crate) fn bring_comment_back(
    desk: &mut Desk<'_>,
    link: &LinkId,
    from: Side,
    keys: PerSide<Option<&IssueKey>>,
    text: &str,
    home: &str,
) -> Carried {
    ask(desk);
    let luggage = Luggage::new(link, keys, text).replacing(home);
    let back = with_crossing(desk, from, false, Some(&luggage), |crossing| {
        border::bring_back(text, crossing, home)
    });
    Carried::fit(desk, from.other(), luggage, normalise(&back), usize::MAX, "")
}

fn fit(text: String, max: usize, url: &str) -> (String, bool) {
    let notice = format!("… The rest is too long for this tracker; the whole text is at {url}");
    match border::cut(&text, max, &notice) {
        Some(cut) => (cut, true),
        None => (text, false),
    }
}

/// A name as plain Markdown text: nothing in it is live.
pub(crate) fn plain(name: &str) -> String {
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
pub(crate) fn link(name: &str, address: &str) -> String {
    match url::Url::parse(address) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") => format!("[{}](<{parsed}>)", plain(name)),
        _ => plain(name),
    }
}
