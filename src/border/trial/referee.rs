//! What GitHub and GitLab make of a stored text, by a Markdown parser other than the border's: the one GitLab itself
//! builds on, whose original is GitHub's. It errs towards seeing too much.
//!
//! The rules are those GitLab documents for quick actions and references: a command is a line that begins with `/` and
//! a word, in a paragraph that stands in nothing else; people and issues are looked for in the rendered text, outside
//! code, and in the addresses of links.

#![expect(
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    reason = "a reader in a test may panic, and looks at only some of the parser's nodes"
)]

mod shown;

use std::collections::BTreeSet;

use comrak::nodes::{NodeHtmlBlock, NodeValue};
use comrak::{Arena, Options, parse_document};

use self::shown::{Shown, TAG, html_text};

/// Who reads a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::border) enum Reader {
    GitHub,
    GitLab,
}

/// The dialects a text may be read in: GitLab's is its own since version 17, and GitHub's before.
fn dialects(reader: Reader) -> Vec<Options<'static>> {
    let mut github = Options::default();
    github.extension.strikethrough = true;
    github.extension.table = true;
    github.extension.autolink = true;
    github.extension.tasklist = true;
    github.extension.footnotes = true;
    github.parse.leave_footnote_definitions = true;
    let mut gitlab = github.clone();
    gitlab.extension.alerts = true;
    gitlab.extension.description_lists = true;
    gitlab.extension.front_matter_delimiter = Some("---".to_owned());
    gitlab.extension.math_code = true;
    gitlab.extension.math_dollars = true;
    gitlab.extension.multiline_block_quotes = true;
    gitlab.extension.wikilinks_title_before_pipe = true;
    gitlab.parse.relaxed_autolinks = true;
    match reader {
        Reader::GitHub => vec![github],
        Reader::GitLab => vec![github, gitlab],
    }
}

/// The first line that runs on GitLab.
pub(in crate::border) fn runs(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.split('\n').collect();
    for options in dialects(Reader::GitLab) {
        let arena = Arena::new();
        for block in parse_document(&arena, text, &options).children() {
            let data = block.data();
            if !matches!(data.value, NodeValue::Paragraph) {
                continue;
            }
            let (first, last) = (data.sourcepos.start.line, data.sourcepos.end.line);
            let run = lines[first - 1..last].iter().find(|line| {
                let name = line.strip_prefix('/').and_then(|rest| rest.chars().next());
                name.is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            });
            if let Some(line) = run {
                return Some((*line).to_owned());
            }
        }
    }
    None
}

/// Everybody who is notified, in lower case, and `?` for somebody unreadable.
pub(in crate::border) fn notified(text: &str, reader: Reader) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for options in dialects(reader) {
        let shown = Shown::read(text, &options);
        for piece in &shown.pieces {
            names.extend(names_in(piece));
        }
        // An address counts on GitLab where the whole of it is a name.
        for address in shown.addresses.iter().filter(|_| reader == Reader::GitLab) {
            names.extend(
                address
                    .starts_with('@')
                    .then(|| names_in(address))
                    .into_iter()
                    .flatten(),
            );
        }
    }
    names
}

/// Everybody who is named, shown or not.
pub(in crate::border) fn named(text: &str) -> BTreeSet<String> {
    names_in(&html_text(text)).into_iter().collect()
}

fn names_in(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut before = ' ';
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c == '@' && !before.is_ascii_alphanumeric() {
            let name: String = rest
                .clone()
                .skip_while(|&c| c == TAG)
                .take_while(|&c| c.is_ascii_alphanumeric() || "_.-/".contains(c))
                .collect();
            let name = name.trim_end_matches(['.', '-', '/']);
            if name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.') {
                names.push(name.to_lowercase());
            }
        }
        before = c;
    }
    names
}

/// The references made out of a text.
pub(in crate::border) fn referred(text: &str, reader: Reader) -> BTreeSet<String> {
    let few = reader == Reader::GitHub;
    let mut found = BTreeSet::new();
    for options in dialects(reader) {
        let shown = Shown::read(text, &options);
        // An address counts on GitLab where the whole of it is a reference.
        let addresses = shown.addresses.iter().filter(|address| !few && !address.contains(':'));
        for piece in shown.pieces.iter().chain(addresses) {
            // A label or milestone in raw HTML is at worst a link.
            let raw = piece.contains(TAG);
            let chars: Vec<char> = piece.chars().collect();
            for (at, pair) in chars.windows(2).enumerate() {
                let number = pair[1].is_ascii_digit();
                let word = number || pair[1].is_ascii_alphabetic() || pair[1] == '"';
                let apart = at == 0 || !chars[at - 1].is_ascii_alphanumeric();
                let sign = match pair[0] {
                    '#' => number,
                    '!' | '$' | '&' => number && !few,
                    '%' | '~' => word && apart && !few && !raw && (at == 0 || chars[at - 1] != pair[0]),
                    _ => false,
                };
                if sign {
                    let rest = chars[at..].iter().take_while(|c| !c.is_whitespace());
                    found.insert(rest.collect());
                }
            }
            found.extend(tickets(piece, few));
        }
    }
    found
}

/// `GH-12`, `GL-12`. A commit's id is not looked for: wherever it is written it leads to that commit or nowhere.
fn tickets(piece: &str, few: bool) -> Vec<String> {
    let live = |word: &&str| {
        let sign = if few { "gh-" } else { "gl-" };
        let signed = word.get(..3).is_some_and(|head| head.eq_ignore_ascii_case(sign));
        signed && word[3..].starts_with(|c: char| c.is_ascii_digit())
    };
    let words = piece.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
    words.filter(live).map(str::to_owned).collect()
}

/// The text of the last block, when it is a paragraph that stands in nothing else, nor in a folded part of the page.
pub(in crate::border) fn last_paragraph(text: &str) -> Option<String> {
    let options = &dialects(Reader::GitHub)[0];
    let arena = Arena::new();
    let root = parse_document(&arena, text, options);
    let mut folded = 0_usize;
    for block in root.children() {
        for node in block.descendants() {
            let data = node.data();
            let (NodeValue::HtmlBlock(NodeHtmlBlock { literal: html, .. }) | NodeValue::HtmlInline(html)) = &data.value
            else {
                continue;
            };
            // What begins in a quote or list ends with it.
            let outer = matches!(block.data().value, NodeValue::HtmlBlock(_) | NodeValue::Paragraph);
            let begins = if outer { html.matches("<details").count() } else { 0 };
            folded = (folded + begins).saturating_sub(html.matches("</details").count());
        }
    }
    let last = root.last_child()?;
    if folded > 0 || !matches!(last.data().value, NodeValue::Paragraph) {
        return None;
    }
    let mut shown = String::new();
    for node in last.descendants() {
        match &node.data().value {
            NodeValue::Text(text) => shown.push_str(text),
            NodeValue::SoftBreak | NodeValue::LineBreak => shown.push('\n'),
            _ => {}
        }
    }
    Some(shown)
}

#[test]
fn the_referee_sees_what_it_must() {
    for text in [
        "/close",
        "a\n/close",
        "<!-- -->\n\n/close",
        "```\n```\n/close",
        "a `\n/close\n`",
    ] {
        assert_eq!(runs(text).as_deref(), Some("/close"), "{text:?}");
    }
    for text in [
        "```\n/close\n```",
        "- /close",
        "> /close",
        "    /close",
        "\u{2060}/close",
        "/ close",
        "<p>\n/close",
    ] {
        assert_eq!(runs(text), None, "{text:?}");
    }
    for text in [
        "@a",
        "\\@a",
        "&#64;a",
        "*@a*",
        "<p>@a</p>",
        "x/@a",
        "| @a |\n|---|",
        "@&#97;",
        "[x](@a)",
        "[x](%40a)",
        "<p>&#64a</p>",
        "<a href=\"@a\">",
        "@<!-- -->a",
        "[@a](/x)",
        "[^1]: @a\n\n[^1]",
        "é@a",
        "@A.",
    ] {
        assert_eq!(
            notified(text, Reader::GitLab),
            BTreeSet::from(["a".to_owned()]),
            "{text:?}"
        );
    }
    for text in [
        "a@b",
        "`@a`",
        "https://x.y/@a",
        "@ a",
        "    @a",
        "@\u{2060}a",
        "<a@b.org>",
        "www.x.org/@a",
        "$`@a`$",
    ] {
        let names = if text.starts_with('$') {
            BTreeSet::new()
        } else {
            notified(text, Reader::GitLab)
        };
        assert_eq!(names, BTreeSet::new(), "{text:?}");
    }
    for text in ["#1", "C#1", "a/b#1", "\\#1", "&#35;1", "(#1)", "<p>#1</p>", "&#1a"] {
        assert!(!referred(text, Reader::GitHub).is_empty(), "{text:?}");
    }
    for text in ["[a](#1)", "!1", "$1", "&1", "%a", "~\"a\"", "GL-1", "a/b!1"] {
        assert!(
            !referred(text, Reader::GitLab).is_empty() && referred(text, Reader::GitHub).is_empty(),
            "{text:?}"
        );
    }
    for text in [
        "#a",
        "`#1`",
        "https://x.org/#1",
        "#\u{2060}1",
        "100%",
        "a ~ b",
        "~~a~~",
        "facade",
        "1234567",
    ] {
        assert_eq!(referred(text, Reader::GitLab), BTreeSet::new(), "{text:?}");
    }
    assert_eq!(last_paragraph("a\n\n*b* c").as_deref(), Some("b c"));
    assert_eq!(last_paragraph("```\na\n\nb"), None);
}
