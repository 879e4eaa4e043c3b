//! A job of a CI service: its inputs, the event that started it, and everything it leaves behind for people and for later
//! steps. The wrappers only fetch and start the program; what they pass on is decided here.
//!
//! Imports the mapping file, the environment, the report, and what makes foreign text harmless. What is foreign in a report
//! has passed [`crate::safe::Safe`]; what is foreign in events passes it here.

#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzed;
mod inputs;
mod leave;
mod log;
mod notes;
mod payload;
mod scope;
mod service;
mod summary;
#[cfg(test)]
mod tests;
mod token;
mod verdict;
mod voice;
mod words;

pub use inputs::{Command, FailOn, INPUTS, Input, Inputs, Scope, dry_run_name, extra_args_name};
pub use leave::{Files, Folder, Results, append, dotenv, links, outputs};
pub use log::{close, tell};
pub use notes::{Kind, Note, of_report, within_limits};
pub use payload::{Hint, PAYLOAD_MAX};
pub use scope::{Decision, Look, decide};
pub use service::{Event, Naming, Service, Speech};
pub use summary::{Head, SUMMARY_MAX, Topic, refusal, summary};
pub use token::{stand_in, withheld};
pub use verdict::{exit_code, is_changed};
pub use voice::{Voice, voice};
pub use words::headline;
