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
pub struct HttpWire {
    client: reqwest::Client,
    largest: usize,
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
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            // It repeats some refused HTTP/2 streams on its own; every decision to repeat is made in one place, ours.
            .retry(reqwest::retry::never())
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_secs(30))
            .timeout(Duration::from_mins(2))
            .tls_certs_merge(roots)
            .build()
            .map(|client| Self {
                client,
                largest: LARGEST_ANSWER,
            })
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
        let mut answer = self.client.execute(request).await.map_err(|e| unanswered(&e))?;
        let mut whole = Response::new(Bytes::new());
        *whole.status_mut() = answer.status();
        *whole.headers_mut() = std::mem::take(answer.headers_mut());
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(|e| WireError::Lost(said(&e)))? {
            if body.len() + chunk.len() > self.largest {
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

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// Answers one connection with these bytes, whatever it says, and closes it.
    async fn serve(answer: &'static str) -> std::net::SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut said = [0; 4096];
            let _read = stream.read(&mut said).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
        });
        address
    }

    async fn get(wire: &HttpWire, url: String) -> Result<Response<Bytes>, WireError> {
        wire.roundtrip(Request::get(url).body(Bytes::new()).unwrap()).await
    }

    #[tokio::test]
    async fn a_server_that_does_not_speak_tls_is_a_lasting_fault() {
        let at = serve("HTTP/1.1 400 Bad Request\r\n\r\n").await;
        let fault = get(&HttpWire::new(None).unwrap(), format!("https://{at}/?token=s3cret")).await;
        let Err(WireError::NotSent { lasting: true, detail }) = fault else {
            panic!("{fault:?}")
        };
        assert!(!detail.contains("s3cret"), "{detail}");
    }

    #[tokio::test]
    async fn nobody_listening_is_a_passing_fault() {
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let fault = get(&HttpWire::new(None).unwrap(), format!("http://{free}/")).await;
        assert!(
            matches!(fault, Err(WireError::NotSent { lasting: false, .. })),
            "{fault:?}"
        );
    }

    #[tokio::test]
    async fn an_answer_is_whole_or_none() {
        let mut wire = HttpWire::new(None).unwrap();
        let at = serve("HTTP/1.1 418 Teapot\r\nx-a: 1\r\ncontent-length: 5\r\n\r\nshort").await;
        let answer = get(&wire, format!("http://{at}/")).await.unwrap();
        assert_eq!((answer.status().as_u16(), &answer.body()[..]), (418, &b"short"[..]));
        assert_eq!(answer.headers()["x-a"], "1");
        let at = serve("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nshort").await;
        let fault = get(&wire, format!("http://{at}/")).await;
        assert!(matches!(fault, Err(WireError::Lost(_))), "{fault:?}");
        wire.largest = 4;
        let at = serve("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nshort").await;
        assert_eq!(
            get(&wire, format!("http://{at}/")).await.unwrap_err(),
            WireError::TooLarge
        );
    }

    #[test]
    fn a_file_without_certificates_is_refused_by_name() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let missing = file.path().with_extension("missing");
        for path in [file.path(), &missing] {
            let refused = HttpWire::new(Some(path)).unwrap_err();
            assert!(refused.to_string().contains(&*path.to_string_lossy()), "{refused}");
        }
    }
}
