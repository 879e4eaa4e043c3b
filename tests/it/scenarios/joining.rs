//! `link`, `unlink` and `adopt`: people say what belongs together. Dry first, and settled afterwards.

use lockstep::model::Side;
use lockstep::report::Outcome;
use lockstep::run::Task;

use super::repair::{apply, at, done, dry, link};
use super::{BOTH_WAYS, linked};
use crate::support::fake::{Fault, What, When};
use crate::support::player::{Player, Vendor, draft};
use crate::support::reliability::tried;
use crate::support::world::{World, held, told};

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
            .any(|line| line.starts_with("request-refused: ") && line.contains(why)),
        "{said:?}"
    );
    assert!(report.held.iter().all(|held| !held.hint.is_empty()));
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

/// A run killed while a write is in the service's hands; told whether it came that far.
async fn killed(w: &World, task: &Task, side: Side, applied: bool) -> bool {
    let player = if side == Side::Left { &w.left } else { &w.right };
    player.clear_log();
    let reached = player.told_of(1);
    if !applied {
        player.fault(Fault::new(When::Write(1), What::Drop));
    }
    let killed = tokio::select! {
        biased;
        _ = reached => true,
        report = apply(w, task) => panic!("{:#?}", told(&report)),
    };
    player.heal();
    killed
}

#[tokio::test]
async fn a_link_or_parting_that_was_cut_short_is_finished_by_the_same_command() {
    let mut cases = 0;
    for pair in &World::PAIRS[..4] {
        for side in Side::BOTH {
            for applied in [false, true] {
                for task in [link(1, 1), Task::Unlink(at("left", 1)), Task::Unlink(at("right", 1))] {
                    let w = World::new(*pair, BOTH_WAYS).await;
                    w.left.open(draft("Crash").body("same"));
                    if matches!(task, Task::Unlink(_)) {
                        w.settle().await;
                    } else {
                        w.right.open(draft("Crash").body("same"));
                    }
                    assert!(killed(&w, &task, side, applied).await);
                    let report = apply(&w, &task).await;
                    assert!(
                        [Outcome::Changed, Outcome::Settled].contains(&report.outcome),
                        "{pair:?} {side:?} {applied} {task:?}: {report:#?}"
                    );
                    w.assert_settled().await;
                    assert_eq!((w.left.keys(), w.right.keys()), (vec![1], vec![1]));
                    assert!(held(&w.plan().await).is_empty(), "{pair:?} {side:?} {applied} {task:?}");
                    let (left, right) = (w.left.only(), w.right.only());
                    assert_eq!((left.marker_lines().len(), right.marker_lines().len()), (1, 1));
                    w.left.retitle(1, "Crash at start");
                    w.sync().await;
                    let follows = w.right.only().title == "Crash at start";
                    assert_eq!(follows, !matches!(task, Task::Unlink(_)), "{task:?}");
                    cases += 1;
                }
            }
        }
    }
    tried("link and unlink cut short", cases, "ok");
}

/// The program itself, on two folders.
#[tokio::test]
async fn the_commands_print_what_they_would_do_and_end_as_documented() {
    let w = World::new((Vendor::Folder, Vendor::Folder), "").await;
    std::fs::write(w.dir().join("lockstep.yml"), w.mapping()).unwrap();
    let run = |args: &[&str]| {
        let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_lockstep"))
            .args(args)
            .current_dir(w.dir())
            .env_clear()
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), text)
    };
    for player in [&w.left, &w.right] {
        player.open(draft("Crash").body("same"));
    }
    let (code, text) = run(&["link", "left#1", "right#1"]);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("left#1 <-> right#1") && text.contains("link left#1 right#1 --apply --config"),
        "{text}"
    );
    assert!(w.left.only().marker_lines().is_empty());
    let (code, text) = run(&["link", "left#1", "right#1", "--apply", "--format", "json"]);
    assert_eq!(code, 0, "{text}");
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&report["version"], &report["steps"][0]["op"]),
        (&1.into(), &"link".into())
    );
    for (args, code) in [
        (["link", "left#1", "right#2"], 1),
        (["link", "left#1", "left#2"], 2),
        (["link", "left#1", "there#2"], 2),
        (["unlink", "there#1", "--apply"], 2),
        (["unlink", "left#1", "--only=no"], 2),
        (["repair", "--only", "no"], 2),
        (["adopt", "--time-budget", "soon"], 2),
        (["repair", "--apply", "-q"], 0),
        (["adopt", "--apply", "-q"], 0),
        (["unlink", "right#1", "--apply"], 0),
        (["unlink", "left#1", "--apply"], 0),
        (["unlink", "left#7", "--apply"], 1),
    ] {
        let (ended, text) = run(&args);
        assert_eq!(ended, code, "{args:?}: {text}");
        assert!(
            code != 1 || text.contains("refused") && text.contains("Not done"),
            "{text}"
        );
    }
    w.assert_settled().await;
}
