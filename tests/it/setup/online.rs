//! `check --online` through the real program, on the fakes: what it finds, that it finds it all at once, and that it only
//! reads.

use jiff::Timestamp;
use serde_json::Value;

use super::{Ran, lockstep};
use crate::support::fake::github::Token as HubToken;
use crate::support::fake::gitlab::Token as LabToken;
use crate::support::player::Vendor;
use crate::support::world::{TOKENS, World};

const RULES: &str = "create: { left: { labels: [sync] } }\nfields:\n  labels: { direction: both, map: [ { left: bug, right: \"type::bug\" } ] }";

/// A world whose clocks are those of this machine.
async fn world(pair: (Vendor, Vendor), rules: &str) -> World {
    let w = World::new(pair, rules).await;
    w.left.not_before(Timestamp::now());
    w.right.not_before(Timestamp::now());
    w
}

/// Asks about a world; nothing but reads ever leaves, and no token shows.
fn check(w: &World, format: &str) -> Ran {
    w.clear_logs();
    std::fs::write(w.dir().join("lockstep.yml"), w.mapping()).unwrap();
    let variables: Vec<(&str, &str)> = w.env.iter().map(|(name, value)| (&**name, &**value)).collect();
    let ran = lockstep(&w.dir(), &["check", "--online", "--format", format], &variables);
    // An app's sign-in is a POST.
    let writes: Vec<String> = w
        .writes()
        .into_iter()
        .filter(|write| !write.contains("/access_tokens"))
        .collect();
    assert_eq!(writes, Vec::<String>::new(), "it wrote");
    for (_, token) in TOKENS {
        assert!(!format!("{ran:?}").contains(token), "{ran:?}");
    }
    ran
}

/// The findings as `severity code on`.
fn found(w: &World) -> (i32, Vec<String>, Value) {
    let ran = check(w, "json");
    let told: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    let findings = told["findings"].as_array().unwrap().iter();
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let list = findings
        .map(|one| format!("{} {} {}", word(&one["severity"]), word(&one["code"]), word(&one["on"])))
        .collect();
    (ran.code, list, told)
}

fn finding<'v>(told: &'v Value, code: &str) -> &'v Value {
    let mut all = told["findings"].as_array().unwrap().iter();
    all.find(|one| one["code"] == code)
        .unwrap_or_else(|| panic!("{code}: {told:#}"))
}

fn right<'v>(told: &'v Value, tracker: usize, words: &str) -> &'v str {
    let mut rights = told["trackers"][tracker]["rights"].as_array().unwrap().iter();
    let right = rights.find(|one| one["right"] == words);
    right.unwrap_or_else(|| panic!("{words}: {told:#}"))["grant"]
        .as_str()
        .unwrap()
}

#[tokio::test]
async fn one_project_under_two_addresses_is_told() {
    for vendor in [Vendor::GitHub, Vendor::GitLab, Vendor::Folder] {
        let mut w = world((vendor, vendor), "create: { left: { state: all } }").await;
        let same = |list: Vec<String>| list.contains(&"error same-project right".to_owned());
        assert!(!same(found(&w).1), "{vendor:?}");
        w.lead_right_to_left(vendor);
        let (code, list, told) = found(&w);
        assert_eq!((code, same(list)), (3, true), "{vendor:?} {told:#}");
    }
}

#[tokio::test]
async fn all_is_fine_when_all_is_there() {
    let w = world((Vendor::GitHub, Vendor::GitLab), RULES).await;
    w.left.github().vices(|vices| vices.scopes = Some("public_repo, gist"));
    for (player, names) in [(&w.left, ["sync", "bug"]), (&w.right, ["type::bug", "other"])] {
        for name in names {
            player.make_label(name);
        }
    }
    let (code, list, told) = found(&w);
    assert_eq!((code, list), (0, Vec::new()), "{told:#}");
    let [left, right] = [&told["trackers"][0], &told["trackers"][1]];
    assert_eq!(
        (&left["service"], &right["service"]),
        (&"GitHub".into(), &"GitLab".into())
    );
    assert_eq!(
        (&left["project"], &right["account"]),
        (&"acme/api".into(), &"lockstep-bot".into())
    );
    assert_eq!(left["token"]["scopes"], serde_json::json!(["public_repo", "gist"]));
    assert_eq!(right["token"]["kind"], "personal access token");
    assert_eq!(left["labels"], serde_json::json!({ "named": 2, "there": 2 }));
    assert!(left["requests"]["remaining"].as_u64().unwrap() > 4_900, "{told:#}");
    assert!(left["clock_ahead_s"].as_i64().unwrap().abs() < 60, "{told:#}");

    let shown = check(&w, "human");
    for words in [
        "lockstep.yml: fine",
        "+ read issues",
        "public_repo",
        "2 of 2 there",
        "2 trackers looked at: all fine",
    ] {
        assert!(shown.out.contains(words), "{words} in {}", shown.out);
    }
    let shown = check(&w, "markdown");
    assert!(
        shown
            .out
            .starts_with("## Lockstep: the trackers\n\n| | left | right |\n|---|---|---|\n"),
        "{}",
        shown.out
    );
    let args = ["check", "--online", "--report", "seen.json", "--report", "seen.md"];
    let variables: Vec<(&str, &str)> = w.env.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(lockstep(&w.dir(), &args, &variables).code, 0);
    let written = |name: &str| std::fs::read_to_string(w.dir().join(name)).unwrap();
    assert!(written("seen.json").contains("\"findings\": []") && written("seen.md").starts_with("## Lockstep"));
    let refused = lockstep(&w.dir(), &["check", "--online", "--report", "seen.html"], &variables);
    assert!(refused.code == 2 && refused.err.contains(".json or .md"), "{refused:?}");
    for player in [&w.left, &w.right] {
        assert_eq!(player.violations(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn everything_missing_is_told_at_once() {
    let rules = "create: { left: { labels: [sync], milestone: Q1 } }\nfields:\n  assignees: both\n  status: { direction: both, map: [ { left: closed as not_planned, right: closed as not_planned } ] }\n  \
                 labels: { direction: both, create: false, map: [ { left: bug, right: \"type::bug\" } ] }";
    let mut w = world((Vendor::GitHub, Vendor::GitLab), rules).await;
    w.top = "people: [ { left: nobody, right: no.body } ]\nsigning_key: ${NO_KEY}".to_owned();
    w.left.github().add_token(HubToken {
        readonly: true,
        ..HubToken::new(TOKENS[0].1)
    });
    w.left.github().vices(|vices| {
        vices.scopes = Some("gist");
        vices.no_push = true;
        vices.asleep = vec![".github/workflows/lockstep.yml".to_owned()];
        let ends = Timestamp::now() + jiff::SignedDuration::from_hours(50);
        vices.token_ends = Some(ends.strftime("%Y-%m-%d %H:%M:%S UTC").to_string());
    });
    w.right.gitlab().add_token(LabToken {
        readonly: true,
        level: 10,
        ..LabToken::new(TOKENS[1].1)
    });
    let (code, mut list, told) = found(&w);
    assert_eq!(code, 3, "{told:#}");
    list.sort();
    list.dedup();
    assert_eq!(
        list,
        [
            "error right-missing left",
            "error right-missing right",
            "error variable-unset -",
            "warning label-missing left",
            "warning label-missing right",
            "warning milestone-missing left",
            "warning person-unknown left",
            "warning person-unknown right",
            "warning schedule-asleep left",
            "warning status-unreachable right",
            "warning token-ending left",
        ]
    );
    let asleep = finding(&told, "schedule-asleep")["message"].as_str().unwrap();
    assert!(asleep.contains(".github/workflows/lockstep.yml"), "{asleep}");
    let hints: Vec<&str> = told["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["hint"].as_str().unwrap())
        .collect();
    assert!(
        hints
            .iter()
            .any(|hint| hint.ends_with("it takes: the scope `public_repo`; the role Write in the project")),
        "{hints:?}"
    );
    assert!(
        hints
            .iter()
            .any(|hint| hint.ends_with("it takes: the scope `api`; the role Planner in the project")),
        "{hints:?}"
    );
}

#[tokio::test]
async fn one_tracker_is_looked_at_though_another_cannot_be() {
    for pair in [(Vendor::GitHub, Vendor::GitLab), (Vendor::GitLab, Vendor::GitHub)] {
        let mut w = world(pair, RULES).await;
        match pair.0 {
            Vendor::GitHub => w.left.github().token("another"),
            Vendor::GitLab | Vendor::Folder => w.left.gitlab().token("another"),
        }
        w.right.make_label("type::bug");
        let (code, list, told) = found(&w);
        assert_eq!((code, &*list[0]), (3, "error unreadable left"), "{told:#}");
        assert!(
            finding(&told, "unreadable")["message"]
                .as_str()
                .unwrap()
                .contains("the token was refused"),
            "{told:#}"
        );
        assert_eq!(told["trackers"][1]["labels"]["there"], 1, "{told:#}");

        w.env.retain(|(name, _)| name != "LEFT_TOKEN");
        let shown = check(&w, "human");
        assert!(
            shown.code == 3 && shown.out.contains("LEFT_TOKEN is not set"),
            "{shown:?}"
        );
        assert!(
            shown.out.contains("could not be opened") && shown.out.contains("+ read issues"),
            "{shown:?}"
        );
    }
}

#[tokio::test]
async fn a_project_that_cannot_be_worked_in_is_told() {
    for vendor in [Vendor::GitHub, Vendor::GitLab] {
        let w = world((vendor, Vendor::Folder), RULES).await;
        std::fs::create_dir_all(w.dir().join("right")).unwrap();
        match vendor {
            Vendor::GitHub => w.left.github().vices(|vices| vices.archived = true),
            Vendor::GitLab | Vendor::Folder => w.left.gitlab().vices(|vices| vices.archived = true),
        }
        let (code, list, told) = found(&w);
        assert!(
            code == 3 && list.contains(&"error project-archived left".to_owned()),
            "{told:#}"
        );
        match vendor {
            Vendor::GitHub => w
                .left
                .github()
                .vices(|vices| (vices.archived, vices.no_issues) = (false, true)),
            Vendor::GitLab | Vendor::Folder => {
                w.left
                    .gitlab()
                    .vices(|vices| (vices.archived, vices.no_issues) = (false, true));
            }
        }
        let (code, list, told) = found(&w);
        assert!(
            code == 3 && list.contains(&"error issues-off left".to_owned()),
            "{told:#}"
        );
        assert_eq!(told["trackers"][1]["service"], "folder", "{told:#}");
    }
}

#[tokio::test]
async fn what_a_service_keeps_to_itself_is_not_claimed() {
    let w = world((Vendor::GitHub, Vendor::GitLab), "mode: mirror").await;
    w.right.gitlab().vices(|vices| vices.untold = true);
    // Of no matter for what is only read.
    w.left.github().vices(|vices| vices.archived = true);
    w.left.github().add_token(HubToken {
        app: true,
        ..HubToken::new(TOKENS[0].1)
    });
    let (code, list, told) = found(&w);
    assert_eq!(code, 0, "{told:#}");
    assert_eq!(
        list,
        ["note right-untold right"],
        "nothing is written to the left: {told:#}"
    );
    assert_eq!(right(&told, 0, "create issues and comments"), "untold");
    assert_eq!(right(&told, 0, "read issues"), "given");
    assert_eq!(told["trackers"][0]["account"], Value::Null);
}

#[tokio::test]
async fn an_app_is_asked_what_its_installation_may_do() {
    use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
    use aws_lc_rs::rsa::{KeyPair, KeySize};
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der = key.as_der().unwrap();
    let key = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der.as_ref())
    );
    let mut w = world(
        (Vendor::GitHub, Vendor::GitLab),
        "fields: { attachments: { left: branch } }",
    )
    .await;
    for (name, value) in [("APP_ID", "55"), ("APP_KEY", &*key), ("APP_INSTALLATION", "77")] {
        w.env.push((name.to_owned(), value.to_owned()));
    }
    w.left_sign_in =
        Some("app: { id: '${APP_ID}', private_key: '${APP_KEY}', installation: '${APP_INSTALLATION}' }".to_owned());
    let (code, list, told) = found(&w);
    assert_eq!(
        (code, list),
        (3, vec!["error right-missing left".to_owned()]),
        "{told:#}"
    );
    let left = &told["trackers"][0];
    assert_eq!(
        (&left["token"]["kind"], &left["account"]),
        (&"app installation".into(), &"lockstep[bot]".into())
    );
    assert_eq!(
        left["token"]["scopes"],
        serde_json::json!(["issues: write", "metadata: read"])
    );
    assert_eq!(
        (right(&told, 0, "make labels"), right(&told, 0, "keep files")),
        ("given", "missing")
    );
    let hint = finding(&told, "right-missing")["hint"].as_str().unwrap();
    assert!(hint.contains("Contents: read and write"), "{hint}");
}

#[tokio::test]
async fn a_token_that_cannot_do_the_work_is_named_as_what_it_is() {
    for (vendor, token, kind) in [
        (Vendor::GitLab, "glcbt-64_secret", "CI/CD job token"),
        (Vendor::GitHub, "ghr_secret", "refresh token"),
    ] {
        let mut w = world((vendor, Vendor::Folder), "").await;
        std::fs::create_dir_all(w.dir().join("right")).unwrap();
        w.env = vec![("LEFT_TOKEN".to_owned(), token.to_owned())];
        let (code, list, told) = found(&w);
        assert_eq!((code, list), (3, vec!["error token-kind left".to_owned()]), "{told:#}");
        assert_eq!(told["trackers"][0]["token"]["kind"], kind);
        assert!(!told.to_string().contains("secret"), "{told:#}");
    }
}

#[tokio::test]
async fn clocks_that_differ_are_told() {
    let w = World::new((Vendor::GitHub, Vendor::GitLab), "mode: mirror").await;
    let (_, list, told) = found(&w);
    assert!(list.contains(&"warning clock-skew left".to_owned()), "{told:#}");
    assert!(
        finding(&told, "clock-skew")["message"]
            .as_str()
            .unwrap()
            .contains("ahead of"),
        "{told:#}"
    );
}

#[test]
fn a_mapping_file_with_mistakes_is_not_asked_about() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("lockstep.yml"), "version: 1\n").unwrap();
    let ran = lockstep(dir.path(), &["check", "--online"], &[]);
    assert!(ran.code == 2 && ran.err.contains("missing-key"), "{ran:?}");
}
