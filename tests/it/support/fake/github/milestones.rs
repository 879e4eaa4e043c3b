//! Milestones: listed, created, changed. Titles are unique; due dates are kept as a day of the American west coast.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::routes::{error, invalid, json_body};
use super::state::{GitHub, Milestone};
use super::{FakeGitHub, Issue};
use crate::support::fake::{Answer, Call};

impl FakeGitHub {
    /// Makes an open milestone and tells its number.
    pub fn milestone(&self, title: &str) -> u64 {
        self.with(|github| github.add_milestone(title).number)
    }

    /// Changes a milestone as a person would.
    pub fn edit_milestone(&self, number: u64, change: impl FnOnce(&mut Milestone)) {
        self.with(|github| {
            github.clock.tick();
            change(github.milestones.iter_mut().find(|own| own.number == number).unwrap());
        });
    }

    /// The milestones of the repository.
    pub fn milestones(&self) -> Vec<Milestone> {
        self.with(|github| github.milestones.clone())
    }

    /// The title of an issue's milestone.
    pub fn milestone_of(&self, issue: &Issue) -> Option<String> {
        let found = self
            .milestones()
            .into_iter()
            .find(|own| Some(own.number) == issue.milestone);
        found.map(|milestone| milestone.title)
    }
}

impl GitHub {
    /// Lists, creates, gets or changes milestones.
    pub(super) fn route_milestones(&mut self, call: &Call, rest: &[&str]) -> Answer {
        if call.is_write() && self.vices.no_push {
            return error(403, "Resource not accessible by integration");
        }
        match (call.method.as_str(), rest) {
            ("GET", []) => self.list_milestones(call),
            ("POST", []) => self.create_milestone(call),
            (method @ ("GET" | "PATCH"), [number]) => {
                let Some(found) = self
                    .milestones
                    .iter()
                    .find(|own| own.number.to_string() == *number)
                    .cloned()
                else {
                    return error(404, "Not Found");
                };
                if method == "PATCH" {
                    return self.change_milestone(call, found);
                }
                Answer::new(200, self.milestone_json(&found))
            }
            _ => Answer::unserved(),
        }
    }

    fn list_milestones(&self, call: &Call) -> Answer {
        let state = call.query("state").unwrap_or("open");
        let found = self
            .milestones
            .iter()
            .filter(|m| state == "all" || m.closed == (state == "closed"));
        self.page(call, found.map(|milestone| self.milestone_json(milestone)).collect())
    }

    fn create_milestone(&mut self, call: &Call) -> Answer {
        let body = json_body(call);
        let Some(title) = body["title"].as_str().filter(|title| !title.trim().is_empty()) else {
            return invalid("Milestone", "title", "missing_field", None);
        };
        if self.milestones.iter().any(|own| own.title == title) {
            return invalid("Milestone", "title", "already_exists", None);
        }
        let mut milestone = self.add_milestone(title);
        if let Err(answer) = apply(&mut milestone, &body) {
            self.milestones.pop();
            return answer;
        }
        self.keep_milestone(&milestone).with_status(201)
    }

    fn change_milestone(&mut self, call: &Call, mut milestone: Milestone) -> Answer {
        let body = json_body(call);
        if let Some(title) = body["title"].as_str() {
            let taken = |own: &Milestone| own.title == title && own.number != milestone.number;
            if self.milestones.iter().any(taken) {
                return invalid("Milestone", "title", "already_exists", None);
            }
            title.clone_into(&mut milestone.title);
        }
        if let Err(answer) = apply(&mut milestone, &body) {
            return answer;
        }
        self.clock.tick();
        self.keep_milestone(&milestone)
    }

    fn keep_milestone(&mut self, milestone: &Milestone) -> Answer {
        let answer = Answer::new(200, self.milestone_json(milestone));
        for own in self.milestones.iter_mut().filter(|own| own.number == milestone.number) {
            own.clone_from(milestone);
        }
        answer
    }

    /// Adds an open milestone.
    pub fn add_milestone(&mut self, title: &str) -> Milestone {
        let created_at = self.clock.tick();
        let number = self.milestones.iter().map(|own| own.number).max().unwrap_or(0) + 1;
        let milestone = Milestone {
            id: self.fresh_id(),
            number,
            title: title.to_owned(),
            description: None,
            due_on: None,
            closed: false,
            created_at,
        };
        self.milestones.push(milestone.clone());
        milestone
    }
}

/// The members create and change share.
fn apply(milestone: &mut Milestone, body: &Value) -> Result<(), Answer> {
    match body["state"].as_str() {
        None => {}
        Some("open") => milestone.closed = false,
        Some("closed") => milestone.closed = true,
        Some(_) => return Err(invalid("Milestone", "state", "invalid", None)),
    }
    if let Some(text) = body.get("description") {
        milestone.description = text.as_str().map(str::to_owned);
    }
    if let Some(due) = body.get("due_on") {
        milestone.due_on = match due.as_str().map(str::parse::<Timestamp>) {
            None => None,
            Some(Ok(due)) => Some(western_midnight(due)),
            Some(Err(_)) => return Err(invalid("Milestone", "due_on", "invalid", None)),
        };
    }
    Ok(())
}

/// The last midnight on the west coast, in winter time all the year round: who asks for midnight in Greenwich gets the
/// day before.
fn western_midnight(moment: Timestamp) -> Timestamp {
    let behind = SignedDuration::from_hours(8);
    let day = (moment - behind).as_second().div_euclid(86_400) * 86_400;
    Timestamp::from_second(day).unwrap() + behind
}
