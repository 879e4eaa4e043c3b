//! Writes: which requests they become, in which order, and what their refusals mean.

use std::collections::BTreeSet;

use serde_json::json;

use super::*;
use crate::model::{CommentKey, Draft, Label, Op, Patch, PlanningChange, Reason, State, Status};
use crate::tracker::{TrackerError, WriteTracker};
use crate::transport::scripted::lost;

fn closed(reason: Reason) -> Status {
    Status {
        state: State::Closed,
        reason: Some(reason),
    }
}

fn update(patch: Patch) -> Op {
    Op::UpdateIssue { key: key(5), patch }
}

fn reworded() -> Op {
    update(Patch {
        body: Some("x".into()),
        ..Patch::default()
    })
}

fn label(name: &str) -> Op {
    Op::CreateLabel(Label {
        name: name.into(),
        color: None,
        description: None,
    })
}

#[tokio::test]
async fn an_issue_is_created_with_plain_strings() {
    let (github, wire) = tracker(|_| reply(201, &[], &issue(9).to_string()));
    let draft = Draft {
        title: "T".into(),
        body: "B\r\n".into(),
        status: Status::OPEN,
        labels: ["bug".to_owned()].into(),
        assignees: BTreeSet::new(),
        planning: PlanningChange::default(),
        confidential: false,
    };
    let receipt = github.perform(&Op::CreateIssue(draft)).await.unwrap();
    assert_eq!(receipt.issue.unwrap().key, key(9));
    assert_eq!(
        lines(&wire),
        [r#"POST /repos/acme/api/issues {"body":"B\r\n","labels":["bug"],"title":"T"}"#]
    );
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_or_unreadable_is_ambiguous() {
    type Answer = fn() -> Outcome;
    let ways: [Answer; 4] = [
        lost,
        || message(502, "Bad gateway"),
        || reply(200, &[], "<html>"),
        || reply(201, &[], "{\"number\":"),
    ];
    for answer in ways {
        let (github, wire) = tracker(move |_| answer());
        let op = Op::CreateComment {
            issue: key(5),
            body: "x".into(),
        };
        let error = github.perform(&op).await.unwrap_err();
        assert!(matches!(error, TrackerError::Ambiguous { .. }), "{error:?}");
        assert_eq!(wire.seen().len(), 1);
    }
}

#[tokio::test]
async fn labels_go_one_way_and_the_other_and_the_rest_in_one_request_at_the_end() {
    let (github, wire) = tracker(|line| match line.split(' ').next() {
        Some("DELETE") => message(404, "Label does not exist"),
        Some("POST") => ok(&json!([])),
        _ => ok(&issue_with(5, json!({ "title": "New" }))),
    });
    let receipt = github
        .perform(&update(Patch {
            title: Some("New".into()),
            body: Some("Text".into()),
            status: Some((Status::OPEN, closed(Reason::NotPlanned))),
            add_labels: ["a".to_owned(), "b".to_owned()].into(),
            remove_labels: ["good first issue".to_owned(), "x/y?#%".to_owned()].into(),
            assignees: Some(["ann".to_owned()].into()),
            planning: PlanningChange::default(),
            confidential: None,
        }))
        .await
        .unwrap();
    assert_eq!(receipt.issue.unwrap().title, "New");
    assert_eq!(
        lines(&wire),
        [
            r#"POST /repos/acme/api/issues/5/labels {"labels":["a","b"]}"#,
            "DELETE /repos/acme/api/issues/5/labels/good%20first%20issue",
            "DELETE /repos/acme/api/issues/5/labels/x%2Fy%3F%23%25",
            r#"PATCH /repos/acme/api/issues/5 {"assignees":["ann"],"body":"Text","state":"closed","state_reason":"not_planned","title":"New"}"#,
        ]
    );
}

#[tokio::test]
async fn a_change_of_labels_alone_reads_the_issue_again() {
    let (github, wire) = tracker(|_| ok(&issue_with(5, json!({ "labels": ["a"] }))));
    let patch = Patch {
        add_labels: ["a".to_owned()].into(),
        // Nothing GitHub could be told: the issue is open, and why is not ours to say.
        status: Some((
            Status::OPEN,
            Status {
                state: State::Open,
                reason: Some(Reason::Reopened),
            },
        )),
        ..Patch::default()
    };
    let receipt = github.perform(&update(patch)).await.unwrap();
    assert_eq!(receipt.issue.unwrap().labels.len(), 1);
    assert_eq!(lines(&wire)[1], "GET /repos/acme/api/issues/5");
}

#[tokio::test]
async fn no_label_name_can_change_the_address() {
    for name in ["..", ".", ""] {
        let (github, wire) = tracker(|line| panic!("{line}"));
        let patch = Patch {
            remove_labels: [name.to_owned()].into(),
            ..Patch::default()
        };
        let error = github.perform(&update(patch)).await.unwrap_err();
        assert!(matches!(error, TrackerError::Rejected { .. }), "{error:?}");
        assert!(wire.seen().is_empty());
    }
}

#[tokio::test]
async fn another_reason_needs_the_issue_opened_in_between() {
    let patches = |now, wish| async move {
        let (github, wire) = tracker(|_| ok(&issue(5)));
        let patch = Patch {
            status: Some((now, wish)),
            ..Patch::default()
        };
        github.perform(&update(patch)).await.unwrap();
        lines(&wire)
            .iter()
            .map(|line| line.replace(" /repos/acme/api/issues/5", ""))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        patches(closed(Reason::Completed), closed(Reason::Duplicate)).await,
        [
            r#"PATCH {"state":"open"}"#,
            r#"PATCH {"state":"closed","state_reason":"duplicate"}"#
        ]
    );
    let reopened = Status {
        state: State::Open,
        reason: Some(Reason::Reopened),
    };
    assert_eq!(
        patches(closed(Reason::Completed), reopened).await,
        [r#"PATCH {"state":"open","state_reason":"reopened"}"#]
    );
    assert_eq!(
        patches(Status::OPEN, Status::CLOSED).await,
        [r#"PATCH {"state":"closed"}"#]
    );
    // The same to everyone but a pedant.
    assert_eq!(patches(Status::CLOSED, closed(Reason::Completed)).await, ["GET"]);
}

#[tokio::test]
async fn a_label_that_exists_already_is_success() {
    let exists =
        r#"{"message":"Validation Failed","errors":[{"resource":"Label","code":"already_exists","field":"name"}]}"#;
    let (github, wire) = tracker(move |_| reply(422, &[], exists));
    github.perform(&label("bug")).await.unwrap();
    assert_eq!(
        lines(&wire),
        [r#"POST /repos/acme/api/labels {"color":"ededed","name":"bug"}"#]
    );

    let invalid =
        r#"{"message":"Validation Failed","errors":["odd",{"resource":"Label","code":"invalid","field":"name"}]}"#;
    let (github, _) = tracker(move |_| reply(422, &[], invalid));
    let error = github.perform(&label("bug")).await.unwrap_err();
    assert!(
        matches!(&error, TrackerError::Rejected { status: 422, detail, .. } if detail.contains("Validation Failed")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_label_brings_its_colour_and_a_description_that_fits() {
    let (github, wire) = tracker(|_| reply(201, &[], "{}"));
    let op = Op::CreateLabel(Label {
        name: "bug".into(),
        color: Some("d73a4a".into()),
        description: Some("ä".repeat(120)),
    });
    github.perform(&op).await.unwrap();
    let expected = format!(
        r#"POST /repos/acme/api/labels {{"color":"d73a4a","description":"{}","name":"bug"}}"#,
        "ä".repeat(100)
    );
    assert_eq!(lines(&wire), [expected]);
}

#[tokio::test]
async fn comments_are_written_edited_and_deleted() {
    let (github, wire) = tracker(|line| match line.split(' ').next() {
        Some("POST") => reply(201, &[], &comment(77, 5).to_string()),
        Some("PATCH") => ok(&comment(77, 5)),
        _ => reply(204, &[], ""),
    });
    let (issue, id) = (key(5), CommentKey("77".into()));
    let ops = [
        Op::CreateComment {
            issue: issue.clone(),
            body: "x".into(),
        },
        Op::EditComment {
            issue: issue.clone(),
            comment: id.clone(),
            body: "y".into(),
        },
        Op::DeleteComment {
            issue,
            comment: id.clone(),
        },
    ];
    let mut keys = Vec::new();
    for op in &ops {
        keys.push(github.perform(op).await.unwrap().comment.map(|c| c.key));
    }
    assert_eq!(keys, [Some(id.clone()), Some(id), None]);
    assert_eq!(
        lines(&wire),
        [
            r#"POST /repos/acme/api/issues/5/comments {"body":"x"}"#,
            r#"PATCH /repos/acme/api/issues/comments/77 {"body":"y"}"#,
            "DELETE /repos/acme/api/issues/comments/77",
        ]
    );
}

#[tokio::test]
async fn what_is_gone_is_gone_and_a_deleted_comment_may_be() {
    let (issue, id) = (key(5), CommentKey("77".into()));
    let title = Patch {
        title: Some("x".into()),
        ..Patch::default()
    };
    for status in [404, 410] {
        let ops = [
            update(title.clone()),
            Op::CreateComment {
                issue: issue.clone(),
                body: "x".into(),
            },
            Op::EditComment {
                issue: issue.clone(),
                comment: id.clone(),
                body: "y".into(),
            },
        ];
        for op in &ops {
            let (github, _) = tracker(move |_| message(status, "Not Found"));
            assert_eq!(github.perform(op).await.unwrap_err().to_string(), "github#5 is gone");
        }
        let (github, _) = tracker(move |_| message(status, "Not Found"));
        let delete = Op::DeleteComment {
            issue: issue.clone(),
            comment: id.clone(),
        };
        github.perform(&delete).await.unwrap();
    }
    let (github, _) = tracker(|_| message(410, "Issues are disabled for this repo"));
    let error = github.perform(&update(title)).await.unwrap_err();
    assert!(matches!(error, TrackerError::NoProject { .. }), "{error:?}");
}

#[tokio::test]
async fn a_transferred_issue_is_not_written_to_at_its_new_place() {
    for status in [301, 307, 308] {
        let (github, wire) = tracker(move |line| match line {
            "GET /repos/acme/api" => ok(&json!({ "full_name": "Acme/API" })),
            _ => reply(
                status,
                &[("location", "https://api.github.com/repositories/9/issues/2")],
                "{}",
            ),
        });
        assert_eq!(
            github.perform(&reworded()).await.unwrap_err().to_string(),
            "github#5 is gone"
        );
        let sent = lines(&wire);
        assert!(sent.iter().all(|line| !line.contains("/repositories/9/")), "{sent:?}");
    }
}

#[tokio::test]
async fn an_issue_of_a_repository_that_was_renamed_is_written_to_under_its_new_name() {
    for status in [301, 307, 308] {
        let (github, wire) = tracker(move |line| match line {
            "GET /repos/acme/api" => ok(&json!({ "full_name": "acme/core" })),
            line if line.contains("/repos/acme/core/") => ok(&issue(5)),
            _ => reply(
                status,
                &[("location", "https://api.github.com/repositories/9/issues/5")],
                "{}",
            ),
        });
        github.perform(&reworded()).await.unwrap();
        let sent = lines(&wire);
        let there = |line: &String| line.starts_with("PATCH /repos/acme/core/issues/5");
        assert!(sent.iter().any(there), "{sent:?}");
    }
}

#[tokio::test]
async fn a_refusal_says_why() {
    let (github, _) = tracker(|_| {
        reply(
            403,
            &[("x-accepted-github-permissions", "issues=write")],
            r#"{"message":"Resource not accessible by personal access token"}"#,
        )
    });
    let op = Op::CreateComment {
        issue: key(5),
        body: "x".into(),
    };
    let error = github.perform(&op).await.unwrap_err();
    let said = error.to_string();
    assert!(
        said.starts_with("github: the token may not comment (Resource not accessible"),
        "{said}"
    );
    assert!(said.contains("issues=write"), "{said}");
}
