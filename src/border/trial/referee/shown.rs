//! What a page shows of a stored text: the rendered words outside code, and where the links lead.

#![expect(
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    reason = "a reader in a test may panic, and looks at only some of the parser's nodes"
)]

use comrak::nodes::{Node, NodeValue};
use comrak::{Arena, Options, parse_document};

/// Where an element begins or ends: nothing is read across it.
const EDGE: char = '\u{1}';

/// A tag or comment: a sanitiser may take it away, and what was around it comes together.
pub(super) const TAG: char = '\u{2}';

/// Rendered text outside code, and the addresses of links.
pub(super) struct Shown {
    pub(super) pieces: Vec<String>,
    pub(super) addresses: Vec<String>,
}

impl Shown {
    pub(super) fn read(text: &str, options: &Options<'_>) -> Self {
        let arena = Arena::new();
        let mut shown = Self {
            pieces: vec![String::new()],
            addresses: Vec::new(),
        };
        shown.walk(parse_document(&arena, text, options));
        shown
    }

    fn push(&mut self, text: &str) {
        if let Some(piece) = self.pieces.last_mut() {
            piece.push_str(text);
        }
    }

    fn walk(&mut self, node: Node<'_>) {
        let data = node.data();
        match &data.value {
            NodeValue::Text(text) => return self.push(text),
            NodeValue::SoftBreak | NodeValue::LineBreak => return self.push("\n"),
            // A comment is on no page.
            NodeValue::HtmlInline(html) if html.starts_with("<!--") => return self.push(&TAG.to_string()),
            NodeValue::HtmlInline(html) => return self.push(&format!("{TAG}{}{TAG}", html_text(html))),
            NodeValue::HtmlBlock(html) => self.pieces.push(html_text(&html.literal)),
            // A bare address is a link already.
            NodeValue::Link(link) if is_bare(node, &link.url) => return self.push(&EDGE.to_string()),
            NodeValue::Link(link) => self.addresses.push(decoded(&link.url)),
            _ => {}
        }
        let block = data.value.block();
        if block {
            self.pieces.push(String::new());
        } else {
            self.push(&EDGE.to_string());
        }
        for child in node.children() {
            self.walk(child);
        }
        if block {
            self.pieces.push(String::new());
        } else {
            self.push(&EDGE.to_string());
        }
    }
}

fn is_bare(link: Node<'_>, url: &str) -> bool {
    let Some(only) = link.first_child() else { return false };
    let NodeValue::Text(text) = &only.data().value else {
        return false;
    };
    let mail = url.strip_prefix("mailto:").is_some_and(|mail| mail == text);
    // The parser writes some characters otherwise in the address than in the text.
    mail || (url.contains("://") && (text.contains("://") || text.starts_with("www.")))
}

/// An address without its percent signs.
fn decoded(url: &str) -> String {
    percent_encoding::percent_decode_str(url)
        .decode_utf8_lossy()
        .into_owned()
}

/// Raw HTML: the borders of tags as marks, what they hold as text, and characters for what is written out.
pub(super) fn html_text(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        let length = match entity(rest) {
            Some((sign, length)) => {
                out.push(sign);
                length
            }
            None if rest.starts_with("<!--") => {
                out.push(TAG);
                "<!--".len()
            }
            None => {
                out.push(if matches!(c, '<' | '>') { TAG } else { c });
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    out
}

fn entity(text: &str) -> Option<(char, usize)> {
    if !text.starts_with('&') {
        return None;
    }
    let named = [
        ("&commat;", '@'),
        ("&num;", '#'),
        ("&excl;", '!'),
        ("&amp;", '&'),
        ("&amp", '&'),
    ];
    if let Some((name, sign)) = named.into_iter().find(|(name, _)| text.starts_with(name)) {
        return Some((sign, name.len()));
    }
    let (digits, radix, lead) = match text.strip_prefix("&#x").or_else(|| text.strip_prefix("&#X")) {
        Some(hex) => (hex, 16, 3),
        None => (text.strip_prefix("&#")?, 10, 2),
    };
    let length = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    let sign = char::from_u32(u32::from_str_radix(&digits[..length], radix).ok()?)?;
    let semicolon = usize::from(digits[length..].starts_with(';'));
    Some((sign, lead + length + semicolon))
}
