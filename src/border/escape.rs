//! The joiner: how our changes are told from what people wrote, and how they are taken out again.
//!
//! Imports nothing. WORD JOINER (U+2060) is invisible, is no white space, punctuation or word character to any of the
//! services, survives storage, and is rarer in real text than the zero-width space. The rules:
//!
//! - a run of n joiners in a text becomes 2n, so an odd run tells of one that we put there;
//! - a lone one disarms what it stands in (`@⁠name`), and is simply dropped on the way back;
//! - `[⁠label](address "original")` is a link of ours; without a title, the label is the original;
//! - `](address "⁠original")` is a link whose address was changed; one that had a title has it behind the original,
//!   `](address "⁠original⁠title")`;
//! - `="address" data-origin="⁠original"` is an attribute of an HTML tag whose address was changed;
//! - `@login<!--⁠@name-->` is a live mention of a mapped person. No other change of ours puts a joiner right after `[`,
//!   `"` or `<!--`.

/// The mark of everything we change.
pub(super) const JOINER: char = '\u{2060}';

const LINK: &str = "[\u{2060}";
const TITLE: &str = " \"";
const MOVED: &str = " \"\u{2060}";
const ORIGIN: &str = "\" data-origin=\"\u{2060}";
const MEANT: &str = "<!--\u{2060}@";

/// A text with our changes taken out.
pub(super) struct Restored {
    /// The text.
    pub(super) text: String,
    /// Where in it something of ours was taken out, ascending.
    pub(super) taken: Vec<usize>,
    /// Every address we wrote, behind the original it took the place of.
    pub(super) moved: Vec<(String, String)>,
}

impl Restored {
    /// Whether something was taken out within or at the borders of these bytes.
    pub(super) fn touched(&self, range: &std::ops::Range<usize>) -> bool {
        let after = self.taken.partition_point(|&at| at < range.start);
        self.taken.get(after).is_some_and(|&at| at <= range.end)
    }

    fn take(&mut self, form: &Form<'_>) {
        self.text.push_str(form.lead);
        self.taken.push(self.text.len());
        push_halved(&mut self.text, form.original);
        self.taken.push(self.text.len());
        self.text.push_str(form.tail);
        if let Some(address) = form.address {
            let original = form.original.trim_start_matches(JOINER);
            self.moved.push((original.to_owned(), address.to_owned()));
        }
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

/// The end of an inline link whose address was changed.
pub(super) fn moved(address: &str, original: &str) -> String {
    format!("]({address}{MOVED}{original}\")")
}

/// The same up to where the title it had begins.
pub(super) fn moved_titled(address: &str, original: &str) -> String {
    format!("]({address}{MOVED}{original}{JOINER}")
}

/// An attribute's value that was changed, between its quotes.
pub(super) fn moved_value(address: &str, original: &str) -> String {
    format!("{address}{ORIGIN}{original}")
}

/// A live mention. `name` must hold no `--` and not end in `-`.
pub(super) fn meant(login: &str, name: &str) -> String {
    format!("@{login}{MEANT}{JOINER}{name}-->")
}

/// Whether an address may stand in the forms above and leads there from everywhere.
pub(super) fn is_address(text: &str) -> bool {
    (text.starts_with("https://") || text.starts_with("http://")) && text.chars().all(is_fine)
}

/// Whether an issue may be linked to by this address: one that leads there from everywhere, or the name of its file in the
/// folder that the text goes to.
pub(super) fn is_page(text: &str) -> bool {
    let number = text.strip_suffix(".md").unwrap_or_default();
    is_address(text) || (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether an address may stand in the forms above: one for everywhere, or one of a file as texts of its own tracker
/// name it.
pub(super) fn is_written(text: &str) -> bool {
    let (folder, rest) = text.split_once('/').unwrap_or_default();
    let rooted = folder.is_empty() && !rest.starts_with('/');
    let in_folder = folder.bytes().all(|b| b.is_ascii_digit()) && rest.starts_with("files/");
    is_address(text) || ((rooted || in_folder) && !rest.is_empty() && text.chars().all(is_fine))
}

fn is_fine(c: char) -> bool {
    c.is_ascii_alphanumeric() || "/._~:?#@=%+-&".contains(c)
}

/// Takes our changes out.
pub(super) fn restore(text: &str) -> Restored {
    let mut out = Restored {
        text: String::with_capacity(text.len()),
        taken: Vec::new(),
        moved: Vec::new(),
    };
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let form = match c {
            '[' => read_link(rest),
            '@' => read_meant(rest),
            ']' => read_moved(rest),
            '=' => read_value(rest),
            _ => None,
        };
        if let Some(form) = form {
            out.take(&form);
            rest = form.rest;
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

/// Something of ours: what to keep of it before and behind the original, and what follows it.
struct Form<'a> {
    lead: &'a str,
    original: &'a str,
    tail: &'static str,
    rest: &'a str,
    /// The address that took the original's place.
    address: Option<&'a str>,
}

fn read_link(text: &str) -> Option<Form<'_>> {
    let inner = text.strip_prefix(LINK).filter(|t| !t.starts_with(JOINER))?;
    let (label, after) = until(inner, |c| matches!(c, ']' | '[' | '"'))?;
    let (address, after) = until(after.strip_prefix("](")?, |c| matches!(c, ')' | '(' | ' ' | '"'))?;
    if !is_written(address) && !is_page(address) {
        return None;
    }
    let (original, rest, moved) = if let Some(rest) = after.strip_prefix(')') {
        (label, rest, false)
    } else {
        let (original, after) = until(after.strip_prefix(TITLE)?, |c| c == '"')?;
        (original, after.strip_prefix("\")")?, original.starts_with(JOINER))
    };
    Some(Form {
        lead: "",
        original,
        tail: "",
        rest,
        address: moved.then_some(address),
    })
}

fn read_meant(text: &str) -> Option<Form<'_>> {
    let (_, after) = until(text.get(1..)?, |c| !is_name(c))?;
    let (name, after) = until(after.strip_prefix(MEANT)?, |c| !is_name(c) && c != JOINER)?;
    Some(Form {
        lead: "@",
        original: name.strip_suffix("--")?,
        tail: "",
        rest: after.strip_prefix('>')?,
        address: None,
    })
}

fn read_moved(text: &str) -> Option<Form<'_>> {
    let lead = text.get(..2).filter(|l| *l == "](")?;
    let (address, after) = until(text.get(2..)?, |c| matches!(c, ')' | '(' | ' ' | '"'))?;
    let original = after.strip_prefix(MOVED).filter(|t| !t.starts_with(JOINER))?;
    let (original, after) = until(original, |c| c == '"' || c == JOINER)?;
    let (tail, rest) = match after.strip_prefix(JOINER) {
        Some(title) => (TITLE, title),
        None => (")", after.strip_prefix("\")")?),
    };
    is_written(address).then_some(Form {
        lead,
        original,
        tail,
        rest,
        address: Some(address),
    })
}

fn read_value(text: &str) -> Option<Form<'_>> {
    let lead = text.get(..2).filter(|l| *l == "=\"")?;
    let (address, after) = until(text.get(2..)?, |c| c == '"')?;
    let original = after.strip_prefix(ORIGIN).filter(|t| !t.starts_with(JOINER))?;
    let (original, rest) = until(original, |c| c == '"' || c == JOINER)?;
    is_written(address).then_some(Form {
        lead,
        original,
        tail: "",
        rest,
        address: Some(address),
    })
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
