//! The law of GitLab's answers, under `cargo fuzz` and on its seeds. Imports the model, `wire`, and the
//! reader that knows no service.

use serde_json::Value;

use super::wire::{IssueWire, LabelWire, MilestoneWire, NoteWire, ProjectWire};
use crate::fuzzing::said::{answers, names, number, read, richer, text};
use crate::model::{Body, State};

const PAGE: &str = "https://gitlab.example.com/group/project/-/issues/7";

/// What can be read of an answer is what the answer says, as a reader that knows nothing of GitLab finds it: number,
/// title, text, state, labels and people, none lost and none made up. Of an internal note no text is read, no project that
/// does not say so is public, and members nobody knows change nothing.
///
/// # Panics
///
/// When that does not hold.
pub fn gitlab(bytes: &[u8]) {
    answers(bytes).iter().for_each(check);
}

fn check(said: &Value) {
    // A list of values reads as a table too, by position; no service sends that.
    if !said.is_object() {
        return;
    }
    if let Some(issue) = read::<IssueWire>(said) {
        check_issue(said, issue);
    }
    if let Some(note) = read::<NoteWire>(said) {
        let hidden = ["internal", "confidential"]
            .map(|member| is(said, member))
            .contains(&true);
        assert_eq!(note.is_comment(), !is(said, "system"), "{said}");
        let _told = note.tells_time("ann");
        match note.comment(PAGE) {
            Ok(comment) => {
                assert_eq!(Some(comment.key.0.as_str()), number(said, "id").as_deref());
                assert_eq!(comment.restricted, hidden, "{said}");
                let shown = text(said, "body").map(|text| Body::read(if hidden { "" } else { text }));
                assert_eq!(Some(comment.body), shown);
            }
            Err(missing) => assert!(missing.starts_with("a note without"), "{missing}"),
        }
    }
    if let Some(label) = read::<LabelWire>(said).and_then(LabelWire::label) {
        assert_eq!(Some(label.name.as_str()), text(said, "name"));
        let plain = |color: &str| color.len() == 6 && color.bytes().all(|digit| digit.is_ascii_hexdigit());
        assert!(label.color.as_deref().is_none_or(plain), "{said}");
    }
    if let Some(milestone) = read::<MilestoneWire>(said).and_then(MilestoneWire::milestone) {
        assert_eq!(Some(milestone.title.as_str()), text(said, "title"));
        assert_eq!(milestone.closed, text(said, "state") == Some("closed"));
    }
    if let Some(project) = read::<ProjectWire>(said) {
        assert_eq!(
            project.is_private(),
            text(said, "visibility") != Some("public") || text(said, "issues_access_level") == Some("private"),
            "{said}"
        );
        assert!(!project.shows_everything() || project.access_level().is_some());
        let _issues = project.has_issues();
    }
}

fn check_issue(said: &Value, issue: IssueWire) {
    let _read = (issue.is_issue(), issue.updated());
    let model = match issue.issue() {
        Ok(model) => model,
        Err(missing) => return assert!(missing.starts_with("an issue "), "{missing}"),
    };
    assert_eq!(Some(model.key.0.as_str()), number(said, "iid").as_deref());
    assert_eq!(Some(model.title.as_str()), text(said, "title"));
    assert_eq!(model.body, Body::read(text(said, "description").unwrap_or_default()));
    assert_eq!(
        model.status.state == State::Closed,
        text(said, "state") == Some("closed")
    );
    assert_eq!(model.confidential, is(said, "confidential"), "{said}");
    let named = |list: Option<&Value>| names(list, "username");
    assert_eq!(model.labels, named(said.get("labels")), "{said}");
    let one = || named(said.get("assignee").map(|one| Value::from(vec![one.clone()])).as_ref());
    let assignees = said.get("assignees").filter(|all| !all.is_null());
    assert_eq!(
        model.assignees,
        assignees.map_or_else(one, |all| named(Some(all))),
        "{said}"
    );

    let richer = read::<IssueWire>(&richer(said)).and_then(|issue| issue.issue().ok());
    assert_eq!(richer, Some(model), "a member more changes what is read");
}

fn is(said: &Value, member: &str) -> bool {
    said.get(member).and_then(Value::as_bool) == Some(true)
}
