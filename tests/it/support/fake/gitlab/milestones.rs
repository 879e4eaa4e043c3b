//! Milestones: listed, created, changed. Titles are unique within the project and the groups above it.

use super::routes::{Caller, error, invalid, refused};
use super::state::{GitLab, Milestone};
use super::values::Values;
use super::{FakeGitLab, Issue};
use crate::support::fake::{Answer, Call};

impl FakeGitLab {
    /// Makes an active milestone and tells its global id.
    pub fn milestone(&self, title: &str) -> u64 {
        self.with(|gitlab| gitlab.add_milestone(title).id)
    }

    /// Makes an active milestone of the group above and tells its global id.
    pub fn group_milestone(&self, title: &str) -> u64 {
        let id = self.milestone(title);
        self.edit_milestone(id, |milestone| milestone.of_group = true);
        id
    }

    /// Changes a milestone as a person would.
    pub fn edit_milestone(&self, id: u64, change: impl FnOnce(&mut Milestone)) {
        self.with(|gitlab| {
            gitlab.clock.tick();
            change(gitlab.milestones.iter_mut().find(|own| own.id == id).unwrap());
        });
    }

    /// The milestones of the project and its group.
    pub fn milestones(&self) -> Vec<Milestone> {
        self.with(|gitlab| gitlab.milestones.clone())
    }

    /// The title of an issue's milestone.
    pub fn milestone_of(&self, issue: &Issue) -> Option<String> {
        let found = self
            .milestones()
            .into_iter()
            .find(|own| Some(own.id) == issue.milestone);
        found.map(|milestone| milestone.title)
    }
}

impl GitLab {
    /// Lists, creates, gets or changes milestones. Those of the group can only be listed here.
    pub(super) fn route_milestones(&mut self, call: &Call, caller: &Caller, rest: &[&str]) -> Answer {
        if call.is_write() && !caller.plans() {
            return error(403, "403 Forbidden");
        }
        match (call.method.as_str(), rest) {
            ("GET", []) => self.list_milestones(call),
            ("POST", []) => self.create_milestone(call),
            (method @ ("GET" | "PUT"), [id]) => {
                let own = |own: &&Milestone| own.id.to_string() == *id && !own.of_group;
                let Some(found) = self.milestones.iter().find(own).cloned() else {
                    return error(404, "404 Milestone Not Found");
                };
                if method == "PUT" {
                    return self.change_milestone(call, found);
                }
                Answer::new(200, self.milestone_json(&found))
            }
            _ => Answer::unserved(),
        }
    }

    fn list_milestones(&self, call: &Call) -> Answer {
        let ancestors = ["include_ancestors", "include_parent_milestones"];
        let ancestors = ancestors.iter().any(|name| call.query(name) == Some("true"));
        let found = self
            .milestones
            .iter()
            .filter(|milestone| ancestors || !milestone.of_group)
            .filter(|milestone| call.query("title").is_none_or(|title| milestone.title == title))
            .filter(|milestone| match call.query("state") {
                Some("active") => !milestone.closed,
                Some("closed") => milestone.closed,
                Some(_) | None => true,
            });
        self.page(
            call,
            found.map(|milestone| self.milestone_json(milestone)).collect(),
            |_| false,
        )
    }

    fn create_milestone(&mut self, call: &Call) -> Answer {
        let values = Values::read(call);
        let Some(title) = values.text("title") else {
            return refused("title is missing");
        };
        if let Some(answer) = self.unfit_title(&title, None) {
            return answer;
        }
        let mut milestone = self.add_milestone(&title);
        apply(&mut milestone, &values);
        self.keep_milestone(&milestone).with_status(201)
    }

    fn change_milestone(&mut self, call: &Call, mut milestone: Milestone) -> Answer {
        let values = Values::read(call);
        if let Some(title) = values.text("title") {
            if let Some(answer) = self.unfit_title(&title, Some(milestone.id)) {
                return answer;
            }
            milestone.title = title;
        }
        match values.text("state_event").as_deref() {
            None => {}
            Some("close") => milestone.closed = true,
            Some("activate") => milestone.closed = false,
            Some(_) => return refused("state_event does not have a valid value"),
        }
        apply(&mut milestone, &values);
        self.clock.tick();
        self.keep_milestone(&milestone)
    }

    fn unfit_title(&self, title: &str, own: Option<u64>) -> Option<Answer> {
        if title.trim().is_empty() {
            return Some(invalid("title", "can't be blank"));
        }
        let taken = self
            .milestones
            .iter()
            .any(|other| other.title == title && Some(other.id) != own);
        taken.then(|| invalid("title", "already being used for another group or project milestone."))
    }

    fn keep_milestone(&mut self, milestone: &Milestone) -> Answer {
        let answer = Answer::new(200, self.milestone_json(milestone));
        for own in self.milestones.iter_mut().filter(|own| own.id == milestone.id) {
            own.clone_from(milestone);
        }
        answer
    }

    /// Adds an active milestone of the project.
    pub fn add_milestone(&mut self, title: &str) -> Milestone {
        let milestone = Milestone {
            created_at: self.clock.tick(),
            id: self.fresh_id(),
            iid: self.milestones.len() as u64 + 1,
            title: title.to_owned(),
            description: String::new(),
            due_date: None,
            closed: false,
            of_group: false,
        };
        self.milestones.push(milestone.clone());
        milestone
    }
}

/// The members create and change share. New milestones are always active.
fn apply(milestone: &mut Milestone, values: &Values) {
    if values.has("description") {
        milestone.description = values.text("description").unwrap_or_default();
    }
    if values.has("due_date") {
        milestone.due_date = values.text("due_date").filter(|date| !date.is_empty());
    }
}
