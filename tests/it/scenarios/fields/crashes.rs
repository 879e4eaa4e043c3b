//! Runs that are killed while values, labels that show something, footers and confidentiality are on their way.

use lockstep::model::Side;

use super::{BOTH, player, world};
use crate::scenarios::crash::sweep_sides;
use crate::support::player::{Player, Vendor, draft};
use crate::support::world::World;

const RULES: &str = "backlink: true\nconfidential: allow\nfields: { iteration: label, epic: footer, \
                     assignees: { unmapped: label }, weight: { direction: both, as: footer }, \
                     due_date: { direction: both, as: footer }, time_estimate: both, time_spent: both }";

/// Everything a tracker has for when and how much.
fn plan(player: &Player, milestone: &str, weight: u64, day: &str, estimate: u64) {
    player.put_into(1, Some(milestone));
    match player.vendor {
        Vendor::GitHub => player.belong_to(1, Some("40")),
        Vendor::GitLab | Vendor::Folder => {
            player.weigh(1, Some(weight));
            player.make_due(1, Some(day));
            player.estimate(1, estimate);
        }
    }
    if player.vendor == Vendor::GitLab {
        player.iterate(1, Some("Sprint 5"));
        player.belong_to(1, Some("Rewrite"));
    }
}

async fn fresh(pair: (Vendor, Vendor), origin: Side) -> World {
    let w = world(pair, RULES).await;
    let one = player(&w, origin);
    one.open(draft("Crash").body("text").labels(["bug"]).assignees(["grace"]));
    plan(one, "Q1", 3, "2026-06-30", 5400);
    w
}

/// Linked, and then changed on both sides.
async fn changed(pair: (Vendor, Vendor)) -> World {
    let w = fresh(pair, Side::Left).await;
    w.settle().await;
    plan(&w.left, "Q2", 5, "2026-07-01", 60);
    w.right.retitle(1, "Crash at start");
    w.right.label(1, "ui");
    if pair == (Vendor::GitLab, Vendor::GitLab) {
        w.right.log_time(1, 600);
        w.left.log_time(1, 60);
    }
    w
}

#[tokio::test]
async fn a_first_mirror_between_gitlabs() {
    sweep_sides(&BOTH, || fresh((Vendor::GitLab, Vendor::GitLab), Side::Left)).await;
}

#[tokio::test]
async fn a_first_mirror_from_the_right() {
    sweep_sides(&BOTH, || fresh((Vendor::GitLab, Vendor::GitLab), Side::Right)).await;
    sweep_sides(&BOTH, || fresh((Vendor::GitLab, Vendor::GitHub), Side::Right)).await;
}

#[tokio::test]
async fn a_first_mirror_between_github_and_gitlab() {
    sweep_sides(&BOTH, || fresh((Vendor::GitHub, Vendor::GitLab), Side::Left)).await;
    sweep_sides(&BOTH, || fresh((Vendor::GitLab, Vendor::GitHub), Side::Left)).await;
}

#[tokio::test]
async fn changes_between_gitlabs() {
    sweep_sides(&BOTH, || changed((Vendor::GitLab, Vendor::GitLab))).await;
}

#[tokio::test]
async fn changes_between_github_and_gitlab() {
    sweep_sides(&[Side::Right], || changed((Vendor::GitHub, Vendor::GitLab))).await;
    sweep_sides(&[Side::Right], || changed((Vendor::GitLab, Vendor::GitHub))).await;
}

#[tokio::test]
async fn changes_between_a_folder_and_services() {
    sweep_sides(&[Side::Right], || changed((Vendor::Folder, Vendor::GitLab))).await;
    sweep_sides(&[Side::Right], || changed((Vendor::Folder, Vendor::GitHub))).await;
}
