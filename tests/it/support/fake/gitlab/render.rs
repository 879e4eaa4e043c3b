//! The JSON the fake answers with.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::state::{GitLab, Issue, Label, Milestone, Note};
use super::time::time_json;

/// GitLab tells milliseconds.
pub(super) fn time(instant: Timestamp) -> String {
    instant.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

impl GitLab {
    /// The project's address in the API, by number.
    pub(super) fn api(&self) -> String {
        format!("{}/api/v4/projects/{}", self.url, self.project_id)
    }

    fn web(&self) -> String {
        format!("{}/{}", self.url, self.path)
    }

    /// A user as embedded in other objects; `null` for one who is gone.
    pub(super) fn user_json(&self, username: &str) -> Value {
        let Some(user) = self.users.iter().find(|user| user.username == username) else {
            return Value::Null;
        };
        json!({
            "id": user.id, "username": user.username, "public_email": "", "name": user.username, "state": "active",
            "locked": false, "avatar_url": null, "web_url": format!("{}/{}", self.url, user.username),
        })
    }

    /// A milestone.
    pub(super) fn milestone_json(&self, milestone: &Milestone) -> Value {
        let mut body = json!({
            "id": milestone.id, "iid": milestone.iid, "project_id": self.project_id, "title": milestone.title,
            "description": milestone.description, "state": if milestone.closed { "closed" } else { "active" },
            "created_at": time(milestone.created_at), "updated_at": time(milestone.created_at),
            "due_date": milestone.due_date,
            "start_date": null, "expired": false, "web_url": format!("{}/-/milestones/{}", self.web(), milestone.iid),
        });
        if milestone.of_group
            && let Some(members) = body.as_object_mut()
        {
            members.remove("project_id");
            members.insert("group_id".to_owned(), json!(3_000_000));
        }
        body
    }

    /// A label of the project; the counts come with `with_counts`.
    pub(super) fn label_json(&self, label: &Label, counted: bool) -> Value {
        let mut body = json!({
            "id": label.id, "name": label.name, "description": label.description, "description_html": label.description,
            "text_color": "#FFFFFF", "color": label.color, "archived": false, "subscribed": false, "priority": null,
            "is_project_label": true,
        });
        if counted {
            let count = |closed: bool| {
                self.issues
                    .values()
                    .filter(|issue| issue.closed == closed && issue.labels.contains(&label.name))
                    .count()
            };
            body["open_issues_count"] = json!(count(false));
            body["closed_issues_count"] = json!(count(true));
            body["open_merge_requests_count"] = json!(0);
        }
        body
    }

    /// An issue; its labels as names, or as objects.
    pub(super) fn issue_json(&self, issue: &Issue, label_details: bool) -> Value {
        let at = format!("{}/issues/{}", self.api(), issue.iid);
        let labels: Vec<Value> = if label_details {
            let found = issue
                .labels
                .iter()
                .filter_map(|name| self.labels.iter().find(|label| label.name == *name));
            found.map(|label| self.label_json(label, false)).collect()
        } else {
            let mut names = issue.labels.clone();
            names.sort_by_key(|name| name.to_lowercase());
            names.into_iter().map(Value::String).collect()
        };
        let milestone = self
            .milestones
            .iter()
            .find(|milestone| issue.milestone == Some(milestone.id));
        let notes = self
            .notes
            .values()
            .filter(|note| note.issue == issue.iid && !note.system)
            .count();
        let assignees: Vec<Value> = issue.assignees.iter().map(|name| self.user_json(name)).collect();
        let reference = format!("#{}", issue.iid);
        let mut body = json!({
            "id": issue.id, "iid": issue.iid, "project_id": self.project_id, "title": issue.title,
            "description": issue.description, "state": if issue.closed { "closed" } else { "opened" },
            "created_at": time(issue.created_at), "updated_at": time(issue.updated_at),
            "closed_at": issue.closed_at.map(time),
            "closed_by": issue.closed_by.as_deref().map_or(Value::Null, |name| self.user_json(name)),
            "labels": labels, "milestone": milestone.map(|milestone| self.milestone_json(milestone)),
            "assignee": assignees.first(), "assignees": assignees, "author": self.user_json(&issue.author),
            "type": issue.kind.to_uppercase(), "issue_type": issue.kind, "user_notes_count": notes,
            "merge_requests_count": 0, "upvotes": 0, "downvotes": 0, "start_date": null, "due_date": issue.due_date,
            "confidential": issue.confidential, "discussion_locked": issue.discussion_locked,
            "web_url": format!("{}/-/issues/{}", self.web(), issue.iid),
            "task_completion_status": { "count": 0, "completed_count": 0 }, "blocking_issues_count": 0,
            "has_tasks": true, "task_status": "0 of 0 checklist items completed",
            "_links": {
                "self": at, "notes": format!("{at}/notes"), "award_emoji": format!("{at}/award_emoji"),
                "project": self.api(), "closed_as_duplicate_of": null,
            },
            "references": { "short": reference, "relative": reference, "full": format!("{}{reference}", self.path) },
            "severity": "UNKNOWN", "subscribed": false, "moved_to_id": issue.moved_to_id, "imported": false,
            "imported_from": "none", "service_desk_reply_to": null,
        });
        body["time_stats"] = time_json(issue);
        if !self.vices.no_premium {
            body["weight"] = json!(issue.weight);
            body["iteration"] = json!(issue.iteration.as_deref().map(|title| self.iteration_json(title)));
            let epic = issue.epic.as_deref();
            body["epic"] = json!(epic.map(|title| json!({ "title": title, "url": "/groups/platform/-/epics/1" })));
        }
        body
    }

    /// An iteration of the group's cadence.
    fn iteration_json(&self, title: &str) -> Value {
        json!({
            "id": 1, "iid": 1, "sequence": 1, "group_id": 3_000_000, "title": title, "state": 2,
            "start_date": "2026-01-05", "due_date": "2026-01-18", "web_url": format!("{}/-/iterations/1", self.web()),
        })
    }

    /// A note.
    pub(super) fn note_json(&self, note: &Note) -> Value {
        json!({
            "id": note.id, "type": null, "body": note.body, "author": self.user_json(&note.author),
            "created_at": time(note.created_at), "updated_at": time(note.updated_at), "system": note.system,
            "noteable_id": self.issues.get(&note.issue).map(|issue| issue.id), "noteable_type": "Issue",
            "project_id": self.project_id, "resolvable": false, "confidential": note.internal, "internal": note.internal,
            "imported": false, "imported_from": "none", "noteable_iid": note.issue, "commands_changes": {},
        })
    }
}
