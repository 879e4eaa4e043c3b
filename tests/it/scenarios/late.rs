//! Comments that come later than their numbers say: each gets its copy all the same.

use std::path::PathBuf;

use super::linked;
use crate::support::player::Vendor::{self, Folder, GitHub, GitLab};
use crate::support::player::{Lie, Of, Player, draft};
use crate::support::world::{World, held};

const MODES: [&str; 2] = ["", "mode: mirror"];

/// Where a folder keeps a comment of its first issue.
fn file(player: &Player, id: u64) -> PathBuf {
    PathBuf::from(player.address()).join(format!("0001/comments/{id:04}.md"))
}

async fn crash(pair: (Vendor, Vendor), rules: &str) -> World {
    linked(pair, rules, draft("Crash").body("text")).await
}

#[tokio::test]
async fn a_comment_that_another_branch_brings_is_copied() {
    for right in [GitHub, GitLab, Folder] {
        for mode in MODES {
            let w = crash((Folder, right), mode).await;
            let ids = ["one", "two", "three"].map(|text| w.left.say(1, "bob", text));
            let path = file(&w.left, ids[1]);
            let two = std::fs::read(&path).unwrap();
            std::fs::remove_file(&path).unwrap();
            w.settle().await;
            assert_eq!(w.right.see(1).texts(), ["one", "three"]);
            std::fs::write(&path, two).unwrap();
            w.settle().await;
            assert_eq!(w.right.see(1).texts(), ["one", "three", "two"]);
        }
    }
}

#[tokio::test]
async fn a_deleted_comment_that_comes_back_is_copied_again() {
    for right in [GitHub, GitLab, Folder] {
        for mode in MODES {
            let rules = format!("fields: {{ comments: {{ deletions: mirror }} }}\n{mode}");
            let w = crash((Folder, right), &rules).await;
            let ids = ["one", "two"].map(|text| w.left.say(1, "bob", text));
            w.settle().await;
            let path = file(&w.left, ids[1]);
            let two = std::fs::read(&path).unwrap();
            std::fs::remove_file(&path).unwrap();
            w.settle().await;
            assert_eq!(w.right.see(1).texts(), ["one"]);
            std::fs::write(&path, two).unwrap();
            w.settle().await;
            assert_eq!(w.right.see(1).texts(), ["one", "two"]);
        }
    }
}

#[tokio::test]
async fn a_comment_that_was_held_is_copied_once_its_marker_is_taken_out() {
    for pair in World::PAIRS {
        for deleted in [false, true] {
            if deleted && pair.0 == Folder {
                continue; // The times of files tell them apart by the second, and all of this happens in one.
            }
            let w = crash(pair, "").await;
            let first = w.left.say(1, "bob", "first");
            let marker = w.right.see(1).marker_lines()[0].to_owned();
            let odd = w.left.say(1, "bob", &format!("odd\n\n{marker}"));
            w.left.say(1, "bob", "last");
            let report = w.sync().await;
            assert!(held(&report).contains(&"comment-marker"), "{report:#?}");
            assert_eq!(w.right.see(1).texts(), ["first", "last"]);
            if deleted {
                let copy = w.right.see(1).said.into_iter().find(|said| said.text == "first");
                w.right.unsay(1, copy.unwrap().id);
                w.sync().await;
            }
            w.left.later(1, 120);
            w.left.store_comment(1, odd, "odd");
            w.left.later(1, 120);
            w.settle().await;
            let all: &[&str] = if deleted {
                &["last", "odd"]
            } else {
                &["first", "last", "odd"]
            };
            assert_eq!(w.right.see(1).texts(), all, "{pair:?}");
            assert!(w.left.see(1).said.iter().any(|said| said.id == first));
        }
    }
}

#[tokio::test]
async fn a_comment_that_a_listing_left_out_is_copied_once_it_is_listed() {
    for pair in [(GitHub, GitLab), (GitLab, GitHub), (GitLab, GitLab)] {
        for mode in MODES {
            let w = crash(pair, mode).await;
            for text in ["one", "two", "three"] {
                w.left.say(1, "bob", text);
            }
            w.left.lie(Of::Comments, Lie::PassedOver);
            w.sync().await;
            w.sync().await;
            assert_eq!(w.right.see(1).texts(), ["one", "three"]);
            w.left.heal();
            w.settle().await;
            assert_eq!(w.right.see(1).texts(), ["one", "three", "two"]);
        }
    }
}
