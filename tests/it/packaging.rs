//! What Lockstep is wrapped in says one thing: the action, its entry script, the GitLab job, the image, the workflows and
//! the examples name the same inputs, files and versions as the program. `.ci/packaging` checks them with other people's
//! tools; this is what those do not see.

mod action;
mod entry;
mod examples;
mod gitlab;
mod image;
mod program;
pub(crate) mod wrapped;

use std::path::{Path, PathBuf};

use serde_yaml::Value;

/// A file of the repository.
fn file(path: &str) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The folder of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A YAML file of one document.
fn yaml(path: &str) -> Value {
    serde_yaml::from_str(&file(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The keys of a table.
fn keys(table: &Value) -> Vec<&str> {
    let table = table.as_mapping().expect("a table");
    table.keys().map(|key| key.as_str().expect("a name")).collect()
}

/// Every file below a folder whose name ends so.
fn under(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(under(&path, ending));
        } else if path.extension().is_some_and(|found| found == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// What stands between two marks, each time.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    let parts = text.split(open).skip(1);
    parts
        .map(|part| part.split_once(close).expect("an end").0.trim())
        .collect()
}
