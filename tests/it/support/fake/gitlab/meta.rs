//! What stands around issues: the project, people, the version.

use serde_json::{Value, json};

use super::routes::{Caller, error};
use super::state::{GitLab, User};
use crate::support::fake::{Answer, Call};

impl GitLab {
    pub(super) fn version() -> Answer {
        Answer::new(
            200,
            json!({ "version": "18.11.0", "revision": "0123456789a", "enterprise": true }),
        )
    }

    pub(super) fn who_am_i(&mut self, caller: &Caller) -> Answer {
        self.register(&caller.username, 0);
        Answer::new(200, self.profile(&caller.username))
    }

    /// What a token tells of itself; not those of jobs.
    pub(super) fn own_token(&self, caller: &Caller) -> Answer {
        if self.vices.untold {
            return error(401, "401 Unauthorized");
        }
        let scope = if caller.readonly { "read_api" } else { "api" };
        Answer::new(
            200,
            json!({
                "id": 42, "name": "sync", "revoked": false, "created_at": "2026-01-01T00:00:00.000Z", "scopes": [scope],
                "user_id": 1, "last_used_at": "2026-01-01T00:00:00.000Z", "active": true,
                "expires_at": self.vices.token_ends, "last_used_ips": [],
            }),
        )
    }

    fn profile(&self, username: &str) -> Value {
        let mut body = self.user_json(username);
        body["created_at"] = json!("2020-01-01T00:00:00.000Z");
        body["bio"] = json!("");
        body["bot"] = json!(false);
        body["external"] = json!(false);
        body
    }

    /// `username` is exact but for case; without it, everybody.
    pub(super) fn list_users(&self, call: &Call) -> Answer {
        let wanted = |user: &&User| {
            call.query("username")
                .is_none_or(|name| user.username.eq_ignore_ascii_case(name))
        };
        let users = self
            .users
            .iter()
            .filter(wanted)
            .map(|user| self.user_json(&user.username))
            .collect();
        self.page(call, users, |_| false)
    }

    pub(super) fn user_by_id(&self, id: &str) -> Answer {
        match self.users.iter().find(|user| user.id.to_string() == id) {
            Some(user) => Answer::new(200, self.profile(&user.username)),
            None => error(404, "404 User Not Found"),
        }
    }

    fn member_json(&self, user: &User) -> Value {
        let mut body = self.user_json(&user.username);
        body["access_level"] = json!(user.level);
        body["created_at"] = json!("2020-01-01T00:00:00.000Z");
        body["expires_at"] = Value::Null;
        body["membership_state"] = json!("active");
        body
    }

    /// The members, with or without their levels.
    pub(super) fn list_members(&self, call: &Call, levels: bool) -> Answer {
        let members = self.users.iter().filter(|user| user.level > 0);
        let shown = |user: &User| {
            if levels {
                self.member_json(user)
            } else {
                self.user_json(&user.username)
            }
        };
        self.page(call, members.map(shown).collect(), |_| false)
    }

    pub(super) fn member(&self, id: &str) -> Answer {
        match self
            .users
            .iter()
            .find(|user| user.id.to_string() == id && user.level > 0)
        {
            Some(user) => Answer::new(200, self.member_json(user)),
            None => error(404, "404 Not found"),
        }
    }

    pub(super) fn project(&self, caller: &Caller) -> Answer {
        let (group, name) = self.path.rsplit_once('/').unwrap_or(("", &self.path));
        let web = format!("{}/{}", self.url, self.path);
        let open = self.issues.values().filter(|issue| !issue.closed).count();
        let access = match (self.vices.no_issues, self.vices.members_only) {
            (true, _) => "disabled",
            (false, true) => "private",
            (false, false) => "enabled",
        };
        Answer::new(
            200,
            json!({
                "id": self.project_id, "name": name, "path": name, "path_with_namespace": self.path,
                "name_with_namespace": self.path.replace('/', " / "), "description": null, "default_branch": "main",
                "visibility": if self.vices.public { "public" } else { "private" }, "web_url": web, "http_url_to_repo": format!("{web}.git"),
                "namespace": { "id": 3_000_000, "name": group, "path": group, "kind": "group", "full_path": group },
                "archived": self.vices.archived, "issues_enabled": !self.vices.no_issues,
                "issues_access_level": access, "open_issues_count": open,
                "created_at": "2020-01-01T00:00:00.000Z", "topics": [], "tag_list": [],
                "permissions": { "project_access": { "access_level": caller.level }, "group_access": null },
            }),
        )
    }
}
