//! Bringing an edited copy home: what is home's own comes back as it was, the rest is foreign and is carried.

use std::collections::BTreeSet;
use std::ops::Range;

use super::carrier::{Care, change, disarm, with_care};
use super::edit::{Edit, apply};
use super::escape::Restored;
use super::lines::lines;
use super::references::is_live;
use super::spans::Spans;
use super::token::{Token, What};
use super::tokens::tokens;
use super::{Crossing, actions, escape, links};

/// Both texts have LF line ends.
pub(super) fn bring_back(text: &str, crossing: &Crossing<'_>, home: &str) -> String {
    let restored = escape::restore(text);
    if restored.text == home {
        return restored.text;
    }
    let said = Said::read(home, &Spans::believing(home));
    with_care(&restored.text, |care, spans| {
        bring_with(&restored, crossing, &said, care, spans)
    })
}

/// Both titles have LF line ends, if any.
pub(super) fn bring_title_back(title: &str, crossing: &Crossing<'_>, home: &str) -> String {
    let restored = escape::restore(title);
    if restored.text == home {
        return restored.text;
    }
    let mut quiet = *crossing;
    quiet.to.quick_actions = false;
    let said = Said::read(home, &Spans::none());
    bring_with(&restored, &quiet, &said, Care::Joiners, &Spans::none())
}

fn bring_with(restored: &Restored, crossing: &Crossing<'_>, said: &Said<'_>, care: Care, spans: &Spans) -> String {
    let text = restored.text.as_str();
    let mut edits: Vec<Edit> = Vec::new();
    for token in tokens(text, spans) {
        let Some(spelled) = text.get(token.range.clone()) else {
            continue;
        };
        let ours = restored.touched(&token.range);
        let theirs = !ours && is_live(&crossing.from, spelled, &token.what);
        if said.again(text, &token, spelled, spans) && !theirs {
            continue;
        }
        if !ours {
            edits.extend(change(text, &token, crossing, care));
        } else if is_live(&crossing.to, spelled, &token.what) {
            // Made to look like ours, or taken out at home since.
            edits.push(disarm(&token, spelled));
        }
    }
    if care == Care::Links {
        // What was linked to or shown in the copy alone belongs to the copy's tracker.
        let added =
            links::spots(text, spans).filter(|spot| !restored.touched(&spot.range) && !said.leads_to(spot.address));
        edits.extend(added.filter_map(|spot| Some(spot.moved(&links::target(spot.address, crossing)?))));
    }
    let joiner = |at: usize| (at..at, escape::JOINER.to_string());
    if crossing.to.quick_actions {
        let foreign = |at: &usize| {
            let line = text.get(*at..).and_then(|t| t.split('\n').next());
            line.is_none_or(|line| !said.commands.contains(line))
        };
        edits.extend(actions::exposed(text, spans).into_iter().filter(foreign).map(joiner));
    }
    edits.extend(markers(text).map(joiner));
    apply(text, edits, String::push_str)
}

/// Where a line would be taken for a marker of ours. Home has none left in its text.
fn markers(text: &str) -> impl Iterator<Item = usize> {
    lines(text).filter_map(|(at, line)| {
        let begun = line.trim_start();
        let inside = at + line.len() - begun.len() + "<!-- ".len();
        begun.starts_with("<!-- lockstep:").then_some(inside)
    })
}

/// Where a name stands, the more visible first. It is said again only where it was as visible before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Where {
    Text,
    Html,
    /// In addresses, titles and the like.
    Hidden,
}

impl Where {
    fn of(range: &Range<usize>, spans: &Spans) -> Self {
        if spans.text_end(range.start).is_some() {
            Self::Text
        } else if spans.is_html(range.start) {
            Self::Html
        } else {
            Self::Hidden
        }
    }
}

/// What home says: saying it again does nothing new.
struct Said<'a> {
    home: &'a str,
    mentions: BTreeSet<(Where, String)>,
    others: BTreeSet<String>,
    commands: BTreeSet<String>,
    addresses: BTreeSet<String>,
}

impl<'a> Said<'a> {
    fn read(home: &'a str, spans: &Spans) -> Self {
        let mut said = Self {
            home,
            mentions: BTreeSet::new(),
            others: BTreeSet::new(),
            commands: actions::inert(home).map(str::to_owned).collect(),
            addresses: links::spots(home, spans).map(|spot| spot.address.to_owned()).collect(),
        };
        for token in tokens(home, spans) {
            let spelled = home.get(token.range.clone()).unwrap_or_default().to_owned();
            match token.what {
                What::Mention(_) | What::Sign('@') => {
                    who(home, &token).is_some_and(|name| said.mentions.insert((Where::of(&token.range, spans), name)))
                }
                What::Address => false,
                What::Reference(_) | What::Sign(_) => said.others.insert(spelled),
            };
        }
        said
    }

    fn leads_to(&self, address: &str) -> bool {
        self.addresses.contains(address)
    }

    fn again(&self, text: &str, token: &Token, spelled: &str, spans: &Spans) -> bool {
        match &token.what {
            What::Mention(_) | What::Sign('@') => who(text, token).is_some_and(|name| {
                let here = Where::of(&token.range, spans);
                let places = [Where::Text, Where::Html, Where::Hidden].into_iter();
                let mut as_visible = places.take_while(|&place| place <= here);
                as_visible.any(|place| self.mentions.contains(&(place, name.clone())))
            }),
            // Where it stands decides whether it is one, and means nothing to anybody.
            What::Address => self.home.contains(spelled),
            What::Reference(_) | What::Sign(_) => self.others.contains(spelled),
        }
    }
}

/// Who a mention means: the name in lower case, or where it is not spelled plainly all that may belong to it. `None` where
/// a tag may hide more of it.
fn who(text: &str, token: &Token) -> Option<String> {
    if let What::Mention(name) = &token.what {
        return Some(name.to_lowercase());
    }
    let whole = text.get(token.range.start..)?.split_whitespace().next()?;
    (!whole.contains('<')).then(|| whole.to_owned())
}
