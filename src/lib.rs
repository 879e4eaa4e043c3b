//! Lockstep keeps issues on different trackers telling the same story.
//!
//! The flow has one direction and no way back: mapping file, config, scope, fetch, pair, translate, fit, merge, plan,
//! apply, report. `ARCHITECTURE.md` says which module does what and what each may import.

pub mod apply;
pub mod board;
pub mod border;
pub mod ci;
pub mod cli;
pub mod commands;
pub mod config;
pub mod diag;
pub mod env;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
pub mod init;
pub mod model;
pub mod plan;
pub mod playground;
pub mod reconcile;
pub mod report;
pub mod run;
pub mod safe;
pub mod survey;
#[cfg(test)]
#[path = "../tests/it/support/tally.rs"]
mod tally;
pub mod tracker;
pub mod transport;
