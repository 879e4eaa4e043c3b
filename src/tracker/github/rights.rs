//! Which rights a token of GitHub's has, as far as GitHub tells.
//!
//! It tells the scopes of classic tokens, a person's role (`permissions` of the repository) and the permissions of an app's
//! installation. What a fine-grained token or a workflow's may do it tells only by refusing. Facts: GitHub documentation,
//! "Scopes for OAuth apps", "Repository roles for an organization", "GitHub's token formats". Pure.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::tracker::{Grant, Permission, Right, Role};
use crate::transport::Grants;

/// Kinds of tokens, by how they begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Classic,
    FineGrained,
    OAuth,
    ByUserOfApp,
    Installation,
    /// Our own app signs in.
    App,
    Unknown,
}

const PREFIXES: [(&str, Kind); 5] = [
    ("github_pat_", Kind::FineGrained),
    ("ghp_", Kind::Classic),
    ("gho_", Kind::OAuth),
    ("ghu_", Kind::ByUserOfApp),
    ("ghs_", Kind::Installation),
];

impl Kind {
    /// The kind of a token, by how it begins, whether an app signs in, and whether GitHub tells scopes.
    pub(super) fn of(begins: impl Fn(&str) -> bool, app: bool, has_scopes: bool) -> Self {
        let found = PREFIXES.iter().find(|(prefix, _)| begins(prefix));
        match found {
            Some((_, kind)) => *kind,
            None if app => Self::App,
            // The classic tokens of old had no prefix.
            None if has_scopes => Self::Classic,
            None => Self::Unknown,
        }
    }

    /// What to call it.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Classic => "classic personal access token",
            Self::FineGrained => "fine-grained personal access token",
            Self::OAuth => "OAuth token",
            Self::ByUserOfApp => "user token of an app",
            Self::Installation => "installation token (a workflow's, or an app's)",
            Self::App => "app installation",
            Self::Unknown => "token of a kind not known here",
        }
    }
}

/// A person's role in the repository. The tokens of apps and workflows have none, or read as having none.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "as the service sends it")]
pub(super) struct Membership {
    admin: bool,
    maintain: bool,
    push: bool,
    triage: bool,
}

impl Membership {
    /// Whether it may write to the repository.
    fn pushes(self) -> bool {
        self.push || self.maintain || self.admin
    }

    /// Whether it may change issues of others. With Triage one may label and close them; whether their text may be changed
    /// the documents leave open.
    fn edits(self) -> Grant {
        match (self.pushes(), self.triage) {
            (true, _) => Grant::Given,
            (false, true) => Grant::Untold,
            (false, false) => Grant::Missing,
        }
    }
}

/// What decides about rights.
pub(super) struct Facts {
    pub(super) kind: Kind,
    pub(super) scopes: Option<Vec<String>>,
    pub(super) grants: Option<Grants>,
    pub(super) private: bool,
    pub(super) role: Option<Membership>,
    pub(super) reads: Grant,
}

impl Facts {
    /// The rights, and what each takes.
    pub(super) fn rights(&self) -> BTreeMap<Right, Permission> {
        let write = || (self.token("issues", "write"), self.needs("Issues", "write"));
        let edit = self.role(Membership::edits);
        let push = self.role(|role| Grant::of(role.pushes()));
        let files = (self.token("contents", "write"), self.needs("Contents", "write"));
        [
            (
                Right::Read,
                Permission::of((self.reads, self.needs("Issues", "read")), None),
            ),
            (Right::Write, Permission::of(write(), None)),
            (Right::Plan, Permission::of(write(), edit)),
            (Right::MakeLabels, Permission::of(write(), push)),
            (Right::MakeMilestones, Permission::of(write(), push)),
            (Right::KeepFiles, Permission::of(files, push)),
        ]
        .into()
    }

    /// Whether the owner's role is enough. Apps and workflows have none, and need none. Of other tokens than classic ones it
    /// is not certain whose role the answer speaks of.
    fn role(&self, enough: fn(Membership) -> Grant) -> Option<(Grant, Role)> {
        let grant = match (self.kind, self.role) {
            (Kind::App | Kind::Installation, _) => return None,
            (Kind::Classic | Kind::OAuth, Some(role)) => enough(role),
            (_, Some(_) | None) => Grant::Untold,
        };
        Some((grant, Role { rank: 1, name: "Write" }))
    }

    /// Whether the token itself carries a permission, whoever holds it.
    fn token(&self, permission: &str, level: &str) -> Grant {
        if let Some(grants) = &self.grants {
            let given = grants.permissions.get(permission);
            return Grant::of(given.is_some_and(|given| given == level || given == "admin") && !grants.suspended);
        }
        match (&self.scopes, self.kind) {
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
        }
    }
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

    fn role(triage: bool, push: bool) -> Option<Membership> {
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
        assert_eq!(grants(&with("repo", false, role(true, false))), [G, G, U, M, M, M]);
        assert_eq!(grants(&with("repo", false, role(false, false))), [G, G, M, M, M, M]);
        assert_eq!(grants(&with("gist", false, None)), [G, M, M, M, M, M]);
        let missing = with("gist", true, None).rights();
        assert_eq!(missing[&Right::Plan].token.as_deref(), Some("the scope `repo`"));
        assert_eq!(missing[&Right::Plan].role.map(|role| role.name), Some("Write"));
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
            [G, U, U, U, U, U],
            "it is not certain whose role that is"
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
    fn kinds_are_told_apart_by_how_they_begin() {
        let kind = |token: &str, app, scopes| Kind::of(|prefix| token.starts_with(prefix), app, scopes);
        assert_eq!(kind("github_pat_x", false, false), Kind::FineGrained);
        assert_eq!(kind("ghs_x", false, false), Kind::Installation);
        assert_eq!(kind("0123456789abcdef", false, true), Kind::Classic);
        assert_eq!(kind("", true, false), Kind::App);
        assert_eq!(kind("x", false, false), Kind::Unknown);
    }
}
