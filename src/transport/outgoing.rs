//! A file on its way out as the HTTP client wants it, and how far it got.
//!
//! Imports the transport's loads.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt};
use http_body::{Body, Frame, SizeHint};

use super::load::FramedFile;

/// How much of a file was taken by the connection so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Moved(Arc<AtomicU64>);

impl Moved {
    /// Pieces taken.
    pub(super) fn pieces(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A body that is read while it is sent.
pub(super) struct Outgoing {
    /// Behind a lock because the client wants to share what it never shares.
    pieces: Mutex<BoxStream<'static, io::Result<Bytes>>>,
    left: u64,
    moved: Moved,
}

impl Outgoing {
    /// Opens the file.
    pub(super) async fn open(file: &FramedFile) -> io::Result<(Self, Moved)> {
        let moved = Moved::default();
        let body = Self {
            pieces: Mutex::new(file.pieces().await?),
            left: file.length(),
            moved: moved.clone(),
        };
        Ok((body, moved))
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        let pieces = this.pieces.get_mut().unwrap_or_else(PoisonError::into_inner);
        let polled = pieces.poll_next_unpin(context);
        if let Poll::Ready(Some(Ok(piece))) = &polled {
            this.left = this.left.saturating_sub(u64::try_from(piece.len()).unwrap_or(u64::MAX));
            this.moved.0.fetch_add(1, Ordering::Relaxed);
        }
        polled.map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
