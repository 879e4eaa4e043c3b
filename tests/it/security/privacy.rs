//! Titles and bodies of a private side stay out of what a public log shows.

use super::{Ran, assert_no_token, run};
use crate::support::fake::{Fault, What, When};
use crate::support::player::{Vendor, draft};
use crate::support::reliability::tried;
use crate::support::world::World;

/// Part of a word that stands in titles, bodies and comments and nowhere else, in small letters.
const SECRET: &str = "lcon";

/// What opens a file on GitLab, whoever knows it.
const FILE: &str = "0123456789abcdef0123456789abcdef";

fn shows(ran: &Ran) -> Vec<&'static str> {
    let places = ran.everything();
    let shown = places
        .iter()
        .filter(|(_, text)| text.to_lowercase().contains(SECRET) || text.contains(FILE));
    shown.map(|(place, _)| *place).collect()
}

/// A private GitLab project and a public GitHub repository, with everything in it that nobody else is to see.
async fn world(pair: (Vendor, Vendor)) -> World {
    let w = World::new(
        pair,
        "create: { left: { state: all }, right: { state: all } }\nconflicts: ask\nfields: { attachments: reupload }",
    )
    .await;
    for (player, n) in [(&w.left, 1), (&w.right, 2)] {
        player.open(
            draft(&format!("Falcon {n}"))
                .body(&format!(
                    "Falcon plan: ![Falcon](/uploads/{FILE}/Falcon.png) and ![](https://github.com/user-attachments/files/1/Falcon.png)"
                ))
                .labels(["bug"]),
        );
        player.say(1, "ann", "Falcon flies");
    }
    for player in [&w.left, &w.right]
        .into_iter()
        .filter(|player| player.vendor == Vendor::GitLab)
    {
        let gitlab = player.gitlab();
        gitlab.internal_comment(1, "ann", "Falcon inside");
        gitlab
            .issue("Falcon hidden")
            .body("Falcon hidden")
            .confidential()
            .create();
    }
    w
}

#[tokio::test]
async fn titles_and_bodies_of_a_private_side_are_in_no_log_and_no_report() {
    let mut cases = 0;
    for pair in [
        (Vendor::GitHub, Vendor::GitLab),
        (Vendor::GitLab, Vendor::GitHub),
        (Vendor::GitLab, Vendor::GitLab),
    ] {
        let w = world(pair).await;
        let mut twin = None;
        for format in ["human", "json", "markdown"] {
            let mut look = |args: &[&str]| {
                let ran = run(&w, args, &[]);
                assert_eq!(shows(&ran), Vec::<&str>::new(), "{}\n{}", ran.stdout, ran.stderr);
                assert_no_token(&ran);
                cases += 1;
                ran
            };
            look(&["sync", "--format", format]);
            look(&["sync", "--apply", "--format", format]);
            twin = twin.or_else(|| Some(w.right.titled("Falcon 1").key));
            let twin = twin.unwrap();
            // Both sides edit the same field: a conflict, with both values in the report.
            w.left.retitle(1, &format!("Falcon left {format}"));
            w.right.retitle(twin, &format!("Falcon right {format}"));
            w.left.rewrite(1, &format!("Falcon left {format}"));
            w.right.rewrite(twin, &format!("Falcon right {format}"));
            let ran = look(&["sync", "--apply", "--format", format]);
            assert!(
                ran.json.contains("(hidden)") && ran.json.contains("\"conflict\""),
                "{}",
                ran.json
            );
            look(&["inspect", "left#1"]);
        }
        let ran = run(&w, &["sync", "--show-titles"], &[]);
        assert!(shows(&ran).contains(&"the JSON report"), "{}", ran.json);
    }
    tried("private text in public logs", cases, "none shown");
}

#[tokio::test]
async fn names_of_private_files_are_in_no_log_and_no_report() {
    let gitlab = Vendor::GitLab;
    for right in [Vendor::GitHub, gitlab] {
        let branch = if right == gitlab { "" } else { ", right: branch" };
        let rules =
            format!("create: {{ left: {{ state: all }} }}\nfields: {{ attachments: {{ mode: reupload{branch} }} }}");
        for status in [200, 404] {
            let w = World::new((gitlab, right), &rules).await;
            let address = w.left.attach(b"wings", "Falcon.png");
            let secret = address.split('/').nth(2).unwrap().to_owned();
            w.left.open(draft("Crash").body(&format!("![]({address})")));
            if status != 200 {
                for (player, method, path) in [(&w.left, "GET", "/uploads"), (&w.right, "PUT", "/contents")] {
                    player.fault(Fault::new(When::Request { method, path, nth: 1 }, What::status(status)).times(50));
                }
            }
            let ran = run(&w, &["sync", "--apply"], &[]);
            assert_eq!(w.right.keys(), [1]);
            assert_eq!(
                (
                    shows(&ran),
                    ran.everything().iter().any(|(_, text)| text.contains(&secret))
                ),
                (Vec::new(), false),
                "{right:?} {status}: {}\n{}",
                ran.stdout,
                ran.stderr
            );
            assert_eq!(ran.json.contains("attachment-linked"), status != 200, "{}", ran.json);
        }
    }
}

/// What a service may say of a text it does not like, with all of it or with some.
const REPEATS: [&str; 5] = [
    r#"{"message":"title Falcon is too long"}"#,
    r#"{"message":{"title":["'Falcon 1: the plan' is forbidden","FALCON 1 &quot;pl..."],"description":["&lt;p&gt;falcon plan"]}}"#,
    r#"{"message":"Validation Failed","errors":[{"field":"body","code":"invalid","message":"Falcon plan"},"Falcon flies"]}"#,
    r#"{"error":"Falcon"}"#,
    r#"{"message":"no good: {\"body\":\"\\nFalcon\\nplan\"}, \\u0046\\u0061lcon, F&#97;lcon, F%61lcon or Fa\\tlcon"}"#,
];

#[tokio::test]
async fn a_service_that_repeats_a_private_text_gets_it_into_no_output() {
    let gitlab = Vendor::GitLab;
    let mut cases = 0;
    for right in [Vendor::GitHub, gitlab] {
        for said in REPEATS {
            for status in [400, 401, 403, 404, 422] {
                let w = World::new((gitlab, right), "create: { left: { state: all } }").await;
                w.left.open(draft("Falcon 1: the plan").body("Falcon plan"));
                if cases % 2 == 1 {
                    w.settle().await;
                    w.left.retitle(1, "Falcon 2: the plan");
                    w.left.say(1, "ann", "Falcon flies");
                }
                for method in ["POST", "PUT", "PATCH"] {
                    let when = When::Request {
                        method,
                        path: "/issues",
                        nth: 1,
                    };
                    w.right
                        .fault(Fault::new(when, What::status(status).body(said)).times(50));
                }
                let ran = run(&w, &["sync", "--apply"], &[]);
                let (out, log) = (&ran.stdout, &ran.stderr);
                assert_eq!(
                    shows(&ran),
                    Vec::<&str>::new(),
                    "{right:?} {status} {said}: {out}\n{log}"
                );
                assert_ne!(ran.code, Some(0), "{right:?} {status}: {out}");
                cases += 1;
            }
        }
    }
    tried("private text in a service's refusals", cases, "none shown");
}

#[tokio::test]
async fn what_is_confidential_or_internal_is_on_no_other_side() {
    let w = world((Vendor::GitLab, Vendor::GitHub)).await;
    w.sync().await;
    for seen in w.right.all() {
        assert_ne!(seen.title, "Falcon hidden");
        assert!(seen.said.iter().all(|said| !said.text.contains("inside")), "{seen:#?}");
    }
}

#[tokio::test]
async fn titles_of_two_public_sides_may_be_shown() {
    let w = world((Vendor::GitHub, Vendor::GitHub)).await;
    run(&w, &["sync", "--apply"], &[]);
    w.left.retitle(1, "Falcon left");
    let ran = run(&w, &["sync"], &[]);
    let wanted = ["standard output", "the JSON report", "the HTML report"];
    assert_eq!(shows(&ran), wanted, "{}", ran.json);
}

#[tokio::test]
async fn an_issue_that_is_not_for_everybody_keeps_its_title_between_two_public_sides() {
    for confidential in ["skip", "allow"] {
        let rules = format!("create: {{ left: {{ state: all }} }}\nconflicts: ask\nconfidential: {confidential}");
        let w = World::new((Vendor::GitHub, Vendor::GitLab), &rules).await;
        w.right.gitlab().vices(|vices| vices.public = true);
        w.left.open(draft("Falcon"));
        w.settle().await;
        w.left.retitle(1, "Falcon left");
        w.right.retitle(1, "Falcon right");
        let looks = [&["sync"][..], &["status"]];
        for look in looks {
            assert!(shows(&run(&w, look, &[])).contains(&"the JSON report"), "{look:?}");
        }
        w.right.hide(1, true);
        for look in looks {
            let ran = run(&w, look, &[]);
            assert_eq!(shows(&ran), Vec::<&str>::new(), "{confidential} {look:?}: {}", ran.json);
        }
        let asked = run(&w, &["status", "--show-titles"], &[]);
        assert!(shows(&asked).contains(&"the JSON report"), "{}", asked.json);
        w.right.hide(1, false);
        w.right.gitlab().vices(|vices| vices.members_only = true);
        for look in looks {
            let ran = run(&w, look, &[]);
            assert_eq!(shows(&ran), Vec::<&str>::new(), "members only, {look:?}: {}", ran.json);
        }
    }
}
