//! Milestones: made where they are missing, or not; shown as a label or in the footer instead.

use lockstep::model::Side;

use super::{BOTH, PAIRS, player, world};
use crate::support::fake::{Fault, What, When};
use crate::support::player::{Player, Stone, Vendor, draft};
use crate::support::world::{World, held};

/// Pairs whose sides both have a list of milestones.
const LISTS: [(Vendor, Vendor); 3] = [
    (Vendor::GitHub, Vendor::GitLab),
    (Vendor::GitLab, Vendor::GitLab),
    (Vendor::GitLab, Vendor::GitHub),
];

fn stone(title: &str) -> Stone {
    Stone {
        title: title.to_owned(),
        ..Stone::default()
    }
}

fn milestone(player: &Player) -> String {
    player.planned(1).milestone.unwrap_or_default()
}

#[tokio::test]
async fn one_that_is_missing_is_made_like_its_original() {
    for pair in LISTS {
        let w = world(pair, "").await;
        let first = Stone {
            description: "All of it\n\nby summer".to_owned(),
            due: Some("2026-06-30".to_owned()),
            ..stone("Q1")
        };
        let second = Stone {
            closed: true,
            due: Some("2026-09-30".to_owned()),
            ..stone("Q2")
        };
        w.left.make_milestone(&first);
        w.left.make_milestone(&stone("unused"));
        w.left.open(draft("Crash").body("text"));
        w.left.put_into(1, Some("Q1"));
        w.settle().await;
        assert_eq!(
            w.right.milestones(),
            std::slice::from_ref(&first),
            "{pair:?}: with a new twin"
        );
        assert_eq!(milestone(&w.right), "Q1", "{pair:?}");

        w.left.make_milestone(&second);
        w.left.put_into(1, Some("Q2"));
        w.settle().await;
        assert_eq!(w.right.milestones(), [first, second], "{pair:?}: later, and closed");
        assert_eq!(milestone(&w.right), "Q2", "{pair:?}");

        let third = Stone {
            due: Some("2027-01-01".to_owned()),
            ..stone("Q3")
        };
        w.right.make_milestone(&third);
        w.right.put_into(1, Some("Q3"));
        w.settle().await;
        assert!(w.left.milestones().contains(&third), "{pair:?}: on the left");
        assert_eq!(milestone(&w.left), "Q3", "{pair:?}");
    }
}

#[tokio::test]
async fn one_that_is_there_is_used_as_it_is() {
    for pair in LISTS {
        let w = world(pair, "").await;
        let there = Stone {
            description: "Our own words".to_owned(),
            due: Some("2026-03-31".to_owned()),
            closed: true,
            ..stone("Q1")
        };
        w.right.make_milestone(&there);
        w.left.make_milestone(&Stone {
            description: "Others".to_owned(),
            ..stone("Q1")
        });
        for number in 1..=2 {
            let key = w.left.open(draft(&format!("Crash {number}")).body("text"));
            w.left.put_into(key, Some("Q1"));
        }
        w.settle().await;
        assert_eq!(w.right.milestones(), [there], "{pair:?}");
        assert!(
            w.right
                .all()
                .iter()
                .all(|seen| seen.plan.milestone.as_deref() == Some("Q1"))
        );
    }
}

#[tokio::test]
async fn another_case_is_no_other_milestone() {
    for pair in LISTS {
        let w = world(pair, "").await;
        w.right.make_milestone(&stone("RELEASE"));
        w.left.open(draft("Crash").body("text"));
        w.left.put_into(1, Some("Release"));
        w.settle().await;
        assert_eq!(
            (milestone(&w.left), milestone(&w.right)),
            ("Release".into(), "RELEASE".into()),
            "{pair:?}"
        );
        assert_eq!(w.right.milestones().len(), 1, "{pair:?}");
        w.right.retitle(1, "Crash again");
        w.settle().await;
        assert_eq!(
            (milestone(&w.left), milestone(&w.right)),
            ("Release".into(), "RELEASE".into()),
            "{pair:?}"
        );
    }
}

#[tokio::test]
async fn one_of_the_group_above_is_used() {
    let w = world((Vendor::GitHub, Vendor::GitLab), "").await;
    w.right.gitlab().group_milestone("Q1");
    w.left.open(draft("Crash").body("text"));
    w.left.put_into(1, Some("Q1"));
    w.settle().await;
    assert_eq!((milestone(&w.right).as_str(), w.right.milestones().len()), ("Q1", 1));
}

#[tokio::test]
async fn one_made_for_several_issues_is_made_once() {
    for pair in LISTS {
        let w = world(pair, "").await;
        for number in 1..=3 {
            let key = w.left.open(draft(&format!("Crash {number}")).body("text"));
            w.left.put_into(key, Some("Q1"));
        }
        w.clear_logs();
        w.settle().await;
        assert_eq!(w.right.milestones().len(), 1, "{pair:?}");
    }
}

#[tokio::test]
async fn where_none_may_be_made_on_the_left_it_is_told_there_too() {
    for pair in LISTS {
        let w = world(pair, "fields: { milestone: { create: false } }").await;
        w.left.open(draft("Crash").body("text"));
        w.settle().await;
        w.right.put_into(1, Some("Q1"));
        let report = w.sync().await;
        assert_eq!(held(&report), ["milestone-missing"], "{pair:?}");
        assert_eq!(
            (milestone(&w.left), milestone(&w.right)),
            (String::new(), "Q1".into()),
            "{pair:?}"
        );
        w.right.put_into(1, None);
        let report = w.sync().await;
        assert!(held(&report).is_empty(), "{pair:?}: {report:#?}");
        w.assert_settled().await;
    }
}

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

#[tokio::test]
async fn where_none_may_be_made_it_is_told_and_carried_once_somebody_makes_it() {
    for pair in LISTS {
        for later in [false, true] {
            let w = world(pair, "fields: { milestone: { create: false } }").await;
            w.left.open(draft("Crash").body("text"));
            if later {
                w.settle().await;
            }
            w.left.put_into(1, Some("Q1"));
            let report = w.sync().await;
            assert_eq!(held(&report), ["milestone-missing"], "{pair:?}, later: {later}");
            assert!(w.right.milestones().is_empty(), "{pair:?}");
            let report = w.plan().await;
            assert_eq!(
                (held(&report), report.steps.len()),
                (vec!["milestone-missing"], 0),
                "{pair:?}, later: {later}: not forgotten, and no write"
            );
            w.left.retitle(1, "Crash again");
            w.sync().await;
            assert_eq!(milestone(&w.left), "Q1", "{pair:?}: not taken off at home");

            w.right.make_milestone(&stone("Q1"));
            let report = w.settle().await;
            assert!(held(&report).is_empty(), "{report:#?}");
            assert_eq!(milestone(&w.right), "Q1", "{pair:?}, later: {later}");
        }
    }
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
async fn nothing_in_a_description_means_somebody_or_something_else_there() {
    let w = world((Vendor::GitHub, Vendor::GitLab), "").await;
    w.left.make_milestone(&Stone {
        description: "After #7, ask @grace\n\n/close".to_owned(),
        ..stone("Q1")
    });
    w.left.open(draft("Crash").body("text"));
    w.left.put_into(1, Some("Q1"));
    w.settle().await;
    let told = w.right.milestones().remove(0).description;
    assert!(told.contains("ask") && told.contains("grace"), "{told}");
    assert!(!told.contains("@grace") && !told.contains("After #7"), "{told}");
}
