//! The text of a dashboard issue. It is written into a tracker: foreign text in it is plain, on one line and short.

use jiff::Timestamp;

use super::markdown::code;
use super::words::counts;
use super::{HeldReport, Outcome, Report, StepReport, SyncReport};
use crate::board::offer;
use crate::model::{Hash, PerSide, Side};
use crate::plan::{Field, Question};
use crate::safe::{SafeHint, SafeMarkdown};

/// Longest list of one kind, in items and in characters. What does not fit is counted.
const MOST: usize = 25;
const LONGEST: usize = 14_000;

/// What a dashboard is made of.
#[derive(Debug)]
pub struct BoardView<'a> {
    /// The sync, its counts, and what stopped it.
    pub sync: &'a SyncReport,
    /// How many links there are.
    pub links: u64,
    /// The run's steps.
    pub steps: &'a [StepReport],
    /// Questions that are still open.
    pub questions: &'a [Question],
    /// What was held besides questions.
    pub held: &'a [HeldReport],
    /// Text of the sides may be shown where the dashboard is.
    pub show: bool,
    /// When everything was looked at last.
    pub whole: Option<Timestamp>,
    /// The time of the run.
    pub now: Timestamp,
}

/// A dashboard's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardText {
    /// The whole of it.
    pub text: String,
    /// Fingerprint of what it says, the run that says it aside.
    pub content: Hash,
}

impl Report {
    /// Adds a step of the sync that was added last, which ended it so.
    pub fn add_step(&mut self, step: StepReport, ended: Outcome) {
        if let Some(sync) = self.syncs.last_mut() {
            let failed = u64::from(step.outcome == "failed");
            sync.totals.failed += failed;
            self.totals.failed += failed;
            sync.outcome = sync.outcome.max(ended);
        }
        self.outcome = self.outcome.max(ended);
        self.steps.push(step);
    }
}

/// The text of a dashboard.
pub fn board(view: &BoardView<'_>) -> BoardText {
    let failed: Vec<&StepReport> = view.steps.iter().filter(|step| step.outcome == "failed").collect();
    let waiting = view.steps.iter().filter(|step| waits(step)).count();
    let day = view.whole.map_or_else(|| "never".to_owned(), day);
    let mut state = format!(
        "| links | {} |\n| conflicts to decide | {} |\n| held besides | {} |\n| failed | {} |\n| waiting for the next run | {waiting} \
         |\n| everything looked at last on | {day} |\n",
        view.links,
        view.questions.len(),
        view.held.len(),
        failed.len(),
    );
    let mut rest = String::new();
    let questions = view.questions.iter().map(|question| asked(view, question));
    section(
        &mut rest,
        "Conflicts",
        "Tick what shall stand on both sides. The next run carries it over; a title or body that loses is kept as a comment.",
        questions,
    );
    let held = view.held.iter().map(|held| {
        let at = format!("- {} `{}`", code(&held.on), held.code);
        if view.show {
            format!("{at}: {} ({})\n", SafeMarkdown(&held.message), SafeHint(&held.hint))
        } else {
            format!("{at}\n")
        }
    });
    section(
        &mut rest,
        "Held",
        "Seen, and not acted on until somebody does something about it.",
        held,
    );
    let failed = failed.into_iter().map(|step| {
        let error = step
            .error
            .as_deref()
            .filter(|_| view.show)
            .unwrap_or("see the log of the run");
        format!(
            "- {} {}: {}\n",
            SafeMarkdown(step.op),
            code(&step.on),
            SafeMarkdown(error)
        )
    });
    section(&mut rest, "Failed", "The next run tries again.", failed);
    let stopped = view.sync.stopped.iter().map(|why| format!("- {}\n", SafeMarkdown(why)));
    section(&mut rest, "Stopped", "The last run did not come to its end.", stopped);
    let content = Hash::of("dashboard", &format!("{state}{rest}"));
    state.push_str(&format!("| last run with news | {} |\n", last(view)));
    let opening = format!(
        "Lockstep writes this issue: how the sync {} between {} and {} stands. It is written anew when that changes; ticks in \
         its boxes are read, anything else written here is lost.\n\n",
        code(&view.sync.name),
        code(&view.sync.left),
        code(&view.sync.right),
    );
    BoardText {
        text: format!("{opening}| | |\n|---|---|\n{state}{}", rest.trim_end()),
        content,
    }
}

/// Whether a step was planned and not tried.
fn waits(step: &StepReport) -> bool {
    matches!(step.outcome, "skipped" | "planned")
}

fn last(view: &BoardView<'_>) -> String {
    let at = view.now.strftime("%Y-%m-%d %H:%M UTC");
    let mut what = counts(&view.sync.totals);
    if what.is_empty() {
        "nothing to do".clone_into(&mut what);
    }
    format!("{at}: {what}")
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

fn asked(view: &BoardView<'_>, question: &Question) -> String {
    let names = PerSide::new(&view.sync.left, &view.sync.right);
    let at = |side: Side| code(&format!("{}#{}", names.get(side), question.keys.get(side)));
    let shows = view.show && !question.confidential || question.field == Field::Status;
    let mut item = format!(
        "- {} of {} and {}\n",
        question.field.name().replace('_', " "),
        at(Side::Left),
        at(Side::Right)
    );
    for side in Side::BOTH {
        let value = question.values.get(side);
        let words = match (shows, value.trim().is_empty()) {
            (false, _) => String::new(),
            (true, true) => ": nothing".to_owned(),
            (true, false) => format!(": {}", SafeMarkdown(value)),
        };
        let words = format!("keep {}{words}", code(names.get(side)));
        item.push_str(&format!(
            "  {}\n",
            offer(&question.id, side, question.chosen == Some(side), &words)
        ));
    }
    item
}

/// A heading with a list below it; nothing where there is nothing to list.
fn section(out: &mut String, title: &str, about: &str, items: impl ExactSizeIterator<Item = String>) {
    let all = items.len();
    if all == 0 {
        return;
    }
    out.push_str(&format!("\n### {title}\n\n{about}\n\n"));
    let (mut shown, mut long) = (0, 0);
    for item in items.take(MOST) {
        long += item.chars().count();
        if long > LONGEST {
            break;
        }
        out.push_str(&item);
        shown += 1;
    }
    if shown < all {
        out.push_str(&format!("\n… and {} more.\n", all - shown));
    }
}
