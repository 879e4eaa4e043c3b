//! Jobs on GitHub, one for each kind of event.

use serde_json::{Value, json};

use super::{RULES, ci, ended, event, github, in_step, world};
use crate::support::player::{Vendor, draft};
use crate::support::runner::{Runner, spoken};
use crate::support::world::World;

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
async fn the_jobs_own_token_stands_in_on_its_own_host_alone() {
    let w = in_step().await;
    w.left.retitle(1, "New title");
    let mut runner = github(&w);
    runner.unset("LEFT_TOKEN");
    let job = ci(&runner);
    ended(&job, "failed", 3);
    assert!(job.summary.contains("LEFT\\_TOKEN is not set"), "{}", job.summary);
    let (commands, _) = spoken(&job.stderr);
    let error = commands.iter().find(|command| command.name == "error").unwrap();
    assert_eq!(error.properties["title"], "api stopped");
    assert!(error.data.contains("LEFT_TOKEN is not set"), "{}", error.data);

    runner.set("LOCKSTEP_GITHUB_TOKEN", "left-secret-token");
    let job = ci(&runner);
    ended(&job, "changed", 0);
    assert!(
        job.stderr.starts_with("::add-mask::left-secret-token\n"),
        "{}",
        job.stderr
    );

    for (name, value) in [("GITHUB_API_URL", "https://api.github.com"), ("GITEA_ACTIONS", "true")] {
        let mut elsewhere = github(&w);
        elsewhere.unset("LEFT_TOKEN");
        elsewhere.set("LOCKSTEP_GITHUB_TOKEN", "left-secret-token");
        elsewhere.set(name, value);
        ended(&ci(&elsewhere), "failed", 3);
    }
}

#[tokio::test]
async fn the_jobs_own_token_is_given_to_no_tracker_that_names_its_variable() {
    let w = in_step().await;
    let mut runner = github(&w);
    let mapping = w.mapping().replace("RIGHT_TOKEN", "LOCKSTEP_GITHUB_TOKEN");
    runner.commit("lockstep.yml", &mapping);
    runner.set("LOCKSTEP_GITHUB_TOKEN", "right-secret-token");
    let job = ci(&runner);
    ended(&job, "failed", 3);
    assert!(
        job.stderr.contains("LOCKSTEP_GITHUB_TOKEN is not set"),
        "{}",
        job.stderr
    );
    assert_eq!(w.right.reads(), 0);
}

#[tokio::test]
async fn what_a_private_side_holds_is_hidden_unless_asked_for() {
    let w = world((Vendor::GitHub, Vendor::GitLab), &format!("{RULES}\nconflicts: ask")).await;
    w.left.retitle(1, "Falcon left");
    w.right.retitle(1, "Falcon right");
    let mut runner = github(&w);
    let job = ci(&runner);
    ended(&job, "settled", 0);
    assert!(job.summary.contains("#### Conflicts"), "{}", job.summary);
    assert!(job.summary.contains("| (hidden) | (hidden) |"), "{}", job.summary);
    let files: String = job.files.values().cloned().collect();
    for text in [&job.stderr, &job.summary, &files] {
        assert!(!text.contains("Falcon"), "{text}");
    }
    let (commands, _) = spoken(&job.stderr);
    let warning = commands.iter().find(|command| command.name == "warning").unwrap();
    assert_eq!(warning.properties["title"], "held: conflict");

    runner.set("LOCKSTEP_SHOW_TITLES", "true");
    let job = ci(&runner);
    assert!(
        job.summary.contains("| Falcon left | Falcon right |"),
        "{}",
        job.summary
    );
}

#[tokio::test]
async fn fail_on_decides_between_red_and_green() {
    let cases = [
        ("error", 0, 0),
        ("conflict", 6, 0),
        ("drift", 6, 6),
        ("changes", 0, 6),
        ("never", 0, 0),
    ];
    for (fail_on, conflict, change) in cases {
        let w = world((Vendor::GitHub, Vendor::GitLab), &format!("{RULES}\nconflicts: ask")).await;
        w.left.retitle(1, "Left");
        w.right.retitle(1, "Right");
        let mut runner = github(&w);
        runner.set("LOCKSTEP_FAIL_ON", fail_on);
        ended(&ci(&runner), "settled", conflict);

        let w = in_step().await;
        w.left.retitle(1, "Left");
        let mut runner = github(&w);
        runner.set("LOCKSTEP_FAIL_ON", fail_on);
        runner.set("LOCKSTEP_DRY_RUN", "true");
        let job = ci(&runner);
        ended(&job, "pending", change);
        assert_eq!((job.output("changed"), w.writes()), ("true", Vec::new()));
        assert!(job.stderr.contains("`dry-run` is true"), "{}", job.stderr);
        runner.unset("LOCKSTEP_DRY_RUN");
        ended(&ci(&runner), "changed", change);
        ended(&ci(&runner), "settled", 0);
    }
    let w = in_step().await;
    let mut runner = github(&w);
    runner.unset("RIGHT_TOKEN");
    ended(&ci(&runner), "failed", 3);
    runner.set("LOCKSTEP_FAIL_ON", "never");
    ended(&ci(&runner), "failed", 0);
}

#[tokio::test]
async fn a_job_that_can_write_no_file_works_and_says_so() {
    let w = in_step().await;
    w.left.retitle(1, "Left");
    let mut runner = github(&w);
    runner.commit("taken", "a file");
    let taken = runner.workspace().join("taken");
    runner.set("LOCKSTEP_REPORT_DIR", "taken");
    runner.set("GITHUB_STEP_SUMMARY", taken.join("summary").to_str().unwrap());
    let job = ci(&runner);
    ended(&job, "changed", 0);
    assert_eq!((job.output("plan"), job.output("report")), ("", ""));
    let (commands, _) = spoken(&job.stderr);
    let warnings = commands.iter().filter(|command| command.name == "warning").count();
    assert_eq!(warnings, 2, "{}", job.stderr);
    runner.unset("RUNNER_TEMP");
    runner.unset("LOCKSTEP_REPORT_DIR");
    runner.unset("GITHUB_OUTPUT");
    runner.unset("GITHUB_STEP_SUMMARY");
    assert_eq!(ci(&runner).code, Some(0));
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

#[tokio::test]
async fn several_references_are_one_report() {
    let w = in_step().await;
    let key = w.left.open(draft("Three"));
    for key in [1, 2] {
        w.left.retitle(key, "New title");
    }
    let mut runner = github(&w);
    runner.set("LOCKSTEP_SCOPE", &format!("left#1\nright#2\nleft#{key}"));
    let job = ci(&runner);
    ended(&job, "changed", 0);
    let plan: Value = serde_json::from_str(&job.files["plan.json"]).unwrap();
    assert_eq!(
        (plan["syncs"].as_array().unwrap().len(), &plan["totals"]["updated"]),
        (1, &json!(2))
    );
    assert_eq!(w.right.keys().len(), 3);
    runner.set("LOCKSTEP_SCOPE", "left#99");
    let job = ci(&runner);
    ended(&job, "settled", 0);
    assert!(job.summary.contains("issue-missing"), "{}", job.summary);
}

#[tokio::test]
async fn a_mistake_in_the_mapping_file_is_shown_where_it_is() {
    let w = World::github_gitlab(RULES).await;
    let mut runner = github(&w);
    runner.commit("sub/lockstep.yml", &w.mapping().replace("between:", "betwen:"));
    runner.set("LOCKSTEP_WORKDIR", "sub");
    let job = ci(&runner);
    ended(&job, "failed", 2);
    let (commands, rest) = spoken(&job.stderr);
    let at = |command: &crate::support::runner::Spoken| {
        let of = |name: &str| command.properties[name].clone();
        (of("file"), of("line"), of("title"))
    };
    let place = (
        "sub/lockstep.yml".to_owned(),
        "8".to_owned(),
        "mapping file: unknown-key".to_owned(),
    );
    assert!(commands.iter().any(|command| at(command) == place), "{commands:?}");
    assert!(rest.contains("did you mean `between`?"), "{rest}");
    assert!(
        job.summary.contains("nothing was done") && job.summary.contains("sub/lockstep.yml:8:"),
        "{}",
        job.summary
    );
    runner.set("LOCKSTEP_FAIL_ON", "never");
    ended(&ci(&runner), "failed", 2);
    runner.set("LOCKSTEP_WORKDIR", "nowhere");
    let job = ci(&runner);
    ended(&job, "failed", 2);
    assert!(job.stderr.contains("no mapping file in nowhere"), "{}", job.stderr);
}
