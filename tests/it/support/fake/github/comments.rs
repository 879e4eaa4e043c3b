//! Comments: per issue, over the whole repository, and single ones.

use super::issues::since;
use super::routes::{Caller, error, invalid, json_body};
use super::state::{Comment, GitHub};
use crate::support::fake::{Answer, Call};

impl GitHub {
    /// One issue's comments, by id.
    pub(super) fn list_comments(&self, call: &Call, number: u64) -> Answer {
        match since(call) {
            Err(answer) => answer,
            Ok(since) => {
                let found = self.comments.values().filter(|comment| comment.issue == number);
                let found = found.filter(|comment| since.is_none_or(|since| comment.updated_at >= since));
                self.page(call, found.map(|comment| self.comment_json(comment)).collect())
            }
        }
    }

    /// The comments of all issues and pull requests: by id, unless sorted; the direction counts only with a sort.
    pub(super) fn list_all_comments(&self, call: &Call) -> Answer {
        let since = match since(call) {
            Ok(since) => since,
            Err(answer) => return answer,
        };
        let mut found: Vec<&Comment> = self
            .comments
            .values()
            .filter(|comment| since.is_none_or(|since| comment.updated_at >= since))
            .collect();
        match call.query("sort") {
            None => {}
            Some("created") => found.sort_by_key(|comment| (comment.created_at, comment.id)),
            Some("updated") => found.sort_by_key(|comment| (comment.updated_at, comment.id)),
            Some(_) => return invalid("IssueComment", "sort", "invalid", None),
        }
        if call.query("sort").is_some() && call.query("direction") != Some("asc") {
            found.reverse();
        }
        self.page(
            call,
            found.into_iter().map(|comment| self.comment_json(comment)).collect(),
        )
    }

    pub(super) fn create_comment(&mut self, call: &Call, caller: &Caller, number: u64) -> Answer {
        let text = match comment_text(call) {
            Ok(text) => text,
            Err(answer) => return answer,
        };
        if self.issues[&number].locked && self.vices.no_push {
            return error(403, "Unable to create comment because issue is locked.");
        }
        let id = self.comment(number, &caller.login, &text);
        Answer::new(201, self.comment_json(&self.comments[&id]))
    }

    /// One reaction of a kind a person: a second one is answered with the first. Nobody's `updated_at` moves.
    pub(super) fn react(&mut self, call: &Call, caller: &Caller, id: &str) -> Answer {
        let Some(id) = id.parse::<u64>().ok().filter(|id| self.comments.contains_key(id)) else {
            return error(404, "Not Found");
        };
        let content = json_body(call)["content"].clone();
        let now = self.clock.tick();
        let status = if self.reactions.insert((id, caller.login.clone())) {
            201
        } else {
            200
        };
        Answer::new(
            status,
            serde_json::json!({
                "id": id + 500_000, "node_id": "REA_fake", "user": self.user_json(&caller.login), "content": content,
                "created_at": now.to_string(),
            }),
        )
    }

    /// Gets, edits or deletes one comment. Deleting moves nobody's `updated_at`.
    pub(super) fn route_comment(&mut self, call: &Call, id: &str) -> Answer {
        let Some(id) = id.parse::<u64>().ok().filter(|id| self.comments.contains_key(id)) else {
            return error(404, "Not Found");
        };
        match call.method.as_str() {
            "GET" => Answer::new(200, self.comment_json(&self.comments[&id])),
            "PATCH" => match comment_text(call) {
                Err(answer) => answer,
                Ok(text) => {
                    if self.comments[&id].body != text {
                        self.edit_comment(id, &text);
                    }
                    Answer::new(200, self.comment_json(&self.comments[&id]))
                }
            },
            "DELETE" => {
                self.clock.tick();
                self.comments.remove(&id);
                Answer::empty(204)
            }
            _ => Answer::unserved(),
        }
    }
}

fn comment_text(call: &Call) -> Result<String, Answer> {
    let body = json_body(call);
    match body["body"].as_str() {
        None => Err(invalid("IssueComment", "body", "missing_field", None)),
        Some(text) if text.trim().is_empty() => Err(invalid("IssueComment", "body", "missing_field", None)),
        Some(text) if text.chars().count() > 65_536 => Err(invalid(
            "IssueComment",
            "data",
            "unprocessable",
            Some("Body is too long (maximum is 65536 characters)"),
        )),
        Some(text) => Ok(text.to_owned()),
    }
}
