//! Stories: what people do on both sides, what a run makes of it, and that nothing is left to do afterwards.

mod amid;
mod attachments;
mod board;
mod chain;
mod commands;
mod conflicts;
mod costs;
mod crash;
mod creating;
mod deleted;
mod edits;
mod failures;
mod faults;
mod fields;
mod guards;
mod illegible;
mod joining;
mod labels;
mod late;
mod limits;
mod markers;
mod matching;
mod meanwhile;
mod mirror;
mod oddities;
mod people;
mod races;
mod recorded;
mod repair;
mod rules;
mod scope;
mod statuses;
mod talk;
mod trust;
mod undone;

use crate::support::player::{Draft, Vendor};
use crate::support::world::World;

/// Everything is selected, both ways.
const BOTH_WAYS: &str = "create: { left: { state: all }, right: { state: all } }";

/// A world with one linked issue, number 1 on both sides.
async fn linked(pair: (Vendor, Vendor), rules: &str, draft: Draft) -> World {
    let w = World::new(pair, &format!("create: {{ left: {{ state: all }} }}\n{rules}")).await;
    w.left.open(draft);
    w.settle().await;
    assert_eq!((w.left.keys(), w.right.keys()), (vec![1], vec![1]));
    w
}

/// Whether the tracker has reasons for being closed.
fn has_reasons(vendor: Vendor) -> bool {
    vendor != Vendor::GitLab
}
