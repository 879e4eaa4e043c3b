//! A wire for tests: answers come from a script, and every request is kept. No sockets.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use http::{Request, Response};
use secrecy::SecretString;
use url::Url;

use super::{BearerToken, FramedFile, Pieces, Policy, Transport, Wire, WireError};

/// What a script answers with.
pub(crate) type Outcome = Result<Response<Bytes>, WireError>;
type Script = Box<dyn Fn(&Request<Bytes>, usize) -> Outcome + Send + Sync>;

/// The wire. The script gets each request and how many came before it.
pub(crate) struct Scripted {
    script: Script,
    seen: Mutex<Vec<Request<Bytes>>>,
}

impl Scripted {
    pub(crate) fn new(script: impl Fn(&Request<Bytes>, usize) -> Outcome + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            script: Box::new(script),
            seen: Mutex::default(),
        })
    }

    /// Every request so far, as sent.
    pub(crate) fn seen(&self) -> Vec<Request<Bytes>> {
        self.seen.lock().unwrap().clone()
    }

    /// "GET <https://host/path?query>" of every request so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.iter()
            .map(|request| format!("{} {}", request.method(), request.uri()))
            .collect()
    }

    /// A transport over this wire that signs with the token "sesame" for the origin of `api`.
    pub(crate) fn transport(self: &Arc<Self>, api: &str, policy: Policy) -> Transport {
        let token = BearerToken::new(&Url::parse(api).unwrap(), SecretString::from("sesame")).unwrap();
        Transport::new(self.clone(), policy, Arc::new(token))
    }
}

#[async_trait]
impl Wire for Scripted {
    async fn roundtrip(&self, request: Request<Bytes>) -> Outcome {
        let before = {
            let mut seen = self.seen.lock().unwrap();
            seen.push(request.clone());
            seen.len() - 1
        };
        (self.script)(&request, before)
    }

    async fn download(&self, request: Request<Bytes>) -> Result<Response<Pieces>, WireError> {
        self.roundtrip(request).await.map(|answer| answer.map(in_pieces))
    }

    async fn upload(&self, request: Request<FramedFile>) -> Outcome {
        self.roundtrip(gathered(request).await).await
    }
}

/// A body that comes five bytes at a time.
#[expect(clippy::needless_pass_by_value, reason = "answers are mapped with it")]
pub(crate) fn in_pieces(body: Bytes) -> Pieces {
    let pieces: Vec<_> = body.chunks(5).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces).boxed()
}

/// A request with its file whole in memory.
pub(crate) async fn gathered(request: Request<FramedFile>) -> Request<Bytes> {
    let (head, file) = request.into_parts();
    let pieces: Vec<Bytes> = file.pieces().await.unwrap().try_collect().await.unwrap();
    Request::from_parts(head, Bytes::from(pieces.concat()))
}

/// An answer.
#[expect(clippy::unnecessary_wraps, reason = "scripts answer with outcomes")]
pub(crate) fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> Outcome {
    let mut answer = Response::builder().status(status);
    for (name, value) in headers {
        answer = answer.header(*name, *value);
    }
    Ok(answer.body(Bytes::copy_from_slice(body.as_bytes())).unwrap())
}

/// No answer, though the request was sent.
pub(crate) fn lost() -> Outcome {
    Err(WireError::Lost("connection reset".to_owned()))
}
