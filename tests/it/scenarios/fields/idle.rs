//! What all fields together cost: nothing, where there is nothing to do.

use super::world;
use crate::support::player::{Vendor, draft};
use crate::support::world::World;

const NONE: &str = "fields: { milestone: off, weight: off, due_date: off, time_estimate: off, time_spent: off }";

const ALL: [&str; 3] = [
    "backlink: true\nconfidential: allow\nfields: { milestone: both, iteration: label, epic: label, \
     assignees: { unmapped: label }, weight: { direction: both, as: footer }, due_date: { direction: both, as: footer }, \
     time_estimate: { direction: both, as: footer }, time_spent: { direction: both, as: footer } }",
    "backlink: true\nconfidential: allow\nfields: { milestone: { as: label }, iteration: footer, epic: footer, \
     assignees: { unmapped: footer }, weight: both, due_date: both, time_estimate: both, time_spent: both }",
    "backlink: true\nfields: { milestone: { as: footer, create: false }, iteration: label, epic: footer }",
];

const SERVICES: [(Vendor, Vendor); 3] = [
    (Vendor::GitHub, Vendor::GitLab),
    (Vendor::GitLab, Vendor::GitHub),
    (Vendor::GitLab, Vendor::GitLab),
];

/// Thirty issues that hold everything their tracker can, linked.
async fn full(pair: (Vendor, Vendor), rules: &str) -> World {
    let w = world(pair, rules).await;
    for number in 0..30 {
        let draft = draft(&format!("Issue {number}"))
            .body("text")
            .labels(["bug"])
            .assignees(["grace"]);
        let key = w.left.open(draft);
        w.left.put_into(key, Some(if number % 2 == 0 { "Q1" } else { "Q2" }));
        w.left.say(key, "bob", "me too");
        if w.left.vendor == Vendor::GitLab {
            w.left.weigh(key, Some(3));
            w.left.make_due(key, Some("2026-06-30"));
            w.left.estimate(key, 5400);
            w.left.log_time(key, 600);
            w.left.iterate(key, Some("Sprint 5"));
            w.left.belong_to(key, Some("Rewrite"));
            w.left.hide(key, rules.contains("allow") && number == 7);
        } else {
            w.left.belong_to(key, Some("40"));
        }
    }
    w.synced().await;
    w
}

#[tokio::test]
async fn all_fields_add_no_request_to_a_run_with_nothing_to_do() {
    for pair in SERVICES {
        let bare = full(pair, NONE).await;
        bare.assert_settled().await;
        bare.assert_settled().await;
        let wanted = (bare.left.reads(), bare.right.reads());
        for rules in ALL {
            println!("{rules}");
            let w = full(pair, rules).await;
            w.assert_settled().await;
            w.assert_settled().await;
            assert_eq!((w.left.reads(), w.right.reads()), wanted, "{pair:?}");
            assert_eq!(w.writes(), Vec::<String>::new(), "{pair:?}");
        }
    }
}

#[tokio::test]
async fn an_edit_of_a_value_costs_the_write_of_both_sides_and_no_more() {
    for pair in SERVICES {
        let w = full(pair, ALL[0]).await;
        w.assert_settled().await;
        w.left.put_into(3, Some("Q1"));
        w.left.retitle(3, "Issue 2, retold");
        w.clear_logs();
        w.synced().await;
        assert_eq!((w.left.writes().len(), w.right.writes().len()), (0, 1), "{pair:?}");
        w.assert_settled().await;
    }
}

#[tokio::test]
async fn time_costs_a_note_the_addition_and_the_marker() {
    let w = full((Vendor::GitLab, Vendor::GitLab), ALL[0]).await;
    w.assert_settled().await;
    w.left.log_time(4, 60);
    w.clear_logs();
    w.synced().await;
    assert_eq!(w.left.writes(), Vec::<String>::new());
    assert!(w.right.writes().len() <= 3, "{:?}", w.right.writes());
    w.assert_settled().await;
}
