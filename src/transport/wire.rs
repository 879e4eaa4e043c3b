//! One request, one answer: the seam between the transport's decisions and the network.
//!
//! [`HttpWire`] is the real one; tests script their own. A wire repeats nothing, follows nothing and adds no
//! credentials. Imports the transport's errors and loads.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, BoxStream, StreamExt};
use http::{Request, Response};

use super::error::{TransportError, chain};
use super::load::FramedFile;
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
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            // It repeats some refused HTTP/2 streams on its own; every decision to repeat is made in one place, ours.
            .retry(reqwest::retry::never())
            // The other times are taken here: the client's would count the sending of a file as waiting for its answer.
            .connect_timeout(Duration::from_secs(10))
            .tls_certs_merge(roots)
            .build()
            .map(|client| Self {
                client,
                largest: LARGEST_ANSWER,
                quiet: QUIET,
                stuck: STUCK,
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
        within(WHOLE, async {
            let answer = within(self.quiet, self.execute(request)).await?;
            self.whole(answer).await
        })
        .await
    }

    async fn download(&self, request: Request<Bytes>) -> Result<Response<Pieces>, WireError> {
        let request = reqwest::Request::try_from(request).map_err(|e| WireError::Unfit(chain(&e)))?;
        let mut answer = within(self.quiet, self.execute(request)).await?;
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
        let mut answer = std::pin::pin!(self.execute(request));
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
    async fn execute(&self, request: reqwest::Request) -> Result<reqwest::Response, WireError> {
        self.client.execute(request).await.map_err(|e| unanswered(&e))
    }

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
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// Answers one connection with these bytes, whatever it says, and closes it.
    async fn serve(answer: &'static str) -> std::net::SocketAddr {
        serve_bytes(answer.as_bytes()).await
    }

    async fn serve_bytes(answer: &'static [u8]) -> std::net::SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut said = [0; 4096];
            let _read = stream.read(&mut said).await.unwrap();
            stream.write_all(answer).await.unwrap();
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

    #[tokio::test]
    async fn a_download_is_handed_on_decoded_with_a_length_only_where_it_is_its_own() {
        use futures_util::TryStreamExt;

        let wire = HttpWire::new(None).unwrap();
        let download = async |answer: &'static [u8]| {
            let at = serve_bytes(answer).await;
            let request = Request::get(format!("http://{at}/")).body(Bytes::new()).unwrap();
            let (head, pieces) = wire.download(request).await.unwrap().into_parts();
            let length = head.headers.get("content-length").map(|length| length.len());
            let whole: Result<Vec<Bytes>, _> = pieces.try_collect().await;
            (head.status.as_u16(), length, whole.map(|whole| whole.concat()))
        };
        let plain = download(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello").await;
        assert_eq!(plain, (200, Some(1), Ok(b"hello".to_vec())));
        let packed = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 25\r\n\r\n\
            \x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\x48\xcd\xc9\xc9\x07\0\x86\xa6\x10\x36\x05\0\0\0";
        assert_eq!(download(packed).await, (200, None, Ok(b"hello".to_vec())));
        let (status, _, cut) = download(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello").await;
        assert!(status == 200 && matches!(cut, Err(WireError::Lost(_))), "{cut:?}");
    }

    #[tokio::test]
    async fn an_upload_says_its_length_and_sends_the_file_as_it_is_read() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let content = vec![b'x'; 300_000];
        std::fs::write(file.path(), &content).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut said = Vec::new();
            while !said.ends_with(b"x>") {
                assert_ne!(stream.read_buf(&mut said).await.unwrap(), 0);
            }
            let answer = b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}";
            stream.write_all(answer).await.unwrap();
            said
        });
        let body = FramedFile::new("<", (file.path(), 300_000), crate::transport::Coding::Plain, ">");
        let request = Request::post(format!("http://{at}/u")).body(body).unwrap();
        let answer = HttpWire::new(None).unwrap().upload(request).await.unwrap();
        assert_eq!((answer.status().as_u16(), &answer.body()[..]), (201, &b"{}"[..]));
        let said = server.await.unwrap();
        let head = String::from_utf8_lossy(&said[..300]).to_lowercase();
        assert!(
            head.contains("content-length: 300002") && !head.contains("chunked"),
            "{head}"
        );
        assert!(said.ends_with(&[b"<", &content[..], b">"].concat()));
    }

    #[tokio::test]
    async fn whoever_falls_silent_is_not_waited_for_without_end() {
        use futures_util::TryStreamExt;

        let mut wire = HttpWire::new(None).unwrap();
        (wire.quiet, wire.stuck) = (Duration::from_millis(100), Duration::from_millis(100));
        // Takes the connection, says this much, and is never heard of again.
        let silent = async |says: &'static [u8]| {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let at = listener.local_addr().unwrap();
            tokio::spawn(async move {
                let (mut stream, _) = listener.accept().await.unwrap();
                let _asked = stream.read(&mut [0; 64]).await.unwrap();
                stream.write_all(says).await.unwrap();
                std::future::pending::<()>().await;
                drop(stream);
            });
            format!("http://{at}/")
        };
        let fault = get(&wire, silent(b"").await).await;
        assert!(
            matches!(&fault, Err(WireError::Lost(why)) if why.contains("timed out")),
            "{fault:?}"
        );
        let request = Request::get(silent(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhel").await);
        let answer = wire.download(request.body(Bytes::new()).unwrap()).await.unwrap();
        let cut: Result<Vec<Bytes>, WireError> = answer.into_body().try_collect().await;
        assert!(
            matches!(&cut, Err(WireError::Lost(why)) if why.contains("timed out")),
            "{cut:?}"
        );
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(50_000_000).unwrap();
        let body = FramedFile::new("", (file.path(), 50_000_000), crate::transport::Coding::Plain, "");
        let fault = wire.upload(Request::post(silent(b"").await).body(body).unwrap()).await;
        assert!(
            matches!(&fault, Err(WireError::Lost(why)) if why.contains("timed out")),
            "{fault:?}"
        );
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_read_is_not_sent() {
        let gone = std::env::temp_dir().join("lockstep-there-is-no-such-file");
        let body = FramedFile::new("", (&gone, 1), crate::transport::Coding::Plain, "");
        let request = Request::post("http://127.0.0.1:9/").body(body).unwrap();
        let fault = HttpWire::new(None).unwrap().upload(request).await;
        assert!(matches!(fault, Err(WireError::Unfit(_))), "{fault:?}");
    }
}
