//! Milestones: made where they are missing, or not, and used as they are where they are there.

mod shown;

use super::world;
use crate::support::player::{Player, Stone, Vendor, draft};
use crate::support::world::held;

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
