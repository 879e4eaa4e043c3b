//! From what was read to what is to be written: pair, translate, fit, merge, plan.
//!
//! Pure and total: no I/O, no clock, no randomness, no environment. Imports the model, the plan and the valid mapping
//! file. Where it cannot decide without knowing more, it says what it needs; whoever called reads that and asks again.

mod absent;
mod board;
mod comments;
mod crossing;
mod desk;
mod errand;
mod fields;
mod links;
mod lone;
mod merge;
mod ours;
mod pairing;
mod seen;

#[cfg(test)]
mod laws;

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Lookup, PerSide, Side, World};
use crate::plan::LinkPlan;

use comments::suspect;
use desk::Desk;
use fields::{labels, milestones};
use links::{create, linked, parting, widow};
use pairing::Pairing;

pub use board::{BoardSearch, find_board};
pub use desk::{Errand, Need, Outcome, REFUSED, Rules, link_id, sync_hash};
pub use merge::{Verdict, decide, keep_element};

/// Plans one sync.
pub fn reconcile(rules: &Rules, world: &World) -> Outcome {
    let mut desk = Desk {
        rules,
        world,
        twins: PerSide::default(),
        ticks: BTreeMap::new(),
        decided: None,
        aside: BTreeSet::new(),
        out: Outcome::default(),
    };
    hold_missing_focus(&mut desk);
    hold_illegible(&mut desk);
    board::look(&mut desk);
    let pairing = pairing::pair(&mut desk);
    for pair in &pairing.pairs {
        desk.twins.left.insert(pair.keys.left.clone(), pair.keys.right.clone());
        desk.twins.right.insert(pair.keys.right.clone(), pair.keys.left.clone());
    }
    desk.out.plan.linked = pairing.pairs.len() + pairing.widows.len();
    seen::note(&mut desk, &pairing);
    seen::note_held(&mut desk, &pairing);
    let plans = match &rules.errand {
        Errand::Sync => sync(&mut desk, &pairing),
        Errand::Adopt => create::plan(&mut desk, &pairing.free),
        Errand::Link(keys, first) => errand::join::plan(&mut desk, &pairing, keys, *first),
        Errand::Unlink(side, key) => errand::part::plan(&mut desk, &pairing, *side, key),
        Errand::Repair => errand::mend::plan(&mut desk, &pairing),
    };
    desk.out.plan.links = plans.into_iter().filter(|plan| !plan.steps.is_empty()).collect();
    absent::hold(&mut desk);
    labels::make_known(&mut desk);
    milestones::make_known(&mut desk);
    seen::order(&mut desk);
    seen::note_confidential(&mut desk);
    desk.out.plan.held.sort();
    desk.out.plan.held.dedup();
    desk.out
}

/// Everything the mapping file asks for.
fn sync(desk: &mut Desk<'_>, pairing: &Pairing) -> Vec<LinkPlan> {
    let mut plans = Vec::new();
    let suspects = suspect::suspects(desk, &pairing.pairs);
    for pair in &pairing.pairs {
        let talk = suspects.contains(&pair.link);
        let before = (
            desk.out.plan.held.len(),
            desk.out.plan.drift.len(),
            desk.out.plan.conflicts,
            desk.out.plan.questions.len(),
        );
        let mut plan = linked::plan(desk, pair, talk);
        let writes = plan.as_ref().is_some_and(|plan| !plan.steps.is_empty());
        if writes && !talk && suspect::is_suspect(desk, pair) {
            desk.out.plan.held.truncate(before.0);
            desk.out.plan.drift.truncate(before.1);
            desk.out.plan.conflicts = before.2;
            desk.out.plan.questions.truncate(before.3);
            plan = linked::plan(desk, pair, true);
        }
        plans.extend(plan);
    }
    for loser in &pairing.losers {
        plans.push(widow::retire(desk, loser));
    }
    for widow in &pairing.widows {
        seen::note_widow(desk, widow);
        plans.extend(widow::plan(desk, &pairing.widows, widow));
    }
    plans.extend(parting::half_parted(desk, pairing));
    plans.extend(create::plan(desk, &pairing.free));
    plans
}

/// Issues that are there and cannot be read hold themselves alone.
fn hold_illegible(desk: &mut Desk<'_>) {
    for side in Side::BOTH {
        for (key, one) in &desk.world.get(side).illegible {
            let on = desk.at(side, key);
            let hint = "mend what is named; until then nothing of it is carried, and its twin waits";
            desk.hold("issue-unreadable", on, one.why.clone(), hint);
        }
    }
}

/// A run asked for one issue says so when there is none.
fn hold_missing_focus(desk: &mut Desk<'_>) {
    let Some((side, key)) = &desk.rules.focus else { return };
    let what = match desk.world.get(*side).lookups.get(key) {
        Some(Lookup::Deleted) => "it was deleted, or never existed",
        Some(Lookup::Moved(_)) => "it was moved to another project",
        Some(Lookup::Hidden) => "it does not exist, is no issue, or cannot be seen with this token",
        Some(Lookup::Found(_)) | None => return,
    };
    let on = desk.at(*side, key);
    desk.hold(
        "issue-missing",
        on,
        what,
        "check the reference; a run without `--issue` follows `on_delete` for its twin",
    );
}
