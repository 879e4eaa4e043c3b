//! The GitHub tracker against answers from a script, and its structs against answers GitHub really gave.

mod comments;
mod files;
mod planning;
mod read;
mod recorded;
mod write;

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use url::Url;

use super::GitHub;
use crate::model::{IssueKey, TrackerId};
use crate::transport::Policy;
use crate::transport::scripted::{Outcome, Scripted, reply};

const API: &str = "https://api.github.com";

/// "GET /path?query" or with a body "PATCH /path {…}".
fn line(request: &Request<Bytes>) -> String {
    let target = request.uri().path_and_query().unwrap();
    let line = format!("{} {target}", request.method());
    if request.body().is_empty() {
        return line;
    }
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    format!("{line} {body}")
}

/// A tracker for `acme/api` whose requests, as `line` has them, are answered by the script.
fn tracker(script: impl Fn(&str) -> Outcome + Send + Sync + 'static) -> (GitHub, Arc<Scripted>) {
    tracker_at(API, script)
}

fn tracker_at(api: &str, script: impl Fn(&str) -> Outcome + Send + Sync + 'static) -> (GitHub, Arc<Scripted>) {
    let wire = Scripted::new(move |request, _| script(&line(request)));
    let policy = Policy {
        max_retries: 0,
        ..Policy::default()
    };
    let transport = wire.transport(api, policy);
    let api = Url::parse(api).unwrap();
    let tracker = GitHub::new(TrackerId("github".into()), "acme".into(), "api".into(), api, transport);
    (tracker.unwrap(), wire)
}

fn lines(wire: &Scripted) -> Vec<String> {
    wire.seen().iter().map(line).collect()
}

fn issue(number: u64) -> Value {
    json!({
        "number": number, "html_url": format!("https://github.com/acme/api/issues/{number}"),
        "url": format!("https://api.github.com/repos/acme/api/issues/{number}"),
        "user": { "login": "octocat", "html_url": "https://github.com/octocat" },
        "created_at": "2026-01-05T10:00:00Z", "updated_at": "2026-01-06T10:00:00Z",
        "title": "Login fails", "body": "It does.\r\nOften.", "state": "open", "state_reason": null,
        "labels": [], "assignees": [], "comments": 0
    })
}

/// An issue with some members changed.
fn issue_with(number: u64, changes: Value) -> Value {
    let mut issue = issue(number);
    let Value::Object(changes) = changes else {
        panic!("{changes}")
    };
    issue.as_object_mut().unwrap().extend(changes);
    issue
}

fn comment(id: u64, issue: u64) -> Value {
    json!({
        "id": id, "html_url": format!("https://github.com/acme/api/issues/{issue}#issuecomment-{id}"),
        "issue_url": format!("https://api.github.com/repos/acme/api/issues/{issue}"),
        "user": { "login": "octocat" }, "body": format!("comment {id}"),
        "created_at": "2026-01-05T10:00:00Z", "updated_at": "2026-01-05T10:00:01Z"
    })
}

fn ok(body: &Value) -> Outcome {
    reply(200, &[], &body.to_string())
}

fn with_next(body: &Value, next: &str) -> Outcome {
    reply(200, &[("link", &format!("<{next}>; rel=\"next\""))], &body.to_string())
}

fn message(status: u16, message: &str) -> Outcome {
    reply(status, &[], &json!({ "message": message }).to_string())
}

fn key(number: u64) -> IssueKey {
    IssueKey(number.to_string())
}
