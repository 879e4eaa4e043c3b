//! Weight, due date and time in front matter. Imports the model and this folder.
//!
//! ```text
//! milestone: 1.0
//! weight: 3
//! due: 2026-06-30
//! estimate: 1h 30m
//! spent: 2d 4h
//! ```
//!
//! Durations are read in any usual form (`90m`, `1 hour 30 minutes`, `PT1H30M`; a number alone is seconds) and written as
//! `1h 30m`. A day of work has eight hours and a week five days, as on GitLab.

use jiff::civil::Date;
use jiff::fmt::friendly::SpanPrinter;
use jiff::{SignedDuration, Span};

use crate::model::{Issue, Planning, PlanningChange};

use super::file::Flaw;
use super::front::{Edit, Front, one_line};
use super::read::sound;

const HOUR: u64 = 3600;
const DAY: u64 = 8 * HOUR;
const WEEK: u64 = 5 * DAY;
/// Longest part of a value shown in a message.
const SHOWN: usize = 40;

/// What a file says of these.
pub(super) fn read(front: &Front, flaws: &mut Vec<Flaw>) -> Planning {
    let weight = value(front, "weight", "a whole number: `weight: 3`", |text| text.parse().ok());
    let due = value(front, "due", "a day: `due: 2026-01-31`", |text| {
        text.parse::<Date>().ok()
    });
    let time = |key| value(front, key, "a duration: `1h 30m`", seconds);
    Planning {
        weight: sound(weight, flaws),
        due: sound(due, flaws),
        estimate: sound(time("estimate"), flaws).unwrap_or_default(),
        spent: sound(time("spent"), flaws).unwrap_or_default(),
        ..Planning::default()
    }
}

/// The keys a change of `now` writes. What is held already is not written again.
pub(super) fn changes(now: &Issue, change: &PlanningChange) -> Vec<Edit> {
    edits(now.milestone.as_deref(), &now.planning, change)
}

/// The keys of a new issue.
pub(super) fn first(change: &PlanningChange) -> Vec<Edit> {
    edits(None, &Planning::default(), change)
}

fn edits(milestone: Option<&str>, held: &Planning, change: &PlanningChange) -> Vec<Edit> {
    let mut edits = Vec::new();
    let wish = change.milestone.as_ref().map(|wish| wish.as_deref().map(one_line));
    if let Some(wish) = wish.filter(|wish| wish.as_deref() != milestone) {
        edits.push(Edit::maybe("milestone", wish, Edit::text));
    }
    if let Some(wish) = change.weight.filter(|wish| *wish != held.weight) {
        edits.push(Edit::maybe("weight", wish, Edit::number));
    }
    if let Some(wish) = change.due.filter(|wish| *wish != held.due) {
        edits.push(Edit::maybe("due", wish, |key, day| Edit::text(key, day.to_string())));
    }
    if let Some(wish) = change.estimate.filter(|wish| *wish != held.estimate) {
        edits.push(time("estimate", wish));
    }
    let spent = change.spend.map(|more| held.spent.saturating_add_signed(more));
    if let Some(wish) = spent.filter(|wish| *wish != held.spent) {
        edits.push(time("spent", wish));
    }
    edits
}

fn time(key: &'static str, seconds: u64) -> Edit {
    Edit::maybe(key, Some(seconds).filter(|seconds| *seconds > 0), |key, seconds| {
        let whole = SignedDuration::from_secs(seconds.try_into().unwrap_or(i64::MAX));
        Edit::text(key, SpanPrinter::new().duration_to_string(&whole))
    })
}

fn value<T>(
    front: &Front,
    key: &'static str,
    form: &str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, Flaw> {
    let Some(text) = front.text(key)? else {
        return Ok(None);
    };
    let read = read(&text);
    if read.is_none() {
        let shown: String = text.chars().take(SHOWN).collect();
        return Err(Flaw::at(front.line(key), format!("`{key}: {shown}` is not {form}")));
    }
    Ok(read)
}

/// Whole seconds; `None` for what is no duration, is negative, or has months, whose length nobody can tell.
fn seconds(text: &str) -> Option<u64> {
    if let Ok(seconds) = text.parse() {
        return Some(seconds);
    }
    let span: Span = text.parse().ok()?;
    if span.is_negative() || span.get_years() != 0 || span.get_months() != 0 {
        return None;
    }
    let count = |units: i64, each: u64| u64::try_from(units).ok()?.checked_mul(each);
    let clock = count(span.get_hours().into(), HOUR)?
        .checked_add(count(span.get_minutes(), 60)?)?
        .checked_add(count(span.get_seconds(), 1)?)?;
    count(span.get_weeks().into(), WEEK)?
        .checked_add(count(span.get_days().into(), DAY)?)?
        .checked_add(clock)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn durations_are_read_as_people_write_them() {
        let cases = [
            ("90", 90),
            ("0", 0),
            ("1h 30m", 5400),
            ("1h30m", 5400),
            ("90m", 5400),
            ("1 hour, 30 minutes", 5400),
            ("PT1H30M", 5400),
            ("1.5h", 5400),
            ("1d", 8 * 3600),
            ("1w 2d", 7 * 8 * 3600),
            ("5 s", 5),
        ];
        for (text, wanted) in cases {
            assert_eq!(seconds(text), Some(wanted), "{text}");
        }
        for text in ["-1h", "1h ago", "1mo", "1y", "soon", "", "1.5", "99999999999999999999"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
