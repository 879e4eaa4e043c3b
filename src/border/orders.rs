//! Commands in comments: which lines of a text are one, and which only look like one.
//!
//! Imports the parser and its spans. In doubt a line is text: nobody is harmed by a command that has to be written again.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::lines::lines;
use super::spans::parse;

/// How every command begins.
const NAME: &str = "/lockstep ";

/// What a line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Bring the link up to date.
    Sync,
    /// Part the link.
    Unlink,
    /// Decide the open conflicts of the link for this tracker, named as in the mapping file.
    Keep(String),
}

/// The commands of a text, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orders {
    /// The commands.
    pub all: Vec<Order>,
    /// How many other lines there are that are not blank.
    pub others: usize,
}

/// Reads the commands of a text: a line counts that is exactly one, at the left edge, in an ordinary paragraph. Code,
/// quotes, lists, tables and headings hold none, and nothing counts behind raw HTML, or behind a line that begins a
/// region to some readers: what stands there may be somebody else's words.
pub fn orders(text: &str) -> Orders {
    let text = super::line_feeds(text);
    let filled = || lines(&text).filter(|(_, line)| !line.trim().is_empty());
    let count = filled().count();
    if !filled().any(|(_, line)| order(line).is_some()) {
        return Orders {
            all: Vec::new(),
            others: count,
        };
    }
    let end = lines(&text)
        .find(|(_, line)| begins_region(line))
        .map_or(text.len(), |(at, _)| at);
    let plain = plain_lines(&text);
    let all: Vec<Order> = lines(&text)
        .filter(|(at, _)| *at < end && plain.contains(at))
        .filter_map(|(_, line)| order(line))
        .collect();
    Orders {
        others: count.saturating_sub(all.len()),
        all,
    }
}

/// What a line asks for, whatever it stands in.
fn order(line: &str) -> Option<Order> {
    match line.strip_prefix(NAME)?.trim_end() {
        "sync" => Some(Order::Sync),
        "unlink" => Some(Order::Unlink),
        rest => {
            let name = rest.strip_prefix("keep ")?;
            let plain = !name.is_empty() && !name.contains(char::is_whitespace);
            plain.then(|| Order::Keep(name.to_owned()))
        }
    }
}

/// Regions that not every reader knows: quotes between bars, front matter, mathematics, and the like.
fn begins_region(line: &str) -> bool {
    let begun = line.trim_start();
    let regions = [">>>", "---", "+++", ";;;", ":::", "$$", "~~~", "```", "<", "[^", "%%"];
    regions.iter().any(|region| begun.starts_with(region))
}

/// Where lines begin that are running text of a paragraph at the top level, from their first byte to their last, above
/// all raw HTML.
fn plain_lines(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    // What is open: blocks and inline things alike.
    let mut depth = 0_usize;
    // Where text began that nothing but text has followed in its line.
    let mut line: Option<usize> = None;
    let mut whole = true;
    for (event, range) in parse(text) {
        match event {
            Event::Start(Tag::Paragraph) if depth == 0 => {
                depth += 1;
                (line, whole) = (None, true);
            }
            Event::Start(_) => {
                depth += 1;
                whole = false;
            }
            Event::End(TagEnd::Paragraph) if depth == 1 => {
                depth = 0;
                found.extend(line.take().filter(|_| whole));
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                whole = false;
            }
            Event::SoftBreak | Event::HardBreak if depth == 1 => {
                found.extend(line.take().filter(|_| whole));
                whole = true;
            }
            Event::Text(_) if depth == 1 => {
                line.get_or_insert(range.start);
            }
            Event::Html(_) | Event::InlineHtml(_) => return found,
            Event::Text(_)
            | Event::Code(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::SoftBreak
            | Event::HardBreak
            | Event::Rule
            | Event::TaskListMarker(_) => whole = false,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<Order> {
        orders(text).all
    }

    #[test]
    fn a_line_that_is_exactly_a_command_is_one() {
        for text in [
            "/lockstep unlink",
            "/lockstep unlink  \n",
            "Please.\n\n/lockstep unlink\n\nThank you.",
            "Please.\n/lockstep unlink\nThank you.",
            "Please.\r\n/lockstep unlink\r\nThank you.",
            "Some *words* and `code`.\n/lockstep unlink",
        ] {
            assert_eq!(said(text), [Order::Unlink], "{text}");
        }
        assert_eq!(
            said("/lockstep sync\n/lockstep keep git-lab_2\n"),
            [Order::Sync, Order::Keep("git-lab_2".to_owned())]
        );
    }

    #[test]
    fn what_looks_like_a_command_and_is_none_is_text() {
        for text in [
            "/lockstep",
            "/lockstep ",
            "/lockstep Unlink",
            "/LOCKSTEP unlink",
            "/lockstep  unlink",
            "/lockstep unlink now",
            "/lockstep unlink.",
            "/lockstep keep",
            "/lockstep keep two words",
            "/lockstepunlink",
            " /lockstep unlink",
            "\\/lockstep unlink",
            "&#47;lockstep unlink",
            "please /lockstep unlink",
            "\u{2060}/lockstep unlink",
            "/lockstep\u{a0}unlink",
            "    /lockstep unlink",
            "\t/lockstep unlink",
            "```\n/lockstep unlink\n```",
            "```\n/lockstep unlink",
            "~~~\n/lockstep unlink\n~~~",
            "`code\n/lockstep unlink\ncode`",
            "*words\n/lockstep unlink\nwords*",
            "[words\n/lockstep unlink\nwords](https://example.com)",
            "> /lockstep unlink",
            "> quoted\n/lockstep unlink",
            "- item\n/lockstep unlink",
            "1. item\n\n   /lockstep unlink",
            ">>>\n/lockstep unlink\n>>>",
            ">>>\n\n/lockstep unlink\n\n>>>",
            "$$\n/lockstep unlink\n$$",
            "---\n/lockstep unlink\n---",
            "/lockstep unlink\n---",
            "/lockstep unlink\n===",
            "# /lockstep unlink",
            "<details>\n/lockstep unlink\n</details>",
            "<details>\n\n/lockstep unlink\n\n</details>",
            "a <b>\n\n/lockstep unlink",
            "<!-- \n/lockstep unlink\n-->",
            "<!-- a -->\n\n/lockstep unlink",
            "| a |\n|---|\n/lockstep unlink",
            "a[^1]\n\n[^1]: note\n/lockstep unlink",
            "[^1]: note\n\n/lockstep unlink",
            "[a]: https://example.com\n'title\n/lockstep unlink\n'",
        ] {
            assert_eq!(said(text), [], "{text}");
        }
    }

    #[test]
    fn the_other_lines_are_counted() {
        for (text, commands, others) in [
            ("", 0, 0),
            ("words", 0, 1),
            ("/lockstep sync", 1, 0),
            ("\n/lockstep sync\n\n/lockstep unlink\n", 2, 0),
            ("words\n\n/lockstep sync", 1, 1),
            ("> /lockstep sync\n\n/lockstep sync", 1, 1),
        ] {
            let found = orders(text);
            assert_eq!((found.all.len(), found.others), (commands, others), "{text}");
        }
    }
}
