//! What a run may be asked for besides bringing everything up to date: joining two issues, parting two, joining by title,
//! mending. Each is a plan like any other, of the same steps, carried out by the same hands.

pub(super) mod join;
pub(super) mod mend;
pub(super) mod part;

use super::desk::{Desk, Need};
use crate::model::{Issue, IssueKey, Lookup, Side};

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
    desk.refuse(side, key, what, "check the reference; it is written tracker#key");
    None
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
