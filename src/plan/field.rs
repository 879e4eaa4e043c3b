//! The fields that are merged: what reports call them, and how the base keeps them.

use crate::model::Value;

/// A field that is merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Title.
    Title,
    /// Body.
    Body,
    /// Status.
    Status,
    /// Labels.
    Labels,
    /// Assignees.
    Assignees,
    /// Milestone.
    Milestone,
    /// Weight.
    Weight,
    /// Due date.
    DueDate,
    /// Estimated time.
    TimeEstimate,
    /// Time spent.
    TimeSpent,
    /// Who may see it.
    Confidential,
    /// Values of the other side that are shown as labels.
    Shown,
    /// Comments.
    Comments,
    /// Values of the other side that the footer tells.
    Footer,
    /// The markers themselves, which carry the link.
    Marker,
}

impl Field {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Body => "body",
            Self::Status => "status",
            Self::Labels | Self::Shown => "labels",
            Self::Assignees => "assignees",
            Self::Milestone => "milestone",
            Self::Weight => "weight",
            Self::DueDate => "due_date",
            Self::TimeEstimate => "time_estimate",
            Self::TimeSpent => "time_spent",
            Self::Confidential => "confidential",
            Self::Comments => "comments",
            Self::Footer => "footer",
            Self::Marker => "marker",
        }
    }

    /// How the base keeps what both sides agreed on.
    pub fn kept(self) -> Kept {
        match self {
            Self::Title => Kept::Title,
            Self::Body => Kept::Body,
            Self::Status => Kept::Status,
            Self::Labels => Kept::Labels,
            Self::Assignees => Kept::Assignees,
            Self::Milestone => Kept::Value(Value::Milestone),
            Self::Weight => Kept::Value(Value::Weight),
            Self::DueDate => Kept::Value(Value::DueDate),
            Self::TimeEstimate => Kept::Value(Value::TimeEstimate),
            Self::Confidential => Kept::Value(Value::Confidential),
            Self::Shown => Kept::Value(Value::Labels),
            Self::Footer => Kept::Value(Value::Footer),
            Self::TimeSpent | Self::Comments | Self::Marker => Kept::Apart,
        }
    }

    /// What settles with each agreement about an issue: everything but comments and the markers themselves.
    pub const SETTLING: [Self; 12] = [
        Self::Title,
        Self::Body,
        Self::Status,
        Self::Labels,
        Self::Assignees,
        Self::Milestone,
        Self::Weight,
        Self::DueDate,
        Self::TimeEstimate,
        Self::Confidential,
        Self::Shown,
        Self::Footer,
    ];
}

/// How the base keeps a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// As the title.
    Title,
    /// As the body.
    Body,
    /// As the status.
    Status,
    /// As the labels, one by one.
    Labels,
    /// As the assignees, one by one.
    Assignees,
    /// As one of its values.
    Value(Value),
    /// Not as one thing that settles.
    Apart,
}
