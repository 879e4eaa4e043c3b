//! `lockstep link A B` and `lockstep unlink REF`: join two issues, part two; dry without `--apply`.

use super::sync::{carry_out, expect_sync, expect_tracker, quoted};
use super::{Output, load};
use crate::cli::{Common, LinkArgs, UnlinkArgs};
use crate::config::Config;
use crate::env::{Env, now};
use crate::model::IssueRef;
use crate::run::{Request, Task};

pub(super) async fn join(common: &Common, args: &LinkArgs, env: &Env) -> Output {
    let (path, config) = match load(common, env) {
        Ok(found) => found,
        Err(output) => return output,
    };
    if let Err(problem) = expect_pair(&config, &args.first, &args.second) {
        return Output::usage(format!("{problem}\n"));
    }
    let request = Request {
        task: Task::Link(args.first.clone(), args.second.clone()),
        apply: args.apply,
        show_titles: args.show_titles,
        ..Request::default()
    };
    let next = format!(
        "link {} {} --apply --config {}",
        shell(&args.first),
        shell(&args.second),
        quoted(&path)
    );
    carry_out(common, &config, env, &request, now(), &next).await
}

pub(super) async fn part(common: &Common, args: &UnlinkArgs, env: &Env) -> Output {
    let (path, config) = match load(common, env) {
        Ok(found) => found,
        Err(output) => return output,
    };
    let known = expect_sync(&config, args.only.as_deref()).and_then(|()| expect_member(&config, args));
    if let Err(problem) = known {
        return Output::usage(format!("{problem}\n"));
    }
    let request = Request {
        task: Task::Unlink(args.issue.clone()),
        apply: args.apply,
        only: args.only.clone(),
        ..Request::default()
    };
    let only = args
        .only
        .as_ref()
        .map_or_else(String::new, |name| format!(" --only {}", quoted(name.as_ref())));
    let next = format!("unlink {} --apply{only} --config {}", shell(&args.issue), quoted(&path));
    carry_out(common, &config, env, &request, now(), &next).await
}

/// Two issues can be joined where a sync is between their trackers.
fn expect_pair(config: &Config, first: &IssueRef, second: &IssueRef) -> Result<(), String> {
    expect_tracker(config, first)?;
    expect_tracker(config, second)?;
    let (a, b) = (&first.tracker, &second.tracker);
    let between = config
        .syncs
        .iter()
        .map(|sync| (&sync.between.left, &sync.between.right));
    if between.clone().any(|pair| pair == (a, b) || pair == (b, a)) {
        return Ok(());
    }
    let names: Vec<String> = between.map(|(left, right)| format!("{left} and {right}")).collect();
    let what = if a == b {
        format!("{first} and {second} are on one tracker; a link joins issues of two")
    } else {
        format!("no sync is between {a} and {b}")
    };
    Err(format!(
        "{what}; the mapping file's syncs are between: {}",
        names.join("; ")
    ))
}

/// An issue can be parted in the syncs its tracker is part of.
fn expect_member(config: &Config, args: &UnlinkArgs) -> Result<(), String> {
    expect_tracker(config, &args.issue)?;
    let tracker = &args.issue.tracker;
    let mut syncs = config
        .syncs
        .iter()
        .filter(|sync| args.only.as_ref().is_none_or(|only| *only == sync.name));
    if syncs.any(|sync| sync.between.left == *tracker || sync.between.right == *tracker) {
        return Ok(());
    }
    let place = args
        .only
        .as_ref()
        .map_or_else(|| "any sync".to_owned(), |name| format!("the sync {name:?}"));
    Err(format!(
        "{tracker} takes no part in {place}, so {} cannot be linked there; name another sync with --only",
        args.issue
    ))
}

/// A reference as a POSIX shell reads it: `#` begins a comment only at the start of a word.
fn shell(issue: &IssueRef) -> String {
    let text = issue.to_string();
    match text.split_once('#') {
        Some((tracker, key)) if quoted(tracker.as_ref()) == tracker && quoted(key.as_ref()) == key => text,
        Some(_) | None => quoted(text.as_ref()),
    }
}
