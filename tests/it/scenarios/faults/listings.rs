//! Listings that lie or break off: nothing is ever created, closed, parted or deleted because something was not listed,
//! and the run says what it did not believe.

use lockstep::report::{Outcome, Report};

use super::story::{Mode, PAIRS, all, calm, name};
use crate::support::fake::{Fault, What, When};
use crate::support::player::{Lie, Of, Player, Vendor, draft};
use crate::support::reliability::{Sample, tell};
use crate::support::world::{World, held, told};

/// Seven linked issues in pages of three, with comments of both sides; then an edit, a comment and a new issue, on both
/// sides or on the left of a mirror. A moderator has taken the copy of a comment out.
async fn stage(pair: (Vendor, Vendor), mode: Mode) -> World {
    let rules = match mode {
        Mode::TwoWay => {
            "create: { left: { state: all }, right: { state: all } }\non_delete: close\n\
             fields: { comments: { deletions: mirror } }"
        }
        Mode::Mirror => {
            "mode: mirror\nbacklink: false\ncreate: { left: { state: all } }\non_delete: close\n\
             fields: { comments: { deletions: mirror } }"
        }
    };
    let w = World::new(pair, rules).await;
    w.left.page_cap(3);
    w.right.page_cap(3);
    for number in 1..=7 {
        let key = w.left.open(draft(&format!("Issue {number}")).body("text"));
        w.left.say(key, "bob", "one");
        w.left.say(key, "bob", "two");
    }
    w.left.say(4, "bob", "spam");
    w.settle().await;
    let there = all(&w.right).into_iter().find(|told| told.title == "Issue 4").unwrap();
    let spam = w.right.see(there.key).said.into_iter().find(|said| said.text == "spam");
    w.right.unsay(there.key, spam.unwrap().id);
    calm(&w).await;
    // Nothing of this is from the second in which a run looks.
    w.left.rest(60);
    w.right.rest(60);
    w.left.retitle(2, "Issue 2, retold");
    w.left.say(3, "bob", "three");
    w.left.retitle(4, "Issue 4, retold");
    w.left.open(draft("New left"));
    if mode == Mode::TwoWay {
        w.right.retitle(5, "Issue 5, retold");
        w.right.say(6, "dora", "four");
        w.right.open(draft("New right"));
    }
    w.left.rest(60);
    w.right.rest(60);
    w
}

/// Nobody's work is gone or there twice, whatever was believed.
fn is_sane(w: &World) {
    for player in [&w.left, &w.right] {
        let all = all(player);
        for (place, told) in all.iter().enumerate() {
            assert!(!told.closed, "{:?} closed {told:#?}", player.vendor);
            let twice = all.iter().skip(place + 1).find(|other| other.title == told.title);
            assert_eq!(twice, None, "{:?} has it twice", player.vendor);
            let mut said = told.said.clone();
            said.dedup();
            assert_eq!(said, told.said, "{:?} says it twice in {}", player.vendor, told.title);
            if told.key <= 7 {
                assert!(said.len() >= 2, "{:?} lost a comment: {told:#?}", player.vendor);
            }
            assert!(player.see(told.key).raw.matches("lockstep:1").count() <= 1);
        }
    }
}

/// What the run did not believe, if it said anything of the kind.
fn doubts(report: &Report) -> bool {
    let stopped = report.outcome == Outcome::Failed && !report.syncs[0].stopped.is_empty();
    stopped
        || held(report)
            .iter()
            .any(|code| ["listing-short", "twin-unlisted", "comments-unreadable"].contains(code))
}

fn services(w: &World) -> Vec<&Player> {
    vec![&w.left, &w.right]
}

async fn lied_to(pair: (Vendor, Vendor), mode: Mode) -> usize {
    let mut sample = Sample::one_in(7, &name(pair, mode));
    let w = stage(pair, mode).await;
    let saved = w.save();
    calm(&w).await;
    is_sane(&w);
    let end = (all(&w.left), all(&w.right));
    w.put_back(&saved);
    let mut cases = 0;
    let lies = [
        Lie::Empty,
        Lie::Short,
        Lie::PassedOver,
        Lie::Repeated,
        Lie::Stale,
        Lie::Uncounted,
    ];
    for (of, lie) in [Of::Issues, Of::Comments]
        .into_iter()
        .flat_map(|of| lies.map(|lie| (of, lie)))
    {
        for sides in [&[0][..], &[1], &[0, 1]].into_iter().filter(|_| sample.takes()) {
            println!("{of:?}: {lie:?}, sides {sides:?}");
            for side in sides {
                services(&w)[*side].lie(of, lie);
            }
            // Again and again, for as long as the lie lasts.
            for _ in 0..3 {
                let report = w.sync().await;
                is_sane(&w);
                // What both sides keep from us in one voice nobody can doubt, nor a new issue that no marker names.
                let missing = match lie {
                    Lie::Empty | Lie::PassedOver => sides.len() == 1,
                    Lie::Repeated => true,
                    Lie::Short | Lie::Stale | Lie::Uncounted => false,
                };
                assert!(
                    !missing || of == Of::Comments || doubts(&report),
                    "{:#?} {:#?}",
                    told(&report),
                    report.held
                );
            }
            w.left.heal();
            w.right.heal();
            calm(&w).await;
            assert_eq!((all(&w.left), all(&w.right)), end);
            w.put_back(&saved);
            cases += 1;
        }
    }
    cases
}

#[tokio::test]
async fn a_listing_that_leaves_something_out() {
    for pair in [PAIRS[0], PAIRS[1], PAIRS[2]] {
        for mode in [Mode::TwoWay, Mode::Mirror] {
            let cases = lied_to(pair, mode).await;
            tell(&format!("lying listing, {}", name(pair, mode)), cases);
        }
    }
}

async fn broken(pair: (Vendor, Vendor), mode: Mode) -> usize {
    let mut sample = Sample::one_in(7, &name(pair, mode));
    let w = stage(pair, mode).await;
    let ways = [
        What::status(500),
        What::status(502),
        What::status(503),
        What::status(404),
        What::status(410),
        What::status(403),
        What::html(200),
        What::TruncatedJson,
        What::Drop,
    ];
    let mut cases = 0;
    for (player, name) in [(&w.left, "left"), (&w.right, "right")] {
        for what in &ways {
            for page in (1..=3).filter(|_| sample.takes()) {
                println!("{name}, page {page}: {what:?}");
                w.clear_logs();
                let when = When::Request {
                    method: "GET",
                    path: "/issues",
                    nth: page,
                };
                player.fault(Fault::new(when, what.clone()).times(1_000));
                let report = w.sync().await;
                player.heal();
                assert_eq!(
                    (report.outcome, report.outcome.exit_code()),
                    (Outcome::Failed, 3),
                    "{report:#?}"
                );
                assert!(
                    report.syncs[0].stopped[0].contains(name),
                    "{:?}",
                    report.syncs[0].stopped
                );
                assert_eq!(w.writes(), Vec::<String>::new());
                cases += 1;
            }
        }
    }
    calm(&w).await;
    is_sane(&w);
    cases
}

#[tokio::test]
async fn a_listing_that_breaks_off_at_any_page() {
    for pair in [PAIRS[0], PAIRS[1]] {
        for mode in [Mode::TwoWay, Mode::Mirror] {
            let cases = broken(pair, mode).await;
            tell(&format!("broken listing, {}", name(pair, mode)), cases);
        }
    }
}

/// Somebody deletes an issue of the first page while the listing is read, so that others move up past the reader.
#[tokio::test]
async fn an_issue_that_moved_up_while_its_listing_was_read() {
    let mut cases = 0;
    for pair in [PAIRS[0], PAIRS[1], PAIRS[2]] {
        for mode in [Mode::TwoWay, Mode::Mirror] {
            for side in 0..2 {
                let w = stage(pair, mode).await;
                let when = |nth| When::Request {
                    method: "GET",
                    path: "/issues",
                    nth,
                };
                let player = services(&w)[side];
                match player.vendor {
                    Vendor::GitHub => player.github().meanwhile(when(2), |github| github.delete_issue(1)),
                    Vendor::GitLab => player.gitlab().meanwhile(when(2), |gitlab| gitlab.delete_issue(1)),
                    Vendor::Folder => panic!("folders have no pages"),
                }
                w.sync().await;
                calm(&w).await;
                let twin = services(&w)[1 - side];
                for (player, deleted) in [(player, true), (twin, false)] {
                    let all = all(player);
                    let open = all.iter().filter(|told| !told.closed).count();
                    let expected = if mode == Mode::TwoWay { 8 } else { 7 };
                    let closed = all.iter().find(|told| told.closed);
                    println!("{:?} {deleted} {open} {closed:#?}", player.vendor);
                    assert!(
                        closed.is_none_or(|told| !deleted && told.title == "Issue 1"),
                        "{closed:#?}"
                    );
                    assert!(open >= expected && open <= expected + 1, "{all:#?}");
                    let mut titles: Vec<&str> = all.iter().map(|told| told.title.as_str()).collect();
                    titles.sort_unstable();
                    titles.dedup();
                    assert_eq!(titles.len(), all.len(), "twice: {all:#?}");
                }
                cases += 1;
            }
        }
    }
    tell("moved while it was listed", cases);
}

/// Sixty linked issues, and one side says there are none: more than can be asked for one by one.
#[tokio::test]
async fn sixty_linked_issues_and_an_empty_listing() {
    let mut cases = 0;
    for pair in [PAIRS[0], PAIRS[1]] {
        for rules in ["", "mode: mirror\nbacklink: false\n"] {
            let w = World::new(
                pair,
                &format!("{rules}create: {{ left: {{ state: all }} }}\non_delete: close"),
            )
            .await;
            for number in 0..60 {
                w.left.open(draft(&format!("Issue {number}")));
            }
            w.settle().await;
            w.left.rest(60);
            w.right.rest(60);
            for player in services(&w) {
                player.lie(Of::Issues, Lie::Empty);
                for _ in 0..2 {
                    w.clear_logs();
                    let report = w.sync().await;
                    assert_eq!(w.writes(), Vec::<String>::new());
                    let mirrored = !rules.is_empty() && player.vendor == pair.0;
                    println!("{:?}", held(&report));
                    assert!(mirrored || doubts(&report), "{report:#?}");
                }
                player.heal();
                w.assert_settled().await;
                cases += 1;
            }
        }
    }
    tell("sixty linked issues and an empty listing", cases);
}

/// A comment that was listed nowhere when the twin was made or its issue looked at is copied once it is listed.
#[tokio::test]
async fn comments_that_were_kept_from_a_run_are_copied_by_a_later_one() {
    for pair in [PAIRS[0], PAIRS[1], PAIRS[2]] {
        for mode in ["two-way", "mirror"] {
            let w = World::new(pair, &format!("mode: {mode}\ncreate: {{ left: {{ state: all }} }}")).await;
            w.left.open(draft("Crash").body("text"));
            w.left.say(1, "bob", "one");
            w.rest(60);
            w.left.lie(Of::Comments, Lie::Empty);
            w.sync().await;
            // Whatever was written lies after every comment: nothing but the count tells.
            w.rest(3600);
            w.left.heal();
            w.settle().await;
            assert_eq!(w.right.see(1).texts(), ["one"], "kept from the run that made the twin");
            w.left.say(1, "bob", "two");
            w.rest(60);
            w.left.lie(Of::Comments, Lie::Empty);
            w.sync().await;
            w.left.heal();
            w.settle().await;
            assert_eq!(w.right.see(1).texts(), ["one", "two"], "kept from a later run");
        }
    }
}
