//! Markers: the hidden lines in which the state of a link lives.
//!
//! One line of ASCII, `<!-- lockstep:1 <kind> <link-id> <payload> [<signature>] -->`. The payload is JSON in standard
//! base64, whose alphabet holds no `-`, so nothing in it can end the comment early and nothing of a user's shows through.
//! Decoding never panics and never allocates more than a small multiple of its bounded input.

use std::collections::BTreeMap;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

use super::{Base, BoardMark, Hash, IssueKey, LinkId, Marks, PerSide, Side, TrackerId};

const OPEN: &str = "<!-- lockstep:";
const CLOSE: &str = " -->";
/// A marker longer than this is not read: ours are around one KiB.
const LONGEST: usize = 16 * 1024;

/// One end of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// The tracker's name in the mapping file.
    #[serde(rename = "t")]
    pub tracker: TrackerId,
    /// Fingerprint of the tracker's address and project.
    #[serde(rename = "p")]
    pub project: Hash,
    /// The issue there; `None` in the request that creates it, which cannot know it.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub key: Option<IssueKey>,
}

/// How often a field was written again and again, so that a loop is noticed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// How many writes in a row repeated an earlier one; the first counts.
    #[serde(rename = "n", default)]
    pub count: u32,
    /// When the last of them was planned, in seconds since 1970.
    #[serde(rename = "w", default)]
    pub when: i64,
    /// Fingerprints of what was written last, the newest first.
    #[serde(rename = "h", default)]
    pub last: Vec<String>,
}

impl Turn {
    /// So many writes of the same are a loop.
    const LOOP: u32 = 5;

    /// Whether it was written so often that it is a loop.
    pub fn is_loop(&self) -> bool {
        self.count >= Self::LOOP
    }
}

/// What a state marker says. It sits on the right twin and is the only copy of the base.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateMark {
    /// Fingerprint of the sync's name.
    #[serde(rename = "y")]
    pub sync: Hash,
    /// Both ends.
    #[serde(rename = "e")]
    pub ends: PerSide<End>,
    /// The side the story began on.
    #[serde(rename = "o")]
    pub origin: Side,
    /// What both sides held.
    #[serde(rename = "b")]
    pub base: Base,
    /// What was written lately, by field.
    #[serde(rename = "g", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub turns: BTreeMap<String, Turn>,
    /// The highest key, as a number, among the comments of each side that were looked through for commands; `None` while
    /// commands are off: what people write then is never taken for one later.
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<PerSide<u64>>,
    /// Orders the markers of a link: the higher one was written later.
    #[serde(rename = "n", default)]
    pub serial: u64,
    /// Fingerprint of the backlink footer above the marker.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<Hash>,
    /// Set when this twin lost a race: the issue on its own side that stands for the link.
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    pub survivor: Option<IssueKey>,
}

/// What a pointer says. It sits on the left twin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointerMark {
    /// Fingerprint of the sync's name.
    #[serde(rename = "y")]
    pub sync: Hash,
    /// Both ends.
    #[serde(rename = "e")]
    pub ends: PerSide<End>,
    /// The side the story began on.
    #[serde(rename = "o")]
    pub origin: Side,
    /// What the state marker at the other end was like when the pointer was written, as far as it was known: an older one
    /// that turns up there later was taken out of the issue's history.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub knew: Option<Knew>,
    /// How far comments were known when the pointer was written: it is the last write of a new link, so it can say what
    /// the state marker, written first, could not know.
    #[serde(rename = "m")]
    pub marks: PerSide<Marks>,
    /// Orders the markers of a link: the higher one was written later.
    #[serde(rename = "n", default)]
    pub serial: u64,
    /// Fingerprint of the backlink footer above the marker.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<Hash>,
    /// Set when this twin lost a race: the issue on its own side that stands for the link.
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    pub survivor: Option<IssueKey>,
}

/// A state marker as a pointer remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Knew {
    /// Its serial number.
    #[serde(rename = "n")]
    pub serial: u64,
    /// When its base was written, in seconds since 1970.
    #[serde(rename = "w")]
    pub when: i64,
}

/// What the marker of a mirrored comment says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentMark {
    /// The side the original is on.
    #[serde(rename = "s")]
    pub side: Side,
    /// The original's key, or `kept:<field>:<hash>` for a text that lost a conflict.
    #[serde(rename = "k")]
    pub source: String,
    /// Fingerprint of the original as it was copied.
    #[serde(rename = "h")]
    pub original: Hash,
    /// Fingerprint of the copy's text as it was written.
    #[serde(rename = "c")]
    pub copy: Hash,
    /// Fingerprint of the attribution line above the text.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub attribution: Option<Hash>,
}

/// What a marker says, by kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// On the right twin.
    State(Box<StateMark>),
    /// On the left twin.
    Pointer(Box<PointerMark>),
    /// On a mirrored comment.
    Comment(Box<CommentMark>),
    /// On a dashboard issue.
    Board(Box<BoardMark>),
}

/// A marker as found or as it is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// The link it belongs to.
    pub link: LinkId,
    /// What it says.
    pub payload: Payload,
    /// The line it was read from, kept so that a marker we do not change is written back to the byte.
    line: Option<String>,
}

/// Why a line that looks like a marker is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum BadMarker {
    /// Not the form `<!-- lockstep:1 kind link payload [signature] -->`.
    #[error("it is cut off or edited")]
    Form,
    /// A version this program does not know.
    #[error("it was written by a newer version")]
    Version,
    /// The payload cannot be decoded.
    #[error("its payload cannot be decoded")]
    Payload,
    /// Longer than any marker we write.
    #[error("it is too long")]
    TooLong,
    /// More markers in one place than any mapping file has syncs for.
    #[error("there are too many of them")]
    TooMany,
}

impl Marker {
    /// A marker to be written.
    pub fn new(link: LinkId, payload: Payload) -> Self {
        Self {
            link,
            payload,
            line: None,
        }
    }

    /// Whether a line claims to be a marker, well formed or not. Four blanks or a tab make it a line of code, which people
    /// see.
    pub fn looks_like(line: &str) -> bool {
        let rest = line.trim_start_matches(' ');
        line.len() - rest.len() < 4 && rest.starts_with(OPEN)
    }

    /// Reads one line. `None` when it does not even look like a marker.
    pub fn read(line: &str) -> Option<Result<Self, BadMarker>> {
        Self::looks_like(line).then(|| Self::decode(line.trim()))
    }

    fn decode(line: &str) -> Result<Self, BadMarker> {
        if line.len() > LONGEST {
            return Err(BadMarker::TooLong);
        }
        let inner = line
            .strip_prefix(OPEN)
            .and_then(|l| l.strip_suffix(CLOSE))
            .ok_or(BadMarker::Form)?;
        let words: Vec<&str> = inner.split(' ').collect();
        let (version, kind, id, payload) = match words.as_slice() {
            [version, kind, id, payload] | [version, kind, id, payload, _] => (*version, *kind, *id, *payload),
            _ => return Err(BadMarker::Form),
        };
        if version != "1" {
            return Err(BadMarker::Version);
        }
        let id = LinkId::read(id).ok_or(BadMarker::Form)?;
        let json = STANDARD_NO_PAD
            .decode(payload)
            .map_err(|_undecodable| BadMarker::Payload)?;
        let payload = match kind {
            "state" => Payload::State(Box::new(parse(&json)?)),
            "pointer" => Payload::Pointer(Box::new(parse(&json)?)),
            "comment" => Payload::Comment(Box::new(parse(&json)?)),
            "board" => Payload::Board(Box::new(BoardMark::parse(&json)?)),
            _ => return Err(BadMarker::Version),
        };
        Ok(Self {
            link: id,
            payload,
            line: Some(line.into()),
        })
    }

    /// The line to store. A marker that was read and not rebuilt comes back as it was; only one signed with an old key is
    /// signed anew.
    pub fn line(&self, signer: &Signer) -> String {
        if let Some(line) = &self.line {
            let anew = self
                .signed()
                .and_then(|(said, signature)| signer.sign_anew(said, signature));
            return anew.map_or_else(|| line.clone(), |said| format!("{OPEN}{said}{CLOSE}"));
        }
        let (kind, json) = match &self.payload {
            Payload::State(mark) => ("state", to_json(mark)),
            Payload::Pointer(mark) => ("pointer", to_json(mark)),
            Payload::Comment(mark) => ("comment", to_json(mark)),
            Payload::Board(mark) => ("board", to_json(mark)),
        };
        let said = format!("1 {kind} {} {}", self.link, STANDARD_NO_PAD.encode(json));
        match signer.sign(&said) {
            Some(signature) => format!("{OPEN}{said} {signature}{CLOSE}"),
            None => format!("{OPEN}{said}{CLOSE}"),
        }
    }

    /// Whether the signer accepts the marker: always true without a key; with one, only for a line signed by it or by one
    /// of the old keys.
    pub fn trusted(&self, signer: &Signer) -> bool {
        match self.signed() {
            Some((said, signature)) => signer.accepts(said, signature),
            None => true,
        }
    }

    /// What a line that was read says, and its signature.
    fn signed(&self) -> Option<(&str, Option<&str>)> {
        let inner = self.line.as_deref()?.strip_prefix(OPEN)?.strip_suffix(CLOSE)?;
        Some(match inner.rsplit_once(' ') {
            Some((said, signature)) if said.split(' ').count() == 4 => (said, Some(signature)),
            _ => (inner, None),
        })
    }
}

pub(super) fn parse<T: for<'a> Deserialize<'a>>(json: &[u8]) -> Result<T, BadMarker> {
    serde_json::from_slice(json).map_err(|_unreadable| BadMarker::Payload)
}

/// Our own payloads are maps with text keys, which always serialise.
fn to_json<T: Serialize>(mark: &T) -> Vec<u8> {
    serde_json::to_vec(mark).unwrap_or_default()
}

/// Signs and checks markers with HMAC-SHA256. Without a key it signs nothing and accepts everything. Comparison takes the
/// same time wherever a signature differs.
#[derive(Clone, Debug, Default)]
pub struct Signer {
    key: Option<hmac::Key>,
    old: Vec<hmac::Key>,
}

impl Signer {
    /// A signer with a key.
    pub fn new(key: &[u8]) -> Self {
        Self {
            key: Some(hmac::Key::new(hmac::HMAC_SHA256, key)),
            old: Vec::new(),
        }
    }

    /// One that also accepts what this key signed before, and signs nothing with it.
    #[must_use]
    pub fn with_old(mut self, key: &[u8]) -> Self {
        self.old.push(hmac::Key::new(hmac::HMAC_SHA256, key));
        self
    }

    /// Whether there is a key, so that a marker it accepts was written by someone who holds it.
    pub fn has_key(&self) -> bool {
        self.key.is_some()
    }

    fn sign(&self, said: &str) -> Option<String> {
        self.key
            .as_ref()
            .map(|key| STANDARD_NO_PAD.encode(hmac::sign(key, said.as_bytes())))
    }

    /// What an old key signed, with the signature of the new one; `None` for anything else, which must not come by one.
    fn sign_anew(&self, said: &str, signature: Option<&str>) -> Option<String> {
        let tag = STANDARD_NO_PAD.decode(signature?).ok()?;
        let by = |key: &hmac::Key| hmac::verify(key, said.as_bytes(), &tag).is_ok();
        if self.key.as_ref().is_some_and(by) || !self.old.iter().any(by) {
            return None;
        }
        self.sign(said).map(|signature| format!("{said} {signature}"))
    }

    fn accepts(&self, said: &str, signature: Option<&str>) -> bool {
        let Some(key) = &self.key else { return true };
        let Some(tag) = signature.and_then(|s| STANDARD_NO_PAD.decode(s).ok()) else {
            return false;
        };
        let mut keys = std::iter::once(key).chain(&self.old);
        keys.any(|key| hmac::verify(key, said.as_bytes(), &tag).is_ok())
    }
}
