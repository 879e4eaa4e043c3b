//! Why a request brought no usable answer, and how foreign words are made fit for one line of a log.
//!
//! Imports nothing of ours.

use std::time::Duration;

use http::Method;
use url::Url;

/// Longest text of someone else's that goes into an error, in characters.
const LONGEST: usize = 300;

/// Why no usable answer came back. Statuses the transport does not interpret (404, 422 …) are answers, not errors.
///
/// Details are one line of at most 300 characters and never hold a token or the value of a query parameter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No connection was made, so nothing was sent.
    #[error("cannot reach {address}: {detail}")]
    Unreachable {
        /// Scheme, host and port.
        address: String,
        /// The cause.
        detail: String,
    },
    /// A read or a repeatable write failed, after the retries.
    #[error("{detail}")]
    Failed {
        /// The request and the cause.
        detail: String,
    },
    /// A write that must not be sent twice was sent, and nobody knows whether it was done.
    #[error("outcome unknown: {detail}")]
    Ambiguous {
        /// The request and the cause.
        detail: String,
    },
    /// The service, or our own pacing for it, asks for a longer pause than the policy allows.
    #[error("rate limited for {} s", .wait.as_secs())]
    RateLimited {
        /// How long to wait before the next request.
        wait: Duration,
    },
    /// The credential cannot be used: no header can hold it, the key is no key, or the exchange for a token failed.
    #[error("{detail}")]
    Token {
        /// The cause, without the credential.
        detail: String,
    },
    /// The request or the client could not be built; nothing was sent.
    #[error("cannot build the request: {detail}")]
    Build {
        /// The cause.
        detail: String,
    },
    /// The answer is larger than the transport takes in.
    #[error("the answer is too large: {detail}")]
    TooLarge {
        /// The request and the limit.
        detail: String,
    },
}

impl TransportError {
    /// A [`TransportError::Build`] with the words made fit for one line.
    pub(crate) fn build(detail: &str) -> Self {
        Self::Build {
            detail: one_line(detail),
        }
    }

    /// A [`TransportError::Token`] with the words made fit for one line.
    pub(crate) fn token(detail: &str) -> Self {
        Self::Token {
            detail: one_line(detail),
        }
    }
}

/// Words of someone else's as one line: no control or direction characters, runs of space as one, 300 characters.
///
/// A log reader and a CI service both act on control characters and line starts, so none of them get there.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::new();
    let mut length = 0usize;
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            gap = length > 0;
            continue;
        }
        if turns_text(c) {
            continue;
        }
        let needed = if gap { 2 } else { 1 };
        if length + needed >= LONGEST {
            line.push('…');
            break;
        }
        if gap {
            line.push(' ');
            gap = false;
        }
        line.push(c);
        length += needed;
    }
    line
}

/// Invisible characters that change how the characters around them are shown.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// An error with all its causes. Causes that repeat what was said already are left out.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(inner) = next {
        let more = inner.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        next = inner.source();
    }
    text
}

/// An address fit for logs: no user, no password, no fragment, names of query parameters without their values,
/// one line.
pub(crate) fn safe(url: &Url) -> String {
    let mut text = format!("{}{}", url.origin().ascii_serialization(), url.path());
    let names: Vec<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    if !names.is_empty() {
        text.push_str("?[");
        text.push_str(&names.join(","));
        text.push(']');
    }
    one_line(&text)
}

/// The address of a host: all that is told of where a file is.
pub(crate) fn host(url: &Url) -> Url {
    let mut host = url.clone();
    host.set_path("");
    host.set_query(None);
    host
}

/// "GET <https://host/path>: what happened", on one line.
pub(crate) fn told(method: &Method, url: &Url, what: &str) -> String {
    one_line(&format!("{method} {}: {what}", safe(url)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_words_become_one_short_line() {
        assert_eq!(one_line("  a\r\n::error::b\u{1b}[31m \t c  "), "a ::error::b [31m c");
        assert_eq!(one_line("left\u{202e}right\u{feff}"), "leftright");
        let long = one_line(&"x".repeat(5000));
        assert_eq!(long.chars().count(), 300);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn an_address_in_a_log_keeps_secrets_out() {
        let url = Url::parse("https://me:hunter2@forge.example/p/1?private_token=s3cret&pa%0Age=2#frag").unwrap();
        assert_eq!(safe(&url), "https://forge.example/p/1?[private_token,pa ge]");
    }
}
