//! Front matter as lines: where each top-level key stands, and how to change one of them in place.
//!
//! Works on lines, not on YAML, so it can be fooled; `front` reads every result again and does not believe a bad one.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_yaml::{Mapping, Value};

use super::front::{Wanted, one_line};

/// A top-level key and the lines (from 0) it and its value take up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The key, unquoted.
    pub key: String,
    /// Its lines, without blank lines and comments below it: those belong to what follows.
    pub lines: Range<usize>,
}

/// The top-level keys in order.
pub(super) fn entries(source: &str) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    for (at, line) in source.lines().enumerate() {
        if let Some(key) = key_of(line) {
            found.push(Entry { key, lines: at..at + 1 });
        } else if !is_idle(line)
            && let Some(entry) = found.last_mut()
        {
            entry.lines.end = at + 1;
        }
    }
    found
}

/// The source with one key set: its lines replaced, or a line put below the last.
pub(super) fn set(source: &str, key: &str, value: &Wanted, newline: &str) -> String {
    let lines: Vec<&str> = source.split_inclusive('\n').collect();
    let Some(entry) = entries(source).into_iter().find(|entry| entry.key == key) else {
        let gap = if source.is_empty() || source.ends_with('\n') {
            ""
        } else {
            newline
        };
        return format!("{source}{gap}{}{newline}", render(key, value).replace('\n', newline));
    };
    let own = lines.get(entry.lines.clone()).unwrap_or_default();
    let in_place = match value {
        Wanted::List(items) => set_items(own, items, newline),
        Wanted::Text(_) | Wanted::Number(_) | Wanted::Nothing => None,
    };
    let new = in_place.unwrap_or_else(|| {
        let remark = if own.len() == 1 {
            own.first().map_or("", |line| remark(line))
        } else {
            ""
        };
        format!("{}{remark}{newline}", render(key, value).replace('\n', newline))
    });
    let above = lines.get(..entry.lines.start).unwrap_or_default().concat();
    let below = lines.get(entry.lines.end..).unwrap_or_default().concat();
    format!("{above}{new}{below}")
}

/// The key a line begins, when it begins one. List items, comments and what is indented begin none.
fn key_of(line: &str) -> Option<String> {
    let first = line.chars().next()?;
    if first.is_whitespace() || matches!(first, '#' | ']' | '}' | ',' | '[' | '{') || line == "-" {
        return None;
    }
    if line.starts_with("- ") {
        return None;
    }
    let colons = line.match_indices(':').filter(|(at, _)| {
        let after = line.get(at + 1..).unwrap_or_default();
        after.is_empty() || after.starts_with([' ', '\t', '\r'])
    });
    colons
        .filter_map(|(at, _)| line.get(..at))
        .find_map(|key| serde_yaml::from_str::<String>(key).ok())
}

/// Nothing that a value could be made of: blank, or a comment at the left edge.
fn is_idle(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with('#')
}

/// `key: value` without a line end.
fn render(key: &str, value: &Wanted) -> String {
    match value {
        Wanted::Number(number) => format!("{key}: {number}"),
        Wanted::Nothing => format!("{key}:"),
        Wanted::Text(text) => {
            let one: Mapping = [(Value::from(key), Value::from(text.as_str()))].into_iter().collect();
            let line = serde_yaml::to_string(&one).unwrap_or_default();
            line.trim_end_matches('\n').to_owned()
        }
        Wanted::List(items) => {
            let items: Vec<String> = items.iter().map(|item| quote(item)).collect();
            format!("{key}: [{}]", items.join(", "))
        }
    }
}

/// An item as it may stand between brackets: as it is when that is beyond doubt, else in double quotes, where YAML
/// reads what JSON writes.
fn quote(item: &str) -> String {
    let calm = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '/' | '+');
    let plain = item.starts_with(char::is_alphanumeric) && item.chars().all(calm) && {
        let written = serde_yaml::to_string(item).unwrap_or_default();
        written.trim_end() == item && !is_old_bool(item)
    };
    if plain {
        item.to_owned()
    } else {
        serde_json::Value::from(item).to_string()
    }
}

/// Words other programs still take for true and false.
fn is_old_bool(item: &str) -> bool {
    ["y", "n", "yes", "no", "on", "off"]
        .iter()
        .any(|word| item.eq_ignore_ascii_case(word))
}

/// The comment at the end of a one-line entry, with the blanks before it.
fn remark(line: &str) -> &str {
    let line = line.trim_end();
    let Ok(whole) = serde_yaml::from_str::<Value>(line) else {
        return "";
    };
    let ends = line.match_indices('#').filter_map(|(at, _)| {
        let before = line.get(..at)?;
        let value = before.trim_end();
        (value.len() < before.len()).then_some((value, line.get(value.len()..)?))
    });
    ends.into_iter()
        .find(|(value, _)| serde_yaml::from_str::<Value>(value).is_ok_and(|v| v == whole))
        .map_or("", |(_, remark)| remark)
}

/// A list of one item a line, with the items that go taken out and those that come put below the last. `None` when it
/// is written in another way.
fn set_items(own: &[&str], wanted: &BTreeSet<String>, newline: &str) -> Option<String> {
    let (head, rest) = own.split_first()?;
    if wanted.is_empty() || rest.is_empty() || !head_is_bare(head) {
        return None;
    }
    let (mut out, mut below) = ((*head).to_owned(), String::new());
    let (mut indent, mut seen) = (None, BTreeSet::new());
    for line in rest {
        let text = line.trim_start();
        if text.is_empty() || text.starts_with('#') {
            below.push_str(line);
            continue;
        }
        let item = match serde_yaml::from_str::<Vec<String>>(text).ok()?.as_slice() {
            [item] => one_line(item),
            _ => return None,
        };
        indent.get_or_insert(line.get(..line.len() - text.len())?);
        out.push_str(&below);
        below.clear();
        if wanted.contains(&item) && seen.insert(item) {
            out.push_str(line);
        }
    }
    let indent = indent?;
    for item in wanted.difference(&seen) {
        for part in [indent, "- ", &quote(item), newline] {
            out.push_str(part);
        }
    }
    Some(out + &below)
}

fn head_is_bare(head: &str) -> bool {
    match serde_yaml::from_str::<Mapping>(head) {
        Ok(map) => map.len() == 1 && map.values().all(Value::is_null) && !head.contains(['~', '&', '!']),
        Err(_) => false,
    }
}
