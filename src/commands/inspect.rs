//! `lockstep inspect`: an issue's markers in plain words.

use std::collections::BTreeSet;

use super::{Output, load};
use crate::cli::Common;
use crate::env::Env;
use crate::model::{Base, End, Hash, Issue, IssueKey, IssueRef, Lookup, Marker, Payload, PerSide, Side};
use crate::reconcile::sync_hash;
use crate::run::open;
use crate::safe::Safe;

pub(super) async fn run(common: &Common, at: &IssueRef, env: &Env) -> Output {
    let (_, config) = match load(common, env) {
        Ok(found) => found,
        Err(output) => return output,
    };
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
    match found {
        Ok(Lookup::Found(issue)) => Output::fine(describe(&config.syncs, at, &issue)),
        Ok(Lookup::Deleted) => Output {
            out: String::new(),
            err: format!("{at} was deleted, or never existed\n"),
            code: 3,
        },
        Ok(Lookup::Moved(to)) => {
            let to = to.unwrap_or_else(|| "another project".into());
            Output {
                out: String::new(),
                err: format!("{at} was moved to {}\n", Safe(&to)),
                code: 3,
            }
        }
        Ok(Lookup::Hidden) => Output {
            out: String::new(),
            err: format!("{at} does not exist, or the token cannot see it\n"),
            code: 3,
        },
        Err(error) => Output {
            out: String::new(),
            err: format!("{error}\n  hint: {}\n", error.hint()),
            code: 3,
        },
    }
}

fn describe(syncs: &[crate::config::Sync], at: &IssueRef, issue: &Issue) -> String {
    let mut out = format!("{at} ({})\n", Safe(&issue.url));
    if issue.body.markers.is_empty() && issue.body.bad.is_empty() {
        out.push_str("  no marker: it is not linked\n");
    }
    for bad in &issue.body.bad {
        out.push_str(&format!("  a marker that cannot be read: {bad}\n"));
    }
    for marker in &issue.body.markers {
        out.push_str(&one(syncs, marker));
    }
    if issue.body.written_below {
        out.push_str("  somebody wrote below the marker; that is fine, the next write moves the marker to the end\n");
    }
    out
}

fn one(syncs: &[crate::config::Sync], marker: &Marker) -> String {
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
        if let Some(survivor) = survivor {
            let survivor = Safe(&survivor.0);
            text.push_str(&format!(
                "    out of the sync for good; #{survivor} stands for the link\n"
            ));
        }
        text
    };
    match &marker.payload {
        Payload::State(mark) => {
            let text = said("state", &mark.sync, &mark.ends, mark.survivor.as_ref());
            text + &base(&mark.base)
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
