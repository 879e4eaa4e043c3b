//! Turns the raw tree into a valid [`Config`], or says everything that keeps it from being one.
//!
//! Imports the raw tree, its readers and the valid types. Every reader that gives nothing back has reported why, so a
//! file without problems is a file without gaps.

mod attachments;
mod fields;
mod maps;
mod people;
mod sides;
mod sync;
mod tracker;

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;

use super::problems::{Problems, Spot, instead, shown};
use super::raw::{self, Content, Node};
use super::read::{Table, Value};
use super::{Config, SecretRef, Sync};
use crate::diag::{Code, Diagnostic};
use crate::model::{Hash, TrackerId};
use sides::Trackers;
pub use tracker::{is_github_repository, is_gitlab_project};

/// Largest mapping file this program reads, in bytes.
pub(super) const FILE_MAX: usize = 1 << 20;

/// Reads a mapping file's text. `path` is what problems are named after, and its folder is what folder trackers are
/// relative to; nothing is read from disk. All problems come at once, sorted by line.
pub fn load(text: &str, path: &Path) -> Result<Config, Vec<Diagnostic>> {
    let mut problems = Problems::new(path);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > FILE_MAX {
        too_large(&mut problems);
        return Err(problems.finish());
    }
    let Some(root) = raw::parse(text, &mut problems) else {
        if problems.is_empty() {
            empty_file(&mut problems);
        }
        return Err(problems.finish());
    };
    let config = whole(&root, path, &mut problems).map(|config| Config {
        fingerprint: Hash::of("mapping file", text),
        ..config
    });
    match config {
        Some(config) if problems.is_empty() => Ok(config),
        _ => Err(problems.finish()),
    }
}

/// Reports a file that is too large.
pub(super) fn too_large(problems: &mut Problems) {
    let message = "the mapping file is larger than 1 MiB";
    problems.add(
        Spot::START,
        Code::TooLarge,
        message,
        "is this the right file? `--config` names another",
    );
}

fn empty_file(problems: &mut Problems) {
    let hint = "begin with `version: 1`; `lockstep try` makes a playground with a commented file";
    problems.add(Spot::START, Code::EmptyFile, "the mapping file holds nothing", hint);
}

fn whole(root: &Node, path: &Path, problems: &mut Problems) -> Option<Config> {
    if matches!(root.content, Content::Null) {
        empty_file(problems);
        return None;
    }
    if !matches!(root.content, Content::Table(_)) {
        let message = format!("a mapping file is a table of keys, not {}", root.content.kind());
        problems.add(root.at, Code::WrongType, message, "begin with `version: 1`");
        return None;
    }
    let value = Value {
        key: "",
        key_at: root.at,
        node: root,
    };
    let table = value.table(&["version", "trackers", "signing_key", "people", "syncs"], problems)?;
    version(table, problems);
    let folder = path.parent().unwrap_or(Path::new(""));
    let trackers = tracker::trackers(table, folder, problems);
    let mut signing_keys = table
        .get("signing_key")
        .map(|v| signing_keys(v, problems))
        .unwrap_or_default();
    let signing_key = signing_keys.pop_front();
    let people = people::people(table, &trackers, problems);
    let syncs = sync::syncs(table, &trackers, problems);
    Some(Config {
        trackers: valid(trackers),
        signing_key,
        old_signing_keys: signing_keys.into(),
        people,
        syncs,
        fingerprint: Hash::of("mapping file", ""),
    })
}

/// One key, or a list: the first signs, the others signed before.
fn signing_keys(value: Value<'_>, problems: &mut Problems) -> VecDeque<SecretRef> {
    if !matches!(value.node.content, Content::List(_)) {
        return tracker::secret(value, problems).into_iter().collect();
    }
    let mut keys = VecDeque::new();
    for item in value.list(problems).into_iter().flatten() {
        let Some(key) = tracker::secret(item, problems) else {
            continue;
        };
        if keys.contains(&key) {
            let hint = "the first of the list signs, the others are keys that signed before";
            item.refuse(Code::BadValue, "this key is in the list already", hint, problems);
        }
        keys.push_back(key);
    }
    if matches!(&value.node.content, Content::List(items) if items.is_empty()) {
        let hint = "write `${NAME}`; without the key `signing_key` markers are not signed";
        value.refuse(Code::BadValue, "the list is empty", hint, problems);
    }
    keys
}

fn valid(trackers: Trackers) -> BTreeMap<TrackerId, super::TrackerConfig> {
    let named = trackers
        .into_iter()
        .filter_map(|(name, tracker)| Some((TrackerId(name), tracker?)));
    named.collect()
}

fn version(table: Table<'_>, problems: &mut Problems) {
    let Some(value) = table.need("version", problems) else {
        return;
    };
    if let Some(number) = value.count(problems).filter(|n| *n != 1) {
        let hint = "this program reads `version: 1`; a newer file needs a newer program";
        value.refuse(
            Code::UnsupportedVersion,
            format!("there is no version {number}"),
            hint,
            problems,
        );
    }
}

/// The sync of that name, or what to say when there is none.
pub fn find_sync<'c>(config: &'c Config, name: &str) -> Result<&'c Sync, Diagnostic> {
    config.syncs.iter().find(|s| s.name == name).ok_or_else(|| Diagnostic {
        code: Code::UnknownSync,
        place: None,
        message: format!("there is no sync {}", shown(name)),
        hint: instead(name, config.syncs.iter().map(|s| s.name.as_str())),
    })
}
