//! What one run is asked for.

use std::time::Duration;

use jiff::Timestamp;

use super::Task;
use crate::model::IssueRef;

/// Which changes to look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Since {
    /// What changed since the watermark that the dashboard carries; everything where there is none.
    #[default]
    Auto,
    /// Everything.
    All,
    /// What changed at or after this time.
    Time(Timestamp),
}

/// What one run is asked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// What to do. Everything but a sync looks at all issues: `issue`, `since` and `shard` are a sync's.
    pub task: Task,
    /// Write; without it the plan is shown and that is all.
    pub apply: bool,
    /// Only the sync of this name.
    pub only: Option<String>,
    /// Only the link of this issue.
    pub issue: Option<IssueRef>,
    /// Which changes to look at.
    pub since: Since,
    /// Only this shard: its number from 1, and how many there are.
    pub shard: Option<(u32, u32)>,
    /// Instead of the mapping file's `guard.max_changes`.
    pub max_changes: Option<u64>,
    /// Stop cleanly after this long.
    pub time_budget: Option<Duration>,
    /// Show titles and bodies even where a side is private.
    pub show_titles: bool,
    /// Tell the titles of all links where both sides are public. Whether they are costs a request a side.
    pub titles: bool,
}
