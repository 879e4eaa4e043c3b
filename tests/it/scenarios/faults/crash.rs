//! A run is killed at every write: before it is sent, after it was sent and before the answer, after the answer. Then it
//! runs again undisturbed and ends where it would have ended.

use jiff::{SignedDuration, Timestamp};
use lockstep::model::Side;

use super::story::{Mode, PAIRS, Stage, busy, fresh, name};
use crate::support::gate::Moment;
use crate::support::player::Vendor;
use crate::support::reliability::{Sample, tell};

/// What else is the matter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Plain,
    /// Folders are checked out anew before the next run, and nobody had written into the files when they were created.
    CheckedOut,
    /// This side's clock is ten minutes ahead of the other's.
    Ahead(Side),
}

/// Every write of both sides, in three moments. A folder takes a write whole or not at all and gives no answer that could
/// be lost on the way, so there are two moments there.
async fn sweep(stage: &Stage, case: Case, sample: &mut Sample) -> usize {
    let then = async || {
        if case == Case::CheckedOut {
            stage.check_out();
        }
        stage.recovers().await;
        stage.again();
    };
    let mut cases = 0;
    let sides = [(Side::Left, stage.pair.0), (Side::Right, stage.pair.1)];
    for (side, _) in sides.into_iter().filter(|(_, vendor)| *vendor != Vendor::Folder) {
        for applied in [false, true] {
            for write in 1..=*stage.writes_to.get(side) {
                if sample.takes() {
                    println!("killed in write {write} to {side:?}, applied: {applied}");
                    assert!(stage.w.killed(side, write, applied).await, "it did not come that far");
                    then().await;
                    cases += 1;
                }
            }
        }
    }
    let any_folder = sides.iter().any(|(_, vendor)| *vendor == Vendor::Folder);
    for moment in [Moment::Before, Moment::After] {
        if moment == Moment::Before && !any_folder {
            continue; // The services have not heard of it: done above.
        }
        for write in 1..=stage.writes {
            if sample.takes() {
                println!("killed at write {write}, {moment:?}");
                assert!(stage.w.killed_at(write, moment).await, "it did not come that far");
                then().await;
                cases += 1;
            }
        }
    }
    cases
}

async fn swept(pair: (Vendor, Vendor), mode: Mode) {
    swept_with(pair, mode, Case::Plain).await;
}

async fn swept_with(pair: (Vendor, Vendor), mode: Mode, case: Case) {
    let circumstance = match case {
        Case::Plain => "",
        Case::CheckedOut => "then checked out anew, ",
        Case::Ahead(Side::Left) => "left clock ahead, ",
        Case::Ahead(Side::Right) => "right clock ahead, ",
    };
    let name = format!("{circumstance}{}", name(pair, mode));
    let mut sample = Sample::one_in(7, &name);
    let (first, then) = (fresh(pair, mode).await, busy(pair, mode).await);
    if case == Case::CheckedOut {
        for player in [&first.left, &first.right, &then.left, &then.right] {
            player.undate();
        }
    }
    if let Case::Ahead(side) = case {
        for w in [&first, &then] {
            let player = if side == Side::Left { &w.left } else { &w.right };
            player.not_before(Timestamp::now() + SignedDuration::from_mins(10));
        }
    }
    let (first, then) = (Stage::set(first, pair).await, Stage::set(then, pair).await);
    let cases = sweep(&first, case, &mut sample).await + sweep(&then, case, &mut sample).await;
    tell(&format!("killed, {name}"), cases);
}

#[tokio::test]
async fn github_to_gitlab_both_ways() {
    swept(PAIRS[0], Mode::TwoWay).await;
}

#[tokio::test]
async fn gitlab_to_github_both_ways() {
    swept(PAIRS[1], Mode::TwoWay).await;
}

#[tokio::test]
async fn gitlab_to_gitlab_both_ways() {
    swept(PAIRS[2], Mode::TwoWay).await;
}

#[tokio::test]
async fn folder_to_github_both_ways() {
    swept(PAIRS[3], Mode::TwoWay).await;
}

#[tokio::test]
async fn folder_to_gitlab_both_ways() {
    swept(PAIRS[4], Mode::TwoWay).await;
}

#[tokio::test]
async fn folder_to_folder_both_ways() {
    swept(PAIRS[5], Mode::TwoWay).await;
}

#[tokio::test]
async fn services_to_folders_both_ways() {
    for pair in [PAIRS[6], PAIRS[7]] {
        swept(pair, Mode::TwoWay).await;
    }
}

#[tokio::test]
async fn folders_that_are_checked_out_anew() {
    for pair in [PAIRS[3], PAIRS[5], PAIRS[6], PAIRS[7]] {
        swept_with(pair, Mode::TwoWay, Case::CheckedOut).await;
    }
}

#[tokio::test]
async fn clocks_that_differ() {
    for pair in [PAIRS[0], PAIRS[1], PAIRS[2]] {
        for side in Side::BOTH {
            swept_with(pair, Mode::TwoWay, Case::Ahead(side)).await;
        }
    }
}

#[tokio::test]
async fn mirrors_onto_services() {
    for pair in [PAIRS[0], PAIRS[1], PAIRS[2]] {
        swept(pair, Mode::Mirror).await;
    }
}

#[tokio::test]
async fn mirrors_of_folders() {
    for pair in [PAIRS[3], PAIRS[4], PAIRS[5], PAIRS[6]] {
        swept(pair, Mode::Mirror).await;
    }
}
