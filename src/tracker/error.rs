//! What can go wrong with a tracker, how far it reaches, and what the user can do about it.

use std::time::Duration;

use crate::model::{IssueRef, TrackerId};

/// How far an error reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// This one write or issue; the others go on.
    Step,
    /// The whole tracker: there is no use in asking it for more.
    Tracker,
    /// The run's time or rate budget: stop cleanly, the next run continues.
    Budget,
}

/// Why a tracker did not do what it was asked. Never holds a token, a title or a body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrackerError {
    /// 401, or a token no header can hold.
    #[error("{on}: the token was refused ({detail})")]
    Token {
        /// Which tracker.
        on: TrackerId,
        /// The service's words.
        detail: String,
    },
    /// 403 that is not a limit.
    #[error("{on}: the token may not {action} ({detail})")]
    Forbidden {
        /// Which tracker.
        on: TrackerId,
        /// What was tried: "list issues", "comment".
        action: String,
        /// The service's words.
        detail: String,
    },
    /// The project does not exist, or the token cannot see it, or it has no issues.
    #[error("{on}: project {project} was not found, or the token cannot see it ({detail})")]
    NoProject {
        /// Which tracker.
        on: TrackerId,
        /// Its project as the mapping file names it.
        project: String,
        /// The service's words.
        detail: String,
    },
    /// The issue or comment is no longer there.
    #[error("{0} is gone")]
    Gone(IssueRef),
    /// The service refused this change (422, 400, 413 …).
    #[error("{on}: the change was refused ({status}: {detail})")]
    Rejected {
        /// Which tracker.
        on: TrackerId,
        /// HTTP status, 0 where there is none.
        status: u16,
        /// The service's words, one line.
        detail: String,
    },
    /// No connection was made, so nothing was sent.
    #[error("{on}: cannot reach {address} ({detail})")]
    Unreachable {
        /// Which tracker.
        on: TrackerId,
        /// Scheme, host and port.
        address: String,
        /// The cause.
        detail: String,
    },
    /// The service failed, after the retries. What it was asked for was not done, or does not matter.
    #[error("{on}: the service failed ({detail})")]
    Failed {
        /// Which tracker.
        on: TrackerId,
        /// The cause.
        detail: String,
    },
    /// A write was sent and its answer lost: it may have been done. Look before repeating.
    #[error("{on}: the answer to a write was lost ({detail})")]
    Ambiguous {
        /// Which tracker.
        on: TrackerId,
        /// The cause.
        detail: String,
    },
    /// An answer that is not what the service documents (HTML, cut JSON, missing members).
    #[error("{on}: the answer is not what the API documents ({detail})")]
    Odd {
        /// Which tracker.
        on: TrackerId,
        /// What was expected and what came.
        detail: String,
    },
    /// A listing that contradicts itself (a page repeated, fewer issues than counted). Not believed.
    #[error("{on}: the listing is not complete ({detail})")]
    Short {
        /// Which tracker.
        on: TrackerId,
        /// What gave it away.
        detail: String,
    },
    /// The service asks for a longer pause than this run may take.
    #[error("{on}: the rate limit is used up, it allows requests again in {} s", .wait.as_secs())]
    RateLimited {
        /// Which tracker.
        on: TrackerId,
        /// How long it asks to wait.
        wait: Duration,
    },
    /// A file or folder could not be read or written.
    #[error("{on}: {path}: {detail}")]
    File {
        /// Which tracker.
        on: TrackerId,
        /// Which file.
        path: String,
        /// The cause.
        detail: String,
    },
}

impl TrackerError {
    /// How far it reaches.
    pub fn reach(&self) -> Reach {
        match self {
            Self::Token { .. } | Self::NoProject { .. } | Self::Unreachable { .. } => Reach::Tracker,
            Self::RateLimited { .. } => Reach::Budget,
            Self::Forbidden { .. }
            | Self::Gone(_)
            | Self::Rejected { .. }
            | Self::Failed { .. }
            | Self::Ambiguous { .. }
            | Self::Odd { .. }
            | Self::Short { .. }
            | Self::File { .. } => Reach::Step,
        }
    }

    /// What the user can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Token { .. } => {
                "check that the environment variable named under `token:` holds a live token for this host, \
                 without quotes or line ends"
            }
            Self::Forbidden { .. } => {
                "give the token the right to read and write issues (GitHub: `issues: write`; GitLab: scope `api`, \
                 role Reporter or Planner; for files on a branch also GitHub's `contents: write`)"
            }
            Self::NoProject { .. } => {
                "check `project:` and `url:` in the mapping file, that issues are switched on there, and that the \
                 token belongs to someone who can see the project"
            }
            Self::Gone(_) => "nothing to do: the next run sees that it is gone and follows `on_delete`",
            Self::Rejected { .. } => "read the service's words above; the rest of the run went on without this change",
            Self::Unreachable { .. } => {
                "check `url:` in the mapping file, and proxy, DNS and certificates (SSL_CERT_FILE is honoured)"
            }
            Self::Failed { .. } => "nothing was lost: run again later, the next run continues",
            Self::Ambiguous { .. } => "the next run looks whether the write was done before it does it again",
            Self::Odd { .. } => {
                "check that `url:` is the address of the API and that no proxy or sign-in page stands before it"
            }
            Self::Short { .. } => "nothing was created, closed or deleted because of it; run again",
            Self::RateLimited { .. } => "run again after the pause; the next run continues where this one stopped",
            Self::File { .. } => {
                "correct what is said of the file or folder above, and check that it may be read and written"
            }
        }
    }
}
