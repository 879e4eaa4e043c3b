//! Listing issues: paging, what is believed and what is not, limits.

use serde_json::{Value, json};

use super::{Answer, issue, stage, stage_at};
use crate::tally;
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

#[tokio::test]
async fn a_listing_without_end_is_left_after_ten_thousand_pages() {
    let stage = stage(|asked, _| Answer::ok(&json!([])).with("x-next-page", asked.page() + 1));
    let error = stage.gitlab.list(None).await.unwrap_err();
    assert!(
        matches!(&error, TrackerError::Short { detail, .. } if detail.contains("10000 pages")),
        "{error}"
    );
    // A listing that is not to be believed is read once more.
    assert_eq!(stage.requests().len(), 20_000);
    tally::tried("endless listing (gitlab)", 1, "left after 10000 pages, twice");
}
