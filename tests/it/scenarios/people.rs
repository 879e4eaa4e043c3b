//! Assignees: who is mapped, who cannot be assigned, what a service drops.

use super::BOTH_WAYS;
use crate::support::player::{Vendor, draft};
use crate::support::world::{World, held};

const PEOPLE: &str = "people: [{ left: ann, right: a.nne }, { left: bob, right: b.ob }]";

async fn world(pair: (Vendor, Vendor)) -> World {
    let mut w = World::new(pair, BOTH_WAYS).await;
    w.top = PEOPLE.to_owned();
    for login in ["ann", "bob"] {
        w.left.invite(login);
    }
    w.right.invite("a.nne");
    w
}

const NETWORK: [(Vendor, Vendor); 4] = [World::PAIRS[0], World::PAIRS[1], World::PAIRS[2], World::PAIRS[3]];

#[tokio::test]
async fn somebody_who_cannot_be_assigned_is_told_and_does_not_flap() {
    for pair in NETWORK {
        let w = world(pair).await;
        w.left.open(draft("Crash").assignees(["ann", "bob"]));
        let report = w.sync().await;
        assert!(held(&report).contains(&"assignee-unavailable"), "{report:#?}");
        w.assert_settled().await;
        assert_eq!(
            (w.left.only().assignees(), w.right.only().assignees()),
            (vec!["ann", "bob"], vec!["a.nne"])
        );

        w.left.retitle(1, "Crash again");
        w.sync().await;
        w.assert_settled().await;
        assert_eq!(w.left.only().assignees(), ["ann", "bob"], "nobody is taken off for it");

        w.right.unassign(1, "a.nne");
        w.sync().await;
        w.assert_settled().await;
        assert_eq!(w.left.only().assignees(), ["bob"]);
    }
}

#[tokio::test]
async fn assignees_dropped_in_silence_do_not_flap() {
    for pair in [(Vendor::GitLab, Vendor::GitHub), (Vendor::GitHub, Vendor::GitLab)] {
        let w = world(pair).await;
        match pair.1 {
            Vendor::GitHub => w.right.github().vices(|vices| vices.drop_assignees = true),
            Vendor::GitLab => w.right.gitlab().vices(|vices| vices.drop_assignees = true),
            Vendor::Folder => {}
        }
        w.left.open(draft("Crash").assignees(["ann"]));
        let report = w.sync().await;
        assert!(held(&report).contains(&"not-kept"), "{report:#?}");
        w.assert_settled().await;
        assert_eq!(w.left.only().assignees(), ["ann"]);
        w.left.assign(1, "bob");
        w.sync().await;
        w.assert_settled().await;
        assert_eq!(w.left.only().assignees(), ["ann", "bob"]);
    }
}

#[tokio::test]
async fn a_tracker_of_one_assignee_keeps_one_and_does_not_flap() {
    let w = world((Vendor::GitHub, Vendor::GitLab)).await;
    w.right.invite("b.ob");
    w.right.gitlab().vices(|vices| vices.one_assignee = true);
    w.left.open(draft("Crash").assignees(["ann", "bob"]));
    w.sync().await;
    w.assert_settled().await;
    assert_eq!((w.left.only().assignees.len(), w.right.only().assignees.len()), (2, 1));
    w.left.retitle(1, "Crash again");
    w.sync().await;
    w.assert_settled().await;
    assert_eq!(w.left.only().assignees(), ["ann", "bob"]);
}

#[tokio::test]
async fn logins_differ_by_case_and_are_one() {
    let mut w = World::github_gitlab(BOTH_WAYS).await;
    w.top = "people: [{ left: ANN, right: A.nne }]".to_owned();
    w.right.invite("A.nne");
    w.left.open(draft("Crash").assignees(["ann"]));
    w.settle().await;
    assert_eq!(w.right.only().assignees(), ["A.nne"]);
}

#[tokio::test]
async fn a_role_that_is_too_low_is_told_before_anything_is_written() {
    let pair = (Vendor::GitHub, Vendor::GitLab);
    let w = world(pair).await;
    w.right.gitlab().vices(|vices| vices.guest = true);
    w.left.open(draft("Crash").body("text").labels(["bug"]));
    w.clear_logs();
    let report = w.sync().await;
    assert_eq!(report.outcome.exit_code(), 3);
    assert!(report.syncs[0].stopped[0].contains("role"), "{report:#?}");
    assert_eq!(w.writes(), Vec::<String>::new());
}

#[tokio::test]
async fn a_token_that_may_not_push_writes_what_it_may_and_settles() {
    let w = world((Vendor::GitLab, Vendor::GitHub)).await;
    w.right.github().vices(|vices| vices.no_push = true);
    w.left
        .open(draft("Crash").body("text").assignees(["ann"]).labels(["bug"]));
    w.sync().await;
    w.sync().await;
    let report = w.plan().await;
    let steps: Vec<_> = report.steps.iter().filter(|step| step.op != "label").collect();
    assert!(steps.is_empty(), "{steps:#?}");
    assert_eq!(w.right.only().text, "text");
    assert_eq!(w.left.only().labels(), ["bug"]);
}
