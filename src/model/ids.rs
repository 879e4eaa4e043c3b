//! Names of things: trackers, issues, comments, links, sides. Newtypes, ordered, displayed as users write them.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A tracker's name in the mapping file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TrackerId(pub String);

impl fmt::Display for TrackerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An issue's key within its tracker: the number or file number people see. Ordered as numbers are.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IssueKey(pub String);

impl Ord for IssueKey {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.0.len(), &self.0).cmp(&(other.0.len(), &other.0))
    }
}

impl PartialOrd for IssueKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for IssueKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A comment's key within its issue. Ordered as numbers are, which on the services we know is the order of creation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommentKey(pub String);

impl Ord for CommentKey {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.0.len(), &self.0).cmp(&(other.0.len(), &other.0))
    }
}

impl PartialOrd for CommentKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for CommentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One issue on one tracker, written `tracker#key`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IssueRef {
    /// The tracker's name in the mapping file.
    pub tracker: TrackerId,
    /// The issue's key there.
    pub key: IssueKey,
}

impl IssueRef {
    /// Reads `tracker#key`; `None` for anything else. A number is the same with zeros before it, as files have them.
    pub fn parse(text: &str) -> Option<Self> {
        let (tracker, key) = text.split_once('#')?;
        let fine = |s: &str| !s.is_empty() && !s.contains(char::is_whitespace);
        let key = match key.trim_start_matches('0') {
            number if key.bytes().all(|b| b.is_ascii_digit()) && !number.is_empty() => number,
            _ => key,
        };
        (fine(tracker) && fine(key)).then(|| Self {
            tracker: TrackerId(tracker.into()),
            key: IssueKey(key.into()),
        })
    }
}

impl fmt::Display for IssueRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.tracker, self.key)
    }
}

/// The name of a link: 20 lower-case hexadecimal digits made from the sync's name and the origin issue, so that two
/// runs which create the same twin agree on it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LinkId(pub String);

impl LinkId {
    /// As it is written; `None` for what has another form.
    pub fn read(text: &str) -> Option<Self> {
        let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        (text.len() == 20 && text.bytes().all(digit)).then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for LinkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One end of a sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Side {
    /// The first tracker of `between`.
    #[serde(rename = "l")]
    Left,
    /// The second tracker of `between`; the state marker lives here.
    #[serde(rename = "r")]
    Right,
}

impl Side {
    /// Both, left first.
    pub const BOTH: [Self; 2] = [Self::Left, Self::Right];

    /// The opposite side.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }
}

/// One value for each side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PerSide<T> {
    /// The left side's.
    #[serde(rename = "l")]
    pub left: T,
    /// The right side's.
    #[serde(rename = "r")]
    pub right: T,
}

impl<T> PerSide<T> {
    /// One value for each side.
    pub fn new(left: T, right: T) -> Self {
        Self { left, right }
    }

    /// The value of one side.
    pub fn get(&self, side: Side) -> &T {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// The value of one side, to change.
    pub fn get_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Left => &mut self.left,
            Side::Right => &mut self.right,
        }
    }

    /// The same made from each side's value.
    pub fn map<U>(self, mut f: impl FnMut(Side, T) -> U) -> PerSide<U> {
        PerSide {
            left: f(Side::Left, self.left),
            right: f(Side::Right, self.right),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_ordered_as_numbers() {
        let mut keys = ["10", "9", "100", "2"].map(|k| IssueKey(k.into()));
        keys.sort();
        assert_eq!(keys.map(|k| k.0), ["2", "9", "10", "100"]);
    }

    #[test]
    fn a_reference_is_a_tracker_and_a_key() {
        assert_eq!(IssueRef::parse("github#12").unwrap().to_string(), "github#12");
        for bad in ["github", "#12", "github#", "git hub#1", ""] {
            assert_eq!(IssueRef::parse(bad), None, "{bad}");
        }
    }
}
