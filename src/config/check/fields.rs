//! Fields: which way each flows, and its options.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::attachments::attachments;
use super::maps::{label_map, status_map};
use super::sides::Sides;
use crate::config::problems::Problems;
use crate::config::read::{Table, Value};
use crate::config::{
    ATTRIBUTION_WORDS, AssigneeField, Attributed, Carried, CommentField, Direction, Fields, LabelField, MilestoneField,
    StatusField, Unmapped, ValueField, attribution,
};
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
    Fields {
        title: plain(get("title"), sides, problems),
        body: plain(get("body"), sides, problems),
        status: status(get("status"), sides, problems),
        labels: labels(get("labels"), sides, problems),
        assignees: assignees(get("assignees"), sides, problems),
        comments: comments(get("comments"), sides, problems),
        milestone: milestone(get("milestone"), sides, problems),
        iteration: shown_as(get("iteration"), problems),
        epic: shown_as(get("epic"), problems),
        weight: value_field(get("weight"), sides, problems),
        due_date: value_field(get("due_date"), sides, problems),
        time_estimate: value_field(get("time_estimate"), sides, problems),
        time_spent: value_field(get("time_spent"), sides, problems),
        attachments: attachments(get("attachments"), sides, problems),
    }
}

/// A field without options.
fn plain(value: Option<Value<'_>>, sides: &Sides<'_>, problems: &mut Problems) -> Direction {
    let written = field(value, &["direction"], sides, problems);
    written.direction.unwrap_or(Direction::Off)
}

/// A value that only some trackers have.
fn value_field(value: Option<Value<'_>>, sides: &Sides<'_>, problems: &mut Problems) -> ValueField {
    let written = field(value, &["direction", "as"], sides, problems);
    ValueField {
        direction: written.direction.unwrap_or(Direction::Off),
        footer: written.choice("as", &[("field", false), ("footer", true)], false, problems),
    }
}

fn milestone(value: Option<Value<'_>>, sides: &Sides<'_>, problems: &mut Problems) -> MilestoneField {
    let written = field(value, &["direction", "as", "create"], sides, problems);
    let words = [
        ("milestone", Carried::Milestone),
        ("label", Carried::Label),
        ("footer", Carried::Footer),
    ];
    MilestoneField {
        direction: written.direction.unwrap_or(Direction::Off),
        carried: written.choice("as", &words, Carried::Milestone, problems),
        create: written.boolean("create", true, problems),
    }
}

/// An iteration or an epic: a word, or a table with it. Off where nothing is written.
fn shown_as(value: Option<Value<'_>>, problems: &mut Problems) -> Carried {
    let Some(value) = value else { return Carried::Off };
    let words = [
        ("label", Carried::Label),
        ("footer", Carried::Footer),
        ("off", Carried::Off),
    ];
    if value.is_table() {
        let table = value.table(&["as"], problems);
        table.map_or(Carried::Off, |t| t.choice("as", &words, Carried::Label, problems))
    } else {
        value.choice(&words, problems).unwrap_or(Carried::Off)
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

fn assignees(value: Option<Value<'_>>, sides: &Sides<'_>, problems: &mut Problems) -> AssigneeField {
    let written = field(value, &["direction", "unmapped"], sides, problems);
    let words = [
        ("skip", Unmapped::Skip),
        ("label", Unmapped::Label),
        ("footer", Unmapped::Footer),
    ];
    AssigneeField {
        direction: written.direction.unwrap_or(Direction::Off),
        unmapped: written.choice("unmapped", &words, Unmapped::Skip, problems),
    }
}

fn comments(value: Option<Value<'_>>, sides: &Sides<'_>, problems: &mut Problems) -> CommentField {
    let written = field(value, &["direction", "edits", "deletions", "template"], sides, problems);
    CommentField {
        direction: written.direction.unwrap_or(Direction::Off),
        edits: written.boolean("edits", true, problems),
        mirror_deletions: written.choice("deletions", &[("keep", false), ("mirror", true)], false, problems),
        template: written.get("template").and_then(|value| template(value, problems)),
    }
}

/// A template for the attribution line, tried out with made-up values.
fn template(value: Value<'_>, problems: &mut Problems) -> Option<String> {
    const SAMPLE: Attributed<'_> = Attributed {
        author: "octocat",
        url: "https://example.org/issues/1#note_2",
        tracker: "github",
        date: "2026-01-31",
    };
    if value.is_word("off") {
        return None;
    }
    let text = value.text(problems)?;
    if let Err(why) = attribution(text, &SAMPLE) {
        let words: Vec<String> = ATTRIBUTION_WORDS
            .iter()
            .map(|word| format!("`{{{{ {word} }}}}`"))
            .collect();
        let hint = format!("write one line; it may name {}", words.join(", "));
        value.refuse(Code::BadValue, why, hint, problems);
        return None;
    }
    Some(text.to_owned())
}
