//! `mode: mirror`: the left side is never touched, the right one is what the left says.

use crate::support::player::{Vendor, draft};
use crate::support::world::{World, held};

const MIRROR: &str = "mode: mirror\ncreate: { left: { state: all } }";

#[tokio::test]
async fn the_left_side_is_never_written() {
    for pair in World::PAIRS {
        let w = World::new(pair, MIRROR).await;
        w.left.open(draft("Crash").body("text").labels(["bug"]));
        w.left.say(1, "bob", "one");
        w.left.open(draft("Done").closed("completed"));
        w.clear_logs();
        w.synced().await;
        assert_eq!(w.left.writes(), Vec::<String>::new());
        w.assert_settled().await;
        let twin = w.right.titled("Crash");
        assert_eq!((twin.text.as_str(), twin.texts()), ("text", vec!["one"]));
        assert!(w.right.titled("Done").closed);
        assert!(w.left.see(1).marker_lines().is_empty());

        w.right.say(twin.key, "dora", "only here");
        w.left.say(1, "bob", "two");
        w.left.retitle(1, "Crash at start");
        w.left.later(1, 300);
        w.clear_logs();
        w.synced().await;
        assert_eq!(w.left.writes(), Vec::<String>::new());
        w.assert_settled().await;
        let twin = w.right.titled("Crash at start");
        assert_eq!(
            (twin.texts(), w.left.see(1).said.len()),
            (vec!["one", "only here", "two"], 2)
        );
    }
}

#[tokio::test]
async fn what_is_changed_on_the_right_is_put_right_again() {
    for pair in World::PAIRS {
        let w = World::new(pair, MIRROR).await;
        w.left.open(draft("Crash").body("text").labels(["bug"]));
        w.settle().await;
        w.right.retitle(1, "Not this");
        w.right.rewrite(1, "nor this");
        w.right.close(1, "completed");
        w.right.unlabel(1, "bug");
        w.clear_logs();
        w.synced().await;
        assert_eq!(w.left.writes(), Vec::<String>::new());
        w.assert_settled().await;
        let twin = w.right.only();
        assert_eq!(
            (twin.title.as_str(), twin.text.as_str(), twin.closed),
            ("Crash", "text", false)
        );
        assert_eq!(twin.labels(), ["bug"]);
        let mut kept = twin.texts();
        kept.sort_unstable();
        assert_eq!(kept, ["Not this", "nor this"], "what somebody wrote is kept");
    }
}

#[tokio::test]
async fn a_twin_says_where_it_comes_from_and_the_line_never_travels() {
    for pair in World::PAIRS {
        let w = World::new(pair, MIRROR).await;
        w.left.open(draft("Crash").body("text"));
        w.settle().await;
        let raw = w.right.only().raw;
        assert!(raw.contains("overwritten"), "{raw}");
        w.left.rewrite(1, "new text");
        w.settle().await;
        let twin = w.right.only();
        assert_eq!(twin.raw.matches("overwritten").count(), 1, "{}", twin.raw);
        assert_eq!(twin.text, "new text");
    }
}

#[tokio::test]
async fn a_token_that_may_only_read_suffices_for_the_left() {
    let w = World::new((Vendor::GitHub, Vendor::GitLab), MIRROR).await;
    w.left.github().add_token(crate::support::fake::github::Token {
        readonly: true,
        ..crate::support::fake::github::Token::new("left-secret-token")
    });
    w.left.open(draft("Crash").body("text"));
    w.left.say(1, "bob", "one");
    w.settle().await;
    assert_eq!(w.right.only().texts(), ["one"]);
}

/// Nothing on the left says that an issue is linked. Where the markers on the right are not believed any more, what they said
/// still keeps their origins from getting other twins.
#[tokio::test]
async fn markers_that_are_not_believed_any_more_make_no_second_twins() {
    type Change = fn(&mut World);
    let elsewhere: Change = |w| w.right_at = Some(w.right.address().replace("127.0.0.1", "localhost"));
    let changes: [(&str, Change); 4] = [
        ("marker-unsigned", |w| {
            w.top = "signing_key: ${SIGNING_KEY}".to_owned();
            w.env
                .push(("SIGNING_KEY".to_owned(), "a key of some length".to_owned()));
        }),
        ("marker-other-sync", |w| w.name = "renamed".to_owned()),
        ("marker-foreign", elsewhere),
        ("marker-other-sync", |w| {
            w.name = "renamed".to_owned();
            w.right_at = Some(w.right.address().replace("127.0.0.1", "localhost"));
        }),
    ];
    for pair in World::PAIRS {
        for (code, change) in changes {
            let mut w = World::new(pair, MIRROR).await;
            w.left.open(draft("Crash").body("text"));
            w.left.open(draft("Done").closed("completed"));
            w.left.say(1, "bob", "one");
            w.settle().await;
            w.left.retitle(1, "Crash at start");
            let before = (w.top.clone(), w.env.clone(), w.name.clone());
            change(&mut w);
            if pair.1 == Vendor::Folder && w.right_at.is_some() {
                continue; // It has one address alone.
            }
            let report = w.sync().await;
            assert_eq!(held(&report), [code], "{report:#?}");
            assert_eq!(w.right.keys(), [1, 2], "made again");
            w.assert_settled().await;
            (w.top, w.env, w.name) = before;
            w.right_at = None;
            w.synced().await;
            w.assert_settled().await;
            assert_eq!(w.right.see(1).title, "Crash at start");
        }
    }
}
