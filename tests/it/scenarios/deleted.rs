//! Issues that are gone: deleted or moved elsewhere. `on_delete` says what becomes of the twin.

use super::linked;
use crate::support::player::{Player, Vendor, draft};
use crate::support::world::{World, held};

/// Who loses the issue, and who keeps the twin.
fn ways(w: &World) -> [(&Player, &Player); 2] {
    [(&w.left, &w.right), (&w.right, &w.left)]
}

async fn two(pair: (Vendor, Vendor), rules: &str) -> World {
    let w = linked(pair, rules, draft("Crash")).await;
    w.left.open(draft("Other"));
    w.settle().await;
    w
}

#[tokio::test]
async fn a_deletion_is_reported_and_nothing_is_made_again() {
    for pair in World::PAIRS {
        for way in 0..2 {
            let w = two(pair, "on_delete: report").await;
            let (loser, keeper) = ways(&w)[way];
            loser.delete(1);
            let report = w.plan().await;
            assert!(held(&report).contains(&"twin-deleted"), "{report:#?}");
            assert!(report.steps.is_empty(), "{report:#?}");
            assert!(!keeper.see(1).closed);
            assert_eq!((loser.keys(), keeper.keys()), (vec![2], vec![1, 2]));
        }
    }
}

#[tokio::test]
async fn a_deletion_closes_the_twin_if_the_file_says_so() {
    for pair in World::PAIRS {
        for way in 0..2 {
            let w = two(pair, "on_delete: close").await;
            let (loser, keeper) = ways(&w)[way];
            loser.delete(1);
            w.settle().await;
            assert!(keeper.see(1).closed && !keeper.see(2).closed);
            keeper.reopen(1);
            w.sync().await;
            w.assert_settled().await;
            assert_eq!(loser.keys(), [2]);
        }
    }
}

#[tokio::test]
async fn a_deletion_parts_the_twin_if_the_file_says_so() {
    for pair in World::PAIRS {
        for way in 0..2 {
            let w = two(pair, "on_delete: unlink").await;
            let (loser, keeper) = ways(&w)[way];
            loser.delete(1);
            w.settle().await;
            assert!(!keeper.see(1).closed);
            keeper.retitle(1, "A life of its own");
            w.assert_settled().await;
            assert_eq!(loser.keys(), [2], "it is not created anew");
        }
    }
}

#[tokio::test]
async fn where_nothing_is_left_of_a_side_nothing_is_closed_or_parted_for_it() {
    for pair in World::PAIRS {
        for (way, rule) in [(0, "close"), (1, "close"), (0, "unlink"), (1, "unlink")] {
            let mut w = two(pair, &format!("on_delete: {rule}")).await;
            let (loser, keeper) = ways(&w)[way];
            loser.delete(1);
            loser.delete(2);
            let report = w.sync().await;
            let vacant = report.held.iter().filter(|held| held.code == "side-vacant");
            assert_eq!(vacant.count(), 2, "{report:#?}");
            assert!(!keeper.see(1).closed && !keeper.see(2).closed);
            w.assert_settled().await;
            // As soon as something is there again, the rest is taken for deleted.
            loser.open(draft("New"));
            w.rules.push_str("\nguard: { max_share: 100 }");
            w.settle().await;
            let (_, keeper) = ways(&w)[way];
            assert_eq!(keeper.see(2).closed, rule == "close");
        }
    }
}

#[tokio::test]
async fn a_transferred_issue_follows_on_delete() {
    for (rule, closes) in [("report", false), ("close", true)] {
        let w = two((Vendor::GitHub, Vendor::GitLab), &format!("on_delete: {rule}")).await;
        w.left.github().transfer_issue(1, "acme/web");
        let report = w.sync().await;
        assert_eq!(held(&report).contains(&"twin-moved"), !closes, "{report:#?}");
        assert_eq!(w.right.see(1).closed, closes);
        w.assert_settled().await;
    }
}

#[tokio::test]
async fn a_moved_gitlab_issue_follows_on_delete() {
    for (rule, closes) in [("report", false), ("close", true), ("unlink", false)] {
        for pair in [(Vendor::GitHub, Vendor::GitLab), (Vendor::GitLab, Vendor::GitHub)] {
            let w = two(pair, &format!("on_delete: {rule}")).await;
            let (gitlab, other) = if pair.0 == Vendor::GitLab {
                (&w.left, &w.right)
            } else {
                (&w.right, &w.left)
            };
            gitlab.gitlab().transfer_issue(1);
            let report = w.sync().await;
            assert_eq!(held(&report).contains(&"twin-moved"), rule == "report", "{report:#?}");
            assert_eq!(other.see(1).closed, closes, "{rule}");
            w.assert_settled().await;
        }
    }
}

#[tokio::test]
async fn in_a_mirror_a_twin_that_moved_away_is_not_made_again() {
    let w = two((Vendor::GitHub, Vendor::GitLab), "mode: mirror\non_delete: close").await;
    w.right.gitlab().transfer_issue(1);
    let report = w.sync().await;
    assert!(held(&report).contains(&"twin-moved"), "{report:#?}");
    w.assert_settled().await;
    assert_eq!((w.left.keys(), w.right.keys()), (vec![1, 2], vec![1, 2]));
    assert!(!w.left.see(1).closed);
}

#[tokio::test]
async fn in_a_mirror_a_deletion_on_the_right_never_touches_the_left() {
    for rule in ["report", "close", "unlink"] {
        let w = two(
            (Vendor::GitHub, Vendor::GitLab),
            &format!("mode: mirror\non_delete: {rule}"),
        )
        .await;
        w.left.delete(1);
        w.clear_logs();
        w.sync().await;
        assert_eq!(w.left.writes(), Vec::<String>::new());
        assert_eq!(w.right.see(1).closed, rule == "close");
        w.assert_settled().await;
    }
}

#[tokio::test]
async fn another_issue_under_the_number_of_a_deleted_one_is_not_taken_for_it() {
    let title_alone = draft("Crash").body("quite another story");
    let text_alone = draft("Other").body("text");
    for pair in [(Vendor::GitHub, Vendor::Folder), (Vendor::Folder, Vendor::GitHub)] {
        for other in [&title_alone, &text_alone] {
            let w = World::new(pair, "create: { left: { state: all }, right: { state: all } }").await;
            let (folder, service) = if pair.0 == Vendor::Folder {
                (&w.left, &w.right)
            } else {
                (&w.right, &w.left)
            };
            folder.open(draft("Crash").body("text"));
            folder.say(1, "bob", "the only one who remembers");
            w.settle().await;
            let before = service.see(1);
            folder.delete(1);
            assert_eq!(folder.open(other.clone()), 1);
            folder.created(1, 3 * 3_600);
            let report = w.sync().await;
            assert!(held(&report).contains(&"number-reused"), "{pair:?}: {report:#?}");
            let after = service.see(1);
            assert_eq!(
                (after.title, after.text, after.said),
                (before.title, before.text, before.said),
                "{pair:?}"
            );
            assert_eq!((folder.keys(), service.keys()), (vec![1], vec![1]), "{pair:?}");
        }
    }
}
