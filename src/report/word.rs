//! Our own words in a report that is read back.

use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock};

use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer};

/// One of our own words: an outcome, a code, the name of a field.
pub type Word = &'static str;

/// So many different words there may be; we have far fewer.
const MOST: usize = 500;
/// So long a word may be.
const LONGEST: usize = 40;

/// Words read back so far. They live as long as the program, as the words in its code do.
static KNOWN: OnceLock<Mutex<BTreeSet<Word>>> = OnceLock::new();

pub(super) fn one<'de, D: Deserializer<'de>>(from: D) -> Result<Word, D::Error> {
    let text = String::deserialize(from)?;
    known(&text).ok_or_else(|| D::Error::custom("not one of our words"))
}

pub(super) fn many<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Word>, D::Error> {
    let texts = Vec::<String>::deserialize(from)?;
    let words: Option<Vec<Word>> = texts.iter().map(|text| known(text)).collect();
    words.ok_or_else(|| D::Error::custom("not our words"))
}

fn known(text: &str) -> Option<Word> {
    let ours = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    if text.is_empty() || text.len() > LONGEST || !text.chars().all(ours) {
        return None;
    }
    let mut known = KNOWN.get_or_init(Mutex::default).lock().ok()?;
    if let Some(word) = known.get(text) {
        return Some(word);
    }
    if known.len() >= MOST {
        return None;
    }
    let word: Word = Box::leak(text.to_owned().into_boxed_str());
    known.insert(word);
    Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_read_back_once_and_nothing_else_is() {
        let word = known("missing-twin").unwrap();
        assert!(std::ptr::eq(word, known("missing-twin").unwrap()));
        for bad in ["", "two words", "::error::", &"x".repeat(41)] {
            assert_eq!(known(bad), None, "{bad}");
        }
    }
}
