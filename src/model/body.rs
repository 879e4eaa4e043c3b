//! A stored body taken apart: the text people wrote, the footer we put below it, and the markers.

use std::collections::{BTreeMap, BTreeSet};

use super::{BadMarker, CommentMark, Hash, LinkId, Marker, Payload, Signer, hash_text};

/// Most markers read in one body: one for every sync an issue takes part in.
const MARKERS: usize = 32;

/// A body or comment as stored by a tracker, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// What people wrote, to the byte, without our markers, footer or attribution line.
    pub text: String,
    /// Our own visible lines: the backlink footer of an issue, the attribution line of a comment.
    pub ours: Option<String>,
    /// The backlink footers of an issue, by link: an issue that several syncs share has one of each.
    pub footers: BTreeMap<LinkId, String>,
    /// The markers found, in order.
    pub markers: Vec<Marker>,
    /// Lines that look like markers and are none.
    pub bad: Vec<BadMarker>,
    /// The links that what is left of damaged markers speaks of, wherever it stands. Nothing but a warning.
    pub remains: BTreeSet<LinkId>,
    /// A marker stands above the last line of text: somebody wrote below it. It is still read.
    pub written_below: bool,
}

/// Line ends as LF and nothing blank at the end. GitLab stores text that way and browsers send CRLF, so texts are
/// compared and fingerprinted in this form only.
pub fn normalise(text: &str) -> String {
    let mut out = text.replace("\r\n", "\n").replace('\r', "\n");
    out.truncate(out.trim_end().len());
    out
}

impl Body {
    /// Text alone.
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// Takes a stored body apart. A marker is a line of its own; a quoted one, or one inside a line, is text.
    pub fn read(raw: &str) -> Self {
        let remains = remains(raw);
        if !raw.lines().any(Marker::looks_like) {
            return Self {
                remains,
                ..Self::plain(raw)
            };
        }
        let mut body = Self {
            remains,
            ..Self::default()
        };
        let (mut before, mut after) = (String::new(), String::new());
        for line in raw.split_inclusive('\n') {
            // Nobody looks at more than one that is bad, and a body may hold a million.
            body.bad.truncate(MARKERS);
            match Marker::read(line) {
                Some(Ok(marker)) if body.markers.len() < MARKERS => body.markers.push(marker),
                Some(Ok(_)) => body.bad.push(BadMarker::TooMany),
                Some(Err(bad)) => body.bad.push(bad),
                None if body.markers.is_empty() && body.bad.is_empty() => before.push_str(line),
                None => after.push_str(line),
            }
        }
        before.truncate(before.trim_end().len());
        body.take_ours(before);
        if !after.trim().is_empty() {
            body.written_below = true;
            if !body.text.is_empty() {
                body.text.push_str("\n\n");
            }
            body.text.push_str(without_blank_lines(&after));
        }
        body
    }

    /// Finds the footers (last paragraphs) and the attribution (first line) by the fingerprints in the markers.
    fn take_ours(&mut self, mut text: String) {
        // Each marker's footer is the last paragraph once those of the others are off.
        for _ in 0..self.markers.len() {
            for marker in &self.markers {
                let want = match &marker.payload {
                    Payload::State(mark) => mark.footer.as_ref(),
                    Payload::Pointer(mark) => mark.footer.as_ref(),
                    Payload::Comment(_) | Payload::Board(_) => None,
                };
                if !self.footers.contains_key(&marker.link)
                    && let Some(footer) = take_last(&mut text, &marker.link, want)
                {
                    self.ours = Some(footer.clone());
                    self.footers.insert(marker.link.clone(), footer);
                }
            }
        }
        for marker in &self.markers {
            if let Payload::Comment(mark) = &marker.payload {
                take_first(&mut text, &mut self.ours, &marker.link, mark);
            }
        }
        self.text = text;
    }

    /// The text with footer and markers below it, as it is to be stored.
    pub fn compose(text: &str, footer: Option<&str>, markers: &[Marker], signer: &Signer) -> String {
        let lines: Vec<String> = markers.iter().map(|m| m.line(signer)).collect();
        join(&[text, footer.unwrap_or_default(), &lines.join("\n")])
    }

    /// A mirrored comment: attribution above the text, marker below.
    pub fn compose_comment(attribution: &str, text: &str, marker: &Marker, signer: &Signer) -> String {
        join(&[attribution, text, &marker.line(signer)])
    }
}

/// The ids of links in lines that hold a marker's word and are no marker, as editors leave them that wrap, indent, quote or
/// encode lines.
fn remains(raw: &str) -> BTreeSet<LinkId> {
    const WORD: &str = "lockstep:";
    let torn = raw.lines().filter(|line| {
        let holds = line.len() >= WORD.len() && line.to_ascii_lowercase().contains(WORD);
        holds && !matches!(Marker::read(line), Some(Ok(_)))
    });
    let words = torn.flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric()));
    words.filter_map(LinkId::read).take(MARKERS).collect()
}

/// Without blank lines at both ends. What the first line is indented by stays: it makes the line code, and code may show
/// a marker.
fn without_blank_lines(text: &str) -> &str {
    let blank = text.split_inclusive('\n').take_while(|line| line.trim().is_empty());
    let above = blank.map(str::len).sum();
    text.get(above..).unwrap_or_default().trim_end()
}

fn join(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|p| !p.trim().is_empty()).collect();
    parts.join("\n\n")
}

/// The fingerprint of our own visible lines.
pub(crate) fn hash_ours(link: &LinkId, lines: &str) -> Hash {
    Hash::of(&format!("{link} ours"), &normalise(lines))
}

fn take_last(text: &mut String, link: &LinkId, want: Option<&Hash>) -> Option<String> {
    let want = want?;
    let plain = text.replace("\r\n", "\n");
    let (rest, last) = plain.rsplit_once("\n\n").unwrap_or(("", &plain));
    (&hash_ours(link, last) == want).then(|| {
        // Cut the stored text, not the copy, so that what people wrote stays as it is to the byte.
        let lines = last.lines().count();
        let mut cut = text.len();
        for _ in 0..lines {
            cut = text
                .get(..cut)
                .and_then(|t| t.trim_end_matches(['\r', '\n']).rfind('\n'))
                .map_or(0, |at| at + 1);
        }
        text.truncate(cut);
        text.truncate(text.trim_end().len());
        debug_assert_eq!(text.replace("\r\n", "\n").trim_end(), rest.trim_end());
        last.to_owned()
    })
}

/// Takes the attribution off a copy: the line that the marker tells of, whatever somebody wrote above it; or a first line that
/// somebody changed, above a text that reads as we wrote it.
fn take_first(text: &mut String, ours: &mut Option<String>, link: &LinkId, mark: &CommentMark) {
    let Some(want) = &mark.attribution else { return };
    let mut above = 0;
    for line in text.split_inclusive('\n') {
        if &hash_ours(link, line) == want {
            let (before, after) = text.split_at(above);
            let after = after
                .get(line.len()..)
                .unwrap_or_default()
                .trim_start_matches(['\r', '\n']);
            *ours = Some(line.trim_end_matches(['\r', '\n']).to_owned());
            *text = format!("{before}{after}");
            return;
        }
        above += line.len();
    }
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let rest = rest.trim_start_matches(['\r', '\n']);
    if !rest.is_empty() && hash_text(link, rest) == mark.copy && hash_text(link, text) != mark.copy {
        *ours = Some(first.trim_end_matches('\r').to_owned());
        *text = rest.to_owned();
    }
}
