//! The real wire against servers that say one thing each.

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
        let length = head.headers.get("content-length").map(http::HeaderValue::len);
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
async fn a_name_that_stands_for_an_inner_address_is_not_followed_there() {
    // "localhost" stands for any name whose owner points it at an inner network.
    let wire = HttpWire::new(None).unwrap();
    let led = async |from: Option<&str>| {
        let at = serve("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret").await;
        let mut request = Request::get(format!("http://LOCALHOST:{}/", at.port()))
            .body(Bytes::new())
            .unwrap();
        if let Some(from) = from {
            let from = url::Url::parse(from).unwrap().origin();
            request.extensions_mut().insert(LedFrom(from));
        }
        wire.download(request).await.map(|answer| answer.status().as_u16())
    };
    for public in [
        "https://8.8.8.8",
        "https://10.0.0.1",
        "https://there-is-no-such.invalid",
    ] {
        let fault = led(Some(public)).await;
        let Err(WireError::NotSent { lasting: true, detail }) = fault else {
            panic!("{public}: {fault:?}")
        };
        assert!(detail.contains("inner network"), "{detail}");
    }
    for own in [Some("http://127.0.0.1:1"), Some("http://localhost:1"), None] {
        assert_eq!(led(own).await, Ok(200), "{own:?}");
    }
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

#[tokio::test]
async fn a_refusal_that_comes_before_the_file_is_sent_is_an_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _asked = stream.read(&mut [0; 1024]).await.unwrap();
        let answer = b"HTTP/1.1 413 Content Too Large\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno";
        stream.write_all(answer).await.unwrap();
        std::future::pending::<()>().await;
        drop(stream);
    });
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(50_000_000).unwrap();
    let body = FramedFile::new("", (file.path(), 50_000_000), crate::transport::Coding::Plain, "");
    let request = Request::post(format!("http://{at}/")).body(body).unwrap();
    let answer = HttpWire::new(None).unwrap().upload(request).await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.body()[..]), (413, &b"no"[..]));
}
