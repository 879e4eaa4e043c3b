//! The dashboard issue: opened once, edited only with news, a place to decide conflicts, and the home of the watermark.

use lockstep::model::{IssueRef, Side};
use lockstep::report::{Outcome, Report};
use lockstep::run::{Request, Since};

use super::BOTH_WAYS;
use super::crash::recovers;
use super::markers::lose;
use crate::support::fake::{Fault, What, When};
use crate::support::player::{Player, Seen, Vendor, draft};
use crate::support::world::{World, held, told};

fn rules(on: &str) -> String {
    format!("{BOTH_WAYS}\nconflicts: ask\ndashboard: {{ on: {on} }}")
}

/// The dashboard.
fn board(player: &Player) -> Seen {
    player.titled("Lockstep")
}

/// Runs, and nothing at all is written.
async fn idle(w: &World) {
    w.clear_logs();
    let report = w.sync().await;
    assert_eq!(
        w.writes(),
        Vec::<String>::new(),
        "{:#?} {:#?}",
        told(&report),
        report.held
    );
    assert_eq!(report.outcome, Outcome::Settled, "{:#?}", report.held);
}

/// Two linked issues, of which the first has two titles, and the dashboard on the left that asks about them.
async fn asked(pair: (Vendor, Vendor)) -> World {
    let w = World::new(pair, &rules("left")).await;
    w.left.open(draft("Crash").body("text"));
    w.left.open(draft("Calm").body("text"));
    w.synced().await;
    let twin = w.right.titled("Crash").key;
    w.left.retitle(1, "Left title");
    w.right.retitle(twin, "Right title");
    w.sync().await;
    let text = board(&w.left).text;
    assert!(
        text.contains("- [ ] keep `left`") && text.contains("- [ ] keep `right`"),
        "{text}"
    );
    assert_eq!(
        text.contains("Left title") && text.contains("Right title"),
        shows(pair),
        "{text}"
    );
    w
}

/// Whether the dashboard on the left may show what both sides hold: the fakes' GitHub is public, their GitLab is not.
fn shows(pair: (Vendor, Vendor)) -> bool {
    pair != (Vendor::GitHub, Vendor::GitLab)
}

/// Ticks the box whose words begin so, in every question.
fn tick(player: &Player, words: &str) {
    let seen = board(player);
    let open = format!("- [ ] keep `{words}`");
    assert!(seen.raw.contains(&open), "{}", seen.raw);
    player.store(seen.key, &seen.raw.replace(&open, &format!("- [x] keep `{words}`")));
}

fn titles(w: &World) -> [Vec<String>; 2] {
    [&w.left, &w.right].map(|player| {
        let mut titles: Vec<String> = player.all().into_iter().map(|seen| seen.title).collect();
        titles.sort();
        titles
    })
}

#[tokio::test]
async fn it_is_opened_once_written_with_news_only_and_never_mirrored() {
    for pair in World::PAIRS {
        for on in ["left", "right"] {
            let w = World::new(pair, &rules(on)).await;
            w.left.open(draft("Crash").body("text"));
            w.settle().await;
            let (home, other) = if on == "left" {
                (&w.left, &w.right)
            } else {
                (&w.right, &w.left)
            };
            let seen = board(home);
            assert!(seen.text.contains("| links | 1 |"), "{}", seen.text);
            assert!(seen.labels.contains("lockstep-dashboard"));
            assert_eq!((home.keys().len(), other.keys().len()), (2, 1));
            for _ in 0..3 {
                idle(&w).await;
                w.rest(3600);
            }
            w.left.open(draft("Second"));
            w.settle().await;
            idle(&w).await;
            assert_eq!((home.keys().len(), other.keys().len()), (3, 2));
            let later = board(home);
            assert_eq!(later.key, seen.key);
            assert!(later.text.contains("| links | 2 |"), "{}", later.text);
        }
    }
}

#[tokio::test]
async fn with_a_watermark_a_run_with_nothing_to_do_reads_one_page_a_side_and_the_dashboard() {
    for pair in [World::PAIRS[0], World::PAIRS[1]] {
        for (signed, most) in [(false, 2), (true, 1)] {
            let mut w = World::new(pair, &rules("left")).await;
            if signed {
                w.top = "signing_key: \"${KEY}\"".to_owned();
                w.env.push(("KEY".to_owned(), "0123456789abcdef".to_owned()));
            }
            for number in 0..120 {
                let key = w.left.open(draft(&format!("Issue {number}")).body("text"));
                w.left.say(key, "bob", "me too");
            }
            w.synced().await;
            w.rest(3600);
            // What changed within minutes of the watermark is looked at again, and so are comments there.
            w.left.open(draft("Told anew"));
            w.synced().await;
            w.rest(3600);
            idle(&w).await;
            // The listing of what changed, the dashboard, and without a key who we are.
            assert!(w.left.reads() <= 1 + most, "{:?} {pair:?} {signed}", w.left.asked());
            assert_eq!(w.right.reads(), 1, "{:?} {pair:?}", w.right.asked());
        }
    }
}

#[tokio::test]
async fn a_ticked_box_decides_the_conflict_once() {
    for pair in World::PAIRS {
        for (side, kept) in [("left", "Left title"), ("right", "Right title")] {
            let w = asked(pair).await;
            idle(&w).await;
            tick(&w.left, side);
            let report = w.synced().await;
            let why = format!("title changed on both sides, {side} was chosen on the dashboard");
            assert!(report.steps.iter().any(|step| step.why == why), "{:#?}", told(&report));
            let twin = w.right.titled(kept).key;
            assert_eq!(w.left.see(1).title, kept);
            w.assert_settled().await;
            let lost = if side == "left" { "Right title" } else { "Left title" };
            let (loser, key) = if side == "left" { (&w.right, twin) } else { (&w.left, 1) };
            assert_eq!(loser.see(key).texts(), [lost], "what lost is kept");
            let text = board(&w.left).text;
            assert!(!text.contains("- ["), "answered: {text}");
            idle(&w).await;
        }
    }
}

#[tokio::test]
async fn a_tick_for_other_values_is_not_obeyed() {
    for pair in World::PAIRS {
        let w = asked(pair).await;
        let ticked = {
            tick(&w.left, "left");
            board(&w.left).raw
        };
        w.left.retitle(1, "Another left title");
        w.sync().await;
        let twin = w.right.titled("Right title").key;
        assert_eq!(w.left.see(1).title, "Another left title");
        let text = board(&w.left).text;
        assert!(text.contains("- [ ] keep `left`") && !text.contains("[x]"), "{text}");

        // The same box, put back after the conflict was settled and the same two titles came again.
        tick(&w.left, "right");
        w.synced().await;
        assert_eq!(w.left.see(1).title, "Right title");
        w.left.retitle(1, "Left title");
        w.right.retitle(twin, "Right title!");
        w.sync().await;
        w.right.retitle(twin, "Right title");
        let key = board(&w.left).key;
        let marker = board(&w.left).marker_lines()[0].to_owned();
        let old = ticked.lines().filter(|line| !line.starts_with("<!--"));
        w.left
            .store(key, &format!("{}\n\n{marker}", old.collect::<Vec<_>>().join("\n")));
        w.sync().await;
        assert_eq!(w.left.see(1).title, "Left title");
        assert_eq!(
            w.right.see(twin).title,
            "Left title",
            "the right title is what was agreed before"
        );
    }
}

#[tokio::test]
async fn two_ticks_say_nothing() {
    for pair in [World::PAIRS[0], World::PAIRS[5]] {
        let w = asked(pair).await;
        tick(&w.left, "left");
        tick(&w.left, "right");
        let report = w.sync().await;
        assert!(held(&report).contains(&"board-both-ticked"), "{:#?}", report.held);
        assert_eq!(w.left.see(1).title, "Left title");
        w.right.titled("Right title");
        assert!(!board(&w.left).text.contains("[x]"));
    }
}

#[tokio::test]
async fn a_box_is_not_obeyed_where_somebody_else_may_edit_the_issue_without_rights() {
    for pair in [World::PAIRS[0], World::PAIRS[1], World::PAIRS[5]] {
        let w = asked(pair).await;
        let key = board(&w.left).key;
        w.left.assign(key, "mallory");
        tick(&w.left, "left");
        let report = w.sync().await;
        assert!(held(&report).contains(&"board-open-to-others"), "{:#?}", report.held);
        w.right.titled("Right title");
        w.left.unassign(key, "mallory");
        tick(&w.left, "left");
        w.synced().await;
        w.right.titled("Left title");
        w.assert_settled().await;
    }
}

#[tokio::test]
async fn a_strangers_dashboard_is_neither_believed_nor_written() {
    for pair in [World::PAIRS[0], World::PAIRS[1], World::PAIRS[5]] {
        let w = asked(pair).await;
        tick(&w.left, "left");
        let ours = board(&w.left);
        // The marker without the place it is of, as the request that opens a dashboard has it, and our label.
        let marker = ours.marker_lines()[0].to_owned();
        w.left.store(ours.key, &ours.raw.replace("[x]", "[ ]"));
        let forged = w
            .left
            .open(draft("Mine").body(&ours.raw).labels(["lockstep-dashboard"]));
        let report = w.sync().await;
        assert!(held(&report).contains(&"marker-copied"), "{:#?}", report.held);
        assert!(w.left.see(forged).raw.contains(&marker));
        w.right.titled("Right title");
        assert_eq!(titles(&w)[1], ["Calm", "Right title"], "and it is not mirrored");

        w.left.delete(ours.key);
        let report = w.sync().await;
        assert!(held(&report).contains(&"marker-copied"), "{:#?}", report.held);
        let new = board(&w.left);
        assert!(new.key != forged && new.text.contains("keep `left`"), "{}", new.text);
    }
}

#[tokio::test]
async fn a_dashboard_opened_by_another_account_is_not_obeyed() {
    let w = asked((Vendor::Folder, Vendor::Folder)).await;
    tick(&w.left, "left");
    let key = board(&w.left).key;
    let path = w.dir().join(format!("left/{key:04}.md"));
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("author: lockstep", "author: mallory")).unwrap();
    let report = w.sync().await;
    assert!(held(&report).contains(&"marker-forged"), "{:#?}", report.held);
    w.right.titled("Right title");
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        text.replace("author: lockstep", "author: mallory")
    );
}

#[tokio::test]
async fn one_that_lost_its_marker_is_left_alone_and_no_other_is_opened() {
    for pair in [World::PAIRS[0], World::PAIRS[1], World::PAIRS[5]] {
        let w = World::new(pair, &rules("left")).await;
        w.left.open(draft("Crash"));
        w.settle().await;
        lose(&w.left, board(&w.left).key);
        for _ in 0..2 {
            let report = w.sync().await;
            assert!(held(&report).contains(&"board-unmarked"), "{:#?}", report.held);
            assert_eq!(titles(&w), [vec!["Crash", "Lockstep"], vec!["Crash"]]);
        }
    }
}

#[tokio::test]
async fn of_two_the_one_opened_first_counts() {
    let w = World::new((Vendor::Folder, Vendor::Folder), &rules("left")).await;
    w.left.open(draft("Crash"));
    w.settle().await;
    let first = board(&w.left).key;
    let path = w.dir().join(format!("left/{first:04}.md"));
    let hidden = w.dir().join("0001.md");
    std::fs::rename(&path, &hidden).unwrap();
    w.synced().await;
    std::fs::rename(&hidden, w.dir().join("left/0007.md")).unwrap();
    let text = std::fs::read_to_string(w.dir().join("left/0007.md")).unwrap();
    assert!(text.contains("author: lockstep"));
    let report = w.sync().await;
    // Moved to another number, its marker is not of the issue it sits in.
    assert!(held(&report).contains(&"marker-copied"), "{:#?}", report.held);
}

#[tokio::test]
async fn a_run_of_changes_alone_forgets_no_open_question() {
    for pair in [World::PAIRS[0], World::PAIRS[1]] {
        let w = asked(pair).await;
        w.rest(7200);
        idle(&w).await;
        w.left.retitle(2, "Calm again");
        w.synced().await;
        w.right.titled("Calm again");
        let text = board(&w.left).text;
        assert!(text.contains("- [ ] keep `right`"), "{text}");
        assert!(text.contains("| links | 2 |"), "{text}");
        w.rest(7200);
        tick(&w.left, "right");
        w.synced().await;
        assert_eq!(w.left.see(1).title, "Right title");
        w.assert_settled().await;
        idle(&w).await;
    }
}

#[tokio::test]
async fn everything_is_looked_at_once_a_day_and_after_a_change_of_the_rules() {
    for pair in [World::PAIRS[0], World::PAIRS[1]] {
        let mut w = World::new(pair, &rules("left")).await;
        w.left.open(draft("Crash"));
        w.synced().await;
        w.rest(7200);
        w.left.open(draft("Calm"));
        w.synced().await;
        w.rest(7200);
        // A deleted issue is in no listing of changes.
        w.right.delete(w.right.titled("Crash").key);
        idle(&w).await;
        w.now += jiff::SignedDuration::from_hours(25);
        let report = w.sync().await;
        assert!(
            report.held.iter().any(|held| held.code.starts_with("twin-")),
            "{:#?}",
            report.held
        );
        assert!(
            board(&w.left)
                .text
                .contains("| everything looked at last on | 2026-01-06 |")
        );

        let mut w = World::new(pair, "dashboard: { on: left }").await;
        w.left.open(draft("Crash"));
        w.sync().await;
        w.rest(7200);
        w.rules = rules("left");
        w.settle().await;
        w.right.titled("Crash");
    }
}

#[tokio::test]
async fn what_failed_is_not_passed_over_by_the_watermark() {
    let w = World::new((Vendor::GitHub, Vendor::GitLab), &rules("left")).await;
    w.left.open(draft("Crash"));
    w.settle().await;
    w.rest(7200);
    w.left.retitle(1, "Crash at start");
    w.right.fault(Fault::new(When::Write(1), What::status(422)));
    let report = w.sync().await;
    assert_eq!(report.outcome, Outcome::Partial, "{:#?}", told(&report));
    let text = board(&w.left).text;
    assert!(text.contains("### Failed"), "{text}");
    w.right.heal();
    w.rest(7200);
    w.synced().await;
    w.right.titled("Crash at start");
    assert!(!board(&w.left).text.contains("### Failed"));
    w.assert_settled().await;
    idle(&w).await;
}

async fn event(w: &World, at: &str) -> Report {
    w.run(Request {
        apply: true,
        issue: IssueRef::parse(at),
        ..Request::default()
    })
    .await
}

#[tokio::test]
async fn the_event_of_a_tick_is_obeyed_at_once_and_other_events_leave_it_alone() {
    for pair in World::PAIRS {
        let w = asked(pair).await;
        let key = board(&w.left).key;
        let before = board(&w.left).raw;
        w.left.retitle(2, "Calmer");
        event(&w, "left#2").await;
        w.right.titled("Calmer");
        assert_eq!(board(&w.left).raw, before);
        tick(&w.left, "left");
        event(&w, &format!("left#{key}")).await;
        w.right.titled("Left title");
        w.assert_settled().await;
        idle(&w).await;
    }
}

#[tokio::test]
async fn a_run_that_was_told_where_to_begin_moves_no_watermark() {
    let w = World::new((Vendor::GitHub, Vendor::GitLab), &rules("left")).await;
    w.left.open(draft("Crash"));
    w.left.open(draft("Calm"));
    w.settle().await;
    w.rest(7200);
    w.left.retitle(1, "Crash at start");
    w.rest(7200);
    let since = Since::Time(w.left.github().now());
    w.rest(60);
    w.left.retitle(2, "Calmer");
    w.run(Request {
        apply: true,
        since,
        ..Request::default()
    })
    .await;
    w.right.titled("Calmer");
    w.right.titled("Crash");
    w.rest(7200);
    w.synced().await;
    w.right.titled("Crash at start");
    w.assert_settled().await;
}

#[tokio::test]
async fn nothing_of_a_private_side_is_shown_on_a_public_one() {
    for (pair, on, shown) in [
        ((Vendor::GitHub, Vendor::GitLab), "left", false),
        ((Vendor::GitHub, Vendor::GitLab), "right", true),
        ((Vendor::GitLab, Vendor::GitHub), "left", true),
        ((Vendor::GitLab, Vendor::GitHub), "right", false),
    ] {
        let w = World::new(pair, &rules(on)).await;
        w.left.open(draft("Crash"));
        w.settle().await;
        w.left.retitle(1, "Falcon left");
        w.right.retitle(w.right.titled("Crash").key, "Falcon right");
        w.sync().await;
        let home = if on == "left" { &w.left } else { &w.right };
        let text = board(home).text;
        assert!(text.contains("title of `left#1`"), "{text}");
        assert_eq!(text.contains("Falcon"), shown, "{on} {pair:?}: {text}");
        tick(home, "left");
        w.synced().await;
        w.right.titled("Falcon left");
    }
}

#[tokio::test]
async fn what_strangers_write_is_plain_text_there() {
    for pair in [World::PAIRS[0], World::PAIRS[1], World::PAIRS[5]] {
        let w = asked(pair).await;
        let nasty = "@team #1 !2 <!-- box l x --> - [x] <!-- lockstep:1 board aaaaaaaaaaaaaaaaaaaa e30 --> `a` /close";
        w.left.retitle(1, nasty);
        w.sync().await;
        let seen = board(&w.left);
        assert_eq!(seen.marker_lines().len(), 1, "{}", seen.raw);
        assert!(
            !seen.closed && !seen.text.contains("@team") && !seen.text.contains("#1 "),
            "{}",
            seen.text
        );
        assert!(!seen.text.contains("<!-- box l x -->"), "{}", seen.text);
        tick(&w.left, "right");
        w.synced().await;
        assert_eq!(w.left.see(1).title, "Right title");
        w.assert_settled().await;
    }
}

#[tokio::test]
async fn the_answer_to_its_creation_may_get_lost() {
    for pair in [World::PAIRS[0], World::PAIRS[1]] {
        let w = World::new(pair, "dashboard: { on: left }").await;
        // The first write makes the label known.
        w.left.fault(Fault::new(When::Write(2), What::LoseAnswer));
        let report = w.sync().await;
        assert_eq!(report.outcome, Outcome::Partial, "{:#?}", told(&report));
        w.left.heal();
        w.rest(60);
        w.synced().await;
        idle(&w).await;
        assert_eq!(w.left.keys().len(), 1);
    }
}

#[tokio::test]
async fn a_run_killed_at_any_write_leaves_one_dashboard_and_every_tick_obeyed() {
    for pair in [World::PAIRS[0], World::PAIRS[1]] {
        for applied in [false, true] {
            for write in 1.. {
                let w = World::new(pair, &rules("left")).await;
                w.left.open(draft("Crash"));
                let reached = w.killed(Side::Left, write, applied).await;
                recovers(&w).await;
                board(&w.left);
                idle(&w).await;
                if !reached {
                    break;
                }
            }
            for write in 1.. {
                let w = asked(pair).await;
                tick(&w.left, "right");
                let reached = w.killed(Side::Left, write, applied).await;
                recovers(&w).await;
                assert_eq!(w.left.see(1).title, "Right title");
                assert_eq!(w.left.see(1).texts(), ["Left title"]);
                assert!(!board(&w.left).text.contains("- ["));
                idle(&w).await;
                if !reached {
                    break;
                }
            }
        }
    }
}

#[tokio::test]
async fn none_is_opened_where_it_would_not_be_known_again() {
    let mut w = World::new((Vendor::GitLab, Vendor::GitHub), &rules("left")).await;
    let asking = When::Request {
        method: "GET",
        path: "/api/v4/user",
        nth: 1,
    };
    w.left.fault(Fault::new(asking, What::status(403)).times(1000));
    for _ in 0..2 {
        let report = w.sync().await;
        assert_eq!(held(&report), ["board-no-account"]);
        assert_eq!(w.left.keys(), Vec::<u64>::new());
    }
    w.top = "signing_key: \"${KEY}\"".to_owned();
    w.env.push(("KEY".to_owned(), "0123456789abcdef".to_owned()));
    w.synced().await;
    board(&w.left);
    idle(&w).await;
}
