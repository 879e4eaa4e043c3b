//! `lockstep check`: the mapping file alone; with `--online` also the trackers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use super::{Output, USAGE, in_runtime, load, locate, read};
use crate::cli::{CheckArgs, Common, Format};
use crate::config::{Config, Sync};
use crate::diag::Diagnostic;
use crate::env::{Env, now};
use crate::model::TrackerId;
use crate::run::{OpenTracker, open};
use crate::safe::json as safe_json;
use crate::survey::{Code, Finding, Severity, Survey, human, json as survey_json, markdown, survey};

pub(super) fn run(common: &Common, args: &CheckArgs, env: &Env) -> Output {
    if !args.online && common.format != Format::Human {
        return match common.format {
            Format::Json => for_programs(common, env),
            Format::Human | Format::Markdown => {
                Output::usage("this command prints text or JSON: use `--format human` or `json`\n")
            }
        };
    }
    let (path, config) = match load(common, env) {
        Ok(found) => found,
        Err(output) => return output,
    };
    if args.online {
        return match expect_survey_forms(common) {
            Err(problem) => Output::usage(format!("{problem}\n")),
            Ok(()) => in_runtime(online(common, &path, &config, env)),
        };
    }
    Output::fine(describe(&path, &config))
}

/// The problems of the mapping file and its syncs as JSON, version 1.
fn for_programs(common: &Common, env: &Env) -> Output {
    let found = match locate(common, env) {
        Ok(path) => read(&path, env),
        Err(problem) => Err(vec![problem]),
    };
    let problem = |problem: &Diagnostic| {
        let place = problem.place.as_ref();
        json!({
            "code": problem.code.as_str(), "file": place.map(|place| &place.file), "line": place.map(|place| place.line),
            "column": place.map(|place| place.column), "message": problem.message, "hint": problem.hint,
        })
    };
    let sync = |sync: &Sync| json!({ "name": sync.name, "left": sync.between.left.0, "right": sync.between.right.0 });
    let (problems, syncs): (Vec<Value>, Vec<Value>) = match &found {
        Ok(config) => (Vec::new(), config.syncs.iter().map(sync).collect()),
        Err(problems) => (problems.iter().map(problem).collect(), Vec::new()),
    };
    let whole = json!({ "version": 1, "problems": problems, "syncs": syncs });
    Output {
        out: safe_json(&format!("{whole:#}\n")).into_owned(),
        err: String::new(),
        code: if found.is_ok() { 0 } else { USAGE },
    }
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
    let found = look(config, env).await;
    let out = match common.format {
        Format::Human => format!("{}\n{}", describe(path, config), human(&found)),
        Format::Json => survey_json(&found),
        Format::Markdown => markdown(&found),
    };
    let err = write_survey(common, &found);
    let failed = u8::from(!err.is_empty());
    Output {
        out,
        err,
        code: found.exit_code().max(failed),
    }
}

/// Asks every tracker of the mapping file.
pub(super) async fn look(config: &Config, env: &Env) -> Survey {
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
    found
}

/// Whether every file of `--report` has a form in which what is found can be written.
pub(super) fn expect_survey_forms(common: &Common) -> Result<(), String> {
    let odd = common.report.iter().find(|file| form(file).is_none());
    odd.map_or(Ok(()), |file| {
        Err(format!(
            "{}: what --online finds is written as .json or .md",
            file.display()
        ))
    })
}

/// Writes the files of `--report`, and tells which could not be written.
pub(super) fn write_survey(common: &Common, found: &Survey) -> String {
    let mut problems = String::new();
    for file in &common.report {
        let text = form(file).map(|form| form(found)).unwrap_or_default();
        if let Err(error) = std::fs::write(file, text) {
            problems.push_str(&format!("cannot write the report {}: {error}\n", file.display()));
        }
    }
    problems
}

/// The form of a report file, by its ending.
fn form(file: &Path) -> Option<fn(&Survey) -> String> {
    match file.extension().and_then(|end| end.to_str()) {
        Some("json") => Some(survey_json),
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
