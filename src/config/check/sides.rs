//! Which tracker is left and which is right, and the words that name them.

use std::collections::BTreeMap;

use crate::config::problems::{Problems, Spot, instead, shown};
use crate::config::read::Value;
use crate::config::{Direction, TrackerConfig};
use crate::diag::Code;
use crate::model::{PerSide, Side, TrackerId};

/// Trackers by name; those that are not valid are there all the same, so that naming them is no second problem.
pub(super) type Trackers = BTreeMap<String, Option<TrackerConfig>>;

/// What the rules of one sync are read against.
#[derive(Debug)]
pub(super) struct Sides<'t> {
    /// All trackers of the file.
    pub(super) trackers: &'t Trackers,
    /// Left and right; `None` when `between` itself is a problem. Then sides cannot be told and are not judged.
    pub(super) between: Option<PerSide<TrackerId>>,
    /// The left side is never written.
    pub(super) mirror: bool,
}

/// Reports a tracker that is not in the file. In a file without any, that is the one problem worth telling.
pub(super) fn unknown_tracker(at: Spot, name: &str, trackers: &Trackers, problems: &mut Problems) {
    if trackers.is_empty() {
        return;
    }
    let message = format!("there is no tracker {}", shown(name));
    let hint = instead(name, trackers.keys().map(String::as_str));
    problems.add(at, Code::UnknownTracker, message, hint);
}

impl Sides<'_> {
    /// What a field does when the file does not say.
    pub(super) fn default_direction(&self) -> Direction {
        if self.mirror {
            Direction::To(Side::Right)
        } else {
            Direction::Both
        }
    }

    /// The names of both sides, for hints.
    fn names(&self) -> Vec<&str> {
        let both = self
            .between
            .iter()
            .flat_map(|b| [b.left.0.as_str(), b.right.0.as_str()]);
        both.collect()
    }

    /// The name of a side, for hints.
    pub(super) fn name(&self, side: Side) -> &str {
        self.between.as_ref().map_or("…", |b| b.get(side).0.as_str())
    }

    /// The side a tracker's name stands for. `None`: not one of them, which is reported, or sides cannot be told.
    pub(super) fn side(&self, name: &str, at: Spot, problems: &mut Problems) -> Option<Side> {
        let Some(between) = &self.between else {
            if !self.trackers.contains_key(name) {
                unknown_tracker(at, name, self.trackers, problems);
            }
            return None;
        };
        let side = Side::BOTH.into_iter().find(|s| between.get(*s).0 == name);
        if side.is_none() {
            let message = if self.trackers.contains_key(name) {
                format!("the tracker {} takes no part in this sync", shown(name))
            } else {
                format!("there is no tracker {} in this sync", shown(name))
            };
            problems.add(at, Code::UnknownTracker, message, instead(name, self.names()));
        }
        side
    }

    /// The values of a table that has one key for each side, or for one of them. The place of a key that is no side
    /// is the key's.
    pub(super) fn split<'n>(&self, value: Value<'n>, problems: &mut Problems) -> PerSide<Option<Value<'n>>> {
        let mut found = PerSide::default();
        for entry in value.entries(problems).unwrap_or_default() {
            let entry = Value::of(entry);
            if let Some(side) = self.side(entry.key, entry.key_at, problems) {
                *found.get_mut(side) = Some(entry);
            }
        }
        found
    }

    /// Reads `both`, `off` or `to <tracker>`. Reports a direction that writes to the left side of a mirror.
    pub(super) fn direction(&self, value: Value<'_>, problems: &mut Problems) -> Option<Direction> {
        let word = value.text(problems)?;
        let direction = match (word, word.strip_prefix("to ")) {
            ("off", _) => Direction::Off,
            ("both", _) => Direction::Both,
            (_, Some(name)) => Direction::To(self.side(name.trim(), value.at(), problems)?),
            (_, None) => {
                let towards: Vec<String> = self.names().iter().map(|n| format!("to {n}")).collect();
                let all = ["both", "off"].into_iter().chain(towards.iter().map(String::as_str));
                value.unknown(word, all, problems);
                return None;
            }
        };
        if self.mirror && direction.reaches(Side::Left) {
            let why = format!("in mirror mode {} is never written", shown(self.name(Side::Left)));
            let hint = format!(
                "write `to {}` or `off`, or take `mode: mirror` away",
                self.name(Side::Right)
            );
            value.refuse(Code::MirrorWritesLeft, why, hint, problems);
            return None;
        }
        Some(direction)
    }
}
