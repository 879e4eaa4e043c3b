//! What happened, in words that every rendering for people shares.

use super::{Outcome, Report, StepReport, Totals};

/// What to do when a guard stopped a plan that is right.
pub const AFTER_A_GUARD: &str = "If the plan is right, raise the limit named above under `guard:` in the mapping file; \
                                 where that is `max_changes`, --max-changes N does so for one run.";

/// What came of a run or a sync: the counts that are not zero, or what else there is to say.
pub fn told<'r>(totals: &Totals, steps: impl Iterator<Item = &'r StepReport>, applied: bool) -> String {
    let counts = words(totals, applied);
    if !counts.is_empty() {
        return counts;
    }
    let (mut any, mut others, mut marks) = (false, false, false);
    for step in steps {
        any = true;
        let counts = step.outcome == if applied { "done" } else { "planned" };
        let is_mark = !matches!(step.op, "label" | "milestone" | "acknowledge");
        marks |= counts && is_mark;
        others |= counts && !is_mark;
    }
    match (marks, others, applied) {
        (true, _, true) => "markers brought up to date",
        (true, _, false) => "markers to bring up to date",
        (false, true, true) => "labels or milestones made",
        (false, true, false) => "labels or milestones to make",
        (false, false, _) if any => "nothing written",
        (false, false, _) => "nothing to do",
    }
    .to_owned()
}

/// Which syncs a guard stopped, and what became of the others: `api. Nothing was written.`
pub fn guarded(report: &Report) -> String {
    let names = ended(report, Outcome::Guarded).join(", ");
    let rest = if ended(report, Outcome::Guarded).len() == report.syncs.len() || written_steps(report) == 0 {
        "Nothing was written.".to_owned()
    } else {
        format!("The others went on: {} writes were done.", written_steps(report))
    };
    format!("{names}. {rest}")
}

/// The names of the syncs that ended in this way.
pub(super) fn ended(report: &Report, outcome: Outcome) -> Vec<&str> {
    let syncs = report.syncs.iter().filter(|sync| sync.outcome == outcome);
    syncs.map(|sync| sync.name.as_str()).collect()
}

/// How much was written before a run could not go on.
pub(super) fn written(report: &Report) -> String {
    match written_steps(report) {
        0 => "Nothing was written.".to_owned(),
        1 => "1 write was done.".to_owned(),
        many => format!("{many} writes were done."),
    }
}

fn written_steps(report: &Report) -> usize {
    report.steps.iter().filter(|step| step.outcome == "done").count()
}

/// The counts that are not zero, in words; empty when all are.
pub fn counts(totals: &Totals) -> String {
    words(totals, true)
}

/// The counts that are not zero, in words: what was done, or what is to be done. Empty when all are.
pub fn words(totals: &Totals, done: bool) -> String {
    let rows = [
        (totals.created, ["created", "created"], ["to create", "to create"]),
        (totals.updated, ["updated", "updated"], ["to update", "to update"]),
        (
            totals.comments_created,
            ["comment copied", "comments copied"],
            ["comment to copy", "comments to copy"],
        ),
        (
            totals.comments_updated,
            ["comment edited", "comments edited"],
            ["comment to edit", "comments to edit"],
        ),
        (
            totals.comments_deleted,
            ["comment removed", "comments removed"],
            ["comment to remove", "comments to remove"],
        ),
        (totals.conflicts, ["conflict", "conflicts"], ["conflict", "conflicts"]),
        (totals.held, ["held", "held"], ["held", "held"]),
    ];
    let shown = rows.iter().filter(|(n, _, _)| *n > 0);
    let words: Vec<String> = shown
        .map(|(n, past, future)| {
            let [one, many] = if done { past } else { future };
            format!("{n} {}", if *n == 1 { one } else { many })
        })
        .collect();
    words.join(", ")
}
