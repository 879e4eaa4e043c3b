//! What is changed on one side arrives on the other, and what is changed on both survives.

use super::{has_reasons, linked};
use crate::support::player::{Player, draft};
use crate::support::world::World;

/// Who edits, and who is to see it.
fn directions(w: &World) -> [(&Player, &Player); 2] {
    [(&w.left, &w.right), (&w.right, &w.left)]
}

#[tokio::test]
async fn titles_and_bodies_travel_both_ways() {
    for pair in World::PAIRS {
        let w = linked(pair, "", draft("Crash").body("It burns.")).await;
        for (number, (from, to)) in directions(&w).into_iter().enumerate() {
            from.retitle(1, &format!("Title {number}"));
            w.settle().await;
            assert_eq!(to.see(1).title, format!("Title {number}"));
            let text = format!("Text {number}\n\n- with `code`\n- and more");
            from.rewrite(1, &text);
            w.settle().await;
            assert_eq!((to.see(1).text, from.see(1).text), (text.clone(), text));
        }
        for player in [&w.left, &w.right] {
            assert_eq!((player.see(1).said.len(), player.see(1).marker_lines().len()), (0, 1));
        }
    }
}

#[tokio::test]
async fn closing_and_reopening_travel_both_ways_with_the_reason() {
    let reasons = ["completed", "not_planned", "duplicate"];
    let both = reasons.into_iter().flat_map(|reason| [(reason, 0), (reason, 1)]);
    for (pair, (reason, way)) in World::PAIRS
        .into_iter()
        .flat_map(|pair| both.clone().map(move |one| (pair, one)))
    {
        // Six times within a minute would be a loop, so each reason has a world of its own.
        let w = linked(pair, "", draft("Crash")).await;
        let (from, to) = directions(&w)[way];
        from.close(1, reason);
        w.settle().await;
        let seen = to.see(1);
        assert!(seen.closed);
        if has_reasons(from.vendor) && has_reasons(to.vendor) {
            assert_eq!(seen.reason.as_deref(), Some(reason));
        }
        if has_reasons(from.vendor) {
            assert_eq!(from.see(1).reason.as_deref(), Some(reason), "what people said stays");
        }
        from.reopen(1);
        w.settle().await;
        assert!(!to.see(1).closed && !from.see(1).closed);
    }
}

#[tokio::test]
async fn another_reason_for_being_closed_travels() {
    for pair in World::PAIRS
        .into_iter()
        .filter(|(l, r)| has_reasons(*l) && has_reasons(*r))
    {
        let w = linked(pair, "", draft("Crash").closed("completed")).await;
        w.left.reopen(1);
        w.left.close(1, "not_planned");
        w.settle().await;
        assert_eq!(w.right.see(1).reason.as_deref(), Some("not_planned"));
    }
}

#[tokio::test]
async fn labels_are_added_and_taken_off_both_ways() {
    for pair in World::PAIRS {
        let w = linked(pair, "", draft("Crash").labels(["bug"])).await;
        for (number, (from, to)) in directions(&w).into_iter().enumerate() {
            let name = format!("new {number}");
            from.label(1, &name);
            w.settle().await;
            assert!(to.see(1).labels.contains(&name) && to.see(1).labels.contains("bug"));
            from.unlabel(1, &name);
            w.settle().await;
            assert_eq!(to.see(1).labels(), ["bug"]);
        }
    }
}

#[tokio::test]
async fn assignees_travel_both_ways() {
    for pair in World::PAIRS {
        let mut w = World::new(pair, super::BOTH_WAYS).await;
        w.top = "people: [{ left: ann, right: a.nne }, { left: bob, right: b.ob }]".to_owned();
        for login in ["ann", "bob"] {
            w.left.invite(login);
        }
        for login in ["a.nne", "b.ob"] {
            w.right.invite(login);
        }
        w.left.open(draft("Crash").assignees(["ann"]));
        w.settle().await;
        w.left.assign(1, "bob");
        w.settle().await;
        assert_eq!(w.right.see(1).assignees(), ["a.nne", "b.ob"]);
        w.right.unassign(1, "a.nne");
        w.settle().await;
        assert_eq!(w.left.see(1).assignees(), ["bob"]);
        w.right.unassign(1, "b.ob");
        w.settle().await;
        assert!(w.left.see(1).assignees.is_empty());
    }
}

#[tokio::test]
async fn different_fields_changed_on_both_sides_all_survive() {
    for pair in World::PAIRS {
        let w = linked(pair, "", draft("Crash").body("text").labels(["one", "two"])).await;
        w.left.retitle(1, "Crash at start");
        w.left.label(1, "left");
        w.left.unlabel(1, "one");
        w.right.rewrite(1, "other text");
        w.right.label(1, "right");
        w.right.close(1, "completed");
        w.settle().await;
        for player in [&w.left, &w.right] {
            let seen = player.see(1);
            assert_eq!(
                (seen.title.as_str(), seen.text.as_str()),
                ("Crash at start", "other text")
            );
            assert_eq!(seen.labels(), ["left", "right", "two"]);
            assert!(seen.closed && seen.said.is_empty(), "{seen:?}");
        }
    }
}

#[tokio::test]
async fn the_same_change_on_both_sides_is_agreement() {
    for pair in World::PAIRS {
        let w = linked(pair, "", draft("Crash").body("text")).await;
        for player in [&w.left, &w.right] {
            player.retitle(1, "Crash at start");
            player.rewrite(1, "same text");
            player.close(1, "completed");
            player.label(1, "bug");
        }
        let report = w.settle().await;
        assert_eq!(report.totals.conflicts, 0);
        assert!(w.left.see(1).said.is_empty() && w.right.see(1).said.is_empty());
    }
}

#[tokio::test]
async fn a_field_flows_only_the_way_it_is_told_to() {
    for pair in World::PAIRS {
        let rules = "fields: { title: to right, body: off, labels: to left, status: to right, comments: off }";
        let w = linked(pair, rules, draft("Crash").body("text")).await;
        assert_eq!(w.right.see(1).text, "");
        w.left.retitle(1, "From the left");
        w.left.label(1, "stays");
        w.right.label(1, "comes");
        w.right.rewrite(1, "the right's own");
        w.left.say(1, "bob", "unheard");
        w.settle().await;
        let (left, right) = (w.left.see(1), w.right.see(1));
        assert_eq!(
            (left.title.as_str(), right.title.as_str()),
            ("From the left", "From the left")
        );
        assert_eq!((left.text.as_str(), right.text.as_str()), ("text", "the right's own"));
        assert_eq!((left.labels(), right.labels()), (vec!["comes", "stays"], vec!["comes"]));
        assert!(right.said.is_empty());
        w.right.retitle(1, "From the right");
        w.right.close(1, "completed");
        w.sync().await;
        w.assert_settled().await;
        assert_eq!(w.right.see(1).title, "From the left", "one way is asserted again");
        assert!(!w.right.see(1).closed && !w.left.see(1).closed);
    }
}
