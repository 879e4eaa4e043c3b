//! Statuses, bodies and headers as services send them.

use std::time::Duration;

use http::{HeaderName, HeaderValue};

use super::*;

fn on() -> TrackerId {
    TrackerId("there".to_owned())
}

fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
    list.iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
        .collect()
}

fn error(status: u16, list: &[(&'static str, &str)], body: &str) -> TrackerError {
    let status = StatusCode::from_u16(status).unwrap();
    let head = (status, &headers(list));
    refused(&on(), "o/r", "comment", head, body.as_bytes(), &Sent::nothing())
}

#[test]
fn a_status_says_what_is_wrong_and_the_body_why() {
    let needed = [("x-accepted-github-permissions", "issues=write")];
    for (error, text) in [
        (
            error(401, &[], r#"{"message":"Bad credentials"}"#),
            "there: the token was refused (Bad credentials)",
        ),
        (
            error(403, &needed, r#"{"message":"Resource not accessible by integration"}"#),
            "there: the token may not comment (Resource not accessible by integration; needed: issues=write)",
        ),
        (
            error(404, &[], r#"{"message":"404 Project Not Found"}"#),
            "there: project o/r was not found, or the token cannot see it (404 Project Not Found)",
        ),
        (
            error(410, &[], ""),
            "there: project o/r was not found, or the token cannot see it (410 Gone)",
        ),
        (
            error(
                422,
                &[],
                r#"{"message":"Validation Failed","errors":[{"resource":"Label","code":"already_exists","field":"name"},"no"],"documentation_url":"u"}"#,
            ),
            "there: the change was refused (422: Validation Failed; name: already_exists; no)",
        ),
        (
            error(
                400,
                &[],
                r#"{"message":{"title":["is too long","is invalid"],"labels":["no"]}}"#,
            ),
            "there: the change was refused (400: labels: no; title: is too long, is invalid)",
        ),
        (
            error(400, &[], r#"{"error":"title is missing"}"#),
            "there: the change was refused (400: title is missing)",
        ),
        (
            error(409, &[], r#"{"message":"Label already exists"}"#),
            "there: the change was refused (409: Label already exists)",
        ),
        (
            error(413, &[], "<html>413</html>"),
            "there: the change was refused (413: 413 Payload Too Large)",
        ),
        (
            error(502, &[], "<html>502</html>"),
            "there: the service failed (comment: 502 Bad Gateway)",
        ),
    ] {
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn a_page_for_people_is_odd() {
    for odd in [
        error(404, &[], " <!DOCTYPE html><title>Sign in</title>"),
        error(403, &[("content-type", "text/html; charset=utf-8")], "go away"),
        error(302, &[("location", "https://login.example/?token=s3cret")], "<html>"),
        json::<Vec<u8>>(&on(), "a list of issues", &HeaderMap::new(), b"<html>s3cret</html>").unwrap_err(),
    ] {
        let TrackerError::Odd { detail, .. } = &odd else {
            panic!("{odd:?}")
        };
        assert!(detail.contains("HTML") && !detail.contains("s3cret"), "{detail}");
    }
}

#[test]
fn json_that_does_not_fit_is_told_by_place_and_not_by_content() {
    let read = |body: &str| json::<Vec<u8>>(&on(), "a list", &HeaderMap::new(), body.as_bytes());
    assert_eq!(read("[1,2]").unwrap(), [1, 2]);
    let told = |body| read(body).unwrap_err().to_string();
    assert!(
        told("[1,\n2").contains("the JSON is cut short at line 2"),
        "{}",
        told("[1,\n2")
    );
    assert!(told(r#"["private title"]"#).contains("other JSON came at line 1"));
    assert!(!told(r#"["private title"]"#).contains("private"));
    assert!(told("Retry later").contains("no JSON came"));
}

#[test]
fn hostile_words_stay_on_one_short_line() {
    let body = serde_json::json!({ "message": format!("a\n::error::no\u{1b}[2 {}", "too ".repeat(9999)) });
    let TrackerError::Rejected { detail, .. } = error(422, &[], &body.to_string()) else {
        panic!("not rejected")
    };
    assert!(
        detail.starts_with("a ::error::no [2 too too") && detail.chars().count() <= 300,
        "{detail}"
    );
    let mut deep = serde_json::json!("bottom");
    for _ in 0..100 {
        deep = serde_json::json!({ "message": { "x": deep } });
    }
    assert!(matches!(
        error(422, &[], &deep.to_string()),
        TrackerError::Rejected { .. }
    ));
}

#[test]
fn errors_of_the_transport_keep_their_meaning() {
    let wait = Duration::from_secs(5);
    let detail = || "d".to_owned();
    let map = |error| transport_error(&on(), error);
    assert_eq!(
        map(TransportError::RateLimited { wait }),
        TrackerError::RateLimited { on: on(), wait }
    );
    assert_eq!(
        map(TransportError::Ambiguous { detail: detail() }),
        TrackerError::Ambiguous {
            on: on(),
            detail: detail()
        }
    );
    assert_eq!(
        map(TransportError::Token { detail: detail() }),
        TrackerError::Token {
            on: on(),
            detail: detail()
        }
    );
    assert_eq!(
        gitlab_error(&on(), "p", "x", ApiError::client(TransportError::RateLimited { wait })),
        TrackerError::RateLimited { on: on(), wait }
    );
}

#[test]
fn errors_of_the_gitlab_crate_keep_status_and_leave_the_words() {
    let status = StatusCode::BAD_REQUEST;
    let told = |error| gitlab_error(&on(), "g/p", "create issue", error).to_string();
    let obj = serde_json::json!({ "title": ["is too long"] });
    let text = "there: the change was refused (400: 400 Bad Request)";
    assert_eq!(told(ApiError::GitlabObjectWithStatus { status, obj }), text);
    assert_eq!(
        told(ApiError::GitlabWithStatus {
            status,
            msg: "no".to_owned()
        }),
        text
    );
    let (status, data) = (StatusCode::OK, b"<html>".to_vec());
    assert!(told(ApiError::GitlabService { status, data }).contains("HTML"));
    let location = Some("https://u:p@forge.example/x?token=s3cret".to_owned());
    let text = "there: the answer is not what the API documents (create issue: moved to https://forge.example)";
    assert_eq!(told(ApiError::MovedPermanently { location }), text);
}

#[tokio::test]
async fn errors_of_octocrab_keep_status_and_headers_and_leave_the_words() {
    use crate::transport::Policy;
    use crate::transport::scripted::{Scripted, reply};

    let wire = Scripted::new(|request, _| match request.uri().path() {
        "/a" => reply(
            403,
            &[("x-accepted-github-permissions", "issues=write")],
            r#"{"message":"no"}"#,
        ),
        "/b" => reply(200, &[], "<html>"),
        _ => reply(403, &[("retry-after", "999")], "{}"),
    });
    let transport = wire.transport("https://forge.example", Policy::default());
    let octocrab = transport.octocrab(&"https://forge.example".parse().unwrap()).unwrap();
    let mut told = Vec::new();
    for path in ["/a", "/b", "/c"] {
        let error = octocrab.get::<Value, _, ()>(path, None).await.unwrap_err();
        told.push(octocrab_error(&on(), "o/r", "list issues", error));
    }
    assert_eq!(
        told[0].to_string(),
        "there: the token may not list issues (403 Forbidden; needed: issues=write)"
    );
    assert!(
        matches!(&told[1], TrackerError::Odd { detail, .. } if detail.contains("HTML")),
        "{:?}",
        told[1]
    );
    let wait = Duration::from_secs(999);
    assert_eq!(told[2], TrackerError::RateLimited { on: on(), wait });
}

#[test]
fn the_next_page_is_found_in_every_form_a_link_header_has() {
    let of = Url::parse("https://api.forge.example/repos/o/r/issues?page=1").unwrap();
    let next = |value: &str| link_next(&headers(&[("link", value)]), &of).map(String::from);
    let page = Some("https://api.forge.example/repositories/1/issues?page=2".to_owned());
    for value in [
        r#"<https://api.forge.example/repositories/1/issues?page=2>; rel="next", <https://x/?page=9>; rel="last""#,
        r#"<https://x/?page=1>; rel="prev", <https://api.forge.example/repositories/1/issues?page=2>; rel=next"#,
        r#"<https://x/?a=1,2;3>; title="a, b; rel=next"; rel="first", </repositories/1/issues?page=2>;REL="x next" "#,
        "</repositories/1/issues?page=2>; title=a ; rel=next",
    ] {
        assert_eq!(next(value), page, "{value}");
    }
    for value in [
        "",
        "nonsense",
        r#"<https://api.forge.example/x>; rel="last""#,
        r#"<https://api.forge.example/x>; rel="nextish""#,
        r#"<https://evil.example/x>; rel="next""#,
        r#"<http://api.forge.example/x>; rel="next""#,
        r#"<javascript:alert(1)>; rel="next""#,
        r#"<https://api.forge.example/x; rel="next""#,
        r#"<https://api.forge.example/x>; rel="next"#,
        r#"<https://api.forge.example/x> rel="next""#,
    ] {
        assert_eq!(next(value), None, "{value}");
    }
    let mut two = headers(&[("link", "</a>; rel=prev")]);
    two.append("link", HeaderValue::from_static("</b>; rel=next"));
    assert_eq!(
        link_next(&two, &of).map(String::from),
        Some("https://api.forge.example/b".to_owned())
    );
}
