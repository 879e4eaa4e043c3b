//! Writing: one operation, as few requests as GitHub needs for it, and what it holds afterwards.
//!
//! Imports the model, `call`, `read` and `wire`. Text and names are sent as plain strings; GitHub's newer forms for
//! labels and assignees may park a change for review instead of making it.

use std::collections::BTreeSet;

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::call::{Answer, Call};
use super::read::number;
use super::{GitHub, wire};
use crate::model::{CommentKey, Draft, IssueKey, IssueRef, Label, Op, Patch, Reason, Receipt, State, Status};
use crate::tracker::TrackerError;

/// GitHub's own colour for a label made up in passing.
const PLAIN_COLOR: &str = "ededed";
/// Longest description of a label, in characters.
const LABEL_DESCRIPTION_MAX: usize = 100;

impl GitHub {
    pub(super) async fn write(&self, op: &Op) -> Result<Receipt, TrackerError> {
        match op {
            Op::CreateLabel(label) => self.create_label(label).await,
            Op::CreateMilestone(milestone) => self.create_milestone(milestone).await,
            Op::CreateIssue(draft) => self.create_issue(draft).await,
            Op::UpdateIssue { key, patch } => self.update_issue(key, patch).await,
            Op::CreateComment { issue, body } => self.create_comment(issue, body).await,
            Op::EditComment { issue, comment, body } => self.edit_comment(issue, comment, body).await,
            Op::Acknowledge { issue, comment } => self.acknowledge(issue, comment).await,
            Op::DeleteComment { issue, comment } => self.delete_comment(issue, comment).await,
        }
    }

    async fn create_label(&self, label: &Label) -> Result<Receipt, TrackerError> {
        const ACTION: &str = "create labels";
        let mut body = json!({ "name": label.name, "color": color(label) });
        if let (Some(text), Some(members)) = (&label.description, body.as_object_mut()) {
            let text: String = text.chars().take(LABEL_DESCRIPTION_MAX).collect();
            members.insert("description".into(), text.into());
        }
        let call = Call::get(ACTION, ["labels"])
            .method(Method::POST)
            .json(body)
            .also(&[422]);
        let answer = self.send(&call).await?;
        if answer.status.is_success() || wire::Refusal::read(&answer.body).has_code("already_exists") {
            return Ok(Receipt::default());
        }
        Err(self.refusal(ACTION, &answer))
    }

    async fn create_issue(&self, draft: &Draft) -> Result<Receipt, TrackerError> {
        let milestone = self.milestone_member(&draft.planning).await?;
        let mut body = json!({ "title": draft.title, "body": draft.body });
        if let Some(members) = body.as_object_mut() {
            for (name, values) in [("labels", &draft.labels), ("assignees", &draft.assignees)] {
                if !values.is_empty() {
                    members.insert(name.into(), json!(values));
                }
            }
            members.extend(milestone.map(|value| ("milestone".to_owned(), value)));
        }
        let call = Call::get("create issues", ["issues"]).method(Method::POST).json(body);
        let answer = self.send(&call).await?;
        let issue: wire::Issue = self.decode_created(&answer, "the issue created")?;
        Ok(Receipt {
            issue: Some(issue.into_model()),
            comment: None,
        })
    }

    /// Labels one by one, so that those others set meanwhile stay; all the rest in one request, which comes last, for the
    /// marker is in it.
    async fn update_issue(&self, key: &IssueKey, patch: &Patch) -> Result<Receipt, TrackerError> {
        let number = number(key).ok_or_else(|| self.gone(key))?;
        let milestone = self.milestone_member(&patch.planning).await?;
        self.add_labels(key, &number, &patch.add_labels).await?;
        for label in &patch.remove_labels {
            self.remove_label(key, &number, label).await?;
        }
        if let Some((now, wish)) = patch.status
            && is_other_reason(now, wish)
        {
            self.patch_issue(key, &number, json!({ "state": "open" })).await?;
        }
        let mut body = patch_body(patch);
        body.extend(milestone.map(|value| ("milestone".to_owned(), value)));
        let answer = if body.is_empty() {
            let call = Call::get("read issues", ["issues", &number]);
            self.send_to_issue(key, call).await?
        } else {
            self.patch_issue(key, &number, body.into()).await?
        };
        let issue: wire::Issue = self.decode(&answer, "the issue changed")?;
        Ok(Receipt {
            issue: Some(issue.into_model()),
            comment: None,
        })
    }

    async fn patch_issue(&self, key: &IssueKey, number: &str, body: Value) -> Result<Answer, TrackerError> {
        let call = Call::get("edit issues", ["issues", number])
            .method(Method::PATCH)
            .json(body);
        self.send_to_issue(key, call).await
    }

    /// An empty list is never sent: GitHub once took it for "remove all".
    async fn add_labels(&self, key: &IssueKey, number: &str, labels: &BTreeSet<String>) -> Result<(), TrackerError> {
        if labels.is_empty() {
            return Ok(());
        }
        let call = Call::get("label issues", ["issues", number, "labels"])
            .method(Method::POST)
            .json(json!({ "labels": labels }));
        self.send_to_issue(key, call).await.map(drop)
    }

    async fn remove_label(&self, key: &IssueKey, number: &str, label: &str) -> Result<(), TrackerError> {
        let call = Call::get("label issues", ["issues", number, "labels", label])
            .method(Method::DELETE)
            .also(&[404, 410]);
        let answer = self.send_staying(call).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(());
        }
        self.still_there(key, "label issues", answer).map(drop)
    }

    async fn create_comment(&self, key: &IssueKey, body: &str) -> Result<Receipt, TrackerError> {
        let number = number(key).ok_or_else(|| self.gone(key))?;
        let call = Call::get("comment", ["issues", &number, "comments"])
            .method(Method::POST)
            .json(json!({ "body": body }));
        let answer = self.send_to_issue(key, call).await?;
        let comment: wire::Comment = self.decode_created(&answer, "the comment created")?;
        Ok(Receipt {
            issue: None,
            comment: Some(comment.into_model()),
        })
    }

    async fn edit_comment(&self, key: &IssueKey, comment: &CommentKey, body: &str) -> Result<Receipt, TrackerError> {
        let id = comment_number(comment).ok_or_else(|| self.gone(key))?;
        let call = Call::get("edit comments", ["issues", "comments", &id])
            .method(Method::PATCH)
            .json(json!({ "body": body }));
        let answer = self.send_to_issue(key, call).await?;
        let comment: wire::Comment = self.decode(&answer, "the comment changed")?;
        Ok(Receipt {
            issue: None,
            comment: Some(comment.into_model()),
        })
    }

    /// One account has at most one reaction of a kind: a second one is answered with the first.
    async fn acknowledge(&self, key: &IssueKey, comment: &CommentKey) -> Result<Receipt, TrackerError> {
        let id = comment_number(comment).ok_or_else(|| self.gone(key))?;
        let call = Call::get("react to comments", ["issues", "comments", &id, "reactions"])
            .method(Method::POST)
            .json(json!({ "content": "+1" }));
        self.send_to_issue(key, call).await.map(|_shown| Receipt::default())
    }

    async fn delete_comment(&self, key: &IssueKey, comment: &CommentKey) -> Result<Receipt, TrackerError> {
        let id = comment_number(comment).ok_or_else(|| self.gone(key))?;
        let call = Call::get("delete comments", ["issues", "comments", &id])
            .method(Method::DELETE)
            .also(&[404, 410]);
        let answer = self.send_staying(call).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(Receipt::default());
        }
        let deleted_with_its_issue = answer.status == StatusCode::GONE;
        match self.still_there(key, "delete comments", answer) {
            Err(TrackerError::Gone(_)) if deleted_with_its_issue => Ok(Receipt::default()),
            other => other.map(|_deleted| Receipt::default()),
        }
    }

    /// For what belongs to one issue: a missing, deleted or transferred one is [`TrackerError::Gone`].
    pub(super) async fn send_to_issue(&self, key: &IssueKey, call: Call) -> Result<Answer, TrackerError> {
        let action = call.action();
        let answer = self.send_staying(call.also(&[404, 410])).await?;
        self.still_there(key, action, answer)
    }

    fn still_there(&self, key: &IssueKey, action: &'static str, answer: Answer) -> Result<Answer, TrackerError> {
        match answer.status {
            StatusCode::GONE if wire::Refusal::read(&answer.body).says_disabled() => Err(self.refusal(action, &answer)),
            StatusCode::MOVED_PERMANENTLY | StatusCode::NOT_FOUND | StatusCode::GONE => Err(self.gone(key)),
            _ => Ok(answer),
        }
    }

    pub(super) fn gone(&self, key: &IssueKey) -> TrackerError {
        TrackerError::Gone(IssueRef {
            tracker: self.id.clone(),
            key: key.clone(),
        })
    }

    /// What was created. An answer nobody can read leaves open whether it was, so the caller has to look.
    pub(super) fn decode_created<T: serde::de::DeserializeOwned>(
        &self,
        answer: &Answer,
        what: &str,
    ) -> Result<T, TrackerError> {
        self.decode(answer, what).map_err(|unreadable| TrackerError::Ambiguous {
            on: self.id.clone(),
            detail: if let TrackerError::Odd { detail, .. } = unreadable {
                detail
            } else {
                format!("{what} could not be read")
            },
        })
    }
}

/// Everything but labels and the milestone. There is nothing confidential on GitHub.
fn patch_body(patch: &Patch) -> Map<String, Value> {
    let Patch {
        title,
        body,
        status,
        add_labels: _,
        remove_labels: _,
        assignees,
        planning: _,
        confidential: _,
    } = patch;
    let mut members = Map::new();
    if let Some(title) = title {
        members.insert("title".into(), json!(title));
    }
    if let Some(body) = body {
        members.insert("body".into(), json!(body));
    }
    if let Some(assignees) = assignees {
        members.insert("assignees".into(), json!(assignees));
    }
    if let Some((now, wish)) = status
        && (now.state != wish.state || is_other_reason(*now, *wish))
    {
        members.insert("state".into(), json!(state_word(wish.state)));
        if let Some(reason) = wish.reason {
            members.insert("state_reason".into(), json!(reason_word(reason)));
        }
    }
    members
}

/// Whether a closed issue is to be closed for another reason. GitHub ignores a reason that comes without a change of
/// state, so it has to be opened in between.
fn is_other_reason(now: Status, wish: Status) -> bool {
    now.state == State::Closed && wish.state == State::Closed && !now.alike(wish)
}

fn state_word(state: State) -> &'static str {
    match state {
        State::Open => "open",
        State::Closed => "closed",
    }
}

fn reason_word(reason: Reason) -> &'static str {
    match reason {
        Reason::Completed => "completed",
        Reason::NotPlanned => "not_planned",
        Reason::Duplicate => "duplicate",
        Reason::Reopened => "reopened",
    }
}

fn color(label: &Label) -> &str {
    match label.color.as_deref() {
        Some(color) if color.len() == 6 && color.bytes().all(|b| b.is_ascii_hexdigit()) => color,
        Some(_) | None => PLAIN_COLOR,
    }
}

fn comment_number(key: &CommentKey) -> Option<String> {
    let id: u64 = key.0.parse().ok()?;
    Some(id.to_string())
}
