//! Which cases of a sweep are tried, and the page that tells what came of them.

use std::sync::LazyLock;

pub(crate) use super::tally::{tell, tried};

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
