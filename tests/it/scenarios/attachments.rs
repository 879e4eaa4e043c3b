//! Files that bodies and comments show: kept on the other tracker once, named there, brought home, or linked to.

use std::fs;
use std::path::Path;

use lockstep::border::restore;

use super::linked;
use crate::support::fake::{Fault, What, When};
use crate::support::player::{Player, Vendor, draft};
use crate::support::world::{World, held, told};
use Vendor::{Folder, GitHub, GitLab};

/// Pairs whose right side keeps files, on a branch where it must.
const PAIRS: [(Vendor, Vendor); 7] = [
    (GitHub, GitLab),
    (GitLab, GitHub),
    (GitHub, GitHub),
    (GitLab, GitLab),
    (Folder, GitHub),
    (Folder, GitLab),
    (GitLab, Folder),
];

/// Rules that keep files on both sides.
fn keeping(pair: (Vendor, Vendor), more: &str) -> String {
    let branch = |vendor: Vendor, name: &str| match vendor {
        GitHub => format!(", {name}: branch"),
        GitLab | Folder => String::new(),
    };
    let (left, right) = (branch(pair.0, "left"), branch(pair.1, "right"));
    format!("create: {{ left: {{ state: all }} }}\nfields: {{ attachments: {{ mode: reupload{left}{right}{more} }} }}")
}

/// The addresses and contents of what was kept on a side by a run.
fn kept(player: &Player) -> Vec<(String, Vec<u8>)> {
    let files = match player.vendor {
        GitHub => player.github().uploads(),
        GitLab => player.gitlab().uploads(),
        Folder => {
            let folder = Path::new(&player.address()).join("0001/files");
            let entries = fs::read_dir(folder).into_iter().flatten().map(Result::unwrap);
            return entries
                .map(|entry| {
                    (
                        entry.file_name().into_string().unwrap(),
                        fs::read(entry.path()).unwrap(),
                    )
                })
                // A run puts the digest before the name.
                .filter(|(name, _)| name.split('-').next().is_some_and(|digest| digest.len() == 12))
                .map(|(name, bytes)| (format!("0001/files/{name}"), bytes))
                .collect();
        }
    };
    files.into_iter().map(|file| (file.address, file.bytes)).collect()
}

#[tokio::test]
async fn a_file_in_body_and_comment_is_kept_once() {
    for pair in PAIRS {
        let w = World::new(pair, &keeping(pair, "")).await;
        let address = w.left.attach(b"picture", "shot.png");
        let shown = format!("Look:\n\n![shot]({address})\n\n<img width=\"9\" src=\"{address}\" />");
        w.left.open(draft("Crash").body(&shown));
        w.left.say(1, "bob", &format!("Again [shot]({address} \"the same\")."));
        let planned = w.plan().await;
        assert!(
            told(&planned).iter().any(|step| step.contains("with 1 file")),
            "{:?}",
            told(&planned)
        );
        assert_eq!(kept(&w.right), [], "a dry run keeps nothing");

        w.settle().await;
        let [(there, bytes)] = kept(&w.right).try_into().unwrap();
        assert_eq!(bytes, b"picture");
        let twin = w.right.see(1);
        assert_eq!(twin.text.matches(&format!("\"{there}\"")).count(), 1, "{}", twin.text);
        assert!(twin.text.contains(&format!("![shot]({there} \"")), "{}", twin.text);
        assert!(twin.said[0].text.contains(&format!("[shot]({there} \"")));
        assert_eq!(restore(&twin.text), shown);

        // An edit around it, on either side, and one more comment with it.
        w.left.rewrite(1, &format!("{shown}\n\nStill."));
        w.left.say(1, "bob", &format!("Once more ![shot]({address})"));
        w.settle().await;
        w.right.later(1, 120);
        w.right.rewrite(1, &format!("{}\n\nHere too.", w.right.see(1).text));
        w.settle().await;
        assert_eq!(w.left.see(1).text, format!("{shown}\n\nStill.\n\nHere too."));
        assert_eq!(kept(&w.right).len(), 1);
        assert_eq!(kept(&w.left), []);
    }
}

#[tokio::test]
async fn a_file_added_to_the_copy_comes_home() {
    for pair in PAIRS {
        let w = linked(
            pair,
            &keeping(pair, "").replace("create: { left: { state: all } }\n", ""),
            draft("Crash").body("Text"),
        )
        .await;
        let address = w.right.attach(b"new", "new.png");
        w.right.later(1, 120);
        w.right.rewrite(1, &format!("Text\n\n![new]({address})"));
        w.settle().await;
        let [(here, bytes)] = kept(&w.left).try_into().unwrap();
        assert_eq!(bytes, b"new");
        let home = w.left.see(1).text;
        assert!(home.starts_with(&format!("Text\n\n![new]({here} \"")), "{home}");

        // And leaves again as itself.
        w.left.later(1, 240);
        w.left.rewrite(1, &format!("{home}\n\nEdited."));
        w.settle().await;
        let there = w.right.see(1).text;
        assert!(there.starts_with(&format!("Text\n\n![new]({address} \"")), "{there}");
        assert_eq!((kept(&w.left).len(), kept(&w.right).len()), (1, 0));
    }
}

#[tokio::test]
async fn a_comments_copy_brings_its_file_home() {
    for pair in PAIRS {
        let w = linked(
            pair,
            &keeping(pair, "").replace("create: { left: { state: all } }\n", ""),
            draft("Crash").body("Text"),
        )
        .await;
        w.left.say(1, "bob", "Said this");
        w.settle().await;
        let address = w.right.attach(b"new", "new.png");
        w.right.later(1, 120);
        let copy = w.right.see(1).said[0].id;
        w.right.reword(1, copy, &format!("Said ![new]({address})"));
        w.right.later(1, 120);
        w.settle().await;
        let [(here, _)] = kept(&w.left).try_into().unwrap();
        let home = w.left.see(1).said[0].text.clone();
        assert!(home.starts_with(&format!("Said ![new]({here} \"")), "{home}");
    }
}

#[tokio::test]
async fn what_cannot_be_taken_along_is_linked_to_once_and_for_all() {
    for pair in PAIRS {
        let w = World::new(pair, &keeping(pair, ", max_file: 1KB")).await;
        let large = w.left.attach(&[7; 2_000], "large.png");
        let gone = match pair.0 {
            GitHub => large.replace("0000", "1111"),
            GitLab => large.replace("large", "gone"),
            Folder => "0001/files/gone.png".to_owned(),
        };
        let shown = format!("![large]({large}) ![gone]({gone})");
        w.left.open(draft("Crash").body(&shown));
        w.left.say(1, "bob", "the rest still crosses");
        let report = w.settle().await;
        assert_eq!(held(&report), ["attachment-linked"]);
        let messages: Vec<&str> = report.held.iter().map(|held| held.message.as_str()).collect();
        assert_eq!(messages.len(), 2, "{messages:?}");
        assert!(
            messages.iter().any(|message| message.contains("`max_file`")),
            "{messages:?}"
        );
        assert_eq!(kept(&w.right), []);
        let twin = w.right.see(1);
        assert_eq!(twin.texts(), ["the rest still crosses"]);
        let full = match pair.0 {
            GitLab => format!("![large]({}/acme/api{large} \"", w.left.address()),
            GitHub | Folder => format!("![large]({large} \""),
        };
        assert!(twin.text.starts_with(&full), "{}", twin.text);
        assert_eq!(restore(&twin.text), shown);

        // Asking again would not help: nothing is fetched until somebody edits the text.
        w.clear_logs();
        assert!(w.sync().await.held.is_empty());
        assert_eq!(w.writes(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn without_a_branch_github_gets_links() {
    for rules in [
        "fields: { attachments: reupload }",
        "fields: { attachments: link }",
        "",
        "fields: { attachments: off }",
    ] {
        let w = World::new(
            (GitLab, GitHub),
            &format!("create: {{ left: {{ state: all }} }}\n{rules}"),
        )
        .await;
        let address = w.left.attach(b"picture", "shot.png");
        w.left.open(draft("Crash").body(&format!("![shot]({address})")));
        assert!(w.settle().await.held.is_empty());
        let link = if rules.contains("off") {
            format!("![shot]({address})")
        } else {
            format!("![shot]({}/acme/api{address} \"\u{2060}{address}\")", w.left.address())
        };
        assert_eq!(w.right.see(1).text, link);
        assert_eq!(kept(&w.right), []);
        assert_eq!(w.right.github().branches(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_token_that_may_not_write_the_repository_still_syncs_the_issues() {
    let pair = (GitLab, GitHub);
    let w = World::new(pair, &keeping(pair, "")).await;
    w.right.github().with(|github| github.vices.no_contents = true);
    let address = w.left.attach(b"picture", "shot.png");
    w.left.open(draft("Crash").body(&format!("![shot]({address})")));
    let report = w.settle().await;
    assert_eq!(held(&report), ["attachment-linked"]);
    assert!(
        report.held[0].message.contains("contents"),
        "{}",
        report.held[0].message
    );
    assert!(w.right.see(1).text.contains(&w.left.address()));
}

#[tokio::test]
async fn a_failing_upload_or_fetch_costs_the_file_and_nothing_else() {
    for (side, method, path) in [("left", "GET", "/uploads"), ("right", "POST", "/uploads")] {
        let pair = (GitLab, GitLab);
        let w = World::new(pair, &keeping(pair, "")).await;
        let address = w.left.attach(b"picture", "shot.png");
        w.left.open(draft("Crash").body(&format!("![shot]({address})")));
        let player = if side == "left" { &w.left } else { &w.right };
        player.fault(Fault::new(When::Request { method, path, nth: 1 }, What::status(500)).times(50));
        let report = w.synced().await;
        player.heal();
        assert_eq!(held(&report), ["attachment-linked"], "{side}");
        w.assert_settled().await;
        w.left.rewrite(1, &format!("![shot]({address}) edited"));
        w.settle().await;
        assert_eq!(kept(&w.right).len(), 1, "an edit tries again");
    }
}

#[tokio::test]
async fn storage_that_nobody_reaches_costs_the_file_and_nothing_else() {
    let pair = (GitHub, GitLab);
    let w = World::new(pair, &keeping(pair, "")).await;
    let address = w.left.attach(b"picture", "shot.png");
    w.left.open(draft("Crash").body(&format!("![shot]({address})")));
    w.left.open(draft("Other"));
    // A port that nobody listens at: storage that is down, or that the job's firewall does not let through.
    let nowhere = What::status(302).header("location", "http://127.0.0.1:1/shot.png");
    let (method, path) = ("GET", "/user-attachments");
    w.left
        .fault(Fault::new(When::Request { method, path, nth: 1 }, nowhere).times(50));
    let report = w.synced().await;
    assert_eq!(held(&report), ["attachment-linked"]);
    assert_eq!(w.right.keys(), [1, 2]);
    w.left.heal();
    w.assert_settled().await;
}

#[tokio::test]
async fn a_stopped_plan_keeps_nothing() {
    let pair = (GitHub, GitLab);
    let w = World::new(pair, &format!("{}\nguard: {{ max_changes: 0 }}", keeping(pair, ""))).await;
    let address = w.left.attach(b"picture", "shot.png");
    w.left.open(draft("Crash").body(&format!("![shot]({address})")));
    w.sync().await;
    assert_eq!(kept(&w.right), []);
    assert!(w.left.github().storage_asked().is_empty());
}

#[tokio::test]
async fn files_cost_an_idle_run_nothing() {
    for pair in [(GitHub, GitLab), (GitLab, GitHub)] {
        let mut reads = Vec::new();
        for with_files in [false, true] {
            let w = World::new(pair, &keeping(pair, "")).await;
            let address = w.left.attach(b"picture", "shot.png");
            let text = if with_files {
                format!("![shot]({address})")
            } else {
                "Text".to_owned()
            };
            w.left.open(draft("Crash").body(&text));
            w.left.say(1, "bob", &text);
            w.settle().await;
            w.assert_settled().await;
            reads.push((w.left.reads(), w.right.reads()));
        }
        assert_eq!(reads[0], reads[1]);
    }
}
