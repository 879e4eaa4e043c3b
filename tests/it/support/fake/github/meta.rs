//! What stands around issues: the repository, people, limits, the App's sign-in.

use serde_json::{Value, json};

use super::render::node_id;
use super::routes::{Caller, error};
use super::state::{GitHub, Token};
use crate::support::fake::{Answer, Call};

impl GitHub {
    /// How many requests the primary limit still allows.
    pub(super) fn quota(&self) -> u64 {
        5000_u64.saturating_sub(self.requests)
    }

    /// When the primary limit starts anew, in epoch seconds.
    pub(super) fn quota_reset(&self) -> i64 {
        self.clock.now().as_second() + 3600
    }

    pub(super) fn rate_limit(&self) -> Answer {
        let core = json!({
            "limit": 5000, "used": self.requests, "remaining": self.quota(), "reset": self.quota_reset(),
        });
        let search = json!({ "limit": 30, "used": 0, "remaining": 30, "reset": self.quota_reset() });
        Answer::new(
            200,
            json!({ "resources": { "core": core, "graphql": core, "search": search }, "rate": core }),
        )
    }

    pub(super) fn who_am_i(&mut self, caller: &Caller) -> Answer {
        if caller.app {
            return error(403, "Resource not accessible by integration");
        }
        self.register(&caller.login, false);
        let mut body = self.profile_json(&caller.login);
        for name in [
            "collaborators",
            "disk_usage",
            "owned_private_repos",
            "private_gists",
            "total_private_repos",
        ] {
            body[name] = json!(0);
        }
        body["two_factor_authentication"] = json!(true);
        Answer::new(200, body)
    }

    pub(super) fn profile(&self, login: &str) -> Answer {
        if self.users.iter().any(|user| user.login.eq_ignore_ascii_case(login)) {
            Answer::new(200, self.profile_json(login))
        } else {
            error(404, "Not Found")
        }
    }

    fn profile_json(&self, login: &str) -> Value {
        let mut body = self.user_json(login);
        for name in ["bio", "company", "email", "hireable", "location", "name"] {
            body[name] = Value::Null;
        }
        for name in ["followers", "following", "public_gists", "public_repos"] {
            body[name] = json!(0);
        }
        body["blog"] = json!("");
        body["created_at"] = json!("2020-01-01T00:00:00Z");
        body["updated_at"] = json!("2020-01-01T00:00:00Z");
        body
    }

    pub(super) fn list_assignees(&self, call: &Call) -> Answer {
        let users = self.users.iter().filter(|user| user.assignable);
        self.page(call, users.map(|user| self.user_json(&user.login)).collect())
    }

    pub(super) fn check_assignee(&self, login: &str) -> Answer {
        let found = self
            .users
            .iter()
            .any(|user| user.login.eq_ignore_ascii_case(login) && user.assignable);
        if found {
            Answer::empty(204)
        } else {
            error(404, "Not Found")
        }
    }

    pub(super) fn permission(&self, login: &str) -> Answer {
        if self.vices.no_push {
            return error(403, "Must have push access to view collaborator permission.");
        }
        let Some(user) = self.users.iter().find(|user| user.login.eq_ignore_ascii_case(login)) else {
            return error(404, "Not Found");
        };
        let level = if user.login == self.owner {
            "admin"
        } else if user.assignable {
            "write"
        } else {
            "read"
        };
        let mut body = json!({ "permission": level, "role_name": level, "user": self.user_json(&user.login) });
        body["user"]["role_name"] = json!(level);
        Answer::new(200, body)
    }

    pub(super) fn repository(&self, caller: &Caller) -> Answer {
        let at = self.api();
        let full_name = self.full_name();
        let html = format!("{}/{full_name}", self.url);
        let push = !self.vices.no_push;
        let open = self.issues.values().filter(|issue| !issue.closed).count();
        let mut body = json!({
            "id": self.repository_id, "node_id": node_id("R", self.repository_id), "name": self.name,
            "full_name": full_name, "owner": self.user_json(&self.owner), "private": false, "fork": false, "url": at,
            "html_url": html, "description": null, "homepage": null, "language": null, "license": null,
            "mirror_url": null, "default_branch": "main", "visibility": "public", "archived": self.vices.archived, "disabled": false,
            "clone_url": format!("{html}.git"), "git_url": format!("git://github.com/{full_name}.git"),
            "ssh_url": format!("git@github.com:{full_name}.git"), "svn_url": html,
            "created_at": "2020-01-01T00:00:00Z", "updated_at": self.clock.now().to_string(),
            "pushed_at": self.clock.now().to_string(), "has_issues": !self.vices.no_issues, "has_projects": true, "has_wiki": true,
            "has_pages": false, "has_discussions": false, "open_issues": open, "open_issues_count": open,
            "permissions": { "admin": false, "maintain": false, "push": push, "triage": push, "pull": true },
        });
        for name in [
            "forks",
            "forks_count",
            "size",
            "stargazers_count",
            "watchers",
            "watchers_count",
            "network_count",
            "subscribers_count",
        ] {
            body[name] = json!(0);
        }
        for name in [
            "archive",
            "assignees",
            "blobs",
            "branches",
            "collaborators",
            "comments",
            "commits",
            "compare",
            "contents",
            "contributors",
            "deployments",
            "downloads",
            "events",
            "forks",
            "git_commits",
            "git_refs",
            "git_tags",
            "hooks",
            "issue_comment",
            "issue_events",
            "issues",
            "keys",
            "labels",
            "languages",
            "merges",
            "milestones",
            "notifications",
            "pulls",
            "releases",
            "stargazers",
            "statuses",
            "subscribers",
            "subscription",
            "tags",
            "teams",
            "trees",
        ] {
            body[format!("{name}_url")] = json!(format!("{at}/{name}"));
        }
        if caller.app
            && let Some(members) = body.as_object_mut()
        {
            members.remove("permissions");
        }
        Answer::new(200, body)
    }

    /// The sync's own workflow, and those that sleep.
    pub(super) fn list_workflows(&self) -> Answer {
        let asleep = self
            .vices
            .asleep
            .iter()
            .map(|path| (path.as_str(), "disabled_inactivity"));
        let all: Vec<Value> = std::iter::once((".github/workflows/tests.yml", "active"))
            .chain(asleep)
            .zip(1_u64..)
            .map(|((path, state), id)| {
                json!({
                    "id": id, "node_id": node_id("W", id), "name": path, "path": path, "state": state,
                    "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-01T00:00:00Z",
                    "url": format!("{}/actions/workflows/{id}", self.api()),
                    "html_url": format!("{}/{}/blob/main/{path}", self.url, self.full_name()),
                    "badge_url": format!("{}/{}/workflows/{id}/badge.svg", self.url, self.full_name()),
                })
            })
            .collect();
        Answer::new(200, json!({ "total_count": all.len(), "workflows": all }))
    }

    /// The two calls an App makes with its signed assertion instead of a token. The signature is not checked here.
    pub(super) fn route_app(&mut self, call: &Call, segments: &[&str]) -> Option<Answer> {
        let assertion = call
            .header("authorization")
            .and_then(|text| text.strip_prefix("Bearer "));
        let signed = assertion.is_some_and(|assertion| assertion.split('.').count() == 3);
        match (call.method.as_str(), segments) {
            ("GET", ["repos", owner, name, "installation"]) if *owner == self.owner && *name == self.name => {
                Some(if signed {
                    Answer::new(200, self.installation())
                } else {
                    unsigned()
                })
            }
            ("POST", ["app", "installations", id, "access_tokens"]) => Some(match id.parse::<u64>() {
                _ if !signed => unsigned(),
                Ok(INSTALLATION) => self.grant(),
                Ok(_) | Err(_) => error(404, "Not Found"),
            }),
            _ => None,
        }
    }

    fn grant(&mut self) -> Answer {
        let value = format!("ghs_fake{}", self.fresh_id());
        let login = "lockstep[bot]".to_owned();
        self.register(&login, false);
        self.tokens.push(Token {
            value: value.clone(),
            login,
            readonly: false,
            app: true,
        });
        let expires_at = self
            .clock
            .now()
            .checked_add(jiff::SignedDuration::from_hours(1))
            .unwrap();
        Answer::new(
            201,
            json!({
                "token": value, "expires_at": expires_at.to_string(),
                "permissions": { "issues": "write", "metadata": "read" }, "repository_selection": "selected",
            }),
        )
    }

    fn installation(&self) -> Value {
        json!({
            "id": INSTALLATION, "account": self.user_json(&self.owner), "repository_selection": "selected",
            "access_tokens_url": format!("{}/app/installations/{INSTALLATION}/access_tokens", self.url),
            "repositories_url": format!("{}/installation/repositories", self.url),
            "html_url": format!("https://github.com/settings/installations/{INSTALLATION}"),
            "app_id": 55, "app_slug": "lockstep", "target_id": self.repository_id, "target_type": "Organization",
            "permissions": { "issues": "write", "metadata": "read" }, "events": [],
            "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-01T00:00:00Z",
            "single_file_name": null, "suspended_by": null, "suspended_at": null,
        })
    }
}

/// The number of the only installation.
const INSTALLATION: u64 = 77;

fn unsigned() -> Answer {
    error(401, "A JSON web token could not be decoded")
}
