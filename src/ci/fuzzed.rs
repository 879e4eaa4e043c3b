//! The law of payloads, under `cargo fuzz` and on its seeds. Imports this folder and the mapping file.

use std::path::Path;

use serde_json::Value;

use super::payload::{Hint, sent};
use super::scope::{Look, judge};
use super::service::{Event, Service};
use crate::config::load;
use crate::env::Env;
use crate::safe::printed;

const MAPPING: &str = "version: 1
trackers:
  hello: { kind: github, project: codertocat/hello-world, token: '${A}' }
  idle: { kind: github, project: octocat/idle, token: '${A}' }
  lab: { kind: gitlab, url: 'http://127.0.0.1', project: gitlabhq/gitlab-test, token: '${B}' }
syncs:
  - { name: a, between: [hello, lab] }
";

/// Whatever was sent: only issues of trackers that a sync has use for are looked at, by keys of a form that no address gives
/// another meaning; why is told in one line that nobody acts on; and the same is decided again.
///
/// # Panics
///
/// When that does not hold.
pub fn payload(bytes: &[u8]) {
    let Ok(payload) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    let Ok(config) = load(MAPPING, Path::new("lockstep.yml")) else {
        return;
    };
    let service = Service::of(&Env::of([
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_API_URL", "https://api.github.com"),
    ]));
    for (name, was_sent) in [
        ("issues", false),
        ("issue_comment", false),
        ("repository_dispatch", false),
        ("trigger", true),
    ] {
        let event = Event {
            name: name.to_owned(),
            payload: None,
            sent: was_sent,
        };
        let decision = judge(&event, &payload, &service, &config);
        assert_eq!(decision, judge(&event, &payload, &service, &config));
        assert_eq!(
            printed(&decision.why),
            decision.why,
            "somebody acts on {:?}",
            decision.why
        );
        assert!(!decision.why.contains('\n'), "{:?}", decision.why);
        if let Look::Issues(issues) = &decision.look {
            assert!(!issues.is_empty() && !decision.doubt);
            for issue in issues {
                assert!(["hello", "lab"].contains(&issue.tracker.0.as_str()), "{issue}");
                let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
                assert!(!issue.key.0.is_empty() && issue.key.0.chars().all(fine), "{issue}");
            }
        }
    }
    if let Hint::GitHub { gone: true, .. } = sent(&payload) {
        assert!(payload.get("comment").is_none(), "a comment is gone, not its issue");
    }
}
