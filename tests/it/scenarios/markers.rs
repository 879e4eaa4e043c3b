//! Markers that were lost, copied, forged or left behind, and the key that signs them.

use lockstep::model::{Marker, Payload};
use lockstep::report::Outcome;

use super::{BOTH_WAYS, linked};
use crate::support::player::{Player, Seen, Vendor, draft};
use crate::support::world::{World, held};

fn without_marker(seen: &Seen) -> String {
    let lines = seen.raw.lines().filter(|line| !line.starts_with("<!-- lockstep:"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Takes the marker lines out of a body, as somebody might who does not know what they are.
pub(super) fn lose(player: &Player, key: u64) {
    let text = without_marker(&player.see(key));
    player.store(key, &text);
}

#[tokio::test]
async fn a_lost_state_marker_is_written_again_and_nothing_else_changes() {
    for pair in World::PAIRS {
        let w = linked(
            pair,
            "",
            draft("Crash").body("text").labels(["bug"]).closed("completed"),
        )
        .await;
        w.left.say(1, "bob", "one");
        w.settle().await;
        lose(&w.right, 1);
        let report = w.sync().await;
        assert!(held(&report).contains(&"base-lost"), "{report:#?}");
        w.assert_settled().await;
        assert_eq!(w.right.see(1).marker_lines().len(), 1);
        assert_eq!((w.left.see(1).said.len(), w.right.see(1).said.len()), (1, 1));
        assert_eq!((w.left.keys(), w.right.keys()), (vec![1], vec![1]));
    }
}

#[tokio::test]
async fn with_the_base_lost_sets_are_united_and_texts_follow_the_policy() {
    for pair in World::PAIRS {
        let w = linked(
            pair,
            "conflicts: prefer left",
            draft("Crash").body("text").labels(["both"]),
        )
        .await;
        lose(&w.right, 1);
        w.left.label(1, "l");
        w.right.label(1, "r");
        w.right.retitle(1, "Right title");
        w.sync().await;
        w.assert_settled().await;
        for player in [&w.left, &w.right] {
            let seen = player.see(1);
            assert_eq!((seen.title.as_str(), seen.labels()), ("Crash", vec!["both", "l", "r"]));
        }
        assert_eq!(w.right.see(1).texts(), ["Right title"]);
    }
}

#[tokio::test]
async fn a_lost_pointer_is_written_again() {
    for pair in World::PAIRS {
        let w = linked(pair, "", draft("Crash").body("text")).await;
        lose(&w.left, 1);
        w.settle().await;
        assert_eq!(w.left.see(1).marker_lines().len(), 1);
        assert_eq!((w.left.keys(), w.right.keys()), (vec![1], vec![1]));
    }
}

#[tokio::test]
async fn with_both_markers_lost_the_issues_are_strangers() {
    for pair in World::PAIRS {
        let w = linked(pair, "match: title", draft("Crash").body("text")).await;
        lose(&w.left, 1);
        lose(&w.right, 1);
        w.sync().await;
        w.assert_settled().await;
        assert_eq!(
            (w.left.keys(), w.right.keys()),
            (vec![1], vec![1]),
            "and `match: title` joins them again"
        );
    }
}

#[tokio::test]
async fn text_written_below_the_marker_is_text_all_the_same() {
    for pair in World::PAIRS {
        let w = linked(pair, "", draft("Crash").body("text")).await;
        for (from, to) in [(&w.left, &w.right), (&w.right, &w.left)] {
            let raw = format!("{}\n\nPS: {:?}", from.see(1).raw, from.vendor);
            from.store(1, &raw);
            w.settle().await;
            assert!(
                to.see(1).text.ends_with(&format!("PS: {:?}", from.vendor)),
                "{}",
                to.see(1).text
            );
        }
        assert!(w.left.see(1).text.starts_with("text\n\nPS: "));
    }
}

#[tokio::test]
async fn a_copied_marker_is_held_and_the_copy_left_alone() {
    for pair in World::PAIRS {
        for way in 0..2 {
            let w = linked(pair, "", draft("Crash").body("text")).await;
            let player = [&w.left, &w.right][way];
            let raw = player.see(1).raw;
            let copy = player.open(draft("Copy").body(&raw));
            let report = w.sync().await;
            assert!(held(&report).contains(&"marker-copied"), "{report:#?}");
            w.assert_settled().await;
            assert_eq!(player.see(copy).raw, raw);
            w.left.retitle(1, "Crash at start");
            w.settle().await;
            assert_eq!(
                (player.see(1).title.as_str(), player.see(copy).title.as_str()),
                ("Crash at start", "Copy")
            );
        }
    }
}

/// A state marker that claims an issue nobody linked, as somebody who knows the format would write it.
async fn forged(pair: (Vendor, Vendor), claimed: u64) -> String {
    let w = World::new(pair, "create: { left: { state: all } }").await;
    for number in 1..=claimed {
        w.left.open(draft(&format!("Issue {number}")));
    }
    w.synced().await;
    w.right.titled(&format!("Issue {claimed}")).marker_lines()[0].to_owned()
}

#[tokio::test]
async fn a_forged_marker_is_held_and_never_followed() {
    for pair in [World::PAIRS[5]] {
        let line = forged(pair, 2).await;
        let Some(Ok(marker)) = Marker::read(&line) else {
            panic!("a marker")
        };
        assert!(matches!(marker.payload, Payload::State(_)));
        let w = linked(pair, "", draft("Issue 1")).await;
        w.left.open(draft("Issue 2").body("mine"));
        w.right.open(draft("Not a twin").body(&format!("take over\n\n{line}")));
        let report = w.sync().await;
        assert!(held(&report).contains(&"half-linked"), "{report:#?}");
        assert_eq!(w.left.titled("Issue 2").text, "mine");
        assert_eq!(w.right.titled("Not a twin").text, "take over");
    }
}

#[tokio::test]
async fn a_damaged_marker_is_held_and_nothing_is_made_for_it() {
    for pair in World::PAIRS {
        for way in 0..2 {
            let w = linked(pair, "", draft("Crash").body("text")).await;
            let player = [&w.left, &w.right][way];
            let raw = player.see(1).raw;
            player.store(1, &raw.replacen("lockstep:1 ", "lockstep:1 x", 1));
            let report = w.sync().await;
            assert!(held(&report).contains(&"marker-unreadable"), "{report:#?}");
            assert_eq!((w.left.keys(), w.right.keys()), (vec![1], vec![1]));
            w.assert_settled().await;
            player.store(1, &raw);
            w.assert_settled().await;
        }
    }
}

#[tokio::test]
async fn a_renamed_sync_is_held_and_nothing_is_created_again() {
    for pair in World::PAIRS {
        let mut w = linked(pair, "", draft("Crash").body("text")).await;
        w.name = "other".to_owned();
        let report = w.sync().await;
        assert!(held(&report).contains(&"marker-other-sync"), "{report:#?}");
        assert_eq!((w.left.keys(), w.right.keys()), (vec![1], vec![1]));
        w.assert_settled().await;
        if pair.1 == Vendor::Folder {
            continue; // It has one address alone.
        }
        w.right_at = Some(w.right.address().replace("127.0.0.1", "localhost"));
        let report = w.sync().await;
        assert!(held(&report).contains(&"marker-other-sync"), "{report:#?}");
        assert_eq!((w.left.keys(), w.right.keys()), (vec![1], vec![1]));
        w.assert_settled().await;
    }
}

async fn signed(pair: (Vendor, Vendor)) -> World {
    let mut w = World::new(pair, BOTH_WAYS).await;
    w.top = "signing_key: ${SIGNING_KEY}".to_owned();
    w.env
        .push(("SIGNING_KEY".to_owned(), "a key of some length".to_owned()));
    w.left.open(draft("Crash").body("text"));
    w.left.say(1, "bob", "one");
    w
}

#[tokio::test]
async fn signed_markers_work_like_others() {
    for pair in World::PAIRS {
        let w = signed(pair).await;
        w.settle().await;
        w.left.retitle(1, "Crash at start");
        w.right.say(1, "dora", "two");
        w.settle().await;
        assert_eq!(
            (w.right.see(1).title.as_str(), w.left.see(1).texts()),
            ("Crash at start", vec!["one", "two"])
        );
    }
}

#[tokio::test]
async fn markers_signed_with_another_key_or_none_are_held() {
    for pair in World::PAIRS {
        let mut w = signed(pair).await;
        w.settle().await;
        w.env.retain(|(name, _)| name != "SIGNING_KEY");
        w.env.push(("SIGNING_KEY".to_owned(), "quite another key".to_owned()));
        w.left.retitle(1, "Crash at start");
        let report = w.plan().await;
        assert!(held(&report).contains(&"marker-unsigned"), "{report:#?}");
        assert!(report.steps.is_empty());

        let mut w = linked(pair, "", draft("Crash")).await;
        w.top = "signing_key: ${SIGNING_KEY}".to_owned();
        let report = w.sync().await;
        assert_eq!(
            (report.outcome, report.outcome.exit_code()),
            (Outcome::Failed, 3),
            "the key is not set"
        );
        w.env
            .push(("SIGNING_KEY".to_owned(), "a key of some length".to_owned()));
        let report = w.plan().await;
        assert!(held(&report).contains(&"marker-unsigned"), "{report:#?}");
        assert!(report.steps.is_empty());
    }
}

#[tokio::test]
async fn a_key_is_changed_without_losing_a_link() {
    for pair in World::PAIRS {
        let mut w = signed(pair).await;
        w.settle().await;
        let before = w.right.see(1).raw;
        w.top = "signing_key: [\"${NEW_KEY}\", \"${SIGNING_KEY}\"]".to_owned();
        w.env
            .push(("NEW_KEY".to_owned(), "the key that comes after".to_owned()));
        w.assert_settled().await;
        assert_eq!(w.right.see(1).raw, before, "nothing is written for the key's sake");

        w.left.rewrite(1, "another text");
        w.settle().await;
        w.right.rewrite(1, "and another");
        w.right.say(1, "dora", "two");
        let copy = w.right.see(1).said[0].id;
        w.right.later(1, 120);
        w.right.reword(1, copy, "one, edited");
        w.settle().await;
        // What was written is signed with the new key; the old one is not needed for it any more.
        w.top = "signing_key: \"${NEW_KEY}\"".to_owned();
        w.left.retitle(1, "Crash at start");
        let report = w.sync().await;
        assert!(!held(&report).contains(&"marker-unsigned"), "{report:#?}");
        assert_eq!(w.right.see(1).title, "Crash at start");

        w.env.retain(|(name, _)| name != "SIGNING_KEY");
        w.top = "signing_key: [\"${NEW_KEY}\", \"${SIGNING_KEY}\"]".to_owned();
        let report = w.sync().await;
        assert_eq!(report.outcome.exit_code(), 3, "an old key that is named must be there");
        assert!(report.syncs[0].stopped[0].contains("SIGNING_KEY"), "{report:#?}");
    }
}

/// The footer below a text that lost its marker is no text, though nothing tells it from one but its form.
#[tokio::test]
async fn a_footer_without_its_marker_is_not_carried() {
    for pair in World::PAIRS {
        let w = linked(pair, "backlink: true", draft("Crash").body("text")).await;
        assert!(w.right.see(1).raw.contains("<sub>"), "{}", w.right.see(1).raw);
        lose(&w.right, 1);
        w.sync().await;
        w.assert_settled().await;
        assert_eq!(
            (w.left.see(1).text.as_str(), w.right.see(1).text.as_str()),
            ("text", "text")
        );
        assert_eq!(w.right.see(1).raw.matches("<sub>").count(), 1);
    }
}
