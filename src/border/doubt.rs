//! Code that may be none: where GitHub's or GitLab's parser may see running text although ours sees code.
//!
//! Imports the parser and the reader of lines. They know regions that ours does not: quotes between lines of `>>>`,
//! front matter, mathematics between dollars, links in double brackets, tables of one column; and footnotes, quotes and
//! items may end elsewhere. Code in doubt is treated as text: a joiner in code is a lesser evil than a stranger notified.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::lines::lines;

/// What a text holds that readers may disagree about, and what is in doubt so far.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a thing of its own that was seen")]
pub(super) struct Doubt<'a> {
    believes: bool,
    text: &'a str,
    /// Where lines begin that may begin or end a quote. Between and behind two of them nothing is certain.
    walls: Vec<usize>,
    /// Behind the first of them a line begins with a tag: to some it begins a block in which nothing is code.
    tag_behind_wall: bool,
    /// Paragraphs with a line whose ticks are not in pairs: who begins the paragraph elsewhere pairs them otherwise.
    unpaired: Vec<Range<usize>>,
    /// Where front matter may end.
    front: Vec<usize>,
    /// A block of code is in doubt, and so is every later one: readers may be out of step.
    pub(super) block: bool,
    /// Where the running text of the paragraph was last looked at.
    seen: usize,
    /// How far addresses were looked for, the last one, and the last blank.
    looked: usize,
    address: Option<usize>,
    blank: Option<usize>,
    dollar: bool,
    bracket: bool,
    /// Ticks of the paragraph may be paired otherwise.
    lost: bool,
    /// Footnotes that are open.
    notes: usize,
    /// Behind a line that may make a table a line begins with a tag: to some it begins a block in which nothing is code.
    raw: bool,
    /// An item has just begun.
    item: bool,
    /// Readers may be out of step behind an empty item, which to some goes on behind blank lines, and behind a tag that
    /// to some ends the quote or item it stands in.
    hollow: bool,
    /// They are, and behind such a tag: what is text to one is raw HTML to another.
    pub(super) torn: bool,
}

impl<'a> Doubt<'a> {
    /// Reads a text, all of it before the first event.
    pub(super) fn read(text: &'a str) -> Self {
        let walls: Vec<usize> = lines(text)
            .filter(|(_, line)| is_wall(line))
            .map(|(at, _)| at)
            .collect();
        let behind = walls.first().and_then(|&at| text.get(at..)).unwrap_or_default();
        Self {
            text,
            tag_behind_wall: lines(behind).any(|(_, line)| line.trim_start_matches(QUOTED).starts_with('<')),
            walls,
            front: front_matter(text),
            unpaired: unpaired(text),
            block: raw_behind_rule(text) || underlines_definition(text),
            raw: raw_behind_rule(text),
            ..Self::default()
        }
    }

    /// No doubt at all.
    pub(super) fn none() -> Self {
        Self {
            believes: true,
            ..Self::default()
        }
    }

    /// Whether it doubts nothing, whatever it is told.
    pub(super) fn is_none(&self) -> bool {
        self.believes
    }

    /// To be told every event of the parser, in order.
    pub(super) fn hear(&mut self, event: &Event<'_>, range: &Range<usize>) {
        if self.believes {
            return;
        }
        self.hollow |= self.item && matches!(event, Event::End(TagEnd::Item));
        self.item = matches!(event, Event::Start(Tag::Item));
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "the rest of the parser's events and tags is of no interest"
        )]
        match event {
            Event::End(TagEnd::FootnoteDefinition) => self.notes = self.notes.saturating_sub(1),
            Event::Start(Tag::CodeBlock(_)) => {
                let split = {
                    let next = self.front.partition_point(|&at| at < range.start);
                    self.front.get(next).is_some_and(|at| range.contains(at))
                };
                self.block |=
                    self.is_walled(range.start) || split || self.ends_early(range) || self.hollow || self.notes > 0;
            }
            Event::Start(tag) if !is_inline(tag) => {
                self.notes += usize::from(matches!(tag, Tag::FootnoteDefinition(_)));
                let holds = matches!(tag, Tag::Item | Tag::BlockQuote(_) | Tag::FootnoteDefinition(_));
                let inner = self.text.get(range.clone()).unwrap_or_default();
                self.hollow |= holds && hides_block(inner.split('\n').next().unwrap_or_default());
                self.torn |= holds && self.is_torn(range);
                (self.seen, self.dollar, self.bracket) = (range.start, false, false);
                // In the services' quotes `[!NOTE]` a new paragraph begins behind the word, and a tag can begin a block.
                // So it can below a table, be it none to us.
                let ruled = matches!(tag, Tag::Paragraph | Tag::Item) && inner.split('\n').any(is_rule);
                let noted =
                    ruled || matches!(tag, Tag::Table(_)) || (matches!(tag, Tag::Paragraph) && inner.starts_with("[!"));
                self.torn |= noted
                    && inner
                        .split('\n')
                        .any(|line| line.trim_start_matches(['>', ' ']).starts_with('<'));
                self.hollow |= self.torn;
                self.lost = self.raw
                    || match tag {
                        Tag::Paragraph | Tag::Item => ruled,
                        // Whoever sees no table there pairs the ticks of its cells otherwise.
                        Tag::Table(_) => inner.split('\n').any(|line| line.matches('`').count() % 2 == 1),
                        Tag::TableHead | Tag::TableRow | Tag::TableCell => self.lost,
                        _ => false,
                    };
            }
            _ => {}
        }
    }

    /// Whether what begins at `at` may be in a quote of many lines or behind one.
    fn is_walled(&self, at: usize) -> bool {
        let before = self.walls.partition_point(|&wall| wall < at);
        let moved_in = |at: &usize| self.text.get(*at..).is_some_and(|line| !line.starts_with('>'));
        before > 0 && (self.walls.len() > 1 || self.walls.iter().take(before).any(moved_in))
    }

    /// Whether a line ends a block of code but for a tab behind it, which our parser takes for content.
    fn ends_early(&self, range: &Range<usize>) -> bool {
        let source = self.text.get(range.clone()).unwrap_or_default();
        source.split(['\n', '\r']).skip(1).any(|line| {
            let bars = line.trim_matches(|c: char| c.is_whitespace() || c == '>');
            line.ends_with('\t') && bars.len() > 2 && (bars.chars().all(|c| c == '`') || bars.chars().all(|c| c == '~'))
        })
    }

    /// Whether a quote or item holds a line that begins with a tag and does not say that it belongs there.
    fn is_torn(&self, range: &Range<usize>) -> bool {
        let before = self.text.get(..range.start).unwrap_or_default();
        let line_head = before.rsplit('\n').next().unwrap_or_default();
        let column = line_head.len();
        let mut lines = self.text.get(range.clone()).unwrap_or_default().split('\n');
        let first = lines.next().unwrap_or_default();
        let marker = first.trim_start_matches(|c: char| c.is_ascii_digit() || "-+*.)".contains(c));
        let inner = if first.starts_with("[^") {
            4
        } else {
            column + first.len() - marker.trim_start().len()
        };
        let quotes = first.starts_with('>').then(|| signs(line_head) + 1);
        lines.any(|line| {
            let begun = line.trim_start_matches(QUOTED);
            let head = line.get(..line.len() - begun.len()).unwrap_or_default();
            begun.starts_with('<') && quotes.map_or(head.len() < inner, |own| signs(head) < own)
        })
    }

    /// Whether code in a line may be cut in two by what began before it.
    pub(super) fn inline(&mut self, range: &Range<usize>) -> bool {
        if self.believes {
            return false;
        }
        let before = self.text.get(self.seen..range.start).unwrap_or_default();
        let code = self.text.get(range.clone()).unwrap_or_default();
        self.dollar |= before.contains('$');
        self.bracket |= before.contains("[[");
        self.seen = range.end;
        let after = self.unpaired.partition_point(|part| part.start <= range.start);
        let part = after.checked_sub(1).and_then(|last| self.unpaired.get(last));
        let unpaired = code.contains('\n') || part.is_some_and(|part| range.start < part.end);
        self.lost |= self.tag_behind_wall && self.is_walled(range.start);
        self.lost |= self.runs_on(range.start);
        let doubtful = self.block
            || self.hollow
            || self.lost
            || unpaired
            || (self.dollar && code.contains('$'))
            || (self.bracket && code.contains("]]"));
        // What follows in the paragraph may be paired otherwise.
        self.lost |= doubtful;
        doubtful
    }
}

impl Doubt<'_> {
    /// Whether a bare address may run on into what begins at `at`: nothing blank is between them. Each part of the text is
    /// looked at once, however many ticks it holds.
    fn runs_on(&mut self, at: usize) -> bool {
        // The address may have begun where the last look ended.
        let from = self.text.floor_char_boundary(self.looked.saturating_sub(3));
        let part = self.text.get(from..at).unwrap_or_default();
        let address = part.rfind("//").max(part.rfind("www."));
        self.address = self.address.max(address.map(|found| from + found));
        let blank = part.rfind(|c: char| c.is_ascii_whitespace());
        self.blank = self.blank.max(blank.map(|found| from + found));
        self.looked = at;
        self.address > self.blank
    }
}

/// The parts between blank lines and fences in which ticks do not come in pairs within each line.
fn unpaired(text: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut begin, mut paired) = (0, true);
    for (at, line) in lines(text) {
        let inner = line.trim_matches(|c| " \t>".contains(c));
        let fence = inner
            .strip_prefix("```")
            .is_some_and(|rest| !rest.trim_start_matches('`').contains('`'));
        if inner.is_empty() || fence {
            if !paired {
                parts.push(begin..at);
            }
            (begin, paired) = (at + line.len(), true);
        } else {
            paired &= is_paired(line);
        }
    }
    if !paired {
        parts.push(begin..text.len());
    }
    parts
}

/// Whether the runs of ticks in a line come in pairs of one length.
fn is_paired(line: &str) -> bool {
    let runs = line.split(|c| c != '`').filter(|run| !run.is_empty());
    let runs: Vec<usize> = runs.map(str::len).collect();
    runs.chunks(2)
        .all(|pair| matches!(pair, [open, close] if open == close))
}

/// What stands before the text of a line in a quote.
const QUOTED: [char; 3] = [' ', '\t', '>'];

/// The signs of quotes in the beginning of a line.
fn signs(head: &str) -> usize {
    head.matches('>').count()
}

/// Whether a block begins behind a task's box, which our parser takes for text, or nothing.
fn hides_block(item: &str) -> bool {
    let boxes = ["[ ]", "[x]", "[X]"];
    let task = boxes.iter().find_map(|mark| item.split_once(mark));
    task.is_some_and(|(_, text)| {
        let text = text.strip_prefix(' ').unwrap_or(text);
        let begins = ["```", "~~~", ">", "<", "- ", "+ ", "* ", "#", "    "];
        let begun = text.trim_start();
        begun.is_empty()
            || begins
                .iter()
                .any(|begin| text.starts_with(begin) || begun.starts_with(begin))
    })
}

/// Whether a line may begin or end a quote of many lines, be it in an item or footnote.
fn is_wall(line: &str) -> bool {
    let line = line.trim();
    let before = line.trim_end_matches('>');
    line.len() - before.len() > 2 && !before.contains(|c: char| c.is_alphabetic() && c != 'x')
}

/// The line under the head of a table of one column, which the services take for one and our parser does not.
fn is_rule(line: &str) -> bool {
    line.contains('-') && line.contains([':', '|']) && line.chars().all(|c| " \t>|:-".contains(c))
}

/// Whether a line that would make a heading stands below the definition of a link: to some a rule, to some the beginning of
/// a paragraph, which goes on in lines that would be code below a rule.
fn underlines_definition(text: &str) -> bool {
    let mut defined = false;
    text.split(['\n', '\r']).any(|line| {
        let inner = line.trim_start_matches(QUOTED).trim_end();
        let underlines = defined && (inner.chars().all(|c| c == '-') || inner.chars().all(|c| c == '='));
        let begins = inner.trim_start_matches([' ', '-', '+', '*']).starts_with('[') && inner.contains("]:");
        defined = !inner.is_empty() && (defined || begins);
        underlines && !inner.is_empty()
    })
}

/// Whether a line that may end a table's head stands before one that begins with a tag.
fn raw_behind_rule(text: &str) -> bool {
    let mut behind = false;
    text.split(['\n', '\r']).any(|line| {
        behind |= is_rule(line);
        behind
            && line
                .trim_start_matches([' ', '\t', '>', '-', '*', '+'])
                .starts_with('<')
    })
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. }
    )
}

/// The lines at which what GitLab takes for front matter may end.
fn front_matter(text: &str) -> Vec<usize> {
    let mut lines = lines(text).skip_while(|(_, line)| line.trim().is_empty());
    let first = lines.next().map_or("", |(_, line)| line);
    let Some(bar) = ["---", "+++", ";;;"].into_iter().find(|bar| first.starts_with(bar)) else {
        return Vec::new();
    };
    lines
        .filter(|(_, line)| line.trim_end() == bar)
        .map(|(at, _)| at)
        .collect()
}
