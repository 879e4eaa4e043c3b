//! Writing: one request per [`Op`], and the answer as the receipt. Only time takes requests of its own.
//!
//! Imports the model, the tracker traits, the `gitlab` crate's endpoints and the siblings in this folder.

use std::collections::BTreeSet;

use async_trait::async_trait;
use bytes::Bytes;
use gitlab::api::projects::issues::notes::DeleteIssueNote;
use http::{Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::GitLab;
use super::endpoint::Write;
use super::exchange::{contains, is_absent};
use super::wire::{IssueWire, NoteWire};
use crate::model::{CommentKey, Draft, IssueKey, Label, Lookup, Op, Patch, Receipt, State};
use crate::tracker::{LocalFile, ReadTracker, Shelf, TrackerError, WriteTracker};

/// The colour of labels that come without one. GitLab demands a colour.
const GREY: &str = "#ededed";

#[async_trait]
impl WriteTracker for GitLab {
    async fn perform(&self, op: &Op) -> Result<Receipt, TrackerError> {
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

    async fn keep(&self, _issue: Option<&IssueKey>, file: &LocalFile, to: Shelf) -> Result<String, TrackerError> {
        self.keep_file(file, to).await
    }
}

impl GitLab {
    async fn create_label(&self, label: &Label) -> Result<Receipt, TrackerError> {
        let color = label
            .color
            .as_ref()
            .map_or(GREY.to_owned(), |digits| format!("#{digits}"));
        let mut members = Map::new();
        members.insert("name".into(), json!(label.name));
        members.insert("color".into(), json!(color));
        if let Some(text) = &label.description {
            members.insert("description".into(), json!(text));
        }
        let endpoint = Write::create(&self.project, "labels", members.into());
        let answer = self.ask(&endpoint, "create a label").await?;
        // Somebody made it first, here or in a group above. Two requests at once are told apart by a 400.
        let there = answer.status() == StatusCode::CONFLICT
            || (answer.status() == StatusCode::BAD_REQUEST && contains(answer.body(), b"already been taken"));
        if !there {
            self.good(answer, "create a label")?;
        }
        Ok(Receipt::default())
    }

    async fn create_issue(&self, draft: &Draft) -> Result<Receipt, TrackerError> {
        let mut members = Map::new();
        members.insert("title".into(), json!(draft.title));
        members.insert("description".into(), json!(draft.body));
        if !draft.labels.is_empty() {
            members.insert("labels".into(), list(&draft.labels));
        }
        let assignees = self.numbers(&draft.assignees).await?;
        if !assignees.is_empty() {
            members.insert("assignee_ids".into(), json!(assignees));
        }
        if draft.confidential {
            members.insert("confidential".into(), json!(true));
        }
        members.extend(self.planning_members(&draft.planning).await?);
        let endpoint = Write::create(&self.project, "issues", members.into());
        let answer = self.good(self.ask(&endpoint, "create an issue").await?, "create an issue")?;
        let issue = self
            .created::<IssueWire>(&answer)?
            .issue()
            .map_err(|missing| self.ambiguous(missing))?;
        self.remember(&issue);
        Ok(Receipt {
            issue: Some(self.time_of_new(issue, &draft.planning).await),
            comment: None,
        })
    }

    /// Everything in one request, so that the marker and what it speaks of are stored together or not at all. Time has
    /// requests of its own; they come first, and when one fails the marker is not written.
    async fn update_issue(&self, key: &IssueKey, patch: &Patch) -> Result<Receipt, TrackerError> {
        let number = Self::number(key).ok_or_else(|| self.gone(key))?;
        let mut members = self.members(patch).await?;
        members.extend(self.planning_members(&patch.planning).await?);
        self.write_time(key, &patch.planning).await?;
        if members.is_empty() {
            // GitLab refuses a change of nothing. Its state is still what the caller wants to know.
            return self.unchanged(key).await;
        }
        let endpoint = Write::change(&self.project, format_args!("issues/{number}"), members.into());
        let answer = self.ask(&endpoint, "change an issue").await?;
        // Nothing but what this edition does not know, such as a weight without Premium: a change of nothing to it.
        if answer.status() == StatusCode::BAD_REQUEST && contains(answer.body(), b"at least one parameter must be") {
            return self.unchanged(key).await;
        }
        let answer = self.present(answer, key, "change an issue")?;
        let issue = self.issue_from(self.read(&answer, "change an issue")?)?;
        Ok(Receipt {
            issue: Some(issue),
            comment: None,
        })
    }

    async fn unchanged(&self, key: &IssueKey) -> Result<Receipt, TrackerError> {
        match self.issue(key).await? {
            Lookup::Found(issue) => Ok(Receipt {
                issue: Some(*issue),
                comment: None,
            }),
            Lookup::Deleted | Lookup::Hidden | Lookup::Moved(_) => Err(self.gone(key)),
        }
    }

    async fn members(&self, patch: &Patch) -> Result<Map<String, Value>, TrackerError> {
        let mut members = Map::new();
        if let Some(title) = &patch.title {
            members.insert("title".into(), json!(title));
        }
        if let Some(body) = &patch.body {
            members.insert("description".into(), json!(body));
        }
        if let Some((was, wish)) = patch.status
            && was.state != wish.state
        {
            let event = match wish.state {
                State::Open => "reopen",
                State::Closed => "close",
            };
            members.insert("state_event".into(), json!(event));
        }
        if !patch.add_labels.is_empty() {
            members.insert("add_labels".into(), list(&patch.add_labels));
        }
        if !patch.remove_labels.is_empty() {
            members.insert("remove_labels".into(), list(&patch.remove_labels));
        }
        if let Some(logins) = &patch.assignees {
            let numbers = self.numbers(logins).await?;
            // An empty list is dropped on its way through some versions; a lone 0 means nobody in all of them.
            let numbers = if numbers.is_empty() { json!([0]) } else { json!(numbers) };
            members.insert("assignee_ids".into(), numbers);
        }
        if let Some(confidential) = patch.confidential {
            members.insert("confidential".into(), json!(confidential));
        }
        Ok(members)
    }

    async fn create_comment(&self, issue: &IssueKey, body: &str) -> Result<Receipt, TrackerError> {
        let number = Self::number(issue).ok_or_else(|| self.gone(issue))?;
        let endpoint = Write::create(
            &self.project,
            format_args!("issues/{number}/notes"),
            json!({ "body": body }),
        );
        let answer = self.ask(&endpoint, "comment").await?;
        let answer = self.present(answer, issue, "comment")?;
        if answer.status() == StatusCode::ACCEPTED {
            // The text was nothing but commands: they ran, and no comment is left of it.
            return Ok(Receipt::default());
        }
        let comment = self
            .created::<NoteWire>(&answer)?
            .comment(&self.address(issue))
            .map_err(|missing| self.ambiguous(missing))?;
        Ok(Receipt {
            issue: None,
            comment: Some(comment),
        })
    }

    async fn edit_comment(&self, issue: &IssueKey, comment: &CommentKey, body: &str) -> Result<Receipt, TrackerError> {
        let (number, note) = self.note(issue, comment)?;
        let endpoint = Write::change(
            &self.project,
            format_args!("issues/{number}/notes/{note}"),
            json!({ "body": body }),
        );
        let answer = self.ask(&endpoint, "change a comment").await?;
        let answer = self.present(answer, issue, "change a comment")?;
        let row: NoteWire = self.read(&answer, "change a comment")?;
        // A text of nothing but commands deletes the comment; then there is no id in the answer.
        let comment = match row.id {
            Some(_) => Some(row.comment(&self.address(issue)).map_err(|missing| self.odd(missing))?),
            None => None,
        };
        Ok(Receipt { issue: None, comment })
    }

    /// A second reaction of one account with the same name is refused: it is shown already.
    async fn acknowledge(&self, issue: &IssueKey, comment: &CommentKey) -> Result<Receipt, TrackerError> {
        let (number, note) = self.note(issue, comment)?;
        let endpoint = Write::create(
            &self.project,
            format_args!("issues/{number}/notes/{note}/award_emoji"),
            json!({ "name": "thumbsup" }),
        );
        let answer = self.ask(&endpoint, "react to a comment").await?;
        // The same status stands for a note that is gone; both need nothing more.
        if !is_absent(answer.status()) {
            self.good(answer, "react to a comment")?;
        }
        Ok(Receipt::default())
    }

    async fn delete_comment(&self, issue: &IssueKey, comment: &CommentKey) -> Result<Receipt, TrackerError> {
        let (number, note) = self.note(issue, comment)?;
        let endpoint = self.built(
            DeleteIssueNote::builder()
                .project(self.project.as_str())
                .issue(number)
                .note(note)
                .build(),
        )?;
        let answer = self.ask(&endpoint, "delete a comment").await?;
        if !is_absent(answer.status()) {
            self.good(answer, "delete a comment")?;
        }
        Ok(Receipt::default())
    }

    fn note(&self, issue: &IssueKey, comment: &CommentKey) -> Result<(u64, u64), TrackerError> {
        let number = Self::number(issue).ok_or_else(|| self.gone(issue))?;
        let note = comment.0.parse().ok().ok_or_else(|| self.gone(issue))?;
        Ok((number, note))
    }

    /// An answer of success to a write below an issue; `Gone` when the issue or comment is not there any more.
    pub(super) fn present(
        &self,
        answer: Response<Bytes>,
        key: &IssueKey,
        action: &str,
    ) -> Result<Response<Bytes>, TrackerError> {
        if is_absent(answer.status()) {
            return Err(self.gone(key));
        }
        self.good(answer, action)
    }

    /// What was created. The service said it did so: an answer that cannot be read must not lead to a second try.
    pub(super) fn created<T: DeserializeOwned>(&self, answer: &Response<Bytes>) -> Result<T, TrackerError> {
        match self.read(answer, "create") {
            Err(TrackerError::Odd { detail, .. }) => Err(self.ambiguous(detail)),
            done => done,
        }
    }

    pub(super) fn ambiguous(&self, detail: impl Into<String>) -> TrackerError {
        TrackerError::Ambiguous {
            on: self.id.clone(),
            detail: detail.into(),
        }
    }
}

/// Label names as the documentation writes them, separated by commas. (The API description says a list; the service
/// takes both.) No name holds a comma, GitLab does not allow it.
fn list(names: &BTreeSet<String>) -> Value {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Value::String(names.join(","))
}
