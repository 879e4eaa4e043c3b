//! The fake GitHub: every endpoint and every vice. Dropping the fake checks all exchanges against the description.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{linked, read, request, send};
use crate::support::fake::FakeGitHub;

pub(super) async fn fake() -> FakeGitHub {
    FakeGitHub::start("acme/api").await
}

pub(super) async fn get(fake: &FakeGitHub, path: &str) -> (u16, Value) {
    send(Method::GET, format!("{}/repos/acme/api{path}", fake.url()), None).await
}

pub(super) async fn write(fake: &FakeGitHub, method: Method, path: &str, body: Value) -> (u16, Value) {
    send(method, format!("{}/repos/acme/api{path}", fake.url()), Some(body)).await
}

async fn delete(fake: &FakeGitHub, path: &str) -> (u16, Value) {
    send(Method::DELETE, format!("{}/repos/acme/api{path}", fake.url()), None).await
}

#[tokio::test]
async fn every_reading_endpoint_answers_as_described() {
    let fake = fake().await;
    fake.user("bob");
    let milestone = fake.milestone("1.0");
    let number = fake
        .issue("Crash")
        .body("It burns")
        .labels(["bug", "a/b c"])
        .assignees(["bob"])
        .milestone(milestone)
        .create();
    let comment = fake.comment(number, "carol", "Me too");
    fake.pull_request("Fix");
    for path in [
        "",
        "/issues",
        "/issues?state=all&sort=updated&direction=asc&since=2026-01-01T00:00:00Z&labels=bug&per_page=5&page=1",
        "/issues/1",
        "/issues/2",
        "/issues/1/comments",
        "/issues/comments?sort=updated&direction=asc",
        "/labels",
        "/labels/a%2Fb%20c",
        "/issues/1/labels",
        "/assignees",
        "/assignees/bob",
        "/collaborators/bob/permission",
        "/milestones?state=all",
    ] {
        let (status, _) = get(&fake, path).await;
        assert!([200, 204].contains(&status), "{path}: {status}");
    }
    assert_eq!(
        get(&fake, &format!("/issues/comments/{comment}")).await.1["body"],
        "Me too"
    );
    for path in ["/rate_limit", "/user", "/users/bob"] {
        assert_eq!(
            send(Method::GET, format!("{}{path}", fake.url()), None).await.0,
            200,
            "{path}"
        );
    }
    assert_eq!(get(&fake, "/assignees/nobody").await.0, 404);
    assert_eq!(get(&fake, "/issues/99").await.0, 404);
    assert_eq!(fake.writes(), 0);
    assert!(fake.reads() > 15);
}

#[tokio::test]
async fn issues_are_created_and_edited_as_asked() {
    let fake = fake().await;
    fake.user("bob");
    let body = json!({ "title": "T", "body": "B", "labels": ["Bug", "new"], "assignees": ["bob", "nobody"] });
    let (status, made) = write(&fake, Method::POST, "/issues", body).await;
    assert_eq!(
        (status, &made["number"], &made["user"]["login"]),
        (201, &json!(1), &json!("lockstep-bot"))
    );
    assert_eq!(fake.get(1).assignees, ["bob"]);
    // The reason counts only while the state turns; closing twice changes nothing.
    let closing = json!({ "state": "closed", "state_reason": "not_planned" });
    let (_, closed) = write(&fake, Method::PATCH, "/issues/1", closing).await;
    assert_eq!(
        (&closed["state"], &closed["state_reason"]),
        (&json!("closed"), &json!("not_planned"))
    );
    let (_, again) = write(
        &fake,
        Method::PATCH,
        "/issues/1",
        json!({ "state": "closed", "state_reason": "completed" }),
    )
    .await;
    assert_eq!(
        (&again["state_reason"], &again["updated_at"]),
        (&json!("not_planned"), &closed["updated_at"])
    );
    let (_, open) = write(
        &fake,
        Method::PATCH,
        "/issues/1",
        json!({ "state": "open", "labels": ["BUG"], "assignees": [] }),
    )
    .await;
    assert_eq!(
        (&open["state_reason"], &open["closed_at"]),
        (&json!("reopened"), &Value::Null)
    );
    assert_eq!(
        (fake.get(1).labels, fake.get(1).assignees.len()),
        (vec!["Bug".to_owned()], 0)
    );
    for wrong in [
        json!({ "title": " " }),
        json!({ "title": "x".repeat(257) }),
        json!({ "body": "x".repeat(65_537) }),
        json!({ "milestone": 9 }),
    ] {
        assert_eq!(write(&fake, Method::PATCH, "/issues/1", wrong).await.0, 422);
    }
}

#[tokio::test]
async fn comments_labels_and_assignees_can_be_written() {
    let fake = fake().await;
    fake.user("bob");
    fake.issue("T").create();
    let (status, made) = write(&fake, Method::POST, "/issues/1/comments", json!({ "body": "one" })).await;
    assert_eq!(status, 201);
    let at = format!("/issues/comments/{}", made["id"]);
    let touched = fake.get(1).updated_at;
    assert_eq!(
        write(&fake, Method::PATCH, &at, json!({ "body": "two" })).await.1["body"],
        "two"
    );
    assert_eq!(delete(&fake, &at).await.0, 204);
    assert_eq!(
        (fake.comments(1).len(), fake.get(1).updated_at),
        (0, touched),
        "neither edit nor deletion touches the issue"
    );
    assert_eq!(delete(&fake, &at).await.0, 404);

    assert_eq!(
        write(
            &fake,
            Method::POST,
            "/labels",
            json!({ "name": "Bug", "color": "ff0000" })
        )
        .await
        .0,
        201
    );
    let (status, twice) = write(
        &fake,
        Method::POST,
        "/labels",
        json!({ "name": "bug", "color": "ff0000" }),
    )
    .await;
    assert_eq!((status, &twice["errors"][0]["code"]), (422, &json!("already_exists")));
    assert_eq!(
        write(
            &fake,
            Method::POST,
            "/issues/1/labels",
            json!({ "labels": ["bug", "x"] })
        )
        .await
        .0,
        200
    );
    assert_eq!(fake.get(1).labels, ["Bug", "x"]);
    assert_eq!(
        write(&fake, Method::PATCH, "/labels/BUG", json!({ "new_name": "defect" }))
            .await
            .0,
        200
    );
    assert_eq!(delete(&fake, "/issues/1/labels/absent").await.0, 404);
    assert_eq!(delete(&fake, "/issues/1/labels/X").await.0, 200);
    assert_eq!(fake.get(1).labels, ["defect"]);
    assert_eq!(
        write(&fake, Method::PUT, "/issues/1/labels", json!({ "labels": ["y"] }))
            .await
            .0,
        200
    );
    assert_eq!(delete(&fake, "/issues/1/labels").await.0, 204);
    assert_eq!(delete(&fake, "/labels/y").await.0, 204);

    assert_eq!(
        write(
            &fake,
            Method::POST,
            "/issues/1/assignees",
            json!({ "assignees": ["bob"] })
        )
        .await
        .0,
        201
    );
    assert_eq!(fake.get(1).assignees, ["bob"]);
    assert_eq!(
        write(
            &fake,
            Method::DELETE,
            "/issues/1/assignees",
            json!({ "assignees": ["bob"] })
        )
        .await
        .0,
        200
    );
    assert!(fake.get(1).assignees.is_empty());
}

#[tokio::test]
async fn lists_are_filtered_sorted_and_paged_through_opaque_links() {
    let fake = fake().await;
    for title in ["a", "b", "c"] {
        fake.issue(title).create();
    }
    fake.issue("closed").closed("completed").create();
    fake.edit(1, |issue| issue.title.push('!'));
    let titles = |list: &Value| -> Vec<String> {
        list.as_array()
            .unwrap()
            .iter()
            .map(|issue| issue["title"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(titles(&get(&fake, "/issues").await.1), ["c", "b", "a!"]);
    assert_eq!(
        titles(&get(&fake, "/issues?state=all&sort=updated&direction=asc").await.1),
        ["b", "c", "closed", "a!"]
    );
    let since = fake.get(1).updated_at;
    assert_eq!(
        titles(&get(&fake, &format!("/issues?since={since}")).await.1),
        ["a!"],
        "inclusive"
    );

    let mut seen = Vec::new();
    let mut address = Some(format!(
        "{}/repos/acme/api/issues?state=all&direction=asc&per_page=3",
        fake.url()
    ));
    while let Some(next) = address {
        let response = request(Method::GET, next).send().await.unwrap();
        address = linked(&response, "next");
        if let Some(address) = &address {
            assert!(
                address.starts_with(&format!("{}/repositories/", fake.url())),
                "{address}"
            );
        }
        seen.extend(titles(&read(response).await.1));
    }
    assert_eq!(seen, ["a!", "b", "c", "closed"]);
}

#[tokio::test]
async fn deleted_and_transferred_issues_say_so() {
    let fake = fake().await;
    fake.issue("gone").create();
    fake.issue("moved").create();
    fake.delete_issue(1);
    let there = fake.transfer_issue(2, "acme/web");
    assert_eq!(get(&fake, "/issues/1").await.0, 410);
    assert_eq!(
        write(&fake, Method::POST, "/issues/1/comments", json!({ "body": "x" }))
            .await
            .0,
        410
    );
    let response = request(Method::GET, format!("{}/repos/acme/api/issues/2", fake.url()))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 301);
    let (status, issue) = send(
        Method::GET,
        response.headers()["location"].to_str().unwrap().to_owned(),
        None,
    )
    .await;
    assert_eq!((status, &issue["number"]), (200, &json!(there)));
    assert_eq!(issue["html_url"], format!("{}/acme/web/issues/{there}", fake.url()));
}

#[tokio::test]
async fn every_vice_does_what_it_says() {
    let fake = fake().await;
    fake.user("bob");
    fake.vices(|vices| {
        vices.page_cap = 2;
        vices.pull_requests_between = true;
        vices.crlf_bodies = true;
        vices.drop_assignees = true;
        vices.drop_labels = true;
        vices.api_version_2026 = true;
        vices.latency = Duration::from_millis(1);
    });
    let body = json!({ "title": "T", "body": "one\ntwo", "labels": ["bug"], "assignees": ["bob"] });
    let (_, made) = write(&fake, Method::POST, "/issues", body).await;
    assert_eq!(made["body"], "one\r\ntwo");
    assert_eq!((&made["labels"], &made["assignees"]), (&json!([]), &json!([])));
    assert!(made.get("assignee").is_none());
    fake.issue("U").create();
    let (_, page) = get(&fake, "/issues?per_page=100").await;
    assert_eq!(page.as_array().unwrap().len(), 2);
    assert!(page[0].get("pull_request").is_some());

    fake.vices(|vices| {
        *vices = crate::support::fake::github::Vices {
            no_push: true,
            ..Default::default()
        }
    });
    let (_, made) = write(
        &fake,
        Method::POST,
        "/issues",
        json!({ "title": "V", "labels": ["bug"] }),
    )
    .await;
    assert_eq!(made["labels"], json!([]));
    assert_eq!(
        write(
            &fake,
            Method::POST,
            "/labels",
            json!({ "name": "l", "color": "ffffff" })
        )
        .await
        .0,
        403
    );
    assert_eq!(
        write(&fake, Method::PATCH, "/issues/3", json!({ "title": "another's" }))
            .await
            .0,
        403
    );
}
