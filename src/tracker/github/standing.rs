//! How we stand with a repository: kind of token, rights, limits, and what is in the way.
//!
//! When a token ends is in `github-authentication-token-expiration`, its scopes are in `x-oauth-scopes`. Imports `call`,
//! `wire`, `rights` and the transport's grants.

use http::HeaderMap;
use jiff::fmt::strtime;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::call::{Answer, Call, server_clock};
use super::rights::{Facts, Kind};
use super::{GitHub, wire};
use crate::tracker::http::transport_error;
use crate::tracker::standing::{ahead, host};
use crate::tracker::{Budget, Credential, Grant, Snag, SnagKind, Standing, TrackerError};
use crate::transport::Grants;

/// The workflows of the repository.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Workflows {
    workflows: Vec<Workflow>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Workflow {
    path: Option<String>,
    state: Option<String>,
}

impl GitHub {
    pub(super) async fn read_standing(&self) -> Result<Standing, TrackerError> {
        if self.transport.credential_begins("ghr_") {
            return Ok(self.with_refresh_token());
        }
        let answer = self.send(&Call::get("read the repository", [""; 0])).await?;
        let here = self.transport.now();
        let repository: wire::Repository = self.decode(&answer, "a repository")?;
        let (owner, repo) = self.place();
        let grants = self.transport.grants(&owner, &repo).await;
        let grants = grants.map_err(|error| transport_error(&self.id, error))?;
        let scopes = scopes(&answer.headers);
        let begins = |prefix: &str| self.transport.credential_begins(prefix);
        let kind = Kind::of(begins, grants.is_some(), scopes.is_some());
        let mut standing = Standing {
            place: host(&self.api),
            project: format!("{owner}/{repo}"),
            budget: Budget::read(&answer.headers),
            ahead: ahead(&answer.headers, here),
            ..Standing::default()
        };
        let issues = self.may_list(&repository).await?;
        standing.account = self.own_login(kind, &owner, &repo).await?;
        standing.snags.extend(obstacles(&repository, grants.as_ref()));
        standing.snags.extend(self.sleepers().await);
        let facts = Facts {
            kind,
            scopes,
            grants,
            private: repository.is_private(),
            role: repository.permissions,
            reads: issues,
        };
        standing.rights = facts.rights();
        let granted = facts.grants.map(|grants| {
            let told = grants.permissions.into_iter();
            told.map(|(name, level)| format!("{name}: {level}")).collect()
        });
        standing.credential = Some(Credential {
            kind: kind.words().to_owned(),
            scopes: facts.scopes.or(granted),
            expires: expiry(&answer.headers),
        });
        Ok(standing)
    }

    /// GitHub would only say that the token is unknown.
    fn with_refresh_token(&self) -> Standing {
        Standing {
            place: host(&self.api),
            project: self.project(),
            credential: Some(Credential {
                kind: "refresh token".to_owned(),
                ..Credential::default()
            }),
            snags: vec![Snag {
                kind: SnagKind::WrongToken,
                message: "a refresh token only gets other tokens".to_owned(),
                hint: "use the access token that came with it, or a fine-grained personal access token".to_owned(),
            }],
            ..Standing::default()
        }
    }

    /// Whether issues can be listed; where they are switched off nobody can tell.
    async fn may_list(&self, repository: &wire::Repository) -> Result<Grant, TrackerError> {
        if repository.has_issues == Some(false) {
            return Ok(Grant::Untold);
        }
        let call = Call::get("list issues", ["issues"]).query([("per_page", "1".to_owned())]);
        let answer = self.send(&call.also(&[403, 404])).await?;
        Ok(Grant::of(answer.status.is_success()))
    }

    /// As [`GitHub::read_account`], without the question to GraphQL: that is a POST, and this only reads.
    async fn own_login(&self, kind: Kind, owner: &str, repo: &str) -> Result<Option<String>, TrackerError> {
        if kind == Kind::App {
            let login = self.transport.login(owner, repo).await;
            return login.map_err(|error| transport_error(&self.id, error));
        }
        let call = Call::get_at("read the account", self.below_api(["user"])?).also(&[403, 404]);
        let answer = self.send(&call).await?;
        if !answer.status.is_success() {
            return Ok(None);
        }
        let user: wire::User = self.decode(&answer, "an account")?;
        Ok(user.login)
    }

    /// Workflows that GitHub switched off because nothing happened in the repository for 60 days. Not everybody may ask.
    async fn sleepers(&self) -> Vec<Snag> {
        let call = Call::get("list workflows", ["actions", "workflows"]).query([("per_page", "100".to_owned())]);
        let Ok(answer) = self.send(&call.also(&[403, 404])).await else {
            return Vec::new();
        };
        let Answer { status, body, .. } = answer;
        let listed: Workflows = match serde_json::from_slice(&body) {
            Ok(listed) if status.is_success() => listed,
            Ok(_) | Err(_) => return Vec::new(),
        };
        let asleep = listed
            .workflows
            .into_iter()
            .filter(|workflow| workflow.state.as_deref() == Some("disabled_inactivity"));
        asleep
            .filter_map(|workflow| workflow.path)
            .map(|path| Snag {
                kind: SnagKind::Asleep,
                message: format!(
                    "GitHub has switched the schedule of {path} off, for nothing happened there for 60 days"
                ),
                hint: "if that is what runs Lockstep, enable the workflow again on the page \"Actions\"".to_owned(),
            })
            .collect()
    }
}

fn obstacles(repository: &wire::Repository, grants: Option<&Grants>) -> Vec<Snag> {
    let snag = |kind, message: &str, hint: &str| Snag {
        kind,
        message: message.to_owned(),
        hint: hint.to_owned(),
    };
    let found = [
        (repository.archived == Some(true)).then(|| {
            let hint = "unarchive it in its settings, or use `mode: mirror` with it as the left tracker";
            snag(
                SnagKind::Archived,
                "the repository is archived, so nothing in it can be changed",
                hint,
            )
        }),
        (repository.has_issues == Some(false)).then(|| {
            let hint = "switch them on: Settings, General, Features, Issues";
            snag(SnagKind::NoIssues, "issues are switched off in the repository", hint)
        }),
        grants.is_some_and(|grants| grants.suspended).then(|| {
            let hint = "lift the suspension where the app is installed";
            snag(SnagKind::Suspended, "the app's installation is suspended", hint)
        }),
    ];
    found.into_iter().flatten().collect()
}

/// The scopes of a classic token; other kinds have none, and their answers no such header.
fn scopes(headers: &HeaderMap) -> Option<Vec<String>> {
    let text = headers.get("x-oauth-scopes")?.to_str().ok()?;
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    Some(names.map(str::to_owned).collect())
}

/// `2026-12-01 09:30:00 UTC`, or with an offset instead of the name. For some fine-grained tokens the time of the answer
/// comes instead (google/go-github#3708), so that an end that is now is none.
fn expiry(headers: &HeaderMap) -> Option<Timestamp> {
    let text = headers.get("github-authentication-token-expiration")?.to_str().ok()?;
    let text = text.trim().replace("UTC", "+0000");
    let ends = strtime::parse("%Y-%m-%d %H:%M:%S %z", &text)
        .ok()?
        .to_timestamp()
        .ok()?;
    let soon = |now: Timestamp| ends.duration_since(now) < SignedDuration::from_mins(10);
    (!server_clock(headers).is_some_and(soon)).then_some(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_and_ends_are_read() {
        let headers = |name: &'static str, value: &str| -> HeaderMap {
            [(http::HeaderName::from_static(name), value.parse().unwrap())]
                .into_iter()
                .collect()
        };
        assert_eq!(
            scopes(&headers("x-oauth-scopes", "repo, gist ")).unwrap(),
            ["repo", "gist"]
        );
        assert_eq!(scopes(&headers("x-oauth-scopes", "")).unwrap(), [""; 0]);
        assert_eq!(scopes(&HeaderMap::new()), None);
        let name = "github-authentication-token-expiration";
        for text in ["2026-12-01 09:30:00 UTC", "2026-12-01 10:30:00 +0100"] {
            assert_eq!(
                expiry(&headers(name, text)).unwrap().to_string(),
                "2026-12-01T09:30:00Z"
            );
        }
        assert_eq!(expiry(&headers(name, "soon")), None);
        let mut now = headers(name, "2026-12-01 09:30:00 UTC");
        now.insert(http::header::DATE, "Tue, 01 Dec 2026 09:29:58 GMT".parse().unwrap());
        assert_eq!(expiry(&now), None);
    }
}
