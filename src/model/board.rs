//! What the marker of a dashboard issue says: how far a sync has looked, and what the issue shows.

use serde::{Deserialize, Serialize};

use super::marker::parse;
use super::{BadMarker, End, Hash, IssueKey, LinkId, PerSide, hash_text, hex_id};

/// What the marker of a dashboard issue says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardMark {
    /// Of this payload: [`BoardMark::VERSION`].
    #[serde(rename = "v")]
    pub version: u32,
    /// Fingerprint of the sync's name.
    #[serde(rename = "y")]
    pub sync: Hash,
    /// The issue it sits in; without a key in the request that opens it, which cannot know it.
    #[serde(rename = "e")]
    pub at: End,
    /// The watermark: every change on a side up to this second (of the service's clock, since 1970) has been carried, or is
    /// named by `open`; 0 for none.
    #[serde(rename = "s", default)]
    pub seen: PerSide<i64>,
    /// When everything was looked at last, in seconds since 1970 by our own clock; 0 for never.
    #[serde(rename = "a", default)]
    pub whole: i64,
    /// Stands for the mapping file of that time: under other rules, what did not change may have to be carried after all.
    #[serde(rename = "r")]
    pub file: Hash,
    /// How many links there were when everything was looked at, and those made since.
    #[serde(rename = "l", default)]
    pub links: u64,
    /// Issues that wait for a person: a run that looks at changes looks at these as well.
    #[serde(rename = "p", default)]
    pub open: PerSide<Vec<IssueKey>>,
    /// Fingerprint of what the issue shows, times aside.
    #[serde(rename = "c")]
    pub content: Hash,
    /// Fingerprint of the text as it was written, times included: another one was changed by a person.
    #[serde(rename = "t")]
    pub text: Hash,
}

impl BoardMark {
    /// Of the payloads this program writes.
    pub const VERSION: u32 = 1;

    pub(super) fn parse(json: &[u8]) -> Result<Self, BadMarker> {
        #[derive(Deserialize)]
        struct Versioned {
            #[serde(rename = "v")]
            version: u32,
        }
        match parse::<Versioned>(json)?.version {
            Self::VERSION => parse(json),
            _ => Err(BadMarker::Version),
        }
    }

    /// What stands for the link in a dashboard's marker: made from the sync's name, as links are from their issues.
    pub fn id(sync: &str) -> LinkId {
        LinkId(hex_id("dashboard", sync))
    }

    /// Whether this is the text that was written with it.
    pub fn wrote(&self, id: &LinkId, text: &str) -> bool {
        self.text == hash_text(id, text)
    }
}
