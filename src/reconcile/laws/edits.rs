//! Small edits on both sides, every combination: one run settles them, and nothing people wrote is lost.

use super::bench::{Bench, on_still_time};
use super::checks::{agree, nothing_lost, nothing_twice};
use super::profiles::{folder, github, gitlab};
use super::setup::Setup;
use super::store::{Store, Vices};
use crate::config::{Direction, Mode, Policy};
use crate::model::{PerSide, Side, State, Status};
use crate::plan::Field;
use crate::tracker::Profile;

pub(super) const FIELDS: [Field; 10] = [
    Field::Title,
    Field::Body,
    Field::Status,
    Field::Labels,
    Field::Assignees,
    Field::Milestone,
    Field::Weight,
    Field::TimeEstimate,
    Field::TimeSpent,
    Field::Comments,
];

/// Who changes a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Nobody,
    One(Side),
    BothAlike,
    BothApart,
}

pub(super) const BY: [By; 5] = [
    By::Nobody,
    By::One(Side::Left),
    By::One(Side::Right),
    By::BothAlike,
    By::BothApart,
];

const CLOSED_WONTFIX: Status = Status {
    state: State::Closed,
    reason: Some(crate::model::Reason::NotPlanned),
};

/// Numbers of the linked pair every case begins with.
pub(super) fn pair(store: &Store) -> PerSide<u64> {
    PerSide::new((), ()).map(|side, ()| *store.sides.get(side).issues.keys().next().unwrap())
}

/// Changes one field; texts written are added to `texts`.
pub(super) fn change(store: &mut Store, field: Field, by: By, texts: &mut Vec<String>) {
    let pair = pair(store);
    for side in Side::BOTH {
        let apart = match by {
            By::Nobody => continue,
            By::One(one) if one != side => continue,
            By::One(_) | By::BothAlike => false,
            By::BothApart => side == Side::Right,
        };
        let number = *pair.get(side);
        let word = if apart { "right" } else { "either" };
        match field {
            Field::Title => {
                texts.push(format!("Title by {word}"));
                store.edit(side, number, |issue| issue.title = format!("Title by {word}"));
            }
            Field::Body => {
                let live = if store.plain { "nothing" } else { "#1 and @ann" };
                let text = format!("Body by {word}: {live}.\n\n- a\n- b");
                texts.push(text.clone());
                store.rewrite(side, number, &text);
            }
            Field::Status => {
                let fine = store.sides.get(side).profile.close_reasons;
                let status = if apart && fine.contains(&crate::model::Reason::NotPlanned) {
                    CLOSED_WONTFIX
                } else {
                    Status::CLOSED
                };
                store.edit(side, number, |issue| issue.status = status);
            }
            Field::Labels => {
                let label = match (apart, side) {
                    (false, Side::Left) => "bug",
                    (false, Side::Right) => "type::bug",
                    (true, _) => "type::idea",
                };
                store.sides.get_mut(side).labels.insert(label.into());
                store.edit(side, number, |issue| {
                    issue.labels.insert(label.into());
                    issue.labels.remove("docs");
                });
            }
            Field::Assignees => {
                let who = match (apart, side) {
                    (false, Side::Left) => "bob",
                    (false, Side::Right) => "bob.r",
                    (true, _) => "ann.r",
                };
                store.edit(side, number, |issue| issue.assignees = [who.to_owned()].into());
            }
            Field::Comments => {
                let text = format!("Said by {word} on {side:?}.");
                texts.push(text.clone());
                store.say(side, number, &text);
            }
            Field::Milestone => {
                let title = if apart { "2.0" } else { "1.0" };
                store.sides.get_mut(side).milestones.insert(title.into());
                store.edit(side, number, |issue| issue.milestone = Some(title.into()));
            }
            Field::Weight | Field::TimeEstimate | Field::TimeSpent => plan(store, side, number, field, apart),
            Field::DueDate | Field::Confidential | Field::Shown | Field::Footer | Field::Marker => {}
        }
    }
}

/// Changes a number, where the tracker has such a thing.
fn plan(store: &mut Store, side: Side, number: u64, field: Field, apart: bool) {
    let holds = store.sides.get(side).profile.holds;
    let amount = if apart { 5 } else { 3 };
    store.edit(side, number, |issue| {
        if field == Field::Weight && holds.weight {
            issue.planning.weight = Some(amount);
        } else if field == Field::TimeEstimate && holds.time {
            issue.planning.estimate = amount * 3600;
        } else if field == Field::TimeSpent && holds.time {
            // People add to what is there.
            issue.planning.spent += amount * 600;
        }
    });
}

/// A pair in agreement: label, person, a comment from each side.
pub(super) async fn linked(setup: Setup) -> Bench {
    let mut making = setup.clone();
    making.vices = PerSide::default();
    let bench = Bench::new(making);
    {
        let mut store = bench.store();
        let left = store.open(Side::Left, "It fails", "It fails.\n\nBadly.");
        store.sides.left.labels.insert("docs".into());
        store.edit(Side::Left, left, |issue| {
            issue.labels.insert("docs".into());
            issue.assignees.insert("ann".into());
        });
        store.say(Side::Left, left, "Me too.");
    }
    bench.settle("making the twin").await;
    if bench.setup.sync.mode == Mode::TwoWay {
        let right = pair(&bench.store()).right;
        bench.store().say(Side::Right, right, "Known.");
        bench.settle("one comment from the right").await;
    }
    {
        let mut store = bench.store();
        store.skipped += 600;
        for side in Side::BOTH {
            store.sides.get_mut(side).vices = *setup.vices.get(side);
        }
    }
    Bench { setup, ..bench }
}

fn lossless(setup: &Setup, field: Field) -> bool {
    // A mirror overwrites what its twin says; that too is kept as a comment.
    !(field == Field::Comments && setup.sync.mode == Mode::Mirror)
}

async fn settles(base: &Bench, edits: &[(Field, By)]) {
    let what = format!(
        "{edits:?} with {:?} {:?} {:?} {} -> {} {:?}",
        base.setup.sync.conflicts,
        base.setup.sync.mode,
        base.setup.sync.fields.title,
        base.setup.profiles.left.service,
        base.setup.profiles.right.service,
        base.setup.vices
    );
    let bench = base.fork();
    let mut texts = Vec::new();
    for (field, by) in edits {
        change(&mut bench.store(), *field, *by, &mut texts);
        if !lossless(&bench.setup, *field) {
            texts.clear();
        }
    }
    bench.settle(&what).await;
    nothing_twice(&bench, &what);
    nothing_lost(&bench, &texts, &what);
    let sync = &bench.setup.sync;
    let whole = bench.setup.vices == PerSide::default() && sync.conflicts != Policy::Ask;
    if whole && sync.fields.title == Direction::Both {
        agree(&bench, &what);
    }
}

fn profiles() -> Vec<(Profile, Profile)> {
    let all = [github(), gitlab(), folder()];
    all.iter()
        .flat_map(|left| all.iter().map(move |right| (left.clone(), right.clone())))
        .collect()
}

fn policies(mut setup: Setup) -> impl Iterator<Item = Setup> {
    [
        Policy::Newest,
        Policy::Prefer(Side::Left),
        Policy::Prefer(Side::Right),
        Policy::Ask,
    ]
    .into_iter()
    .map(move |policy| {
        setup.sync.conflicts = policy;
        setup.clone()
    })
}

#[test]
fn one_edit_settles_in_one_run() {
    on_still_time(async {
        for (left, right) in profiles() {
            let setup = Setup::new(left, right);
            let ways = [
                setup.clone(),
                setup.clone().mirror(),
                setup.clone().directed(Direction::To(Side::Right)),
                setup.directed(Direction::To(Side::Left)),
            ];
            for setup in ways.into_iter().flat_map(policies) {
                let base = linked(setup).await;
                for field in FIELDS {
                    for by in BY {
                        settles(&base, &[(field, by)]).await;
                    }
                }
            }
        }
    });
}

#[test]
fn two_edits_settle_in_one_run() {
    on_still_time(async {
        for setup in policies(Setup::new(github(), gitlab())) {
            let base = linked(setup).await;
            for (n, one) in FIELDS.into_iter().enumerate() {
                for two in FIELDS.into_iter().skip(n + 1) {
                    for by in BY.into_iter().skip(1) {
                        for other in BY.into_iter().skip(1) {
                            settles(&base, &[(one, by), (two, other)]).await;
                        }
                    }
                }
            }
        }
    });
}

#[test]
fn a_tracker_with_vices_settles_in_one_run() {
    let vices = [
        Vices {
            drops_assignees: true,
            ..Vices::default()
        },
        Vices {
            drops_labels: true,
            ..Vices::default()
        },
        Vices {
            trims_text: true,
            ..Vices::default()
        },
        Vices {
            stores_crlf: true,
            ..Vices::default()
        },
        Vices {
            touches_seldom: true,
            ..Vices::default()
        },
    ];
    on_still_time(async {
        for (left, right) in [(github(), gitlab()), (gitlab(), github()), (folder(), folder())] {
            for vice in vices {
                for side in Side::BOTH {
                    let mut setup = Setup::new(left.clone(), right.clone());
                    *setup.vices.get_mut(side) = vice;
                    let base = linked(setup).await;
                    for field in FIELDS {
                        for by in BY {
                            settles(&base, &[(field, by)]).await;
                        }
                    }
                }
            }
        }
    });
}
