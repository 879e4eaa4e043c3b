//! The guard: a plan too large to believe is stopped before its first write.

use std::collections::BTreeSet;

use super::{Act, Field, Plan, Step};
use crate::config::Guard;
use crate::model::State;

/// With the default share, fewer changes than this pass without being compared with the number of links: two issues of
/// three closed on a quiet afternoon are no accident. A share set in the mapping file holds from the first issue.
const SMALL: u64 = 20;

/// A limit that the plan breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The key of the limit in the mapping file.
    pub limit: &'static str,
    /// What the plan holds.
    pub planned: String,
    /// What is allowed.
    pub allowed: String,
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the plan {}, and `guard.{}` allows {}",
            self.planned, self.limit, self.allowed
        )
    }
}

/// Every limit the plan breaks; empty when it may be carried out.
pub fn check(plan: &Plan, guard: &Guard) -> Vec<Stop> {
    let count = |wanted: fn(&Step) -> bool| plan.links.iter().filter(|l| l.steps.iter().any(wanted)).count() as u64;
    let changes = count(|step| !is_mark(step));
    let closes = count(closes);
    let deletes = plan
        .steps()
        .filter(|(_, step)| matches!(step.act, Act::DeleteCopy { .. }))
        .count() as u64;
    let replaced = count(replaces);
    let linked = plan.linked as u64;
    let mut stops = Vec::new();
    if changes > guard.max_changes {
        stops.push(Stop {
            limit: "max_changes",
            planned: format!("creates or changes {changes} issues"),
            allowed: guard.max_changes.to_string(),
        });
    }
    if closes > guard.max_closes {
        stops.push(Stop {
            limit: "max_closes",
            planned: format!("closes {closes} issues"),
            allowed: guard.max_closes.to_string(),
        });
    }
    if deletes > guard.max_deletes {
        stops.push(Stop {
            limit: "max_deletes",
            planned: format!("deletes {deletes} comments"),
            allowed: guard.max_deletes.to_string(),
        });
    }
    let too_large = replaced * 100 > linked * u64::from(guard.max_share);
    if too_large && (guard.share_is_explicit || replaced > SMALL) {
        stops.push(Stop {
            limit: "max_share",
            planned: format!("closes, parts or replaces the text of {replaced} of {linked} linked issues"),
            allowed: format!("{}%", guard.max_share),
        });
    }
    stops
}

/// Whether a step writes markers alone.
fn is_mark(step: &Step) -> bool {
    match &step.act {
        Act::Update(change) => change.is_empty(),
        Act::Note => true,
        Act::Label(_)
        | Act::Milestone(_)
        | Act::Create(_)
        | Act::Comment(_)
        | Act::EditCopy { .. }
        | Act::EditOriginal { .. }
        | Act::DeleteCopy { .. }
        | Act::Acknowledge { .. }
        | Act::Retire { .. }
        | Act::Part { .. }
        | Act::Unmark { .. } => false,
    }
}

fn closes(step: &Step) -> bool {
    match &step.act {
        Act::Update(change) => change.status.is_some_and(|s| s.state == State::Closed),
        Act::Retire { .. } => true,
        Act::Part { close } => *close,
        Act::Label(_)
        | Act::Milestone(_)
        | Act::Note
        | Act::Create(_)
        | Act::Comment(_)
        | Act::EditCopy { .. }
        | Act::EditOriginal { .. }
        | Act::DeleteCopy { .. }
        | Act::Acknowledge { .. }
        | Act::Unmark { .. } => false,
    }
}

fn replaces(step: &Step) -> bool {
    let text: BTreeSet<Field> = [Field::Title, Field::Body].into();
    match &step.act {
        Act::Update(_) => closes(step) || !step.fields.is_disjoint(&text),
        Act::DeleteCopy { .. } | Act::Part { .. } | Act::Retire { .. } => true,
        Act::Label(_)
        | Act::Milestone(_)
        | Act::Note
        | Act::Create(_)
        | Act::Comment(_)
        | Act::EditCopy { .. }
        | Act::EditOriginal { .. }
        | Act::Acknowledge { .. }
        | Act::Unmark { .. } => false,
    }
}
