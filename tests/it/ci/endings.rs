//! Red or green, and what a job says of its own mishaps: files it cannot write, a mapping file it cannot read.

use super::{RULES, ci, ended, github, in_step, world};
use crate::support::player::Vendor;
use crate::support::runner::spoken;
use crate::support::world::World;

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
