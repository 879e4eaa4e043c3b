//! One Markdown file taken apart: front matter and body. Pure text, no disk. Imports the front matter only.
//!
//! What is not changed is kept to the byte: line ends, a byte order mark, the `---` lines as somebody typed them.

use super::front::{Edit, Front};

/// Front matter longer than this is refused: it is read by a parser that takes its time with hostile input.
const LONGEST_FRONT: usize = 32 * 1024;
const MARK: &str = "\u{feff}";
const FENCE: &str = "---";

/// What is wrong with a file, and in which line (from 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    /// Where, when it can be said.
    pub line: Option<usize>,
    /// What, in words for the person who wrote the file.
    pub what: String,
}

impl Flaw {
    /// Something wrong in a line.
    pub(super) fn at(line: Option<usize>, what: impl Into<String>) -> Self {
        Self {
            line,
            what: what.into(),
        }
    }
}

impl std::fmt::Display for Flaw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

/// A file taken apart.
#[derive(Clone, Debug)]
pub(super) struct Page {
    mark: bool,
    crlf: bool,
    /// The two `---` lines with their line ends; `None` without front matter.
    fences: Option<(String, String)>,
    /// The front matter; empty when there is none.
    pub front: Front,
    /// Everything below the second `---`, as stored.
    rest: String,
}

impl Page {
    /// A page of which nothing is written yet.
    pub(super) fn empty() -> Self {
        Self {
            mark: false,
            crlf: false,
            fences: None,
            front: Front::default(),
            rest: String::new(),
        }
    }

    /// Takes a file apart. Without front matter all of it is body.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Flaw> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let above = bytes.get(..error.valid_up_to()).unwrap_or_default();
            Flaw::at(Some(above.split(|byte| *byte == b'\n').count()), "not UTF-8 text")
        })?;
        let (mark, text) = match text.strip_prefix(MARK) {
            Some(text) => (true, text),
            None => (false, text),
        };
        let first = text.split_inclusive('\n').next().unwrap_or_default();
        let mut page = Self {
            mark,
            crlf: first.ends_with("\r\n"),
            ..Self::empty()
        };
        if first.starts_with("<<<<<<< ") {
            return Err(Flaw::at(Some(1), "git left an unresolved conflict here"));
        }
        if !is_fence(first) {
            text.clone_into(&mut page.rest);
            return Ok(page);
        }
        let (mut front, mut rest, mut close) = (String::new(), String::new(), None);
        for line in text.split_inclusive('\n').skip(1) {
            match close {
                Some(_) => rest.push_str(line),
                None if is_fence(line) => close = Some(line.to_owned()),
                None => front.push_str(line),
            }
        }
        let Some(close) = close else {
            let what = "the front matter that begins with `---` has no second `---` line that ends it";
            return Err(Flaw::at(Some(1), what));
        };
        if front.len() > LONGEST_FRONT {
            return Err(Flaw::at(Some(1), "the front matter is longer than 32 KiB"));
        }
        page.front = Front::read(&front)?;
        page.fences = Some((first.to_owned(), close));
        page.rest = rest;
        Ok(page)
    }

    /// The text below the front matter, with LF line ends, without the blank line above it and the last line end.
    pub(super) fn body(&self) -> String {
        let text = self.rest.replace("\r\n", "\n");
        let text = match &self.fences {
            Some(_) => text.strip_prefix('\n').unwrap_or(&text),
            None => &text,
        };
        text.strip_suffix('\n').unwrap_or(text).to_owned()
    }

    /// The whole file with these changes. What `body` reads afterwards is the text handed in, but for CRLF.
    pub(super) fn with(&self, edits: &[Edit], body: Option<&str>) -> Result<String, Flaw> {
        let newline = if self.crlf { "\r\n" } else { "\n" };
        let (open, mut close) = self
            .fences
            .clone()
            .unwrap_or_else(|| (format!("{FENCE}{newline}"), format!("{FENCE}{newline}")));
        if !close.ends_with('\n') {
            close.push_str(newline);
        }
        let front = self.front.edit(edits, newline)?;
        let rest = match body {
            Some("") => String::new(),
            Some(body) => format!("\n{body}\n").replace("\r\n", "\n").replace('\n', newline),
            // The blank line is ours: without it a body that begins with one would lose it.
            None if self.fences.is_none() && !self.rest.is_empty() => format!("{newline}{}", self.rest),
            None => self.rest.clone(),
        };
        let mark = if self.mark { MARK } else { "" };
        let text = format!("{mark}{open}{front}{close}{rest}");
        let wanted = body.map_or_else(|| self.body(), |body| body.replace("\r\n", "\n"));
        let again = Self::read(text.as_bytes())?;
        if again.front.source() != front || again.body() != wanted {
            return Err(Flaw::at(
                Some(1),
                "the front matter is too unusual to change: edit it by hand",
            ));
        }
        Ok(text)
    }
}

fn is_fence(line: &str) -> bool {
    line.trim_end() == FENCE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Page {
        Page::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_body_is_written_and_read_back_to_the_byte() {
        for body in [
            "",
            "a",
            "a\n",
            "\n\na\n\n",
            "---\nx: y\n---\nz",
            "  ",
            "a\rb",
            "\u{feff}a",
            "\n",
        ] {
            for page in [
                Page::empty(),
                read("---\ntitle: x\n---"),
                read("old"),
                read("---\r\n---\r\nold"),
            ] {
                let text = page.with(&[], Some(body)).unwrap();
                assert_eq!(read(&text).body(), body, "{text:?}");
            }
        }
    }

    #[test]
    fn adding_front_matter_keeps_the_body() {
        for text in ["", "a", "a\n", "\n\na", "a\r\nb\r\n", "--- \nt: 1\n---\t\nbody"] {
            let page = read(text);
            let after = page.with(&[Edit::text("status", "closed")], None).unwrap();
            assert_eq!(read(&after).body(), page.body(), "{after:?}");
        }
    }

    #[test]
    fn an_unchanged_page_is_the_same_bytes() {
        for text in [
            "\u{feff}---\t\r\ntitle: x # why\r\n\n# end\r\n--- \r\n\r\nbody\nmixed\r\n",
            "---\n---\n",
            "---\n\n\n---\nx",
        ] {
            assert_eq!(read(text).with(&[], None).unwrap(), text);
        }
    }

    #[test]
    fn flaws_name_their_line() {
        let flaw = |text: &[u8]| Page::read(text).unwrap_err().to_string();
        assert!(flaw(b"a\nb\xff").starts_with("line 2: not UTF-8"));
        assert!(flaw(b"---\ntitle: x\n").starts_with("line 1: the front matter that begins"));
        assert!(flaw(b"<<<<<<< HEAD\n---\n---\n").contains("conflict"));
        let conflict = flaw(b"---\ntitle: a\n<<<<<<< HEAD\nstatus: open\n=======\nstatus: closed\n>>>>>>> b\n---\n");
        assert!(conflict.starts_with("line 3: git left"), "{conflict}");
        let yaml = flaw(b"---\ntitle: a\nlabels: [a\n---\n");
        assert!(yaml.contains("line 4") || yaml.contains("line 3"), "{yaml}");
        assert!(flaw(b"---\njust words\n---\n").contains("`key: value`"));
    }
}
