//! One request on its way: what is sent, how often it was, where it was sent on to, and what its answer means.
//!
//! Pure. Imports the transport's limits, policy, loads, words that were sent, errors and wire.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, Method, Request, Response, StatusCode, Uri, header};
use url::{Origin, Url};

use super::carry::Load;
use super::error::{TransportError, host, told};
use super::limits;
use super::pace::Kind;
use super::policy::{Policy, is_safe_address};
use super::roam::may_lead;
use super::sent::Gathered;
use super::wire::{LARGEST_ANSWER, WireError};

/// Who we are to the services; GitHub refuses requests without it.
const USER_AGENT: &str = concat!("lockstep/", env!("CARGO_PKG_VERSION"));
/// Most redirects followed for one request.
const MOST_HOPS: u32 = 5;
/// Most repeats when no connection was made, so that a wrong address is told within seconds.
const CONNECT_RETRIES: u32 = 2;

/// Put into a request's extensions: redirects are not followed but handed back, so that a caller can see that an issue
/// was transferred before it reads or writes another project's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StayHere;

/// Found in an answer's extensions when redirects were followed: where the answer came from in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameFrom(pub Url);

/// Why the next try waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pause {
    /// The service refused the request because of a limit.
    Limit,
    /// Something failed.
    Failure,
}

/// What to do after a try.
#[derive(Debug)]
pub(super) enum Verdict<A> {
    /// Hand the answer to the caller.
    Answer(Response<A>),
    /// Try again after the pause.
    Again(Pause, Duration),
    /// Try there.
    Follow(Url),
    /// The service did not know our token.
    Unknown(Response<A>),
    /// Give up. A limit's pause, if that is why, is in the error.
    Fail(TransportError),
}

/// A request on its way.
#[derive(Debug)]
pub(super) struct Errand<L> {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) kind: Kind,
    pub(super) tries: u32,
    /// It is, or was, at an origin that is none of ours: our credential stays at home from then on.
    pub(super) strayed: bool,
    headers: HeaderMap,
    body: L,
    stays: bool,
    /// Where redirects came from, the first address first.
    past: Vec<Url>,
    hops: u32,
    refusals: u32,
}

impl<L: Load> Errand<L> {
    /// Checks the address: absolute, and safe to send to.
    pub(super) fn new(request: Request<L>) -> Result<Self, TransportError> {
        let (parts, body) = request.into_parts();
        let mut headers = parts.headers;
        let url = Url::parse(&parts.uri.to_string())
            .map_err(|e| TransportError::build(&format!("{}: {e}", parts.uri.path())))?;
        if !is_safe_address(&url) {
            return Err(TransportError::build(&format!(
                "{}: only https is allowed, and plain http for this machine itself",
                url.origin().ascii_serialization()
            )));
        }
        // Both depend on where and what is sent in the end; octocrab adds a length to GET requests, too.
        headers.remove(header::HOST);
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::USER_AGENT, http::HeaderValue::from_static(USER_AGENT));
        Ok(Self {
            kind: L::kind(&parts.method, url.path()),
            stays: parts.extensions.get::<StayHere>().is_some(),
            method: parts.method,
            url,
            headers,
            body,
            strayed: false,
            tries: 0,
            past: Vec::new(),
            hops: 0,
            refusals: 0,
        })
    }

    /// The next try, not yet signed.
    pub(super) fn request(&mut self) -> Result<Request<L>, TransportError> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self
            .url
            .as_str()
            .parse::<Uri>()
            .map_err(|e| TransportError::build(&e.to_string()))?;
        *request.headers_mut() = self.headers.clone();
        self.tries += 1;
        Ok(request)
    }

    /// Goes on at another place, with the same method.
    pub(super) fn follow(&mut self, to: Url) {
        self.hops += 1;
        self.past.push(std::mem::replace(&mut self.url, to));
    }

    /// What a try's outcome means.
    ///
    /// `home` is where our credential belongs.
    pub(super) fn judge<A: AsRef<[u8]>>(
        &mut self,
        outcome: Result<Response<A>, WireError>,
        policy: &Policy,
        now: SystemTime,
        home: &Origin,
    ) -> Verdict<A> {
        let answer = match outcome {
            Ok(answer) => answer,
            Err(error) => return self.judge_silence(error, policy),
        };
        let (status, headers) = (answer.status(), answer.headers());
        if let Some(wait) = limits::refusal_wait(status, headers, answer.body().as_ref(), now, self.refusals) {
            self.refusals += 1;
            if self.refusals > policy.max_retries || wait > policy.longest_wait() {
                return Verdict::Fail(self.limited(wait));
            }
            return Verdict::Again(Pause::Limit, wait);
        }
        if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
            let asked = limits::retry_after(headers, now);
            return self.judge_failure(answer, asked, policy);
        }
        if let Some(next) = self.redirect(status, answer.headers(), home) {
            return Verdict::Follow(next);
        }
        if status == StatusCode::UNAUTHORIZED {
            return Verdict::Unknown(answer);
        }
        Verdict::Answer(self.stamped(answer))
    }

    fn judge_silence<A>(&self, error: WireError, policy: &Policy) -> Verdict<A> {
        match error {
            WireError::NotSent { lasting: false, .. } if self.tries <= CONNECT_RETRIES.min(policy.max_retries) => {
                Verdict::Again(Pause::Failure, policy.pause(self.tries))
            }
            // Storage it was led to, and not the service: its file is lost, and nothing else.
            WireError::NotSent { detail, .. } if self.strayed => Verdict::Fail(self.failure(&detail)),
            WireError::NotSent { detail, .. } => Verdict::Fail(TransportError::Unreachable {
                address: self.url.origin().ascii_serialization(),
                detail: super::error::one_line(&detail),
            }),
            WireError::Unfit(detail) => Verdict::Fail(TransportError::Build {
                detail: self.told(&detail),
            }),
            WireError::TooLarge if self.is_repeatable() => Verdict::Fail(TransportError::TooLarge {
                detail: self.told(&format!("more than {} MiB", LARGEST_ANSWER / (1024 * 1024))),
            }),
            WireError::TooLarge => Verdict::Fail(TransportError::Ambiguous {
                detail: self.told("done, it seems, but the answer is too large"),
            }),
            WireError::Lost(_) if self.is_repeatable() && self.tries <= policy.max_retries => {
                Verdict::Again(Pause::Failure, policy.pause(self.tries))
            }
            WireError::Lost(detail) => Verdict::Fail(self.failure(&detail)),
        }
    }

    /// The service itself failed: 5xx or 408.
    fn judge_failure<A>(&self, answer: Response<A>, asked: Option<Duration>, policy: &Policy) -> Verdict<A> {
        let passing = matches!(answer.status().as_u16(), 408 | 500 | 502 | 503 | 504);
        if self.is_repeatable() && !passing {
            return Verdict::Answer(self.stamped(answer));
        }
        if !self.is_repeatable() || self.tries > policy.max_retries {
            return Verdict::Fail(self.failure(&format!("the service answered {}", answer.status())));
        }
        match asked {
            Some(wait) if wait > policy.longest_wait() => Verdict::Fail(self.limited(wait)),
            Some(wait) => Verdict::Again(Pause::Limit, wait),
            None => Verdict::Again(Pause::Failure, policy.pause(self.tries)),
        }
    }

    /// Same origin only, but for downloads; and a write is never turned into a read: 301, 307 and 308 go on with the same
    /// method (GitHub's documentation asks to issue the request again for renamed repositories), 302 and 303 are followed
    /// for reads.
    fn redirect(&self, status: StatusCode, headers: &HeaderMap, home: &Origin) -> Option<Url> {
        let follows = match status.as_u16() {
            301 | 307 | 308 => true,
            302 | 303 => matches!(self.method, Method::GET | Method::HEAD),
            _ => false,
        };
        if !follows || self.stays || self.hops >= MOST_HOPS {
            return None;
        }
        let place = headers.get(header::LOCATION)?.to_str().ok()?;
        let mut next = self.url.join(place).ok()?;
        next.set_fragment(None);
        // A name and a password there are for us alone to give, and would be shown by whoever shows addresses.
        next.set_username("").ok()?;
        next.set_password(None).ok()?;
        let same = next.origin() == self.url.origin();
        (same || (L::ROAMS && may_lead(home, &next))).then_some(next)
    }

    /// A pause that is too long. Only the service itself can end a run with it; storage it leads to cannot.
    fn limited(&self, wait: Duration) -> TransportError {
        if self.strayed {
            let what = format!("a pause of {} s was asked for", wait.as_secs());
            return TransportError::Failed {
                detail: self.told(&what),
            };
        }
        TransportError::RateLimited { wait }
    }

    fn stamped<A>(&self, mut answer: Response<A>) -> Response<A> {
        if self.hops > 0 {
            answer.extensions_mut().insert(CameFrom(self.url.clone()));
        }
        answer
    }

    /// May it be sent again when nobody knows whether it was acted on? PATCH only ever sets absolute values here, and an
    /// access token too many harms nobody.
    fn is_repeatable(&self) -> bool {
        self.method != Method::POST || self.url.path().ends_with("/access_tokens")
    }

    fn failure(&self, what: &str) -> TransportError {
        if self.is_repeatable() {
            let times = if self.tries == 1 { "try" } else { "tries" };
            TransportError::Failed {
                detail: self.told(&format!("{what} ({} {times})", self.tries)),
            }
        } else {
            TransportError::Ambiguous {
                detail: self.told(what),
            }
        }
    }

    /// An answer that knows what was said to get it, where it is a refusal: see [`Sent`](super::Sent).
    pub(super) fn known<A>(&self, mut answer: Response<A>) -> Response<A> {
        if !answer.status().is_success() {
            let mut said = Gathered::default();
            self.body.tell(&mut said);
            // The rest of an address names the project, and whoever asks for a file gives away more.
            let parts = if L::DISCREET {
                usize::MAX
            } else {
                usize::from(self.kind.is_write())
            };
            for url in self.past.iter().chain([&self.url]) {
                said.address(url, parts);
            }
            answer.extensions_mut().insert(said.done());
        }
        answer
    }

    /// Where it went, as far as logs and errors may tell: what the service led to after that is in its words, and may
    /// repeat what it was sent.
    pub(super) fn place(&self) -> Cow<'_, Url> {
        if L::DISCREET {
            Cow::Owned(host(&self.url))
        } else {
            Cow::Borrowed(self.past.first().unwrap_or(&self.url))
        }
    }

    fn told(&self, what: &str) -> String {
        told(&self.method, &self.place(), what)
    }
}
