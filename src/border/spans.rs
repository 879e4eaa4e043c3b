//! Which bytes of a text are code, raw HTML or running text, by the Markdown parser.
//!
//! Imports the parser, and from beside it what is in doubt.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd, TextMergeWithOffset};

use super::doubt::Doubt;

/// The dialect GitHub and GitLab have in common. Without the parser's quotes `[!NOTE]`, in which it takes for fences what
/// neither of them does.
pub(super) fn parse(text: &str) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    TextMergeWithOffset::new(Parser::new_ext(text, options).into_offset_iter())
}

/// Deeper than anybody quotes. What readers disagree about is looked for in each quote and item anew, so that a text of
/// nothing but signs of quotes would take hours.
const DEEPEST: usize = 100;

/// Byte ranges, ascending and apart.
#[derive(Debug, Default)]
pub(super) struct Spans {
    code: Vec<Range<usize>>,
    text: Vec<Range<usize>>,
    prose: Vec<Range<usize>>,
    html: Vec<Range<usize>>,
    links: Vec<Range<usize>>,
    /// Where raw HTML may begin that is none to our parser.
    torn: Option<usize>,
}

impl Spans {
    /// Reads a text that is to be carried: what is not certainly code is none.
    pub(super) fn read(text: &str) -> Self {
        Self::read_with(text, Doubt::read(text))
    }

    /// Reads a text for what it says: what may be code is code.
    pub(super) fn believing(text: &str) -> Self {
        Self::read_with(text, Doubt::none())
    }

    fn read_with(text: &str, mut doubt: Doubt<'_>) -> Self {
        let mut spans = Self::default();
        let (mut block, mut linked, mut depth) = (false, 0_usize, 0_usize);
        for (event, range) in parse(text) {
            depth += usize::from(matches!(event, Event::Start(_)));
            depth = depth.saturating_sub(usize::from(matches!(event, Event::End(_))));
            if depth > DEEPEST && !doubt.is_none() {
                return Self::none();
            }
            doubt.hear(&event, &range);
            if doubt.torn {
                spans.torn.get_or_insert(range.start);
            }
            #[expect(
                clippy::wildcard_enum_match_arm,
                reason = "the rest of the parser's events is structure"
            )]
            match event {
                Event::Start(Tag::CodeBlock(kind)) => {
                    block = true;
                    // The words behind the bars are not shown either.
                    if matches!(kind, CodeBlockKind::Fenced(_)) && !doubt.block {
                        let fence = text.get(range.clone()).and_then(|source| source.lines().next());
                        spans.code.push(range.start..range.start + fence.map_or(0, str::len));
                    }
                }
                Event::End(TagEnd::CodeBlock) => block = false,
                Event::Start(Tag::Link { .. } | Tag::Image { .. }) => {
                    linked += 1;
                    spans.links.push(range);
                }
                Event::End(TagEnd::Link | TagEnd::Image) => linked = linked.saturating_sub(1),
                // Whatever it may be instead.
                Event::Code(_) if doubt.inline(&range) => spans.html.push(range),
                Event::Text(_) if block && doubt.block => spans.html.push(range),
                Event::Code(_) => spans.code.push(range),
                Event::Text(_) if block => spans.code.push(range),
                Event::Text(_) => {
                    if linked == 0 {
                        spans.prose.push(range.clone());
                    }
                    spans.text.push(range);
                }
                Event::Html(_) | Event::InlineHtml(_) => spans.html.push(range),
                _ => {}
            }
        }
        for ranges in [&mut spans.code, &mut spans.text, &mut spans.prose, &mut spans.html] {
            ranges.sort_by_key(|r| r.start);
        }
        spans
    }

    /// Nothing is believed: no code, and all of it as open to mistakes as raw HTML.
    pub(super) fn none() -> Self {
        Self {
            html: std::iter::once(0..usize::MAX).collect(),
            ..Self::default()
        }
    }

    /// The end of the code that holds this byte.
    pub(super) fn code_end(&self, at: usize) -> Option<usize> {
        holding(&self.code, at).map(|r| r.end)
    }

    /// The end of the piece of text that holds this byte: emphasis, tags and the like begin behind it.
    pub(super) fn text_end(&self, at: usize) -> Option<usize> {
        holding(&self.text, at).map(|r| r.end)
    }

    /// Whether the byte is part of a tag or of an HTML block.
    pub(super) fn is_html(&self, at: usize) -> bool {
        holding(&self.html, at).is_some()
    }

    /// Whether the byte may be part of raw HTML to some reader.
    pub(super) fn may_be_html(&self, at: usize) -> bool {
        self.is_html(at) || self.torn.is_some_and(|torn| torn <= at)
    }

    /// Whether all of the bytes are running text outside links, where a link may be put.
    pub(super) fn is_prose(&self, range: &Range<usize>) -> bool {
        holding(&self.prose, range.start).is_some_and(|r| range.end <= r.end)
    }

    /// The ends of links and images: one behind their last byte, ascending by start.
    pub(super) fn link_ends(&self) -> impl Iterator<Item = usize> {
        self.links.iter().map(|r| r.end)
    }

    /// Raw HTML in pieces: tags in running text, and whole blocks.
    pub(super) fn html_parts(&self) -> Vec<Range<usize>> {
        let mut parts: Vec<Range<usize>> = Vec::new();
        for range in self.html.iter().filter(|range| range.end < usize::MAX) {
            match parts.last_mut() {
                Some(last) if last.end == range.start => last.end = range.end,
                _ => parts.push(range.clone()),
            }
        }
        parts
    }

    /// The text of all code, without joiners: what must be the same before and after.
    pub(super) fn code_text(&self, text: &str) -> String {
        let parts = self.code.iter().filter_map(|r| text.get(r.clone()));
        let mut all = String::new();
        for part in parts {
            all.extend(part.chars().filter(|&c| c != super::escape::JOINER));
            all.push('\0');
        }
        all
    }
}

fn holding(ranges: &[Range<usize>], at: usize) -> Option<&Range<usize>> {
    let after = ranges.partition_point(|r| r.start <= at);
    ranges.get(after.checked_sub(1)?).filter(|r| at < r.end)
}
