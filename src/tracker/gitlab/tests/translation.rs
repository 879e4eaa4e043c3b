//! Recorded and published answers, translated to the model. Where they come from: `tests/payloads/gitlab/README.md`.

use serde_json::{Value, json};

use super::super::wire::{IssueWire, LabelWire, NoteWire, ProjectWire};
use super::issue;
use crate::model::{Issue, Label, Status};

fn payload(name: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/payloads/gitlab/");
    serde_json::from_str(&std::fs::read_to_string(format!("{folder}{name}.json")).unwrap()).unwrap()
}

fn recorded(path: &str) -> Value {
    let all = payload("gitea-migration");
    let exchange = all.as_array().unwrap().iter().find(|it| it["path"] == path).unwrap();
    exchange["body"].clone()
}

fn read(value: Value) -> Issue {
    serde_json::from_value::<IssueWire>(value).unwrap().issue().unwrap()
}

fn with(member: &str, value: Value) -> Value {
    let mut changed = issue(1);
    changed[member] = value;
    changed
}

#[test]
fn a_recorded_listing() {
    let listed = recorded("/api/v4/projects/15578026/issues?page=1&per_page=2&sort=asc&state=all");
    let rows: Vec<IssueWire> = serde_json::from_value(listed).unwrap();
    assert!(rows.iter().all(IssueWire::is_issue));
    let first = rows[0].clone().issue().unwrap();
    assert_eq!(first.key.0, "1");
    assert_eq!(first.title, "Please add an animated gif icon to the merge button");
    assert_eq!(first.status, Status::CLOSED);
    assert_eq!(first.labels, ["bug".to_owned(), "discussion".to_owned()].into());
    assert_eq!(first.milestone.as_deref(), Some("1.0.0"));
    assert_eq!(first.url, "https://gitlab.com/gitea/test_repo/-/work_items/1");
    assert_eq!(first.author.unwrap().login, "lafriks");
    assert_eq!(first.created.unwrap().to_string(), "2019-11-28T08:43:35.459Z");
    assert_eq!(first.updated.unwrap().to_string(), "2019-11-28T08:46:23.304Z");
    assert_eq!(first.moved_to, None);
    assert!(!first.confidential);
    assert_eq!(rows[1].clone().issue().unwrap().comment_count, 2);
}

#[test]
fn recorded_notes_without_those_the_system_wrote() {
    let threads = recorded("/api/v4/projects/15578026/issues/2/discussions?page=1&per_page=100");
    let texts: Vec<String> = threads
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|thread| serde_json::from_value::<Vec<NoteWire>>(thread["notes"].clone()).unwrap())
        .filter(NoteWire::is_comment)
        .map(|note| note.comment("https://gitlab.com/x").unwrap().body.text)
        .collect();
    assert_eq!(texts, ["This is a comment", "A second comment"]);
}

#[test]
fn recorded_labels_lose_the_hash_sign() {
    let rows: Vec<LabelWire> =
        serde_json::from_value(recorded("/api/v4/projects/15578026/labels?page=1&per_page=100")).unwrap();
    let labels: Vec<Label> = rows.into_iter().filter_map(LabelWire::label).collect();
    assert_eq!(labels.len(), 9);
    let bug = labels.iter().find(|label| label.name == "bug").unwrap();
    assert_eq!(bug.color.as_deref(), Some("d9534f"));
    let thin: Vec<LabelWire> = serde_json::from_value(payload("narkoz-labels")).unwrap();
    assert_eq!(thin[0].clone().label().unwrap().color.as_deref(), Some("dd10aa"));
}

#[test]
fn a_recorded_public_project_one_is_no_member_of() {
    let project: ProjectWire = serde_json::from_value(recorded("/api/v4/projects/15578026")).unwrap();
    assert!(!project.is_private());
    assert!(project.has_issues());
    assert!(!project.shows_everything());
    assert_eq!(project.web_url.as_deref(), Some("https://gitlab.com/gitea/test_repo"));
}

#[test]
fn older_instances_send_one_assignee_and_less_of_everything() {
    let old = read(payload("gitlab4j-issue"));
    assert_eq!(old.status, Status::CLOSED);
    assert_eq!(old.assignees, ["lennie".to_owned()].into());
    assert_eq!(old.comment_count, 1);
    let moved = read(payload("go-gitlab-issue-move"));
    assert_eq!(moved.key.0, "11");
    assert_eq!(moved.comment_count, 0);
    let note: NoteWire = serde_json::from_value(payload("gitlab4j-note")).unwrap();
    let comment = note.comment("https://gitlab.example/p/-/issues/1").unwrap();
    assert_eq!(comment.url, "https://gitlab.example/p/-/issues/1#note_1659");
    let thin: Vec<NoteWire> = serde_json::from_value(payload("narkoz-notes")).unwrap();
    let thin = thin[0].clone().comment("").unwrap();
    assert_eq!((thin.author, thin.updated), (None, None));
}

#[test]
fn what_may_be_missing_is_not_missed() {
    let bare = read(json!({"iid": 3, "title": "t", "state": "opened"}));
    assert_eq!(
        (bare.author, bare.comment_count, bare.body.text.as_str()),
        (None, 0, "")
    );
    assert_eq!(read(with("author", Value::Null)).author, None);
    assert_eq!(read(with("description", Value::Null)).body.text, "");
    assert_eq!(read(with("labels", Value::Null)).labels.len(), 0);
    assert!(read(with("confidential", json!(true))).confidential);
    assert!(read(with("moved_to_id", json!(77))).moved_to.unwrap().contains("77"));
}

#[test]
fn what_must_be_there_is_demanded() {
    for member in ["iid", "title", "state"] {
        let row: IssueWire = serde_json::from_value(with(member, Value::Null)).unwrap();
        assert!(row.issue().unwrap_err().contains(member), "{member}");
    }
    let row: IssueWire = serde_json::from_value(with("state", json!("simmering"))).unwrap();
    assert!(row.issue().unwrap_err().contains("unknown"));
}

#[test]
fn other_kinds_of_work_items_are_told_apart() {
    let is_issue = |value| serde_json::from_value::<IssueWire>(value).unwrap().is_issue();
    for kind in ["incident", "test_case", "task", "requirement", "ticket"] {
        assert!(!is_issue(with("issue_type", json!(kind))), "{kind}");
    }
    assert!(is_issue(with("issue_type", Value::Null)));
    assert!(is_issue(json!({"type": "ISSUE"})));
    assert!(!is_issue(json!({"type": "INCIDENT"})));
}

#[test]
fn of_internal_notes_nothing_is_read_under_either_name() {
    let read = |value| serde_json::from_value::<NoteWire>(value).unwrap();
    assert!(read(json!({"id": 1})).is_comment() && !read(json!({"system": true})).is_comment());
    let note = |member: &str, value: bool| {
        let note = json!({"id": 1, "body": "Between us.", "author": {"username": "ann", "id": 7}, member: value});
        read(note).comment("https://gitlab.com/x").unwrap()
    };
    for member in ["internal", "confidential"] {
        let open = note(member, false);
        assert!(!open.restricted && open.author.is_some(), "{member}");
        assert_eq!(open.body.text, "Between us.");
        let hidden = note(member, true);
        assert!(hidden.restricted && hidden.author.is_none(), "{member}");
        assert!(!format!("{hidden:?}").contains("Between"), "{member}");
    }
}

#[test]
fn members_from_planner_on_see_everything() {
    let sees = |project: Option<u64>, group: Option<u64>| {
        let level = |level: Option<u64>| level.map_or(Value::Null, |it| json!({"access_level": it}));
        let permissions = json!({"project_access": level(project), "group_access": level(group)});
        let project: ProjectWire = serde_json::from_value(json!({"permissions": permissions})).unwrap();
        project.shows_everything()
    };
    assert!(!sees(None, None));
    assert!(!sees(Some(10), None));
    assert!(sees(Some(15), None));
    assert!(sees(Some(10), Some(40)));
    assert!(sees(None, Some(20)));
}
