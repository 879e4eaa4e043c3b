//! What a run costs in requests: no write that is not needed, and next to no read where there is nothing to do.

use super::BOTH_WAYS;
use crate::support::player::{Vendor, draft};
use crate::support::world::World;

fn kinds(vendor: Vendor) -> [&'static str; 4] {
    match vendor {
        Vendor::GitHub => [
            "POST /issues",
            "PATCH /issues/N",
            "POST /issues/N/comments",
            "POST /labels",
        ],
        Vendor::GitLab => ["POST /issues", "PUT /issues/N", "POST /issues/N/notes", "POST /labels"],
        Vendor::Folder => panic!("folders are not counted in requests"),
    }
}

const NETWORK: [(Vendor, Vendor); 4] = [World::PAIRS[0], World::PAIRS[1], World::PAIRS[2], World::PAIRS[3]];

#[tokio::test]
async fn a_first_mirror_writes_what_it_must_and_no_more() {
    for pair in NETWORK {
        let w = World::new(pair, BOTH_WAYS).await;
        w.right.make_label("there already");
        for number in 0..6 {
            let draft = draft(&format!("Issue {number}"))
                .body("text")
                .labels(["there already", "new"]);
            let draft = if number < 2 { draft.closed("completed") } else { draft };
            let key = w.left.open(draft);
            for comment in 0..number {
                w.left.say(key, "bob", &format!("comment {comment}"));
            }
        }
        w.clear_logs();
        w.synced().await;
        let [create, change, comment, label] = kinds(pair.1);
        let expected = [(create, 6), (change, 2), (comment, 15), (label, 1)];
        assert_eq!(w.right.tally(), expected.map(|(kind, n)| (kind.to_owned(), n)).into());
        let [_, change, ..] = kinds(pair.0);
        assert_eq!(w.left.tally(), [(change.to_owned(), 6)].into(), "one pointer each");
        w.assert_settled().await;
    }
}

#[tokio::test]
async fn a_run_with_nothing_to_do_reads_the_listings_and_little_else() {
    for pair in [World::PAIRS[0], World::PAIRS[1]] {
        let w = World::new(pair, BOTH_WAYS).await;
        for number in 0..120 {
            let key = w
                .left
                .open(draft(&format!("Issue {number}")).body("text").labels(["bug"]));
            w.left.say(key, "bob", "me too");
        }
        w.synced().await;
        for _ in 0..2 {
            w.assert_settled().await;
            for player in [&w.left, &w.right] {
                assert!(
                    player.reads() <= 2 + 12,
                    "{:?} was read {} times",
                    player.vendor,
                    player.reads()
                );
            }
        }
    }
}

#[tokio::test]
async fn an_edit_costs_one_write_and_its_record() {
    for pair in NETWORK {
        let w = World::new(pair, BOTH_WAYS).await;
        let key = w.left.open(draft("Crash").body("text"));
        w.synced().await;
        w.left.retitle(key, "Crash at start");
        w.left.close(key, "completed");
        w.clear_logs();
        w.synced().await;
        assert_eq!((w.left.writes().len(), w.right.writes().len()), (0, 1));
        w.assert_settled().await;

        let twin = w.right.only().key;
        w.right.retitle(twin, "Crash at the start");
        w.clear_logs();
        w.synced().await;
        assert_eq!((w.left.writes().len(), w.right.writes().len()), (1, 1));
        w.assert_settled().await;
    }
}

/// Three hundred issues with nine hundred comments, chosen by a label among others: what the first mirror costs, that
/// edits of both sides arrive, and what a run with nothing to do costs then.
#[tokio::test]
async fn three_hundred_issues_with_nine_hundred_comments() {
    let w = World::new(World::PAIRS[0], "create: { left: { labels: [sync], state: all } }").await;
    for number in 0..310 {
        let chosen = number % 31 != 30;
        let draft = draft(&format!("Issue {number}")).body("text");
        let draft = if chosen { draft.labels(["sync"]) } else { draft };
        let draft = if number % 10 == 0 {
            draft.closed("completed")
        } else {
            draft
        };
        let key = w.left.open(draft);
        for comment in 0..if chosen { 3 } else { 0 } {
            w.left.say(key, "bob", &format!("comment {comment}"));
        }
    }
    let closed = (0..310).filter(|n| n % 10 == 0 && n % 31 != 30).count();
    w.clear_logs();
    w.synced().await;
    let right = w.right.tally();
    assert_eq!(right.get("POST /issues"), Some(&300));
    assert_eq!(right.get("POST /issues/N/notes"), Some(&900));
    assert_eq!(right.get("PUT /issues/N"), Some(&closed));
    assert_eq!(right.get("POST /labels"), Some(&1));
    assert_eq!(w.right.writes().len(), 300 + 900 + closed + 1);
    assert_eq!(w.left.writes().len(), 300, "one pointer each");

    let twin = w.right.titled("Issue 7").key;
    w.left.retitle(8, "Issue 7, retold");
    w.right.rewrite(twin, "more text");
    w.right.say(twin, "carol", "seen here as well");
    w.synced().await;
    assert_eq!(w.right.see(twin).title, "Issue 7, retold");
    assert_eq!(w.left.see(8).text, "more text");
    assert_eq!(w.left.see(8).texts().len(), 4);

    w.assert_settled().await;
    assert!(
        w.left.reads() <= 4 + 12 && w.right.reads() <= 3 + 12,
        "{} {}",
        w.left.reads(),
        w.right.reads()
    );
}
