//! Status through the rows of the status map, with labels and reasons.

use super::{BOTH_WAYS, has_reasons, linked};
use crate::support::player::{Vendor, draft};
use crate::support::world::{World, held};

const MAP: &str = "fields: { status: { map: [{ left: closed as not_planned, right: closed + wontfix }] } }";

/// Pairs with reasons on the left.
fn pairs() -> impl Iterator<Item = (Vendor, Vendor)> {
    World::PAIRS.into_iter().filter(|(left, _)| has_reasons(*left))
}

#[tokio::test]
async fn a_reason_becomes_a_label_and_a_label_a_reason() {
    for pair in pairs() {
        let w = linked(pair, MAP, draft("Crash").labels(["bug"])).await;
        w.left.close(1, "not_planned");
        w.settle().await;
        let right = w.right.see(1);
        assert_eq!((right.closed, right.labels()), (true, vec!["bug", "wontfix"]));
        assert_eq!(w.left.see(1).labels(), ["bug"], "a status label is no label of its own");

        w.left.reopen(1);
        w.settle().await;
        let right = w.right.see(1);
        assert_eq!((right.closed, right.labels()), (false, vec!["bug"]));

        w.right.label(1, "wontfix");
        w.right.close(1, "completed");
        w.settle().await;
        let left = w.left.see(1);
        assert_eq!((left.closed, left.reason.as_deref()), (true, Some("not_planned")));

        w.right.unlabel(1, "wontfix");
        w.settle().await;
        let left = w.left.see(1);
        assert!(left.closed && left.reason.as_deref() != Some("not_planned"), "{left:?}");
    }
}

#[tokio::test]
async fn a_twin_is_created_with_the_label_of_its_status() {
    for pair in pairs() {
        let w = World::new(pair, &format!("{BOTH_WAYS}\n{MAP}")).await;
        w.left.open(draft("Never").closed("not_planned"));
        w.right.open(draft("Neither").labels(["wontfix"]).closed("completed"));
        w.settle().await;
        let twin = w.right.titled("Never");
        assert_eq!((twin.closed, twin.labels()), (true, vec!["wontfix"]));
        let twin = w.left.titled("Neither");
        assert_eq!(
            (twin.closed, twin.reason.as_deref(), twin.labels()),
            (true, Some("not_planned"), vec![])
        );
    }
}

#[tokio::test]
async fn states_of_work_can_be_labels_of_open_issues() {
    let map = "fields: { status: { map: [{ left: open + doing, right: open + wip }, { left: open, right: open }] } }";
    for pair in World::PAIRS {
        let w = linked(pair, map, draft("Crash")).await;
        w.left.label(1, "doing");
        w.settle().await;
        assert_eq!(w.right.see(1).labels(), ["wip"]);
        w.right.unlabel(1, "wip");
        w.settle().await;
        assert!(w.left.see(1).labels.is_empty());
        w.right.label(1, "wip");
        w.left.close(1, "completed");
        w.settle().await;
    }
}

#[tokio::test]
async fn a_status_that_waits_for_a_decision_waits_with_its_labels() {
    for pair in pairs() {
        let w = linked(
            pair,
            &format!("conflicts: ask\n{MAP}"),
            draft("Crash").closed("completed"),
        )
        .await;
        w.left.reopen(1);
        w.right.label(1, "wontfix");
        let report = w.sync().await;
        assert!(held(&report).contains(&"conflict"), "{report:#?}");
        w.left.label(1, "meanwhile");
        w.sync().await;
        let report = w.plan().await;
        assert!(held(&report).contains(&"conflict"), "still: {report:#?}");
        assert!(report.steps.is_empty());
        assert!(!w.left.see(1).closed && w.right.see(1).closed);
    }
}

#[tokio::test]
async fn a_reason_the_other_side_cannot_hold_does_not_flap() {
    for pair in [(Vendor::GitHub, Vendor::GitLab), (Vendor::GitLab, Vendor::GitHub)] {
        let w = linked(pair, "", draft("Crash")).await;
        let github = if pair.0 == Vendor::GitHub { &w.left } else { &w.right };
        github.close(1, "duplicate");
        w.settle().await;
        assert!(w.left.see(1).closed && w.right.see(1).closed);
        assert_eq!(github.see(1).reason.as_deref(), Some("duplicate"));
        github.retitle(1, "Crash again");
        w.settle().await;
        assert_eq!(github.see(1).reason.as_deref(), Some("duplicate"));
    }
}
