//! Words: what is told of a service's answer word by word, and which words are the services' own.
//!
//! Imports nothing of ours.

/// Words of the services themselves, so that a refusal is still one to be understood. They tell nothing of an issue: a
/// refusal that repeats nothing consists of them.
const PLAIN: &str = "a abuse access accessible account accounts again allowed already an and api app apps archived are \
    argument assignee assignees at authentication authorized bad be been before being blank blocked body branch branches \
    by bytes can cannot changed character characters closed code comment comments conflict contain content contents \
    create created credentials custom date deleted denied description detected detection disabled do does due email \
    empty enabled enforcement entity error errors exceed exceeded exceeds exist exists expired failed few field file for \
    forbidden format found from get grant granted has have higher html id ids iid in include insufficient integration \
    internal into invalid ip is issue issues it its json key label labels large later least limit limits list locked long \
    longer many maximum mechanism message milestone milestones minimum minute minutes missing more most must name no not \
    note notes of on one only open or organization over parameter params parsing patch payload permission permissions \
    personal please post privileges problem problems project protected provided put rate read reached reason refused \
    repository request requests required requires resource retry rule rules saml scope scopes secondary server service \
    short should size spam sso state status supported suspended target temporarily text than that the this time title to \
    token too try type unauthorized unavailable unprocessable unsupported update updated uploaded url use used user valid \
    validation value verified wait was weight while with write wrong you your";

/// A word of a text and what is between it and the next. A text's first word may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) after: &'a str,
    /// It is, or begins with, a letter in another guise: `\n`, `\u0041`, `&#65;`, `&amp;`, `%41`.
    pub(super) escaped: bool,
}

/// The words of a text.
pub(super) fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let (mut rest, mut before) = (text, "");
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (text, tail) = rest.split_at(rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len()));
        let (after, next) = tail.split_at(tail.find(char::is_alphanumeric).unwrap_or(tail.len()));
        let escaped = is_escaped(before, text, after);
        (rest, before) = (next, after);
        Some(Word { text, after, escaped })
    })
}

fn is_escaped(before: &str, word: &str, after: &str) -> bool {
    let is_byte = || word.len() >= 2 && word.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    let is_entity = before.ends_with('&') || before.ends_with("&#");
    before.ends_with('\\') || (before.ends_with('%') && is_byte()) || (is_entity && after.starts_with(';'))
}

/// Whether a word, in small letters, is one of the services' own.
pub(super) fn is_plain(word: &str) -> bool {
    word.is_empty() || PLAIN.split_ascii_whitespace().any(|plain| plain == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_is_between_other_signs_and_escapes_are_known() {
        let told = |text| -> Vec<(&str, bool)> { words(text).map(|word| (word.text, word.escaped)).collect() };
        assert_eq!(told(""), []);
        assert_eq!(told("Née, 2!"), [("Née", false), ("2", false)]);
        assert_eq!(told("(a)"), [("", false), ("a", false)]);
        for (text, escaped) in [
            (r"\nab", [("", false), ("nab", true)]),
            ("&#x41;", [("", false), ("x41", true)]),
            ("&amp;", [("", false), ("amp", true)]),
            ("&amp", [("", false), ("amp", false)]),
            ("%41b", [("", false), ("41b", true)]),
            ("%of", [("", false), ("of", false)]),
        ] {
            assert_eq!(told(text), escaped, "{text}");
        }
    }
}
