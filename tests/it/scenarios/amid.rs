//! What a person wrote after a run listed it, and before the run reads it once more, is not written over.

use super::linked;
use super::meanwhile::interrupted;
use crate::support::player::{Player, draft};
use crate::support::world::World;

/// Two linked issues that both have something to carry to the right. While one of them is being written, which nothing can
/// call back any more, a person edits both.
async fn two(w: &World, news: impl Fn(&World, u64)) {
    w.left.open(draft("Other").body("other text"));
    w.left.say(2, "bob", "original");
    w.settle().await;
    w.right.say(2, "dora", "reply");
    w.settle().await;
    for key in [1, 2] {
        w.left.later(key, 120);
        news(w, key);
        w.left.later(key, 120);
    }
}

/// A change of the left, and what it is called.
type News = (&'static str, fn(&World, u64));

#[tokio::test]
async fn a_body_edited_between_the_listing_and_the_write_is_not_written_over() {
    let all: [News; 3] = [
        ("comment", |w, key| {
            w.left.say(key, "bob", "news");
        }),
        ("title", |w, key| w.left.retitle(key, "New title")),
        ("label", |w, key| w.left.label(key, "new")),
    ];
    for pair in World::PAIRS {
        for (name, news) in all {
            println!("{name}");
            let w = linked(pair, "", draft("Crash").body("text")).await;
            two(&w, news).await;
            let edit = |w: &World| {
                for key in [1, 2] {
                    w.right.later(key, 240);
                    w.right.rewrite(key, "edited by a person");
                    w.right.later(key, 240);
                }
            };
            assert!(interrupted(&w, 1, edit).await);
            w.sync().await;
            w.assert_settled().await;
            let edited = |player: &Player| {
                let mut all = player.all();
                all.retain(|issue| issue.text == "edited by a person");
                all.len()
            };
            assert!(edited(&w.right) >= 1, "{pair:?}, {name}");
            assert_eq!(edited(&w.left), edited(&w.right), "{pair:?}, {name}");
        }
    }
}

#[tokio::test]
async fn a_copy_edited_between_the_listing_and_the_write_is_kept() {
    for pair in World::PAIRS {
        for deletes in [false, true] {
            let rules = "fields: { comments: { deletions: mirror } }";
            let w = linked(pair, rules, draft("Crash").body("text")).await;
            w.left.say(1, "bob", "original");
            two(&w, |w, key| {
                let said = w.left.see(key).said.into_iter().find(|said| said.text == "original");
                let id = said.unwrap().id;
                if deletes {
                    w.left.unsay(key, id);
                } else {
                    w.left.reword(key, id, "reworded");
                }
            })
            .await;
            let edit = |w: &World| {
                for key in [1, 2] {
                    let copy = w.right.see(key).said.into_iter().find(|said| said.text == "original");
                    w.right.later(key, 240);
                    w.right.reword(key, copy.unwrap().id, "a person's answer");
                    w.right.later(key, 240);
                }
            };
            assert!(interrupted(&w, 1, edit).await);
            w.sync().await;
            w.sync().await;
            w.assert_settled().await;
            let all = w.right.all();
            let texts: Vec<String> = all.iter().map(|issue| issue.texts().join("\n")).collect();
            let kept = texts.iter().any(|text| text.contains("a person's answer"));
            assert!(kept, "{pair:?}, {deletes}: {texts:?}");
        }
    }
}
