//! Everything read besides listings of issues: one issue, comments, labels, people, the project.

use serde_json::{Value, json};

use super::{Answer, Seen, Stage, issue, key, note, stage};
use crate::model::Lookup;
use crate::tracker::{ReadTracker, TrackerError};

fn looked_up(status: u16, permissions: Value) -> Stage {
    stage(move |asked, _| {
        if asked.what == "GET /api/v4/projects/team%2Fapi" {
            Answer::ok(&json!({"permissions": permissions, "visibility": "private"}))
        } else if status == 200 {
            Answer::ok(&issue(4))
        } else {
            Answer::json(status, &json!({"message": "404 Not found"}))
        }
    })
}

#[tokio::test]
async fn a_missing_issue_is_deleted_only_for_those_who_would_see_it() {
    let planner = looked_up(
        404,
        json!({"project_access": {"access_level": 15}, "group_access": null}),
    );
    assert_eq!(planner.gitlab.issue(&key(4)).await.unwrap(), Lookup::Deleted);
    assert_eq!(planner.gitlab.issue(&key(5)).await.unwrap(), Lookup::Deleted);
    assert_eq!(planner.requests().len(), 3, "the project is asked for once");

    let guest = looked_up(
        404,
        json!({"project_access": {"access_level": 10}, "group_access": null}),
    );
    assert_eq!(guest.gitlab.issue(&key(4)).await.unwrap(), Lookup::Hidden);
    let stranger = looked_up(404, Value::Null);
    assert_eq!(stranger.gitlab.issue(&key(4)).await.unwrap(), Lookup::Hidden);
}

#[tokio::test]
async fn an_issue_that_is_there_is_found_also_after_a_move() {
    let there = looked_up(200, Value::Null);
    let Lookup::Found(found) = there.gitlab.issue(&key(4)).await.unwrap() else {
        panic!("not found");
    };
    assert_eq!((found.key.0.as_str(), found.moved_to), ("4", None));
    let moved = stage(|_, _| {
        let mut shell = issue(4);
        shell["state"] = json!("closed");
        shell["moved_to_id"] = json!(77);
        Answer::ok(&shell)
    });
    let Lookup::Found(found) = moved.gitlab.issue(&key(4)).await.unwrap() else {
        panic!("not found");
    };
    assert!(found.moved_to.is_some());
}

#[tokio::test]
async fn a_key_that_is_no_number_is_not_asked_for() {
    let stage = looked_up(404, json!({"project_access": {"access_level": 50}}));
    let odd = crate::model::IssueKey("../../users".into());
    assert_eq!(stage.gitlab.issue(&odd).await.unwrap(), Lookup::Hidden);
    assert_eq!(stage.requests().len(), 0);
}

#[tokio::test]
async fn comments_skip_what_is_not_for_everyone() {
    let stage = stage(|asked, _| match (asked.what.as_str(), asked.page()) {
        ("GET /api/v4/projects/team%2Fapi/issues/1/notes", 1) => {
            let (mut system, mut internal) = (note(11), note(12));
            system["system"] = json!(true);
            internal["internal"] = json!(true);
            Answer::ok(&json!([note(10), system, internal]))
                .with("x-next-page", 2)
                .with("x-total", 9)
        }
        ("GET /api/v4/projects/team%2Fapi/issues/1/notes", 2) => Answer::ok(&json!([note(13)])).with("x-total", 9),
        (other, page) => panic!("{other} page {page}"),
    });
    let threads = stage.gitlab.comments(&[(key(1), 2), (key(2), 0)]).await.unwrap();
    let ids: Vec<&str> = threads[&key(1)].iter().map(|it| it.key.0.as_str()).collect();
    assert_eq!(ids, ["10", "12", "13"], "counted, and no more told of it");
    let internal = &threads[&key(1)][1];
    assert!(internal.restricted && internal.author.is_none());
    assert_eq!(internal.body, crate::model::Body::plain(""));
    assert!(!threads[&key(1)][2].restricted);
    assert_eq!(
        threads[&key(1)][0].url,
        "https://gitlab.example/team/api/-/issues/1#note_10"
    );
    assert_eq!(threads[&key(2)].len(), 0);
    let asked = stage.requests().remove(0);
    assert_eq!(asked.query["activity_filter"], "only_comments");
    assert_eq!(
        (asked.query["order_by"].as_str(), asked.query["sort"].as_str()),
        ("created_at", "asc")
    );
    assert_eq!(stage.requests().len(), 2);
}

#[tokio::test]
async fn comments_deleted_while_listing_are_read_again() {
    let stage = stage(|asked, nth| match (asked.page(), nth) {
        (1, 1) => Answer::ok(&json!([note(1), note(2)]))
            .with("x-next-page", 2)
            .with("x-total", 4),
        (2, 2) => Answer::ok(&json!([note(4)])).with("x-total", 3),
        _ => Answer::ok(&json!([note(2), note(3), note(4)])).with("x-total", 3),
    });
    let threads = stage.gitlab.comments(&[(key(1), 4)]).await.unwrap();
    let ids: Vec<&str> = threads[&key(1)].iter().map(|it| it.key.0.as_str()).collect();
    assert_eq!(ids, ["2", "3", "4"]);
}

#[tokio::test]
async fn comments_of_an_issue_that_is_gone_are_not_none() {
    let stage = stage(|_, _| Answer::missing());
    let error = stage.gitlab.comments(&[(key(1), 1)]).await.unwrap_err();
    assert!(matches!(error, TrackerError::Gone(_)), "{error}");
}

#[tokio::test]
async fn labels_of_the_project_and_the_groups_above() {
    let stage = stage(|asked, _| match asked.page() {
        1 => Answer::ok(&json!([{"name": "bug", "color": "#FF0000", "description": ""}])).with("x-next-page", 2),
        _ => Answer::ok(&json!([{"name": "type::docs", "color": "#00ff00", "description": "texts"}])),
    });
    let labels = stage.gitlab.labels().await.unwrap();
    assert_eq!(labels[0].color.as_deref(), Some("ff0000"));
    assert_eq!(labels[0].description, None);
    assert_eq!(labels[1].name, "type::docs");
    assert!(!stage.requests()[0].query.contains_key("include_ancestor_groups"));
}

fn people(asked: &Seen, _: usize) -> Answer {
    match asked.what.as_str() {
        "GET /api/v4/users" => match asked.query["username"].as_str() {
            "Ann" => Answer::ok(&json!([{"id": 1, "username": "ann"}])),
            "bob" => Answer::ok(&json!([{"id": 2, "username": "bob"}])),
            "cem" => Answer::ok(&json!([{"id": 3, "username": "cem"}])),
            _ => Answer::ok(&json!([])),
        },
        "GET /api/v4/projects/team%2Fapi/members/all/1" => Answer::ok(&json!({"id": 1})),
        "GET /api/v4/projects/team%2Fapi/members/all/2" => Answer::missing(),
        "GET /api/v4/projects/team%2Fapi/members/all/3" => Answer::json(403, &json!({"message": "403 Forbidden"})),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn members_can_be_assigned() {
    let stage = stage(people);
    let logins = ["Ann", "bob", "cem", "dee"].map(String::from);
    let can = stage.gitlab.assignable(&logins).await.unwrap();
    let can: Vec<(&str, bool)> = can.iter().map(|(login, can)| (login.as_str(), *can)).collect();
    assert_eq!(can, [("Ann", true), ("bob", false), ("cem", true), ("dee", false)]);
    let before = stage.requests().len();
    stage.gitlab.assignable(&["dee".into()]).await.unwrap();
    assert_eq!(stage.requests().len(), before, "logins are looked up once");
}

#[tokio::test]
async fn our_own_account() {
    let told = stage(|_, _| Answer::ok(&json!({"id": 5, "username": "project_7_bot_x"})));
    assert_eq!(told.gitlab.account().await.unwrap().as_deref(), Some("project_7_bot_x"));
    assert_eq!(told.lines(), ["GET /api/v4/user"]);
    let silent = stage(|_, _| Answer::json(403, &json!({"error": "insufficient_scope"})));
    assert_eq!(silent.gitlab.account().await.unwrap(), None);
    let refused = stage(|_, _| Answer::json(401, &json!({"message": "401 Unauthorized"})));
    let error = refused.gitlab.account().await.unwrap_err();
    assert!(matches!(error, TrackerError::Token { .. }), "{error}");
}

#[tokio::test]
async fn the_project() {
    let about = async |body: Value| stage(move |_, _| Answer::ok(&body)).gitlab.about().await;
    let public = about(json!({"visibility": "public", "web_url": "https://gitlab.example/team/api"})).await;
    let public = public.unwrap();
    assert!(!public.private);
    assert_eq!(public.url.as_deref(), Some("https://gitlab.example/team/api"));
    assert!(about(json!({"visibility": "internal"})).await.unwrap().private);
    assert!(about(json!({})).await.unwrap().private);
    let members = json!({"visibility": "public", "issues_access_level": "private"});
    assert!(about(members).await.unwrap().private);
    let everybody = json!({"visibility": "public", "issues_access_level": "enabled"});
    assert!(!about(everybody).await.unwrap().private);
    for off in [
        json!({"issues_enabled": false}),
        json!({"issues_access_level": "disabled"}),
    ] {
        let error = about(off).await.unwrap_err();
        assert!(matches!(error, TrackerError::NoProject { .. }), "{error}");
        assert!(error.to_string().contains("switched off"));
    }
}

#[tokio::test]
async fn a_project_nobody_shows_us() {
    let stage = stage(|_, _| Answer::json(404, &json!({"message": "404 Project Not Found"})));
    for error in [
        stage.gitlab.about().await.unwrap_err(),
        stage.gitlab.list(None).await.unwrap_err(),
        stage.gitlab.issue(&key(1)).await.unwrap_err(),
    ] {
        assert!(matches!(error, TrackerError::NoProject { .. }), "{error}");
    }
}
