//! The token: who is sent it, and that nothing the program tells holds it.

use std::sync::{Arc, Mutex};

use super::*;

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(line)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn the_token_goes_to_its_origin_only_and_shows_in_no_debug_text() {
    let wire = Scripted::new(|_, _| reply(200, &[], ""));
    let transport = wire.transport(API, Policy::default());
    transport.send(get("/a")).await.unwrap();
    let other = |url: &str| Request::get(url).body(Bytes::new()).unwrap();
    transport.send(other("https://forge.example.evil/a")).await.unwrap();
    transport.send(other("https://forge.example:444/a")).await.unwrap();
    let seen = wire.seen();
    assert_eq!(seen[0].headers()["authorization"], "Bearer sesame");
    assert!(
        seen[1..]
            .iter()
            .all(|request| !request.headers().contains_key("authorization"))
    );
    assert!(!format!("{seen:?} {transport:?}").contains("sesame"));
    assert!(
        seen[0].headers()["user-agent"]
            .to_str()
            .unwrap()
            .starts_with("lockstep/")
    );
}

#[tokio::test]
async fn plain_http_is_refused_before_anything_is_sent() {
    let wire = Scripted::new(|_, _| reply(200, &[], ""));
    let transport = wire.transport("http://forge.example", Policy::default());
    for url in ["http://forge.example/a", "/relative"] {
        let error = transport
            .send(Request::get(url).body(Bytes::new()).unwrap())
            .await
            .unwrap_err();
        assert!(matches!(error, TransportError::Build { .. }), "{error:?}");
    }
    assert!(wire.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_token_that_comes_back_in_an_answer_is_taken_out() {
    for status in [200, 401, 403, 422, 502] {
        let wire = Scripted::new(move |request, _| {
            let given = request.headers()["authorization"].to_str().unwrap();
            reply(
                status,
                &[("x-echo", given)],
                &format!("{{\"message\": \"you sent {given}, sesame\"}}"),
            )
        });
        let transport = wire.transport(API, Policy::default());
        let shown = format!("{:?}", transport.send(get("/x")).await);
        assert!(!shown.contains("sesame"), "{shown}");
        assert_eq!(wire.seen()[0].headers()["authorization"], "Bearer sesame");
    }
}

/// Where a service leads to is in its own words: logs and errors name its host alone.
#[tokio::test(start_paused = true)]
async fn a_redirect_that_repeats_what_was_sent_shows_it_nowhere() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE);
    let writer = log.clone();
    let subscriber = subscriber.with_writer(move || writer.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    for status in [200, 404, 503] {
        let wire = Scripted::new(move |_, before| match before {
            0 => reply(301, &[("location", "/Layoffs%20in%20May?Johnson=1")], ""),
            _ => reply(status, &[], ""),
        });
        let transport = wire.transport(API, Policy::default());
        if let Err(error) = transport.send(post("/issues")).await {
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("Layoffs") && !shown.contains("Johnson"), "{shown}");
        }
        assert!(wire.lines()[1].contains("Layoffs"), "it was followed");
    }
    let shown = log.text();
    assert!(shown.contains("/issues") && shown.contains("answered"), "{shown}");
    assert!(!shown.contains("Layoffs") && !shown.contains("Johnson"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn names_and_passwords_in_an_address_that_a_service_leads_to_are_left_out() {
    let wire = Scripted::new(|_, before| match before {
        0 => reply(301, &[("location", "https://me:hunter2@forge.example/new")], ""),
        _ => reply(200, &[], ""),
    });
    let transport = wire.transport(API, Policy::default());
    transport.send(get("/old")).await.unwrap();
    assert_eq!(wire.lines(), [format!("GET {API}/old"), format!("GET {API}/new")]);
}

#[tokio::test(start_paused = true)]
async fn a_redirect_that_names_the_token_shows_it_nowhere() {
    let wire = Scripted::new(|request, _| {
        let given = request.headers()["authorization"].to_str().unwrap();
        let token = given.trim_start_matches("Bearer ");
        reply(301, &[("location", &format!("/again/{token}?token={token}"))], "")
    });
    let answer = wire.transport(API, Policy::default()).send(get("/x")).await;
    assert!(!format!("{answer:?}").contains("sesame"), "{answer:?}");
    let lines = wire.lines();
    assert!(
        lines.len() > 1 && lines.iter().all(|line| !line.contains("sesame")),
        "{lines:?}"
    );
}
