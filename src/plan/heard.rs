//! How far the comments of a link have been looked through for commands.

use std::collections::BTreeSet;

use super::Field;
use crate::model::PerSide;

/// The highest key looked at on each side, before this run and after it. `None` while commands are off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// What the next marker says while something that was commanded has not been written.
    pub before: Option<PerSide<u64>>,
    /// What it says once all of it has.
    pub now: Option<PerSide<u64>>,
    /// The fields that were decided by a command.
    pub fields: BTreeSet<Field>,
}

impl Heard {
    /// Nothing new was heard.
    pub fn still(before: Option<PerSide<u64>>) -> Self {
        Self {
            now: before,
            before,
            fields: BTreeSet::new(),
        }
    }

    /// Whether something that was commanded has not been written, while these fields have not settled.
    pub fn is_undone(&self, frozen: &BTreeSet<Field>) -> bool {
        !self.fields.is_disjoint(frozen)
    }

    /// What a marker says that is written while these fields have not settled.
    pub fn told(&self, frozen: &BTreeSet<Field>) -> Option<PerSide<u64>> {
        if self.is_undone(frozen) { self.before } else { self.now }
    }
}
