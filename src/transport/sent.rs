//! What a request says, taken out of the words a service refuses it with: titles and texts may be nobody's to read where
//! an error is told, and a service may repeat any of them.
//!
//! Which words are told is decided here alone, and whoever does not know what was sent gets none of them. Imports nothing
//! of ours.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use http::Extensions;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::Url;

/// Stands where words of ours stood.
const GAP: &str = "…";
/// Shorter words, in bytes, say nothing on their own; they go where they stand beside longer ones of ours.
const SHORTEST: usize = 4;
/// Members of a request that only name accounts, which are shown anyway.
const ACCOUNTS: &str = "assignees";

/// Words of the services themselves, so that a refusal is still one to be understood. They tell nothing of an issue: a
/// refusal that repeats nothing consists of them.
const PLAIN: &str = "a access accessible account allowed already an and archived are argument assignee assignees at bad be \
    been being blank blocked body bytes by can cannot changed character characters closed code comment comments conflict \
    contain content contents create created credentials custom date deleted denied description disabled do does due empty \
    entity error errors exceed exceeded exceeds exist exists expired failed field file for forbidden format found from has \
    have in include insufficient integration internal invalid is issue issues it json key label labels large least limit \
    locked long longer many maximum message milestone milestones minimum missing more most must name no not note notes of on \
    one only open or organization over parameter parsing payload permission permissions please privileges problem problems \
    project protected provided rate read reason refused repository request required requires resource retry scope scopes \
    server service short should size spam state status supported temporarily text than that the this time title to token \
    too try type unauthorized unavailable unprocessable unsupported update updated uploaded use used user valid validation \
    value was weight while with write wrong you your";

/// What a request said. In the extensions of every answer that is no success.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sent(Option<Arc<BTreeSet<String>>>);

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
    pub fn out_of(&self, words: &str) -> Option<String> {
        let sent = self.0.as_ref()?;
        let mut clean = String::new();
        // Words of ours that stand together, with what is between them, and whether one of them says something.
        let mut held = (String::new(), false);
        let mut pieces = pieces(words).peekable();
        while let Some((word, after)) = pieces.next() {
            let cut_short =
                after.starts_with(GAP) || after.starts_with("..") || (after.is_empty() && pieces.peek().is_none());
            let ours = !word.is_empty() && is_among(sent, word, cut_short);
            if ours {
                held.0.push_str(word);
                held.0.push_str(after);
                held.1 |= word.len() >= SHORTEST;
                if pieces.peek().is_some() {
                    continue;
                }
            }
            release(&mut clean, std::mem::take(&mut held));
            if !ours {
                clean.push_str(word);
                clean.push_str(after);
            }
        }
        Some(clean)
    }
}

/// Puts down what was held: as it was, or a gap and what comes behind its last word.
fn release(clean: &mut String, (held, telling): (String, bool)) {
    if !telling {
        clean.push_str(&held);
        return;
    }
    clean.push_str(GAP);
    let behind = held.trim_end_matches(|c: char| !c.is_alphanumeric());
    clean.push_str(held.strip_prefix(behind).unwrap_or_default());
}

/// Whether a service's word is one of ours; where a text ends in the middle, whether it begins one of ours.
fn is_among(sent: &BTreeSet<String>, word: &str, cut_short: bool) -> bool {
    let word = word.to_lowercase();
    if PLAIN.split_ascii_whitespace().any(|plain| plain == word) {
        return false;
    }
    let begun = || {
        word.len() >= SHORTEST
            && sent
                .range(word.clone()..)
                .next()
                .is_some_and(|next| next.starts_with(&word))
    };
    sent.contains(&word) || (cut_short && begun())
}

/// The words of a text, each with what is between it and the next. The first may be empty.
fn pieces(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (word, tail) = rest.split_at(rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len()));
        let (between, next) = tail.split_at(tail.find(char::is_alphanumeric).unwrap_or(tail.len()));
        rest = next;
        Some((word, between))
    })
}

/// What a request says, being gathered.
#[derive(Default)]
pub(super) struct Gathered(BTreeSet<String>);

impl Gathered {
    /// A text as it is.
    pub(super) fn text(&mut self, text: &str) {
        let words = pieces(text).filter(|(word, _)| !word.is_empty());
        self.0.extend(words.map(|(word, _)| word.to_lowercase()));
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
        Sent(Some(Arc::new(self.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(sent: &str, words: &str) -> String {
        let mut gathered = Gathered::default();
        gathered.body(sent.as_bytes());
        gathered.done().out_of(words).unwrap()
    }

    #[test]
    fn what_we_said_is_taken_out_and_what_the_service_says_stays() {
        let sent = r#"{"title":"Falcon: fire the CEO","body":"Is too long\nQ3 \"café\"","labels":["top-secret"],"assignees":["octocat"],"n":4711}"#;
        for (words, left) in [
            ("title Falcon is too long", "title … is too long"),
            ("title 'FALCON: Fire CEO' is too long", "title '…' is too long"),
            ("Falcon", "…"),
            ("Falcon &quot;caf\u{e9}&quot; in Q3!", "… &quot;…&quot; in Q3!"),
            ("description Q3 Café; label: top-secret", "description …; label: …"),
            ("title Falc... was not taken", "title …... was not taken"),
            ("title of Fal", "title of Fal"),
            ("<b>Falcons</b> fly, falcon", "<b>Falcons</b> fly, …"),
            (
                "body is too long (maximum is 65536 characters)",
                "body is too long (maximum is 65536 characters)",
            ),
            ("octocat cannot be assigned", "octocat cannot be assigned"),
            ("…  ", "…  "),
            ("", ""),
        ] {
            assert_eq!(told(sent, words), left, "{words}");
        }
    }

    #[test]
    fn nothing_is_told_where_nobody_knows_what_was_said() {
        assert_eq!(Sent::unknown().out_of("title is too long"), None);
        assert_eq!(Sent::of(&Extensions::new()), Sent::unknown());
    }

    #[test]
    fn names_in_addresses_are_words_of_ours() {
        let mut gathered = Gathered::default();
        let url = Url::parse("https://forge.example/r/labels/Fal%63on%20plan?search=Tiger").unwrap();
        gathered.address(&url, 1);
        let sent = gathered.done();
        assert_eq!(
            sent.out_of("no Falcon plan, Tiger or labels r").unwrap(),
            "no … or labels r"
        );
        assert_eq!(format!("{sent:?}"), "Sent");
    }
}
