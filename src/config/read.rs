//! Typed readers over the raw tree. Each takes what it can, reports what it cannot, and never stops the others.
//!
//! Imports the raw tree and the collector of problems.

use super::problems::{Problems, Spot, instead, shown};
use super::raw::{Content, Entry, Node};
use crate::diag::Code;

/// Longest name, login, label or pattern, in characters.
const TEXT_MAX: usize = 255;

/// A value together with the key it was given for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value<'n> {
    pub(super) key: &'n str,
    /// Where the key stands; for an item of a list, where the item stands.
    pub(super) key_at: Spot,
    pub(super) node: &'n Node,
}

impl<'n> Value<'n> {
    /// The value of an entry.
    pub(super) fn of(entry: &'n Entry) -> Self {
        Self {
            key: &entry.key,
            key_at: entry.at,
            node: &entry.node,
        }
    }

    /// Where the value stands.
    pub(super) fn at(self) -> Spot {
        self.node.at
    }

    fn wrong_type(self, wanted: &str, problems: &mut Problems) {
        let found = self.node.content.kind();
        let hint = match &self.node.content {
            Content::Bool(_) | Content::Number(_) if wanted == "text" => "put the value in quotes".to_owned(),
            Content::Null => format!("give a value, or take the key {} away", shown(self.key)),
            Content::Text(word) if wanted == "true or false" && is_old_bool(word) => {
                "write `true` or `false`".to_owned()
            }
            Content::Text(_) | Content::Bool(_) | Content::Number(_) | Content::List(_) | Content::Table(_) => {
                format!("write {wanted} here")
            }
        };
        problems.add(
            self.at(),
            Code::WrongType,
            format!("{} takes {wanted}, not {found}", shown(self.key)),
            hint,
        );
    }

    /// Reports that the value is none this key can hold.
    pub(super) fn refuse(
        self,
        code: Code,
        why: impl std::fmt::Display,
        hint: impl Into<String>,
        problems: &mut Problems,
    ) {
        problems.add(self.at(), code, format!("{}: {why}", shown(self.key)), hint);
    }

    /// Text, perhaps empty.
    pub(super) fn text(self, problems: &mut Problems) -> Option<&'n str> {
        if let Content::Text(text) = &self.node.content {
            return Some(text);
        }
        self.wrong_type("text", problems);
        None
    }

    /// Text that can be a name: not empty, no blanks around it, on one line, not endless.
    pub(super) fn name(self, problems: &mut Problems) -> Option<&'n str> {
        let text = self.text(problems)?;
        let (why, hint) = if text.trim().is_empty() {
            ("the text is empty", "write a name")
        } else if text.trim() != text {
            ("there are blanks around the text", "take the blanks away")
        } else if text.chars().any(char::is_control) {
            (
                "the text holds control characters",
                "write it on one line, without tabs",
            )
        } else if text.chars().count() > TEXT_MAX {
            (
                "the text is longer than 255 characters",
                "no service takes a name of that length",
            )
        } else {
            return Some(text);
        };
        self.refuse(Code::BadValue, why, hint, problems);
        None
    }

    /// `true` or `false`.
    pub(super) fn boolean(self, problems: &mut Problems) -> Option<bool> {
        if let Content::Bool(value) = self.node.content {
            return Some(value);
        }
        self.wrong_type("true or false", problems);
        None
    }

    /// A number of things: whole, not negative.
    pub(super) fn count(self, problems: &mut Problems) -> Option<u64> {
        let Content::Number(text) = &self.node.content else {
            self.wrong_type("a number", problems);
            return None;
        };
        let number = text.parse().ok();
        if number.is_none() {
            let why = format!("{} is not a whole number from 0", shown(text));
            self.refuse(Code::BadNumber, why, "write digits only", problems);
        }
        number
    }

    /// One of the words given.
    pub(super) fn choice<T: Copy>(self, words: &[(&'static str, T)], problems: &mut Problems) -> Option<T> {
        let word = match &self.node.content {
            Content::Text(word) | Content::Number(word) => word.as_str(),
            Content::Bool(true) => "true",
            Content::Bool(false) => "false",
            Content::Null | Content::List(_) | Content::Table(_) => {
                self.wrong_type("one word", problems);
                return None;
            }
        };
        let found = words.iter().find(|(w, _)| *w == word);
        if found.is_none() {
            self.unknown(word, words.iter().map(|(w, _)| *w), problems);
        }
        found.map(|(_, value)| *value)
    }

    /// Reports a word that is none of those allowed.
    pub(super) fn unknown<'a>(
        self,
        word: &str,
        allowed: impl IntoIterator<Item = &'a str> + Clone,
        problems: &mut Problems,
    ) {
        let message = format!("{} cannot be {}", shown(self.key), shown(word));
        problems.add(self.at(), Code::UnknownValue, message, instead(word, allowed));
    }

    /// The items of a list; each goes by the list's key.
    pub(super) fn list(self, problems: &mut Problems) -> Option<impl Iterator<Item = Self> + use<'n>> {
        if let Content::List(items) = &self.node.content {
            return Some(items.iter().map(move |node| Self {
                key: self.key,
                key_at: node.at,
                node,
            }));
        }
        self.wrong_type("a list", problems);
        None
    }

    /// A list of names.
    pub(super) fn names(self, problems: &mut Problems) -> Vec<String> {
        let Some(items) = self.list(problems) else {
            return Vec::new();
        };
        items
            .filter_map(|item| item.name(problems).map(str::to_owned))
            .collect()
    }

    /// A table whose keys are names the user chose.
    pub(super) fn entries(self, problems: &mut Problems) -> Option<&'n [Entry]> {
        if let Content::Table(entries) = &self.node.content {
            return Some(entries);
        }
        self.wrong_type("a table", problems);
        None
    }

    /// A table of these keys; others are reported.
    pub(super) fn table(self, allowed: &[&'static str], problems: &mut Problems) -> Option<Table<'n>> {
        let entries = self.entries(problems)?;
        for entry in entries.iter().filter(|e| !allowed.contains(&e.key.as_str())) {
            let place = if self.key.is_empty() {
                String::new()
            } else {
                format!(" in {}", shown(self.key))
            };
            let message = format!("unknown key {}{place}", shown(&entry.key));
            problems.add(
                entry.at,
                Code::UnknownKey,
                message,
                instead(&entry.key, allowed.iter().copied()),
            );
        }
        Some(Table {
            key: self.key,
            at: self.at(),
            entries,
        })
    }

    /// Whether a table was written, as opposed to the short form.
    pub(super) fn is_table(self) -> bool {
        matches!(self.node.content, Content::Table(_))
    }

    /// Whether exactly this word was written.
    pub(super) fn is_word(self, word: &str) -> bool {
        matches!(&self.node.content, Content::Text(text) if text == word)
    }
}

/// The words older YAML took for true and false.
fn is_old_bool(word: &str) -> bool {
    matches!(
        word.to_ascii_lowercase().as_str(),
        "yes" | "no" | "on" | "off" | "y" | "n"
    )
}

/// A table of known keys.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table<'n> {
    pub(super) key: &'n str,
    pub(super) at: Spot,
    entries: &'n [Entry],
}

impl<'n> Table<'n> {
    /// A table some of whose keys are names the user chose: none of its keys is reported.
    pub(super) fn of(value: Value<'n>) -> Option<Self> {
        let Content::Table(entries) = &value.node.content else {
            return None;
        };
        Some(Self {
            key: value.key,
            at: value.at(),
            entries,
        })
    }

    /// The value of a key, if it is there.
    pub(super) fn get(self, key: &str) -> Option<Value<'n>> {
        self.entries.iter().find(|e| e.key == key).map(Value::of)
    }

    /// The value of a key that must be there.
    pub(super) fn need(self, key: &str, problems: &mut Problems) -> Option<Value<'n>> {
        let value = self.get(key);
        if value.is_none() {
            let place = if self.key.is_empty() {
                String::new()
            } else {
                format!(" in {}", shown(self.key))
            };
            problems.add(
                self.at,
                Code::MissingKey,
                format!("the key `{key}` is missing{place}"),
                format!("add `{key}: …` to this table"),
            );
        }
        value
    }

    /// One of the words given, or the default.
    pub(super) fn choice<T: Copy>(
        self,
        key: &str,
        words: &[(&'static str, T)],
        default: T,
        problems: &mut Problems,
    ) -> T {
        self.get(key).and_then(|v| v.choice(words, problems)).unwrap_or(default)
    }

    /// True or false, or the default.
    pub(super) fn boolean(self, key: &str, default: bool, problems: &mut Problems) -> bool {
        self.get(key).and_then(|v| v.boolean(problems)).unwrap_or(default)
    }
}
