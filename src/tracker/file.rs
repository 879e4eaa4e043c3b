//! Files that belong to issues: how they leave one tracker and arrive at another.
//!
//! Imports the errors of this folder and the transport's way with foreign words. A file is never whole in memory: it comes in chunks, waits on disk, and goes
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

/// Longest name of a file that waits, in characters.
const LONGEST_NAME: usize = 100;
/// Longest name taken from foreign text, in characters.
const LONGEST_FOREIGN: usize = 200;

/// Where a tracker keeps a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shelf {
    /// Where the service keeps what people attach.
    Uploads,
    /// On a branch of its own in the project's repository.
    Branch,
}

impl LocalFile {
    /// The file, if its name and digest are what they have to be: both become parts of addresses and paths.
    pub(super) fn sound(&self, on: &TrackerId) -> Result<&Self, TrackerError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let name = self.name.chars().all(plain)
            && (1..=LONGEST_NAME).contains(&self.name.len())
            && self.name.chars().any(|c| c != '.');
        let digest = self.digest.len() == 64 && self.digest.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
        if name && digest {
            return Ok(self);
        }
        Err(refused(on, "the file's name or digest is none"))
    }
}

/// A file's name out of foreign text: the part behind the last slash or backslash, without control characters and those
/// that turn text around, cut at 200 characters. "file" where nothing is left.
pub(super) fn plain_name(foreign: &str) -> String {
    let last = foreign.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = crate::transport::one_line(last).chars().take(LONGEST_FOREIGN).collect();
    let name = name.trim();
    if name.chars().all(|c| c == '.') {
        return "file".to_owned();
    }
    name.to_owned()
}

/// A file that is not fetched or kept, without a word of the service.
pub(super) fn refused(on: &TrackerId, detail: &str) -> TrackerError {
    TrackerError::Rejected {
        on: on.clone(),
        status: 0,
        detail: detail.to_owned(),
    }
}

/// For the adapters' tests: files that wait, and files that came.
#[cfg(test)]
pub(super) mod samples {
    use futures_util::TryStreamExt;
    use tempfile::NamedTempFile;

    use super::*;

    /// 64 digits, beginning with these.
    pub(in crate::tracker) fn digest(begin: &str) -> String {
        format!("{begin:0<64}")
    }

    /// A file of this name and content that waits, as long as the first value lives.
    pub(in crate::tracker) fn waiting(name: &str, content: &[u8]) -> (NamedTempFile, LocalFile) {
        let disk = NamedTempFile::new().unwrap();
        std::fs::write(disk.path(), content).unwrap();
        let file = LocalFile {
            path: disk.path().to_owned(),
            name: name.to_owned(),
            media_type: Some("image/png".to_owned()),
            size: content.len() as u64,
            digest: digest("0123456789abcdef"),
        };
        (disk, file)
    }

    /// The whole content.
    pub(in crate::tracker) async fn content(download: Download) -> Result<Vec<u8>, TrackerError> {
        let chunks: Vec<Bytes> = download.chunks.try_collect().await?;
        Ok(chunks.concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_part_of_a_path_that_can_be_shown() {
        for (foreign, name) in [
            ("a b.png", "a b.png"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\a.png", "a.png"),
            ("\u{202e}gnp.exe", "gnp.exe"),
            ("a\r\n::error::\0\u{1b}[2J.png", "a ::error:: [2J.png"),
            ("größe \u{1f41b}.png", "größe \u{1f41b}.png"),
            ("", "file"),
            ("..", "file"),
            ("a/", "file"),
        ] {
            assert_eq!(plain_name(foreign), name, "{foreign:?}");
        }
        assert_eq!(plain_name(&"x".repeat(9999)).chars().count(), LONGEST_FOREIGN);
    }

    #[test]
    fn a_file_with_a_name_that_leads_elsewhere_is_not_kept() {
        let on = TrackerId("t".to_owned());
        let file = |name: &str, digest: &str| LocalFile {
            path: PathBuf::new(),
            name: name.to_owned(),
            media_type: None,
            size: 0,
            digest: digest.to_owned(),
        };
        let digest = "0123456789abcdef".repeat(4);
        for name in ["a.png", ".a", "-_-", &"x".repeat(100)] {
            assert!(file(name, &digest).sound(&on).is_ok(), "{name}");
        }
        for name in [
            "",
            ".",
            "..",
            "a/b",
            "a\\b",
            "a b",
            "ä",
            "a\"b",
            "a\nb",
            &"x".repeat(101),
        ] {
            assert!(file(name, &digest).sound(&on).is_err(), "{name}");
        }
        for digest in ["", "..", "g123", &digest.to_uppercase(), &"0".repeat(63)] {
            assert!(file("a", digest).sound(&on).is_err(), "{digest}");
        }
    }
}
