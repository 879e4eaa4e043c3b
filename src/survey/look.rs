//! One tracker: what it says of itself, and which names of the mapping file it knows.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::wants::{Wants, wants};
use super::{Code, Count, Finding, Looked, Severity};
use crate::config::Config;
use crate::model::TrackerId;
use crate::tracker::{Grant, Profile, ReadTracker, Right, SnagKind, Standing, TrackerError};

/// A token that ends sooner than this is spoken of.
const SOON: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Clocks that differ by more seconds are spoken of: `conflicts: newest` compares times, and apps sign with them.
const SKEW: u64 = 60;

/// A tracker that could not even be opened.
pub(super) fn unopened(name: &TrackerId, error: &TrackerError) -> (Looked, Vec<Finding>) {
    let mut look = Look::of(name, None);
    look.unreadable(error);
    (look.looked, look.findings)
}

/// Looks at a tracker.
pub(super) async fn look(
    config: &Config,
    name: &TrackerId,
    tracker: &dyn ReadTracker,
    now: Timestamp,
) -> (Looked, Vec<Finding>) {
    let profile = tracker.profile();
    let mut look = Look::of(name, Some(profile.service));
    let standing = match tracker.standing().await {
        Ok(standing) => standing,
        Err(error) => {
            look.unreadable(&error);
            return (look.looked, look.findings);
        }
    };
    let wants = wants(config, name, profile);
    look.looked.needed.clone_from(&wants.rights);
    look.snags(&standing);
    look.rights(&standing, profile.service);
    look.times(&standing, now);
    let useless = |kind: SnagKind| matches!(kind, SnagKind::NoIssues | SnagKind::WrongToken);
    if !standing.snags.iter().any(|snag| useless(snag.kind)) {
        look.labels(tracker, &wants).await;
        look.milestones(tracker, &wants).await;
        look.people(tracker, &wants).await;
    }
    look.statuses(profile, &wants);
    look.looked.standing = Some(standing);
    (look.looked, look.findings)
}

struct Look {
    looked: Looked,
    findings: Vec<Finding>,
}

impl Look {
    fn of(name: &TrackerId, service: Option<&'static str>) -> Self {
        Self {
            looked: Looked {
                name: name.clone(),
                service,
                standing: None,
                needed: BTreeSet::new(),
                labels: Count::default(),
                people: Count::default(),
            },
            findings: Vec::new(),
        }
    }

    fn add(&mut self, severity: Severity, code: Code, message: String, hint: impl Into<String>) {
        self.findings.push(Finding {
            severity,
            code,
            on: Some(self.looked.name.clone()),
            message,
            hint: hint.into(),
        });
    }

    fn unreadable(&mut self, error: &TrackerError) {
        let (named, on) = (error.to_string(), format!("{}: ", self.looked.name));
        let message = named.strip_prefix(&on).unwrap_or(&named).to_owned();
        self.add(Severity::Error, Code::Unreadable, message, error.hint());
    }

    fn snags(&mut self, standing: &Standing) {
        for snag in &standing.snags {
            let (severity, code) = match snag.kind {
                // What is only read may well be a thing of the past.
                SnagKind::Archived if !self.looked.needed.contains(&Right::Write) => continue,
                SnagKind::Archived => (Severity::Error, Code::ProjectArchived),
                SnagKind::NoIssues => (Severity::Error, Code::IssuesOff),
                SnagKind::WrongToken => (Severity::Error, Code::TokenKind),
                SnagKind::Suspended => (Severity::Error, Code::AppSuspended),
                SnagKind::Asleep => (Severity::Warning, Code::ScheduleAsleep),
            };
            self.add(severity, code, snag.message.clone(), snag.hint.clone());
        }
    }

    /// All that are missing at once, with all that gives them.
    fn rights(&mut self, standing: &Standing, service: &str) {
        let of = |grant: Grant| -> Option<(String, String)> {
            let wanted = standing
                .rights
                .iter()
                .filter(|(right, _)| self.looked.needed.contains(right));
            let these: Vec<_> = wanted.filter(|(_, permission)| permission.grant == grant).collect();
            let words: Vec<&str> = these.iter().map(|(right, _)| right.words()).collect();
            let mut takes: Vec<String> = Vec::new();
            for token in these.iter().filter_map(|(_, permission)| permission.token.as_ref()) {
                if !takes.contains(token) {
                    takes.push(token.clone());
                }
            }
            // The highest role includes the others.
            let role = these.iter().filter_map(|(_, permission)| permission.role).max();
            takes.extend(role.map(|role| format!("the role {} in the project", role.name)));
            (!words.is_empty()).then(|| (words.join(", "), takes.join("; ")))
        };
        let (missing, untold) = (of(Grant::Missing), of(Grant::Untold));
        if let Some((words, takes)) = missing {
            let message = format!("the token may not {words}");
            self.add(
                Severity::Error,
                Code::RightMissing,
                message,
                format!("it takes: {takes}"),
            );
        }
        if let Some((words, takes)) = untold {
            let message = format!("{service} does not tell beforehand whether the token may {words}");
            self.add(Severity::Note, Code::RightUntold, message, format!("it takes: {takes}"));
        }
    }

    fn times(&mut self, standing: &Standing, now: Timestamp) {
        let ends = standing.credential.as_ref().and_then(|credential| credential.expires);
        if let Some(ends) = ends.filter(|ends| ends.duration_since(now) < SOON) {
            let message = format!("the token ends on {}", ends.strftime("%Y-%m-%d"));
            let hint = "make a new one in time, and put it where the old one is";
            self.add(Severity::Warning, Code::TokenEnding, message, hint);
        }
        if let Some(ahead) = standing.ahead.filter(|ahead| ahead.unsigned_abs() > SKEW) {
            let (seconds, way) = (ahead.unsigned_abs(), if ahead < 0 { "ahead of" } else { "behind" });
            let message = format!("the clock of this machine is {seconds} s {way} the service's");
            let hint = "set the clock here: times decide what is new, and apps sign in by them";
            self.add(Severity::Warning, Code::ClockSkew, message, hint);
        }
        let low = |remaining: u64, limit: Option<u64>| limit.is_some_and(|limit| remaining < limit / 10);
        if let Some(budget) = standing.budget.filter(|budget| low(budget.remaining, budget.limit)) {
            let message = format!(
                "only {} requests are left until the rate limit begins anew",
                budget.remaining
            );
            let hint = "wait for that; a run that uses them up stops cleanly, and the next one continues";
            self.add(Severity::Warning, Code::BudgetLow, message, hint);
        }
    }

    async fn labels(&mut self, tracker: &dyn ReadTracker, wants: &Wants) {
        // Where labels are words without a list, none is missing.
        if wants.labels.is_empty() || !tracker.profile().label_catalogue {
            return;
        }
        let known = match tracker.labels().await {
            Ok(labels) => labels,
            Err(error) => return self.unreadable(&error),
        };
        let fold = tracker.profile().labels_fold_case;
        let spelt = |name: &str| if fold { name.to_lowercase() } else { name.to_owned() };
        let known: BTreeSet<String> = known.iter().map(|label| spelt(&label.name)).collect();
        self.looked.labels.named = wants.labels.len();
        for want in &wants.labels {
            if known.contains(&spelt(&want.name)) {
                self.looked.labels.there += 1;
            } else if want.made {
                let message = format!("there is no label {:?} yet, which {} names", want.name, want.why);
                let hint = "nothing to do, unless it is misspelt: it is made when it is first needed";
                self.add(Severity::Note, Code::LabelToCome, message, hint);
            } else {
                let message = format!("there is no label {:?}, which {} names", want.name, want.why);
                let hint = "make it there, or correct its name in the mapping file";
                self.add(Severity::Warning, Code::LabelMissing, message, hint);
            }
        }
    }

    async fn milestones(&mut self, tracker: &dyn ReadTracker, wants: &Wants) {
        if wants.milestones.is_empty() {
            return;
        }
        let known = match tracker.milestones().await {
            Ok(milestones) => milestones,
            Err(error) => return self.unreadable(&error),
        };
        for (title, why) in &wants.milestones {
            if !known.iter().any(|milestone| milestone.title == *title) {
                let message = format!("there is no milestone {title:?}, which {why} names");
                let hint = "make it there, or correct its title in the mapping file: no issue gets a twin by it";
                self.add(Severity::Warning, Code::MilestoneMissing, message, hint);
            }
        }
    }

    async fn people(&mut self, tracker: &dyn ReadTracker, wants: &Wants) {
        if wants.people.is_empty() {
            return;
        }
        let logins: Vec<String> = wants.people.iter().cloned().collect();
        let known = match tracker.assignable(&logins).await {
            Ok(known) => known,
            Err(error) => return self.unreadable(&error),
        };
        self.looked.people = Count {
            named: logins.len(),
            there: known.values().filter(|there| **there).count(),
        };
        for (login, _) in known.iter().filter(|(_, there)| !**there) {
            let message = format!("{login:?}, whom `people:` names, does not exist there or cannot be assigned");
            let hint = "invite them to the project, or correct their row";
            self.add(Severity::Warning, Code::PersonUnknown, message, hint);
        }
    }

    fn statuses(&mut self, profile: &Profile, wants: &Wants) {
        for (status, sync) in &wants.unreachable {
            let held = profile.fit_status(None, *status);
            let message = format!(
                "{} cannot hold `{status}`, which `status: map:` of the sync {sync} names; it becomes `{held}`",
                profile.service
            );
            let hint = "add a label to tell it by: `closed + wontfix`";
            self.add(Severity::Warning, Code::StatusUnreachable, message, hint);
        }
    }
}
