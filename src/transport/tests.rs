//! What the transport promises, against a scripted wire. Time is paused: waits cost nothing and are measured exactly.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use futures_util::future::join_all;
use http::{Method, StatusCode};
use tokio::time::Instant;

use super::scripted::{Outcome, Scripted, gathered, in_pieces, lost, reply};
use super::*;

mod builders;
mod credentials;
mod files;

const API: &str = "https://forge.example";

fn request(method: Method, path: &str) -> Request<Bytes> {
    Request::builder()
        .method(method)
        .uri(format!("{API}{path}"))
        .body(Bytes::from_static(b"{}"))
        .unwrap()
}

fn get(path: &str) -> Request<Bytes> {
    request(Method::GET, path)
}

fn post(path: &str) -> Request<Bytes> {
    request(Method::POST, path)
}

#[tokio::test(start_paused = true)]
async fn reads_and_repeatable_writes_survive_passing_failures() {
    for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
        let wire = Scripted::new(|_, before| match before {
            0 => reply(502, &[], "<html>bad gateway</html>"),
            1 => lost(),
            _ => reply(200, &[], "{}"),
        });
        let transport = wire.transport(API, Policy::default());
        let answer = transport.send(request(method.clone(), "/x")).await.unwrap();
        assert_eq!((answer.status(), wire.seen().len()), (StatusCode::OK, 3), "{method}");
        assert_eq!(wire.seen()[2].body(), "{}", "the body goes along each time");
        let usage = transport.usage();
        assert_eq!((usage.reads + usage.writes, usage.retries, usage.waited_ms), (3, 2, 0));
        assert_eq!(usage.writes == 0, method == Method::GET);
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_stays_is_told_after_the_retries() {
    let wire = Scripted::new(|_, _| reply(503, &[], ""));
    let transport = wire.transport(API, Policy::default());
    let error = transport.send(request(Method::PATCH, "/x?secret=1")).await.unwrap_err();
    let detail = "PATCH https://forge.example/x?[secret]: the service answered 503 Service Unavailable (5 tries)";
    assert_eq!(
        error,
        TransportError::Failed {
            detail: detail.to_owned()
        }
    );
    assert_eq!(wire.seen().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_asks_for_no_pause_gets_a_second_each_time() {
    const PAST: [(&str, &str); 2] = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "10")];
    for (status, headers) in [
        (429, &[("retry-after", "0")][..]),
        (403, &[("retry-after", "Thu, 01 Jan 1970 00:00:00 GMT")]),
        (403, &PAST),
        (429, &PAST),
        (503, &[("retry-after", "0")]),
    ] {
        let wire = Scripted::new(move |_, _| reply(status, headers, ""));
        let transport = wire.transport(API, Policy::default());
        let began = Instant::now();
        transport.send(get("/x")).await.unwrap_err();
        assert_eq!(wire.seen().len(), 5, "{status} {headers:?}");
        assert_eq!(began.elapsed().as_secs(), 4, "{status} {headers:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_that_may_have_been_done_is_sent_once() {
    for script in [
        lost,
        || reply(500, &[], ""),
        || reply(503, &[("retry-after", "1")], ""),
        || reply(408, &[], ""),
    ] {
        let wire = Scripted::new(move |_, _| script());
        let error = wire
            .transport(API, Policy::default())
            .send(post("/issues"))
            .await
            .unwrap_err();
        assert!(matches!(error, TransportError::Ambiguous { .. }), "{error:?}");
        assert_eq!(wire.seen().len(), 1);
    }
    let wire = Scripted::new(|_, _| Err(WireError::TooLarge));
    let transport = wire.transport(API, Policy::default());
    let error = transport.send(post("/issues")).await.unwrap_err();
    assert!(matches!(error, TransportError::Ambiguous { .. }), "{error:?}");
    let error = transport.send(get("/issues")).await.unwrap_err();
    assert!(matches!(error, TransportError::TooLarge { .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_create_that_a_limit_refused_is_sent_again_after_the_pause() {
    let wire = Scripted::new(|_, before| match before {
        0 => reply(429, &[("retry-after", "7")], "Retry later\n"),
        1 => reply(403, &[], r#"{"message":"You have exceeded a secondary rate limit"}"#),
        _ => reply(201, &[("x-ratelimit-remaining", "41")], "{}"),
    });
    let transport = wire.transport(
        API,
        Policy {
            max_wait: Duration::from_mins(5),
            ..Policy::default()
        },
    );
    let start = Instant::now();
    assert_eq!(
        transport.send(post("/issues")).await.unwrap().status(),
        StatusCode::CREATED
    );
    let waited = Duration::from_secs(7 + 120);
    assert!(start.elapsed() >= waited && start.elapsed() < waited + Duration::from_secs(1));
    let usage = transport.usage();
    assert_eq!((usage.writes, usage.retries, usage.waited_ms), (3, 2, 127_000));
    assert_eq!(usage.remaining, Some(41));
}

#[tokio::test(start_paused = true)]
async fn a_pause_beyond_patience_ends_the_asking() {
    let wire = Scripted::new(|_, _| reply(403, &[("retry-after", "1000")], "{}"));
    let transport = wire.transport(API, Policy::default());
    let error = transport.send(get("/a")).await.unwrap_err();
    assert_eq!(
        error,
        TransportError::RateLimited {
            wait: Duration::from_secs(1000)
        }
    );
    for other in [get("/b"), post("/c")] {
        let error = transport.send(other).await.unwrap_err();
        assert!(matches!(error, TransportError::RateLimited { .. }), "{error:?}");
    }
    assert_eq!(wire.seen().len(), 1, "the service is left alone");
    tokio::time::advance(Duration::from_secs(1001)).await;
    transport.send(get("/d")).await.unwrap_err();
    assert_eq!(wire.seen().len(), 2, "and asked again afterwards");
}

#[tokio::test(start_paused = true)]
async fn no_pause_outlasts_the_run() {
    let wire = Scripted::new(|_, before| match before {
        0 => reply(429, &[("retry-after", "20")], "Retry later\n"),
        1 | 3 => reply(429, &[], "Retry later\n"),
        2 => reply(503, &[("retry-after", "50")], "{}"),
        _ => reply(201, &[], "{}"),
    });
    let policy = || Policy {
        until: Some(Instant::now() + Duration::from_secs(45)),
        ..Policy::default()
    };
    let transport = wire.transport(API, policy());
    let start = Instant::now();
    // The first pause fits into the time there is, the second one does not.
    let error = transport.send(post("/issues")).await.unwrap_err();
    assert!(matches!(error, TransportError::RateLimited { .. }), "{error:?}");
    assert_eq!(start.elapsed().as_secs(), 20);
    // Nor does one that a failing service asks for.
    let transport = wire.transport(API, policy());
    let error = transport.send(get("/issues")).await.unwrap_err();
    assert!(matches!(error, TransportError::RateLimited { .. }), "{error:?}");
    // At the end none is waited for.
    tokio::time::advance(Duration::from_mins(2)).await;
    let error = transport.send(post("/issues")).await.unwrap_err();
    assert!(matches!(error, TransportError::RateLimited { .. }), "{error:?}");
    assert_eq!(wire.seen().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_refused_write_does_not_stop_reading() {
    let wire = Scripted::new(|request, _| match *request.method() {
        Method::GET => reply(200, &[], "[]"),
        _ => reply(429, &[("retry-after", "1000")], ""),
    });
    let transport = wire.transport(API, Policy::default());
    transport.send(post("/notes")).await.unwrap_err();
    assert_eq!(transport.send(get("/a")).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn a_missing_permission_and_other_refusals_are_answers() {
    for status in [400, 401, 403, 404, 409, 410, 422, 501] {
        let wire = Scripted::new(move |_, _| reply(status, &[("x-ratelimit-remaining", "9")], r#"{"message":"no"}"#));
        let answer = wire.transport(API, Policy::default()).send(get("/a")).await.unwrap();
        assert_eq!((answer.status().as_u16(), wire.seen().len()), (status, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn an_unreachable_host_is_told_within_seconds() {
    for (lasting, tries) in [(true, 1), (false, 3)] {
        let wire = Scripted::new(move |_, _| {
            Err(WireError::NotSent {
                detail: "refused\nby host".to_owned(),
                lasting,
            })
        });
        let start = Instant::now();
        let error = wire
            .transport(API, Policy::default())
            .send(post("/issues"))
            .await
            .unwrap_err();
        let expected = TransportError::Unreachable {
            address: API.to_owned(),
            detail: "refused by host".to_owned(),
        };
        assert_eq!((error, wire.seen().len()), (expected, tries));
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}

#[tokio::test(start_paused = true)]
async fn redirects_keep_method_and_origin() {
    let moved = |status: u16, to: &'static str| {
        Scripted::new(move |request, _| match request.uri().path() {
            "/new" => reply(200, &[], "{}"),
            _ => reply(status, &[("location", to)], ""),
        })
    };
    // (status, method, followed)
    for (status, method, followed) in [
        (301, Method::GET, true),
        (302, Method::GET, true),
        (301, Method::PATCH, true),
        (301, Method::POST, true),
        (307, Method::POST, true),
        (308, Method::PUT, true),
        (302, Method::POST, false),
        (303, Method::PATCH, false),
    ] {
        let wire = moved(status, "/new#part");
        let transport = wire.transport(API, Policy::default());
        let answer = transport.send(request(method.clone(), "/old")).await.unwrap();
        let came_from = answer.extensions().get::<CameFrom>().map(|from| from.0.as_str());
        if followed {
            assert_eq!(
                wire.lines(),
                [format!("{method} {API}/old"), format!("{method} {API}/new")]
            );
            assert_eq!(wire.seen()[1].body(), "{}");
            assert_eq!(came_from, Some("https://forge.example/new"));
        } else {
            assert_eq!(
                (answer.status().as_u16(), wire.seen().len(), came_from),
                (status, 1, None)
            );
        }
    }
    for elsewhere in [
        "https://evil.example/new",
        "http://forge.example/new",
        "https://forge.example:444/new",
        "//evil/new",
    ] {
        let wire = moved(301, elsewhere);
        let answer = wire.transport(API, Policy::default()).send(get("/old")).await.unwrap();
        assert_eq!((answer.status().as_u16(), wire.seen().len()), (301, 1), "{elsewhere}");
    }
    let wire = moved(301, "/new");
    let mut request = get("/old");
    request.extensions_mut().insert(StayHere);
    let answer = wire.transport(API, Policy::default()).send(request).await.unwrap();
    assert_eq!((answer.status().as_u16(), wire.seen().len()), (301, 1), "asked to stay");
    let wire = moved(301, "/round");
    let answer = wire.transport(API, Policy::default()).send(get("/old")).await.unwrap();
    assert_eq!((answer.status().as_u16(), wire.seen().len()), (301, 6), "in circles");
}

/// Takes a second for each request and remembers how many were under way at one time.
#[derive(Default)]
struct Slow {
    under_way: AtomicUsize,
    most: AtomicUsize,
}

#[async_trait]
impl Wire for Slow {
    async fn roundtrip(&self, _: Request<Bytes>) -> Outcome {
        let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_secs(1)).await;
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        reply(200, &[], "")
    }

    async fn download(&self, request: Request<Bytes>) -> Result<Response<Pieces>, WireError> {
        self.roundtrip(request).await.map(|answer| answer.map(in_pieces))
    }

    async fn upload(&self, request: Request<FramedFile>) -> Outcome {
        self.roundtrip(gathered(request).await).await
    }
}

#[tokio::test(start_paused = true)]
async fn reads_go_a_few_at_a_time_and_writes_in_single_file() {
    for (method, most) in [(Method::GET, 3), (Method::PATCH, 1)] {
        let wire = Arc::new(Slow::default());
        let token = BearerToken::new(&API.parse().unwrap(), "t".into()).unwrap();
        let policy = Policy {
            concurrency: 3,
            ..Policy::default()
        };
        let transport = Transport::new(wire.clone(), policy, Arc::new(token));
        join_all((0..9).map(|_| transport.send(request(method.clone(), "/x")))).await;
        assert_eq!(wire.most.load(Ordering::SeqCst), most, "{method}");
    }
}

#[tokio::test(start_paused = true)]
async fn creates_wait_for_room_in_the_window_and_give_up_when_it_is_far_off() {
    let wire = Scripted::new(|_, _| reply(201, &[], ""));
    let policy = Policy {
        per_minute: Some(2),
        per_hour: Some(4),
        ..Policy::default()
    };
    let transport = wire.transport(API, policy);
    let start = Instant::now();
    for _ in 0..4 {
        transport.send(post("/issues")).await.unwrap();
    }
    assert!(start.elapsed() >= Duration::from_mins(1) && start.elapsed() < Duration::from_secs(61));
    assert_eq!(transport.usage().waited_ms / 1000, 60);
    let error = transport.send(post("/issues")).await.unwrap_err();
    assert!(
        matches!(error, TransportError::RateLimited { wait } if wait > Duration::from_secs(3500)),
        "{error:?}"
    );
    assert_eq!(wire.seen().len(), 4);
    transport.send(request(Method::PATCH, "/issues/1")).await.unwrap();
    transport.send(get("/issues")).await.unwrap();
}
