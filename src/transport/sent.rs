//! What is told of the words a service refuses a request with: it may repeat what the request said, or anything else that
//! is nobody's to read where an error is told, whole or in pieces, as it is or in another alphabet.
//!
//! So only words are told that services use themselves, and which these are is decided here alone. Whoever does not know
//! what was sent tells none. Imports nothing of ours.

mod words;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use http::Extensions;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::Url;

use words::{Word, is_plain, words};

/// Stands where other words stood.
const GAP: &str = "…";
/// So many words in a row are ours where we said the same, whatever they are.
const IN_A_ROW: usize = 4;
/// No limit or status that a service tells has more digits.
const DIGITS: usize = 9;
/// Members of a request that only name accounts, which are shown anyway.
const ACCOUNTS: &str = "assignees";

/// What a request said. In the extensions of every answer that is no success.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sent(Option<Arc<Texts>>);

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sent")
    }
}

impl Sent {
    /// What was said to get the answer with these extensions; unknown where they do not tell.
    pub fn of(answer: &Extensions) -> Self {
        answer.get::<Self>().cloned().unwrap_or_default()
    }

    /// Nobody knows what was said.
    pub fn unknown() -> Self {
        Self(None)
    }

    /// Nothing was said, so that all words are the service's own.
    #[cfg(test)]
    pub(crate) fn nothing() -> Self {
        Gathered::default().done()
    }

    /// A service's words, as far as they are to be told, and a gap where others stood; nothing where it is unknown what was
    /// sent.
    ///
    /// Told are [plain](is_plain) words, the accounts that the request named, and short numbers that stand among such; but
    /// nothing that we said in so many words.
    pub fn out_of(&self, told: &str) -> Option<String> {
        let texts = self.0.as_ref()?;
        let told: Vec<Word<'_>> = words(told).collect();
        let mut clean = String::new();
        let mut shown = told.iter().zip(shown(texts, &told)).peekable();
        while let Some((word, is_shown)) = shown.next() {
            if is_shown {
                clean.push_str(word.text);
                clean.push_str(word.after);
            } else if shown.peek().is_none_or(|(_, next)| *next) {
                clean.push_str(GAP);
                clean.push_str(word.after);
            }
        }
        Some(clean)
    }
}

/// Which words of a service are told.
fn shown(texts: &Texts, told: &[Word<'_>]) -> Vec<bool> {
    let small: Vec<String> = told.iter().map(|word| word.text.to_lowercase()).collect();
    let is_number = |word: &str| word.len() <= DIGITS && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_known = |word: &str| is_number(word) || is_plain(word) || texts.accounts.contains(word);
    let words = told.iter().zip(&small);
    let mut shown: Vec<bool> = words.map(|(word, small)| !word.escaped && is_known(small)).collect();
    for (at, rest) in (0..).zip((0..small.len()).filter_map(|at| small.get(at..))) {
        let row = texts.all.iter().map(|text| row(text, rest)).max().unwrap_or(0);
        shown.iter_mut().skip(at).take(row).for_each(|shown| *shown = false);
    }
    // A number beside what is not told may belong to it.
    let before = shown.clone();
    let hidden = |at: Option<usize>| at.and_then(|at| before.get(at)).is_some_and(|shown| !shown);
    for (at, (shown, word)) in shown.iter_mut().zip(&small).enumerate() {
        let beside = hidden(at.checked_sub(1)) || hidden(at.checked_add(1));
        *shown &= !(beside && !word.is_empty() && is_number(word));
    }
    shown
}

/// How many words at the beginning of `told` repeat words of a text: all of the text, or so many that it is no accident.
fn row(text: &[String], told: &[String]) -> usize {
    let same = |at: usize| {
        text.iter()
            .skip(at)
            .zip(told)
            .take_while(|(ours, told)| ours == told)
            .count()
    };
    if text.len() > 1 && same(0) == text.len() {
        return text.len();
    }
    let longest = (0..text.len()).map(same).max().unwrap_or(0);
    if longest >= IN_A_ROW { longest } else { 0 }
}

/// What was sent, in small letters.
#[derive(Default, PartialEq, Eq)]
struct Texts {
    /// The words of each text.
    all: Vec<Vec<String>>,
    /// The words of the names of accounts.
    accounts: BTreeSet<String>,
}

/// What a request says, being gathered.
#[derive(Default)]
pub(super) struct Gathered(Texts);

impl Gathered {
    /// A text as it is.
    pub(super) fn text(&mut self, text: &str) {
        self.0.all.push(small_words(text).collect());
    }

    /// All texts of a JSON body; a body that is none is a text.
    pub(super) fn body(&mut self, body: &[u8]) {
        match serde_json::from_slice(body) {
            Ok(value) => self.value(&value),
            Err(_) => self.text(&String::from_utf8_lossy(body)),
        }
    }

    // As deep as the parser goes, which has an end.
    fn value(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter().for_each(|item| self.value(item)),
            Value::Object(members) => {
                for (name, member) in members {
                    match member.as_array().filter(|_| name == ACCOUNTS) {
                        Some(names) => {
                            let names = names.iter().filter_map(Value::as_str);
                            self.0.accounts.extend(names.flat_map(small_words));
                        }
                        None => self.value(member),
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// The last so many parts of an address's path, and its query.
    pub(super) fn address(&mut self, url: &Url, parts: usize) {
        let path = url.path_segments().into_iter().flatten().rev().take(parts);
        for part in path {
            self.text(&percent_decode_str(part).decode_utf8_lossy());
        }
        for (_, value) in url.query_pairs() {
            self.text(&value);
        }
    }

    pub(super) fn done(self) -> Sent {
        Sent(Some(Arc::new(self.0)))
    }
}

fn small_words(text: &str) -> impl Iterator<Item = String> {
    words(text)
        .map(|word| word.text.to_lowercase())
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests;
