//! Lockstep keeps issues on different trackers telling the same story.
//!
//! The flow has one direction and no way back: mapping file, config, scope, fetch, pair, translate, fit, merge, plan,
//! apply, report. `ARCHITECTURE.md` says which module does what and what each may import.

pub mod border;
pub mod config;
pub mod model;
pub mod tracker;
