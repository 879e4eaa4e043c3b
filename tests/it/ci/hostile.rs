//! What strangers write in issues and payloads is a command to no runner, in nothing a job prints or leaves behind.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use super::{ci, event, github, gitlab, prepared};
use crate::security::runner::{PIECES, acted_on, without_colours};
use crate::security::strangers::{COMMANDS, at_work, trial};
use crate::support::player::{Vendor, draft};
use crate::support::reliability::tried;
use crate::support::runner::{Job, Runner, spoken};
use crate::support::world::World;

const NOTHING: [String; 0] = [];

/// Everything that is acted on in a job on GitHub is ours, and carries nothing foreign but encoded text.
fn check_github(job: &Job) -> Result<(), TestCaseError> {
    let (commands, rest) = spoken(&job.stderr);
    prop_assert_eq!(acted_on(&without_colours(&rest)), NOTHING, "{}", job.stderr);
    let mut depth = 0;
    for command in &commands {
        match command.name.as_str() {
            "group" => depth += 1,
            "endgroup" => depth -= 1,
            "error" | "warning" => {
                let known = ["file", "line", "endLine", "col", "title"];
                prop_assert!(
                    command.properties.keys().all(|name| known.contains(&name.as_str())),
                    "{:?}",
                    command
                );
            }
            "add-mask" => {}
            other => prop_assert!(false, "{} in {}", other, job.stderr),
        }
        prop_assert!((0..=1).contains(&depth), "{}", job.stderr);
        for text in command.properties.values().chain([&command.data]) {
            prop_assert_eq!(acted_on(text), NOTHING, "{:?}", command);
        }
    }
    prop_assert_eq!(depth, 0);
    let of = |name: &str| commands.iter().filter(|command| command.name == name).count();
    prop_assert!(of("error") <= 10 && of("warning") <= 10);
    let names: Vec<&str> = job.outputs.keys().map(String::as_str).collect();
    prop_assert_eq!(
        names,
        ["changed", "counts", "exit-code", "plan", "report", "status", "summary"]
    );
    check_files(job)
}

fn check_files(job: &Job) -> Result<(), TestCaseError> {
    prop_assert_eq!(acted_on(&job.stdout), NOTHING);
    for (name, text) in &job.files {
        // The page is HTML, with tests of its own.
        if name != "report.html" {
            prop_assert_eq!(acted_on(text), NOTHING, "{} {}", name, text);
        }
    }
    prop_assert_eq!(acted_on(&job.summary), NOTHING);
    for text in [Some(&job.summary), job.files.get("summary.md")].into_iter().flatten() {
        check_markdown(text)?;
    }
    Ok(())
}

/// No markup in a summary but ours: tables, lists, headings below the second, and parts to unfold.
fn check_markdown(text: &str) -> Result<(), TestCaseError> {
    use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag};
    for event in Parser::new_ext(text, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
        match &event {
            Event::InlineHtml(html) => prop_assert_eq!(&**html, "<!-- -->", "{}", text),
            Event::Html(html) => {
                let ours = html.starts_with("<details><summary>") || html.trim() == "</details>";
                prop_assert!(ours, "{:?} in {}", html, text);
            }
            Event::Start(Tag::Heading { level, .. }) => {
                prop_assert!(*level >= HeadingLevel::H3, "{}", text);
            }
            Event::Start(tag) => {
                let odd = matches!(
                    tag,
                    Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_) | Tag::BlockQuote(_)
                );
                prop_assert!(!odd, "{:?} in {}", tag, text);
            }
            Event::Rule | Event::InlineMath(_) | Event::DisplayMath(_) | Event::FootnoteReference(_) => {
                prop_assert!(false, "{:?} in {}", event, text);
            }
            Event::End(_)
            | Event::Text(_)
            | Event::Code(_)
            | Event::SoftBreak
            | Event::HardBreak
            | Event::TaskListMarker(_) => {}
        }
    }
    Ok(())
}

/// Sections are in pairs, numbered by us; nothing else in the log is acted on.
fn check_gitlab(job: &Job) -> Result<(), TestCaseError> {
    let mut rest = String::new();
    let mut open: Option<String> = None;
    for line in job.stderr.split('\n') {
        let mark = line
            .strip_prefix("\u{1b}[0Ksection_")
            .and_then(|line| line.split_once("\r\u{1b}[0K"));
        let Some((mark, title)) = mark else {
            rest.push_str(line);
            rest.push('\n');
            continue;
        };
        let name = mark.rsplit(':').next().unwrap().to_owned();
        if mark.starts_with("start:") {
            prop_assert_eq!(open.replace(name), None);
        } else {
            prop_assert_eq!(open.take(), Some(name));
        }
        rest.push_str(title);
        rest.push('\n');
    }
    prop_assert_eq!(open, None);
    prop_assert_eq!(acted_on(&without_colours(&rest)), NOTHING, "{}", job.stderr);
    check_files(job)
}

fn hostile() -> impl Strategy<Value = String> {
    let markup = [
        "<b>",
        "<!--",
        "-->",
        "](https://e.example)",
        "![x",
        "`",
        "|",
        "</summary>",
        "\n\n# ",
        "@team",
        "$x$",
    ];
    let piece = prop_oneof![3 => select(&PIECES[..]), 1 => select(markup.to_vec())];
    vec(piece.prop_map(str::to_owned), 0..10).prop_map(|pieces| pieces.concat())
}

/// The mapping file of two folders, for a job that begins in another one.
fn with_whole_paths(w: &World) -> String {
    let mut mapping = w.mapping();
    for side in ["left", "right"] {
        let whole = format!("path: '{}'", w.dir().join(side).display());
        mapping = mapping.replace(&format!("path: {side}"), &whole);
    }
    mapping
}

#[test]
fn no_command_of_a_stranger_reaches_a_runner() {
    let cases = 24;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let texts = (hostile(), hostile(), hostile(), hostile());
    trial(cases)
        .run(&texts, |(title, label, person, other)| {
            let w = runtime.block_on(async {
                let (w, _) = at_work([&title, &label, &person, &other]).await;
                w.right.retitle(2, &format!("{title} right"));
                w
            });
            let mapping = with_whole_paths(&w);
            for mut runner in [
                Runner::github("https://api.github.com"),
                Runner::gitlab("https://gitlab.example"),
            ] {
                let is_github = runner.workspace().exists() && runner.path("temp/github_output").exists();
                let check = if is_github { check_github } else { check_gitlab };
                runner.commit("lockstep.yml", &mapping);
                runner.set("LOCKSTEP_SHOW_TITLES", "true");
                runner.set("LOCKSTEP_DRY_RUN", "true");
                runner.set("LOCKSTEP_LOG", "debug");
                let payload =
                    json!({ "action": title, "issue": format!("left#{other}"), "client_payload": { "issue": person } });
                runner.event(
                    if is_github { "repository_dispatch" } else { "trigger" },
                    &payload.to_string(),
                );
                let job = ci(&runner);
                prop_assert_eq!(job.code, Some(0), "{}", job.stderr);
                check(&job)?;
                // A mapping file and inputs in which somebody has been at work.
                runner.commit(
                    "lockstep.yml",
                    &format!("version: 1\n? {}\n", serde_json::to_string(&title).unwrap()),
                );
                let job = ci(&runner);
                prop_assert_eq!(job.code, Some(2), "{}", job.stderr);
                check(&job)?;
                // No variable holds a zero byte.
                runner.set("LOCKSTEP_SCOPE", &format!("x{other}"));
                runner.set("LOCKSTEP_EXTRA_ARGS", &format!("--{label}\n--only={title}"));
                let job = ci(&runner);
                prop_assert_eq!(job.code, Some(2), "{}", job.stderr);
                check(&job)?;
            }
            Ok(())
        })
        .unwrap();
    tried(
        "commands in issues, payloads and inputs of jobs",
        cases as usize,
        "none reaches a runner",
    );
}

#[tokio::test]
async fn answers_of_a_service_are_no_commands_either() {
    use crate::support::fake::{Fault, What, When};
    for on_github in [true, false] {
        let w = World::github_gitlab("create: { left: { state: all } }").await;
        for _ in 0..14 {
            w.left
                .open(draft(COMMANDS).body(COMMANDS).labels(["::error::x", "a##[error]b"]));
        }
        let answer = json!({ "message": COMMANDS, "error": COMMANDS }).to_string();
        w.right
            .fault(Fault::new(When::Write(1), What::status(422).body(&answer)).times(40));
        let mut runner = if on_github { github(&w) } else { gitlab(&w) };
        let mut payload = event("issues/opened.json", 1);
        payload["action"] = json!(COMMANDS);
        payload["repository"]["full_name"] = json!(COMMANDS);
        runner.event(if on_github { "issues" } else { "trigger" }, &payload.to_string());
        let job = ci(&runner);
        assert_eq!(job.code, Some(1), "{}", job.stderr);
        if on_github {
            check_github(&job).unwrap();
            let (commands, _) = spoken(&job.stderr);
            let last = commands.iter().rfind(|command| command.name == "error").unwrap();
            assert!(last.data.contains("more errors"), "{}", last.data);
        } else {
            check_gitlab(&job).unwrap();
        }
    }
}

/// More than any service takes: the summary stays below its limit, and says what it leaves out.
#[tokio::test]
async fn two_megabytes_of_results_fit() {
    let w = World::new((Vendor::Folder, Vendor::Folder), "create: { left: { state: all } }").await;
    for number in 1..=8_000 {
        // Written directly: a player looks for the next free number each time.
        let page = format!("---\ntitle: Issue {number}\nlabels: [some label that is written as well]\n---\n");
        std::fs::write(w.dir().join(format!("left/{number:04}.md")), page).unwrap();
    }
    let mut runner = prepared(&w, Runner::github("https://api.github.com"));
    runner.commit("lockstep.yml", &with_whole_paths(&w));
    runner.set("LOCKSTEP_DRY_RUN", "true");
    runner.set("LOCKSTEP_MAX_CHANGES", "20000");
    // What an earlier command of the step has said counts too.
    let said = "earlier\n".repeat(20_000);
    std::fs::write(runner.get("GITHUB_STEP_SUMMARY"), &said).unwrap();
    let job = ci(&runner);
    assert_eq!(job.code, Some(0), "{}", job.stderr);
    assert!(job.files["plan.json"].len() > 2 * 1024 * 1024);
    assert!(job.summary.len() <= 900 * 1024, "{}", job.summary.len());
    assert!(job.summary.contains(" more, see the report."), "{}", job.summary.len());
    assert!(job.summary.contains("</details>"));
}
