//! Notes of an issue: list, create, edit, delete.

use serde_json::json;

use super::quick_actions::extract;
use super::routes::{Caller, error, refused};
use super::state::{GitLab, Note};
use super::values::Values;
use crate::support::fake::{Answer, Call};

impl GitLab {
    /// Notes a guest must not see are removed after paging: a page may be short and yet not the last.
    pub(super) fn list_notes(&self, call: &Call, caller: &Caller, iid: u64) -> Answer {
        let filter = call.query("activity_filter").unwrap_or("all_notes");
        let mut found: Vec<&Note> = self
            .notes
            .values()
            .filter(|note| note.issue == iid)
            .filter(|note| match filter {
                "only_comments" => !note.system,
                "only_activity" => note.system,
                _ => true,
            })
            .collect();
        match call.query("order_by") {
            Some("updated_at") => found.sort_by_key(|note| (note.updated_at, note.id)),
            Some(_) | None => found.sort_by_key(|note| (note.created_at, note.id)),
        }
        if call.query("sort") != Some("asc") {
            found.reverse();
        }
        let notes = found.into_iter().map(|note| self.note_json(note)).collect();
        self.page(call, notes, |note| note["internal"] == true && !caller.plans())
    }

    /// A body of nothing but quick actions makes no note: 202.
    pub(super) fn create_note(&mut self, call: &Call, caller: &Caller, iid: u64) -> Answer {
        let values = Values::read(call);
        let Some(given) = values.text("body") else {
            return refused("body is missing");
        };
        let (text, commands) = extract(&given);
        if text.is_empty() && commands.is_empty() {
            return error(400, "400 Bad request - Note {:note=>[\"can't be blank\"]}");
        }
        let mut issue = self.issues[&iid].clone();
        self.run(&mut issue, &commands, caller);
        self.store(issue, &caller.username);
        if text.is_empty() {
            let summary: Vec<String> = commands
                .iter()
                .map(|command| format!("Ran /{}.", command.name))
                .collect();
            return Answer::new(202, json!({ "commands_changes": {}, "summary": summary }));
        }
        let internal = values.truth("internal").or(values.truth("confidential")) == Some(true);
        if internal && !caller.plans() {
            return error(403, "403 Forbidden");
        }
        let id = self.comment(iid, &caller.username, &text, internal);
        if let Some(at) = values
            .text("created_at")
            .filter(|_| caller.level >= 50)
            .and_then(|text| text.parse().ok())
        {
            let note = self.notes.get_mut(&id).unwrap();
            (note.created_at, note.updated_at) = (at, at);
        }
        Answer::new(201, self.note_json(&self.notes[&id]))
    }

    /// One emoji of a name a person: a second one is refused as not found. Nobody's `updated_at` moves.
    pub(super) fn award(&mut self, call: &Call, caller: &Caller, iid: u64, id: &str) -> Answer {
        let found = id.parse::<u64>().ok().and_then(|id| self.notes.get(&id));
        let Some(id) = found.filter(|note| note.issue == iid).map(|note| note.id) else {
            return error(404, "404 Note Not Found");
        };
        let Some(name) = Values::read(call).text("name") else {
            return refused("name is missing");
        };
        let now = self.clock.tick();
        if !self.reactions.insert((id, caller.username.clone())) {
            return error(404, "404 Award Emoji Name has already been taken Not Found");
        }
        Answer::new(
            201,
            json!({
                "id": id + 500_000, "name": name, "user": self.user_json(&caller.username), "created_at": now.to_string(),
                "updated_at": now.to_string(), "awardable_id": id, "awardable_type": "Note",
            }),
        )
    }

    /// Gets, edits or deletes one note. Deleting touches nothing; editing down to quick actions deletes.
    pub(super) fn route_note(&mut self, call: &Call, caller: &Caller, iid: u64, id: &str) -> Answer {
        let found = id
            .parse::<u64>()
            .ok()
            .and_then(|id| self.notes.get(&id))
            .filter(|note| note.issue == iid)
            .cloned();
        let Some(note) = found.filter(|note| !note.internal || caller.plans()) else {
            return error(404, "404 Note Not Found");
        };
        if call.is_write() && (note.system || (note.author != caller.username && caller.level < 40)) {
            return error(403, "403 Forbidden");
        }
        match call.method.as_str() {
            "GET" => Answer::new(200, self.note_json(&note)),
            "DELETE" => {
                self.clock.tick();
                self.notes.remove(&note.id);
                Answer::empty(204)
            }
            "PUT" => {
                let Some(given) = Values::read(call).text("body") else {
                    return refused("body is missing");
                };
                let (text, commands) = extract(&given);
                if text.is_empty() && commands.is_empty() {
                    return error(400, "400 Bad request - Note {:note=>[\"can't be blank\"]}");
                }
                let mut issue = self.issues[&iid].clone();
                self.run(&mut issue, &commands, caller);
                self.store(issue, &caller.username);
                if text.is_empty() {
                    self.notes.remove(&note.id);
                    return Answer::new(200, self.note_json(&note));
                }
                if text != note.body {
                    self.edit_comment(note.id, &text);
                }
                Answer::new(200, self.note_json(&self.notes[&note.id]))
            }
            _ => Answer::unserved(),
        }
    }
}
