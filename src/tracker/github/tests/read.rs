//! Listings, single issues, labels, people, the repository.

use serde_json::json;

use super::*;
use crate::model::{Lookup, Reason, State, Status};
use crate::tally;
use crate::tracker::{About, ReadTracker, TrackerError};

#[tokio::test]
async fn a_listing_follows_the_links_and_drops_pull_requests() {
    let (github, wire) = tracker(|line| match line {
        "GET /repos/acme/api/issues?state=all&sort=created&direction=asc&per_page=100" => reply(
            200,
            &[
                (
                    "link",
                    "<https://api.github.com/repositories/7/issues?after=x>; rel=\"next\"",
                ),
                ("date", "Tue, 06 Jan 2026 12:00:00 GMT"),
            ],
            &json!([
                issue(1),
                issue_with(2, json!({ "pull_request": { "url": "x" }, "comments": 4 }))
            ])
            .to_string(),
        ),
        "GET /repositories/7/issues?after=x" => ok(&json!([issue(3)])),
        other => panic!("{other}"),
    });
    let listing = github.list(None).await.unwrap();
    let keys: Vec<_> = listing.issues.iter().map(|issue| issue.key.0.as_str()).collect();
    assert_eq!(keys, ["1", "3"]);
    assert_eq!(listing.now.to_string(), "2026-01-06T12:00:00Z");
    let first = &wire.seen()[0];
    assert_eq!(first.headers()["accept"], "application/vnd.github+json");
    assert_eq!(first.headers()["x-github-api-version"], "2022-11-28");
    assert_eq!(first.headers()["authorization"], "Bearer sesame");
}

#[tokio::test]
async fn an_issue_is_translated_to_the_model() {
    let (github, _) = tracker(|_| {
        ok(&json!([
            issue_with(
                1,
                json!({
                    "state": "closed", "state_reason": "not_planned", "milestone": { "title": "1.0" }, "comments": 3,
                    "labels": [{ "name": "bug" }, "plain", { "name": null }], "assignees": [{ "login": "ann" }]
                })
            ),
            issue_with(
                2,
                json!({ "user": null, "body": null, "assignees": null, "state_reason": "brand_new" })
            ),
            issue_with(
                3,
                json!({ "user": { "login": "ghost" }, "state": "closed", "state_reason": null })
            ),
            issue_with(4, json!({ "state_reason": "reopened", "created_at": "no time" })),
        ]))
    });
    let issues = github.list(None).await.unwrap().issues;
    let [full, odd, ghost, again] = issues.as_slice() else {
        panic!("{issues:?}")
    };
    assert_eq!(full.url, "https://github.com/acme/api/issues/1");
    assert_eq!(full.author.as_ref().unwrap().login, "octocat");
    assert_eq!(
        full.author.as_ref().unwrap().url.as_deref(),
        Some("https://github.com/octocat")
    );
    assert_eq!(full.body.text, "It does.\r\nOften.");
    assert_eq!(full.status.to_string(), "closed as not_planned");
    assert_eq!(Vec::from_iter(&full.labels), ["bug", "plain"]);
    assert_eq!(Vec::from_iter(&full.assignees), ["ann"]);
    assert_eq!((full.milestone.as_deref(), full.comment_count), (Some("1.0"), 3));
    assert_eq!(
        (odd.author.as_ref(), odd.body.text.as_str(), odd.status),
        (None, "", Status::OPEN)
    );
    assert_eq!((ghost.author.as_ref(), ghost.status), (None, Status::CLOSED));
    let reopened = Status {
        state: State::Open,
        reason: Some(Reason::Reopened),
    };
    assert_eq!((again.created, again.status), (None, reopened));
}

#[tokio::test]
async fn since_is_asked_for_in_whole_seconds() {
    let (github, wire) = tracker(|_| ok(&json!([issue(1)])));
    let since = "2026-01-06T09:59:59.9Z".parse().unwrap();
    let listing = github.list(Some(since)).await.unwrap();
    assert_eq!(
        listing.now.to_string(),
        "2026-01-06T10:00:00Z",
        "the newest change, where there is no clock"
    );
    assert!(
        lines(&wire)[0].ends_with("&since=2026-01-06T09%3A59%3A59Z"),
        "{:?}",
        lines(&wire)
    );
}

#[tokio::test]
async fn a_listing_that_contradicts_itself_is_short() {
    let (github, _) = tracker(|line| {
        if line.ends_with("page=2") {
            with_next(&json!([issue(2), issue(1)]), "https://api.github.com/x?page=3")
        } else {
            with_next(&json!([issue(1), issue(2)]), "https://api.github.com/x?page=2")
        }
    });
    let error = github.list(None).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "github: the listing is not complete (a page came twice)"
    );

    let (github, _) = tracker(|_| with_next(&json!([]), "https://api.github.com/x?page=2"));
    let error = github.list(None).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "github: the listing is not complete (the pages lead back)"
    );
}

#[tokio::test]
async fn an_issue_that_moved_between_pages_is_listed_once_and_as_it_came_last() {
    let (github, _) = tracker(|line| {
        if line.ends_with("page=2") {
            ok(&json!([issue_with(1, json!({ "title": "Newer" })), issue(2)]))
        } else {
            with_next(&json!([issue(1)]), "https://api.github.com/x?page=2")
        }
    });
    let issues = github.list(None).await.unwrap().issues;
    let titles: Vec<_> = issues.iter().map(|issue| issue.title.as_str()).collect();
    assert_eq!(titles, ["Newer", "Login fails"]);
}

#[tokio::test]
async fn a_listing_is_whole_or_an_error() {
    type Page2 = fn() -> Outcome;
    let bad: [(Page2, &str); 6] = [
        (|| message(500, "boom"), "service failed"),
        (|| reply(200, &[], "<html>Sign in</html>"), "HTML"),
        (|| reply(200, &[], "[{\"number\":3,\"title\":\"secret"), "cut short"),
        (|| ok(&json!({ "message": "hello" })), "not what the API documents"),
        (
            || ok(&json!([{ "number": 3, "title": "no state" }])),
            "not what the API documents",
        ),
        (|| message(404, "Not Found"), "project acme/api was not found"),
    ];
    for (page, expected) in bad {
        let (github, _) = tracker(move |line| {
            if line.ends_with("page=2") {
                page()
            } else {
                with_next(&json!([issue(1)]), "https://api.github.com/x?page=2")
            }
        });
        let said = github.list(None).await.unwrap_err().to_string();
        assert!(
            said.contains(expected) && !said.contains("secret"),
            "{expected}: {said}"
        );
    }
}

#[tokio::test]
async fn a_next_page_elsewhere_is_not_the_end() {
    let (github, wire) = tracker(|_| with_next(&json!([issue(1)]), "https://evil.example/page"));
    assert!(matches!(github.list(None).await, Err(TrackerError::Odd { .. })));
    assert_eq!(wire.seen().len(), 1);
}

#[tokio::test]
async fn one_issue_is_found_hidden_or_deleted() {
    async fn look(answer: fn() -> Outcome) -> Result<Lookup, TrackerError> {
        let (github, wire) = tracker(move |_| answer());
        let found = github.issue(&key(5)).await;
        assert_eq!(lines(&wire), ["GET /repos/acme/api/issues/5"]);
        found
    }
    assert!(matches!(look(|| ok(&issue(5))).await, Ok(Lookup::Found(issue)) if issue.title == "Login fails"));
    let pull = look(|| ok(&issue_with(5, json!({ "pull_request": {} })))).await;
    assert_eq!(pull.unwrap(), Lookup::Hidden);
    assert_eq!(look(|| message(404, "Not Found")).await.unwrap(), Lookup::Hidden);
    assert_eq!(
        look(|| message(410, "This issue was deleted")).await.unwrap(),
        Lookup::Deleted
    );
    // The same status, and nothing was deleted.
    let disabled = look(|| message(410, "Issues are disabled for this repo")).await;
    assert!(matches!(disabled, Err(TrackerError::NoProject { .. })), "{disabled:?}");
    assert_eq!(look(|| reply(410, &[], "")).await.unwrap(), Lookup::Hidden);
    let html = look(|| reply(200, &[], "<!doctype html>")).await;
    assert!(matches!(html, Err(TrackerError::Odd { .. })), "{html:?}");
    let token = look(|| message(401, "Bad credentials")).await;
    assert!(matches!(token, Err(TrackerError::Token { .. })), "{token:?}");
}

#[tokio::test]
async fn a_key_that_is_no_number_asks_for_nothing() {
    let (github, wire) = tracker(|line| panic!("{line}"));
    for bad in ["", "../../user", "5/comments", "-1", "labels"] {
        assert_eq!(github.issue(&IssueKey(bad.into())).await.unwrap(), Lookup::Hidden);
    }
    assert!(wire.seen().is_empty());
}

#[tokio::test]
async fn a_transferred_issue_has_moved() {
    let (github, wire) = tracker(|line| match line {
        "GET /repos/acme/api/issues/5" => reply(
            301,
            &[("location", "https://api.github.com/repositories/9/issues/2")],
            "{}",
        ),
        "GET /repos/acme/api" => ok(&json!({ "full_name": "acme/api" })),
        "GET /repositories/9/issues/2" => ok(&issue_with(
            2,
            json!({ "html_url": "https://github.com/acme/web/issues/2" }),
        )),
        other => panic!("{other}"),
    });
    let moved = Lookup::Moved(Some("https://github.com/acme/web/issues/2".into()));
    assert_eq!(github.issue(&key(5)).await.unwrap(), moved);
    assert_eq!(wire.seen().len(), 3);
}

#[tokio::test]
async fn an_issue_of_a_renamed_repository_has_not_moved() {
    let (github, wire) = tracker(|line| match line {
        "GET /repos/acme/api/issues/5" => reply(
            301,
            &[("location", "https://api.github.com/repositories/7/issues/5")],
            "{}",
        ),
        "GET /repos/acme/api" => ok(&json!({ "full_name": "acme/core" })),
        "GET /repos/acme/core/issues/5" | "GET /repos/acme/core/issues/6" => ok(&issue(5)),
        other => panic!("{other}"),
    });
    assert!(matches!(github.issue(&key(5)).await.unwrap(), Lookup::Found(_)));
    assert!(matches!(github.issue(&key(6)).await.unwrap(), Lookup::Found(_)));
    assert_eq!(wire.seen().len(), 4, "the new name is remembered");
}

#[tokio::test]
async fn labels_and_assignable_people() {
    let (github, _) = tracker(|line| match line {
        "GET /repos/acme/api/labels?per_page=100" => with_next(
            &json!([{ "name": "bug", "color": "d73a4a", "description": "" }]),
            "https://api.github.com/l?page=2",
        ),
        "GET /l?page=2" => ok(&json!([{ "name": "a b", "color": "ffffff", "description": "Both" }])),
        "GET /repos/acme/api/assignees/ann" => reply(204, &[], ""),
        "GET /repos/acme/api/assignees/b%2Fob" => message(404, "Not Found"),
        other => panic!("{other}"),
    });
    let labels = github.labels().await.unwrap();
    let told: Vec<_> = labels
        .iter()
        .map(|l| (l.name.as_str(), l.description.as_deref()))
        .collect();
    assert_eq!(told, [("a b", Some("Both")), ("bug", None)]);
    let asked = ["ann", "b/ob", ".."].map(String::from);
    let can = github.assignable(&asked).await.unwrap();
    assert_eq!(
        can.into_iter()
            .filter(|(_, can)| *can)
            .map(|(login, _)| login)
            .collect::<Vec<_>>(),
        ["ann"]
    );
}

#[tokio::test]
async fn the_account_is_asked_for_where_the_token_allows() {
    let (github, _) = tracker(|_| ok(&json!({ "login": "octocat" })));
    assert_eq!(github.account().await.unwrap().as_deref(), Some("octocat"));

    for (api, graphql) in [
        (API, "POST /graphql"),
        ("https://ghe.example/api/v3", "POST /api/graphql"),
    ] {
        let (github, _) = tracker_at(api, move |line| {
            if line.starts_with(graphql) {
                return ok(&json!({ "data": { "viewer": { "login": "github-actions[bot]" } } }));
            }
            message(403, "Resource not accessible by integration")
        });
        assert_eq!(
            github.account().await.unwrap().as_deref(),
            Some("github-actions[bot]"),
            "{api}"
        );
    }

    let (github, _) = tracker(|_| message(403, "Resource not accessible by integration"));
    assert_eq!(github.account().await.unwrap(), None);
}

#[tokio::test]
async fn the_repository_tells_whether_it_is_private_and_has_issues() {
    let about = |body: Value| async move { tracker(move |_| ok(&body)).0.about().await };
    let url = Some("https://github.com/acme/api".to_owned());
    let public = about(json!({ "private": false, "visibility": "public", "html_url": url, "has_issues": true })).await;
    assert_eq!(
        public.unwrap(),
        About {
            private: false,
            place: url.clone(),
            url,
            may_write: None
        }
    );
    assert!(about(json!({ "private": true })).await.unwrap().private);
    assert!(
        about(json!({ "private": false, "visibility": "internal" }))
            .await
            .unwrap()
            .private
    );
    assert!(
        about(json!({})).await.unwrap().private,
        "what is not said to be public is not"
    );
    let off = about(json!({ "private": false, "has_issues": false })).await;
    assert!(matches!(off, Err(TrackerError::NoProject { detail, .. }) if detail.contains("switched off")));
}

#[tokio::test]
async fn a_listing_without_end_is_left_after_ten_thousand_pages() {
    let (tracker, wire) = tracker(|asked| {
        let page: u64 = asked.rsplit_once("&page=").map_or(1, |(_, page)| page.parse().unwrap());
        let next = page + 1;
        with_next(
            &json!([comment(page, 1)]),
            &format!("{API}/repos/acme/api/issues/1/comments?per_page=100&page={next}"),
        )
    });
    let error = tracker.comments(&[(key(1), 1)]).await.unwrap_err();
    assert!(
        matches!(&error, TrackerError::Short { detail, .. } if detail.contains("10000 pages")),
        "{error}"
    );
    assert_eq!(wire.seen().len(), 10_000);
    tally::tried("endless listing (github)", 1, "left after 10000 pages");
}
