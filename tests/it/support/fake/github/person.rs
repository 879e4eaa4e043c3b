//! What a test does in the role of a person on GitHub, and what it reads back.

use super::FakeGitHub;
use super::state::{Comment, GitHub, Issue, Label, Transferred};

/// An issue about to be opened. `create` opens it.
#[derive(Clone, Debug)]
#[must_use]
pub struct Draft {
    pub title: String,
    pub body: Option<String>,
    pub labels: Vec<String>,
    pub assignees: Vec<String>,
    pub author: String,
    pub milestone: Option<u64>,
    pub closed: Option<String>,
    pub pull_request: bool,
}

impl Draft {
    /// A draft by `alice`, without a body.
    pub fn new(title: &str) -> Self {
        Draft {
            title: title.to_owned(),
            body: None,
            labels: Vec::new(),
            assignees: Vec::new(),
            author: "alice".to_owned(),
            milestone: None,
            closed: None,
            pull_request: false,
        }
    }
}

/// A draft bound to the fake it will be opened on.
#[must_use]
pub struct Opening<'a> {
    fake: &'a FakeGitHub,
    draft: Draft,
}

impl Opening<'_> {
    pub fn body(mut self, text: &str) -> Self {
        self.draft.body = Some(text.to_owned());
        self
    }

    /// Unknown labels are made.
    pub fn labels<const N: usize>(mut self, names: [&str; N]) -> Self {
        self.draft.labels = names.map(str::to_owned).to_vec();
        self
    }

    /// Unknown people are made, and made assignable.
    pub fn assignees<const N: usize>(mut self, logins: [&str; N]) -> Self {
        self.draft.assignees = logins.map(str::to_owned).to_vec();
        self
    }

    pub fn author(mut self, login: &str) -> Self {
        login.clone_into(&mut self.draft.author);
        self
    }

    /// The number of a milestone.
    pub fn milestone(mut self, number: u64) -> Self {
        self.draft.milestone = Some(number);
        self
    }

    /// Closed at once, with this reason (`completed`, `not_planned`, `duplicate`).
    pub fn closed(mut self, reason: &str) -> Self {
        self.draft.closed = Some(reason.to_owned());
        self
    }

    /// Opens the issue and tells its number.
    pub fn create(self) -> u64 {
        self.fake.with(|github| github.open(self.draft))
    }
}

impl FakeGitHub {
    /// Begins an issue; `create` opens it.
    pub fn issue(&self, title: &str) -> Opening<'_> {
        Opening {
            fake: self,
            draft: Draft::new(title),
        }
    }

    /// Opens a pull request and tells its number.
    pub fn pull_request(&self, title: &str) -> u64 {
        self.with(|github| {
            github.open(Draft {
                pull_request: true,
                ..Draft::new(title)
            })
        })
    }

    /// Edits an issue as a person would; moves `updated_at`.
    pub fn edit(&self, number: u64, change: impl FnOnce(&mut Issue)) {
        self.with(|github| github.edit(number, change));
    }

    /// Closes an issue as completed.
    pub fn close(&self, number: u64) {
        self.edit(number, |issue| issue.closed = true);
    }

    /// Reopens an issue.
    pub fn reopen(&self, number: u64) {
        self.edit(number, |issue| issue.closed = false);
    }

    /// Comments and tells the comment's id.
    pub fn comment(&self, number: u64, author: &str, text: &str) -> u64 {
        self.with(|github| github.comment(number, author, text))
    }

    /// Edits a comment; moves the comment's `updated_at` only.
    pub fn edit_comment(&self, id: u64, text: &str) {
        self.with(|github| github.edit_comment(id, text));
    }

    /// Deletes a comment; nothing moves.
    pub fn delete_comment(&self, id: u64) {
        self.with(|github| github.comments.remove(&id));
    }

    /// Folds a comment away as a moderator does; nothing moves.
    pub fn minimize_comment(&self, id: u64, reason: &str) {
        self.with(|github| github.comments.get_mut(&id).unwrap().minimized = Some(reason.to_owned()));
    }

    /// Deletes an issue: 410 from now on.
    pub fn delete_issue(&self, number: u64) {
        self.with(|github| github.delete_issue(number));
    }

    /// Transfers an issue to another repository: 301 from now on. Tells the number it has there.
    pub fn transfer_issue(&self, number: u64, repository: &str) -> u64 {
        self.with(|github| github.transfer_issue(number, repository))
    }

    /// Makes a label, unless there is one of this name.
    pub fn label(&self, name: &str) {
        self.with(|github| github.adopt_labels(&[name.to_owned()]));
    }

    /// Changes a label's colour or description as a person would.
    pub fn edit_label(&self, name: &str, change: impl FnOnce(&mut Label)) {
        self.with(|github| change(github.labels.iter_mut().find(|own| own.name == name).unwrap()));
    }

    /// Renames a label everywhere.
    pub fn rename_label(&self, from: &str, to: &str) {
        self.with(|github| github.rename_label(from, to));
    }

    /// Makes an assignable user and tells the id.
    pub fn user(&self, login: &str) -> u64 {
        self.with(|github| github.register(login, true))
    }

    /// Makes a user to whom nothing can be assigned.
    pub fn stranger(&self, login: &str) -> u64 {
        self.with(|github| github.register(login, false))
    }

    /// The issue of this number, if it is still here.
    pub fn get(&self, number: u64) -> Issue {
        self.with(|github| github.issues[&number].clone())
    }

    /// All issues by number, pull requests left out.
    pub fn issues(&self) -> Vec<Issue> {
        self.with(|github| {
            github
                .issues
                .values()
                .filter(|issue| !issue.pull_request)
                .cloned()
                .collect()
        })
    }

    /// The comments of an issue, oldest first.
    pub fn comments(&self, number: u64) -> Vec<Comment> {
        self.with(|github| {
            github
                .comments
                .values()
                .filter(|comment| comment.issue == number)
                .cloned()
                .collect()
        })
    }

    /// Who reacted to a comment.
    pub fn reactions(&self, id: u64) -> Vec<String> {
        self.with(|fake| {
            let of = fake.reactions.iter().filter(|(comment, _)| *comment == id);
            of.map(|(_, login)| login.clone()).collect()
        })
    }

    /// The labels of the repository.
    pub fn labels(&self) -> Vec<Label> {
        self.with(|github| github.labels.clone())
    }
}

impl GitHub {
    /// Opens an issue or a pull request.
    pub fn open(&mut self, draft: Draft) -> u64 {
        let now = self.clock.tick();
        self.register(&draft.author, false);
        for login in &draft.assignees {
            self.register(login, true);
        }
        let labels = self.adopt_labels(&draft.labels);
        self.last_number += 1;
        let number = self.last_number;
        let issue = Issue {
            number,
            id: self.fresh_id(),
            title: draft.title,
            body: draft.body,
            closed: draft.closed.is_some(),
            closed_at: draft.closed.is_some().then_some(now),
            closed_by: draft.closed.is_some().then(|| draft.author.clone()),
            state_reason: draft.closed,
            labels,
            assignees: draft.assignees,
            milestone: draft.milestone,
            parent: None,
            author: draft.author,
            locked: false,
            pull_request: draft.pull_request,
            created_at: now,
            updated_at: now,
        };
        let followed = self.vices.pull_requests_between && !issue.pull_request;
        self.issues.insert(number, issue);
        if followed {
            self.open(Draft {
                pull_request: true,
                ..Draft::new(&format!("Pull request after #{number}"))
            });
        }
        number
    }

    /// Edits an issue; closing and reopening keep their members consistent.
    pub fn edit(&mut self, number: u64, change: impl FnOnce(&mut Issue)) {
        let now = self.clock.tick();
        let mut issue = self.issues[&number].clone();
        let before = issue.closed;
        change(&mut issue);
        issue.labels = self.adopt_labels(&issue.labels);
        for login in &issue.assignees {
            self.register(login, true);
        }
        if before != issue.closed {
            let reason = if issue.closed { "completed" } else { "reopened" };
            let by = issue.author.clone();
            let given = issue
                .state_reason
                .take()
                .filter(|given| (given == "reopened") != issue.closed);
            issue.turn(now, &by, Some(given.as_deref().unwrap_or(reason)));
        }
        issue.updated_at = now;
        self.issues.insert(number, issue);
    }

    /// Adds a comment; moves the issue's `updated_at`.
    pub fn comment(&mut self, number: u64, author: &str, text: &str) -> u64 {
        let now = self.clock.tick();
        self.register(author, false);
        let id = self.fresh_id();
        let body = text.to_owned();
        let comment = Comment {
            id,
            issue: number,
            author: author.to_owned(),
            body,
            minimized: None,
            created_at: now,
            updated_at: now,
        };
        self.comments.insert(id, comment);
        self.issues.get_mut(&number).unwrap().updated_at = now;
        id
    }

    /// Edits a comment.
    pub fn edit_comment(&mut self, id: u64, text: &str) {
        let now = self.clock.tick();
        let comment = self.comments.get_mut(&id).unwrap();
        text.clone_into(&mut comment.body);
        comment.updated_at = now;
    }

    /// Deletes an issue with its comments.
    pub fn delete_issue(&mut self, number: u64) {
        self.clock.tick();
        self.issues.remove(&number).unwrap();
        self.comments.retain(|_, comment| comment.issue != number);
        self.deleted.insert(number);
    }

    /// Moves an issue to another repository, where it gets a new number and id.
    pub fn transfer_issue(&mut self, number: u64, repository: &str) -> u64 {
        self.clock.tick();
        let mut issue = self.issues.remove(&number).unwrap();
        self.comments.retain(|_, comment| comment.issue != number);
        issue.number += 500;
        issue.id = self.fresh_id();
        let there = issue.number;
        let repository = repository.to_owned();
        self.transferred.insert(
            number,
            Transferred {
                repository,
                repository_id: 4_000_002,
                issue,
            },
        );
        there
    }

    /// Renames a label on every issue.
    pub fn rename_label(&mut self, from: &str, to: &str) {
        self.clock.tick();
        for label in self.labels.iter_mut().filter(|label| label.name == from) {
            to.clone_into(&mut label.name);
        }
        for label in self
            .issues
            .values_mut()
            .flat_map(|issue| issue.labels.iter_mut())
            .filter(|label| *label == from)
        {
            to.clone_into(label);
        }
    }
}

impl Issue {
    /// Records that `closed` was just turned, by whom and why.
    pub(super) fn turn(&mut self, now: jiff::Timestamp, by: &str, reason: Option<&str>) {
        self.closed_at = self.closed.then_some(now);
        self.closed_by = self.closed.then(|| by.to_owned());
        self.state_reason = reason.map(str::to_owned);
    }
}
