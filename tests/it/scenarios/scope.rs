//! A run may look at less than everything: one issue, what changed lately, one shard of the links.

use lockstep::model::IssueRef;
use lockstep::report::{Outcome, Report};
use lockstep::run::{Request, Since};

use super::BOTH_WAYS;
use crate::support::player::{Vendor, draft};
use crate::support::world::World;

async fn three(pair: (Vendor, Vendor)) -> World {
    let w = World::new(pair, BOTH_WAYS).await;
    for title in ["One", "Two", "Three"] {
        let key = w.left.open(draft(title).body("text"));
        w.left.say(key, "bob", "hello");
    }
    w.settle().await;
    w
}

async fn one(w: &World, at: &str) -> Report {
    let request = Request {
        apply: true,
        issue: IssueRef::parse(at),
        ..Request::default()
    };
    w.run(request).await
}

#[tokio::test]
async fn one_issue_and_its_twin_and_nothing_else() {
    for pair in World::PAIRS {
        let w = three(pair).await;
        for key in [1, 2] {
            w.left.retitle(key, "New title");
            w.left.say(key, "bob", "news");
        }
        w.clear_logs();
        one(&w, "left#2").await;
        assert!(
            // The issue, its comments, the project's address, and who we are: copies of comments are ours or nobody's.
            w.left.reads() <= 5 && w.right.reads() <= 5,
            "{} {}",
            w.left.reads(),
            w.right.reads()
        );
        assert_eq!(
            (w.right.titled("One").texts(), w.right.titled("New title").texts()),
            (vec!["hello"], vec!["hello", "news"])
        );
        let twin = w.right.titled("One").key;
        one(&w, &format!("right#{twin}")).await;
        assert_eq!(w.right.see(twin).texts(), ["hello", "news"]);
        w.assert_settled().await;
    }
}

#[tokio::test]
async fn one_new_issue_gets_its_twin_once() {
    for pair in World::PAIRS {
        let w = three(pair).await;
        let key = w.left.open(draft("Four").body("text"));
        w.left.open(draft("Five"));
        one(&w, &format!("left#{key}")).await;
        one(&w, &format!("left#{key}")).await;
        assert_eq!(w.right.titled("Four").text, "text");
        assert_eq!(w.right.keys().len(), 4);
        w.settle().await;
        assert_eq!(w.right.keys().len(), 5);
    }
}

#[tokio::test]
async fn what_changed_since_is_enough_for_what_changed() {
    for pair in [World::PAIRS[0], World::PAIRS[1], World::PAIRS[2]] {
        let w = three(pair).await;
        for player in [&w.left, &w.right] {
            player.later(1, 3600);
        }
        let since = match pair.0 {
            Vendor::GitHub => w.left.github().now(),
            Vendor::GitLab => w.left.gitlab().now(),
            Vendor::Folder => panic!("a service"),
        };
        w.left.retitle(2, "New title");
        w.left.open(draft("Four"));
        w.right.retitle(3, "From the right");
        let request = Request {
            apply: true,
            since: Since::Time(since),
            ..Request::default()
        };
        w.run(request).await;
        assert_eq!(
            (w.right.see(2).title.as_str(), w.left.see(3).title.as_str()),
            ("New title", "From the right")
        );
        assert_eq!(w.right.keys().len(), 4);
        w.assert_settled().await;
    }
}

#[tokio::test]
async fn shards_share_the_work_without_overlap() {
    for pair in [World::PAIRS[0], World::PAIRS[5]] {
        let w = World::new(pair, BOTH_WAYS).await;
        for number in 0..12 {
            w.left.open(draft(&format!("Issue {number}")));
        }
        let shard = |index| Request {
            apply: true,
            shard: Some((index, 3)),
            ..Request::default()
        };
        let mut made = Vec::new();
        for index in 1..=3 {
            let report = w.run(shard(index)).await;
            made.push(report.totals.created);
        }
        assert_eq!(made.iter().sum::<u64>(), 12, "{made:?}");
        assert!(made.iter().all(|n| *n < 12), "{made:?}");
        assert_eq!(w.right.keys().len(), 12);
        w.assert_settled().await;
    }
}

#[tokio::test]
async fn another_sync_alone_leaves_this_one_be() {
    for pair in World::PAIRS {
        let w = World::new(pair, BOTH_WAYS).await;
        w.left.open(draft("Crash"));
        let only = |name: &str| Request {
            apply: true,
            only: Some(name.to_owned()),
            ..Request::default()
        };
        let report = w.run(only("other")).await;
        assert!(report.syncs.is_empty() && w.right.keys().is_empty());
        w.run(only("api")).await;
        assert_eq!(w.right.keys(), [1]);
        w.assert_settled().await;
    }
}

#[tokio::test]
async fn a_run_out_of_time_stops_cleanly_and_the_next_goes_on() {
    for pair in World::PAIRS {
        let w = World::new(pair, BOTH_WAYS).await;
        for number in 0..3 {
            w.left.open(draft(&format!("Issue {number}")));
        }
        w.clear_logs();
        let request = Request {
            apply: true,
            time_budget: Some(std::time::Duration::ZERO),
            ..Request::default()
        };
        let report = w.run(request).await;
        assert_eq!((report.outcome, report.outcome.exit_code()), (Outcome::Budget, 5));
        assert!(report.steps.iter().all(|step| step.outcome == "skipped"));
        assert_eq!(w.writes(), Vec::<String>::new());
        w.settle().await;
        assert_eq!(w.right.keys().len(), 3);
    }
}
