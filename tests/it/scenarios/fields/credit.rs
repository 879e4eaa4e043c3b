//! The line above a copy: who wrote the original. It never travels, notifies nobody, and may be meddled with.

use super::comments::{reword, said, talked};
use super::{BOTH, PAIRS, name, player, world};
use crate::support::player::{Player, Said, Vendor, draft};
use crate::support::world::held;
use lockstep::model::Side;

/// Replaces all of a comment, late enough that the tracker tells of it.
fn meddle(player: &Player, comment: &Said, raw: &str) {
    player.later(1, 120);
    player.store_comment(1, comment.id, raw);
    player.later(1, 120);
}

const TEMPLATE: &str =
    "fields: { comments: { template: '{{ author }} said on {{ tracker }}, {{ date }} ([there]({{ url }}))' } }";

#[tokio::test]
async fn the_line_above_a_copy_is_worded_as_the_mapping_file_says_and_never_travels() {
    for pair in PAIRS {
        let w = talked(pair, TEMPLATE).await;
        for side in BOTH {
            let (one, other) = (player(&w, side), player(&w, side.other()));
            let (mine, author) = (
                format!("from the {}", name(side)),
                if side == Side::Left { "bob" } else { "dora" },
            );
            let line = said(other, &mine).attribution.unwrap_or_default();
            assert!(
                line.starts_with(&format!("{author} said on {}, 20", name(side))),
                "{pair:?}: {line}"
            );
            reword(other, &mine, &format!("{mine}, reworded"));
            w.settle().await;
            assert!(!said(one, &format!("{mine}, reworded")).ours, "{pair:?}");
            let raw = said(one, &format!("{mine}, reworded")).raw;
            assert!(!raw.contains("said on"), "{pair:?}: {raw}");
            let line = said(other, &format!("{mine}, reworded"))
                .attribution
                .unwrap_or_default();
            assert!(line.contains("said on"), "{pair:?}: {line}");
        }
    }
}

#[tokio::test]
async fn another_wording_does_not_touch_what_was_copied_before() {
    for pair in PAIRS {
        let mut w = talked(pair, "").await;
        w.rules = format!("{}\n{TEMPLATE}", super::super::BOTH_WAYS);
        w.assert_settled().await;
        w.left.say(1, "bob", "news");
        w.settle().await;
        let line = |text: &str| said(&w.right, text).attribution.unwrap_or_default();
        assert!(
            line("news").starts_with("bob said on left"),
            "{pair:?}: {}",
            line("news")
        );
        assert!(!line("from the left").contains("said on left,"), "{pair:?}");
    }
}

#[tokio::test]
async fn a_name_in_the_line_above_a_copy_notifies_nobody_and_is_no_command() {
    let rules = "fields: { comments: { template: '/close @{{ author }} on {{ tracker }}' } }";
    for pair in [(Vendor::GitHub, Vendor::GitLab), (Vendor::GitLab, Vendor::GitLab)] {
        let w = world(pair, rules).await;
        w.left.open(draft("Crash").body("text"));
        w.left.say(1, "bob", "news");
        w.settle().await;
        assert!(!w.right.see(1).closed, "{pair:?}");
        assert_eq!(w.right.gitlab().quick_actions(), Vec::<String>::new(), "{pair:?}");
        let raw = w.right.see(1).said[0].raw.clone();
        assert!(!raw.contains("@bob"), "{pair:?}: {raw}");
    }
}

#[tokio::test]
async fn the_name_of_an_author_in_a_folder_notifies_nobody() {
    let w = world((Vendor::Folder, Vendor::GitHub), "").await;
    w.left.open(draft("Crash").body("text"));
    w.left.say(1, "\"@bob, @acme/all\"", "news");
    w.settle().await;
    let raw = w.right.see(1).said[0].raw.clone();
    assert!(
        raw.contains("bob") && !raw.contains("@bob") && !raw.contains("@acme"),
        "{raw}"
    );
}

#[tokio::test]
async fn a_copy_whose_line_somebody_edited_does_not_rewrite_the_original() {
    for pair in PAIRS {
        let w = talked(pair, "").await;
        for side in BOTH {
            let (one, other) = (player(&w, side), player(&w, side.other()));
            let mine = format!("from the {}", name(side));
            let copy = said(other, &mine);
            let line = copy.attribution.clone().unwrap_or_default();
            other.later(1, 120);
            other.store_comment(
                1,
                copy.id,
                &copy.raw.replacen(&line, &format!("{line} (translated)"), 1),
            );
            other.later(1, 120);
            w.sync().await;
            w.assert_settled().await;
            assert!(!said(one, &mine).ours, "{pair:?}: {:?}", one.see(1).texts());
        }
    }
}

#[tokio::test]
async fn a_copy_that_was_edited_together_with_its_line_brings_back_what_it_says_alone() {
    let w = talked((Vendor::GitHub, Vendor::GitLab), "").await;
    for side in BOTH {
        let (one, other) = (player(&w, side), player(&w, side.other()));
        let mine = format!("from the {}", name(side));
        let copy = said(other, &mine);
        let raw = copy
            .raw
            .replacen("wrote on", "said on", 1)
            .replacen(&mine, "reworded", 1);
        meddle(other, &copy, &raw);
        w.settle().await;
        assert!(!said(one, "reworded").ours, "{:?}", one.see(1).texts());
        reword(one, "reworded", &mine);
        w.settle().await;
    }
}

#[tokio::test]
async fn a_copy_that_lost_its_marker_does_not_come_back_as_a_comment() {
    for pair in PAIRS {
        let w = talked(pair, "").await;
        for side in BOTH {
            let (one, other) = (player(&w, side), player(&w, side.other()));
            let mine = format!("from the {}", name(side));
            let copy = said(other, &mine);
            let raw: Vec<&str> = copy.raw.lines().filter(|line| !line.contains("lockstep:")).collect();
            meddle(other, &copy, &raw.join("\n"));
            let before = one.see(1).said.len();
            let report = w.sync().await;
            assert!(held(&report).contains(&"comment-marker"), "{pair:?}: {report:#?}");
            w.assert_settled().await;
            assert_eq!(one.see(1).said.len(), before, "{pair:?}: {:?}", one.see(1).texts());
        }
    }
}

#[tokio::test]
async fn what_somebody_writes_above_the_line_of_a_copy_comes_back_without_the_line() {
    for pair in PAIRS {
        let w = talked(pair, "").await;
        for side in BOTH {
            let (one, other) = (player(&w, side), player(&w, side.other()));
            let mine = format!("from the {}", name(side));
            let copy = said(other, &mine);
            meddle(other, &copy, &format!("Edit: solved.\n\n{}", copy.raw));
            w.settle().await;
            let wanted = format!("Edit: solved.\n\n{mine}");
            assert!(!said(one, &wanted).ours, "{pair:?}: {:?}", one.see(1).texts());
        }
    }
}
