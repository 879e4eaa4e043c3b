//! How we stand with a repository: kind of token, rights, limits, and what is in the way.
//!
//! GitHub tells the scopes of classic tokens (`x-oauth-scopes`), when a token ends (`github-authentication-token-expiration`),
//! a person's role (`permissions` of the repository) and the permissions of an app's installation. What a fine-grained
//! token or a workflow's may do it tells only by refusing. Facts: GitHub documentation, "Scopes for OAuth apps",
//! "Repository roles for an organization", "GitHub's token formats". Imports `call`, `wire` and the transport's grants.

use std::collections::BTreeMap;

use http::HeaderMap;
use jiff::Timestamp;
use jiff::fmt::strtime;
use serde::Deserialize;

use super::call::{Answer, Call};
use super::{GitHub, wire};
use crate::tracker::http::transport_error;
use crate::tracker::standing::{ahead, host};
use crate::tracker::{Budget, Credential, Grant, Permission, Right, Role, Snag, SnagKind, Standing, TrackerError};
use crate::transport::Grants;

/// Kinds of tokens, by how they begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Classic,
    FineGrained,
    OAuth,
    ByUserOfApp,
    Installation,
    Refresh,
    /// Our own app signs in.
    App,
    Unknown,
}

const PREFIXES: [(&str, Kind); 6] = [
    ("github_pat_", Kind::FineGrained),
    ("ghp_", Kind::Classic),
    ("gho_", Kind::OAuth),
    ("ghu_", Kind::ByUserOfApp),
    ("ghs_", Kind::Installation),
    ("ghr_", Kind::Refresh),
];

impl Kind {
    fn words(self) -> &'static str {
        match self {
            Self::Classic => "classic personal access token",
            Self::FineGrained => "fine-grained personal access token",
            Self::OAuth => "OAuth token",
            Self::ByUserOfApp => "user token of an app",
            Self::Installation => "installation token (a workflow's, or an app's)",
            Self::Refresh => "refresh token",
            Self::App => "app installation",
            Self::Unknown => "token of a kind not known here",
        }
    }
}

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

/// What decides about rights.
struct Facts {
    kind: Kind,
    scopes: Option<Vec<String>>,
    grants: Option<Grants>,
    private: bool,
    role: Option<wire::Role>,
    reads: Grant,
}

impl GitHub {
    pub(super) async fn read_standing(&self) -> Result<Standing, TrackerError> {
        let answer = self.send(&Call::get("read the repository", [""; 0])).await?;
        let here = self.transport.now();
        let repository: wire::Repository = self.decode(&answer, "a repository")?;
        let (owner, repo) = self.place();
        let grants = self.transport.grants(&owner, &repo).await;
        let grants = grants.map_err(|error| transport_error(&self.id, error))?;
        let scopes = scopes(&answer.headers);
        let kind = self.kind(grants.is_some(), scopes.is_some());
        let mut standing = Standing {
            place: host(&self.api),
            project: format!("{owner}/{repo}"),
            budget: Budget::read(&answer.headers),
            ahead: ahead(&answer.headers, here),
            ..Standing::default()
        };
        let issues = self.may_list(&repository).await?;
        standing.account = self.own_login(kind, &owner, &repo).await?;
        standing.snags.extend(obstacles(&repository, grants.as_ref(), kind));
        standing.snags.extend(self.sleepers().await);
        let facts = Facts {
            kind,
            scopes,
            grants,
            private: repository.is_private(),
            role: repository.role(),
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

    fn kind(&self, app: bool, has_scopes: bool) -> Kind {
        let begins = |prefix: &str| self.transport.credential_begins(prefix);
        let found = PREFIXES.iter().find(|(prefix, _)| begins(prefix));
        match found {
            Some((_, kind)) => *kind,
            None if app => Kind::App,
            // The classic tokens of old had no prefix.
            None if has_scopes => Kind::Classic,
            None => Kind::Unknown,
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

impl Facts {
    fn rights(&self) -> BTreeMap<Right, Permission> {
        let write = || (self.token("issues", "write"), self.needs("Issues", "write"));
        let triage = self.role("Triage", 1, wire::Role::triages);
        let push = self.role("Write", 2, wire::Role::pushes);
        let files = (self.token("contents", "write"), self.needs("Contents", "write"));
        [
            (
                Right::Read,
                Permission::of((self.reads, self.needs("Issues", "read")), None),
            ),
            (Right::Write, Permission::of(write(), None)),
            (Right::Plan, Permission::of(write(), triage)),
            (Right::MakeLabels, Permission::of(write(), push)),
            (Right::MakeMilestones, Permission::of(write(), push)),
            (Right::KeepFiles, Permission::of(files, push)),
        ]
        .into()
    }

    /// Whether the owner's role is enough; apps and workflows have none, and need none.
    fn role(&self, name: &'static str, rank: u64, enough: fn(&wire::Role) -> bool) -> Option<(Grant, Role)> {
        if matches!(self.kind, Kind::App | Kind::Installation) {
            return None;
        }
        let grant = self.role.as_ref().map_or(Grant::Untold, |role| Grant::of(enough(role)));
        Some((grant, Role { rank, name }))
    }

    /// Whether the token itself carries a permission, whoever holds it.
    fn token(&self, permission: &str, level: &str) -> Grant {
        if let Some(grants) = &self.grants {
            let given = grants.permissions.get(permission);
            return Grant::of(given.is_some_and(|given| given == level || given == "admin") && !grants.suspended);
        }
        match (&self.scopes, self.kind) {
            (_, Kind::Refresh) => Grant::Missing,
            (Some(scopes), Kind::Classic | Kind::OAuth) => {
                let has = |name: &str| scopes.iter().any(|scope| scope == name);
                Grant::of(has("repo") || (has("public_repo") && !self.private))
            }
            (Some(_) | None, _) => Grant::Untold,
        }
    }

    /// What gives a permission, in the words of the page where it is given.
    fn needs(&self, permission: &str, level: &str) -> String {
        let words = if level == "write" { "read and write" } else { level };
        match self.kind {
            Kind::Classic | Kind::OAuth if self.private => "the scope `repo`".to_owned(),
            Kind::Classic | Kind::OAuth => "the scope `public_repo`".to_owned(),
            Kind::Installation => {
                let key = permission.to_lowercase();
                format!("`permissions: {{ {key}: {level} }}` in the workflow (an app: {permission}: {words})")
            }
            Kind::App | Kind::ByUserOfApp => {
                format!("the app's permission {permission}: {words}, accepted where it is installed")
            }
            Kind::FineGrained | Kind::Unknown => format!("the permission {permission}: {words} for this repository"),
            Kind::Refresh => format!("another token, with the permission {permission}: {words}"),
        }
    }
}

fn obstacles(repository: &wire::Repository, grants: Option<&Grants>, kind: Kind) -> Vec<Snag> {
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
        (kind == Kind::Refresh).then(|| {
            let hint = "use the access token that came with it, or a fine-grained personal access token";
            snag(SnagKind::WrongToken, "a refresh token only gets other tokens", hint)
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

/// `2026-12-01 09:30:00 UTC`, or with an offset instead of the name.
fn expiry(headers: &HeaderMap) -> Option<Timestamp> {
    let text = headers.get("github-authentication-token-expiration")?.to_str().ok()?;
    let text = text.trim().replace("UTC", "+0000");
    strtime::parse("%Y-%m-%d %H:%M:%S %z", &text).ok()?.to_timestamp().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(kind: Kind) -> Facts {
        Facts {
            kind,
            scopes: None,
            grants: None,
            private: false,
            role: None,
            reads: Grant::Given,
        }
    }

    fn grants(facts: &Facts) -> Vec<Grant> {
        facts
            .rights()
            .into_values()
            .map(|permission| permission.grant)
            .collect()
    }

    fn role(triage: bool, push: bool) -> Option<wire::Role> {
        serde_json::from_value(serde_json::json!({ "pull": true, "triage": triage, "push": push })).unwrap()
    }

    const G: Grant = Grant::Given;
    const M: Grant = Grant::Missing;
    const U: Grant = Grant::Untold;

    #[test]
    fn a_classic_token_has_what_its_scope_and_its_owner_have() {
        let with = |scope: &str, private, role| Facts {
            scopes: Some(vec![scope.to_owned()]),
            private,
            role,
            ..facts(Kind::Classic)
        };
        assert_eq!(grants(&with("repo", true, role(true, true))), [G, G, G, G, G, G]);
        assert_eq!(
            grants(&with("public_repo", false, role(true, true))),
            [G, G, G, G, G, G]
        );
        assert_eq!(grants(&with("public_repo", true, role(true, true))), [G, M, M, M, M, M]);
        assert_eq!(grants(&with("repo", false, role(true, false))), [G, G, G, M, M, M]);
        assert_eq!(grants(&with("repo", false, role(false, false))), [G, G, M, M, M, M]);
        assert_eq!(grants(&with("gist", false, None)), [G, M, M, M, M, M]);
        let missing = with("gist", true, None).rights();
        assert_eq!(missing[&Right::Plan].token.as_deref(), Some("the scope `repo`"));
        assert_eq!(missing[&Right::Plan].role.map(|role| role.name), Some("Triage"));
        let scoped = with("repo", false, role(true, false)).rights();
        assert_eq!(scoped[&Right::MakeLabels].token, None, "only what is missing is told");
    }

    #[test]
    fn what_github_does_not_tell_is_not_claimed() {
        let fine = |role| Facts {
            role,
            ..facts(Kind::FineGrained)
        };
        assert_eq!(grants(&fine(role(true, true))), [G, U, U, U, U, U]);
        assert_eq!(
            grants(&fine(role(false, false))),
            [G, U, M, M, M, M],
            "its owner's role is told"
        );
        assert_eq!(grants(&facts(Kind::Installation)), [G, U, U, U, U, U]);
        assert_eq!(grants(&facts(Kind::Unknown)), [G, U, U, U, U, U]);
    }

    #[test]
    fn an_app_has_what_its_installation_was_given() {
        let app = |given: &[(&str, &str)], suspended| Facts {
            grants: Some(Grants {
                permissions: given
                    .iter()
                    .map(|(name, level)| ((*name).to_owned(), (*level).to_owned()))
                    .collect(),
                suspended,
            }),
            ..facts(Kind::App)
        };
        assert_eq!(grants(&app(&[("issues", "write")], false)), [G, G, G, G, G, M]);
        assert_eq!(
            grants(&app(&[("issues", "read"), ("contents", "write")], false)),
            [G, M, M, M, M, G]
        );
        assert_eq!(grants(&app(&[("issues", "write")], true)), [G, M, M, M, M, M]);
    }

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
    }
}
