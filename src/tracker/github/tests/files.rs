//! Files: what people attached, and the branch that keeps what came from elsewhere.

use std::sync::Mutex;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;
use url::Url;

use super::{API, message, tracker, tracker_at};
use crate::model::TrackerId;
use crate::tracker::file::samples::{content, waiting};
use crate::tracker::github::GitHub;
use crate::tracker::{LocalFile, Reach, ReadTracker, Shelf, TrackerError, WriteTracker};
use crate::transport::Policy;
use crate::transport::scripted::{Outcome, Scripted, lost, reply};

const ASSET: &str = "https://github.com/user-attachments/assets/0f8fad5b-d9cb-469f-a165-70867728950e";

fn over(script: impl Fn(&str) -> Outcome + Send + Sync + 'static) -> (GitHub, std::sync::Arc<Scripted>) {
    let wire = Scripted::new(move |request, _| script(&request.uri().to_string()));
    let policy = Policy {
        max_retries: 0,
        ..Policy::default()
    };
    let transport = wire.transport(API, policy);
    let api = Url::parse(API).unwrap();
    let tracker = GitHub::new(TrackerId("github".into()), "acme".into(), "api".into(), api, transport);
    (tracker.unwrap(), wire)
}

#[tokio::test]
async fn an_attachment_is_fetched_with_our_token_from_github_and_without_it_from_storage() {
    let (tracker, wire) = over(|address| {
        if address.starts_with("https://github.com/") {
            return reply(302, &[("location", "https://storage.example/12/34-0f8f.png?sig=1")], "");
        }
        reply(200, &[("content-type", "image/png"), ("content-length", "5")], "bytes")
    });
    let download = tracker.fetch(&format!("{ASSET}?raw=1#x")).await.unwrap();
    assert_eq!((download.name.as_str(), download.size), ("34-0f8f.png", Some(5)));
    assert_eq!(download.media_type.as_deref(), Some("image/png"));
    assert_eq!(content(download).await.unwrap(), b"bytes");
    let seen = wire.seen();
    assert_eq!(seen[0].uri(), ASSET);
    assert_eq!(seen[0].headers()["authorization"], "Bearer sesame");
    assert!(!seen[1].headers().contains_key("authorization"));
    assert_eq!(tracker.usage().reads, 2);

    // Public since ever, and another host.
    let (tracker, wire) = over(|_| reply(200, &[("content-type", "image/png")], "old"));
    let old = "https://user-images.githubusercontent.com/123/4567-0f8f.png";
    assert_eq!(content(tracker.fetch(old).await.unwrap()).await.unwrap(), b"old");
    assert!(!wire.seen()[0].headers().contains_key("authorization"));
}

#[tokio::test]
async fn enterprise_server_is_its_own_host_for_everything() {
    let (tracker, wire) = tracker_at("https://ghe.example/api/v3", |_| reply(200, &[], "bytes"));
    let address = ASSET.replace("github.com", "ghe.example");
    tracker.fetch(&address).await.unwrap();
    assert_eq!(wire.seen()[0].headers()["authorization"], "Bearer sesame");
    tracker.fetch(ASSET).await.unwrap_err();
    assert_eq!(wire.seen().len(), 1, "the public service is another one");
}

#[tokio::test]
async fn what_does_not_come_as_a_file_is_refused_and_reaches_no_further() {
    for (status, kind, body) in [
        (404, "text/html", "<html>"),
        (401, "text/html", "<html>"),
        (403, "application/json", r#"{"message":"no"}"#),
        (200, "text/html; charset=utf-8", "<html>Sign in to GitHub</html>"),
        (206, "image/png", "part"),
    ] {
        let (tracker, _) = over(move |_| reply(status, &[("content-type", kind)], body));
        let error = tracker.fetch(ASSET).await.unwrap_err();
        assert!(
            matches!(error, TrackerError::Rejected { status: told, .. } if told == status),
            "{error:?}"
        );
        assert_eq!(error.reach(), Reach::Step);
    }
    let (tracker, wire) = over(|_| reply(302, &[("location", "http://127.0.0.1:9000/")], ""));
    let error = tracker.fetch(ASSET).await.unwrap_err();
    assert!(
        error.to_string().contains("where files are not fetched from"),
        "{error}"
    );
    assert_eq!(wire.seen().len(), 1);
    let (tracker, wire) = over(|_| reply(200, &[], "bytes"));
    tracker.fetch("https://github.com/acme/api/settings").await.unwrap_err();
    assert!(wire.seen().is_empty());
}

/// Answers for a repository where the branch is there or not, and the file is there or not.
#[derive(Default)]
struct Repository {
    branch: bool,
    kept: bool,
}

/// What a request is, with the digest and the name cut out.
fn step(line: &str) -> String {
    let digest = waiting("a.png", b"").1.digest;
    let line = line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    line.replace("/repos/acme/api/", "").replace(&digest, "DIGEST")
}

fn answered(state: &Mutex<Repository>, line: &str) -> Outcome {
    let mut state = state.lock().unwrap();
    match step(line).as_str() {
        "GET contents/DIGEST?ref=lockstep-files" if state.kept => {
            reply(200, &[], r#"[{"name":"b.png","size":5},{"name":"a.png","size":5}]"#)
        }
        "GET contents/DIGEST?ref=lockstep-files" => message(404, "Not Found"),
        "GET git/ref/heads/lockstep-files" if !state.branch => message(404, "Not Found"),
        "GET git/ref/heads/lockstep-files" => reply(200, &[], r#"{"ref":"refs/heads/lockstep-files"}"#),
        "POST git/trees" => reply(201, &[], r#"{"sha":"1111"}"#),
        "POST git/commits" => reply(201, &[], r#"{"sha":"2222"}"#),
        "POST git/refs" => {
            state.branch = true;
            reply(201, &[], "{}")
        }
        "PUT contents/DIGEST/a.png" => {
            state.kept = true;
            reply(201, &[], "{}")
        }
        other => panic!("{other}"),
    }
}

fn steps(wire: &Scripted) -> Vec<String> {
    super::lines(wire).iter().map(|line| step(line)).collect()
}

async fn keep(tracker: &GitHub, file: &LocalFile) -> Result<String, TrackerError> {
    tracker.keep(None, file, Shelf::Branch).await
}

#[tokio::test]
async fn a_file_is_put_on_a_branch_of_its_own_that_is_made_once() {
    let state = Mutex::new(Repository::default());
    let (tracker, wire) = tracker(move |line| answered(&state, line));
    let (_disk, file) = waiting("a.png", b"\0\x01\x02\xff!");
    let address = keep(&tracker, &file).await.unwrap();
    let expected = format!("https://github.com/acme/api/raw/lockstep-files/{}/a.png", file.digest);
    assert_eq!(address, expected);
    assert_eq!(
        steps(&wire),
        [
            "GET contents/DIGEST?ref=lockstep-files",
            "GET git/ref/heads/lockstep-files",
            "POST git/trees",
            "POST git/commits",
            "POST git/refs",
            "PUT contents/DIGEST/a.png",
        ]
    );
    let body = |nth: usize| -> serde_json::Value { serde_json::from_slice(wire.seen()[nth].body()).unwrap() };
    assert_eq!(body(2)["tree"][0]["path"], "README.md");
    assert_eq!((&body(3)["tree"], &body(3)["parents"]), (&json!("1111"), &json!([])));
    assert_eq!(body(4), json!({ "ref": "refs/heads/lockstep-files", "sha": "2222" }));
    assert_eq!(
        body(5),
        json!({
            "branch": "lockstep-files", "message": "Keep a.png", "content": STANDARD.encode(b"\0\x01\x02\xff!"),
        })
    );
    assert_eq!(wire.seen()[5].headers()["content-type"], "application/json");
    assert_eq!(wire.seen()[5].headers()["authorization"], "Bearer sesame");

    // The same file again is looked for and found.
    assert_eq!(keep(&tracker, &file).await.unwrap(), expected);
    assert_eq!(steps(&wire)[6..], ["GET contents/DIGEST?ref=lockstep-files"]);
}

#[tokio::test]
async fn a_branch_that_is_there_is_looked_at_once() {
    let state = Mutex::new(Repository {
        branch: true,
        ..Repository::default()
    });
    let (tracker, wire) = tracker(move |line| match step(line).as_str() {
        "GET contents/DIGEST?ref=lockstep-files" => message(404, "Not Found"),
        _ => answered(&state, line),
    });
    let (_disk, file) = waiting("a.png", b"bytes");
    for _ in 0..2 {
        keep(&tracker, &file).await.unwrap();
    }
    let looks = steps(&wire).iter().filter(|step| step.contains("git/")).count();
    assert_eq!((looks, steps(&wire).len()), (1, 5));
}

#[tokio::test]
async fn whoever_makes_the_branch_or_the_file_at_the_same_time_has_made_it_for_us() {
    // (refusal of the branch, refusal of the file, whether the file is there afterwards)
    for (refs, put, kept, done) in [
        (422, 201, false, true),
        (409, 201, false, true),
        (201, 422, true, true),
        (201, 409, true, true),
        (201, 422, false, false),
    ] {
        let asked = Mutex::new(Vec::<String>::new());
        let (tracker, _) = tracker(move |line| {
            let mut asked = asked.lock().unwrap();
            let step = step(line);
            let again = asked.contains(&step);
            asked.push(step.clone());
            match step.as_str() {
                "GET contents/DIGEST?ref=lockstep-files" if again && kept => {
                    reply(200, &[], r#"[{"name":"a.png","size":5}]"#)
                }
                "GET git/ref/heads/lockstep-files" if again => reply(200, &[], "{}"),
                look if look.starts_with("GET") => message(404, "Not Found"),
                "POST git/trees" | "POST git/commits" => reply(201, &[], r#"{"sha":"1"}"#),
                "POST git/refs" => message(refs, "Reference already exists"),
                _ => message(put, "\"sha\" wasn't supplied."),
            }
        });
        let (_disk, file) = waiting("a.png", b"bytes");
        let kept = keep(&tracker, &file).await;
        assert_eq!(kept.is_ok(), done, "{refs} {put}: {kept:?}");
    }
}

#[tokio::test]
async fn a_write_that_met_another_is_tried_again_a_few_times() {
    for (conflicts, done) in [(1, true), (3, true), (100, false)] {
        let puts = Mutex::new(0);
        let (tracker, wire) = tracker(move |line| match step(line).as_str() {
            "PUT contents/DIGEST/a.png" => {
                let mut puts = puts.lock().unwrap();
                *puts += 1;
                if *puts <= conflicts {
                    message(409, "is at 1 but expected 2")
                } else {
                    reply(201, &[], "{}")
                }
            }
            "GET contents/DIGEST?ref=lockstep-files" => message(404, "Not Found"),
            _ => reply(200, &[], "{}"),
        });
        let (_disk, file) = waiting("a.png", b"bytes");
        assert_eq!(keep(&tracker, &file).await.is_ok(), done, "{conflicts}");
        let puts = steps(&wire).iter().filter(|step| step.starts_with("PUT")).count();
        assert_eq!(puts, (conflicts + 1).min(4));
    }
}

#[tokio::test]
async fn a_missing_right_is_told_with_its_name() {
    for refused_at in [
        "GET contents/DIGEST?ref=lockstep-files",
        "POST git/trees",
        "POST git/refs",
        "PUT contents/DIGEST/a.png",
    ] {
        for status in [403, 404] {
            if status == 404 && refused_at.starts_with("GET") {
                continue;
            }
            let state = Mutex::new(Repository::default());
            let (tracker, _) = tracker(move |line| {
                if step(line) == refused_at {
                    let needed = [("x-accepted-github-permissions", "contents=write")];
                    return reply(
                        status,
                        &needed,
                        r#"{"message":"Resource not accessible by integration"}"#,
                    );
                }
                answered(&state, line)
            });
            let (_disk, file) = waiting("a.png", b"bytes");
            let error = keep(&tracker, &file).await.unwrap_err();
            assert!(
                matches!(error, TrackerError::Forbidden { .. }),
                "{refused_at} {status}: {error:?}"
            );
            assert!(error.to_string().contains("contents=write"), "{error}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_for_that_file_only() {
    for answer in [
        || message(413, "too large"),
        || message(422, "content is too large"),
        || lost(),
    ] {
        let state = Mutex::new(Repository {
            branch: true,
            ..Repository::default()
        });
        let (tracker, _) = tracker(move |line| match step(line).as_str() {
            "PUT contents/DIGEST/a.png" => answer(),
            _ => answered(&state, line),
        });
        let (_disk, file) = waiting("a.png", b"bytes");
        let error = keep(&tracker, &file).await.unwrap_err();
        assert_eq!(error.reach(), Reach::Step, "{error:?}");
    }
    let (tracker, wire) = tracker(|_| lost());
    let (_disk, file) = waiting("a.png", b"bytes");
    let unsound = LocalFile {
        name: "..".into(),
        ..file.clone()
    };
    for (file, shelf) in [(&file, Shelf::Uploads), (&unsound, Shelf::Branch)] {
        let error = tracker.keep(None, file, shelf).await.unwrap_err();
        assert!(matches!(error, TrackerError::Rejected { .. }), "{error:?}");
    }
    assert!(wire.seen().is_empty());
}
