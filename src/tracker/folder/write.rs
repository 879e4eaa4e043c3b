//! The writes. Each one holds the folder's lock, reads what is there now, and changes no more than it was asked to.
//! Imports the model and this folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::model::{Comment, CommentKey, Draft, Issue, IssueKey, Patch, Reason, State, Status};

use super::disk::{self, Fault, Place, Stored};
use super::file::{Flaw, Page};
use super::front::{Edit, one_line};
use super::read::Unread;
use super::{planning, read};

/// Said when there is nothing above the highest number.
pub(super) const NO_NUMBER: &str = "no number is left: rename the file with the highest one";

/// Why a write was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The issue or the comment is not there.
    Gone,
    /// A file could not be read or written.
    Fault(Fault),
}

impl From<Unread> for Refusal {
    fn from(unread: Unread) -> Self {
        Self::Fault(unread.into())
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// One write to one folder.
#[derive(Clone, Copy, Debug)]
pub(super) struct Writer<'a> {
    /// The folder.
    pub root: &'a Path,
    /// Who new issues and comments are by.
    pub login: &'a str,
    /// When the write is made.
    pub now: Timestamp,
}

impl Writer<'_> {
    /// Writes a new issue under the next free number. A folder left by a deleted issue takes its number with it, so that
    /// nobody inherits its comments. `reserved` is a number set aside for it.
    pub(super) fn create_issue(&self, draft: &Draft, reserved: Option<u64>) -> Result<Issue, Refusal> {
        let _lock = disk::lock(self.root);
        let places = disk::scan(self.root)?;
        let highest = places.keys().next_back().copied().unwrap_or_default();
        let free = |number: &u64| places.get(number).is_none_or(|place| place.file.is_none());
        for number in reserved
            .filter(free)
            .into_iter()
            .chain(highest.saturating_add(1)..=disk::LARGEST)
        {
            let path = self.root.join(format!("{number:04}.md"));
            let text = self.new_issue(number, draft).map_err(|flaw| Fault::new(&path, flaw))?;
            if disk::create(&path, &text, self.now)? {
                return Ok(read::issue(number, &path, &Place::default())?);
            }
            // Another run took the number, or there is something else of that name.
        }
        Err(Fault::new(self.root, NO_NUMBER).into())
    }

    /// Changes an issue. The second value tells whether the file was written.
    pub(super) fn update_issue(&self, key: &IssueKey, patch: &Patch) -> Result<(Issue, bool), Refusal> {
        let _lock = disk::lock(self.root);
        let (number, file, place) = self.find(key)?;
        let now = read::issue(number, &file, &place)?;
        let stored = disk::read(&file)?;
        let mut edits = changes(&now, patch);
        let body = patch
            .body
            .as_deref()
            .filter(|body| !same_text(body, &stored.page.body()));
        if edits.is_empty() && body.is_none() {
            return Ok((now, false));
        }
        // A title made up so far would change with the text, so it is written down.
        if patch.title.is_none() && !stored.page.front.says("title") {
            edits.insert(0, Edit::text("title", &now.title));
        }
        self.change(&file, &stored, edits, body)?;
        Ok((read::issue(number, &file, &place)?, true))
    }

    /// Writes a comment under a number no comment of the issue ever had, as far as anybody can know.
    pub(super) fn create_comment(&self, key: &IssueKey, body: &str) -> Result<Comment, Refusal> {
        let _lock = disk::lock(self.root);
        let (_, path, place) = self.find(key)?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let folder = disk::make_comments_folder(self.root, &place, &stem)?;
        let place = Place {
            folder: folder.parent().map(Path::to_owned),
            ..place
        };
        for number in disk::last_comment(&place)?.saturating_add(1)..=disk::LARGEST {
            let path = folder.join(format!("{number:04}.md"));
            let when = seconds(self.now);
            let edits = [
                Edit::text("author", self.login),
                Edit::text("created", &when),
                Edit::text("updated", &when),
            ];
            let text = Page::empty()
                .with(&edits, Some(body))
                .map_err(|flaw| Fault::new(&path, flaw))?;
            // Noted first: a number that was noted and not used is harmless, the other way round is not.
            disk::note_last_comment(&folder, number, self.now)?;
            if disk::create(&path, &text, self.now)? {
                return Ok(read::comment(number, &path)?);
            }
        }
        Err(Fault::new(&folder, NO_NUMBER).into())
    }

    /// Changes a comment. The second value tells whether the file was written.
    pub(super) fn edit_comment(
        &self,
        issue: &IssueKey,
        key: &CommentKey,
        body: &str,
    ) -> Result<(Comment, bool), Refusal> {
        let _lock = disk::lock(self.root);
        let (number, path) = self.find_comment(issue, key)?.ok_or(Refusal::Gone)?;
        let now = read::comment(number, &path)?;
        let stored = disk::read(&path)?;
        if same_text(body, &stored.page.body()) {
            return Ok((now, false));
        }
        self.change(&path, &stored, Vec::new(), Some(body))?;
        Ok((read::comment(number, &path)?, true))
    }

    /// Notes in a comment's front matter that what it commands was read. Tells whether the file was written.
    pub(super) fn acknowledge(&self, issue: &IssueKey, key: &CommentKey) -> Result<bool, Refusal> {
        let _lock = disk::lock(self.root);
        let (_, path) = self.find_comment(issue, key)?.ok_or(Refusal::Gone)?;
        let stored = disk::read(&path)?;
        if stored.page.front.says("acknowledged") {
            return Ok(false);
        }
        let now = Edit::text("acknowledged", seconds(self.now));
        self.change(&path, &stored, vec![now], None)?;
        Ok(true)
    }

    /// Removes a comment; its number is not given again. Tells whether there was one.
    pub(super) fn delete_comment(&self, issue: &IssueKey, key: &CommentKey) -> Result<bool, Refusal> {
        let _lock = disk::lock(self.root);
        let place = match self.find(issue) {
            Ok((_, _, place)) => place,
            Err(Refusal::Gone) => return Ok(false),
            Err(other) => return Err(other),
        };
        let Some((_, path)) = self.find_comment(issue, key)? else {
            return Ok(false);
        };
        if let Some(folder) = path.parent() {
            disk::note_last_comment(folder, disk::last_comment(&place)?, self.now)?;
        }
        Ok(disk::remove(&path)?)
    }

    /// Writes a changed page. Where the time of creation was the file's own, it is written down before that changes.
    fn change(&self, path: &Path, stored: &Stored, mut edits: Vec<Edit>, body: Option<&str>) -> Result<(), Fault> {
        if let Some(created) = read::created(stored)
            && !stored.page.front.says("created")
        {
            edits.push(Edit::text("created", seconds(created)));
        }
        edits.push(Edit::text("updated", seconds(self.now)));
        let text = stored.page.with(&edits, body).map_err(|flaw| Fault::new(path, flaw))?;
        disk::replace(path, &text, self.now)
    }

    fn new_issue(&self, number: u64, draft: &Draft) -> Result<String, Flaw> {
        let when = seconds(self.now);
        let mut edits = vec![
            Edit::number("number", number),
            Edit::text("title", &draft.title),
            Edit::text("status", status_text(draft.status)),
            Edit::list("labels", &draft.labels),
            Edit::list("assignees", &draft.assignees),
        ];
        edits.extend(planning::first(&draft.planning));
        edits.extend([
            Edit::text("author", self.login),
            Edit::text("created", &when),
            Edit::text("updated", &when),
        ]);
        Page::empty().with(&edits, Some(&draft.body))
    }

    fn find(&self, key: &IssueKey) -> Result<(u64, PathBuf, Place), Refusal> {
        let number = read::key_number(&key.0).ok_or(Refusal::Gone)?;
        let place = disk::scan(self.root)?.remove(&number).ok_or(Refusal::Gone)?;
        let path = place.file.clone().ok_or(Refusal::Gone)?;
        Ok((number, path, place))
    }

    fn find_comment(&self, issue: &IssueKey, key: &CommentKey) -> Result<Option<(u64, PathBuf)>, Refusal> {
        let (_, _, place) = self.find(issue)?;
        let Some(number) = read::key_number(&key.0) else {
            return Ok(None);
        };
        Ok(disk::comments(&place)?.remove(&number).map(|path| (number, path)))
    }
}

/// The keys a patch changes, given what the issue holds. What it holds already is not written again.
fn changes(now: &Issue, patch: &Patch) -> Vec<Edit> {
    let mut edits = Vec::new();
    if let Some(title) = patch.title.as_ref().filter(|title| one_line(title) != now.title) {
        edits.push(Edit::text("title", title));
    }
    // "closed" and "closed as completed" say the same: what somebody typed stays.
    if let Some((_, to)) = patch.status.filter(|(_, to)| !to.alike(now.status)) {
        edits.push(Edit::text("status", status_text(to)));
    }
    let mut labels: BTreeSet<String> = now.labels.difference(&patch.remove_labels).cloned().collect();
    labels.extend(patch.add_labels.iter().map(|label| one_line(label)));
    if labels != now.labels {
        edits.push(Edit::list("labels", &labels));
    }
    if let Some(assignees) = patch
        .assignees
        .as_ref()
        .filter(|assignees| **assignees != now.assignees)
    {
        edits.push(Edit::list("assignees", assignees));
    }
    edits.extend(planning::changes(now, &patch.planning));
    edits
}

fn same_text(a: &str, b: &str) -> bool {
    a.replace("\r\n", "\n") == b.replace("\r\n", "\n")
}

/// As this tracker holds it: no reason for being open.
fn status_text(status: Status) -> String {
    let reason = match (status.state, status.reason) {
        (State::Open, _) | (State::Closed, Some(Reason::Reopened)) => None,
        (State::Closed, reason) => reason,
    };
    Status { reason, ..status }.to_string()
}

/// Whole seconds: people read it.
fn seconds(time: Timestamp) -> String {
    Timestamp::from_second(time.as_second()).unwrap_or(time).to_string()
}
