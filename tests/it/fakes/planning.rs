//! Milestones, weight, due dates, time, iterations, epics and parents on both fakes. Dropping a fake checks all exchanges
//! against the description.

use reqwest::Method;
use serde_json::{Value, json};

use super::send;
use crate::support::fake::{FakeGitHub, FakeGitLab};

async fn github(fake: &FakeGitHub, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
    send(method, format!("{}/repos/acme/api{path}", fake.url()), body).await
}

async fn gitlab(fake: &FakeGitLab, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
    let address = format!("{}/api/v4/projects/platform%2Fapi{path}", fake.url());
    send(method, address, body).await
}

#[tokio::test]
async fn github_milestones_are_created_changed_and_listed() {
    let fake = FakeGitHub::start("acme/api").await;
    let body = json!({ "title": "1.0", "description": "First", "due_on": "2026-01-31T12:00:00Z" });
    let (status, made) = github(&fake, Method::POST, "/milestones", Some(body)).await;
    assert_eq!(
        (status, &made["number"], &made["state"]),
        (201, &json!(1), &json!("open"))
    );
    assert_eq!(made["due_on"], "2026-01-31T08:00:00Z", "a day of the west coast");
    let midnight = json!({ "due_on": "2026-01-31T00:00:00Z", "state": "closed" });
    let (_, changed) = github(&fake, Method::PATCH, "/milestones/1", Some(midnight)).await;
    assert_eq!(
        (&changed["due_on"], &changed["state"]),
        (&json!("2026-01-30T08:00:00Z"), &json!("closed"))
    );
    let taken = github(&fake, Method::POST, "/milestones", Some(json!({ "title": "1.0" }))).await;
    assert_eq!(
        (taken.0, &taken.1["errors"][0]["code"]),
        (422, &json!("already_exists"))
    );
    assert_eq!(fake.milestones().len(), 1);
    assert_eq!(
        github(&fake, Method::GET, "/milestones", None).await.1,
        json!([]),
        "open ones alone"
    );
    let (_, all) = github(&fake, Method::GET, "/milestones?state=all", None).await;
    assert_eq!(all[0]["description"], "First");
    assert_eq!(github(&fake, Method::GET, "/milestones/9", None).await.0, 404);
    fake.vices(|vices| vices.no_push = true);
    assert_eq!(
        github(&fake, Method::POST, "/milestones", Some(json!({ "title": "2.0" })))
            .await
            .0,
        403
    );
}

#[tokio::test]
async fn github_issues_go_in_and_out_of_milestones_and_name_their_parent() {
    let fake = FakeGitHub::start("acme/api").await;
    let number = fake.milestone("1.0");
    fake.issue("T").create();
    let (_, put) = github(&fake, Method::PATCH, "/issues/1", Some(json!({ "milestone": number }))).await;
    assert_eq!(put["milestone"]["title"], "1.0");
    assert_eq!(fake.milestone_of(&fake.get(1)).as_deref(), Some("1.0"));
    let (_, taken) = github(&fake, Method::PATCH, "/issues/1", Some(json!({ "milestone": null }))).await;
    assert_eq!(taken["milestone"], Value::Null);
    let wrong = github(&fake, Method::PATCH, "/issues/1", Some(json!({ "milestone": 99 }))).await;
    assert_eq!(wrong.0, 422);
    assert!(taken.get("parent_issue_url").is_none());
    fake.edit(1, |issue| issue.parent = Some((None, 4)));
    let (_, child) = github(&fake, Method::GET, "/issues/1", None).await;
    assert!(
        child["parent_issue_url"]
            .as_str()
            .unwrap()
            .ends_with("/repos/acme/api/issues/4")
    );
}

#[tokio::test]
async fn gitlab_milestones_are_created_changed_and_listed_with_those_of_the_group() {
    let fake = FakeGitLab::start("platform/api").await;
    let of_group = fake.group_milestone("Everywhere");
    let body = json!({ "title": "1.0", "description": "First", "due_date": "2026-01-31" });
    let (status, made) = gitlab(&fake, Method::POST, "/milestones", Some(body)).await;
    assert_eq!(
        (status, &made["state"], &made["due_date"]),
        (201, &json!("active"), &json!("2026-01-31"))
    );
    let at = format!("/milestones/{}", made["id"]);
    let (_, closed) = gitlab(&fake, Method::PUT, &at, Some(json!({ "state_event": "close" }))).await;
    assert_eq!(closed["state"], "closed");
    for title in ["1.0", "Everywhere"] {
        let (status, said) = gitlab(&fake, Method::POST, "/milestones", Some(json!({ "title": title }))).await;
        assert_eq!(status, 400);
        assert!(
            said["message"]["title"][0]
                .as_str()
                .unwrap()
                .contains("already being used"),
            "{said}"
        );
    }
    let titles = |list: &Value| {
        list.as_array()
            .unwrap()
            .iter()
            .map(|it| it["title"].clone())
            .collect::<Vec<_>>()
    };
    let (_, own) = gitlab(&fake, Method::GET, "/milestones", None).await;
    assert_eq!(titles(&own), ["1.0"]);
    let (_, all) = gitlab(&fake, Method::GET, "/milestones?include_ancestors=true", None).await;
    assert_eq!(titles(&all), ["Everywhere", "1.0"]);
    let (_, one) = gitlab(&fake, Method::GET, "/milestones?include_ancestors=true&title=1.0", None).await;
    assert_eq!(titles(&one), ["1.0"]);
    let other = format!("/milestones/{of_group}");
    assert_eq!(
        gitlab(&fake, Method::PUT, &other, Some(json!({ "title": "x" })))
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn gitlab_issues_take_milestone_weight_and_due_date_and_let_go_of_them() {
    let fake = FakeGitLab::start("platform/api").await;
    let of_group = fake.group_milestone("Everywhere");
    let body = json!({ "title": "T", "milestone_id": of_group, "weight": 3, "due_date": "2026-01-31" });
    let (_, made) = gitlab(&fake, Method::POST, "/issues", Some(body)).await;
    assert_eq!(
        (&made["milestone"]["title"], &made["weight"]),
        (&json!("Everywhere"), &json!(3))
    );
    assert_eq!(fake.milestone_of(&fake.get(1)).as_deref(), Some("Everywhere"));
    let nothing = json!({ "milestone_id": 0, "weight": null, "due_date": null });
    let (_, bare) = gitlab(&fake, Method::PUT, "/issues/1", Some(nothing)).await;
    for name in ["milestone", "weight", "due_date"] {
        assert_eq!(bare[name], Value::Null, "{name}");
    }
    fake.edit(1, |issue| {
        issue.iteration = Some("Sprint 5".to_owned());
        issue.epic = Some("Rewrite".to_owned());
    });
    let (_, told) = gitlab(&fake, Method::GET, "/issues/1", None).await;
    assert_eq!(
        (&told["iteration"]["title"], &told["epic"]["title"]),
        (&json!("Sprint 5"), &json!("Rewrite"))
    );
    fake.vices(|vices| vices.no_premium = true);
    assert_eq!(
        gitlab(&fake, Method::PUT, "/issues/1", Some(json!({ "weight": 5 })))
            .await
            .0,
        400
    );
    let (_, free) = gitlab(
        &fake,
        Method::PUT,
        "/issues/1",
        Some(json!({ "weight": 5, "title": "U" })),
    )
    .await;
    assert!(free.get("weight").is_none() && free.get("iteration").is_none());
    assert_eq!(fake.get(1).weight, None);
}

#[tokio::test]
async fn gitlab_time_is_estimated_and_added_up() {
    let fake = FakeGitLab::start("platform/api").await;
    fake.issue("T").create();
    let post = async |action: &str, duration: &str| {
        let body = json!({ "duration": duration });
        gitlab(&fake, Method::POST, &format!("/issues/1/{action}"), Some(body)).await
    };
    let before = fake.get(1).updated_at;
    let (status, said) = post("time_estimate", "1h30m").await;
    assert_eq!((status, &said["time_estimate"]), (200, &json!(5400)));
    assert!(fake.get(1).updated_at > before);
    for (duration, total) in [("1d", 28_800), ("-1h30m", 23_400), ("15s", 23_415)] {
        assert_eq!(
            post("add_spent_time", duration).await.1["total_time_spent"],
            total,
            "{duration}"
        );
    }
    assert_eq!(post("add_spent_time", "-1w").await.0, 400, "not more than there is");
    assert_eq!(post("add_spent_time", "soon").await.0, 400);
    let (_, reset) = gitlab(&fake, Method::POST, "/issues/1/reset_time_estimate", Some(json!({}))).await;
    assert_eq!(reset["time_estimate"], 0);
    let (_, told) = gitlab(&fake, Method::GET, "/issues/1/time_stats", None).await;
    assert_eq!(told["human_total_time_spent"], "6h 30m 15s");
    assert_eq!(
        gitlab(&fake, Method::GET, "/issues/1", None).await.1["time_stats"],
        told
    );
    fake.vices(|vices| vices.guest = true);
    assert_eq!(post("add_spent_time", "1h").await.0, 403);
}
