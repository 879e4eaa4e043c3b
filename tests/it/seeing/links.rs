//! Every link is in the report, with the state it is in.

use lockstep::report::{LinkReport, Report};
use lockstep::run::{Request, Task};

use crate::support::fake::{Fault, What, When};
use crate::support::player::{Vendor, draft};
use crate::support::world::World;

const RULES: &str = "create: { left: { state: all } }\nconflicts: ask";

fn link<'a>(report: &'a Report, left: &str) -> &'a LinkReport {
    let mut links = report.links.iter();
    let found = links.find(|link| link.left.as_deref() == Some(left));
    found.unwrap_or_else(|| panic!("{left}: {:#?}", report.links))
}

fn states(report: &Report) -> Vec<(&str, &str)> {
    let state = |link: &'_ LinkReport| (link.left.clone().unwrap_or_default(), link.state);
    let found = report.links.iter().map(state);
    found
        .map(|(left, state)| (&*Box::leak(left.into_boxed_str()), state))
        .collect()
}

fn classes<'a>(report: &'a Report, left: &str) -> Vec<&'a str> {
    let drifts = report.drift.iter();
    let of = drifts.filter(|drift| drift.left.as_deref() == Some(left));
    of.map(|drift| drift.class).collect()
}

async fn titles(w: &World) -> Report {
    let request = Request {
        titles: true,
        ..Request::default()
    };
    w.run(request).await
}

#[tokio::test]
async fn every_link_has_its_state_from_its_making_to_its_end() {
    for pair in World::PAIRS {
        let w = World::new(pair, RULES).await;
        for title in ["One", "Two", "Three"] {
            w.left.open(draft(title));
        }
        let planned = w.plan().await;
        let pending = [("left#1", "pending"), ("left#2", "pending"), ("left#3", "pending")];
        assert_eq!(states(&planned), pending);
        assert!(
            planned
                .links
                .iter()
                .all(|link| link.right.is_none() && link.agreed.is_none())
        );

        let made = w.synced().await;
        let one = link(&made, "left#1");
        assert_eq!((one.state, one.right.as_deref()), ("settled", Some("right#1")));
        assert_eq!(one.agreed.as_deref(), Some("2026-01-05T12:00:00Z"));

        // One to write, one for a person to decide, one that says the same.
        w.left.close(1, "completed");
        w.left.retitle(2, "Two of the left");
        w.right.retitle(2, "Two of the right");
        let report = w.plan().await;
        assert_eq!(
            states(&report),
            [("left#1", "pending"), ("left#2", "conflict"), ("left#3", "settled")]
        );
        assert_eq!(link(&report, "left#1").fields, ["status"]);
        assert_eq!(link(&report, "left#2").fields, ["title"]);
        assert!(link(&report, "left#3").agreed.is_some());
        let conflicts: Vec<bool> = report.drift.iter().map(|drift| drift.conflict).collect();
        assert_eq!(conflicts, [false, true], "{:#?}", report.drift);
    }
}

#[tokio::test]
async fn a_link_whose_write_fails_says_so_and_keeps_when_it_last_agreed() {
    let w = World::github_gitlab(RULES).await;
    w.left.open(draft("One"));
    let made = w.settle().await;
    w.left.retitle(1, "Another");
    w.right.fault(Fault::new(When::Write(1), What::status(422)));
    let report = w.sync().await;
    let failed = link(&report, "left#1");
    assert_eq!(failed.state, "failed");
    assert_eq!(failed.agreed, link(&made, "left#1").agreed);
}

#[tokio::test]
async fn links_tell_pages_and_titles_only_where_both_sides_are_public() {
    for pair in [(Vendor::GitHub, Vendor::GitHub), (Vendor::GitHub, Vendor::GitLab)] {
        let w = World::new(pair, RULES).await;
        w.left.open(draft("Crash <b>now</b>"));
        w.settle().await;
        assert_eq!(
            link(&w.plan().await, "left#1").left_title,
            None,
            "nobody asked for titles"
        );
        let report = titles(&w).await;
        let one = link(&report, "left#1");
        assert!(one.left_url.as_ref().unwrap().starts_with("http"), "{one:?}");
        // The GitLab project is a private one.
        let shown = (pair.1 == Vendor::GitHub).then_some("Crash <b>now</b>");
        assert_eq!((one.left_title.as_deref(), one.right_title.as_deref()), (shown, shown));
    }
}

#[tokio::test]
async fn comments_and_markers_are_differences_too() {
    for pair in World::PAIRS {
        let w = World::new(pair, RULES).await;
        for title in ["One", "Two"] {
            w.left.open(draft(title));
        }
        w.settle().await;
        w.rest(60);
        w.left.say(1, "ann", "More of it");
        w.left.say(1, "ann", "And more");
        w.right.store(2, "");
        let report = w.plan().await;
        assert_eq!(classes(&report, "left#1"), ["comment"]);
        assert_eq!(report.drift[0].left_value, "2 new");
        assert_eq!(classes(&report, "left#2"), ["marker"], "{:#?}", report.drift);
        w.settle().await;
        assert!(w.plan().await.drift.is_empty());
    }
}

#[tokio::test]
async fn a_twin_that_is_gone_is_missing() {
    for pair in World::PAIRS {
        let w = World::new(pair, RULES).await;
        for title in ["One", "Two"] {
            w.left.open(draft(title));
        }
        w.settle().await;
        w.right.delete(1);
        let report = w.plan().await;
        assert_eq!(classes(&report, "left#1"), ["missing-twin"]);
        let one = link(&report, "left#1");
        assert_eq!((one.state, one.right.as_deref()), ("frozen", None));
    }
}

/// A status is no sync: a plan of any size is told whole, and never carried out.
#[tokio::test]
async fn a_status_writes_nothing_and_no_guard_stops_it() {
    for apply in [false, true] {
        let w = World::github_gitlab(&format!("{RULES}\nguard: {{ max_changes: 1 }}")).await;
        for title in ["One", "Two"] {
            w.left.open(draft(title));
        }
        let request = Request {
            task: Task::Status,
            apply,
            ..Request::default()
        };
        let report = w.run(request).await;
        assert_eq!(w.writes(), Vec::<String>::new());
        assert_eq!(report.outcome, lockstep::report::Outcome::Pending);
        assert_eq!(report.drift.len(), 2);
    }
}
