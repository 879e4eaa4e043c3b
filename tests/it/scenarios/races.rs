//! Two runs at once, and people who write while a run goes on.

use std::time::Duration;

use lockstep::report::Outcome;

use super::{BOTH_WAYS, linked};
use crate::support::fake::When;
use crate::support::player::{Vendor, draft};
use crate::support::reliability::tell;
use crate::support::world::World;

const PAIRS: [(Vendor, Vendor); 3] = [World::PAIRS[0], World::PAIRS[1], World::PAIRS[2]];

/// Two runs in step: every answer takes its time, so both read before either writes.
async fn together(w: &World) {
    for player in [&w.left, &w.right] {
        player.hold_back(Duration::from_millis(15));
    }
    tokio::join!(Box::pin(w.sync()), Box::pin(w.sync()));
    for player in [&w.left, &w.right] {
        player.hold_back(Duration::ZERO);
    }
}

async fn calm(w: &World) {
    for _ in 0..3 {
        if w.sync().await.outcome == Outcome::Settled {
            break;
        }
    }
    w.assert_settled().await;
}

/// Both runs made a twin. On a busy machine one may be too late for that: then it is tried again.
async fn both_created(pair: (Vendor, Vendor)) -> World {
    for _ in 0..10 {
        let w = World::new(pair, BOTH_WAYS).await;
        w.left.open(draft("Crash").body("text"));
        w.left.say(1, "bob", "one");
        together(&w).await;
        if w.right.keys().len() == 2 {
            return w;
        }
    }
    panic!("one run was always too late");
}

#[tokio::test]
async fn two_runs_that_make_a_twin_at_once_leave_one_alive() {
    for pair in PAIRS {
        let w = both_created(pair).await;
        calm(&w).await;
        let (open, closed): (Vec<_>, Vec<_>) = w.right.all().into_iter().partition(|seen| !seen.closed);
        assert_eq!((open.len(), closed.len()), (1, 1));
        assert_eq!(w.left.only().marker_lines().len(), 1);
        assert_eq!(open[0].texts(), ["one"]);

        // The live one is the linked one, and the other is left alone for good.
        w.left.retitle(1, "Crash at start");
        let before = w.right.see(closed[0].key);
        w.settle().await;
        assert_eq!(w.right.see(open[0].key).title, "Crash at start");
        assert_eq!(w.right.see(closed[0].key), before);
        assert_eq!(w.left.keys(), [1], "and not mirrored back");
    }
    tell("started together, a new issue", PAIRS.len());
}

#[tokio::test]
async fn two_runs_that_copy_a_comment_at_once_leave_one_copy() {
    for pair in PAIRS {
        let w = linked(pair, "", draft("Crash")).await;
        w.left.say(1, "bob", "one");
        together(&w).await;
        calm(&w).await;
        assert_eq!(
            (w.left.see(1).texts(), w.right.see(1).texts()),
            (vec!["one"], vec!["one"])
        );
    }
    tell("started together, a new comment", PAIRS.len());
}

#[tokio::test]
async fn two_runs_that_carry_an_edit_at_once_agree() {
    for pair in PAIRS {
        let w = linked(pair, "", draft("Crash").body("text")).await;
        w.left.retitle(1, "Left title");
        w.right.rewrite(1, "right text");
        together(&w).await;
        calm(&w).await;
        for player in [&w.left, &w.right] {
            let seen = player.see(1);
            assert_eq!((seen.title.as_str(), seen.text.as_str()), ("Left title", "right text"));
            assert!(seen.said.is_empty());
        }
    }
    tell("started together, an edit on either side", PAIRS.len());
}

#[tokio::test]
async fn an_edit_made_while_the_twin_is_created_arrives() {
    let w = World::github_gitlab(BOTH_WAYS).await;
    w.left.open(draft("Crash").body("text"));
    // Just before the run looks at the issue again to write its pointer.
    w.left.github().meanwhile(
        When::Request {
            method: "GET",
            path: "/issues/1",
            nth: 1,
        },
        |github| {
            github.edit(1, |issue| issue.body = Some("text, and more".to_owned()));
            github.comment(1, "bob", "while you were writing");
        },
    );
    w.sync().await;
    calm(&w).await;
    assert_eq!(
        (w.left.see(1).text.as_str(), w.right.see(1).text.as_str()),
        ("text, and more", "text, and more")
    );
    assert_eq!(w.right.see(1).texts(), ["while you were writing"]);
}

#[tokio::test]
async fn a_comment_made_while_the_run_writes_arrives() {
    for pair in [World::PAIRS[0], World::PAIRS[1]] {
        let w = linked(pair, "", draft("Crash")).await;
        w.left.say(1, "bob", "one");
        let write = When::Write(1);
        match pair.1 {
            Vendor::GitHub => w.right.github().meanwhile(write, |github| {
                github.comment(1, "dora", "meanwhile");
            }),
            Vendor::GitLab => w.right.gitlab().meanwhile(write, |gitlab| {
                gitlab.comment(1, "dora", "meanwhile", false);
            }),
            Vendor::Folder => {}
        }
        w.sync().await;
        calm(&w).await;
        let mut texts = w.left.see(1).said.into_iter().map(|said| said.text).collect::<Vec<_>>();
        texts.sort();
        assert_eq!(texts, ["meanwhile", "one"]);
    }
}
