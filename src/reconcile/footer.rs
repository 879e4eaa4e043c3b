//! The footer of a twin: our own visible lines below its text.

use super::{Desk, crossing};
use crate::config::Mode;
use crate::model::{Issue, PerSide, Side};

/// The footer of the twin: where it comes from.
pub(super) fn footer(desk: &Desk<'_>, origin: Side, issue: &Issue) -> PerSide<Option<String>> {
    let mut footer = PerSide::default();
    if desk.terms().sync.backlink {
        let place = crossing::link(&desk.at(origin, &issue.key).to_string(), &issue.url);
        let what = match desk.terms().sync.mode {
            Mode::Mirror => "edits of mirrored fields here are overwritten",
            Mode::TwoWay => "changes travel both ways",
        };
        *footer.get_mut(origin.other()) = Some(format!("<sub>Linked to {place} by Lockstep: {what}.</sub>"));
    }
    footer
}
