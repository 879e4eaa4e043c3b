//! Fills the fake from recorded exchanges, so that a scenario can start from real data.

use jiff::Timestamp;
use serde_json::Value;

use super::FakeGitLab;
use super::state::{GitLab, Issue, Label, Milestone, Note};

impl FakeGitLab {
    /// Loads the issues, notes, labels and milestones of recorded exchanges (`tests/payloads/gitlab`).
    ///
    /// Numbers, ids and dates are the recorded ones; the clock moves past the latest of them.
    pub fn seed_from(&self, recorded: &Value) {
        self.with(|gitlab| gitlab.seed(recorded));
    }
}

fn instant(value: &Value) -> Option<Timestamp> {
    value.as_str().and_then(|text| text.parse().ok())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl GitLab {
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
                } else if path.ends_with("/discussions") {
                    for note in item["notes"].as_array().into_iter().flatten() {
                        self.seed_note(note);
                    }
                } else if path.ends_with("/labels") {
                    self.seed_label(item);
                } else if path.ends_with("/milestones") {
                    self.seed_milestone(item);
                }
            }
        }
    }

    /// Keeps the recorded id, which issues name people by.
    fn seed_user(&mut self, user: &Value) -> String {
        let username = text(&user["username"]);
        self.register(&username, 30);
        let id = user["id"].as_u64().unwrap();
        for own in self.users.iter_mut().filter(|own| own.username == username) {
            own.id = id;
        }
        self.reserve_id(id);
        username
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
        let id = milestone["id"].as_u64().unwrap();
        self.milestones.retain(|own| own.id != id);
        self.milestones.push(Milestone {
            id,
            iid: milestone["iid"].as_u64().unwrap(),
            title: text(&milestone["title"]),
            description: text(&milestone["description"]),
            due_date: milestone["due_date"].as_str().map(str::to_owned),
            of_group: milestone["group_id"].is_u64(),
            closed: milestone["state"] == "closed",
            created_at: instant(&milestone["created_at"]).unwrap(),
        });
    }

    fn seed_issue(&mut self, item: &Value) {
        if !item["milestone"].is_null() {
            self.seed_milestone(&item["milestone"]);
        }
        let labels: Vec<String> = item["labels"].as_array().into_iter().flatten().map(text).collect();
        let labels = self.adopt_labels(&labels);
        let author = self.seed_user(&item["author"]);
        let closed_by = item["closed_by"]
            .is_object()
            .then(|| self.seed_user(&item["closed_by"]));
        let issue = Issue {
            iid: item["iid"].as_u64().unwrap(),
            id: item["id"].as_u64().unwrap(),
            title: text(&item["title"]),
            description: item["description"].as_str().map(str::to_owned),
            closed: item["state"] == "closed",
            labels,
            assignees: item["assignees"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|user| self.seed_user(user))
                .collect(),
            milestone: item["milestone"]["id"].as_u64(),
            author,
            confidential: item["confidential"] == true,
            discussion_locked: item["discussion_locked"] == true,
            kind: text(&item["issue_type"]),
            due_date: item["due_date"].as_str().map(str::to_owned),
            weight: item["weight"].as_u64(),
            time_estimate: item["time_stats"]["time_estimate"].as_u64().unwrap_or_default(),
            time_spent: item["time_stats"]["total_time_spent"].as_u64().unwrap_or_default(),
            iteration: item["iteration"]["title"].as_str().map(str::to_owned),
            epic: item["epic"]["title"].as_str().map(str::to_owned),
            created_at: instant(&item["created_at"]).unwrap(),
            updated_at: instant(&item["updated_at"]).unwrap(),
            closed_at: instant(&item["closed_at"]),
            closed_by,
            moved_to_id: item["moved_to_id"].as_u64(),
        };
        self.clock.at_least(issue.updated_at);
        self.reserve_id(issue.id);
        self.last_iid = self.last_iid.max(issue.iid);
        self.issues.insert(issue.iid, issue);
    }

    fn seed_note(&mut self, item: &Value) {
        let id = item["id"].as_u64().unwrap();
        let author = self.seed_user(&item["author"]);
        let note = Note {
            id,
            issue: item["noteable_iid"].as_u64().unwrap(),
            author,
            body: text(&item["body"]),
            system: item["system"] == true,
            internal: item["internal"] == true,
            created_at: instant(&item["created_at"]).unwrap(),
            updated_at: instant(&item["updated_at"]).unwrap(),
        };
        self.clock.at_least(note.updated_at);
        self.reserve_id(id);
        self.notes.insert(id, note);
    }
}
