//! What is special about runs that were killed, and the sweep that the stories of single fields use. `faults` tries all
//! writes of a run with everything in it, and lost answers.

use lockstep::model::Side;
use lockstep::report::Outcome;

use super::BOTH_WAYS;
use crate::support::player::{Player, Seen, Vendor, draft};
use crate::support::world::World;

const PAIRS: [(Vendor, Vendor); 2] = [World::PAIRS[0], World::PAIRS[1]];

/// One issue with everything that costs a write of its own.
async fn fresh(pair: (Vendor, Vendor)) -> World {
    let mut w = World::new(pair, BOTH_WAYS).await;
    w.top = "people: [{ left: ann, right: a.nne }]".to_owned();
    w.right.invite("a.nne");
    w.left.open(
        draft("Crash")
            .body("text")
            .labels(["bug"])
            .assignees(["ann"])
            .closed("completed"),
    );
    w.left.say(1, "bob", "one");
    w.left.say(1, "carol", "two");
    w
}

/// Everything people see on a side, but for the order in which things that happened at once were told.
pub(super) fn seen(player: &Player) -> Vec<Seen> {
    let all = player.all().into_iter();
    all.map(|mut issue| {
        issue.said.sort_by(|a, b| a.text.cmp(&b.text));
        for said in &mut issue.said {
            (said.id, said.raw) = (0, String::new());
            said.attribution = None;
        }
        Seen {
            raw: String::new(),
            ..issue
        }
    })
    .collect()
}

/// Runs until nothing is left to do, which takes three runs at most.
pub(super) async fn recovers(w: &World) {
    for _ in 0..3 {
        let report = w.sync().await;
        if report.outcome == Outcome::Settled {
            break;
        }
        assert_eq!(report.outcome, Outcome::Changed, "{report:#?}");
    }
    w.assert_settled().await;
}

/// Kills a run at every write of these sides, before and after it took effect.
pub(super) async fn sweep_sides<F: Future<Output = World>>(sides: &[Side], start: impl Fn() -> F) {
    let undisturbed = start().await;
    recovers(&undisturbed).await;
    let expected = (seen(&undisturbed.left), seen(&undisturbed.right));
    for side in sides.iter().copied() {
        for applied in [true, false] {
            for write in 1.. {
                println!("killed at write {write} of {side:?}, applied: {applied}");
                let w = start().await;
                if !w.killed(side, write, applied).await {
                    assert!(write > 1, "nothing was written there");
                    break;
                }
                w.rest(60);
                recovers(&w).await;
                assert_eq!((seen(&w.left), seen(&w.right)), expected);
            }
        }
    }
}

#[tokio::test]
async fn labels_a_service_dropped_are_not_taken_off_at_home_after_a_crash() {
    let w = fresh(World::PAIRS[0]).await;
    w.right.gitlab().vices(|vices| {
        vices.drop_labels = true;
        vices.drop_assignees = true;
    });
    // The label is made known, then the twin: killed before the base could be put right.
    assert!(w.killed(Side::Right, 2, true).await);
    for _ in 0..3 {
        w.sync().await;
    }
    w.assert_settled().await;
    assert_eq!(
        (w.left.see(1).labels(), w.left.see(1).assignees()),
        (vec!["bug"], vec!["ann"])
    );
}

#[tokio::test]
async fn a_half_made_link_is_completed_and_not_made_again() {
    for pair in PAIRS {
        let w = fresh(pair).await;
        assert!(
            w.killed(Side::Left, 1, false).await,
            "the pointer is the left side's first write"
        );
        assert!(w.left.see(1).marker_lines().is_empty());
        assert_eq!(w.right.keys(), [1]);
        recovers(&w).await;
        assert_eq!((w.left.keys(), w.right.keys()), (vec![1], vec![1]));
        assert_eq!(w.left.see(1).marker_lines().len(), 1);
        assert_eq!(w.right.see(1).texts(), ["one", "two"]);
    }
}

#[tokio::test]
async fn what_people_write_between_a_killed_run_and_the_next_survives() {
    for pair in PAIRS {
        let w = fresh(pair).await;
        assert!(w.killed(Side::Left, 1, false).await);
        w.left.retitle(1, "New title");
        w.right.label(1, "from the right");
        w.right.say(1, "dora", "hello");
        recovers(&w).await;
        for player in [&w.left, &w.right] {
            let seen = player.see(1);
            assert_eq!(
                (seen.title.as_str(), seen.labels()),
                ("New title", vec!["bug", "from the right"])
            );
            assert_eq!(seen.said.len(), 3);
        }
    }
}
