//! How we stand with a project: kind of token, scopes, role, limits, and what is in the way.
//!
//! GitLab tells a token about itself (`personal_access_tokens/self`, which answers project and group tokens too) and, in the
//! project, the role of the asking account. Facts: GitLab documentation, "Personal access tokens API", "Token overview",
//! "Permissions and roles". Imports the `gitlab` crate's endpoints and the siblings in this folder.

use std::collections::BTreeMap;

use gitlab::api::personal_access_tokens::PersonalAccessTokenSelf;
use gitlab::api::projects::Project;
use gitlab::api::users::CurrentUser;
use http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::GitLab;
use super::endpoint::List;
use super::exchange::is_absent;
use super::wire::{ProjectWire, SEES_CONFIDENTIAL, UserWire};
use crate::tracker::standing::{ahead, host};
use crate::tracker::{Budget, Credential, Grant, Permission, Right, Role, Snag, SnagKind, Standing, TrackerError};

/// The role that may create issues and comment: Guest.
const GUEST: u64 = 10;

/// A token as it is told about itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TokenWire {
    scopes: Option<Vec<String>>,
    expires_at: Option<String>,
}

/// Tokens that are none for this API, by how they begin, and what they are.
const OTHERS: [(&str, &str); 5] = [
    ("glcbt-", "CI/CD job token"),
    ("gldt-", "deploy token"),
    ("glptt-", "pipeline trigger token"),
    ("glrt-", "runner token"),
    ("glft-", "feed token"),
];

impl GitLab {
    pub(super) async fn read_standing(&self) -> Result<Standing, TrackerError> {
        if let Some((_, words)) = self.other_token() {
            return Ok(self.with_useless_token(words));
        }
        let action = "read the project";
        let endpoint = self.built(Project::builder().project(self.project.as_str()).build())?;
        let answer = self.good(self.ask(&endpoint, action).await?, action)?;
        let here = self.transport.now();
        let project: ProjectWire = self.read(&answer, action)?;
        let token = self.own_token().await?;
        let account = self.own_name().await?;
        let reads = self.may_list(&project).await?;
        let scopes = token.as_ref().and_then(|token| token.scopes.clone());
        Ok(Standing {
            place: host(&self.instance),
            project: self.project.clone(),
            credential: Some(Credential {
                kind: Self::token_kind(token.is_some(), account.as_deref()).to_owned(),
                scopes: scopes.clone(),
                expires: token.and_then(|token| end_of(&token.expires_at?)),
            }),
            account,
            rights: rights(scopes.as_deref(), project.access_level(), reads),
            budget: Budget::read(answer.headers()),
            ahead: ahead(answer.headers(), here),
            snags: Self::obstacles(&project),
        })
    }

    /// What the token says of itself; `None` for those that are no access tokens, and on instances that do not tell.
    async fn own_token(&self) -> Result<Option<TokenWire>, TrackerError> {
        let action = "read the token";
        let endpoint = self.built(PersonalAccessTokenSelf::builder().build())?;
        let answer = self.ask(&endpoint, action).await?;
        if !answer.status().is_success() {
            return Ok(None);
        }
        self.read(&answer, action).map(Some)
    }

    async fn own_name(&self) -> Result<Option<String>, TrackerError> {
        let action = "read our own account";
        let endpoint = self.built(CurrentUser::builder().build())?;
        let answer = self.ask(&endpoint, action).await?;
        if !answer.status().is_success() {
            return Ok(None);
        }
        let user: UserWire = self.read(&answer, action)?;
        Ok(user.username)
    }

    async fn may_list(&self, project: &ProjectWire) -> Result<Grant, TrackerError> {
        if !project.has_issues() {
            return Ok(Grant::Untold);
        }
        let action = "list issues";
        let answer = self.ask(&List::of(&self.project, "issues?per_page=1"), action).await?;
        if answer.status() == StatusCode::FORBIDDEN || is_absent(answer.status()) {
            return Ok(Grant::Missing);
        }
        self.good(answer, action).map(|_| Grant::Given)
    }

    /// Project and group tokens act as users of their own, which are named for them.
    fn token_kind(told: bool, account: Option<&str>) -> &'static str {
        let named = |prefix: &str| account.is_some_and(|name| name.starts_with(prefix) && name.contains("_bot"));
        match told {
            true if named("project_") => "project access token",
            true if named("group_") => "group access token",
            true => "personal access token",
            false => "token that does not tell of itself",
        }
    }

    fn other_token(&self) -> Option<(&'static str, &'static str)> {
        let begins = |(prefix, _): &&(&str, &str)| self.transport.credential_begins(prefix);
        OTHERS.iter().find(begins).copied()
    }

    /// GitLab would only say that the token is unknown.
    fn with_useless_token(&self, words: &str) -> Standing {
        Standing {
            place: host(&self.instance),
            project: self.project.clone(),
            credential: Some(Credential {
                kind: words.to_owned(),
                ..Credential::default()
            }),
            snags: vec![Snag {
                kind: SnagKind::WrongToken,
                message: format!("a {words} cannot read and write issues"),
                hint: "use a project, group or personal access token with the scope `api`".to_owned(),
            }],
            ..Standing::default()
        }
    }

    fn obstacles(project: &ProjectWire) -> Vec<Snag> {
        let mut snags = Vec::new();
        let mut add = |kind, message: String, hint: &str| {
            snags.push(Snag {
                kind,
                message,
                hint: hint.to_owned(),
            });
        };
        if project.archived == Some(true) {
            let hint = "unarchive it in its settings, or use `mode: mirror` with it as the left tracker";
            add(
                SnagKind::Archived,
                "the project is archived, so nothing in it can be changed".into(),
                hint,
            );
        }
        if !project.has_issues() {
            let hint = "switch them on: Settings, General, Visibility, Issues";
            add(
                SnagKind::NoIssues,
                "issues are switched off in the project".into(),
                hint,
            );
        }
        snags
    }
}

fn rights(scopes: Option<&[String]>, level: Option<u64>, reads: Grant) -> BTreeMap<Right, Permission> {
    let scope = scopes.map_or(Grant::Untold, |scopes| {
        Grant::of(scopes.iter().any(|scope| scope == "api"))
    });
    let role = |rank: u64, name: &'static str| {
        let grant = level.map_or(Grant::Untold, |level| Grant::of(level >= rank));
        Some((grant, Role { rank, name }))
    };
    let api = || (scope, "the scope `api`".to_owned());
    let (guest, planner) = (role(GUEST, "Guest"), role(SEES_CONFIDENTIAL, "Planner"));
    [
        (
            Right::Read,
            Permission::of((reads, "the scope `read_api`".to_owned()), None),
        ),
        (Right::Write, Permission::of(api(), guest)),
        (Right::Plan, Permission::of(api(), planner)),
        (Right::MakeLabels, Permission::of(api(), planner)),
        (Right::MakeMilestones, Permission::of(api(), planner)),
        (Right::KeepFiles, Permission::of(api(), guest)),
    ]
    .into()
}

/// A token ends at the beginning of the day it names, in UTC (GitLab documentation, "Personal access tokens"); the API's
/// description speaks of a time.
fn end_of(text: &str) -> Option<Timestamp> {
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    let day: Date = text.parse().ok()?;
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants(scope: Option<&str>, level: Option<u64>) -> Vec<Grant> {
        let scopes = scope.map(|scope| vec![scope.to_owned()]);
        let rights = rights(scopes.as_deref(), level, Grant::Given);
        rights.into_values().map(|permission| permission.grant).collect()
    }

    #[test]
    fn both_scope_and_role_are_needed() {
        let (g, m, u) = (Grant::Given, Grant::Missing, Grant::Untold);
        assert_eq!(grants(Some("api"), Some(40)), [g, g, g, g, g, g]);
        assert_eq!(grants(Some("api"), Some(15)), [g, g, g, g, g, g]);
        assert_eq!(grants(Some("api"), Some(10)), [g, g, m, m, m, g]);
        assert_eq!(grants(Some("read_api"), Some(50)), [g, m, m, m, m, m]);
        assert_eq!(
            grants(Some("api"), None),
            [g, u, u, u, u, u],
            "a role that came with a group may not be told"
        );
        assert_eq!(grants(None, Some(10)), [g, u, m, m, m, u]);
    }

    #[test]
    fn a_token_ends_with_its_day() {
        assert_eq!(end_of("2026-12-01").unwrap().to_string(), "2026-12-01T00:00:00Z");
        assert_eq!(
            end_of("2026-12-01T06:00:00.000Z").unwrap().to_string(),
            "2026-12-01T06:00:00Z"
        );
        assert_eq!(end_of("soon"), None);
    }
}
