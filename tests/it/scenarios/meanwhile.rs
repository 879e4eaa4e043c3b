//! What people take away, reword or hide while a run is at work elsewhere is not told on the other side.

use std::time::Duration;

use crate::support::gate::{Gate, Moment};
use crate::support::player::Vendor::{self, Folder, GitHub, GitLab};
use crate::support::player::draft;
use crate::support::world::{World, applying, held};

const RULES: &str = "create: { left: { state: all } }";
const SECRET: &str = "password: hunter2";

/// Two issues with comments, of which the run comes to the second one last; what was read is looked at again at once.
async fn two(pair: (Vendor, Vendor)) -> World {
    let mut w = World::new(pair, RULES).await;
    w.patience.heard = Duration::ZERO;
    for (key, title) in [(1, "Crash"), (2, "Leak")] {
        w.left.open(draft(title).body("text"));
        for n in 0..3 {
            w.left.say(key, "bob", &format!("comment {n} of {title}"));
        }
    }
    w
}

/// Runs, and has somebody act right before this write.
pub(super) async fn interrupted(w: &World, write: usize, act: impl FnOnce(&World)) -> bool {
    let (gate, held) = Gate::holding(write, Moment::Before);
    let mut run = Box::pin(w.run_through(&gate, applying()));
    tokio::select! {
        biased;
        _ = held.reached => {}
        _ = &mut run => return false,
    }
    act(w);
    held.go.send(()).unwrap();
    run.await;
    true
}

fn everything_said(w: &World) -> String {
    let mut all = String::new();
    for issue in w.right.all() {
        all.extend(issue.texts().into_iter().flat_map(|text| [text, "\n"]));
    }
    all
}

#[tokio::test]
async fn a_comment_deleted_while_a_run_writes_is_not_copied() {
    for pair in [(GitHub, GitLab), (GitLab, GitHub), (Folder, GitHub)] {
        let (mut writes, mut late) = (0, 0);
        loop {
            let w = two(pair).await;
            let secret = w.left.say(2, "bob", SECRET);
            let mut known = false;
            let act = |w: &World| {
                known = everything_said(w).contains(SECRET);
                w.left.unsay(2, secret);
            };
            if !interrupted(&w, writes + 1, act).await {
                break;
            }
            writes += 1;
            late += usize::from(!known && everything_said(&w).contains(SECRET));
            w.sync().await;
            w.assert_settled().await;
        }
        assert!(writes >= 9, "{writes}");
        assert_eq!(late, 1, "it is told only where it was on its way already");
    }
}

#[tokio::test]
async fn a_comment_reworded_while_a_run_writes_is_copied_as_it_reads_then() {
    for pair in [(GitHub, GitLab), (GitLab, GitHub), (Folder, GitHub)] {
        let w = two(pair).await;
        let secret = w.left.say(2, "bob", SECRET);
        assert!(interrupted(&w, 3, |w| w.left.reword(2, secret, "password: ***")).await);
        assert!(!everything_said(&w).contains(SECRET), "{}", everything_said(&w));
        assert!(everything_said(&w).contains("password: ***"));
        w.assert_settled().await;
    }
}

#[tokio::test]
async fn an_issue_hidden_while_its_comments_are_copied_is_told_of_no_further() {
    let w = two((GitLab, GitHub)).await;
    w.left.say(1, "bob", SECRET);
    assert!(interrupted(&w, 3, |w| w.left.hide(1, true)).await);
    assert!(!everything_said(&w).contains(SECRET), "{}", everything_said(&w));
    let report = w.sync().await;
    assert!(held(&report).contains(&"confidential"), "{report:#?}");
    assert!(!everything_said(&w).contains(SECRET));
    w.assert_settled().await;
}
