//! What a person takes back, or changes once more, while a run carries it: what the run wrote itself is nobody's change.

use lockstep::model::Side;
use lockstep::report::Outcome;

use super::linked;
use crate::support::gate::{Gate, Moment};
use crate::support::player::{Player, Vendor, draft};
use crate::support::world::applying;
use Vendor::{Folder, GitHub, GitLab};

/// A change, and what takes it back or goes on from there.
type Change = (&'static str, fn(&Player, &str), fn(&Player, &str));

const CHANGES: [Change; 8] = [
    ("title undone", |p, _| p.retitle(1, "New"), |p, _| p.retitle(1, "Crash")),
    (
        "title changed again",
        |p, _| p.retitle(1, "New"),
        |p, _| p.retitle(1, "Newer"),
    ),
    ("body undone", |p, _| p.rewrite(1, "new"), |p, _| p.rewrite(1, "text")),
    (
        "body changed again",
        |p, _| p.rewrite(1, "new"),
        |p, _| p.rewrite(1, "newer"),
    ),
    (
        "closed and reopened",
        |p, _| p.close(1, "completed"),
        |p, _| p.reopen(1),
    ),
    (
        "label added and taken off",
        |p, _| p.label(1, "new"),
        |p, _| p.unlabel(1, "new"),
    ),
    (
        "label taken off and added",
        |p, _| p.unlabel(1, "bug"),
        |p, _| p.label(1, "bug"),
    ),
    (
        "assigned and unassigned",
        |p, ann| p.assign(1, ann),
        |p, ann| p.unassign(1, ann),
    ),
];

/// What people see of the issue.
fn shown(player: &Player) -> (String, String, bool, Vec<String>, usize, usize) {
    let seen = player.see(1);
    let labels = seen.labels.iter().cloned().collect();
    (
        seen.title,
        seen.text,
        seen.closed,
        labels,
        seen.assignees.len(),
        seen.said.len(),
    )
}

const PAIRS: [(Vendor, Vendor); 4] = [(GitHub, GitLab), (GitLab, GitHub), (GitHub, Folder), (Folder, GitLab)];

/// Changes one side, runs, and has the person act again at every write in turn; then the other side shows what this one
/// does, which is what the person left there.
async fn acts_again(side: Side, (name, first, then): Change) {
    for pair in PAIRS {
        let mut acted = 0;
        for moment in [Moment::Before, Moment::After] {
            // A body that is edited at the very moment of its own write is written over: no service has writes that hold
            // only while nothing changed.
            let writes = if moment == Moment::Before && name.starts_with("body") {
                1
            } else {
                usize::MAX
            };
            for write in 1..=writes {
                println!("{name}, {moment:?} write {write}");
                let mut w = linked(pair, "", draft("Crash").body("text").labels(["bug"])).await;
                w.top = "people: [{ left: ann, right: a.nne }]".to_owned();
                w.left.invite("ann");
                w.right.invite("a.nne");
                let (here, ann) = match side {
                    Side::Left => (&w.left, "ann"),
                    Side::Right => (&w.right, "a.nne"),
                };
                here.later(1, 60);
                first(here, ann);
                here.later(1, 60);
                let (gate, held) = Gate::holding(write, moment);
                let mut run = Box::pin(w.run_through(&gate, applying()));
                let reached = tokio::select! {
                    biased;
                    _ = held.reached => true,
                    _ = &mut run => false,
                };
                if !reached {
                    break;
                }
                here.later(1, 60);
                then(here, ann);
                here.later(1, 60);
                let left = shown(here);
                held.go.send(()).unwrap();
                let report = run.await;
                assert!(
                    matches!(report.outcome, Outcome::Changed | Outcome::Settled),
                    "{report:#?}"
                );
                w.sync().await;
                w.assert_settled().await;
                assert_eq!(shown(here), left, "{pair:?}, {name}, {moment:?} write {write}");
                assert_eq!(
                    shown(&w.left),
                    shown(&w.right),
                    "{pair:?}, {name}, {moment:?} write {write}"
                );
                acted += 1;
            }
        }
        assert!(acted > 1, "nothing was written");
    }
}

#[tokio::test]
async fn what_is_taken_back_on_the_right_while_a_run_writes_is_not_done_again() {
    for change in CHANGES {
        acts_again(Side::Right, change).await;
    }
}

#[tokio::test]
async fn what_is_taken_back_on_the_left_while_a_run_writes_is_not_done_again() {
    for change in CHANGES {
        acts_again(Side::Left, change).await;
    }
}
