//! Labels: rows of the map, prefixes, what is skipped, scopes, case, and what a service drops.

use super::{BOTH_WAYS, linked};
use crate::support::player::{Vendor, draft};
use crate::support::world::{World, held};

#[tokio::test]
async fn mapped_labels_change_their_name_on_the_way() {
    let rules =
        "fields: { labels: { map: [{ left: bug, right: 'type::bug' }, { left: feature, right: 'type::feature' }] } }";
    for pair in World::PAIRS {
        let w = linked(pair, rules, draft("Crash").labels(["bug", "other"])).await;
        assert_eq!(w.right.see(1).labels(), ["other", "type::bug"]);
        w.left.unlabel(1, "bug");
        w.left.label(1, "feature");
        w.settle().await;
        assert_eq!(w.right.see(1).labels(), ["other", "type::feature"]);
        w.right.unlabel(1, "type::feature");
        w.right.label(1, "type::bug");
        w.settle().await;
        assert_eq!(w.left.see(1).labels(), ["bug", "other"]);
    }
}

#[tokio::test]
async fn skipped_labels_stay_where_they_are() {
    for pair in World::PAIRS {
        let w = linked(
            pair,
            "fields: { labels: { skip: ['internal/*'] } }",
            draft("Crash").labels(["internal/x", "bug"]),
        )
        .await;
        w.right.label(1, "internal/y");
        w.sync().await;
        w.assert_settled().await;
        assert_eq!(w.left.see(1).labels(), ["bug", "internal/x"]);
        assert_eq!(w.right.see(1).labels(), ["bug", "internal/y"]);
        w.left.unlabel(1, "internal/x");
        w.assert_settled().await;
    }
}

#[tokio::test]
async fn unmapped_labels_can_be_left_out() {
    for pair in World::PAIRS {
        let rules = "fields: { labels: { unmapped: skip, map: [{ left: bug, right: defect }] } }";
        let w = linked(pair, rules, draft("Crash").labels(["bug", "mine"])).await;
        assert_eq!(w.right.see(1).labels(), ["defect"]);
        w.right.label(1, "theirs");
        w.assert_settled().await;
        assert_eq!(w.left.see(1).labels(), ["bug", "mine"]);
    }
}

#[tokio::test]
async fn a_prefix_is_put_on_and_taken_off() {
    for pair in World::PAIRS {
        let w = linked(
            pair,
            "fields: { labels: { prefix: { right: 'gh/' } } }",
            draft("Crash").labels(["bug"]),
        )
        .await;
        assert_eq!(w.right.see(1).labels(), ["gh/bug"]);
        w.right.label(1, "gh/new");
        w.settle().await;
        assert_eq!(w.left.see(1).labels(), ["bug", "new"]);
        w.left.unlabel(1, "bug");
        w.settle().await;
        assert_eq!(w.right.see(1).labels(), ["gh/new"]);
        w.right.label(1, "own");
        w.assert_settled().await;
    }
}

#[tokio::test]
async fn a_label_is_the_same_whatever_its_case() {
    for pair in World::PAIRS {
        let w = World::new(pair, BOTH_WAYS).await;
        w.right.make_label("BUG");
        w.left.open(draft("Crash").labels(["bug"]));
        w.settle().await;
        if pair.1 != Vendor::Folder {
            assert_eq!(w.right.only().labels(), ["BUG"], "the spelling of the place");
        }
        assert_eq!(w.left.only().labels(), ["bug"]);
        w.left.unlabel(1, "bug");
        w.settle().await;
        assert!(w.right.only().labels.is_empty());
    }
}

#[tokio::test]
async fn labels_of_one_scope_push_one_another_out_and_settle() {
    for pair in [(Vendor::GitHub, Vendor::GitLab), (Vendor::GitLab, Vendor::GitHub)] {
        let w = linked(pair, "", draft("Crash").labels(["prio::low"])).await;
        w.left.unlabel(1, "prio::low");
        w.left.label(1, "prio::high");
        w.settle().await;
        assert_eq!(w.right.see(1).labels(), ["prio::high"]);
        let (gitlab, other) = if pair.0 == Vendor::GitLab {
            (&w.left, &w.right)
        } else {
            (&w.right, &w.left)
        };
        gitlab.label(1, "prio::low");
        assert_eq!(
            gitlab.see(1).labels(),
            ["prio::low"],
            "the service itself takes the other off"
        );
        w.settle().await;
        assert_eq!(other.see(1).labels(), ["prio::low"]);
    }
}

#[tokio::test]
async fn two_labels_of_a_scope_do_not_flap() {
    let w = World::github_gitlab(BOTH_WAYS).await;
    w.left.open(draft("Crash").labels(["prio::high", "prio::low"]));
    let report = w.sync().await;
    assert!(held(&report).contains(&"label-scope"), "{report:#?}");
    w.assert_settled().await;
    assert_eq!(
        w.left.only().labels(),
        ["prio::high", "prio::low"],
        "nothing is taken off where it was"
    );
    assert_eq!(w.right.only().labels.len(), 1);

    let w = linked(
        (Vendor::GitHub, Vendor::GitLab),
        "",
        draft("Crash").labels(["prio::low"]),
    )
    .await;
    w.left.label(1, "prio::high");
    w.sync().await;
    w.sync().await;
    w.assert_settled().await;
    assert_eq!(w.right.see(1).labels.len(), 1);
}

#[tokio::test]
async fn labels_dropped_in_silence_are_told_once_and_not_asked_for_again() {
    for (from, to) in [(Vendor::GitLab, Vendor::GitHub), (Vendor::GitHub, Vendor::GitLab)] {
        let w = World::new((from, to), BOTH_WAYS).await;
        match to {
            Vendor::GitHub => w.right.github().vices(|vices| vices.drop_labels = true),
            Vendor::GitLab => w.right.gitlab().vices(|vices| vices.drop_labels = true),
            Vendor::Folder => {}
        }
        w.left.open(draft("Crash").labels(["bug"]));
        let report = w.sync().await;
        assert!(held(&report).contains(&"not-kept"), "{report:#?}");
        w.assert_settled().await;
        assert_eq!(
            w.left.only().labels(),
            ["bug"],
            "what was dropped there is not taken off here"
        );
        w.left.label(1, "new");
        w.sync().await;
        w.assert_settled().await;
        assert_eq!(w.left.only().labels(), ["bug", "new"]);
    }
}

#[tokio::test]
async fn unknown_labels_are_left_out_when_none_may_be_created() {
    for pair in [(Vendor::GitHub, Vendor::GitLab), (Vendor::GitLab, Vendor::GitHub)] {
        let w = World::new(pair, &format!("{BOTH_WAYS}\nfields: {{ labels: {{ create: false }} }}")).await;
        w.right.make_label("known");
        w.left.open(draft("Crash").labels(["known", "unknown"]));
        w.settle().await;
        assert_eq!(w.right.only().labels(), ["known"]);
        assert_eq!(w.left.only().labels(), ["known", "unknown"]);
        w.left.retitle(1, "Crash again");
        w.settle().await;
        assert_eq!(w.left.only().labels(), ["known", "unknown"]);
    }
}

/// What a tracker cannot spell is fitted, and still goes when it is taken off where it came from.
#[tokio::test]
async fn a_label_that_had_to_be_fitted_is_taken_off_again() {
    let long = "x".repeat(60);
    for (pair, name) in [
        ((Vendor::GitHub, Vendor::GitLab), "needs, more".to_owned()),
        ((Vendor::GitLab, Vendor::GitHub), long.clone()),
    ] {
        let w = linked(pair, "", draft("Crash").labels(["bug"])).await;
        w.left.label(1, &name);
        w.settle().await;
        assert_eq!(w.right.see(1).labels.len(), 2, "{:?}", w.right.see(1).labels);
        w.left.unlabel(1, &name);
        w.settle().await;
        assert_eq!(w.right.see(1).labels(), ["bug"]);
        // And the other way round.
        w.left.label(1, &name);
        w.settle().await;
        let there = w
            .right
            .see(1)
            .labels()
            .iter()
            .find(|label| **label != "bug")
            .map(|label| (*label).to_owned());
        w.right.unlabel(1, &there.unwrap());
        w.settle().await;
        assert_eq!(w.left.see(1).labels(), ["bug"]);
    }
}
