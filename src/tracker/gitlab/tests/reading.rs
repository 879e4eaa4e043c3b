//! Paging, what is believed and what is not, deleted against hidden, people and the project.

use serde_json::{Value, json};

use super::{Answer, Seen, Stage, issue, key, note, stage, stage_at};
use crate::model::Lookup;
use crate::tracker::{ReadTracker, TrackerError};

const ISSUES: &str = "GET /api/v4/projects/team%2Fapi/issues";

fn rows(from: u64, to: u64) -> Value {
    (from..=to).map(issue).collect()
}

fn keys(listing: &crate::tracker::Listing) -> Vec<u64> {
    listing.issues.iter().map(|it| it.key.0.parse().unwrap()).collect()
}

#[tokio::test]
async fn the_query_names_everything_the_service_might_leave_out() {
    let stage = stage(|_, _| Answer::ok(&json!([])));
    assert_eq!(stage.gitlab.list(None).await.unwrap().issues.len(), 0);
    let asked = stage.requests().remove(0);
    assert_eq!(asked.what, ISSUES);
    let query: Vec<String> = asked
        .query
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(
        query,
        [
            "order_by=created_at",
            "per_page=100",
            "scope=all",
            "sort=asc",
            "state=all"
        ]
    );
}

#[tokio::test]
async fn since_is_asked_for_inclusively_in_order_of_change() {
    let stage = stage(|_, _| Answer::ok(&json!([])));
    stage
        .gitlab
        .list(Some("2026-03-01T10:00:00.75Z".parse().unwrap()))
        .await
        .unwrap();
    let asked = stage.requests().remove(0);
    assert_eq!(asked.query["updated_after"], "2026-03-01T10:00:00Z");
    assert_eq!(asked.query["order_by"], "updated_at");
    assert_eq!(asked.query["state"], "all");
}

#[tokio::test]
async fn a_short_page_is_not_the_last_when_a_next_one_is_announced() {
    let stage = stage(|asked, _| match asked.page() {
        1 => Answer::ok(&rows(1, 2)).with("x-next-page", 2),
        2 => Answer::ok(&json!([])).with("x-next-page", 3),
        3 => Answer::ok(&rows(3, 3)).with("x-next-page", ""),
        page => panic!("page {page} was never announced"),
    });
    assert_eq!(keys(&stage.gitlab.list(None).await.unwrap()), [1, 2, 3]);
    assert_eq!(stage.requests()[2].query["state"], "all");
}

#[tokio::test]
async fn a_link_is_followed_where_there_is_no_page_number() {
    let stage = stage(|asked, _| match asked.query.get("cursor").map(String::as_str) {
        None => Answer::ok(&rows(1, 100)).with(
            "link",
            "<https://gitlab.example/api/v4/projects/7/issues?cursor=abc&state=all>; rel=\"next\"",
        ),
        Some("abc") => Answer::ok(&rows(101, 101)),
        Some(other) => panic!("cursor {other}"),
    });
    assert_eq!(stage.gitlab.list(None).await.unwrap().issues.len(), 101);
    assert_eq!(stage.lines(), [ISSUES, ISSUES]);
}

#[tokio::test]
async fn a_next_page_at_another_address_is_neither_followed_nor_forgotten() {
    let stage = stage(|_, _| {
        Answer::ok(&rows(1, 100)).with(
            "link",
            "<https://elsewhere.example/api/v4/projects/7/issues?page=2>; rel=\"next\"",
        )
    });
    let error = stage.gitlab.list(None).await.unwrap_err();
    assert!(matches!(error, TrackerError::Short { .. }), "{error}");
}

#[tokio::test]
async fn a_full_page_without_a_next_one_is_the_last() {
    let stage = stage(|_, _| Answer::ok(&rows(1, 100)).with("x-next-page", "").with("x-total", 100));
    assert_eq!(stage.gitlab.list(None).await.unwrap().issues.len(), 100);
    assert_eq!(stage.requests().len(), 1);
}

#[tokio::test]
async fn fewer_issues_than_counted_are_read_again_and_then_not_believed() {
    let steady = stage(|_, _| Answer::ok(&rows(1, 2)).with("x-total", 3));
    let error = steady.gitlab.list(None).await.unwrap_err();
    assert!(matches!(error, TrackerError::Short { .. }), "{error}");
    assert_eq!(steady.requests().len(), 2);

    let passing = stage(|_, nth| Answer::ok(&rows(1, 2)).with("x-total", if nth == 1 { 3 } else { 2 }));
    assert_eq!(keys(&passing.gitlab.list(None).await.unwrap()), [1, 2]);
}

#[tokio::test]
async fn an_issue_deleted_while_listing_is_noticed() {
    // The second page starts one too late, because an issue of the first page is gone by then.
    let stage = stage(|asked, nth| match (asked.page(), nth) {
        (1, 1) => Answer::ok(&rows(1, 2)).with("x-next-page", 2).with("x-total", 4),
        (1, _) => Answer::ok(&rows(2, 3)).with("x-next-page", 2).with("x-total", 3),
        _ => Answer::ok(&rows(4, 4)).with("x-total", 3),
    });
    assert_eq!(keys(&stage.gitlab.list(None).await.unwrap()), [2, 3, 4]);
}

#[tokio::test]
async fn pages_that_repeat_are_not_believed() {
    let twice = stage(|asked, _| match asked.page() {
        1 => Answer::ok(&rows(1, 2)).with("x-next-page", 2),
        _ => Answer::ok(&rows(2, 3)),
    });
    assert!(matches!(twice.gitlab.list(None).await, Err(TrackerError::Short { .. })));

    let circle = stage(|asked, _| match asked.page() {
        1 => Answer::ok(&rows(1, 1)).with("x-next-page", 2),
        _ => Answer::ok(&rows(2, 2)).with("x-next-page", 2),
    });
    assert!(matches!(
        circle.gitlab.list(None).await,
        Err(TrackerError::Short { .. })
    ));
    assert_eq!(circle.requests().len(), 4);
}

#[tokio::test]
async fn one_failing_page_fails_the_listing() {
    let stage = stage(|asked, _| match asked.page() {
        1 => Answer::ok(&rows(1, 2)).with("x-next-page", 2),
        _ => Answer::json(403, &json!({"message": "403 Forbidden"})),
    });
    let error = stage.gitlab.list(None).await.unwrap_err();
    assert!(matches!(error, TrackerError::Forbidden { .. }), "{error}");
}

#[tokio::test]
async fn other_work_items_are_left_out_but_counted() {
    let stage = stage(|_, _| {
        let mut incident = issue(2);
        incident["issue_type"] = json!("incident");
        Answer::ok(&json!([issue(1), incident])).with("x-total", 2)
    });
    assert_eq!(keys(&stage.gitlab.list(None).await.unwrap()), [1]);
}

#[tokio::test]
async fn the_clock_is_the_services_at_the_first_page() {
    let told = stage(|asked, _| match asked.page() {
        1 => Answer::ok(&rows(1, 1))
            .with("x-next-page", 2)
            .with("date", "Mon, 02 Mar 2026 12:00:00 GMT"),
        _ => Answer::ok(&rows(2, 2)).with("date", "Mon, 02 Mar 2026 12:00:09 GMT"),
    });
    let now = told.gitlab.list(None).await.unwrap().now;
    assert_eq!(now.to_string(), "2026-03-02T12:00:00Z");
    let silent = stage(|_, _| Answer::ok(&rows(1, 2)));
    let now = silent.gitlab.list(None).await.unwrap().now;
    assert_eq!(now.to_string(), "2026-03-02T10:00:00Z");
}

#[tokio::test]
async fn an_instance_below_a_path_and_a_project_in_subgroups() {
    for instance in ["https://host.example/gitlab", "https://host.example/gitlab/"] {
        let stage = stage_at(instance, "a/b/c", |_, _| Answer::ok(&json!([])));
        stage.gitlab.list(None).await.unwrap();
        assert_eq!(stage.lines(), ["GET /gitlab/api/v4/projects/a%2Fb%2Fc/issues"]);
    }
}

#[tokio::test]
async fn a_page_for_people_instead_of_an_answer_is_odd() {
    let stage = stage(|_, _| Answer::text(200, "<!DOCTYPE html><title>Sign in</title>"));
    let error = stage.gitlab.list(None).await.unwrap_err();
    assert!(matches!(error, TrackerError::Odd { .. }), "{error}");
    assert!(error.to_string().contains("HTML"));
}

#[tokio::test]
async fn an_error_never_repeats_what_an_issue_says() {
    let stage = stage(|_, _| Answer::ok(&json!([{"iid": "our secret plan"}])));
    let error = stage.gitlab.list(None).await.unwrap_err();
    assert!(matches!(error, TrackerError::Odd { .. }), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_plain_text_limit_is_waited_for() {
    let stage = stage(|_, nth| match nth {
        1 => Answer::text(429, "Retry later\n").with("retry-after", 7),
        _ => Answer::ok(&rows(1, 1)),
    });
    let before = tokio::time::Instant::now();
    assert_eq!(keys(&stage.gitlab.list(None).await.unwrap()), [1]);
    assert!(before.elapsed().as_secs() >= 7);
    assert_eq!(stage.gitlab.usage().retries, 1);
}

#[tokio::test(start_paused = true)]
async fn a_limit_longer_than_the_patience_ends_the_run() {
    let stage = stage(|_, _| Answer::text(429, "Retry later\n").with("retry-after", 3600));
    let error = stage.gitlab.list(None).await.unwrap_err();
    assert!(matches!(error, TrackerError::RateLimited { .. }), "{error}");
}

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
    assert_eq!(ids, ["10", "13"]);
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
    assert_eq!(threads[&key(1)].len(), 3);
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
