//! The law of the mapping file. Imports the configuration and its diagnostics.

use std::path::Path;

use crate::config::load;
use crate::diag::Diagnostic;

/// A secret of a form every service's users know, and nothing else looks like.
const SECRET: &str = "glpat-0123456789abcdefghij";

/// A mapping file is valid and names only what it declares, or has problems, each told on lines that no terminal or CI
/// service takes for more than text, at a place in the file, and without a secret that slipped in.
///
/// # Panics
///
/// When that does not hold.
pub fn mapping(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    judge(text);
    // The same with a token where somebody wrote a reference to one.
    if text.contains("${") {
        judge(&text.replace("${", SECRET));
    }
}

fn judge(text: &str) {
    match load(text, Path::new("lockstep.yml")) {
        Ok(config) => {
            for sync in &config.syncs {
                let ends = [&sync.between.left, &sync.between.right];
                assert_ne!(ends[0], ends[1], "a sync of a tracker with itself");
                assert!(ends.iter().all(|end| config.trackers.contains_key(*end)), "{ends:?}");
            }
            let known = |row: &std::collections::BTreeMap<_, _>| row.keys().all(|on| config.trackers.contains_key(on));
            assert!(config.people.iter().all(known), "a person on an unknown tracker");
        }
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a reason");
            assert!(problems.len() <= 201, "{} problems are not to be read", problems.len());
            for problem in &problems {
                check(problem, text);
            }
            let again = load(text, Path::new("lockstep.yml")).err();
            assert_eq!(Some(problems), again, "the same file, told differently");
        }
    }
}

fn check(problem: &Diagnostic, text: &str) {
    let shown = problem.to_string();
    for part in [&problem.message, &problem.hint] {
        assert!(!part.contains(char::is_control), "{part:?}");
    }
    assert!(!shown.contains(SECRET), "{shown}");
    if let Some(place) = &problem.place {
        // The parser ends lines at LF, CR LF and CR alike.
        let lines: Vec<&str> = text.split(['\n', '\r']).collect();
        assert!((1..=lines.len() + 1).contains(&place.line), "{shown}");
        let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or_default();
        assert!((1..=longest + 1).contains(&place.column), "{shown}");
    }
}
