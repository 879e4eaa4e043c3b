//! Comments that come later than their numbers say: each gets its copy all the same.

use std::path::PathBuf;

use super::linked;
use crate::support::fake::When;
use crate::support::gate::Moment;
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

/// What a moderator takes out stays out, whatever listings leave out afterwards; and it is said that they do.
#[tokio::test]
async fn a_copy_that_was_deleted_is_not_written_again_for_what_a_listing_left_out() {
    let lies = [Lie::Empty, Lie::PassedOver, Lie::Short];
    let all = lies.into_iter().flat_map(|first| lies.map(|then| (first, then)));
    for (pair, (first, then)) in [(GitHub, GitLab), (GitLab, GitHub), (GitLab, GitLab)]
        .into_iter()
        .flat_map(|pair| all.clone().map(move |lies| (pair, lies)))
    {
        for seen_before in [true, false] {
            let w = crash(pair, "").await;
            for text in ["one", "two", "three"] {
                w.left.say(1, "bob", text);
            }
            w.settle().await;
            let copy = w.right.see(1).said.into_iter().find(|said| said.text == "two");
            w.right.unsay(1, copy.unwrap().id);
            if seen_before {
                w.settle().await;
            }
            for (lie, text) in [(first, "four"), (then, "five")] {
                w.left.heal();
                w.left.lie(Of::Comments, lie);
                w.left.retitle(1, text);
                w.left.say(1, "bob", text);
                let report = w.sync().await;
                // That as many as before are not listed may as well be notes for few, once it was told.
                let again = text == "five";
                assert!(again || held(&report).contains(&"listing-short"), "{report:#?}");
            }
            w.left.heal();
            w.left.retitle(1, "six");
            w.settle().await;
            let there = w.right.see(1);
            let mut texts = there.texts();
            texts.sort_unstable();
            assert_eq!(
                texts,
                ["five", "four", "one", "three"],
                "{pair:?} {first:?} {then:?} {seen_before}"
            );
        }
    }
}

/// One comment was deleted, and a listing leaves out others, or shows it still: only that one's copy goes, once it is sure.
#[tokio::test]
async fn no_copy_is_deleted_for_what_a_listing_left_out() {
    let sides: [&[usize]; 3] = [&[0], &[1], &[0, 1]];
    for pair in [(GitHub, GitLab), (GitLab, GitHub)] {
        for lie in [Lie::Empty, Lie::PassedOver, Lie::Short, Lie::Stale] {
            for lying in sides {
                let w = crash(pair, "fields: { comments: { deletions: mirror } }").await;
                let ids = ["one", "two", "three", "four"].map(|text| w.left.say(1, "bob", text));
                w.settle().await;
                for side in lying {
                    [&w.left, &w.right][*side].lie(Of::Comments, lie);
                }
                w.left.unsay(1, ids[0]);
                let report = w.sync().await;
                assert!(
                    lie == Lie::Stale || held(&report).contains(&"listing-short"),
                    "{report:#?}"
                );
                w.sync().await;
                let there = w.right.see(1);
                assert!(
                    there.texts().ends_with(&["two", "three", "four"]),
                    "{pair:?} {lie:?} {lying:?}"
                );
                w.left.heal();
                w.right.heal();
                w.sync().await;
                w.assert_settled().await;
                assert_eq!(
                    w.right.see(1).texts(),
                    ["two", "three", "four"],
                    "{pair:?} {lie:?} {lying:?}"
                );
            }
        }
    }
}

/// An issue that is said to have no comments all at once keeps their copies, until they are really gone.
#[tokio::test]
async fn no_copy_is_deleted_because_an_issue_is_said_to_have_no_comments() {
    for pair in [(GitHub, GitLab), (GitLab, GitHub)] {
        let w = crash(pair, "fields: { comments: { deletions: mirror } }").await;
        let ids = ["one", "two"].map(|text| w.left.say(1, "bob", text));
        w.settle().await;
        w.left.lie(Of::Issues, Lie::Uncounted);
        w.sync().await;
        w.sync().await;
        w.left.heal();
        w.sync().await;
        w.assert_settled().await;
        assert_eq!(w.right.see(1).texts(), ["one", "two"], "{pair:?}");
        for id in ids {
            w.left.unsay(1, id);
        }
        w.settle().await;
        assert_eq!(w.right.see(1).texts(), Vec::<&str>::new(), "{pair:?}");
    }
}

/// A comment is written after its issue was listed and before its comments are. The copy of either that somebody deletes
/// stays deleted.
#[tokio::test]
async fn a_comment_that_comes_in_the_midst_of_a_run_confuses_no_others() {
    for pair in [(GitHub, GitLab), (GitLab, GitHub), (GitLab, GitLab)] {
        for (mode, gone) in MODES.into_iter().flat_map(|mode| [(mode, "one"), (mode, "two")]) {
            let w = crash(pair, mode).await;
            w.left.say(1, "bob", "one");
            let when = |path| When::Request {
                method: "GET",
                path,
                nth: 1,
            };
            match pair.0 {
                GitHub => w.left.github().meanwhile(when("/1/comments"), |github| {
                    github.comment(1, "bob", "two");
                }),
                GitLab | Folder => w.left.gitlab().meanwhile(when("/1/notes"), |gitlab| {
                    gitlab.comment(1, "bob", "two", false);
                }),
            }
            w.sync().await;
            assert_eq!(w.right.see(1).texts(), ["one", "two"], "{pair:?}");
            let copy = w.right.see(1).said.into_iter().find(|said| said.text == gone);
            w.right.unsay(1, copy.unwrap().id);
            w.rest(60);
            w.left.say(1, "bob", "three");
            w.settle().await;
            let there = w.right.see(1);
            let kept = if gone == "one" { "two" } else { "one" };
            assert_eq!(there.texts(), [kept, "three"], "{pair:?} {mode} {gone}");
        }
    }
}

/// A run that is killed after it brought a new copy still takes the copy of what was deleted meanwhile.
#[tokio::test]
async fn a_deletion_is_carried_after_a_killed_run_that_brought_a_copy() {
    for pair in [(GitHub, GitLab), (GitLab, GitHub), (GitLab, GitLab)] {
        for write in 1..=4 {
            let w = crash(pair, "fields: { comments: { deletions: mirror } }").await;
            let id = w.right.say(1, "dora", "of the right");
            w.settle().await;
            w.left.say(1, "bob", "of the left");
            w.right.unsay(1, id);
            if !w.killed_at(write, Moment::After).await {
                break;
            }
            w.rest(60);
            while !w.sync().await.steps.is_empty() {}
            w.assert_settled().await;
            let all = [w.left.see(1), w.right.see(1)];
            for seen in &all {
                assert_eq!(seen.texts(), ["of the left"], "{pair:?} {write}");
            }
        }
    }
}

/// A note for few takes nothing of what is known: neither is the comment lost that came with it, nor does its copy come
/// back.
#[tokio::test]
async fn internal_notes_confuse_no_comments() {
    for pair in [(GitLab, GitHub), (GitLab, GitLab)] {
        for mode in MODES {
            let w = crash(pair, mode).await;
            w.left.say(1, "bob", "one");
            w.settle().await;
            w.left.gitlab().internal_comment(1, "dora", "between us");
            w.left.say(1, "bob", "two");
            w.left.gitlab().internal_comment(1, "dora", "again between us");
            w.settle().await;
            assert_eq!(w.right.see(1).texts(), ["one", "two"]);
            let copy = w.right.see(1).said.into_iter().find(|said| said.text == "two");
            w.right.unsay(1, copy.unwrap().id);
            w.sync().await;
            w.left.retitle(1, "Crash again");
            w.left.say(1, "bob", "three");
            w.settle().await;
            assert_eq!(w.right.see(1).texts(), ["one", "three"]);
        }
    }
}
