//! Files on their way in and out: where the credential goes, where redirects may lead, what is repeated, how much is in
//! memory.

use std::path::Path;

use futures_util::{TryStreamExt, stream};
use tempfile::NamedTempFile;

use super::*;

const GITHUB: &str = "https://api.github.com";

fn wanted(url: &str) -> Request<()> {
    Request::get(url).body(()).unwrap()
}

fn signed(wire: &Scripted) -> Vec<bool> {
    let seen = wire.seen();
    seen.iter()
        .map(|request| request.headers().contains_key("authorization"))
        .collect()
}

async fn content(answer: Response<Arrival>) -> Result<String, TransportError> {
    let Arrival::Content(chunks) = answer.into_body() else {
        panic!("refused")
    };
    let chunks: Vec<Bytes> = chunks.try_collect().await?;
    Ok(String::from_utf8(chunks.concat()).unwrap())
}

fn file(size: usize) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), vec![b'x'; size]).unwrap();
    file
}

fn upload(method: Method, path: &Path, size: u64, coding: Coding) -> Request<FramedFile> {
    Request::builder()
        .method(method)
        .uri(format!("{API}/uploads"))
        .body(FramedFile::new("<", (path, size), coding, ">"))
        .unwrap()
}

/// From the API's host to the pages', to storage, and back.
fn led_about(request: &Request<Bytes>) -> Outcome {
    match (request.uri().host().unwrap(), request.uri().path()) {
        ("api.github.com", "/start") => reply(302, &[("location", "https://github.com/asset")], ""),
        ("github.com", "/asset") => reply(302, &[("location", "https://storage.example/a?sig=1#x")], ""),
        ("storage.example", "/a") => reply(200, &[], "the content"),
        ("storage.example", "/back") => reply(302, &[("location", "https://api.github.com/end")], ""),
        (_, "/astray") => reply(302, &[("location", "https://storage.example/back")], ""),
        _ => reply(200, &[], "home again"),
    }
}

#[tokio::test(start_paused = true)]
async fn our_credential_stays_at_home_when_a_download_is_led_elsewhere() {
    let wire = Scripted::new(|request, _| led_about(request));
    let transport = wire.transport(GITHUB, Policy::default());
    let answer = transport
        .download(wanted("https://api.github.com/start"))
        .await
        .unwrap();
    assert_eq!(
        answer.extensions().get::<CameFrom>().unwrap().0.as_str(),
        "https://storage.example/a?sig=1"
    );
    assert_eq!(content(answer).await.unwrap(), "the content");
    assert_eq!(signed(&wire), [true, true, false]);
    let seen = wire.seen();
    let led = seen
        .iter()
        .map(|request| request.extensions().get::<LedFrom>().is_some());
    assert_eq!(led.collect::<Vec<_>>(), [false, false, true], "names are judged abroad");
    assert_eq!(transport.usage().reads, 3);

    // Whoever leads back from elsewhere must not learn what our credential opens.
    let wire = Scripted::new(|request, _| led_about(request));
    let transport = wire.transport(GITHUB, Policy::default());
    let answer = transport.download(wanted("https://github.com/astray")).await.unwrap();
    assert_eq!(content(answer).await.unwrap(), "home again");
    assert_eq!(signed(&wire), [true, false, false]);

    // The pages' host is another host to everything that is no download, and to every other service.
    let wire = Scripted::new(|_, _| reply(200, &[], ""));
    let transport = wire.transport(GITHUB, Policy::default());
    let plain = Request::get("https://github.com/asset").body(Bytes::new()).unwrap();
    transport.send(plain).await.unwrap();
    let other = wire.transport(API, Policy::default());
    other.download(wanted("https://github.com/asset")).await.unwrap();
    assert_eq!(signed(&wire), [false, false]);
}

#[tokio::test(start_paused = true)]
async fn a_download_is_led_neither_into_inner_networks_nor_round_in_circles() {
    for inner in [
        "http://169.254.169.254/latest",
        "https://169.254.169.254/latest",
        "https://127.0.0.1/",
        "https://localhost:9000/",
        "https://[::ffff:10.0.0.1]/",
        "http://storage.example/",
        "file:///etc/passwd",
    ] {
        let wire = Scripted::new(move |_, _| reply(302, &[("location", inner)], "moved"));
        let transport = wire.transport(GITHUB, Policy::default());
        let answer = transport.download(wanted("https://github.com/a")).await.unwrap();
        assert_eq!((answer.status().as_u16(), wire.seen().len()), (302, 1), "{inner}");
        assert!(
            matches!(answer.body(), Arrival::Refusal(words) if words == "moved"),
            "{inner}"
        );
    }
    let wire = Scripted::new(|_, before| {
        let next = format!("https://storage.example/{before}");
        reply(302, &[("location", &next)], "")
    });
    let transport = wire.transport(GITHUB, Policy::default());
    let answer = transport.download(wanted("https://github.com/a")).await.unwrap();
    assert_eq!((answer.status().as_u16(), wire.seen().len()), (302, 6));
}

#[tokio::test(start_paused = true)]
async fn what_storage_says_of_limits_and_tokens_is_not_the_services_word() {
    struct Renewing(BearerToken, AtomicUsize);
    #[async_trait]
    impl Authorize for Renewing {
        fn origin(&self) -> url::Origin {
            self.0.origin()
        }
        fn web(&self) -> Option<url::Origin> {
            self.0.web()
        }
        async fn header(&self, transport: &Transport) -> Result<(HeaderName, HeaderValue), TransportError> {
            self.0.header(transport).await
        }
        async fn renew(&self) -> bool {
            self.1.fetch_add(1, Ordering::SeqCst);
            true
        }
    }
    let wire = Scripted::new(|request, _| match request.uri().path() {
        "/busy" => reply(429, &[("retry-after", "1000"), ("x-ratelimit-remaining", "0")], ""),
        "/closed" => reply(401, &[], "no"),
        "/issues" => reply(200, &[("x-ratelimit-remaining", "7")], "[]"),
        _ => reply(302, &[("location", "https://storage.example/busy")], ""),
    });
    let token = BearerToken::new(&GITHUB.parse().unwrap(), "t".into()).unwrap();
    let auth = Arc::new(Renewing(token, AtomicUsize::default()));
    let transport = Transport::new(wire.clone(), Policy::default(), auth.clone());
    let error = transport.download(wanted("https://github.com/a")).await.unwrap_err();
    assert!(matches!(error, TransportError::Failed { .. }), "{error:?}");
    assert_eq!(transport.usage().remaining, None);
    let api = Request::get("https://api.github.com/issues")
        .body(Bytes::new())
        .unwrap();
    assert_eq!(
        transport.send(api).await.unwrap().status(),
        StatusCode::OK,
        "no pause is kept"
    );
    let answer = transport.download(wanted("https://github.com/closed")).await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(auth.1.load(Ordering::SeqCst), 0, "the token is kept");
}

#[tokio::test(start_paused = true)]
async fn a_download_survives_passing_failures_until_it_has_begun() {
    let wire = Scripted::new(|_, before| match before {
        0 => lost(),
        1 => reply(503, &[], ""),
        2 => reply(429, &[("retry-after", "3")], ""),
        _ => reply(200, &[], "content"),
    });
    let transport = wire.transport(API, Policy::default());
    let answer = transport.download(wanted("https://forge.example/a")).await.unwrap();
    assert_eq!(content(answer).await.unwrap(), "content");
    assert_eq!((transport.usage().reads, transport.usage().retries), (4, 3));
}

#[tokio::test(start_paused = true)]
async fn neither_a_files_name_nor_what_opens_it_is_told() {
    let wire = Scripted::new(|_, _| reply(500, &[], ""));
    let transport = wire.transport(API, Policy::default());
    let file = file(1);
    let mut put = upload(Method::PUT, file.path(), 1, Coding::Plain);
    *put.uri_mut() = "https://forge.example/contents/private.png".parse().unwrap();
    let sent = transport.upload(put).await.unwrap_err().to_string();
    let get = wanted("https://forge.example/uploads/s3cret/private.png?sig=1");
    let fetched = transport.download(get).await.unwrap_err().to_string();
    for (error, method) in [(sent, "PUT"), (fetched, "GET")] {
        assert!(
            error.contains(&format!("{method} https://forge.example/: the service answered 500")),
            "{error}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_upload_whose_answer_is_lost_is_sent_once_when_it_cannot_be_repeated() {
    let file = file(10);
    for script in [lost, || reply(500, &[], ""), || Err(WireError::TooLarge)] {
        let wire = Scripted::new(move |_, _| script());
        let transport = wire.transport(API, Policy::default());
        let request = upload(Method::POST, file.path(), 10, Coding::Plain);
        let error = transport.upload(request).await.unwrap_err();
        assert!(matches!(error, TransportError::Ambiguous { .. }), "{error:?}");
        assert_eq!(wire.seen().len(), 1);
    }
    // A refusal by a limit, or a repeatable method: the file is read and sent anew.
    for (method, first) in [(Method::POST, 429), (Method::PUT, 502)] {
        let wire = Scripted::new(move |_, before| match before {
            0 => reply(first, &[("retry-after", "1")], ""),
            _ => reply(201, &[], "{}"),
        });
        let transport = wire.transport(API, Policy::default());
        let answer = transport.upload(upload(method, file.path(), 10, Coding::Plain)).await;
        assert_eq!(answer.unwrap().status(), StatusCode::CREATED);
        let seen = wire.seen();
        assert_eq!(
            (seen.len(), seen[0].body(), seen[1].body()),
            (2, seen[1].body(), seen[0].body())
        );
        assert_eq!(seen[0].body(), "<xxxxxxxxxx>");
        assert_eq!(seen[1].headers()["authorization"], "Bearer sesame");
    }
}

#[tokio::test(start_paused = true)]
async fn an_upload_is_content_to_the_limits_whatever_its_method() {
    let file = file(1);
    let wire = Scripted::new(|_, _| reply(201, &[], ""));
    let policy = Policy {
        per_minute: Some(1),
        max_wait: Duration::from_secs(1),
        ..Policy::default()
    };
    let transport = wire.transport(API, policy);
    let put = || upload(Method::PUT, file.path(), 1, Coding::Base64);
    transport.upload(put()).await.unwrap();
    let error = transport.upload(put()).await.unwrap_err();
    assert!(matches!(error, TransportError::RateLimited { .. }), "{error:?}");
    assert_eq!((transport.usage().writes, wire.seen().len()), (1, 1));
}

/// Sends and gives what it is told and keeps none of it, only its size and that of the largest piece.
#[derive(Default)]
struct Scales {
    gives: usize,
    breaks: bool,
    largest: AtomicUsize,
    sum: AtomicUsize,
}

#[async_trait]
impl Wire for Scales {
    async fn roundtrip(&self, _: Request<Bytes>) -> Outcome {
        panic!("a file went as one piece")
    }

    async fn download(&self, _: Request<Bytes>) -> Result<Response<Pieces>, WireError> {
        let pieces = stream::iter(0..self.gives).map(|_| Ok(Bytes::from(vec![7; 16 * 1024])));
        let end = stream::iter(self.breaks.then(|| Err(WireError::Lost("reset\nby peer".to_owned()))));
        Ok(Response::new(pieces.chain(end).boxed()))
    }

    async fn upload(&self, request: Request<FramedFile>) -> Outcome {
        let mut pieces = request.into_body().pieces().await.unwrap();
        while let Some(piece) = pieces.try_next().await.unwrap() {
            self.largest.fetch_max(piece.len(), Ordering::SeqCst);
            self.sum.fetch_add(piece.len(), Ordering::SeqCst);
        }
        reply(201, &[], "{}")
    }
}

fn over(scales: Scales) -> (Transport, Arc<Scales>) {
    let scales = Arc::new(scales);
    let token = BearerToken::new(&API.parse().unwrap(), "t".into()).unwrap();
    (
        Transport::new(scales.clone(), Policy::default(), Arc::new(token)),
        scales,
    )
}

#[tokio::test]
async fn thirty_megabytes_pass_without_ever_being_in_memory_together() {
    let file = NamedTempFile::new().unwrap();
    let size = 30_000_001;
    file.as_file().set_len(size).unwrap();
    for coding in [Coding::Plain, Coding::Base64] {
        let (transport, scales) = over(Scales::default());
        let request = upload(Method::POST, file.path(), size, coding);
        let length = request.body().length();
        transport.upload(request).await.unwrap();
        assert_eq!(scales.sum.load(Ordering::SeqCst) as u64, length);
        assert!(scales.largest.load(Ordering::SeqCst) <= 64 * 1024);
    }
    let (transport, _) = over(Scales {
        gives: 2000,
        ..Scales::default()
    });
    let answer = transport.download(wanted("https://forge.example/a")).await.unwrap();
    let Arrival::Content(mut chunks) = answer.into_body() else {
        panic!("refused")
    };
    let mut sum = 0;
    while let Some(chunk) = chunks.try_next().await.unwrap() {
        assert!(chunk.len() <= 64 * 1024);
        sum += chunk.len();
    }
    assert_eq!(sum, 2000 * 16 * 1024);
}

#[tokio::test]
async fn a_file_that_ends_early_is_an_error_and_not_a_shorter_file() {
    let (transport, _) = over(Scales {
        gives: 3,
        breaks: true,
        ..Scales::default()
    });
    let answer = transport
        .download(wanted("https://forge.example/a?sig=s3cret"))
        .await
        .unwrap();
    let Err(TransportError::Failed { detail }) = content(answer).await else {
        panic!("taken for whole")
    };
    assert_eq!(
        detail,
        "GET https://forge.example/: the file came in part only (reset by peer)"
    );
}
