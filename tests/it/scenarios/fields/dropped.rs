//! Values a service is asked for and does not keep: told once, not asked for again, and never taken away at home.

use super::world;
use crate::support::player::{Vendor, draft};
use crate::support::world::held;

#[tokio::test]
async fn a_weight_that_a_free_gitlab_does_not_keep_stays_at_home() {
    for pair in [(Vendor::GitLab, Vendor::GitLab), (Vendor::Folder, Vendor::GitLab)] {
        let w = world(pair, "fields: { weight: both }").await;
        w.right.gitlab().vices(|vices| vices.no_premium = true);
        w.left.open(draft("Crash").body("text"));
        w.left.weigh(1, Some(3));
        let report = w.sync().await;
        assert_eq!(held(&report), ["not-kept"], "{pair:?}");
        w.assert_settled().await;
        assert_eq!(held(&w.plan().await), Vec::<&str>::new(), "{pair:?}: told once");
        w.left.retitle(1, "Crash again");
        w.settle().await;
        w.left.weigh(1, Some(5));
        w.sync().await;
        w.assert_settled().await;
        assert_eq!(
            (w.left.planned(1).weight, w.right.planned(1).weight),
            (Some(5), None),
            "{pair:?}"
        );
        w.right.rewrite(1, "other text");
        w.settle().await;
        assert_eq!(w.left.planned(1).weight, Some(5), "{pair:?}");
    }
}

#[tokio::test]
async fn a_milestone_nobody_may_set_stays_at_home() {
    for pair in [(Vendor::GitLab, Vendor::GitHub), (Vendor::Folder, Vendor::GitHub)] {
        for there in [true, false] {
            println!("the milestone is there: {there}");
            let w = world(pair, "fields: { labels: off }").await;
            if there {
                w.right.github().milestone("Q1");
            }
            w.right.github().vices(|vices| vices.no_push = true);
            w.left.open(draft("Crash").body("text"));
            w.left.put_into(1, Some("Q1"));
            w.sync().await;
            w.sync().await;
            assert_eq!(w.right.keys(), [1], "{pair:?}: the rest of the issue crosses");
            assert_eq!(w.right.see(1).text, "text", "{pair:?}");
            let report = w.plan().await;
            let again = report.steps.iter().filter(|step| step.op != "milestone");
            assert!(!there || again.count() == 0, "{pair:?}: {:#?}", report.steps);
            assert_eq!(w.left.planned(1).milestone.as_deref(), Some("Q1"), "{pair:?}");
            w.right.rewrite(1, "other text");
            w.sync().await;
            assert_eq!(w.left.see(1).text, "other text", "{pair:?}");
            assert_eq!(w.left.planned(1).milestone.as_deref(), Some("Q1"), "{pair:?}");
        }
    }
}
