//! What the adapters of services on a network make of a download's answer.
//!
//! Imports the transport's answers and errors.

use futures_util::StreamExt;
use http::response::Parts;
use http::{Response, StatusCode, header};

use super::file::plain_name;
use super::http::{said, transport_error};
use super::{Download, TrackerError};
use crate::model::TrackerId;
use crate::transport::{Arrival, Sent};

/// The file, or why there is none. `name` is what the address calls it. With `pages`, a page for people is a file as any
/// other; else it is taken for what it mostly is, a place to sign in.
///
/// Whatever the service says against it reaches no further than this file.
pub(super) fn arrived(
    on: &TrackerId,
    name: &str,
    pages: bool,
    answer: Response<Arrival>,
) -> Result<Download, TrackerError> {
    let (head, arrival) = answer.into_parts();
    let rejected = |detail: String| TrackerError::Rejected {
        on: on.clone(),
        status: head.status.as_u16(),
        detail,
    };
    let content = match arrival {
        Arrival::Refusal(words) => return Err(turned_away(on, &head, &words)),
        Arrival::Content(content) => content,
    };
    if head.status != StatusCode::OK {
        return Err(rejected(format!("{} is not how a file comes", head.status)));
    }
    let text = |name: header::HeaderName| head.headers.get(name).and_then(|value| value.to_str().ok());
    let media_type = text(header::CONTENT_TYPE).and_then(media_type);
    if !pages && matches!(media_type.as_deref(), Some("text/html" | "application/xhtml+xml")) {
        return Err(rejected(
            "a page for people came, not a file: perhaps one to sign in".to_owned(),
        ));
    }
    // What we can undo is undone before, and then not mentioned any more.
    if text(header::CONTENT_ENCODING).is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
        return Err(rejected("the file came packed in a way nobody asked for".to_owned()));
    }
    let size = text(header::CONTENT_LENGTH).and_then(|length| length.trim().parse().ok());
    let on = on.clone();
    Ok(Download {
        name: plain_name(name),
        media_type,
        size,
        chunks: content
            .map(move |chunk| chunk.map_err(|error| transport_error(&on, error)))
            .boxed(),
    })
}

fn turned_away(on: &TrackerId, head: &Parts, words: &[u8]) -> TrackerError {
    let (on, status) = (on.clone(), head.status);
    let said = said(words, &Sent::of(&head.extensions));
    if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
        let detail = format!("fetch a file: {status}");
        return TrackerError::Failed { on, detail };
    }
    let detail = match (status, said) {
        (StatusCode::NOT_FOUND | StatusCode::GONE, _) => {
            "the file is not there, or not for this token to see".to_owned()
        }
        (_, Some(said)) => said,
        (status, None) if status.is_redirection() => {
            let there = if head.headers.contains_key(header::LOCATION) {
                " where files are not fetched from"
            } else {
                ""
            };
            format!("the file is said to be elsewhere{there}")
        }
        (status, None) => status.to_string(),
    };
    TrackerError::Rejected {
        on,
        status: status.as_u16(),
        detail,
    }
}

/// `image/png` out of `image/PNG; charset=x`. Nothing where that is no media type, for it goes into headers elsewhere.
fn media_type(value: &str) -> Option<String> {
    let kind = value.split(';').next()?.trim().to_ascii_lowercase();
    let token = |part: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
        !part.is_empty() && part.chars().all(plain)
    };
    let (top, sub) = kind.split_once('/')?;
    (token(top) && token(sub) && kind.len() <= 100).then_some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_such_as_a_header_can_hold() {
        for (value, kind) in [
            ("image/png", Some("image/png")),
            (" Image/SVG+xml ; charset=x", Some("image/svg+xml")),
            ("", None),
            ("png", None),
            ("image/", None),
            ("image/p\"ng", None),
            ("image/png/x", None),
        ] {
            assert_eq!(media_type(value).as_deref(), kind, "{value}");
        }
    }
}
