//! `lockstep status`: every link and how its sides differ. Nothing is ever written to a tracker.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::cache::{Cache, Key};
use super::sync::{Progress, expect_reports, expect_sync, write_reports};
use super::{Output, load};
use crate::cli::{Common, FailOn, Format, StatusArgs};
use crate::config::Config;
use crate::env::{Env, now};
use crate::report::{Outcome, Report, status, status_markdown};
use crate::run::{Request, Task, sync};

/// Exit code where `--fail-on` is met.
const MET: u8 = 6;
/// Columns of the table where nobody says how many there are.
const WIDTH: u16 = 120;

pub(super) async fn run(common: &Common, args: &StatusArgs, env: &Env) -> Output {
    let (path, config) = match load(common, env) {
        Ok(found) => found,
        Err(output) => return output,
    };
    let known = expect_sync(&config, args.only.as_deref()).and_then(|()| expect_reports(common));
    let max_age = known.and_then(|()| args.max_age.as_deref().map(age).transpose());
    let max_age = match max_age {
        Ok(max_age) => max_age,
        Err(problem) => return Output::usage(format!("{problem}\n")),
    };
    let cache = cache(&path, args, env, max_age);
    let now = now();
    let kept = cache
        .as_ref()
        .filter(|_| !args.refresh)
        .and_then(|cache| cache.read(max_age.unwrap_or_default(), now));
    let report = if let Some(report) = kept {
        report
    } else {
        let report = read(common, args, &config, env, now).await;
        if let Some(cache) = cache.filter(|_| report.outcome < Outcome::Budget) {
            cache.write(&report);
        }
        report
    };
    shown(common, args, env, &report, now)
}

/// Where what was read is kept: only where somebody asks for it, and never what a private side says.
fn cache(path: &Path, args: &StatusArgs, env: &Env, max_age: Option<SignedDuration>) -> Option<Cache> {
    let asked = max_age.is_some() || args.refresh;
    let key = Key {
        config: path,
        only: args.only.as_deref(),
    };
    Cache::open(args.cache_dir.as_deref(), env, &key).filter(|_| asked && !args.show_titles)
}

async fn read(common: &Common, args: &StatusArgs, config: &Config, env: &Env, now: Timestamp) -> Report {
    let request = Request {
        task: Task::Status,
        only: args.only.clone(),
        show_titles: args.show_titles,
        titles: true,
        ..Request::default()
    };
    let progress = Progress::new(common.quiet);
    let report = sync(config, env, &request, now, &progress).await;
    progress.finish();
    report
}

fn shown(common: &Common, args: &StatusArgs, env: &Env, report: &Report, now: Timestamp) -> Output {
    let out = match common.format {
        Format::Human => {
            let width = env.plain("COLUMNS").and_then(|text| text.parse().ok());
            status(report, now, width.unwrap_or(WIDTH).max(60))
        }
        Format::Json => report.json(),
        Format::Markdown => status_markdown(report, now),
    };
    let (err, failed) = write_reports(common, report);
    let met = match args.fail_on {
        Some(FailOn::Drift) => !report.drift.is_empty(),
        Some(FailOn::Conflict) => report.drift.iter().any(|drift| drift.conflict),
        None => false,
    };
    let code = match report.outcome.exit_code() {
        0 if failed => 1,
        0 if met => MET,
        code => code,
    };
    Output { out, err, code }
}

fn age(text: &str) -> Result<SignedDuration, String> {
    let read = text.parse::<SignedDuration>().ok().filter(|age| !age.is_negative());
    read.ok_or_else(|| format!("--max-age {text:?}: write a time such as 5m or 1h 30m"))
}
