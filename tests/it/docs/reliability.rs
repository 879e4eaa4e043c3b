//! `docs/reliability.md` has no row that nothing prints, and no command that runs nothing. The numbers are compared by the
//! tests that count them.

use std::path::Path;

use super::{fenced, page, root};
use crate::support::reliability::PAGE;

/// How a call begins whose next words are the name of a row; in the library `tally::` stands before it.
const COUNTED: [&str; 4] = ["tell(\"", "tell(&format!(\"", "tried(\"", "tried(&format!(\""];

/// The fixed beginnings of the names of rows that tests print: `killed, ` of `tell(&format!("killed, {}", …))`.
fn beginnings(folder: &Path, before: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            beginnings(&path, before, found);
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("docs/reliability.rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            // However long the call is and wherever it is broken.
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("( ", "(");
            for opening in COUNTED.map(|call| format!("{before}{call}")) {
                let names = text
                    .split(&opening)
                    .skip(1)
                    .filter_map(|rest| rest.split(['{', '"']).next());
                found.extend(names.filter(|name| !name.trim().is_empty()).map(str::to_owned));
            }
        }
    }
}

fn rows(text: &str) -> Vec<&str> {
    let cells = text.lines().filter_map(|line| line.strip_prefix("| "));
    let names = cells.filter_map(|row| row.split(" | ").next());
    names.filter(|name| *name != "what").collect()
}

#[test]
fn every_row_is_printed_and_every_print_has_a_row() {
    let text = page(PAGE);
    let rows = rows(&text);
    let mut printed = Vec::new();
    beginnings(&root().join("src"), "tally::", &mut printed);
    beginnings(&root().join("tests/it"), "", &mut printed);
    assert!(printed.len() > 20, "{printed:?}");
    for row in &rows {
        let is_printed = printed.iter().any(|beginning| row.starts_with(beginning));
        assert!(is_printed, "nothing prints {row:?}");
    }
    for beginning in &printed {
        let has_row = rows.iter().any(|row| row.starts_with(beginning));
        assert!(has_row, "{PAGE} does not tell of {beginning:?}");
    }
}

/// Whether this line of a page runs tests that are there: of a module of the stories or of the library, perhaps with a
/// variable that a test reads.
pub(super) fn runs_tests(line: &str) -> bool {
    let mut words = line.split(' ').peekable();
    let mut known = true;
    while let Some((variable, _)) = words.peek().and_then(|word| word.split_once('=')) {
        known &= ["src", "tests/it"]
            .iter()
            .any(|folder| is_read(&root().join(folder), variable));
        words.next();
    }
    let words: Vec<&str> = words.collect();
    let is_there = |places: &[&str], module: &str| {
        let path = module.trim_end_matches("::").replace("::", "/");
        let mut files = places
            .iter()
            .flat_map(|place| [format!("{place}{path}.rs"), format!("{place}{path}/mod.rs")]);
        files.any(|file| root().join(file).exists())
    };
    known
        && match words.strip_suffix(&["--", "--nocapture"]).unwrap_or(&words) {
            ["cargo", "test", "--test", "it", module] => is_there(&["tests/it/", "tests/it/scenarios/"], module),
            ["cargo", "test", "--lib"] => true,
            ["cargo", "test", "--lib", module] => is_there(&["src/"], module),
            _ => false,
        }
}

/// Whether a source in this folder names the variable.
fn is_read(folder: &Path, variable: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return is_read(&path, variable);
        }
        path.extension().is_some_and(|end| end == "rs")
            && std::fs::read_to_string(&path)
                .unwrap()
                .contains(&format!("\"{variable}\""))
    })
}

#[test]
fn every_command_runs_tests_that_are_there() {
    let commands = fenced(&page(PAGE), "sh");
    let lines: Vec<&str> = commands.iter().flat_map(|block| block.lines()).collect();
    assert!(lines.len() >= 8, "{lines:?}");
    for line in lines {
        assert!(runs_tests(line), "{line}");
    }
    for wrong in [
        "cargo test --test it faults::nothing -- --nocapture",
        "cargo test --lib nowhere -- --nocapture",
        "LOCKSTEP_NO_SUCH=1 cargo test --lib -- --nocapture",
        "rm --recursive issues",
    ] {
        assert!(!runs_tests(wrong), "{wrong}");
    }
}
