//! What can travel over a [`Wire`], and what comes back for it: texts, files on their way out, files on their way in.
//!
//! Imports the transport's wire, loads, words that were sent, and errors.

use std::fmt;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use http::{Method, Request, Response};

use super::error::TransportError;
use super::load::FramedFile;
use super::pace::Kind;
use super::sent::Gathered;
use super::wire::{Pieces, Wire, WireError};

/// As much of a refusal's text as is read, in bytes.
const REFUSAL: usize = 64 * 1024;

/// A file's content as it comes, decoded. It is an error that ends it early.
pub type Chunks = BoxStream<'static, Result<Bytes, TransportError>>;

/// What a download's answer holds.
pub enum Arrival {
    /// The file: the status was one of success.
    Content(Chunks),
    /// The beginning of what any other answer says.
    Refusal(Bytes),
}

impl fmt::Debug for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Content(_) => f.write_str("Content"),
            Self::Refusal(text) => f.debug_tuple("Refusal").field(text).finish(),
        }
    }
}

/// What came back, as far as it is words to be looked at.
pub(super) trait Words: AsRef<[u8]> {
    /// The same with its words changed.
    #[must_use]
    fn reworded(self, words: Bytes) -> Self;
}

impl Words for Bytes {
    fn reworded(self, words: Bytes) -> Self {
        words
    }
}

/// A body that can be sent once more, and how.
#[async_trait]
pub(super) trait Load: Clone + Send + Sync + Sized {
    /// What comes back; its bytes are the words of a refusal.
    type Answer: Words + Send;
    /// Redirects to other origins are followed, without our credential.
    const ROAMS: bool = false;
    /// It is a file, whose address may hold a private name, or all it takes to open it: no more than the host is told.
    const DISCREET: bool = false;

    /// What the request is to the limits.
    fn kind(method: &Method, path: &str) -> Kind {
        Kind::of(method, path)
    }

    /// What its content says, as far as that can be read.
    fn tell(&self, to: &mut Gathered);

    /// Sends it, once.
    async fn go(request: Request<Self>, wire: &dyn Wire) -> Result<Response<Self::Answer>, WireError>;
}

#[async_trait]
impl Load for Bytes {
    type Answer = Bytes;

    fn tell(&self, to: &mut Gathered) {
        to.body(self);
    }

    async fn go(request: Request<Self>, wire: &dyn Wire) -> Result<Response<Bytes>, WireError> {
        wire.roundtrip(request).await
    }
}

#[async_trait]
impl Load for FramedFile {
    type Answer = Bytes;
    const DISCREET: bool = true;

    /// Whatever the method, a file is something new to the service.
    fn kind(_: &Method, _: &str) -> Kind {
        Kind::Create
    }

    /// Its name is in what stands around it.
    fn tell(&self, to: &mut Gathered) {
        self.frame().for_each(|text| to.text(&String::from_utf8_lossy(text)));
    }

    async fn go(request: Request<Self>, wire: &dyn Wire) -> Result<Response<Bytes>, WireError> {
        wire.upload(request).await
    }
}

/// Nothing, to be answered with a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted;

/// What came of it.
pub(super) enum Came {
    /// The file.
    Pieces(Pieces),
    /// The beginning of another answer.
    Words(Bytes),
}

impl AsRef<[u8]> for Came {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Pieces(_) => &[],
            Self::Words(words) => words,
        }
    }
}

impl Words for Came {
    fn reworded(self, words: Bytes) -> Self {
        match self {
            Self::Pieces(_) => self,
            Self::Words(_) => Self::Words(words),
        }
    }
}

#[async_trait]
impl Load for Wanted {
    type Answer = Came;
    const ROAMS: bool = true;
    const DISCREET: bool = true;

    fn tell(&self, _: &mut Gathered) {}

    async fn go(request: Request<Self>, wire: &dyn Wire) -> Result<Response<Came>, WireError> {
        let answer = wire.download(request.map(|Self| Bytes::new())).await?;
        let (head, mut pieces) = answer.into_parts();
        if head.status.is_success() {
            return Ok(Response::from_parts(head, Came::Pieces(pieces)));
        }
        let mut words = BytesMut::new();
        while words.len() < REFUSAL
            && let Some(piece) = pieces.try_next().await?
        {
            words.extend_from_slice(&piece);
        }
        words.truncate(REFUSAL);
        Ok(Response::from_parts(head, Came::Words(words.freeze())))
    }
}
