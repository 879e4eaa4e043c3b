//! Secrets: told to the runner first, repeated by nobody, sent nowhere else.

use super::{assert_no_token, run};
use crate::support::fake::{FakeGitHub, Fault, What, When};
use crate::support::player::{Player, Vendor, draft};
use crate::support::reliability::tried;
use crate::support::world::{TOKENS, World};

const RULES: &str = "create: { left: { state: all } }";

#[tokio::test]
async fn the_runner_is_told_every_secret_before_anything_else() {
    let mut w = World::new((Vendor::GitHub, Vendor::GitLab), RULES).await;
    w.top = "signing_key: [\"${NEW_KEY}\", \"${OLD_KEY}\"]".to_owned();
    w.left.open(draft("Crash"));
    for (name, value) in [
        ("NEW_KEY", "first line\nsecond 100%"),
        ("OLD_KEY", "the old key, of a year ago"),
        ("UNUSED", "not in the file"),
    ] {
        w.env.push((name.to_owned(), value.to_owned()));
    }
    let ran = run(
        &w,
        &["sync", "--apply", "--format", "json"],
        &[("GITHUB_ACTIONS", "true")],
    );
    let lines: Vec<&str> = ran.stderr.lines().collect();
    let masks = [
        "left-secret-token",
        "right-secret-token",
        "first line",
        "second 100%25",
        "the old key, of a year ago",
    ];
    let masks = masks.map(|value| format!("::add-mask::{value}"));
    assert_eq!(lines[..masks.len()], masks, "{}", ran.stderr);
    let rest = lines[masks.len()..].join("\n");
    for value in TOKENS.map(|(_, value)| value).into_iter().chain([
        "first line",
        "the old key, of a year ago",
        "not in the file",
    ]) {
        assert!(!rest.contains(value) && !ran.stdout.contains(value), "{rest}");
    }
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["outcome"], "changed", "{report:#}");

    let elsewhere = run(&w, &["sync"], &[("GITLAB_CI", "true")]);
    assert!(
        !elsewhere.stderr.contains("add-mask"),
        "other services would print the secrets"
    );
    assert_no_token(&elsewhere);
}

/// Arms a service that repeats the credential it was given in everything it answers to these requests.
fn echo(player: &Player, when: When, status: u16) {
    let token = TOKENS[1].1;
    let body = format!("{{\"message\": \"Authorization: Bearer {token}; PRIVATE-TOKEN: {token}\"}}");
    let what = What::status(status)
        .header("x-request-id", token)
        .header("location", &format!("/{token}/elsewhere?private_token={token}"))
        .body(&body);
    player.fault(Fault::new(when, what).times(8));
}

#[tokio::test]
async fn a_service_that_repeats_our_token_gets_it_into_no_output() {
    let mut cases = 0;
    for pair in [(Vendor::GitHub, Vendor::GitLab), (Vendor::GitLab, Vendor::GitHub)] {
        for status in [301, 400, 401, 403, 404, 422] {
            for when in [When::Read(1), When::Write(1)] {
                let w = World::new(pair, RULES).await;
                w.left.open(draft("Crash").labels(["bug"]));
                echo(&w.right, when, status);
                let ran = run(&w, &["sync", "--apply"], &[]);
                assert_no_token(&ran);
                assert_ne!(ran.code, Some(0), "{status}: {}", ran.stdout);
                w.right.heal();
                for player in [&w.left, &w.right] {
                    for seen in player.all() {
                        assert!(!seen.raw.contains("secret-token") && !seen.title.contains("secret-token"));
                    }
                    // The redirect leads to an address no description has.
                    forget_violations(player);
                }
                cases += 1;
            }
        }
    }
    tried("services that repeat the token", cases, "none in an output");
}

fn forget_violations(player: &Player) {
    match player.vendor {
        Vendor::GitHub => drop(player.github().take_violations()),
        Vendor::GitLab => drop(player.gitlab().take_violations()),
        Vendor::Folder => {}
    }
}

#[tokio::test]
async fn a_redirect_is_followed_at_home_and_nowhere_else() {
    for moved in [301, 307, 308] {
        let w = World::new((Vendor::GitHub, Vendor::GitLab), RULES).await;
        w.left.open(draft("Crash"));
        // A renamed repository sends reads on to where it is now.
        let place = "/repos/acme/api/issues?state=all&sort=created&direction=asc&per_page=100";
        w.left
            .fault(Fault::new(When::Read(1), What::status(moved).header("location", place)));
        w.settle().await;
        assert_eq!(w.right.keys(), [1]);

        let stranger = FakeGitHub::start("acme/api").await;
        for when in [When::Read(1), When::Write(1)] {
            let w = World::new((Vendor::GitHub, Vendor::GitLab), RULES).await;
            w.left.open(draft("Crash"));
            let place = format!("{}/repos/acme/api/issues", stranger.url());
            w.left
                .fault(Fault::new(when, What::status(moved).header("location", &place)).times(20));
            let report = w.sync().await;
            assert_ne!(report.outcome.exit_code(), 0, "{report:#?}");
        }
        assert_eq!(stranger.log(), Vec::new(), "nothing was sent to the other origin");
    }
    tried("redirects", 9, "followed at home, nothing sent elsewhere");
}

/// Started by the test below in a process of its own.
#[test]
#[expect(clippy::disallowed_methods, reason = "the process is told what it is by a variable")]
fn faulty_child() {
    if std::env::var_os("LOCKSTEP_FAULTY_CHILD").is_some() {
        lockstep::commands::hush_panics();
        panic!("a private title: {}", TOKENS[0].1);
    }
}

#[test]
fn a_fault_of_our_own_shows_nothing_of_what_it_was_about() {
    let output = assert_cmd::Command::new(std::env::current_exe().unwrap())
        .args(["security::tokens::faulty_child", "--exact", "--nocapture"])
        .env("LOCKSTEP_FAULTY_CHILD", "1")
        .env("RUST_BACKTRACE", "full")
        .output()
        .unwrap();
    let shown = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        !output.status.success() && shown.contains("met a fault of its own at"),
        "{shown}"
    );
    assert!(
        shown.contains("tokens.rs:") && !shown.contains("private title") && !shown.contains(TOKENS[0].1),
        "{shown}"
    );
}
