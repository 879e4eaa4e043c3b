//! Cutting a text that is too long for where it goes.
//!
//! Imports the parser only.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};

use super::spans::parse;

/// `None` when the text fits into `max_chars` characters. Else its beginning, ended at a line or word outside code
/// spans, links and tags where there is one, an open fence closed, and `notice` below as a paragraph of its own. Never
/// longer than `max_chars`; when not even the notice fits, the beginning of the notice.
#[must_use]
pub fn cut(text: &str, max_chars: usize, notice: &str) -> Option<String> {
    if text.chars().count() <= max_chars {
        return None;
    }
    let below = format!("\n\n{notice}");
    let Some(room) = max_chars.checked_sub(below.chars().count()) else {
        return Some(notice.chars().take(max_chars).collect());
    };
    let shape = Shape::read(text);
    let end = text.char_indices().nth(room).map_or(text.len(), |(at, _)| at);
    let mut kept = shape.before(text, end);
    let mut closing = shape.closing(text, kept);
    let over = (chars(text, kept) + closing.chars().count()).saturating_sub(room);
    if over > 0 {
        let less = chars(text, end).saturating_sub(over + closing.chars().count());
        let end = text.char_indices().nth(less).map_or(0, |(at, _)| at);
        kept = shape.before(text, end);
        closing = shape.closing(text, kept);
        if chars(text, kept) + closing.chars().count() > room {
            (kept, closing) = (0, String::new());
        }
    }
    let begin = text.get(..kept).unwrap_or_default().trim_end();
    if begin.is_empty() {
        return Some(notice.to_owned());
    }
    Some(format!("{begin}{closing}{below}"))
}

fn chars(text: &str, end: usize) -> usize {
    text.get(..end).unwrap_or_default().chars().count()
}

/// What must not be cut in two, and what must be closed when it is.
#[derive(Default)]
struct Shape {
    whole: Vec<Range<usize>>,
    blocks: Vec<(Range<usize>, String)>,
}

impl Shape {
    fn read(text: &str) -> Self {
        let mut shape = Self::default();
        // What is open in a quote or list ends with it; to close it at the margin would open it anew.
        let mut nested = 0_usize;
        for (event, range) in parse(text) {
            #[expect(
                clippy::wildcard_enum_match_arm,
                reason = "the rest of the parser's events is structure"
            )]
            match event {
                Event::Start(Tag::BlockQuote(_) | Tag::Item | Tag::FootnoteDefinition(_)) => nested += 1,
                Event::End(TagEnd::BlockQuote(_) | TagEnd::Item | TagEnd::FootnoteDefinition) => {
                    nested = nested.saturating_sub(1);
                }
                Event::Code(_)
                | Event::InlineHtml(_)
                | Event::FootnoteReference(_)
                | Event::Start(Tag::Link { .. } | Tag::Image { .. }) => shape.whole.push(range),
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) if nested == 0 => {
                    let fence = fence(text.get(range.clone()).unwrap_or_default());
                    shape.blocks.push((range, fence));
                }
                Event::Start(Tag::HtmlBlock) if nested == 0 => {
                    let source = text.get(range.clone()).unwrap_or_default();
                    if let Some(end) = html_end(source) {
                        shape.blocks.push((range, end.to_owned()));
                    }
                }
                _ => {}
            }
        }
        shape
    }

    /// The best place to cut at or before `end`.
    fn before(&self, text: &str, end: usize) -> usize {
        let mut at = wordwise(text, end);
        while let Some(range) = self.whole.iter().find(|r| r.start < at && at < r.end) {
            at = wordwise(text, range.start);
        }
        // Not between the bars of a fence's first line or of a tag.
        if let Some((range, _)) = self.blocks.iter().find(|(r, _)| r.start < at && at < r.end) {
            let first = text
                .get(range.clone())
                .and_then(|b| b.find('\n'))
                .unwrap_or(range.len());
            if at <= range.start + first {
                at = range.start;
            }
        }
        at
    }

    /// What ends the block that is open at `at`.
    fn closing(&self, text: &str, at: usize) -> String {
        let open = self.blocks.iter().find(|(r, _)| r.start < at && at <= r.end);
        let Some((range, end)) = open else {
            return String::new();
        };
        let kept = text.get(range.start..at).unwrap_or_default().trim_end();
        let closed = match kept.rsplit_once('\n') {
            Some((_, last)) => last.trim_start_matches(['>', ' ']).starts_with(end.as_str()) || html_closed(kept, end),
            None => html_closed(kept, end),
        };
        if closed { String::new() } else { format!("\n{end}") }
    }
}

fn html_closed(kept: &str, end: &str) -> bool {
    end.contains('>') && kept.to_ascii_lowercase().contains(end)
}

/// The last line end before `end`, or white space when the line is long, or `end` when there is none near.
fn wordwise(text: &str, end: usize) -> usize {
    let head = text.get(..end).unwrap_or_default();
    if end == text.len() || text.get(end..).is_some_and(|t| t.starts_with(char::is_whitespace)) {
        return end;
    }
    let near = |at: &usize| *at >= end / 2;
    let line = head.rfind('\n').filter(|at| end - at <= 200).filter(near);
    line.or_else(|| head.rfind(char::is_whitespace).filter(near))
        .unwrap_or(end)
}

/// The bars that close a fenced block, from its first line.
fn fence(source: &str) -> String {
    let bar = source.chars().next().unwrap_or('`');
    source.chars().take_while(|&c| c == bar).collect()
}

/// What ends the kinds of HTML block that a blank line does not end.
fn html_end(source: &str) -> Option<&'static str> {
    let begin = source
        .trim_start()
        .get(..10)
        .unwrap_or(source.trim_start())
        .to_ascii_lowercase();
    let ends = [
        ("<!--", "-->"),
        ("<![cdata[", "]]>"),
        ("<?", "?>"),
        ("<!", ">"),
        ("<pre", "</pre>"),
        ("<script", "</script>"),
        ("<style", "</style>"),
        ("<textarea", "</textarea>"),
    ];
    ends.into_iter().find(|(b, _)| begin.starts_with(b)).map(|(_, end)| end)
}
