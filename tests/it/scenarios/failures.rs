//! Services that refuse, break or run out: the documented end of the run, and nothing written that was not certain.

use lockstep::report::{Outcome, Report};

use super::BOTH_WAYS;
use crate::support::fake::{Fault, What, When, github, gitlab};
use crate::support::player::{Player, Vendor, draft};
use crate::support::world::World;

const PAIRS: [(Vendor, Vendor); 2] = [World::PAIRS[0], World::PAIRS[1]];

async fn world(pair: (Vendor, Vendor)) -> World {
    let w = World::new(pair, BOTH_WAYS).await;
    w.left.open(draft("Crash").body("text"));
    w.left.say(1, "bob", "one");
    w
}

/// A run that stops with this outcome and words, and writes nothing.
async fn stops(w: &World, outcome: Outcome, words: &str) -> Report {
    w.clear_logs();
    let report = w.sync().await;
    assert_eq!(report.outcome, outcome, "{report:#?}");
    assert!(
        report.syncs[0].stopped.iter().any(|line| line.contains(words)),
        "{:?}",
        report.syncs[0].stopped
    );
    assert_eq!(w.writes(), Vec::<String>::new());
    report
}

fn only_token(player: &Player, value: &str, readonly: bool) {
    match player.vendor {
        Vendor::GitHub => player.github().add_token(github::Token {
            readonly,
            ..github::Token::new(value)
        }),
        Vendor::GitLab => player.gitlab().add_token(gitlab::Token {
            readonly,
            ..gitlab::Token::new(value)
        }),
        Vendor::Folder => {}
    }
}

#[tokio::test]
async fn a_wrong_token() {
    for pair in PAIRS {
        for way in 0..2 {
            let w = world(pair).await;
            only_token([&w.left, &w.right][way], "another", false);
            let report = stops(&w, Outcome::Failed, "token").await;
            assert_eq!(report.outcome.exit_code(), 3);
            let name = ["left", "right"][way];
            assert!(
                report.syncs[0].stopped[0].contains(name),
                "{:?}",
                report.syncs[0].stopped
            );
        }
    }
}

#[tokio::test]
async fn a_token_that_is_not_set() {
    for pair in PAIRS {
        let mut w = world(pair).await;
        w.env.retain(|(name, _)| name != "RIGHT_TOKEN");
        stops(&w, Outcome::Failed, "RIGHT_TOKEN").await;
    }
}

#[tokio::test]
async fn a_token_that_may_only_read_fails_the_writes_and_says_why() {
    for pair in PAIRS {
        let w = world(pair).await;
        only_token(&w.right, "right-secret-token", true);
        let report = w.sync().await;
        assert_eq!((report.outcome, report.outcome.exit_code()), (Outcome::Failed, 3));
        let failed = report.steps.iter().find(|step| step.outcome == "failed").unwrap();
        assert!(report.syncs[0].stopped[0].contains("right to read and write"));
        assert!(
            failed.error.as_deref().unwrap().contains("right to read and write"),
            "{failed:?}"
        );
        assert!(w.right.keys().is_empty());
        assert!(w.left.see(1).marker_lines().is_empty(), "no pointer to nowhere");
    }
}

#[tokio::test]
async fn a_missing_project() {
    for pair in PAIRS {
        let w = world(pair).await;
        let gone = What::status(404).body(r#"{"message":"404 Project Not Found"}"#);
        w.right.fault(Fault::new(When::Read(1), gone).times(100));
        let report = stops(&w, Outcome::Failed, "was not found").await;
        assert_eq!(report.outcome.exit_code(), 3);
    }
}

#[tokio::test]
async fn a_page_for_people_instead_of_an_answer() {
    for pair in PAIRS {
        for status in [200, 502] {
            let w = world(pair).await;
            w.right.fault(Fault::new(When::Read(1), What::html(status)).times(100));
            stops(&w, Outcome::Failed, "right").await;
        }
    }
}

#[tokio::test]
async fn a_listing_that_breaks_off_is_no_short_listing() {
    for pair in PAIRS {
        let w = World::new(pair, BOTH_WAYS).await;
        for number in 0..5 {
            w.left.open(draft(&format!("Issue {number}")));
        }
        w.settle().await;
        for player in [&w.left, &w.right] {
            match player.vendor {
                Vendor::GitHub => player.github().vices(|vices| vices.page_cap = 2),
                Vendor::GitLab => player.gitlab().vices(|vices| vices.page_cap = 2),
                Vendor::Folder => {}
            }
        }
        w.left.open(draft("New"));
        w.left.retitle(1, "Changed");
        let faults = [
            What::status(500),
            What::status(403),
            What::TruncatedJson,
            What::html(200),
            What::Drop,
        ];
        for (what, player) in faults.iter().flat_map(|what| [(what, &w.left), (what, &w.right)]) {
            player.fault(Fault::new(When::Read(2), what.clone()).times(100));
            let report = stops(&w, Outcome::Failed, "").await;
            assert_eq!(report.outcome.exit_code(), 3);
            player.heal();
        }
        w.settle().await;
        assert_eq!(w.right.keys().len(), 6);
    }
}

#[tokio::test]
async fn trouble_that_passes_is_not_noticed() {
    for pair in PAIRS {
        let w = world(pair).await;
        for player in [&w.left, &w.right] {
            player.fault(Fault::new(When::Read(1), What::status(503)).times(2));
            player.fault(Fault::new(When::Read(3), What::Drop));
        }
        w.settle().await;
        assert_eq!(w.right.only().texts(), ["one"]);
    }
}

/// Epoch seconds an hour from now, as a service would tell them.
fn in_an_hour() -> i64 {
    jiff::Timestamp::now().as_second() + 3600
}

fn limit(vendor: Vendor) -> What {
    match vendor {
        Vendor::GitHub => What::github_primary_limit(in_an_hour()),
        Vendor::GitLab | Vendor::Folder => What::gitlab_too_many("3600"),
    }
}

#[tokio::test]
async fn a_used_up_limit_ends_the_run_for_the_next_to_go_on() {
    for pair in PAIRS {
        let w = world(pair).await;
        w.left.fault(Fault::new(When::Read(1), limit(pair.0)).times(100));
        let report = stops(&w, Outcome::Budget, "rate limit").await;
        assert_eq!(report.outcome.exit_code(), 5);
        w.left.heal();

        w.left.open(draft("Second"));
        w.right.fault(Fault::new(When::Write(2), limit(pair.1)).times(100));
        let report = w.sync().await;
        assert_eq!(
            (report.outcome, report.outcome.exit_code()),
            (Outcome::Budget, 5),
            "{report:#?}"
        );
        assert!(report.steps.iter().any(|step| step.outcome == "skipped"));
        w.right.heal();
        w.settle().await;
        assert_eq!(w.right.titled("Crash").texts(), ["one"]);
        assert_eq!(w.right.keys().len(), 2);
    }
}

#[tokio::test]
async fn a_short_limit_is_waited_for() {
    for pair in PAIRS {
        let w = world(pair).await;
        let what = match pair.1 {
            Vendor::GitHub => What::github_secondary_limit().retry_after("0"),
            Vendor::GitLab | Vendor::Folder => What::gitlab_too_many("0"),
        };
        w.right.fault(Fault::new(When::Write(1), what).times(2));
        let report = w.settle().await;
        assert!(report.requests["right"].retries >= 2, "{:?}", report.requests);
        assert_eq!(w.right.keys().len(), 1);
    }
}

#[tokio::test]
async fn one_bad_issue_does_not_stop_the_others() {
    for pair in PAIRS {
        let w = world(pair).await;
        w.left.open(draft("Second"));
        w.left.open(draft("Third"));
        w.right.fault(Fault::new(When::Write(1), What::status(422)));
        let report = w.sync().await;
        assert_eq!(
            (report.outcome, report.totals.failed),
            (Outcome::Partial, 1),
            "{report:#?}"
        );
        assert_eq!(w.right.keys().len(), 2);
        w.settle().await;
        assert_eq!(w.right.keys().len(), 3);
    }
}

#[tokio::test]
async fn one_bad_field_does_not_stop_the_others() {
    for pair in PAIRS {
        let w = world(pair).await;
        w.settle().await;
        let key = w.right.only().key;
        w.left.retitle(1, "Refused");
        w.left.rewrite(1, "new text");
        w.left.close(1, "completed");
        // All in one is refused, and so is the title alone.
        w.right.fault(Fault::new(When::Write(1), What::status(422)).times(2));
        let report = w.sync().await;
        assert_eq!(report.outcome, Outcome::Partial);
        let failed: Vec<_> = report.steps.iter().filter_map(|step| step.error.as_deref()).collect();
        assert!(failed.len() == 1 && failed[0].contains("title"), "{failed:?}");
        let twin = w.right.see(key);
        assert_eq!(
            (twin.title.as_str(), twin.text.as_str(), twin.closed),
            ("Crash", "new text", true)
        );
        w.right.heal();
        w.settle().await;
        assert_eq!(
            (w.right.see(key).title.as_str(), w.left.see(1).title.as_str()),
            ("Refused", "Refused")
        );
    }
}

#[tokio::test]
async fn a_comment_that_fails_keeps_later_ones_waiting_so_that_order_is_kept() {
    for pair in PAIRS {
        let w = world(pair).await;
        w.left.say(1, "bob", "two");
        w.left.say(1, "bob", "three");
        w.right.fault(Fault::new(
            When::Request {
                method: "POST",
                path: if pair.1 == Vendor::GitHub {
                    "/comments"
                } else {
                    "/notes"
                },
                nth: 2,
            },
            What::status(422),
        ));
        let report = w.sync().await;
        assert_eq!(report.outcome, Outcome::Partial);
        assert_eq!(w.right.only().texts(), ["one"]);
        w.settle().await;
        assert_eq!(w.right.only().texts(), ["one", "two", "three"]);
    }
}

#[tokio::test]
async fn comments_that_cannot_be_read_hold_their_issue_and_lose_nothing() {
    for pair in PAIRS {
        let w = world(pair).await;
        w.settle().await;
        w.left.open(draft("Second"));
        w.left.say(1, "bob", "two");
        let path = if pair.0 == Vendor::GitHub {
            "/issues/1/comments"
        } else {
            "/issues/1/notes"
        };
        let reading = When::Request {
            method: "GET",
            path,
            nth: 1,
        };
        w.left.fault(Fault::new(reading, What::status(403)).times(100));
        let report = w.sync().await;
        assert_ne!(report.outcome, Outcome::Settled);
        assert_eq!(w.right.titled("Crash").texts(), ["one"]);
        assert_eq!(w.right.titled("Second").text, "");
        w.left.heal();
        w.settle().await;
        assert_eq!(w.right.titled("Crash").texts(), ["one", "two"]);
    }
}

#[tokio::test]
async fn nobody_at_the_address() {
    let mut w = world(PAIRS[0]).await;
    w.right_at = Some("http://127.0.0.1:9".to_owned());
    let report = w.sync().await;
    assert_eq!((report.outcome, report.outcome.exit_code()), (Outcome::Failed, 3));
    assert!(
        report.syncs[0].stopped[0].contains("cannot reach http://127.0.0.1:9"),
        "{:?}",
        report.syncs[0].stopped
    );
    assert_eq!(w.left.writes(), Vec::<String>::new());
}
