//! The law of GitHub's answers, under `cargo fuzz` and on its seeds. Imports the model and `wire`.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::wire;
use crate::model::{Body, State};

/// What can be read of an answer is what the answer says, as a reader that knows nothing of GitHub finds it: number,
/// title, text, state, labels and people, none lost and none made up. Members nobody knows change nothing.
///
/// # Panics
///
/// When that does not hold.
pub fn github(bytes: &[u8]) {
    let _words = wire::Refusal::read(bytes).says_deleted();
    let Ok(said) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    match &said {
        Value::Array(all) => all.iter().for_each(check),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => check(&said),
    }
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
    assert!(model.labels.is_subset(&all(said, "labels", "name")), "{said}");
    assert!(all(said, "labels", "name").is_subset(&model.labels), "{said}");
    assert_eq!(model.assignees, all(said, "assignees", "login"), "{said}");

    let mut richer = said.clone();
    if let Some(members) = richer.as_object_mut() {
        members.insert("zz_not_known_yet".into(), serde_json::json!([{ "number": 1 }]));
    }
    let richer = read::<wire::Issue>(&richer).map(wire::Issue::into_model);
    assert_eq!(richer, Some(model), "a member more changes what is read");
}

fn read<T: DeserializeOwned>(said: &Value) -> Option<T> {
    serde_json::from_str(&said.to_string()).ok()
}

fn text<'a>(said: &'a Value, member: &str) -> Option<&'a str> {
    said.get(member)?.as_str()
}

fn number(said: &Value, member: &str) -> Option<String> {
    Some(said.get(member)?.as_u64()?.to_string())
}

fn body(said: &Value, member: &str) -> Body {
    Body::read(text(said, member).unwrap_or_default())
}

/// The names in a list, each as a text or as a member of a table.
fn all(said: &Value, list: &str, member: &str) -> BTreeSet<String> {
    let list = said.get(list).and_then(Value::as_array).into_iter().flatten();
    let names = list.filter_map(|item| item.as_str().or_else(|| text(item, member)));
    names.map(str::to_owned).collect()
}
