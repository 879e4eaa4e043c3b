//! Random histories: people and moderators do this and that on both sides and break markers, runs come, race and are
//! stopped at random. In the end both sides agree on what can agree, or the mirror shows what there is to show; nothing is
//! there twice, and what people wrote is somewhere.
//!
//! `LOCKSTEP_CASES` asks for more of them; `LOCKSTEP_SEED` replays the one a failure names, or both together as many from
//! that one on.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::bench::{Bench, cases, interleaved, on_still_time};
use super::checks::{nothing_lost, nothing_twice_but};
use super::deeds::{Deed, People, deed};
use super::line::{Fault, Line};
use super::mirrors::mirror_shows;
use super::profiles::{folder, github, gitlab};
use super::setup::Setup;
use super::store::Store;
use super::twins::twins_agree;
use crate::config::{CreateRule, Mode, OnDelete, Policy};
use crate::model::{PerSide, Side, Signer};
use crate::tracker::Profile;

#[derive(Clone, Debug)]
enum Event {
    Done(Deed),
    Run,
    Stopped(usize, Fault),
    /// Two or three runs at once.
    Raced(Vec<usize>),
    /// Somebody does something right before a write of a run.
    Meddled(usize, Deed),
    Repair,
    /// A run whose listing of a side misses an issue.
    Blind(Side, usize),
}

fn event() -> impl Strategy<Value = Event> {
    let side = prop_oneof![Just(Side::Left), Just(Side::Right)];
    let fault = prop::sample::select(Fault::ALL.to_vec());
    prop_oneof![
        24 => deed().prop_map(Event::Done),
        4 => Just(Event::Run),
        4 => (1..12_usize, fault).prop_map(|(at, fault)| Event::Stopped(at, fault)),
        2 => prop::collection::vec(1..6_usize, 2..=3).prop_map(Event::Raced),
        2 => (1..8_usize, deed()).prop_map(|(at, deed)| Event::Meddled(at, deed)),
        1 => Just(Event::Repair),
        1 => (side, 0..4_usize).prop_map(|(side, which)| Event::Blind(side, which)),
    ]
}

/// A whole history and the terms it happens under.
#[derive(Clone, Debug)]
struct History {
    kind: usize,
    policy: usize,
    on_delete: usize,
    mirror_deletions: bool,
    signed: bool,
    vices: usize,
    events: Vec<Event>,
    mode: Mode,
}

fn history() -> impl Strategy<Value = History> {
    let terms = (
        0..4_usize,
        0..2_usize,
        0..3_usize,
        any::<bool>(),
        any::<bool>(),
        0..4_usize,
    );
    let mode = prop_oneof![Just(Mode::TwoWay), Just(Mode::Mirror)];
    // The mode is drawn last: what a seed meant before there was one, it means still.
    (terms, prop::collection::vec(event(), 1..25), mode).prop_map(|(terms, events, mode)| {
        let (kind, policy, on_delete, mirror_deletions, signed, vices) = terms;
        History {
            kind,
            policy,
            on_delete,
            mirror_deletions,
            signed,
            vices,
            events,
            mode,
        }
    })
}

fn setup(history: &History) -> Setup {
    let kinds: [fn() -> (Profile, Profile); 4] = [
        || (github(), gitlab()),
        || (folder(), github()),
        || (gitlab(), folder()),
        || (folder(), folder()),
    ];
    let (left, right) = kinds[history.kind]();
    let mut setup = Setup::new(left, right);
    setup.sync.conflicts = [Policy::Newest, Policy::Prefer(Side::Left)][history.policy];
    setup.sync.on_delete = [OnDelete::Report, OnDelete::Close, OnDelete::Unlink][history.on_delete];
    setup.sync.fields.comments.mirror_deletions = history.mirror_deletions;
    if history.signed {
        setup.signer = Signer::new(b"a key");
    }
    let vices = setup
        .vices
        .get_mut(if history.vices == 3 { Side::Left } else { Side::Right });
    vices.trims_text = history.vices == 1;
    vices.touches_seldom = history.vices >= 2;
    if history.mode == Mode::Mirror {
        return setup.mirror();
    }
    setup.sync.create = PerSide::new(Some(CreateRule::default()), Some(CreateRule::default()));
    setup
}

async fn play(history: &History) {
    let bench = Bench::new(setup(history));
    bench.store().open(Side::Left, "First", "Text.");
    let people = Arc::new(Mutex::new(People {
        mirror: history.mode == Mode::Mirror,
        ..People::default()
    }));
    for (n, event) in history.events.iter().enumerate() {
        match event {
            Event::Done(deed) => people.lock().unwrap().act(&mut bench.store(), deed, n),
            Event::Run => {
                bench.run().await;
            }
            Event::Repair => {
                bench.repair().await;
            }
            Event::Stopped(at, fault) => {
                people.lock().unwrap().stopped = true;
                bench.run_over(&Line::failing(*at, *fault)).await;
            }
            Event::Raced(pauses) => {
                // Of three runs the last one may add time while the first one's own addition is long on its way.
                people.lock().unwrap().stopped |= pauses.len() > 2;
                interleaved(&bench, pauses).await;
            }
            Event::Meddled(at, deed) => {
                // Somebody may log as much as the run is about to add, which then stops: nobody can tell whose it is.
                people.lock().unwrap().stopped |= deed.logs();
                let (people, deed) = (people.clone(), deed.clone());
                let act = move |store: &mut Store| {
                    if deed.may_meddle() {
                        people.lock().unwrap().act(store, &deed, n);
                    }
                };
                bench.run_over(&Line::meddled(*at, act)).await;
            }
            Event::Blind(side, which) => {
                if *side == Side::Right {
                    people.lock().unwrap().overlook(&bench.store());
                }
                bench.run_over(&Line::missing(*side, *which)).await;
            }
        }
        bench.store().skipped += 30;
    }
    let mut people = std::mem::take(&mut *people.lock().unwrap());
    People::unlock(&mut bench.store());
    // A loop that was broken is left alone for a day.
    bench.store().skipped += 90_000;
    for _ in 0..4 {
        bench.run().await;
        bench.store().skipped += 600;
    }
    let what = format!("{history:?}");
    bench.assert_settled(&what);
    nothing_lost(&bench, &people.texts, &what);
    People::mend(&mut bench.store());
    people.go_on(&mut bench.store());
    bench.repair().await;
    for _ in 0..2 {
        bench.store().skipped += 600;
        bench.run().await;
    }
    bench.assert_settled(&what);
    // What waits for a person to join it is not mended.
    let waits = |side, number: u64| side == Side::Right && history.signed && people.unmarked.contains_key(&number);
    nothing_twice_but(
        &bench,
        |side, number| people.broke(side, number) || waits(side, number),
        |side, number| people.reopened.contains(&(side, number)),
        &what,
    );
    nothing_lost(&bench, &people.texts, &what);
    match history.mode {
        Mode::TwoWay => twins_agree(&bench, &people, &what),
        Mode::Mirror => mirror_shows(&bench, &people, &what),
    }
}

/// One history, made of a seed; where it fails, the shortest one that still does.
fn trial(seed: u64) -> Result<(), String> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut config = Config::with_cases(1);
    config.failure_persistence = None;
    config.max_shrink_iters = 400;
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    TestRunner::new_with_rng(config, rng)
        .run(&history(), |history| {
            on_still_time(async {
                play(&history).await;
            });
            Ok(())
        })
        .map_err(|error| format!("LOCKSTEP_SEED={seed} cargo test --lib histories: {error}"))
}

#[expect(clippy::disallowed_methods, reason = "a switch for whoever runs the tests")]
fn seeds() -> std::ops::Range<u64> {
    let first = std::env::var("LOCKSTEP_SEED").ok().and_then(|seed| seed.parse().ok());
    let count = u64::from(cases(if first.is_some() { 1 } else { 2_000 }));
    let first: u64 = first.unwrap_or_default();
    first..first + count
}

#[test]
fn whatever_happens_both_sides_agree_in_the_end() {
    let seeds = seeds();
    let count = seeds.end - seeds.start;
    let next = AtomicU64::new(seeds.start);
    let failed = Mutex::new(Vec::new());
    let worker = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end || failed.lock().unwrap().len() >= 5 {
                return;
            }
            if let Err(error) = trial(seed) {
                failed.lock().unwrap().push(error);
            }
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(worker);
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
    crate::tally::tell("histories", usize::try_from(count).unwrap());
}
