//! What a request says, taken out of the words a service refuses it with: titles and texts may be nobody's to read where
//! an error is told, and a service may repeat any of them, whole or in pieces, as they are or as its format writes them.
//!
//! Which words are told is decided here alone, and whoever does not know what was sent gets none of them. Imports nothing
//! of ours.

mod words;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use http::Extensions;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::Url;

use words::{Word, is_plain, words};

/// Stands where words of ours stood.
const GAP: &str = "…";
/// A word of ours with so many bytes, and no shorter one, is found within others.
const TELLING: usize = 4;
/// So many letters in a row tell the word they are from.
const PIECE: usize = 5;
/// So many words in a row are ours where we said the same, whatever they are.
const IN_A_ROW: usize = 4;
/// No word of a service has more bytes: it may be ours in other letters.
const LONGEST: usize = 20;
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

    /// A service's words without ours, a gap where they stood; nothing where it is unknown which are ours.
    ///
    /// Gone is every word that we said, that is part of one, that has one in it, or that is written in a way in which it
    /// could be any; and what we said in so many words, though each of them be [plain](is_plain).
    pub fn out_of(&self, told: &str) -> Option<String> {
        let texts = self.0.as_ref()?;
        let told: Vec<Word<'_>> = words(told).collect();
        let mut clean = String::new();
        let mut marked = told.iter().zip(marked(texts, &told)).peekable();
        while let Some((word, ours)) = marked.next() {
            if !ours {
                clean.push_str(word.text);
                clean.push_str(word.after);
            } else if marked.peek().is_none_or(|(_, next)| !next) {
                clean.push_str(GAP);
                clean.push_str(word.after);
            }
        }
        Some(clean)
    }
}

/// Which words of a service are ours.
fn marked(texts: &Texts, told: &[Word<'_>]) -> Vec<bool> {
    let small: Vec<String> = told.iter().map(|word| word.text.to_lowercase()).collect();
    let mut ours: Vec<bool> = told
        .iter()
        .zip(&small)
        .map(|(word, small)| is_ours(texts, word, small))
        .collect();
    for (at, rest) in (0..).zip((0..small.len()).filter_map(|at| small.get(at..))) {
        let row = texts.all.iter().map(|text| row(text, rest)).max().unwrap_or(0);
        ours.iter_mut().skip(at).take(row).for_each(|ours| *ours = true);
    }
    // A letter on its own says nothing, but where it stands beside what is ours.
    for at in 0..ours.len() {
        let beside = |at: Option<usize>| at.and_then(|at| ours.get(at)).is_some_and(|ours| *ours);
        let is_letter = small
            .get(at)
            .is_some_and(|word| word.chars().count() == 1 && !is_plain(word));
        let is_ours = beside(at.checked_sub(1)) || beside(at.checked_add(1));
        if let Some(ours) = ours.get_mut(at).filter(|_| is_letter && is_ours) {
            *ours = true;
        }
    }
    ours
}

/// Whether a word of a service tells one of ours.
fn is_ours(texts: &Texts, word: &Word<'_>, small: &str) -> bool {
    let letters: Vec<char> = small.chars().collect();
    let is_told = |piece: &[char]| texts.words.contains(&piece.iter().collect::<String>());
    let holds = |sent: &str| sent.len() >= TELLING && small.contains(sent);
    word.escaped
        || small.len() > LONGEST
        || (letters.len() > 1
            && !is_plain(small)
            && (texts.words.contains(small)
                || letters.windows(PIECE).any(is_told)
                || texts.words.split(' ').any(holds)))
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

/// Texts that were sent, in small letters.
#[derive(Default, PartialEq, Eq)]
struct Texts {
    /// The words of each.
    all: Vec<Vec<String>>,
    /// Every word once, with blanks between them.
    words: String,
}

/// What a request says, being gathered.
#[derive(Default)]
pub(super) struct Gathered(Vec<Vec<String>>);

impl Gathered {
    /// A text as it is.
    pub(super) fn text(&mut self, text: &str) {
        let words = words(text).filter(|word| !word.text.is_empty());
        self.0.push(words.map(|word| word.text.to_lowercase()).collect());
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
                let told = members.iter().filter(|(name, _)| *name != ACCOUNTS);
                told.for_each(|(_, member)| self.value(member));
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
        let words: BTreeSet<&str> = self.0.iter().flatten().map(String::as_str).collect();
        let words = words.into_iter().fold(String::new(), |all, word| all + " " + word);
        Sent(Some(Arc::new(Texts { all: self.0, words })))
    }
}

#[cfg(test)]
mod tests;
