//! What a text may hold that is live somewhere: mentions, references, addresses. Imports nothing of ours.

use std::ops::Range;

/// Something that might be live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Its bytes.
    pub(super) range: Range<usize>,
    /// Where joiners disarm it, ascending.
    pub(super) joints: Vec<usize>,
    /// What it is.
    pub(super) what: What,
    /// It stands in running text, apart from other words, so a link may take its place.
    pub(super) roomy: bool,
}

/// Kinds of tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// `@name`, `@org/team`: the name.
    Mention(String),
    /// `#12` and the like.
    Reference(Reference),
    /// A character that begins something live, in a form that cannot be read further.
    Sign(char),
    /// A web address. Never live in itself.
    Address,
}

/// What a reference refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `#12`, `GH-12`.
    Issue,
    /// `!4`: a merge request.
    Change,
    /// `$3`.
    Snippet,
    /// A commit id.
    Commit,
}

impl Kind {
    pub(super) fn sign(self) -> char {
        match self {
            Self::Issue => '#',
            Self::Change => '!',
            Self::Snippet | Self::Commit => '$',
        }
    }
}

/// A reference, taken apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// The path of another project; `None` for the one the text belongs to.
    pub project: Option<String>,
    /// What it refers to.
    pub kind: Kind,
    /// The number, or the commit id as written.
    pub key: String,
}
