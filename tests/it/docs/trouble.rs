//! `docs/troubleshooting.md` explains every code and every error the sources can give.

use std::collections::BTreeSet;

use lockstep::diag::Code;

use super::page;
use crate::architecture::sources;

const PAGE: &str = "docs/troubleshooting.md";

/// Literals of the same form that are not codes of held things.
const NO_CODES: [&str; 4] = [
    // Operations, in the page's own table.
    "edit-comment",
    "delete-comment",
    // Classes of differences without a dash, in theirs.
    "comment",
    "marker",
];

#[test]
fn every_code_of_the_mapping_file_is_explained() {
    let text = page(PAGE);
    for code in Code::ALL {
        assert!(has_row(&text, code.as_str()), "{PAGE} does not explain {code}");
    }
}

#[test]
fn every_finding_about_a_tracker_is_explained_and_no_other() {
    let text = page(PAGE);
    let section = text.split("## Findings of `check --online`").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let told: BTreeSet<&str> = rows.collect();
    let known: BTreeSet<&str> = lockstep::survey::Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(told, known);
}

#[test]
fn every_code_of_held_things_is_explained() {
    let text = page(PAGE);
    let codes = codes();
    // What the scanner must at least have found, so that it cannot go blind: each is written in another form.
    for known in [
        "conflict",
        "confidential",
        "twin-hidden",
        "marker-forged",
        "not-kept",
        "match-ambiguous",
    ] {
        assert!(codes.contains(known), "{known} was not found: {codes:?}");
    }
    for code in &codes {
        assert!(has_row(&text, code), "{PAGE} does not explain {code}");
    }
}

#[test]
fn every_error_of_a_tracker_is_explained() {
    let text = page(PAGE);
    let mut seen = 0;
    for source in ["src/tracker/error.rs", "src/playground.rs", "src/init/mod.rs"] {
        for message in messages(&page(source)) {
            seen += 1;
            assert!(
                text.contains(&format!("`{message}`")),
                "{PAGE} does not explain `{message}`"
            );
        }
    }
    assert!(seen >= 14, "{seen} messages found");
}

#[test]
fn the_page_explains_nothing_that_is_gone() {
    let known: BTreeSet<String> = Code::ALL
        .iter()
        .map(|code| code.as_str().to_owned())
        .chain(codes())
        .chain(NO_CODES.map(str::to_owned))
        .collect();
    let text = page(PAGE);
    let coded = text.split("## Things held").nth(1).unwrap();
    for line in coded.lines() {
        let Some((code, _)) = line.strip_prefix("| `").and_then(|rest| rest.split_once('`')) else {
            continue;
        };
        assert!(
            known.contains(code),
            "{PAGE} explains {code}, which nothing says any more"
        );
    }
}

fn has_row(text: &str, code: &str) -> bool {
    text.lines().any(|line| line.starts_with(&format!("| `{code}` |")))
}

/// Codes in the sources that hold things: words with a dash, and whatever is handed to `hold(` first.
fn codes() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for source in sources() {
        if !source.path.starts_with("src/reconcile/") && !source.path.starts_with("src/apply/") {
            continue;
        }
        let mut handed = false;
        for line in source.text.lines() {
            let line = line.trim();
            let (before, after) = line.split_once("hold(").unwrap_or(("", if handed { line } else { "" }));
            let first = after.strip_prefix('"').and_then(|rest| rest.split('"').next());
            codes.extend(first.map(str::to_owned));
            handed = line.ends_with("hold(") && !before.is_empty();
            let literals = line.split('"').skip(1).step_by(2);
            codes.extend(literals.filter(|word| is_code(word)).map(str::to_owned));
        }
    }
    for other in NO_CODES {
        codes.remove(other);
    }
    codes
}

fn is_code(word: &str) -> bool {
    word.contains('-')
        && !word.starts_with('-')
        && !word.ends_with('-')
        && word.chars().all(|c| c.is_ascii_lowercase() || c == '-')
}

/// The texts of `#[error("…")]`, each value in them replaced by `…`.
fn messages(source: &str) -> Vec<String> {
    let texts = source
        .split("#[error(\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    texts
        .map(|text| {
            let mut shown = String::new();
            let mut depth = 0;
            for c in text.chars() {
                match c {
                    '{' => depth += 1,
                    '}' => {
                        depth -= 1;
                        shown.push('…');
                    }
                    _ if depth == 0 => shown.push(c),
                    _ => {}
                }
            }
            shown
        })
        .collect()
}
