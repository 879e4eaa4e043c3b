//! `check --online` as a job: what was found of the trackers, in the log, the summary and annotations.

use anstream::adapter::strip_str;

use super::super::check::write_survey;
use super::super::sync::finish;
use super::{Done, Job};
use crate::ci::{Note, Topic};
use crate::cli::{Common, Format};
use crate::report::{Outcome, Report};
use crate::survey::{Severity, Survey, closing, human, json, markdown, markdown_table};

impl Job<'_> {
    /// What the trackers say; what keeps a sync from working ends the job as a failed run does.
    pub(super) fn look_at_trackers(&mut self, mapping: Done, found: Survey) -> Done {
        self.voice.begin("The trackers");
        // Colours would be shown as what they are written with.
        self.voice.say(&strip_str(&human(&found)).to_string());
        self.voice.end();
        let mut report = mapping.report;
        if found.exit_code() != 0 {
            report.outcome = Outcome::Failed;
        }
        Done {
            report,
            title: closing(&found),
            topic: Topic::Told(markdown_table(&found)),
            found: Some(found),
            ..mapping
        }
    }
}

/// What was asked for by flags: the text on standard output, and which files could not be written.
pub(super) fn asked(common: &Common, report: &Report, found: Option<&Survey>) -> (String, String) {
    let (out, problems) = if let Some(found) = found {
        let form = if common.format == Format::Json { json } else { markdown };
        (form(found), write_survey(common, found))
    } else {
        let output = finish(common, report, "");
        (output.out, output.err)
    };
    // People have the log.
    let out = if common.format == Format::Human {
        String::new()
    } else {
        out
    };
    (out, problems)
}

/// What was found of the trackers and must be seen to.
pub(super) fn noted(found: &Survey) -> Vec<Note> {
    let notes = found.findings.iter().filter_map(|finding| {
        let new = match finding.severity {
            Severity::Error => Note::error,
            Severity::Warning => Note::warning,
            Severity::Note => return None,
        };
        let on = finding.on.as_ref().map_or_else(String::new, |on| format!("{on}: "));
        Some(new(
            format!("check --online: {}", finding.code.as_str()),
            format!("{on}{}\nhint: {}", finding.message, finding.hint),
        ))
    });
    notes.collect()
}
