//! What a job looks at: one link where the event names an issue that the mapping file knows, else everything. In doubt
//! everything, for an event may have been lost, and a payload is a hint.

use serde_json::Value;

use super::payload::{self, Hint};
use super::service::{Event, Service};
use crate::config::{Config, TrackerConfig};
use crate::model::{IssueKey, IssueRef, TrackerId};
use crate::safe::Safe;

/// What to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// Everything.
    Everything,
    /// These issues and their twins.
    Issues(Vec<IssueRef>),
    /// Nothing: no issue changed.
    Nothing,
}

/// What to look at, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What to look at.
    pub look: Look,
    /// Why, in one line.
    pub why: String,
    /// The event could not be made out: whoever set it up should know.
    pub doubt: bool,
}

/// What the event that started the job asks for.
pub fn decide(service: &Service, config: &Config) -> Decision {
    let Some(event) = &service.event else {
        return everything("no event is known here");
    };
    let name = Safe(&event.name).to_string();
    let Some(path) = event.payload.as_ref().filter(|_| may_name_an_issue(event)) else {
        return everything(&format!("event {name}"));
    };
    match payload::read(path) {
        Ok(payload) => judge(event, &payload, service, config),
        Err(problem) => Decision {
            doubt: true,
            ..everything(&format!("event {name}: {problem}"))
        },
    }
}

fn may_name_an_issue(event: &Event) -> bool {
    event.sent || ["issues", "issue_comment", "repository_dispatch"].contains(&event.name.as_str())
}

pub(super) fn judge(event: &Event, payload: &Value, service: &Service, config: &Config) -> Decision {
    let hint = if event.sent {
        payload::sent(payload)
    } else {
        payload::of_github(&event.name, payload)
    };
    let name = Safe(&event.name).to_string();
    let action = payload.get("action").and_then(Value::as_str);
    let name = action.map_or(name.clone(), |action| format!("{name} ({})", Safe(action)));
    let issues = match &hint {
        Hint::Other(what) => {
            return Decision {
                look: Look::Nothing,
                why: format!("event {name}: {what}; no issue changed"),
                doubt: false,
            };
        }
        Hint::Unknown(why) => return unclear(&name, why),
        Hint::Named { tracker, .. } if !config.trackers.contains_key(&TrackerId(tracker.clone())) => {
            return unclear(&name, &format!("the mapping file has no tracker \"{}\"", Safe(tracker)));
        }
        Hint::GitHub { .. } | Hint::GitLab { .. } | Hint::Named { .. } => known(&hint, event, service, config),
    };
    if issues.is_empty() {
        return unclear(&name, "no sync of the mapping file is about its project");
    }
    let shown: Vec<String> = issues
        .iter()
        .map(|issue| Safe(&issue.to_string()).to_string())
        .collect();
    let shown = shown.join(", ");
    if let Hint::GitHub { gone: true, .. } = hint {
        return everything(&format!("event {name}: {shown} is gone, and its twin must be found"));
    }
    Decision {
        look: Look::Issues(issues),
        why: format!("event {name}: {shown}"),
        doubt: false,
    }
}

fn everything(why: &str) -> Decision {
    Decision {
        look: Look::Everything,
        why: why.to_owned(),
        doubt: false,
    }
}

fn unclear(event: &str, why: &str) -> Decision {
    Decision {
        doubt: true,
        ..everything(&format!("event {event}: {why}"))
    }
}

/// The issue by the names of every tracker it is of, those that some sync has use for.
fn known(hint: &Hint, event: &Event, service: &Service, config: &Config) -> Vec<IssueRef> {
    let used = |name: &TrackerId| {
        config
            .syncs
            .iter()
            .any(|sync| sync.between.left == *name || sync.between.right == *name)
    };
    let trackers = config
        .trackers
        .iter()
        .filter(|(name, tracker)| used(name) && is_of(hint, name, tracker, event, service));
    trackers
        .map(|(name, _)| IssueRef {
            tracker: name.clone(),
            key: IssueKey(key(hint)),
        })
        .collect()
}

fn key(hint: &Hint) -> String {
    match hint {
        Hint::GitHub { number, .. } | Hint::GitLab { number, .. } => number.to_string(),
        Hint::Named { key, .. } => key.clone(),
        Hint::Other(_) | Hint::Unknown(_) => String::new(),
    }
}

fn is_of(hint: &Hint, name: &TrackerId, tracker: &TrackerConfig, event: &Event, service: &Service) -> bool {
    match (hint, tracker) {
        (Hint::Named { tracker, .. }, _) => name.0 == *tracker,
        (Hint::GitHub { url, project, .. }, TrackerConfig::GitHub { api, owner, repo, .. }) => {
            let same = project.eq_ignore_ascii_case(&format!("{owner}/{repo}"));
            let base = api.as_str().trim_end_matches('/');
            let here = if event.sent || event.name == "repository_dispatch" {
                url.eq_ignore_ascii_case(&format!("{base}/repos/{owner}/{repo}"))
            } else {
                // An event of the service's own is of its own instance.
                let own = service.api.as_ref().map(|url| url.as_str().trim_end_matches('/'));
                own.is_some_and(|own| own.eq_ignore_ascii_case(base))
            };
            same && here
        }
        (
            Hint::GitLab {
                url: page, project, id, ..
            },
            TrackerConfig::GitLab {
                url, project: wanted, ..
            },
        ) => {
            let base = url.as_str().trim_end_matches('/');
            let here = page.eq_ignore_ascii_case(&format!("{base}/{project}"));
            let same = project.eq_ignore_ascii_case(wanted) || id.is_some_and(|id| id.to_string() == *wanted);
            here && same
        }
        _ => false,
    }
}
