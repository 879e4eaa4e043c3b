//! What CI services and terminals make of what a job prints, as their sources have it: written for these tests.
//!
//! GitHub's runner (`ActionCommand`): a line is a command when, blanks aside, it begins with `::name params::`, or when it
//! holds `##[name params]` anywhere. GitLab's log viewer: `section_start:time:name` and `section_end:…`, each ended by a
//! carriage return and an "erase line" sequence. Terminals: escape sequences, with ESC or with the one-character forms.

/// Everything in a text that somebody would act on or be deceived by. Colours may be allowed.
pub(crate) fn acted_on(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    // The runner reads lines as .NET does: each of these ends one.
    for line in text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
        found.extend(command(line).map(|name| format!("command {name} in {line:?}")));
        found.extend(old_command(line).map(|name| format!("old command {name} in {line:?}")));
    }
    for (at, _) in text.match_indices("section_") {
        let rest = text.split_at(at).1;
        let end = rest
            .split_once("\r\u{1b}[0K")
            .filter(|(name, _)| !name.contains(['\r', '\n']));
        found.extend(end.map(|(name, _)| format!("section {name:?}")));
    }
    let odd = text.chars().filter(|c| *c != '\n' && is_acted_on(*c));
    found.extend(odd.map(|c| format!("character {c:?}")));
    found
}

/// A text without the sequences that set a colour, which are ours to print: `ESC [ 1 ; 31 m`.
pub(crate) fn without_colours(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        out.push_str(before);
        let end = after
            .find(|c: char| !c.is_ascii_digit() && c != ';')
            .unwrap_or(after.len());
        rest = after.split_at(end).1.strip_prefix('m').unwrap_or_else(|| {
            out.push_str("\u{1b}[");
            after
        });
    }
    out + rest
}

/// The name of a command in today's form, where properties may follow it.
fn command(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("::")?;
    let (head, _) = rest.split_once("::")?;
    let name = head.split(' ').next()?;
    (!name.is_empty()).then_some(name)
}

/// The name of a command in the old form.
fn old_command(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("##[")?;
    let (head, _) = rest.split_once(']')?;
    let name = head.split(' ').next()?;
    (!name.is_empty()).then_some(name)
}

/// Control characters (ESC and its one-character forms among them), and those that turn or hide text.
fn is_acted_on(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Pieces that texts of attackers are made of, alone and together.
pub(crate) const PIECES: [&str; 30] = [
    "::",
    ":",
    "error",
    "::error file=a,line=1::",
    "::set-output name=x::",
    "::stop-commands::",
    "::add-mask::",
    "##[",
    "#",
    "[",
    "]",
    "##[group]",
    "##[error]",
    " ",
    "\t",
    "\n",
    "\r",
    "\u{1b}[31m",
    "\u{1b}]8;;https://evil.example\u{1b}\\",
    "\u{9b}0K",
    "section_start:1:a[collapsed=true]\r\u{1b}[0K",
    "section_end:1:a\r\u{1b}[0K",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{feff}",
    "\u{2028}",
    "\u{85}",
    "é",
    "x",
];

#[test]
fn the_parser_sees_what_is_acted_on() {
    for text in [
        "::error::x",
        "ok\n  ::set-output name=a::b",
        "a\r::error::x",
        "text ##[error]x",
        "section_start:1:a\r\u{1b}[0K",
        "\u{1b}]8;;x\u{7}",
        "\u{9b}31m",
        "a\u{202e}b",
        "a\u{200b}b",
    ] {
        assert!(!acted_on(text).is_empty(), "{text:?}");
    }
    for text in [
        "type::bug::x is a label",
        "C# [1]",
        "## [x]",
        ": :error::x",
        "section_start:1:a",
    ] {
        assert_eq!(acted_on(text), Vec::<String>::new());
    }
}
