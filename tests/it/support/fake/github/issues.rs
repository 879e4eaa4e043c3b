//! Issues: list, get, create, edit, lock, assignees of one.

use jiff::Timestamp;
use serde_json::Value;

use super::person::Draft;
use super::routes::{Caller, error, invalid, json_body, texts};
use super::state::{GitHub, Issue};
use crate::support::fake::{Answer, Call};

impl GitHub {
    pub(super) fn list_issues(&self, call: &Call) -> Answer {
        let state = call.query("state").unwrap_or("open");
        if !["open", "closed", "all"].contains(&state) {
            return invalid("Issue", "state", "invalid", None);
        }
        let since = match since(call) {
            Ok(since) => since,
            Err(answer) => return answer,
        };
        let labels: Vec<&str> = call
            .query("labels")
            .map(|names| names.split(',').collect())
            .unwrap_or_default();
        let mut found: Vec<&Issue> = self
            .issues
            .values()
            .filter(|issue| state == "all" || issue.closed == (state == "closed"))
            .filter(|issue| since.is_none_or(|since| issue.updated_at >= since))
            .filter(|issue| {
                labels
                    .iter()
                    .all(|name| issue.labels.iter().any(|l| l.eq_ignore_ascii_case(name)))
            })
            .filter(|issue| {
                call.query("creator")
                    .is_none_or(|login| issue.author.eq_ignore_ascii_case(login))
            })
            .filter(|issue| {
                fits(call.query("assignee"), !issue.assignees.is_empty(), |login| {
                    issue
                        .assignees
                        .iter()
                        .any(|assignee| assignee.eq_ignore_ascii_case(login))
                })
            })
            .filter(|issue| {
                fits(call.query("milestone"), issue.milestone.is_some(), |number| {
                    issue.milestone.is_some_and(|own| own.to_string() == number)
                })
            })
            .collect();
        match call.query("sort").unwrap_or("created") {
            "created" => found.sort_by_key(|issue| (issue.created_at, issue.number)),
            "updated" => found.sort_by_key(|issue| (issue.updated_at, issue.number)),
            "comments" => found.sort_by_key(|issue| {
                (
                    self.comments
                        .values()
                        .filter(|comment| comment.issue == issue.number)
                        .count(),
                    issue.number,
                )
            }),
            _ => return invalid("Issue", "sort", "invalid", None),
        }
        if call.query("direction") != Some("asc") {
            found.reverse();
        }
        let newer = self.newer_version(call);
        self.page(
            call,
            found.into_iter().map(|issue| self.issue_json(issue, newer)).collect(),
        )
    }

    pub(super) fn get_issue(&self, call: &Call, number: u64) -> Answer {
        Answer::new(200, self.issue_json(&self.issues[&number], self.newer_version(call)))
    }

    pub(super) fn create_issue(&mut self, call: &Call, caller: &Caller) -> Answer {
        let body = json_body(call);
        if body["title"].is_null() {
            return invalid("Issue", "title", "missing_field", None);
        }
        let wanted = match self.wanted(&body) {
            Ok(wanted) => wanted,
            Err(answer) => return answer,
        };
        let number = self.open(Draft {
            author: caller.login.clone(),
            ..Draft::new("")
        });
        let issue = self.issues.get_mut(&number).unwrap();
        wanted.apply(issue);
        self.get_issue(call, number).with_status(201)
    }

    pub(super) fn edit_issue(&mut self, call: &Call, caller: &Caller, number: u64) -> Answer {
        let body = json_body(call);
        let before = self.issues[&number].clone();
        if self.vices.no_push && before.author != caller.login {
            return error(403, "Resource not accessible by integration");
        }
        let wanted = match self.wanted(&body) {
            Ok(wanted) => wanted,
            Err(answer) => return answer,
        };
        let mut after = before.clone();
        wanted.apply(&mut after);
        let reason = body["state_reason"].as_str();
        if !matches!(
            reason,
            None | Some("completed" | "not_planned" | "duplicate" | "reopened")
        ) {
            return invalid("Issue", "state_reason", "invalid", None);
        }
        match body["state"].as_str() {
            None => {}
            Some("open") => after.closed = false,
            Some("closed") => after.closed = true,
            Some(_) => return invalid("Issue", "state", "invalid", None),
        }
        if after != before {
            let now = self.clock.tick();
            // The reason counts only when the state turns.
            if after.closed && !before.closed {
                after.turn(
                    now,
                    &caller.login,
                    Some(reason.filter(|reason| *reason != "reopened").unwrap_or("completed")),
                );
            } else if before.closed && !after.closed {
                after.turn(now, &caller.login, Some("reopened"));
            }
            after.updated_at = now;
            self.issues.insert(number, after);
        }
        self.get_issue(call, number)
    }

    /// What a create or edit asks for, after silent dropping and with labels made.
    fn wanted(&mut self, body: &Value) -> Result<Wanted, Answer> {
        let title = body["title"]
            .as_str()
            .map(str::to_owned)
            .or(body["title"].as_i64().map(|number| number.to_string()));
        if title.as_ref().is_some_and(|title| title.trim().is_empty()) {
            return Err(invalid("Issue", "title", "missing_field", None));
        }
        if title.as_ref().is_some_and(|title| title.chars().count() > 256) {
            return Err(invalid(
                "Issue",
                "title",
                "custom",
                Some("title is too long (maximum is 256 characters)"),
            ));
        }
        if body["body"].as_str().is_some_and(|text| text.chars().count() > 65_536) {
            return Err(invalid(
                "Issue",
                "body",
                "custom",
                Some("body is too long (maximum is 65536 characters)"),
            ));
        }
        let text = body
            .get("body")
            .map(|text| text.as_str().filter(|text| !text.is_empty()).map(str::to_owned));
        let mut wanted = Wanted {
            title,
            body: text,
            ..Wanted::default()
        };
        if self.vices.no_push {
            return Ok(wanted);
        }
        if let Some(names) = texts(&body["labels"], "name").filter(|_| !self.vices.drop_labels) {
            if names
                .iter()
                .any(|name| name.trim().is_empty() || name.chars().count() > 50)
            {
                return Err(invalid("Label", "name", "invalid", None));
            }
            wanted.labels = Some(self.adopt_labels(&names));
        }
        if let Some(logins) = texts(&body["assignees"], "login").filter(|_| !self.vices.drop_assignees) {
            wanted.assignees = Some(self.assignable(&logins));
        }
        if let Some(milestone) = body.get("milestone") {
            let number = milestone
                .as_u64()
                .or(milestone.as_str().and_then(|text| text.parse().ok()));
            if number.is_some_and(|number| !self.milestones.iter().any(|milestone| milestone.number == number)) {
                return Err(invalid("Issue", "milestone", "invalid", None));
            }
            wanted.milestone = Some(number);
        }
        Ok(wanted)
    }

    pub(super) fn lock_issue(&mut self, locked: bool, number: u64) -> Answer {
        let now = self.clock.tick();
        let issue = self.issues.get_mut(&number).unwrap();
        issue.locked = locked;
        issue.updated_at = now;
        Answer::empty(204)
    }

    pub(super) fn change_assignees(&mut self, call: &Call, number: u64) -> Answer {
        let adding = call.method == "POST";
        let logins = texts(&json_body(call)["assignees"], "login").unwrap_or_default();
        let mut assignees = self.issues[&number].assignees.clone();
        if adding {
            assignees.extend(logins);
            assignees = self.assignable(&assignees);
        } else {
            assignees.retain(|own| !logins.iter().any(|login| login.eq_ignore_ascii_case(own)));
        }
        let ignored = self.vices.no_push || self.vices.drop_assignees;
        if !ignored && assignees != self.issues[&number].assignees {
            let now = self.clock.tick();
            let issue = self.issues.get_mut(&number).unwrap();
            issue.assignees = assignees;
            issue.updated_at = now;
        }
        self.get_issue(call, number).with_status(if adding { 201 } else { 200 })
    }
}

/// The fields a request names. `None` means not named.
#[derive(Debug, Default)]
#[expect(clippy::option_option, reason = "not named, cleared and set are three things here")]
struct Wanted {
    title: Option<String>,
    body: Option<Option<String>>,
    labels: Option<Vec<String>>,
    assignees: Option<Vec<String>>,
    milestone: Option<Option<u64>>,
}

impl Wanted {
    fn apply(self, issue: &mut Issue) {
        if let Some(title) = self.title {
            issue.title = title;
        }
        if let Some(body) = self.body {
            issue.body = body;
        }
        if let Some(labels) = self.labels {
            issue.labels = labels;
        }
        if let Some(assignees) = self.assignees {
            issue.assignees = assignees;
        }
        if let Some(milestone) = self.milestone {
            issue.milestone = milestone;
        }
    }
}

/// The `since` of a list, inclusive.
pub(super) fn since(call: &Call) -> Result<Option<Timestamp>, Answer> {
    match call.query("since").map(str::parse::<Timestamp>) {
        None => Ok(None),
        Some(Ok(since)) => Ok(Some(since)),
        Some(Err(_)) => Err(invalid("Issue", "since", "invalid", None)),
    }
}

/// A filter that knows `*` and `none`.
fn fits(filter: Option<&str>, any: bool, is: impl FnOnce(&str) -> bool) -> bool {
    match filter {
        None => true,
        Some("*") => any,
        Some("none") => !any,
        Some(value) => is(value),
    }
}
