//! Compares `docs/reliability.md` with what was tried. The stories and the tests of the library count with this one function.
//!
//! Imports nothing of ours: it is part of two programs.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The page, from the root.
const PAGE: &str = "docs/reliability.md";

/// Prints how many cases of a fault were tried and what came of it, and compares the page's row of that name: `| name |
/// cases | result |`, or for sweeps that usually take a sample `| name | of a sample | of all | result |`.
/// With `LOCKSTEP_BLESS` set, the row is corrected instead; with `LOCKSTEP_CASES` or `LOCKSTEP_SEED`, the number is what was
/// asked for, and not compared.
///
/// # Panics
///
/// When the page has no such row, or says something else.
#[expect(
    clippy::disallowed_methods,
    reason = "a developer asks for the page to be written anew, or for another number"
)]
pub(crate) fn tried(name: &str, cases: usize, result: &str) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    println!("reliability: {name}: {cases} cases, {result}");
    assert!(cases > 0, "nothing was tried");
    let asked = ["LOCKSTEP_CASES", "LOCKSTEP_SEED"];
    if asked.into_iter().any(|name| std::env::var_os(name).is_some()) {
        return;
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let text = std::fs::read_to_string(&path).unwrap();
    let old = text.lines().find(|line| line.starts_with(&format!("| {name} | ")));
    let old = old.unwrap_or_else(|| panic!("{PAGE} has no row {name:?}"));
    let mut cells: Vec<&str> = old.trim_matches('|').split('|').map(str::trim).collect();
    let cases = cases.to_string();
    let all = std::env::var_os("LOCKSTEP_FAULTS").is_some_and(|value| value == "all");
    let (column, last) = (if cells.len() == 4 && all { 2 } else { 1 }, cells.len() - 1);
    (cells[column], cells[last]) = (&cases, result);
    let wanted = format!("| {} |", cells.join(" | "));
    if std::env::var_os("LOCKSTEP_BLESS").is_some() && old != wanted {
        std::fs::write(&path, text.replacen(old, &wanted, 1)).unwrap();
    } else {
        assert_eq!(
            old, wanted,
            "run the tests once with LOCKSTEP_BLESS=1 and commit {PAGE}"
        );
    }
}

/// Nothing wrong was found.
pub(crate) fn tell(name: &str, cases: usize) {
    tried(name, cases, "ok");
}
