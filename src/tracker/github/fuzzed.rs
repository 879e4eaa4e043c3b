//! The law of GitHub's answers, under `cargo fuzz` and on its seeds. Imports the model, `wire`, and the
//! reader that knows no service.

use serde_json::Value;

use super::wire;
use crate::fuzzing::said::{answers, names, number, read, richer, text};
use crate::model::{Body, State};

/// What can be read of an answer is what the answer says, as a reader that knows nothing of GitHub finds it: number,
/// title, text, state, labels and people, none lost and none made up. Members nobody knows change nothing.
///
/// # Panics
///
/// When that does not hold.
pub fn github(bytes: &[u8]) {
    let _words = wire::Refusal::read(bytes).says_deleted();
    answers(bytes).iter().for_each(check);
}

fn check(said: &Value) {
    if let Some(issue) = read::<wire::Issue>(said) {
        check_issue(said, issue);
    }
    if let Some(comment) = read::<wire::Comment>(said) {
        let _place = (comment.issue(), comment.is_on_pull_request());
        let comment = comment.into_model();
        assert_eq!(Some(comment.key.0.as_str()), number(said, "id").as_deref());
        assert_eq!(comment.body, body(said, "body"));
    }
    if let Some(label) = read::<wire::Label>(said).and_then(wire::Label::into_model) {
        assert_eq!(Some(label.name.as_str()), text(said, "name"));
    }
    if let Some(milestone) = read::<wire::Milestone>(said).and_then(wire::Milestone::into_model) {
        assert_eq!(Some(milestone.title.as_str()), text(said, "title"));
        assert_eq!(milestone.closed, text(said, "state") == Some("closed"));
    }
    if let Some(repository) = read::<wire::Repository>(said) {
        let open = text(said, "visibility").map_or_else(
            || said.get("private").and_then(Value::as_bool) == Some(false),
            |visibility| visibility == "public",
        );
        assert_eq!(repository.is_private(), !open, "{said}");
        let _place = repository.place();
    }
}

fn check_issue(said: &Value, issue: wire::Issue) {
    assert_eq!(
        issue.is_pull_request(),
        !said.get("pull_request").is_none_or(Value::is_null)
    );
    let model = issue.into_model();
    assert_eq!(Some(model.key.0.as_str()), number(said, "number").as_deref());
    assert_eq!(Some(model.title.as_str()), text(said, "title"));
    assert_eq!(Some(model.comment_count.to_string()), number(said, "comments"));
    assert_eq!(model.body, body(said, "body"));
    let open = text(said, "state") == Some("open");
    assert_eq!(model.status.state == State::Open, open, "{said}");
    assert_eq!(model.labels, names(said.get("labels"), "name"), "{said}");
    assert_eq!(model.assignees, names(said.get("assignees"), "login"), "{said}");

    let richer = read::<wire::Issue>(&richer(said)).map(wire::Issue::into_model);
    assert_eq!(richer, Some(model), "a member more changes what is read");
}

fn body(said: &Value, member: &str) -> Body {
    Body::read(text(said, member).unwrap_or_default())
}
