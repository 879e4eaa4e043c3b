//! Comments that were copied twice, and copies whose original is gone.

use lockstep::run::Task;

use super::super::linked;
use super::{done, dry};
use crate::support::player::{Vendor, draft};
use crate::support::reliability::tried;
use crate::support::world::{World, held, told};

/// Two copies of one comment, as two runs at once write them.
async fn copied_twice(pair: (Vendor, Vendor), rules: &str) -> (World, u64) {
    let w = linked(pair, rules, draft("Crash")).await;
    let original = w.left.say(1, "bob", "one");
    w.settle().await;
    let copy = w.right.see(1).said[0].clone();
    w.right.say(1, &copy.author, &copy.raw);
    assert_eq!(w.right.see(1).texts(), ["one", "one"]);
    (w, original)
}

#[tokio::test]
async fn a_comment_copied_twice_loses_the_second_copy() {
    for pair in World::PAIRS {
        let (w, _) = copied_twice(pair, "").await;
        let ops = done(&w, &Task::Repair).await;
        assert!(ops.contains(&"repair-comment"), "{ops:?}");
        w.assert_settled().await;
        assert_eq!(
            (w.left.see(1).texts(), w.right.see(1).texts()),
            (vec!["one"], vec!["one"])
        );
    }
    tried("repair, comments copied twice", World::PAIRS.len(), "ok");
}

#[tokio::test]
async fn of_two_copies_the_one_that_was_edited_stays() {
    for pair in World::PAIRS {
        let (w, _) = copied_twice(pair, "").await;
        let second = w.right.see(1).said[1].id;
        w.right.reword(1, second, "one, and a thought");
        done(&w, &Task::Repair).await;
        w.assert_settled().await;
        let thought = vec!["one, and a thought"];
        assert_eq!(
            (w.left.see(1).texts(), w.right.see(1).texts()),
            (thought.clone(), thought)
        );
    }
}

#[tokio::test]
async fn a_second_copy_that_was_edited_like_the_first_stays_and_is_held() {
    for pair in World::PAIRS {
        let (w, _) = copied_twice(pair, "").await;
        for (said, text) in w
            .right
            .see(1)
            .said
            .iter()
            .zip(["one, and a thought", "one, and a doubt"])
        {
            w.right.reword(1, said.id, text);
        }
        let report = dry(&w, &Task::Repair).await;
        assert!(held(&report).contains(&"copy-edited"), "{report:#?}");
        let ops: Vec<_> = report.steps.iter().map(|step| step.op).collect();
        assert!(!ops.contains(&"repair-comment"), "{ops:?}");
    }
}

#[tokio::test]
async fn copies_without_originals_are_reported_or_removed_as_the_file_says() {
    for pair in World::PAIRS {
        for (rule, stays) in [("keep", true), ("mirror", false)] {
            let rules = format!("fields: {{ comments: {{ direction: both, deletions: {rule} }} }}");
            let w = linked(pair, &rules, draft("Crash")).await;
            let original = w.left.say(1, "bob", "one");
            w.left.say(1, "bob", "two");
            w.settle().await;
            w.left.unsay(1, original);
            if stays {
                let report = dry(&w, &Task::Repair).await;
                assert!(held(&report).contains(&"copy-without-original"), "{report:#?}");
                assert!(report.steps.is_empty(), "{:#?}", told(&report));
                w.sync().await;
            } else {
                let ops = done(&w, &Task::Repair).await;
                assert!(ops.contains(&"repair-comment"), "{ops:?}");
            }
            w.assert_settled().await;
            assert_eq!(w.right.see(1).texts().contains(&"one"), stays);
            assert!(w.right.see(1).texts().contains(&"two"));
        }
    }
    tried("repair, copies without originals", World::PAIRS.len() * 2, "ok");
}
