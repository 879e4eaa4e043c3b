//! Time spent: what each side logs is added to the other, once, whatever becomes of a run.

use std::time::Duration;

use lockstep::model::Side;

use super::{BOTH, PLANNERS, name, player, world};
use crate::scenarios::crash::{recovers, seen, sweep_sides};
use crate::scenarios::markers::lose;
use crate::support::fake::{Fault, What, When};
use crate::support::player::{Vendor, draft};
use crate::support::world::{World, held};

pub(super) const GITLABS: (Vendor, Vendor) = (Vendor::GitLab, Vendor::GitLab);

pub(super) const RULES: &str = "fields: { time_spent: both }";

fn rules(direction: &str) -> String {
    format!("fields: {{ time_spent: {direction} }}")
}

/// An issue of one side with an hour spent.
async fn unlinked(pair: (Vendor, Vendor), side: Side, rules: &str) -> World {
    println!("time spent, begun on the {}, {rules}", name(side));
    let w = world(pair, rules).await;
    player(&w, side).open(draft("Crash").body("text"));
    player(&w, side).log_time(1, 3600);
    w
}

pub(super) async fn linked(pair: (Vendor, Vendor), side: Side, rules: &str) -> World {
    let w = unlinked(pair, side, rules).await;
    w.settle().await;
    w
}

pub(super) fn assert_spent(w: &World, left: u64, right: u64, when: &str) {
    assert_eq!(
        (w.left.planned(1).spent, w.right.planned(1).spent),
        (left, right),
        "time spent on {:?} and {:?}, {when}",
        w.left.vendor,
        w.right.vendor
    );
}

#[tokio::test]
async fn both_ways() {
    for pair in PLANNERS {
        for origin in BOTH {
            let w = linked(pair, origin, RULES).await;
            assert_spent(&w, 3600, 3600, "carried to the new twin");
            w.left.log_time(1, 600);
            w.settle().await;
            assert_spent(&w, 4200, 4200, "logged on the left");
            w.right.log_time(1, 30);
            w.settle().await;
            assert_spent(&w, 4230, 4230, "logged on the right");
            w.left.log_time(1, 100);
            w.right.log_time(1, 1000);
            let report = w.settle().await;
            assert_spent(&w, 5330, 5330, "logged on both sides");
            assert_eq!((report.totals.conflicts, held(&report)), (0, vec![]), "{pair:?}");
            w.left.log_time(1, 60);
            w.right.log_time(1, 60);
            w.settle().await;
            assert_spent(&w, 5450, 5450, "the same on both sides is twice as much");
            w.left.log_time(1, 10);
            w.left.retitle(1, "Crash at start");
            w.right.rewrite(1, "other text");
            w.right.log_time(1, 20);
            w.settle().await;
            assert_spent(&w, 5480, 5480, "logged beside other changes");
        }
    }
}

#[tokio::test]
async fn taken_back() {
    for pair in PLANNERS {
        for side in BOTH {
            let w = linked(pair, Side::Left, RULES).await;
            player(&w, side).log_time(1, -600);
            w.settle().await;
            assert_spent(&w, 3000, 3000, "some of it taken back");
            player(&w, side).log_time(1, -1000);
            player(&w, side.other()).log_time(1, 100);
            w.settle().await;
            assert_spent(&w, 2100, 2100, "taken back here, logged there");
            player(&w, side).log_time(1, -2100);
            w.settle().await;
            assert_spent(&w, 0, 0, "all of it taken back");
            player(&w, side.other()).log_time(1, 50);
            w.settle().await;
            assert_spent(&w, 50, 50, "and on it goes");
        }
    }
}

async fn one_way(to: Side) {
    let (from, rules) = (to.other(), rules(&format!("to {}", name(to))));
    let totals = |source: u64, target: u64| {
        if to == Side::Right {
            (source, target)
        } else {
            (target, source)
        }
    };
    for pair in PLANNERS {
        let w = linked(pair, from, &rules).await;
        assert_spent(&w, 3600, 3600, "carried to the new twin");
        player(&w, from).log_time(1, 100);
        w.settle().await;
        assert_spent(&w, 3700, 3700, "logged at the source");
        player(&w, to).log_time(1, 5);
        w.sync().await;
        w.assert_settled().await;
        let (left, right) = totals(3700, 3705);
        assert_spent(&w, left, right, "logged at the target, where it stays");
        player(&w, from).log_time(1, 10);
        player(&w, to).log_time(1, 1);
        w.settle().await;
        let (left, right) = totals(3710, 3716);
        assert_spent(&w, left, right, "logged on both sides");

        let w = linked(pair, to, &rules).await;
        let (left, right) = totals(0, 3600);
        assert_spent(&w, left, right, "nothing comes out of the target");
        player(&w, from).log_time(1, 7);
        w.settle().await;
        let (left, right) = totals(7, 3607);
        assert_spent(&w, left, right, "into an issue that came from the other side");
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
async fn off() {
    for pair in PLANNERS {
        let w = linked(pair, Side::Left, &rules("off")).await;
        assert_spent(&w, 3600, 0, "left out of the new twin");
        w.left.log_time(1, 60);
        w.right.log_time(1, 5);
        w.assert_settled().await;
        assert_spent(&w, 3660, 5, "each its own");
    }
}

#[tokio::test]
async fn mirrored() {
    for pair in PLANNERS {
        let mut w = unlinked(pair, Side::Left, "").await;
        w.rules = "mode: mirror\ncreate: { left: { state: all } }\nfields: { time_spent: to right }".to_owned();
        w.clear_logs();
        w.synced().await;
        assert_eq!(w.left.writes(), Vec::<String>::new(), "{pair:?}");
        w.assert_settled().await;
        assert_spent(&w, 3600, 3600, "carried to the mirror");
        w.left.log_time(1, 60);
        w.right.log_time(1, 5);
        w.clear_logs();
        w.synced().await;
        assert_eq!(w.left.writes(), Vec::<String>::new(), "{pair:?}");
        w.assert_settled().await;
        assert_spent(&w, 3660, 3665, "logged on both sides");
    }
}

#[tokio::test]
async fn base_lost() {
    for (pair, origin) in PLANNERS.into_iter().flat_map(|pair| BOTH.map(|side| (pair, side))) {
        let w = linked(pair, origin, RULES).await;
        lose(&w.right, 1);
        w.left.log_time(1, 60);
        let report = w.sync().await;
        assert_eq!(held(&report), ["base-lost"], "{pair:?}");
        w.assert_settled().await;
        let (left, right) = (w.left.planned(1).spent, w.right.planned(1).spent);
        assert!(
            left == 3660 && (3600..=3660).contains(&right),
            "{pair:?}: nothing is counted twice: {left} {right}"
        );
        w.right.log_time(1, 5);
        w.left.log_time(1, 10);
        w.settle().await;
        assert_spent(&w, left + 15, right + 15, "and the new base serves");
    }
}

/// An hour on both sides, then ten minutes on the left and five on the right, beside other changes.
pub(super) async fn grown(pair: (Vendor, Vendor)) -> World {
    let w = linked(pair, Side::Left, RULES).await;
    w.left.log_time(1, 600);
    w.right.log_time(1, 300);
    w.left.retitle(1, "Crash at start");
    w.left.say(1, "bob", "it took a while");
    w.right.label(1, "slow");
    w
}

#[tokio::test]
async fn a_run_killed_anywhere_counts_nothing_twice() {
    sweep_sides(&BOTH, || grown(GITLABS)).await;
}

#[tokio::test]
async fn a_first_mirror_killed_anywhere_counts_nothing_twice() {
    for origin in BOTH {
        sweep_sides(&BOTH, || unlinked(GITLABS, origin, RULES)).await;
    }
}

#[tokio::test]
async fn a_run_from_a_folder_killed_anywhere_counts_nothing_twice() {
    let pair = (Vendor::Folder, Vendor::GitLab);
    sweep_sides(&[Side::Right], || grown(pair)).await;
    sweep_sides(&[Side::Right], || unlinked(pair, Side::Left, RULES)).await;
}

/// Loses the answer to every write in turn, and compares with the undisturbed end.
async fn every_answer_lost<F: Future<Output = World>>(start: impl Fn() -> F) {
    let undisturbed = start().await;
    recovers(&undisturbed).await;
    let expected = (seen(&undisturbed.left), seen(&undisturbed.right));
    for side in BOTH {
        for what in [What::LoseAnswer, What::TruncatedJson, What::status(502), What::Drop] {
            for write in 1..=8 {
                println!("the answer to write {write} of the {}: {what:?}", name(side));
                let w = start().await;
                player(&w, side).fault(Fault::new(When::Write(write), what.clone()));
                w.sync().await;
                player(&w, side).heal();
                w.rest(60);
                recovers(&w).await;
                assert_eq!((seen(&w.left), seen(&w.right)), expected);
            }
        }
    }
}

#[tokio::test]
async fn a_lost_answer_counts_nothing_twice() {
    every_answer_lost(|| grown(GITLABS)).await;
}

#[tokio::test]
async fn a_lost_answer_of_a_first_mirror_counts_nothing_twice() {
    every_answer_lost(|| unlinked(GITLABS, Side::Left, RULES)).await;
}

#[tokio::test]
async fn time_logged_while_a_run_writes_is_not_lost() {
    for side in BOTH {
        for write in 1..=4 {
            println!("logged before write {write} of the {}", name(side));
            let w = grown(GITLABS).await;
            player(&w, side).gitlab().meanwhile(When::Write(write), |gitlab| {
                gitlab.edit(1, |issue| issue.time_spent += 7);
            });
            w.sync().await;
            player(&w, side).heal();
            w.rest(60);
            let log = w.left.planned(1).spent.max(w.right.planned(1).spent);
            recovers(&w).await;
            let (left, right) = (w.left.planned(1).spent, w.right.planned(1).spent);
            assert!(log <= 4507, "{log}");
            assert_eq!(left, right);
            // Where the run made fewer writes than that, nobody logged anything meanwhile.
            assert!([4500, 4507].contains(&left), "{left}");
        }
    }
}

#[tokio::test]
async fn a_field_switched_on_later_counts_from_then_on() {
    for pair in PLANNERS {
        let mut w = linked(pair, Side::Left, &rules("off")).await;
        w.right.log_time(1, 60);
        w.rules = w.rules.replace("time_spent: off", "time_spent: both");
        w.sync().await;
        w.assert_settled().await;
        assert_spent(&w, 3600, 60, "switched on: nobody knows what was counted by hand");
        w.left.log_time(1, 5);
        w.right.log_time(1, 10);
        w.settle().await;
        assert_spent(&w, 3615, 75, "from then on");
    }
}

#[tokio::test]
async fn two_runs_at_once_count_nothing_twice() {
    for pause in [0, 5, 15] {
        println!("answers after {pause} ms");
        let w = grown(GITLABS).await;
        for player in [&w.left, &w.right] {
            player.hold_back(Duration::from_millis(pause));
        }
        tokio::join!(Box::pin(w.sync()), Box::pin(w.sync()));
        for player in [&w.left, &w.right] {
            player.hold_back(Duration::ZERO);
        }
        w.rest(60);
        recovers(&w).await;
        assert_spent(&w, 4500, 4500, "two runs at once");
    }
}
