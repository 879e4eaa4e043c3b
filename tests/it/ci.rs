//! `lockstep ci` as the wrappers call it: on simulated runners, from an empty environment, against the fakes.

mod endings;
mod github;
mod gitlab;
mod hostile;
mod inputs;
mod secrets;

use std::path::Path;

use serde_json::{Value, json};

use crate::support::player::{Vendor, draft};
use crate::support::runner::{Job, Runner};
use crate::support::world::{TOKENS, World};

const RULES: &str = "create: { left: { state: all }, right: { state: all } }\non_delete: close";

/// GitHub and GitLab with two issues on the left, in step.
async fn in_step() -> World {
    world((Vendor::GitHub, Vendor::GitLab), RULES).await
}

async fn world(pair: (Vendor, Vendor), rules: &str) -> World {
    let w = World::new(pair, rules).await;
    w.left.open(draft("One").body("first"));
    w.left.open(draft("Two").body("second"));
    w.settle().await;
    w.clear_logs();
    w
}

/// A GitHub runner in the repository that is the left tracker.
fn github(w: &World) -> Runner {
    prepared(w, Runner::github(&w.left.address()))
}

/// A GitLab runner in the project that is the right tracker.
fn gitlab(w: &World) -> Runner {
    prepared(w, Runner::gitlab(&w.right.address()))
}

fn prepared(w: &World, mut runner: Runner) -> Runner {
    runner.commit("lockstep.yml", &w.mapping());
    for (name, value) in &w.env {
        runner.set(name, value);
    }
    runner
}

/// Runs the job, and holds what holds of all: no token in anything but the commands that hide it.
fn ci(runner: &Runner) -> Job {
    let job = crate::packaging::wrapped::run(runner);
    let log: String = job
        .stderr
        .lines()
        .filter(|line| !line.starts_with("::add-mask::"))
        .collect();
    let files: String = job.files.values().cloned().collect();
    for text in [&job.stdout, &log, &job.summary, &files] {
        for (_, token) in TOKENS {
            assert!(!text.contains(token), "a token is shown: {text}");
        }
    }
    job
}

/// An event as GitHub sends it, of issue `number` in `acme/api`.
fn event(file: &str, number: u64) -> Value {
    let mut payload = recorded(&format!("github/webhooks/{file}"));
    payload["repository"]["full_name"] = json!("Acme/API");
    payload["issue"]["number"] = json!(number);
    payload
}

/// A webhook as GitLab sends it, of issue `number` in `acme/api` on this instance.
fn hook(file: &str, number: u64, server: &str) -> Value {
    let mut payload = recorded(&format!("gitlab/webhooks/{file}"));
    payload["project"]["path_with_namespace"] = json!("acme/api");
    payload["project"]["web_url"] = json!(format!("{server}/acme/api"));
    let at = if payload["object_kind"] == "note" {
        "issue"
    } else {
        "object_attributes"
    };
    payload[at]["iid"] = json!(number);
    payload
}

fn recorded(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/payloads").join(file);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Asserts how a job ended, in all places that tell.
fn ended(job: &Job, status: &str, code: i32) {
    assert_eq!(job.code, Some(code), "{}", job.stderr);
    let given = |name: &str| -> &str {
        match job.output(name) {
            "" => job.output(&format!("LOCKSTEP_{}", name.to_uppercase().replace('-', "_"))),
            value => value,
        }
    };
    assert_eq!(
        (given("status"), given("exit-code")),
        (status, code.to_string().as_str())
    );
}
