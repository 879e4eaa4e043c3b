//! The dashboard issue: opened once, edited only with news, a place to decide conflicts, and the home of the watermark.

mod strangers;
mod ticks;
mod watermark;

use lockstep::model::Side;
use lockstep::report::Outcome;

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
