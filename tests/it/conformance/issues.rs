//! Issues: created, changed, listed, gone.

use jiff::SignedDuration;
use lockstep::model::{
    Body, CommentMark, Draft, Hash, IssueKey, LinkId, Lookup, Marker, Op, Patch, Payload, Reason, Side, Signer, State,
    Status, normalise,
};
use lockstep::tracker::TrackerError;

use super::{Bench, draft, set};
use crate::support::player;

pub(super) async fn a_created_issue_is_what_was_asked_for(bench: &Bench) {
    bench.player().invite("ann");
    let asked = Draft {
        labels: set(["bug"]),
        assignees: set(["ann"]),
        ..draft("Crash \u{1f4a5} at start", "It burns.\n\n* really\n")
    };
    let made = bench.create(asked.clone()).await;
    assert_eq!(
        (&made.title, &made.labels, &made.assignees),
        (&asked.title, &asked.labels, &asked.assignees)
    );
    assert_eq!(normalise(&made.body.text), normalise(&asked.body));
    assert!(made.status.alike(Status::OPEN) && made.comment_count == 0 && !made.url.is_empty());
    assert!(made.created.is_some() && made.updated >= made.created);
    assert!(made.same_content(&bench.look(&made.key).await));
    let listed = bench.list().await;
    assert!(listed.len() == 1 && listed[0].same_content(&made), "{listed:#?}");
}

pub(super) async fn a_body_is_kept_with_its_marker(bench: &Bench) {
    let mark = CommentMark {
        side: Side::Left,
        source: "1".to_owned(),
        original: Hash("a".to_owned()),
        copy: Hash("b".to_owned()),
        attribution: None,
    };
    let marker = Marker::new(
        LinkId("0123456789abcdef0123".to_owned()),
        Payload::Comment(Box::new(mark)),
    );
    let text = "one\n\n    indented\n\n```sh\necho `date` <b>&amp;</b>\n```\n\ntwo  \nthree\\";
    let body = Body::compose(
        text,
        Some("<sub>ours</sub>"),
        std::slice::from_ref(&marker),
        &Signer::default(),
    );
    let made = bench.create(draft("T", &body)).await;
    let read = bench.look(&made.key).await.body;
    assert_eq!(normalise(&read.text), format!("{text}\n\n<sub>ours</sub>"));
    assert_eq!((read.markers.len(), &read.markers[0].payload), (1, &marker.payload));
}

pub(super) async fn a_change_changes_what_it_says_and_nothing_else(bench: &Bench) {
    let made = bench
        .create(Draft {
            labels: set(["bug"]),
            ..draft("Crash", "text")
        })
        .await;
    let patch = Patch {
        title: Some("Crash at start".to_owned()),
        ..Patch::default()
    };
    let after = bench.update(&made.key, patch).await;
    assert_eq!(
        (after.title.as_str(), &after.body, &after.labels),
        ("Crash at start", &made.body, &made.labels)
    );
    let patch = Patch {
        body: Some("other".to_owned()),
        ..Patch::default()
    };
    let after = bench.update(&made.key, patch).await;
    assert_eq!(
        (after.title.as_str(), after.body.text.as_str()),
        ("Crash at start", "other")
    );
    assert!(after.status.alike(made.status) && after.same_content(&bench.look(&made.key).await));
    let patch = Patch {
        body: Some(String::new()),
        ..Patch::default()
    };
    assert_eq!(bench.update(&made.key, patch).await.body.text, "");
}

pub(super) async fn a_change_of_nothing_tells_what_is_there(bench: &Bench) {
    let made = bench.create(draft("Crash", "text")).await;
    bench.world.clear_logs();
    assert!(bench.update(&made.key, Patch::default()).await.same_content(&made));
    assert_eq!(bench.player().writes(), Vec::<String>::new());
}

pub(super) async fn every_status_becomes_what_the_profile_foretells(bench: &Bench) {
    let reasons = [Reason::Completed, Reason::NotPlanned, Reason::Duplicate];
    let closed = reasons.map(|reason| Status {
        state: State::Closed,
        reason: Some(reason),
    });
    let all: Vec<Status> = closed.into_iter().chain([Status::CLOSED, Status::OPEN]).collect();
    let key = bench.create(draft("Crash", "text")).await.key;
    for (from, to) in all.iter().flat_map(|from| all.iter().map(move |to| (*from, *to))) {
        for wish in [from, to] {
            let now = bench.look(&key).await.status;
            let foretold = bench.profile().fit_status(Some(now), wish);
            let patch = Patch {
                status: Some((now, foretold)),
                ..Patch::default()
            };
            let after = bench.update(&key, patch).await;
            assert!(
                after.status.alike(foretold),
                "{now} asked for {wish}: {} is not {foretold}",
                after.status
            );
            assert_eq!(bench.look(&key).await.status, after.status);
        }
    }
}

pub(super) async fn an_issue_is_created_closed_where_that_can_be(bench: &Bench) {
    let status = bench.profile().fit_status(None, Status::CLOSED);
    if bench.profile().create_closed {
        let made = bench
            .create(Draft {
                status,
                ..draft("Done", "text")
            })
            .await;
        assert!(made.status.alike(status), "{}", made.status);
    }
}

pub(super) async fn texts_as_long_as_the_profile_allows_are_kept(bench: &Bench) {
    // More than this no service would be sent.
    let most = bench.profile().body_max.min(200_000);
    let (title, body) = ("ä".repeat(bench.profile().title_max), "ä ".repeat(most / 2));
    let made = bench.create(draft(&title, &body)).await;
    assert_eq!(made.title, title);
    assert_eq!(normalise(&made.body.text), normalise(&body));
}

pub(super) async fn what_is_not_there_is_gone_and_never_written(bench: &Bench) {
    for key in ["4711", "nonsense", "../1", "0"].map(|key| IssueKey(key.to_owned())) {
        let found = bench.tracker.reader().issue(&key).await;
        assert!(
            matches!(found, Ok(Lookup::Hidden | Lookup::Deleted)),
            "{key}: {found:?}"
        );
        let patch = Patch {
            title: Some("T".to_owned()),
            ..Patch::default()
        };
        let ops = [
            Op::UpdateIssue {
                key: key.clone(),
                patch,
            },
            Op::CreateComment {
                issue: key.clone(),
                body: "text".to_owned(),
            },
        ];
        for op in &ops {
            let done = bench.perform(op).await;
            assert!(matches!(done, Err(TrackerError::Gone(_))), "{key}: {done:?}");
        }
    }
    assert!(bench.player().keys().is_empty());
}

pub(super) async fn a_deleted_issue_is_told_from_a_hidden_one(bench: &Bench) {
    let key = bench.create(draft("Crash", "text")).await.key;
    bench.player().delete(key.0.parse().unwrap());
    let found = bench.tracker.reader().issue(&key).await.unwrap();
    if bench.profile().tells_deleted {
        assert_eq!(found, Lookup::Deleted);
    } else {
        assert_eq!(found, Lookup::Hidden);
    }
    assert!(bench.list().await.is_empty());
}

pub(super) async fn a_listing_is_whole_whatever_the_pages(bench: &Bench) {
    for number in 0..7 {
        bench
            .player()
            .open(player::draft(&format!("Issue {number}")).body("text"));
    }
    bench.player().page_cap(2);
    let titles: Vec<String> = bench.list().await.into_iter().map(|issue| issue.title).collect();
    assert_eq!(
        titles,
        (0..7).map(|number| format!("Issue {number}")).collect::<Vec<_>>()
    );
    assert_eq!(bench.list().await, bench.list().await);
}

pub(super) async fn a_listing_since_a_time_holds_what_changed(bench: &Bench) {
    let old = bench.player().open(player::draft("Old"));
    let changed = bench.player().open(player::draft("Changed"));
    for key in [old, changed] {
        bench.player().later(key, 3600);
    }
    let now = bench.tracker.reader().list(None).await.unwrap().now;
    bench.player().retitle(changed, "Changed now");
    bench.player().later(changed, 7200);
    let since = now.checked_add(SignedDuration::from_secs(1)).unwrap();
    let listing = bench.tracker.reader().list(Some(since)).await.unwrap();
    let titles: Vec<&str> = listing.issues.iter().map(|issue| issue.title.as_str()).collect();
    assert!(titles.contains(&"Changed now"), "{titles:?}");
    assert!(
        bench.player().vendor == player::Vendor::Folder || !titles.contains(&"Old"),
        "{titles:?}"
    );
}

pub(super) async fn what_we_write_is_by_our_account(bench: &Bench) {
    let own = bench.tracker.reader().account().await.unwrap().unwrap();
    let made = bench.create(draft("Crash", "text")).await;
    assert_eq!(made.author.unwrap().login, own);
    let op = Op::CreateComment {
        issue: made.key,
        body: "text".to_owned(),
    };
    let comment = bench.perform(&op).await.unwrap().comment.unwrap();
    assert_eq!(comment.author.unwrap().login, own);
}
