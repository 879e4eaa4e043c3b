//! Milestones, weight, due date and time: what is asked for, in which order, and what is made of the answers.

use serde_json::{Value, json};

use super::{Answer, Seen, Stage, issue, key, stage};
use crate::model::{Draft, Issue, Lookup, Milestone, Op, Patch, Planning, PlanningChange, Status};
use crate::tracker::{ReadTracker, TrackerError, WriteTracker};

const PROJECT: &str = "/api/v4/projects/team%2Fapi";

fn milestones() -> Value {
    json!([
        { "id": 71, "iid": 1, "project_id": 1, "title": "1.0", "state": "closed", "due_date": "2026-06-30",
          "description": "First" },
        { "id": 90, "iid": 1, "group_id": 2, "title": "Of the group", "state": "active", "due_date": null,
          "description": "" },
    ])
}

/// Answers the list of milestones itself and everything else with `answer`.
fn planned(answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Stage {
    stage(move |asked, _| {
        if asked.what == format!("GET {PROJECT}/milestones") {
            assert_eq!(asked.query["include_ancestors"], "true");
            return Answer::ok(&milestones());
        }
        answer(asked)
    })
}

fn update(planning: PlanningChange) -> Op {
    let patch = Patch {
        body: Some("b".into()),
        planning,
        ..Patch::default()
    };
    Op::UpdateIssue { key: key(4), patch }
}

fn everything() -> PlanningChange {
    PlanningChange {
        milestone: Some(Some("Of the group".into())),
        weight: Some(Some(3)),
        due: Some(Some("2026-01-31".parse().unwrap())),
        estimate: Some(5400),
        spend: Some(-60),
    }
}

/// What was sent, without the project's address: `PUT /issues/4 {…}`.
fn sent(stage: &Stage) -> Vec<String> {
    let line = |seen: Seen| format!("{} {}", seen.what.replace(PROJECT, ""), seen.body);
    stage.requests().into_iter().map(line).collect()
}

fn fully_planned() -> Value {
    let mut issue = issue(4);
    let more = json!({
        "milestone": { "id": 90, "title": "Of the group" }, "weight": 3, "due_date": "2026-01-31",
        "time_stats": { "time_estimate": 5400, "total_time_spent": 60, "human_time_estimate": "1h 30m" },
        "iteration": { "title": null, "start_date": "2026-01-05", "due_date": "2026-01-18" },
        "epic": { "id": 7, "title": "Rewrite" },
    });
    issue.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    issue
}

async fn read(value: Value) -> Issue {
    let stage = stage(move |_, _| Answer::ok(&value));
    match stage.gitlab.issue(&key(4)).await.unwrap() {
        Lookup::Found(issue) => *issue,
        Lookup::Deleted | Lookup::Hidden | Lookup::Moved(_) => panic!("it is there"),
    }
}

#[tokio::test]
async fn an_issue_tells_what_it_is_planned_for() {
    let planned = read(fully_planned()).await;
    assert_eq!(planned.milestone.as_deref(), Some("Of the group"));
    let want = Planning {
        weight: Some(3),
        due: Some("2026-01-31".parse().unwrap()),
        estimate: 5400,
        spent: 60,
        iteration: Some("2026-01-05 to 2026-01-18".into()),
        epic: Some("Rewrite".into()),
        parent: None,
    };
    assert_eq!(planned.planning, want);
    assert_eq!(
        read(issue(4)).await.planning,
        Planning::default(),
        "the free edition is silent"
    );
    let mut odd = fully_planned();
    odd["weight"] = json!(-1);
    odd["due_date"] = json!("some day");
    odd["iteration"]["title"] = json!("Sprint 5");
    odd["time_stats"] = json!({ "time_estimate": null, "total_time_spent": -5 });
    let odd = read(odd).await.planning;
    assert_eq!((odd.weight, odd.due, odd.estimate, odd.spent), (None, None, 0, 0));
    assert_eq!(odd.iteration.as_deref(), Some("Sprint 5"));
}

#[tokio::test]
async fn milestones_of_the_groups_above_are_listed_too() {
    let stage = planned(|_| Answer::missing());
    let want = [
        Milestone {
            title: "1.0".into(),
            description: Some("First".into()),
            due: Some("2026-06-30".parse().unwrap()),
            closed: true,
        },
        Milestone {
            title: "Of the group".into(),
            description: None,
            due: None,
            closed: false,
        },
    ];
    assert_eq!(stage.gitlab.milestones().await.unwrap(), want);
}

#[tokio::test]
async fn time_comes_first_and_all_the_rest_goes_with_the_marker() {
    let stage = planned(|_| Answer::ok(&fully_planned()));
    let receipt = stage.gitlab.perform(&update(everything())).await.unwrap();
    assert_eq!(receipt.issue.unwrap().planning.weight, Some(3));
    assert_eq!(
        sent(&stage)[1..],
        [
            r#"POST /issues/4/time_estimate {"duration":"1h30m"}"#,
            r#"POST /issues/4/add_spent_time {"duration":"-1m"}"#,
            r#"PUT /issues/4 {"description":"b","due_date":"2026-01-31","milestone_id":90,"weight":3}"#,
        ]
    );
}

#[tokio::test]
async fn what_is_taken_away_is_said_in_gitlabs_words() {
    let stage = planned(|_| Answer::ok(&issue(4)));
    let nothing = PlanningChange {
        milestone: Some(None),
        weight: Some(None),
        due: Some(None),
        estimate: Some(0),
        spend: Some(0),
    };
    stage.gitlab.perform(&update(nothing)).await.unwrap();
    let unknown = PlanningChange {
        milestone: Some(Some("nobody knows it".into())),
        ..PlanningChange::default()
    };
    stage.gitlab.perform(&update(unknown)).await.unwrap();
    let sent = sent(&stage);
    let writes: Vec<_> = sent.iter().filter(|line| !line.starts_with("GET")).collect();
    assert_eq!(
        writes,
        [
            "POST /issues/4/reset_time_estimate {}",
            r#"PUT /issues/4 {"description":"b","due_date":null,"milestone_id":0,"weight":null}"#,
            r#"PUT /issues/4 {"description":"b"}"#,
        ]
    );
}

#[tokio::test]
async fn spent_time_is_never_added_twice_and_the_marker_waits_for_it() {
    for (status, is_ambiguous) in [(502, true), (400, false), (403, false)] {
        let stage = planned(move |asked| {
            if asked.what.ends_with("add_spent_time") {
                return Answer::text(status, "no");
            }
            Answer::ok(&issue(4))
        });
        let error = stage.gitlab.perform(&update(everything())).await.unwrap_err();
        assert_eq!(
            matches!(error, TrackerError::Ambiguous { .. }),
            is_ambiguous,
            "{error:?}"
        );
        let sent = sent(&stage);
        assert!(sent.last().unwrap().contains("add_spent_time"), "{sent:?}");
        assert_eq!(sent.iter().filter(|line| line.contains("add_spent_time")).count(), 1);
    }
}

#[tokio::test]
async fn time_alone_reads_the_issue_again() {
    let stage = planned(|_| Answer::ok(&fully_planned()));
    let patch = Patch {
        planning: PlanningChange {
            spend: Some(60),
            ..PlanningChange::default()
        },
        ..Patch::default()
    };
    let receipt = stage
        .gitlab
        .perform(&Op::UpdateIssue { key: key(4), patch })
        .await
        .unwrap();
    assert_eq!(receipt.issue.unwrap().planning.spent, 60);
    assert_eq!(stage.lines()[1], format!("GET {PROJECT}/issues/4"));
}

#[tokio::test]
async fn a_weight_the_free_edition_does_not_know_is_a_change_of_nothing() {
    let stage = planned(|asked| {
        if asked.what.starts_with("PUT") {
            let words = "title, description are missing, at least one parameter must be provided";
            return Answer::json(400, &json!({ "error": words }));
        }
        Answer::ok(&issue(4))
    });
    let patch = Patch {
        planning: PlanningChange {
            weight: Some(Some(3)),
            ..PlanningChange::default()
        },
        ..Patch::default()
    };
    let receipt = stage
        .gitlab
        .perform(&Op::UpdateIssue { key: key(4), patch })
        .await
        .unwrap();
    assert_eq!(receipt.issue.unwrap().planning.weight, None);
}

fn draft() -> Op {
    Op::CreateIssue(Draft {
        title: "t".into(),
        body: "b".into(),
        status: Status::OPEN,
        labels: std::collections::BTreeSet::new(),
        assignees: std::collections::BTreeSet::new(),
        planning: PlanningChange {
            spend: Some(60),
            ..everything()
        },
        confidential: false,
    })
}

#[tokio::test]
async fn a_new_issue_gets_its_time_afterwards() {
    let stage = planned(|asked| match asked.what.split(' ').next() {
        Some("GET") => Answer::ok(&fully_planned()),
        _ => Answer::json(201, &issue(4)),
    });
    let receipt = stage.gitlab.perform(&draft()).await.unwrap();
    assert_eq!(receipt.issue.unwrap().planning.spent, 60);
    assert_eq!(
        sent(&stage)[1..],
        [
            r#"POST /issues {"description":"b","due_date":"2026-01-31","milestone_id":90,"title":"t","weight":3}"#,
            r#"POST /issues/4/time_estimate {"duration":"1h30m"}"#,
            r#"POST /issues/4/add_spent_time {"duration":"1m"}"#,
            "GET /issues/4 {}",
        ]
    );
}

#[tokio::test]
async fn a_new_issue_is_there_even_when_its_time_is_refused() {
    let stage = planned(|asked| {
        if asked.what.ends_with("time_estimate") {
            return Answer::json(403, &json!({ "message": "403 Forbidden" }));
        }
        if asked.what.starts_with("GET") {
            return Answer::text(500, "no");
        }
        Answer::json(201, &issue(4))
    });
    let receipt = stage.gitlab.perform(&draft()).await.unwrap();
    assert_eq!(receipt.issue.unwrap().planning.spent, 0);
}

#[tokio::test]
async fn a_milestone_is_created_closed_if_need_be_and_known_afterwards() {
    let stage = planned(|asked| match asked.what.split(' ').next() {
        Some("POST") => Answer::json(201, &json!({ "id": 95, "title": "2.0", "state": "active" })),
        _ => Answer::ok(&issue(4)),
    });
    let milestone = |title: &str, closed| {
        Op::CreateMilestone(Milestone {
            title: title.into(),
            description: Some("Words".into()),
            due: Some("2026-01-31".parse().unwrap()),
            closed,
        })
    };
    stage.gitlab.milestones().await.unwrap();
    stage.gitlab.perform(&milestone("2.0", true)).await.unwrap();
    let change = PlanningChange {
        milestone: Some(Some("2.0".into())),
        ..PlanningChange::default()
    };
    stage.gitlab.perform(&update(change)).await.unwrap();
    assert_eq!(
        sent(&stage)[1..],
        [
            r#"POST /milestones {"description":"Words","due_date":"2026-01-31","title":"2.0"}"#,
            r#"PUT /milestones/95 {"state_event":"close"}"#,
            r#"PUT /issues/4 {"description":"b","milestone_id":95}"#,
        ]
    );
    let taken = stage_of_taken_titles();
    taken.gitlab.perform(&milestone("1.0", true)).await.unwrap();
    assert_eq!(taken.lines(), [format!("POST {PROJECT}/milestones")]);
    let refused = planned(|_| Answer::json(400, &json!({ "message": { "title": ["can't be blank"] } })));
    let error = refused.gitlab.perform(&milestone("", false)).await.unwrap_err();
    assert!(matches!(error, TrackerError::Rejected { .. }), "{error:?}");
}

fn stage_of_taken_titles() -> Stage {
    let words = "already being used for another group or project milestone.";
    planned(move |_| Answer::json(400, &json!({ "message": { "title": [words] } })))
}
