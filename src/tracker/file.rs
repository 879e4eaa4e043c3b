//! Files that belong to issues: how they leave one tracker and arrive at another.
//!
//! Imports the errors of this folder only. A file is never whole in memory: it comes in chunks, waits on disk, and goes
//! out in chunks.

use std::fmt;
use std::path::PathBuf;

use bytes::Bytes;
use futures_util::stream::BoxStream;

use super::TrackerError;
use crate::model::TrackerId;

/// A file on its way from a tracker. Whoever reads it counts, and stops at the size that is allowed.
pub struct Download {
    /// The file's name without any folder; foreign text.
    pub name: String,
    /// The media type the service gives.
    pub media_type: Option<String>,
    /// The size the service gives, in bytes. What comes may be more.
    pub size: Option<u64>,
    /// The content.
    pub chunks: BoxStream<'static, Result<Bytes, TrackerError>>,
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("name", &self.name)
            .field("media_type", &self.media_type)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// A file that was read whole and waits on this machine's disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalFile {
    /// Where it waits.
    pub path: PathBuf,
    /// Its name without any folder: ASCII letters, digits, `.`, `-` and `_` only, at most 100 of them.
    pub name: String,
    /// The media type its source gave.
    pub media_type: Option<String>,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of its content, in lower-case hexadecimal digits.
    pub digest: String,
}

/// Where a tracker keeps a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shelf {
    /// Where the service keeps what people attach.
    Uploads,
    /// On a branch of its own in the project's repository.
    Branch,
}

/// What a tracker without files answers.
pub(super) fn none(file: &str) -> TrackerError {
    TrackerError::Rejected {
        on: TrackerId("this tracker".to_owned()),
        status: 0,
        detail: format!("it keeps no files: {file}"),
    }
}
