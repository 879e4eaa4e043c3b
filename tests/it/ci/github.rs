//! Jobs on GitHub, one for each kind of event.

use serde_json::{Value, json};

use super::{ci, ended, event, github, in_step};
use crate::support::runner::{Runner, spoken};

#[tokio::test]
async fn an_issue_event_looks_at_one_link() {
    let w = in_step().await;
    for key in [1, 2] {
        w.left.retitle(key, "New title");
    }
    let mut runner = github(&w);
    runner.event("issues", &event("issues/edited.json", 2).to_string());
    let job = ci(&runner);
    ended(&job, "changed", 0);
    assert_eq!(
        (w.right.see(1).title.as_str(), w.right.see(2).title.as_str()),
        ("One", "New title")
    );
    assert_eq!(job.output("changed"), "true");
    let counts: Value = serde_json::from_str(job.output("counts")).unwrap();
    assert_eq!((&counts["links"], &counts["updated"]), (&json!(1), &json!(1)));
    assert!(job.stderr.contains("event issues (edited): left#2"), "{}", job.stderr);
    let plan: Value = serde_json::from_str(&job.files["plan.json"]).unwrap();
    assert_eq!(plan["outcome"], "changed");
    for (output, name) in [
        ("plan", "plan.json"),
        ("report", "report.html"),
        ("summary", "summary.md"),
    ] {
        assert!(
            job.output(output).ends_with(&format!("/temp/lockstep-report/{name}")),
            "{output}"
        );
    }
    assert_eq!(job.summary, job.files["summary.md"]);
    assert!(
        job.summary.starts_with("### Lockstep: Done: 1 updated\n"),
        "{}",
        job.summary
    );
    assert!(
        job.summary.contains("| title | title changed on left"),
        "{}",
        job.summary
    );
    let names: Vec<String> = spoken(&job.stderr).0.into_iter().map(|command| command.name).collect();
    assert_eq!(names, ["add-mask", "add-mask", "group", "endgroup"]);
    assert_eq!(job.stdout, "");
}

#[tokio::test]
async fn a_comment_event_looks_at_one_link_and_one_on_a_pull_request_at_none() {
    let w = in_step().await;
    w.left.say(1, "bob", "hello");
    let mut runner = github(&w);
    let mut payload = event("issue_comment/created.json", 1);
    payload["issue"]["pull_request"] = json!({ "url": "x" });
    runner.event("issue_comment", &payload.to_string());
    let job = ci(&runner);
    ended(&job, "settled", 0);
    assert_eq!(w.left.reads() + w.right.reads(), 0);
    assert!(job.stderr.contains("a pull request"), "{}", job.stderr);
    assert!(
        job.summary.starts_with("### Lockstep: nothing to do\n"),
        "{}",
        job.summary
    );

    runner.event("issue_comment", &event("issue_comment/created.json", 1).to_string());
    ended(&ci(&runner), "changed", 0);
    assert_eq!(w.right.see(1).texts(), ["hello"]);
}

#[tokio::test]
async fn an_echo_of_our_own_costs_a_few_reads_and_ends_quietly() {
    let w = in_step().await;
    let mut runner = github(&w);
    let mut payload = event("issues/edited.json", 1);
    payload["sender"]["type"] = json!("Bot");
    payload["issue"]["body"] = json!(w.left.see(1).raw);
    runner.event("issues", &payload.to_string());
    let job = ci(&runner);
    ended(&job, "settled", 0);
    assert!(
        w.left.reads() <= 3 && w.right.reads() <= 3,
        "{} {}",
        w.left.reads(),
        w.right.reads()
    );
    assert_eq!((w.writes(), job.output("changed")), (Vec::new(), "false"));
}

#[tokio::test]
async fn schedules_and_manual_runs_look_at_everything() {
    for (name, payload) in [
        ("schedule", "{\"schedule\": \"17 */2 * * *\"}"),
        ("workflow_dispatch", "{\"inputs\": null}"),
    ] {
        let w = in_step().await;
        w.left.retitle(1, "New title");
        w.right.retitle(2, "From the right");
        let mut runner = github(&w);
        runner.event(name, payload);
        let job = ci(&runner);
        ended(&job, "changed", 0);
        assert_eq!(
            (w.right.see(1).title.as_str(), w.left.see(2).title.as_str()),
            ("New title", "From the right")
        );
        assert!(
            job.stderr.contains(&format!("event {name}: everything")),
            "{}",
            job.stderr
        );
        w.assert_settled().await;
    }
}

#[tokio::test]
async fn a_dispatch_names_an_issue_of_either_tracker() {
    for sent in [json!({ "issue": "right#2" }), json!({ "tracker": "left", "issue": 2 })] {
        let w = in_step().await;
        w.right.retitle(1, "Elsewhere");
        w.right.retitle(2, "From the right");
        let mut runner = github(&w);
        runner.event(
            "repository_dispatch",
            &json!({ "action": "x", "client_payload": sent }).to_string(),
        );
        ended(&ci(&runner), "changed", 0);
        assert_eq!(
            (w.left.see(1).title.as_str(), w.left.see(2).title.as_str()),
            ("One", "From the right")
        );
    }
    let w = in_step().await;
    w.right.retitle(2, "From the right");
    let mut runner = github(&w);
    let hook = super::hook("go-gitlab/issue.json", 2, &w.right.address());
    runner.event("repository_dispatch", &json!({ "client_payload": hook }).to_string());
    let job = ci(&runner);
    ended(&job, "changed", 0);
    assert!(job.stderr.contains("right#2"), "{}", job.stderr);
}

#[tokio::test]
async fn deleted_and_transferred_issues_follow_on_delete() {
    for file in ["issues/deleted.json", "issues/transferred.json"] {
        let w = in_step().await;
        if file.contains("deleted") {
            w.left.delete(1);
        } else {
            w.left.github().transfer_issue(1, "acme/web");
        }
        let mut runner = github(&w);
        runner.event("issues", &event(file, 1).to_string());
        ended(&ci(&runner), "changed", 0);
        assert!(w.right.see(1).closed && !w.right.see(2).closed, "{file}");
    }
    // An event from before the deletion, which waited behind others.
    let w = in_step().await;
    w.left.delete(1);
    let mut runner = github(&w);
    runner.event("issues", &event("issues/edited.json", 1).to_string());
    let job = ci(&runner);
    ended(&job, "changed", 0);
    assert!(w.right.see(1).closed, "{}", job.stderr);
    assert!(job.stderr.contains("it is not there"), "{}", job.stderr);
    assert!(!job.summary.contains("issue-missing"), "{}", job.summary);
}

#[tokio::test]
async fn payloads_that_say_nothing_are_noted_and_everything_is_looked_at() {
    let huge = format!("{{\"x\": \"{}\"}}", "y".repeat(1 << 20));
    for (payload, why) in [
        ("{", "is not JSON"),
        (&huge, "is larger than 1 MiB"),
        ("{\"action\": \"opened\"}", "names no issue"),
    ] {
        let w = in_step().await;
        w.left.retitle(1, "New title");
        let mut runner = github(&w);
        runner.event("issues", payload);
        let job = ci(&runner);
        ended(&job, "changed", 0);
        assert_eq!(w.right.see(1).title, "New title");
        let (commands, _) = spoken(&job.stderr);
        let warning = commands.iter().find(|command| command.name == "warning").unwrap();
        assert!(warning.data.contains(why), "{}", warning.data);
    }
}

#[tokio::test]
async fn runners_that_imitate_github_look_at_everything() {
    for name in ["GITEA_ACTIONS", "FORGEJO_ACTIONS"] {
        let w = in_step().await;
        w.left.retitle(1, "Left");
        let mut runner = Runner::github("https://git.example/api/v1");
        runner.commit("lockstep.yml", &w.mapping());
        for (name, value) in &w.env {
            runner.set(name, value);
        }
        runner.set(name, "true");
        runner.event("issues", &event("issues/edited.json", 2).to_string());
        ended(&ci(&runner), "changed", 0);
        assert_eq!(w.right.see(1).title, "Left");
    }
}
