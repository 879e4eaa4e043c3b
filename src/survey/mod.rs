//! What `check --online` finds: how we stand with each tracker, and which names of the mapping file mean nothing there.
//!
//! Everything is read, nothing written, and every tracker is looked at though another fails. Imports the valid mapping file,
//! the traits and profiles of trackers, how codes are declared, and `safe`.

mod look;
mod shown;
#[cfg(test)]
mod tests;
mod wants;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use jiff::Timestamp;

use crate::config::Config;
use crate::diag::codes;
use crate::model::{PerSide, TrackerId};
use crate::tracker::{ONE_PROJECT, ONE_PROJECT_HINT, ReadTracker, Right, Standing, TrackerError, are_one_project};

pub use shown::{closing, human, json, markdown, markdown_table};

codes! {
    /// What kind of finding it is. The words are a contract: people search for them.
    pub enum Code:

    /// The tracker, or a part of it, could not be read.
    Unreadable = "unreadable",
    /// A variable that the mapping file names is not set.
    VariableUnset = "variable-unset",
    /// Rights that the mapping file needs are not there.
    RightMissing = "right-missing",
    /// The service does not tell whether rights are there.
    RightUntold = "right-untold",
    /// Both sides of a sync are the same project.
    SameProject = "same-project",
    /// The project is archived.
    ProjectArchived = "project-archived",
    /// The project has no issues.
    IssuesOff = "issues-off",
    /// The kind of token cannot do the work.
    TokenKind = "token-kind",
    /// The token ends soon.
    TokenEnding = "token-ending",
    /// The app's installation is suspended.
    AppSuspended = "app-suspended",
    /// A schedule is asleep.
    ScheduleAsleep = "schedule-asleep",
    /// A label that the mapping file names is not there.
    LabelMissing = "label-missing",
    /// A label that the mapping file names is not there yet, and will be made.
    LabelToCome = "label-to-come",
    /// A milestone that the mapping file names is not there.
    MilestoneMissing = "milestone-missing",
    /// Somebody whom the mapping file names cannot be assigned.
    PersonUnknown = "person-unknown",
    /// A status that the mapping file names cannot be held there.
    StatusUnreachable = "status-unreachable",
    /// Little is left of the rate limit.
    BudgetLow = "budget-low",
    /// The clocks differ.
    ClockSkew = "clock-skew",
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A sync cannot do its work.
    Error,
    /// Something will not be as the mapping file says.
    Warning,
    /// Good to know.
    Note,
}

impl Severity {
    /// The word users see.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One thing found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What kind it is.
    pub code: Code,
    /// The tracker it is about; `None` for the mapping file as a whole.
    pub on: Option<TrackerId>,
    /// What is so. Foreign text may be in it.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// How many of the names of one kind were found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// In the mapping file.
    pub named: usize,
    /// On the tracker.
    pub there: usize,
}

/// One tracker, looked at.
#[derive(Clone, Debug)]
pub struct Looked {
    /// Its name in the mapping file.
    pub name: TrackerId,
    /// What to call its service: "GitHub"; `None` when it could not be opened.
    pub service: Option<&'static str>,
    /// How we stand with it; `None` when it could not be read.
    pub standing: Option<Standing>,
    /// The rights that the mapping file needs.
    pub needed: BTreeSet<Right>,
    /// The labels that the mapping file names there.
    pub labels: Count,
    /// The people.
    pub people: Count,
}

/// Everything that was found.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// The trackers, by name.
    pub trackers: Vec<Looked>,
    /// What is not as it should be, the worst first.
    pub findings: Vec<Finding>,
}

/// Exit code when a tracker cannot be read or a right is missing.
const FAILED: u8 = 3;

impl Survey {
    /// Adds a finding, keeping the worst first.
    pub fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
        self.findings.sort_by_key(|finding| finding.severity);
    }

    /// 3 when something keeps a sync from working, 0 otherwise.
    pub fn exit_code(&self) -> u8 {
        let fails = self.findings.iter().any(|finding| finding.severity == Severity::Error);
        if fails { FAILED } else { 0 }
    }

    /// How many findings are this bad.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    }
}

/// Looks at these trackers, all at once. `now` is the time that ends of tokens are compared with.
pub async fn survey(
    config: &Config,
    opened: &BTreeMap<TrackerId, Result<&dyn ReadTracker, TrackerError>>,
    now: Timestamp,
) -> Survey {
    let looks = opened.iter().map(|(name, tracker)| async move {
        match tracker {
            Ok(tracker) => look::look(config, name, *tracker, now).await,
            Err(error) => look::unopened(name, error),
        }
    });
    let mut survey = Survey::default();
    for (looked, findings) in join_all(looks).await {
        survey.trackers.push(looked);
        survey.findings.extend(findings);
    }
    survey.findings.extend(same_projects(config, opened).await);
    survey.findings.sort_by_key(|finding| finding.severity);
    survey
}

/// Syncs between a project and itself under another address.
async fn same_projects(
    config: &Config,
    opened: &BTreeMap<TrackerId, Result<&dyn ReadTracker, TrackerError>>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for sync in &config.syncs {
        let PerSide { left, right } = &sync.between;
        let (Some(Ok(one)), Some(Ok(other))) = (opened.get(left), opened.get(right)) else {
            continue;
        };
        // One that cannot be read was told of where it was looked at.
        if are_one_project(*one, *other).await.is_ok_and(|one| one) {
            found.push(Finding {
                severity: Severity::Error,
                code: Code::SameProject,
                on: Some(right.clone()),
                message: format!("{left} and {right} {ONE_PROJECT}"),
                hint: ONE_PROJECT_HINT.to_owned(),
            });
        }
    }
    found
}
