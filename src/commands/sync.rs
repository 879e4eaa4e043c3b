//! `lockstep sync`: plan and print; with `--apply`, do it.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use jiff::{SignedDuration, Timestamp};

use super::{Output, load, say};
use crate::apply::{End, Taken};
use crate::cli::{Common, Format, SyncArgs};
use crate::config::Config;
use crate::env::{Env, now};
use crate::model::IssueRef;
use crate::report::{Report, html, human, markdown};
use crate::run::{Request, Since, Task, Watch, sync};
use crate::safe::Safe;

pub(super) async fn run(common: &Common, args: &SyncArgs, env: &Env) -> Output {
    let (path, config) = match load(common, env) {
        Ok(found) => found,
        Err(output) => return output,
    };
    let now = now();
    let request = match request(&config, args, env, now) {
        Ok(request) => request,
        Err(problem) => return Output::usage(format!("{problem}\n")),
    };
    let next = format!("sync --apply --config {}", quoted(&path));
    carry_out(common, &config, env, &request, now, &next).await
}

/// Runs what was asked for and prints the report. `next` are the words after the program's name that do what a dry run
/// planned.
pub(super) async fn carry_out(
    common: &Common,
    config: &Config,
    env: &Env,
    request: &Request,
    now: Timestamp,
    next: &str,
) -> Output {
    if let Err(problem) = expect_reports(common) {
        return Output::usage(format!("{problem}\n"));
    }
    let progress = Progress::new(common.quiet);
    let mut request = request.clone();
    // Only these tell the titles of links that nothing happens to.
    request.titles |= common
        .report
        .iter()
        .any(|file| matches!(form(file), Ok(Form::Html | Form::Json)));
    let report = sync(config, env, &request, now, &progress).await;
    progress.finish();
    finish(common, &report, &format!("{} {next}", program()))
}

/// Prints the report and writes its files.
pub(super) fn finish(common: &Common, report: &Report, next: &str) -> Output {
    let (err, failed) = write_reports(common, report);
    let code = report.outcome.exit_code();
    let out = match common.format {
        Format::Human => human(report, next),
        Format::Json => report.json(),
        Format::Markdown => markdown(report),
    };
    Output {
        out,
        err,
        code: code.max(u8::from(failed)),
    }
}

/// Writes the files of `--report`. What went wrong, and whether anything did.
pub(super) fn write_reports(common: &Common, report: &Report) -> (String, bool) {
    let mut err = String::new();
    for file in &common.report {
        let text = match form(file) {
            Ok(Form::Json) => report.json(),
            Ok(Form::Markdown) => markdown(report),
            Ok(Form::Html) => html(report),
            Err(problem) => problem,
        };
        if let Err(error) = std::fs::write(file, text) {
            err.push_str(&format!("cannot write the report {}: {error}\n", file.display()));
        }
    }
    let failed = !err.is_empty();
    (err, failed)
}

/// Whether every file of the report has a form, and can be written: after the run it would be too late to say so.
pub(super) fn expect_reports(common: &Common) -> Result<(), String> {
    common.report.iter().try_for_each(|file| {
        form(file)?;
        let refused = |error| format!("{}: the report cannot be written there ({error})", file.display());
        can_be_written(file).map_err(refused)
    })
}

/// Tries it without leaving anything behind.
fn can_be_written(file: &Path) -> std::io::Result<()> {
    match std::fs::OpenOptions::new().write(true).open(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
            tempfile::tempfile_in(folder.unwrap_or_else(|| Path::new("."))).map(drop)
        }
        opened => opened.map(drop),
    }
}

enum Form {
    Json,
    Markdown,
    Html,
}

fn form(file: &Path) -> Result<Form, String> {
    match file.extension().and_then(|e| e.to_str()) {
        Some("json") => Ok(Form::Json),
        Some("md") => Ok(Form::Markdown),
        Some("html") => Ok(Form::Html),
        _ => Err(format!(
            "{}: the ending says the form of a report; use .html, .json or .md",
            file.display()
        )),
    }
}

/// What the flags ask for, as far as the mapping file allows it.
pub(super) fn request(config: &Config, args: &SyncArgs, env: &Env, now: Timestamp) -> Result<Request, String> {
    expect_sync(config, args.only.as_deref())?;
    if let Some(issue) = &args.issue {
        expect_tracker(config, issue).map_err(|problem| format!("--issue: {problem}"))?;
    }
    if let (Some(only), Some(issue)) = (&args.only, &args.issue)
        && let Some(sync) = config.syncs.iter().find(|sync| sync.name == *only)
        && sync.between.left != issue.tracker
        && sync.between.right != issue.tracker
    {
        return Err(format!(
            "--issue: {issue} is no issue of the sync {only:?}, which is between {} and {}",
            sync.between.left, sync.between.right
        ));
    }
    Ok(Request {
        task: Task::Sync,
        apply: args.apply,
        only: args.only.clone(),
        issue: args.issue.clone(),
        since: since(&args.since, now)?,
        shard: match args.shard {
            Some(shard) => Some(shard),
            None => shard_of(env)?,
        },
        max_changes: args.max_changes,
        time_budget: args.time_budget.as_deref().map(duration).transpose()?,
        show_titles: args.show_titles,
        titles: false,
    })
}

/// Whether the mapping file names the sync that `--only` asks for.
pub(super) fn expect_sync(config: &Config, only: Option<&str>) -> Result<(), String> {
    let Some(only) = only.filter(|only| !config.syncs.iter().any(|sync| sync.name == *only)) else {
        return Ok(());
    };
    let names: Vec<&str> = config.syncs.iter().map(|sync| sync.name.as_str()).collect();
    Err(format!(
        "--only: there is no sync {only:?} in the mapping file; it names: {}",
        names.join(", ")
    ))
}

/// Whether the mapping file names the tracker of an issue.
pub(super) fn expect_tracker(config: &Config, issue: &IssueRef) -> Result<(), String> {
    if config.trackers.contains_key(&issue.tracker) {
        return Ok(());
    }
    let names: Vec<&str> = config.trackers.keys().map(|name| name.0.as_str()).collect();
    Err(format!(
        "there is no tracker {:?} in the mapping file; it names: {}",
        issue.tracker.0,
        names.join(", ")
    ))
}

/// GitLab sets both in jobs with `parallel:`; the total alone, 1, in all others. A job that counts otherwise would do the work
/// of all, or none of it.
fn shard_of(env: &Env) -> Result<Option<(u32, u32)>, String> {
    let (Some(index), Some(total)) = (env.plain("CI_NODE_INDEX"), env.plain("CI_NODE_TOTAL")) else {
        return Ok(None);
    };
    match (index.parse::<u32>(), total.parse::<u32>()) {
        (_, Ok(1)) => Ok(None),
        (Ok(index), Ok(total)) if (1..=total).contains(&index) => Ok(Some((index, total))),
        _ => Err(format!(
            "CI_NODE_INDEX={index:?} of CI_NODE_TOTAL={total:?} is no shard: they count from 1; unset them, or say which links \
             are this run's by `--shard I/N`"
        )),
    }
}

fn since(text: &str, now: Timestamp) -> Result<Since, String> {
    match text {
        "auto" => Ok(Since::Auto),
        "all" => Ok(Since::All),
        text => {
            if let Ok(at) = text.parse::<Timestamp>() {
                return Ok(Since::Time(at));
            }
            let ago = text.parse::<SignedDuration>().or_else(|_| days(text));
            let ago = ago.map_err(|_unreadable| {
                format!("--since {text:?}: write auto, all, a time ago such as 2h or 3d, or a timestamp such as 2026-01-31T12:00:00Z")
            })?;
            now.checked_sub(ago)
                .map(Since::Time)
                .map_err(|error| format!("--since {text:?}: {error}"))
        }
    }
}

fn days(text: &str) -> Result<SignedDuration, jiff::Error> {
    let span: jiff::Span = text.parse()?;
    span.to_duration(jiff::SpanRelativeTo::days_are_24_hours())
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("--time-budget {text:?}: write a time such as 50m or 1h 30m");
    let signed: SignedDuration = text.parse().map_err(|_unreadable| wrong())?;
    Duration::try_from(signed).map_err(|_negative| wrong())
}

/// How this program was called, so that a printed command works where it is printed.
pub(super) fn program() -> String {
    let called = std::env::args_os().next().map(std::path::PathBuf::from);
    called.map_or_else(|| "lockstep".into(), |path| quoted(&path))
}

/// A path as a POSIX shell reads it.
pub(super) fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_');
    if !text.is_empty() && text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// A line that says how far a run is, on a terminal; elsewhere a line now and then, where a run writes much.
pub(super) struct Progress {
    bar: ProgressBar,
    plain: bool,
    done: AtomicU64,
}

/// After so many writes each a line is printed where there is no terminal.
const EVERY: u64 = 50;

impl Progress {
    pub(super) fn new(quiet: bool) -> Self {
        let bar = if quiet {
            ProgressBar::hidden()
        } else {
            ProgressBar::no_length()
        };
        let plain = !quiet && bar.is_hidden();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} writes in {elapsed}  {msg}") {
            bar.set_style(style);
        }
        bar.set_message("reading");
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Self {
            bar,
            plain,
            done: AtomicU64::new(0),
        }
    }

    /// Takes the line away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Watch for Progress {
    fn step(&self, step: &Taken) {
        if step.end == End::Done {
            self.bar.inc(1);
            let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
            if self.plain && done.is_multiple_of(EVERY) {
                say(&format!("{done} writes done so far\n"));
            }
        }
        self.bar.set_message(format!("{} {}", step.op, Safe(&step.on)));
        match &step.end {
            End::Failed(why) => tracing::warn!(on = %Safe(&step.on), op = step.op, "{}", Safe(why)),
            End::Done | End::Skipped(_) => tracing::info!(on = %Safe(&step.on), op = step.op, "step"),
        }
    }
}
