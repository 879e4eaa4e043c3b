//! What an upload sends: a file on this machine's disk between two pieces of text, read anew for each try, piece by piece.
//!
//! Imports nothing of ours.

use std::io;
use std::path::{Path, PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt};
use tokio::fs::File;
use tokio::io::AsyncReadExt;

/// Bytes of the file in one piece. A multiple of three, so that pieces in Base64 can be put one behind the other.
const PIECE: u64 = 48 * 1024;

/// How the file stands between the texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// As it is, as multipart forms have it.
    Plain,
    /// In Base64 with padding, as JSON can hold it.
    Base64,
}

/// The body of a request that is mostly a file. Cheap to clone; never whole in memory.
#[derive(Clone, Debug)]
pub struct FramedFile {
    before: Bytes,
    file: PathBuf,
    size: u64,
    coding: Coding,
    after: Bytes,
}

impl FramedFile {
    /// The file at `file`, which is `size` bytes long, between two texts.
    pub fn new(before: impl Into<Bytes>, (file, size): (&Path, u64), coding: Coding, after: impl Into<Bytes>) -> Self {
        Self {
            before: before.into(),
            file: file.to_owned(),
            size,
            coding,
            after: after.into(),
        }
    }

    /// How many bytes are sent.
    pub fn length(&self) -> u64 {
        let file = match self.coding {
            Coding::Plain => self.size,
            Coding::Base64 => self.size.div_ceil(3).saturating_mul(4),
        };
        let frame = self.before.len().saturating_add(self.after.len());
        file.saturating_add(u64::try_from(frame).unwrap_or(u64::MAX))
    }

    /// The texts around the file.
    pub(super) fn frame(&self) -> impl Iterator<Item = &[u8]> {
        [&self.before, &self.after].into_iter().map(AsRef::as_ref)
    }

    /// Opens the file and hands on what is sent. A file of another size than announced is an error, for the length was
    /// told to the service beforehand.
    pub async fn pieces(&self) -> io::Result<BoxStream<'static, io::Result<Bytes>>> {
        let file = File::open(&self.file).await?;
        let about = file.metadata().await?;
        if !about.is_file() || about.len() != self.size {
            return Err(changed());
        }
        let reading = Reading {
            file,
            left: self.size,
            coding: self.coding,
        };
        let text = |text: &Bytes| {
            let text = text.clone();
            stream::iter((!text.is_empty()).then_some(Ok(text)))
        };
        let content = stream::try_unfold(reading, Reading::next);
        Ok(text(&self.before).chain(content).chain(text(&self.after)).boxed())
    }
}

/// A file being read.
struct Reading {
    file: File,
    left: u64,
    coding: Coding,
}

impl Reading {
    async fn next(mut self) -> io::Result<Option<(Bytes, Self)>> {
        let size = self.left.min(PIECE);
        if size == 0 {
            return Ok(None);
        }
        let mut piece = vec![0; usize::try_from(size).unwrap_or_default()];
        self.file.read_exact(&mut piece).await?;
        self.left -= size;
        let piece = match self.coding {
            Coding::Plain => piece,
            Coding::Base64 => STANDARD.encode(piece).into_bytes(),
        };
        Ok(Some((piece.into(), self)))
    }
}

fn changed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the file was changed meanwhile")
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::TryStreamExt;

    async fn sent(size: usize, coding: Coding) -> (Vec<u8>, u64, usize) {
        let file = tempfile::NamedTempFile::new().unwrap();
        let content: Vec<u8> = (0..size).map(|i| u8::try_from(i % 251).unwrap()).collect();
        std::fs::write(file.path(), &content).unwrap();
        let framed = FramedFile::new("<", (file.path(), size as u64), coding, ">");
        let pieces: Vec<Bytes> = framed.pieces().await.unwrap().try_collect().await.unwrap();
        let largest = pieces.iter().map(Bytes::len).max().unwrap();
        let expected = match coding {
            Coding::Plain => content,
            Coding::Base64 => STANDARD.encode(content).into_bytes(),
        };
        let sent = pieces.concat();
        assert_eq!(sent, [b"<", &expected[..], b">"].concat());
        (sent, framed.length(), largest)
    }

    #[tokio::test]
    async fn a_file_is_sent_between_its_texts_in_small_pieces() {
        let piece = usize::try_from(PIECE).unwrap();
        for size in [0, 1, 2, 3, 4, piece - 1, piece, piece + 1, 3 * piece + 2] {
            for coding in [Coding::Plain, Coding::Base64] {
                let (sent, length, largest) = sent(size, coding).await;
                assert_eq!(sent.len() as u64, length, "{size} {coding:?}");
                assert!(largest <= 64 * 1024);
            }
        }
    }

    #[tokio::test]
    async fn a_file_that_is_not_what_was_announced_is_not_sent() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "four").unwrap();
        for (path, size) in [
            (file.path(), 3),
            (file.path(), 5),
            (&file.path().with_extension("gone"), 4),
            (file.path().parent().unwrap(), 4),
        ] {
            let framed = FramedFile::new("", (path, size), Coding::Plain, "");
            assert!(framed.pieces().await.is_err(), "{} {size}", path.display());
        }
    }

    #[tokio::test]
    async fn a_file_that_shrinks_on_the_way_ends_in_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), vec![1; 500_000]).unwrap();
        let framed = FramedFile::new("", (file.path(), 500_000), Coding::Plain, "");
        let mut pieces = framed.pieces().await.unwrap();
        pieces.try_next().await.unwrap().unwrap();
        file.as_file().set_len(100_000).unwrap();
        assert!(pieces.try_collect::<Vec<Bytes>>().await.is_err());
    }
}
