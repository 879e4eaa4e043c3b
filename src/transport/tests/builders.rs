//! What the vendor crates build is sent by the transport, and by nothing of theirs.

use super::*;

#[tokio::test]
async fn octocrab_builds_and_the_transport_sends() {
    let wire = Scripted::new(|request, _| match *request.method() {
        Method::GET => reply(200, &[], r#"[{"number":1}]"#),
        _ => reply(502, &[], ""),
    });
    for (api, base) in [
        (API, API),
        ("https://forge.example/api/v3/", "https://forge.example/api/v3"),
    ] {
        let transport = wire.transport(api, Policy::default());
        let octocrab = transport.octocrab(&api.parse().unwrap()).unwrap();
        let query = [("since", "2024-01-01T00:00:00+02:00")];
        let page: serde_json::Value = octocrab.get("/repos/o/r/issues", Some(&query)).await.unwrap();
        assert_eq!(page[0]["number"], 1);
        let line = wire.lines().pop().unwrap();
        assert_eq!(
            line,
            format!("GET {base}/repos/o/r/issues?since=2024-01-01T00%3A00%3A00%2B02%3A00")
        );
        let sent = wire.seen().pop().unwrap();
        assert_eq!(sent.headers()["authorization"], "Bearer sesame");
        assert!(!sent.headers().contains_key("content-length"));
        let made: Result<serde_json::Value, _> = octocrab.post("/repos/o/r/issues", Some(&"x")).await;
        let Err(::octocrab::Error::Service { source, .. }) = made else {
            panic!("{made:?}")
        };
        assert!(matches!(source.downcast_ref(), Some(TransportError::Ambiguous { .. })));
    }
}

#[tokio::test]
async fn wishes_and_findings_about_redirects_pass_through_octocrab() {
    let wire = Scripted::new(|request, _| match request.uri().path() {
        "/old" => reply(301, &[("location", "/new")], "{}"),
        _ => reply(200, &[], "{}"),
    });
    let transport = wire.transport(API, Policy::default());
    let octocrab = transport.octocrab(&API.parse().unwrap()).unwrap();
    let answer = octocrab._get("/old").await.unwrap();
    assert_eq!(answer.extensions().get::<CameFrom>().unwrap().0.path(), "/new");
    let wish = http::request::Builder::new().uri("/old").extension(StayHere);
    let request = octocrab.build_request(wish, None::<&()>).unwrap();
    assert_eq!(
        octocrab.execute(request).await.unwrap().status(),
        StatusCode::MOVED_PERMANENTLY
    );
}

#[tokio::test]
async fn the_gitlab_crate_builds_and_the_transport_sends() {
    use ::gitlab::api::projects::issues::{CreateIssue, Issues};
    use ::gitlab::api::{ApiError, AsyncQuery};

    let wire = Scripted::new(|request, _| match *request.method() {
        Method::GET => reply(200, &[], r#"[{"iid":1}]"#),
        _ => lost(),
    });
    for (instance, base) in [
        (API, API),
        ("https://forge.example/git", "https://forge.example/git"),
        ("https://forge.example/git/", "https://forge.example/git"),
    ] {
        let transport = wire.transport(instance, Policy::default());
        let client = GitLabClient::new(&transport, &instance.parse().unwrap()).unwrap();
        let list = Issues::builder().project("a/b/c").build().unwrap();
        let issues: Vec<serde_json::Value> = list.query_async(&client).await.unwrap();
        assert_eq!(issues[0]["iid"], 1);
        let line = wire.lines().pop().unwrap();
        assert!(
            line.starts_with(&format!("GET {base}/api/v4/projects/a%2Fb%2Fc/issues")),
            "{line}"
        );
        let create = CreateIssue::builder().project("a/b").title("t").build().unwrap();
        let made: Result<serde_json::Value, _> = create.query_async(&client).await;
        assert!(
            matches!(
                made,
                Err(ApiError::Client {
                    source: TransportError::Ambiguous { .. }
                })
            ),
            "{made:?}"
        );
    }
}
