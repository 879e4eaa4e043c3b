//! The adapter against a scripted wire: what it asks for, and what it makes of the answers.

mod files;
mod listing;
mod planning;
mod reading;
mod translation;
mod writing;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use secrecy::SecretString;
use serde_json::{Value, json};
use url::Url;

use super::GitLab;
use crate::model::{IssueKey, TrackerId};
use crate::transport::scripted::{gathered, in_pieces};
use crate::transport::{FramedFile, Pieces, Policy, PrivateToken, Transport, Wire, WireError};

/// A request as it reached the wire.
#[derive(Clone, Debug)]
struct Seen {
    /// "GET /api/v4/projects/a%2Fb/issues"
    what: String,
    query: BTreeMap<String, String>,
    kind: Option<String>,
    body: Value,
}

impl Seen {
    fn page(&self) -> u64 {
        self.query.get("page").map_or(1, |page| page.parse().unwrap())
    }
}

struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Answer {
    fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/json".into())],
            body: body.to_string(),
        }
    }

    fn ok(body: &Value) -> Self {
        Self::json(200, body)
    }

    fn text(status: u16, body: &str) -> Self {
        Self {
            status,
            headers: vec![("content-type", "text/plain".into())],
            body: body.into(),
        }
    }

    fn missing() -> Self {
        Self::json(404, &json!({"message": "404 Not found"}))
    }

    fn with(mut self, name: &'static str, value: impl std::fmt::Display + Copy) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }
}

struct Script<F> {
    answer: F,
    seen: Arc<Mutex<Vec<Seen>>>,
}

#[async_trait]
impl<F: Fn(&Seen, usize) -> Answer + Send + Sync> Wire for Script<F> {
    async fn roundtrip(&self, request: Request<Bytes>) -> Result<Response<Bytes>, WireError> {
        let url = Url::parse(&request.uri().to_string()).unwrap();
        let seen = Seen {
            what: format!("{} {}", request.method(), url.path()),
            query: url.query_pairs().into_owned().collect(),
            kind: request
                .headers()
                .get("content-type")
                .map(|kind| kind.to_str().unwrap().to_owned()),
            body: serde_json::from_slice(request.body()).unwrap_or_else(|_| {
                let form: BTreeMap<String, String> = url::form_urlencoded::parse(request.body()).into_owned().collect();
                json!(form)
            }),
        };
        let nth = {
            let mut all = self.seen.lock().unwrap();
            all.push(seen.clone());
            all.len()
        };
        let answer = (self.answer)(&seen, nth);
        let mut response = Response::builder().status(answer.status);
        for (name, value) in answer.headers {
            response = response.header(name, value);
        }
        Ok(response.body(Bytes::from(answer.body)).unwrap())
    }

    async fn download(&self, request: Request<Bytes>) -> Result<Response<Pieces>, WireError> {
        self.roundtrip(request).await.map(|answer| answer.map(in_pieces))
    }

    async fn upload(&self, request: Request<FramedFile>) -> Result<Response<Bytes>, WireError> {
        self.roundtrip(gathered(request).await).await
    }
}

struct Stage {
    gitlab: GitLab,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Stage {
    fn requests(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    fn lines(&self) -> Vec<String> {
        self.requests().into_iter().map(|seen| seen.what).collect()
    }
}

/// The project `team/api` on `https://gitlab.example`; `answer` is told the request and which one it is, from 1.
fn stage(answer: impl Fn(&Seen, usize) -> Answer + Send + Sync + 'static) -> Stage {
    stage_at("https://gitlab.example", "team/api", answer)
}

fn stage_at(instance: &str, project: &str, answer: impl Fn(&Seen, usize) -> Answer + Send + Sync + 'static) -> Stage {
    let seen = Arc::default();
    let wire = Script {
        answer,
        seen: Arc::clone(&seen),
    };
    let instance = Url::parse(instance).unwrap();
    let policy = Policy {
        max_retries: 1,
        backoff: Duration::ZERO,
        ..Policy::default()
    };
    let token = PrivateToken::new(&instance, SecretString::from("glpat-none")).unwrap();
    let transport = Transport::new(Arc::new(wire), policy, Arc::new(token));
    let gitlab = GitLab::new(TrackerId("gitlab".into()), project.into(), instance, transport).unwrap();
    Stage { gitlab, seen }
}

fn key(number: u64) -> IssueKey {
    IssueKey(number.to_string())
}

/// A small issue as the service sends it.
fn issue(iid: u64) -> Value {
    json!({
        "id": 9000 + iid, "iid": iid, "title": format!("Issue {iid}"), "description": "text", "state": "opened",
        "created_at": "2026-03-01T10:00:00.000Z", "updated_at": "2026-03-02T10:00:00.000Z", "labels": ["bug"],
        "author": {"id": 1, "username": "ann", "web_url": "https://gitlab.example/ann"},
        "assignees": [], "user_notes_count": 2, "confidential": false, "issue_type": "issue",
        "web_url": format!("https://gitlab.example/team/api/-/issues/{iid}"),
    })
}

fn note(id: u64) -> Value {
    json!({
        "id": id, "body": format!("Note {id}"), "system": false, "internal": false,
        "author": {"id": 1, "username": "ann"},
        "created_at": "2026-03-01T10:00:00.000Z", "updated_at": "2026-03-01T10:00:00.000Z",
    })
}
