//! Inputs, right and wrong, and the other commands.

use serde_json::{Value, json};

use super::{ci, ended, github, gitlab, in_step};
use crate::support::player::draft;
use crate::support::runner::{Runner, spoken};

#[tokio::test]
async fn empty_inputs_count_as_not_given() {
    let w = in_step().await;
    let mut runner = github(&w);
    for input in lockstep::ci::INPUTS {
        runner.set(input.variable, "");
    }
    runner.set("LOCKSTEP_LOG", "");
    ended(&ci(&runner), "settled", 0);
}

#[tokio::test]
async fn wrong_inputs_are_told_at_once_in_the_words_of_the_service() {
    let w = in_step().await;
    for (mut runner, names) in [
        (github(&w), ["`command`", "`dry-run`", "`max-changes`"]),
        (
            gitlab(&w),
            ["`LOCKSTEP_COMMAND`", "`LOCKSTEP_DRY_RUN`", "`LOCKSTEP_MAX_CHANGES`"],
        ),
    ] {
        runner.set("LOCKSTEP_COMMAND", "plan");
        runner.set("LOCKSTEP_DRY_RUN", "perhaps");
        runner.set("LOCKSTEP_MAX_CHANGES", "many");
        let job = ci(&runner);
        ended(&job, "failed", 2);
        for name in names {
            assert!(job.stderr.contains(name), "{name} in {}", job.stderr);
        }
        assert!(job.stderr.contains("3 problems; nothing was done"), "{}", job.stderr);
        let (commands, _) = spoken(&job.stderr);
        let errors = commands.iter().filter(|command| command.name == "error").count();
        assert!(errors == 3 || !job.stderr.contains("`command`"), "{}", job.stderr);
    }
    assert_eq!(w.left.reads() + w.right.reads(), 0);
}

#[tokio::test]
async fn further_arguments_are_those_of_the_command() {
    let w = in_step().await;
    w.left.retitle(1, "Left");
    let mut runner = github(&w);
    for (args, told) in [
        ("--nonsense", "unexpected argument '--nonsense'"),
        ("--only\nother", "there is no sync \"other\""),
        ("--report\nx.txt", "the ending says the form"),
        ("--issue\nother#1", "there is no tracker \"other\""),
        ("--since\nsoon", "--since \"soon\""),
    ] {
        runner.set("LOCKSTEP_EXTRA_ARGS", args);
        let job = ci(&runner);
        ended(&job, "failed", 2);
        assert!(job.stderr.contains(told), "{told} in {}", job.stderr);
    }
    runner.set(
        "LOCKSTEP_EXTRA_ARGS",
        "--format\njson\n--issue\nleft#2\n--report\nmore report.json",
    );
    let job = ci(&runner);
    ended(&job, "settled", 0);
    let report: Value = serde_json::from_str(&job.stdout).unwrap();
    assert_eq!(report["totals"]["links"], 1);
    assert!(runner.workspace().join("more report.json").is_file());
    // What is asked for as an input cannot be undone by an argument.
    runner.set("LOCKSTEP_DRY_RUN", "true");
    runner.set("LOCKSTEP_EXTRA_ARGS", "--apply");
    ended(&ci(&runner), "pending", 0);
    assert_eq!(w.writes(), Vec::<String>::new());
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
async fn limits_are_passed_on() {
    let w = in_step().await;
    for key in [1, 2] {
        w.left.retitle(key, "Left");
    }
    let mut runner = github(&w);
    runner.set("LOCKSTEP_MAX_CHANGES", "1");
    let job = ci(&runner);
    ended(&job, "guarded", 4);
    assert_eq!(job.output("changed"), "false");
    assert!(job.summary.contains("#### Stopped"), "{}", job.summary);
    runner.unset("LOCKSTEP_MAX_CHANGES");
    runner.set("LOCKSTEP_TIME_BUDGET", "0s");
    ended(&ci(&runner), "budget", 5);
    runner.unset("LOCKSTEP_TIME_BUDGET");
    runner.set("LOCKSTEP_ANNOTATIONS", "false");
    runner.set("LOCKSTEP_SUMMARY", "false");
    let before = runner.get("GITHUB_STEP_SUMMARY").to_owned();
    std::fs::write(&before, "").unwrap();
    runner.unset("RIGHT_TOKEN");
    let job = ci(&runner);
    ended(&job, "failed", 3);
    assert_eq!(job.summary, "");
    let (commands, rest) = spoken(&job.stderr);
    assert!(commands.iter().all(|command| command.name != "error"), "{commands:?}");
    assert!(rest.contains("RIGHT_TOKEN is not set"), "{rest}");
}

#[tokio::test]
async fn the_other_commands_do_what_they_do() {
    let w = in_step().await;
    w.left.retitle(1, "Left");
    let mut runner = github(&w);
    runner.set("LOCKSTEP_COMMAND", "check");
    let job = ci(&runner);
    ended(&job, "settled", 0);
    assert!(job.stderr.contains("lockstep.yml: fine"), "{}", job.stderr);
    assert!(job.summary.contains("the mapping file is fine"), "{}", job.summary);
    assert_eq!(w.left.reads() + w.right.reads(), 0);
    runner.set("LOCKSTEP_COMMAND", "status");
    runner.set("LOCKSTEP_SHOW_TITLES", "true");
    let job = ci(&runner);
    ended(&job, "pending", 0);
    for row in [
        "### Lockstep: 2 links: 1 pending, 1 settled; 1 difference.",
        "#### Links of api",
        "| left | right | what | left says | right says | last agreed |",
        "| title | Left | One |",
        "| settled |",
    ] {
        assert!(job.summary.contains(row), "{row} in {}", job.summary);
    }
    assert!(!job.summary.contains("inks to change"), "{}", job.summary);
    runner.set("LOCKSTEP_FAIL_ON", "drift");
    ended(&ci(&runner), "pending", 6);
    assert_eq!(w.writes(), Vec::<String>::new());
    runner.unset("LOCKSTEP_FAIL_ON");
    for command in ["repair", "adopt"] {
        runner.set("LOCKSTEP_COMMAND", command);
        ended(&ci(&runner), "settled", 0);
    }
    assert_eq!(w.right.see(1).title, "One");
}

#[tokio::test]
async fn the_trackers_can_be_checked_too() {
    let w = in_step().await;
    for (mut runner, annotated) in [(github(&w), 1), (gitlab(&w), 0)] {
        runner.set("LOCKSTEP_COMMAND", "check");
        runner.set("LOCKSTEP_EXTRA_ARGS", "--online");
        let job = ci(&runner);
        ended(&job, "settled", 0);
        for told in [
            "lockstep.yml: fine",
            "The trackers",
            "+ read issues",
            "2 trackers looked at: ",
        ] {
            assert!(job.stderr.contains(told), "{told} in {}", job.stderr);
        }
        let summary = &job.files["summary.md"];
        assert!(summary.contains("| | left | right |\n|---|---|---|\n"), "{summary}");
        runner.set("LOCKSTEP_EXTRA_ARGS", "--online\n--format\njson\n--report\nfound.md");
        runner.unset("RIGHT_TOKEN");
        let job = ci(&runner);
        ended(&job, "failed", 3);
        let (commands, _) = spoken(&job.stderr);
        let errors: Vec<&str> = commands
            .iter()
            .filter(|command| command.name == "error")
            .map(|command| &*command.data)
            .collect();
        assert_eq!(errors.len(), annotated, "{}", job.stderr);
        assert!(errors.iter().all(|error| error.contains("RIGHT_TOKEN")), "{errors:?}");
        let found: Value = serde_json::from_str(&job.stdout).unwrap();
        assert_eq!(found["findings"][0]["severity"], "error");
        let written = std::fs::read_to_string(runner.workspace().join("found.md")).unwrap();
        assert!(written.contains("RIGHT"), "{written}");
        runner.set("LOCKSTEP_FAIL_ON", "never");
        ended(&ci(&runner), "failed", 0);
        runner.set("LOCKSTEP_EXTRA_ARGS", "--online\n--report\nfound.html");
        let job = ci(&runner);
        ended(&job, "failed", 2);
        assert!(job.stderr.contains(".json or .md"), "{}", job.stderr);
    }
    assert_eq!(w.writes(), Vec::<String>::new());
}

#[test]
fn without_a_service_it_says_plain_lines() {
    let mut runner = Runner::gitlab("https://gitlab.example");
    for name in ["GITLAB_CI", "CI", "CI_PIPELINE_SOURCE", "CI_PROJECT_DIR", "CI_JOB_URL"] {
        runner.unset(name);
    }
    std::fs::create_dir_all(runner.workspace().join("left")).unwrap();
    std::fs::create_dir_all(runner.workspace().join("right")).unwrap();
    runner.commit(
        ".github/lockstep.yml",
        "version: 1\ntrackers:\n  left: { kind: folder, path: ../left }\n  right: { kind: folder, path: ../right }\nsyncs:\n  - { name: api, between: [left, right] }\n",
    );
    let job = ci(&runner);
    assert_eq!(job.code, Some(0), "{}", job.stderr);
    assert!(
        job.stderr.contains("no event is known here: everything is looked at"),
        "{}",
        job.stderr
    );
    assert_eq!((job.stdout.as_str(), job.files.len()), ("", 0));
    assert!(
        !job.stderr.contains("::") && !job.stderr.contains('\u{1b}'),
        "{}",
        job.stderr
    );
}

#[tokio::test]
async fn flags_of_the_job_itself_count_too() {
    let w = in_step().await;
    let runner = github(&w);
    let args = ["ci", "--format", "json", "--report", "more.json"];
    let job = runner.run(env!("CARGO_BIN_EXE_lockstep"), &args);
    ended(&job, "settled", 0);
    let report: Value = serde_json::from_str(&job.stdout).unwrap();
    assert_eq!(report["outcome"], "settled");
    assert!(runner.workspace().join("more.json").is_file());
}
