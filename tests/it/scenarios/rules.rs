//! The mapping file is edited between two runs: that alone creates, closes and deletes nothing, and no text changes.

use std::collections::BTreeSet;

use lockstep::report::Report;

use super::BOTH_WAYS;
use crate::support::player::Vendor::{self, Folder, GitHub, GitLab};
use crate::support::player::{Player, draft};
use crate::support::world::{World, held};

/// Rules a sync may get after it has settled under others.
const RULES: [(&str, &str); 33] = [
    ("nothing is created", ""),
    ("mirror", "mode: mirror\ncreate: { left: { state: all } }"),
    ("mirror that creates nothing", "mode: mirror"),
    ("other choice", "create: { left: { labels: [nobody] } }"),
    (
        "titles match",
        "match: title\ncreate: { left: { state: all }, right: { state: all } }",
    ),
    ("deleted twins", "on_delete: close"),
    ("a preferred side", "conflicts: prefer right"),
    ("people decide", "conflicts: ask"),
    ("backlinks", "backlink: true"),
    ("mentions", "mentions: notify"),
    ("confidential", "confidential: allow"),
    ("commands", "commands: on"),
    ("no titles", "fields: { title: off }"),
    ("titles one way", "fields: { title: to left }"),
    ("no bodies", "fields: { body: off }"),
    ("no status", "fields: { status: off }"),
    ("status one way", "fields: { status: to right }"),
    (
        "a status map",
        "fields: { status: { map: [{ left: closed, right: closed + done }] } }",
    ),
    ("no labels", "fields: { labels: off }"),
    (
        "a label map",
        "fields: { labels: { map: [{ left: bug, right: \"type::bug\" }] } }",
    ),
    (
        "a label map one way",
        "fields: { labels: { direction: to right, map: [{ left: bug, right: defect }] } }",
    ),
    ("a prefix", "fields: { labels: { prefix: { right: \"gh/\" } } }"),
    ("labels left out", "fields: { labels: { skip: [\"b*\"] } }"),
    ("mapped labels only", "fields: { labels: { unmapped: skip } }"),
    ("no assignees", "fields: { assignees: off }"),
    ("assignees as labels", "fields: { assignees: { unmapped: label } }"),
    ("assignees in the footer", "fields: { assignees: { unmapped: footer } }"),
    ("no comments", "fields: { comments: off }"),
    (
        "comments one way",
        "fields: { comments: { direction: to right, deletions: mirror } }",
    ),
    ("deletions of comments", "fields: { comments: { deletions: mirror } }"),
    ("comments as they were", "fields: { comments: { edits: false } }"),
    ("milestones as labels", "fields: { milestone: { as: label } }"),
    ("milestones in the footer", "fields: { milestone: { as: footer } }"),
];

async fn settled(pair: (Vendor, Vendor), rules: &str) -> World {
    let w = World::new(pair, rules).await;
    w.left.open(
        draft("Crash")
            .body("It crashes.")
            .labels(["bug", "both"])
            .assignees(["ann"]),
    );
    w.left.open(draft("Done").body("It works.").closed("completed"));
    w.left.say(1, "bob", "Me too.");
    if rules == BOTH_WAYS {
        w.right.open(draft("Idea").body("Let us.").labels(["idea"]));
    }
    w.settle().await;
    let twin = w.right.titled("Crash").key;
    w.right.say(twin, "dora", "Not me.");
    w.settle().await;
    w
}

/// What people read in every issue.
type Reads = Vec<(u64, String, String, bool, BTreeSet<String>)>;

fn reads(player: &Player) -> Reads {
    let keys = player.keys().into_iter().map(|key| player.see(key));
    keys.map(|seen| {
        let said = seen.said.iter().map(|said| said.text.clone()).collect();
        (seen.key, seen.title, seen.text, seen.closed, said)
    })
    .collect()
}

fn labels(player: &Player) -> Vec<BTreeSet<String>> {
    player.keys().into_iter().map(|key| player.see(key).labels).collect()
}

fn does_nothing_rash(report: &Report, what: &str) {
    let rash = ["create", "delete-comment", "retire", "unlink", "comment"];
    for step in &report.steps {
        assert!(!rash.contains(&step.op), "{what}: {step:#?}");
    }
}

#[tokio::test]
async fn other_rules_alone_do_nothing_rash() {
    for pair in [(GitHub, GitLab), (GitLab, GitHub), (Folder, Folder)] {
        let mut w = settled(pair, BOTH_WAYS).await;
        let before = (reads(&w.left), reads(&w.right));
        let labelled = (labels(&w.left), labels(&w.right));
        for (what, rules) in RULES {
            for rules in [rules, BOTH_WAYS] {
                rules.clone_into(&mut w.rules);
                let report = w.sync().await;
                does_nothing_rash(&report, what);
                w.assert_settled().await;
                assert_eq!((reads(&w.left), reads(&w.right)), before, "{what}");
                for (old, new) in [(&labelled.0, labels(&w.left)), (&labelled.1, labels(&w.right))] {
                    let kept = old.iter().zip(&new).all(|(old, new)| old.is_subset(new));
                    assert!(kept, "{what}: of {old:?} are left {new:?}");
                }
            }
        }
    }
}

/// Whichever side is called left, what was linked stays so or is held.
#[tokio::test]
async fn sides_that_change_places_make_nothing_twice() {
    for pair in World::PAIRS {
        for (first, then) in [
            (BOTH_WAYS, BOTH_WAYS),
            ("mode: mirror\ncreate: { left: { state: all } }", BOTH_WAYS),
            (
                "mode: mirror\ncreate: { left: { state: all } }",
                "mode: mirror\ncreate: { right: { state: all } }",
            ),
            (BOTH_WAYS, "mode: mirror\ncreate: { right: { state: all } }"),
        ] {
            let mut w = settled(pair, first).await;
            let before = (reads(&w.left), reads(&w.right));
            w.between = "right, left";
            then.clone_into(&mut w.rules);
            let report = w.sync().await;
            does_nothing_rash(&report, then);
            assert_eq!((reads(&w.left), reads(&w.right)), before, "{first} then {then}");
            assert!(held(&report).contains(&"marker-misplaced"), "{report:#?}");
            let mut misplaced = report.held.iter().filter(|held| held.code == "marker-misplaced");
            assert!(
                misplaced.all(|held| held.hint.contains("let them change back")),
                "{report:#?}"
            );
            w.assert_settled().await;
            w.between = "left, right";
            first.clone_into(&mut w.rules);
            w.left.retitle(1, "Crash at start");
            w.synced().await;
            w.assert_settled().await;
            assert_eq!(w.right.titled("Crash at start").texts(), ["Me too.", "Not me."]);
        }
    }
}
