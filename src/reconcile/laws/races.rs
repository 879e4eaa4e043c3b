//! Races whose end the runs themselves could not see, each as it was found by a random history.

use super::bench::{Bench, interleaved, on_still_time};
use super::checks::{is_retired, nothing_twice};
use super::profiles::{folder, github, gitlab};
use super::setup::Setup;
use crate::config::{CreateRule, OnDelete};
use crate::model::{Body, IssueKey, Marker, Payload, PerSide, Side, Signer, Status};

/// A link with something to carry to the left, and a new issue on the right, number 102.
async fn busy() -> Bench {
    let mut setup = Setup::new(github(), gitlab());
    setup.sync.create = PerSide::new(Some(CreateRule::default()), Some(CreateRule::default()));
    let bench = Bench::new(setup);
    bench.store().open(Side::Left, "First", "Text.");
    bench.run().await;
    {
        let mut store = bench.store();
        store.open(Side::Right, "Second", "More text.");
        store.sides.right.labels.insert("type::bug".into());
        store.edit(Side::Right, 101, |issue| {
            issue.labels.insert("type::bug".into());
        });
        store.skipped += 30;
    }
    bench
}

/// The twin on the left that an issue on the right names.
fn named(bench: &Bench, right: u64) -> Option<String> {
    let body = Body::read(&bench.store().at(Side::Right, right).body);
    body.markers.iter().find_map(|marker| match &marker.payload {
        Payload::State(mark) => mark.ends.left.key.as_ref().map(|key| key.0.clone()),
        Payload::Pointer(_) | Payload::Comment(_) | Payload::Board(_) => None,
    })
}

/// One run makes the twin 2 and is slow to record it. The other makes 3, records that, and retires 2. Then the first
/// one's record arrives: 102 names a twin that was retired.
async fn crossed() -> Bench {
    let bench = busy().await;
    interleaved(&bench, &[1, 5]).await;
    assert_eq!(named(&bench, 102).as_deref(), Some("2"));
    assert!(is_retired(bench.store().at(Side::Left, 2)));
    assert!(!is_retired(bench.store().at(Side::Left, 3)));
    bench.store().skipped += 30;
    bench
}

async fn follows(bench: &Bench, twin: u64) {
    bench
        .store()
        .edit(Side::Right, 102, |issue| issue.title = "Renamed".into());
    bench.run().await;
    bench.settle("the race is over").await;
    nothing_twice(bench, "the race is over");
    assert_eq!(named(bench, 102), Some(twin.to_string()));
    let mut store = bench.store();
    assert_eq!(store.at(Side::Left, twin).title, "Renamed");
    assert!(super::store::is_open(store.at(Side::Left, twin)));
    assert_eq!(store.sides.left.issues.len(), 3);
}

#[test]
fn a_twin_that_was_retired_leads_to_the_one_that_stands_for_it() {
    on_still_time(async {
        let bench = crossed().await;
        follows(&bench, 3).await;
    });
}

#[test]
fn of_twins_that_retired_each_other_the_named_one_stands_again() {
    on_still_time(async {
        let bench = crossed().await;
        bench.store().edit(Side::Left, 3, |issue| {
            let body = Body::read(&issue.body);
            let marker = body.markers.into_iter().next().unwrap();
            let Payload::Pointer(mut mark) = marker.payload else {
                panic!("it is no pointer");
            };
            mark.survivor = Some(IssueKey("2".into()));
            let marker = Marker::new(marker.link, Payload::Pointer(mark));
            issue.body = Body::compose(&body.text, None, &[marker], &Signer::default());
            issue.status = Status::CLOSED;
        });
        follows(&bench, 2).await;
    });
}

/// The twin that stands is deleted while the origin still names the one that lost: that is a deleted twin like any other.
#[test]
fn the_deletion_of_the_twin_that_stands_is_noticed() {
    on_still_time(async {
        for (policy, parted, open) in [
            (OnDelete::Report, false, true),
            (OnDelete::Close, true, false),
            (OnDelete::Unlink, true, true),
        ] {
            let mut bench = crossed().await;
            bench.setup.sync.on_delete = policy;
            bench.store().remove(Side::Left, 3);
            let reported = bench.plan().plan.held.iter().any(|held| held.code == "twin-deleted");
            assert_eq!(reported, policy == OnDelete::Report);
            bench.settle("the survivor is gone").await;
            nothing_twice(&bench, "the survivor is gone");
            let store = bench.store();
            let origin = &store.sides.right.issues[&102];
            assert_eq!((is_retired(origin), super::store::is_open(origin)), (parted, open));
            assert_eq!(store.sides.left.issues.len(), 2, "it was made anew");
        }
    });
}

/// Two runs made a twin each, and somebody deleted the one that the origin names before a run could retire the other.
async fn with_one_left() -> Bench {
    let mut setup = Setup::new(github(), gitlab());
    setup.sync.create.left = Some(CreateRule::default());
    let bench = Bench::new(setup);
    bench.store().open(Side::Left, "First", "Text.");
    interleaved(&bench, &[1, 2]).await;
    assert_eq!(bench.store().sides.right.issues.len(), 2, "the runs did not cross");
    bench.store().skipped += 30;
    bench.store().remove(Side::Right, 101);
    bench
}

#[test]
fn of_two_twins_the_one_that_people_leave_takes_the_place_of_the_deleted_one() {
    on_still_time(async {
        for policy in [OnDelete::Report, OnDelete::Close, OnDelete::Unlink] {
            let mut bench = with_one_left().await;
            bench.setup.sync.on_delete = policy;
            bench
                .store()
                .edit(Side::Left, 1, |issue| issue.title = "Renamed".into());
            bench.settle("one is left").await;
            nothing_twice(&bench, "one is left");
            assert_eq!(named(&bench, 102).as_deref(), Some("1"));
            let mut store = bench.store();
            assert_eq!(store.at(Side::Right, 102).title, "Renamed");
            assert!(super::store::is_open(store.at(Side::Right, 102)));
            assert!(super::store::is_open(store.at(Side::Left, 1)));
            assert!(!is_retired(store.at(Side::Left, 1)));
            assert_eq!(store.sides.right.issues.len(), 1);
        }
    });
}

/// A twin that cannot be seen may come back: nothing takes its place, and the other one is told of.
#[test]
fn a_second_twin_takes_no_place_of_a_hidden_one() {
    on_still_time(async {
        for (author, codes) in [
            ("bot", vec!["half-linked", "twin-hidden"]),
            ("mallory", vec!["marker-copied", "twin-hidden"]),
        ] {
            let bench = with_one_left().await;
            bench.store().sides.right.hides = true;
            bench.store().at(Side::Right, 102).author = author;
            let plan = bench.plan().plan;
            assert_eq!(plan.steps().count(), 0);
            let held: Vec<_> = plan.held.iter().map(|held| held.code).collect();
            assert_eq!(held, codes);
        }
    });
}

#[test]
fn a_stranger_does_not_say_whose_absence_parts_a_link() {
    on_still_time(async {
        let mut bench = crossed().await;
        bench.setup.sync.on_delete = OnDelete::Close;
        bench.store().remove(Side::Left, 3);
        bench.store().at(Side::Left, 2).author = "mallory";
        let plan = bench.plan().plan;
        assert_eq!(plan.steps().count(), 0);
        let codes: Vec<_> = plan.held.iter().map(|held| held.code).collect();
        assert_eq!(codes, ["half-linked"]);
    });
}

/// Two runs made the twin at once, and both carried the comment to the one that stands; then the original was deleted.
#[test]
fn a_repair_takes_the_second_copy_out_of_a_twin_that_stands_alone() {
    on_still_time(async {
        let bench = Bench::new(Setup::new(github(), gitlab()));
        let number = bench.store().open(Side::Left, "First", "Text.");
        bench.store().say(Side::Left, number, "Said.");
        interleaved(&bench, &[2, 2]).await;
        bench.store().remove(Side::Left, number);
        bench.run().await;
        let copies = |bench: &Bench| {
            let store = bench.store();
            let said = store.sides.right.issues[&101].comments.values();
            said.filter(|said| Body::read(&said.body).text == "Said.").count()
        };
        let marker = bench.store().at(Side::Right, 101).body.clone();
        assert_eq!(copies(&bench), 2, "the runs did not cross\n{}", bench.show());
        bench.repair().await;
        assert_eq!(copies(&bench), 1);
        assert_eq!(bench.store().at(Side::Right, 101).body, marker);
        nothing_twice(&bench, "after the repair");
        assert!(bench.plan().plan.held.iter().any(|held| held.code == "twin-deleted"));
    });
}

/// Both sides were weighed. While one run takes the left weight to the right, the other one sees the right one newer,
/// for the comments that arrived there, and takes its weight to the left. Whoever writes the marker last must not take
/// what the other one wrote for agreed.
#[test]
fn runs_that_decide_differently_agree_in_the_end() {
    on_still_time(async {
        let mut crossed = 0;
        for first in 1..=4 {
            for second in 1..=4 {
                crossed += usize::from(decided_differently(&[first, second]).await);
            }
        }
        assert!(crossed > 0, "no two runs crossed");
    });
}

/// Whether two runs, paused at these writes, left weights that differ; the next run makes them agree in any case.
async fn decided_differently(pauses: &[usize; 2]) -> bool {
    let bench = Bench::new(Setup::new(gitlab(), folder()));
    let number = bench.store().open(Side::Left, "First", "Text.");
    bench.store().say(Side::Left, number, "Said.");
    bench.run().await;
    {
        let mut store = bench.store();
        store.skipped += 30;
        store.edit(Side::Right, 101, |issue| issue.planning.weight = Some(2));
        store.skipped += 30;
        store.say(Side::Left, number, "Said again.");
        store.edit(Side::Left, number, |issue| issue.planning.weight = Some(1));
        store.say(Side::Left, number, "Said once more.");
        store.skipped += 30;
    }
    interleaved(&bench, pauses).await;
    let weights = |bench: &Bench| {
        let weight = |side, number| bench.store().at(side, number).planning.weight;
        [weight(Side::Left, number), weight(Side::Right, 101)]
    };
    let [left, right] = weights(&bench);
    let crossed = left != right;
    bench.store().skipped += 600;
    bench.run().await;
    bench.assert_settled("after the race");
    let [left, right] = weights(&bench);
    assert_eq!(left, right, "paused at {pauses:?}");
    crossed
}

#[test]
fn a_stranger_does_not_inherit_a_link() {
    on_still_time(async {
        let bench = crossed().await;
        bench.store().at(Side::Left, 3).author = "mallory";
        let plan = bench.plan().plan;
        assert!(
            plan.links
                .iter()
                .all(|link| link.keys.right != Some(IssueKey("102".into())))
        );
        assert!(
            plan.held.iter().any(|held| held.code == "half-linked"),
            "{:?}",
            plan.held
        );
    });
}

/// Two runs made a twin each, and nothing on the left of a mirror says which is the one. One of them is moved to another
/// project and leaves a shell: the other one is the copy.
#[test]
fn of_two_twins_in_a_mirror_the_one_that_was_not_moved_away_stands() {
    on_still_time(async {
        let bench = Bench::new(Setup::new(github(), gitlab()).mirror());
        let number = bench.store().open(Side::Left, "First", "Text.");
        interleaved(&bench, &[1, 1]).await;
        assert_eq!(bench.store().sides.right.issues.len(), 2, "the runs did not cross");
        {
            let mut store = bench.store();
            store.skipped += 30;
            store.leave_shell(Side::Right, 101);
            store.edit(Side::Left, number, |issue| issue.title = "Renamed".into());
        }
        bench.settle("one was moved away").await;
        assert_eq!(bench.store().at(Side::Right, 102).title, "Renamed");
        assert_eq!(bench.store().sides.right.issues.len(), 2);
    });
}

/// One run's note of the time it is about to add is so long on its way that another run notes the same, looks whether
/// that stands, and begins to add before the first note arrives.
#[test]
fn time_is_added_once_though_a_note_comes_late() {
    on_still_time(async {
        for mirror in [false, true] {
            let setup = Setup::new(gitlab(), folder());
            let bench = Bench::new(if mirror { setup.mirror() } else { setup });
            let number = bench.store().open(Side::Left, "First", "Text.");
            bench.settle("the twin").await;
            {
                let mut store = bench.store();
                store.skipped += 30;
                store.edit(Side::Left, number, |issue| issue.planning.spent = 60);
            }
            interleaved(&bench, &[1, 2]).await;
            bench.store().skipped += 600;
            bench.run().await;
            bench.assert_settled("both runs are over");
            let spent = |side, number| bench.store().at(side, number).planning.spent;
            assert_eq!([spent(Side::Left, number), spent(Side::Right, 101)], [60, 60]);
        }
    });
}

/// Two runs kept the title they were about to replace, and then the origin was deleted.
#[test]
fn a_repair_takes_out_what_was_kept_twice_in_a_twin_that_stands_alone() {
    on_still_time(async {
        let bench = Bench::new(Setup::new(github(), gitlab()).mirror());
        let number = bench.store().open(Side::Left, "First", "Text.");
        bench.settle("the twin").await;
        {
            let mut store = bench.store();
            store.skipped += 30;
            store.edit(Side::Right, 101, |issue| issue.title = "Renamed there".into());
        }
        interleaved(&bench, &[1, 2]).await;
        bench.store().remove(Side::Left, number);
        let kept = |bench: &Bench| bench.store().sides.right.issues[&101].comments.len();
        assert_eq!(kept(&bench), 2, "the runs did not cross\n{}", bench.show());
        bench.store().skipped += 600;
        bench.repair().await;
        assert_eq!(kept(&bench), 1);
        nothing_twice(&bench, "after the repair");
    });
}
