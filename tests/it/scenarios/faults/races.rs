//! Two and three runs at once over the same mapping: one is stopped at a write, another runs from beginning to end in
//! between, and the first goes on with what it knew before.

use std::sync::Arc;

use lockstep::report::Outcome;

use super::story::{Mode, PAIRS, all, name};
use crate::support::gate::{Gate, Moment};
use crate::support::player::{Player, Vendor, draft};
use crate::support::reliability::{Sample, tell};
use crate::support::world::{World, applying, told};

/// New issues with comments and a label on both sides (of a mirror: on the left), and new comments on a linked one.
async fn stage(pair: (Vendor, Vendor), mode: Mode) -> World {
    let rules = match mode {
        Mode::TwoWay => "create: { left: { state: all }, right: { state: all } }",
        Mode::Mirror => "mode: mirror\nbacklink: false\ncreate: { left: { state: all } }",
    };
    let w = World::new(pair, rules).await;
    w.left.open(draft("Old").body("text"));
    w.left.say(1, "bob", "first");
    w.synced().await;
    w.left.say(1, "bob", "second");
    w.left.label(1, "bug");
    w.left.open(draft("Left news").body("text").labels(["bug"]));
    w.left.say(2, "bob", "about left news");
    if mode == Mode::TwoWay {
        w.right.say(1, "dora", "third");
        w.right.open(draft("Right news").body("text").labels(["new"]));
        w.right.say(2, "dora", "about right news");
    }
    w
}

/// The first run is stopped at this write, the others run, and it goes on.
async fn overtaken(w: &World, write: usize, moment: Moment, others: impl AsyncFnOnce()) -> bool {
    let (gate, held) = Gate::holding(write, moment);
    let mut first = Box::pin(w.run_through(&gate, applying()));
    tokio::select! {
        biased;
        _ = held.reached => {}
        _ = &mut first => return false,
    }
    others().await;
    held.go.send(()).unwrap();
    first.await;
    true
}

/// One live twin per issue, one copy per comment; what lost is closed, says what stands for it, and stays that way. How
/// many lost is told.
async fn is_one_story(w: &World, mode: Mode) -> usize {
    let mut steps = Vec::new();
    for _ in 0..6 {
        let report = w.sync().await;
        steps = told(&report);
        if report.outcome == Outcome::Settled {
            break;
        }
        assert_eq!(report.outcome, Outcome::Changed, "{steps:#?} {:#?}", report.syncs);
    }
    assert_eq!(steps, Vec::<String>::new(), "six runs and still something to do");
    let news: &[(&str, &[&str])] = match mode {
        Mode::TwoWay => &[
            ("Old", &["first", "second", "third"]),
            ("Left news", &["about left news"]),
            ("Right news", &["about right news"]),
        ],
        Mode::Mirror => &[("Old", &["first", "second"]), ("Left news", &["about left news"])],
    };
    let mut lost = 0;
    for player in [&w.left, &w.right] {
        let (open, closed): (Vec<_>, Vec<_>) = all(player).into_iter().partition(|told| !told.closed);
        assert_eq!(open.len(), news.len(), "{:?}: {open:#?}", player.vendor);
        for (title, said) in news {
            let live = open.iter().find(|told| told.title == *title).unwrap();
            assert_eq!(live.said, *said, "{:?}: {title}", player.vendor);
        }
        lost += closed.len();
        for surplus in closed {
            assert!(names_survivor(player, surplus.key), "{:#?}", player.see(surplus.key));
        }
        assert_eq!(player.violations(), Vec::<String>::new());
    }
    lost
}

fn names_survivor(player: &Player, key: u64) -> bool {
    let notes = player.see(key).said.into_iter();
    notes
        .filter_map(|said| said.attribution)
        .any(|note| note.contains("stands for it"))
}

/// How many writes a run makes when nobody else is there.
async fn writes(w: &World) -> usize {
    let gate: Arc<Gate> = Arc::default();
    w.run_through(&gate, applying()).await;
    gate.writes()
}

/// One run overtakes another at any write; how many of these races left something surplus behind.
async fn swept(pair: (Vendor, Vendor), mode: Mode) -> usize {
    let name = name(pair, mode);
    let mut sample = Sample::one_in(5, &name);
    let w = stage(pair, mode).await;
    let saved = w.save();
    let writes = writes(&w).await;
    w.put_back(&saved);
    let (mut cases, mut lost) = (0, 0);
    for moment in [Moment::Before, Moment::After] {
        for write in (1..=writes).filter(|_| sample.takes()) {
            println!("overtaken at write {write}, {moment:?}");
            let reached = overtaken(&w, write, moment, async || {
                w.sync().await;
            })
            .await;
            assert!(reached, "it did not come that far");
            lost += is_one_story(&w, mode).await;
            w.put_back(&saved);
            cases += 1;
        }
    }
    tell(&format!("two runs at once, {name}"), cases);
    lost
}

/// The same with a third run, that overtakes the second.
async fn swept_by_three(pair: (Vendor, Vendor), mode: Mode) -> usize {
    let name = name(pair, mode);
    let mut sample = Sample::one_in(5, &name);
    let w = stage(pair, mode).await;
    let saved = w.save();
    let writes = writes(&w).await;
    w.put_back(&saved);
    let (mut cases, mut lost) = (0, 0);
    for write in 1..=writes {
        for second in [1, 2, 4].into_iter().filter(|_| sample.takes()) {
            println!("overtaken at write {write}, by one overtaken at {second}");
            let reached = overtaken(&w, write, Moment::Before, async || {
                overtaken(&w, second, Moment::Before, async || {
                    w.sync().await;
                })
                .await;
            })
            .await;
            assert!(reached, "it did not come that far");
            lost += is_one_story(&w, mode).await;
            w.put_back(&saved);
            cases += 1;
        }
    }
    tell(&format!("three runs at once, {name}"), cases);
    lost
}

/// Sweeps every case, and some race must be lost.
async fn meets(
    cases: impl IntoIterator<Item = ((Vendor, Vendor), Mode)>,
    sweep: impl AsyncFn((Vendor, Vendor), Mode) -> usize,
) {
    let mut lost = 0;
    for (pair, mode) in cases {
        lost += sweep(pair, mode).await;
    }
    assert!(lost > 0, "no race was lost: the runs did not meet");
}

/// These pairs, each both ways and as a mirror.
fn in_both_modes(pairs: [(Vendor, Vendor); 3]) -> impl Iterator<Item = ((Vendor, Vendor), Mode)> {
    let modes = [Mode::TwoWay, Mode::Mirror];
    pairs.into_iter().flat_map(move |pair| modes.map(|mode| (pair, mode)))
}

#[tokio::test]
async fn two_runs_over_services() {
    meets(in_both_modes([PAIRS[0], PAIRS[1], PAIRS[2]]), swept).await;
}

#[tokio::test]
async fn two_runs_over_folders() {
    meets(in_both_modes([PAIRS[3], PAIRS[4], PAIRS[5]]), swept).await;
}

#[tokio::test]
async fn two_runs_over_services_and_folders() {
    let two_way = [PAIRS[6], PAIRS[7]].map(|pair| (pair, Mode::TwoWay));
    meets(two_way.into_iter().chain([(PAIRS[6], Mode::Mirror)]), swept).await;
}

#[tokio::test]
async fn three_runs() {
    let two_way = [PAIRS[0], PAIRS[1], PAIRS[5]].map(|pair| (pair, Mode::TwoWay));
    meets(two_way.into_iter().chain([(PAIRS[0], Mode::Mirror)]), swept_by_three).await;
}
