//! What a test does in the role of a person on GitLab, and what it reads back.
//!
//! Texts are stored as given: quick actions and normalisation happen to what comes over HTTP.

use jiff::Timestamp;

use super::FakeGitLab;
use super::state::{GitLab, Issue, Label, Note};

/// An issue about to be opened. `create` opens it.
#[must_use]
pub struct Opening<'a> {
    fake: &'a FakeGitLab,
    draft: Draft,
}

/// What an issue is opened with.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub title: String,
    pub description: Option<String>,
    pub labels: Vec<String>,
    pub assignees: Vec<String>,
    pub author: String,
    pub milestone: Option<u64>,
    pub confidential: bool,
    pub closed: bool,
}

impl Opening<'_> {
    /// The description.
    pub fn body(mut self, text: &str) -> Self {
        self.draft.description = Some(text.to_owned());
        self
    }

    /// Unknown labels are made.
    pub fn labels<const N: usize>(mut self, names: [&str; N]) -> Self {
        self.draft.labels = names.map(str::to_owned).to_vec();
        self
    }

    /// Unknown people are made, and made members.
    pub fn assignees<const N: usize>(mut self, names: [&str; N]) -> Self {
        self.draft.assignees = names.map(str::to_owned).to_vec();
        self
    }

    pub fn author(mut self, username: &str) -> Self {
        username.clone_into(&mut self.draft.author);
        self
    }

    /// The global id of a milestone.
    pub fn milestone(mut self, id: u64) -> Self {
        self.draft.milestone = Some(id);
        self
    }

    pub fn confidential(mut self) -> Self {
        self.draft.confidential = true;
        self
    }

    /// Closed at once.
    pub fn closed(mut self) -> Self {
        self.draft.closed = true;
        self
    }

    /// Opens the issue and tells its iid.
    pub fn create(self) -> u64 {
        self.fake.with(|gitlab| gitlab.open(self.draft))
    }
}

impl FakeGitLab {
    /// Begins an issue by `alice`; `create` opens it.
    pub fn issue(&self, title: &str) -> Opening<'_> {
        let draft = Draft {
            title: title.to_owned(),
            author: "alice".to_owned(),
            ..Draft::default()
        };
        Opening { fake: self, draft }
    }

    /// Edits an issue as a person would; moves `updated_at`.
    pub fn edit(&self, iid: u64, change: impl FnOnce(&mut Issue)) {
        self.with(|gitlab| gitlab.edit(iid, change));
    }

    /// Closes an issue.
    pub fn close(&self, iid: u64) {
        self.edit(iid, |issue| issue.closed = true);
    }

    /// Reopens an issue.
    pub fn reopen(&self, iid: u64) {
        self.edit(iid, |issue| issue.closed = false);
    }

    /// Comments and tells the note's id.
    pub fn comment(&self, iid: u64, author: &str, text: &str) -> u64 {
        self.with(|gitlab| gitlab.comment(iid, author, text, false))
    }

    /// Comments for members' eyes only and tells the note's id.
    pub fn internal_comment(&self, iid: u64, author: &str, text: &str) -> u64 {
        self.with(|gitlab| gitlab.comment(iid, author, text, true))
    }

    /// Edits a note; touches the issue, as far as the throttle lets it.
    pub fn edit_comment(&self, id: u64, text: &str) {
        self.with(|gitlab| gitlab.edit_comment(id, text));
    }

    /// Deletes a note; nothing moves.
    pub fn delete_comment(&self, id: u64) {
        self.with(|gitlab| gitlab.notes.remove(&id));
    }

    /// Deletes an issue: 404 from now on.
    pub fn delete_issue(&self, iid: u64) {
        self.with(|gitlab| gitlab.delete_issue(iid));
    }

    /// Moves an issue to another project: it is closed here and names the other one's global id, which is returned.
    pub fn transfer_issue(&self, iid: u64) -> u64 {
        self.with(|gitlab| {
            let there = gitlab.fresh_id();
            gitlab.edit(iid, |issue| {
                issue.closed = true;
                issue.moved_to_id = Some(there);
            });
            there
        })
    }

    /// Makes a label, unless there is one of this name.
    pub fn label(&self, name: &str) {
        self.with(|gitlab| gitlab.adopt_labels(&[name.to_owned()]));
    }

    /// Changes a label's colour or description as a person would.
    pub fn edit_label(&self, name: &str, change: impl FnOnce(&mut Label)) {
        self.with(|gitlab| change(gitlab.labels.iter_mut().find(|own| own.name == name).unwrap()));
    }

    /// Makes a user who is a developer of the project and tells the id.
    pub fn user(&self, username: &str) -> u64 {
        self.with(|gitlab| gitlab.register(username, 30))
    }

    /// Makes a user who is no member.
    pub fn stranger(&self, username: &str) -> u64 {
        self.with(|gitlab| gitlab.register(username, 0))
    }

    /// The issue of this iid, if it is still here.
    pub fn get(&self, iid: u64) -> Issue {
        self.with(|gitlab| gitlab.issues[&iid].clone())
    }

    /// All issues by iid.
    pub fn issues(&self) -> Vec<Issue> {
        self.with(|gitlab| gitlab.issues.values().cloned().collect())
    }

    /// What people wrote on an issue, oldest first.
    pub fn comments(&self, iid: u64) -> Vec<Note> {
        self.notes(iid).into_iter().filter(|note| !note.system).collect()
    }

    /// Everything written on an issue, oldest first.
    pub fn notes(&self, iid: u64) -> Vec<Note> {
        self.with(|gitlab| {
            gitlab
                .notes
                .values()
                .filter(|note| note.issue == iid)
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

    /// The labels of the project.
    pub fn labels(&self) -> Vec<Label> {
        self.with(|gitlab| gitlab.labels.clone())
    }

    /// Every quick action executed so far, as `name argument`.
    pub fn quick_actions(&self) -> Vec<String> {
        self.with(|gitlab| gitlab.quick_actions.clone())
    }
}

impl GitLab {
    /// Opens an issue.
    pub fn open(&mut self, draft: Draft) -> u64 {
        let now = self.clock.tick();
        self.register(&draft.author, 0);
        for username in &draft.assignees {
            self.register(username, 30);
        }
        let labels = self.adopt_labels(&draft.labels);
        self.last_iid += 1;
        let iid = self.last_iid;
        let issue = Issue {
            iid,
            id: self.fresh_id(),
            title: draft.title,
            description: draft.description,
            closed: draft.closed,
            labels,
            assignees: draft.assignees,
            milestone: draft.milestone,
            closed_by: draft.closed.then(|| draft.author.clone()),
            author: draft.author,
            confidential: draft.confidential,
            discussion_locked: false,
            kind: "issue".to_owned(),
            due_date: None,
            weight: None,
            time_estimate: 0,
            time_spent: 0,
            iteration: None,
            epic: None,
            created_at: now,
            updated_at: now,
            closed_at: draft.closed.then_some(now),
            moved_to_id: None,
        };
        self.issues.insert(iid, issue);
        iid
    }

    /// Edits an issue in the name of `member`.
    pub fn edit(&mut self, iid: u64, change: impl FnOnce(&mut Issue)) {
        self.register("member", 30);
        self.edit_as("member", iid, change);
    }

    /// Changes an issue as somebody with an account.
    pub fn edit_as(&mut self, by: &str, iid: u64, change: impl FnOnce(&mut Issue)) {
        let mut issue = self.issues[&iid].clone();
        change(&mut issue);
        for username in &issue.assignees {
            self.register(username, 30);
        }
        self.store(issue, by);
    }

    /// Keeps a changed issue: labels adopted, closing dated, system notes written, `updated_at` moved if anything changed.
    pub(super) fn store(&mut self, mut issue: Issue, by: &str) {
        issue.labels = self.adopt_labels(&issue.labels);
        let before = self.issues[&issue.iid].clone();
        if issue == before {
            return;
        }
        let now = self.clock.tick();
        if issue.closed != before.closed {
            issue.closed_at = issue.closed.then_some(now);
            issue.closed_by = issue.closed.then(|| by.to_owned());
        }
        issue.updated_at = now;
        for text in told(&before, &issue) {
            self.write_note(issue.iid, by, &text, true, false, now);
        }
        self.issues.insert(issue.iid, issue);
    }

    /// Adds a comment; touches the issue, as far as the throttle lets it.
    pub fn comment(&mut self, iid: u64, author: &str, text: &str, internal: bool) -> u64 {
        let now = self.clock.tick();
        self.register(author, 0);
        let id = self.write_note(iid, author, text, false, internal, now);
        self.touch(iid);
        id
    }

    fn write_note(
        &mut self,
        issue: u64,
        author: &str,
        body: &str,
        system: bool,
        internal: bool,
        now: Timestamp,
    ) -> u64 {
        let id = self.fresh_id();
        let (author, body) = (author.to_owned(), body.to_owned());
        self.notes.insert(
            id,
            Note {
                id,
                issue,
                author,
                body,
                system,
                internal,
                created_at: now,
                updated_at: now,
            },
        );
        id
    }

    /// Edits a note.
    pub fn edit_comment(&mut self, id: u64, text: &str) {
        let now = self.clock.tick();
        let note = self.notes.get_mut(&id).unwrap();
        text.clone_into(&mut note.body);
        note.updated_at = now;
        let iid = note.issue;
        self.touch(iid);
    }

    /// Moves `updated_at`, unless it is younger than a minute and the throttle is on.
    fn touch(&mut self, iid: u64) {
        let now = self.clock.now();
        let issue = self.issues.get_mut(&iid).unwrap();
        if !self.vices.throttle || now.duration_since(issue.updated_at).as_secs() >= 60 {
            issue.updated_at = now;
        }
    }

    /// Deletes an issue with its notes.
    pub fn delete_issue(&mut self, iid: u64) {
        self.clock.tick();
        self.issues.remove(&iid).unwrap();
        self.notes.retain(|_, note| note.issue != iid);
    }
}

/// What the system writes about a change.
fn told(before: &Issue, after: &Issue) -> Vec<String> {
    let mut texts = Vec::new();
    if before.title != after.title {
        texts.push(format!(
            "changed title from **{{-{}-}}** to **{{+{}+}}**",
            before.title, after.title
        ));
    }
    if before.description != after.description {
        texts.push("changed the description".to_owned());
    }
    if before.closed != after.closed {
        texts.push(if after.closed { "closed" } else { "reopened" }.to_owned());
    }
    if before.confidential != after.confidential {
        let kind = if after.confidential {
            "confidential"
        } else {
            "visible to everyone"
        };
        texts.push(format!("made the issue {kind}"));
    }
    if before.time_spent < after.time_spent {
        texts.push(format!("added {}s of time spent", after.time_spent - before.time_spent));
    }
    if before.time_spent > after.time_spent {
        texts.push(format!(
            "subtracted {}s of time spent",
            before.time_spent - after.time_spent
        ));
    }
    for name in after.assignees.iter().filter(|name| !before.assignees.contains(name)) {
        texts.push(format!("assigned to @{name}"));
    }
    for name in before.assignees.iter().filter(|name| !after.assignees.contains(name)) {
        texts.push(format!("unassigned @{name}"));
    }
    texts
}
