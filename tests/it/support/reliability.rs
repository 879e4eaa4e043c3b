//! What `docs/reliability.md` says was tried: every test that counts cases prints them and compares the page's row.

use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};

/// The page, from the root.
pub const PAGE: &str = "docs/reliability.md";

/// With this variable set to `all`, every case of every sweep is tried.
const HOW_MANY: &str = "LOCKSTEP_FAULTS";

#[expect(clippy::disallowed_methods, reason = "a developer asks for the long run")]
static ALL: LazyLock<bool> = LazyLock::new(|| std::env::var_os(HOW_MANY).is_some_and(|value| value == "all"));

/// Which cases of a sweep are tried: in the usual run one in so many, always the same ones.
#[derive(Debug)]
pub struct Sample {
    every: usize,
    next: usize,
}

impl Sample {
    /// One in so many, beginning elsewhere for every name, so that sweeps that are alike try different cases.
    pub fn one_in(every: usize, name: &str) -> Self {
        let every = if *ALL { 1 } else { every };
        let next = name.bytes().map(usize::from).sum::<usize>() % every;
        Self { every, next }
    }

    /// Whether the next case is tried.
    pub fn takes(&mut self) -> bool {
        let takes = self.next == 0;
        self.next = if takes { self.every - 1 } else { self.next - 1 };
        takes
    }
}

/// Prints how many cases of a fault were tried and what came of it, and compares the page's row of that name: `| name |
/// cases | result |`, or for sweeps that usually take a sample `| name | of a sample | of all | result |`.
/// With `LOCKSTEP_BLESS` set, the row is corrected instead.
#[expect(
    clippy::disallowed_methods,
    reason = "a developer asks for the page to be written anew"
)]
pub fn tried(name: &str, cases: usize, result: &str) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    println!("reliability: {name}: {cases} cases, {result}");
    assert!(cases > 0, "nothing was tried");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let text = std::fs::read_to_string(&path).unwrap();
    let old = text.lines().find(|line| line.starts_with(&format!("| {name} | ")));
    let old = old.unwrap_or_else(|| panic!("{PAGE} has no row {name:?}"));
    let mut cells: Vec<&str> = old.trim_matches('|').split('|').map(str::trim).collect();
    let cases = cases.to_string();
    let (column, last) = (if cells.len() == 4 && *ALL { 2 } else { 1 }, cells.len() - 1);
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
pub fn tell(name: &str, cases: usize) {
    tried(name, cases, "ok");
}
