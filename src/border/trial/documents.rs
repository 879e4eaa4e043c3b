//! Whole documents by chance: every kind of block, within one another too, with every kind of text.

use proptest::prelude::*;

/// What stands in a line.
const WORDS: &[&str] = &[
    "word",
    "two words",
    "a.",
    "(b)",
    "and,",
    "*emphasis*",
    "**strong**",
    "_under_",
    "~~gone~~",
    "***all***",
    "* ",
    "_",
    "`code`",
    "``a ` b``",
    "`@bob`",
    "`/close`",
    "`open",
    "@bob",
    "@alice",
    "@acme/team",
    "@all",
    "@Bob's",
    "(@bob)",
    "*@bob*",
    "a@b.org",
    "\\@bob",
    "&#64;bob",
    "@&#98;ob",
    "&commat;x",
    "#7",
    "#12",
    "GH-12",
    "acme/api#7",
    "g/p#3",
    "!4",
    "$3",
    "&5",
    "%v1",
    "~bug",
    "~\"a b\"",
    "[issue:7]",
    "deadbeef1",
    "0123456789abcdef0123456789abcdef01234567",
    "C#12",
    "&#35;12",
    "https://github.com/acme/api/issues/7",
    "https://gitlab.example.com/group/project/-/issues/7",
    "https://x.org/@bob#12",
    "<https://x.org/@bob>",
    "www.x.org/@bob",
    "[link](https://x.org)",
    "[@bob](../up.md)",
    "[a](@bob)",
    "[b](#12 \"#7\")",
    "[ref][x]",
    "[open",
    "](",
    "![i](/uploads/0123/i.png)",
    "![@bob](x.png)",
    "[![i](a.png)](b.md)",
    "<img src=\"/uploads/0123/i.png\" alt=\"@bob\">",
    "<b>@bob</b>",
    "<br>",
    "<kbd>",
    "<a href=\"@bob\">",
    "<!-- @bob -->",
    "<!--",
    "-->",
    "@<b>bob",
    "[^1]",
    "[^note]",
    "[x]",
    ":tada:",
    "🎉",
    "👩\u{200d}🚀",
    "👍🏽",
    "🇩🇪",
    "日本語@bob",
    "中文，#12。",
    "한국어",
    "עברית",
    "العربية @bob",
    "\u{202e}evil",
    "\u{2066}@bob\u{2069}",
    "\u{200b}",
    "@\u{200b}bob",
    "a\u{200d}b",
    "\u{feff}",
    "\u{2060}",
    "\u{2060}\u{2060}",
    "@\u{2060}bob",
    "[\u{2060}#\u{2060}7](https://x.org)",
    "e\u{301}",
    "\u{a0}",
    "\u{2028}",
    "$`a`$",
    "$a_1$",
    "$$",
    "\\",
    "\\*",
    "&amp;",
    "&lt;",
    "|",
    "\\|",
    "<!-- lockstep:1 state -->",
    "/close",
    "a/b",
    "5/6",
    "- ",
    "+",
    "1.",
    ">",
    "=",
];

/// What stands in code.
const CODE: &[&str] = &[
    "let a = \"@bob\";",
    "/close",
    "/usr/bin/env sh",
    "#12",
    "",
    "    deeper",
    "```",
    "``",
    "~~~",
    "`",
    "<p>",
    "</p>",
    "-->",
    "$ run --flag",
    "<!-- lockstep:1 state -->",
    "\u{2060}",
    "漢字 @bob",
    "\t/tab",
    "| a |",
    "---",
    ">>>",
    "```` ",
    " ```",
];

const COMMANDS: &[&str] = &[
    "/close",
    "/assign @bob",
    "/label ~bug",
    "/CLOSE",
    "/shrug text",
    "/etc/hosts is wrong",
    "/_x",
    "/ no",
];

const INFOS: &[&str] = &[
    "",
    "",
    "rust",
    "sh ",
    " diff",
    "math",
    "suggestion:-0+1",
    "text title=\"@bob\"",
];

const TAGS: &[&str] = &["p", "div", "section", "pre", "center", "blockquote", "table", "x-y"];

fn line() -> impl Strategy<Value = String> {
    let usual = (
        prop::collection::vec(prop::sample::select(WORDS), 1..7),
        prop::bool::ANY,
    )
        .prop_map(|(words, spaced)| words.join(if spaced { " " } else { "" }));
    let long = (prop::sample::select(WORDS), 300_usize..1500).prop_map(|(word, times)| vec![word; times].join(" "));
    prop_oneof![60 => usual, 1 => long]
}

fn lines(least: usize, most: usize) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(line(), least..most)
}

fn code_lines() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(prop::sample::select(CODE).prop_map(str::to_owned), 0..5)
}

/// A fence of any kind, moved in or not, closed or not, by as many bars or more.
fn fence() -> impl Strategy<Value = String> {
    let shape = (prop::bool::ANY, 3_usize..6, 0_usize..5, 0_usize..3, 0_usize..8);
    (shape, prop::sample::select(INFOS), code_lines()).prop_map(|((tilde, bars, indent, more, end), info, code)| {
        let bar = if tilde { "~" } else { "`" };
        let (begin, blanks) = (bar.repeat(bars), " ".repeat(indent));
        let mut out = format!("{blanks}{begin}{info}\n");
        for line in code {
            out.push_str(&format!("{blanks}{line}\n"));
        }
        match end {
            0 => {}
            1 => out.push_str(&format!("{begin} ")),
            2 => out.push_str(&format!("   {begin}")),
            _ => out.push_str(&format!("{blanks}{}", bar.repeat(bars + more))),
        }
        out
    })
}

fn table() -> impl Strategy<Value = String> {
    (prop::collection::vec(lines(1, 4), 1..4), prop::bool::ANY).prop_map(|(rows, framed)| {
        let row = |cells: &[String]| {
            let cells = cells.join(" | ");
            if framed { format!("| {cells} |") } else { cells }
        };
        let mut out: Vec<String> = rows.iter().map(|cells| row(cells)).collect();
        let rule = vec![":--".to_owned(); rows[0].len()];
        out.insert(1, row(&rule));
        out.join("\n")
    })
}

/// Blocks that hold no others.
fn leaf() -> impl Strategy<Value = String> {
    let paragraph = lines(1, 4).prop_map(|lines| lines.join("\n")).boxed();
    let broken = (lines(2, 4), prop::sample::select(&["  \n", "\\\n"][..])).prop_map(|(lines, end)| lines.join(end));
    let heading = (1_usize..7, line()).prop_map(|(level, line)| format!("{} {line}", "#".repeat(level)));
    let underlined =
        (line(), prop::bool::ANY).prop_map(|(line, first)| format!("{line}\n{}", if first { "===" } else { "---" }));
    let indented = code_lines().prop_map(|code| format!("    {}\n", code.join("\n    ")));
    let command = prop::collection::vec(prop::sample::select(COMMANDS), 1..3).prop_map(|lines| lines.join("\n"));
    let html = (
        prop::sample::select(TAGS),
        lines(0, 3),
        prop::sample::select(COMMANDS),
        0_u8..4,
    )
        .prop_map(|(tag, lines, command, end)| {
            let inner = format!("{}\n{command}", lines.join("\n"));
            let end = if end == 0 { String::new() } else { format!("</{tag}>") };
            format!("<{tag}>\n{inner}\n{end}")
        });
    let comment =
        (lines(0, 3), prop::sample::select(COMMANDS), prop::bool::ANY).prop_map(|(lines, command, closed)| {
            format!(
                "<!--\n{}\n\n{command}\n{}",
                lines.join("\n"),
                if closed { "-->" } else { "" }
            )
        });
    let note =
        (prop::sample::select(&["1", "note", "x y"][..]), line()).prop_map(|(name, line)| format!("[^{name}]: {line}"));
    let reference = line().prop_map(|line| format!("[x]: <../y.md> \"{}\"", line.replace('"', "'")));
    let fixed = prop::sample::select(
        &[
            "---",
            "***",
            "",
            "$$\na_1 @bob\n$$",
            "[[_TOC_]]",
            "+++\n+++",
            "| a |",
            "***bold***",
            "<br/>",
            ":::",
        ][..],
    );
    prop_oneof![
        8 => paragraph, 2 => broken, 2 => heading, 1 => underlined, 2 => indented, 8 => fence(), 4 => command, 4 => html,
        2 => comment, 3 => table(), 1 => note, 1 => reference, 2 => fixed.prop_map(str::to_owned),
    ]
}

/// Blocks of every kind, `depth` within one another.
fn block(depth: u32) -> BoxedStrategy<String> {
    leaf()
        .prop_recursive(depth, 12, 3, |inner| {
            let some = prop::collection::vec(inner, 1..3)
                .prop_map(|blocks| blocks.join("\n\n"))
                .boxed();
            let quote = (some.clone(), prop::bool::ANY).prop_map(|(text, lazy)| {
                let line = |(at, line): (usize, &str)| {
                    if lazy && at > 0 {
                        line.to_owned()
                    } else {
                        format!("> {line}")
                    }
                };
                text.split('\n').enumerate().map(line).collect::<Vec<_>>().join("\n")
            });
            let alert = some
                .clone()
                .prop_map(|text| format!("> [!NOTE]\n> {}", text.replace('\n', "\n> ")));
            let item = (
                prop::sample::select(&["- ", "* ", "1. ", "- [ ] ", "- [x] ", "+ "][..]),
                some.clone(),
            )
                .prop_map(|(sign, text)| {
                    let blanks = " ".repeat(if sign.starts_with('1') { 3 } else { 2 });
                    format!("{sign}{}", text.replace('\n', &format!("\n{blanks}")))
                });
            let details = (some.clone(), prop::bool::ANY, line(), 0_u8..5).prop_map(|(text, apart, line, end)| {
                let gap = if apart { "\n\n" } else { "\n" };
                let end = if end == 0 { "" } else { "</details>" };
                format!("<details>\n<summary>{line}</summary>{gap}{text}{gap}{end}")
            });
            let long_quote = some.clone().prop_map(|text| format!(">>>\n{text}\n>>>"));
            let note = some.prop_map(|text| format!("[^1]: {}", text.replace('\n', "\n    ")));
            prop_oneof![3 => quote, 1 => alert, 4 => item, 2 => details, 1 => long_quote, 1 => note]
        })
        .boxed()
}

/// A document, with either kind of line end, or with both.
pub(in crate::border) fn documents() -> impl Strategy<Value = String> {
    let blocks = prop::collection::vec((block(2), 0_u8..10), 1..6);
    let front = prop::option::weighted(0.05, line().prop_map(|line| format!("---\ntitle: {line}\n---\n")));
    (front, blocks, 0_u8..12).prop_map(|(front, blocks, ends)| {
        let mut out = front.unwrap_or_default();
        for (block, apart) in blocks {
            out.push_str(&block);
            out.push_str(match apart {
                0 => "",
                1 | 2 => "\n",
                3 => "\n\n\n",
                _ => "\n\n",
            });
        }
        match ends {
            0 | 1 => out.replace('\n', "\r\n"),
            2 => out.replacen('\n', "\r\n", 3),
            3 => out.trim_end().to_owned(),
            _ => out,
        }
    })
}
