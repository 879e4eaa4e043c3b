//! Collects problems, shows foreign text safely, and finds the word somebody meant.
//!
//! Imports diagnostics only.

use std::path::Path;

use serde_saphyr::granit_parser::Marker;

use crate::diag::{Code, Diagnostic, Place};

/// More problems than this are counted, not listed.
const LISTED_MAX: usize = 200;
/// Longest piece of foreign text in a message, in characters.
const SHOWN_MAX: usize = 60;

/// Line and column, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Spot {
    /// Where a file begins.
    pub(super) const START: Self = Self { line: 1, column: 1 };

    /// The parser counts columns from 0.
    pub(super) fn of(marker: Marker) -> Self {
        Self {
            line: marker.line().max(1),
            column: marker.col() + 1,
        }
    }
}

/// The problems found so far.
#[derive(Debug)]
pub(super) struct Problems {
    file: String,
    found: Vec<Diagnostic>,
}

impl Problems {
    pub(super) fn new(file: impl AsRef<Path>) -> Self {
        Self {
            file: file.as_ref().display().to_string(),
            found: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, at: Spot, code: Code, message: impl Into<String>, hint: impl Into<String>) {
        self.found.push(Diagnostic {
            code,
            place: Some(Place {
                file: self.file.clone(),
                line: at.line,
                column: at.column,
            }),
            message: discreet(&message.into()),
            hint: discreet(&hint.into()),
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All problems by place, each once: a table used through an anchor is read more than once.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        self.found
            .sort_by(|a, b| (&a.place, a.code, &a.message).cmp(&(&b.place, b.code, &b.message)));
        self.found.dedup();
        let more = self.found.len().saturating_sub(LISTED_MAX);
        if more > 0 {
            self.found.truncate(LISTED_MAX);
            self.found.push(Diagnostic {
                code: Code::TooMany,
                place: None,
                message: format!("{more} more problems are not shown"),
                hint: "mend the first ones and check again".into(),
            });
        }
        self.found
    }
}

/// Foreign text for a message: on one line, short, and not if it looks like a secret that slipped in.
pub(super) fn shown(text: &str) -> String {
    if looks_secret(text) {
        return "`…` (not shown: it looks like a secret)".into();
    }
    let mut out = String::from("`");
    for (n, c) in text.chars().enumerate() {
        if n == SHOWN_MAX {
            out.push('…');
            break;
        }
        match c {
            '"' | '\'' | '\\' => out.push(c),
            _ => out.extend(c.escape_debug()),
        }
    }
    out.push('`');
    out
}

/// Whether the text holds something formed like a token or key of the services we know.
pub(super) fn looks_secret(text: &str) -> bool {
    text.split(|c| !in_word(c)).any(is_secret)
}

/// A problem's own words without what looks like a secret in them: names of the file, and what libraries repeat of it.
pub(super) fn discreet(text: &str) -> String {
    let words = text.split_inclusive(|c| !in_word(c)).map(|piece| {
        let word = piece.trim_end_matches(|c| !in_word(c));
        if is_secret(word) {
            piece.replacen(word, "…", 1)
        } else {
            piece.to_owned()
        }
    });
    words.collect()
}

fn in_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// Whether a word is formed like a token or key, also behind something that was typed before it.
fn is_secret(word: &str) -> bool {
    const BEGINNINGS: [&str; 15] = [
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "github_pat_",
        "glpat-",
        "gldt-",
        "glrt-",
        "glptt-",
        "glcbt-",
        "glsoat-",
        "gloas-",
        "-----BEGIN",
        "eyJ",
    ];
    let begins = |b: &&str| word.find(*b).is_some_and(|at| word.len() - at >= 10);
    let digest = |run: &str| run.len() >= 40;
    BEGINNINGS.iter().any(begins) || word.split(|c: char| !c.is_ascii_hexdigit()).any(digest)
}

/// The allowed word that `word` was probably meant to be.
pub(super) fn nearest<'a>(word: &str, allowed: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.is_empty() || word.len() > 64 {
        return None;
    }
    let word = word.to_lowercase();
    let far = (word.chars().count() / 3).max(1);
    let near = allowed
        .into_iter()
        .map(|a| (strsim::damerau_levenshtein(&word, &a.to_lowercase()), a))
        .min();
    near.filter(|(distance, _)| *distance <= far).map(|(_, a)| a)
}

/// What to write instead of `word`: the nearest allowed word first, then all of them.
pub(super) fn instead<'a>(word: &str, allowed: impl IntoIterator<Item = &'a str> + Clone) -> String {
    let all: Vec<String> = allowed.clone().into_iter().map(shown).collect();
    let all = all.join(", ");
    match nearest(word, allowed) {
        Some(near) => format!("did you mean {}? Allowed: {all}", shown(near)),
        None => format!("allowed: {all}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_near() {
        let allowed = ["token", "project", "kind"];
        assert_eq!(nearest("tokne", allowed), Some("token"));
        assert_eq!(nearest("Kind", allowed), Some("kind"));
        assert_eq!(nearest("banana", allowed), None);
        assert_eq!(nearest("", allowed), None);
    }

    #[test]
    fn foreign_text_stays_on_its_line_and_secrets_stay_out() {
        assert_eq!(shown("a\n::error::\u{202e}"), r"`a\n::error::\u{202e}`");
        assert_eq!(shown(&"x".repeat(100)).chars().count(), SHOWN_MAX + 3);
        for secret in [
            "ghp_0123456789abcdef",
            "https://oauth2:glpat-0123456789@gitlab.com",
            "0123456789abcdef0123456789abcdef01234567",
            "closeglpat-0123456789abcdef",
            "x0123456789abcdef0123456789abcdef01234567",
        ] {
            assert!(!shown(secret).contains("0123"), "{secret}");
        }
        assert_eq!(shown("eyJ"), "`eyJ`");
    }

    #[test]
    fn what_is_said_in_other_words_holds_no_secret_either() {
        let said = discreet("no `glpat-0123456789abcdef`, but xghp_0123456789 (é) or `to gl-pat`.");
        assert_eq!(said, "no `…`, but … (é) or `to gl-pat`.");
        let hint = instead("gihub", ["github", "glpat-0123456789abcdef", "a\u{7}b"]);
        assert!(
            hint.starts_with("did you mean `github`? Allowed: `github`, `…` (not shown"),
            "{hint}"
        );
        assert!(!hint.contains("0123") && !hint.contains('\u{7}'), "{hint}");
    }

    #[test]
    fn problems_come_by_line_and_once() {
        let mut problems = Problems::new("f");
        let spot = |line| Spot { line, column: 1 };
        for line in [3, 1, 3] {
            problems.add(spot(line), Code::BadUrl, "m", "h");
        }
        let lines: Vec<_> = problems
            .finish()
            .iter()
            .filter_map(|d| Some(d.place.as_ref()?.line))
            .collect();
        assert_eq!(lines, [1, 3]);
        let mut problems = Problems::new("f");
        for line in 0..300 {
            problems.add(spot(line), Code::BadUrl, "m", "h");
        }
        let found = problems.finish();
        assert_eq!(found.len(), LISTED_MAX + 1);
        assert!(found[LISTED_MAX].message.starts_with("100 more"));
    }
}
