//! The people table: who is who.

use std::collections::BTreeMap;

use super::sides::{Trackers, unknown_tracker};
use crate::config::problems::{Problems, Spot, shown};
use crate::config::read::{Table, Value};
use crate::diag::Code;
use crate::model::TrackerId;

type Row = BTreeMap<TrackerId, String>;

/// Reads all rows. A login stands in one row only, or nobody could say who is meant.
pub(super) fn people(table: Table<'_>, trackers: &Trackers, problems: &mut Problems) -> Vec<Row> {
    let Some(rows) = table.get("people").and_then(|v| v.list(problems)) else {
        return Vec::new();
    };
    let mut seen = BTreeMap::new();
    rows.map(|row| person(row, trackers, &mut seen, problems)).collect()
}

fn person(
    row: Value<'_>,
    trackers: &Trackers,
    seen: &mut BTreeMap<(String, String), Spot>,
    problems: &mut Problems,
) -> Row {
    let mut person = Row::new();
    for entry in row.entries(problems).unwrap_or_default() {
        let value = Value::of(entry);
        if !trackers.contains_key(value.key) {
            unknown_tracker(value.key_at, value.key, trackers, problems);
        }
        let Some(login) = value.name(problems) else { continue };
        if login.starts_with('@') || login.contains(char::is_whitespace) {
            value.refuse(
                Code::BadValue,
                "this is no login",
                "write the login alone, without `@`",
                problems,
            );
            continue;
        }
        let first = seen.insert((value.key.to_owned(), login.to_lowercase()), value.at());
        if let Some(first) = first {
            let why = format!("{} is in another row already", shown(login));
            let hint = format!("it stands at {}:{}: keep one row per person", first.line, first.column);
            value.refuse(Code::AmbiguousMap, why, hint, problems);
        }
        person.insert(TrackerId(value.key.to_owned()), login.to_owned());
    }
    person
}
