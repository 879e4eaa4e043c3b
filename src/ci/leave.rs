//! What a job leaves behind in files: the report, the summary, and outputs for later steps. Nothing is written outside the folder
//! of the report and the files that the service names.

use std::fs::OpenOptions;
use std::hash::{BuildHasher as _, RandomState};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::json;
use url::Url;

use super::service::Service;
use super::verdict::is_changed;
use crate::report::Report;

/// The files of the report that could be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// The report as JSON.
    pub plan: Option<PathBuf>,
    /// The report as a page.
    pub report: Option<PathBuf>,
    /// The summary.
    pub summary: Option<PathBuf>,
}

/// What later steps can read.
#[derive(Clone, Debug)]
pub struct Results<'a> {
    /// What was done; nothing where inputs or mapping file are wrong.
    pub report: Option<&'a Report>,
    /// The exit code.
    pub code: u8,
    /// The files of the report.
    pub files: &'a Files,
}

/// A folder to leave files in, made when the first is written.
#[derive(Debug)]
pub struct Folder<'a> {
    dir: &'a Path,
    /// Whether it is there, once that was tried.
    made: Option<bool>,
    /// What could not be written, for people.
    pub problems: Vec<String>,
}

impl<'a> Folder<'a> {
    /// The folder at this path.
    pub fn at(dir: &'a Path) -> Self {
        Self {
            dir,
            made: None,
            problems: Vec::new(),
        }
    }

    /// Writes a file and tells its path; a problem is kept, and nothing else becomes of it.
    pub fn write(&mut self, name: &str, text: &str) -> Option<PathBuf> {
        if !self.is_made() {
            return None;
        }
        let path = self.dir.join(name);
        match std::fs::write(&path, text) {
            Ok(()) => Some(path),
            Err(error) => {
                self.problems.push(format!("cannot write {}: {error}", path.display()));
                None
            }
        }
    }

    fn is_made(&mut self) -> bool {
        if let Some(made) = self.made {
            return made;
        }
        let made = std::fs::create_dir_all(self.dir);
        if let Err(error) = &made {
            self.problems
                .push(format!("cannot make the folder {}: {error}", self.dir.display()));
        }
        *self.made.insert(made.is_ok())
    }
}

/// Adds to a file of the service's.
pub fn append(path: &Path, text: &str) -> Result<(), String> {
    let mut open = OpenOptions::new();
    open.append(true).create(true);
    let written = open.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// The outputs as the file of a GitHub step takes them. What ends a value is another in each run, so that no value ends itself.
pub fn outputs(results: &Results<'_>) -> String {
    let random = RandomState::new();
    let end = format!("end_{:016x}{:016x}", random.hash_one(0_u8), random.hash_one(1_u8));
    let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let rows = [
        ("status", status(results).to_owned()),
        ("changed", changed(results).to_string()),
        ("counts", counts(results).to_string()),
        ("exit-code", results.code.to_string()),
        ("plan", path(&results.files.plan)),
        ("report", path(&results.files.report)),
        ("summary", path(&results.files.summary)),
    ];
    let rows = rows.map(|(name, value)| format!("{name}<<{end}\n{value}\n{end}\n"));
    rows.concat()
}

/// The outputs as GitLab's dotenv report takes them: words and numbers, one line each. There is no path of the summary, for
/// `LOCKSTEP_SUMMARY` is an input, and a later job inherits what stands here.
pub fn dotenv(results: &Results<'_>, workspace: &Path) -> String {
    let mut out = String::new();
    let mut row = |name: &str, value: &str| {
        // A line end in a path would begin a variable of its own.
        if !value.chars().any(char::is_control) {
            out.push_str(&format!("LOCKSTEP_{name}={value}\n"));
        }
    };
    row("STATUS", status(results));
    row("CHANGED", &changed(results).to_string());
    row("EXIT_CODE", &results.code.to_string());
    for (name, path) in [("PLAN", &results.files.plan), ("REPORT", &results.files.report)] {
        let path = path.as_ref().map(|path| path.strip_prefix(workspace).unwrap_or(path));
        row(name, &path.map(|path| path.display().to_string()).unwrap_or_default());
    }
    if let Some(counts) = counts(results).as_object() {
        for (name, count) in counts {
            row(&name.to_uppercase(), &count.to_string());
        }
    }
    out
}

/// GitLab's annotations: a link to the report on the page of the job. None where the report is no artifact.
pub fn links(service: &Service, files: &Files) -> Option<String> {
    let report = files.report.as_ref().or(files.summary.as_ref())?;
    let inside = report.strip_prefix(&service.workspace).ok()?;
    let mut url: Url = service.job.clone()?;
    url.path_segments_mut()
        .ok()?
        .pop_if_empty()
        .extend(["artifacts", "file"])
        .extend(inside.iter().map(|part| part.to_string_lossy().into_owned()));
    let link = json!({ "external_link": { "label": "Issue sync report", "url": url.as_str() } });
    Some(format!("{}\n", json!({ "Lockstep": [link] })))
}

fn status(results: &Results<'_>) -> &'static str {
    results.report.map_or("failed", |report| report.outcome.name())
}

fn changed(results: &Results<'_>) -> bool {
    results.report.is_some_and(is_changed)
}

fn counts(results: &Results<'_>) -> serde_json::Value {
    let totals = results.report.map(|report| report.totals).unwrap_or_default();
    serde_json::to_value(totals).unwrap_or_default()
}
