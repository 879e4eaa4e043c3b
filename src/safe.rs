//! Foreign text on its way to a log, a terminal, a report or a CI service: one line, nothing in it is a command.
//!
//! Runners of CI services read what a job prints, on both streams alike. GitHub's takes a line for a command that begins,
//! blanks aside, with `::`, or that holds `##[` anywhere; GitLab's folds a log at `section_start:` markers, which need a
//! carriage return and an escape sequence. Terminals act on escape sequences and control characters, and readers are
//! deceived by characters that are invisible or turn text round. Imports nothing of ours.

mod transcript;

use std::borrow::Cow;
use std::fmt;
use std::fmt::Write as _;

pub use transcript::Transcript;

/// The longest foreign text shown on one line, in characters.
const LONGEST: usize = 300;
/// Shown by nobody, and no character on either side of it goes with the other.
const PART: &str = "<!-- -->";

/// Foreign text as one line of plain text, for terminals and logs: everything that is acted on is replaced or parted by a
/// blank, and long text is cut.
#[derive(Clone, Copy, Debug)]
pub struct Safe<'a>(pub &'a str);

impl fmt::Display for Safe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = Line::default();
        let mut chars = self.0.chars();
        for c in chars.by_ref().take(LONGEST) {
            line.push(c);
        }
        f.write_str(&line.text)?;
        if chars.next().is_some() {
            f.write_str("…")
        } else {
            Ok(())
        }
    }
}

/// Foreign text with its lines, each of them plain text as [`Safe`] makes it, cut after `longest` characters.
pub fn block(text: &str, longest: usize) -> String {
    let mut out = String::new();
    let mut line = Line::default();
    let mut chars = text.chars().filter(|c| *c != '\r');
    for c in chars.by_ref().take(longest) {
        if c == '\n' {
            out.push_str(&std::mem::take(&mut line).text);
            out.push('\n');
        } else {
            line.push(c);
        }
    }
    out.push_str(&line.text);
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

/// Foreign text as one line of Markdown in which nothing is markup, a mention, a reference or a link: for cells of tables
/// and items of lists.
#[derive(Clone, Copy, Debug)]
pub struct SafeMarkdown<'a>(pub &'a str);

impl fmt::Display for SafeMarkdown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = Safe(self.0).to_string();
        let mut rest = text.as_str();
        let mut chars = rest.chars();
        while let Some(c) = chars.next() {
            match c {
                // `&1` is an epic and `%v1` a milestone on GitLab, `GH-1` an issue on GitHub.
                '&' | '%'
                    if chars
                        .as_str()
                        .starts_with(|next: char| next.is_alphanumeric() || next == '"') =>
                {
                    write!(f, "{}{PART}", if c == '&' { "&amp;" } else { "%" })?;
                }
                'g' | 'G' if rest.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("gh-")) => {
                    write!(f, "{c}{PART}")?;
                }
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                // An empty comment parts what would be a mention (or a mail address), a reference, and an address.
                '@' | '#' => write!(f, "{c}{PART}")?,
                ':' if chars.as_str().starts_with("//") => write!(f, "{c}{PART}")?,
                'w' | 'W' if rest.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("www.")) => {
                    write!(f, "{c}{PART}")?;
                }
                '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '~' | '!' | '$' => {
                    f.write_char('\\')?;
                    f.write_char(c)?;
                }
                c => f.write_char(c)?,
            }
            rest = chars.as_str();
        }
        Ok(())
    }
}

/// A hint as Markdown: as [`SafeMarkdown`], with what stands between backticks as code where it is a plain word or key. A hint
/// may quote foreign text, so a backtick is believed no further than that.
#[derive(Clone, Copy, Debug)]
pub struct SafeHint<'a>(pub &'a str);

impl fmt::Display for SafeHint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = Safe(self.0).to_string();
        let mut parts = text.split('`').peekable();
        let mut quoted = false;
        while let Some(part) = parts.next() {
            let closed = parts.peek().is_some();
            if quoted && closed && is_word(part) {
                write!(f, "`{part}`")?;
            } else if quoted && closed {
                write!(f, "\\`{}\\`", SafeMarkdown(part))?;
            } else if quoted {
                write!(f, "\\`{}", SafeMarkdown(part))?;
            } else {
                write!(f, "{}", SafeMarkdown(part))?;
            }
            quoted = !quoted;
        }
        Ok(())
    }
}

/// Whether this is nothing but a word, a key or a command, on which nobody acts within code.
fn is_word(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || " _-:.<>".contains(c);
    !text.is_empty() && text.trim() == text && text.chars().all(inner) && !text.contains("::")
}

/// A whole text of ours as it may be printed: the last gate, should something foreign ever have got into it unseen. Line
/// ends stay, and so do colours.
pub fn printed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        let mut safe = Line::default();
        let mut rest = line;
        while let Some(c) = rest.chars().next() {
            if let Some(colour) = colour(rest) {
                safe.text.push_str(colour);
                rest = rest.get(colour.len()..).unwrap_or_default();
            } else {
                safe.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
        }
        out.push_str(&safe.text);
        out.push_str(end);
    }
    out
}

/// One record of a log, which others may have written: one line, whatever is in it.
pub fn logged(text: &str) -> String {
    let mut line = Line::default();
    text.trim_end().chars().for_each(|c| line.push(c));
    line.text.push('\n');
    line.text
}

/// JSON of ours in which every character that anybody acts on is written as an escape: the same values, and nothing in it
/// is a command. JSON has no such character but inside texts, and no line of it that begins with a colon.
pub fn json(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| c == '\n' || is_harmless(c)) && !text.contains("#[") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut last = ' ';
    for c in text.chars() {
        if (c == '\n' || is_harmless(c)) && !(last == '#' && c == '[') {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
        last = c;
    }
    Cow::Owned(out)
}

/// The commands that make GitHub's runner hide these values in the log, one for each line of each value. They go to standard
/// error: the runner reads both streams, and standard output is for data. Empty when there is nothing to hide.
pub fn masks<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for line in values.into_iter().flat_map(str::lines).map(str::trim) {
        // A mask of a few letters would blacken words everywhere, and no secret is that short.
        if line.chars().count() < 4 {
            continue;
        }
        let line = line.replace('%', "%25").replace('\r', "%0D");
        out.push_str("::add-mask::");
        out.push_str(&line);
        out.push('\n');
    }
    out
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Begun {
    #[default]
    No,
    Colon,
    Yes,
}

/// A line being made of characters of anybody's.
#[derive(Default)]
struct Line {
    text: String,
    /// The last character that is shown; colours are not.
    last: Option<char>,
    /// What has come so far but blanks and colours: nothing, a colon, or something else.
    begun: Begun,
}

impl Line {
    fn push(&mut self, c: char) {
        let c = if is_harmless(c) { c } else { ' ' };
        // `##[` anywhere, also when the first of the three are not of this text; `::` at the beginning.
        if (c == '[' && self.last == Some('#')) || (c == ':' && self.begun == Begun::Colon) {
            self.text.push(' ');
        }
        self.begun = match (self.begun, c) {
            (Begun::No, c) if c.is_whitespace() => Begun::No,
            (Begun::No, ':') => Begun::Colon,
            _ => Begun::Yes,
        };
        self.last = Some(c);
        self.text.push(c);
    }
}

/// A sequence that sets a colour at the beginning of a text: `ESC [ 1 ; 31 m`.
fn colour(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("\u{1b}[")?;
    let digits = inner.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    inner.get(digits..)?.starts_with('m').then(|| text.get(..digits + 3))?
}

/// Whether a character is shown as what it is, by everybody, where it stands.
fn is_harmless(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_it_is_a_command() {
        for (bad, safe) in [
            ("::error::x", ": :error::x"),
            (" \t::error::x", "  : :error::x"),
            (":\u{200b}:error::x", ": :error::x"),
            ("a\n::set-output name=x::y", "a ::set-output name=x::y"),
            ("##[group]x", "## [group]x"),
            ("#[group]x", "# [group]x"),
            ("#\u{200b}#[group]x", "# # [group]x"),
            (
                "section_start:1:a[collapsed=true]\r\u{1b}[0Kx",
                "section_start:1:a[collapsed=true]  [0Kx",
            ),
            (
                "\u{1b}]8;;https://evil.example\u{1b}\\text",
                " ]8;;https://evil.example \\text",
            ),
            ("\u{9b}31mred", " 31mred"),
            ("a\rb", "a b"),
            ("\u{202e}abc", " abc"),
            ("a\u{2028}::x", "a ::x"),
        ] {
            assert_eq!(Safe(bad).to_string(), safe);
        }
        for plain in ["plain — text", "type::bug", "C#", "a[0]", "日本語 🦀"] {
            assert_eq!(Safe(plain).to_string(), plain);
        }
        assert_eq!(Safe(&"x".repeat(1_000)).to_string().chars().count(), LONGEST + 1);
    }

    #[test]
    fn a_block_keeps_its_lines_and_is_cut() {
        assert_eq!(
            block("a\r\n::error::b\n\n##[c]\u{1b}[1m", 99),
            "a\n: :error::b\n\n## [c] [1m"
        );
        assert_eq!(block("ab\ncd", 4), "ab\nc…");
        assert_eq!(block("ab\ncd", 5), "ab\ncd");
    }

    #[test]
    fn markdown_shows_it_as_it_is() {
        for (text, shown) in [
            ("<b> & \n# c", "&lt;b&gt; &amp;  #<!-- --> c"),
            ("@team a#1", "@<!-- -->team a#<!-- -->1"),
            ("[x](https://e.example)", "\\[x\\](https:<!-- -->//e.example)"),
            ("WWW.e.example w.é", "W<!-- -->WW.e.example w.é"),
            ("`|` **a**: b", "\\`\\|\\` \\*\\*a\\*\\*: b"),
            (
                "GH-1 a&2 %\"v1\" 5 % & b",
                "G<!-- -->H-1 a&amp;<!-- -->2 %<!-- -->\"v1\" 5 % &amp; b",
            ),
        ] {
            assert_eq!(SafeMarkdown(text).to_string(), shown);
        }
    }

    #[test]
    fn a_hint_shows_words_as_code_and_nothing_else() {
        for (text, shown) in [
            (
                "set `conflicts:` to `prefer <tracker>`",
                "set `conflicts:` to `prefer <tracker>`",
            ),
            ("`a` and `b", "`a` and \\`b"),
            ("`@x`", "\\`@<!-- -->x\\`"),
            ("a `` b", "a \\`\\` b"),
            ("` <b> `", "\\` &lt;b&gt; \\`"),
            ("`::error::`", "\\`: :error::\\`"),
            ("*`a`*", "\\*`a`\\*"),
        ] {
            assert_eq!(SafeHint(text).to_string(), shown);
        }
    }

    #[test]
    fn a_printed_text_keeps_its_lines_and_colours_and_nothing_else() {
        let ours = "\u{1b}[1mapi\u{1b}[0m: fine\n  ok\n";
        assert_eq!(printed(ours), ours);
        assert_eq!(printed("a\n ::error::b\n##[c]\n"), "a\n : :error::b\n## [c]\n");
        assert_eq!(printed("\u{1b}[1m::error::b"), "\u{1b}[1m: :error::b");
        assert_eq!(printed("#\u{1b}[0m#\u{1b}[1m[c]"), "#\u{1b}[0m#\u{1b}[1m [c]");
        assert_eq!(logged("WARN a\r\n::error::b\u{1b}[1m\n"), "WARN a  ::error::b [1m\n");
        assert_eq!(printed("\u{1b}[2K\u{1b}]0;x\u{7}\u{1b}[31"), " [2K ]0;x  [31");
    }

    #[test]
    fn json_says_the_same_and_acts_on_nothing() {
        let values = serde_json::json!({"a##[b": ["::x", "\u{202e}\u{9b}\u{7f}\u{e0001}", "#[", "é\n"]});
        let text = serde_json::to_string_pretty(&values).unwrap();
        let safe = json(&text);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), values);
        assert!(
            safe.chars().all(|c| c == '\n' || is_harmless(c)) && !safe.contains("#["),
            "{safe}"
        );
        assert!(matches!(json("{\"a\": \"plain\"}\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn every_line_of_a_secret_is_masked() {
        let key = "-----BEGIN KEY-----\r\nAbc%12\n\nxy\n";
        assert_eq!(
            masks([key, "tok"]),
            "::add-mask::-----BEGIN KEY-----\n::add-mask::Abc%2512\n"
        );
        assert_eq!(masks([""]), "");
    }
}
