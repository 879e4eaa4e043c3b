//! Issues that are not for everyone.

use lockstep::model::Side;

use super::{BOTH, player, world};
use crate::support::fake::{Fault, What, When};
use crate::support::player::{Vendor, draft};
use crate::support::world::{World, held};

/// Pairs and the side that can hide issues.
const PLACES: [((Vendor, Vendor), Side); 5] = [
    ((Vendor::GitLab, Vendor::GitHub), Side::Left),
    ((Vendor::GitHub, Vendor::GitLab), Side::Right),
    ((Vendor::GitLab, Vendor::GitLab), Side::Left),
    ((Vendor::GitLab, Vendor::GitLab), Side::Right),
    ((Vendor::Folder, Vendor::GitLab), Side::Right),
];

/// The side that hides opens an issue, which is linked.
async fn linked(pair: (Vendor, Vendor), side: Side, rules: &str) -> World {
    println!("hidden on the {side:?}, {rules}");
    let w = world(pair, rules).await;
    player(&w, side).open(draft("Crash").body("text").labels(["bug"]));
    w.settle().await;
    w
}

#[tokio::test]
async fn skipped_it_gets_no_twin_until_it_is_for_everyone() {
    for (pair, side) in PLACES {
        let w = world(pair, "confidential: skip").await;
        let (one, other) = (player(&w, side), player(&w, side.other()));
        one.open(draft("Secret").body("hush"));
        one.hide(1, true);
        w.sync().await;
        w.assert_settled().await;
        assert!(other.keys().is_empty(), "{pair:?}");
        one.hide(1, false);
        w.settle().await;
        assert_eq!(other.only().title, "Secret", "{pair:?}");
    }
}

#[tokio::test]
async fn skipped_one_that_is_hidden_later_is_held_and_its_twin_is_never_written() {
    for (pair, side) in PLACES {
        let rules =
            "confidential: skip\nfields: { milestone: { as: footer }, weight: { direction: both, as: footer } }";
        let w = linked(pair, side, rules).await;
        let (one, other) = (player(&w, side), player(&w, side.other()));
        let before = other.see(1);
        one.hide(1, true);
        let report = w.plan().await;
        assert_eq!(
            (held(&report), report.steps.len()),
            (vec!["confidential"], 0),
            "{pair:?}"
        );

        one.retitle(1, "Secret");
        one.rewrite(1, "hush");
        one.label(1, "secret");
        one.say(1, "bob", "hush");
        one.assign(1, "bob");
        one.put_into(1, Some("Secret plan"));
        one.weigh(1, Some(3));
        one.log_time(1, 60);
        one.close(1, "completed");
        w.clear_logs();
        let report = w.sync().await;
        assert_eq!(held(&report), ["confidential"], "{pair:?}");
        assert_eq!(other.writes(), Vec::<String>::new(), "{pair:?}");
        assert_eq!(other.see(1), before, "{pair:?}");
        let text = report.json();
        assert!(
            !text.contains("Secret plan") && !text.contains("hush"),
            "{pair:?}: {text}"
        );

        one.hide(1, false);
        w.settle().await;
        assert_eq!(
            (other.see(1).title, other.see(1).text),
            ("Secret".into(), "hush".into()),
            "{pair:?}"
        );
    }
}

#[tokio::test]
async fn allowed_the_twin_is_hidden_too_where_there_is_such_a_thing() {
    let pair = (Vendor::GitLab, Vendor::GitLab);
    for side in BOTH {
        println!("hidden on the {side:?}");
        let w = world(pair, "confidential: allow").await;
        let (one, other) = (player(&w, side), player(&w, side.other()));
        one.open(draft("Secret").body("hush"));
        one.hide(1, true);
        // Never for a moment: the request that creates it says so.
        w.clear_logs();
        w.synced().await;
        assert!(other.planned(1).confidential, "with a new twin");
        assert_eq!(other.see(1).text, "hush");
        let created = other
            .gitlab()
            .log()
            .into_iter()
            .find(|exchange| exchange.method == "POST")
            .unwrap();
        let said = created.response.unwrap();
        assert_eq!(said["confidential"], true, "{said}");
        w.assert_settled().await;

        one.hide(1, false);
        w.settle().await;
        assert!(!other.planned(1).confidential, "for everyone now");
        other.hide(1, true);
        w.settle().await;
        assert!(one.planned(1).confidential, "hidden on the other side");
    }
}

#[tokio::test]
async fn hidden_on_one_side_and_shown_on_the_other_it_comes_to_rest() {
    let w = linked((Vendor::GitLab, Vendor::GitLab), Side::Left, "confidential: allow").await;
    w.left.hide(1, true);
    w.right.retitle(1, "Crash again");
    w.settle().await;
    assert!(w.left.planned(1).confidential && w.right.planned(1).confidential);
    assert_eq!(w.left.see(1).title, "Crash again");
}

#[tokio::test]
async fn allowed_one_that_is_hidden_later_is_hidden_before_anything_else_is_told() {
    let w = linked((Vendor::GitLab, Vendor::GitLab), Side::Left, "confidential: allow").await;
    w.left.hide(1, true);
    w.left.rewrite(1, "hush");
    w.left.say(1, "bob", "hush hush");
    w.clear_logs();
    w.synced().await;
    assert!(w.right.planned(1).confidential);
    assert_eq!(
        (w.right.see(1).text.as_str(), w.right.see(1).texts()),
        ("hush", vec!["hush hush"])
    );
    // No note was written while the twin was still for everyone.
    let log = w.right.gitlab().log();
    let writes: Vec<_> = log.iter().filter(|exchange| exchange.is_write()).collect();
    let hidden = writes.iter().position(|exchange| {
        exchange
            .response
            .as_ref()
            .is_some_and(|answer| answer["confidential"] == true)
    });
    let told = writes.iter().position(|exchange| exchange.path.ends_with("/notes"));
    assert!(
        hidden.is_some() && hidden < told,
        "hidden by write {hidden:?}, told by write {told:?}"
    );
    w.assert_settled().await;
}

#[tokio::test]
async fn nothing_is_told_on_a_twin_that_could_not_be_hidden() {
    let w = linked((Vendor::GitLab, Vendor::GitLab), Side::Left, "confidential: allow").await;
    w.left.hide(1, true);
    w.left.retitle(1, "Secret");
    w.left.rewrite(1, "hush");
    w.left.say(1, "bob", "hush hush");
    w.right.fault(Fault::new(When::Write(1), What::status(422)));
    let report = w.sync().await;
    assert_eq!(report.totals.failed, 1, "{report:#?}");
    let twin = w.right.see(1);
    assert_eq!(
        (twin.title.as_str(), twin.text.as_str(), twin.texts()),
        ("Crash", "text", Vec::new()),
        "everybody can read it"
    );
    w.settle().await;
    assert!(w.right.planned(1).confidential);
    let twin = w.right.see(1);
    assert_eq!((twin.title.as_str(), twin.texts()), ("Secret", vec!["hush hush"]));
}
