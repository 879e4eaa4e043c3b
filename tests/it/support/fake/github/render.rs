//! The JSON the fake answers with, in the shape of API version 2022-11-28.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::state::{Comment, GitHub, Issue, Label, Milestone};

/// The name of a thing for GraphQL.
pub(super) fn node_id(kind: &str, id: impl std::fmt::Display) -> String {
    format!("{kind}_{id}")
}

/// A time as answered.
pub(super) fn time(instant: Timestamp) -> String {
    instant.to_string()
}

impl GitHub {
    /// `owner/name`.
    pub(super) fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// The repository's address in the API.
    pub(super) fn api(&self) -> String {
        format!("{}/repos/{}", self.url, self.full_name())
    }

    /// A user as embedded in other objects; `null` for one who is gone.
    pub(super) fn user_json(&self, login: &str) -> Value {
        let Some(user) = self.users.iter().find(|user| user.login.eq_ignore_ascii_case(login)) else {
            return Value::Null;
        };
        let bot = user.login.ends_with("[bot]");
        let encoded = user.login.replace('[', "%5B").replace(']', "%5D");
        let at = format!("{}/users/{encoded}", self.url);
        json!({
            "login": user.login, "id": user.id, "node_id": node_id("U", user.id),
            "avatar_url": format!("https://avatars.githubusercontent.com/u/{}?v=4", user.id), "gravatar_id": "",
            "url": at, "html_url": format!("{}/{encoded}", self.url),
            "followers_url": format!("{at}/followers"), "following_url": format!("{at}/following{{/other_user}}"),
            "gists_url": format!("{at}/gists{{/gist_id}}"), "starred_url": format!("{at}/starred{{/owner}}{{/repo}}"),
            "subscriptions_url": format!("{at}/subscriptions"), "organizations_url": format!("{at}/orgs"),
            "repos_url": format!("{at}/repos"), "events_url": format!("{at}/events{{/privacy}}"),
            "received_events_url": format!("{at}/received_events"),
            "type": if bot { "Bot" } else { "User" }, "user_view_type": "public", "site_admin": false,
        })
    }

    /// A label of the repository.
    pub(super) fn label_json(&self, label: &Label) -> Value {
        let name = percent_encoding::utf8_percent_encode(&label.name, percent_encoding::NON_ALPHANUMERIC);
        json!({
            "id": label.id, "node_id": node_id("LA", label.id), "url": format!("{}/labels/{name}", self.api()),
            "name": label.name, "color": label.color, "default": false, "description": label.description,
        })
    }

    /// The labels of these names.
    pub(super) fn labels_json(&self, names: &[String]) -> Value {
        names
            .iter()
            .filter_map(|name| self.find_label(name))
            .map(|label| self.label_json(label))
            .collect()
    }

    /// A milestone.
    pub(super) fn milestone_json(&self, milestone: &Milestone) -> Value {
        let at = format!("{}/milestones/{}", self.api(), milestone.number);
        let count = |closed: bool| {
            self.issues
                .values()
                .filter(|i| i.milestone == Some(milestone.number) && i.closed == closed)
                .count()
        };
        json!({
            "url": at, "labels_url": format!("{at}/labels"), "id": milestone.id, "node_id": node_id("MI", milestone.id),
            "html_url": format!("{}/{}/milestone/{}", self.url, self.full_name(), milestone.number),
            "number": milestone.number, "title": milestone.title, "description": milestone.description,
            "creator": self.user_json(&self.owner), "open_issues": count(false), "closed_issues": count(true),
            "state": if milestone.closed { "closed" } else { "open" },
            "created_at": time(milestone.created_at), "updated_at": time(milestone.created_at),
            "due_on": milestone.due_on.map(time), "closed_at": milestone.closed.then(|| time(milestone.created_at)),
        })
    }

    /// A text as answered, with the line ends of the moment.
    fn text(&self, text: &str) -> String {
        if self.vices.crlf_bodies {
            text.replace("\r\n", "\n").replace('\n', "\r\n")
        } else {
            text.to_owned()
        }
    }

    fn association(&self, login: &str) -> &'static str {
        if login == self.owner {
            return "OWNER";
        }
        if self.users.iter().any(|user| user.login == login && user.assignable) {
            "COLLABORATOR"
        } else {
            "NONE"
        }
    }

    /// An issue of this repository.
    pub(super) fn issue_json(&self, issue: &Issue, newer_version: bool) -> Value {
        self.issue_json_in(issue, &self.full_name(), newer_version)
    }

    /// An issue as answered under the name of any repository.
    pub(super) fn issue_json_in(&self, issue: &Issue, repository: &str, newer_version: bool) -> Value {
        let repository_url = format!("{}/repos/{repository}", self.url);
        let at = format!("{repository_url}/issues/{}", issue.number);
        let kind = if issue.pull_request { "pull" } else { "issues" };
        let html = format!("{}/{repository}/{kind}/{}", self.url, issue.number);
        let milestone = self
            .milestones
            .iter()
            .find(|milestone| issue.milestone == Some(milestone.number));
        let comments = self
            .comments
            .values()
            .filter(|comment| comment.issue == issue.number)
            .count();
        let mut body = json!({
            "url": at, "repository_url": repository_url, "labels_url": format!("{at}/labels{{/name}}"),
            "comments_url": format!("{at}/comments"), "events_url": format!("{at}/events"), "html_url": html,
            "timeline_url": format!("{at}/timeline"),
            "id": issue.id, "node_id": node_id("I", issue.id), "number": issue.number, "title": issue.title,
            "user": self.user_json(&issue.author), "labels": self.labels_json(&issue.labels),
            "state": if issue.closed { "closed" } else { "open" }, "state_reason": issue.state_reason,
            "locked": issue.locked, "active_lock_reason": null,
            "assignee": issue.assignees.first().map_or(Value::Null, |login| self.user_json(login)),
            "assignees": issue.assignees.iter().map(|login| self.user_json(login)).collect::<Vec<_>>(),
            "milestone": milestone.map(|milestone| self.milestone_json(milestone)),
            "comments": comments, "created_at": time(issue.created_at), "updated_at": time(issue.updated_at),
            "closed_at": issue.closed_at.map(time),
            "closed_by": issue.closed_by.as_deref().map_or(Value::Null, |login| self.user_json(login)),
            "author_association": self.association(&issue.author),
            "body": issue.body.as_deref().map(|body| self.text(body)),
            "reactions": reactions(&at), "performed_via_github_app": null, "type": null,
            "sub_issues_summary": { "total": 0, "completed": 0, "percent_completed": 0 },
            "issue_dependencies_summary": { "blocked_by": 0, "total_blocked_by": 0, "blocking": 0, "total_blocking": 0 },
        });
        if let Some((elsewhere, number)) = &issue.parent {
            let place = elsewhere.as_deref().unwrap_or(repository);
            body["parent_issue_url"] = json!(format!("{}/repos/{place}/issues/{number}", self.url));
        }
        if newer_version && let Some(members) = body.as_object_mut() {
            members.remove("assignee");
        }
        if issue.pull_request {
            body["draft"] = json!(false);
            body["pull_request"] = json!({
                "url": format!("{repository_url}/pulls/{}", issue.number), "html_url": html,
                "diff_url": format!("{html}.diff"), "patch_url": format!("{html}.patch"), "merged_at": null,
            });
        }
        body
    }

    /// A comment.
    pub(super) fn comment_json(&self, comment: &Comment) -> Value {
        let at = format!("{}/issues/comments/{}", self.api(), comment.id);
        let pull_request = self.issues.get(&comment.issue).is_some_and(|issue| issue.pull_request);
        let kind = if pull_request { "pull" } else { "issues" };
        let html = format!("{}/{}/{kind}/{}", self.url, self.full_name(), comment.issue);
        json!({
            "url": at, "html_url": format!("{html}#issuecomment-{}", comment.id),
            "issue_url": format!("{}/issues/{}", self.api(), comment.issue),
            "id": comment.id, "node_id": node_id("IC", comment.id), "user": self.user_json(&comment.author),
            "created_at": time(comment.created_at), "updated_at": time(comment.updated_at),
            "body": self.text(&comment.body), "author_association": self.association(&comment.author),
            "reactions": reactions(&at), "performed_via_github_app": null,
            "minimized": comment.minimized.as_ref().map(|reason| json!({ "reason": reason })),
        })
    }
}

fn reactions(at: &str) -> Value {
    json!({
        "url": format!("{at}/reactions"), "total_count": 0, "+1": 0, "-1": 0, "laugh": 0, "hooray": 0, "confused": 0,
        "heart": 0, "rocket": 0, "eyes": 0,
    })
}
