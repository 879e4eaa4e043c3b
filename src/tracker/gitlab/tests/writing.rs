//! One request per write, what it carries, and what is made of the answers.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Answer, Stage, issue, key, note, stage};
use crate::model::{CommentKey, Draft, Label, Op, Patch, PlanningChange, Reason, State, Status};
use crate::tracker::{TrackerError, WriteTracker};

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|it| (*it).to_owned()).collect()
}

/// Answers look-ups of logins (`ann` is 1, `bob` is 2) itself and everything else with `answer`.
fn with_people(answer: impl Fn() -> Answer + Send + Sync + 'static) -> Stage {
    stage(move |asked, _| {
        if asked.what != "GET /api/v4/users" {
            return answer();
        }
        match asked.query["username"].as_str() {
            "ann" => Answer::ok(&json!([{"id": 1, "username": "ann"}])),
            "bob" => Answer::ok(&json!([{"id": 2, "username": "bob"}])),
            _ => Answer::ok(&json!([])),
        }
    })
}

fn update(patch: Patch) -> Op {
    Op::UpdateIssue { key: key(4), patch }
}

fn comment(body: &str) -> Op {
    Op::CreateComment {
        issue: key(4),
        body: body.into(),
    }
}

fn draft() -> Draft {
    Draft {
        title: "New & improved".into(),
        body: "Grüße\n\n<!-- x -->".into(),
        status: Status::OPEN,
        labels: names(&["bug", "type::docs"]),
        assignees: names(&["ann", "nobody"]),
        planning: PlanningChange::default(),
        confidential: false,
    }
}

#[tokio::test]
async fn an_issue_is_created_with_everything() {
    let stage = with_people(|| Answer::json(201, &issue(4)));
    let receipt = stage.gitlab.perform(&Op::CreateIssue(draft())).await.unwrap();
    assert_eq!(receipt.issue.unwrap().key, key(4));
    let sent = stage.requests().pop().unwrap();
    assert_eq!(sent.what, "POST /api/v4/projects/team%2Fapi/issues");
    assert_eq!(sent.query.len(), 0, "text never travels in the address");
    assert_eq!(sent.kind.as_deref(), Some("application/json"));
    assert_eq!(
        sent.body,
        json!({
            "title": "New & improved", "description": "Grüße\n\n<!-- x -->",
            "labels": "bug,type::docs", "assignee_ids": [1],
        })
    );
}

#[tokio::test]
async fn one_request_changes_everything() {
    let stage = with_people(|| Answer::ok(&issue(4)));
    let patch = Patch {
        title: Some("t".into()),
        body: Some("b".into()),
        status: Some((Status::OPEN, Status::CLOSED)),
        add_labels: names(&["a", "b"]),
        remove_labels: names(&["c"]),
        assignees: Some(names(&["ann", "bob"])),
        planning: PlanningChange::default(),
        confidential: Some(true),
    };
    let receipt = stage.gitlab.perform(&update(patch)).await.unwrap();
    assert_eq!(receipt.issue.unwrap().title, "Issue 4");
    let writes: Vec<_> = stage
        .requests()
        .into_iter()
        .filter(|it| !it.what.starts_with("GET"))
        .collect();
    assert_eq!(writes.len(), 1);
    assert_eq!(writes[0].what, "PUT /api/v4/projects/team%2Fapi/issues/4");
    assert_eq!(
        writes[0].body,
        json!({
            "title": "t", "description": "b", "state_event": "close",
            "add_labels": "a,b", "remove_labels": "c", "assignee_ids": [1, 2], "confidential": true,
        })
    );
}

async fn sent_for(patch: Patch) -> Value {
    let stage = with_people(|| Answer::ok(&issue(4)));
    stage.gitlab.perform(&update(patch)).await.unwrap();
    stage.requests().pop().unwrap().body
}

#[tokio::test]
async fn only_what_changes_is_sent() {
    let reopened = Patch {
        status: Some((Status::CLOSED, Status::OPEN)),
        ..Patch::default()
    };
    assert_eq!(sent_for(reopened).await, json!({"state_event": "reopen"}));
    let nobody = Patch {
        assignees: Some(BTreeSet::new()),
        ..Patch::default()
    };
    assert_eq!(sent_for(nobody).await, json!({"assignee_ids": [0]}));
    let emptied = Patch {
        body: Some(String::new()),
        ..Patch::default()
    };
    assert_eq!(sent_for(emptied).await, json!({"description": ""}));
}

#[tokio::test]
async fn a_change_of_nothing_writes_nothing() {
    let stage = stage(|_, _| Answer::ok(&issue(4)));
    let other_reason = Status {
        state: State::Closed,
        reason: Some(Reason::NotPlanned),
    };
    let patch = Patch {
        status: Some((Status::CLOSED, other_reason)),
        ..Patch::default()
    };
    let receipt = stage.gitlab.perform(&update(patch)).await.unwrap();
    assert_eq!(receipt.issue.unwrap().key, key(4));
    assert_eq!(stage.lines(), ["GET /api/v4/projects/team%2Fapi/issues/4"]);
}

#[tokio::test]
async fn writes_to_what_is_no_longer_there_say_so() {
    let stage = stage(|_, _| Answer::missing());
    let edit = Op::EditComment {
        issue: key(4),
        comment: CommentKey("7".into()),
        body: "b".into(),
    };
    let title = Patch {
        title: Some("t".into()),
        ..Patch::default()
    };
    for op in [update(title), comment("b"), edit] {
        let error = stage.gitlab.perform(&op).await.unwrap_err();
        assert_eq!(error.to_string(), "gitlab#4 is gone");
    }
}

#[tokio::test]
async fn a_comment_is_created() {
    let stage = stage(|_, _| Answer::json(201, &note(31)));
    let receipt = stage.gitlab.perform(&comment("words")).await.unwrap();
    let made = receipt.comment.unwrap();
    assert_eq!(made.key.0, "31");
    assert_eq!(made.url, "https://gitlab.example/team/api/-/issues/4#note_31");
    let sent = stage.requests().remove(0);
    assert_eq!(sent.what, "POST /api/v4/projects/team%2Fapi/issues/4/notes");
    assert_eq!(sent.body, json!({"body": "words"}));
}

#[tokio::test]
async fn a_comment_of_commands_leaves_none() {
    let stage = stage(|_, _| Answer::json(202, &json!({"commands_changes": {}, "summary": ["Closed this issue."]})));
    let receipt = stage.gitlab.perform(&comment("/close")).await.unwrap();
    assert_eq!((receipt.issue, receipt.comment), (None, None));
}

#[tokio::test]
async fn comments_are_changed_and_deleted() {
    let stage = stage(|asked, _| match asked.what.as_str() {
        "PUT /api/v4/projects/team%2Fapi/issues/4/notes/31" => Answer::ok(&note(31)),
        "DELETE /api/v4/projects/team%2Fapi/issues/4/notes/31" => Answer::text(204, ""),
        "DELETE /api/v4/projects/team%2Fapi/issues/4/notes/32" => Answer::missing(),
        other => panic!("{other}"),
    });
    let edit = Op::EditComment {
        issue: key(4),
        comment: CommentKey("31".into()),
        body: "words".into(),
    };
    let receipt = stage.gitlab.perform(&edit).await.unwrap();
    assert_eq!(receipt.comment.unwrap().key.0, "31");
    for id in ["31", "32"] {
        let delete = Op::DeleteComment {
            issue: key(4),
            comment: CommentKey(id.into()),
        };
        stage.gitlab.perform(&delete).await.unwrap();
    }
    assert_eq!(stage.requests()[0].body, json!({"body": "words"}));
    assert_eq!(stage.requests().len(), 3);
}

#[tokio::test]
async fn labels_get_a_colour_and_may_be_there_already() {
    let label = |color: Option<&str>| {
        Op::CreateLabel(Label {
            name: "bug".into(),
            color: color.map(String::from),
            description: None,
        })
    };
    let fresh = stage(|_, _| Answer::json(201, &json!({"name": "bug"})));
    fresh.gitlab.perform(&label(Some("d73a4a"))).await.unwrap();
    fresh.gitlab.perform(&label(None)).await.unwrap();
    let colors: Vec<Value> = fresh
        .requests()
        .into_iter()
        .map(|it| it.body["color"].clone())
        .collect();
    assert_eq!(colors, ["#d73a4a", "#ededed"]);

    let there = stage(|_, _| Answer::json(409, &json!({"message": "Label already exists"})));
    there.gitlab.perform(&label(None)).await.unwrap();
    let raced = stage(|_, _| Answer::json(400, &json!({"message": {"title": ["has already been taken"]}})));
    raced.gitlab.perform(&label(None)).await.unwrap();
    let refused = stage(|_, _| Answer::json(400, &json!({"message": {"title": ["is invalid"]}})));
    let error = refused.gitlab.perform(&label(None)).await.unwrap_err();
    assert!(matches!(error, TrackerError::Rejected { status: 400, .. }), "{error}");
}

#[tokio::test]
async fn a_lost_answer_to_a_creation_is_never_repeated() {
    for answer in [
        || Answer::text(502, "<html>bad gateway</html>"),
        || Answer::text(201, "{\"iid\": 4, \"ti"),
        || Answer::json(201, &json!({"id": 1})),
    ] {
        let stage = with_people(answer);
        let error = stage.gitlab.perform(&Op::CreateIssue(draft())).await.unwrap_err();
        assert!(matches!(error, TrackerError::Ambiguous { .. }), "{error}");
        let posts = stage.lines().iter().filter(|line| line.starts_with("POST")).count();
        assert_eq!(posts, 1);
    }
}

#[tokio::test]
async fn a_refusal_reaches_the_user_in_the_services_words() {
    let stage = stage(|_, _| {
        Answer::json(
            400,
            &json!({"message": {"title": ["is too long (maximum is 255 characters)"]}}),
        )
    });
    let title = Patch {
        title: Some("t".into()),
        ..Patch::default()
    };
    let error = stage.gitlab.perform(&update(title)).await.unwrap_err();
    assert!(matches!(error, TrackerError::Rejected { status: 400, .. }), "{error}");
    assert!(error.to_string().contains("maximum is 255"), "{error}");
}
