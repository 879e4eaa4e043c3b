//! Links that end: issues deleted, numbers given again, bodies copied, twins of a race, links left half made.

use super::bench::{Bench, on_still_time};
use super::checks::{nothing_twice, view};
use super::edits::{linked, pair};
use super::profiles::{folder, github, gitlab};
use super::setup::Setup;
use super::store::{is_open, key};
use crate::config::OnDelete;
use crate::model::{Body, PerSide, Side, Signer};
use crate::reconcile::Errand;

fn codes(bench: &Bench) -> Vec<&'static str> {
    bench.plan().plan.held.iter().map(|held| held.code).collect()
}

async fn widowed(on_delete: OnDelete, side: Side, mirror: bool) -> Bench {
    let mut setup = Setup::new(github(), gitlab());
    if mirror {
        setup = setup.mirror();
    }
    setup.sync.on_delete = on_delete;
    let bench = linked(setup).await;
    let number = *pair(&bench.store()).get(side);
    bench.store().remove(side, number);
    bench
}

#[test]
fn a_deleted_twin_is_reported_closed_or_parted_and_never_made_again() {
    on_still_time(async {
        for side in Side::BOTH {
            for mirror in [false, true] {
                for policy in [OnDelete::Report, OnDelete::Close, OnDelete::Unlink] {
                    let what = format!("{policy:?} after deletion on {side:?}, mirror: {mirror}");
                    let bench = widowed(policy, side, mirror).await;
                    bench.settle(&what).await;
                    bench.settle(&what).await;
                    let store = bench.store();
                    if mirror && side == Side::Right {
                        // Nothing on the left may say that there ever was a twin.
                        assert_eq!(store.sides.right.issues.len(), 1, "{what}");
                        continue;
                    }
                    assert!(store.sides.get(side).issues.is_empty(), "{what}: made again");
                    let rest = store.sides.get(side.other()).issues.values().next().unwrap();
                    assert_eq!(is_open(rest), policy != OnDelete::Close, "{what}");
                }
            }
        }
    });
}

/// A parted issue that a person works on goes on its own way.
#[test]
fn a_parted_issue_is_left_alone() {
    on_still_time(async {
        for side in Side::BOTH {
            let bench = widowed(OnDelete::Unlink, side, false).await;
            bench.settle("parting").await;
            let number = *bench.store().sides.get(side.other()).issues.keys().next().unwrap();
            bench.store().say(side.other(), number, "Still here.");
            bench
                .store()
                .edit(side.other(), number, |issue| issue.title = "Alone".into());
            let ran = bench.run().await;
            assert!(ran.plan.is_settled(), "{side:?} {:?}", ran.plan);
        }
    });
}

/// Folders give the number of the highest issue again once it is deleted: a marker that names it must not be taken to
/// mean the newcomer.
#[test]
fn a_number_given_again_is_not_the_old_issue() {
    on_still_time(async {
        for side in Side::BOTH {
            for policy in [OnDelete::Report, OnDelete::Close, OnDelete::Unlink] {
                let what = format!("{policy:?} {side:?}");
                let mut setup = Setup::new(folder(), folder());
                setup.sync.on_delete = policy;
                let bench = linked(setup).await;
                let old: PerSide<u64> = pair(&bench.store());
                let secret = "Nobody on the other side may read this.";
                {
                    let mut store = bench.store();
                    store.remove(side, *old.get(side));
                    store.give_next(side, *old.get(side));
                    let new = store.open(side, "Another story", secret);
                    assert_eq!(new, *old.get(side), "{what}");
                }
                bench.run().await;
                bench.assert_settled(&what);
                let store = bench.store();
                let other = &store.sides.get(side.other()).issues[old.get(side.other())];
                assert!(!Body::read(&other.body).text.contains(secret), "{what}");
                assert_eq!(other.title, "It fails", "{what}");
                let new = &store.sides.get(side).issues[old.get(side)];
                assert_eq!(new.title, "Another story", "{what}");
            }
        }
    });
}

#[test]
fn a_body_copied_with_its_marker_makes_no_link() {
    on_still_time(async {
        for side in Side::BOTH {
            let bench = linked(Setup::new(github(), gitlab())).await;
            let before = view(&bench);
            {
                let mut store = bench.store();
                let number = *pair(&store).get(side);
                let body = store.at(side, number).body.clone();
                store.open(side, "A copy", &body);
            }
            bench.run().await;
            bench.assert_settled("a copied body");
            nothing_twice_but_copies(&bench, side);
            let after = view(&bench);
            assert_eq!(after.len(), before.len() + 1);
            assert!(codes(&bench).contains(&"marker-copied"));
        }
    });
}

fn nothing_twice_but_copies(bench: &Bench, side: Side) {
    assert_eq!(bench.store().sides.get(side.other()).issues.len(), 1);
}

/// A marker lost to an edit comes back, and nothing is made twice.
#[test]
fn lost_markers_come_back() {
    on_still_time(async {
        for side in Side::BOTH {
            let bench = linked(Setup::new(github(), gitlab())).await;
            let number = *pair(&bench.store()).get(side);
            bench
                .store()
                .edit(side, number, |issue| issue.body = "It fails.\n\nBadly.".into());
            bench.run().await;
            bench.assert_settled("a lost marker");
            nothing_twice(&bench, "a lost marker");
            assert_eq!(view(&bench).len(), 2);
        }
    });
}

/// Nothing on the left of a mirror says that there is a twin; below the twin stands our footer, which says whose it is.
#[test]
fn a_lost_marker_comes_back_in_a_mirror() {
    on_still_time(async {
        for signed in [false, true] {
            let mut setup = Setup::new(github(), gitlab()).mirror();
            if signed {
                setup.signer = Signer::new(b"a key");
            }
            let bench = linked(setup).await;
            let numbers = pair(&bench.store());
            let whole = bench.store().at(Side::Right, numbers.right).body.clone();
            {
                let mut store = bench.store();
                let at = whole.find("<!-- lockstep:").unwrap();
                store.edit(Side::Right, numbers.right, |issue| {
                    issue.body = whole.split_at(at).0.to_owned();
                    issue.title = "Renamed there".into();
                });
                store.edit(Side::Left, numbers.left, |issue| issue.title = "Renamed".into());
            }
            assert_eq!(codes(&bench), ["base-lost"]);
            bench.settle("a lost marker").await;
            assert_eq!(bench.store().sides.right.issues.len(), 1, "made again");
            if signed {
                assert_eq!(codes(&bench), ["base-lost"], "a footer is not signed");
                let mut joining = bench.clone();
                joining.setup.errand = Errand::Link(numbers.map(|_, number| key(number)), Side::Left);
                joining.run().await;
                bench.settle("joined by hand").await;
            }
            assert!(codes(&bench).is_empty());
            nothing_twice(&bench, "a lost marker");
            assert_eq!(bench.store().at(Side::Right, numbers.right).title, "Renamed");
            let body = Body::read(&bench.store().at(Side::Right, numbers.right).body);
            assert_eq!((body.text.trim(), body.markers.len()), ("It fails.\n\nBadly.", 1));
        }
    });
}

/// Only an issue that our own account opened is taken back by its footer.
#[test]
fn a_strangers_issue_with_our_footer_is_no_twin() {
    on_still_time(async {
        let bench = linked(Setup::new(github(), gitlab()).mirror()).await;
        let number = pair(&bench.store()).right;
        let pasted = {
            let mut store = bench.store();
            let whole = store.at(Side::Right, number).body.clone();
            let at = whole.find("<!-- lockstep:").unwrap();
            let pasted = whole.split_at(at).0.to_owned();
            store.remove(Side::Right, number);
            pasted
        };
        let stranger = bench.store().open(Side::Right, "It fails", &pasted);
        bench.settle("a stranger's footer").await;
        assert_eq!(bench.store().at(Side::Right, stranger).body, pasted);
        assert_eq!(bench.store().sides.right.issues.len(), 2, "the twin was made anew");
    });
}

/// While the marker of a mirror's twin cannot be read, its origin gets no other one; once the marker is taken out, the
/// footer tells whose twin it is.
#[test]
fn a_damaged_marker_makes_no_second_twin_in_a_mirror() {
    on_still_time(async {
        let bench = linked(Setup::new(github(), gitlab()).mirror()).await;
        let number = pair(&bench.store()).right;
        {
            let mut store = bench.store();
            let whole = store.at(Side::Right, number).body.clone();
            let at = whole.find("<!-- lockstep:").unwrap();
            store.edit(Side::Right, number, |issue| {
                issue.body = whole.chars().take(at + 40).collect();
            });
        }
        bench.settle("a damaged marker").await;
        assert_eq!(codes(&bench), ["marker-unreadable"]);
        assert_eq!(bench.store().sides.right.issues.len(), 1, "made again");
        let text = Body::read(&bench.store().at(Side::Right, number).body).text;
        bench.store().edit(Side::Right, number, |issue| issue.body = text);
        bench.settle("it was taken out").await;
        assert_eq!(bench.store().sides.right.issues.len(), 1, "made again");
        assert!(codes(&bench).is_empty());
        nothing_twice(&bench, "it was taken out");
    });
}

/// A number that was given again is not the issue that the footer of a lost twin means.
#[test]
fn a_footer_does_not_mean_a_newcomer() {
    on_still_time(async {
        let bench = linked(Setup::new(folder(), folder()).mirror()).await;
        let numbers = pair(&bench.store());
        let text = {
            let mut store = bench.store();
            let whole = store.at(Side::Right, numbers.right).body.clone();
            let at = whole.find("<!-- lockstep:").unwrap();
            let text = whole.split_at(at).0.to_owned();
            store.edit(Side::Right, numbers.right, |issue| issue.body.clone_from(&text));
            store.remove(Side::Left, numbers.left);
            store.skipped += 7200;
            store.give_next(Side::Left, numbers.left);
            assert_eq!(
                store.open(Side::Left, "Another story", "Once upon a time."),
                numbers.left
            );
            text
        };
        bench.settle("a newcomer").await;
        assert_eq!(bench.store().at(Side::Right, numbers.right).body, text);
        assert_eq!(
            bench.store().sides.right.issues.len(),
            2,
            "the newcomer has a twin of its own"
        );
    });
}

/// A body was pasted into another twin, and both lost their marker: the title tells which of them the footer means.
#[test]
fn of_two_twins_with_one_footer_the_one_with_the_title_is_taken_back() {
    on_still_time(async {
        let bench = Bench::new(Setup::new(github(), gitlab()).mirror());
        bench.store().open(Side::Left, "First", "Text.");
        bench.store().open(Side::Left, "Second", "More text.");
        bench.settle("two twins").await;
        {
            let mut store = bench.store();
            let whole = store.at(Side::Right, 102).body.clone();
            let at = whole.find("<!-- lockstep:").unwrap();
            for twin in [101, 102] {
                store.edit(Side::Right, twin, |issue| issue.body = whole.split_at(at).0.to_owned());
            }
        }
        bench.settle("pasted").await;
        let titles: Vec<String> = {
            let store = bench.store();
            store
                .sides
                .right
                .issues
                .values()
                .map(|twin| twin.title.clone())
                .collect()
        };
        assert_eq!(titles, ["First", "Second", "First"]);
        assert_eq!(Body::read(&bench.store().at(Side::Right, 102).body).text, "More text.");
    });
}

/// Two runs copied a comment at once; before a third one people took the marker out of the twin, and deleted its origin.
#[test]
fn a_comment_copied_twice_below_a_lost_twin_without_origin_is_taken_out_by_a_repair() {
    on_still_time(async {
        let bench = linked(Setup::new(github(), gitlab()).mirror()).await;
        let numbers = pair(&bench.store());
        {
            let mut store = bench.store();
            let copies = store.at(Side::Right, numbers.right).comments.values();
            let copy = copies
                .map(|said| said.body.clone())
                .find(|body| body.contains("Me too."));
            store.speak(Side::Right, numbers.right, &copy.unwrap(), "bot").unwrap();
            let whole = store.at(Side::Right, numbers.right).body.clone();
            let at = whole.find("<!-- lockstep:").unwrap();
            store.edit(Side::Right, numbers.right, |issue| {
                issue.body = whole.split_at(at).0.to_owned();
            });
            store.remove(Side::Left, numbers.left);
        }
        bench.settle("nobody tells whose twin it is").await;
        bench.repair().await;
        nothing_twice(&bench, "repaired");
        let said = bench.store().at(Side::Right, numbers.right).comments.len();
        assert_eq!(said, 1, "{}", bench.show());
        assert!(bench.repair().await.plan.is_settled());
    });
}
