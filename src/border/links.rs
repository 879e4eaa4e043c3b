//! Addresses in a text: of inline links and images, and of HTML tags. A relative one is made absolute so that it still
//! leads somewhere, and that of a file may become the address of the same file where the text goes.
//!
//! Imports the address library and an HTML reader.

use std::convert::Infallible;
use std::ops::Range;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};
use url::Url;

use super::edit::Edit;
use super::spans::Spans;
use super::{Crossing, Place, Syntax, escape, files};

/// An address as it stands in a text, and how it is written anew.
pub(super) struct Spot<'a> {
    /// The address.
    pub(super) address: &'a str,
    /// What a new address takes the place of.
    pub(super) range: Range<usize>,
    form: Form,
}

/// Where an address stands.
#[derive(Clone, Copy)]
enum Form {
    /// At the end of a link, from the bracket.
    Plain,
    /// At the end of a link with a title, from the bracket to the title's quote.
    Titled,
    /// Between the quotes of an HTML attribute.
    Value,
}

impl Spot<'_> {
    /// The change that puts `address` there, the original hidden beside it.
    pub(super) fn moved(&self, address: &str) -> Edit {
        let with = match self.form {
            Form::Plain => escape::moved(address, self.address),
            Form::Titled => escape::moved_titled(address, self.address),
            Form::Value => escape::moved_value(address, self.address),
        };
        (self.range.clone(), with)
    }
}

/// All addresses that can be written anew. Those in angle brackets, in definitions below the text, or of unusual
/// characters stay as they are.
pub(super) fn spots<'a>(text: &'a str, spans: &'a Spans) -> impl Iterator<Item = Spot<'a>> {
    let links = spans.link_ends().filter_map(|end| at_end(text, end));
    links.chain(values(text, spans))
}

/// The changes that the addresses of a text need on their way.
pub(super) fn edits<'a>(
    text: &'a str,
    spans: &'a Spans,
    crossing: &'a Crossing<'_>,
) -> impl Iterator<Item = Edit> + 'a {
    spots(text, spans).filter_map(|spot| Some(spot.moved(&target(spot.address, crossing)?)))
}

/// Where an address of `from` shall lead from a text on `to`; `None` when it stays.
pub(super) fn target(address: &str, crossing: &Crossing<'_>) -> Option<String> {
    let from = &crossing.from;
    let file = files::upload(address, from);
    if let Some(kept) = file.as_ref().and_then(|file| (crossing.file)(file)) {
        return Some(kept).filter(|kept| escape::is_written(kept));
    }
    if !crossing.absolute || address.contains(':') || address.starts_with("//") {
        return None;
    }
    let page = file.or_else(|| resolve(address, from));
    page.filter(|page| escape::is_address(page))
}

/// GitHub leaves relative addresses to the browser, which sees the page of an issue; GitLab looks for them in the
/// project's repository.
fn resolve(address: &str, from: &Place<'_>) -> Option<String> {
    let fine = |c: char| c.is_ascii_alphanumeric() || "/._-?=%+".contains(c);
    if !address.chars().all(fine) {
        return None;
    }
    let web = from.web?.trim_end_matches('/');
    let base = match from.syntax {
        Syntax::GitHub => format!("{web}/issues/0"),
        Syntax::GitLab if address.starts_with("/uploads/") => return Some(format!("{web}{address}")),
        Syntax::GitLab => format!("{web}/-/blob/HEAD/"),
        Syntax::Plain => return None,
    };
    Some(Url::parse(&base).ok()?.join(address).ok()?.to_string())
}

/// Whether an address can be the hidden original of one that took its place.
fn is_original(address: &str) -> bool {
    let fine = |c: char| c.is_alphanumeric() || "/._~:?#@=%+-&!,".contains(c);
    !address.is_empty() && address.chars().all(fine)
}

fn at_end(text: &str, end: usize) -> Option<Spot<'_>> {
    let head = text.get(..end)?.strip_suffix(')')?;
    let begin = head.rfind("](")?;
    let inner = head.get(begin + 2..)?;
    let (address, range, form) = match inner.split_once(" \"") {
        None => (inner, begin..end, Form::Plain),
        Some((address, title)) => {
            let title = title.strip_suffix('"')?;
            if title.contains(['"', '\\', '\n']) {
                return None;
            }
            (address, begin..begin + 2 + address.len() + 2, Form::Titled)
        }
    };
    is_original(address).then_some(Spot { address, range, form })
}

/// The addresses of HTML tags, in the usual form: between double quotes, without entities.
fn values<'a>(text: &'a str, spans: &'a Spans) -> impl Iterator<Item = Spot<'a>> {
    spans.html_parts().into_iter().flat_map(move |part| {
        let found = text.get(part.clone()).map(addresses).unwrap_or_default();
        found.into_iter().filter_map(move |range| {
            let range = part.start + range.start..part.start + range.end;
            let before = text.get(..range.start)?;
            let after = text.get(range.end..)?;
            let address = text.get(range.clone())?;
            let quoted = before.ends_with("=\"") && after.starts_with('"');
            (quoted && is_original(address) && !address.contains('&')).then_some(Spot {
                address,
                range,
                form: Form::Value,
            })
        })
    })
}

/// Where the values of `src` and `href` stand in a piece of HTML.
fn addresses(html: &str) -> Vec<Range<usize>> {
    let mut wanted = false;
    let mut emitter = CallbackEmitter::new(move |event: CallbackEvent<'_>, span: Span<usize>| match event {
        CallbackEvent::AttributeName { name } => {
            wanted = name == b"src" || name == b"href";
            None
        }
        CallbackEvent::AttributeValue { .. } => wanted.then_some(span.start..span.end),
        CallbackEvent::OpenStartTag { .. }
        | CallbackEvent::CloseStartTag { .. }
        | CallbackEvent::EndTag { .. }
        | CallbackEvent::String { .. }
        | CallbackEvent::Comment { .. }
        | CallbackEvent::Doctype { .. }
        | CallbackEvent::Error(_) => None,
    });
    // What is between some tags is text, however much it looks like tags.
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(html, emitter)
        .map(|found: Result<Range<usize>, Infallible>| match found {
            Ok(range) => range,
            Err(never) => match never {},
        })
        .collect()
}
