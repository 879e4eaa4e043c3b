//! Assignees that cannot all be carried: services that hold ten or one, and people without a row.

use std::fmt::Write;

use super::{BOTH, PAIRS, player, world};
use crate::support::player::{Vendor, draft};
use crate::support::world::{World, held};

/// People `p01` to `p12`, who go by the same name on both sides, all assignable.
async fn crowd(pair: (Vendor, Vendor)) -> World {
    let mut w = world(pair, "").await;
    w.top = "people:".to_owned();
    for number in 1..=12 {
        let login = format!("p{number:02}");
        for side in BOTH {
            player(&w, side).invite(&login);
        }
        write!(w.top, "\n  - {{ left: {login}, right: {login} }}").unwrap();
    }
    w
}

#[tokio::test]
async fn ten_of_twelve_are_assigned_on_github_and_told_once() {
    for pair in [(Vendor::GitLab, Vendor::GitHub), (Vendor::Folder, Vendor::GitHub)] {
        let w = crowd(pair).await;
        let all: [String; 12] = std::array::from_fn(|n| format!("p{:02}", n + 1));
        w.left.open(
            draft("Crash")
                .body("text")
                .assignees(all.each_ref().map(String::as_str)),
        );
        let report = w.sync().await;
        let limits = report.held.iter().filter(|held| held.code == "assignees-limit").count();
        assert_eq!(limits, 1, "{pair:?}: {:#?}", report.held);
        w.assert_settled().await;
        assert_eq!(held(&w.plan().await), Vec::<&str>::new(), "{pair:?}: told once");
        assert_eq!(
            (w.left.see(1).assignees.len(), w.right.see(1).assignees.len()),
            (12, 10)
        );

        w.left.retitle(1, "Crash again");
        let report = w.settle().await;
        assert_eq!(held(&report), Vec::<&str>::new(), "{pair:?}: told once");
        assert_eq!(
            (w.left.see(1).assignees.len(), w.right.see(1).assignees.len()),
            (12, 10)
        );

        w.right.unassign(1, "p03");
        w.sync().await;
        w.assert_settled().await;
        let left = w.left.see(1).assignees;
        assert!(left.len() == 11 && !left.contains("p03"), "{pair:?}: {left:?}");
        assert!(!w.right.see(1).assignees.contains("p03"), "{pair:?}");

        w.left.unassign(1, "p05");
        w.sync().await;
        w.assert_settled().await;
        let (left, right) = (w.left.see(1).assignees, w.right.see(1).assignees);
        assert!(
            left.len() == 10 && !right.contains("p05"),
            "{pair:?}: {left:?} {right:?}"
        );
        assert!(right.is_subset(&left), "{pair:?}: {left:?} {right:?}");
    }
}

#[tokio::test]
async fn one_of_two_is_assigned_on_a_gitlab_of_one_and_told_once() {
    for pair in [(Vendor::GitHub, Vendor::GitLab), (Vendor::Folder, Vendor::GitLab)] {
        let w = crowd(pair).await;
        w.right.gitlab().vices(|vices| vices.one_assignee = true);
        w.left.open(draft("Crash").body("text").assignees(["p01", "p02"]));
        let report = w.sync().await;
        assert_eq!(held(&report).len(), 1, "{pair:?}: {:#?}", report.held);
        w.assert_settled().await;
        assert_eq!(held(&w.plan().await), Vec::<&str>::new(), "{pair:?}: told once");
        assert_eq!(w.right.see(1).assignees(), ["p01"], "{pair:?}");

        // Somebody else takes over there: whoever could not be assigned there stays at home.
        w.right.unassign(1, "p01");
        w.right.assign(1, "p03");
        w.settle().await;
        assert_eq!(w.left.see(1).assignees(), ["p02", "p03"], "{pair:?}");
        assert_eq!(w.right.see(1).assignees(), ["p03"], "{pair:?}");

        w.left.unassign(1, "p03");
        w.sync().await;
        w.assert_settled().await;
        assert_eq!(w.left.see(1).assignees(), ["p02"], "{pair:?}");
        assert!(!w.right.see(1).assignees.contains("p03"), "{pair:?}");
    }
}

#[tokio::test]
async fn people_without_a_row_stay_on_their_side_and_are_no_change() {
    for pair in PAIRS {
        let w = crowd(pair).await;
        w.left.open(draft("Crash").body("text").assignees(["p01", "stranger"]));
        w.settle().await;
        w.right.assign(1, "guest");
        w.left.assign(1, "other");
        w.assert_settled().await;
        w.left.assign(1, "p02");
        w.right.unassign(1, "p01");
        w.settle().await;
        assert_eq!(w.left.see(1).assignees(), ["other", "p02", "stranger"], "{pair:?}");
        assert_eq!(w.right.see(1).assignees(), ["guest", "p02"], "{pair:?}");
        w.left.unassign(1, "stranger");
        w.assert_settled().await;
    }
}

#[tokio::test]
async fn a_place_that_becomes_free_is_taken_by_who_had_none() {
    for pair in [(Vendor::GitHub, Vendor::GitLab), (Vendor::Folder, Vendor::GitLab)] {
        let w = crowd(pair).await;
        w.right.gitlab().vices(|vices| vices.one_assignee = true);
        w.left.open(draft("Crash").body("text").assignees(["p01", "p02"]));
        w.sync().await;
        w.assert_settled().await;
        assert_eq!(w.right.see(1).assignees(), ["p01"], "{pair:?}");
        w.left.unassign(1, "p01");
        w.sync().await;
        w.assert_settled().await;
        assert_eq!(w.left.see(1).assignees(), ["p02"], "{pair:?}");
        assert_eq!(w.right.see(1).assignees(), ["p02"], "{pair:?}");
    }
}
