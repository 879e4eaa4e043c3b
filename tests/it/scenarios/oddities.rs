//! What services do besides: pull requests among issues, notes of the system, short pages, line ends, commands in text.

use lockstep::report::Outcome;

use super::{BOTH_WAYS, linked};
use crate::support::player::{Player, Vendor, draft};
use crate::support::world::{World, held};

const PAIRS: [(Vendor, Vendor); 2] = [World::PAIRS[0], World::PAIRS[1]];

fn sides(w: &World) -> (&Player, &Player) {
    if w.left.vendor == Vendor::GitHub {
        (&w.left, &w.right)
    } else {
        (&w.right, &w.left)
    }
}

#[tokio::test]
async fn pull_requests_are_never_issues() {
    for pair in PAIRS {
        let w = World::new(pair, BOTH_WAYS).await;
        let (github, gitlab) = sides(&w);
        let fake = github.github();
        fake.vices(|vices| {
            vices.pull_requests_between = true;
            vices.page_cap = 2;
        });
        for number in 0..3 {
            github.open(draft(&format!("Issue {number}")));
        }
        gitlab.open(draft("From GitLab"));
        let pull = fake.pull_request("Fix everything");
        fake.comment(pull, "bob", "looks good");
        w.settle().await;
        assert_eq!((github.keys().len(), gitlab.keys().len()), (4, 4));
        assert!(gitlab.all().iter().all(|seen| seen.said.is_empty()));
        fake.comment(pull, "bob", "merge it");
        w.assert_settled().await;
    }
}

#[tokio::test]
async fn notes_of_the_system_and_internal_notes_stay_where_they_are() {
    for pair in PAIRS {
        let w = linked(pair, "", draft("Crash")).await;
        let (github, gitlab) = sides(&w);
        let fake = gitlab.gitlab();
        fake.internal_comment(1, "dora", "between us");
        gitlab.say(1, "dora", "for everyone");
        gitlab.retitle(1, "Crash at start");
        gitlab.close(1, "");
        assert!(
            fake.notes(1).iter().any(|note| note.system),
            "the system wrote something"
        );
        w.settle().await;
        assert_eq!(github.see(1).texts(), ["for everyone"]);
        fake.internal_comment(1, "dora", "again between us");
        w.sync().await;
        w.assert_settled().await;
        assert_eq!(github.see(1).texts(), ["for everyone"]);
    }
}

#[tokio::test]
async fn confidential_issues_are_not_shown_elsewhere() {
    let w = World::new((Vendor::GitLab, Vendor::GitHub), BOTH_WAYS).await;
    let fake = w.left.gitlab();
    fake.issue("Secret").body("hush").confidential().create();
    let key = w.left.open(draft("Open to all").body("text"));
    w.settle().await;
    assert_eq!(w.right.only().title, "Open to all");

    fake.edit(key, |issue| {
        issue.confidential = true;
        issue.description = issue.description.take().map(|text| text.replace("text", "now secret"));
    });
    w.left.say(key, "alice", "hush");
    let report = w.sync().await;
    assert!(held(&report).contains(&"confidential"), "{report:#?}");
    assert_eq!((w.right.only().text.as_str(), w.right.only().said.len()), ("text", 0));
    w.assert_settled().await;

    let w = World::new(
        (Vendor::GitLab, Vendor::GitHub),
        &format!("{BOTH_WAYS}\nconfidential: allow"),
    )
    .await;
    w.left.gitlab().issue("Secret").confidential().create();
    w.settle().await;
    assert_eq!(w.right.only().title, "Secret", "unless the file says so");
}

#[tokio::test]
async fn line_ends_do_not_flap() {
    for pair in PAIRS {
        let w = World::new(pair, BOTH_WAYS).await;
        let (github, gitlab) = sides(&w);
        github.github().vices(|vices| vices.crlf_bodies = true);
        let key = github.open(draft("Crash").body("one\r\ntwo\r\n\r\n```\r\ncode\r\n```\r\n"));
        github.say(key, "bob", "a\r\nb");
        w.settle().await;
        let twin = gitlab.only();
        assert_eq!(twin.text.replace("\r\n", "\n"), "one\ntwo\n\n```\ncode\n```");
        gitlab.rewrite(twin.key, "three\nfour");
        w.settle().await;
        github.label(key, "bug");
        w.settle().await;
        assert_eq!(github.see(key).text.replace("\r\n", "\n"), "three\nfour");
        assert!(github.see(key).said.len() == 1 && gitlab.only().said.len() == 1);
    }
}

#[tokio::test]
async fn commands_in_foreign_text_are_text() {
    let texts = [
        "/close",
        "before\n/close\n/label ~bug\nafter",
        "  /close",
        "/assign @bob",
        "<!--\n/close\n-->\n\n/spend 1h",
        "~~~\n/close\n~~~",
    ];
    for pair in PAIRS {
        let w = World::new(pair, BOTH_WAYS).await;
        let (github, gitlab) = sides(&w);
        for (number, text) in texts.iter().enumerate() {
            let key = github.open(draft(&format!("Issue {number}")).body(text));
            github.say(key, "mallory", text);
        }
        w.settle().await;
        assert_eq!(gitlab.gitlab().quick_actions(), Vec::<String>::new());
        for (number, text) in texts.iter().enumerate() {
            let twin = gitlab.titled(&format!("Issue {number}"));
            assert!(!twin.closed && twin.labels.is_empty());
            for said in [&twin.text, &twin.said[0].text] {
                for word in text
                    .split_whitespace()
                    .map(|word| word.trim_start_matches(['/', '@', '~']))
                {
                    assert!(said.contains(word), "{word:?} of {text:?} is missing in {said:?}");
                }
            }
            let home = github.titled(&format!("Issue {number}"));
            assert_eq!(
                (home.text.as_str(), home.texts()),
                (*text, vec![*text]),
                "nothing came back changed"
            );
        }
        for number in 0..texts.len() {
            let twin = gitlab.titled(&format!("Issue {number}"));
            gitlab.retitle(twin.key, &format!("Issue {number} again"));
        }
        w.settle().await;
        assert_eq!(gitlab.gitlab().quick_actions(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn very_long_texts_are_cut_and_the_cut_never_flows_back() {
    let w = World::new((Vendor::GitLab, Vendor::GitHub), BOTH_WAYS).await;
    let long = "All work and no play. ".repeat(6000);
    w.left.open(draft("Long").body(&long));
    w.left.say(1, "bob", &long);
    w.settle().await;
    let twin = w.right.only();
    assert!(
        twin.raw.chars().count() <= 65_536 && twin.text.contains("too long"),
        "{}",
        twin.raw.len()
    );
    assert_eq!(twin.marker_lines().len(), 1);
    assert_eq!(w.left.see(1).text, long.trim_end());
    w.right.rewrite(1, "shortened");
    let report = w.sync().await;
    assert!(held(&report).contains(&"text-cut"), "{report:#?}");
    assert_eq!(w.left.see(1).text, long.trim_end());
    w.left.retitle(1, "Longer");
    w.sync().await;
    let report = w.plan().await;
    assert!(report.steps.is_empty(), "{report:#?}");
}

#[tokio::test]
async fn a_dry_run_of_everything_only_reads() {
    for pair in World::PAIRS {
        let mut w = World::new(pair, BOTH_WAYS).await;
        for number in 0..6 {
            let key = w
                .left
                .open(draft(&format!("Issue {number}")).body("text").labels(["bug"]));
            w.left.say(key, "bob", "one");
        }
        let report = w.plan().await;
        assert_eq!(
            (report.outcome, report.totals.created, report.totals.comments_created),
            (Outcome::Pending, 6, 6)
        );
        w.settle().await;
        w.rules = format!("{BOTH_WAYS}\non_delete: close\nconflicts: prefer left");
        w.left.retitle(1, "Left title");
        w.right.retitle(1, "Right title");
        w.right.close(2, "completed");
        w.left.delete(3);
        w.right.label(4, "new");
        w.right.say(5, "dora", "two");
        let copy = w.right.see(6).said[0].id;
        w.right.later(6, 120);
        w.right.reword(6, copy, "one, edited");
        w.right.open(draft("From the right"));
        let report = w.plan().await;
        assert_eq!(report.outcome, Outcome::Pending);
        assert!(report.steps.len() >= 8, "{:#?}", report.steps);
        assert!(report.steps.iter().all(|step| step.outcome == "planned"));
        let done = w.settle().await;
        let kinds = |report: &lockstep::report::Report| {
            let mut kinds: Vec<_> = report.steps.iter().map(|step| (step.op, step.on.clone())).collect();
            kinds.retain(|(op, _)| *op != "create" && *op != "comment");
            kinds.sort();
            kinds
        };
        assert_eq!(kinds(&report), kinds(&done), "what was promised is what was done");
    }
}

#[tokio::test]
async fn the_newer_version_of_the_api_is_read_as_well() {
    for pair in PAIRS {
        let w = World::new(pair, BOTH_WAYS).await;
        let (github, gitlab) = sides(&w);
        github.github().vices(|vices| vices.api_version_2026 = true);
        github.open(draft("Crash").labels(["bug"]));
        gitlab.open(draft("Other"));
        w.settle().await;
        assert_eq!((github.keys().len(), gitlab.keys().len()), (2, 2));
    }
}

#[tokio::test]
async fn a_long_text_crosses_whole_and_is_never_shortened_where_it_began() {
    let w = World::new((Vendor::GitHub, Vendor::GitLab), BOTH_WAYS).await;
    let text = "word ".repeat(12_000).trim_end().to_owned();
    w.left.open(draft("Log").body(&text));
    w.settle().await;
    assert_eq!(w.right.see(1).text, text);
    w.right
        .rewrite(1, &format!("{text} {}", "more ".repeat(2_000).trim_end()));
    let report = w.sync().await;
    assert!(held(&report).contains(&"text-too-long"), "{report:#?}");
    assert_eq!(w.left.see(1).text, text);
    w.assert_settled().await;
}
