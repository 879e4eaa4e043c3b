//! How a run ended, as a word and as an exit code.

use serde::{Deserialize, Serialize};

/// How a run ended as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// There was nothing to do.
    Settled,
    /// Everything planned was written.
    Changed,
    /// A dry run: there is something to write.
    Pending,
    /// The time or rate budget ended first; the next run continues.
    Budget,
    /// A guard stopped it before its first write.
    Guarded,
    /// Some steps failed.
    Partial,
    /// A tracker could not be read or refused the token.
    Failed,
}

impl Outcome {
    /// Its word in the JSON report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Settled => "settled",
            Self::Changed => "changed",
            Self::Pending => "pending",
            Self::Budget => "budget",
            Self::Guarded => "guarded",
            Self::Partial => "partial",
            Self::Failed => "failed",
        }
    }

    /// The exit code of the command line.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Settled | Self::Changed | Self::Pending => 0,
            Self::Partial => 1,
            Self::Failed => 3,
            Self::Guarded => 4,
            Self::Budget => 5,
        }
    }
}
