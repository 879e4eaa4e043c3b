//! What must hold for any bytes at all: the laws that the fuzz targets in `fuzz/` try, and that `cargo test` tries on
//! their seeds. No part of the program: it exists in tests and under `cargo fuzz` only.
//!
//! Imports whatever it puts to the test; what is private to a module has its law there, in `fuzzed`. Each function
//! panics when its law is broken.

mod mapping;
mod markers;
pub(crate) mod said;

pub use crate::border::fuzzed::border;
pub use crate::ci::fuzzed::payload;
pub use crate::tracker::folder::fuzzed::folder;
pub use crate::tracker::github::fuzzed::github;
pub use crate::tracker::gitlab::fuzzed::gitlab;
pub use mapping::mapping;
pub use markers::markers;

#[cfg(test)]
mod seeds;
