//! Issues: list, create, edit, delete, and what quick actions do to them.

use jiff::Timestamp;

use super::person::Draft;
use super::quick_actions::{Command, extract, names};
use super::routes::{Caller, error, invalid, refused};
use super::state::{GitLab, Issue};
use super::values::Values;
use crate::support::fake::{Answer, Call};

impl GitLab {
    pub(super) fn list_issues(&self, call: &Call, caller: &Caller) -> Answer {
        let instant = |name: &str| call.query(name).map(str::parse::<Timestamp>).transpose();
        let (Ok(after), Ok(before), Ok(created_after)) = (
            instant("updated_after"),
            instant("updated_before"),
            instant("created_after"),
        ) else {
            return refused("updated_after is invalid");
        };
        let state = call.query("state").unwrap_or("all");
        if !["opened", "closed", "all"].contains(&state) {
            return refused("state does not have a valid value");
        }
        let labels: Vec<&str> = call
            .query("labels")
            .map(|names| names.split(',').collect())
            .unwrap_or_default();
        let iids: Vec<&str> = call
            .query
            .iter()
            .filter(|(name, _)| name == "iids[]")
            .map(|(_, value)| value.as_str())
            .collect();
        let milestone_title = |issue: &Issue| {
            self.milestones
                .iter()
                .find(|own| issue.milestone == Some(own.id))
                .map(|own| own.title.as_str())
        };
        let mut found: Vec<&Issue> = self
            .issues
            .values()
            .filter(|issue| !issue.confidential || caller.plans() || issue.author == caller.username)
            .filter(|issue| state == "all" || issue.closed == (state == "closed"))
            .filter(|issue| after.is_none_or(|after| issue.updated_at >= after))
            .filter(|issue| before.is_none_or(|before| issue.updated_at <= before))
            .filter(|issue| created_after.is_none_or(|after| issue.created_at >= after))
            .filter(|issue| labels.iter().all(|name| issue.labels.iter().any(|own| own == name)))
            .filter(|issue| iids.is_empty() || iids.contains(&issue.iid.to_string().as_str()))
            .filter(|issue| call.query("issue_type").is_none_or(|kind| issue.kind == kind))
            .filter(|issue| call.query("author_username").is_none_or(|name| issue.author == name))
            .filter(|issue| {
                call.query("assignee_username")
                    .is_none_or(|name| issue.assignees.iter().any(|a| a == name))
            })
            .filter(|issue| {
                call.query("milestone")
                    .is_none_or(|title| milestone_title(issue) == Some(title))
            })
            .filter(|issue| {
                call.query("confidential")
                    .is_none_or(|text| issue.confidential == (text == "true"))
            })
            .collect();
        match call.query("order_by").unwrap_or("created_at") {
            "updated_at" => found.sort_by_key(|issue| (issue.updated_at, issue.id)),
            "title" => found.sort_by_key(|issue| (issue.title.clone(), issue.id)),
            _ => found.sort_by_key(|issue| (issue.created_at, issue.id)),
        }
        if call.query("sort") != Some("asc") {
            found.reverse();
        }
        let details = call.query("with_labels_details") == Some("true");
        self.page(
            call,
            found.into_iter().map(|issue| self.issue_json(issue, details)).collect(),
            |_| false,
        )
    }

    pub(super) fn create_issue(&mut self, call: &Call, caller: &Caller) -> Answer {
        let values = Values::read(call);
        let Some(title) = values.text("title") else {
            return refused("title is missing");
        };
        if let Some(answer) = unfit(Some(&title), values.text("description").as_deref()) {
            return answer;
        }
        let owner = caller.level >= 50;
        let iid = values.number("iid").filter(|_| owner);
        if iid.is_some_and(|iid| self.issues.contains_key(&iid)) {
            return error(409, "Duplicated issue");
        }
        let made = self.open(Draft {
            title,
            author: caller.username.clone(),
            ..Draft::default()
        });
        let mut issue = self.issues.remove(&made).unwrap();
        if let Some(iid) = iid {
            issue.iid = iid;
            self.last_iid = (made - 1).max(iid);
        }
        if let Some(created_at) = values
            .text("created_at")
            .filter(|_| owner)
            .and_then(|text| text.parse().ok())
        {
            issue.created_at = created_at;
        }
        self.change(&mut issue, &values, caller);
        // Whoever opens an issue may open it confidential.
        issue.confidential = values.truth("confidential") == Some(true);
        let (text, commands) = extract(&values.text("description").unwrap_or_default());
        issue.description = values
            .has("description")
            .then_some(text)
            .filter(|text| !text.is_empty());
        self.run(&mut issue, &commands, caller);
        if issue.closed {
            issue.closed_at = Some(issue.updated_at);
            issue.closed_by = Some(caller.username.clone());
        }
        issue.labels = self.adopt_labels(&issue.labels);
        let body = self.issue_json(&issue, false);
        self.issues.insert(issue.iid, issue);
        Answer::new(201, body)
    }

    pub(super) fn edit_issue(&mut self, call: &Call, caller: &Caller, iid: u64) -> Answer {
        let values = Values::read(call);
        let only_unknown = self.vices.no_premium && values.is_only("weight");
        if values.is_empty() || only_unknown {
            return refused(
                "title, description, labels, state_event are missing, at least one parameter must be provided",
            );
        }
        let mut issue = self.issues[&iid].clone();
        if !caller.plans() && issue.author != caller.username {
            return error(403, "403 Forbidden");
        }
        if let Some(answer) = unfit(values.text("title").as_deref(), values.text("description").as_deref()) {
            return answer;
        }
        if let Some(title) = values.text("title") {
            issue.title = title;
        }
        match values.text("state_event").as_deref() {
            None => {}
            Some("close") => issue.closed = true,
            Some("reopen") => issue.closed = false,
            Some(_) => return refused("state_event does not have a valid value"),
        }
        self.change(&mut issue, &values, caller);
        if values.has("description") {
            let given = values.text("description").unwrap_or_default();
            if issue.description.as_deref() != Some(given.as_str()) {
                let (text, commands) = extract(&given);
                issue.description = Some(text);
                self.run(&mut issue, &commands, caller);
            }
        }
        self.store(issue, &caller.username);
        if let Some(at) = values
            .text("updated_at")
            .filter(|_| caller.level >= 50)
            .and_then(|text| text.parse().ok())
        {
            self.issues.get_mut(&iid).unwrap().updated_at = at;
        }
        Answer::new(200, self.issue_json(&self.issues[&iid], false))
    }

    /// The fields create and edit share, after silent dropping.
    fn change(&mut self, issue: &mut Issue, values: &Values, caller: &Caller) {
        if !caller.plans() {
            return;
        }
        if !self.vices.drop_labels {
            if let Some(labels) = values.names("labels") {
                issue.labels = labels;
            }
            issue.labels.extend(values.names("add_labels").unwrap_or_default());
            let removed = values.names("remove_labels").unwrap_or_default();
            issue.labels.retain(|label| !removed.contains(label));
        }
        let ids = values.numbers("assignee_ids").or_else(|| values.numbers("assignee_id"));
        if let Some(ids) = ids.filter(|_| !self.vices.drop_assignees) {
            let users = ids
                .iter()
                .filter_map(|id| self.users.iter().find(|user| user.id == *id && user.level > 0));
            issue.assignees = users.map(|user| user.username.clone()).collect();
            if self.vices.one_assignee {
                issue.assignees.truncate(1);
            }
        }
        if values.has("milestone_id") {
            issue.milestone = values
                .number("milestone_id")
                .filter(|id| self.milestones.iter().any(|own| own.id == *id));
        }
        if let Some(title) = values.text("milestone") {
            issue.milestone = self.milestones.iter().find(|own| own.title == title).map(|own| own.id);
        }
        if let Some(confidential) = values.truth("confidential") {
            issue.confidential = confidential;
        }
        if let Some(locked) = values.truth("discussion_locked") {
            issue.discussion_locked = locked;
        }
        if let Some(kind) = values.text("issue_type") {
            issue.kind = kind;
        }
        if values.has("weight") && !self.vices.no_premium {
            issue.weight = values.number("weight");
        }
        if values.has("due_date") {
            issue.due_date = values.text("due_date").filter(|date| !date.is_empty());
        }
    }

    /// Executes quick actions. Those that need rights the caller lacks, or that this fake does not know, do nothing.
    pub(super) fn run(&mut self, issue: &mut Issue, commands: &[Command], caller: &Caller) {
        for Command { name, argument } in commands {
            self.quick_actions
                .push(format!("{name} {argument}").trim_end().to_owned());
            let planner = caller.plans();
            match name.as_str() {
                "close" => issue.closed = true,
                "reopen" => issue.closed = false,
                "title" => argument.clone_into(&mut issue.title),
                "label" | "labels" if planner => issue.labels.extend(names(argument, '~')),
                "relabel" if planner => issue.labels = names(argument, '~'),
                "unlabel" | "remove_label" if planner => {
                    let removed = names(argument, '~');
                    issue
                        .labels
                        .retain(|label| !removed.is_empty() && !removed.contains(label));
                }
                "assign" if planner => {
                    let named = names(argument, '@');
                    let members = named
                        .into_iter()
                        .filter(|name| self.users.iter().any(|user| user.username == *name));
                    issue.assignees.extend(members);
                }
                "unassign" if planner => issue.assignees.clear(),
                "confidential" if planner => issue.confidential = true,
                "lock" if planner => issue.discussion_locked = true,
                "unlock" if planner => issue.discussion_locked = false,
                "due" if planner => issue.due_date = Some(argument.clone()),
                "remove_due_date" if planner => issue.due_date = None,
                "remove_milestone" if planner => issue.milestone = None,
                "milestone" if planner => {
                    let title = names(argument, '%').join(" ");
                    issue.milestone = self.milestones.iter().find(|own| own.title == title).map(|own| own.id);
                }
                _ => {}
            }
        }
    }

    pub(super) fn remove_issue(&mut self, caller: &Caller, iid: u64) -> Answer {
        if caller.level < 50 {
            return error(403, "403 Forbidden");
        }
        self.delete_issue(iid);
        Answer::empty(204)
    }
}

/// What is wrong with a title or a description, if anything.
fn unfit(title: Option<&str>, description: Option<&str>) -> Option<Answer> {
    if title.is_some_and(|title| title.trim().is_empty()) {
        return Some(invalid("title", "can't be blank"));
    }
    if title.is_some_and(|title| title.chars().count() > 255) {
        return Some(invalid("title", "is too long (maximum is 255 characters)"));
    }
    let long = description.is_some_and(|text| text.chars().count() > 1_048_576);
    long.then(|| invalid("description", "is too long (maximum is 1048576 characters)"))
}
