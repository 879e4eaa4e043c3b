//! Time that a run noted and was stopped before, while or after it added it: it is counted once, whatever people log around
//! it.

use lockstep::model::Side;

use super::spent::{GITLABS, RULES, assert_spent, grown, linked};
use super::{BOTH, name, player, world};
use crate::scenarios::crash::recovers;
use crate::support::fake::When;
use crate::support::player::{Vendor, draft};

/// Time logged on both sides after a run that was killed at any of its writes, and what is spent in the end.
async fn logged_after_a_killed_run(left: i64, right: i64, all: u64) {
    for side in BOTH {
        for applied in [true, false] {
            for write in 1..=3 {
                println!("killed at write {write} of the {}, applied: {applied}", name(side));
                let w = grown(GITLABS).await;
                w.killed(side, write, applied).await;
                w.rest(60);
                w.left.log_time(1, left);
                w.right.log_time(1, right);
                recovers(&w).await;
                assert_spent(&w, all, all, "the next run");
            }
        }
    }
}

#[tokio::test]
async fn time_logged_after_a_killed_run_is_counted_once() {
    logged_after_a_killed_run(11, 13, 4524).await;
}

#[tokio::test]
async fn more_time_logged_after_a_killed_run_than_it_meant_to_add_is_counted_too() {
    logged_after_a_killed_run(7200, 3600, 15_300).await;
}

#[tokio::test]
async fn the_note_of_a_half_made_link_claims_nothing_but_time() {
    let w = world((Vendor::GitLab, Vendor::GitLab), "fields: { time_spent: both }").await;
    w.right.open(draft("Crash").body("text"));
    w.right.log_time(1, 600);
    assert!(
        w.killed(Side::Right, 1, false).await,
        "the twin is there, the state is not"
    );
    w.right.retitle(1, "Crash again");
    assert!(
        w.killed(Side::Right, 1, true).await,
        "the note is there, the title is not"
    );
    w.sync().await;
    w.assert_settled().await;
    assert_eq!(
        (w.left.see(1).title, w.right.see(1).title),
        ("Crash again".into(), "Crash again".into())
    );
}

/// Our own addition of a moment ago is not the one that a killed run had yet to make.
#[tokio::test]
async fn an_addition_just_before_a_killed_run_is_not_taken_for_its_own() {
    for side in BOTH {
        for write in 1..=2 {
            let w = linked(GITLABS, side, RULES).await;
            player(&w, side).log_time(1, 1800);
            let to = side.other();
            // Where time flows left, the note is the only write to the right.
            let (at, nth) = match (to, write) {
                (Side::Left, 2) => (Side::Left, 1),
                (Side::Left, _) => (Side::Right, 1),
                (Side::Right, nth) => (Side::Right, nth),
            };
            assert!(w.killed(at, nth, false).await, "{at:?} {nth}");
            player(&w, to).log_time(1, 120);
            recovers(&w).await;
            assert_spent(&w, 5520, 5520, name(to));
        }
    }
}

/// What we added is added, even where somebody took as much off again before the next run looked.
#[tokio::test]
async fn what_was_taken_off_again_after_a_killed_run_stays_off() {
    for side in BOTH {
        for more in [1800, -1800] {
            let w = linked(GITLABS, side, RULES).await;
            player(&w, side).log_time(1, more);
            let to = side.other();
            // The note is the right side's first write.
            let nth = if to == Side::Left { 1 } else { 2 };
            assert!(w.killed(to, nth, true).await);
            player(&w, to).log_time(1, -more);
            recovers(&w).await;
            assert_spent(&w, 3600, 3600, name(to));
        }
    }
}

/// The addition of a run that was thought dead arrives while another one finds out what to add.
#[tokio::test]
async fn an_addition_that_arrives_while_another_run_looks_is_counted_once() {
    for side in BOTH {
        for look in 1..=3 {
            println!("it arrives at look {look}");
            let w = linked(GITLABS, side, RULES).await;
            player(&w, side).log_time(1, 1800);
            let to = side.other();
            assert!(w.killed(Side::Right, 1, true).await, "it is noted");
            let when = When::Request {
                method: "GET",
                path: "/notes",
                nth: look,
            };
            player(&w, to).gitlab().meanwhile(when, |gitlab| {
                gitlab.edit_as("lockstep-bot", 1, |issue| issue.time_spent += 1800);
            });
            w.sync().await;
            let arrived = w.left.planned(1).spent + w.right.planned(1).spent > 2 * 5400;
            player(&w, to).heal();
            w.rest(60);
            recovers(&w).await;
            // One that never came was not counted, and one that came later than another run's is what README tells of.
            if look < 3 || !arrived {
                assert_spent(&w, 5400, 5400, name(to));
            }
        }
    }
}
