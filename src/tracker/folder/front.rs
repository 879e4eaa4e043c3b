//! Front matter: values read by a YAML library, changes made line by line so that comments, order and everything we do
//! not know stay as somebody typed them. Imports nothing of ours but the flaw.
//!
//! Every change is checked by reading the result again. Where lines do not suffice (one-line mappings, anchors, values
//! that go on at the left edge) the whole front matter is written anew: comments are lost then, values never.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_yaml::{Mapping, Value};

use super::file::Flaw;
use super::lines;

/// The keys that mean something to us. Others are kept and never looked at.
const KNOWN: [&str; 14] = [
    "number",
    "title",
    "status",
    "labels",
    "assignees",
    "milestone",
    "weight",
    "due",
    "estimate",
    "spent",
    "author",
    "created",
    "updated",
    "acknowledged",
];

/// What a key shall hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edit {
    /// The key.
    pub key: &'static str,
    /// The value.
    pub value: Wanted,
}

/// A value to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Text, quoted where it must be.
    Text(String),
    /// A number.
    Number(u64),
    /// A list of names.
    List(BTreeSet<String>),
    /// Nothing: the key stays, empty, with the comment behind it.
    Nothing,
}

impl Edit {
    /// A text of one line.
    pub(super) fn text(key: &'static str, text: impl AsRef<str>) -> Self {
        let value = Wanted::Text(one_line(text.as_ref()));
        Self { key, value }
    }

    /// A list of names.
    pub(super) fn list(key: &'static str, items: &BTreeSet<String>) -> Self {
        let items = items.iter().map(|item| one_line(item));
        let value = Wanted::List(items.filter(|item| !item.is_empty()).collect());
        Self { key, value }
    }

    /// A number.
    pub(super) fn number(key: &'static str, number: u64) -> Self {
        let value = Wanted::Number(number);
        Self { key, value }
    }

    /// A value, or none.
    pub(super) fn maybe<T>(key: &'static str, value: Option<T>, edit: impl FnOnce(&'static str, T) -> Self) -> Self {
        let nothing = Self {
            key,
            value: Wanted::Nothing,
        };
        value.map_or(nothing, |value| edit(key, value))
    }
}

/// A value as text, the way it was typed: `1.10` is not a number to us.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Words {
    Nothing,
    One(String),
    Many(Vec<String>),
    Other,
}

/// Front matter, read.
#[derive(Clone, Debug, Default)]
pub(super) struct Front {
    source: String,
    map: Mapping,
    words: BTreeMap<String, Words>,
}

impl Front {
    /// Reads the lines between the two `---`. The first of them is line 2 of the file.
    pub(super) fn read(source: &str) -> Result<Self, Flaw> {
        // One line more on top makes the library's line numbers those of the file.
        let text = format!("\n{source}");
        let flaw = |error: &serde_yaml::Error| match conflict(source) {
            Some(line) => Flaw::at(Some(line), "git left an unresolved conflict here"),
            None => Flaw::at(None, format!("the front matter is not valid YAML ({error})")),
        };
        let map = match serde_yaml::from_str(&text).map_err(|error| flaw(&error))? {
            Value::Null => Mapping::new(),
            Value::Mapping(map) => map,
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Sequence(_) | Value::Tagged(_) => {
                return Err(Flaw::at(
                    Some(2),
                    "the front matter must be lines of the form `key: value`",
                ));
            }
        };
        let typed = serde_yaml::Deserializer::from_str(&text);
        let words = if map.is_empty() {
            BTreeMap::new()
        } else {
            AsTyped(&map).deserialize(typed).map_err(|error| flaw(&error))?
        };
        Ok(Self {
            source: source.to_owned(),
            map,
            words,
        })
    }

    /// The lines it was read from.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// The text of a key; `None` when the key is missing or empty.
    pub(super) fn text(&self, key: &str) -> Result<Option<String>, Flaw> {
        match self.words(key) {
            Words::Nothing => Ok(None),
            Words::One(text) => Ok(Some(one_line(text)).filter(|text| !text.is_empty())),
            Words::Many(_) | Words::Other => Err(Flaw::at(self.line(key), format!("`{key}` must be a text"))),
        }
    }

    /// Whether the key is there and not empty.
    pub(super) fn says(&self, key: &str) -> bool {
        match self.words(key) {
            Words::Nothing => false,
            Words::One(text) => !one_line(text).is_empty(),
            Words::Many(_) | Words::Other => true,
        }
    }

    /// The names of a key: a list, names between commas, or one name.
    pub(super) fn list(&self, key: &str) -> Result<BTreeSet<String>, Flaw> {
        let names: Vec<String> = match self.words(key) {
            Words::Nothing => Vec::new(),
            Words::One(text) => text.split(',').map(one_line).collect(),
            Words::Many(items) => items.iter().map(|item| one_line(item)).collect(),
            Words::Other => {
                let what = format!("`{key}` must be a list of names: `{key}: [one, two]`");
                return Err(Flaw::at(self.line(key), what));
            }
        };
        Ok(names.into_iter().filter(|name| !name.is_empty()).collect())
    }

    /// The line of the file (from 1) on which a key stands.
    pub(super) fn line(&self, key: &str) -> Option<usize> {
        let spelled = self.spelled(key)?;
        let entries = lines::entries(&self.source);
        entries.iter().find(|e| e.key == spelled).map(|e| e.lines.start + 2)
    }

    /// The lines with these changes, and nothing else changed.
    pub(super) fn edit(&self, edits: &[Edit], newline: &str) -> Result<String, Flaw> {
        let too_odd = || Flaw::at(Some(2), "the front matter is too unusual to change: edit it by hand");
        let mut source = self.source.clone();
        for edit in edits {
            source = lines::set(
                &source,
                self.spelled(edit.key).unwrap_or(edit.key),
                &edit.value,
                newline,
            );
        }
        if self.becomes(&source, edits) {
            return Ok(source);
        }
        let mut map = self.map.clone();
        for edit in edits {
            let key = self.spelled(edit.key).unwrap_or(edit.key);
            map.insert(Value::from(key), edit.value.to_yaml());
        }
        let anew = serde_yaml::to_string(&map).map_err(|error| Flaw::at(Some(2), error.to_string()))?;
        let anew = anew.replace('\n', newline);
        if self.becomes(&anew, edits) {
            Ok(anew)
        } else {
            Err(too_odd())
        }
    }

    /// Whether `source` reads as this with the changes, and says the same under every other key.
    fn becomes(&self, source: &str, edits: &[Edit]) -> bool {
        let Ok(after) = Self::read(source) else { return false };
        let edited: BTreeSet<&str> = edits.iter().map(|e| self.spelled(e.key).unwrap_or(e.key)).collect();
        let others = |map: &Mapping| -> Mapping {
            let kept = map
                .iter()
                .filter(|(key, _)| key.as_str().is_none_or(|key| !edited.contains(key)));
            kept.map(|(key, value)| (key.clone(), value.clone())).collect()
        };
        let holds = |edit: &Edit| match &edit.value {
            Wanted::Text(text) => after.text(edit.key).is_ok_and(|now| now.unwrap_or_default() == *text),
            Wanted::Number(number) => after.text(edit.key).is_ok_and(|now| now == Some(number.to_string())),
            Wanted::List(items) => after.list(edit.key).is_ok_and(|now| now == *items),
            Wanted::Nothing => !after.says(edit.key),
        };
        others(&self.map) == others(&after.map) && edits.iter().all(holds)
    }

    fn words(&self, key: &str) -> &Words {
        self.spelled(key)
            .and_then(|key| self.words.get(key))
            .unwrap_or(&Words::Nothing)
    }

    /// A known key as it is spelled here: people write `Status:` too.
    fn spelled(&self, key: &str) -> Option<&str> {
        let mut keys = self.words.keys().map(String::as_str);
        match self.words.get_key_value(key) {
            Some((key, _)) => Some(key),
            None => keys.find(|spelled| spelled.eq_ignore_ascii_case(key)),
        }
    }
}

impl Wanted {
    fn to_yaml(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            Self::Number(number) => Value::from(*number),
            Self::Nothing => Value::Null,
            Self::List(items) => Value::Sequence(items.iter().map(|item| Value::from(item.as_str())).collect()),
        }
    }
}

/// Titles and names are one line: line ends and other control characters become blanks.
pub(super) fn one_line(text: &str) -> String {
    let text = text.replace("\r\n", " ");
    let blank = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.replace(blank, " ").trim().to_owned()
}

/// The line of the file that git's conflict mark stands on, if there is one in the front matter.
fn conflict(source: &str) -> Option<usize> {
    source
        .lines()
        .position(|line| line.starts_with("<<<<<<< "))
        .map(|at| at + 2)
}

/// Reads the known keys once more, each as text. What shape each has is known from the first reading.
struct AsTyped<'a>(&'a Mapping);

impl<'de> DeserializeSeed<'de> for AsTyped<'_> {
    type Value = BTreeMap<String, Words>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for AsTyped<'_> {
    type Value = BTreeMap<String, Words>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("lines of the form `key: value`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut words = BTreeMap::new();
        while let Some(key) = map.next_key::<Value>()? {
            let known = key
                .as_str()
                .filter(|key| KNOWN.iter().any(|known| known.eq_ignore_ascii_case(key)));
            let (Some(name), Some(value)) = (known, self.0.get(&key)) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let value = match value {
                Value::Bool(_) | Value::Number(_) | Value::String(_) => Words::One(map.next_value()?),
                Value::Sequence(items) if items.iter().all(is_plain) => {
                    let items: Vec<Option<String>> = map.next_value()?;
                    Words::Many(items.into_iter().flatten().collect())
                }
                Value::Null | Value::Sequence(_) | Value::Mapping(_) | Value::Tagged(_) => {
                    map.next_value::<IgnoredAny>()?;
                    untagged(value)
                }
            };
            words.insert(name.to_owned(), value);
        }
        Ok(words)
    }
}

fn is_plain(value: &Value) -> bool {
    matches!(
        value,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)
    )
}

/// A value behind a tag of somebody's own (`!important open`) is the value.
fn untagged(value: &Value) -> Words {
    match value {
        Value::Null => Words::Nothing,
        Value::Tagged(tagged) => untagged(&tagged.value),
        Value::String(text) => Words::One(text.clone()),
        Value::Bool(_) | Value::Number(_) | Value::Sequence(_) | Value::Mapping(_) => Words::Other,
    }
}
