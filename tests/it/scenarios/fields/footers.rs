//! The footer: where a twin comes from. Never a write of its own, never a change, never carried.

use lockstep::model::Side;

use super::{BOTH, PAIRS, name, player, world};
use crate::support::player::draft;
use crate::support::world::World;

#[tokio::test]
async fn a_backlink_stands_once_on_the_twin_and_never_travels() {
    for pair in PAIRS {
        for home in BOTH {
            println!("begun on the {}", name(home));
            let w = world(pair, "backlink: true").await;
            let (one, other) = (player(&w, home), player(&w, home.other()));
            one.open(draft("Crash").body("text"));
            w.settle().await;
            let seen = other.see(1);
            assert!(seen.footer().starts_with("<sub>"), "{pair:?}: {}", seen.raw);
            assert_eq!(seen.raw.matches("<sub>").count(), 1, "{pair:?}: {}", seen.raw);
            assert_eq!(
                one.see(1).raw.matches("<sub>").count(),
                0,
                "{pair:?}: {}",
                one.see(1).raw
            );
            for side in BOTH {
                player(&w, side).rewrite(1, &format!("text of the {}", name(side)));
                w.settle().await;
                assert_eq!(one.see(1).text, other.see(1).text, "{pair:?}");
                assert_eq!(
                    other.see(1).raw.matches("<sub>").count(),
                    1,
                    "{pair:?}: {}",
                    other.see(1).raw
                );
                assert_eq!(
                    one.see(1).raw.matches("<sub>").count(),
                    0,
                    "{pair:?}: {}",
                    one.see(1).raw
                );
            }
        }
    }
}

#[tokio::test]
async fn time_passing_is_no_reason_to_write_it_again() {
    for pair in PAIRS {
        for mode in ["two-way", "mirror"] {
            let mut w = World::new(
                pair,
                &format!("mode: {mode}\nbacklink: true\ncreate: {{ left: {{ state: all }} }}"),
            )
            .await;
            w.left.open(draft("Crash").body("text"));
            w.settle().await;
            let before = w.right.see(1).raw;
            w.now = "2026-02-05T12:00:00Z".parse().unwrap();
            w.assert_settled().await;
            assert_eq!(w.right.see(1).raw, before, "{pair:?}, {mode}");
            w.left.retitle(1, "Crash again");
            w.settle().await;
            assert_eq!(w.right.see(1).raw.matches("<sub>").count(), 1, "{pair:?}, {mode}");
        }
    }
}

#[tokio::test]
async fn a_footer_that_somebody_edited_is_text_and_nothing_is_lost() {
    for pair in PAIRS {
        let w = world(pair, "backlink: true").await;
        w.left.open(draft("Crash").body("text"));
        w.settle().await;
        let raw = w.right.see(1).raw;
        w.right.store(1, &raw.replacen("<sub>", "<sub>Note: ", 1));
        w.sync().await;
        w.assert_settled().await;
        assert!(w.left.see(1).text.contains("Note: "), "{pair:?}: {}", w.left.see(1).raw);
        assert!(
            w.right.see(1).text.contains("Note: "),
            "{pair:?}: {}",
            w.right.see(1).raw
        );
    }
}

#[tokio::test]
async fn a_footer_that_somebody_took_out_is_no_change_of_the_text() {
    for pair in PAIRS {
        let w = world(pair, "backlink: true").await;
        w.left.open(draft("Crash").body("text"));
        w.settle().await;
        let seen = w.right.see(1);
        w.right.store(1, &seen.raw.replacen(&seen.footer(), "", 1));
        w.sync().await;
        w.assert_settled().await;
        assert_eq!(w.left.see(1).text, "text", "{pair:?}");
        w.left.rewrite(1, "other text");
        w.settle().await;
        assert_eq!(
            w.right.see(1).raw.matches("<sub>").count(),
            1,
            "{pair:?}: {}",
            w.right.see(1).raw
        );
    }
}

#[tokio::test]
async fn text_between_footer_and_marker_is_carried() {
    for pair in PAIRS {
        for mode in ["", "fields: { milestone: { as: footer } }"] {
            let w = world(pair, &format!("backlink: true\n{mode}")).await;
            w.left.open(draft("Crash").body("text"));
            w.left.put_into(1, Some("Q1"));
            w.settle().await;
            let raw = w.right.see(1).raw;
            w.right.store(1, &format!("{raw}\n\nPS: see below"));
            w.settle().await;
            let text = w.left.see(1).text;
            assert!(text.ends_with("PS: see below"), "{pair:?}: {text}");
            assert!(!text.contains("<sub>"), "{pair:?}: {text}");
        }
    }
}

#[tokio::test]
async fn nothing_in_a_footer_is_live() {
    for pair in PAIRS {
        let w = world(pair, "fields: { milestone: { as: footer } }").await;
        let title = "@alice #1 </sub> <!-- x --> [a](http://example.org) /close";
        w.left.open(draft("Crash").body("text"));
        w.left.put_into(1, Some(title));
        w.settle().await;
        let seen = w.right.see(1);
        assert!(!seen.closed, "{pair:?}");
        assert_eq!(
            (seen.text.as_str(), seen.marker_lines().len()),
            ("text", 1),
            "{pair:?}: {}",
            seen.raw
        );
        for live in [" @alice", "#1 ", "</sub> <", "](http", "<!-- x"] {
            assert!(!seen.footer().contains(live), "{pair:?}: {live:?} in {}", seen.footer());
        }
        w.left.rewrite(1, "other text");
        w.settle().await;
        assert_eq!(w.right.see(1).text, "other text", "{pair:?}");
        assert_eq!(player(&w, Side::Left).see(1).text, "other text");
    }
}
