//! Scripted faults: when one fires, and what then becomes of the request.

use super::call::Call;

/// Which requests a fault or a prepared edit means. Counting is from 1 and starts when it is armed.
#[derive(Clone, Debug)]
pub enum When {
    /// The nth request that only reads.
    Read(usize),
    /// The nth request that means to change something.
    Write(usize),
    /// The nth request with this method whose decoded path contains this text.
    Request {
        method: &'static str,
        path: &'static str,
        nth: usize,
    },
}

/// What becomes of a request instead of its answer.
#[derive(Clone, Debug)]
pub enum What {
    /// Not applied; this answer is sent. Headers replace those of the same name.
    Status {
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
    },
    /// Applied, and then the connection is cut.
    LoseAnswer,
    /// Cut before anything was applied.
    Drop,
    /// Applied; the answer's JSON ends half-way.
    TruncatedJson,
    /// Applied, and then this is answered instead.
    Instead(Box<What>),
    /// Applied, and never answered.
    Silence,
}

/// A fault, ready to be armed with `Fake::fault`.
#[derive(Clone, Debug)]
pub struct Fault {
    /// When it first fires.
    pub when: When,
    /// What then happens.
    pub what: What,
    /// How many matching requests in a row it takes.
    pub times: usize,
    /// Whether from then on every request is cut, as if the service had fallen; until `Fake::heal`.
    pub then_dead: bool,
}

impl Fault {
    /// A fault that fires once.
    pub fn new(when: When, what: What) -> Self {
        Fault {
            when,
            what,
            times: 1,
            then_dead: false,
        }
    }

    /// Takes this many matching requests in a row.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// After it fired, every request is cut until `Fake::heal`: what a crashed run would have seen.
    #[must_use]
    pub fn then_dead(mut self) -> Self {
        self.then_dead = true;
        self
    }
}

impl What {
    /// An answer with this status and no body worth reading.
    pub fn status(status: u16) -> Self {
        What::Status {
            status,
            headers: Vec::new(),
            body: format!(r#"{{"message":"scripted {status}"}}"#),
        }
    }

    /// Applied, and this is what comes back.
    pub fn instead(what: What) -> Self {
        What::Instead(Box::new(what))
    }

    /// An error page of some proxy.
    pub fn html(status: u16) -> Self {
        What::status(status)
            .header("content-type", "text/html")
            .body("<html><head><title>Bad gateway</title></head><body>please try later</body></html>")
    }

    /// GitHub's primary limit: 403 with nothing remaining until this epoch second.
    pub fn github_primary_limit(reset: i64) -> Self {
        What::status(403)
            .header("x-ratelimit-remaining", "0")
            .header("x-ratelimit-reset", &reset.to_string())
            .body(r#"{"message":"API rate limit exceeded for user ID 1001.","documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api","status":"403"}"#)
    }

    /// GitHub's secondary limit, told by the text alone.
    pub fn github_secondary_limit() -> Self {
        What::status(403).body(SECONDARY)
    }

    /// A 429 of GitHub, which may stand for either limit.
    pub fn github_too_many(retry_after: &str) -> Self {
        What::status(429).header("retry-after", retry_after).body(SECONDARY)
    }

    /// GitLab's 429: plain text, the wait in a header as seconds or as an HTTP date.
    pub fn gitlab_too_many(retry_after: &str) -> Self {
        What::status(429)
            .header("content-type", "text/plain")
            .header("retry-after", retry_after)
            .header("ratelimit-remaining", "0")
            .body("Retry later\n")
    }

    /// GitLab's application limit (issue or note creation): only the 429 tells.
    pub fn gitlab_application_limit() -> Self {
        What::status(429)
            .body(r#"{"message":{"error":"This endpoint has been requested too many times. Try again later."}}"#)
    }

    /// The secondary limit with a wait, as seconds or as an HTTP date.
    #[must_use]
    pub fn retry_after(self, value: &str) -> Self {
        self.header("retry-after", value)
    }

    /// Adds a header to a scripted status.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let What::Status { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Replaces the body of a scripted status.
    #[must_use]
    pub fn body(mut self, text: &str) -> Self {
        if let What::Status { body, .. } = &mut self {
            text.clone_into(body);
        }
        self
    }
}

const SECONDARY: &str = r#"{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again.","documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits","status":"403"}"#;

/// Counts the requests that match.
#[derive(Debug)]
pub struct Trigger {
    when: When,
    seen: usize,
}

impl Trigger {
    /// A trigger that has seen nothing yet.
    pub fn new(when: When) -> Self {
        Trigger { when, seen: 0 }
    }

    /// Whether this request is the meant one.
    pub fn fires(&mut self, call: &Call) -> bool {
        self.within(call, 1)
    }

    /// Whether this request is one of the meant ones.
    fn within(&mut self, call: &Call, times: usize) -> bool {
        let (matches, nth) = match &self.when {
            When::Read(nth) => (!call.is_write(), *nth),
            When::Write(nth) => (call.is_write(), *nth),
            When::Request { method, path, nth } => (
                call.method == *method && call.segments.join("/").contains(path.trim_start_matches('/')),
                *nth,
            ),
        };
        if matches {
            self.seen += 1;
        }
        matches && self.seen >= nth && self.seen < nth.saturating_add(times)
    }
}

/// The armed faults of a fake.
#[derive(Debug, Default)]
pub struct Faults {
    armed: Vec<(Trigger, Fault)>,
    dead: bool,
}

impl Faults {
    /// Arms one more.
    pub fn arm(&mut self, fault: Fault) {
        self.armed.push((Trigger::new(fault.when.clone()), fault));
    }

    /// What becomes of this request, if not its answer. Every armed fault counts it.
    pub fn next(&mut self, call: &Call) -> Option<What> {
        if self.dead {
            return Some(What::Drop);
        }
        let mut chosen = None;
        for (trigger, fault) in &mut self.armed {
            if trigger.within(call, fault.times) && chosen.is_none() {
                chosen = Some(fault.what.clone());
                self.dead |= fault.then_dead;
            }
        }
        chosen
    }
}
