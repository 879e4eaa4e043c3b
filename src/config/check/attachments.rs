//! Attachments: one word, or a table with sizes and the trackers that keep files on a branch.

use super::sides::Sides;
use crate::config::problems::{Problems, shown};
use crate::config::read::{Table, Value};
use crate::config::{AttachmentField, Attachments, TrackerConfig};
use crate::diag::Code;
use crate::model::Side;

const WORDS: [(&str, Attachments); 3] = [
    ("reupload", Attachments::Reupload),
    ("link", Attachments::Link),
    ("off", Attachments::Off),
];
/// Keys of the table besides the names of trackers.
const KEYS: [&str; 3] = ["mode", "max_file", "max_run"];

/// Reads the field. A table says how files are kept, so without `mode` they are.
pub(super) fn attachments(value: Option<Value<'_>>, sides: &Sides<'_>, problems: &mut Problems) -> AttachmentField {
    let mut field = AttachmentField::default();
    let Some(value) = value else { return field };
    if !value.is_table() {
        field.mode = value.choice(&WORDS, problems).unwrap_or_default();
        return field;
    }
    let entries = value.entries(problems).unwrap_or_default();
    for entry in entries.iter().map(Value::of).filter(|entry| !KEYS.contains(&entry.key)) {
        if let Some(side) = sides.side(entry.key, entry.key_at, problems) {
            *field.branch.get_mut(side) = branch(entry, side, sides, problems);
        }
    }
    let Some(table) = Table::of(value) else { return field };
    field.mode = table.choice("mode", &WORDS, Attachments::Reupload, problems);
    for (key, limit) in [("max_file", &mut field.max_file), ("max_run", &mut field.max_run)] {
        if let Some(bytes) = table.get(key).and_then(|value| size(value, problems)) {
            *limit = bytes;
        }
    }
    field
}

/// `<tracker>: branch`: for a repository only.
fn branch(value: Value<'_>, side: Side, sides: &Sides<'_>, problems: &mut Problems) -> bool {
    if value.choice(&[("branch", true)], problems).is_none() {
        return false;
    }
    let name = sides.name(side);
    let tracker = sides.trackers.get(name).and_then(Option::as_ref);
    let repository = matches!(tracker, Some(TrackerConfig::GitHub { .. }) | None);
    if !repository {
        let why = format!("{} keeps files by itself, not on a branch", shown(name));
        let hint = "take the key away: only a tracker of kind `github` can keep files on a branch";
        value.refuse(Code::BadValue, why, hint, problems);
    }
    repository
}

/// `500KB`, `10MB`, `1GB`: a number and its unit, counted in thousands.
fn size(value: Value<'_>, problems: &mut Problems) -> Option<u64> {
    let text = value.text(problems)?;
    let units = [("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000_u64)];
    let bytes = units.into_iter().find_map(|(unit, bytes)| {
        let digits = text.strip_suffix(unit)?.trim_end_matches(' ');
        let whole = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse::<u64>().ok().filter(|_| whole)?.checked_mul(bytes)
    });
    let bytes = bytes.filter(|bytes| *bytes > 0);
    if bytes.is_none() {
        let why = format!("{} is no size", shown(text));
        let hint = "write a whole number and its unit: `500KB`, `10MB` or `1GB`";
        value.refuse(Code::BadNumber, why, hint, problems);
    }
    bytes
}
