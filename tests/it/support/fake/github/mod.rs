//! A small GitHub with state: one repository's issues, comments, labels, milestones and people over REST.
//!
//! Semantics follow GitHub's REST documents; where those are silent, what integrations report. Pull requests share the
//! issues' numbers and lists, as they really do.

mod comments;
mod files;
mod git;
mod issues;
mod labels;
mod meta;
mod milestones;
mod person;
mod render;
mod routes;
mod seed;
mod state;

use std::time::Duration;

use serde_json::Value;

use super::{Answer, Call, Clock, Fake, Vendor};
use crate::support::contract::Contract;

pub use person::Draft;
pub use state::{Comment, GitHub, Issue, Label, Token, Vices};

/// A running fake GitHub with one repository.
pub type FakeGitHub = Fake<GitHub>;

impl Fake<GitHub> {
    /// Serves a repository named `owner/name`, empty but for its owner.
    pub async fn start(repository: &str) -> Self {
        Fake::serve(GitHub::new(repository)).await
    }

    /// Turns vices on or off.
    pub fn vices(&self, set: impl FnOnce(&mut Vices)) {
        self.with(|github| set(&mut github.vices));
    }

    /// From now on only this token (and others so named) is accepted; it acts as `lockstep-bot`, who may push.
    pub fn token(&self, value: &str) {
        self.add_token(Token::new(value));
    }

    /// Accepts a token with particular rights. Until the first is named, any credential is accepted.
    pub fn add_token(&self, token: Token) {
        self.with(|github| github.tokens.push(token));
    }
}

impl Vendor for GitHub {
    fn contract() -> &'static Contract {
        Contract::github()
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
        let version = if self.vices.api_version_2026 {
            "2026-03-10"
        } else {
            "2022-11-28"
        };
        let told = [
            ("x-oauth-scopes", self.vices.scopes.map(str::to_owned)),
            ("github-authentication-token-expiration", self.vices.token_ends.clone()),
        ];
        let told = told.into_iter().filter_map(|(name, value)| Some((name, value?)));
        [
            ("date", self.clock.http_date(0)),
            ("x-github-media-type", "github.v3; format=json".to_owned()),
            ("x-github-api-version-selected", version.to_owned()),
            ("x-github-request-id", format!("FAKE:{}", self.requests)),
            ("x-ratelimit-limit", "5000".to_owned()),
            ("x-ratelimit-remaining", self.quota().to_string()),
            ("x-ratelimit-used", self.requests.to_string()),
            ("x-ratelimit-reset", self.quota_reset().to_string()),
            ("x-ratelimit-resource", "core".to_owned()),
        ]
        .into_iter()
        .chain(told)
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }

    /// The description is that of 2022-11-28, where every issue has an `assignee`.
    fn described_body(&self, call: &Call, answer: &Answer) -> Option<Value> {
        let mut body = answer.json().cloned()?;
        if self.newer_version(call) && call.path.contains("/issues") {
            let issues = if let Some(list) = body.as_array_mut() {
                list.iter_mut().collect()
            } else {
                vec![&mut body]
            };
            for issue in issues
                .into_iter()
                .filter_map(Value::as_object_mut)
                .filter(|issue| issue.contains_key("assignees"))
            {
                issue.insert("assignee".to_owned(), Value::Null);
            }
        }
        Some(body)
    }
}
