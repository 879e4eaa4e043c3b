//! Markers that people took out or wrote another one over, each as it was found by a random history.

use super::bench::{Bench, interleaved, on_still_time};
use super::checks::nothing_twice;
use super::profiles::{github, gitlab};
use super::setup::Setup;
use crate::config::CreateRule;
use crate::model::{Body, IssueKey, Payload, PerSide, Side};

/// Both sides open issues.
fn open() -> Bench {
    let mut setup = Setup::new(github(), gitlab());
    setup.sync.create = PerSide::new(Some(CreateRule::default()), Some(CreateRule::default()));
    Bench::new(setup)
}

fn held(bench: &Bench) -> Vec<(String, &'static str)> {
    let held = bench.plan().plan.held.into_iter();
    let mut held: Vec<_> = held.map(|held| (held.on, held.code)).collect();
    held.sort();
    held
}

/// The marker of a twin was taken out; its footer was not. Whether it still reads like its origin or not, it is no new issue.
#[test]
fn a_twin_without_its_marker_gets_no_twin_of_its_own() {
    on_still_time(async {
        for (title, text, codes) in [
            ("Renamed", "Text.", vec![]),
            ("Renamed", "Another text.", vec![("left#1".to_owned(), "half-linked")]),
        ] {
            let bench = open();
            bench.store().open(Side::Left, "First", "Text.");
            bench.run().await;
            bench.store().edit(Side::Right, 101, |issue| {
                issue.body.truncate(issue.body.find("<!-- lockstep:").unwrap());
                assert!(issue.body.contains("Linked to"));
            });
            bench.store().rewrite(Side::Left, 1, text);
            bench.store().edit(Side::Left, 1, |issue| issue.title = title.into());
            bench.run().await;
            bench.settle("the marker was taken out").await;
            let store = bench.store();
            assert_eq!([store.sides.left.issues.len(), store.sides.right.issues.len()], [1, 1]);
            drop(store);
            assert_eq!(held(&bench), codes);
        }
    });
}

/// Somebody put the whole body of one twin into another one, and took the marker out of the first: the second one is no
/// twin that lost a race, though it reads like one.
#[test]
fn an_issue_whose_marker_was_overwritten_is_not_retired() {
    on_still_time(async {
        let bench = open();
        bench.store().open(Side::Right, "First", "Text.");
        bench.store().open(Side::Right, "Second", "More text.");
        bench.run().await;
        let body = bench.store().at(Side::Left, 1).body.clone();
        bench.store().edit(Side::Left, 2, |issue| issue.body = body);
        bench.store().edit(Side::Left, 1, |issue| issue.body = "Text.".into());
        let told = [
            ("left#2".to_owned(), "marker-copied"),
            ("right#102".to_owned(), "half-linked"),
        ];
        assert_eq!(held(&bench), told, "{}", bench.show());
        bench.settle("before the repair").await;
        assert!(super::store::is_open(bench.store().at(Side::Left, 2)));
        assert_eq!(held(&bench), told);
        bench.repair().await;
        bench.settle("after the repair").await;
        nothing_twice(&bench, "after the repair");
        assert_eq!(held(&bench), []);
        let body = Body::read(&bench.store().at(Side::Right, 102).body);
        let [marker] = body.markers.as_slice() else {
            panic!("it has another marker than its own");
        };
        assert!(matches!(&marker.payload, Payload::State(mark) if mark.ends.left.key == Some(IssueKey("2".into()))));
    });
}

/// Two runs made a twin each of an issue on the right. Before one of them was retired, a body with a marker was pasted into
/// that issue, and the issue it came from was deleted.
#[test]
fn a_copied_marker_is_told_of_though_its_original_is_gone() {
    on_still_time(async {
        let bench = open();
        bench.store().open(Side::Left, "First", "Text.");
        bench.run().await;
        bench.store().open(Side::Right, "Second", "More text.");
        interleaved(&bench, &[1, 2]).await;
        assert_eq!(bench.store().sides.left.issues.len(), 3, "the runs did not cross");
        let body = bench.store().at(Side::Right, 101).body.clone();
        bench.store().edit(Side::Right, 102, |issue| issue.body = body);
        bench.store().remove(Side::Right, 101);
        bench.run().await;
        assert!(
            held(&bench).contains(&("right#102".to_owned(), "marker-copied")),
            "{:?}",
            held(&bench)
        );
        bench.repair().await;
        bench.settle("after the repair").await;
        nothing_twice(&bench, "after the repair");
        assert_eq!(held(&bench), [("left#1".to_owned(), "twin-deleted")]);
    });
}

/// Of two twins in a mirror one lost. Its whole body was pasted into the other one, which says since that it lost against
/// itself, in words of another issue: once that is taken out, the loser tells who stands for it.
#[test]
fn a_survivor_without_its_marker_is_known_by_the_one_that_lost() {
    on_still_time(async {
        let waits = vec![("right#102".to_owned(), "half-linked")];
        for (title, text, codes) in [("First", "Text.", vec![]), ("Renamed", "More.", waits)] {
            let bench = Bench::new(Setup::new(github(), gitlab()).mirror());
            bench.store().open(Side::Left, "First", "Text.");
            interleaved(&bench, &[1, 1]).await;
            bench.settle("one of two twins lost").await;
            assert_eq!(bench.store().sides.right.issues.len(), 2, "the runs did not cross");
            let body = bench.store().at(Side::Right, 102).body.clone();
            bench.store().edit(Side::Right, 101, |issue| {
                issue.body = body.replacen("Text.", text, 1);
                issue.title = title.into();
            });
            bench.settle("its body was pasted").await;
            assert!(held(&bench).contains(&("right#101".to_owned(), "marker-copied")));
            bench.repair().await;
            bench.run().await;
            bench.settle("after the repair").await;
            assert_eq!(bench.store().sides.right.issues.len(), 2, "made again");
            assert_eq!(held(&bench), codes);
            nothing_twice(&bench, "after the repair");
        }
    });
}
