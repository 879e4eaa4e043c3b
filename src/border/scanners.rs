//! Scanners of the services' rules, written apart from the code under test and used to check it.

#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a scanner in a test may panic, and reads only some of the parser's events"
)]

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// GitLab's older scan of the raw text, from its description: at each position the first region that fits is skipped,
/// else a command at the beginning of a line is taken. `spans` tells whether it knows code spans (it learnt them late).
pub(super) fn executed(text: &str, spans: bool) -> Option<String> {
    let text = text.replace('\r', "");
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let line_start = at == 0 || text[..at].ends_with('\n');
        let line_end = |from: usize| rest[from..].is_empty() || rest[from..].starts_with('\n');
        // The shortest end of a region: `close` that ends its line, with something before it.
        let closed = |open: usize, close: &str| {
            let first = open + rest[open..].chars().next()?.len_utf8();
            rest[first..]
                .match_indices(close)
                .map(|(i, m)| first + i + m.len())
                .find(|&end| line_end(end))
        };
        let mut skip = None;
        if line_start && rest.starts_with("```") {
            skip = closed(3, "\n```");
        }
        if skip.is_none() && spans && rest.starts_with('`') && rest.len() > 1 {
            let first = 1 + rest[1..].chars().next().unwrap().len_utf8();
            skip = rest[first..].find('`').map(|i| first + i + 1);
        }
        if skip.is_none() && line_start && rest.starts_with('<') {
            let tag = rest[1..]
                .find('>')
                .map(|i| i + 2)
                .filter(|&i| i > 2 && rest[i..].starts_with('\n'));
            skip = tag.and_then(|open| {
                let first = open + 1 + rest[open + 1..].chars().next()?.len_utf8();
                rest[first..].match_indices("\n</").find_map(|(i, m)| {
                    let name = first + i + m.len();
                    let end = name + rest[name..].find('>')? + 1;
                    (end > name + 1 && line_end(end)).then_some(end)
                })
            });
        }
        if skip.is_none() && line_start && rest.starts_with(">>>") {
            skip = closed(3, "\n>>>");
        }
        if let Some(skip) = skip {
            at += skip;
            continue;
        }
        let name = rest.strip_prefix('/').and_then(|r| r.chars().next());
        if line_start && name.is_some_and(|c| c.is_ascii_alphabetic() || c == '_') {
            return Some(rest.lines().next().unwrap().to_owned());
        }
        at += rest.chars().next().unwrap().len_utf8();
    }
    None
}

/// GitLab's newer scan: lines outside whatever its Markdown parser takes for code.
pub(super) fn executed_by_parser(text: &str) -> Option<String> {
    let mut code = Vec::new();
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        if matches!(event, Event::Start(Tag::CodeBlock(_))) {
            code.push(range);
        }
    }
    let mut at = 0;
    for line in text.split('\n') {
        let command = line.len() > 1 && line.starts_with('/') && line.as_bytes()[1].is_ascii_alphabetic();
        if command && !code.iter().any(|r| r.contains(&at)) {
            return Some(line.to_owned());
        }
        at += line.len() + 1;
    }
    None
}

/// Rendered text outside code and links, piece by piece, the way the services look for names and numbers.
fn rendered(text: &str) -> Vec<String> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let (mut pieces, mut piece) = (Vec::new(), String::new());
    let (mut links, mut block) = (0, false);
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Text(t) if links == 0 && !block => piece.push_str(&t),
            Event::Html(t) => pieces.push(t.to_string()),
            other => {
                pieces.push(std::mem::take(&mut piece));
                match other {
                    Event::Start(Tag::Link { .. }) => links += 1,
                    Event::End(TagEnd::Link) => links -= 1,
                    Event::Start(Tag::CodeBlock(_)) => block = true,
                    Event::End(TagEnd::CodeBlock) => block = false,
                    _ => {}
                }
            }
        }
    }
    pieces.push(piece);
    pieces
}

/// A live sign: followed by what it wants, not preceded by a letter or digit, and not within a bare address.
pub(super) fn live(text: &str, sign: char, wants: fn(char) -> bool) -> Option<String> {
    for piece in rendered(text) {
        for word in piece.split(|c: char| c.is_whitespace() || c == '<' || c == '(') {
            if word.starts_with("https://") || word.starts_with("http://") {
                continue;
            }
            let chars: Vec<char> = word.chars().collect();
            for (i, pair) in chars.windows(2).enumerate() {
                let apart = i == 0 || !chars[i - 1].is_ascii_alphanumeric();
                let entity = sign == '#' && i > 0 && chars[i - 1] == '&';
                if pair[0] == sign && wants(pair[1]) && apart && !entity {
                    return Some(word.to_owned());
                }
            }
        }
    }
    None
}

#[test]
fn the_scanners_see_what_they_must() {
    assert_eq!(executed("a\n/close", true).as_deref(), Some("/close"));
    assert_eq!(executed("```\n/close\n```", true), None);
    assert_eq!(executed("```\n/close\n``` ", false).as_deref(), Some("/close"));
    assert_eq!(executed("~~~\n/close\n~~~", true).as_deref(), Some("/close"));
    assert_eq!(executed("```\n```\n/close\n", false).as_deref(), Some("/close"));
    assert_eq!(executed("<p>\na\n</p>\n/close", true).as_deref(), Some("/close"));
    assert_eq!(executed(">>>\n/close\n>>>", true), None);
    assert_eq!(executed("a `b\n/close\n` c", true), None);
    assert_eq!(executed("a `b\n/close\n` c", false).as_deref(), Some("/close"));
    assert_eq!(executed_by_parser("<p>\n/close\n</p>").as_deref(), Some("/close"));
    assert_eq!(executed_by_parser("    /a\n\n```\n/close\n```"), None);
    let name = |c: char| c.is_ascii_alphanumeric();
    for text in [
        "@a",
        "\\@a",
        "&#64;a",
        "*@a*",
        "<p>@a</p>",
        "x/@a",
        "| @a |\n|---|",
        "@&#97;",
    ] {
        assert!(live(text, '@', name).is_some(), "{text}");
    }
    for text in ["a@b", "`@a`", "[@a](/x)", "https://x.y/@a", "@ a", "    @a"] {
        assert_eq!(live(text, '@', name), None, "{text}");
    }
}
