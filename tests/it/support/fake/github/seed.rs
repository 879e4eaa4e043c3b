//! Fills the fake from recorded exchanges, so that a scenario can start from real data.

use jiff::Timestamp;
use serde_json::Value;

use super::FakeGitHub;
use super::state::{Comment, GitHub, Issue, Label, Milestone};

impl FakeGitHub {
    /// Loads the issues, comments, labels and milestones of recorded exchanges (`tests/payloads/github`).
    ///
    /// Numbers, ids and dates are the recorded ones; the clock moves past the latest of them.
    pub fn seed_from(&self, recorded: &Value) {
        self.with(|github| github.seed(recorded));
    }
}

fn instant(value: &Value) -> Option<Timestamp> {
    value.as_str().and_then(|text| text.parse().ok())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl GitHub {
    fn seed(&mut self, recorded: &Value) {
        for exchange in recorded.as_array().into_iter().flatten() {
            let path = exchange["path"]
                .as_str()
                .unwrap_or_default()
                .split('?')
                .next()
                .unwrap_or_default();
            for item in exchange["body"].as_array().into_iter().flatten() {
                if path.ends_with("/issues") {
                    self.seed_issue(item);
                } else if path.ends_with("/comments") {
                    self.seed_comment(item);
                } else if path.ends_with("/labels") {
                    self.seed_label(item);
                } else if path.ends_with("/milestones") {
                    self.seed_milestone(item);
                }
            }
        }
    }

    fn seed_user(&mut self, user: &Value) -> String {
        let login = text(&user["login"]);
        self.register(&login, true);
        login
    }

    fn seed_label(&mut self, label: &Value) {
        let id = label["id"].as_u64().unwrap();
        self.reserve_id(id);
        let name = text(&label["name"]);
        self.labels.retain(|own| own.name != name);
        let description = label["description"].as_str().map(str::to_owned);
        self.labels.push(Label {
            id,
            name,
            color: text(&label["color"]),
            description,
        });
    }

    fn seed_milestone(&mut self, milestone: &Value) {
        let number = milestone["number"].as_u64().unwrap();
        self.milestones.retain(|own| own.number != number);
        self.milestones.push(Milestone {
            id: milestone["id"].as_u64().unwrap(),
            number,
            title: text(&milestone["title"]),
            description: milestone["description"].as_str().map(str::to_owned),
            due_on: instant(&milestone["due_on"]),
            closed: milestone["state"] == "closed",
            created_at: instant(&milestone["created_at"]).unwrap(),
        });
    }

    fn seed_issue(&mut self, item: &Value) {
        let labels: Vec<&Value> = item["labels"].as_array().into_iter().flatten().collect();
        for label in &labels {
            if self.find_label(&text(&label["name"])).is_none() {
                self.seed_label(label);
            }
        }
        if !item["milestone"].is_null() {
            self.seed_milestone(&item["milestone"]);
        }
        let author = self.seed_user(&item["user"]);
        let closed_by = item["closed_by"]
            .is_object()
            .then(|| self.seed_user(&item["closed_by"]));
        let issue = Issue {
            number: item["number"].as_u64().unwrap(),
            id: item["id"].as_u64().unwrap(),
            title: text(&item["title"]),
            body: item["body"].as_str().map(str::to_owned),
            closed: item["state"] == "closed",
            state_reason: item["state_reason"].as_str().map(str::to_owned),
            labels: labels.into_iter().map(|label| text(&label["name"])).collect(),
            assignees: item["assignees"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|user| self.seed_user(user))
                .collect(),
            milestone: item["milestone"]["number"].as_u64(),
            parent: None,
            author,
            locked: item["locked"] == true,
            pull_request: item.get("pull_request").is_some(),
            created_at: instant(&item["created_at"]).unwrap(),
            updated_at: instant(&item["updated_at"]).unwrap(),
            closed_at: instant(&item["closed_at"]),
            closed_by,
        };
        self.clock.at_least(issue.updated_at);
        self.reserve_id(issue.id);
        self.last_number = self.last_number.max(issue.number);
        self.issues.insert(issue.number, issue);
    }

    fn seed_comment(&mut self, item: &Value) {
        let issue = item["issue_url"]
            .as_str()
            .and_then(|url| url.rsplit('/').next())
            .and_then(|n| n.parse().ok());
        let id = item["id"].as_u64().unwrap();
        let author = self.seed_user(&item["user"]);
        let updated_at = instant(&item["updated_at"]).unwrap();
        let created_at = instant(&item["created_at"]).unwrap();
        let comment = Comment {
            id,
            issue: issue.unwrap(),
            author,
            body: text(&item["body"]),
            minimized: item["minimized"]["reason"].as_str().map(str::to_owned),
            created_at,
            updated_at,
        };
        self.clock.at_least(updated_at);
        self.reserve_id(id);
        self.comments.insert(id, comment);
    }
}
