//! The rows of status and label maps. A map is good when, towards each side it works for, every value becomes one
//! other value and no more.

use std::collections::{BTreeMap, BTreeSet};

use super::sides::Sides;
use crate::config::problems::{Problems, Spot, instead, shown};
use crate::config::read::Value;
use crate::config::{Direction, LabelRow, StatusPattern};
use crate::diag::Code;
use crate::model::{PerSide, Reason, Side, State, Status};

/// Finds two rows that say different things about one value.
struct Seen {
    rows: BTreeMap<(Side, String), Spot>,
}

impl Seen {
    /// The row that already says what `from` becomes towards `to`; else this one does now.
    fn note(&mut self, to: Side, from: String, at: Spot) -> Option<Spot> {
        let first = self.rows.get(&(to, from.clone())).copied();
        if first.is_none() {
            self.rows.insert((to, from), at);
        }
        first
    }
}

/// The two values of a row by side; a side without one is reported.
fn both<'n>(row: Value<'n>, sides: &Sides<'_>, problems: &mut Problems) -> Option<PerSide<Value<'n>>> {
    let mut found = PerSide::default();
    for entry in row.entries(problems)? {
        let entry = Value::of(entry);
        if entry.key == "direction" {
            continue;
        }
        if let Some(side) = sides.side(entry.key, entry.key_at, problems) {
            *found.get_mut(side) = Some(entry);
        }
    }
    if let PerSide {
        left: Some(left),
        right: Some(right),
    } = found
    {
        return Some(PerSide::new(left, right));
    }
    if sides.between.is_some() {
        for side in Side::BOTH.into_iter().filter(|s| found.get(*s).is_none()) {
            let message = format!("the row says nothing for {}", shown(sides.name(side)));
            let hint = format!("add `{}: …` to the row", sides.name(side));
            problems.add(row.at(), Code::MissingKey, message, hint);
        }
    }
    None
}

/// Reads the label map.
pub(super) fn label_map(
    value: Value<'_>,
    direction: Direction,
    sides: &Sides<'_>,
    problems: &mut Problems,
) -> Vec<LabelRow> {
    let mut seen = Seen { rows: BTreeMap::new() };
    let mut rows = Vec::new();
    for row in value.list(problems).into_iter().flatten() {
        let only_to = only_to(row, direction, sides, problems);
        let Some(values) = both(row, sides, problems) else {
            continue;
        };
        let names = values.map(|_, v| v.name(problems));
        let (Some(left), Some(right)) = (names.left, names.right) else {
            continue;
        };
        let names = PerSide::new(left.to_owned(), right.to_owned());
        let towards = |to: &Side| direction.reaches(*to) && only_to.is_none_or(|only| only == *to);
        for to in Side::BOTH.into_iter().filter(towards) {
            let from = to.other();
            let label = names.get(from);
            let Some(first) = seen.note(to, label.to_lowercase(), values.get(from).at()) else {
                continue;
            };
            let why = format!(
                "two rows say what {} becomes on {}",
                shown(label),
                shown(sides.name(to))
            );
            let hint = format!(
                "the other stands at {}:{}: keep one, or add `direction: to {}` to all rows but the one that comes back",
                first.line,
                first.column,
                sides.name(from)
            );
            values.get(from).refuse(Code::AmbiguousMap, why, hint, problems);
            break;
        }
        rows.push(LabelRow { names, only_to });
    }
    rows
}

/// The `direction:` of a row: `both`, or towards one side that the field reaches.
fn only_to(row: Value<'_>, field: Direction, sides: &Sides<'_>, problems: &mut Problems) -> Option<Side> {
    let entry = row
        .entries(&mut Problems::new(""))?
        .iter()
        .find(|e| e.key == "direction")?;
    let value = Value::of(entry);
    let word = value.text(problems)?;
    if word == "both" {
        return None;
    }
    let Some(name) = word.strip_prefix("to ") else {
        let towards = Side::BOTH.map(|s| format!("to {}", sides.name(s)));
        value.unknown(
            word,
            ["both"].into_iter().chain(towards.iter().map(String::as_str)),
            problems,
        );
        return None;
    };
    let side = sides.side(name.trim(), value.at(), problems)?;
    if field != Direction::Off && !field.reaches(side) {
        let why = format!("the field never flows to {}", shown(sides.name(side)));
        value.refuse(
            Code::DeadRow,
            why,
            "take the row away, or widen the direction of the field",
            problems,
        );
    }
    Some(side)
}

/// Reads the status map.
pub(super) fn status_map(
    value: Value<'_>,
    direction: Direction,
    sides: &Sides<'_>,
    problems: &mut Problems,
) -> Vec<PerSide<StatusPattern>> {
    let mut seen = Seen { rows: BTreeMap::new() };
    let mut rows = Vec::new();
    for row in value.list(problems).into_iter().flatten() {
        if let Some(entry) = row
            .entries(problems)
            .and_then(|e| e.iter().find(|e| e.key == "direction"))
        {
            let message = "rows of a status map have no `direction`";
            problems.add(
                entry.at,
                Code::UnknownKey,
                message,
                "the first row that fits counts; order the rows",
            );
        }
        let Some(values) = both(row, sides, problems) else {
            continue;
        };
        let patterns = values.map(|_, v| status_pattern(v, problems));
        let (Some(left), Some(right)) = (patterns.left, patterns.right) else {
            continue;
        };
        let patterns = PerSide::new(left, right);
        for to in Side::BOTH.into_iter().filter(|to| direction.reaches(*to)) {
            let from = to.other();
            let Some(first) = seen.note(to, folded_pattern(patterns.get(from)), values.get(from).at()) else {
                continue;
            };
            let value = values.get(from);
            let why = format!("two rows say what this status becomes on {}", shown(sides.name(to)));
            let hint = format!(
                "the other stands at {}:{}: keep one, or tell them apart by a label (`closed + wontfix`)",
                first.line, first.column
            );
            value.refuse(Code::AmbiguousMap, why, hint, problems);
            break;
        }
        rows.push(patterns);
    }
    rows
}

/// Equal for patterns that fit the same issues.
fn folded_pattern(pattern: &StatusPattern) -> String {
    let alike = [Status::OPEN, Status::CLOSED]
        .into_iter()
        .find(|s| s.alike(pattern.status));
    let labels: BTreeSet<String> = pattern.labels.iter().map(|l| l.to_lowercase()).collect();
    let labels: Vec<String> = labels.into_iter().collect();
    format!("{}\n{}", alike.unwrap_or(pattern.status), labels.join("\n"))
}

/// Reads `closed as not_planned + wontfix`: a state, perhaps a reason, perhaps labels.
fn status_pattern(value: Value<'_>, problems: &mut Problems) -> Option<StatusPattern> {
    let text = value.name(problems)?;
    // A plus with blanks around it parts; `c++` is a label.
    let mut parts = text.split(" + ").map(str::trim);
    let status = parts.next().unwrap_or_default();
    let labels: Vec<String> = parts.map(str::to_owned).collect();
    let words: Vec<&str> = status.split_whitespace().collect();
    let (state, reason) = match words.as_slice() {
        [state] => (state, None),
        [state, "as", reason] => (state, Some(*reason)),
        _ => return bad_status(value, text, problems),
    };
    if labels.iter().any(String::is_empty) {
        return bad_status(value, text, problems);
    }
    let state = match *state {
        "open" | "opened" => State::Open,
        "closed" => State::Closed,
        _ => {
            value.refuse(
                Code::BadStatus,
                format!("there is no state {}", shown(state)),
                instead(state, ["open", "opened", "closed"]),
                problems,
            );
            return None;
        }
    };
    let reason = match reason {
        None => None,
        Some(word) => Some(fitting_reason(value, state, word, problems)?),
    };
    Some(StatusPattern {
        status: Status { state, reason },
        labels,
    })
}

fn bad_status(value: Value<'_>, text: &str, problems: &mut Problems) -> Option<StatusPattern> {
    let why = format!("{} is no status", shown(text));
    let hint = "write `open`, `closed`, `closed as not_planned` or `closed + label`";
    value.refuse(Code::BadStatus, why, hint, problems);
    None
}

fn fitting_reason(value: Value<'_>, state: State, word: &str, problems: &mut Problems) -> Option<Reason> {
    let reasons: &[(&str, Reason)] = match state {
        State::Open => &[("reopened", Reason::Reopened)],
        State::Closed => &[
            ("completed", Reason::Completed),
            ("not_planned", Reason::NotPlanned),
            ("duplicate", Reason::Duplicate),
        ],
    };
    let found = reasons
        .iter()
        .find(|(name, _)| *name == word)
        .map(|(_, reason)| *reason);
    if found.is_none() {
        let why = format!("{} is no reason to be in this state", shown(word));
        value.refuse(
            Code::BadStatus,
            why,
            instead(word, reasons.iter().map(|(name, _)| *name)),
            problems,
        );
    }
    found
}
