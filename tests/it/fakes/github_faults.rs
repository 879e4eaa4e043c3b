//! The fake GitHub's rights, faults and bookkeeping.

use reqwest::Method;
use serde_json::{Value, json};

use super::github::{fake, get, write};
use super::{read, request, send};
use crate::support::fake::github::Token;
use crate::support::fake::{Fault, What, When};

#[tokio::test]
async fn tokens_decide_who_may_do_what() {
    let fake = fake().await;
    fake.issue("T").create();
    let anonymous = super::client()
        .get(format!("{}/repos/acme/api/issues", fake.url()))
        .header("user-agent", "x");
    assert_eq!(anonymous.send().await.unwrap().status(), 401);
    fake.token("other");
    let (status, refusal) = get(&fake, "/issues").await;
    assert_eq!((status, &refusal["message"]), (401, &json!("Bad credentials")));
    fake.add_token(Token {
        readonly: true,
        app: true,
        ..Token::new("secret")
    });
    assert_eq!(get(&fake, "/issues").await.0, 200);
    assert_eq!(
        write(&fake, Method::POST, "/issues", json!({ "title": "U" })).await.0,
        403
    );
    assert_eq!(send(Method::GET, format!("{}/user", fake.url()), None).await.0, 403);
}

#[tokio::test]
async fn an_app_signs_in_for_an_installation_token() {
    let fake = fake().await;
    fake.token("nobody-knows");
    let call = |method: Method, path: &str, bearer: &str| {
        let request = super::client().request(method, format!("{}{path}", fake.url()));
        request
            .header("user-agent", "x")
            .header("authorization", format!("Bearer {bearer}"))
    };
    let (status, found) = read(
        call(Method::GET, "/repos/acme/api/installation", "a.b.c")
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(status, 200);
    let path = format!("/app/installations/{}/access_tokens", found["id"]);
    assert_eq!(call(Method::POST, &path, "opaque").send().await.unwrap().status(), 401);
    let (status, granted) = read(call(Method::POST, &path, "a.b.c").send().await.unwrap()).await;
    assert_eq!(status, 201);
    let token = granted["token"].as_str().unwrap();
    assert_eq!(
        call(Method::GET, "/repos/acme/api/issues", token)
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    assert_eq!(call(Method::GET, "/user", token).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn faults_fire_when_told_and_do_what_they_say() {
    let fake = fake().await;
    let title = || json!({ "title": "T" });
    let post = || {
        let address = format!("{}/repos/acme/api/issues", fake.url());
        request(Method::POST, address)
            .header("content-type", "application/json")
            .body(title().to_string())
            .send()
    };
    fake.fault(Fault::new(When::Write(2), What::LoseAnswer));
    fake.fault(Fault::new(When::Write(3), What::Drop));
    assert_eq!(post().await.unwrap().status(), 201);
    assert!(post().await.is_err());
    assert_eq!(fake.issues().len(), 2, "a lost answer was applied");
    assert!(post().await.is_err());
    assert_eq!(fake.issues().len(), 2, "a dropped request was not");
    assert_eq!(fake.log().last().unwrap().status, None);

    fake.fault(Fault::new(When::Read(1), What::html(502)));
    fake.fault(Fault::new(When::Read(2), What::TruncatedJson));
    fake.fault(Fault::new(When::Read(3), What::github_primary_limit(1_800_000_000)));
    fake.fault(Fault::new(When::Read(4), What::github_secondary_limit().retry_after("3")).times(2));
    let read = || request(Method::GET, format!("{}/repos/acme/api/issues/1", fake.url())).send();
    let html = read().await.unwrap();
    assert_eq!(
        (html.status().as_u16(), html.headers()["content-type"].to_str().unwrap()),
        (502, "text/html")
    );
    let half = read().await.unwrap();
    assert_eq!(half.status(), 200);
    assert!(serde_json::from_str::<Value>(&half.text().await.unwrap()).is_err());
    let limited = read().await.unwrap();
    assert_eq!(
        (
            limited.status().as_u16(),
            limited.headers()["x-ratelimit-remaining"].to_str().unwrap()
        ),
        (403, "0")
    );
    for _ in 0..2 {
        assert_eq!(read().await.unwrap().headers()["retry-after"], "3");
    }
    assert_eq!(read().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_service_can_fall_and_people_can_act_in_between() {
    let fake = fake().await;
    fake.issue("T").create();
    fake.meanwhile(When::Write(1), |github| {
        github.edit(1, |issue| issue.body = Some("in between".to_owned()));
    });
    fake.fault(Fault::new(When::Write(2), What::LoseAnswer).then_dead());
    let (_, edited) = write(&fake, Method::PATCH, "/issues/1", json!({ "title": "U" })).await;
    assert_eq!(edited["body"], "in between");
    let send = |method| request(method, format!("{}/repos/acme/api/issues/1/lock", fake.url())).send();
    assert!(send(Method::DELETE).await.is_err());
    assert!(send(Method::DELETE).await.is_err());
    fake.heal();
    assert_eq!(send(Method::DELETE).await.unwrap().status(), 204);
}

#[tokio::test]
async fn violations_are_recorded_and_time_is_the_tests_own() {
    let fake = fake().await;
    assert_eq!(fake.now().to_string(), "2026-01-05T10:00:00Z");
    fake.issue("T").create();
    assert_eq!(fake.get(1).created_at.to_string(), "2026-01-05T10:00:01Z");
    fake.advance(59);
    assert_eq!(fake.now().to_string(), "2026-01-05T10:01:00Z");
    let (status, _) = write(&fake, Method::PATCH, "/issues/1", json!({ "colour": "red" })).await;
    assert_eq!(status, 200);
    let reasons: Vec<String> = fake
        .take_violations()
        .into_iter()
        .map(|violation| violation.reason)
        .collect();
    assert_eq!(reasons, ["body member `colour` is not described"]);
    fake.finish();
}

#[tokio::test]
#[should_panic(expected = "no such operation")]
async fn a_violation_fails_the_test() {
    let fake = fake().await;
    get(&fake, "/nonsense").await;
}

#[tokio::test]
async fn a_limit_may_name_its_end_as_a_date() {
    let fake = fake().await;
    fake.fault(Fault::new(When::Read(1), What::github_too_many(&fake.http_date(90))));
    let response = request(Method::GET, format!("{}/user", fake.url()))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "Mon, 05 Jan 2026 10:01:30 GMT");
    assert_eq!(response.headers()["date"], "Mon, 05 Jan 2026 10:00:00 GMT");
}
