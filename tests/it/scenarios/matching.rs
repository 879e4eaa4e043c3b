//! `match: title`: unlinked issues of equal title are joined instead of created again.

use super::BOTH_WAYS;
use crate::support::player::draft;
use crate::support::world::{World, held};

#[tokio::test]
async fn one_issue_of_equal_title_is_joined_and_merged() {
    for pair in World::PAIRS {
        let w = World::new(pair, &format!("{BOTH_WAYS}\nmatch: title\nconflicts: prefer left")).await;
        w.left.open(draft("Crash").body("left text").labels(["l"]));
        w.left.say(1, "bob", "hello");
        w.right.open(draft("Crash").body("right text").labels(["r"]));
        w.right.say(1, "dora", "hello to you");
        w.settle().await;
        let (left, right) = (w.left.only(), w.right.only());
        assert_eq!((left.text.as_str(), right.text.as_str()), ("left text", "left text"));
        assert_eq!((left.labels(), right.labels()), (vec!["l", "r"], vec!["l", "r"]));
        assert!(
            right.texts().contains(&"right text"),
            "what lost is kept: {:?}",
            right.texts()
        );
        assert_eq!((left.said.len(), right.said.len()), (2, 3));
    }
}

#[tokio::test]
async fn equal_issues_are_joined_without_a_word() {
    for pair in World::PAIRS {
        let w = World::new(pair, &format!("{BOTH_WAYS}\nmatch: title")).await;
        for player in [&w.left, &w.right] {
            player.open(draft("Crash").body("same").labels(["bug"]));
            player.open(draft("Other").body("same").closed("completed"));
        }
        w.settle().await;
        for player in [&w.left, &w.right] {
            assert_eq!(player.keys().len(), 2);
            assert!(
                player
                    .all()
                    .iter()
                    .all(|seen| seen.said.is_empty() && seen.marker_lines().len() == 1)
            );
        }
    }
}

#[tokio::test]
async fn several_issues_of_equal_title_are_held_and_none_is_created() {
    for pair in World::PAIRS {
        let w = World::new(pair, &format!("{BOTH_WAYS}\nmatch: title")).await;
        w.left.open(draft("Crash"));
        w.right.open(draft("Crash"));
        w.right.open(draft("Crash"));
        let report = w.sync().await;
        assert!(held(&report).contains(&"match-ambiguous"), "{report:#?}");
        assert_eq!((w.left.keys().len(), w.right.keys().len()), (1, 2));
        w.assert_settled().await;
    }
}

#[tokio::test]
async fn without_match_equal_titles_are_different_issues() {
    let w = World::github_gitlab("create: { left: { state: all } }").await;
    w.left.open(draft("Crash"));
    w.right.open(draft("Crash"));
    w.settle().await;
    assert_eq!(w.right.keys().len(), 2);
}
