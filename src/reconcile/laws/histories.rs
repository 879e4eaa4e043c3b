//! Random histories: people do this and that on both sides, runs come and are stopped at random. In the end both sides
//! agree, nothing is there twice, and what people wrote last is somewhere.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::bench::{Bench, Fault, Line, Setup, cases, on_still_time};
use super::checks::{nothing_lost, nothing_twice};
use super::store::{folder, github, gitlab};
use crate::config::{CreateRule, Policy};
use crate::model::{PerSide, Side, Status};

#[derive(Clone, Debug)]
enum Event {
    Open(Side, u8),
    Retitle(Side, u8, u8),
    Rewrite(Side, u8, u8),
    Close(Side, u8),
    Reopen(Side, u8),
    Label(Side, u8, bool),
    Assign(Side, u8, bool),
    Say(Side, u8, u8),
    Reword(Side, u8, u8, u8),
    Run,
    Stopped(usize, Fault),
}

fn event() -> impl Strategy<Value = Event> {
    let side = || prop_oneof![Just(Side::Left), Just(Side::Right)];
    let fault = prop::sample::select(Fault::ALL.to_vec());
    prop_oneof![
        1 => (side(), any::<u8>()).prop_map(|(s, w)| Event::Open(s, w)),
        2 => (side(), any::<u8>(), any::<u8>()).prop_map(|(s, i, w)| Event::Retitle(s, i, w)),
        2 => (side(), any::<u8>(), any::<u8>()).prop_map(|(s, i, w)| Event::Rewrite(s, i, w)),
        1 => (side(), any::<u8>()).prop_map(|(s, i)| Event::Close(s, i)),
        1 => (side(), any::<u8>()).prop_map(|(s, i)| Event::Reopen(s, i)),
        2 => (side(), any::<u8>(), any::<bool>()).prop_map(|(s, i, on)| Event::Label(s, i, on)),
        2 => (side(), any::<u8>(), any::<bool>()).prop_map(|(s, i, on)| Event::Assign(s, i, on)),
        3 => (side(), any::<u8>(), any::<u8>()).prop_map(|(s, i, w)| Event::Say(s, i, w)),
        2 => (side(), any::<u8>(), any::<u8>(), any::<u8>()).prop_map(|(s, i, c, w)| Event::Reword(s, i, c, w)),
        3 => Just(Event::Run),
        3 => (1..12_usize, fault).prop_map(|(at, fault)| Event::Stopped(at, fault)),
    ]
}

/// The issue (or comment) an event means, of those there are.
fn pick<T: Copy>(all: &[T], which: u8) -> Option<T> {
    all.get(usize::from(which) % all.len().max(1)).copied()
}

fn happen(bench: &Bench, event: &Event, n: usize, comments: &mut Vec<String>) {
    let mut store = bench.store();
    let (side, which) = match event {
        Event::Run | Event::Stopped(..) => return,
        Event::Open(side, word) => {
            store.open(*side, &format!("Issue {n} {word}"), &format!("Text {n}."));
            return;
        }
        Event::Retitle(side, which, _)
        | Event::Rewrite(side, which, _)
        | Event::Close(side, which)
        | Event::Reopen(side, which)
        | Event::Label(side, which, _)
        | Event::Assign(side, which, _)
        | Event::Say(side, which, _)
        | Event::Reword(side, which, _, _) => (*side, *which),
    };
    let numbers: Vec<u64> = store.sides.get(side).issues.keys().copied().collect();
    let Some(issue) = pick(&numbers, which) else { return };
    match event {
        Event::Retitle(_, _, word) => store.edit(side, issue, |issue| issue.title = format!("Title {n} {word}")),
        Event::Rewrite(_, _, word) => store.rewrite(side, issue, &format!("Body {n} {word}.\n\nMore.")),
        Event::Close(..) => store.edit(side, issue, |issue| issue.status = Status::CLOSED),
        Event::Reopen(..) => store.edit(side, issue, |issue| issue.status = Status::OPEN),
        Event::Label(_, _, on) => {
            let name = if side == Side::Left { "bug" } else { "type::bug" };
            store.sides.get_mut(side).labels.insert(name.into());
            store.edit(side, issue, |issue| {
                if *on {
                    issue.labels.insert(name.into());
                } else {
                    issue.labels.remove(name);
                }
            });
        }
        Event::Assign(_, _, on) => {
            let login = if side == Side::Left { "ann" } else { "ann.r" };
            store.edit(side, issue, |issue| {
                if *on {
                    issue.assignees.insert(login.into());
                } else {
                    issue.assignees.remove(login);
                }
            });
        }
        Event::Say(_, _, word) => {
            let text = format!("Said {n} {word}.");
            store.say(side, issue, &text);
            comments.push(text);
        }
        Event::Reword(_, _, which, word) => {
            let said: Vec<u64> = store.sides.get(side).issues[&issue].comments.keys().copied().collect();
            let Some(comment) = pick(&said, *which) else { return };
            let old = crate::model::Body::read(&store.sides.get(side).issues[&issue].comments[&comment].body);
            // What a run keeps of a lost text is no conversation.
            if old.text.starts_with("Said") {
                comments.retain(|text| *text != old.text);
                let text = format!("Said {n} {word} anew.");
                store.reword(side, issue, comment, &text);
                comments.push(text);
            }
        }
        Event::Open(..) | Event::Run | Event::Stopped(..) => {}
    }
}

async fn play(setup: Setup, events: &[Event]) {
    let bench = Bench::new(setup);
    bench.store().open(Side::Left, "First", "Text.");
    let mut comments = Vec::new();
    for (n, event) in events.iter().enumerate() {
        happen(&bench, event, n, &mut comments);
        match event {
            Event::Run => {
                bench.run().await;
            }
            Event::Stopped(at, fault) => {
                bench.run_over(&Line::failing(*at, *fault)).await;
            }
            Event::Open(..)
            | Event::Retitle(..)
            | Event::Rewrite(..)
            | Event::Close(..)
            | Event::Reopen(..)
            | Event::Label(..)
            | Event::Assign(..)
            | Event::Say(..)
            | Event::Reword(..) => {}
        }
        bench.store().skipped += 30;
    }
    bench.store().skipped += 600;
    for _ in 0..3 {
        bench.run().await;
        bench.store().skipped += 600;
    }
    let what = format!("{events:?}");
    bench.assert_settled(&what);
    nothing_twice(&bench, &what);
    nothing_lost(&bench, &comments, &what);
    let store = bench.store();
    let stories = |side: Side| -> Vec<(String, String, bool)> {
        let issues = store.sides.get(side).issues.values();
        let mut all: Vec<_> = issues
            .map(|issue| {
                let text = crate::model::Body::read(&issue.body).text;
                (issue.title.clone(), text, super::store::is_open(issue))
            })
            .collect();
        all.sort();
        all
    };
    assert_eq!(stories(Side::Left), stories(Side::Right), "{what}");
}

#[test]
fn whatever_happens_both_sides_agree_in_the_end() {
    let kinds = [
        (github(), gitlab()),
        (folder(), github()),
        (gitlab(), folder()),
        (folder(), folder()),
    ];
    let policies = [Policy::Newest, Policy::Prefer(Side::Left)];
    let strategy = (0..kinds.len(), 0..policies.len(), prop::collection::vec(event(), 1..25));
    let mut config = Config::with_cases(cases(150));
    config.failure_persistence = None;
    let outcome = TestRunner::new_with_rng(
        config,
        prop::test_runner::TestRng::deterministic_rng(prop::test_runner::RngAlgorithm::ChaCha),
    )
    .run(&strategy, |(kind, policy, events)| {
        let (left, right) = kinds[kind].clone();
        let mut setup = Setup::new(left, right);
        setup.sync.conflicts = policies[policy];
        setup.sync.create = PerSide::new(Some(CreateRule::default()), Some(CreateRule::default()));
        on_still_time(play(setup, &events));
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
