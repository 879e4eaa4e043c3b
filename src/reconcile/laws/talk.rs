//! Comments: whatever two people do to a comment and its copy between two runs, one run settles it, and what a person
//! wrote is there or was taken away by a person.

use super::bench::{Bench, on_still_time};
use super::checks::{nothing_lost, nothing_twice};
use super::edits::{linked, pair};
use super::line::Line;
use super::profiles::{folder, github, gitlab};
use super::setup::Setup;
use super::store::{Store, Vices};
use crate::model::{PerSide, Side};
use crate::tracker::Profile;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Nothing,
    Say,
    EditOriginal,
    EditCopy,
    DeleteOriginal,
    DeleteCopy,
    /// One goes and one comes, so that the number stays.
    Swap,
}

const DEEDS: [Deed; 7] = [
    Deed::Nothing,
    Deed::Say,
    Deed::EditOriginal,
    Deed::EditCopy,
    Deed::DeleteOriginal,
    Deed::DeleteCopy,
    Deed::Swap,
];

/// The comment a side began with, and the copy of the other side's.
fn ours(store: &Store, side: Side, pair: &PerSide<u64>) -> (Option<u64>, Option<u64>) {
    let numbers: Vec<u64> = store.sides.get(side).issues[pair.get(side)]
        .comments
        .iter()
        .filter(|(_, said)| ["Me too.", "Known."].iter().any(|text| said.body.contains(text)))
        .map(|(number, _)| *number)
        .collect();
    match side {
        Side::Left => (numbers.first().copied(), numbers.get(1).copied()),
        Side::Right => (numbers.get(1).copied(), numbers.first().copied()),
    }
}

fn act(store: &mut Store, side: Side, deed: Deed, texts: &mut Vec<String>) {
    let pair = pair(store);
    let number = *pair.get(side);
    let (own, copy) = ours(store, side, &pair);
    let edited = format!("Edited on {side:?}.");
    match deed {
        Deed::Nothing => {}
        Deed::Say => {
            texts.push(format!("Said on {side:?}."));
            store.say(side, number, &format!("Said on {side:?}."));
        }
        Deed::EditOriginal | Deed::EditCopy => {
            let of = if deed == Deed::EditOriginal { own } else { copy };
            if let Some(comment) = of {
                texts.push(edited.clone());
                store.reword(side, number, comment, &edited);
            }
        }
        Deed::DeleteOriginal | Deed::DeleteCopy => {
            let of = if deed == Deed::DeleteOriginal { own } else { copy };
            store.skipped += 1;
            store.unsay(side, number, of.unwrap_or_default());
        }
        Deed::Swap => {
            texts.push(format!("Said on {side:?}."));
            store.say(side, number, &format!("Said on {side:?}."));
            store.unsay(side, number, own.unwrap_or_default());
        }
    }
}

fn setups() -> Vec<Setup> {
    let pairs: [(Profile, Profile); 4] = [
        (github(), gitlab()),
        (folder(), github()),
        (gitlab(), folder()),
        (folder(), folder()),
    ];
    let mut all = Vec::new();
    for (left, right) in pairs {
        for mirror_deletions in [false, true] {
            let mut setup = Setup::new(left.clone(), right.clone());
            setup.sync.fields.comments.mirror_deletions = mirror_deletions;
            all.push(setup.clone());
            setup.vices.right = Vices {
                trims_text: true,
                stores_crlf: true,
                ..Vices::default()
            };
            all.push(setup);
        }
    }
    all
}

async fn check(bench: &Bench, texts: &[String], what: &str) {
    bench.settle(what).await;
    nothing_twice(bench, what);
    nothing_lost(bench, texts, what);
}

#[test]
fn whatever_happens_to_comments_settles_in_one_run() {
    on_still_time(async {
        for setup in setups() {
            let base = linked(setup).await;
            for left in DEEDS {
                for right in DEEDS {
                    let what = format!("{left:?} and {right:?} with {:?}", base.setup.vices);
                    let bench = base.fork();
                    let mut texts = Vec::new();
                    act(&mut bench.store(), Side::Left, left, &mut texts);
                    act(&mut bench.store(), Side::Right, right, &mut texts);
                    if texts.iter().any(|text| text.starts_with("Edited")) {
                        // Who deletes what another one has just edited has read it.
                        let gone = [Deed::DeleteCopy, Deed::DeleteOriginal, Deed::Swap];
                        if gone.contains(&left) || gone.contains(&right) {
                            texts.retain(|text| !text.starts_with("Edited"));
                        }
                    }
                    check(&bench, &texts, &what).await;
                }
            }
        }
    });
}

/// An edit made while a run writes to the same issue, by a person who changes nothing else.
#[test]
fn an_edit_of_a_comment_during_a_run_is_carried_by_the_next() {
    on_still_time(async {
        // Trackers that tell the newest comments; elsewhere an issue's time of change is all there is.
        for (left, right) in [(github(), github()), (folder(), folder()), (folder(), github())] {
            for side in Side::BOTH {
                let base = linked(Setup::new(left.clone(), right.clone())).await;
                let number = *pair(&base.store()).get(side.other());
                base.store()
                    .edit(side.other(), number, |issue| issue.title = "Another title".into());
                base.store().say(side.other(), number, "Another comment.");
                for k in 1..=2 {
                    let what = format!(
                        "{} -> {} edited on {side:?} before write {k}",
                        left.service, right.service
                    );
                    let bench = base.fork();
                    let line = Line::meddled(k, move |store| act(store, side, Deed::EditOriginal, &mut Vec::new()));
                    bench.run_over(&line).await;
                    bench.store().skipped += 600;
                    bench.run().await;
                    bench.assert_settled(&what);
                    let text = format!("Edited on {side:?}.");
                    let told = super::checks::view(&bench)
                        .iter()
                        .flat_map(|(_, seen)| &seen.comments)
                        .filter(|(said, _)| *said == text)
                        .count();
                    if line.writes() >= k {
                        assert_eq!(told, 2, "{what}\n{}", bench.show());
                    }
                }
            }
        }
    });
}
