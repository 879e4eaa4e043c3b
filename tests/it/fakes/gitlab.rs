//! The fake GitLab: every endpoint, every vice. Dropping the fake checks all exchanges against the description.

use reqwest::Method;
use serde_json::{Value, json};

use super::{linked, read, request, send};
use crate::support::fake::gitlab::{Token, Vices};
use crate::support::fake::{FakeGitLab, Fault, What, When};

pub(super) async fn fake() -> FakeGitLab {
    FakeGitLab::start("platform/api").await
}

fn address(fake: &FakeGitLab, path: &str) -> String {
    format!("{}/api/v4/projects/platform%2Fapi{path}", fake.url())
}

pub(super) async fn get(fake: &FakeGitLab, path: &str) -> (u16, Value) {
    send(Method::GET, address(fake, path), None).await
}

pub(super) async fn write(fake: &FakeGitLab, method: Method, path: &str, body: Value) -> (u16, Value) {
    send(method, address(fake, path), Some(body)).await
}

async fn form(fake: &FakeGitLab, method: Method, path: &str, text: &'static str) -> (u16, Value) {
    let request = request(method, address(fake, path)).header("content-type", "application/x-www-form-urlencoded");
    read(request.body(text).send().await.unwrap()).await
}

async fn delete(fake: &FakeGitLab, path: &str) -> u16 {
    send(Method::DELETE, address(fake, path), None).await.0
}

fn iids(list: &Value) -> Vec<u64> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|issue| issue["iid"].as_u64().unwrap())
        .collect()
}

#[tokio::test]
async fn every_reading_endpoint_answers_as_described() {
    let fake = fake().await;
    let bob = fake.user("bob");
    let milestone = fake.milestone("1.0");
    fake.issue("Crash")
        .body("It burns")
        .labels(["bug", "a/b"])
        .assignees(["bob"])
        .milestone(milestone)
        .closed()
        .create();
    let note = fake.comment(1, "carol", "Me too");
    for path in [
        "",
        "/issues",
        "/issues?state=closed&order_by=updated_at&sort=asc&updated_after=2026-01-01T00:00:00Z&per_page=5&page=1",
        "/issues?labels=bug&iids[]=1&issue_type=issue&assignee_username=bob&milestone=1.0",
        "/issues/1",
        "/issues/1/notes?activity_filter=only_comments&order_by=updated_at&sort=asc",
        "/labels?with_counts=true",
        "/labels/a%2Fb",
        "/users",
        "/members/all",
        "/milestones?state=active",
    ] {
        let (status, body) = get(&fake, path).await;
        assert_eq!(status, 200, "{path}: {body}");
        assert_ne!(body, json!([]), "{path}");
    }
    assert_eq!(get(&fake, &format!("/issues/1/notes/{note}")).await.1["body"], "Me too");
    assert_eq!(get(&fake, &format!("/members/all/{bob}")).await.1["access_level"], 30);
    for path in ["user", "users?username=BOB", "version", "metadata", "projects/3000001"] {
        assert_eq!(
            send(Method::GET, format!("{}/api/v4/{path}", fake.url()), None).await.0,
            200,
            "{path}"
        );
    }
    assert_eq!(
        send(Method::GET, format!("{}/api/v4/users?username=bo", fake.url()), None)
            .await
            .1,
        json!([])
    );
    assert_eq!(get(&fake, "/issues/9").await.0, 404);
    assert_eq!(
        send(Method::GET, format!("{}/api/v4/projects/no%2Fwhere", fake.url()), None)
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn issues_are_created_and_edited_from_json_and_forms() {
    let fake = fake().await;
    let bob = fake.user("bob");
    let body =
        json!({ "title": "T", "description": "D", "labels": "bug,new", "assignee_ids": [bob], "confidential": true });
    let (status, made) = write(&fake, Method::POST, "/issues", body).await;
    assert_eq!(
        (status, &made["iid"], &made["confidential"]),
        (201, &json!(1), &json!(true))
    );
    assert_eq!(
        (fake.get(1).labels, fake.get(1).assignees),
        (vec!["bug".to_owned(), "new".to_owned()], vec!["bob".to_owned()])
    );
    let (status, _) = form(
        &fake,
        Method::POST,
        "/issues",
        "title=From+a+form&labels=a%2Cb&description=x",
    )
    .await;
    assert_eq!(
        (status, fake.get(2).labels),
        (201, vec!["a".to_owned(), "b".to_owned()])
    );

    let (_, closed) = write(
        &fake,
        Method::PUT,
        "/issues/1",
        json!({ "state_event": "close", "remove_labels": "new" }),
    )
    .await;
    assert_eq!(
        (&closed["state"], &closed["labels"]),
        (&json!("closed"), &json!(["bug"]))
    );
    let (_, again) = form(&fake, Method::PUT, "/issues/1", "state_event=close").await;
    assert_eq!(
        again["updated_at"], closed["updated_at"],
        "closing twice changes nothing"
    );
    let (_, open) = write(
        &fake,
        Method::PUT,
        "/issues/1",
        json!({ "state_event": "reopen", "labels": "", "assignee_ids": [0] }),
    )
    .await;
    assert_eq!(
        (&open["state"], &open["labels"], &open["assignees"]),
        (&json!("opened"), &json!([]), &json!([]))
    );
    let told: Vec<String> = fake
        .notes(1)
        .into_iter()
        .filter(|note| note.system)
        .map(|note| note.body)
        .collect();
    assert_eq!(told, ["closed", "reopened", "unassigned @bob"]);
    for wrong in [json!({}), json!({ "title": "" }), json!({ "title": "x".repeat(256) })] {
        assert_eq!(write(&fake, Method::PUT, "/issues/1", wrong).await.0, 400);
    }
    assert_eq!(delete(&fake, "/issues/1").await, 403, "only owners delete");
}

#[tokio::test]
async fn of_a_scope_only_the_last_label_stays() {
    let fake = fake().await;
    fake.issue("T").labels(["status::open", "bug"]).create();
    let (_, edited) = write(&fake, Method::PUT, "/issues/1", json!({ "add_labels": "status::done" })).await;
    assert_eq!(edited["labels"], json!(["bug", "status::done"]));
    assert_eq!(fake.labels().len(), 3, "unknown labels are made");
}

#[tokio::test]
async fn labels_can_be_written_and_clash_with_409() {
    let fake = fake().await;
    let body = json!({ "name": "bug", "color": "#ff0000" });
    assert_eq!(write(&fake, Method::POST, "/labels", body.clone()).await.0, 201);
    assert_eq!(write(&fake, Method::POST, "/labels", body).await.0, 409);
    assert_eq!(
        write(&fake, Method::POST, "/labels", json!({ "name": "x", "color": "12" }))
            .await
            .0,
        400
    );
    let (_, renamed) = write(&fake, Method::PUT, "/labels/bug", json!({ "new_name": "defect" })).await;
    assert_eq!(renamed["name"], "defect");
    assert_eq!(delete(&fake, "/labels/defect").await, 204);
    assert_eq!(delete(&fake, "/labels/defect").await, 404);
}

#[tokio::test]
async fn lists_are_filtered_sorted_and_paged_in_both_ways() {
    let fake = fake().await;
    for title in ["a", "b", "c", "d"] {
        fake.issue(title).create();
    }
    fake.close(2);
    assert_eq!(
        iids(&get(&fake, "/issues").await.1),
        [4, 3, 2, 1],
        "all states, newest first"
    );
    assert_eq!(iids(&get(&fake, "/issues?state=opened&sort=asc").await.1), [1, 3, 4]);
    let since = fake.get(2).updated_at;
    assert_eq!(
        iids(&get(&fake, &format!("/issues?updated_after={since}")).await.1),
        [2],
        "inclusive"
    );
    let first = request(Method::GET, address(&fake, "/issues?per_page=3&sort=asc"))
        .send()
        .await
        .unwrap();
    let header = |name: &str| first.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(
        (header("x-next-page"), header("x-total"), header("x-total-pages")),
        ("2".into(), "4".into(), "2".into())
    );
    let last = request(Method::GET, linked(&first, "next").unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(last.headers()["x-next-page"], "");
    assert_eq!(iids(&read(last).await.1), [4]);

    let mut seen = Vec::new();
    let mut next = Some(address(
        &fake,
        "/issues?pagination=keyset&order_by=updated_at&sort=asc&per_page=3",
    ));
    while let Some(page) = next {
        let response = request(Method::GET, page).send().await.unwrap();
        assert!(response.headers().get("x-total").is_none());
        next = linked(&response, "next");
        seen.extend(iids(&read(response).await.1));
    }
    assert_eq!(seen, [1, 3, 4, 2]);
}

#[tokio::test]
async fn notes_touch_the_issue_only_as_the_throttle_lets_them() {
    let fake = fake().await;
    fake.issue("T").create();
    let opened = fake.get(1).updated_at;
    let (status, note) = write(&fake, Method::POST, "/issues/1/notes", json!({ "body": "soon after" })).await;
    assert_eq!((status, fake.get(1).updated_at), (201, opened));
    fake.advance(60);
    write(
        &fake,
        Method::POST,
        "/issues/1/notes",
        json!({ "body": "a minute later" }),
    )
    .await;
    let touched = fake.get(1).updated_at;
    assert_eq!(touched, fake.now());
    fake.advance(600);
    assert_eq!(delete(&fake, &format!("/issues/1/notes/{}", note["id"])).await, 204);
    assert_eq!(fake.get(1).updated_at, touched, "deletion touches nothing");
    fake.vices(|vices| vices.throttle = false);
    fake.comment(1, "bob", "x");
    fake.comment(1, "bob", "y");
    assert_eq!(fake.get(1).updated_at, fake.now());
}

#[tokio::test]
async fn every_vice_does_what_it_says() {
    let fake = fake().await;
    let (bob, carol) = (fake.user("bob"), fake.user("carol"));
    fake.vices(|vices| {
        vices.page_cap = 1;
        vices.drop_labels = true;
        vices.one_assignee = true;
    });
    let body = || json!({ "title": "T", "labels": "bug", "assignee_ids": [carol, bob] });
    let (_, made) = write(&fake, Method::POST, "/issues", body()).await;
    assert_eq!(
        (&made["labels"], made["assignees"].as_array().unwrap().len()),
        (&json!([]), 1)
    );
    assert_eq!(made["assignee"]["username"], "carol");
    fake.issue("U").create();
    assert_eq!(get(&fake, "/issues?per_page=100").await.1.as_array().unwrap().len(), 1);
    fake.vices(|vices| {
        *vices = Vices {
            drop_assignees: true,
            ..Vices::default()
        }
    });
    let (_, made) = write(&fake, Method::POST, "/issues", body()).await;
    assert_eq!((&made["labels"], &made["assignees"]), (&json!(["bug"]), &json!([])));
}

#[tokio::test]
async fn guests_see_and_set_less() {
    let fake = fake().await;
    fake.vices(|vices| vices.guest = true);
    fake.issue("secret").confidential().create();
    fake.issue("open").create();
    fake.internal_comment(2, "alice", "between us");
    fake.comment(2, "alice", "for all");
    assert_eq!(iids(&get(&fake, "/issues").await.1), [2]);
    assert_eq!(get(&fake, "/issues/1").await.0, 404);
    let (_, notes) = get(&fake, "/issues/2/notes?per_page=1&page=2").await;
    assert_eq!(notes, json!([]), "removed after paging");
    let (_, made) = write(&fake, Method::POST, "/issues", json!({ "title": "T", "labels": "bug" })).await;
    assert_eq!(made["labels"], json!([]));
    assert_eq!(
        write(&fake, Method::PUT, "/issues/2", json!({ "title": "another's" }))
            .await
            .0,
        403
    );
}

#[tokio::test]
async fn tokens_decide_who_may_do_what() {
    let fake = fake().await;
    let bare = || super::client().get(address(&fake, "/issues"));
    assert_eq!(bare().send().await.unwrap().status(), 401);
    fake.token("own");
    assert_eq!(get(&fake, "/issues").await.0, 401);
    assert_eq!(
        bare().header("private-token", "own").send().await.unwrap().status(),
        200
    );
    fake.add_token(Token {
        readonly: true,
        ..Token::new("secret")
    });
    assert_eq!(get(&fake, "/issues").await.0, 200);
    let (status, refusal) = write(&fake, Method::POST, "/issues", json!({ "title": "T" })).await;
    assert_eq!((status, &refusal["error"]), (403, &json!("insufficient_scope")));
    fake.add_token(Token {
        level: 50,
        ..Token::new("owner")
    });
    fake.issue("T").create();
    let removal = super::client()
        .delete(address(&fake, "/issues/1"))
        .header("private-token", "owner");
    assert_eq!(removal.send().await.unwrap().status(), 204);
    assert!(fake.issues().is_empty());
}

#[tokio::test]
async fn limits_answer_in_plain_text() {
    let fake = fake().await;
    fake.fault(Fault::new(When::Read(1), What::gitlab_too_many("30")));
    fake.fault(Fault::new(
        When::Request {
            method: "POST",
            path: "/notes",
            nth: 1,
        },
        What::gitlab_application_limit(),
    ));
    fake.issue("T").create();
    let limited = request(Method::GET, address(&fake, "/issues")).send().await.unwrap();
    assert_eq!(
        (
            limited.status().as_u16(),
            limited.headers()["retry-after"].to_str().unwrap()
        ),
        (429, "30")
    );
    assert_eq!(limited.headers()["content-type"], "text/plain");
    assert_eq!(limited.text().await.unwrap(), "Retry later\n");
    assert_eq!(
        write(&fake, Method::POST, "/issues/1/notes", json!({ "body": "x" }))
            .await
            .0,
        429
    );
    assert!(fake.comments(1).is_empty());
}
