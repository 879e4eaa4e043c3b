//! Unlinked issues get a twin: which ones, and with what in it.

use super::BOTH_WAYS;
use crate::support::player::{Vendor, draft};
use crate::support::world::World;

const SELECTED: &str = "create: { left: { labels: [sync], state: all } }";

#[tokio::test]
async fn selected_issues_get_a_twin_and_others_do_not() {
    for pair in World::PAIRS {
        let w = World::new(pair, SELECTED).await;
        let text = "It burns.\n\n```\nline 1\n```\n";
        w.left.open(draft("Crash").body(text).labels(["sync", "bug"]));
        w.left.open(draft("Private thoughts").labels(["bug"]));
        w.right.open(draft("Of the right").labels(["sync"]));
        w.settle().await;
        assert_eq!(w.right.keys().len(), 2);
        let twin = w.right.titled("Crash");
        assert_eq!(twin.text, text.trim_end());
        assert_eq!((twin.closed, twin.labels()), (false, vec!["bug", "sync"]));
        assert_eq!(twin.marker_lines().len(), 1);
        assert_eq!(w.left.titled("Crash").text, text.trim_end());
    }
}

#[tokio::test]
async fn closed_issues_arrive_closed_with_their_reason() {
    for pair in World::PAIRS {
        let w = World::new(pair, BOTH_WAYS).await;
        w.left.open(draft("Done").closed("completed"));
        w.left.open(draft("Never").closed("not_planned"));
        w.left.open(draft("Now"));
        w.settle().await;
        let twin = w.right.titled("Never");
        let has_reasons = |vendor| vendor != Vendor::GitLab;
        if has_reasons(pair.0) && has_reasons(pair.1) {
            assert_eq!((twin.closed, twin.reason.as_deref()), (true, Some("not_planned")));
        }
        assert!(twin.closed && w.right.titled("Done").closed && !w.right.titled("Now").closed);
        assert!(w.left.titled("Never").closed);
        if has_reasons(pair.0) {
            assert_eq!(w.left.titled("Never").reason.as_deref(), Some("not_planned"));
        }
    }
}

#[tokio::test]
async fn comments_arrive_in_order_and_say_who_wrote_them() {
    for pair in World::PAIRS {
        let w = World::new(pair, BOTH_WAYS).await;
        let key = w.left.open(draft("Crash"));
        w.left.say(key, "bob", "first");
        w.left.say(key, "carol", "second\n\nwith a paragraph");
        w.left.say(key, "bob", "third");
        w.settle().await;
        let twin = w.right.titled("Crash");
        assert_eq!(twin.texts(), ["first", "second\n\nwith a paragraph", "third"]);
        for (said, author) in twin.said.iter().zip(["bob", "carol", "bob"]) {
            let line = said.attribution.as_deref().unwrap_or_default();
            assert!(said.ours && line.contains(author), "{said:?}");
            assert!(!line.contains('@'), "nobody is notified: {line}");
        }
        assert_eq!(w.left.only().texts().len(), 3, "copies are not copied back");
    }
}

#[tokio::test]
async fn both_sides_open_issues_and_each_gets_one_twin() {
    for pair in World::PAIRS {
        let w = World::new(pair, BOTH_WAYS).await;
        w.left.open(draft("From the left").body("l"));
        w.right.open(draft("From the right").body("r"));
        let key = w.right.titled("From the right").key;
        w.right.say(key, "dora", "hello");
        w.settle().await;
        for player in [&w.left, &w.right] {
            assert_eq!(player.keys().len(), 2);
            assert_eq!(player.titled("From the left").text, "l");
            assert_eq!(player.titled("From the right").texts(), ["hello"]);
        }
    }
}

#[tokio::test]
async fn mapped_people_are_assigned_to_the_twin() {
    for pair in World::PAIRS {
        let mut w = World::new(pair, BOTH_WAYS).await;
        w.top = "people: [{ left: ann, right: a.nne }]".to_owned();
        w.right.invite("a.nne");
        w.left.open(draft("Crash").assignees(["ann", "stranger"]));
        w.settle().await;
        assert_eq!(w.right.only().assignees(), ["a.nne"]);
        assert_eq!(w.left.only().assignees(), ["ann", "stranger"]);
    }
}

#[tokio::test]
async fn an_issue_without_text_gets_a_twin_without_text() {
    for pair in World::PAIRS {
        let w = World::new(pair, BOTH_WAYS).await;
        w.left.open(draft("Only a title"));
        w.settle().await;
        assert_eq!(w.right.only().text, "");
        assert_eq!(w.left.only().text, "");
    }
}

#[tokio::test]
async fn nothing_is_created_unless_the_file_says_so() {
    for pair in World::PAIRS {
        let w = World::new(pair, "").await;
        w.left.open(draft("Left"));
        w.right.open(draft("Right"));
        w.assert_settled().await;
        assert_eq!((w.left.keys().len(), w.right.keys().len()), (1, 1));
    }
}

#[tokio::test]
async fn rules_choose_by_author_milestone_age_and_exclusion() {
    let rules =
        "create: { left: { authors: [Alice], exclude_labels: [Internal], created_after: 2026-01-05T10:00:02Z } }";
    let w = World::github_gitlab(rules).await;
    let fake = w.left.github();
    fake.issue("Too old").create();
    fake.issue("Old enough").create();
    fake.issue("Excluded").labels(["internal"]).create();
    fake.issue("By somebody else").author("mallory").create();
    fake.issue("Closed").closed("completed").create();
    fake.issue("Chosen").create();
    w.settle().await;
    let titles: Vec<String> = w.right.all().into_iter().map(|seen| seen.title).collect();
    assert_eq!(
        titles,
        ["Old enough", "Chosen"],
        "only open ones unless the rule says otherwise"
    );

    let w = World::github_gitlab("create: { left: { milestone: '1.0' } }").await;
    let fake = w.left.github();
    let milestone = fake.milestone("1.0");
    fake.issue("In it").milestone(milestone).create();
    fake.issue("Outside").create();
    w.settle().await;
    assert_eq!(w.right.only().title, "In it");
}

#[tokio::test]
async fn a_project_under_two_addresses_is_no_pair_of_projects() {
    for vendor in [Vendor::GitHub, Vendor::GitLab, Vendor::Folder] {
        let mut w = World::new((vendor, vendor), BOTH_WAYS).await;
        w.lead_right_to_left(vendor);
        w.left.open(draft("Crash"));
        for report in [w.plan().await, w.sync().await] {
            assert_eq!(w.left.keys(), [1], "{report:#?}");
            assert_eq!(report.outcome.exit_code(), 3, "{vendor:?} {report:#?}");
            assert!(
                report.syncs[0].stopped[0].contains("one project under two addresses"),
                "{report:#?}"
            );
        }
    }
}
