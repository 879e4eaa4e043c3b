//! Milestones and parents: what is asked for, and what is made of the answers.

use serde_json::json;

use super::*;
use crate::model::{Draft, Lookup, Milestone, Op, Patch, Planning, PlanningChange, Status};
use crate::tracker::{ReadTracker, TrackerError, WriteTracker};

const LIST: &str = "GET /repos/acme/api/milestones?state=all&per_page=100";

fn listed() -> Outcome {
    ok(&json!([
        { "number": 3, "title": "1.0", "state": "closed", "due_on": "2026-06-30T07:00:00Z", "description": "First" },
        { "number": 4, "title": "Next", "state": "open", "due_on": null, "description": "" },
        { "number": 5, "title": null },
    ]))
}

fn into(title: Option<&str>) -> PlanningChange {
    PlanningChange {
        milestone: Some(title.map(str::to_owned)),
        // What GitHub does not hold is left out without a word.
        weight: Some(Some(3)),
        estimate: Some(60),
        spend: Some(60),
        ..PlanningChange::default()
    }
}

fn update(planning: PlanningChange) -> Op {
    let patch = Patch {
        planning,
        ..Patch::default()
    };
    Op::UpdateIssue { key: key(5), patch }
}

fn milestone(title: &str, closed: bool) -> Op {
    Op::CreateMilestone(Milestone {
        title: title.into(),
        description: Some("Words".into()),
        due: Some("2026-01-31".parse().unwrap()),
        closed,
    })
}

#[tokio::test]
async fn milestones_are_listed_with_their_days_and_states() {
    let (github, wire) = tracker(|_| listed());
    let want = [
        Milestone {
            title: "1.0".into(),
            description: Some("First".into()),
            due: Some("2026-06-30".parse().unwrap()),
            closed: true,
        },
        Milestone {
            title: "Next".into(),
            description: None,
            due: None,
            closed: false,
        },
    ];
    assert_eq!(github.milestones().await.unwrap(), want);
    assert_eq!(lines(&wire), [LIST]);
}

#[tokio::test]
async fn a_milestone_is_set_by_its_number_which_is_looked_up_once() {
    let (github, wire) = tracker(|line| match line {
        LIST => listed(),
        _ => ok(&issue_with(5, json!({ "milestone": { "number": 4, "title": "Next" } }))),
    });
    let receipt = github.perform(&update(into(Some("Next")))).await.unwrap();
    assert_eq!(receipt.issue.unwrap().milestone.as_deref(), Some("Next"));
    for title in [None, Some("next"), Some("nobody knows it")] {
        github.perform(&update(into(title))).await.unwrap();
    }
    assert_eq!(
        lines(&wire),
        [
            LIST,
            r#"PATCH /repos/acme/api/issues/5 {"milestone":4}"#,
            r#"PATCH /repos/acme/api/issues/5 {"milestone":null}"#,
            r#"PATCH /repos/acme/api/issues/5 {"milestone":4}"#,
            "GET /repos/acme/api/issues/5",
        ]
    );
}

#[tokio::test]
async fn a_new_issue_begins_in_its_milestone() {
    let (github, wire) = tracker(|line| match line {
        LIST => listed(),
        _ => reply(201, &[], &issue(9).to_string()),
    });
    let draft = Draft {
        title: "T".into(),
        body: "B".into(),
        status: Status::OPEN,
        labels: std::collections::BTreeSet::new(),
        assignees: std::collections::BTreeSet::new(),
        planning: into(Some("1.0")),
        confidential: false,
    };
    github.perform(&Op::CreateIssue(draft)).await.unwrap();
    assert_eq!(
        lines(&wire)[1],
        r#"POST /repos/acme/api/issues {"body":"B","milestone":3,"title":"T"}"#
    );
}

#[tokio::test]
async fn a_closed_milestone_is_created_open_and_then_closed() {
    let (github, wire) = tracker(|line| match line {
        LIST => listed(),
        _ if line.starts_with("POST") => reply(201, &[], r#"{"number":7,"title":"2.0","state":"open"}"#),
        _ => ok(&issue(5)),
    });
    github.milestones().await.unwrap();
    github.perform(&milestone("2.0", true)).await.unwrap();
    github.perform(&update(into(Some("2.0")))).await.unwrap();
    assert_eq!(
        lines(&wire)[1..],
        [
            r#"POST /repos/acme/api/milestones {"description":"Words","due_on":"2026-01-31T12:00:00Z","title":"2.0"}"#,
            r#"PATCH /repos/acme/api/milestones/7 {"state":"closed"}"#,
            r#"PATCH /repos/acme/api/issues/5 {"milestone":7}"#,
        ]
    );
}

#[tokio::test]
async fn a_milestone_made_by_somebody_else_is_success_and_found_afterwards() {
    let (github, wire) = tracker(|line| match line {
        LIST => listed(),
        _ if line.starts_with("POST") => reply(
            422,
            &[],
            r#"{"message":"Validation Failed","errors":[{"resource":"Milestone","field":"title","code":"already_exists"}]}"#,
        ),
        _ => ok(&issue(5)),
    });
    github.milestones().await.unwrap();
    github.perform(&milestone("Next", true)).await.unwrap();
    github.perform(&update(into(Some("Next")))).await.unwrap();
    assert_eq!(
        lines(&wire)[2..],
        [LIST, r#"PATCH /repos/acme/api/issues/5 {"milestone":4}"#]
    );

    let (github, _) = tracker(|_| message(422, "Validation Failed"));
    let error = github.perform(&milestone("x", false)).await.unwrap_err();
    assert!(matches!(error, TrackerError::Rejected { status: 422, .. }), "{error:?}");
}

#[tokio::test]
async fn a_parent_is_named_as_people_name_it() {
    for (url, wanted) in [
        (json!("https://api.github.com/repos/acme/api/issues/4"), Some("#4")),
        (
            json!("https://api.github.com/repos/acme/web/issues/4"),
            Some("acme/web#4"),
        ),
        (json!("https://api.github.com/"), None),
        (json!("4"), None),
        (json!(null), None),
    ] {
        let (github, _) = tracker(move |_| ok(&issue_with(5, json!({ "parent_issue_url": url }))));
        let Lookup::Found(issue) = github.issue(&key(5)).await.unwrap() else {
            panic!("it is there")
        };
        let planning = Planning {
            parent: wanted.map(str::to_owned),
            ..Planning::default()
        };
        assert_eq!(issue.planning, planning);
    }
}
