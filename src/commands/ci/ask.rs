//! What a job asks for: inputs, further arguments and the event, put together and held against the mapping file.

use std::path::{Path, PathBuf};

use clap::Parser as _;
use jiff::Timestamp;

use super::super::sync::{duration, expect_reports, expect_sync, expect_tracker, request};
use crate::ci::{Command, Decision, Inputs, Look, Naming, Scope, Service, decide, extra_args_name};
use crate::cli::{Cli, Command as Words, Common, Format, MendArgs, SyncArgs};
use crate::config::{Config, find, load_file};
use crate::diag::Diagnostic;
use crate::env::Env;
use crate::model::IssueRef;
use crate::run::{Request, Task};

/// The command with its further arguments, and the flags of every command: the job's own and those among the arguments.
pub(super) fn extra(inputs: &Inputs, naming: Naming, own: &Common) -> Result<(Words, Common), String> {
    let name = extra_args_name(naming);
    let words = ["lockstep", inputs.command.name()].map(str::to_owned);
    let words = words.into_iter().chain(inputs.extra_args.iter().cloned());
    let Cli { command, common } =
        Cli::try_parse_from(words).map_err(|error| format!("`{name}`: {}", error.render()))?;
    let common = Common {
        config: common
            .config
            .or_else(|| own.config.clone())
            .or_else(|| inputs.config.clone()),
        format: if common.format == Format::Human {
            own.format
        } else {
            common.format
        },
        report: own.report.iter().cloned().chain(common.report).collect(),
        ..common
    };
    if let Words::Status(args) = &command
        && (args.max_age.is_some() || args.refresh || args.cache_dir.is_some())
    {
        return Err(format!(
            "`{name}`: a job reads everything anew: leave `--max-age`, `--refresh` and `--cache-dir` away"
        ));
    }
    expect_reports(&common).map_err(|problem| format!("`{name}`: {problem}"))?;
    Ok((command, common))
}

/// The mapping file, from the working directory.
pub(super) fn mapping(named: Option<&PathBuf>, workdir: &Path) -> Result<(PathBuf, Config), Vec<Diagnostic>> {
    let here = workdir == Path::new(".");
    let named = named.map(|path| if here { path.clone() } else { workdir.join(path) });
    let path = find(named.as_deref(), workdir).map_err(|problem| vec![problem])?;
    let config = load_file(&path)?;
    Ok((path, config))
}

/// What a job is asked to do.
pub(super) enum Wanted {
    /// Look at the mapping file.
    Mapping,
    /// Look at it and at the trackers.
    Trackers,
    /// A run, and the one issue that the further arguments ask for.
    Run(Box<Request>, Option<IssueRef>),
}

/// What is asked for.
pub(super) fn wanted(
    command: &Words,
    inputs: &Inputs,
    config: &Config,
    env: &Env,
    now: Timestamp,
) -> Result<Wanted, String> {
    let apply = !inputs.dry_run && inputs.command != Command::Status;
    let given = |args: &SyncArgs| SyncArgs {
        apply,
        only: args.only.clone(),
        issue: args.issue.clone(),
        since: args.since.clone(),
        shard: args.shard,
        max_changes: inputs.max_changes.or(args.max_changes),
        time_budget: args.time_budget.clone(),
        show_titles: inputs.show_titles || args.show_titles,
    };
    let mut request = match command {
        Words::Sync(args) => request(config, &given(args), env, now)?,
        Words::Adopt(args) => mend(args, Task::Adopt, apply, config)?,
        Words::Repair(args) => mend(args, Task::Repair, apply, config)?,
        Words::Status(args) => {
            expect_sync(config, args.only.as_deref())?;
            Request {
                task: Task::Status,
                only: args.only.clone(),
                show_titles: args.show_titles,
                ..Request::default()
            }
        }
        Words::Check(args) if args.online => {
            return Ok(Wanted::Trackers);
        }
        Words::Check(_)
        | Words::Ci
        | Words::Init(_)
        | Words::Inspect { .. }
        | Words::Link(_)
        | Words::Schema
        | Words::Try { .. }
        | Words::Unlink(_) => return Ok(Wanted::Mapping),
    };
    request.max_changes = inputs.max_changes.or(request.max_changes);
    request.time_budget = inputs.time_budget.or(request.time_budget);
    request.show_titles |= inputs.show_titles;
    let issue = request.issue.take();
    Ok(Wanted::Run(Box::new(request), issue))
}

fn mend(args: &MendArgs, task: Task, apply: bool, config: &Config) -> Result<Request, String> {
    expect_sync(config, args.only.as_deref())?;
    Ok(Request {
        task,
        apply,
        only: args.only.clone(),
        max_changes: args.max_changes,
        time_budget: args.time_budget.as_deref().map(duration).transpose()?,
        show_titles: args.show_titles,
        ..Request::default()
    })
}

/// What to look at: what was asked for, else what the event asks for.
pub(super) fn look(
    inputs: &Inputs,
    issue: Option<IssueRef>,
    service: &Service,
    config: &Config,
) -> Result<Decision, String> {
    let decided = |look, why: String| Decision {
        look,
        why,
        doubt: false,
    };
    let issues = match (&inputs.scope, issue) {
        (Scope::Issues(issues), issue) => issues.iter().cloned().chain(issue).collect(),
        (_, Some(issue)) => vec![issue],
        (Scope::All, None) => return Ok(decided(Look::Everything, "scope all".into())),
        (Scope::Auto, None) if inputs.command == Command::Sync => return Ok(decide(service, config)),
        (Scope::Auto, None) => return Ok(decided(Look::Everything, inputs.command.name().into())),
    };
    for issue in &issues {
        expect_tracker(config, issue).map_err(|problem| format!("scope: {problem}"))?;
    }
    let names: Vec<String> = issues.iter().map(ToString::to_string).collect();
    Ok(decided(Look::Issues(issues), format!("scope {}", names.join(", "))))
}
