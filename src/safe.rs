//! Foreign text on its way to a log, a terminal or a report: one line, nothing in it is a command.
//!
//! Imports nothing of ours.

use std::fmt;

/// The longest foreign text shown on one line, in characters.
const LONGEST: usize = 300;

/// Foreign text whose display is safe in terminals and CI logs: control characters (escape sequences, line ends),
/// invisible and bidirectional ones are replaced, `::` and `##[` lose the form that CI runners execute, and long text
/// is cut.
#[derive(Clone, Copy, Debug)]
pub struct Safe<'a>(pub &'a str);

impl fmt::Display for Safe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = String::new();
        for c in self.0.chars().take(LONGEST) {
            shown.push(if is_harmless(c) { c } else { ' ' });
        }
        let shown = shown.replace("::", ":\u{200b}:").replace("##[", "#\u{200b}#[");
        f.write_str(&shown)?;
        if self.0.chars().nth(LONGEST).is_some() { f.write_str("…") } else { Ok(()) }
    }
}

fn is_harmless(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
            | '\u{2028}' | '\u{2029}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_it_is_a_command() {
        for bad in ["::error::x", "a\n::set-output name=x::y", "##[group]x", "\u{1b}[31mred", "a\rb", "\u{202e}abc"] {
            let shown = Safe(bad).to_string();
            assert!(!shown.contains("::") && !shown.contains("##["), "{shown:?}");
            assert!(shown.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{shown:?}");
        }
        assert_eq!(Safe("plain — text").to_string(), "plain — text");
        assert!(Safe(&"x".repeat(1_000)).to_string().chars().count() < 310);
    }
}
