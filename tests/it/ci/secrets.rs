//! Whom the job's own token is given to, and what a job does not show.

use super::{RULES, ci, ended, github, in_step, world};
use crate::support::player::Vendor;
use crate::support::runner::spoken;

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
