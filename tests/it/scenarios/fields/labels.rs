//! Labels of one scope, labels alike but for their case, renamed ones, and what a label brings along when it is made known.

use lockstep::model::Side;

use super::{BOTH, PAIRS, in_turn, player, world};
use crate::support::player::{Vendor, draft};
use crate::support::world::{World, held};

/// What stands on the issue at home, and on its twin.
pub(super) fn assert_labels(w: &World, home: Side, at_home: &[&str], there: &[&str], when: &str) {
    let (one, other) = (player(w, home), player(w, home.other()));
    assert_eq!(
        (one.see(1).labels(), other.see(1).labels()),
        (at_home.to_vec(), there.to_vec()),
        "{:?} at home, {:?}: {when}",
        one.vendor,
        other.vendor
    );
}

#[tokio::test]
async fn another_case_is_no_other_label() {
    for pair in PAIRS {
        for side in BOTH {
            let w = world(pair, "").await;
            w.left.open(draft("Crash").body("text").labels(["bug"]));
            w.settle().await;
            let one = player(&w, side);
            match one.vendor {
                Vendor::GitHub => one.github().rename_label("bug", "Bug"),
                Vendor::GitLab | Vendor::Folder => {
                    one.unlabel(1, "bug");
                    one.label(1, "Bug");
                }
            }
            w.assert_settled().await;
            one.retitle(1, "Crash again");
            w.settle().await;
            assert_labels(&w, side, &["Bug"], &["bug"], "spelled otherwise");
            player(&w, side.other()).unlabel(1, "bug");
            w.settle().await;
            assert_labels(&w, side, &[], &[], "taken off under the other spelling");
        }
    }
}

#[tokio::test]
async fn labels_alike_but_for_their_case_are_one_where_the_service_knows_one() {
    for pair in [(Vendor::GitLab, Vendor::GitHub), (Vendor::Folder, Vendor::GitHub)] {
        let w = world(pair, "").await;
        w.left.open(draft("Crash").body("text").labels(["BUG", "bug"]));
        w.settle().await;
        assert_eq!(
            (w.left.see(1).labels.len(), w.right.see(1).labels.len()),
            (2, 1),
            "{pair:?}"
        );
        w.left.unlabel(1, "BUG");
        w.sync().await;
        w.assert_settled().await;
        assert_eq!(
            (w.left.see(1).labels.len(), w.right.see(1).labels.len()),
            (1, 1),
            "{pair:?}"
        );
        w.left.unlabel(1, "bug");
        w.settle().await;
        assert!(w.right.see(1).labels.is_empty(), "{pair:?}");
    }
}

#[tokio::test]
async fn a_label_renamed_on_one_side_is_exchanged_on_the_other() {
    let github = w_of((Vendor::GitHub, Vendor::GitLab)).await;
    github.left.github().rename_label("bug", "defect");
    github.settle().await;
    assert_labels(&github, Side::Left, &["defect", "ui"], &["defect", "ui"], "renamed");
}

async fn w_of(pair: (Vendor, Vendor)) -> World {
    let w = world(pair, "").await;
    w.left.open(draft("Crash").body("text").labels(["bug", "ui"]));
    w.settle().await;
    w
}

#[tokio::test]
async fn of_one_scope_the_last_label_counts_on_both_sides() {
    for pair in [(Vendor::GitLab, Vendor::GitLab), (Vendor::Folder, Vendor::GitLab)] {
        let w = world(pair, "").await;
        w.left.open(draft("Crash").body("text").labels(["prio::low"]));
        w.settle().await;
        for (side, name) in [(Side::Right, "prio::high"), (Side::Left, "prio::mid")] {
            let one = player(&w, side);
            for old in one.see(1).labels {
                one.unlabel(1, &old);
            }
            one.label(1, name);
            w.settle().await;
            assert_labels(&w, side, &[name], &[name], "exchanged");
        }
    }
}

#[tokio::test]
async fn a_scope_changed_on_both_sides_comes_to_rest() {
    for pair in [
        (Vendor::GitLab, Vendor::GitLab),
        (Vendor::GitHub, Vendor::GitLab),
        (Vendor::Folder, Vendor::GitLab),
    ] {
        let w = world(pair, "").await;
        w.left.open(draft("Crash").body("text").labels(["prio::low", "ui"]));
        w.settle().await;
        in_turn(
            &w,
            Side::Left,
            |left| {
                left.unlabel(1, "prio::low");
                left.label(1, "prio::high");
            },
            |right| {
                right.unlabel(1, "prio::low");
                right.label(1, "prio::mid");
            },
        );
        w.sync().await;
        w.sync().await;
        w.assert_settled().await;
        for side in BOTH {
            let labels = player(&w, side).see(1).labels;
            assert!(
                labels.contains("ui") && !labels.contains("prio::low"),
                "{pair:?}: {labels:?}"
            );
            assert!(
                labels.len() >= 2,
                "{pair:?}: a priority is left on the {side:?}: {labels:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_label_is_made_known_with_the_colour_and_description_it_has_at_home() {
    for pair in [PAIRS[0], PAIRS[1], (Vendor::GitLab, Vendor::GitHub)] {
        let rules = "fields: { labels: { map: [{ left: bug, right: 'type::bug' }] } }";
        let w = world(pair, rules).await;
        for (name, color) in [("bug", "d73a4a"), ("ui", "0e8a16")] {
            w.left.make_label(name);
            w.left.paint(name, color, &format!("About {name}"));
        }
        w.right.make_label("known");
        w.right.paint("known", "123456", "As it was");
        w.left.open(draft("Crash").body("text").labels(["bug", "ui", "known"]));
        w.settle().await;
        let painted = |name: &str| w.right.painted(name);
        assert_eq!(
            painted("type::bug"),
            ("d73a4a".to_owned(), "About bug".to_owned()),
            "{pair:?}"
        );
        assert_eq!(painted("ui"), ("0e8a16".to_owned(), "About ui".to_owned()), "{pair:?}");
        assert_eq!(
            painted("known"),
            ("123456".to_owned(), "As it was".to_owned()),
            "{pair:?}"
        );
        w.left.paint("ui", "ffffff", "Something else");
        w.assert_settled().await;
        assert_eq!(painted("ui").0, "0e8a16", "a colour is no field");
    }
}

#[tokio::test]
async fn labels_nobody_may_make_are_left_out_both_ways_and_those_known_travel() {
    for pair in [PAIRS[0], PAIRS[1]] {
        let w = world(pair, "fields: { labels: { create: false } }").await;
        for side in BOTH {
            player(&w, side).make_label("known");
        }
        w.left.open(draft("Crash").body("text").labels(["of the left"]));
        w.settle().await;
        w.right.label(1, "of the right");
        w.right.label(1, "known");
        let report = w.sync().await;
        assert!(held(&report).is_empty(), "{report:#?}");
        w.assert_settled().await;
        assert_labels(
            &w,
            Side::Left,
            &["known", "of the left"],
            &["known", "of the right"],
            "only what is known",
        );
    }
}
