//! `repair`: finds and mends what is broken, and nothing else. Dry first, and settled afterwards.

mod comments;

use lockstep::model::{IssueKey, IssueRef, TrackerId};
use lockstep::report::{Outcome, Report};
use lockstep::run::{Request, Task};

use super::linked;
use crate::support::player::{Player, draft};
use crate::support::reliability::tried;
use crate::support::world::{World, held, told};

pub(super) fn at(side: &str, key: u64) -> IssueRef {
    IssueRef {
        tracker: TrackerId(side.to_owned()),
        key: IssueKey(key.to_string()),
    }
}

pub(super) fn link(left: u64, right: u64) -> Task {
    Task::Link(at("left", left), at("right", right))
}

/// Planned, and nothing is written.
pub(super) async fn dry(w: &World, task: &Task) -> Report {
    w.clear_logs();
    let before = (w.left.all(), w.right.all());
    let report = w
        .run(Request {
            task: task.clone(),
            ..Request::default()
        })
        .await;
    assert_eq!(w.writes(), Vec::<String>::new(), "a dry run wrote");
    assert_eq!((w.left.all(), w.right.all()), before);
    report
}

pub(super) async fn apply(w: &World, task: &Task) -> Report {
    w.run(Request {
        task: task.clone(),
        apply: true,
        ..Request::default()
    })
    .await
}

/// Planned, then done as planned, then nothing is left of it to do. The operations, in order.
pub(super) async fn done(w: &World, task: &Task) -> Vec<&'static str> {
    let plan = dry(w, task).await;
    assert_eq!(plan.outcome, Outcome::Pending, "{plan:#?}");
    let report = apply(w, task).await;
    assert_eq!(
        report.outcome,
        Outcome::Changed,
        "{:#?} {:#?}",
        told(&report),
        report.syncs
    );
    let ops = |report: &Report| report.steps.iter().map(|step| step.op).collect::<Vec<_>>();
    assert_eq!(ops(&plan), ops(&report), "what was planned is what was done");
    let again = dry(w, task).await;
    assert_eq!(
        told(&again),
        Vec::<String>::new(),
        "{:#?} {:#?} {:#?}",
        again.held,
        w.left.all(),
        w.right.all()
    );
    ops(&report)
}

pub(super) fn take_marker_out(player: &Player, key: u64) {
    let raw = player.see(key).raw;
    let lines: Vec<&str> = raw.lines().filter(|line| !line.starts_with("<!-- lockstep:")).collect();
    player.store(key, &lines.join("\n"));
}

/// Every marker that can be lost is written again, and what is whole is left as it is.
#[tokio::test]
async fn lost_markers_are_mended_and_nothing_else_is_done() {
    for pair in World::PAIRS {
        for which in 0..2 {
            let w = linked(pair, "", draft("Crash").body("text").labels(["bug"])).await;
            w.left.open(draft("Whole"));
            w.settle().await;
            w.left.say(1, "bob", "one");
            w.settle().await;
            let loser = [&w.left, &w.right][which];
            take_marker_out(loser, 1);
            w.left.retitle(2, "Not the business of a repair");
            w.left.open(draft("Nor this"));
            let ops = done(&w, &Task::Repair).await;
            assert!(ops.contains(&"repair-marker") && !ops.contains(&"comment"), "{ops:?}");
            assert_eq!(loser.see(1).marker_lines().len(), 1);
            assert_eq!((w.right.see(2).title.as_str(), w.right.keys()), ("Whole", vec![1, 2]));
            w.settle().await;
            assert_eq!(w.right.see(2).title, "Not the business of a repair");
            assert_eq!(
                (w.left.see(1).texts(), w.right.see(1).texts()),
                (vec!["one"], vec!["one"])
            );
        }
    }
    tried("repair, lost markers", World::PAIRS.len() * 2, "ok");
}

#[tokio::test]
async fn a_whole_world_needs_no_repair() {
    for pair in World::PAIRS {
        let w = linked(pair, "", draft("Crash").body("text")).await;
        w.left.say(1, "bob", "one");
        w.settle().await;
        let report = dry(&w, &Task::Repair).await;
        assert_eq!(
            (report.outcome, report.totals.links),
            (Outcome::Settled, 1),
            "{report:#?}"
        );
    }
}

/// A twin made twice, as two runs at once leave it behind.
#[tokio::test]
async fn of_several_twins_the_one_the_pointer_names_stays_else_the_oldest() {
    let mut cases = 0;
    for pair in World::PAIRS {
        for (named, survivor, loser) in [(Some(1), 1, 2), (Some(2), 2, 1), (None, 1, 2)] {
            let mut w = World::new(pair, "create: { left: { state: all } }").await;
            w.now = jiff::Timestamp::now();
            w.left.open(draft("Crash").body("text"));
            w.settle().await;
            let (pointer, state) = (w.left.see(1).raw, w.right.see(1).raw);
            // With nothing to tell it otherwise a second run makes another twin.
            take_marker_out(&w.left, 1);
            take_marker_out(&w.right, 1);
            w.synced().await;
            assert_eq!(w.right.keys(), [1, 2]);
            w.right.store(1, &state);
            match named {
                Some(1) => w.left.store(1, &pointer),
                Some(_) => {}
                None => take_marker_out(&w.left, 1),
            }
            let mut ops = done(&w, &Task::Repair).await;
            ops.retain(|op| *op != "repair-marker" || named.is_some());
            assert_eq!(ops, ["comment", "repair-duplicate"], "{named:?}");
            w.assert_settled().await;
            let (stays, goes) = (w.right.see(survivor), w.right.see(loser));
            assert!(!stays.closed && goes.closed, "{named:?}");
            let note = &goes.said[0].raw;
            assert!(
                note.contains(&format!(r"right\#{survivor}")),
                "it names the survivor: {note}"
            );
            w.left.retitle(1, "Crash at start");
            w.settle().await;
            assert_eq!(
                (w.right.see(survivor).title.as_str(), w.right.see(loser).title.as_str()),
                ("Crash at start", "Crash")
            );
            cases += 1;
        }
    }
    tried("repair, duplicate twins", cases, "ok");
}

#[tokio::test]
async fn orphans_follow_on_delete() {
    for pair in World::PAIRS {
        for (rule, closes) in [("report", false), ("close", true), ("unlink", false)] {
            let w = linked(pair, &format!("on_delete: {rule}"), draft("Crash")).await;
            w.left.open(draft("Other"));
            w.settle().await;
            w.left.delete(1);
            if rule == "report" {
                let report = dry(&w, &Task::Repair).await;
                assert!(held(&report).contains(&"twin-deleted"), "{report:#?}");
                assert_eq!(report.outcome, Outcome::Settled);
            } else {
                assert_eq!(done(&w, &Task::Repair).await, ["repair-orphan"]);
            }
            assert_eq!((w.right.see(1).closed, w.left.keys()), (closes, vec![2]));
            w.assert_settled().await;
        }
    }
    tried("repair, orphans", World::PAIRS.len() * 3, "ok");
}

#[tokio::test]
async fn the_other_half_of_a_parting_is_parted_as_well() {
    for pair in World::PAIRS {
        for way in 0..2 {
            let w = linked(pair, "", draft("Crash").body("text")).await;
            let kept = [&w.left, &w.right][way].see(1).raw;
            done(&w, &Task::Unlink(at("left", 1))).await;
            // As if the run had been stopped between the two writes.
            [&w.left, &w.right][way].store(1, &kept);
            w.assert_settled().await;
            assert_eq!(done(&w, &Task::Repair).await, ["repair-orphan"]);
            w.assert_settled().await;
            assert!(held(&dry(&w, &Task::Repair).await).is_empty());
            assert_eq!((w.left.keys(), w.right.keys()), (vec![1], vec![1]));
        }
    }
    tried("repair, half-parted links", World::PAIRS.len() * 2, "ok");
}

#[tokio::test]
async fn a_copied_marker_is_taken_out_of_the_copy_alone() {
    for pair in World::PAIRS {
        for way in 0..2 {
            let w = linked(pair, "", draft("Crash").body("text")).await;
            let player = [&w.left, &w.right][way];
            let raw = player.see(1).raw;
            let copy = player.open(draft("Copy").body(&raw));
            assert!(held(&w.plan().await).contains(&"marker-copied"));
            assert_eq!(done(&w, &Task::Repair).await, ["repair-copy"]);
            let seen = player.see(copy);
            assert_eq!((seen.raw.trim(), player.see(1).raw.as_str()), ("text", raw.as_str()));
            assert!(held(&dry(&w, &Task::Repair).await).is_empty());
            // It is an issue like any other now.
            w.sync().await;
            w.assert_settled().await;
            assert_eq!(w.right.keys().len(), 2);
        }
    }
    tried("repair, copied markers", World::PAIRS.len() * 2, "ok");
}

#[tokio::test]
async fn a_marker_pasted_into_a_linked_issue_is_taken_out_and_the_link_lives_on() {
    for pair in World::PAIRS {
        for way in 0..2 {
            let w = linked(pair, "", draft("Crash").body("text")).await;
            w.left.open(draft("Other").body("words"));
            w.settle().await;
            let player = [&w.left, &w.right][way];
            let line = player.see(1).marker_lines()[0].to_owned();
            let raw = player.see(2).raw;
            player.store(2, &format!("{raw}\n{line}"));
            assert_eq!(done(&w, &Task::Repair).await, ["repair-copy"]);
            w.assert_settled().await;
            assert_eq!(player.see(2).raw, raw);
            w.left.retitle(2, "Another");
            w.settle().await;
            assert_eq!(w.right.see(2).title, "Another");
        }
    }
}

#[tokio::test]
async fn an_unsigned_marker_is_never_touched() {
    for pair in World::PAIRS {
        let mut w = linked(pair, "", draft("Crash").body("text")).await;
        let raw = w.right.see(1).raw;
        let copy = w.right.open(draft("Copy").body(&raw));
        w.top = "signing_key: ${SIGNING_KEY}".to_owned();
        w.env
            .push(("SIGNING_KEY".to_owned(), "a key of some length".to_owned()));
        let report = apply(&w, &Task::Repair).await;
        assert_eq!(
            (held(&report), report.outcome),
            (vec!["marker-unsigned"], Outcome::Settled),
            "{report:#?}"
        );
        assert_eq!((w.right.see(copy).raw, w.right.see(1).raw), (raw.clone(), raw));
    }
}

/// A pointer whose twin lost its marker and reads otherwise is no proof; a person's word is.
#[tokio::test]
async fn a_half_link_nobody_can_prove_is_held_and_joined_by_request() {
    for pair in World::PAIRS {
        let w = World::new(pair, "").await;
        w.left.open(draft("Crash").body("text"));
        w.right.open(draft("It crashes"));
        done(&w, &link(1, 1)).await;
        take_marker_out(&w.right, 1);
        w.right.retitle(1, "Something else");
        w.right.rewrite(1, "other words");
        let report = dry(&w, &Task::Repair).await;
        assert_eq!(held(&report), ["half-linked"], "{report:#?}");
        assert!(report.held[0].hint.contains("lockstep link"), "{}", report.held[0].hint);
        done(&w, &link(1, 1)).await;
        w.assert_settled().await;
        assert_eq!(w.left.only().title, w.right.only().title);
    }
    tried(
        "repair, pointers without state that prove nothing",
        World::PAIRS.len(),
        "ok",
    );
}

#[tokio::test]
async fn a_guard_stops_a_repair_before_its_first_write() {
    for pair in World::PAIRS {
        let w = linked(pair, "", draft("Crash").body("text")).await;
        let raw = w.right.see(1).raw;
        w.right.open(draft("Copy").body(&raw));
        w.clear_logs();
        let request = |most| Request {
            task: Task::Repair,
            apply: true,
            max_changes: Some(most),
            ..Request::default()
        };
        let report = w.run(request(0)).await;
        assert_eq!((report.outcome, report.outcome.exit_code()), (Outcome::Guarded, 4));
        assert_eq!(w.writes(), Vec::<String>::new());
        assert_eq!(w.run(request(1)).await.outcome, Outcome::Changed);
        w.assert_settled().await;
    }
}
