//! What we signed a request with, taken out of its answer: a service that repeats it, in a page about the error or in the
//! address it redirects to, must not get it into a log, a report or the other tracker.
//!
//! Imports what answers are made of.

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Response};

use super::carry::Words;

/// Stands where the credential stood.
const STARS: &str = "***";
/// Shorter than any credential of a service: taking it out would take letters out of words.
const SHORTEST: usize = 6;

/// The credential in a header, without the word before it: `Bearer …`.
pub(super) fn secret(value: &HeaderValue) -> Option<HeaderValue> {
    if !value.is_sensitive() {
        return None;
    }
    let secret = value.as_bytes().rsplit(|byte| *byte == b' ').next()?;
    let mut secret = HeaderValue::from_bytes(secret).ok()?;
    secret.set_sensitive(true);
    (secret.len() >= SHORTEST).then_some(secret)
}

/// The answer without it.
pub(super) fn scrubbed<A: Words>(answer: Response<A>, secret: Option<&HeaderValue>) -> Response<A> {
    let Some(secret) = secret.map(HeaderValue::as_bytes) else {
        return answer;
    };
    let (mut head, body) = answer.into_parts();
    for value in head.headers.values_mut() {
        if let Some(clean) = without(value.as_bytes(), secret) {
            *value = HeaderValue::from_bytes(&clean).unwrap_or_else(|_unfit| HeaderValue::from_static(STARS));
        }
    }
    let body = match without(body.as_ref(), secret) {
        Some(clean) => body.reworded(clean),
        None => body,
    };
    Response::from_parts(head, body)
}

/// The text with stars for every place where the secret stood; `None` where it stood nowhere.
fn without(text: &[u8], secret: &[u8]) -> Option<Bytes> {
    let mut clean = BytesMut::new();
    let mut rest = text;
    while let Some(at) = rest.windows(secret.len()).position(|part| part == secret) {
        let (before, after) = rest.split_at(at);
        clean.extend_from_slice(before);
        clean.extend_from_slice(STARS.as_bytes());
        rest = after.split_at(secret.len()).1;
    }
    if rest.len() == text.len() {
        return None;
    }
    clean.extend_from_slice(rest);
    Some(clean.freeze())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_found_in_sensitive_headers_only() {
        let mut value = HeaderValue::from_static("Bearer abcdef");
        assert_eq!(secret(&value), None);
        value.set_sensitive(true);
        assert_eq!(secret(&value).unwrap(), "abcdef");
        let mut short = HeaderValue::from_static("abc");
        short.set_sensitive(true);
        assert_eq!(secret(&short), None);
    }

    #[test]
    fn it_is_taken_out_wherever_it_stands() {
        let answer = Response::builder()
            .header("location", "https://a.example/abcdef?x=abcdef")
            .header("x-plain", "abc")
            .body(Bytes::from_static(b"you sent abcdefabcdef!"))
            .unwrap();
        let mut secret = HeaderValue::from_static("abcdef");
        secret.set_sensitive(true);
        let clean = scrubbed(answer, Some(&secret));
        assert_eq!(clean.headers()["location"], "https://a.example/***?x=***");
        assert_eq!(clean.headers()["x-plain"], "abc");
        assert_eq!(clean.body(), "you sent ******!");
    }
}
