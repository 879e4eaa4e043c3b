//! Texts as long as the services take them, and longer than the other side does.

use lockstep::run::Request;

use super::BOTH_WAYS;
use crate::support::player::{Vendor, draft};
use crate::support::world::{World, held};

/// What GitHub takes, in characters.
const GITHUB_MAX: usize = 65_536;

fn full() -> String {
    "0123456 ".repeat(GITHUB_MAX / 8)
}

#[tokio::test]
async fn a_body_that_fills_all_the_room_is_linked_from_the_other_side_alone() {
    for right in [Vendor::GitLab, Vendor::Folder] {
        let mut w = World::new((Vendor::GitHub, right), BOTH_WAYS).await;
        if right == Vendor::Folder {
            w.now = jiff::Timestamp::now();
        }
        let text = full();
        w.left.open(draft("Log").body(&text).labels(["bug"]));
        w.left.say(1, "ann", "See the end.");
        w.settle().await;
        let twin = w.right.see(1);
        assert_eq!(twin.text, text.trim_end());
        assert_eq!(w.left.see(1).text, text, "not a byte of it was touched");
        assert_eq!(w.right.keys().len(), 1);

        w.right.close(1, "completed");
        w.right.label(1, "seen");
        w.left.retitle(1, "The log");
        w.right.say(1, "bob", "Seen.");
        w.settle().await;
        let here = w.left.see(1);
        assert!(here.closed && here.labels().contains(&"seen"), "{here:?}");
        assert_eq!((here.text.as_str(), here.said.len()), (text.as_str(), 2));
        assert_eq!(w.right.see(1).title, "The log");

        // An event names the issue alone.
        w.left.reopen(1);
        let focus = Request {
            apply: true,
            issue: lockstep::model::IssueRef::parse("left#1"),
            ..Request::default()
        };
        w.run(focus).await;
        assert!(!w.right.see(1).closed);
        assert_eq!(w.right.keys().len(), 1);

        // With room again, it is marked like any other.
        w.left.rewrite(1, "Short.");
        w.settle().await;
        assert_eq!(w.right.see(1).text, "Short.");
        assert_eq!(w.left.see(1).marker_lines().len(), 1);
    }
}

#[tokio::test]
async fn a_run_stopped_after_making_such_a_twin_makes_no_second_one() {
    for write in 1..=3 {
        for applied in [false, true] {
            let w = World::github_gitlab(BOTH_WAYS).await;
            w.left.open(draft("Log").body(&full()));
            w.left.say(1, "ann", "See the end.");
            w.killed(lockstep::model::Side::Right, write, applied).await;
            w.sync().await;
            w.assert_settled().await;
            assert_eq!((w.right.keys().len(), w.right.see(1).said.len()), (1, 1));
        }
    }
}

#[tokio::test]
async fn a_full_body_on_the_side_that_holds_the_state_gets_no_twin_and_no_failure() {
    let w = World::new((Vendor::GitLab, Vendor::GitHub), BOTH_WAYS).await;
    w.right.open(draft("Log").body(&full()));
    let report = w.sync().await;
    assert_eq!(report.outcome, lockstep::report::Outcome::Settled, "{report:#?}");
    assert!(held(&report).contains(&"no-room"), "{report:#?}");
    assert!(w.left.keys().is_empty());
}

#[tokio::test]
async fn a_million_characters_are_cut_linked_and_never_come_back_cut() {
    for pair in [(Vendor::GitLab, Vendor::GitHub), (Vendor::GitHub, Vendor::GitLab)] {
        let w = World::new(pair, BOTH_WAYS).await;
        let (long, short) = if pair.0 == Vendor::GitLab {
            (&w.left, &w.right)
        } else {
            (&w.right, &w.left)
        };
        let text = "A line of the log, and @ann in it.\n".repeat(1_000_000 / 35);
        long.open(draft("Log").body(&text).labels(["a", "b", "c"]));
        w.settle().await;
        let raw = short.see(1);
        assert!(raw.text.contains("The rest is too long"), "it says so");
        assert!(raw.text.chars().count() < GITHUB_MAX);
        assert_eq!(raw.marker_lines().len(), 1);

        // Everything else still travels both ways, and the text stays.
        short.close(1, "completed");
        short.label(1, "seen");
        w.settle().await;
        assert!(long.see(1).closed);
        assert!(long.see(1).text.trim_end() == text.trim_end(), "the whole text stays");

        // An edit of what was cut is held, not carried.
        short.rewrite(1, "Shorter.");
        let report = w.sync().await;
        assert!(held(&report).contains(&"text-cut"), "{report:#?}");
        assert!(long.see(1).text.trim_end() == text.trim_end(), "the whole text stays");
        w.assert_settled().await;
    }
}

#[tokio::test]
async fn below_a_cut_text_there_is_room_for_the_state_of_many_labels() {
    let w = World::new((Vendor::GitLab, Vendor::GitHub), BOTH_WAYS).await;
    let names: [String; 90] = std::array::from_fn(|number| format!("area {number}"));
    let labels = names.each_ref().map(String::as_str);
    w.left
        .open(draft("Log").body(&"A line of the log.\n".repeat(10_000)).labels(labels));
    w.settle().await;
    assert_eq!(w.right.see(1).labels().len(), 90);
}

#[tokio::test]
async fn a_text_that_leaves_no_room_for_the_state_any_more_is_held() {
    let w = World::new((Vendor::GitLab, Vendor::GitHub), BOTH_WAYS).await;
    w.right.open(draft("Log").body("Short."));
    w.settle().await;
    w.right.store(1, &full());
    w.left.retitle(1, "The log");
    let report = w.sync().await;
    assert_eq!(report.totals.failed, 0, "{report:#?}");
    assert!(held(&report).contains(&"no-room"), "{report:#?}");
    w.right.store(1, "Shorter.");
    w.sync().await;
    w.assert_settled().await;
    let (left, right) = (w.left.see(1), w.right.see(1));
    assert_eq!((left.title, left.text), (right.title, right.text));
}
