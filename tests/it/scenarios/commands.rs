//! Commands in comments: obeyed once, from people with write access alone, and told so.

use lockstep::model::Side;
use lockstep::report::Outcome;

use super::crash::{recovers, sweep_sides};
use super::linked;
use crate::support::fake::{Fault, What, When};
use crate::support::player::{Player, Vendor, draft};
use crate::support::world::{World, held, told};

const ON: &str = "commands: on\nconflicts: ask";

/// The pairs these stories are told on.
const PAIRS: [(Vendor, Vendor); 3] = [
    (Vendor::GitHub, Vendor::GitLab),
    (Vendor::GitLab, Vendor::GitLab),
    (Vendor::Folder, Vendor::GitHub),
];

/// One link, and people: `maria` has write access on both sides.
async fn world(pair: (Vendor, Vendor), rules: &str) -> World {
    let w = linked(pair, rules, draft("Crash").body("text")).await;
    for player in [&w.left, &w.right] {
        player.invite("maria");
    }
    w
}

fn sides(w: &World) -> [(&Player, &Player); 2] {
    [(&w.left, &w.right), (&w.right, &w.left)]
}

/// Whether anybody's rights were asked for since the logs were cleared.
fn asked_rights(w: &World) -> usize {
    let asked = [&w.left, &w.right].into_iter().flat_map(Player::asked);
    asked
        .filter(|path| path.contains("/permission") || path.contains("/members/all/"))
        .count()
}

/// Runs, and nothing at all is written.
async fn idle(w: &World) {
    w.clear_logs();
    let report = w.sync().await;
    assert_eq!(w.writes(), Vec::<String>::new(), "{:#?}", told(&report));
    assert_eq!(asked_rights(w), 0, "nobody is asked about again");
}

#[tokio::test]
async fn a_command_to_sync_is_acknowledged_once_and_not_copied() {
    for pair in PAIRS {
        for side in [0, 1] {
            let w = world(pair, ON).await;
            let (here, there) = sides(&w)[side];
            let id = here.say(1, "maria", "/lockstep sync");
            w.plan().await;
            assert!(!here.acknowledged(1, id), "a dry run writes nothing");
            w.settle().await;
            assert!(here.acknowledged(1, id));
            assert_eq!(there.see(1).texts(), Vec::<&str>::new());
            idle(&w).await;

            let more = here.say(1, "maria", "It is done.\n\n/lockstep sync");
            w.settle().await;
            assert!(here.acknowledged(1, more));
            assert_eq!(there.see(1).said.len(), 1, "what else is said is copied");
            idle(&w).await;
            w.rest(3600);
            let said = there.see(1).said;
            assert!(!there.acknowledged(1, said[0].id), "a copy commands nothing");
        }
    }
}

#[tokio::test]
async fn a_command_to_unlink_parts_the_link_for_good() {
    for pair in PAIRS {
        for side in [0, 1] {
            let w = world(pair, ON).await;
            let (here, there) = sides(&w)[side];
            let id = here.say(1, "maria", "/lockstep unlink");
            let report = w.synced().await;
            let by = format!("`/lockstep unlink` by maria on {}", ["left", "right"][side]);
            assert!(report.steps.iter().any(|step| step.why == by), "{:#?}", told(&report));
            assert!(here.acknowledged(1, id));
            w.assert_settled().await;
            here.retitle(1, "Elsewhere");
            here.later(1, 300);
            idle(&w).await;
            assert_eq!(there.see(1).title, "Crash");
            assert_eq!((w.left.keys(), w.right.keys()), (vec![1], vec![1]));
        }
    }
}

#[tokio::test]
async fn a_command_to_keep_a_side_decides_its_conflicts_once() {
    for pair in PAIRS {
        for (side, name) in [(0, "left"), (1, "right")] {
            let w = world(pair, ON).await;
            let titles = ["Left title", "Right title"];
            let pull = |titles: [&str; 2]| {
                w.left.retitle(1, titles[0]);
                w.right.retitle(1, titles[1]);
            };
            pull(titles);
            let report = w.sync().await;
            assert_eq!(held(&report), ["conflict"]);
            let (here, _) = sides(&w)[1 - side];
            let id = here.say(1, "maria", &format!("/lockstep keep {name}"));
            let report = w.synced().await;
            let why = format!("title changed on both sides, {name} was chosen in a comment");
            assert!(report.steps.iter().any(|step| step.why == why), "{:#?}", told(&report));
            w.assert_settled().await;
            assert!(here.acknowledged(1, id));
            assert_eq!([w.left.see(1).title, w.right.see(1).title], [titles[side]; 2]);
            let (_, loser) = sides(&w)[side];
            assert_eq!(
                loser.see(1).texts().last(),
                Some(&titles[1 - side]),
                "what lost is kept"
            );

            pull(["Another left title", "Another right title"]);
            let report = w.sync().await;
            assert_eq!(held(&report), ["conflict"], "it was obeyed once");
            here.reword(1, id, &format!("/lockstep keep {name}\n\nAgain!"));
            let report = w.sync().await;
            assert_eq!(held(&report), ["conflict"], "an edit commands nothing");
        }
    }
}

#[tokio::test]
async fn what_strangers_and_readers_command_is_ignored_without_a_word() {
    for pair in [(Vendor::GitHub, Vendor::GitLab), (Vendor::GitLab, Vendor::GitLab)] {
        for side in [0, 1] {
            let w = world(pair, ON).await;
            let (here, there) = sides(&w)[side];
            let ids = [
                here.say(1, "mallory", "/lockstep unlink"),
                here.say(1, "mallory", "Please.\n\n/lockstep unlink"),
            ];
            w.clear_logs();
            let report = w.synced().await;
            assert_eq!(report.held, Vec::new());
            assert_eq!(asked_rights(&w), 1, "one request a person");
            w.assert_settled().await;
            assert!(ids.iter().all(|id| !here.acknowledged(1, *id)));
            assert_eq!(there.see(1).said.len(), 1, "what is said besides is copied");
            idle(&w).await;
            // Rights that come later are none for what was said before.
            here.invite("mallory");
            here.retitle(1, "Still linked");
            w.settle().await;
            assert_eq!(there.see(1).title, "Still linked");
        }
    }
}

#[tokio::test]
async fn what_is_quoted_shown_copied_or_edited_in_is_no_command() {
    for pair in PAIRS {
        let w = world(pair, ON).await;
        let ids: Vec<u64> = [
            "> /lockstep unlink",
            "```\n/lockstep unlink\n```",
            "/lockstep keep elsewhere",
        ]
        .map(|text| w.left.say(1, "maria", text))
        .into();
        let harmless = w.left.say(1, "maria", "nothing to see");
        w.settle().await;
        assert_eq!(w.right.see(1).said.len(), 4);
        assert!(ids.iter().all(|id| !w.left.acknowledged(1, *id)));

        // A moderator writes a command into what somebody with write access wrote.
        w.left.reword(1, harmless, "/lockstep unlink");
        w.left.later(1, 300);
        w.settle().await;
        assert!(!w.left.acknowledged(1, harmless));

        // A copy that shows a command is none.
        w.left.say(1, "maria", "Look:\n\n/lockstep sync");
        w.settle().await;
        w.left.retitle(1, "Still linked");
        w.settle().await;
        assert_eq!(w.right.see(1).title, "Still linked");
    }
}

#[tokio::test]
async fn what_our_own_account_wrote_is_no_command() {
    for pair in [(Vendor::GitHub, Vendor::GitLab), (Vendor::GitLab, Vendor::GitLab)] {
        let w = world(pair, ON).await;
        let id = w.right.say(1, "lockstep-bot", "/lockstep unlink");
        w.settle().await;
        assert!(!w.right.acknowledged(1, id));
        w.left.retitle(1, "Still linked");
        w.settle().await;
        assert_eq!(w.right.see(1).title, "Still linked");
    }
}

#[tokio::test]
async fn commands_are_off_unless_asked_for_and_what_was_said_before_stays_text() {
    for pair in PAIRS {
        let mut w = world(pair, "").await;
        w.left.say(1, "maria", "/lockstep unlink");
        w.clear_logs();
        w.settle().await;
        assert_eq!(asked_rights(&w), 0);
        assert_eq!(w.right.see(1).said.len(), 1, "it is text");
        w.rules = format!("{}\n{ON}", w.rules);
        w.left.retitle(1, "Still linked");
        w.settle().await;
        assert_eq!(w.right.see(1).title, "Still linked");
        w.rest(60);
        let id = w.left.say(1, "maria", "/lockstep sync");
        w.left.later(1, 600);
        w.settle().await;
        if pair.0 != Vendor::Folder {
            assert!(w.left.acknowledged(1, id));
        }
    }
}

#[tokio::test]
async fn in_a_mirror_only_the_right_side_commands() {
    for pair in PAIRS {
        let w = world(pair, "mode: mirror\ncommands: on").await;
        w.left.say(1, "maria", "/lockstep unlink");
        w.clear_logs();
        w.settle().await;
        assert_eq!(w.left.writes(), Vec::<String>::new());
        assert_eq!(w.right.see(1).said.len(), 1, "on the left it is text");
        let id = w.right.say(1, "maria", "/lockstep unlink");
        w.clear_logs();
        w.settle().await;
        assert_eq!(w.left.writes(), Vec::<String>::new());
        assert!(w.right.acknowledged(1, id));
        w.left.retitle(1, "Elsewhere");
        w.left.later(1, 300);
        idle(&w).await;
        assert_eq!(w.right.see(1).title, "Crash");
    }
}

#[tokio::test]
async fn without_the_right_to_look_up_rights_nothing_is_obeyed_and_it_is_said_once() {
    let w = world((Vendor::GitHub, Vendor::GitLab), ON).await;
    w.left.github().vices(|vices| vices.no_push = true);
    let id = w.left.say(1, "maria", "/lockstep unlink");
    let report = w.sync().await;
    assert_eq!(held(&report), ["command-unverified"]);
    w.left.github().vices(|vices| vices.no_push = false);
    w.assert_settled().await;
    w.left.retitle(1, "Still linked");
    let report = w.synced().await;
    assert_eq!((held(&report), report.outcome), (Vec::new(), Outcome::Changed));
    assert!(!w.left.acknowledged(1, id));
    assert_eq!(w.right.see(1).title, "Still linked");
}

/// One link with two titles, and who has write access decides for the right one.
async fn decided(pair: (Vendor, Vendor), command: &str) -> World {
    let w = world(pair, ON).await;
    w.left.retitle(1, "Left title");
    w.right.retitle(1, "Right title");
    w.left.say(1, "maria", command);
    w
}

#[tokio::test]
async fn a_run_killed_at_any_write_obeys_a_command_once() {
    for pair in [(Vendor::GitHub, Vendor::GitLab), (Vendor::GitLab, Vendor::GitLab)] {
        for command in ["/lockstep keep right", "/lockstep keep left"] {
            sweep_sides(&[Side::Left, Side::Right], || decided(pair, command)).await;
        }
    }
}

#[tokio::test]
async fn a_run_killed_while_it_parts_a_link_is_finished_by_the_next() {
    for pair in PAIRS {
        for side in [Side::Left, Side::Right] {
            for applied in [true, false] {
                for write in 1.. {
                    let w = world(pair, ON).await;
                    let id = w.left.say(1, "maria", "/lockstep unlink");
                    if pair.0 == Vendor::Folder && side == Side::Left || !w.killed(side, write, applied).await {
                        assert!(write > 1 || pair.0 == Vendor::Folder, "nothing was written there");
                        break;
                    }
                    w.rest(60);
                    recovers(&w).await;
                    assert!(w.left.acknowledged(1, id));
                    assert_eq!(w.plan().await.held, Vec::new(), "both sides are parted");
                    w.left.retitle(1, "Elsewhere");
                    w.left.later(1, 300);
                    idle(&w).await;
                }
            }
        }
    }
}

#[tokio::test]
async fn what_was_decided_and_could_not_be_written_is_decided_still() {
    for pair in [(Vendor::GitHub, Vendor::GitLab), (Vendor::GitLab, Vendor::GitLab)] {
        let w = decided(pair, "/lockstep keep right").await;
        // The right side is written all the same, with the marker.
        w.left.label(1, "bug");
        let method = if pair.0 == Vendor::GitHub { "PATCH" } else { "PUT" };
        let write = When::Request {
            method,
            path: "/issues/1",
            nth: 1,
        };
        w.left.fault(Fault::new(write, What::status(422)).times(2));
        let report = w.sync().await;
        assert_eq!(report.outcome, Outcome::Partial, "{:#?}", told(&report));
        assert_eq!(
            (w.left.see(1).title, w.right.see(1).labels()),
            ("Left title".to_owned(), vec!["bug"])
        );
        w.left.heal();
        recovers(&w).await;
        assert_eq!([w.left.see(1).title, w.right.see(1).title], ["Right title"; 2]);
    }
}
