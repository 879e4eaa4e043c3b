//! Events and webhooks as the services send them, and as nobody should.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::ci::{Decision, Event, Look, PAYLOAD_MAX, Service, decide};
use crate::config::{Config, load};
use crate::env::Env;

const MAPPING: &str = "version: 1
trackers:
  hello: { kind: github, project: codertocat/hello-world, token: '${A}' }
  octo: { kind: github, project: octo-org/octo-repo, token: '${A}' }
  ghes: { kind: github, url: 'https://ghe.example/api/v3', project: Codertocat/Hello-World, token: '${A}' }
  idle: { kind: github, project: octocat/idle, token: '${A}' }
  lab: { kind: gitlab, url: 'https://example.com', project: gitlabhq/gitlab-test, token: '${B}' }
  number: { kind: gitlab, url: 'https://example.com', project: '5', token: '${B}' }
syncs:
  - { name: a, between: [hello, lab] }
  - { name: b, between: [octo, number] }
  - { name: c, between: [ghes, lab] }
";

fn config() -> Config {
    load(MAPPING, Path::new("lockstep.yml")).unwrap()
}

fn payload(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/payloads");
    std::fs::read_to_string(root.join(path)).unwrap()
}

fn github(api: &str) -> Service {
    Service::of(&Env::of([("GITHUB_ACTIONS", "true"), ("GITHUB_API_URL", api)]))
}

fn judged(mut service: Service, name: &str, text: &str, sent: bool) -> Decision {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("event.json");
    std::fs::write(&file, text).unwrap();
    service.event = Some(Event {
        name: name.to_owned(),
        payload: Some(file),
        sent,
    });
    decide(&service, &config())
}

/// On GitHub.com.
fn on_github(name: &str, text: &str) -> Decision {
    judged(github("https://api.github.com"), name, text, false)
}

/// On GitLab, started by a webhook.
fn on_gitlab(text: &str) -> Decision {
    judged(Service::of(&Env::of([("GITLAB_CI", "true")])), "trigger", text, true)
}

fn looks(decision: &Decision) -> Vec<String> {
    match &decision.look {
        Look::Everything => vec!["everything".into()],
        Look::Nothing => Vec::new(),
        Look::Issues(issues) => issues.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn every_recorded_event_of_github_names_its_issue() {
    let mut seen = 0;
    for name in ["issues", "issue_comment"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/payloads/github/webhooks")
            .join(name);
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            let value: Value = serde_json::from_str(&text).unwrap();
            let (action, number) = (value["action"].as_str().unwrap(), &value["issue"]["number"]);
            let decision = on_github(name, &text);
            let tracker = match value["repository"]["full_name"].as_str().unwrap() {
                "Codertocat/Hello-World" => Some("hello"),
                "octo-org/octo-repo" => Some("octo"),
                _ => None,
            };
            let gone = name == "issues" && ["deleted", "transferred"].contains(&action);
            match tracker {
                _ if value["issue"].get("pull_request").is_some() => {
                    assert_eq!(decision.look, Look::Nothing, "{}", file.display());
                }
                Some(tracker) if !gone => {
                    assert_eq!(looks(&decision), [format!("{tracker}#{number}")], "{}", file.display());
                }
                _ => assert_eq!(looks(&decision), ["everything"], "{}", file.display()),
            }
            assert_eq!(
                decision.doubt,
                tracker.is_none(),
                "{}: {}",
                file.display(),
                decision.why
            );
            assert!(decision.why.contains(action), "{}", decision.why);
            seen += 1;
        }
    }
    assert!(seen >= 36, "{seen} events");
}

#[test]
fn an_event_is_of_its_own_instance() {
    let text = payload("github/webhooks/issues/edited.json");
    for (api, wanted) in [
        ("https://api.github.com", "hello#1"),
        ("https://ghe.example/api/v3", "ghes#1"),
        ("https://other.example/api/v3", "everything"),
    ] {
        let decision = judged(github(api), "issues", &text, false);
        assert_eq!(looks(&decision), [wanted], "{api}");
    }
    // Those who imitate GitHub's variables have no event of GitHub's.
    let gitea = Service::of(&Env::of([
        ("GITHUB_ACTIONS", "true"),
        ("GITEA_ACTIONS", "true"),
        ("GITHUB_API_URL", "https://api.github.com"),
    ]));
    assert_eq!(looks(&judged(gitea, "issues", &text, false)), ["everything"]);
}

#[test]
fn comments_on_pull_requests_are_nobodys_business() {
    let mut value: Value = serde_json::from_str(&payload("github/webhooks/issue_comment/created.json")).unwrap();
    value["issue"]["pull_request"] = json!({ "url": "https://api.github.com/repos/Codertocat/Hello-World/pulls/1" });
    let decision = on_github("issue_comment", &value.to_string());
    assert_eq!((decision.look, decision.doubt), (Look::Nothing, false));
    assert!(decision.why.contains("a pull request"), "{}", decision.why);
}

#[test]
fn an_echo_of_our_own_is_looked_at_like_any_other() {
    let mut value: Value = serde_json::from_str(&payload("github/webhooks/issue_comment/created.json")).unwrap();
    value["sender"]["type"] = json!("Bot");
    value["comment"]["body"] = json!("text\n\n<!-- lockstep:1 comment 73f0b94f65f45ce91f4c eyJ5IjoiZHVx -->");
    assert_eq!(looks(&on_github("issue_comment", &value.to_string())), ["hello#1"]);
}

#[test]
fn every_recorded_webhook_of_gitlab_names_its_issue() {
    for (file, wanted) in [
        ("go-gitlab/issue.json", &["lab#23"][..]),
        ("go-gitlab/note_issue.json", &["number#17"]),
        ("go-gitlab/note_merge_request.json", &[]),
        ("go-gitlab/member.json", &["everything"]),
        ("go-playground/issue-event.json", &["lab#23"]),
        ("go-playground/confidential-issue-event.json", &["lab#23"]),
        ("go-playground/comment-issue-event.json", &["number#17"]),
        ("go-playground/confidential-comment-event.json", &["number#17"]),
        ("gitlab4j/issue-event.json", &["lab#23"]),
        ("gitlab4j/note-issue-event.json", &["number#17"]),
        ("gitlab4j/note-commit-event.json", &[]),
        ("gitlab4j/workitem-event.json", &[]),
    ] {
        let text = payload(&format!("gitlab/webhooks/{file}")).replace("http://example.com", "https://example.com");
        assert_eq!(looks(&on_gitlab(&text)), wanted, "{file}");
        // GitHub can be started by the same, sent on as a part or as the whole of its payload.
        let value: Value = serde_json::from_str(&text).unwrap();
        for sent in [
            json!({ "action": "gitlab", "client_payload": value }),
            json!({ "client_payload": { "hook": value } }),
        ] {
            assert_eq!(
                looks(&on_github("repository_dispatch", &sent.to_string())),
                wanted,
                "{file}"
            );
        }
        assert_eq!(
            looks(&on_gitlab(
                &text.replace("https://example.com", "https://other.example")
            )),
            if wanted.is_empty() {
                Vec::new()
            } else {
                vec!["everything"]
            },
            "{file} of another instance"
        );
    }
}

#[test]
fn a_webhook_of_github_starts_gitlab() {
    for (file, wanted) in [
        ("issues/edited.json", "hello#1"),
        ("issue_comment/created.json", "hello#1"),
        ("issues/deleted.json", "everything"),
    ] {
        assert_eq!(
            looks(&on_gitlab(&payload(&format!("github/webhooks/{file}")))),
            [wanted]
        );
    }
    assert_eq!(on_gitlab("{\"pull_request\": {\"number\": 1}}").look, Look::Nothing);
}

#[test]
fn a_few_words_name_an_issue() {
    for (sent, wanted, doubt) in [
        (json!({ "issue": "lab#7" }), "lab#7", false),
        (json!({ "issue": 7, "tracker": "hello" }), "hello#7", false),
        (json!({ "issue": "7", "tracker": "hello" }), "hello#7", false),
        (json!({ "issue": "7" }), "everything", true),
        (json!({ "issue": "jira#7" }), "everything", true),
        (json!({ "issue": "idle#7" }), "everything", true),
        (json!({ "issue": "lab#7/../../8" }), "everything", true),
        (json!({ "issue": "lab#" }), "everything", true),
        (json!({ "issue": [7] }), "everything", true),
        (json!({ "issue": null }), "everything", true),
        (
            json!({ "action": "created", "data": { "issue": { "id": "1" } } }),
            "everything",
            true,
        ),
        (json!([]), "everything", true),
        (json!(7), "everything", true),
    ] {
        let dispatched = json!({ "action": "x", "client_payload": sent }).to_string();
        for decision in [
            on_github("repository_dispatch", &dispatched),
            on_gitlab(&sent.to_string()),
        ] {
            assert_eq!(
                (looks(&decision), decision.doubt),
                (vec![wanted.to_owned()], doubt),
                "{sent}"
            );
        }
    }
}

#[test]
fn events_without_an_issue_look_at_everything_and_their_payload_is_not_read() {
    for name in ["schedule", "workflow_dispatch", "push", "pull_request", "release"] {
        let decision = on_github(name, "no JSON");
        assert_eq!((decision.look, decision.doubt), (Look::Everything, false), "{name}");
    }
    let bare = Service::of(&Env::of([("GITLAB_CI", "true"), ("CI_PIPELINE_SOURCE", "schedule")]));
    let decision = decide(&bare, &config());
    assert_eq!(
        (decision.look, decision.why.as_str()),
        (Look::Everything, "event schedule")
    );
    let nowhere = decide(&Service::of(&Env::default()), &config());
    assert_eq!((nowhere.look, nowhere.doubt), (Look::Everything, false));
}

#[test]
fn broken_and_huge_payloads_are_said_and_everything_is_looked_at() {
    let deep = "[".repeat(100_000);
    let huge = " ".repeat(usize::try_from(PAYLOAD_MAX).unwrap() + 1);
    for (text, why) in [
        ("", "is not JSON"),
        ("{\"issue\": ", "is not JSON"),
        (&deep, "is not JSON"),
        (&huge, "is larger than 1 MiB"),
    ] {
        let decision = on_github("issues", text);
        assert_eq!((&decision.look, decision.doubt), (&Look::Everything, true));
        assert!(decision.why.contains(why), "{}", decision.why);
    }
    for path in ["/no/such/file", env!("CARGO_MANIFEST_DIR")] {
        let mut service = github("https://api.github.com");
        service.event = Some(Event {
            name: "issues".into(),
            payload: Some(path.into()),
            sent: false,
        });
        let decision = decide(&service, &config());
        assert_eq!(
            (decision.look, decision.doubt),
            (Look::Everything, true),
            "{}",
            decision.why
        );
    }
}

#[test]
fn nothing_in_a_payload_is_a_command() {
    let text = json!({
        "action": "::error::x\n##[error]y",
        "issue": { "number": 1 },
        "repository": { "full_name": "::stop-commands::x", "url": "" },
    });
    let decision = on_github("issues", &text.to_string());
    assert_eq!(decision.look, Look::Everything);
    assert!(!decision.why.contains("::error::") || decision.why.lines().count() == 1);
    assert!(!decision.why.contains("##[error]"), "{}", decision.why);
    let named = on_gitlab(&json!({ "issue": "a\u{202e}b##[error]#1" }).to_string());
    assert!(
        !named.why.contains("##[") && !named.why.contains('\u{202e}'),
        "{}",
        named.why
    );
}

#[cfg(unix)]
#[test]
fn nobody_waits_for_a_payload_that_is_a_pipe() {
    use std::process::Command;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    let dir = tempfile::tempdir().unwrap();
    let pipe = dir.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (told, heard) = channel();
    std::thread::spawn(move || told.send(super::super::payload::read(&pipe)));
    let read = heard.recv_timeout(Duration::from_secs(30)).unwrap();
    assert_eq!(read.unwrap_err(), "the payload of the event is no file");
}
