//! A run as a job's log tells it: a part for each sync with a line for each step, what was held, and a closing block.

use super::voice::Voice;
use super::words::{duration, link, requests, what};
use crate::report::{AFTER_A_GUARD, Outcome, Report, SyncReport, told};

/// As many lines of one part as anybody reads; the report has them all.
const MOST: usize = 1_000;

/// Tells what each sync did, and what was held.
pub fn tell(report: &Report, voice: &mut dyn Voice) {
    for sync in &report.syncs {
        tell_sync(report, sync, voice);
    }
    if !report.held.is_empty() {
        voice.begin(&format!("Seen and not acted on: {}", report.held.len()));
        for held in report.held.iter().take(MOST) {
            voice.say(&format!("  {} {}: {}", held.on, held.code, held.message));
            voice.say(&format!("      {}", held.hint));
        }
        say_more(report.held.len(), voice);
        voice.end();
    }
}

fn tell_sync(report: &Report, sync: &SyncReport, voice: &mut dyn Voice) {
    let steps = report.steps.iter().filter(|step| step.sync == sync.name);
    let told = told(&sync.totals, steps, report.applied);
    voice.begin(&format!("{}: {} and {}: {told}", sync.name, sync.left, sync.right));
    let mut told = 0;
    for step in report.steps.iter().filter(|step| step.sync == sync.name) {
        told += 1;
        if told <= MOST {
            voice.say(&format!(
                "  {:<7} {}: {} ({})",
                step.outcome,
                link(step),
                what(step),
                step.why
            ));
            if let Some(error) = &step.error {
                voice.say(&format!("          {error}"));
            }
        }
    }
    say_more(told, voice);
    for why in &sync.stopped {
        voice.say(&format!("  stopped: {why}"));
    }
    if sync.outcome == Outcome::Guarded {
        voice.say(&format!("  {AFTER_A_GUARD}"));
    }
    voice.end();
}

fn say_more(told: usize, voice: &mut dyn Voice) {
    if told > MOST {
        voice.say(&format!("  … and {} more; the report has them all", told - MOST));
    }
}

/// The last lines: how it ended, what it cost, where the report lies.
pub fn close(report: &Report, title: &str, place: Option<&str>, code: u8, voice: &mut dyn Voice) {
    voice.say(title);
    for (tracker, cost) in &report.requests {
        voice.say(&format!("  {}", requests(tracker, *cost)));
    }
    let place = place.map_or_else(String::new, |place| format!("; report: {place}"));
    voice.say(&format!("  took {}; exit code {code}{place}", duration(report)));
}
