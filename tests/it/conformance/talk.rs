//! Comments and the feed of the newest.

use lockstep::model::{Comment, CommentKey, IssueKey, Op};
use lockstep::tracker::CommentReading;

use super::{Bench, draft};
use crate::support::player::Vendor;

async fn say(bench: &Bench, issue: &IssueKey, body: &str) -> Comment {
    let op = Op::CreateComment {
        issue: issue.clone(),
        body: body.to_owned(),
    };
    bench.perform(&op).await.unwrap().comment.unwrap()
}

async fn said(bench: &Bench, issue: &IssueKey) -> Vec<Comment> {
    let count = bench
        .list()
        .await
        .into_iter()
        .find(|one| one.key == *issue)
        .unwrap()
        .comment_count;
    let mut all = bench
        .tracker
        .reader()
        .comments(&[(issue.clone(), count)])
        .await
        .unwrap();
    all.remove(issue).unwrap()
}

fn texts(comments: &[Comment]) -> Vec<&str> {
    comments.iter().map(|comment| comment.body.text.as_str()).collect()
}

pub(super) async fn comments_come_oldest_first_and_are_counted(bench: &Bench) {
    let key = bench.create(draft("Crash", "text")).await.key;
    say(bench, &key, "one").await;
    bench.player().say(key.0.parse().unwrap(), "bob", "two");
    let last = say(bench, &key, "three\n\nparagraph").await;
    bench.player().page_cap(2);
    let all = said(bench, &key).await;
    assert_eq!(texts(&all), ["one", "two", "three\n\nparagraph"]);
    assert_eq!(
        (&all[2].key, all[1].author.as_ref().unwrap().login.as_str()),
        (&last.key, "bob")
    );
    assert!(
        all.iter()
            .all(|comment| !comment.url.is_empty() && comment.created.is_some())
    );
    assert!(
        all.is_sorted_by(|a, b| a.key < b.key),
        "keys tell the order of creation"
    );
    if bench.profile().comments != CommentReading::Free {
        assert_eq!(bench.look(&key).await.comment_count, 3);
    }
}

pub(super) async fn comments_are_edited_and_taken_away(bench: &Bench) {
    let key = bench.create(draft("Crash", "text")).await.key;
    let comment = say(bench, &key, "one").await;
    say(bench, &key, "two").await;
    let edit = Op::EditComment {
        issue: key.clone(),
        comment: comment.key.clone(),
        body: "one, edited".to_owned(),
    };
    let receipt = bench.perform(&edit).await.unwrap();
    assert_eq!(receipt.comment.unwrap().body.text, "one, edited");
    assert_eq!(texts(&said(bench, &key).await), ["one, edited", "two"]);
    let delete = Op::DeleteComment {
        issue: key.clone(),
        comment: comment.key,
    };
    for _ in 0..2 {
        bench.perform(&delete).await.unwrap();
    }
    assert_eq!(texts(&said(bench, &key).await), ["two"]);
    let nobody = Op::EditComment {
        issue: key,
        comment: CommentKey("4711".to_owned()),
        body: "text".to_owned(),
    };
    assert!(bench.perform(&nobody).await.is_err());
}

pub(super) async fn a_comment_is_acknowledged_and_stays_as_it_is(bench: &Bench) {
    let key = bench.create(draft("Crash", "text")).await.key;
    let number: u64 = key.0.parse().unwrap();
    let id = bench.player().say(number, "maria", "/lockstep sync");
    let op = Op::Acknowledge {
        issue: key.clone(),
        comment: CommentKey(id.to_string()),
    };
    for _ in 0..2 {
        bench.perform(&op).await.unwrap();
        assert!(bench.player().acknowledged(number, id));
    }
    assert_eq!(texts(&said(bench, &key).await), ["/lockstep sync"]);
}

pub(super) async fn who_may_write_is_told_for_everyone_asked_about(bench: &Bench) {
    bench.player().invite("maria");
    let key = bench.create(draft("Crash", "text")).await.key;
    bench.player().say(key.0.parse().unwrap(), "mallory", "text");
    let asked = ["maria", "mallory"].map(str::to_owned);
    let told = bench.tracker.reader().may_write(&asked).await.unwrap();
    let stranger = !bench.profile().rights;
    assert_eq!(told["maria"], Some(true));
    assert_eq!(told["mallory"], Some(stranger));
    assert_eq!(told.len(), 2);
}

pub(super) async fn every_issue_asked_for_is_in_the_answer(bench: &Bench) {
    let mut asked = Vec::new();
    for number in 0..5_u64 {
        let key = bench.create(draft(&format!("Issue {number}"), "text")).await.key;
        for comment in 0..number {
            say(bench, &key, &format!("comment {comment}")).await;
        }
        asked.push((key, number));
    }
    // After a whole listing a tracker may choose another way to read them.
    for _ in 0..2 {
        let told = bench.tracker.reader().comments(&asked).await.unwrap();
        assert_eq!(told.len(), asked.len());
        for (key, number) in &asked {
            assert_eq!(told[key].len() as u64, *number);
        }
        bench.list().await;
    }
}

pub(super) async fn the_feed_tells_the_newest_first(bench: &Bench) {
    let (first, second) = (
        bench.create(draft("A", "")).await.key,
        bench.create(draft("B", "")).await.key,
    );
    let one = say(bench, &first, "one").await;
    say(bench, &second, "two").await;
    bench.player().later(1, 60);
    if bench.player().vendor != Vendor::Folder {
        bench
            .player()
            .reword(first.0.parse().unwrap(), one.key.0.parse().unwrap(), "one, edited");
    }
    let feed = bench.tracker.reader().feed(1).await.unwrap();
    if bench.profile().comments == CommentReading::Feed {
        let told: Vec<(&IssueKey, &str)> = feed
            .comments
            .iter()
            .map(|(key, c)| (key, c.body.text.as_str()))
            .collect();
        assert_eq!(told, [(&first, "one, edited"), (&second, "two")]);
    } else {
        assert!(feed.comments.is_empty());
    }
    assert!(!feed.more);
}
