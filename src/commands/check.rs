//! `lockstep check`: the mapping file alone; with `--online` also the trackers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Output, in_runtime, load};
use crate::cli::{CheckArgs, Common, Format};
use crate::config::Config;
use crate::env::{Env, now};
use crate::model::TrackerId;
use crate::run::{OpenTracker, open};
use crate::survey::{Code, Finding, Severity, Survey, human, json, markdown, survey};

pub(super) fn run(common: &Common, args: &CheckArgs, env: &Env) -> Output {
    let (path, config) = match load(common, env) {
        Ok(found) => found,
        Err(output) => return output,
    };
    if args.online {
        return match common.report.iter().find(|file| form(file).is_none()) {
            Some(file) => Output::usage(format!(
                "{}: what --online finds is written as .json or .md\n",
                file.display()
            )),
            None => in_runtime(online(common, &path, &config, env)),
        };
    }
    Output::fine(describe(&path, &config))
}

/// What the mapping file means, in a line for each sync.
pub(super) fn describe(path: &Path, config: &Config) -> String {
    let mut out = format!("{}: fine\n", path.display());
    for sync in &config.syncs {
        let creates = [
            (&sync.between.left, &sync.create.left),
            (&sync.between.right, &sync.create.right),
        ];
        let creates: Vec<String> = creates
            .iter()
            .filter(|(_, rule)| rule.is_some())
            .map(|(name, _)| format!("new issues of {name} cross"))
            .collect();
        let creates = if creates.is_empty() {
            "no issue is created".to_owned()
        } else {
            creates.join(", ")
        };
        out.push_str(&format!(
            "  {}: {} and {}; {creates}\n",
            sync.name, sync.between.left, sync.between.right
        ));
    }
    out
}

async fn online(common: &Common, path: &Path, config: &Config, env: &Env) -> Output {
    let names: BTreeSet<TrackerId> = config.trackers.keys().cloned().collect();
    let opened = open(config, env, &names);
    let readers: BTreeMap<_, _> = opened
        .iter()
        .map(|(name, tracker)| {
            let reader = tracker.as_ref().map(OpenTracker::reader);
            (name.clone(), reader.map_err(Clone::clone))
        })
        .collect();
    let mut found = survey(config, &readers, now()).await;
    unset_keys(config, env, &mut found);
    let out = match common.format {
        Format::Human => format!("{}\n{}", describe(path, config), human(&found)),
        Format::Json => json(&found),
        Format::Markdown => markdown(&found),
    };
    let mut output = Output {
        out,
        err: String::new(),
        code: found.exit_code(),
    };
    for file in &common.report {
        let text = form(file).map(|form| form(&found)).unwrap_or_default();
        if let Err(error) = std::fs::write(file, text) {
            let line = format!("cannot write the report {}: {error}\n", file.display());
            output.err.push_str(&line);
            output.code = output.code.max(1);
        }
    }
    output
}

/// The form of a report file, by its ending.
fn form(file: &Path) -> Option<fn(&Survey) -> String> {
    match file.extension().and_then(|end| end.to_str()) {
        Some("json") => Some(json),
        Some("md") => Some(markdown),
        Some(_) | None => None,
    }
}

/// Variables of trackers are told when those are opened; those of signing keys belong to nobody.
fn unset_keys(config: &Config, env: &Env, found: &mut Survey) {
    let keys = config.signing_key.iter().chain(&config.old_signing_keys);
    for key in keys.filter(|key| env.secret(&key.0).is_none()) {
        found.add(Finding {
            severity: Severity::Error,
            code: Code::VariableUnset,
            on: None,
            message: format!(
                "the environment variable {}, which `signing_key:` names, is not set or empty",
                key.0
            ),
            hint: "set it: without it no marker can be believed".to_owned(),
        });
    }
}
