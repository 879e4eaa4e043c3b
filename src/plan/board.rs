//! What a person has to decide, and the dashboard issue on which they do.

use super::Field;
use crate::model::{BoardMark, Hash, Issue, IssueKey, LinkId, PerSide, Side};

/// A field that both sides changed differently, where the mapping file leaves the decision to people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The link.
    pub link: LinkId,
    /// The field.
    pub field: Field,
    /// Both issues.
    pub keys: PerSide<IssueKey>,
    /// What each side holds: text of people.
    pub values: PerSide<String>,
    /// One of the issues is not for everyone.
    pub confidential: bool,
    /// Stands for all of the above and for what was agreed before: another question has another one.
    pub id: Hash,
    /// The side that a person chose.
    pub chosen: Option<Side>,
}

/// What is known of a sync's dashboard issue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Board {
    /// None is wanted, or nobody can say whether there is one.
    #[default]
    Unknown,
    /// There is none: everything was listed.
    Absent,
    /// It is there.
    Found(Box<FoundBoard>),
}

/// A dashboard issue and what its marker says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundBoard {
    /// The issue.
    pub issue: Issue,
    /// What its marker says.
    pub mark: BoardMark,
}
