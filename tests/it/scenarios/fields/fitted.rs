//! Labels the other side cannot hold as they are: too long, or with signs it refuses. They are fitted, and stay one label.

use lockstep::model::Side;

use super::labels::assert_labels;
use super::{BOTH, player, world};
use crate::support::player::{Vendor, draft};

const LONG: &str = "waiting for an answer of whoever reported it in the beginning";
const CUT: &str = "waiting for an answer of whoever reported it in th";

/// A name one side has and what the other makes of it: pair, the side of the name, name, fitted name.
const FITTED: [((Vendor, Vendor), Side, &str, &str); 5] = [
    ((Vendor::GitHub, Vendor::GitLab), Side::Right, LONG, CUT),
    ((Vendor::GitLab, Vendor::GitHub), Side::Left, LONG, CUT),
    ((Vendor::Folder, Vendor::GitHub), Side::Left, LONG, CUT),
    ((Vendor::GitHub, Vendor::GitLab), Side::Left, "red, green", "red; green"),
    (
        (Vendor::GitLab, Vendor::GitHub),
        Side::Right,
        "red, green",
        "red; green",
    ),
];

#[tokio::test]
async fn a_name_the_other_side_cannot_hold_is_fitted_and_comes_with_a_new_twin() {
    for (pair, home, name, fitted) in FITTED {
        let w = world(pair, "").await;
        player(&w, home).open(draft("Crash").body("text").labels([name, "zeta"]));
        w.settle().await;
        assert_labels(&w, home, &[name, "zeta"], &[fitted, "zeta"], "created");
        for side in BOTH {
            player(&w, side).retitle(1, &format!("Crash {side:?}"));
            w.settle().await;
            assert_labels(&w, home, &[name, "zeta"], &[fitted, "zeta"], "another field changed");
        }
        player(&w, home.other()).label(1, "alpha");
        w.settle().await;
        assert_labels(
            &w,
            home,
            &["alpha", name, "zeta"],
            &["alpha", fitted, "zeta"],
            "another label added",
        );
    }
}

#[tokio::test]
async fn an_origin_is_taken_off_with_its_fitted_name() {
    for (pair, home, name, fitted) in FITTED {
        let w = world(pair, "").await;
        player(&w, home).open(draft("Crash").body("text").labels([name, "zeta"]));
        w.settle().await;
        player(&w, home.other()).unlabel(1, fitted);
        w.settle().await;
        assert_labels(&w, home, &["zeta"], &["zeta"], "taken off on the other side");
        player(&w, home).label(1, name);
        w.settle().await;
        assert_labels(&w, home, &[name, "zeta"], &[fitted, "zeta"], "put on again at home");
    }
}

#[tokio::test]
async fn a_fitted_name_is_taken_off_with_its_origin() {
    for (pair, home, name, fitted) in FITTED {
        let w = world(pair, "").await;
        player(&w, home).open(draft("Crash").body("text").labels(["zeta"]));
        w.settle().await;
        player(&w, home).label(1, name);
        w.settle().await;
        assert_labels(&w, home, &[name, "zeta"], &[fitted, "zeta"], "added later");
        player(&w, home).unlabel(1, name);
        w.settle().await;
        assert_labels(&w, home, &["zeta"], &["zeta"], "taken off where it was put on");
        player(&w, home).label(1, name);
        w.settle().await;
        assert_labels(&w, home, &[name, "zeta"], &[fitted, "zeta"], "put on again");
    }
}

#[tokio::test]
async fn two_long_names_that_become_one_do_not_flap() {
    let twins = [format!("{LONG} - one"), format!("{LONG} - two")];
    let both = [twins[0].as_str(), twins[1].as_str()];
    for (pair, home) in [
        ((Vendor::GitLab, Vendor::GitHub), Side::Left),
        ((Vendor::GitHub, Vendor::GitLab), Side::Right),
        ((Vendor::Folder, Vendor::GitHub), Side::Left),
    ] {
        let w = world(pair, "").await;
        let one = player(&w, home);
        one.open(draft("Crash").body("text").labels(both));
        w.settle().await;
        assert_labels(&w, home, &both, &[CUT], "created");
        one.retitle(1, "Crash again");
        w.settle().await;
        assert_labels(&w, home, &both, &[CUT], "another field changed");
        one.unlabel(1, both[0]);
        w.sync().await;
        w.assert_settled().await;
        assert_labels(&w, home, &both[1..], &[CUT], "one of them taken off");
        one.unlabel(1, both[1]);
        w.settle().await;
        assert_labels(&w, home, &[], &[], "both taken off");
    }
}
