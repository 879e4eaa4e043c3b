//! What a person should notice: mistakes in the mapping file, what stopped, what failed, what waits for somebody. Annotations
//! where a service has them, lines elsewhere.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::diag::{Diagnostic, Place};
use crate::report::Report;

/// As many of one kind as GitHub keeps of a step.
const MOST: usize = 10;
/// The longest message, in characters: GitHub cuts at 4,096.
const LONGEST: usize = 4_000;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Something did not work.
    Error,
    /// Something waits for a person, or was not as expected.
    Warning,
}

impl Kind {
    /// What it is called, by people and by GitHub's runner.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One thing to notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// How bad it is.
    pub kind: Kind,
    /// What it is about, in a few words.
    pub title: String,
    /// Where in the repository, from its root.
    pub place: Option<Place>,
    /// What it is and what to do; may have several lines.
    pub message: String,
}

impl Note {
    /// An error about no place.
    pub fn error(title: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Error,
            title: title.into(),
            place: None,
            message: message.into(),
        }
    }

    /// A warning about no place.
    pub fn warning(title: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Warning,
            ..Self::error(title, message)
        }
    }

    /// A mistake in the mapping file.
    pub fn mistake(problem: &Diagnostic, workspace: &Path) -> Self {
        Self {
            place: problem.place.as_ref().map(|place| Place {
                file: from_root(Path::new(&place.file), workspace),
                ..place.clone()
            }),
            ..Self::error(
                format!("mapping file: {}", problem.code),
                format!("{}\nhint: {}", problem.message, problem.hint),
            )
        }
    }
}

/// A path as services want it: from the root of the repository, without `.`.
fn from_root(path: &Path, workspace: &Path) -> String {
    let path = path.strip_prefix(workspace).unwrap_or(path);
    let parts: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
    parts.display().to_string()
}

/// What a run leaves to be noticed: one note for each sync that stopped, each step that failed, and each code of held things.
pub fn of_report(report: &Report) -> Vec<Note> {
    let mut notes = Vec::new();
    for sync in &report.syncs {
        for why in &sync.stopped {
            notes.push(Note::error(format!("{} stopped", sync.name), why.clone()));
        }
    }
    for step in report.steps.iter().filter(|step| step.outcome == "failed") {
        let why = step.error.as_deref().unwrap_or("no reason is known");
        notes.push(Note::error(
            format!("{} failed", step.on),
            format!("{} ({}): {why}", step.op, step.why),
        ));
    }
    let mut held: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, one) in report.held.iter().enumerate() {
        held.entry(one.code).or_default().push(at);
    }
    for (code, all) in held {
        let Some(first) = all.first().and_then(|at| report.held.get(*at)) else {
            continue;
        };
        let more = match all.len() - 1 {
            0 => String::new(),
            more => format!("\nand {more} more with this code; the report has them all"),
        };
        notes.push(Note::warning(
            format!("held: {code}"),
            format!("{}: {}\n{}{more}", first.on, first.message, first.hint),
        ));
    }
    notes
}

/// At most as many of each kind as a service keeps, the last of which says how many more there are; each within its length.
pub fn within_limits(notes: &[Note]) -> Vec<Note> {
    let mut kept: Vec<Note> = Vec::new();
    for kind in [Kind::Error, Kind::Warning] {
        let mut of_kind: Vec<Note> = notes.iter().filter(|note| note.kind == kind).cloned().collect();
        let more = of_kind.len().saturating_sub(MOST);
        of_kind.truncate(MOST);
        for note in &mut of_kind {
            note.message = cut(&note.message);
        }
        if let Some(last) = of_kind.last_mut().filter(|_| more > 0) {
            let (noun, all) = (kind.name(), "the log and the report have them all");
            let s = if more == 1 { "" } else { "s" };
            last.message.push_str(&format!("\nand {more} more {noun}{s}; {all}"));
        }
        kept.extend(of_kind);
    }
    kept
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let head: String = text.chars().take(LONGEST - 1).collect();
    head + "…"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Code;

    #[test]
    fn the_tenth_of_a_kind_says_how_many_more() {
        let notes: Vec<Note> = (0..13)
            .flat_map(|n| [Note::error("e", format!("{n}")), Note::warning("w", format!("{n}"))])
            .collect();
        let kept = within_limits(&notes[..22]);
        assert_eq!(kept.len(), 20);
        assert_eq!(
            kept[9].message,
            "9\nand 1 more error; the log and the report have them all"
        );
        let kept = within_limits(&notes);
        assert_eq!(kept[8].message, "8");
        assert_eq!(
            kept[19].message,
            "9\nand 3 more warnings; the log and the report have them all"
        );
        let long = within_limits(&[Note::error("e", "é".repeat(5_000))]);
        assert_eq!(long[0].message.chars().count(), LONGEST);
    }

    #[test]
    fn a_mistake_is_placed_from_the_root_of_the_repository() {
        for (file, wanted) in [
            ("./lockstep.yml", "lockstep.yml"),
            ("sub/./x.yml", "sub/x.yml"),
            ("/builds/acme/api/sub/x.yml", "sub/x.yml"),
            ("/elsewhere/x.yml", "/elsewhere/x.yml"),
        ] {
            let problem = Diagnostic {
                code: Code::UnknownKey,
                place: Some(Place {
                    file: file.into(),
                    line: 3,
                    column: 4,
                }),
                message: "unknown key `x`".into(),
                hint: "did you mean `y`?".into(),
            };
            let note = Note::mistake(&problem, Path::new("/builds/acme/api"));
            assert_eq!(note.place.unwrap().file, wanted);
            assert_eq!(note.title, "mapping file: unknown-key");
        }
    }
}
