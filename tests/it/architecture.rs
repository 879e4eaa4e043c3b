//! The layers point one way: read from the sources, because one crate cannot make the compiler say so.

mod inside;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What each module may name of ours besides itself: a module, or one thing in it. The order is the flow's.
const MAY_NAME: [(&str, &[&str]); 22] = [
    ("model", &[]),
    ("diag", &[]),
    ("env", &[]),
    ("safe", &[]),
    ("playground", &[]),
    ("border", &[]),
    ("config", &["model", "diag"]),
    ("init", &["config"]),
    ("transport", &["tracker::Usage"]),
    ("tracker", &["model", "transport", "border::Syntax"]),
    (
        "plan",
        &[
            "model",
            "config",
            "tracker::Profile",
            "tracker::Holds",
            "tracker::CommentReading",
            "tracker::Shelf",
        ],
    ),
    ("board", &["model"]),
    (
        "reconcile",
        &[
            "model",
            "board",
            "config",
            "plan",
            "border",
            "safe",
            "tracker::Profile",
            "tracker::CommentReading",
            "tracker::Shelf",
        ],
    ),
    (
        "apply",
        &[
            "model",
            "plan",
            "border::Syntax",
            "border::is_writable",
            "tracker::Download",
            "tracker::LocalFile",
            "tracker::Reach",
            "tracker::ReadTracker",
            "tracker::TrackerError",
            "tracker::WriteTracker",
        ],
    ),
    (
        "report",
        &[
            "plan",
            "apply",
            "board",
            "safe",
            "model::Hash",
            "model::PerSide",
            "model::Side",
            "tracker::Usage",
        ],
    ),
    (
        "run",
        &[
            "model",
            "config",
            "env",
            "plan",
            "reconcile",
            "apply",
            "report",
            "safe",
            "tracker",
            "transport",
        ],
    ),
    ("survey", &["model", "diag::codes", "config", "tracker", "safe"]),
    ("ci", &["model", "diag", "env", "config", "report", "safe"]),
    ("cli", &["model::IssueRef"]),
    (
        "commands",
        &[
            "ci",
            "cli",
            "config",
            "diag",
            "env",
            "init",
            "model",
            "playground",
            "reconcile::sync_hash",
            "report",
            "run",
            "safe",
            "survey",
            "apply::End",
            "apply::Taken",
        ],
    ),
    ("lib", &[]),
    ("main", &[]),
];

/// Files over the limit, each with why. A file leaves the list when it shrinks.
const LONG: [(&str, &str); 0] = [];
const LONGEST: usize = 400;

pub(crate) struct Source {
    /// From the root: `src/plan/book.rs`.
    pub(crate) path: String,
    /// Without its tests.
    pub(crate) text: String,
}

impl Source {
    /// The module of the first level it belongs to.
    fn module(&self) -> &str {
        let rest = self.path.trim_start_matches("src/");
        rest.split('/').next().unwrap().trim_end_matches(".rs")
    }

    fn is_in(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }
}

/// Every source of the program, without tests and comments.
pub(crate) fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join("src"), &mut BTreeSet::new(), &mut files);
    files
        .into_iter()
        .map(|file| {
            let path = file.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            let text = std::fs::read_to_string(&file).unwrap().replace("\r\n", "\n");
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            Source {
                path,
                text: code.collect::<Vec<&str>>().join("\n"),
            }
        })
        .collect()
}

/// Every source below a folder that is not declared as a module of tests.
fn collect(folder: &Path, tests: &mut BTreeSet<PathBuf>, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    tests.extend(entries.iter().flat_map(|path| declared_tests(path)));
    for path in entries {
        if tests.contains(&path.with_extension("")) {
            continue;
        }
        if path.is_dir() {
            collect(&path, tests, files);
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
}

/// The modules, as paths without `.rs`, that a source declares for tests only.
fn declared_tests(file: &Path) -> Vec<PathBuf> {
    let Ok(text) = std::fs::read_to_string(file) else {
        return Vec::new();
    };
    let folder = match file.file_stem().and_then(|stem| stem.to_str()) {
        Some("mod" | "lib" | "main") => file.parent().unwrap().to_owned(),
        _ => file.with_extension(""),
    };
    // What is fuzzed is tested too, and is no part of the program either.
    let text = text
        .replace("\r\n", "\n")
        .replace("cfg(any(test, fuzzing))", "cfg(test)");
    let declared = text.split("#[cfg(test)]\n").skip(1).filter_map(|rest| {
        let line = rest.lines().find(|line| !line.trim_start().starts_with("#["))?;
        let name = line.split_once("mod ")?.1.strip_suffix(';')?;
        Some(folder.join(name))
    });
    declared.collect()
}

/// What a source names after `crate::`, as `module::Thing`, or `module` alone.
fn named(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for rest in text.split("crate::").skip(1) {
        let module = word(rest);
        let Some(inner) = rest.strip_prefix(module).and_then(|rest| rest.strip_prefix("::")) else {
            names.insert(module.to_owned());
            continue;
        };
        match inner.strip_prefix('{') {
            Some(list) => {
                let mut depth = 0;
                let inside = |c: &char| {
                    depth += i32::from(*c == '{') - i32::from(*c == '}');
                    depth >= 0
                };
                let list: String = list.chars().take_while(inside).collect();
                for item in list.split(',') {
                    if !word(item.trim()).is_empty() {
                        names.insert(format!("{module}::{}", word(item.trim())));
                    }
                }
            }
            None => {
                names.insert(format!("{module}::{}", word(inner)));
            }
        }
    }
    names
}

fn word(text: &str) -> &str {
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.next().unwrap_or_default()
}

#[test]
fn modules_name_only_what_lies_before_them() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for source in sources() {
        let module = source.module();
        let Some((_, allowed)) = MAY_NAME.iter().find(|(name, _)| *name == module) else {
            panic!(
                "{} is a module that ARCHITECTURE.md and this test do not know",
                source.path
            );
        };
        for name in named(&source.text) {
            let of = name.split("::").next().unwrap();
            checked += 1;
            if of != module && !allowed.contains(&of) && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{} names {name}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(checked > 100, "the sources were read: {checked}");
}

#[test]
fn names_are_read_from_every_form() {
    let text = "use crate::plan::{Act, Book as B,\n    guard::{Stop, check}};\nfn f(x: crate::model::Side) {}\nuse crate::env;";
    let expected = ["env", "model::Side", "plan::Act", "plan::Book", "plan::guard"];
    let found = named(text);
    assert!(expected.iter().all(|name| found.contains(*name)), "{found:?}");
}

#[test]
fn the_core_is_free_of_input_output_clock_and_waiting() {
    let forbidden = [
        "std::fs",
        "std::net",
        "std::env",
        "tokio::",
        "async fn",
        ".await",
        "reqwest",
        "Timestamp::now",
    ];
    for source in sources() {
        if ["model", "plan", "reconcile", "border"].contains(&source.module()) {
            for word in forbidden {
                assert!(!source.text.contains(word), "{} holds {word}", source.path);
            }
        }
    }
}

#[test]
fn trackers_do_not_know_one_another_and_nobody_asks_for_one_by_name() {
    let kinds = ["folder", "github", "gitlab"];
    for source in sources() {
        for kind in kinds {
            let own = source.is_in(&format!("src/tracker/{kind}/"));
            let shared = source.path == "src/tracker/mod.rs" || source.path == "src/run/trackers.rs";
            if own || shared {
                continue;
            }
            let names = named(&source.text);
            let outside = names.contains(&format!("tracker::{kind}"));
            let beside = source.is_in("src/tracker/") && source.text.contains(&format!("super::{kind}::"));
            assert!(!outside && !beside, "{} names the tracker {kind}", source.path);
        }
    }
}

#[test]
fn vendor_crates_stay_with_transport_and_trackers() {
    for source in sources() {
        if source.is_in("src/transport/") || source.is_in("src/tracker/") {
            continue;
        }
        for vendor in ["octocrab", "gitlab"] {
            let uses = source.text.lines().any(|line| {
                let line = line.trim_start();
                line.starts_with(&format!("use {vendor}::")) || line.contains(&format!(" ::{vendor}::"))
            });
            assert!(!uses, "{} uses {vendor}", source.path);
        }
        assert!(!source.text.contains("octocrab::"), "{} names octocrab", source.path);
    }
}

#[test]
fn environment_and_clock_are_read_in_one_place() {
    for source in sources() {
        let clock = ["src/env.rs", "src/transport/pace.rs"].contains(&source.path.as_str());
        for word in ["Timestamp::now", "SystemTime::now", "Zoned::now", "chrono::"] {
            assert!(
                clock || !source.text.contains(word),
                "{} reads the clock: {word}",
                source.path
            );
        }
        // The name the program was called by is no variable.
        let text = source.text.replace("std::env::args_os", "");
        let env = source.path == "src/env.rs";
        assert!(
            env || !text.contains("std::env"),
            "{} reads the environment",
            source.path
        );
    }
}

#[test]
fn files_stay_readable() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for source in sources() {
        let lines = std::fs::read_to_string(root.join(&source.path))
            .unwrap()
            .lines()
            .count();
        let listed = LONG.iter().any(|(path, _)| *path == source.path);
        assert!(
            lines <= LONGEST || listed,
            "{} has {lines} lines: split it",
            source.path
        );
        assert!(
            lines > LONGEST || !listed,
            "{} has {lines} lines: take it off the list",
            source.path
        );
    }
}

#[test]
fn every_module_says_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for source in sources() {
        let text = std::fs::read_to_string(root.join(&source.path)).unwrap();
        assert!(
            text.starts_with("//! "),
            "{} does not open with its purpose",
            source.path
        );
    }
}

#[test]
fn the_page_about_architecture_names_every_module() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let modules: BTreeSet<String> = sources().iter().map(|source| source.module().to_owned()).collect();
    for module in modules {
        assert!(
            page.contains(&format!("| `{module}` |")),
            "ARCHITECTURE.md has no row for {module}"
        );
    }
}
