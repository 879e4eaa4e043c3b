//! The same field changed differently on both sides: the policy decides, and no text of a person is lost.

use super::linked;
use crate::support::player::{Player, draft};
use crate::support::world::{World, held};

/// Both sides change title and body, the right one later.
async fn clash(pair: (crate::support::player::Vendor, crate::support::player::Vendor), rules: &str) -> World {
    let w = linked(pair, rules, draft("Crash").body("text")).await;
    w.left.retitle(1, "Left title");
    w.left.rewrite(1, "left text");
    w.left.later(1, 0);
    w.right.later(1, 600);
    w.right.retitle(1, "Right title");
    w.right.rewrite(1, "right text");
    w.right.later(1, 600);
    w
}

fn holds(player: &Player, title: &str, text: &str) {
    let seen = player.see(1);
    assert_eq!((seen.title.as_str(), seen.text.as_str()), (title, text));
}

/// The losing texts stand once on the losing side, and nowhere else.
fn kept(loser: &Player, winner: &Player, texts: [&str; 2]) {
    let mut found = loser.see(1).texts().into_iter().map(str::to_owned).collect::<Vec<_>>();
    found.sort();
    assert_eq!(found, texts);
    assert!(loser.see(1).said.iter().all(|said| said.ours));
    assert!(winner.see(1).said.is_empty(), "{:?}", winner.see(1).said);
}

#[tokio::test]
async fn the_newest_wins_and_the_other_text_is_kept_as_a_comment() {
    for pair in World::PAIRS {
        let w = clash(pair, "conflicts: newest").await;
        let report = w.settle().await;
        assert_eq!(report.totals.conflicts, 2);
        holds(&w.left, "Right title", "right text");
        holds(&w.right, "Right title", "right text");
        kept(&w.left, &w.right, ["Left title", "left text"]);
    }
}

#[tokio::test]
async fn the_preferred_side_wins_and_the_other_text_is_kept_as_a_comment() {
    for pair in World::PAIRS {
        let w = clash(pair, "conflicts: prefer left").await;
        w.settle().await;
        holds(&w.left, "Left title", "left text");
        holds(&w.right, "Left title", "left text");
        kept(&w.right, &w.left, ["Right title", "right text"]);
    }
}

#[tokio::test]
async fn asking_holds_the_field_until_a_person_decides() {
    for pair in World::PAIRS {
        let w = clash(pair, "conflicts: ask").await;
        w.right.label(1, "meanwhile");
        let report = w.sync().await;
        assert!(held(&report).contains(&"conflict"), "{report:#?}");
        holds(&w.left, "Left title", "left text");
        holds(&w.right, "Right title", "right text");
        assert_eq!(w.left.see(1).labels(), ["meanwhile"], "other fields go on");
        let report = w.plan().await;
        assert_eq!(
            report.steps,
            [],
            "held is not written again and again: {}",
            report.json()
        );
        assert!(held(&report).contains(&"conflict"), "and not forgotten");

        w.left.retitle(1, "Agreed");
        w.right.retitle(1, "Agreed");
        w.left.rewrite(1, "right text");
        w.settle().await;
        holds(&w.left, "Agreed", "right text");
        holds(&w.right, "Agreed", "right text");
        assert!(w.left.see(1).said.is_empty() && w.right.see(1).said.is_empty());
    }
}

#[tokio::test]
async fn a_conflict_about_one_field_leaves_the_others_merged() {
    for pair in World::PAIRS {
        let w = linked(pair, "conflicts: prefer left", draft("Crash").body("text")).await;
        w.left.retitle(1, "Left title");
        w.right.retitle(1, "Right title");
        w.right.rewrite(1, "right text");
        w.settle().await;
        holds(&w.left, "Left title", "right text");
        holds(&w.right, "Left title", "right text");
        assert_eq!(w.right.see(1).texts(), ["Right title"]);
    }
}

#[tokio::test]
async fn a_status_clash_follows_the_policy() {
    for pair in World::PAIRS {
        let w = linked(pair, "conflicts: prefer right", draft("Crash").closed("completed")).await;
        w.left.reopen(1);
        w.left.close(1, "not_planned");
        w.right.reopen(1);
        w.settle().await;
        assert!(!w.left.see(1).closed && !w.right.see(1).closed);
    }
}

#[tokio::test]
async fn a_lost_text_is_kept_once_however_often_the_conflict_returns() {
    for pair in World::PAIRS {
        let w = clash(pair, "conflicts: prefer left").await;
        w.settle().await;
        w.left.retitle(1, "Left title again");
        w.right.retitle(1, "Right title");
        w.settle().await;
        kept(&w.right, &w.left, ["Right title", "right text"]);
        assert_eq!(w.right.see(1).title, "Left title again");
    }
}
