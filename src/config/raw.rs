//! The mapping file as a tree in which every key and value knows its place. Nothing is judged here but YAML itself:
//! keys given twice are reported and the first one counts, so that one problem does not hide the others.
//!
//! Imports the YAML parser and the collector of problems.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the parser may add kinds of events; those that are no values are passed over"
)]

use std::collections::BTreeMap;

use serde_saphyr::granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag, options};

use super::problems::{Problems, Spot, shown};
use crate::diag::Code;

/// Deepest nesting of brackets, and of indentation; the deepest key that means anything stands at eight. The tree is
/// read by functions that call themselves, so this also bounds the stack.
const DEPTH_MAX: usize = 64;
/// Most values, those that anchors repeat included. A mapping file of 1 MiB has fewer.
const NODES_MAX: usize = 300_000;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) at: Spot,
    pub(super) content: Content,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// Text, quoted or plain.
    Text(String),
    /// Plain `true` or `false`.
    Bool(bool),
    /// A plain number, as written.
    Number(String),
    /// Nothing, or plain `null`.
    Null,
    /// Values in order.
    List(Vec<Node>),
    /// Keys and values in order; no key twice.
    Table(Vec<Entry>),
}

/// A key, where it stands, and its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) at: Spot,
    pub(super) node: Node,
}

impl Content {
    /// What to call it in a message.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Null => "nothing",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }

    /// The kind a scalar without quotes has by YAML's core schema.
    pub(super) fn plain(text: &str) -> Self {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Self::Null,
            "true" | "True" | "TRUE" => Self::Bool(true),
            "false" | "False" | "FALSE" => Self::Bool(false),
            _ if is_number(text) => Self::Number(text.to_owned()),
            _ => Self::Text(text.to_owned()),
        }
    }
}

fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let of_base = |prefix: &str, base: u32| {
        let digits = text.strip_prefix(prefix);
        digits.is_some_and(|d| !d.is_empty() && d.chars().all(|c| c.is_digit(base)))
    };
    // Rust reads `inf` and `nan` as numbers where YAML wants a dot before them.
    let floating = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') && unsigned.parse::<f64>().is_ok();
    let special = matches!(unsigned.to_ascii_lowercase().as_str(), ".inf" | ".nan");
    floating || special || of_base("0x", 16) || of_base("0o", 8)
}

/// Reads the one document in `text`; `None` when there is none that can be read, which is then reported.
pub(super) fn parse(text: &str, problems: &mut Problems) -> Option<Node> {
    let options = options! { emit_comments: false, block_nesting_limit: DEPTH_MAX, flow_nesting_limit: DEPTH_MAX };
    let mut builder = Builder {
        text,
        events: Parser::new_from_str_with_options(text, options),
        anchors: BTreeMap::new(),
        nodes: 0,
        problems,
    };
    builder.document().ok().flatten()
}

/// Reading cannot go on; the problem is reported already.
struct Stop;

struct Builder<'t, 'p> {
    text: &'t str,
    events: Parser<'t, StrInput<'t>>,
    /// Anchored values, and how many values each holds.
    anchors: BTreeMap<usize, (Node, usize)>,
    nodes: usize,
    problems: &'p mut Problems,
}

impl<'t> Builder<'t, '_> {
    fn document(&mut self) -> Result<Option<Node>, Stop> {
        let mut root: Option<Node> = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(..) if root.is_some() => {
                    let message = "a second YAML document begins here";
                    self.stop(
                        span,
                        Code::BadYaml,
                        message,
                        "keep one document, without `---` below the first line",
                    )?;
                }
                _ if event.is_node() => root = Some(self.node(event, span)?),
                _ => {}
            }
        }
        Ok(root)
    }

    fn next(&mut self) -> Result<(Event<'t>, Span), Stop> {
        match self.events.next() {
            Some(Ok(found)) => Ok(found),
            Some(Err(error)) => {
                self.bad_yaml(&error);
                Err(Stop)
            }
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn bad_yaml(&mut self, error: &ScanError) {
        let at = Spot::of(*error.marker());
        let line = self.text.lines().nth(at.line.saturating_sub(1)).unwrap_or_default();
        let (code, hint) = if matches!(
            error.kind(),
            ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation
        ) || line.trim_start_matches(' ').starts_with('\t')
        {
            (Code::BadYaml, "YAML is indented with spaces, never with tabs")
        } else if *error.kind() == ErrorKind::RecursionLimitExceeded {
            (Code::TooComplex, "no part of a mapping file is nested this deeply")
        } else if line.contains("${") {
            (
                Code::BadYaml,
                "inside `{ }` and `[ ]`, put quotes around a reference: \"${NAME}\"",
            )
        } else if self.text.lines().count() < at.line {
            (
                Code::BadYaml,
                "the file ends too early: look for an open bracket or quote above",
            )
        } else {
            (
                Code::BadYaml,
                "check indentation, quotes and brackets here and on the line above",
            )
        };
        self.problems.add(at, code, format!("not YAML: {}", error.info()), hint);
    }

    fn stop(&mut self, span: Span, code: Code, message: &str, hint: &str) -> Result<(), Stop> {
        self.problems.add(Spot::of(span.start), code, message, hint);
        Err(Stop)
    }

    fn count(&mut self, more: usize, span: Span) -> Result<(), Stop> {
        self.nodes = self.nodes.saturating_add(more);
        if self.nodes > NODES_MAX {
            let message = "with its anchors unfolded the file holds too many values";
            self.stop(
                span,
                Code::TooComplex,
                message,
                "write the values out instead of repeating anchors",
            )?;
        }
        Ok(())
    }

    fn node(&mut self, event: Event<'t>, span: Span) -> Result<Node, Stop> {
        self.count(1, span)?;
        let before = self.nodes;
        let anchor = event.anchor_id();
        let at = Spot::of(span.start);
        let content = match event {
            Event::Scalar(text, style, _, tag) => self.scalar(&text, style, tag.as_deref(), at),
            Event::SequenceStart(_, _, tag) => {
                self.refuse_tag(tag.as_deref(), at);
                self.list()?
            }
            Event::MappingStart(_, _, tag) => {
                self.refuse_tag(tag.as_deref(), at);
                self.table()?
            }
            Event::Alias(id) => return self.alias(id, span),
            _ => Content::Null,
        };
        let node = Node { at, content };
        if let Some(id) = anchor {
            self.anchors.insert(id, (node.clone(), self.nodes - before + 1));
        }
        Ok(node)
    }

    fn alias(&mut self, id: usize, span: Span) -> Result<Node, Stop> {
        let Some(size) = self.anchors.get(&id).map(|(_, size)| *size) else {
            self.stop(
                span,
                Code::BadYaml,
                "an anchor that holds itself",
                "write the value out",
            )?;
            return Err(Stop);
        };
        self.count(size, span)?;
        let node = self.anchors.get(&id).map(|(node, _)| node.content.clone());
        Ok(Node {
            at: Spot::of(span.start),
            content: node.unwrap_or(Content::Null),
        })
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, at: Spot) -> Content {
        let forced_text = tag.is_some_and(|t| t.is_yaml_core_schema_tag("str"));
        if !forced_text {
            self.refuse_tag(tag, at);
        }
        if style == ScalarStyle::Plain && !forced_text {
            Content::plain(text)
        } else {
            Content::Text(text.to_owned())
        }
    }

    fn refuse_tag(&mut self, tag: Option<&Tag>, at: Spot) {
        if tag.is_some() {
            let message = "a YAML tag stands before this value";
            self.problems.add(
                at,
                Code::BadYaml,
                message,
                "mapping files need no tags: take the word with `!` away",
            );
        }
    }

    fn list(&mut self) -> Result<Content, Stop> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::SequenceEnd | Event::StreamEnd => return Ok(Content::List(items)),
                _ if event.is_node() => items.push(self.node(event, span)?),
                _ => {}
            }
        }
    }

    fn table(&mut self) -> Result<Content, Stop> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut places: BTreeMap<String, Spot> = BTreeMap::new();
        let mut merged: Vec<Entry> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd | Event::StreamEnd) {
                break;
            }
            if !event.is_node() {
                continue;
            }
            let is_merge = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, ..) if text == "<<");
            let key = self.node(event, span)?;
            let (event, span) = self.next()?;
            let node = self.node(event, span)?;
            if is_merge {
                self.merge(node, &mut merged);
                continue;
            }
            let at = key.at;
            let Some(key) = self.key(key) else { continue };
            if let Some(first) = places.get(&key) {
                self.problems.add(
                    at,
                    Code::DuplicateKey,
                    format!("the key {} is here a second time", shown(&key)),
                    format!("it already stands at {}:{}: keep one", first.line, first.column),
                );
                continue;
            }
            places.insert(key.clone(), at);
            entries.push(Entry { key, at, node });
        }
        // What is written in the table itself counts more than what is merged into it.
        for entry in merged {
            if !places.contains_key(&entry.key) {
                places.insert(entry.key.clone(), entry.at);
                entries.push(entry);
            }
        }
        Ok(Content::Table(entries))
    }

    fn key(&mut self, node: Node) -> Option<String> {
        match node.content {
            Content::Text(key) | Content::Number(key) => Some(key),
            Content::Bool(key) => Some(key.to_string()),
            other @ (Content::Null | Content::List(_) | Content::Table(_)) => {
                let message = format!("a key must be text, not {}", other.kind());
                self.problems
                    .add(node.at, Code::WrongType, message, "write `key: value`");
                None
            }
        }
    }

    fn merge(&mut self, node: Node, merged: &mut Vec<Entry>) {
        let at = node.at;
        match node.content {
            Content::Table(entries) => merged.extend(entries),
            Content::List(items) => {
                for item in items {
                    self.merge(item, merged);
                }
            }
            other @ (Content::Text(_) | Content::Bool(_) | Content::Number(_) | Content::Null) => {
                let message = format!("`<<` merges a table, not {}", other.kind());
                self.problems
                    .add(at, Code::WrongType, message, "name an anchored table: `<<: *name`");
            }
        }
    }
}
