//! The joiner: how our changes are told from what people wrote, and how they are taken out again.
//!
//! Imports nothing. WORD JOINER (U+2060) is invisible, is no white space, punctuation or word character to any of the
//! services, survives storage, and is rarer in real text than the zero-width space. The rules:
//!
//! - a run of n joiners in a text becomes 2n, so an odd run tells of one that we put there;
//! - a lone one disarms what it stands in (`@⁠name`), and is simply dropped on the way back;
//! - `[⁠label](address "original")` is a link of ours; without a title, the label is the original;
//! - `](address "⁠original")` is a relative address that was made absolute;
//! - `@login<!--⁠@name-->` is a live mention of a mapped person. No other change of ours puts a joiner right after `[`,
//!   `"` or `<!--`.

/// The mark of everything we change.
pub(super) const JOINER: char = '\u{2060}';

const LINK: &str = "[\u{2060}";
const TITLE: &str = " \"";
const MOVED: &str = " \"\u{2060}";
const MEANT: &str = "<!--\u{2060}@";

/// A text with our changes taken out.
pub(super) struct Restored {
    /// The text.
    pub(super) text: String,
    /// Where in it something of ours was taken out, ascending.
    pub(super) taken: Vec<usize>,
}

impl Restored {
    /// Whether something was taken out within or at the borders of these bytes.
    pub(super) fn touched(&self, range: &std::ops::Range<usize>) -> bool {
        let after = self.taken.partition_point(|&at| at < range.start);
        self.taken.get(after).is_some_and(|&at| at <= range.end)
    }

    fn take(&mut self, original: &str) {
        self.taken.push(self.text.len());
        push_halved(&mut self.text, original);
        self.taken.push(self.text.len());
    }
}

/// Appends `text` with every joiner doubled.
pub(super) fn push_doubled(out: &mut String, text: &str) {
    for c in text.chars() {
        out.push(c);
        if c == JOINER {
            out.push(c);
        }
    }
}

/// A link of ours. `label` and `original` must be disarmed and hold no bracket, quote or line end.
pub(super) fn link(label: &str, address: &str, original: Option<&str>) -> String {
    match original {
        None => format!("{LINK}{label}]({address})"),
        Some(original) => format!("{LINK}{label}]({address}{TITLE}{original}\")"),
    }
}

/// The end of an inline link whose address was made absolute.
pub(super) fn moved(address: &str, original: &str) -> String {
    format!("]({address}{MOVED}{original}\")")
}

/// A live mention. `name` must hold no `--` and not end in `-`.
pub(super) fn meant(login: &str, name: &str) -> String {
    format!("@{login}{MEANT}{JOINER}{name}-->")
}

/// Whether an address may stand in the forms above.
pub(super) fn is_address(text: &str) -> bool {
    let fine = |c: char| c.is_ascii_alphanumeric() || "/._~:?#@=%+-&".contains(c);
    (text.starts_with("https://") || text.starts_with("http://")) && text.chars().all(fine)
}

/// Takes our changes out.
pub(super) fn restore(text: &str) -> Restored {
    let mut out = Restored {
        text: String::with_capacity(text.len()),
        taken: Vec::new(),
    };
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let form = match c {
            '[' => read_link(rest),
            '@' => read_meant(rest),
            ']' => read_moved(rest),
            _ => None,
        };
        if let Some((lead, original, after)) = form {
            out.text.push_str(lead);
            out.take(original);
            if c == ']' {
                out.text.push(')');
            }
            rest = after;
        } else if c == JOINER {
            let after = rest.trim_start_matches(JOINER);
            push_run(&mut out, (rest.len() - after.len()) / JOINER.len_utf8());
            rest = after;
        } else {
            out.text.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

fn push_run(out: &mut Restored, run: usize) {
    out.text.extend(std::iter::repeat_n(JOINER, run / 2));
    if run % 2 == 1 {
        out.taken.push(out.text.len());
    }
}

fn push_halved(out: &mut String, text: &str) {
    let mut run = 0_usize;
    for c in text.chars() {
        if c == JOINER {
            run += 1;
            if run.is_multiple_of(2) {
                out.push(c);
            }
        } else {
            run = 0;
            out.push(c);
        }
    }
}

/// What to keep, the original, and the rest.
type Form<'a> = Option<(&'a str, &'a str, &'a str)>;

fn read_link(text: &str) -> Form<'_> {
    let inner = text.strip_prefix(LINK).filter(|t| !t.starts_with(JOINER))?;
    let (label, after) = until(inner, |c| matches!(c, ']' | '[' | '"'))?;
    let (address, after) = until(after.strip_prefix("](")?, |c| matches!(c, ')' | '(' | ' ' | '"'))?;
    if !is_address(address) {
        return None;
    }
    if let Some(rest) = after.strip_prefix(')') {
        return Some(("", label, rest));
    }
    let (original, after) = until(after.strip_prefix(TITLE)?, |c| c == '"')?;
    Some(("", original, after.strip_prefix("\")")?))
}

fn read_meant(text: &str) -> Form<'_> {
    let (_, after) = until(text.get(1..)?, |c| !is_name(c))?;
    let (name, after) = until(after.strip_prefix(MEANT)?, |c| !is_name(c) && c != JOINER)?;
    Some(("@", name.strip_suffix("--")?, after.strip_prefix('>')?))
}

fn read_moved(text: &str) -> Form<'_> {
    let lead = text.get(..2).filter(|l| *l == "](")?;
    let (address, after) = until(text.get(2..)?, |c| matches!(c, ')' | '(' | ' ' | '"'))?;
    let original = after.strip_prefix(MOVED).filter(|t| !t.starts_with(JOINER))?;
    let (original, after) = until(original, |c| c == '"')?;
    is_address(address)
        .then(|| Some((lead, original, after.strip_prefix("\")")?)))
        .flatten()
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_.-/".contains(c)
}

/// Splits before the first character that ends the part; `None` when the line ends before it.
fn until(text: &str, ends: impl Fn(char) -> bool) -> Option<(&str, &str)> {
    let at = text.find(|c| c == '\n' || ends(c))?;
    let (part, rest) = text.split_at_checked(at)?;
    (!part.is_empty() && !rest.starts_with('\n')).then_some((part, rest))
}
