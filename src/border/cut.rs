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
    let mut end = text.char_indices().nth(room).map_or(text.len(), |(at, _)| at);
    // What closes the blocks that are cut through takes room too; a block that cannot be closed is left out.
    loop {
        let kept = shape.before(text, end);
        let closing = shape.closing(text, kept);
        let begin = text.get(..kept).unwrap_or_default().trim_end();
        if begin.is_empty() {
            return Some(notice.to_owned());
        }
        let over = (begin.chars().count() + closing.chars().count()).saturating_sub(room);
        let short = format!("{begin}{closing}{below}");
        if over == 0 && stands_apart(&short, short.len() - notice.len()) {
            return Some(short);
        }
        end = if over > 0 {
            before_last(begin, over)
        } else {
            shape.block_start(kept)
        };
    }
}

/// The offset of what is left when `text` loses so many characters at its end.
fn before_last(text: &str, characters: usize) -> usize {
    let mut last = text.char_indices().rev();
    last.nth(characters.saturating_sub(1)).map_or(0, |(at, _)| at)
}

/// Whether a paragraph that stands in nothing else begins at `at`.
fn stands_apart(text: &str, at: usize) -> bool {
    let mut depth = 0_usize;
    for (event, range) in parse(text) {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "the rest of the parser's events is content"
        )]
        match event {
            Event::Start(Tag::Paragraph) if depth == 0 && range.start == at => return true,
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// What must not be cut in two, and what must be closed when it is.
#[derive(Default)]
struct Shape {
    whole: Vec<Range<usize>>,
    blocks: Vec<(Range<usize>, String)>,
    /// Every block that stands in nothing else.
    top: Vec<Range<usize>>,
    /// Where a folded part of the page begins (`true`) or ends.
    folds: Vec<(usize, bool)>,
}

impl Shape {
    fn read(text: &str) -> Self {
        let mut shape = Self::default();
        // What is open in a quote or list ends with it; to close it at the margin would open it anew.
        let mut nested = 0_usize;
        let mut depth = 0_usize;
        for (event, range) in parse(text) {
            #[expect(
                clippy::wildcard_enum_match_arm,
                reason = "the rest of the parser's events is content"
            )]
            match &event {
                Event::Start(tag) => {
                    if depth == 0 {
                        shape.top.push(range.clone());
                    }
                    depth += 1;
                    if matches!(tag, Tag::HtmlBlock) {
                        shape.keep_tags(text, &range);
                    }
                }
                Event::End(_) => depth = depth.saturating_sub(1),
                Event::Html(html) | Event::InlineHtml(html) => shape.fold(html, range.start),
                _ => {}
            }
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

    /// Half a tag would take what is put below it for its own.
    fn keep_tags(&mut self, text: &str, block: &Range<usize>) {
        let source = text.get(block.clone()).unwrap_or_default();
        if html_end(source).is_some() {
            return;
        }
        let mut from = 0;
        while let Some(tag) = source.get(from..).and_then(tag) {
            self.whole
                .push(block.start + from + tag.start..block.start + from + tag.end);
            from += tag.end;
        }
    }

    /// One that ends with its quote or list is closed once more, which does nothing.
    fn fold(&mut self, html: &str, at: usize) {
        let html = html.to_ascii_lowercase();
        let begins = html.match_indices("<details").map(|(i, _)| (at + i, true));
        let ends = html.match_indices("</details").map(|(i, _)| (at + i, false));
        self.folds.extend(begins.chain(ends));
    }

    /// Where the block begins that stands in nothing else and holds what is before `at`.
    fn block_start(&self, at: usize) -> usize {
        let after = self.top.partition_point(|block| block.start < at);
        let block = after.checked_sub(1).and_then(|last| self.top.get(last));
        block.map_or(0, |block| block.start)
    }

    /// What ends the block and the folded parts that are open at `at`.
    fn closing(&self, text: &str, at: usize) -> String {
        let mut closing = self.block_closing(text, at);
        let before = self.folds.iter().filter(|(fold, _)| *fold < at);
        let open = before.fold(
            0_usize,
            |open, (_, begins)| if *begins { open + 1 } else { open.saturating_sub(1) },
        );
        for _ in 0..open {
            closing.push_str("\n\n</details>");
        }
        closing
    }

    fn block_closing(&self, text: &str, at: usize) -> String {
        let open = self.blocks.iter().find(|(r, _)| r.start < at && at <= r.end);
        let Some((range, end)) = open else {
            return String::new();
        };
        let kept = text.get(range.start..at).unwrap_or_default().trim_end();
        let last = kept.rsplit_once('\n').map_or("", |(_, last)| last);
        if closes(last, end) || html_closed(kept, end) {
            String::new()
        } else {
            format!("\n{end}")
        }
    }
}

/// Whether a line ends a fence of these bars.
fn closes(line: &str, fence: &str) -> bool {
    let bars = line.trim_start_matches(' ');
    let bar = fence.chars().next().unwrap_or('`');
    line.len() - bars.len() < 4 && bars.len() >= fence.len() && bars.trim_end().chars().all(|c| c == bar)
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
        .unwrap_or_else(|| before_entity(head))
}

/// The end of `head`, or where a character written out as an entity begins that it may have been cut in.
fn before_entity(head: &str) -> usize {
    let written = head.rfind('&').filter(|&at| {
        let inner = head.get(at + 1..).unwrap_or_default();
        inner.len() < 40 && inner.chars().all(|c| c.is_ascii_alphanumeric() || c == '#')
    });
    written.unwrap_or(head.len())
}

/// Where the first tag of a piece of HTML is; one that is never closed goes to the end.
fn tag(html: &str) -> Option<Range<usize>> {
    let begins = |c: char| c.is_ascii_alphabetic() || c == '/';
    let mut signs = html.match_indices('<').map(|(at, _)| at);
    let start = signs.find(|at| html.get(at + 1..).is_some_and(|rest| rest.starts_with(begins)))?;
    let mut quote = None;
    for (at, c) in html.get(start..)?.char_indices() {
        match (quote, c) {
            (None, '>') => return Some(start..start + at + 1),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    Some(start..html.len())
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
