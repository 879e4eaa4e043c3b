//! The dashboard issue of a sync, as the mapping file asks for it.
//!
//! Imports the model's names only.

use crate::model::Side;

/// The label by which the dashboard issue is found with one request. What makes it the dashboard is its marker.
pub const DASHBOARD_LABEL: &str = "lockstep-dashboard";

/// Where the dashboard issue of a sync is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dashboard {
    /// The side it is on.
    pub on: Side,
    /// The title it is opened with. People may give it another one.
    pub title: String,
}
