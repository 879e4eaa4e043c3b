//! Files: what was uploaded, and uploading.

use http::StatusCode;

use super::{Answer, Seen, Stage, stage, stage_at};
use crate::model::TrackerId;
use crate::tracker::file::samples::{content, digest, waiting};
use crate::tracker::gitlab::{GitLab, TrackerError};
use crate::tracker::{LocalFile, ReadTracker, Shelf, WriteTracker};
use crate::transport::Policy;
use crate::transport::scripted::{Outcome, Scripted, lost, reply};
use serde_json::json;
use url::Url;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// GitLab over a wire that shows whole requests, whatever is in them.
fn over(wire: &std::sync::Arc<Scripted>) -> GitLab {
    let instance = Url::parse("https://gitlab.example").unwrap();
    let policy = Policy {
        max_retries: 0,
        ..Policy::default()
    };
    let transport = wire.transport("https://gitlab.example", policy);
    GitLab::new(TrackerId("gitlab".into()), "team/api".into(), instance, transport).unwrap()
}

fn page() -> Answer {
    Answer {
        status: 200,
        headers: vec![("content-type", "text/html; charset=utf-8".to_owned())],
        body: "<html>".to_owned(),
    }
}

fn project_and_file(seen: &Seen, _: usize) -> Answer {
    if seen.what.ends_with("/projects/team%2Fapi") {
        return Answer::ok(&json!({ "id": 7, "web_url": "https://gitlab.example/team/new-name" }));
    }
    Answer::text(200, "content of the file").with("content-disposition", "attachment")
}

async fn fetched(stage: &Stage, address: &str) -> Result<String, TrackerError> {
    let address = address.replace("SECRET", SECRET);
    let download = stage.gitlab.fetch(&address).await?;
    Ok(String::from_utf8(content(download).await?).unwrap())
}

#[tokio::test]
async fn an_upload_is_fetched_through_the_api_under_every_name_it_has() {
    let wanted = format!("GET /api/v4/projects/team%2Fapi/uploads/{SECRET}/a%20b.png");
    for (address, asks_who) in [
        ("/uploads/SECRET/a b.png", false),
        ("/uploads/SECRET/a%20b.png", false),
        ("https://gitlab.example/Team/API/uploads/SECRET/a%20b.png", false),
        ("https://gitlab.example/team/new-name/uploads/SECRET/a%20b.png", true),
        ("https://gitlab.example/-/project/7/uploads/SECRET/a%20b.png", true),
        ("/-/project/7/uploads/SECRET/a%20b.png", true),
    ] {
        let stage = stage(project_and_file);
        assert_eq!(
            fetched(&stage, address).await.unwrap(),
            "content of the file",
            "{address}"
        );
        assert_eq!(stage.lines().last(), Some(&wanted));
        assert_eq!(stage.lines().len(), if asks_who { 2 } else { 1 }, "{address}");
    }
    let stage = stage(project_and_file);
    let address = format!("/uploads/{SECRET}/gr%C3%B6%C3%9Fe%0A.png");
    let download = stage.gitlab.fetch(&address).await.unwrap();
    assert_eq!(download.name, "größe .png");
    assert_eq!(download.media_type.as_deref(), Some("text/plain"));
}

#[tokio::test]
async fn what_belongs_to_another_project_or_place_is_not_fetched() {
    for (address, asks_who) in [
        ("https://gitlab.example/team/other/uploads/SECRET/a.png", true),
        ("https://gitlab.example/-/project/8/uploads/SECRET/a.png", true),
        ("https://elsewhere.example/team/api/uploads/SECRET/a.png", false),
        ("/uploads/SECRET/..%2f..%2f..%2fuser", false),
        ("/uploads/short/a.png", false),
    ] {
        let stage = stage(project_and_file);
        let error = fetched(&stage, address).await.unwrap_err();
        assert!(matches!(error, TrackerError::Rejected { .. }), "{address}: {error:?}");
        assert_eq!(stage.lines().len(), usize::from(asks_who), "{address}");
    }
    // A project configured by its number needs nobody to tell it.
    let stage = stage_at("https://gitlab.example", "7", project_and_file);
    fetched(&stage, "/-/project/7/uploads/SECRET/a.png").await.unwrap();
    assert_eq!(stage.lines().len(), 1);
}

#[tokio::test]
async fn a_file_that_is_not_given_is_told_without_its_secret() {
    for (answer, expected) in [
        (Answer::missing as fn() -> Answer, "rejected 404"),
        (page, "rejected 200"),
        (
            || Answer::json(403, &json!({ "message": "403 Forbidden" })),
            "forbidden",
        ),
        (|| Answer::json(401, &json!({ "message": "401 Unauthorized" })), "token"),
        (|| Answer::text(500, ""), "failed"),
        (
            || Answer::text(302, "").with("location", "http://169.254.169.254/"),
            "rejected 302",
        ),
        (|| Answer::text(200, "x").with("content-encoding", "br"), "rejected 200"),
    ] {
        let stage = stage(move |_, _| answer());
        let error = fetched(&stage, "/uploads/SECRET/a.png").await.unwrap_err();
        let told = if let TrackerError::Rejected { status, .. } = &error {
            format!("rejected {status}")
        } else {
            format!("{error:?}").split(' ').next().unwrap().to_lowercase()
        };
        assert_eq!(told, expected);
        assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
    }
    let page = stage(|_, _| self::page());
    assert_eq!(
        fetched(&page, "/uploads/SECRET/a.HTML").await.unwrap(),
        "<html>",
        "a page can be a file"
    );
}

#[tokio::test]
async fn our_token_does_not_go_to_the_storage_the_service_leads_to() {
    let wire = Scripted::new(|request, _| match request.uri().host().unwrap() {
        "gitlab.example" => reply(302, &[("location", "https://bucket.example/a?sig=1")], ""),
        _ => reply(200, &[("content-type", "image/png"), ("content-length", "5")], "bytes"),
    });
    let download = over(&wire).fetch(&format!("/uploads/{SECRET}/a.png")).await.unwrap();
    assert_eq!(
        (download.size, download.media_type.as_deref()),
        (Some(5), Some("image/png"))
    );
    assert_eq!(content(download).await.unwrap(), b"bytes");
    let seen = wire.seen();
    assert!(seen[0].headers().contains_key("authorization"));
    assert_eq!(seen[1].uri(), "https://bucket.example/a?sig=1");
    assert!(!seen[1].headers().contains_key("authorization"));
}

fn made() -> Outcome {
    let url = format!("/uploads/{SECRET}/a.png");
    let body = json!({
        "id": 5, "alt": "a", "url": url, "full_path": format!("/-/project/7{url}"), "markdown": format!("![a]({url})"),
    });
    reply(201, &[], &body.to_string())
}

#[tokio::test]
async fn a_file_is_uploaded_as_a_form_and_named_as_the_project_names_it() {
    let wire = Scripted::new(|_, _| made());
    let (_disk, file) = waiting("a.png", b"\x89PNG\r\n--\0bytes");
    let address = over(&wire).keep(None, &file, Shelf::Uploads).await.unwrap();
    assert_eq!(address, format!("/uploads/{SECRET}/a.png"));
    let seen = wire.seen().remove(0);
    assert_eq!(
        wire.lines(),
        ["POST https://gitlab.example/api/v4/projects/team%2Fapi/uploads"]
    );
    let boundary = format!("lockstep-{}", file.digest);
    assert_eq!(
        seen.headers()["content-type"],
        format!("multipart/form-data; boundary={boundary}")
    );
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png";
    let expected = [
        format!("--{boundary}\r\n{head}\r\n\r\n").as_bytes(),
        b"\x89PNG\r\n--\0bytes",
        format!("\r\n--{boundary}--\r\n").as_bytes(),
    ]
    .concat();
    assert_eq!(seen.body()[..], expected[..]);
}

#[tokio::test]
async fn an_upload_that_may_have_been_done_is_not_repeated() {
    for script in [
        lost as fn() -> Outcome,
        || reply(502, &[], ""),
        || reply(201, &[], "<html>"),
        || reply(201, &[], "{}"),
        || reply(201, &[], r#"{"url":"javascript:alert(1)"}"#),
        || reply(201, &[], r#"{"url":"https://elsewhere.example/a"}"#),
    ] {
        let wire = Scripted::new(move |_, _| script());
        let (_disk, file) = waiting("a.png", b"bytes");
        let error = over(&wire).keep(None, &file, Shelf::Uploads).await.unwrap_err();
        assert!(matches!(error, TrackerError::Ambiguous { .. }), "{error:?}");
        assert_eq!(wire.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_refused_upload_concerns_that_file_only() {
    for status in [400, 404, 413, 422] {
        let wire = Scripted::new(move |_, _| reply(status, &[("content-type", "text/html")], ""));
        let (_disk, file) = waiting("a.png", b"bytes");
        let error = over(&wire).keep(None, &file, Shelf::Uploads).await.unwrap_err();
        let rejected = matches!(error, TrackerError::Rejected { .. });
        assert!(
            rejected || (status != 413 && matches!(error, TrackerError::Odd { .. })),
            "{status} {error:?}"
        );
        assert_eq!(error.reach(), crate::tracker::Reach::Step);
    }
    let wire = Scripted::new(|_, _| reply(StatusCode::FORBIDDEN.as_u16(), &[], r#"{"message":"403 Forbidden"}"#));
    let (_disk, file) = waiting("a.png", b"bytes");
    let error = over(&wire).keep(None, &file, Shelf::Uploads).await.unwrap_err();
    assert!(matches!(error, TrackerError::Forbidden { .. }), "{error:?}");
}

#[tokio::test]
async fn what_cannot_be_kept_here_is_not_sent() {
    let wire = Scripted::new(|_, _| made());
    let (_disk, good) = waiting("a.png", b"bytes");
    let with = |change: fn(&mut LocalFile)| {
        let mut file = good.clone();
        change(&mut file);
        file
    };
    for (file, shelf) in [
        (good.clone(), Shelf::Branch),
        (with(|file| file.name = "../a".into()), Shelf::Uploads),
        (with(|file| file.name = "a\"; x=\"".into()), Shelf::Uploads),
        (with(|file| file.digest = digest("x")), Shelf::Uploads),
        (with(|file| file.media_type = Some("a\r\nx: y".into())), Shelf::Uploads),
    ] {
        let error = over(&wire).keep(None, &file, shelf).await.unwrap_err();
        assert!(matches!(error, TrackerError::Rejected { .. }), "{error:?}");
    }
    let changed = with(|file| file.size = 4);
    assert!(waiting_fails(&changed).await);
    assert!(wire.seen().is_empty());
}

/// Whether a file that is not as long as it was is found out before it is sent.
async fn waiting_fails(file: &LocalFile) -> bool {
    crate::transport::FramedFile::new("", (&file.path, file.size), crate::transport::Coding::Plain, "")
        .pieces()
        .await
        .is_err()
}
