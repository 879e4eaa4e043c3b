//! Labels of the project. Addressed by id or by name; the id is tried first.

use super::routes::{Caller, error, invalid, refused};
use super::state::{GitLab, Label};
use super::values::Values;
use crate::support::fake::{Answer, Call};

impl GitLab {
    /// Lists, creates, gets, edits or deletes labels.
    pub(super) fn route_labels(&mut self, call: &Call, caller: &Caller, rest: &[&str]) -> Answer {
        if call.is_write() && !caller.plans() {
            return error(403, "403 Forbidden");
        }
        let counted = call.query("with_counts") == Some("true");
        match (call.method.as_str(), rest) {
            ("GET", []) => {
                let mut labels: Vec<&Label> = self.labels.iter().collect();
                labels.sort_by_key(|label| label.name.to_lowercase());
                self.page(
                    call,
                    labels
                        .into_iter()
                        .map(|label| self.label_json(label, counted))
                        .collect(),
                    |_| false,
                )
            }
            ("POST", []) => self.create_label(call),
            (method, [name]) => {
                let id = name.parse::<u64>().ok();
                let by_id = self.labels.iter().find(|label| Some(label.id) == id);
                let Some(label) = by_id.or(self.labels.iter().find(|label| label.name == *name)).cloned() else {
                    return error(404, "404 Label Not Found");
                };
                match method {
                    "GET" => Answer::new(200, self.label_json(&label, false)),
                    "PUT" => self.edit_label(call, &label),
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
        let values = Values::read(call);
        let Some(name) = values.text("name") else {
            return refused("name is missing");
        };
        let Some(color) = values.text("color") else {
            return refused("color is missing");
        };
        if let Some(answer) = unfit(&name, &color) {
            return answer;
        }
        if self.labels.iter().any(|label| label.name == name) {
            return error(409, "Label already exists");
        }
        self.clock.tick();
        let label = Label {
            id: self.fresh_id(),
            name,
            color,
            description: values.text("description"),
        };
        self.labels.push(label.clone());
        Answer::new(201, self.label_json(&label, false))
    }

    fn edit_label(&mut self, call: &Call, label: &Label) -> Answer {
        let values = Values::read(call);
        let mut edited = label.clone();
        edited.name = values.text("new_name").unwrap_or(edited.name);
        edited.color = values.text("color").unwrap_or(edited.color);
        edited.description = values.text("description").or(edited.description);
        if let Some(answer) = unfit(&edited.name, &edited.color) {
            return answer;
        }
        self.clock.tick();
        for own in self
            .issues
            .values_mut()
            .flat_map(|issue| issue.labels.iter_mut())
            .filter(|own| **own == label.name)
        {
            own.clone_from(&edited.name);
        }
        for own in self.labels.iter_mut().filter(|own| own.id == label.id) {
            own.clone_from(&edited);
        }
        Answer::new(200, self.label_json(&edited, false))
    }
}

/// What is wrong with a label's name or colour, if anything.
fn unfit(name: &str, color: &str) -> Option<Answer> {
    if name.trim().is_empty() || name.contains(',') {
        return Some(invalid("title", "is invalid"));
    }
    let digits = color.strip_prefix('#').unwrap_or_default();
    let is_hex = digits.len() == 6 && digits.chars().all(|digit| digit.is_ascii_hexdigit());
    let is_word = !color.is_empty() && color.chars().all(|letter| letter.is_ascii_lowercase());
    if is_hex || is_word {
        None
    } else {
        Some(invalid("color", "must be a valid color code"))
    }
}
