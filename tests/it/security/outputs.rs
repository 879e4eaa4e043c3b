//! Foreign text in everything that is printed: no runner finds a command in it, no terminal a sequence.

use lockstep::report::{html, human, markdown, status, status_markdown};
use lockstep::run::Request;
use lockstep::safe::{Safe, SafeMarkdown, json, logged, printed};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::runner::{PIECES, acted_on, without_colours};
use super::strangers::{COMMANDS, at_work, trial};
use super::{assert_no_token, run};
use crate::support::fake::{Fault, What, When};
use crate::support::player::{Vendor, draft};
use crate::support::reliability::tried;
use crate::support::world::World;

fn hostile() -> impl Strategy<Value = String> {
    let pieces = vec(
        prop_oneof![8 => select(&PIECES[..]).prop_map(str::to_owned), 1 => any::<String>()],
        0..12,
    );
    pieces.prop_map(|pieces| pieces.concat())
}

const NOTHING: [String; 0] = [];

#[test]
fn no_text_that_passed_the_gate_is_a_command() {
    let cases = 4_000;
    // What stands before and after it is ours, and may end and begin as a command does.
    let around = select(&["", "#", "##", ":", "  ", "left#", "a: ", "- "][..]);
    trial(cases)
        .run(&(hostile(), around), |(text, ours)| {
            for shown in [
                // No line of ours goes on from these with foreign text; the gates behind hold all the same.
                format!("{}{}", if [":", "##"].contains(&ours) { "" } else { ours }, Safe(&text)),
                SafeMarkdown(&text).to_string(),
                logged(&format!("{ours}{text}")),
                without_colours(&printed(&format!("{ours}{text}"))),
                json(&serde_json::json!({ "a": text, text.as_str(): [ours] }).to_string()).into_owned(),
            ] {
                prop_assert_eq!(acted_on(&shown), NOTHING, "{:?} of {:?}", shown, text);
            }
            prop_assert_eq!(Safe(&text).to_string().lines().count() <= 1, true);
            Ok(())
        })
        .unwrap();
    tried(
        "foreign text at the gate",
        cases as usize,
        "no command, section, sequence or turned text",
    );
}

#[test]
fn markdown_of_foreign_text_is_plain_text() {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let cases = 2_000;
    let pieces = vec(
        select(
            &[
                "<b>",
                "<!--",
                "-->",
                "[",
                "](",
                ")",
                "![",
                "`",
                "``",
                "*",
                "_",
                "~~",
                "|",
                "\\",
                "&lt;",
                "@team",
                "#1",
                "https://e.example",
                "www.e.example",
                "$x$",
                " ",
                "x",
                "é",
                "<https://e.example>",
                "a@b.example",
                "\n",
                "# ",
                "- ",
            ][..],
        ),
        0..12,
    );
    trial(cases)
        .run(&pieces, |pieces| {
            let text = pieces.concat();
            let shown = format!("| a | {} |\n|---|---|\n| b | {} |\n", "c", SafeMarkdown(&text));
            let mut cells = 0;
            let mut read = String::new();
            for event in Parser::new_ext(&shown, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
                let cell = matches!(event, Event::Start(Tag::TableCell));
                cells += u32::from(cell);
                if let (Event::Text(words), 4) = (&event, cells) {
                    read.push_str(words);
                }
                let parts = matches!(&event, Event::InlineHtml(html) if &**html == "<!-- -->");
                let table = matches!(&event, Event::Start(Tag::Table(_) | Tag::TableHead | Tag::TableRow));
                let plain = cell || parts || table || matches!(&event, Event::End(_) | Event::Text(_));
                prop_assert!(plain, "{:?} in {:?}", event, shown);
            }
            prop_assert_eq!(cells, 4, "{:?}", shown);
            let wanted = Safe(&text).to_string();
            prop_assert_eq!(read.trim(), wanted.trim());
            prop_assert!(
                !shown.contains("@team") && !shown.contains("#1") && !shown.contains("://") && !shown.contains("www.")
            );
            Ok(())
        })
        .unwrap();
    tried("foreign text in Markdown", cases as usize, "plain text all of it");
}

/// What strangers write, through whole runs in folders.
#[test]
fn no_command_in_an_issue_reaches_a_report() {
    let cases = 48;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let texts = (hostile(), hostile(), hostile(), hostile());
    trial(cases)
        .run(&texts, |(title, label, person, other)| {
            let (first, second) = runtime.block_on(async {
                let (w, first) = at_work([&title, &label, &person, &other]).await;
                let dry = Request {
                    show_titles: true,
                    ..Request::default()
                };
                (first, w.run(dry).await)
            });
            for report in [first, second] {
                for shown in [
                    report.json(),
                    markdown(&report),
                    without_colours(&printed(&human(&report, "lockstep sync"))),
                    without_colours(&printed(&status(&report, jiff::Timestamp::UNIX_EPOCH, 120))),
                    status_markdown(&report, jiff::Timestamp::UNIX_EPOCH),
                    html(&report),
                ] {
                    prop_assert_eq!(acted_on(&shown), NOTHING, "{}", shown);
                }
                for value in report
                    .drift
                    .iter()
                    .flat_map(|drift| [&drift.left_value, &drift.right_value])
                {
                    prop_assert_eq!(acted_on(value), NOTHING);
                }
                for text in report
                    .held
                    .iter()
                    .map(|held| &held.message)
                    .chain(report.steps.iter().map(|step| &step.why))
                {
                    prop_assert_eq!(acted_on(text), NOTHING);
                }
            }
            Ok(())
        })
        .unwrap();
    tried("commands in issues", cases as usize, "none in a report");
}

/// The same through the real program with every log there is, and services that answer with commands of their own.
#[tokio::test]
async fn no_command_in_issues_or_answers_reaches_a_stream_or_a_file() {
    let mut cases = 0;
    for pair in [
        (Vendor::GitHub, Vendor::GitLab),
        (Vendor::GitLab, Vendor::GitHub),
        (Vendor::GitHub, Vendor::GitHub),
    ] {
        for format in ["human", "json", "markdown"] {
            let w = World::new(pair, "create: { left: { state: all } }\nfields: { assignees: both }").await;
            w.left.open(
                draft(COMMANDS)
                    .body(COMMANDS)
                    .labels(["::error::x", "a##[error]b", "x\u{202e}y"])
                    .assignees(["mallory"]),
            );
            w.left.open(draft("::notice::again").body(COMMANDS));
            w.left.say(1, "mallory", COMMANDS);
            let answer = serde_json::json!({ "message": COMMANDS, "errors": [COMMANDS] }).to_string();
            for (when, status) in [(When::Write(1), 422), (When::Write(3), 403)] {
                w.right.fault(Fault::new(
                    when,
                    What::status(status).header("x-note", "::error::x").body(&answer),
                ));
            }
            for _ in 0..2 {
                let ran = run(&w, &["sync", "--apply", "--show-titles", "--format", format], &[]);
                for (place, text) in ran.everything() {
                    assert_eq!(acted_on(text), NOTHING, "in {place}:\n{text}");
                    cases += 1;
                }
                assert!(
                    format != "json" || ran.stdout == ran.json || ran.stdout.len() > 2,
                    "{}",
                    ran.stdout
                );
                assert_no_token(&ran);
                w.right.heal();
            }
        }
    }
    tried(
        "commands in issues and answers",
        cases,
        "none in a stream or file of the program",
    );
}
