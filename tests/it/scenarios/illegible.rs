//! Files of a folder that somebody left in a state nobody can read: they hold themselves alone.

use super::{BOTH_WAYS, linked};
use crate::support::player::{Vendor, draft};
use crate::support::world::{World, held};

const PAIRS: [(Vendor, Vendor); 3] = [
    (Vendor::Folder, Vendor::GitHub),
    (Vendor::GitLab, Vendor::Folder),
    (Vendor::Folder, Vendor::Folder),
];

/// Spoils, or mends, the front matter of an issue's file.
fn spoil(w: &World, side: &str, from: &str, to: &str) {
    let folder = w.dir().join(side);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let pages = files.filter(|path| path.extension().is_some_and(|end| end == "md"));
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        if text.contains(from) {
            std::fs::write(&page, text.replacen(from, to, 1)).unwrap();
        }
    }
}

#[tokio::test]
async fn a_bad_file_holds_its_issue_alone() {
    for pair in PAIRS {
        for rules in ["on_delete: close", "mode: mirror\non_delete: close"] {
            let w = linked(pair, rules, draft("Crash").body("text")).await;
            w.left.open(draft("Idea").body("more"));
            w.settle().await;
            let (side, other) = match pair {
                (Vendor::Folder, _) => ("left", &w.right),
                _ => ("right", &w.left),
            };
            let twin = other.titled("Crash");
            spoil(&w, side, "title: Crash", "title: Crash\nestimate: {long: true}");
            let idea = w.left.titled("Idea").key;
            w.left.retitle(idea, "A better idea");
            w.left.open(draft("News").body("even more"));
            let report = w.sync().await;
            assert_eq!(held(&report), ["issue-unreadable"], "{report:#?}");
            assert!(
                report.held[0].message.contains("`estimate` must be a text"),
                "{report:#?}"
            );
            w.right.titled("A better idea");
            w.right.titled("News");
            assert_eq!(other.titled("Crash"), twin, "its twin waits");
            assert_eq!(w.right.keys().len(), 3, "made again");
            w.assert_settled().await;
            spoil(&w, side, "estimate: {long: true}\n", "");
            w.left.later(1, 120);
            w.left.say(1, "bob", "And now?");
            w.settle().await;
            assert_eq!((w.left.keys().len(), w.right.keys().len()), (3, 3));
            assert_eq!(w.right.titled("Crash").texts(), ["And now?"]);
        }
    }
}

/// Nothing is known of the marker of a half-made twin in such a file but what its text still says.
#[tokio::test]
async fn an_issue_without_a_pointer_gets_no_second_twin_beside_a_bad_file() {
    let w = World::new((Vendor::GitHub, Vendor::Folder), BOTH_WAYS).await;
    w.left.open(draft("Crash").body("text"));
    w.settle().await;
    super::markers::lose(&w.left, 1);
    spoil(&w, "right", "title: Crash", "title: [Crash");
    let report = w.sync().await;
    assert_eq!(held(&report), ["issue-unreadable"], "{report:#?}");
    assert_eq!(w.right.keys(), [1], "made again");
    spoil(&w, "right", "title: [Crash", "title: Crash");
    w.settle().await;
    assert_eq!((w.left.keys(), w.right.keys()), (vec![1], vec![1]));
}
