//! Carrying: which changes a text needs, and making them.

use super::edit::{Edit, apply};
use super::spans::Spans;
use super::token::{Kind, Token, What};
use super::tokens::tokens;
use super::{Crossing, actions, escape, files, links, mentions, references};

/// How much is left to the parser.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// Links may be written, code stays as it is.
    Links,
    /// Only joiners, in case a link made something else of the text around it.
    Joiners,
    /// Joiners, and nothing is taken for code.
    Everywhere,
}

/// Makes `attempt` with more and more care, until what was code before is the same code afterwards.
pub(super) fn with_care(text: &str, attempt: impl Fn(Care, &Spans) -> String) -> String {
    let spans = Spans::read(text);
    let code = spans.code_text(text);
    for care in [Care::Links, Care::Joiners] {
        let out = attempt(care, &spans);
        if out == text || Spans::read(&out).code_text(&out) == code {
            return out;
        }
    }
    attempt(Care::Everywhere, &Spans::none())
}

/// `text` has LF line ends.
pub(super) fn carry(text: &str, crossing: &Crossing<'_>) -> String {
    with_care(text, |care, spans| carry_with(text, crossing, care, spans))
}

/// `title` has LF line ends, if any.
pub(super) fn carry_title(title: &str, crossing: &Crossing<'_>) -> String {
    let mut quiet = *crossing;
    quiet.to.quick_actions = false;
    carry_with(title, &quiet, Care::Joiners, &Spans::none())
}

/// One attempt.
pub(super) fn carry_with(text: &str, crossing: &Crossing<'_>, care: Care, spans: &Spans) -> String {
    let mut edits: Vec<Edit> = Vec::new();
    for token in tokens(text, spans) {
        edits.extend(change(text, &token, crossing, care));
    }
    if care == Care::Links {
        edits.extend(links::edits(text, spans, crossing));
    }
    if crossing.to.quick_actions {
        let joiner = || escape::JOINER.to_string();
        edits.extend(actions::exposed(text, spans).into_iter().map(|at| (at..at, joiner())));
    }
    edits.extend(markers(text));
    apply(text, edits, escape::push_doubled)
}

/// What becomes of a token that is foreign where it goes.
pub(super) fn change(text: &str, token: &Token, crossing: &Crossing<'_>, care: Care) -> Option<Edit> {
    let spelled = text.get(token.range.clone())?;
    let there = references::is_live(&crossing.to, spelled, &token.what);
    let here = references::is_live(&crossing.from, spelled, &token.what);
    let link = if token.roomy && care == Care::Links {
        match &token.what {
            What::Mention(_) if there => {
                // Our comment would end one that is open, and all between would be gone from the page.
                let commented = || {
                    text.get(..token.range.start)
                        .is_some_and(|before| before.contains("<!--"))
                };
                let notify = crossing.notify && !commented();
                mentions::linked(token, &Crossing { notify, ..*crossing })
            }
            // A commit id means nothing to a folder, where it can stay.
            What::Reference(r) if here && (there || r.kind != Kind::Commit) => {
                references::linked(token, spelled, crossing)
            }
            What::Address => {
                files::linked(token, spelled, crossing).or_else(|| references::linked(token, spelled, crossing))
            }
            What::Mention(_) | What::Reference(_) | What::Sign(_) => None,
        }
    } else {
        None
    };
    match link {
        Some(link) => Some((token.range.clone(), link)),
        None if there => Some(disarm(token, spelled)),
        None => None,
    }
}

/// Joiners in the joints, nothing else.
pub(super) fn disarm(token: &Token, spelled: &str) -> Edit {
    (token.range.clone(), references::disarmed(token, spelled))
}

/// Whatever looks like a marker of ours, code or not: markers are found by line.
fn markers(text: &str) -> impl Iterator<Item = Edit> {
    text.match_indices("<!-- lockstep:").map(|(at, _)| {
        let inside = at + "<!-- ".len();
        (inside..inside, escape::JOINER.to_string())
    })
}
