//! The folder as a tracker, on a real disk: a desk to put files on and look at them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use jiff::Timestamp;
use tempfile::TempDir;

mod edits;
mod files;
mod planning;
mod reading;
mod writing;

use super::Folder;
use crate::model::{
    Comment, CommentKey, Draft, Issue, IssueKey, Lookup, Op, Patch, PlanningChange, Reason, Receipt, State, Status,
    TrackerId,
};
use crate::tracker::{ReadTracker as _, TrackerError, WriteTracker as _};

const NOW: &str = "2026-05-04T10:20:30Z";

struct Desk {
    dir: TempDir,
    folder: Folder,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = open(dir.path());
        Self { dir, folder }
    }

    fn put(&self, name: &str, text: impl AsRef<[u8]>) -> &Self {
        let path = self.dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn get(&self, name: &str) -> String {
        fs::read_to_string(self.dir.path().join(name)).unwrap()
    }

    /// Dates a file far back, so that any writing shows.
    fn age(&self, name: &str) -> SystemTime {
        let then = SystemTime::from(time("2001-02-03T04:05:06Z"));
        let file = fs::File::options()
            .append(true)
            .open(self.dir.path().join(name))
            .unwrap();
        file.set_modified(then).unwrap();
        then
    }

    fn modified(&self, name: &str) -> SystemTime {
        fs::metadata(self.dir.path().join(name)).unwrap().modified().unwrap()
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.dir.path().join(folder)).unwrap();
        let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    async fn all(&self) -> Vec<Issue> {
        self.folder.list(None).await.unwrap().issues
    }

    async fn one(&self, key: &str) -> Issue {
        match self.folder.issue(&issue_key(key)).await.unwrap() {
            Lookup::Found(issue) => *issue,
            Lookup::Deleted | Lookup::Moved(_) | Lookup::Hidden => panic!("{key} is not there"),
        }
    }

    async fn talk(&self, key: &str) -> Vec<Comment> {
        let all = self.folder.comments(&[(issue_key(key), 0)]).await.unwrap();
        all.into_values().next().unwrap()
    }

    async fn update(&self, key: &str, patch: Patch) -> Receipt {
        let key = issue_key(key);
        self.folder.perform(&Op::UpdateIssue { key, patch }).await.unwrap()
    }

    async fn create(&self, draft: Draft) -> Issue {
        self.folder
            .perform(&Op::CreateIssue(draft))
            .await
            .unwrap()
            .issue
            .unwrap()
    }

    async fn comment(&self, key: &str, body: &str) -> Comment {
        let op = Op::CreateComment {
            issue: issue_key(key),
            body: body.into(),
        };
        self.folder.perform(&op).await.unwrap().comment.unwrap()
    }

    async fn uncomment(&self, key: &str, comment: &str) {
        let op = Op::DeleteComment {
            issue: issue_key(key),
            comment: CommentKey(comment.into()),
        };
        assert_eq!(self.folder.perform(&op).await.unwrap(), Receipt::default());
    }

    /// What is wrong with the only file that cannot be read.
    async fn flaw(&self) -> String {
        let listing = self.folder.list(None).await.unwrap();
        let all: Vec<_> = listing.illegible.into_values().collect();
        let [one] = all.as_slice() else { panic!("{all:?}") };
        one.why.clone()
    }

    async fn refusal(&self) -> (String, String) {
        let error = self.folder.list(None).await.unwrap_err();
        let TrackerError::File { path, detail, .. } = error else {
            panic!("{error}")
        };
        (path, detail)
    }
}

fn open(path: &Path) -> Folder {
    let now = Box::new(|| time(NOW));
    Folder::new(TrackerId("board".into()), path.to_owned(), now, "robin".into())
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn issue_key(key: &str) -> IssueKey {
    IssueKey(key.into())
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn draft(title: &str, body: &str) -> Draft {
    Draft {
        title: title.into(),
        body: body.into(),
        status: Status::OPEN,
        labels: BTreeSet::new(),
        assignees: BTreeSet::new(),
        planning: PlanningChange::default(),
        confidential: false,
    }
}

const fn closed_as(reason: Reason) -> Status {
    Status {
        state: State::Closed,
        reason: Some(reason),
    }
}
