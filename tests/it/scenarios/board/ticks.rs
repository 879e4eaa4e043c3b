//! A box decides the conflict it was offered for, once, and no other.

use lockstep::model::IssueRef;
use lockstep::report::Report;
use lockstep::run::Request;

use super::{asked, board, idle, tick};
use crate::support::world::{World, held, told};

#[tokio::test]
async fn a_ticked_box_decides_the_conflict_once() {
    for pair in World::PAIRS {
        for (side, kept) in [("left", "Left title"), ("right", "Right title")] {
            let w = asked(pair).await;
            idle(&w).await;
            tick(&w.left, side);
            let report = w.synced().await;
            let why = format!("title changed on both sides, {side} was chosen on the dashboard");
            assert!(report.steps.iter().any(|step| step.why == why), "{:#?}", told(&report));
            let twin = w.right.titled(kept).key;
            assert_eq!(w.left.see(1).title, kept);
            w.assert_settled().await;
            let lost = if side == "left" { "Right title" } else { "Left title" };
            let (loser, key) = if side == "left" { (&w.right, twin) } else { (&w.left, 1) };
            assert_eq!(loser.see(key).texts(), [lost], "what lost is kept");
            let text = board(&w.left).text;
            assert!(!text.contains("- ["), "answered: {text}");
            idle(&w).await;
        }
    }
}

#[tokio::test]
async fn a_tick_for_other_values_is_not_obeyed() {
    for pair in World::PAIRS {
        let w = asked(pair).await;
        let ticked = {
            tick(&w.left, "left");
            board(&w.left).raw
        };
        w.left.retitle(1, "Another left title");
        w.sync().await;
        let twin = w.right.titled("Right title").key;
        assert_eq!(w.left.see(1).title, "Another left title");
        let text = board(&w.left).text;
        assert!(text.contains("- [ ] keep `left`") && !text.contains("[x]"), "{text}");

        // The same box, put back after the conflict was settled and the same two titles came again.
        tick(&w.left, "right");
        w.synced().await;
        assert_eq!(w.left.see(1).title, "Right title");
        w.left.retitle(1, "Left title");
        w.right.retitle(twin, "Right title!");
        w.sync().await;
        w.right.retitle(twin, "Right title");
        let key = board(&w.left).key;
        let marker = board(&w.left).marker_lines()[0].to_owned();
        let old = ticked.lines().filter(|line| !line.starts_with("<!--"));
        w.left
            .store(key, &format!("{}\n\n{marker}", old.collect::<Vec<_>>().join("\n")));
        w.sync().await;
        assert_eq!(w.left.see(1).title, "Left title");
        assert_eq!(
            w.right.see(twin).title,
            "Left title",
            "the right title is what was agreed before"
        );
    }
}

#[tokio::test]
async fn two_ticks_say_nothing() {
    for pair in [World::PAIRS[0], World::PAIRS[5]] {
        let w = asked(pair).await;
        tick(&w.left, "left");
        tick(&w.left, "right");
        let report = w.sync().await;
        assert!(held(&report).contains(&"board-both-ticked"), "{:#?}", report.held);
        assert_eq!(w.left.see(1).title, "Left title");
        w.right.titled("Right title");
        assert!(!board(&w.left).text.contains("[x]"));
    }
}

#[tokio::test]
async fn a_run_of_changes_alone_forgets_no_open_question() {
    for pair in [World::PAIRS[0], World::PAIRS[1]] {
        let w = asked(pair).await;
        w.rest(7200);
        idle(&w).await;
        w.left.retitle(2, "Calm again");
        w.synced().await;
        w.right.titled("Calm again");
        let text = board(&w.left).text;
        assert!(text.contains("- [ ] keep `right`"), "{text}");
        assert!(text.contains("| links | 2 |"), "{text}");
        w.rest(7200);
        tick(&w.left, "right");
        w.synced().await;
        assert_eq!(w.left.see(1).title, "Right title");
        w.assert_settled().await;
        idle(&w).await;
    }
}

async fn event(w: &World, at: &str) -> Report {
    w.run(Request {
        apply: true,
        issue: IssueRef::parse(at),
        ..Request::default()
    })
    .await
}

#[tokio::test]
async fn the_event_of_a_tick_is_obeyed_at_once_and_other_events_leave_it_alone() {
    for pair in World::PAIRS {
        let w = asked(pair).await;
        let key = board(&w.left).key;
        let before = board(&w.left).raw;
        w.left.retitle(2, "Calmer");
        event(&w, "left#2").await;
        w.right.titled("Calmer");
        assert_eq!(board(&w.left).raw, before);
        tick(&w.left, "left");
        event(&w, &format!("left#{key}")).await;
        w.right.titled("Left title");
        w.assert_settled().await;
        idle(&w).await;
    }
}
