//! A milestone shown as a label or in the footer instead: it follows, and never flows back.

use lockstep::model::Side;

use super::super::{BOTH, PAIRS, player, world};
use super::milestone;
use crate::support::fake::{Fault, What, When};
use crate::support::player::{Player, Vendor, draft};
use crate::support::world::World;

#[tokio::test]
async fn as_a_label_it_follows_and_never_flows_back() {
    for pair in PAIRS {
        for home in BOTH {
            let w = world(pair, "fields: { milestone: { as: label } }").await;
            let (one, other) = (player(&w, home), player(&w, home.other()));
            one.open(draft("Crash").body("text").labels(["bug"]));
            one.put_into(1, Some("Q1"));
            w.settle().await;
            let labels = |player: &Player| player.see(1).labels.into_iter().collect::<Vec<_>>();
            assert_eq!(
                labels(other),
                ["Milestone::Q1", "bug"],
                "{pair:?}, {home:?}: with a new twin"
            );
            assert_eq!(
                (labels(one), milestone(other)),
                (vec!["bug".into()], String::new()),
                "{pair:?}"
            );

            one.put_into(1, Some("Q2"));
            w.settle().await;
            assert_eq!(labels(other), ["Milestone::Q2", "bug"], "{pair:?}, {home:?}: exchanged");

            other.unlabel(1, "Milestone::Q2");
            other.label(1, "Milestone::Q9");
            w.sync().await;
            w.assert_settled().await;
            assert_eq!(
                (milestone(one).as_str(), labels(one)),
                ("Q2", vec!["bug".into()]),
                "{pair:?}, {home:?}"
            );
            one.label(1, "ui");
            w.sync().await;
            w.assert_settled().await;
            assert_eq!(
                labels(other),
                ["Milestone::Q2", "bug", "ui"],
                "{pair:?}, {home:?}: put right again"
            );

            one.put_into(1, None);
            w.settle().await;
            assert_eq!(labels(other), ["bug", "ui"], "{pair:?}, {home:?}: taken out");
            assert_eq!(
                (milestone(one), labels(one)),
                (String::new(), vec!["bug".into(), "ui".into()])
            );
        }
    }
}

#[tokio::test]
async fn as_a_label_one_way_only_that_side_shows_it() {
    for pair in PAIRS {
        let w = world(pair, "fields: { milestone: { direction: to right, as: label } }").await;
        w.left.open(draft("Crash").body("text"));
        w.left.put_into(1, Some("Q1"));
        w.settle().await;
        w.right.put_into(1, Some("Q7"));
        w.sync().await;
        w.assert_settled().await;
        assert_eq!(w.right.see(1).labels(), ["Milestone::Q1"], "{pair:?}");
        assert!(w.left.see(1).labels.is_empty(), "{pair:?}");
        assert_eq!(
            (milestone(&w.left), milestone(&w.right)),
            ("Q1".into(), "Q7".into()),
            "{pair:?}: each its own"
        );
    }
}

#[tokio::test]
async fn as_a_label_each_side_shows_the_other_ones() {
    for pair in PAIRS {
        let w = world(pair, "fields: { milestone: { as: label } }").await;
        w.left.open(draft("Crash").body("text"));
        w.left.put_into(1, Some("Q1"));
        w.settle().await;
        w.right.put_into(1, Some("Sprint 7"));
        w.settle().await;
        assert_eq!(w.left.see(1).labels(), ["Milestone::Sprint 7"], "{pair:?}");
        assert_eq!(w.right.see(1).labels(), ["Milestone::Q1"], "{pair:?}");
        assert_eq!(
            (milestone(&w.left), milestone(&w.right)),
            ("Q1".into(), "Sprint 7".into()),
            "{pair:?}"
        );
    }
}

#[tokio::test]
async fn as_a_label_it_is_fitted_like_any_label() {
    let w = world((Vendor::GitLab, Vendor::GitHub), "fields: { milestone: { as: label } }").await;
    let title = "A milestone whose title is longer than a label can be there";
    w.left.open(draft("Crash").body("text"));
    w.left.put_into(1, Some(title));
    w.settle().await;
    assert_eq!(
        w.right.see(1).labels(),
        ["Milestone::A milestone whose title is longer than"]
    );
    w.left.put_into(1, None);
    w.settle().await;
    assert!(w.right.see(1).labels.is_empty());
}

#[tokio::test]
async fn a_label_that_shows_it_and_was_refused_is_tried_again() {
    let w = world((Vendor::GitLab, Vendor::GitLab), "fields: { milestone: { as: label } }").await;
    w.right.make_label("Milestone::Q1");
    w.left.open(draft("Crash").body("text"));
    w.settle().await;
    w.left.retitle(1, "Crash again");
    w.left.put_into(1, Some("Q1"));
    // All in one is refused, and so is the label alone; the title is not.
    for write in [1, 3] {
        w.right.fault(Fault::new(When::Write(write), What::status(422)));
    }
    w.sync().await;
    let twin = w.right.see(1);
    assert_eq!((twin.title.as_str(), twin.labels()), ("Crash again", Vec::new()));
    w.right.heal();
    w.settle().await;
    assert_eq!(w.right.see(1).labels(), ["Milestone::Q1"]);
}

#[tokio::test]
async fn in_a_mirror_it_is_shown_on_the_right_alone() {
    for pair in PAIRS {
        for shown in ["label", "footer"] {
            let w = World::new(
                pair,
                &format!(
                    "mode: mirror\ncreate: {{ left: {{ state: all }} }}\nfields: {{ milestone: {{ as: {shown} }} }}"
                ),
            )
            .await;
            w.left.open(draft("Crash").body("text"));
            w.left.put_into(1, Some("Q1"));
            w.settle().await;
            w.right.put_into(1, Some("Q7"));
            w.clear_logs();
            w.sync().await;
            assert_eq!(w.left.writes(), Vec::<String>::new(), "{pair:?}");
            w.assert_settled().await;
            let seen = w.right.see(1);
            let told = format!("{} {}", seen.labels().join(" "), seen.footer());
            assert!(
                told.contains("Q1") && w.left.see(1).labels.is_empty(),
                "{pair:?}: {told}"
            );
            assert_eq!(w.left.see(1).raw, "text", "{pair:?}");
        }
    }
}

#[tokio::test]
async fn in_the_footer_it_follows_and_never_flows_back() {
    for pair in PAIRS {
        for home in BOTH {
            let w = world(pair, "fields: { milestone: { as: footer } }").await;
            let (one, other) = (player(&w, home), player(&w, home.other()));
            one.open(draft("Crash").body("text").labels(["bug"]));
            one.put_into(1, Some("Q1"));
            w.settle().await;
            let seen = other.see(1);
            assert!(
                seen.footer().contains("milestone Q1"),
                "{pair:?}, {home:?}: {}",
                seen.raw
            );
            assert_eq!(
                (seen.text.as_str(), seen.labels(), milestone(other)),
                ("text", vec!["bug"], String::new())
            );
            assert_eq!(one.see(1).text, "text", "{pair:?}, {home:?}");

            one.put_into(1, Some("Q2"));
            one.retitle(1, "Crash again");
            w.settle().await;
            let footer = other.see(1).footer();
            assert!(
                footer.contains("Q2") && !footer.contains("Q1"),
                "{pair:?}, {home:?}: {footer}"
            );

            other.rewrite(1, "other text");
            w.settle().await;
            assert_eq!(one.see(1).text, "other text", "{pair:?}, {home:?}: without the footer");
            assert!(other.see(1).footer().contains("Q2"), "{pair:?}, {home:?}");

            one.put_into(1, None);
            w.settle().await;
            assert!(!other.see(1).footer().contains("Q2"), "{pair:?}, {home:?}");
            assert_eq!(player(&w, Side::Left).see(1).text, "other text");
            assert_eq!(player(&w, Side::Right).see(1).text, "other text");
        }
    }
}
