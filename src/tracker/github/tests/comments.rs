//! Comments: the cheaper of two ways, and the feed.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::model::Comment;
use crate::tracker::{ReadTracker, TrackerError};

fn ids(comments: &BTreeMap<IssueKey, Vec<Comment>>) -> Vec<(&str, Vec<&str>)> {
    comments
        .iter()
        .map(|(key, list)| (key.0.as_str(), list.iter().map(|c| c.key.0.as_str()).collect()))
        .collect()
}

#[tokio::test]
async fn issue_by_issue_where_that_is_cheap() {
    let (github, wire) = tracker(|line| match line {
        "GET /repos/acme/api/issues/1/comments?per_page=100" => with_next(
            &json!([comment(11, 1)]),
            "https://api.github.com/repositories/7/issues/1/comments?page=2",
        ),
        "GET /repositories/7/issues/1/comments?page=2" => {
            let mut second = comment(12, 1);
            second["minimized"] = json!({ "reason": "spam" });
            ok(&json!([second]))
        }
        other => panic!("{other}"),
    });
    let found = github.comments(&[(key(1), 2), (key(2), 0)]).await.unwrap();
    assert_eq!(ids(&found), [("1", vec!["11", "12"]), ("2", vec![])]);
    let of_first = &found[&key(1)];
    assert_eq!(of_first.iter().map(|c| c.restricted).collect::<Vec<_>>(), [false, true]);
    assert_eq!(of_first[0].body.text, "comment 11");
    assert_eq!(of_first[0].url, "https://github.com/acme/api/issues/1#issuecomment-11");
    assert_eq!(wire.seen().len(), 2, "nothing is asked about an issue without comments");
}

/// Three issues with a comment each, and a pull request with one.
fn listing() -> Value {
    let with_one = json!({ "comments": 1 });
    let pull = json!({ "comments": 1, "pull_request": {} });
    json!([
        issue_with(1, with_one.clone()),
        issue_with(2, with_one.clone()),
        issue_with(3, with_one),
        issue_with(4, pull)
    ])
}

#[tokio::test]
async fn all_at_once_where_that_is_cheaper() {
    let (github, wire) = tracker(|line| match line {
        "GET /repos/acme/api/issues/comments?sort=created&direction=asc&per_page=100" => {
            let mut on_pull = comment(14, 4);
            on_pull["html_url"] = json!("https://github.com/acme/api/pull/4#issuecomment-14");
            ok(&json!([comment(12, 2), comment(11, 1), on_pull, comment(13, 3)]))
        }
        line if line.starts_with("GET /repos/acme/api/issues?") => ok(&listing()),
        other => panic!("{other}"),
    });
    github.list(None).await.unwrap();
    let found = github.comments(&[(key(1), 1), (key(2), 1), (key(3), 1)]).await.unwrap();
    assert_eq!(ids(&found), [("1", vec!["11"]), ("2", vec!["12"]), ("3", vec!["13"])]);
    assert_eq!(wire.seen().len(), 2);
}

#[tokio::test]
async fn what_the_walk_missed_is_asked_for_by_itself() {
    let (github, wire) = tracker(|line| match line {
        "GET /repos/acme/api/issues/3/comments?per_page=100" => ok(&json!([comment(13, 3)])),
        line if line.contains("/issues/comments?") => ok(&json!([comment(11, 1), comment(12, 2)])),
        line if line.starts_with("GET /repos/acme/api/issues?") => ok(&listing()),
        other => panic!("{other}"),
    });
    github.list(None).await.unwrap();
    let found = github.comments(&[(key(1), 1), (key(2), 1), (key(3), 1)]).await.unwrap();
    assert_eq!(found[&key(3)].len(), 1);
    assert_eq!(wire.seen().len(), 3);
}

#[tokio::test]
async fn comments_of_an_issue_that_went_are_an_error_not_none() {
    type Answer = fn() -> Outcome;
    let ways: [Answer; 2] = [|| message(404, "Not Found"), || message(410, "This issue was deleted")];
    for answer in ways {
        let (github, _) = tracker(move |_| answer());
        let gone = github.comments(&[(key(1), 1)]).await.unwrap_err();
        assert_eq!(gone.to_string(), "github#1 is gone");
    }
    let (github, _) = tracker(|_| message(502, "Bad gateway"));
    let failed = github.comments(&[(key(1), 1)]).await.unwrap_err();
    assert!(matches!(failed, TrackerError::Failed { .. }), "{failed:?}");
}

#[tokio::test]
async fn the_feed_is_newest_first_and_without_pull_requests() {
    let (github, wire) = tracker(|_| {
        let mut on_pull = comment(22, 2);
        // A repository may be called "pull"; only the third part of the path tells.
        on_pull["html_url"] = json!("https://github.com/acme/pull/pull/2#issuecomment-22");
        let mut on_issue = comment(21, 1);
        on_issue["html_url"] = json!("https://github.com/pull/pull/issues/1#issuecomment-21");
        with_next(&json!([on_pull, on_issue]), "https://api.github.com/x?page=4")
    });
    let feed = github.feed(3).await.unwrap();
    assert_eq!(
        lines(&wire),
        ["GET /repos/acme/api/issues/comments?sort=updated&direction=desc&per_page=100&page=3"]
    );
    assert!(feed.more);
    let told: Vec<_> = feed
        .comments
        .iter()
        .map(|(key, c)| (key.0.as_str(), c.key.0.as_str()))
        .collect();
    assert_eq!(told, [("1", "21")]);

    let (github, _) = tracker(|_| ok(&json!([])));
    assert!(!github.feed(1).await.unwrap().more);
    let (github, _) = tracker(|_| ok(&json!([{ "id": 1, "body": "whose?" }])));
    assert!(matches!(github.feed(1).await, Err(TrackerError::Odd { .. })));
}
