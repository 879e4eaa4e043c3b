//! The app's sign-in against a scripted GitHub.

use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::*;
use crate::transport::Policy;
use crate::transport::scripted::{Outcome, Scripted, reply};

const API: &str = "https://forge.example/api/v3";

fn pem(kind: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", lines.join("\n"))
}

/// A new key: PKCS#8, PKCS#1 and the public half.
fn key() -> (String, String, Vec<u8>) {
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der = key.as_der().unwrap();
    // For a key of this size PKCS#8 is 26 bytes of wrapping around PKCS#1.
    let inner = &der.as_ref()[26..];
    (
        pem("PRIVATE KEY", der.as_ref()),
        pem("RSA PRIVATE KEY", inner),
        key.public_key().as_ref().to_vec(),
    )
}

fn app(pem: String) -> Result<GitHubApp, TransportError> {
    let secret = |text: &str| SecretString::from(text);
    GitHubApp::new(
        &API.parse().unwrap(),
        &secret("Iv1.abc\n"),
        &SecretString::from(pem),
        &secret(" 77 "),
    )
}

fn transport(wire: &Arc<Scripted>, policy: Policy) -> Transport {
    Transport::new(wire.clone(), policy, Arc::new(app(key().0).unwrap()))
}

fn get() -> Request<Bytes> {
    Request::get(format!("{API}/repos/o/r/issues"))
        .body(Bytes::new())
        .unwrap()
}

/// A token that names itself by the request it answers and lives for an hour from now.
fn token(number: usize) -> Outcome {
    let expires = Timestamp::now() + Duration::from_hours(1);
    reply(
        201,
        &[],
        &format!(r#"{{"token":"ghs_{number}","expires_at":"{expires}"}}"#),
    )
}

fn signatures(wire: &Scripted) -> Vec<String> {
    let text = |request: &Request<Bytes>| request.headers()["authorization"].to_str().unwrap().to_owned();
    wire.seen().iter().map(text).collect()
}

fn is_exchange(request: &Request<Bytes>) -> bool {
    request.uri().path().ends_with("/access_tokens")
}

#[test]
fn both_forms_of_a_key_sign_what_the_public_key_verifies() {
    let (pkcs8, pkcs1, public) = key();
    let escaped = pkcs1.replace('\n', "\\n");
    for text in [pkcs8, pkcs1, escaped] {
        let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let (name, value) = app(text).unwrap().jwt(now).unwrap();
        assert_eq!(name, header::AUTHORIZATION);
        assert!(value.is_sensitive());
        let jwt = value.to_str().unwrap().strip_prefix("Bearer ").unwrap();
        let (signed, signature) = jwt.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &public);
        public.verify(signed.as_bytes(), &signature).unwrap();
        let (head, claims) = signed.split_once('.').unwrap();
        let part = |text| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
        assert_eq!(part(head), serde_json::json!({ "alg": "RS256", "typ": "JWT" }));
        let expected = serde_json::json!({ "iat": 1_699_999_940, "exp": 1_700_000_540, "iss": "Iv1.abc" });
        assert_eq!(part(claims), expected);
    }
}

#[test]
fn what_cannot_be_a_key_or_an_id_is_refused_without_quoting_it() {
    let (good, _, _) = key();
    let half = good.replace("-----END PRIVATE KEY-----", "");
    for bad in [
        String::new(),
        "hunter2".to_owned(),
        pem("PRIVATE KEY", b"hunter2"),
        pem("EC PRIVATE KEY", b"x"),
        half,
    ] {
        let refused = app(bad.clone()).unwrap_err();
        let line = bad.lines().nth(1).unwrap_or("hunter2");
        assert!(
            matches!(&refused, TransportError::Token { detail } if !detail.contains(line)),
            "{refused:?}"
        );
    }
    let key = SecretString::from(good);
    for (app, installation) in [("", "1"), ("a b", "1"), ("1", ""), ("1", "../../user"), ("1", "7x")] {
        let refused = GitHubApp::new(&API.parse().unwrap(), &app.into(), &key, &installation.into()).unwrap_err();
        assert!(matches!(refused, TransportError::Token { .. }), "{refused:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_token_serves_until_shortly_before_it_expires() {
    let wire = Scripted::new(|request, before| {
        if is_exchange(request) {
            token(before)
        } else {
            reply(200, &[], "[]")
        }
    });
    // One read at a time: the exchange must not wait for the turn of the request it is made for.
    let transport = transport(
        &wire,
        Policy {
            concurrency: 1,
            ..Policy::default()
        },
    );
    let (first, second) = tokio::join!(transport.send(get()), transport.send(get()));
    assert!(first.is_ok() && second.is_ok());
    tokio::time::advance(Duration::from_secs(3290)).await;
    transport.send(get()).await.unwrap();
    tokio::time::advance(Duration::from_secs(20)).await;
    transport.send(get()).await.unwrap();
    let lines = wire.lines();
    assert_eq!(lines[0], format!("POST {API}/app/installations/77/access_tokens"));
    assert!(
        signatures(&wire)[0].starts_with("Bearer ey"),
        "signed as the app itself"
    );
    assert_eq!(signatures(&wire)[1..4], ["Bearer ghs_0"; 3]);
    assert!(is_exchange(&wire.seen()[4]));
    assert_eq!(signatures(&wire)[5], "Bearer ghs_4");
    assert_eq!(transport.usage().writes, 0, "signing in changes nothing");
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_fetched_anew_once() {
    let wire = Scripted::new(|request, before| {
        if is_exchange(request) {
            token(before)
        } else {
            reply(401, &[], "{}")
        }
    });
    let answer = transport(&wire, Policy::default()).send(get()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(signatures(&wire)[1], "Bearer ghs_0");
    assert_eq!(signatures(&wire)[3], "Bearer ghs_2");
    assert_eq!(wire.seen().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn an_exchange_that_fails_is_told_without_the_answer() {
    for (status, body) in [
        (401, "{}"),
        (404, "{}"),
        (201, r#"{"token":"ghs_x","expires_at":"never"}"#),
        (201, "<html>"),
    ] {
        let wire = Scripted::new(move |_, _| reply(status, &[], body));
        let error = transport(&wire, Policy::default()).send(get()).await.unwrap_err();
        assert!(
            matches!(&error, TransportError::Token { detail } if !detail.contains("ghs_x")),
            "{error:?}"
        );
        assert_eq!(wire.seen().len(), 1);
    }
    let wire = Scripted::new(|_, _| reply(502, &[], ""));
    let error = transport(&wire, Policy::default()).send(get()).await.unwrap_err();
    assert!(matches!(error, TransportError::Failed { .. }), "{error:?}");
    assert_eq!(wire.seen().len(), 5, "a token too many harms nobody");
}

#[tokio::test(start_paused = true)]
async fn the_login_is_the_apps_name_with_a_suffix() {
    let wire = Scripted::new(|_, _| reply(200, &[], r#"{"id":77,"app_slug":"our-sync"}"#));
    let login = transport(&wire, Policy::default()).login("o", "a/../b").await.unwrap();
    assert_eq!(login.as_deref(), Some("our-sync[bot]"));
    assert_eq!(wire.lines(), [format!("GET {API}/repos/o/a%2F..%2Fb/installation")]);
    let wire = Scripted::new(|_, _| reply(404, &[], "{}"));
    assert_eq!(transport(&wire, Policy::default()).login("o", "r").await.unwrap(), None);
    let wire = Scripted::new(|_, _| reply(200, &[], "{}"));
    assert_eq!(
        wire.transport(API, Policy::default()).login("o", "r").await.unwrap(),
        None
    );
    assert!(wire.seen().is_empty(), "a plain token does not know, and asks nobody");
}
