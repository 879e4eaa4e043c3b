//! What must hold for every text, and scanners of our own that check it without the code under test.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::samples::{CROSSINGS, SAMPLES, crossing};
use super::{Crossing, bring_back, carry, cut, restore};

/// GitLab's older scan of the raw text, from its description: at each position the first region that fits is skipped,
/// else a command at the beginning of a line is taken. `spans` tells whether it knows code spans (it learnt them late).
fn executed(text: &str, spans: bool) -> Option<String> {
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
fn executed_by_parser(text: &str) -> Option<String> {
    let mut code = Vec::new();
    for (event, range) in Parser::new_ext(text, Options::ENABLE_GFM | Options::ENABLE_TABLES).into_offset_iter() {
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
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM;
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
fn live(text: &str, sign: char, wants: fn(char) -> bool) -> Option<String> {
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

fn check(text: &str, crossing: &Crossing<'_>) {
    let plain = text.replace("\r\n", "\n").replace('\r', "\n");
    let carried = carry(text, crossing);
    assert_eq!(restore(&carried), plain, "carried: {carried:?}");
    assert_eq!(carry(text, crossing), carried, "the same twice");
    let back = Crossing {
        from: crossing.to,
        to: crossing.from,
        ..*crossing
    };
    assert_eq!(bring_back(&carried, &back, text), plain);
    check_safe(&carried, crossing, text);
    // Written into the copy by a stranger: safe at home, whatever home says.
    check_safe(&bring_back(text, &back, "Something else."), &back, text);
    check_safe(&bring_back(&carried, &back, "Something else."), &back, text);
}

fn check_safe(stored: &str, crossing: &Crossing<'_>, text: &str) {
    if crossing.to.quick_actions {
        for found in [
            executed(stored, true),
            executed(stored, false),
            executed_by_parser(stored),
        ] {
            assert_eq!(found, None, "runs in {stored:?} from {text:?}");
        }
    }
    if crossing.to.mentions && !crossing.notify {
        let found = live(stored, '@', |c| c.is_ascii_alphanumeric() || c == '_');
        assert_eq!(found, None, "notifies in {stored:?} from {text:?}");
    }
    if crossing.to.mentions {
        let found = live(stored, '#', |c| c.is_ascii_digit());
        assert_eq!(found, None, "refers in {stored:?} from {text:?}");
    }
    for line in stored.lines() {
        assert!(!line.trim_start().starts_with("<!-- lockstep:"), "{stored:?}");
    }
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

#[test]
fn every_sample_crosses_and_returns() {
    for (name, from, to, notify) in CROSSINGS {
        for text in SAMPLES {
            let crossing = crossing(from, to, *notify);
            println!("{name}: {text:?}");
            check(text, &crossing);
            check(&carry(text, &crossing), &crossing);
            check(&text.replace('\n', "\r\n"), &crossing);
        }
    }
}

#[test]
fn samples_can_follow_each_other() {
    for a in SAMPLES {
        for b in SAMPLES {
            let (_, from, to, notify) = &CROSSINGS[(a.len() + b.len()) % CROSSINGS.len()];
            check(&format!("{a}\n{b}"), &crossing(from, to, *notify));
        }
    }
}

const PIECES: &[&str] = &[
    "@bob",
    "@alice",
    "@acme/team",
    "@all",
    "@",
    "bob",
    "a@b.org",
    "#12",
    "#7",
    "GH-12",
    "acme/api#12",
    "g/p!4",
    "!4",
    "$3",
    "%v1",
    "~bug",
    "&12",
    "deadbeef12",
    "https://github.com/acme/api/issues/12",
    "https://x.org/@bob",
    "[",
    "]",
    "(",
    ")",
    "](",
    "[x](../y)",
    "![i](/uploads/a/b.png)",
    "\"",
    "`",
    "``",
    "```",
    "```\n",
    "\n```\n",
    "~~~\n",
    "\n",
    "\n\n",
    "    ",
    "> ",
    ">>>\n",
    "- ",
    "1. ",
    "| ",
    "|---|\n",
    "# ",
    "*",
    "**",
    "_",
    "~~",
    "<p>\n",
    "</p>\n",
    "<b>",
    "<!--",
    "-->",
    "<!-- lockstep:1 state -->",
    "/close",
    "/assign @bob",
    "\n/close\n",
    "\\",
    "&#64;",
    "&amp;",
    "&#35;12",
    "&commat;",
    "\u{2060}",
    "\u{2060}\u{2060}",
    "[\u{2060}",
    "[\u{2060}#\u{2060}12](https://github.com/acme/api/issues/12)",
    "](https://x.org/a \"\u{2060}../y\")",
    "@bob<!--\u{2060}@\u{2060}al-->",
    " ",
    "\r\n",
    "\r",
    "---\n",
    "é",
    "—",
    ".",
    ":",
    "[^1]",
    "[^1]: ",
    "[x]: /y\n",
    "<details>\n",
    "[issue:12]",
    "=",
    "\t",
    "0",
    "ab",
];

fn texts() -> impl Strategy<Value = String> {
    let built = prop::collection::vec(prop::sample::select(PIECES), 0..24).prop_map(|p| p.concat());
    prop_oneof![6 => built, 1 => any::<String>(), 1 => "[@#/a-z`<>\n \\[\\]()&!~%$\u{2060}0-9-]{0,40}"]
}

fn cases() -> u32 {
    #[expect(clippy::disallowed_methods, reason = "how thorough a test run is")]
    let asked = std::env::var("LOCKSTEP_CASES");
    asked.ok().and_then(|n| n.parse().ok()).unwrap_or(2_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_crosses_and_returns(text in texts(), way in 0..CROSSINGS.len()) {
        let (_, from, to, notify) = &CROSSINGS[way];
        check(&text, &crossing(from, to, *notify));
    }

    #[test]
    fn a_cut_text_fits(text in texts(), max in 0_usize..120) {
        let notice = "*The rest is at the origin.*";
        match cut(&text, max, notice) {
            None => prop_assert!(text.chars().count() <= max),
            Some(short) => {
                prop_assert!(short.chars().count() <= max);
                let whole = max < notice.len() || short.ends_with(notice);
                prop_assert!(whole, "{short:?}");
            }
        }
    }

    #[test]
    fn a_cut_copy_is_as_safe(text in texts(), max in 30_usize..120) {
        let (_, from, to, _) = &CROSSINGS[0];
        let crossing = crossing(from, to, false);
        if let Some(short) = cut(&carry(&text, &crossing), max, "*The rest is at the origin.*") {
            check_safe(&short, &crossing, &text);
        }
    }
}
