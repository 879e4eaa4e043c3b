//! What the adapters of services on a network share: statuses, transport errors and the service crates' errors as
//! [`TrackerError`], bodies as JSON, `Link` headers.
//!
//! Imports the transport's errors and the model's names. Every foreign word goes through `one_line`.

use gitlab::api::ApiError;
use http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::TrackerError;
use crate::model::TrackerId;
use crate::transport::{Sent, TransportError, one_line};

/// More pages than any project has: a service that announces more of them never ends.
pub const MOST_PAGES: usize = 10_000;

/// Characters of a refusal that are looked at. Fewer are told.
const MOST_WORDS: usize = 2_000;

/// A transport error as this tracker's.
pub fn transport_error(on: &TrackerId, error: TransportError) -> TrackerError {
    let on = on.clone();
    match error {
        TransportError::Unreachable { address, detail } => TrackerError::Unreachable { on, address, detail },
        TransportError::Failed { detail } | TransportError::Build { detail } => TrackerError::Failed { on, detail },
        TransportError::Ambiguous { detail } => TrackerError::Ambiguous { on, detail },
        TransportError::RateLimited { wait } => TrackerError::RateLimited { on, wait },
        TransportError::Token { detail } => TrackerError::Token { on, detail },
        TransportError::TooLarge { detail } => TrackerError::Odd {
            on,
            detail: format!("too large: {detail}"),
        },
    }
}

/// What a status that is no success means where it does not mean something particular to the request.
///
/// 404 and 410 are taken for the project's: whoever asks for an issue or a comment looks at these two first. `action` is
/// what was tried, as in "may not …": "list issues", "comment". Of the service's words those of `sent` are left out.
pub fn refused(
    on: &TrackerId,
    project: &str,
    action: &str,
    (status, headers): (StatusCode, &HeaderMap),
    body: &[u8],
    sent: &Sent,
) -> TrackerError {
    let on = on.clone();
    let words = said(body, sent);
    let said = |words: Option<String>| words.unwrap_or_else(|| status.to_string());
    match status.as_u16() {
        408 | 500.. => TrackerError::Failed {
            detail: one_line(&format!(
                "{action}: {status}{}",
                words.map_or_else(String::new, |w| format!(": {w}"))
            )),
            on,
        },
        400..=407 | 409..=499 if !matches!(status.as_u16(), 413 | 429) && is_page(headers, body) => TrackerError::Odd {
            on,
            detail: one_line(&format!("{action}: HTML with status {status}, where JSON was expected")),
        },
        401 => TrackerError::Token {
            on,
            detail: said(words),
        },
        403 => TrackerError::Forbidden {
            on,
            action: action.to_owned(),
            detail: one_line(&format!("{}{}", said(words), missing_permissions(headers))),
        },
        404 | 410 => TrackerError::NoProject {
            on,
            project: one_line(project),
            detail: said(words),
        },
        400..=499 => TrackerError::Rejected {
            on,
            status: status.as_u16(),
            detail: said(words),
        },
        _ => TrackerError::Odd {
            on,
            detail: one_line(&format!(
                "{action}: {}status {status}{}",
                if is_page(headers, body) { "HTML with " } else { "" },
                place(headers)
            )),
        },
    }
}

/// The body of a success as `T`; anything else is [`TrackerError::Odd`]. `what` says what was expected: "a list of issues".
pub fn json<T: DeserializeOwned>(
    on: &TrackerId,
    what: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<T, TrackerError> {
    serde_json::from_slice(body).map_err(|error| TrackerError::Odd {
        on: on.clone(),
        detail: if is_page(headers, body) {
            format!("HTML came instead of {what}")
        } else {
            // Position and kind only: the error's own text may quote a title or a body.
            format!(
                "{what} expected, {} at line {}, column {}",
                match error.classify() {
                    serde_json::error::Category::Io => "reading failed",
                    serde_json::error::Category::Syntax => "no JSON came",
                    serde_json::error::Category::Data => "other JSON came",
                    serde_json::error::Category::Eof => "the JSON is cut short",
                },
                error.line(),
                error.column()
            )
        },
    })
}

/// An octocrab error as this tracker's. `action` as in [`refused`]. A service's words in it are not told.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a foreign list that grows; what is not named is a plain failure"
)]
pub fn octocrab_error(on: &TrackerId, project: &str, action: &str, error: octocrab::Error) -> TrackerError {
    match error {
        octocrab::Error::Service { source, .. } => match source.downcast::<TransportError>() {
            Ok(error) => transport_error(on, *error),
            Err(other) => failed(on, action, &other.to_string()),
        },
        octocrab::Error::GitHub { source, .. } => {
            let body = serde_json::json!({ "message": source.message, "errors": source.errors });
            let none = HeaderMap::new();
            let headers = source.headers.as_ref().unwrap_or(&none);
            refused(
                on,
                project,
                action,
                (source.status_code, headers),
                body.to_string().as_bytes(),
                &Sent::unknown(),
            )
        }
        octocrab::Error::Json { source, .. } => {
            odd(on, action, &format!("unexpected JSON, or HTML, at {}", source.path()))
        }
        octocrab::Error::Serde { .. } => odd(on, action, "unexpected JSON, or HTML"),
        octocrab::Error::InvalidUtf8 { .. } => odd(on, action, "text that is not UTF-8"),
        other => failed(on, action, &first_line(&other)),
    }
}

/// A `gitlab` error as this tracker's. `action` as in [`refused`]. A service's words in it are not told.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a foreign list that grows; what is not named is a plain failure"
)]
pub fn gitlab_error(on: &TrackerId, project: &str, action: &str, error: ApiError<TransportError>) -> TrackerError {
    let refused = |status, body: &[u8]| {
        let headers = HeaderMap::new();
        refused(on, project, action, (status, &headers), body, &Sent::unknown())
    };
    let message = |value: Value| serde_json::json!({ "message": value }).to_string();
    match error {
        ApiError::Client { source } => transport_error(on, source),
        ApiError::Json { .. } | ApiError::DataType { .. } => odd(on, action, "unexpected JSON, or HTML"),
        ApiError::MovedPermanently { location } => {
            let to = location
                .and_then(|to| Url::parse(&to).ok())
                .map(|to| to.origin().ascii_serialization());
            odd(
                on,
                action,
                &format!("moved to {}", to.as_deref().unwrap_or("another place")),
            )
        }
        ApiError::GitlabService { status, data } => refused(status, &data),
        ApiError::GitlabWithStatus { status, msg } => refused(status, message(Value::String(msg)).as_bytes()),
        ApiError::GitlabObjectWithStatus { status, obj } => refused(status, message(obj).as_bytes()),
        ApiError::GitlabUnrecognizedWithStatus { status, obj } => refused(status, obj.to_string().as_bytes()),
        ApiError::GitlabRateLimited { retry_after, .. } => TrackerError::RateLimited {
            on: on.clone(),
            wait: retry_after,
        },
        other => failed(on, action, &first_line(&other)),
    }
}

/// The next page's address out of `Link: <…>; rel="next"`, if it has the origin of `of`, the page it came with.
pub fn link_next(headers: &HeaderMap, of: &Url) -> Option<Url> {
    headers
        .get_all(header::LINK)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .find_map(next_target)
        .and_then(|target| of.join(target).ok())
        .filter(|next| next.origin() == of.origin())
}

/// Walks `<target>; name=value; name="quoted", <target> …` (RFC 8288). Commas and semicolons may be part of a target or
/// of a quoted value. Anything else ends the walk.
fn next_target(value: &str) -> Option<&str> {
    let mut rest = value.trim();
    loop {
        let (target, tail) = rest
            .trim_start_matches([' ', '\t', ','])
            .strip_prefix('<')?
            .split_once('>')?;
        rest = tail.trim_start();
        let mut is_next = false;
        while let Some(parameter) = rest.strip_prefix(';') {
            let (name, tail) = parameter.split_once('=')?;
            let (value, tail) = match tail.trim_start().strip_prefix('"') {
                Some(quoted) => quoted.split_once('"')?,
                None => tail.split_at(tail.find([';', ',']).unwrap_or(tail.len())),
            };
            is_next |= name.trim().eq_ignore_ascii_case("rel")
                && value
                    .split_ascii_whitespace()
                    .any(|relation| relation.eq_ignore_ascii_case("next"));
            rest = tail.trim_start();
        }
        if is_next {
            return Some(target);
        }
    }
}

/// The service's own words in one short line: GitHub's `message` and `errors`, GitLab's `message` (text, or messages by
/// field) or `error`; without what we had said, which may be private.
pub(super) fn said(body: &[u8], sent: &Sent) -> Option<String> {
    let Ok(Value::Object(body)) = serde_json::from_slice(body) else {
        return None;
    };
    let mut words = Vec::new();
    for name in ["message", "error", "error_description", "errors"] {
        if let Some(value) = body.get(name) {
            collect(value, &mut words, 0);
        }
    }
    let words: String = words.join("; ").chars().take(MOST_WORDS).collect();
    let line = one_line(&sent.out_of(&words)?);
    (!line.is_empty()).then_some(line)
}

/// Texts of a value. Objects that GitHub uses for one invalid field become "field: code".
fn collect(value: &Value, words: &mut Vec<String>, depth: usize) {
    if depth > 4 || words.len() > 20 {
        return;
    }
    match value {
        Value::String(text) => words.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, words, depth + 1)),
        Value::Object(members) => {
            let text = |name: &str| members.get(name).and_then(Value::as_str);
            if let Some(what) = text("message").or_else(|| text("code")) {
                let field = text("field").map_or_else(String::new, |field| format!("{field}: "));
                words.push(format!("{field}{what}"));
                return;
            }
            for (name, member) in members {
                let mut inner = Vec::new();
                collect(member, &mut inner, depth + 1);
                if !inner.is_empty() {
                    words.push(format!("{name}: {}", inner.join(", ")));
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A page for people instead of an answer for programs: a sign-in page, a proxy's, the wrong address.
fn is_page(headers: &HeaderMap, body: &[u8]) -> bool {
    let typed = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("text/html"));
    typed || body.trim_ascii_start().starts_with(b"<")
}

/// GitHub names what a fine-grained token would have needed.
fn missing_permissions(headers: &HeaderMap) -> String {
    headers
        .get("x-accepted-github-permissions")
        .and_then(|value| value.to_str().ok())
        .map_or_else(String::new, |needed| format!("; needed: {needed}"))
}

/// Where a redirect we did not follow leads: the origin only, since the rest may hold secrets.
fn place(headers: &HeaderMap) -> String {
    headers
        .get(header::LOCATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| Url::parse(value).ok())
        .map_or_else(String::new, |to| {
            format!(", leading to {}", to.origin().ascii_serialization())
        })
}

/// Some errors of the crates print a backtrace after their words.
fn first_line(error: &dyn std::error::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

fn failed(on: &TrackerId, action: &str, detail: &str) -> TrackerError {
    TrackerError::Failed {
        on: on.clone(),
        detail: one_line(&format!("{action}: {detail}")),
    }
}

fn odd(on: &TrackerId, action: &str, detail: &str) -> TrackerError {
    TrackerError::Odd {
        on: on.clone(),
        detail: one_line(&format!("{action}: {detail}")),
    }
}

#[cfg(test)]
mod tests;
