//! What trackers say about when and how much: milestone, weight, due date, time, and what an issue belongs to.

use jiff::civil::Date;

/// What an issue holds besides its milestone. What a tracker cannot hold is `None` or 0 there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Planning {
    /// Weight.
    pub weight: Option<u64>,
    /// The day it is due.
    pub due: Option<Date>,
    /// Estimated time, in seconds; 0 for no estimate.
    pub estimate: u64,
    /// Time spent so far, in seconds.
    pub spent: u64,
    /// Title of the iteration it is in; its days where it has no title.
    pub iteration: Option<String>,
    /// Title of the epic it belongs to.
    pub epic: Option<String>,
    /// The issue it is a part of, as a text for people: `#4`, `owner/repo#4`.
    pub parent: Option<String>,
}

/// What shall be different. `None` leaves things as they are; `Some(None)` takes them away. What the tracker's profile
/// does not hold is left out without a word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanningChange {
    /// Title of the milestone. One the tracker does not know is left out; the receipt shows it.
    pub milestone: Option<Option<String>>,
    /// Weight.
    pub weight: Option<Option<u64>>,
    /// The day it is due.
    pub due: Option<Option<Date>>,
    /// Estimated time, in seconds; 0 takes the estimate away.
    pub estimate: Option<u64>,
    /// Seconds to add to the time spent, or to take off it. Not more than there is can be taken off.
    pub spend: Option<i64>,
}

impl PlanningChange {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A milestone as a tracker's catalogue lists it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Milestone {
    /// The title, as spelled there.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// The day it is due.
    pub due: Option<Date>,
    /// Done with. Issues can still be put into it.
    pub closed: bool,
}
