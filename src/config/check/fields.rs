//! Fields: which way each flows, and its options.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::maps::{label_map, status_map};
use super::sides::Sides;
use crate::config::problems::{Problems, shown};
use crate::config::read::{Table, Value};
use crate::config::{CommentField, Direction, Fields, LabelField, StatusField};
use crate::diag::Code;
use crate::model::PerSide;

const KEYS: [&str; 14] = [
    "title",
    "body",
    "status",
    "labels",
    "assignees",
    "comments",
    "milestone",
    "iteration",
    "epic",
    "weight",
    "due_date",
    "time_estimate",
    "time_spent",
    "attachments",
];

/// A field as written: its direction, and its table unless the short form was used.
struct Written<'n> {
    /// `None` is a problem reported.
    direction: Option<Direction>,
    table: Option<Table<'n>>,
}

impl<'n> Written<'n> {
    fn get(&self, key: &str) -> Option<Value<'n>> {
        self.table.and_then(|t| t.get(key))
    }

    fn choice<T: Copy>(&self, key: &str, words: &[(&'static str, T)], default: T, problems: &mut Problems) -> T {
        self.table.map_or(default, |t| t.choice(key, words, default, problems))
    }

    fn boolean(&self, key: &str, default: bool, problems: &mut Problems) -> bool {
        self.table.map_or(default, |t| t.boolean(key, default, problems))
    }
}

/// Reads one field: a direction, or a table with `direction` and the other keys given.
fn field<'n>(
    value: Option<Value<'n>>,
    keys: &[&'static str],
    sides: &Sides<'_>,
    problems: &mut Problems,
) -> Written<'n> {
    let default = Some(sides.default_direction());
    let Some(value) = value else {
        return Written {
            direction: default,
            table: None,
        };
    };
    if !value.is_table() {
        return Written {
            direction: sides.direction(value, problems),
            table: None,
        };
    }
    let table = value.table(keys, problems);
    let direction = match table.and_then(|t| t.get("direction")) {
        Some(value) => sides.direction(value, problems),
        None => default,
    };
    Written { direction, table }
}

/// Reads the fields of a sync. What is left out flows both ways, or to the right in mirror mode.
pub(super) fn fields(value: Option<Value<'_>>, sides: &Sides<'_>, problems: &mut Problems) -> Fields {
    let table = value.and_then(|v| v.table(&KEYS, problems));
    let get = |key| table.and_then(|t| t.get(key));
    let mut plain = |key| {
        field(get(key), &["direction"], sides, problems)
            .direction
            .unwrap_or(Direction::Off)
    };
    let (title, body) = (plain("title"), plain("body"));
    for key in ["weight", "due_date", "time_estimate", "time_spent"] {
        let Some(value) = get(key) else { continue };
        let written = field(Some(value), &["direction"], sides, problems);
        later_unless_off(key, value, written.direction, problems);
    }
    later_fields(table, sides, problems);
    Fields {
        title,
        body,
        status: status(get("status"), sides, problems),
        labels: labels(get("labels"), sides, problems),
        assignees: assignees(get("assignees"), sides, problems),
        comments: comments(get("comments"), sides, problems),
    }
}

fn status(value: Option<Value<'_>>, sides: &Sides<'_>, problems: &mut Problems) -> StatusField {
    let written = field(value, &["direction", "map"], sides, problems);
    let direction = written.direction.unwrap_or(Direction::Off);
    let map = written.get("map").map(|v| status_map(v, direction, sides, problems));
    StatusField {
        direction,
        map: map.unwrap_or_default(),
    }
}

fn labels(value: Option<Value<'_>>, sides: &Sides<'_>, problems: &mut Problems) -> LabelField {
    let keys = ["direction", "unmapped", "create", "map", "skip", "prefix"];
    let written = field(value, &keys, sides, problems);
    let direction = written.direction.unwrap_or(Direction::Off);
    let map = written.get("map").map(|v| label_map(v, direction, sides, problems));
    let prefix = written
        .get("prefix")
        .map(|v| sides.split(v, problems))
        .unwrap_or_default();
    LabelField {
        direction,
        unmapped_same: written.choice("unmapped", &[("same", true), ("skip", false)], true, problems),
        create: written.boolean("create", true, problems),
        map: map.unwrap_or_default(),
        skip: written.get("skip").map(|v| patterns(v, problems)).unwrap_or_default(),
        prefix: PerSide::new(prefix.left, prefix.right).map(|_, v| prefix_text(v, problems)),
    }
}

fn prefix_text(value: Option<Value<'_>>, problems: &mut Problems) -> String {
    let Some(value) = value else { return String::new() };
    let text = value.text(problems).unwrap_or_default();
    if text.chars().count() > 100 || text.chars().any(char::is_control) {
        let hint = "write at most 100 characters on one line";
        value.refuse(Code::BadValue, "nothing that can stand before a label", hint, problems);
    }
    text.to_owned()
}

/// Label names are compared without regard to case, and so are patterns; `*` also stands for `/`.
fn patterns(value: Value<'_>, problems: &mut Problems) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for item in value.list(problems).into_iter().flatten() {
        let Some(text) = item.name(problems) else { continue };
        match GlobBuilder::new(text).case_insensitive(true).build() {
            Ok(glob) => {
                set.add(glob);
            }
            Err(error) => bad_pattern(item, error.kind(), problems),
        }
    }
    set.build().unwrap_or_else(|error| {
        bad_pattern(value, error.kind(), problems);
        GlobSet::empty()
    })
}

fn bad_pattern(value: Value<'_>, why: &globset::ErrorKind, problems: &mut Problems) {
    let hint =
        "`*` stands for any text, `?` for one character, `[ab]` for one of these, `{a,b}` for one of these words";
    let why = why.to_string();
    // What the layer below says about size takes several lines and repeats the pattern.
    let why = if why.contains('\n') { "it is too large" } else { &why };
    value.refuse(Code::BadPattern, format!("this is no pattern: {why}"), hint, problems);
}

fn assignees(value: Option<Value<'_>>, sides: &Sides<'_>, problems: &mut Problems) -> Direction {
    let written = field(value, &["direction", "unmapped"], sides, problems);
    if let Some(unmapped) = written.get("unmapped") {
        let words = [("skip", false), ("label", true), ("footer", true)];
        if unmapped.choice(&words, problems) == Some(true) {
            later_instead("assignees.unmapped", "skip", unmapped, problems);
        }
    }
    written.direction.unwrap_or(Direction::Off)
}

fn comments(value: Option<Value<'_>>, sides: &Sides<'_>, problems: &mut Problems) -> CommentField {
    let written = field(value, &["direction", "edits", "deletions", "template"], sides, problems);
    if let Some(template) = written.get("template").filter(|v| !v.is_word("off")) {
        template.text(problems);
        later("comments.template", template, problems);
    }
    CommentField {
        direction: written.direction.unwrap_or(Direction::Off),
        edits: written.boolean("edits", true, problems),
        mirror_deletions: written.choice("deletions", &[("keep", false), ("mirror", true)], false, problems),
    }
}

/// Checks the fields of later versions as far as their words go, and says that they are not there yet.
fn later_fields(table: Option<Table<'_>>, sides: &Sides<'_>, problems: &mut Problems) {
    let Some(table) = table else { return };
    if let Some(value) = table.get("milestone") {
        let written = field(Some(value), &["direction", "as", "create"], sides, problems);
        written.choice("as", &[("milestone", ()), ("label", ()), ("footer", ())], (), problems);
        written.boolean("create", true, problems);
        later_unless_off("milestone", value, written.direction, problems);
    }
    for key in ["iteration", "epic"] {
        let Some(value) = table.get(key) else { continue };
        let words = [("label", true), ("footer", true), ("off", false)];
        let used = if value.is_table() {
            let written = field(Some(value), &["direction", "as"], sides, problems);
            written.direction != Some(Direction::Off) && written.choice("as", &words, true, problems)
        } else {
            value.choice(&words, problems).unwrap_or(true)
        };
        if used {
            later(key, value, problems);
        }
    }
    if let Some(value) = table.get("attachments") {
        let words = [("reupload", true), ("link", true), ("off", false)];
        if value.choice(&words, problems).unwrap_or(true) {
            later("attachments", value, problems);
        }
    }
}

fn later_unless_off(key: &str, value: Value<'_>, direction: Option<Direction>, problems: &mut Problems) {
    if direction != Some(Direction::Off) {
        later(key, value, problems);
    }
}

/// Says that a key belongs to a later version.
pub(super) fn later(key: &str, value: Value<'_>, problems: &mut Problems) {
    later_instead(key, "off", value, problems);
}

fn later_instead(key: &str, word: &str, value: Value<'_>, problems: &mut Problems) {
    let message = format!("{} is not supported yet", shown(key));
    let hint = format!("this version does not carry it: take the key away, or write `{word}`");
    problems.add(value.key_at, Code::NotSupportedYet, message, hint);
}
