//! Commands, mapping files and tables in the pages.

use std::collections::BTreeSet;
use std::path::Path;

use clap::Parser as _;
use lockstep::cli::Cli;
use lockstep::config::load;
use lockstep::report::Outcome;

use super::reliability::runs_tests;
use super::{PAGES, fenced, page};

/// Lines of shell blocks that are not about `lockstep` itself.
const OTHER_LINES: [&str; 8] = [
    "cargo test",
    "LOCKSTEP_BLESS=1 cargo test",
    ".ci/run",
    "LOCKSTEP_CASES=100000 cargo test --lib border::laws",
    "cargo install --locked --path .",
    "git add issues",
    "git commit --message \"Issues as of today\"",
    "openssl rand -base64 32",
];

#[test]
fn every_mapping_file_in_the_pages_loads() {
    let mut seen = 0;
    for name in PAGES {
        for block in fenced(&page(name), "yaml") {
            if !block.starts_with("version:") && !block.contains("\nversion:") {
                continue;
            }
            seen += 1;
            if let Err(problems) = load(&block, Path::new("lockstep.yml")) {
                let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
                panic!("{name}:\n{block}\n{}", problems.join("\n"));
            }
        }
    }
    assert!(seen >= 5, "the pages show {seen} mapping files");
}

#[test]
fn every_yaml_block_is_a_mapping_file_or_says_what_it_is() {
    for name in PAGES {
        for block in fenced(&page(name), "yaml") {
            assert!(
                block.contains("version: 1") || block.starts_with("# Part of ") || super::ci::is_checked(&block),
                "{name} has a block that no test loads:\n{block}"
            );
        }
    }
}

#[test]
fn every_command_in_the_pages_is_one_the_program_takes() {
    let mut seen = 0;
    for name in PAGES {
        for line in fenced(&page(name), "sh").iter().flat_map(|block| block.lines()) {
            let line = line.split(" #").next().unwrap_or_default().trim();
            if line.is_empty() || OTHER_LINES.contains(&line) || runs_tests(line) {
                continue;
            }
            let args = if let Some(rest) = line.strip_prefix("cargo run --release -- ") {
                rest
            } else if let Some(rest) = line.strip_prefix("lockstep ") {
                rest
            } else {
                assert!(line.starts_with("export "), "{name}: nothing checks this line: {line}");
                assert!(
                    line.contains("=…") || line.contains("=\"$("),
                    "{name}: a real secret? {line}"
                );
                continue;
            };
            let words = std::iter::once("lockstep").chain(args.split_whitespace());
            let parsed = Cli::try_parse_from(words);
            assert!(parsed.is_ok(), "{name}: {line}\n{}", parsed.unwrap_err());
            seen += 1;
        }
    }
    assert!(seen >= 8, "the pages show {seen} commands");
}

#[test]
fn the_readme_begins_with_the_two_commands_of_a_stranger() {
    let blocks = fenced(&page("README.md"), "sh");
    let lines: Vec<&str> = blocks[0].lines().chain(blocks[1].lines()).collect();
    assert_eq!(lines, ["cargo run --release -- try playground", "cargo test"]);
}

#[test]
fn the_table_of_exit_codes_is_what_the_program_returns() {
    let text = page("README.md");
    let section = text
        .split("## Exit codes")
        .nth(1)
        .unwrap()
        .split("\n## ")
        .next()
        .unwrap();
    let rows: Vec<(u8, &str)> = section
        .lines()
        .filter_map(|line| {
            let mut cells = line.trim_matches('|').split('|').map(str::trim);
            Some((cells.next()?.parse().ok()?, cells.next()?))
        })
        .collect();
    let outcomes = [
        Outcome::Settled,
        Outcome::Changed,
        Outcome::Pending,
        Outcome::Budget,
        Outcome::Guarded,
        Outcome::Partial,
        Outcome::Failed,
    ];
    // The command line and the mapping file are refused before there is an outcome, and `--fail-on` goes by more than it.
    let mut wanted: BTreeSet<u8> = BTreeSet::from([2, 6]);
    for outcome in outcomes {
        let code = outcome.exit_code();
        let word = serde_json::to_value(outcome).unwrap();
        let named = format!("`{}`", word.as_str().unwrap());
        let row = rows.iter().find(|(of, _)| *of == code);
        assert!(
            row.is_some_and(|(_, names)| names.contains(&named)),
            "{code} {named}: {rows:?}"
        );
        wanted.insert(code);
    }
    let listed: Vec<u8> = rows.iter().map(|(code, _)| *code).collect();
    assert_eq!(listed, wanted.into_iter().collect::<Vec<u8>>());
}

#[test]
fn links_between_pages_lead_somewhere() {
    use pulldown_cmark::{Event, Parser, Tag};
    let mut seen = 0;
    for name in PAGES
        .into_iter()
        .chain(["ARCHITECTURE.md", "SECURITY.md", "CHANGELOG.md"])
    {
        let text = page(name);
        let folder = super::root().join(name);
        let folder = folder.parent().unwrap();
        for event in Parser::new(&text) {
            let Event::Start(Tag::Link { dest_url, .. }) = event else {
                continue;
            };
            if dest_url.contains("://") {
                continue;
            }
            let (file, anchor) = dest_url.split_once('#').unwrap_or((&dest_url, ""));
            let target = if file.is_empty() {
                super::root().join(name)
            } else {
                folder.join(file)
            };
            assert!(target.exists(), "{name}: {dest_url}");
            if !anchor.is_empty() {
                let there = std::fs::read_to_string(&target).unwrap();
                let found = there.lines().any(|line| line.starts_with('#') && slug(line) == anchor);
                assert!(found, "{name}: {dest_url}");
            }
            seen += 1;
        }
    }
    assert!(seen > 5, "{seen}");
}

/// The anchor both forges give a heading.
fn slug(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}
