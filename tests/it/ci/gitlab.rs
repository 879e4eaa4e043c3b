//! Jobs on GitLab, one for each way a pipeline starts.

use serde_json::{Value, json};

use super::{ci, ended, event, gitlab, hook, in_step, recorded};
use crate::support::runner::Job;

fn sections(job: &Job) -> (usize, usize) {
    let count = |word: &str| {
        let marks = job.stderr.split(word).skip(1);
        let ended = |rest: &&str| {
            rest.split_once('\r')
                .is_some_and(|(_, rest)| rest.starts_with("\u{1b}[0K"))
        };
        marks.filter(ended).count()
    };
    (count("section_start:"), count("section_end:"))
}

#[tokio::test]
async fn pipelines_without_a_payload_look_at_everything() {
    for source in ["schedule", "web", "api", "trigger", "push", "pipeline"] {
        let w = in_step().await;
        w.left.retitle(1, "New title");
        let mut runner = gitlab(&w);
        runner.set("CI_PIPELINE_SOURCE", source);
        let job = ci(&runner);
        ended(&job, "changed", 0);
        assert_eq!(w.right.see(1).title, "New title");
        assert_eq!(sections(&job), (1, 1), "{}", job.stderr);
        assert!(
            !job.stderr.contains("::group") && !job.stderr.contains("add-mask"),
            "{}",
            job.stderr
        );
        assert!(
            job.stderr.contains(&format!("event {source}: everything")),
            "{}",
            job.stderr
        );
    }
}

#[tokio::test]
async fn results_are_a_dotenv_file_and_a_link() {
    let w = in_step().await;
    w.left.retitle(1, "New title");
    let job = ci(&gitlab(&w));
    ended(&job, "changed", 0);
    for (name, value) in [
        ("LOCKSTEP_CHANGED", "true"),
        ("LOCKSTEP_UPDATED", "1"),
        ("LOCKSTEP_LINKS", "2"),
        ("LOCKSTEP_PLAN", "lockstep-report/plan.json"),
    ] {
        assert_eq!(job.output(name), value, "{:?}", job.outputs);
    }
    let inputs: Vec<&str> = lockstep::ci::INPUTS.iter().map(|input| input.variable).collect();
    for name in job.outputs.keys() {
        assert!(
            !inputs.contains(&name.as_str()),
            "a later job would take {name} for its input"
        );
    }
    let links: Value = serde_json::from_str(&job.files["annotations.json"]).unwrap();
    let url = links["Lockstep"][0]["external_link"]["url"].as_str().unwrap();
    assert!(
        url.contains("/acme/api/-/jobs/11/artifacts/file/lockstep-report/"),
        "{url}"
    );
}

#[tokio::test]
async fn webhooks_name_one_issue() {
    for (file, sent) in [
        ("go-gitlab/issue.json", 2),
        ("go-gitlab/note_issue.json", 2),
        ("gitlab4j/note-issue-event.json", 2),
    ] {
        let w = in_step().await;
        w.right.retitle(1, "Elsewhere");
        w.right.retitle(2, "From the right");
        let mut runner = gitlab(&w);
        runner.event("trigger", &hook(file, sent, &w.right.address()).to_string());
        let job = ci(&runner);
        ended(&job, "changed", 0);
        assert_eq!(
            (w.left.see(1).title.as_str(), w.left.see(2).title.as_str()),
            ("One", "From the right"),
            "{file}"
        );
    }
    let w = in_step().await;
    let mut runner = gitlab(&w);
    for file in ["go-gitlab/note_merge_request.json", "gitlab4j/note-commit-event.json"] {
        runner.event("trigger", &recorded(&format!("gitlab/webhooks/{file}")).to_string());
        ended(&ci(&runner), "settled", 0);
    }
    assert_eq!(w.left.reads() + w.right.reads(), 0);
    runner.event(
        "trigger",
        &json!({ "action": "created", "data": { "issue": { "id": "1" } } }).to_string(),
    );
    let job = ci(&runner);
    ended(&job, "settled", 0);
    assert!(
        job.stderr
            .contains("warning: event: event trigger (created): the payload names no issue"),
        "{}",
        job.stderr
    );
    assert!(w.left.reads() > 0);
}

#[tokio::test]
async fn an_issue_of_github_starts_gitlab() {
    let w = in_step().await;
    w.left.retitle(1, "Elsewhere");
    w.left.retitle(2, "From the left");
    let mut runner = gitlab(&w);
    let mut payload = event("issues/edited.json", 2);
    payload["repository"]["url"] = json!(format!("{}/repos/acme/api", w.left.address()));
    runner.event("trigger", &payload.to_string());
    let job = ci(&runner);
    ended(&job, "changed", 0);
    assert_eq!(
        (w.right.see(1).title.as_str(), w.right.see(2).title.as_str()),
        ("One", "From the left"),
        "{}",
        job.stderr
    );

    runner.event("trigger", "{\"issue\": \"left#1\"}");
    ended(&ci(&runner), "changed", 0);
    assert_eq!(w.right.see(1).title, "Elsewhere");
}

#[tokio::test]
async fn an_issue_that_moved_away_follows_on_delete() {
    let w = in_step().await;
    w.right.gitlab().transfer_issue(1);
    let mut runner = gitlab(&w);
    runner.event(
        "trigger",
        &hook("go-gitlab/issue.json", 1, &w.right.address()).to_string(),
    );
    let job = ci(&runner);
    ended(&job, "changed", 0);
    assert!(w.left.see(1).closed, "{}", job.stderr);
}

#[tokio::test]
async fn a_missing_token_is_named() {
    let w = in_step().await;
    let mut runner = gitlab(&w);
    runner.unset("RIGHT_TOKEN");
    // The token of another host never stands in.
    runner.set("LOCKSTEP_GITHUB_TOKEN", "right-secret-token");
    let job = ci(&runner);
    ended(&job, "failed", 3);
    assert!(job.stderr.contains("RIGHT_TOKEN is not set or empty"), "{}", job.stderr);
}
