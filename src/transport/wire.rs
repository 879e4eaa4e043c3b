//! One request, one answer: the seam between the transport's decisions and the network.
//!
//! [`HttpWire`] is the real one; tests script their own. A wire repeats nothing, follows nothing and adds no
//! credentials. Imports the transport's errors, loads and names.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, BoxStream, StreamExt};
use http::{Request, Response};

use super::error::{TransportError, chain};
use super::load::FramedFile;
use super::names::{LedFrom, Names};
use super::outgoing::Outgoing;

/// Largest answer taken in, in bytes after decompression.
pub const LARGEST_ANSWER: usize = 64 * 1024 * 1024;
/// How long the beginning of an answer, or a further piece of it, may be awaited.
const QUIET: Duration = Duration::from_secs(30);
/// How long a request may take until the whole answer is there. Files may take as long as they move.
const WHOLE: Duration = Duration::from_mins(2);
/// How long an upload may stand still, until twice this. Services store a file before they answer.
const STUCK: Duration = Duration::from_mins(1);

/// The body of an answer as it comes.
pub type Pieces = BoxStream<'static, Result<Bytes, WireError>>;

/// What a [`Wire`] reports when it has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WireError {
    /// No connection was made: nothing was sent.
    NotSent {
        /// The cause.
        detail: String,
        /// Trying again at once is of no use: a bad certificate, or a time-out that took long already.
        lasting: bool,
    },
    /// Something was sent, and the answer was lost or cut short.
    Lost(String),
    /// The answer is larger than [`LARGEST_ANSWER`].
    TooLarge,
    /// The request cannot be put on a wire at all.
    Unfit(String),
}

impl WireError {
    /// What happened, in the words of whoever noticed.
    pub(super) fn detail(&self) -> &str {
        match self {
            Self::NotSent { detail, .. } | Self::Lost(detail) | Self::Unfit(detail) => detail,
            Self::TooLarge => "too large",
        }
    }
}

/// Sends one request, once.
#[async_trait]
pub trait Wire: Send + Sync {
    /// The whole answer, or why there is none. The address is absolute.
    async fn roundtrip(&self, request: Request<Bytes>) -> Result<Response<Bytes>, WireError>;

    /// The beginning of the answer, and its body as it comes, decoded. However long it takes, as long as it moves.
    async fn download(&self, request: Request<Bytes>) -> Result<Response<Pieces>, WireError>;

    /// Sends a file as it is read, however long it takes, as long as it moves. The whole answer, or why there is none.
    async fn upload(&self, request: Request<FramedFile>) -> Result<Response<Bytes>, WireError>;
}

/// The network. Proxies are taken from `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`.
#[derive(Clone, Debug)]
pub struct HttpWire {
    client: reqwest::Client,
    /// For downloads that were led away from their service, and for the names they were led to.
    abroad: (reqwest::Client, Names),
    largest: usize,
    quiet: Duration,
    stuck: Duration,
}

impl HttpWire {
    /// A client that trusts the bundled roots, the system's (or those of `SSL_CERT_FILE`), and the certificates of the
    /// PEM file `extra_ca`. A file that cannot be read or holds none is [`TransportError::Build`].
    pub fn new(extra_ca: Option<&Path>) -> Result<Self, TransportError> {
        let mut roots = Vec::new();
        for der in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
            roots.push(reqwest::Certificate::from_der(der).map_err(|e| TransportError::build(&chain(&e)))?);
        }
        if let Some(path) = extra_ca {
            roots.extend(read_roots(path)?);
        }
        let names = Names::default();
        let built = |client: reqwest::ClientBuilder| client.build().map_err(|e| TransportError::build(&chain(&e)));
        Ok(Self {
            client: built(client(roots.clone()))?,
            abroad: (built(client(roots).dns_resolver(names.clone()))?, names),
            largest: LARGEST_ANSWER,
            quiet: QUIET,
            stuck: STUCK,
        })
    }

    /// The same, but for how long the beginning of an answer, or a further piece of it, may be awaited (30 s otherwise),
    /// and an upload may stand still (60 s otherwise).
    #[must_use]
    pub fn quiet(self, longest: Duration) -> Self {
        Self {
            quiet: longest,
            stuck: longest,
            ..self
        }
    }
}

fn client(roots: Vec<reqwest::Certificate>) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        // It repeats some refused HTTP/2 streams on its own; every decision to repeat is made in one place, ours.
        .retry(reqwest::retry::never())
        // The other times are taken here: the client's would count the sending of a file as waiting for its answer.
        .connect_timeout(Duration::from_secs(10))
        .tls_certs_merge(roots)
}

fn read_roots(path: &Path) -> Result<Vec<reqwest::Certificate>, TransportError> {
    let failed = |detail: String| TransportError::build(&format!("certificates of {}: {detail}", path.display()));
    let pem = std::fs::read(path).map_err(|e| failed(e.to_string()))?;
    let roots = reqwest::Certificate::from_pem_bundle(&pem).map_err(|e| failed(chain(&e)))?;
    if roots.is_empty() {
        return Err(failed("no certificate in it".to_owned()));
    }
    Ok(roots)
}

#[async_trait]
impl Wire for HttpWire {
    async fn roundtrip(&self, request: Request<Bytes>) -> Result<Response<Bytes>, WireError> {
        let request = reqwest::Request::try_from(request).map_err(|e| WireError::Unfit(chain(&e)))?;
        within(WHOLE, async {
            let answer = within(self.quiet, execute(&self.client, request)).await?;
            self.whole(answer).await
        })
        .await
    }

    async fn download(&self, request: Request<Bytes>) -> Result<Response<Pieces>, WireError> {
        let client = match request.extensions().get::<LedFrom>() {
            Some(led) => {
                let (client, names) = &self.abroad;
                names.guard(request.uri().host().unwrap_or_default(), led).await;
                client
            }
            None => &self.client,
        };
        let request = reqwest::Request::try_from(request).map_err(|e| WireError::Unfit(chain(&e)))?;
        let mut answer = within(self.quiet, execute(client, request)).await?;
        let head = head(&mut answer);
        let quiet = self.quiet;
        let pieces = stream::try_unfold(answer, move |mut answer| async move {
            let piece = next(&mut answer, quiet).await?;
            Ok(piece.map(|piece| (piece, answer)))
        });
        Ok(head.map(|()| pieces.boxed()))
    }

    async fn upload(&self, request: Request<FramedFile>) -> Result<Response<Bytes>, WireError> {
        let (parts, file) = request.into_parts();
        let (body, moved) = Outgoing::open(&file)
            .await
            .map_err(|e| WireError::Unfit(format!("the file to send cannot be read: {e}")))?;
        let request = Request::from_parts(parts, reqwest::Body::wrap(body));
        let request = reqwest::Request::try_from(request).map_err(|e| WireError::Unfit(chain(&e)))?;
        let mut answer = std::pin::pin!(execute(&self.client, request));
        let mut before = moved.pieces();
        loop {
            if let Ok(answer) = tokio::time::timeout(self.stuck, answer.as_mut()).await {
                return within(WHOLE, self.whole(answer?)).await;
            }
            let now = moved.pieces();
            if now == before {
                return Err(late(self.stuck));
            }
            before = now;
        }
    }
}

impl HttpWire {
    async fn whole(&self, mut answer: reqwest::Response) -> Result<Response<Bytes>, WireError> {
        let head = head(&mut answer);
        let mut body = BytesMut::new();
        while let Some(piece) = next(&mut answer, self.quiet).await? {
            if body.len() + piece.len() > self.largest {
                return Err(WireError::TooLarge);
            }
            body.extend_from_slice(&piece);
        }
        Ok(head.map(|()| body.freeze()))
    }
}

async fn execute(client: &reqwest::Client, request: reqwest::Request) -> Result<reqwest::Response, WireError> {
    client.execute(request).await.map_err(|e| unanswered(&e))
}

fn head(answer: &mut reqwest::Response) -> Response<()> {
    let mut head = Response::new(());
    *head.status_mut() = answer.status();
    *head.headers_mut() = std::mem::take(answer.headers_mut());
    head
}

async fn next(answer: &mut reqwest::Response, quiet: Duration) -> Result<Option<Bytes>, WireError> {
    within(quiet, async {
        answer.chunk().await.map_err(|e| WireError::Lost(said(&e)))
    })
    .await
}

async fn within<T>(limit: Duration, work: impl Future<Output = Result<T, WireError>>) -> Result<T, WireError> {
    tokio::time::timeout(limit, work)
        .await
        .unwrap_or_else(|_elapsed| Err(late(limit)))
}

fn late(limit: Duration) -> WireError {
    WireError::Lost(format!("timed out: {} s were not enough", limit.as_secs()))
}

fn unanswered(error: &reqwest::Error) -> WireError {
    if error.is_builder() {
        WireError::Unfit(said(error))
    } else if error.is_connect() {
        WireError::NotSent {
            detail: said(error),
            lasting: error.is_timeout() || is_protocol_failure(error),
        }
    } else {
        WireError::Lost(said(error))
    }
}

/// The causes without reqwest's own first line, which repeats the whole address, query values and all.
fn said(error: &reqwest::Error) -> String {
    std::error::Error::source(error).map_or_else(
        || "the client gave no cause".to_owned(),
        |cause| {
            if error.is_timeout() {
                format!("timed out: {}", chain(cause))
            } else {
                chain(cause)
            }
        },
    )
}

/// While a connection is being made, "invalid data" is what the TLS layer reports for certificates and for servers that
/// speak something else. `io::Error` hides the error it wraps from `source`, hence the second way down.
fn is_protocol_failure(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(io) = current.downcast_ref::<std::io::Error>() {
            if io.kind() == std::io::ErrorKind::InvalidData {
                return true;
            }
            if let Some(inner) = io.get_ref()
                && is_protocol_failure(inner)
            {
                return true;
            }
        }
        next = current.source();
    }
    false
}

#[cfg(test)]
mod tests;
