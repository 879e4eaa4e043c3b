//! The watermark that a dashboard keeps: what a run with nothing to do reads, and what is looked at again all the same.

use lockstep::report::Outcome;
use lockstep::run::{Request, Since};

use super::{board, idle, rules};
use crate::support::fake::{Fault, What, When};
use crate::support::player::{Vendor, draft};
use crate::support::world::{World, told};

#[tokio::test]
async fn with_a_watermark_a_run_with_nothing_to_do_reads_one_page_a_side_and_the_dashboard() {
    for pair in [World::PAIRS[0], World::PAIRS[1]] {
        for (signed, most) in [(false, 2), (true, 1)] {
            let mut w = World::new(pair, &rules("left")).await;
            if signed {
                w.top = "signing_key: \"${KEY}\"".to_owned();
                w.env.push(("KEY".to_owned(), "0123456789abcdef".to_owned()));
            }
            for number in 0..120 {
                let key = w.left.open(draft(&format!("Issue {number}")).body("text"));
                w.left.say(key, "bob", "me too");
            }
            w.synced().await;
            w.rest(3600);
            // What changed within minutes of the watermark is looked at again, and so are comments there.
            w.left.open(draft("Told anew"));
            w.synced().await;
            w.rest(3600);
            idle(&w).await;
            // The listing of what changed, the dashboard, and without a key who we are.
            assert!(w.left.reads() <= 1 + most, "{:?} {pair:?} {signed}", w.left.asked());
            assert_eq!(w.right.reads(), 1, "{:?} {pair:?}", w.right.asked());
        }
    }
}

#[tokio::test]
async fn everything_is_looked_at_once_a_day_and_after_a_change_of_the_rules() {
    for pair in [World::PAIRS[0], World::PAIRS[1]] {
        let mut w = World::new(pair, &rules("left")).await;
        w.left.open(draft("Crash"));
        w.synced().await;
        w.rest(7200);
        w.left.open(draft("Calm"));
        w.synced().await;
        w.rest(7200);
        // A deleted issue is in no listing of changes.
        w.right.delete(w.right.titled("Crash").key);
        idle(&w).await;
        w.now += jiff::SignedDuration::from_hours(25);
        let report = w.sync().await;
        assert!(
            report.held.iter().any(|held| held.code.starts_with("twin-")),
            "{:#?}",
            report.held
        );
        assert!(
            board(&w.left)
                .text
                .contains("| everything looked at last on | 2026-01-06 |")
        );

        let mut w = World::new(pair, "dashboard: { on: left }").await;
        w.left.open(draft("Crash"));
        w.sync().await;
        w.rest(7200);
        w.rules = rules("left");
        w.settle().await;
        w.right.titled("Crash");
    }
}

#[tokio::test]
async fn what_failed_is_not_passed_over_by_the_watermark() {
    let w = World::new((Vendor::GitHub, Vendor::GitLab), &rules("left")).await;
    w.left.open(draft("Crash"));
    w.settle().await;
    w.rest(7200);
    w.left.retitle(1, "Crash at start");
    w.right.fault(Fault::new(When::Write(1), What::status(422)));
    let report = w.sync().await;
    assert_eq!(report.outcome, Outcome::Partial, "{:#?}", told(&report));
    let text = board(&w.left).text;
    assert!(text.contains("### Failed"), "{text}");
    w.right.heal();
    w.rest(7200);
    w.synced().await;
    w.right.titled("Crash at start");
    assert!(!board(&w.left).text.contains("### Failed"));
    w.assert_settled().await;
    idle(&w).await;
}

#[tokio::test]
async fn a_run_that_was_told_where_to_begin_moves_no_watermark() {
    let w = World::new((Vendor::GitHub, Vendor::GitLab), &rules("left")).await;
    w.left.open(draft("Crash"));
    w.left.open(draft("Calm"));
    w.settle().await;
    w.rest(7200);
    w.left.retitle(1, "Crash at start");
    w.rest(7200);
    let since = Since::Time(w.left.github().now());
    w.rest(60);
    w.left.retitle(2, "Calmer");
    w.run(Request {
        apply: true,
        since,
        ..Request::default()
    })
    .await;
    w.right.titled("Calmer");
    w.right.titled("Crash");
    w.rest(7200);
    w.synced().await;
    w.right.titled("Crash at start");
    w.assert_settled().await;
}
