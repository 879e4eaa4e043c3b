//! Comments: each direction, edits and deletions of either side, and what never crosses.

use lockstep::model::Side;

use super::{BOTH, PAIRS, name, player, world};
use crate::support::player::{Player, Said, Vendor, draft};
use crate::support::world::World;

fn rules(direction: &str, more: &str) -> String {
    format!("fields: {{ comments: {{ direction: {direction}{more} }} }}")
}

/// A linked issue with a comment of each side, both synced once.
pub(super) async fn talked(pair: (Vendor, Vendor), rules: &str) -> World {
    println!("comments, {rules}");
    let w = world(pair, rules).await;
    w.left.open(draft("Crash").body("text"));
    w.settle().await;
    w.left.say(1, "bob", "from the left");
    w.right.say(1, "dora", "from the right");
    w.sync().await;
    w.assert_settled().await;
    w
}

pub(super) fn said(player: &Player, text: &str) -> Said {
    let found = player.see(1).said.into_iter().find(|said| said.text == text);
    found.unwrap_or_else(|| panic!("{:?} says no {text:?}: {:?}", player.vendor, player.see(1).texts()))
}

/// Edits a comment, late enough that the tracker tells of it.
pub(super) fn reword(player: &Player, old: &str, new: &str) {
    let id = said(player, old).id;
    player.later(1, 120);
    player.reword(1, id, new);
    player.later(1, 120);
}

fn sorted(player: &Player) -> Vec<String> {
    let mut texts: Vec<String> = player.see(1).texts().into_iter().map(str::to_owned).collect();
    texts.sort();
    texts
}

async fn one_way(to: Side) {
    let from = to.other();
    let (mine, theirs) = (format!("from the {}", name(from)), format!("from the {}", name(to)));
    for pair in PAIRS {
        let w = talked(pair, &rules(&format!("to {}", name(to)), "")).await;
        let (source, target) = (player(&w, from), player(&w, to));
        assert_eq!(sorted(source), [mine.as_str()], "{pair:?}");
        assert_eq!(target.see(1).said.len(), 2, "{pair:?}");
        assert!(said(target, &mine).ours && !said(target, &theirs).ours, "{pair:?}");

        reword(source, &mine, "reworded");
        w.settle().await;
        assert!(said(target, "reworded").ours, "{pair:?}: an edit of the original");

        reword(target, "reworded", "meddled with");
        w.sync().await;
        w.assert_settled().await;
        assert_eq!(sorted(source), ["reworded"], "{pair:?}: nothing comes back");
    }
}

#[tokio::test]
async fn to_right() {
    one_way(Side::Right).await;
}

#[tokio::test]
async fn to_left() {
    one_way(Side::Left).await;
}

#[tokio::test]
async fn both_ways() {
    for pair in PAIRS {
        let w = talked(pair, &rules("both", "")).await;
        for side in BOTH {
            let (one, other) = (player(&w, side), player(&w, side.other()));
            let mine = format!("from the {}", name(side));
            assert!(!said(one, &mine).ours && said(other, &mine).ours, "{pair:?}");
            reword(one, &mine, &format!("{mine}, reworded"));
            w.settle().await;
            assert!(said(other, &format!("{mine}, reworded")).ours, "{pair:?}");
            reword(other, &format!("{mine}, reworded"), &format!("{mine}, reworded there"));
            w.settle().await;
            assert!(!said(one, &format!("{mine}, reworded there")).ours, "{pair:?}");
        }
        assert_eq!(
            (w.left.see(1).said.len(), w.right.see(1).said.len()),
            (2, 2),
            "{pair:?}"
        );
    }
}

#[tokio::test]
async fn off() {
    for pair in PAIRS {
        let w = talked(pair, &rules("off", "")).await;
        assert_eq!(sorted(&w.left), ["from the left"], "{pair:?}");
        assert_eq!(sorted(&w.right), ["from the right"], "{pair:?}");
        w.left.retitle(1, "Crash again");
        w.settle().await;
        assert_eq!(
            (w.left.see(1).said.len(), w.right.see(1).said.len()),
            (1, 1),
            "{pair:?}"
        );
    }
}

#[tokio::test]
async fn off_for_a_new_twin_as_well() {
    for pair in PAIRS {
        let w = world(pair, &rules("off", "")).await;
        w.left.open(draft("Crash").body("text"));
        w.left.say(1, "bob", "unheard");
        w.settle().await;
        assert!(w.right.see(1).said.is_empty(), "{pair:?}");
    }
}

#[tokio::test]
async fn without_edits_neither_originals_nor_copies_are_followed() {
    for pair in PAIRS {
        let w = talked(pair, &rules("both", ", edits: false")).await;
        for side in BOTH {
            let (one, other) = (player(&w, side), player(&w, side.other()));
            let mine = format!("from the {}", name(side));
            reword(one, &mine, &format!("{mine}, reworded"));
            w.sync().await;
            w.assert_settled().await;
            assert!(said(other, &mine).ours, "{pair:?}");
        }
        w.left.say(1, "bob", "news");
        w.settle().await;
        assert!(said(&w.right, "news").ours, "{pair:?}");
    }
}

#[tokio::test]
async fn a_deleted_original_leaves_or_takes_its_copy_on_either_side() {
    for pair in PAIRS {
        for side in BOTH {
            for (deletions, stays) in [("keep", true), ("mirror", false)] {
                let w = talked(pair, &rules("both", &format!(", deletions: {deletions}"))).await;
                let (one, other) = (player(&w, side), player(&w, side.other()));
                let mine = format!("from the {}", name(side));
                one.unsay(1, said(one, &mine).id);
                w.sync().await;
                w.assert_settled().await;
                assert_eq!(one.see(1).said.len(), 1, "{pair:?}: it is not posted again");
                assert_eq!(sorted(other).contains(&mine), stays, "{pair:?}, {deletions}, {side:?}");
                one.say(1, "bob", "news");
                w.settle().await;
                assert!(said(other, "news").ours, "{pair:?}");
                assert_eq!(sorted(other).contains(&mine), stays, "{pair:?}, {deletions}, {side:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_copy_a_moderator_deleted_stays_deleted_and_its_original_stays() {
    for pair in PAIRS {
        for side in BOTH {
            for deletions in ["keep", "mirror"] {
                let w = talked(pair, &rules("both", &format!(", deletions: {deletions}"))).await;
                let (one, other) = (player(&w, side), player(&w, side.other()));
                let mine = format!("from the {}", name(side));
                other.unsay(1, said(other, &mine).id);
                w.sync().await;
                w.assert_settled().await;
                assert!(!said(one, &mine).ours, "{pair:?}, {deletions}");
                reword(one, &mine, "reworded");
                one.say(1, "bob", "news");
                w.settle().await;
                let texts = sorted(other);
                assert_eq!(texts.len(), 2, "{pair:?}, {deletions}, {side:?}: {texts:?}");
                assert!(texts.contains(&"news".to_owned()), "{pair:?}, {deletions}: {texts:?}");
            }
        }
    }
}

#[tokio::test]
async fn many_comments_of_both_sides_arrive_in_the_order_of_time() {
    for pair in PAIRS {
        let w = world(pair, "").await;
        w.left.open(draft("Crash").body("text"));
        w.settle().await;
        for number in 0..3 {
            w.left.say(1, "bob", &format!("left {number}"));
            w.right.say(1, "dora", &format!("right {number}"));
        }
        w.settle().await;
        for side in BOTH {
            let seen = player(&w, side).see(1);
            let of = |word: &str| -> Vec<String> {
                let texts = seen.texts().into_iter().filter(|text| text.starts_with(word));
                texts.map(str::to_owned).collect()
            };
            assert_eq!(of("left"), ["left 0", "left 1", "left 2"], "{pair:?}, {side:?}");
            assert_eq!(of("right"), ["right 0", "right 1", "right 2"], "{pair:?}, {side:?}");
        }
    }
}

#[tokio::test]
async fn comments_folded_away_on_github_do_not_cross() {
    for (pair, side) in [
        ((Vendor::GitHub, Vendor::GitLab), Side::Left),
        ((Vendor::GitLab, Vendor::GitHub), Side::Right),
        ((Vendor::Folder, Vendor::GitHub), Side::Right),
    ] {
        let w = world(pair, "").await;
        let (github, other) = (player(&w, side), player(&w, side.other()));
        github.open(draft("Crash").body("text"));
        let spam = github.say(1, "mallory", "buy this");
        github.github().minimize_comment(spam, "spam");
        github.say(1, "bob", "to the point");
        w.settle().await;
        assert_eq!(other.see(1).texts(), ["to the point"], "{pair:?}: with a new twin");

        let spam = github.say(1, "mallory", "buy that");
        github.github().minimize_comment(spam, "off-topic");
        github.say(1, "bob", "to the next point");
        w.settle().await;
        assert_eq!(
            other.see(1).texts(),
            ["to the point", "to the next point"],
            "{pair:?}: later"
        );
    }
}

#[tokio::test]
async fn a_comment_folded_away_after_it_crossed_keeps_its_copy_as_it_is() {
    for (pair, side) in [
        ((Vendor::GitHub, Vendor::GitLab), Side::Left),
        ((Vendor::GitLab, Vendor::GitHub), Side::Right),
    ] {
        for deletions in ["keep", "mirror"] {
            let w = talked(pair, &rules("both", &format!(", deletions: {deletions}"))).await;
            let (github, other) = (player(&w, side), player(&w, side.other()));
            let mine = format!("from the {}", name(side));
            github.github().minimize_comment(said(github, &mine).id, "abuse");
            reword(github, &mine, "worse than before");
            github.say(1, "bob", "news");
            w.settle().await;
            assert!(
                said(other, &mine).ours && said(other, "news").ours,
                "{pair:?}, {deletions}"
            );
            assert_eq!(other.see(1).said.len(), 3, "{pair:?}, {deletions}");
        }
    }
}

#[tokio::test]
async fn internal_notes_of_either_side_do_not_cross() {
    let w = world((Vendor::GitLab, Vendor::GitLab), "").await;
    w.left.open(draft("Crash").body("text"));
    w.left.gitlab().internal_comment(1, "bob", "between us");
    w.settle().await;
    assert!(w.right.see(1).said.is_empty(), "with a new twin");
    for side in BOTH {
        let (one, other) = (player(&w, side), player(&w, side.other()));
        let id = one.gitlab().internal_comment(1, "bob", "hush");
        w.sync().await;
        w.assert_settled().await;
        one.gitlab().edit_comment(id, "hush hush");
        one.later(1, 120);
        one.say(1, "bob", &format!("aloud on the {}", name(side)));
        w.settle().await;
        let texts = other.see(1).texts().join(" ");
        assert!(texts.contains(&format!("aloud on the {}", name(side))), "{texts}");
        // Of its own side's internal notes each side sees its own alone.
        let hushed = other
            .see(1)
            .said
            .iter()
            .filter(|said| said.ours && said.text.contains("hush"))
            .count();
        assert_eq!(hushed, 0, "{side:?}");
    }
}
