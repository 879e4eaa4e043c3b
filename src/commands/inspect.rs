//! `lockstep inspect`: an issue's markers in plain words, and what a run makes of them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::sync::Progress;
use super::{Output, load};
use crate::cli::{Common, Format};
use crate::config::{Config, Sync};
use crate::env::{Env, now};
use crate::model::{Base, End, Hash, Issue, IssueKey, IssueRef, Lookup, Marker, Payload, PerSide, Side};
use crate::reconcile::sync_hash;
use crate::report::{Report, SyncReport};
use crate::run::{Request, open, sync};
use crate::safe::{Safe, json as safe_json};

pub(super) async fn run(common: &Common, at: &IssueRef, env: &Env) -> Output {
    let (_, config) = match load(common, env) {
        Ok(found) => found,
        Err(output) => return output,
    };
    if common.format == Format::Markdown {
        return Output::usage("this command prints text or JSON: use `--format human` or `json`\n");
    }
    if !config.trackers.contains_key(&at.tracker) {
        let names: Vec<&str> = config.trackers.keys().map(|name| name.0.as_str()).collect();
        return Output::usage(format!(
            "there is no tracker {:?} in the mapping file; it names: {}\n",
            at.tracker.0,
            names.join(", ")
        ));
    }
    let opened = open(&config, env, &BTreeSet::from([at.tracker.clone()]));
    let found = match opened.get(&at.tracker) {
        Some(Ok(tracker)) => tracker.reader().issue(&at.key).await,
        Some(Err(error)) => Err(error.clone()),
        None => return Output::usage(format!("there is no tracker {}\n", at.tracker)),
    };
    let missing = |what: String| Output {
        out: String::new(),
        err: what,
        code: 3,
    };
    match found {
        Ok(Lookup::Found(issue)) => {
            let report = plan(common, &config, env, at).await;
            Output::fine(match common.format {
                Format::Json => as_json(&config.syncs, at, &issue, &report),
                Format::Human | Format::Markdown => describe(&config.syncs, at, &issue, &report),
            })
        }
        Ok(Lookup::Deleted) => missing(format!("{at} was deleted, or never existed\n")),
        Ok(Lookup::Moved(to)) => {
            let to = to.unwrap_or_else(|| "another project".into());
            missing(format!("{at} was moved to {}\n", Safe(&to)))
        }
        Ok(Lookup::Hidden) => missing(format!("{at} does not exist, or the token cannot see it\n")),
        Err(error) => missing(format!("{error}\n  hint: {}\n", error.hint())),
    }
}

/// What a run would make of the issue: whether markers are believed is decided there and nowhere else.
async fn plan(common: &Common, config: &Config, env: &Env, at: &IssueRef) -> Report {
    let request = Request {
        issue: Some(at.clone()),
        ..Request::default()
    };
    let progress = Progress::new(common.quiet);
    let report = sync(config, env, &request, now(), &progress).await;
    progress.finish();
    report
}

fn describe(syncs: &[Sync], at: &IssueRef, issue: &Issue, report: &Report) -> String {
    let mut out = format!("{at} ({})\n", Safe(&issue.url));
    if issue.body.markers.is_empty() && issue.body.bad.is_empty() {
        out.push_str("  no marker\n");
    }
    for bad in &issue.body.bad {
        out.push_str(&format!("  a marker that cannot be read: {bad}\n"));
    }
    for marker in &issue.body.markers {
        out.push_str(&one(syncs, at, marker));
    }
    if issue.body.written_below {
        out.push_str("  somebody wrote below the marker; that is fine, the next write moves the marker to the end\n");
    }
    for told in concerned(report, at) {
        let Told {
            sync,
            twin,
            held,
            steps,
        } = told;
        match twin {
            Some(twin) => out.push_str(&format!("  sync {}: linked to {twin}\n", sync.name)),
            None if sync.stopped.is_empty() => out.push_str(&format!("  sync {}: not linked\n", sync.name)),
            None => out.push_str(&format!(
                "  sync {}: cannot be told: {}\n",
                sync.name,
                sync.stopped.join("; ")
            )),
        }
        for (code, message, hint) in held {
            out.push_str(&format!("    held, {code}: {message}\n      hint: {hint}\n"));
        }
        for (op, why) in steps {
            out.push_str(&format!("    the next run: {op} ({why})\n"));
        }
    }
    out
}

/// What one sync makes of the issue.
struct Told<'r> {
    sync: &'r SyncReport,
    twin: Option<&'r str>,
    /// Code, message and hint of what is held about it.
    held: Vec<(&'r str, &'r str, &'r str)>,
    /// What is to be written to it, and why.
    steps: Vec<(&'r str, &'r str)>,
}

fn concerned<'r>(report: &'r Report, at: &IssueRef) -> impl Iterator<Item = Told<'r>> {
    let own = at.to_string();
    let tracker = at.tracker.0.clone();
    let syncs = report.syncs.iter();
    syncs
        .filter(move |sync| sync.left == tracker || sync.right == tracker)
        .map(move |sync| {
            let links = report.links.iter().filter(|link| link.sync == sync.name);
            let twin = links.filter_map(|link| match (link.left.as_deref(), link.right.as_deref()) {
                (Some(left), Some(right)) if left == own => Some(right),
                (Some(left), Some(right)) if right == own => Some(left),
                _ => None,
            });
            let held = report
                .held
                .iter()
                .filter(|held| held.sync == sync.name && held.on == own);
            let steps = report
                .steps
                .iter()
                .filter(|step| step.sync == sync.name && step.on == own);
            Told {
                sync,
                twin: twin.into_iter().next(),
                steps: steps.map(|step| (step.op, &*step.why)).collect(),
                held: held.map(|held| (held.code, &*held.message, &*held.hint)).collect(),
            }
        })
}

/// The same for programs, version 1.
fn as_json(syncs: &[Sync], at: &IssueRef, issue: &Issue, report: &Report) -> String {
    let markers = issue.body.markers.iter().map(|marker| {
        let (kind, sync) = match &marker.payload {
            Payload::State(mark) => ("state", Some(&mark.sync)),
            Payload::Pointer(mark) => ("pointer", Some(&mark.sync)),
            Payload::Comment(_) => ("comment", None),
            Payload::Board(mark) => ("board", Some(&mark.sync)),
        };
        let named = syncs
            .iter()
            .find(|one| sync.is_some_and(|hash| sync_hash(&one.name) == *hash));
        json!({ "kind": kind, "link": marker.link.0, "sync": named.map(|sync| &sync.name) })
    });
    let told = concerned(report, at).map(|told| {
        let held = told.held.iter();
        let held = held.map(|(code, message, hint)| json!({ "code": code, "message": message, "hint": hint }));
        let steps = told.steps.iter().map(|(op, why)| json!({ "op": op, "why": why }));
        json!({
            "name": told.sync.name, "twin": told.twin, "stopped": told.sync.stopped, "held": held.collect::<Vec<Value>>(),
            "steps": steps.collect::<Vec<Value>>(),
        })
    });
    let whole = json!({
        "version": 1, "issue": at.to_string(), "url": Safe(&issue.url).to_string(),
        "markers": markers.collect::<Vec<Value>>(),
        "unreadable": issue.body.bad.iter().map(ToString::to_string).collect::<Vec<String>>(),
        "syncs": told.collect::<Vec<Value>>(),
    });
    safe_json(&format!("{whole:#}\n")).into_owned()
}

fn one(syncs: &[Sync], at: &IssueRef, marker: &Marker) -> String {
    let name = |hash: &Hash| {
        let found = syncs.iter().find(|sync| sync_hash(&sync.name) == *hash);
        found.map_or_else(
            || "a sync the mapping file does not name".to_owned(),
            |sync| format!("sync {}", sync.name),
        )
    };
    let end = |end: &End| match &end.key {
        Some(key) => Safe(&format!("{}#{key}", end.tracker)).to_string(),
        None => Safe(&format!("{} (this issue)", end.tracker)).to_string(),
    };
    let ends = |ends: &PerSide<End>| format!("{} and {}", end(&ends.left), end(&ends.right));
    let said = |kind: &str, sync: &Hash, ends_of: &PerSide<End>, survivor: Option<&IssueKey>| {
        let mut text = format!("  {kind} of link {}, {}: {}\n", marker.link, name(sync), ends(ends_of));
        match survivor {
            Some(own) if *own == at.key => text.push_str("    parted: out of the sync for good\n"),
            Some(other) => {
                let other = Safe(&other.0).to_string();
                text.push_str(&format!(
                    "    a second twin of one issue: out of the sync for good, #{other} stands for the link\n"
                ));
            }
            None => {}
        }
        text
    };
    match &marker.payload {
        Payload::State(mark) => {
            let text = said("state", &mark.sync, &mark.ends, mark.survivor.as_ref());
            match mark.survivor {
                Some(_) => text,
                None => text + &base(&mark.base),
            }
        }
        Payload::Pointer(mark) => said("pointer", &mark.sync, &mark.ends, mark.survivor.as_ref()),
        Payload::Comment(mark) => format!("  copy of comment {} of link {}\n", Safe(&mark.source), marker.link),
        Payload::Board(mark) => {
            let seen = |second: i64| match jiff::Timestamp::from_second(second) {
                Ok(at) if second > 0 => at.to_string(),
                Ok(_) | Err(_) => "nothing yet".to_owned(),
            };
            format!(
                "  dashboard of {}, issue {}\n    seen up to: left {}, right {}\n",
                name(&mark.sync),
                end(&mark.at),
                seen(mark.seen.left),
                seen(mark.seen.right)
            )
        }
    }
}

fn base(base: &Base) -> String {
    let when =
        jiff::Timestamp::from_second(base.when).map_or_else(|_| "an unknown time".to_owned(), |at| at.to_string());
    let mut text = format!("    both sides agreed at {when} on:\n");
    for (side, word) in [(Side::Left, "left"), (Side::Right, "right")] {
        let one = base.sides.get(side);
        let status = one
            .status()
            .map_or_else(|| "a status still to be settled".to_owned(), |s| s.to_string());
        let (labels, people) = one.counts();
        let comments = if one.marks.count == u64::MAX {
            "comments to be read again".into()
        } else {
            format!("comments: {}", one.marks.count)
        };
        text.push_str(&format!(
            "    {word}: {status}, labels: {labels}, assignees: {people}, {comments}\n"
        ));
    }
    text
}
