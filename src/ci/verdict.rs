//! Red or green: the exit code of a job.

use super::inputs::FailOn;
use crate::report::Report;

/// `fail-on` is met.
const MET: u8 = 6;

/// Whether anything was written; in a dry run, would be.
pub fn is_changed(report: &Report) -> bool {
    let written = if report.applied { "done" } else { "planned" };
    report.steps.iter().any(|step| step.outcome == written)
}

/// The exit code: that of the outcome, unless `fail-on` says otherwise.
pub fn exit_code(report: &Report, fail_on: FailOn) -> u8 {
    let code = report.outcome.exit_code();
    let conflicts = report.totals.conflicts > 0 || report.drift.iter().any(|drift| drift.conflict);
    let met = match fail_on {
        FailOn::Never => return 0,
        FailOn::Error => false,
        FailOn::Conflict => conflicts,
        FailOn::Drift => conflicts || is_changed(report) || !report.drift.is_empty(),
        FailOn::Changes => is_changed(report),
    };
    if code == 0 && met { MET } else { code }
}
