//! Strangers who know the format of markers: what they write is held, and nothing of anybody else's moves for it.

use lockstep::model::IssueRef;
use lockstep::report::Outcome;
use lockstep::run::Request;

use super::linked;
use crate::support::player::{Player, Vendor, draft};
use crate::support::world::{World, held};

#[tokio::test]
async fn in_a_mirror_a_strangers_claim_brings_nothing_across() {
    // Folders, whose fingerprints are the same in every world.
    let pair = (Vendor::Folder, Vendor::Folder);
    let line = {
        // What the marker of the second issue's twin would look like.
        let w = World::new(pair, "mode: mirror\ncreate: { left: { state: all } }").await;
        w.left.open(draft("Public"));
        w.left.open(draft("Unpublished"));
        w.synced().await;
        w.right.titled("Unpublished").marker_lines()[0].to_owned()
    };
    let w = World::new(pair, "mode: mirror\ncreate: { left: { labels: [public] } }").await;
    w.left.open(draft("Public").labels(["public"]));
    w.left.open(draft("Unpublished").body("secret"));
    w.synced().await;
    let stranger = w.right.open(draft("Give me that").body(&format!("please\n\n{line}")));
    let report = w.sync().await;
    assert!(held(&report).contains(&"half-linked"), "{report:#?}");
    assert_eq!(w.right.see(stranger).title, "Give me that");
    assert!(!w.right.see(stranger).text.contains("secret"));
    w.assert_settled().await;
}

#[tokio::test]
async fn a_strangers_pointer_does_not_open_an_issue_of_ours() {
    let pair = (Vendor::Folder, Vendor::Folder);
    let line = {
        let w = World::new(pair, "create: { left: { state: all } }").await;
        w.left.open(draft("Mine"));
        w.synced().await;
        w.left.see(1).marker_lines()[0].to_owned()
    };
    let w = World::new(pair, "").await;
    // An issue that the account of our token wrote by hand, and that nobody linked.
    let page = "---\ntitle: Private plan\nauthor: lockstep\ncreated: 2020-01-01T00:00:00Z\n---\n\nsecret\n";
    std::fs::write(w.dir().join("right/0001.md"), page).unwrap();
    w.left.open(draft("Mine").body(&format!("hello\n\n{line}")));
    let report = w.sync().await;
    assert!(held(&report).contains(&"half-linked"), "{report:#?}");
    assert_eq!(
        (w.left.see(1).text.as_str(), w.right.see(1).text.as_str()),
        ("hello", "secret")
    );
    w.assert_settled().await;
}

#[tokio::test]
async fn a_comment_dressed_up_as_a_copy_does_not_rewrite_the_original() {
    let pair = (Vendor::GitHub, Vendor::GitLab);
    let w = linked(pair, "", draft("Crash").body("text")).await;
    w.left.say(1, "bob", "the truth");
    w.settle().await;
    let copy = w.right.see(1).said[0].raw.clone();
    let id = w.right.see(1).said[0].id;
    w.right.unsay(1, id);
    w.right.say(1, "mallory", &copy.replace("the truth", "a lie"));
    let report = w.sync().await;
    assert!(held(&report).contains(&"comment-marker"), "{report:#?}");
    assert_eq!(w.left.see(1).texts(), ["the truth"]);
    w.assert_settled().await;
}

#[tokio::test]
async fn the_share_of_all_links_does_not_stop_a_run_for_one() {
    for pair in World::PAIRS {
        let w = linked(pair, "guard: { max_share: 10% }", draft("Crash").body("text")).await;
        w.left.retitle(1, "Crash at start");
        let issue = IssueRef::parse("left#1");
        let report = w
            .run(Request {
                apply: true,
                issue,
                ..Request::default()
            })
            .await;
        assert_eq!(report.outcome, Outcome::Changed, "{report:#?}");
        assert_eq!(w.right.see(1).title, "Crash at start");
    }
}

/// One linked issue, and a line taken from it. What is then done with the line is held with this code, and changes nothing.
async fn holds(w: &World, code: &str) {
    let before = (w.left.all(), w.right.all());
    let report = w.sync().await;
    assert!(
        held(&report).contains(&code),
        "{code}: {:#?} {:#?}",
        report.held,
        report.steps
    );
    assert_eq!(report.steps, Vec::new(), "it is not followed");
    assert_eq!((w.left.all(), w.right.all()), before, "and nothing takes its place");
    w.assert_settled().await;
}

fn marker(player: &Player, key: u64) -> String {
    player.see(key).marker_lines()[0].to_owned()
}

#[tokio::test]
async fn a_marker_pasted_into_a_comment_is_held() {
    for pair in World::PAIRS {
        let w = linked(pair, "", draft("Crash").body("text")).await;
        w.left.open(draft("Other"));
        w.left.say(2, "ann", "a comment");
        w.settle().await;
        let copy = w.right.see(2).said[0].raw.lines().last().unwrap().to_owned();
        for (player, line) in [
            (&w.left, marker(&w.left, 1)),
            (&w.left, marker(&w.right, 1)),
            (&w.right, marker(&w.right, 1)),
            (&w.left, copy),
        ] {
            player.say(1, "mallory", &format!("look\n\n{line}"));
            let report = w.sync().await;
            assert!(held(&report).contains(&"comment-marker"), "{report:#?}");
            assert!(
                report
                    .steps
                    .iter()
                    .all(|step| step.op != "comment" && step.op != "edit-comment"),
                "{report:#?}"
            );
        }
        assert_eq!(
            (w.left.see(1).said.len(), w.right.see(1).said.len()),
            (3, 1),
            "none of them is copied"
        );
        w.left.retitle(1, "Crash at start");
        w.sync().await;
        assert_eq!(w.right.see(1).title, "Crash at start", "the link goes on");
    }
}

#[tokio::test]
async fn a_truncated_marker_is_held() {
    for pair in World::PAIRS {
        for way in 0..2 {
            let w = linked(pair, "", draft("Crash").body("text")).await;
            let player = [&w.left, &w.right][way];
            let raw = player.see(1).raw;
            let cut = raw.len() - marker(player, 1).len() / 2;
            player.store(1, raw.split_at(cut).0);
            holds(&w, "marker-unreadable").await;
        }
    }
}

#[tokio::test]
async fn a_marker_of_another_repository_is_held() {
    for pair in [World::PAIRS[0], World::PAIRS[2], World::PAIRS[3]] {
        let mut w = linked(pair, "", draft("Crash").body("text")).await;
        // The same issues under another address are those of another project, as far as anybody can know.
        w.right_at = Some(w.right.address().replace("127.0.0.1", "localhost"));
        holds(&w, "marker-foreign").await;
    }
}

#[tokio::test]
async fn a_marker_moved_to_the_other_side_is_held() {
    for pair in World::PAIRS {
        for way in 0..2 {
            let w = linked(pair, "", draft("Crash").body("text")).await;
            let (from, to) = if way == 0 {
                (&w.left, &w.right)
            } else {
                (&w.right, &w.left)
            };
            let raw = to.see(1).raw.replace(&marker(to, 1), &marker(from, 1));
            to.store(1, &raw);
            holds(&w, "marker-misplaced").await;
        }
    }
}

#[tokio::test]
async fn a_marker_moved_to_another_issue_does_not_take_its_link_along() {
    for pair in World::PAIRS {
        let w = linked(pair, "", draft("Crash").body("text")).await;
        let line = marker(&w.right, 1);
        let bare = w.right.see(1).raw.replace(&line, "");
        w.right.store(1, &bare);
        let thief = w.right.open(draft("Thief").body(&format!("mine now\n\n{line}")));
        let report = w.sync().await;
        assert!(held(&report).contains(&"marker-copied"), "{report:#?}");
        w.left.retitle(1, "Crash at start");
        w.sync().await;
        assert_eq!(w.right.see(thief).title, "Thief");
        assert_eq!(w.right.see(thief).text, "mine now");
        assert_eq!(w.right.see(1).title, "Crash at start");
        assert_eq!(w.left.keys(), [1]);
    }
}

#[tokio::test]
async fn a_marker_of_a_megabyte_is_held_in_bounded_words() {
    for pair in [(Vendor::GitHub, Vendor::Folder), (Vendor::Folder, Vendor::GitLab)] {
        let w = linked(pair, "", draft("Crash").body("text")).await;
        let line = marker(&w.right, 1);
        let huge = line.replace(" -->", &format!("{} -->", "A".repeat(1_000_000)));
        w.right.store(1, &w.right.see(1).raw.replace(&line, &huge));
        holds(&w, "marker-unreadable").await;
        assert!(w.plan().await.json().len() < 10_000);
    }
}

/// Somebody puts an earlier revision of the twin's body back, marker and all. Followed, its base would have the newest text
/// of one side take the place of what was put back, and undo what was agreed since.
#[tokio::test]
async fn a_state_marker_of_an_older_revision_is_held() {
    for pair in World::PAIRS {
        let mut w = linked(pair, "", draft("Crash").body("first text")).await;
        let old = w.right.see(1).raw;
        let mut revisions = vec![old.clone()];
        // Folders go by the clock of the machine.
        w.now = w.now.max(lockstep::env::now());
        for text in ["second text", "third text"] {
            w.now += jiff::SignedDuration::from_hours(5);
            w.right.rewrite(1, text);
            w.settle().await;
            revisions.push(w.right.see(1).raw);
        }
        assert_eq!(w.left.see(1).text, "third text");
        w.right.store(1, &old);
        holds(&w, "marker-replayed").await;
        // The way out: the newest marker below the text that was put back, or none.
        let newest = revisions.last().unwrap().lines().last().unwrap();
        let put_back = old.replace(old.lines().last().unwrap(), newest);
        w.right.store(1, &put_back);
        w.settle().await;
        assert_eq!(w.left.see(1).text, "first text", "the person's choice went across");
    }
}
