//! Comments: each has one copy, edits travel, what was deleted stays deleted.

use super::linked;
use crate::support::player::{Player, Vendor, draft};
use crate::support::world::World;

fn ways(w: &World) -> [(&Player, &Player); 2] {
    [(&w.left, &w.right), (&w.right, &w.left)]
}

#[tokio::test]
async fn comments_travel_both_ways_in_order() {
    for pair in World::PAIRS {
        let w = linked(pair, "", draft("Crash")).await;
        w.left.say(1, "bob", "from the left");
        w.settle().await;
        w.right.say(1, "dora", "from the right");
        w.settle().await;
        w.left.say(1, "bob", "again");
        w.settle().await;
        for player in [&w.left, &w.right] {
            assert_eq!(player.see(1).texts(), ["from the left", "from the right", "again"]);
        }
        let authors = |player: &Player| player.see(1).said.iter().map(|said| said.ours).collect::<Vec<_>>();
        assert_eq!(
            (authors(&w.left), authors(&w.right)),
            (vec![false, true, false], vec![true, false, true])
        );
    }
}

#[tokio::test]
async fn an_edited_original_updates_its_copy() {
    for pair in World::PAIRS {
        let w = linked(pair, "", draft("Crash")).await;
        for (from, to) in ways(&w) {
            let id = from.say(1, "bob", "Frist");
            w.settle().await;
            from.later(1, 120);
            from.reword(1, id, "First");
            touched(from);
            w.settle().await;
            assert_eq!(to.see(1).texts().last(), Some(&"First"));
            assert_eq!(to.see(1).said.len(), from.see(1).said.len());
        }
    }
}

#[tokio::test]
async fn an_edited_copy_updates_its_original() {
    for pair in World::PAIRS {
        let w = linked(pair, "", draft("Crash")).await;
        for (from, to) in ways(&w) {
            let id = from.say(1, "bob", "Frist of all");
            w.settle().await;
            let copy = to.see(1).said.last().unwrap().id;
            to.later(1, 120);
            to.reword(1, copy, "First of all");
            touched(to);
            w.settle().await;
            let original = from.see(1).said.into_iter().find(|said| said.id == id).unwrap();
            assert_eq!((original.text.as_str(), original.ours), ("First of all", false));
            assert!(
                to.see(1).said.last().unwrap().attribution.is_some(),
                "the copy still says whose it is"
            );
        }
    }
}

/// GitLab's clock of an issue moves with a note at most once a minute; a later comment brings the edit to light.
fn touched(player: &Player) {
    if player.vendor == Vendor::GitLab {
        player.later(1, 120);
    }
}

#[tokio::test]
async fn without_edits_a_copy_stays_as_it_was_made() {
    for pair in World::PAIRS {
        let w = linked(pair, "fields: { comments: { edits: false } }", draft("Crash")).await;
        let id = w.left.say(1, "bob", "as said");
        w.settle().await;
        w.left.later(1, 120);
        w.left.reword(1, id, "as edited");
        w.sync().await;
        w.assert_settled().await;
        assert_eq!(w.right.see(1).texts(), ["as said"]);
    }
}

#[tokio::test]
async fn both_edited_the_original_wins_and_the_edit_of_the_copy_is_kept() {
    for pair in World::PAIRS {
        let w = linked(pair, "", draft("Crash")).await;
        let id = w.left.say(1, "bob", "one");
        w.settle().await;
        let copy = w.right.see(1).said[0].id;
        w.left.later(1, 120);
        w.right.later(1, 120);
        w.left.reword(1, id, "two");
        w.right.reword(1, copy, "three");
        w.settle().await;
        assert_eq!(w.left.see(1).texts()[0], "two");
        assert_eq!(w.right.see(1).texts(), ["two", "three"]);
    }
}

#[tokio::test]
async fn a_deleted_copy_is_not_posted_again() {
    for pair in World::PAIRS {
        let w = linked(pair, "", draft("Crash")).await;
        w.left.say(1, "bob", "one");
        w.left.say(1, "bob", "two");
        w.settle().await;
        let copy = w.right.see(1).said[0].id;
        w.right.unsay(1, copy);
        w.sync().await;
        w.assert_settled().await;
        assert_eq!(
            (w.left.see(1).texts(), w.right.see(1).texts()),
            (vec!["one", "two"], vec!["two"])
        );
        w.left.say(1, "bob", "three");
        w.settle().await;
        assert_eq!(w.right.see(1).texts(), ["two", "three"]);
    }
}

#[tokio::test]
async fn a_deleted_original_leaves_its_copy_unless_deletions_are_mirrored() {
    for pair in World::PAIRS {
        for (deletions, left) in [("keep", vec!["one", "two"]), ("mirror", vec!["two"])] {
            let rules = format!("fields: {{ comments: {{ deletions: {deletions} }} }}");
            let w = linked(pair, &rules, draft("Crash")).await;
            let id = w.left.say(1, "bob", "one");
            w.left.say(1, "bob", "two");
            w.settle().await;
            w.left.unsay(1, id);
            w.sync().await;
            w.assert_settled().await;
            assert_eq!(
                (w.left.see(1).texts(), w.right.see(1).texts()),
                (vec!["two"], left.clone())
            );
            w.right.say(1, "dora", "three");
            w.settle().await;
            assert_eq!(w.left.see(1).texts(), ["two", "three"]);
        }
    }
}

#[tokio::test]
async fn a_comment_of_the_run_itself_is_never_taken_for_a_persons() {
    for pair in World::PAIRS {
        let w = linked(pair, "", draft("Crash")).await;
        w.left.say(1, "bob", "one");
        w.settle().await;
        w.right.retitle(1, "Crash again");
        w.settle().await;
        assert_eq!((w.left.see(1).said.len(), w.right.see(1).said.len()), (1, 1));
    }
}
