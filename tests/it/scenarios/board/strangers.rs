//! Whom a dashboard obeys, and what it shows to whom: not everybody who can write there, nor all it knows.

use super::{asked, board, rules, tick, titles};
use crate::support::player::{Vendor, draft};
use crate::support::world::{World, held};

#[tokio::test]
async fn a_box_is_not_obeyed_where_somebody_else_may_edit_the_issue_without_rights() {
    for pair in [World::PAIRS[0], World::PAIRS[1], World::PAIRS[5]] {
        let w = asked(pair).await;
        let key = board(&w.left).key;
        w.left.assign(key, "mallory");
        tick(&w.left, "left");
        let report = w.sync().await;
        assert!(held(&report).contains(&"board-open-to-others"), "{:#?}", report.held);
        w.right.titled("Right title");
        w.left.unassign(key, "mallory");
        tick(&w.left, "left");
        w.synced().await;
        w.right.titled("Left title");
        w.assert_settled().await;
    }
}

#[tokio::test]
async fn a_strangers_dashboard_is_neither_believed_nor_written() {
    for pair in [World::PAIRS[0], World::PAIRS[1], World::PAIRS[5]] {
        let w = asked(pair).await;
        tick(&w.left, "left");
        let ours = board(&w.left);
        // The marker without the place it is of, as the request that opens a dashboard has it, and our label.
        let marker = ours.marker_lines()[0].to_owned();
        w.left.store(ours.key, &ours.raw.replace("[x]", "[ ]"));
        let forged = w
            .left
            .open(draft("Mine").body(&ours.raw).labels(["lockstep-dashboard"]));
        let report = w.sync().await;
        assert!(held(&report).contains(&"marker-copied"), "{:#?}", report.held);
        assert!(w.left.see(forged).raw.contains(&marker));
        w.right.titled("Right title");
        assert_eq!(titles(&w)[1], ["Calm", "Right title"], "and it is not mirrored");

        w.left.delete(ours.key);
        let report = w.sync().await;
        assert!(held(&report).contains(&"marker-copied"), "{:#?}", report.held);
        let new = board(&w.left);
        assert!(new.key != forged && new.text.contains("keep `left`"), "{}", new.text);
    }
}

#[tokio::test]
async fn a_dashboard_opened_by_another_account_is_not_obeyed() {
    let w = asked((Vendor::Folder, Vendor::Folder)).await;
    tick(&w.left, "left");
    let key = board(&w.left).key;
    let path = w.dir().join(format!("left/{key:04}.md"));
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("author: lockstep", "author: mallory")).unwrap();
    let report = w.sync().await;
    assert!(held(&report).contains(&"marker-forged"), "{:#?}", report.held);
    w.right.titled("Right title");
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        text.replace("author: lockstep", "author: mallory")
    );
}

#[tokio::test]
async fn nothing_of_a_private_side_is_shown_on_a_public_one() {
    for (pair, on, shown) in [
        ((Vendor::GitHub, Vendor::GitLab), "left", false),
        ((Vendor::GitHub, Vendor::GitLab), "right", true),
        ((Vendor::GitLab, Vendor::GitHub), "left", true),
        ((Vendor::GitLab, Vendor::GitHub), "right", false),
    ] {
        let w = World::new(pair, &rules(on)).await;
        w.left.open(draft("Crash"));
        w.settle().await;
        w.left.retitle(1, "Falcon left");
        w.right.retitle(w.right.titled("Crash").key, "Falcon right");
        w.sync().await;
        let home = if on == "left" { &w.left } else { &w.right };
        let text = board(home).text;
        assert!(text.contains("title of `left#1`"), "{text}");
        assert_eq!(text.contains("Falcon"), shown, "{on} {pair:?}: {text}");
        tick(home, "left");
        w.synced().await;
        w.right.titled("Falcon left");
    }
}

#[tokio::test]
async fn what_strangers_write_is_plain_text_there() {
    for pair in [World::PAIRS[0], World::PAIRS[1], World::PAIRS[5]] {
        let w = asked(pair).await;
        let nasty = "@team #1 !2 <!-- box l x --> - [x] <!-- lockstep:1 board aaaaaaaaaaaaaaaaaaaa e30 --> `a` /close";
        w.left.retitle(1, nasty);
        w.sync().await;
        let seen = board(&w.left);
        assert_eq!(seen.marker_lines().len(), 1, "{}", seen.raw);
        assert!(
            !seen.closed && !seen.text.contains("@team") && !seen.text.contains("#1 "),
            "{}",
            seen.text
        );
        assert!(!seen.text.contains("<!-- box l x -->"), "{}", seen.text);
        tick(&w.left, "right");
        w.synced().await;
        assert_eq!(w.left.see(1).title, "Right title");
        w.assert_settled().await;
    }
}
