//! Every issue and comment in the recorded answers can be read, and says what it said.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::wire;
use super::{issue, ok, tracker};
use crate::model::{self, Reason, State};
use crate::tracker::ReadTracker;
use crate::transport::scripted::reply;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/payloads/github")
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|e| e == "json") {
            found.push(path);
        }
    }
    found
}

/// Every object within that `wanted` accepts.
fn collect(value: &Value, wanted: fn(&Value) -> bool, found: &mut Vec<Value>) {
    if wanted(value) {
        found.push(value.clone());
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, wanted, found)),
        Value::Object(members) => members.values().for_each(|member| collect(member, wanted, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn recorded(wanted: fn(&Value) -> bool) -> Vec<Value> {
    let mut found = Vec::new();
    for file in files(&root()) {
        collect(&json(&file), wanted, &mut found);
    }
    found
}

fn exchange(file: &str, path: &str) -> Value {
    let Value::Array(all) = json(&root().join(file)) else {
        panic!("{file}")
    };
    all.into_iter()
        .find(|e| e["path"].as_str().unwrap().starts_with(path))
        .unwrap()
}

#[test]
fn every_recorded_issue_can_be_read() {
    let all = recorded(|value| {
        let has = |name| value.get(name).is_some();
        has("labels_url") && has("comments_url") && has("number")
    });
    // The events for pinning an issue hold it without state and labels; no answer to a request does.
    let (all, abridged): (Vec<_>, Vec<_>) = all.into_iter().partition(|raw| raw.get("state").is_some());
    assert!(
        all.len() >= 60 && abridged.len() == 2,
        "{} {}",
        all.len(),
        abridged.len()
    );
    let read = |raw: &Value| serde_json::from_value::<wire::Issue>(raw.clone());
    assert!(
        abridged.iter().all(|raw| read(raw).is_err()),
        "a made-up state would reopen issues"
    );
    for raw in all {
        let read = read(&raw).unwrap_or_else(|e| panic!("{e}: {raw}"));
        assert_eq!(read.is_pull_request(), raw.get("pull_request").is_some());
        let issue = read.into_model();
        assert_eq!(issue.key.0, raw["number"].to_string());
        assert_eq!(issue.title, raw["title"]);
        assert_eq!(issue.body.text, raw["body"].as_str().unwrap_or_default());
        assert_eq!(issue.status.state == State::Open, raw["state"] == "open");
        assert_eq!(issue.labels.len(), raw["labels"].as_array().unwrap().len());
        assert_eq!(issue.comment_count, raw["comments"]);
        assert_eq!(issue.url, raw["html_url"]);
        assert!(issue.author.is_some() && issue.created.is_some() && issue.updated.is_some());
    }
}

#[test]
fn every_recorded_comment_can_be_read() {
    let all = recorded(|value| value.get("issue_url").is_some() && value.get("body").is_some());
    assert!(all.len() > 10, "{}", all.len());
    for raw in all {
        let read: wire::Comment = serde_json::from_value(raw.clone()).unwrap_or_else(|e| panic!("{e}: {raw}"));
        let issue = read.issue().unwrap();
        assert!(raw["issue_url"].as_str().unwrap().ends_with(&format!("/{issue}")));
        let comment = read.into_model();
        assert_eq!(comment.key.0, raw["id"].to_string());
        assert_eq!(comment.body.text, raw["body"].as_str().unwrap());
        assert!(!comment.restricted && comment.created.is_some());
    }
}

#[test]
fn a_recorded_close_gives_its_reason() {
    let Value::Array(all) = json(&root().join("hub4j/closeIssueNotPlanned.json")) else {
        panic!()
    };
    let read: wire::Issue = serde_json::from_value(all.last().unwrap()["body"].clone()).unwrap();
    assert_eq!(read.into_model().status.reason, Some(Reason::NotPlanned));
}

#[test]
fn recorded_labels_and_repositories_can_be_read() {
    let labels = exchange("go-gitea-test_repo.json", "/repos/go-gitea/test_repo/labels");
    let read: Vec<wire::Label> = serde_json::from_value(labels["body"].clone()).unwrap();
    let read: Vec<model::Label> = read.into_iter().filter_map(wire::Label::into_model).collect();
    assert_eq!(read.len(), 9);
    assert!(
        read.iter()
            .all(|label| label.color.as_ref().is_some_and(|c| c.len() == 6))
    );
    let repository = exchange("octokit-fixtures/get-repository.json", "/repos/");
    let read: wire::Repository = serde_json::from_value(repository["body"].clone()).unwrap();
    assert!(!read.is_private());
    assert_eq!(read.place(), Some(("octokit-fixture-org".into(), "hello-world".into())));
}

#[tokio::test]
async fn the_recorded_pages_are_read_to_their_end() {
    let Value::Array(all) = json(&root().join("octokit-fixtures/paginate-issues.json")) else {
        panic!()
    };
    let pages = all.len();
    let (github, wire) = tracker(move |line| {
        let path = line.trim_start_matches("GET ");
        let at = all.iter().position(|e| e["path"] == path).unwrap_or_default();
        let headers: Vec<(&str, &str)> = all[at]["headers"]
            .as_object()
            .unwrap()
            .iter()
            .filter(|(name, _)| ["link", "date"].contains(&name.as_str()))
            .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
            .collect();
        reply(200, &headers, &all[at]["body"].to_string())
    });
    let listing = github.list(None).await.unwrap();
    assert_eq!(wire.seen().len(), pages);
    assert_eq!(listing.issues.len(), 13);
    assert_eq!(listing.now.to_string(), "2017-10-10T16:00:00Z");
}

#[tokio::test]
async fn both_versions_of_the_api_can_be_read() {
    let mut old = issue(1);
    old["assignee"] = serde_json::json!({ "login": "ann" });
    let (github, _) = tracker(move |_| ok(&serde_json::json!([old, issue(2)])));
    let issues = github.list(None).await.unwrap().issues;
    assert!(
        issues.iter().all(|issue| issue.assignees.is_empty()),
        "only `assignees` counts"
    );
}
