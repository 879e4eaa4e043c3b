//! Labels of the repository and of one issue. Names compare without case.

use serde_json::{Value, json};

use super::routes::{error, invalid, json_body, texts};
use super::state::{GitHub, Label};
use crate::support::fake::{Answer, Call};

impl GitHub {
    /// The repository's labels: list, create, get, edit, delete.
    pub(super) fn route_labels(&mut self, call: &Call, rest: &[&str]) -> Answer {
        if call.is_write() && self.vices.no_push {
            return error(403, "Resource not accessible by integration");
        }
        match (call.method.as_str(), rest) {
            ("GET", []) => self.page(call, self.labels.iter().map(|label| self.label_json(label)).collect()),
            ("POST", []) => self.create_label(call),
            (method, [name]) => {
                let Some(label) = self.find_label(name).cloned() else {
                    return error(404, "Not Found");
                };
                match method {
                    "GET" => Answer::new(200, self.label_json(&label)),
                    "PATCH" => self.edit_label(call, &label),
                    "DELETE" => {
                        self.clock.tick();
                        self.labels.retain(|other| other.id != label.id);
                        for issue in self.issues.values_mut() {
                            issue.labels.retain(|own| *own != label.name);
                        }
                        Answer::empty(204)
                    }
                    _ => Answer::unserved(),
                }
            }
            _ => Answer::unserved(),
        }
    }

    fn create_label(&mut self, call: &Call) -> Answer {
        let body = json_body(call);
        let Some(name) = body["name"].as_str() else {
            return invalid("Label", "name", "missing_field", None);
        };
        if self.find_label(name).is_some() {
            return invalid("Label", "name", "already_exists", None);
        }
        if let Some(answer) = fault_of(&body, name) {
            return answer;
        }
        self.clock.tick();
        let id = self.fresh_id();
        let color = body["color"].as_str().unwrap_or("ededed").to_lowercase();
        let label = Label {
            id,
            name: name.to_owned(),
            color,
            description: body["description"].as_str().map(str::to_owned),
        };
        let answer = Answer::new(201, self.label_json(&label));
        self.labels.push(label);
        answer
    }

    fn edit_label(&mut self, call: &Call, label: &Label) -> Answer {
        let body = json_body(call);
        let name = body["new_name"].as_str().unwrap_or(&label.name);
        if let Some(answer) = fault_of(&body, name) {
            return answer;
        }
        if self.find_label(name).is_some_and(|other| other.id != label.id) {
            return invalid("Label", "name", "already_exists", None);
        }
        self.rename_label(&label.name, name);
        let edited = self.labels.iter_mut().find(|other| other.id == label.id).unwrap();
        if let Some(color) = body["color"].as_str() {
            edited.color = color.to_lowercase();
        }
        if let Some(description) = body.get("description") {
            edited.description = description.as_str().map(str::to_owned);
        }
        let edited = edited.clone();
        Answer::new(200, self.label_json(&edited))
    }

    /// One issue's labels: list, add, replace, remove one or all.
    pub(super) fn route_issue_labels(&mut self, call: &Call, number: u64, rest: &[&str]) -> Answer {
        let body = json_body(call);
        let named = texts(&body["labels"], "name").or_else(|| texts(&body, "name"));
        let own = self.issues[&number].labels.clone();
        let labels = match (call.method.as_str(), rest) {
            ("GET", []) => {
                let all = self.labels_json(&own).as_array().cloned().unwrap_or_default();
                return self.page(call, all);
            }
            ("POST", []) => match named {
                Some(named) if !named.is_empty() => self.adopt_labels(&[own, named].concat()),
                Some(_) | None => return invalid("Issue", "labels", "missing_field", None),
            },
            ("PUT", []) => self.adopt_labels(&named.unwrap_or_default()),
            ("DELETE", []) => Vec::new(),
            ("DELETE", [name]) => {
                if !own.iter().any(|label| label.to_lowercase() == name.to_lowercase()) {
                    return error(404, "Label does not exist");
                }
                own.into_iter()
                    .filter(|label| label.to_lowercase() != name.to_lowercase())
                    .collect()
            }
            _ => return Answer::unserved(),
        };
        if self.vices.no_push {
            return error(403, "Resource not accessible by integration");
        }
        if !self.vices.drop_labels && labels != self.issues[&number].labels {
            let now = self.clock.tick();
            let issue = self.issues.get_mut(&number).unwrap();
            issue.labels = labels;
            issue.updated_at = now;
        }
        if call.method == "DELETE" && rest.is_empty() {
            return Answer::empty(204);
        }
        Answer::new(200, self.labels_json(&self.issues[&number].labels))
    }
}

/// What is wrong with a label's name, colour or description, if anything.
fn fault_of(body: &Value, name: &str) -> Option<Answer> {
    if name.trim().is_empty() {
        return Some(invalid("Label", "name", "missing_field", None));
    }
    if name.chars().count() > 50 {
        return Some(invalid(
            "Label",
            "name",
            "custom",
            Some("name is too long (maximum is 50 characters)"),
        ));
    }
    let color = body
        .get("color")
        .unwrap_or(&json!("ededed"))
        .as_str()
        .map(str::to_owned)
        .unwrap_or_default();
    if color.len() != 6 || !color.chars().all(|digit| digit.is_ascii_hexdigit()) {
        return Some(invalid("Label", "color", "invalid", None));
    }
    if body["description"]
        .as_str()
        .is_some_and(|text| text.chars().count() > 100)
    {
        let message = "description is too long (maximum is 100 characters)";
        return Some(invalid("Label", "description", "custom", Some(message)));
    }
    None
}
