//! Loops: what undoes our writes again and again is noticed, and what people do never is.

use super::bench::{Bench, on_still_time};
use super::edits::{linked, pair};
use super::line::Line;
use super::profiles::{github, gitlab};
use super::setup::Setup;
use super::store::Store;
use crate::config::Direction;
use crate::model::{PerSide, Side};
use crate::tally;

/// So many writes of the same are too many.
const LOOP: usize = 5;

/// How many of so many runs wrote anything, five minutes apart, each after somebody did something.
async fn rounds(bench: &Bench, many: usize, act: impl Fn(&mut Store, &PerSide<u64>, usize)) -> usize {
    let numbers = pair(&bench.store());
    let mut written = 0;
    for round in 0..many {
        bench.store().skipped += 150;
        act(&mut bench.store(), &numbers, round);
        bench.store().skipped += 150;
        let line = Line::default();
        bench.run_over(&line).await;
        written += usize::from(line.writes() > 0);
    }
    written
}

fn is_broken(bench: &Bench) -> bool {
    bench.plan().plan.held.iter().any(|held| held.code == "loop")
}

fn to_the_right() -> Setup {
    Setup::new(github(), gitlab()).directed(Direction::To(Side::Right))
}

fn retitle(store: &mut Store, numbers: &PerSide<u64>, title: &str) {
    let title = title.to_owned();
    store.edit(Side::Right, numbers.right, |issue| issue.title = title);
}

fn toggle(store: &mut Store, side: Side, numbers: &PerSide<u64>, on: bool) {
    let label = if side == Side::Left { "bug" } else { "type::bug" };
    store.sides.get_mut(side).labels.insert(label.into());
    store.edit(side, *numbers.get(side), |issue| {
        if on {
            issue.labels.insert(label.into());
        } else {
            issue.labels.remove(label);
        }
    });
}

#[test]
fn two_syncs_that_fight_over_a_field_are_stopped() {
    on_still_time(async {
        let bench = linked(to_the_right()).await;
        let other =
            |store: &mut Store, numbers: &PerSide<u64>, _: usize| retitle(store, numbers, "As the other sync has it");
        assert_eq!(rounds(&bench, 12, other).await, LOOP);
        assert!(is_broken(&bench));

        // Somebody changes something else: that crosses, and the title gets another chance.
        let numbers = pair(&bench.store());
        toggle(&mut bench.store(), Side::Left, &numbers, true);
        bench.store().skipped += 300;
        bench.run().await;
        assert!(
            bench
                .store()
                .at(Side::Right, numbers.right)
                .labels
                .contains("type::bug")
        );
        assert!(!is_broken(&bench));
        assert_eq!(rounds(&bench, 12, other).await, LOOP);
        assert!(is_broken(&bench));

        // So it does after a day.
        bench.store().skipped += 25 * 3_600;
        assert!(!is_broken(&bench));
        bench.settle("the other sync is gone").await;
        let titles = Side::BOTH.map(|side| bench.store().at(side, *numbers.get(side)).title.clone());
        assert_eq!(titles[0], titles[1]);
    });
    tally::tell("loop breaker, two syncs", 1);
}

#[test]
fn a_service_that_never_shows_the_same_text_twice_is_stopped() {
    on_still_time(async {
        let mut setup = Setup::new(github(), gitlab());
        setup.vices.right.restless = true;
        let bench = linked_loosely(setup).await;
        let written = rounds(&bench, 20, |_, _, _| {}).await;
        assert!((1..=LOOP).contains(&written), "{written}");
        assert!(is_broken(&bench));
        // The rest of the issue goes on.
        let numbers = pair(&bench.store());
        bench
            .store()
            .edit(Side::Left, numbers.left, |issue| issue.title = "New".into());
        bench.run().await;
        assert_eq!(bench.store().at(Side::Right, numbers.right).title, "New");
    });
    tally::tell("loop breaker, a restless service", 1);
}

/// A linked pair on trackers that never settle.
async fn linked_loosely(setup: Setup) -> Bench {
    let bench = Bench::new(setup);
    bench.store().open(Side::Left, "An issue", "Its text.");
    bench.run().await;
    bench
}

#[test]
fn a_bot_that_undoes_a_label_is_stopped() {
    on_still_time(async {
        let bench = linked(to_the_right()).await;
        let numbers = pair(&bench.store());
        toggle(&mut bench.store(), Side::Left, &numbers, true);
        let undo = |store: &mut Store, numbers: &PerSide<u64>, _: usize| toggle(store, Side::Right, numbers, false);
        assert_eq!(rounds(&bench, 12, undo).await, LOOP);
        assert!(is_broken(&bench));
    });
    tally::tell("loop breaker, a bot that undoes", 1);
}

#[test]
fn two_bots_that_undo_each_other_through_us_are_stopped() {
    on_still_time(async {
        let bench = linked(Setup::new(github(), gitlab())).await;
        let fight = |store: &mut Store, numbers: &PerSide<u64>, round: usize| match round % 2 {
            0 => toggle(store, Side::Left, numbers, true),
            _ => toggle(store, Side::Right, numbers, false),
        };
        let written = rounds(&bench, 20, fight).await;
        // The first turn of each of them is new.
        assert_eq!(written, LOOP + 1);
        assert!(is_broken(&bench));
    });
    tally::tell("loop breaker, two bots", 1);
}

#[test]
fn what_people_do_is_no_loop() {
    on_still_time(async {
        // A label, on and off, five times in a row and then all day.
        let bench = linked(Setup::new(github(), gitlab())).await;
        for pause in [0, 4_000] {
            let toggling = |store: &mut Store, numbers: &PerSide<u64>, round: usize| {
                store.skipped += pause;
                toggle(store, Side::Left, numbers, round.is_multiple_of(2));
            };
            let many = if pause == 0 { 5 } else { 24 };
            assert_eq!(rounds(&bench, many, toggling).await, many);
            assert!(!is_broken(&bench), "{pause}");
            bench.store().skipped += 4_000;
            let last = pair(&bench.store());
            toggle(&mut bench.store(), Side::Left, &last, false);
            bench.run().await;
        }
        // A text, written anew every five minutes.
        let writing = |store: &mut Store, numbers: &PerSide<u64>, round: usize| {
            store.rewrite(Side::Right, numbers.right, &format!("Version {round}."));
        };
        assert_eq!(rounds(&bench, 40, writing).await, 40);
        assert!(!is_broken(&bench));
        bench.assert_settled("in the end");
    });
    tally::tell("loop breaker, people at work", 1);
}
