//! Stateful fakes of the services, served over loopback so that the real client runs.
//!
//! A [`Fake`] is the test's handle: it plays the people on the other side, sets vices and faults, and reads the log of
//! exchanges. Every exchange is checked against the vendor's description; dropping the handle panics on a violation.

mod call;
mod clock;
mod fault;
pub mod github;
pub mod gitlab;

mod page;
mod server;
mod storage;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

pub use call::{Answer, Call, Exchange};
pub use clock::Clock;
pub use fault::{Fault, What, When};
pub use github::FakeGitHub;
pub use gitlab::FakeGitLab;

use super::contract::{Content, Contract, Violation};
use fault::Faults;

/// A file a fake was given through its API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// As the service calls it.
    pub name: String,
    /// As texts there name it.
    pub address: String,
    pub bytes: Vec<u8>,
}

/// The media type a name stands for.
fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some("png") => "image/png",
        Some("jpg") => "image/jpeg",
        Some("txt" | "log") => "text/plain",
        Some("html") => "text/html",
        Some(_) | None => "application/octet-stream",
    }
}

/// What a vendor's fake adds to the common machinery.
pub trait Vendor: Send + Sized + 'static {
    /// The description its exchanges are checked against.
    fn contract() -> &'static Contract;
    /// Applies the request and answers it. Pure but for `self`.
    fn answer(&mut self, call: &Call) -> Answer;
    /// The vendor's clock.
    fn clock(&mut self) -> &mut Clock;
    /// How long each answer is held back.
    fn latency(&self) -> Duration;
    /// Tells the vendor where it is served (`http://127.0.0.1:PORT`).
    fn served_at(&mut self, url: &str);
    /// Headers the vendor puts on every answer.
    fn common_headers(&mut self) -> Vec<(String, String)>;
    /// The answer's body as the description speaks of it (an API version may differ from the described one).
    fn described_body(&self, _call: &Call, answer: &Answer) -> Option<serde_json::Value> {
        answer.json().cloned()
    }
}

/// A prepared edit that happens just before a request is answered.
type Meanwhile<V> = Box<dyn FnOnce(&mut V) + Send>;

/// Rewrites answers on their way out.
type Bend = Box<dyn FnMut(&Call, Answer) -> Answer + Send + 'static>;

/// Everything behind the handle's lock.
struct Shared<V> {
    vendor: V,
    log: Vec<Exchange>,
    faults: Faults,
    meanwhile: Vec<(fault::Trigger, Option<Meanwhile<V>>)>,
    bend: Option<Bend>,
    violations: Vec<Violation>,
}

/// What becomes of a request.
enum Outcome {
    Answer(Answer),
    Cut,
    Silence,
}

/// A running fake. Dropping it stops the server and panics if an exchange broke the vendor's description.
pub struct Fake<V: Vendor> {
    shared: Arc<Mutex<Shared<V>>>,
    url: String,
    server: server::Server,
}

fn lock<V>(shared: &Mutex<Shared<V>>) -> MutexGuard<'_, Shared<V>> {
    shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl<V: Vendor> Fake<V> {
    /// Serves a vendor on a free port of loopback, on a thread of its own (so that a blocking test can use it too).
    async fn serve(vendor: V) -> Self {
        let shared = Arc::new(Mutex::new(Shared {
            vendor,
            log: Vec::new(),
            faults: Faults::default(),
            meanwhile: Vec::new(),
            bend: None,
            violations: Vec::new(),
        }));
        let (url, server) = server::start(Arc::clone(&shared)).await;
        lock(&shared).vendor.served_at(&url);
        Fake { shared, url, server }
    }

    /// Where the fake is served: `http://127.0.0.1:PORT`, without a trailing slash.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Reads or changes the state as nobody over HTTP could.
    pub fn with<T>(&self, work: impl FnOnce(&mut V) -> T) -> T {
        work(&mut lock(&self.shared).vendor)
    }

    /// Moves the clock on.
    pub fn advance(&self, seconds: i64) {
        self.with(|vendor| vendor.clock().advance(seconds));
    }

    /// The fake's idea of now.
    pub fn now(&self) -> jiff::Timestamp {
        self.with(|vendor| vendor.clock().now())
    }

    /// The fake's idea of some seconds from now, as an HTTP date (for `Retry-After`).
    pub fn http_date(&self, seconds: i64) -> String {
        self.with(|vendor| vendor.clock().http_date(seconds))
    }

    /// Arms a fault. Counting starts now; of several, the first armed wins.
    pub fn fault(&self, fault: Fault) {
        lock(&self.shared).faults.arm(fault);
    }

    /// Disarms all faults and prepared edits, and lets a fallen service rise.
    pub fn heal(&self) {
        let mut shared = lock(&self.shared);
        shared.faults = Faults::default();
        shared.meanwhile.clear();
        shared.bend = None;
    }

    /// Has every answer rewritten on its way out, until `heal`: a service that tells less than it knows.
    pub fn bend(&self, work: impl FnMut(&Call, Answer) -> Answer + Send + 'static) {
        lock(&self.shared).bend = Some(Box::new(work));
    }

    /// Has a person do something just before the matching request is answered (an edit between our read and our write).
    pub fn meanwhile(&self, when: When, work: impl FnOnce(&mut V) + Send + 'static) {
        lock(&self.shared)
            .meanwhile
            .push((fault::Trigger::new(when), Some(Box::new(work))));
    }

    /// Every exchange since the start or the last `clear_log`, in order.
    pub fn log(&self) -> Vec<Exchange> {
        lock(&self.shared).log.clone()
    }

    /// Forgets the exchanges so far (not the violations).
    pub fn clear_log(&self) {
        lock(&self.shared).log.clear();
    }

    /// How many logged requests only read.
    pub fn reads(&self) -> usize {
        lock(&self.shared)
            .log
            .iter()
            .filter(|exchange| !exchange.is_write())
            .count()
    }

    /// How many logged requests meant to change something, whether they succeeded or not.
    pub fn writes(&self) -> usize {
        lock(&self.shared)
            .log
            .iter()
            .filter(|exchange| exchange.is_write())
            .count()
    }

    /// The violations of the vendor's description so far.
    pub fn violations(&self) -> Vec<Violation> {
        lock(&self.shared).violations.clone()
    }

    /// Hands out the violations and forgets them: for tests that mean to break the description.
    pub fn take_violations(&self) -> Vec<Violation> {
        std::mem::take(&mut lock(&self.shared).violations)
    }

    /// Ends the fake and panics on violations, where the end of the scope would be too late.
    pub fn finish(self) {
        drop(self);
    }
}

impl<V: Vendor> Drop for Fake<V> {
    fn drop(&mut self) {
        self.server.stop();
        let violations = self.violations();
        if !violations.is_empty() && !std::thread::panicking() {
            let list: Vec<String> = violations.iter().map(ToString::to_string).collect();
            panic!("exchanges broke the vendor's description:\n  {}", list.join("\n  "));
        }
    }
}

impl<V: Vendor> Shared<V> {
    /// Answers one request: prepared edits, faults, the vendor, the contract, the log.
    fn serve(&mut self, call: &Call) -> Outcome {
        for (trigger, work) in &mut self.meanwhile {
            if trigger.fires(call)
                && let Some(work) = work.take()
            {
                work(&mut self.vendor);
            }
        }
        let content = call.content();
        let mut reasons = V::contract().check_request(&call.method, &call.path, &call.query, &content);
        let outcome = if let Some(what) = self.faults.next(call) {
            self.fail(call, what)
        } else {
            let mut answer = self.vendor.answer(call);
            if let Some(bend) = &mut self.bend {
                answer = bend(call, answer);
            }
            answer.headers.extend(self.vendor.common_headers());
            if answer.unserved {
                reasons.push("the fake does not serve this".to_owned());
            } else {
                let body = self.vendor.described_body(call, &answer);
                let contract = V::contract();
                reasons.extend(contract.check_answer(&call.method, &call.path, answer.status, body.as_ref()));
            }
            Outcome::Answer(answer)
        };
        self.violations.extend(reasons.into_iter().map(|reason| Violation {
            method: call.method.clone(),
            path: call.path.clone(),
            reason,
        }));
        let (status, response) = match &outcome {
            Outcome::Answer(answer) => (Some(answer.status), answer.json().cloned()),
            Outcome::Cut | Outcome::Silence => (None, None),
        };
        self.log.push(Exchange {
            method: call.method.clone(),
            path: call.path.clone(),
            query: call.query.clone(),
            request: match content {
                Content::Json(body) => Some(body),
                Content::Form(pairs) => Some(pairs.into_iter().collect()),
                Content::Multipart(parts) => Some(parts.into_iter().map(|part| (part.name, part.file)).collect()),
                Content::Empty | Content::Other(_) => None,
            },
            status,
            response,
        });
        outcome
    }

    /// What a fault makes of a request. Faulty answers are not checked: no description speaks of them.
    fn fail(&mut self, call: &Call, what: What) -> Outcome {
        match what {
            What::Drop => Outcome::Cut,
            What::LoseAnswer => {
                self.vendor.answer(call);
                Outcome::Cut
            }
            What::TruncatedJson => {
                let whole = self.vendor.answer(call);
                let text = whole.text();
                let half = text.chars().count() / 2;
                let mut answer = Answer::raw(whole.status, "application/json", text.chars().take(half).collect());
                answer.headers.extend(self.vendor.common_headers());
                Outcome::Answer(answer)
            }
            What::Instead(what) => {
                self.vendor.answer(call);
                self.fail(call, *what)
            }
            What::Silence => {
                self.vendor.answer(call);
                Outcome::Silence
            }
            What::Status { status, headers, body } => {
                let mut answer = Answer::raw(status, "application/json", body);
                answer.headers.extend(self.vendor.common_headers());
                for (name, value) in headers {
                    answer.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
                    answer.headers.push((name, value));
                }
                Outcome::Answer(answer)
            }
        }
    }
}
