//! What a run may be asked for besides bringing everything up to date: joining two issues, parting two, joining by title,
//! mending. Each is a plan like any other, of the same steps, carried out by the same hands.

pub(super) mod join;
pub(super) mod mend;
pub(super) mod part;

use super::{Desk, Need};
use crate::model::{Issue, IssueKey, Lookup, PerSide, Side};

/// What a run is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Errand {
    /// Everything the mapping file says.
    #[default]
    Sync,
    /// Join these two issues; the story began on the side named, where nothing tells otherwise.
    Link(PerSide<IssueKey>, Side),
    /// Part this issue from its twin.
    Unlink(Side, IssueKey),
    /// Join unlinked issues of equal title, and do nothing else.
    Adopt,
    /// Mend what is broken, and do nothing else.
    Repair,
}

/// The code of what was asked for and cannot be done.
pub const REFUSED: &str = "request-refused";

/// An issue that was asked for by name; refused when it is not there, asked for when that is not known.
fn subject<'a>(desk: &mut Desk<'a>, side: Side, key: &IssueKey) -> Option<&'a Issue> {
    let found = desk.issue(side, key);
    let moved = found.is_some_and(|issue| issue.moved_to.is_some());
    if found.is_some() && !moved {
        return found;
    }
    let what = match desk.world.get(side).lookups.get(key) {
        _ if moved => "it was moved to another project",
        Some(Lookup::Deleted) => "it was deleted, or never existed",
        Some(Lookup::Moved(_)) => "it was moved to another project",
        Some(Lookup::Hidden) => "it does not exist, is no issue, or cannot be seen with this token",
        Some(Lookup::Found(_)) => return None,
        None => {
            desk.need(Need::Issue(side, key.clone()));
            return None;
        }
    };
    refuse(desk, side, key, what, "check the reference; it is written tracker#key");
    None
}

/// Says that what was asked for cannot be done, and why.
fn refuse(desk: &mut Desk<'_>, side: Side, key: &IssueKey, why: impl Into<String>, hint: impl Into<String>) {
    let on = desk.at(side, key);
    desk.hold(REFUSED, on, why, hint);
}

/// Forgets what was held about issues nobody asked about.
fn keep_to(desk: &mut Desk<'_>, subjects: &[(Side, &IssueKey)]) {
    let asked: Vec<String> = subjects
        .iter()
        .map(|(side, key)| desk.at(*side, key).to_string())
        .collect();
    // What is held about a tracker as a whole names no issue.
    desk.out
        .plan
        .held
        .retain(|held| !held.on.contains('#') || asked.contains(&held.on));
}
