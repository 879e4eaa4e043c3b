//! Every field of the mapping file: each direction, each conflict, on pairs of every kind; each story ends settled.
//!
//! `scalars` and `sets` are tables: a field is described once and goes through the same cells as all others, one test per
//! field and cell. What is peculiar to a field stands in the file of its name.

mod assignees;
mod belonging;
mod comments;
mod confidential;
mod crashes;
mod credit;
mod dropped;
mod fitted;
mod footers;
mod idle;
mod labels;
mod milestones;
mod noted;
mod scalars;
mod sets;
mod spent;

use crate::support::player::{Player, Vendor};
use crate::support::world::World;
use lockstep::model::Side;

/// The pairs every field is tried on.
const PAIRS: [(Vendor, Vendor); 3] = [
    (Vendor::GitHub, Vendor::GitLab),
    (Vendor::GitLab, Vendor::GitLab),
    (Vendor::Folder, Vendor::GitHub),
];

/// The pairs whose sides both hold weights, due dates and time, which GitHub does not.
const PLANNERS: [(Vendor, Vendor); 3] = [
    (Vendor::GitLab, Vendor::GitLab),
    (Vendor::Folder, Vendor::GitLab),
    (Vendor::Folder, Vendor::Folder),
];

const BOTH: [Side; 2] = [Side::Left, Side::Right];

fn name(side: Side) -> &'static str {
    match side {
        Side::Left => "left",
        Side::Right => "right",
    }
}

fn player(w: &World, side: Side) -> &Player {
    match side {
        Side::Left => &w.left,
        Side::Right => &w.right,
    }
}

/// A world whose issues cross from both sides.
async fn world(pair: (Vendor, Vendor), rules: &str) -> World {
    World::new(pair, &format!("{}\n{rules}", super::BOTH_WAYS)).await
}

/// One side does something, then the other, certainly later.
fn in_turn(w: &World, first: Side, one: impl FnOnce(&Player), two: impl FnOnce(&Player)) {
    let (earlier, later) = (player(w, first), player(w, first.other()));
    one(earlier);
    earlier.later(1, 0);
    later.later(1, 600);
    two(later);
    later.later(1, 600);
}

/// One test per cell of a described field.
macro_rules! cells {
    ($name:ident, $field:ident, [$($cell:ident),* $(,)?]) => {
        mod $name {
            $(
                #[tokio::test]
                async fn $cell() {
                    super::$cell(&super::$field).await;
                }
            )*
        }
    };
}
use cells;
