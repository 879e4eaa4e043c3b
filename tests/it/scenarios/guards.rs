//! A plan too large to believe is stopped before its first write.

use lockstep::report::Outcome;
use lockstep::run::Request;

use super::BOTH_WAYS;
use crate::support::player::draft;
use crate::support::reliability::tell;
use crate::support::world::World;

async fn world(pair: (crate::support::player::Vendor, crate::support::player::Vendor), guard: &str) -> World {
    let mut w = World::new(pair, BOTH_WAYS).await;
    for number in 0..4 {
        w.left.open(draft(&format!("Issue {number}")).body("text"));
    }
    w.settle().await;
    w.rules = format!("{BOTH_WAYS}\nguard: {guard}");
    w.clear_logs();
    w
}

async fn stopped(w: &World, limit: &str) {
    w.clear_logs();
    let report = w.sync().await;
    assert_eq!((report.outcome, report.outcome.exit_code()), (Outcome::Guarded, 4));
    assert!(
        report.syncs[0].stopped[0].contains(limit),
        "{:?}",
        report.syncs[0].stopped
    );
    assert_eq!(w.writes(), Vec::<String>::new());
    assert!(report.steps.iter().all(|step| step.outcome == "planned"));
}

#[tokio::test]
async fn too_many_changes() {
    for pair in World::PAIRS {
        let w = world(pair, "{ max_changes: 2 }").await;
        for number in 5..8 {
            w.left.open(draft(&format!("Issue {number}")));
        }
        stopped(&w, "max_changes").await;
        let report = w
            .run(Request {
                apply: true,
                max_changes: Some(3),
                ..Request::default()
            })
            .await;
        assert_eq!(report.outcome, Outcome::Changed, "the command line may allow more");
        w.assert_settled().await;
    }
    tell("guard, max_changes", World::PAIRS.len());
}

#[tokio::test]
async fn too_many_issues_closed() {
    for pair in World::PAIRS {
        let w = world(pair, "{ max_closes: 1 }").await;
        w.right.close(1, "completed");
        w.right.close(2, "completed");
        stopped(&w, "max_closes").await;
        assert!(!w.left.see(1).closed);
        w.right.reopen(2);
        w.settle().await;
        assert!(w.left.see(1).closed);
    }
    tell("guard, max_closes", World::PAIRS.len());
}

#[tokio::test]
async fn too_many_comments_deleted() {
    for pair in World::PAIRS {
        let rules = format!("{BOTH_WAYS}\nfields: {{ comments: {{ deletions: mirror }} }}");
        let mut w = World::new(pair, &rules).await;
        w.left.open(draft("Crash").body("text"));
        let said = ["one", "two", "three"].map(|text| w.left.say(1, "bob", text));
        w.settle().await;
        w.rules = format!("{rules}\nguard: {{ max_deletes: 1 }}");
        w.left.unsay(1, said[0]);
        w.left.unsay(1, said[1]);
        stopped(&w, "max_deletes").await;
        assert_eq!(w.right.see(1).texts(), ["one", "two", "three"]);
        w.rules = format!("{rules}\nguard: {{ max_deletes: 2 }}");
        w.settle().await;
        assert_eq!(w.right.see(1).texts(), ["three"]);
    }
    tell("guard, max_deletes", World::PAIRS.len());
}

#[tokio::test]
async fn too_large_a_share_where_the_file_names_one() {
    for pair in World::PAIRS {
        let w = world(pair, "{ max_share: 25% }").await;
        w.left.retitle(1, "Other title");
        w.left.rewrite(2, "other text");
        stopped(&w, "max_share").await;
        w.left.rewrite(2, "text");
        w.settle().await;
    }
    tell("guard, max_share", World::PAIRS.len());
}

#[tokio::test]
async fn a_dry_run_tells_that_it_would_be_stopped() {
    let w = world(World::PAIRS[0], "{ max_closes: 1 }").await;
    w.right.close(1, "completed");
    w.right.close(2, "completed");
    let report = w.plan().await;
    assert_eq!(report.outcome, Outcome::Guarded);
}
