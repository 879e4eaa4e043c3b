//! What the payload of an event or webhook says it is about. A hint and no more: everything is read again from the trackers,
//! and what cannot be made out is said. Anybody may have written it.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde_json::Value;

/// The largest payload that is read, in bytes. Services send less; an issue's text has 65,536 characters at most.
pub const PAYLOAD_MAX: u64 = 1024 * 1024;

/// What a payload is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// An issue of a GitHub repository.
    GitHub {
        /// The repository's address in the API; empty where it is not told.
        url: String,
        /// `owner/repo`.
        project: String,
        /// The issue's number.
        number: u64,
        /// It was deleted or moved away: only its twin can tell what it was linked to.
        gone: bool,
    },
    /// An issue of a GitLab project.
    GitLab {
        /// The project's page.
        url: String,
        /// The project's path.
        project: String,
        /// The project's number.
        id: Option<u64>,
        /// The issue's number in the project.
        number: u64,
    },
    /// An issue of a tracker that is named as the mapping file does.
    Named {
        /// The tracker.
        tracker: String,
        /// The issue's key.
        key: String,
    },
    /// Something in which no issue changed.
    Other(&'static str),
    /// Nobody knows.
    Unknown(&'static str),
}

/// Reads a payload, however large the file is. The error is for people.
pub(super) fn read(path: &Path) -> Result<Value, String> {
    let wrong = |why: String| format!("the payload of the event {why}");
    let unread = |error: std::io::Error| wrong(format!("cannot be read ({error})"));
    // Before it is opened: to open a pipe is to wait for whoever writes into it.
    if !std::fs::metadata(path).map_err(unread)?.is_file() {
        return Err(wrong("is no file".into()));
    }
    let file = File::open(path).map_err(unread)?;
    let mut bytes = Vec::new();
    file.take(PAYLOAD_MAX + 1).read_to_end(&mut bytes).map_err(unread)?;
    if bytes.len() as u64 > PAYLOAD_MAX {
        return Err(wrong("is larger than 1 MiB".into()));
    }
    // The parser's words quote nothing of the text.
    serde_json::from_slice(&bytes).map_err(|error| wrong(format!("is not JSON ({error})")))
}

/// What the payload of an event of GitHub's own is about.
pub(super) fn of_github(event: &str, payload: &Value) -> Hint {
    match event {
        "issues" | "issue_comment" => sent(payload),
        "repository_dispatch" => {
            let payload = payload.get("client_payload").unwrap_or(&Value::Null);
            let nested = payload
                .as_object()
                .and_then(|parts| parts.values().find(|part| part.get("object_kind").is_some()));
            match (sent(payload), nested) {
                (Hint::Unknown(_), Some(nested)) => sent(nested),
                (hint, _) => hint,
            }
        }
        _ => Hint::Unknown("the event names no issue"),
    }
}

/// What something that was sent is about: a webhook of GitLab or GitHub, or a few words of the user's own.
pub(super) fn sent(payload: &Value) -> Hint {
    if let Some(kind) = text(payload, "/object_kind") {
        return of_gitlab(kind, payload);
    }
    if let Some(issue) = payload.get("issue").filter(|issue| issue.is_object()) {
        return of_issue(payload, issue);
    }
    if payload.get("pull_request").is_some() {
        return Hint::Other("a pull request");
    }
    named(payload).unwrap_or(Hint::Unknown("the payload names no issue"))
}

fn of_issue(payload: &Value, issue: &Value) -> Hint {
    if issue.get("pull_request").is_some_and(|part| !part.is_null()) {
        return Hint::Other("a pull request");
    }
    let (Some(project), Some(number)) = (text(payload, "/repository/full_name"), count(payload, "/issue/number"))
    else {
        return Hint::Unknown("the payload names no issue of a repository");
    };
    let action = text(payload, "/action").unwrap_or_default();
    Hint::GitHub {
        url: text(payload, "/repository/url").unwrap_or_default().to_owned(),
        project: project.to_owned(),
        number,
        // Of a comment it says that the comment is gone.
        gone: payload.get("comment").is_none() && ["deleted", "transferred"].contains(&action),
    }
}

fn of_gitlab(kind: &str, payload: &Value) -> Hint {
    let number = match kind {
        "issue" => count(payload, "/object_attributes/iid"),
        "work_item" => match text(payload, "/object_attributes/type") {
            None | Some("Issue" | "Incident") => count(payload, "/object_attributes/iid"),
            Some(_) => return Hint::Other("a work item that is no issue"),
        },
        "note" => match text(payload, "/object_attributes/noteable_type") {
            Some("Issue" | "WorkItem") => count(payload, "/issue/iid"),
            Some(_) => return Hint::Other("a comment on something that is no issue"),
            None => None,
        },
        "merge_request" => return Hint::Other("a merge request"),
        _ => return Hint::Unknown("the webhook is about no issue"),
    };
    let (Some(project), Some(number)) = (text(payload, "/project/path_with_namespace"), number) else {
        return Hint::Unknown("the webhook names no issue of a project");
    };
    Hint::GitLab {
        url: text(payload, "/project/web_url").unwrap_or_default().to_owned(),
        project: project.to_owned(),
        id: count(payload, "/project/id").or_else(|| count(payload, "/project_id")),
        number,
    }
}

/// `{ "issue": "github#12" }`, or `{ "tracker": "github", "issue": 12 }`.
fn named(payload: &Value) -> Option<Hint> {
    let issue = payload.get("issue")?;
    let key = match issue {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.as_u64()?.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let (tracker, key) = match (text(payload, "/tracker"), key.split_once('#')) {
        (_, Some((tracker, key))) => (tracker.to_owned(), key.to_owned()),
        (Some(tracker), None) => (tracker.trim().to_owned(), key),
        (None, None) => return Some(Hint::Unknown("the payload names an issue but no tracker")),
    };
    // Keys of all services are of this form; anything else was never one.
    let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_key = !key.is_empty() && key.len() <= 64 && key.chars().all(fine);
    Some(if is_key && !tracker.is_empty() {
        Hint::Named { tracker, key }
    } else {
        Hint::Unknown("the payload's `issue` is no reference such as github#12")
    })
}

fn text<'a>(payload: &'a Value, at: &str) -> Option<&'a str> {
    payload.pointer(at)?.as_str()
}

fn count(payload: &Value, at: &str) -> Option<u64> {
    payload.pointer(at)?.as_u64()
}
