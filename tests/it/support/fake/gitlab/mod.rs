//! A small GitLab with state: one project's issues, notes, labels, milestones and people over REST (version 4).
//!
//! Semantics follow GitLab's documents and, where those are silent, what its source is known to do: quick actions, text
//! normalisation, throttled touches of `updated_at`.

mod issues;
mod labels;
mod meta;
mod milestones;
mod notes;
mod person;
pub mod quick_actions;
mod render;
mod routes;
mod seed;
mod state;
mod time;
mod uploads;
mod values;

use std::time::Duration;

use super::{Answer, Call, Clock, Fake, Vendor};
use crate::support::contract::Contract;

pub use person::Draft;
pub use state::{GitLab, Issue, Label, Note, Token, Vices};

/// A running fake GitLab with one project.
pub type FakeGitLab = Fake<GitLab>;

impl Fake<GitLab> {
    /// Serves a project at this path (`group/name`), empty but for its owner. The API is under `/api/v4`.
    pub async fn start(project: &str) -> Self {
        Fake::serve(GitLab::new(project)).await
    }

    /// Turns vices on or off.
    pub fn vices(&self, set: impl FnOnce(&mut Vices)) {
        self.with(|gitlab| set(&mut gitlab.vices));
    }

    /// From now on only this token (and others so named) is accepted; it acts as `lockstep-bot`, a maintainer.
    pub fn token(&self, value: &str) {
        self.add_token(Token::new(value));
    }

    /// Accepts a token with particular rights. Until the first is named, any credential is accepted.
    pub fn add_token(&self, token: Token) {
        self.with(|gitlab| gitlab.tokens.push(token));
    }
}

impl Vendor for GitLab {
    fn contract() -> &'static Contract {
        Contract::gitlab()
    }

    fn answer(&mut self, call: &Call) -> Answer {
        self.route(call)
    }

    fn clock(&mut self) -> &mut Clock {
        &mut self.clock
    }

    fn latency(&self) -> Duration {
        self.vices.latency
    }

    fn served_at(&mut self, url: &str) {
        url.clone_into(&mut self.url);
    }

    fn common_headers(&mut self) -> Vec<(String, String)> {
        let observed = self.requests.min(2000);
        [
            ("date", self.clock.http_date(0)),
            ("x-request-id", format!("fake-{}", self.requests)),
            ("ratelimit-name", "throttle_authenticated_api".to_owned()),
            ("ratelimit-limit", "2000".to_owned()),
            ("ratelimit-observed", observed.to_string()),
            ("ratelimit-remaining", (2000 - observed).to_string()),
            ("ratelimit-reset", (self.clock.now().as_second() + 60).to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }
}
