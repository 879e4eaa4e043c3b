//! Files in the fakes: attached by people, uploaded, and kept on branches.

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::Method;
use serde_json::json;

use super::{client, github, read, request, send};
use crate::support::fake::{FakeGitLab, Fault, What, When};

fn form(name: &str, file: &str, bytes: &str) -> String {
    format!(
        "--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: text/plain\r\n\r\n{bytes}\r\n--b--\r\n"
    )
}

async fn upload(fake: &FakeGitLab, body: String) -> (u16, serde_json::Value) {
    let request = request(
        Method::POST,
        format!("{}/api/v4/projects/acme%2Fapi/uploads", fake.url()),
    );
    let request = request
        .header("content-type", "multipart/form-data; boundary=b")
        .body(body);
    read(request.send().await.unwrap()).await
}

#[tokio::test]
async fn gitlab_takes_a_form_and_gives_the_file_to_who_has_a_token() {
    let fake = FakeGitLab::start("acme/api").await;
    let (status, made) = upload(&fake, form("file", "a b.txt", "x\r\n--c\r\ny")).await;
    assert_eq!((status, &made["alt"]), (201, &json!("a_b")));
    let url = made["url"].as_str().unwrap().to_owned();
    assert!(
        url.starts_with("/uploads/") && url.ends_with("/a_b.txt") && url.len() == 9 + 32 + 8,
        "{url}"
    );
    assert_eq!(made["full_path"], format!("/-/project/3000001{url}"));
    let kept = fake.uploads();
    assert_eq!(
        (kept.len(), kept[0].name.as_str(), &kept[0].bytes[..]),
        (1, "a_b.txt", &b"x\r\n--c\r\ny"[..])
    );
    let attached = fake.attach(b"\0\xff", "p.png");
    assert_eq!(fake.uploads(), kept, "what people attach is not ours");
    let place = format!("{}/api/v4/projects/acme%2Fapi{attached}", fake.url());
    let answer = request(Method::GET, place.clone()).send().await.unwrap();
    assert_eq!(answer.bytes().await.unwrap(), &b"\0\xff"[..]);
    let nobody = client().get(place.clone()).send().await.unwrap();
    assert_eq!(nobody.status(), 404);
    assert_eq!(send(Method::GET, format!("{place}x"), None).await.0, 404);
}

#[tokio::test]
async fn gitlab_refuses_what_is_too_large_or_no_file() {
    let fake = FakeGitLab::start("acme/api").await;
    fake.vices(|vices| vices.upload_limit = 3);
    assert_eq!(upload(&fake, form("file", "a", "four")).await.0, 413);
    assert_eq!(upload(&fake, form("file", "a", "abc")).await.0, 201);
    assert_eq!(fake.violations(), []);
    assert_eq!(upload(&fake, form("fil", "a", "abc")).await.0, 400);
    assert_eq!(upload(&fake, "--b--".to_owned()).await.0, 400);
    let place = format!("{}/api/v4/projects/acme%2Fapi/uploads", fake.url());
    assert_eq!(send(Method::POST, place, Some(json!({ "file": "x" }))).await.0, 400);
    let reasons: Vec<String> = fake.take_violations().into_iter().map(|found| found.reason).collect();
    assert_eq!(
        reasons,
        [
            "form field `fil` is not described",
            "form field `file` is required",
            "form field `file` is required",
            "a form of parts is described",
        ]
    );
}

#[tokio::test]
async fn github_leads_who_may_see_an_attachment_to_storage_elsewhere() {
    let fake = github::fake().await;
    fake.token("secret");
    let image = fake.attach(b"\x89PNG", "a.png");
    let file = fake.attach(b"text", "b.txt");
    assert!(image.contains("/user-attachments/assets/") && file.ends_with("/b.txt"));
    for (address, bytes) in [(image.clone(), &b"\x89PNG"[..]), (file, b"text")] {
        let answer = request(Method::GET, address.clone()).send().await.unwrap();
        assert_eq!(answer.status(), 302);
        let place = answer.headers()["location"].to_str().unwrap().to_owned();
        assert!(!place.starts_with(fake.url()), "another origin: {place}");
        let stored = client().get(&place).send().await.unwrap();
        assert_eq!(stored.bytes().await.unwrap(), bytes);
        let unsigned = client().get(place.split('?').next().unwrap()).send().await.unwrap();
        assert_eq!(unsigned.status(), 403);
        let stranger = client().get(&address).header("user-agent", "x").send().await.unwrap();
        assert_eq!(stranger.status(), 404);
    }
    assert_eq!(fake.storage_asked().len(), 4);
    assert_eq!(
        request(Method::GET, format!("{image}x")).send().await.unwrap().status(),
        404
    );
}

#[tokio::test]
async fn github_keeps_files_on_a_branch_made_from_nothing() {
    let fake = github::fake().await;
    let file = json!({ "message": "m", "content": STANDARD.encode("bytes"), "branch": "lockstep-files" });
    let (status, refusal) = github::write(&fake, Method::PUT, "/contents/d/a.png", file.clone()).await;
    assert_eq!(
        (status, &refusal["message"]),
        (404, &json!("Branch lockstep-files not found"))
    );
    assert_eq!(github::get(&fake, "/git/ref/heads/lockstep-files").await.0, 404);
    let entry = json!({ "path": "README.md", "mode": "100644", "type": "blob", "content": "hello" });
    let (_, tree) = github::write(&fake, Method::POST, "/git/trees", json!({ "tree": [entry] })).await;
    let commit = json!({ "message": "m", "tree": tree["sha"], "parents": [] });
    let (_, commit) = github::write(&fake, Method::POST, "/git/commits", commit).await;
    let branch = json!({ "ref": "refs/heads/lockstep-files", "sha": commit["sha"] });
    let (status, made) = github::write(&fake, Method::POST, "/git/refs", branch.clone()).await;
    assert_eq!((status, &made["object"]["sha"]), (201, &commit["sha"]));
    let (status, refusal) = github::write(&fake, Method::POST, "/git/refs", branch).await;
    assert_eq!((status, &refusal["message"]), (422, &json!("Reference already exists")));
    assert_eq!(github::get(&fake, "/git/ref/heads/lockstep-files").await, (200, made));
    assert_eq!(github::get(&fake, "/contents/d?ref=lockstep-files").await.0, 404);
    let (status, put) = github::write(&fake, Method::PUT, "/contents/d/a.png", file.clone()).await;
    assert_eq!((status, &put["commit"]["parents"][0]["sha"]), (201, &commit["sha"]));
    let (_, head) = github::get(&fake, "/git/ref/heads/lockstep-files").await;
    assert_eq!(head["object"]["sha"], put["commit"]["sha"]);
    let (status, refusal) = github::write(&fake, Method::PUT, "/contents/d/a.png", file.clone()).await;
    assert_eq!(status, 422);
    assert!(refusal["message"].as_str().unwrap().contains("\"sha\" wasn't supplied"));
    let (_, list) = github::get(&fake, "/contents/d?ref=lockstep-files").await;
    assert_eq!((&list[0]["name"], &list[0]["size"]), (&json!("a.png"), &json!(5)));
    // As `git hash-object` tells it.
    assert_eq!(list[0]["sha"], "b6862c638cdf872a1946aeff705f4b4d90f71f41");
    let (_, whole) = github::get(&fake, "/contents/d/a.png?ref=lockstep-files").await;
    assert_eq!((&whole["content"], &whole["sha"]), (&file["content"], &list[0]["sha"]));
    let kept = fake.uploads();
    assert_eq!(
        (kept.len(), kept[0].name.as_str(), &kept[0].bytes[..]),
        (1, "a.png", &b"bytes"[..])
    );
    assert!(kept[0].address.ends_with("/acme/api/raw/lockstep-files/d/a.png"));
    // A file is replaced by who knows which.
    let mut newer = file.clone();
    newer["sha"] = commit["sha"].clone();
    let (status, _) = github::write(&fake, Method::PUT, "/contents/d/a.png", newer.clone()).await;
    assert_eq!(status, 409);
    newer["sha"] = list[0]["sha"].clone();
    let (status, _) = github::write(&fake, Method::PUT, "/contents/d/a.png", newer).await;
    assert_eq!(status, 200);
    // What nobody documents is noticed, and rights and races can be staged.
    assert_eq!(fake.violations(), []);
    let mut strange = file.clone();
    strange["encoding"] = json!("base64");
    github::write(&fake, Method::PUT, "/contents/d/b.png", strange).await;
    let reasons: Vec<String> = fake.take_violations().into_iter().map(|found| found.reason).collect();
    assert_eq!(reasons, ["body member `encoding` is not described"]);
    let put = When::Request {
        method: "PUT",
        path: "/contents/",
        nth: 1,
    };
    fake.fault(Fault::new(put, What::status(409)));
    assert_eq!(
        github::write(&fake, Method::PUT, "/contents/d/c.png", file.clone())
            .await
            .0,
        409
    );
    fake.with(|github| github.commit_file("lockstep-files", "d/c.png", b"theirs"));
    assert_eq!(
        github::write(&fake, Method::PUT, "/contents/d/c.png", file.clone())
            .await
            .0,
        422
    );
    fake.vices(|vices| vices.no_contents = true);
    assert_eq!(
        github::write(&fake, Method::PUT, "/contents/d/d.png", file).await.0,
        403
    );
}
