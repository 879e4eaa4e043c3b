//! The one HTTP transport below every tracker on a network: credentials, redirects, retries, pacing, limits, counting.
//!
//! The service crates build requests and parse answers; they plug in through [`Transport::octocrab`] and
//! [`GitLabClient`]; files go through [`Transport::upload`] and [`Transport::download`]. [`Wire`] is the seam below: it
//! sends exactly one request. Imports the tracker's `Usage` only.

mod app;
mod auth;
mod carry;
mod errand;
mod error;
mod gitlab;
mod limits;
mod load;
mod names;
mod octocrab;
mod outgoing;
mod pace;
mod policy;
mod roam;
#[cfg(test)]
pub(crate) mod scripted;
mod scrub;
mod sent;
mod wire;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::StreamExt;
use http::{HeaderName, HeaderValue, Request, Response};
use url::{Origin, Url};

use crate::tracker::Usage;

pub use app::GitHubApp;
pub use auth::{Authorize, BearerToken, Grants, PrivateToken};
pub use carry::{Arrival, Chunks};
pub use errand::{CameFrom, StayHere};
pub use error::TransportError;
pub use gitlab::GitLabClient;
pub use load::{Coding, FramedFile};
pub use policy::{Policy, is_safe_address};
pub use sent::Sent;
pub use wire::{HttpWire, LARGEST_ANSWER, Pieces, Wire, WireError};

pub(crate) use error::one_line;

use carry::{Came, Load, Wanted};
use errand::{Errand, Pause, Verdict};
use error::{host, safe, told};
use names::LedFrom;
use pace::{Clock, Gate, Kind, Turn};

/// The transport of one tracker. Cheap to clone; all clones share one state.
#[derive(Clone)]
pub struct Transport(Arc<Shared>);

struct Shared {
    wire: Arc<dyn Wire>,
    policy: Policy,
    auth: Arc<dyn Authorize>,
    gate: Gate,
    clock: Clock,
    usage: Mutex<Usage>,
}

/// Who signs a request.
enum Signature {
    /// The tracker's own credential.
    Own,
    /// This header, or nobody, for a request made on behalf of the credential itself.
    Given(Option<(HeaderName, HeaderValue)>),
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("policy", &self.0.policy)
            .field("usage", &self.usage())
            .finish_non_exhaustive()
    }
}

impl Transport {
    /// A transport that signs with `auth`, over `wire`, with the patience and pace of `policy`.
    pub fn new(wire: Arc<dyn Wire>, policy: Policy, auth: Arc<dyn Authorize>) -> Self {
        Self(Arc::new(Shared {
            wire,
            gate: Gate::new(&policy),
            policy,
            auth,
            clock: Clock::start(),
            usage: Mutex::default(),
        }))
    }

    /// Sends a request with an absolute address until there is an answer worth handing on.
    ///
    /// Reads and repeatable writes (PUT, PATCH, DELETE) are tried again; a POST only when a limit refused it or when no
    /// connection was made. Every status not spoken of in [`TransportError`] is an answer, `Ok`.
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.deliver(request, &Signature::Own).await
    }

    /// Like [`Transport::send`], signed with `signature` instead of the tracker's credential, and without waiting for a
    /// turn: for [`Authorize`], which works while a request that has its turn waits for its header.
    pub async fn send_as(
        &self,
        request: Request<Bytes>,
        signature: Option<(HeaderName, HeaderValue)>,
    ) -> Result<Response<Bytes>, TransportError> {
        self.deliver(request, &Signature::Given(signature)).await
    }

    /// The login we act under in this repository, where the credential knows (GitHub Apps); `None` otherwise.
    pub async fn login(&self, owner: &str, repo: &str) -> Result<Option<String>, TransportError> {
        self.0.auth.login(self, owner, repo).await
    }

    /// Whether the credential is a text that begins so. Nothing more of it is ever told.
    pub fn credential_begins(&self, with: &str) -> bool {
        self.0.auth.begins(with)
    }

    /// What our installation in this repository may do, where the credential is an app's; `None` otherwise.
    pub async fn grants(&self, owner: &str, repo: &str) -> Result<Option<Grants>, TransportError> {
        self.0.auth.grants(self, owner, repo).await
    }

    /// Requests made so far. Tries count one by one; a repeated one is among `retries`, too.
    pub fn usage(&self) -> Usage {
        *self.counted()
    }

    /// The time, for tokens that expire.
    pub fn now(&self) -> SystemTime {
        self.0.clock.now()
    }

    /// An octocrab on this transport, for the API at `api`. Must be called inside a tokio runtime.
    pub fn octocrab(&self, api: &Url) -> Result<::octocrab::Octocrab, TransportError> {
        octocrab::client(self, api)
    }

    /// Sends a request whose body is mostly a file, piece by piece. Like [`Transport::send`] otherwise; a file is content
    /// to the limits, whatever the method.
    pub async fn upload(&self, request: Request<FramedFile>) -> Result<Response<Bytes>, TransportError> {
        self.deliver(request, &Signature::Own).await
    }

    /// Sends a request without a body whose answer is a file, and hands it on as it comes, which is not repeated when it
    /// ends early. Redirects are followed to other origins, too, without our credential and never into networks that
    /// are not everybody's; a redirect that is not followed is a refusal.
    ///
    /// `Content-Length` is in the head only where it is the length of what is handed on.
    pub async fn download(&self, request: Request<()>) -> Result<Response<Arrival>, TransportError> {
        let (method, place) = (request.method().clone(), request.uri().to_string());
        let answer = self.deliver(request.map(|()| Wanted), &Signature::Own).await?;
        Ok(answer.map(|came| match came {
            Came::Words(words) => Arrival::Refusal(words),
            Came::Pieces(pieces) => Arrival::Content(
                pieces
                    .map(move |piece| {
                        piece.map_err(|error| {
                            let what = format!("the file came in part only ({})", error.detail());
                            let detail = match Url::parse(&place) {
                                Ok(url) => told(&method, &host(&url), &what),
                                Err(_) => one_line(&what),
                            };
                            TransportError::Failed { detail }
                        })
                    })
                    .boxed(),
            ),
        }))
    }

    async fn deliver<L: Load>(
        &self,
        request: Request<L>,
        by: &Signature,
    ) -> Result<Response<L::Answer>, TransportError> {
        let mut errand = Errand::new(request)?;
        let home = self.0.auth.origin();
        let mut turn = match by {
            Signature::Own => self.0.gate.turn(errand.kind).await,
            Signature::Given(_) => Turn::Aside,
        };
        let mut renewed = false;
        loop {
            self.wait_for_room(errand.kind, &mut turn).await?;
            let outcome = self.attempt(&mut errand, by, &mut turn).await?;
            match errand.judge(outcome, &self.0.policy, self.now(), &home) {
                Verdict::Answer(answer) => return Ok(errand.known(answer)),
                Verdict::Follow(to) => errand.follow(to),
                Verdict::Unknown(answer) => {
                    // Only the API knows whether a token is good; a page for people or a storage refuses for other reasons.
                    let own = matches!(by, Signature::Own) && !errand.strayed && errand.url.origin() == home;
                    if renewed || !own || !self.0.auth.renew().await {
                        return Ok(errand.known(answer));
                    }
                    renewed = true;
                    self.counted().retries += 1;
                }
                Verdict::Again(pause, wait) => {
                    self.counted().retries += 1;
                    match pause {
                        Pause::Limit => self.wait(wait).await,
                        Pause::Failure => tokio::time::sleep(wait).await,
                    }
                }
                Verdict::Fail(error) => return Err(error),
            }
        }
    }

    /// One try.
    async fn attempt<L: Load>(
        &self,
        errand: &mut Errand<L>,
        by: &Signature,
        turn: &mut Turn<'_>,
    ) -> Result<Result<Response<L::Answer>, WireError>, TransportError> {
        let mut request = errand.request()?;
        errand.strayed |= !self.is_home::<L>(&errand.url.origin());
        let signature = match by {
            Signature::Own if !errand.strayed => Some(self.0.auth.header(self).await?),
            Signature::Own => None,
            Signature::Given(signature) => signature.clone(),
        };
        if errand.strayed && L::ROAMS {
            request.extensions_mut().insert(LedFrom(self.0.auth.origin()));
        }
        if let Some((name, value)) = signature {
            request.headers_mut().insert(name, value);
        }
        turn.leave(&self.0.policy, errand.kind);
        self.count(errand.kind);
        let secret = request.headers().values().find_map(scrub::secret);
        let outcome = L::go(request, &*self.0.wire).await;
        let outcome = outcome.map(|answer| scrub::scrubbed(answer, secret.as_ref()));
        let (method, url, tries) = (&errand.method, safe(&errand.place()), errand.tries);
        match &outcome {
            Ok(answer) => {
                tracing::debug!(%method, url, status = answer.status().as_u16(), tries, "answered");
                if !errand.strayed || !L::ROAMS {
                    self.learn(errand.kind, answer);
                }
            }
            Err(error) => tracing::debug!(%method, url, ?error, tries, "not answered"),
        }
        Ok(outcome)
    }

    /// Whether our credential may go there. Downloads may also come from where the service has its pages for people.
    fn is_home<L: Load>(&self, origin: &Origin) -> bool {
        self.0.auth.origin() == *origin || (L::ROAMS && self.0.auth.web().as_ref() == Some(origin))
    }

    /// Waits while a service asked for a pause and while the windows are full; not longer than the policy allows.
    async fn wait_for_room(&self, kind: Kind, turn: &mut Turn<'_>) -> Result<(), TransportError> {
        if matches!(turn, Turn::Aside) {
            return Ok(());
        }
        loop {
            let wait = self.0.gate.held(kind).max(turn.wait(&self.0.policy, kind));
            if wait.is_zero() {
                return Ok(());
            }
            if wait > self.0.policy.longest_gap() {
                return Err(TransportError::RateLimited { wait });
            }
            self.wait(wait).await;
        }
    }

    /// A pause that counts as waiting.
    async fn wait(&self, wait: Duration) {
        tracing::debug!(seconds = wait.as_secs(), "waiting for the service");
        self.counted().waited_ms += u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        tokio::time::sleep(wait).await;
    }

    /// Remembers what an answer says of the service's budget.
    fn learn<A: AsRef<[u8]>>(&self, kind: Kind, answer: &Response<A>) {
        let headers = answer.headers();
        if !limits::is_main_budget(headers) {
            return;
        }
        if let Some(remaining) = limits::remaining(headers) {
            self.counted().remaining = Some(remaining);
        }
        if let Some(wait) = limits::refusal_wait(answer.status(), headers, answer.body().as_ref(), self.now(), 0) {
            self.0.gate.hold(kind, wait);
        }
    }

    fn count(&self, kind: Kind) {
        let mut usage = self.counted();
        if kind.is_write() {
            usage.writes += 1;
        } else {
            usage.reads += 1;
        }
    }

    fn counted(&self) -> MutexGuard<'_, Usage> {
        self.0.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
