//! References: what they mean where they were written, and what takes their place where they go.
//!
//! Imports the address library only.

use url::Url;

use super::token::{Kind, Reference, Token, What};
use super::{Crossing, Place, Syntax, escape};

/// Whether text written at `place` is read there as the token says.
pub(super) fn is_live(place: &Place<'_>, spelled: &str, what: &What) -> bool {
    match what {
        What::Mention(_) | What::Sign('@') => place.mentions,
        What::Reference(reference) => reads(place.syntax, spelled, reference),
        What::Sign('#') => place.syntax != Syntax::Plain,
        What::Sign(_) => place.syntax == Syntax::GitLab,
        What::Address => false,
    }
}

fn reads(syntax: Syntax, spelled: &str, reference: &Reference) -> bool {
    let prefix = spelled.get(..3).unwrap_or_default();
    // A project may be called `gh-` something too.
    let ticket =
        reference.project.is_none() && (prefix.eq_ignore_ascii_case("GH-") || prefix.eq_ignore_ascii_case("GL-"));
    match (syntax, reference.kind) {
        (Syntax::GitHub, Kind::Issue) if ticket => prefix.eq_ignore_ascii_case("GH-"),
        (Syntax::GitLab, Kind::Issue) if ticket => prefix.eq_ignore_ascii_case("GL-"),
        (Syntax::GitHub, Kind::Issue | Kind::Commit) | (Syntax::GitLab, _) => true,
        (Syntax::Plain, Kind::Issue) => reference.project.is_none() && !ticket,
        (Syntax::GitHub | Syntax::Plain, _) => false,
    }
}

/// The link that takes a reference's place.
pub(super) fn linked(token: &Token, spelled: &str, crossing: &Crossing<'_>) -> Option<String> {
    let reference = match &token.what {
        What::Reference(reference) => own(reference, &crossing.from),
        What::Address => addressed(spelled, &crossing.from)?,
        What::Mention(_) | What::Sign(_) => return None,
    };
    let original = disarmed(token, spelled);
    if let Some(twin) = (crossing.twin)(&reference)
        && let Some(page) = twin.url.filter(|url| escape::is_page(url))
        && let Some(label) = label(&twin.text)
    {
        let original = if token.what == What::Address {
            format!("{}{spelled}", escape::JOINER)
        } else {
            original
        };
        return Some(escape::link(&label, &page, Some(&original)));
    }
    let page = page(&reference, &crossing.from).filter(|_| token.what != What::Address)?;
    escape::is_address(&page).then(|| escape::link(&original, &page, None))
}

/// The spelling with joiners in its joints.
pub(super) fn disarmed(token: &Token, spelled: &str) -> String {
    let mut out = String::with_capacity(spelled.len() + 3 * token.joints.len());
    for (at, c) in spelled.char_indices() {
        if token.joints.contains(&(token.range.start + at)) {
            out.push(escape::JOINER);
        }
        out.push(c);
    }
    if token.joints.contains(&token.range.end) {
        out.push(escape::JOINER);
    }
    out
}

/// A twin's reference as a label, disarmed behind each sign.
fn label(text: &str) -> Option<String> {
    let fine = |c: char| c.is_ascii_alphanumeric() || "_./#!-".contains(c);
    if text.is_empty() || !text.chars().all(fine) {
        return None;
    }
    let mut out = String::new();
    for c in text.chars() {
        out.push(c);
        if matches!(c, '#' | '!') {
            out.push(escape::JOINER);
        }
    }
    Some(out)
}

/// A reference that names the project it is written in, without the project.
fn own(reference: &Reference, from: &Place<'_>) -> Reference {
    let here = |project: &String| {
        let path = from.web.and_then(|web| Url::parse(web).ok());
        path.is_some_and(|url| url.path().trim_matches('/').eq_ignore_ascii_case(project))
    };
    Reference {
        project: reference.project.clone().filter(|project| !here(project)),
        ..reference.clone()
    }
}

/// An issue of the place itself, by its address.
fn addressed(spelled: &str, from: &Place<'_>) -> Option<Reference> {
    let within = spelled.strip_prefix(from.web?)?;
    let key = match from.syntax {
        Syntax::GitHub => within.strip_prefix("/issues/")?,
        Syntax::GitLab => within.strip_prefix("/-/issues/")?,
        Syntax::Plain => return None,
    };
    let number = !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit());
    number.then(|| Reference {
        project: None,
        kind: Kind::Issue,
        key: key.to_owned(),
    })
}

/// The page at the origin. Other projects are looked for on the same host.
fn page(reference: &Reference, from: &Place<'_>) -> Option<String> {
    let web = from.web?;
    let project = match &reference.project {
        None => web.trim_end_matches('/').to_owned(),
        Some(path) => Url::parse(web).ok()?.join(&format!("/{path}")).ok()?.to_string(),
    };
    let kind = match (from.syntax, reference.kind) {
        (Syntax::GitHub, Kind::Issue) => "issues",
        (Syntax::GitHub, Kind::Commit) => "commit",
        (Syntax::GitLab, Kind::Issue) => "-/issues",
        (Syntax::GitLab, Kind::Change) => "-/merge_requests",
        (Syntax::GitLab, Kind::Snippet) => "-/snippets",
        (Syntax::GitLab, Kind::Commit) => "-/commit",
        (Syntax::GitHub | Syntax::Plain, _) => return None,
    };
    Some(format!("{project}/{kind}/{}", reference.key))
}
