//! How far the comments of one side are known, as the base of a link keeps it.

use serde::{Deserialize, Serialize};

use super::Hash;

/// How far the comments of one side are known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// How many comments the side had, less those that have yet to be carried over.
    #[serde(rename = "n", default)]
    pub count: u64,
    /// The highest key among the comments of this side that were carried over, as a number; 0 for none. An original at
    /// or below it that has no copy had one that somebody deleted, unless `told` says that it was not there.
    #[serde(rename = "h", default)]
    pub high: u64,
    /// Every change of comments up to this second (of the service's clock, since 1970) has been seen; 0 for none.
    #[serde(rename = "a", default)]
    pub seen: i64,
    /// When we wrote there last: up to this second it may be ourselves who changed the issue. Not before `seen`, and 0
    /// where it is not later.
    #[serde(rename = "o", default, skip_serializing_if = "is_zero")]
    pub wrote: i64,
    /// Fingerprint of all comments there, on trackers where reading them costs nothing.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Hash>,
    /// What people had said there; `None` where nobody counted.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
}

/// The comments that people had written on a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The highest key of all comments that were there, as a number; 0 for none.
    #[serde(rename = "k")]
    pub top: u64,
    /// How many of them people had written, less those that have yet to be carried over.
    #[serde(rename = "n")]
    pub originals: u64,
    /// How many more the service counted than anybody was shown or knew of: others may come to light yet.
    #[serde(rename = "x", default, skip_serializing_if = "is_zero")]
    pub unlisted: u64,
}

fn is_zero<N: Default + PartialEq>(number: &N) -> bool {
    *number == N::default()
}

impl Marks {
    /// Forgets the number of comments, so that the next run reads them all.
    pub fn doubt(&mut self) {
        self.count = u64::MAX;
    }

    /// The comment of this key has yet to be carried over: a run that is stopped before it was leaves numbers that do not
    /// fit.
    pub fn owe(&mut self, source: &str) {
        self.count = self.count.saturating_sub(1);
        if let Some(told) = self.told_with(source) {
            told.originals = told.originals.saturating_sub(1);
        }
    }

    /// The comment of this key was carried over. A number in doubt stays in doubt.
    pub fn pay(&mut self, source: &str) {
        self.count = self.count.saturating_add(1);
        self.high = self.high.max(source.parse().unwrap_or_default());
        if let Some(told) = self.told_with(source) {
            told.originals = told.originals.saturating_add(1);
        }
    }

    /// What was said, if the comment of this key is part of it.
    fn told_with(&mut self, source: &str) -> Option<&mut Told> {
        let key: u64 = source.parse().ok()?;
        self.told.as_mut().filter(|told| key <= told.top)
    }
}
