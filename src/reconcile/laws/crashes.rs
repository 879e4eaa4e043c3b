//! A run stopped before or after any of its writes, or whose answer to any of them is lost: the next run ends where an
//! undisturbed one would have ended. Two runs at once, at every pair of points.

use std::collections::BTreeSet;

use super::bench::{Bench, interleaved, on_still_time};
use super::checks::{Seen, nothing_lost, nothing_twice, view};
use super::edits::{BY, By, FIELDS, change, linked, pair};
use super::line::{Fault, Line};
use super::profiles::{folder, github, gitlab};
use super::setup::Setup;
use super::store::Vices;
use crate::config::{CreateRule, Policy};
use crate::model::{PerSide, Side, State};
use crate::tracker::Profile;

/// A world with something to do, and the texts that must be there in the end.
struct Story {
    name: String,
    bench: Bench,
    texts: Vec<String>,
}

fn kinds() -> Vec<(Profile, Profile)> {
    vec![
        (github(), gitlab()),
        (gitlab(), github()),
        (folder(), github()),
        (gitlab(), folder()),
    ]
}

/// New issues: commented, labelled, closed; on the left, on the right.
fn newcomers(setup: Setup, from: Side) -> Story {
    let mut setup = setup;
    *setup.sync.create.get_mut(from) = Some(CreateRule::default());
    let bench = Bench::new(setup);
    let mut texts = Vec::new();
    {
        let mut store = bench.store();
        for word in ["One", "Two"] {
            let number = store.open(from, &format!("{word} fails"), &format!("{word} is broken."));
            store.sides.get_mut(from).labels.insert("docs".into());
            store.edit(from, number, |issue| {
                issue.labels.insert("docs".into());
                issue.assignees.insert(if from == Side::Left {
                    "ann".into()
                } else {
                    "ann.r".into()
                });
                issue.status.state = State::Closed;
            });
            for n in 1..=2 {
                texts.push(format!("{word} said {n}."));
                store.say(from, number, &format!("{word} said {n}."));
            }
        }
        store.skipped += 600;
    }
    Story {
        name: format!("newcomers from {from:?}"),
        bench,
        texts,
    }
}

async fn edited(setup: Setup, by: By) -> Story {
    let bench = linked(setup).await;
    bench.store().plain = false;
    let mut texts = Vec::new();
    for field in FIELDS {
        change(&mut bench.store(), field, by, &mut texts);
    }
    Story {
        name: format!("everything edited by {by:?}"),
        bench,
        texts,
    }
}

/// A comment edited, a copy edited, one deleted, one added.
async fn rephrased(setup: Setup) -> Story {
    let bench = linked(setup).await;
    let mut texts = Vec::new();
    {
        let mut store = bench.store();
        let pair = pair(&store);
        let of = |store: &super::store::Store, side: Side| -> Vec<u64> {
            store.sides.get(side).issues[pair.get(side)]
                .comments
                .keys()
                .copied()
                .collect()
        };
        let (left, right) = (of(&store, Side::Left), of(&store, Side::Right));
        store.reword(Side::Left, pair.left, left[0], "Me too, since May.");
        texts.push("Me too, since May.".to_owned());
        if right.len() > 1 {
            store.reword(Side::Left, pair.left, left[1], "Known since May.");
            texts.push("Known since May.".to_owned());
            for n in 1..=2 {
                texts.push(format!("New {n}."));
                store.say(Side::Right, pair.right, &format!("New {n}."));
            }
        }
    }
    Story {
        name: "comments edited".into(),
        bench,
        texts,
    }
}

async fn stories(left: Profile, right: Profile) -> Vec<Story> {
    let two_way = || Setup::new(left.clone(), right.clone());
    let mirror = || two_way().mirror();
    let mut vicious = two_way();
    vicious.vices.right = Vices {
        drops_assignees: true,
        trims_text: true,
        ..Vices::default()
    };
    let mut stories = vec![
        newcomers(two_way(), Side::Left),
        newcomers(two_way(), Side::Right),
        newcomers(mirror(), Side::Left),
        newcomers(vicious.clone(), Side::Left),
        rephrased(two_way()).await,
        rephrased(mirror()).await,
    ];
    for by in BY.into_iter().skip(1) {
        stories.push(edited(two_way(), by).await);
        stories.push(edited(mirror(), by).await);
    }
    vicious.vices.right.drops_assignees = false;
    stories.push(edited(vicious, By::One(Side::Left)).await);
    let mut preferred = two_way();
    preferred.sync.conflicts = Policy::Prefer(Side::Right);
    stories.push(edited(preferred, By::BothApart).await);
    stories
}

/// Comments in order within their issues are compared; which of two sides' comments comes first is not.
fn same(one: &[(Side, Seen)], other: &[(Side, Seen)]) -> bool {
    let plain = |all: &[(Side, Seen)]| -> Vec<(Side, Seen)> {
        all.iter()
            .map(|(side, seen)| {
                let mut seen = seen.clone();
                let (copies, own): (Vec<_>, Vec<_>) = seen.comments.into_iter().partition(|(_, copy)| *copy);
                seen.comments = [own, copies].concat();
                (*side, seen)
            })
            .collect()
    };
    plain(one) == plain(other)
}

/// Runs until nothing is left to do, at most three times.
async fn mend(bench: &Bench, what: &str) {
    for _ in 0..3 {
        bench.run().await;
        if bench.plan().plan.is_settled() {
            return;
        }
    }
    bench.assert_settled(what);
}

#[test]
fn a_stopped_run_is_continued() {
    on_still_time(async {
        for (left, right) in kinds() {
            for story in Box::pin(stories(left, right)).await {
                let what = |rest: String| {
                    let setup = &story.bench.setup;
                    let (left, right) = (setup.profiles.left.service, setup.profiles.right.service);
                    format!("{} {left} -> {right} {:?} {rest}", story.name, setup.sync.mode)
                };
                let calm = story.bench.fork();
                let line = Line::default();
                calm.run_over(&line).await;
                calm.assert_settled(&what("undisturbed".into()));
                let wanted = view(&calm);
                for k in 1..=line.writes() {
                    for fault in Fault::ALL {
                        let what = what(format!("{fault:?} at {k}"));
                        let bench = story.bench.fork();
                        bench.run_over(&Line::failing(k, fault)).await;
                        bench.store().skipped += 600;
                        mend(&bench, &what).await;
                        nothing_twice(&bench, &what);
                        nothing_lost(&bench, &story.texts, &what);
                        let got = view(&bench);
                        assert!(
                            same(&got, &wanted),
                            "{what}:\n{}\nand not\n{}",
                            bench.show(),
                            calm.show()
                        );
                    }
                }
            }
        }
    });
}

#[test]
fn two_runs_at_once_make_nothing_twice() {
    on_still_time(async {
        for (left, right) in kinds() {
            for story in Box::pin(stories(left, right)).await {
                let calm = story.bench.fork();
                let line = Line::default();
                calm.run_over(&line).await;
                let wanted = view(&calm);
                let most = line.writes();
                for k in 1..=most {
                    for j in 1..=most + 1 {
                        let setup = &story.bench.setup;
                        let (left, right) = (setup.profiles.left.service, setup.profiles.right.service);
                        let what = format!(
                            "{} {left} -> {right} {:?} two runs at {k}, {j}",
                            story.name, setup.sync.mode
                        );
                        let bench = story.bench.fork();
                        interleaved(&bench, &[k, j]).await;
                        bench.store().skipped += 600;
                        mend(&bench, &what).await;
                        nothing_twice(&bench, &what);
                        nothing_lost(&bench, &story.texts, &what);
                        // Where requests of both are on their way at once, time may be counted twice: no service offers
                        // to add it on condition.
                        let crossing = j <= most;
                        let agreed = fields(&view(&bench), !crossing) == fields(&wanted, !crossing);
                        assert!(agreed, "{what}:\n{}\nand not\n{}", bench.show(), calm.show());
                    }
                }
            }
        }
    });
}

/// Everything but the order of comments, which two runs may mix; time only when asked for.
fn fields(all: &[(Side, Seen)], time: bool) -> BTreeSet<(Side, Seen)> {
    all.iter()
        .map(|(side, seen)| {
            let mut seen = seen.clone();
            seen.comments.sort();
            if !time {
                seen.numbers.2 = 0;
            }
            (*side, seen)
        })
        .collect()
}

/// Somebody edits while a run goes on.
#[test]
fn what_people_write_meanwhile_is_not_lost() {
    on_still_time(async {
        for (left, right) in kinds() {
            for story in Box::pin(stories(left, right)).await {
                let calm = story.bench.fork();
                let line = Line::default();
                calm.run_over(&line).await;
                for k in 1..=line.writes() {
                    for side in Side::BOTH {
                        let setup = &story.bench.setup;
                        let (left, right) = (setup.profiles.left.service, setup.profiles.right.service);
                        let what = format!(
                            "{} {left} -> {right} {:?} a comment on {side:?} before write {k}",
                            story.name, setup.sync.mode
                        );
                        let bench = story.bench.fork();
                        let line = Line::meddled(k, move |store| {
                            let Some(number) = store.sides.get(side).issues.keys().next().copied() else {
                                return;
                            };
                            store.say(side, number, "Meanwhile.");
                        });
                        bench.run_over(&line).await;
                        bench.store().skipped += 600;
                        mend(&bench, &what).await;
                        nothing_twice(&bench, &what);
                        nothing_lost(&bench, &story.texts, &what);
                        let said = view(&bench);
                        let told = said
                            .iter()
                            .flat_map(|(_, seen)| &seen.comments)
                            .filter(|(text, _)| text == "Meanwhile.")
                            .count();
                        let exists = bench
                            .store()
                            .sides
                            .get(side)
                            .issues
                            .values()
                            .any(|issue| issue.comments.values().any(|said| said.body == "Meanwhile."));
                        let reaches = setup.sync.fields.comments.direction.reaches(side.other());
                        let expected = usize::from(exists) * if reaches { 2 } else { 1 };
                        assert_eq!(told, expected, "{what}\n{}", bench.show());
                    }
                }
            }
        }
    });
}

/// The numbers that `pair` finds are those of the story's only link.
#[test]
fn the_stories_are_what_they_claim() {
    on_still_time(async {
        let story = edited(Setup::new(github(), gitlab()), By::One(Side::Left)).await;
        let numbers: PerSide<u64> = pair(&story.bench.store());
        assert_eq!((numbers.left, numbers.right), (1, 101));
        assert!(!story.bench.plan().plan.is_settled());
    });
}

/// Somebody logs time on the twin before the next run finds it.
#[test]
fn time_on_a_twin_that_was_just_made_is_carried_home() {
    on_still_time(async {
        let mut setup = Setup::new(gitlab(), folder());
        setup.sync.create = PerSide::new(None, Some(CreateRule::default()));
        let bench = Bench::new(setup);
        let number = bench.store().open(Side::Right, "First", "Text.");
        assert!(bench.run_over(&Line::failing(2, Fault::DiesBefore)).await.is_none());
        bench.store().edit(Side::Left, 1, |issue| issue.planning.spent = 960);
        bench.run().await;
        bench.settle("the twin was found").await;
        let store = bench.store();
        let spent = [(Side::Left, 1), (Side::Right, number)].map(|(side, key)| {
            let issue = &store.sides.get(side).issues[&key];
            issue.planning.spent
        });
        assert_eq!(spent, [960, 960]);
    });
}

/// Nobody saw whether the twin got what it was made with; what is missing there is asked for once more. On a service that
/// does not keep it that is where it ends, and on one that does, both sides agree.
#[test]
fn what_a_twin_that_was_just_made_lacks_is_asked_for_again() {
    on_still_time(async {
        for keeps in [true, false] {
            let mut setup = Setup::new(github(), gitlab());
            setup.sync.create.left = Some(CreateRule::default());
            setup.vices.right.drops_assignees = !keeps;
            setup.vices.right.drops_labels = !keeps;
            let bench = Bench::new(setup);
            bench.store().sides.right.labels.insert("type::bug".into());
            bench.store().open(Side::Left, "First", "Text.");
            bench.store().edit(Side::Left, 1, |issue| {
                issue.labels.insert("bug".into());
                issue.assignees.insert("ann".into());
            });
            assert!(bench.run_over(&Line::failing(2, Fault::DiesBefore)).await.is_none());
            bench.store().edit(Side::Right, 101, |issue| {
                issue.labels.clear();
                issue.assignees.clear();
            });
            bench.run().await;
            bench.settle("the twin was found").await;
            let mut store = bench.store();
            let sides = [(Side::Left, 1), (Side::Right, 101)].map(|(side, key)| {
                let issue = store.at(side, key);
                (issue.labels.len(), issue.assignees.len())
            });
            assert_eq!(sides, [(1, 1), if keeps { (1, 1) } else { (0, 0) }]);
        }
    });
}
