//! Strangers who know the format of markers: what they write is held, and nothing of anybody else's moves for it.

use lockstep::model::IssueRef;
use lockstep::report::Outcome;
use lockstep::run::Request;

use super::linked;
use crate::support::player::{Vendor, draft};
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
