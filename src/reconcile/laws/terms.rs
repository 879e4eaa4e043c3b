//! The terms of a sync: label names that cross and come back, statuses through a map, and the guard over real plans.

use globset::{Glob, GlobSetBuilder};

use super::bench::{Bench, on_still_time};
use super::checks::nothing_twice;
use super::edits::{linked, pair};
use super::profiles::{folder, github, gitlab};
use super::setup::Setup;
use super::store::Store;
use crate::config::{LabelRow, StatusPattern, Terms};
use crate::model::{PerSide, Reason, Side, State, Status};
use crate::plan::check;

fn terms(left: &str, right: &str, skip: &[&str]) -> Terms {
    let setup = Setup::new(github(), gitlab());
    let mut sync = setup.sync;
    sync.fields.labels.prefix = PerSide::new(left.into(), right.into());
    let mut globs = GlobSetBuilder::new();
    for pattern in skip {
        globs.add(Glob::new(pattern).unwrap());
    }
    sync.fields.labels.skip = globs.build().unwrap();
    Terms {
        sync,
        people: setup.people,
    }
}

const NAMES: [&str; 12] = [
    "docs",
    "Docs",
    "gh-docs",
    "gl::docs",
    "gl::",
    "gh-",
    "bug",
    "type::bug",
    "type::idea",
    "internal/cost",
    "gl::gl::docs",
    "ÄÖ",
];

#[test]
fn a_label_that_crosses_comes_back_as_itself() {
    for left in ["", "gh-"] {
        for right in ["", "gl::", "internal/"] {
            let terms = terms(left, right, &["internal/*"]);
            for side in Side::BOTH {
                for name in NAMES {
                    let Some(there) = terms.unmapped(side, name) else {
                        continue;
                    };
                    let back = terms.unmapped(side.other(), &there);
                    assert_eq!(
                        back.as_deref(),
                        Some(name),
                        "{left:?} {right:?} {side:?} {name} {there}"
                    );
                    assert!(terms.label_takes_part(side, name));
                }
            }
        }
    }
}

#[test]
fn no_two_labels_of_a_side_become_one() {
    for right in ["", "gl::"] {
        let terms = terms("", right, &[]);
        for side in Side::BOTH {
            let mut there: Vec<String> = NAMES.iter().filter_map(|name| terms.unmapped(side, name)).collect();
            let all = there.len();
            there.sort();
            there.dedup();
            assert_eq!(there.len(), all, "{right:?} {side:?}");
        }
    }
}

#[test]
fn mapped_and_skipped_labels_do_not_cross_by_name() {
    let terms = terms("", "", &["internal/*"]);
    assert_eq!(terms.unmapped(Side::Left, "bug"), None, "its row says how it crosses");
    assert_eq!(
        terms.unmapped(Side::Left, "type::bug"),
        None,
        "its name is taken on the other side"
    );
    assert_eq!(terms.unmapped(Side::Left, "internal/cost"), None);
    assert!(terms.label_takes_part(Side::Left, "BUG"));
    assert!(!terms.label_takes_part(Side::Left, "internal/cost"));
    assert_eq!(terms.person(Side::Left, "ANN"), Some("ann.r"));
    assert_eq!(terms.person(Side::Right, "ann.r"), Some("ann"));
    assert_eq!(terms.person(Side::Left, "nobody"), None);
}

fn pattern(state: State, reason: Option<Reason>, labels: &[&str]) -> StatusPattern {
    StatusPattern {
        status: Status { state, reason },
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
    }
}

fn mapped(mut setup: Setup) -> Setup {
    setup.sync.fields.status.map = vec![
        PerSide::new(
            pattern(State::Closed, Some(Reason::NotPlanned), &[]),
            pattern(State::Closed, None, &["wontfix"]),
        ),
        PerSide::new(
            pattern(State::Open, None, &["in progress"]),
            pattern(State::Open, None, &["doing"]),
        ),
    ];
    setup
}

fn set(store: &mut Store, side: Side, status: Status, label: Option<&str>) {
    let number = *pair(store).get(side);
    store.edit(side, number, |issue| {
        issue.status = status;
        for old in ["wontfix", "doing", "in progress"] {
            issue.labels.remove(old);
        }
        issue.labels.extend(label.map(str::to_owned));
    });
}

/// Every status of one side against every status of the other, several times over.
#[test]
fn statuses_settle_through_a_map() {
    let wontfix = Status {
        state: State::Closed,
        reason: Some(Reason::NotPlanned),
    };
    let left = [
        (Status::OPEN, None),
        (Status::OPEN, Some("in progress")),
        (Status::CLOSED, None),
        (wontfix, None),
    ];
    let right = [
        (Status::OPEN, None),
        (Status::OPEN, Some("doing")),
        (Status::CLOSED, None),
        (Status::CLOSED, Some("wontfix")),
    ];
    on_still_time(async {
        for there in [gitlab(), folder()] {
            let bench = linked(mapped(Setup::new(github(), there))).await;
            for (n, one) in left.into_iter().enumerate() {
                for (m, other) in right.into_iter().enumerate() {
                    let bench = bench.fork();
                    let what = format!("{one:?} against {other:?}");
                    set(&mut bench.store(), Side::Left, one.0, one.1);
                    bench.settle(&what).await;
                    set(&mut bench.store(), Side::Right, other.0, other.1);
                    bench.settle(&what).await;
                    // The last word came from the right.
                    let numbers = pair(&bench.store());
                    let store = bench.store();
                    let issue = &store.sides.left.issues[&numbers.left];
                    let wanted = if m == 0 && n == 0 { left[0] } else { left[m] };
                    assert!(issue.status.alike(wanted.0), "{what}: {issue:?}");
                    assert_eq!(
                        issue.labels.contains("in progress"),
                        wanted.1.is_some(),
                        "{what}: {issue:?}"
                    );
                }
            }
        }
    });
}

/// A row that works one way brings its label over and never back.
#[test]
fn a_row_for_one_side_only() {
    on_still_time(async {
        let mut setup = Setup::new(github(), gitlab());
        setup.sync.fields.labels.map.push(LabelRow {
            names: PerSide::new("crash".into(), "severity::1".into()),
            only_to: Some(Side::Right),
        });
        let bench = linked(setup).await;
        let numbers = pair(&bench.store());
        bench.store().edit(Side::Left, numbers.left, |issue| {
            issue.labels.insert("crash".into());
        });
        bench.settle("a label to the right").await;
        assert!(
            bench
                .store()
                .at(Side::Right, numbers.right)
                .labels
                .contains("severity::1")
        );
        bench.store().edit(Side::Left, numbers.left, |issue| {
            issue.labels.remove("crash");
        });
        bench.settle("taken away again").await;
        assert!(
            !bench
                .store()
                .at(Side::Right, numbers.right)
                .labels
                .contains("severity::1")
        );
        bench.store().edit(Side::Right, numbers.right, |issue| {
            issue.labels.insert("severity::1".into());
        });
        bench.settle("a label that stays").await;
        assert!(!bench.store().at(Side::Left, numbers.left).labels.contains("crash"));
        nothing_twice(&bench, "one way");
    });
}

/// The guard counts links, not writes, and a share set in the file holds from the first issue.
#[test]
fn the_guard_counts_links() {
    on_still_time(async {
        let bench = Bench::new(Setup::new(github(), gitlab()));
        for n in 0..4 {
            let number = bench.store().open(Side::Left, &format!("Issue {n}"), "Text.");
            bench.store().say(Side::Left, number, "One.");
            bench.store().say(Side::Left, number, "Two.");
        }
        let mut guard = bench.setup.sync.guard;
        guard.max_changes = 3;
        let limits = |bench: &Bench, guard: &crate::config::Guard| -> Vec<&'static str> {
            check(&bench.plan().plan, guard).iter().map(|stop| stop.limit).collect()
        };
        assert_eq!(limits(&bench, &guard), ["max_changes"]);
        guard.max_changes = 4;
        assert!(limits(&bench, &guard).is_empty());
        bench.settle("four twins").await;

        for number in 1..=3 {
            bench
                .store()
                .edit(Side::Left, number, |issue| issue.status = Status::CLOSED);
        }
        guard.max_closes = 2;
        assert_eq!(limits(&bench, &guard), ["max_closes"]);
        guard.max_closes = 3;
        assert!(limits(&bench, &guard).is_empty(), "three of four, but few");
        guard.share_is_explicit = true;
        assert_eq!(limits(&bench, &guard), ["max_share"]);
        guard.max_share = 75;
        assert!(limits(&bench, &guard).is_empty());
    });
}
