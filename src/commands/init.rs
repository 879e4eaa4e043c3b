//! `lockstep init`: a mapping file and a workflow for the repository one is in.

use std::path::Path;

use super::Output;
use super::sync::{program, quoted};
use crate::cli::{CiService, Common, InitArgs};
use crate::env::Env;
use crate::init::{
    Draft, Hosts, InitError, Remote, Runner, Service, Tree, draft, expect_free, expect_root, look, write,
};
use crate::safe::Safe;

pub(super) fn run(common: &Common, args: &InitArgs, env: &Env) -> Output {
    if common.config.is_some() || env.plain("LOCKSTEP_CONFIG").is_some() {
        return Output::usage(
            "`init` writes lockstep.yml, which is found by itself: leave `--config` away (and LOCKSTEP_CONFIG unset)\n",
        );
    }
    match make(args, env) {
        Ok(out) => Output::fine(out),
        Err(error) => Output {
            out: String::new(),
            err: format!("{error}\n"),
            code: if error.is_refusal() { super::USAGE } else { 1 },
        },
    }
}

fn make(args: &InitArgs, env: &Env) -> Result<String, InitError> {
    let tree = look(&args.dir, &hosts(args, env));
    expect_root(&args.dir, &tree)?;
    let remotes: &[Remote] = match &tree {
        Tree::Root(remotes) => remotes,
        Tree::Below(_) | Tree::None(_) => &[],
    };
    let wish = args.ci.map(|ci| match ci {
        CiService::Github => Runner::GitHub,
        CiService::Gitlab => Runner::GitLab,
        CiService::None => Runner::None,
    });
    let has_job = args.dir.join(crate::init::JOB_FILE).symlink_metadata().is_ok();
    let draft = draft(remotes, wish, has_job);
    expect_free(&args.dir, &draft.files)?;
    let mut out = found(&tree, &draft);
    if args.dry_run {
        for file in &draft.files {
            out.push_str(&format!("\n--- {} would be:\n{}", file.path, file.text));
        }
    } else {
        write(&args.dir, &draft.files)?;
        for file in &draft.files {
            let path = if args.dir == Path::new(".") {
                file.path.into()
            } else {
                args.dir.join(file.path)
            };
            out.push_str(&format!("Wrote {}\n", quoted(&path)));
        }
    }
    if let Some(lines) = draft.to_add {
        out.push_str(&format!(
            "\n{} is there already and was not touched. Add to it (to its own `include:`, if it has one):\n\n{}",
            crate::init::JOB_FILE,
            indented(lines)
        ));
    }
    out.push_str(&next(&draft, args.dry_run));
    Ok(out)
}

/// Hosts named on the command line, and those that the CI service tells of itself.
fn hosts(args: &InitArgs, env: &Env) -> Hosts {
    let given = |hosts: Hosts, names: &[String], service| names.iter().fold(hosts, |all, name| all.with(name, service));
    let mut hosts = given(Hosts::default(), &args.github, Service::GitHub);
    hosts = given(hosts, &args.gitlab, Service::GitLab);
    // Gitea's and Forgejo's runners set GitHub's variables too.
    let imitated = ["GITEA_ACTIONS", "FORGEJO_ACTIONS"]
        .iter()
        .any(|name| env.plain(name).is_some());
    if let Some(server) = env.plain("GITHUB_SERVER_URL").filter(|_| !imitated) {
        hosts = hosts.with(server, Service::GitHub);
    }
    if let Some(server) = env.plain("CI_SERVER_HOST").filter(|_| env.plain("GITLAB_CI").is_some()) {
        hosts = hosts.with(server, Service::GitLab);
    }
    hosts
}

/// What was found, a line each. Hosts and projects are git's words, and so anybody's.
fn found(tree: &Tree, draft: &Draft) -> String {
    let mut out = String::new();
    let remotes = match tree {
        Tree::Root(remotes) => remotes.as_slice(),
        Tree::None(why) => {
            out.push_str(&format!(
                "{why}: the projects in the mapping file are yours to fill in\n"
            ));
            &[]
        }
        Tree::Below(_) => &[],
    };
    let mut used = [&draft.github, &draft.gitlab].into_iter().flatten().collect::<Vec<_>>();
    for remote in remotes {
        let address = format!("{}/{}", remote.host, remote.project);
        let address = address.trim_end_matches('/');
        let told = match remote.service {
            Some(service) if used.contains(&remote) => {
                used.retain(|one| *one != remote);
                format!("the {} project of the mapping file", service.word())
            }
            Some(service) => format!("{}, not used: one project of each service is", service.word()),
            None => {
                "not used: not known as GitHub or GitLab (--github HOST or --gitlab HOST says what it is)".to_owned()
            }
        };
        out.push_str(&format!("Remote {}: {}, {told}\n", Safe(&remote.name), Safe(address)));
    }
    out
}

/// The two next steps.
fn next(draft: &Draft, dry: bool) -> String {
    let placeholders = draft.github.is_none() || draft.gitlab.is_none();
    let page = |remote: &Option<Remote>, path: &str| {
        remote.as_ref().map_or_else(String::new, |remote| {
            format!(" (https://{}/{}/{path})", Safe(&remote.host), Safe(&remote.project))
        })
    };
    let mut out = String::from(if dry {
        "\nNext, once it is written:\n"
    } else {
        "\nNext:\n"
    });
    let mut step = "  1. ";
    let mut add = |line: &str| {
        out.push_str(&format!("{step}{line}\n"));
        step = "     ";
    };
    if placeholders {
        add("Put your projects where lockstep.yml says CHANGE THIS.");
    }
    let texts = draft.files.iter().map(|file| (file.path, file.text.as_str()));
    let added = draft.to_add.map(|text| (crate::init::JOB_FILE, text));
    for (path, _) in texts.chain(added).filter(|(_, text)| text.contains("OWNER/lockstep")) {
        add(&format!(
            "Put the owner of the Lockstep you use, and its release, where {path} says OWNER."
        ));
    }
    add("Make a token for each side; the README says which rights it needs. Here:");
    add("  export GITHUB_TOKEN=… GITLAB_TOKEN=…");
    match draft.runner {
        Runner::GitHub => add(&format!(
            "For the workflow: the environment issue-sync{} with the secret GITLAB_TOKEN. GitHub brings its own token.",
            page(&draft.github, "settings/environments")
        )),
        Runner::GitLab => {
            let at = page(&draft.gitlab, "-/settings/ci_cd");
            add(&format!(
                "For the job: the variables GITHUB_TOKEN and GITLAB_TOKEN{at}, masked and protected,"
            ));
            add(&format!(
                "and a schedule{}.",
                page(&draft.gitlab, "-/pipeline_schedules")
            ));
        }
        Runner::None => {}
    }
    let program = program();
    out.push_str(&format!(
        "  2. {program} check --online\n\
         \x20    tells whether tokens, rights and names are right, and writes nothing. Then\n\
         \x20    {program} sync\n\
         \x20    shows the plan: open issues with the label `sync` get a twin. With --apply it is carried out.\n"
    ));
    out
}

fn indented(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("    {line}")).collect();
    lines.join("\n") + "\n"
}
