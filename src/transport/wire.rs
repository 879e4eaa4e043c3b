//! One request, one answer: the seam between the transport's decisions and the network.
//!
//! [`HttpWire`] is the real one; tests script their own. A wire repeats nothing, follows nothing and adds no
//! credentials. Imports the transport's errors only.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{Request, Response};

use super::error::{TransportError, chain};

/// Largest answer taken in, in bytes after decompression.
pub const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

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

/// Sends one request, once.
#[async_trait]
pub trait Wire: Send + Sync {
    /// The whole answer, or why there is none. The address is absolute.
    async fn roundtrip(&self, request: Request<Bytes>) -> Result<Response<Bytes>, WireError>;
}

/// The network. Proxies are taken from `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`.
#[derive(Clone, Debug)]
pub struct HttpWire(reqwest::Client);

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
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            // It repeats some refused HTTP/2 streams on its own; every decision to repeat is made in one place, ours.
            .retry(reqwest::retry::never())
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_secs(30))
            .timeout(Duration::from_mins(2))
            .tls_certs_merge(roots)
            .build()
            .map(Self)
            .map_err(|e| TransportError::build(&chain(&e)))
    }
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
        let mut answer = self.0.execute(request).await.map_err(|e| unanswered(&e))?;
        let mut whole = Response::new(Bytes::new());
        *whole.status_mut() = answer.status();
        *whole.headers_mut() = std::mem::take(answer.headers_mut());
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(|e| WireError::Lost(said(&e)))? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                return Err(WireError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        *whole.body_mut() = body.freeze();
        Ok(whole)
    }
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
