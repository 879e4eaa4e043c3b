//! `link`, `unlink`, `adopt` and `repair`: what people ask for beside a sync. Dry first, and settled afterwards.

use lockstep::model::{IssueKey, IssueRef, TrackerId};
use lockstep::report::{Outcome, Report};
use lockstep::run::{Request, Task};

use super::{BOTH_WAYS, linked};
use crate::support::player::{Player, Vendor, draft};
use crate::support::world::{World, held, told};

fn at(side: &str, key: u64) -> IssueRef {
    IssueRef {
        tracker: TrackerId(side.to_owned()),
        key: IssueKey(key.to_string()),
    }
}

fn link(left: u64, right: u64) -> Task {
    Task::Link(at("left", left), at("right", right))
}

/// Planned, and nothing is written.
async fn dry(w: &World, task: &Task) -> Report {
    w.clear_logs();
    let before = (w.left.all(), w.right.all());
    let report = w
        .run(Request {
            task: task.clone(),
            ..Request::default()
        })
        .await;
    assert_eq!(w.writes(), Vec::<String>::new(), "a dry run wrote");
    assert_eq!((w.left.all(), w.right.all()), before);
    report
}

async fn apply(w: &World, task: &Task) -> Report {
    w.run(Request {
        task: task.clone(),
        apply: true,
        ..Request::default()
    })
    .await
}

/// Planned, then done as planned, then nothing is left of it to do. The operations, in order.
async fn done(w: &World, task: &Task) -> Vec<&'static str> {
    let plan = dry(w, task).await;
    assert_eq!(plan.outcome, Outcome::Pending, "{plan:#?}");
    let report = apply(w, task).await;
    assert_eq!(
        report.outcome,
        Outcome::Changed,
        "{:#?} {:#?}",
        told(&report),
        report.syncs
    );
    let ops = |report: &Report| report.steps.iter().map(|step| step.op).collect::<Vec<_>>();
    assert_eq!(ops(&plan), ops(&report), "what was planned is what was done");
    let again = dry(w, task).await;
    assert_eq!(
        told(&again),
        Vec::<String>::new(),
        "{:#?} {:#?} {:#?}",
        again.held,
        w.left.all(),
        w.right.all()
    );
    ops(&report)
}

/// Refused: nothing is planned, it is said why and what to do, and scripts notice.
async fn refused(w: &World, task: &Task, why: &str) {
    let report = apply(w, task).await;
    assert!(report.steps.is_empty(), "{:#?}", told(&report));
    assert_eq!(report.outcome.exit_code(), 1, "{report:#?}");
    let said: Vec<String> = report
        .held
        .iter()
        .map(|held| format!("{}: {}", held.code, held.message))
        .collect();
    assert!(
        said.iter()
            .any(|line| line.starts_with("refused: ") && line.contains(why)),
        "{said:?}"
    );
    assert!(report.held.iter().all(|held| !held.hint.is_empty()));
}

fn take_marker_out(player: &Player, key: u64) {
    let raw = player.see(key).raw;
    let lines: Vec<&str> = raw.lines().filter(|line| !line.starts_with("<!-- lockstep:")).collect();
    player.store(key, &lines.join("\n"));
}

#[tokio::test]
async fn two_issues_are_linked_by_request() {
    for pair in World::PAIRS {
        let w = World::new(pair, "conflicts: prefer left").await;
        w.left.open(draft("Other"));
        w.left.open(draft("Crash").body("left text").labels(["l"]));
        w.left.say(2, "bob", "hello");
        w.right.open(draft("It crashes").body("right text").labels(["r"]));
        w.right.say(1, "dora", "hello to you");
        let ops = done(&w, &link(2, 1)).await;
        assert!(ops.contains(&"link"), "{ops:?}");
        w.assert_settled().await;
        let (left, right) = (w.left.see(2), w.right.see(1));
        assert_eq!((left.title.as_str(), right.title.as_str()), ("Crash", "Crash"));
        assert_eq!((left.text.as_str(), right.text.as_str()), ("left text", "left text"));
        assert_eq!((left.labels(), right.labels()), (vec!["l", "r"], vec!["l", "r"]));
        for lost in ["It crashes", "right text", "hello", "hello to you"] {
            assert!(right.texts().contains(&lost), "{lost} is there: {:?}", right.texts());
        }
        assert_eq!((w.left.keys(), w.right.keys()), (vec![1, 2], vec![1]));
        w.right.retitle(1, "Crash at start");
        w.settle().await;
        assert_eq!(w.left.see(2).title, "Crash at start", "and they are linked indeed");
    }
}

#[tokio::test]
async fn equal_issues_are_linked_by_their_markers_alone() {
    for pair in World::PAIRS {
        let w = World::new(pair, "").await;
        for player in [&w.left, &w.right] {
            player.open(draft("Crash").body("same").labels(["bug"]));
        }
        let task = Task::Link(at("right", 1), at("left", 1));
        assert_eq!(done(&w, &task).await, ["link", "link"]);
        w.assert_settled().await;
        for player in [&w.left, &w.right] {
            let seen = player.only();
            assert_eq!((seen.said.len(), seen.marker_lines().len()), (0, 1));
        }
        let again = apply(&w, &task).await;
        assert_eq!(again.outcome, Outcome::Settled, "{again:#?}");
    }
}

#[tokio::test]
async fn what_cannot_be_linked_is_refused() {
    for pair in World::PAIRS {
        let w = linked(pair, "", draft("Crash")).await;
        let other = w.right.open(draft("Other"));
        refused(&w, &link(1, other), "is linked to right#1").await;
        refused(&w, &link(9, other), "").await;
        w.left.open(draft("Torn"));
        w.left.store(2, "text\n\n<!-- lockstep:1 pointer torn");
        refused(&w, &link(2, other), "keep it from being linked").await;
        assert!(w.right.see(other).marker_lines().is_empty());
    }
}

#[tokio::test]
async fn a_link_is_parted_by_request_and_stays_parted() {
    for pair in World::PAIRS {
        for way in ["left", "right"] {
            let w = linked(
                pair,
                "backlink: true\nconflicts: prefer left",
                draft("Crash").body("text"),
            )
            .await;
            w.left.say(1, "bob", "one");
            w.settle().await;
            assert_eq!(done(&w, &Task::Unlink(at(way, 1))).await, ["unlink", "unlink"]);
            w.assert_settled().await;
            let (left, right) = (w.left.only(), w.right.only());
            assert!(!left.closed && !right.closed);
            assert_eq!((left.text.as_str(), right.text.as_str()), ("text", "text"));
            assert!(!right.raw.contains("<sub>"), "it says nothing of a link: {}", right.raw);
            w.left.retitle(1, "A life of its own");
            w.assert_settled().await;
            assert_eq!(w.right.only().title, "Crash");

            // And it can be taken back: copies of comments are known for what they are.
            done(&w, &link(1, 1)).await;
            w.assert_settled().await;
            assert_eq!((w.left.only().texts(), w.right.only().texts()[0]), (vec!["one"], "one"));
            assert_eq!(w.right.only().said.iter().filter(|said| said.text == "one").count(), 1);
        }
    }
}

#[tokio::test]
async fn an_unlinked_issue_cannot_be_parted() {
    for pair in World::PAIRS {
        let w = World::new(pair, "").await;
        w.left.open(draft("Crash"));
        refused(&w, &Task::Unlink(at("left", 1)), "not linked").await;
        refused(&w, &Task::Unlink(at("right", 4)), "").await;
    }
}

#[tokio::test]
async fn in_a_mirror_the_left_side_is_never_written_and_a_parted_issue_gets_no_other_twin() {
    for pair in World::PAIRS {
        let w = World::new(pair, "mode: mirror\ncreate: { left: { state: all } }").await;
        w.left.open(draft("Crash").body("text"));
        w.settle().await;
        w.clear_logs();
        let before = w.left.see(1);
        assert_eq!(done(&w, &Task::Unlink(at("left", 1))).await, ["unlink"]);
        w.assert_settled().await;
        assert_eq!((w.left.see(1), w.right.keys()), (before.clone(), vec![1]));
        done(&w, &link(1, 1)).await;
        w.left.retitle(1, "Crash at start");
        w.settle().await;
        assert_eq!(w.right.only().title, "Crash at start");
        assert_eq!(w.left.writes(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn in_a_mirror_a_link_to_somebody_elses_issue_needs_a_key() {
    for pair in World::PAIRS {
        let mut w = World::new(pair, "mode: mirror").await;
        w.left.open(draft("Crash"));
        w.right.open(draft("Crash"));
        refused(&w, &link(1, 1), "own account").await;
        w.top = "signing_key: ${SIGNING_KEY}".to_owned();
        w.env
            .push(("SIGNING_KEY".to_owned(), "a key of some length".to_owned()));
        done(&w, &link(1, 1)).await;
        w.assert_settled().await;
        w.left.retitle(1, "Crash at start");
        w.settle().await;
        assert_eq!(w.right.only().title, "Crash at start");
    }
}

#[tokio::test]
async fn issues_of_equal_title_are_adopted_and_none_is_created() {
    for pair in World::PAIRS {
        for rules in ["", BOTH_WAYS] {
            let w = World::new(pair, rules).await;
            for player in [&w.left, &w.right] {
                player.open(draft("Crash").body("same"));
                player.open(draft("Twice"));
            }
            w.left.open(draft("Only left"));
            w.right.open(draft("Twice"));
            let ops = done(&w, &Task::Adopt).await;
            assert_eq!(ops, ["adopt", "adopt"]);
            let report = dry(&w, &Task::Adopt).await;
            assert!(held(&report).contains(&"match-ambiguous"), "{report:#?}");
            assert_eq!((w.left.keys().len(), w.right.keys().len()), (3, 3));
            w.left.retitle(1, "Crash at start");
            w.sync().await;
            assert_eq!(w.right.see(1).title, "Crash at start");
        }
    }
}

#[tokio::test]
async fn what_the_file_does_not_choose_is_not_adopted() {
    for pair in World::PAIRS {
        let w = World::new(pair, "create: { left: { labels: [publish] } }").await;
        for player in [&w.left, &w.right] {
            player.open(draft("Inside"));
        }
        w.left.open(draft("Outside").labels(["publish"]));
        w.right.open(draft("Outside"));
        done(&w, &Task::Adopt).await;
        w.assert_settled().await;
        let marked = |player: &Player, key| player.see(key).marker_lines().len();
        assert_eq!([marked(&w.left, 1), marked(&w.right, 1)], [0, 0]);
        assert_eq!([marked(&w.left, 2), marked(&w.right, 2)], [1, 1]);
    }
}

/// Every marker that can be lost is written again, and what is whole is left as it is.
#[tokio::test]
async fn lost_markers_are_mended_and_nothing_else_is_done() {
    for pair in World::PAIRS {
        for which in 0..2 {
            let w = linked(pair, "", draft("Crash").body("text").labels(["bug"])).await;
            w.left.open(draft("Whole"));
            w.settle().await;
            w.left.say(1, "bob", "one");
            w.settle().await;
            let loser = [&w.left, &w.right][which];
            take_marker_out(loser, 1);
            w.left.retitle(2, "Not the business of a repair");
            w.left.open(draft("Nor this"));
            let ops = done(&w, &Task::Repair).await;
            assert!(ops.contains(&"repair-marker") && !ops.contains(&"comment"), "{ops:?}");
            assert_eq!(loser.see(1).marker_lines().len(), 1);
            assert_eq!((w.right.see(2).title.as_str(), w.right.keys()), ("Whole", vec![1, 2]));
            w.settle().await;
            assert_eq!(w.right.see(2).title, "Not the business of a repair");
            assert_eq!(
                (w.left.see(1).texts(), w.right.see(1).texts()),
                (vec!["one"], vec!["one"])
            );
        }
    }
}

#[tokio::test]
async fn a_whole_world_needs_no_repair() {
    for pair in World::PAIRS {
        let w = linked(pair, "", draft("Crash").body("text")).await;
        w.left.say(1, "bob", "one");
        w.settle().await;
        let report = dry(&w, &Task::Repair).await;
        assert_eq!(
            (report.outcome, report.totals.links),
            (Outcome::Settled, 1),
            "{report:#?}"
        );
    }
}

/// A twin made twice: what two runs at once leave behind, the first write of the second one included.
#[tokio::test]
async fn duplicate_twins_are_closed_in_favour_of_the_one_the_pointer_names() {
    for pair in [World::PAIRS[0], World::PAIRS[1], World::PAIRS[4]] {
        let mut w = linked(pair, "", draft("Crash").body("text")).await;
        w.now = jiff::Timestamp::now();
        let pointer = w.left.see(1).raw;
        // The pointer gone and the twin's marker held back, a second run makes another twin.
        let state = w.right.see(1).raw;
        take_marker_out(&w.left, 1);
        take_marker_out(&w.right, 1);
        w.synced().await;
        assert_eq!(w.right.keys(), [1, 2]);
        w.right.store(1, &state);
        w.left.store(1, &pointer);
        let ops = done(&w, &Task::Repair).await;
        assert_eq!(ops, ["comment", "repair-duplicate"], "{pair:?}");
        w.assert_settled().await;
        let (first, second) = (w.right.see(1), w.right.see(2));
        assert!(!first.closed && second.closed, "{pair:?}");
        assert!(
            second.said[0].raw.contains(r"right\#1"),
            "a note names the survivor: {}",
            second.said[0].raw
        );
    }
}

#[tokio::test]
async fn orphans_follow_on_delete() {
    for pair in World::PAIRS {
        for (rule, closes) in [("report", false), ("close", true), ("unlink", false)] {
            let w = linked(pair, &format!("on_delete: {rule}"), draft("Crash")).await;
            w.left.open(draft("Other"));
            w.settle().await;
            w.left.delete(1);
            if rule == "report" {
                let report = dry(&w, &Task::Repair).await;
                assert!(held(&report).contains(&"twin-deleted"), "{report:#?}");
                assert_eq!(report.outcome, Outcome::Settled);
            } else {
                assert_eq!(done(&w, &Task::Repair).await, ["repair-orphan"]);
            }
            assert_eq!((w.right.see(1).closed, w.left.keys()), (closes, vec![2]));
            w.assert_settled().await;
        }
    }
}

#[tokio::test]
async fn the_other_half_of_a_parting_is_parted_as_well() {
    for pair in World::PAIRS {
        for way in 0..2 {
            let w = linked(pair, "", draft("Crash").body("text")).await;
            let kept = [&w.left, &w.right][way].see(1).raw;
            done(&w, &Task::Unlink(at("left", 1))).await;
            // As if the run had been stopped between the two writes.
            [&w.left, &w.right][way].store(1, &kept);
            w.assert_settled().await;
            assert_eq!(done(&w, &Task::Repair).await, ["repair-orphan"]);
            w.assert_settled().await;
            assert!(held(&dry(&w, &Task::Repair).await).is_empty());
            assert_eq!((w.left.keys(), w.right.keys()), (vec![1], vec![1]));
        }
    }
}

#[tokio::test]
async fn a_copied_marker_is_taken_out_of_the_copy_alone() {
    for pair in World::PAIRS {
        for way in 0..2 {
            let w = linked(pair, "", draft("Crash").body("text")).await;
            let player = [&w.left, &w.right][way];
            let raw = player.see(1).raw;
            let copy = player.open(draft("Copy").body(&raw));
            assert!(held(&w.plan().await).contains(&"marker-copied"));
            assert_eq!(done(&w, &Task::Repair).await, ["repair-copy"]);
            let seen = player.see(copy);
            assert_eq!((seen.raw.trim(), player.see(1).raw.as_str()), ("text", raw.as_str()));
            assert!(held(&dry(&w, &Task::Repair).await).is_empty());
            // It is an issue like any other now.
            w.sync().await;
            w.assert_settled().await;
            assert_eq!(w.right.keys().len(), 2);
        }
    }
}

#[tokio::test]
async fn a_marker_pasted_into_a_linked_issue_is_taken_out_and_the_link_lives_on() {
    for pair in World::PAIRS {
        for way in 0..2 {
            let w = linked(pair, "", draft("Crash").body("text")).await;
            w.left.open(draft("Other").body("words"));
            w.settle().await;
            let player = [&w.left, &w.right][way];
            let line = player.see(1).marker_lines()[0].to_owned();
            let raw = player.see(2).raw;
            player.store(2, &format!("{raw}\n{line}"));
            assert_eq!(done(&w, &Task::Repair).await, ["repair-copy"]);
            w.assert_settled().await;
            assert_eq!(player.see(2).raw, raw);
            w.left.retitle(2, "Another");
            w.settle().await;
            assert_eq!(w.right.see(2).title, "Another");
        }
    }
}

#[tokio::test]
async fn an_unsigned_marker_is_never_touched() {
    for pair in World::PAIRS {
        let mut w = linked(pair, "", draft("Crash").body("text")).await;
        let raw = w.right.see(1).raw;
        let copy = w.right.open(draft("Copy").body(&raw));
        w.top = "signing_key: ${SIGNING_KEY}".to_owned();
        w.env
            .push(("SIGNING_KEY".to_owned(), "a key of some length".to_owned()));
        let report = apply(&w, &Task::Repair).await;
        assert_eq!(
            (held(&report), report.outcome),
            (vec!["marker-unsigned"], Outcome::Settled),
            "{report:#?}"
        );
        assert_eq!((w.right.see(copy).raw, w.right.see(1).raw), (raw.clone(), raw));
    }
}

/// A pointer whose twin lost its marker and reads otherwise is no proof; a person's word is.
#[tokio::test]
async fn a_half_link_nobody_can_prove_is_held_and_joined_by_request() {
    for pair in World::PAIRS {
        let w = World::new(pair, "").await;
        w.left.open(draft("Crash").body("text"));
        w.right.open(draft("It crashes"));
        done(&w, &link(1, 1)).await;
        take_marker_out(&w.right, 1);
        w.right.retitle(1, "Something else");
        w.right.rewrite(1, "other words");
        let report = dry(&w, &Task::Repair).await;
        assert_eq!(held(&report), ["half-linked"], "{report:#?}");
        assert!(report.held[0].hint.contains("lockstep link"), "{}", report.held[0].hint);
        done(&w, &link(1, 1)).await;
        w.assert_settled().await;
        assert_eq!(w.left.only().title, w.right.only().title);
    }
}

/// Two copies of one comment, as two runs at once write them.
async fn copied_twice(pair: (Vendor, Vendor), rules: &str) -> (World, u64) {
    let w = linked(pair, rules, draft("Crash")).await;
    let original = w.left.say(1, "bob", "one");
    w.settle().await;
    let copy = w.right.see(1).said[0].clone();
    w.right.say(1, &copy.author, &copy.raw);
    assert_eq!(w.right.see(1).texts(), ["one", "one"]);
    (w, original)
}

#[tokio::test]
async fn a_comment_copied_twice_loses_the_second_copy() {
    for pair in World::PAIRS {
        let (w, _) = copied_twice(pair, "").await;
        let ops = done(&w, &Task::Repair).await;
        assert!(ops.contains(&"repair-comment"), "{ops:?}");
        w.assert_settled().await;
        assert_eq!(
            (w.left.see(1).texts(), w.right.see(1).texts()),
            (vec!["one"], vec!["one"])
        );
    }
}

#[tokio::test]
async fn a_second_copy_that_was_edited_stays_and_is_held() {
    for pair in World::PAIRS {
        let (w, _) = copied_twice(pair, "").await;
        let second = w.right.see(1).said[1].id;
        w.right.reword(1, second, "one, and a thought");
        let report = dry(&w, &Task::Repair).await;
        assert!(held(&report).contains(&"copy-edited"), "{report:#?}");
        assert!(report.steps.is_empty(), "{:#?}", told(&report));
    }
}

#[tokio::test]
async fn copies_without_originals_are_reported_or_removed_as_the_file_says() {
    for pair in World::PAIRS {
        for (rule, stays) in [("keep", true), ("mirror", false)] {
            let rules = format!("fields: {{ comments: {{ direction: both, deletions: {rule} }} }}");
            let w = linked(pair, &rules, draft("Crash")).await;
            let original = w.left.say(1, "bob", "one");
            w.left.say(1, "bob", "two");
            w.settle().await;
            w.left.unsay(1, original);
            if stays {
                let report = dry(&w, &Task::Repair).await;
                assert!(held(&report).contains(&"copy-without-original"), "{report:#?}");
                assert!(report.steps.is_empty(), "{:#?}", told(&report));
                w.sync().await;
            } else {
                let ops = done(&w, &Task::Repair).await;
                assert!(ops.contains(&"repair-comment"), "{ops:?}");
            }
            w.assert_settled().await;
            assert_eq!(w.right.see(1).texts().contains(&"one"), stays);
            assert!(w.right.see(1).texts().contains(&"two"));
        }
    }
}

#[tokio::test]
async fn a_guard_stops_a_repair_before_its_first_write() {
    for pair in World::PAIRS {
        let w = linked(pair, "", draft("Crash").body("text")).await;
        let raw = w.right.see(1).raw;
        w.right.open(draft("Copy").body(&raw));
        w.clear_logs();
        let request = |most| Request {
            task: Task::Repair,
            apply: true,
            max_changes: Some(most),
            ..Request::default()
        };
        let report = w.run(request(0)).await;
        assert_eq!((report.outcome, report.outcome.exit_code()), (Outcome::Guarded, 4));
        assert_eq!(w.writes(), Vec::<String>::new());
        assert_eq!(w.run(request(1)).await.outcome, Outcome::Changed);
        w.assert_settled().await;
    }
}
