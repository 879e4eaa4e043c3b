//! A folder of issues as somebody edits it by hand: files are read and written here without the crate under test.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::Timestamp;
use serde_yaml::{Mapping, Value};

/// Every file below a folder with its content and date.
pub type Snapshot = BTreeMap<PathBuf, (SystemTime, Vec<u8>)>;

/// One Markdown file: front matter and the text below it.
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub front: Mapping,
    pub body: String,
}

impl Page {
    /// Reads a file.
    pub fn read(path: &Path) -> Page {
        let text = fs::read_to_string(path).unwrap();
        let Some((front, body)) = text.strip_prefix("---\n").and_then(|rest| rest.split_once("---\n")) else {
            return Page {
                front: Mapping::new(),
                body: text,
            };
        };
        Page {
            front: serde_yaml::from_str(front).unwrap(),
            body: body.trim_start_matches('\n').trim_end_matches('\n').to_owned(),
        }
    }

    /// Writes the file, and the folders above it.
    pub fn write(&self, path: &Path) {
        let front = serde_yaml::to_string(&self.front).unwrap();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("---\n{front}---\n\n{}\n", self.body)).unwrap();
    }

    /// A value as text; empty when there is none.
    pub fn text(&self, key: &str) -> String {
        match self.front.get(key) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Bool(_) | Value::Null | Value::Sequence(_) | Value::Mapping(_) | Value::Tagged(_)) | None => {
                String::new()
            }
        }
    }

    /// A list of names.
    pub fn list(&self, key: &str) -> Vec<String> {
        let items = self.front.get(key).and_then(Value::as_sequence);
        let items = items.into_iter().flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Sets a text.
    pub fn set(&mut self, key: &str, text: &str) {
        self.front.insert(key.into(), text.into());
    }

    /// Sets a text, or takes the key away.
    pub fn set_or_drop(&mut self, key: &str, text: Option<&str>) {
        match text {
            Some(text) => self.set(key, text),
            None => drop(self.front.remove(key)),
        }
    }

    /// Sets a time in seconds; none takes the key away.
    pub fn set_time(&mut self, key: &str, seconds: u64) {
        let text = (seconds > 0).then(|| format!("{seconds}s"));
        self.set_or_drop(key, text.as_deref());
    }

    /// Sets a list of names.
    pub fn set_list(&mut self, key: &str, names: &[String]) {
        let names: Vec<Value> = names.iter().map(|name| name.as_str().into()).collect();
        self.front.insert(key.into(), Value::Sequence(names));
    }
}

/// The file of an issue.
pub fn issue(root: &Path, number: u64) -> PathBuf {
    root.join(format!("{number:04}.md"))
}

/// The folder of an issue's comments.
pub fn comments(root: &Path, number: u64) -> PathBuf {
    root.join(format!("{number:04}/comments"))
}

/// The numbers of the Markdown files in a folder, in order.
pub fn numbers(folder: &Path) -> Vec<u64> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut numbers: Vec<u64> = entries
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.strip_suffix(".md")?.parse().ok())
        .collect();
    numbers.sort_unstable();
    numbers
}

/// Dates a file.
pub fn date(path: &Path, at: Timestamp) {
    let file = fs::File::options().append(true).open(path).unwrap();
    file.set_modified(at.into()).unwrap();
}

/// Everything below a folder.
pub fn snapshot(root: &Path) -> Snapshot {
    let mut found = Snapshot::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let modified = fs::metadata(&path).unwrap().modified().unwrap();
                let content = fs::read(&path).unwrap();
                found.insert(path, (modified, content));
            }
        }
    }
    found
}

/// The files in which two snapshots differ, named below the root.
pub fn differences(root: &Path, before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let mut names: Vec<String> = before
        .keys()
        .chain(after.keys())
        .filter(|path| before.get(*path) != after.get(*path))
        .map(|path| path.strip_prefix(root).unwrap().display().to_string())
        .collect();
    names.sort();
    names.dedup();
    names
}
