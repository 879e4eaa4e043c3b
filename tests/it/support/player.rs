//! The people on one side of a story: what they do and see, said the same for every kind of tracker.

mod labels;
mod lies;
mod look;
mod plans;
mod seen;
mod service;
mod state;

use std::cell::RefCell;
use std::path::PathBuf;

use jiff::Timestamp;
use lockstep::model::Body;

use super::fake::{FakeGitHub, FakeGitLab, Vendor as Vendors, github, gitlab};
use super::page::{self, Page, Snapshot};

pub use lies::{Lie, Of};
pub use plans::{Planned, Stone};
pub use seen::{Draft, Said, Seen, draft};
pub use state::Saved;

/// The kinds of trackers a story can be told on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vendor {
    GitHub,
    GitLab,
    Folder,
}

/// A folder that is edited by hand.
struct Folder {
    root: PathBuf,
    before: RefCell<Snapshot>,
}

enum Place {
    GitHub(FakeGitHub),
    GitLab(FakeGitLab),
    Folder(Folder),
}

/// The people on one side.
pub struct Player {
    pub vendor: Vendor,
    place: Place,
}

impl Player {
    /// A new, empty tracker. Folders live at `root`.
    pub async fn new(vendor: Vendor, project: &str, root: PathBuf) -> Self {
        let place = match vendor {
            Vendor::GitHub => Place::GitHub(FakeGitHub::start(project).await),
            Vendor::GitLab => Place::GitLab(FakeGitLab::start(project).await),
            Vendor::Folder => {
                std::fs::create_dir_all(&root).unwrap();
                Place::Folder(Folder {
                    root,
                    before: RefCell::default(),
                })
            }
        };
        Self { vendor, place }
    }

    /// The tracker's lines of the mapping file, in one.
    pub fn described(&self, name: &str, project: &str) -> String {
        let token = format!("${{{}_TOKEN}}", name.to_uppercase());
        match &self.place {
            Place::GitHub(fake) => format!(
                "{{ kind: github, project: {project}, url: '{}', token: '{token}' }}",
                fake.url()
            ),
            Place::GitLab(fake) => format!(
                "{{ kind: gitlab, project: {project}, url: '{}', token: '{token}' }}",
                fake.url()
            ),
            Place::Folder(_) => format!("{{ kind: folder, path: {name} }}"),
        }
    }

    /// Where the service is.
    pub fn address(&self) -> String {
        match &self.place {
            Place::GitHub(fake) => fake.url().to_owned(),
            Place::GitLab(fake) => fake.url().to_owned(),
            Place::Folder(folder) => folder.root.display().to_string(),
        }
    }

    /// The fake GitHub.
    pub fn github(&self) -> &FakeGitHub {
        match &self.place {
            Place::GitHub(fake) => fake,
            Place::GitLab(_) | Place::Folder(_) => panic!("{:?} is no GitHub", self.vendor),
        }
    }

    /// The fake GitLab.
    pub fn gitlab(&self) -> &FakeGitLab {
        match &self.place {
            Place::GitLab(fake) => fake,
            Place::GitHub(_) | Place::Folder(_) => panic!("{:?} is no GitLab", self.vendor),
        }
    }

    /// Opens an issue and tells its number.
    pub fn open(&self, draft: Draft) -> u64 {
        let body = (!draft.body.is_empty()).then_some(draft.body.clone());
        match &self.place {
            Place::GitHub(fake) => fake.with(|github| {
                github.open(github::Draft {
                    body,
                    labels: draft.labels,
                    assignees: draft.assignees,
                    closed: draft.closed,
                    ..github::Draft::new(&draft.title)
                })
            }),
            Place::GitLab(fake) => fake.with(|gitlab| {
                gitlab.open(gitlab::Draft {
                    title: draft.title,
                    description: body,
                    labels: draft.labels,
                    assignees: draft.assignees,
                    author: "alice".to_owned(),
                    closed: draft.closed.is_some(),
                    ..gitlab::Draft::default()
                })
            }),
            Place::Folder(folder) => {
                let number = page::numbers(&folder.root).last().copied().unwrap_or_default() + 1;
                let mut page = Page {
                    body: draft.body,
                    ..Page::default()
                };
                page.set("title", &draft.title);
                page.set("status", &status(draft.closed.is_some(), draft.closed.as_deref()));
                page.set_list("labels", &draft.labels);
                page.set_list("assignees", &draft.assignees);
                page.set("author", "alice");
                page.set("created", "2026-01-05T10:00:00Z");
                page.write(&page::issue(&folder.root, number));
                number
            }
        }
    }

    fn page(&self, key: u64, change: impl FnOnce(&mut Page)) {
        let Place::Folder(folder) = &self.place else {
            panic!("{:?} is no folder", self.vendor)
        };
        let path = page::issue(&folder.root, key);
        let mut page = Page::read(&path);
        change(&mut page);
        page.write(&path);
    }

    /// Gives an issue another title.
    pub fn retitle(&self, key: u64, title: &str) {
        match &self.place {
            Place::GitHub(fake) => fake.edit(key, |issue| title.clone_into(&mut issue.title)),
            Place::GitLab(fake) => fake.edit(key, |issue| title.clone_into(&mut issue.title)),
            Place::Folder(_) => self.page(key, |page| page.set("title", title)),
        }
    }

    /// Replaces the text people see, and leaves our own lines as they are, as a careful editor does.
    pub fn rewrite(&self, key: u64, text: &str) {
        let raw = self.see(key).raw;
        let was = Body::read(&raw).text;
        let new = if was.is_empty() {
            format!("{text}\n\n{raw}")
        } else {
            raw.replacen(&was, text, 1)
        };
        self.store(key, &new);
    }

    /// Replaces the stored body, our own lines included.
    pub fn store(&self, key: u64, raw: &str) {
        match &self.place {
            Place::GitHub(fake) => fake.edit(key, |issue| issue.body = Some(raw.to_owned())),
            Place::GitLab(fake) => fake.edit(key, |issue| issue.description = Some(raw.to_owned())),
            Place::Folder(_) => self.page(key, |page| raw.clone_into(&mut page.body)),
        }
    }

    /// Closes an issue. The reason counts where the tracker has reasons.
    pub fn close(&self, key: u64, reason: &str) {
        match &self.place {
            Place::GitHub(fake) => fake.edit(key, |issue| {
                issue.closed = true;
                issue.state_reason = Some(reason.to_owned());
            }),
            Place::GitLab(fake) => fake.close(key),
            Place::Folder(_) => self.page(key, |page| page.set("status", &status(true, Some(reason)))),
        }
    }

    /// Opens a closed issue again.
    pub fn reopen(&self, key: u64) {
        match &self.place {
            Place::GitHub(fake) => fake.reopen(key),
            Place::GitLab(fake) => fake.reopen(key),
            Place::Folder(_) => self.page(key, |page| page.set("status", "open")),
        }
    }

    fn lists(&self, key: u64, labels: impl Fn(&mut Vec<String>), assignees: impl Fn(&mut Vec<String>)) {
        match &self.place {
            Place::GitHub(fake) => fake.edit(key, |issue| {
                labels(&mut issue.labels);
                assignees(&mut issue.assignees);
            }),
            Place::GitLab(fake) => fake.edit(key, |issue| {
                labels(&mut issue.labels);
                assignees(&mut issue.assignees);
            }),
            Place::Folder(_) => self.page(key, |page| {
                let mut now = page.list("labels");
                labels(&mut now);
                page.set_list("labels", &now);
                let mut now = page.list("assignees");
                assignees(&mut now);
                page.set_list("assignees", &now);
            }),
        }
    }

    /// Puts a label on an issue.
    pub fn label(&self, key: u64, name: &str) {
        self.lists(key, |labels| labels.push(name.to_owned()), |_| {});
    }

    /// Takes a label off an issue.
    pub fn unlabel(&self, key: u64, name: &str) {
        self.lists(key, |labels| labels.retain(|other| other != name), |_| {});
    }

    /// Assigns somebody.
    pub fn assign(&self, key: u64, login: &str) {
        self.lists(key, |_| {}, |people| people.push(login.to_owned()));
    }

    /// Takes an assignment back.
    pub fn unassign(&self, key: u64, login: &str) {
        self.lists(key, |_| {}, |people| people.retain(|other| other != login));
    }

    /// Makes somebody assignable.
    pub fn invite(&self, login: &str) {
        match &self.place {
            Place::GitHub(fake) => {
                fake.user(login);
            }
            Place::GitLab(fake) => {
                fake.user(login);
            }
            Place::Folder(_) => {}
        }
    }

    /// Makes a label known.
    pub fn make_label(&self, name: &str) {
        match &self.place {
            Place::GitHub(fake) => fake.label(name),
            Place::GitLab(fake) => fake.label(name),
            Place::Folder(_) => {}
        }
    }

    /// Comments and tells the comment's id.
    pub fn say(&self, key: u64, author: &str, text: &str) -> u64 {
        match &self.place {
            Place::GitHub(fake) => fake.comment(key, author, text),
            Place::GitLab(fake) => fake.comment(key, author, text),
            Place::Folder(folder) => {
                let comments = page::comments(&folder.root, key);
                let number = page::numbers(&comments).last().copied().unwrap_or_default() + 1;
                let mut page = Page {
                    body: text.to_owned(),
                    ..Page::default()
                };
                page.set("author", author);
                page.set("created", "2026-01-05T10:00:00Z");
                page.write(&page::issue(&comments, number));
                number
            }
        }
    }

    /// Whether our own account showed below a comment that it was read.
    pub fn acknowledged(&self, key: u64, id: u64) -> bool {
        match &self.place {
            Place::GitHub(fake) => fake.reactions(id) == ["lockstep-bot"],
            Place::GitLab(fake) => fake.reactions(id) == ["lockstep-bot"],
            Place::Folder(folder) => {
                let path = page::issue(&page::comments(&folder.root, key), id);
                !Page::read(&path).text("acknowledged").is_empty()
            }
        }
    }

    /// Replaces what people see of a comment.
    pub fn reword(&self, key: u64, id: u64, text: &str) {
        let said = self.see(key).said.into_iter().find(|said| said.id == id).unwrap();
        self.store_comment(key, id, &said.raw.replacen(&said.text, text, 1));
    }

    /// Replaces all of a comment, markers included.
    pub fn store_comment(&self, key: u64, id: u64, raw: &str) {
        match &self.place {
            Place::GitHub(fake) => fake.edit_comment(id, raw),
            Place::GitLab(fake) => fake.edit_comment(id, raw),
            Place::Folder(folder) => {
                let path = page::issue(&page::comments(&folder.root, key), id);
                let mut page = Page::read(&path);
                page.body = raw.to_owned();
                page.write(&path);
            }
        }
    }

    /// Deletes a comment.
    pub fn unsay(&self, key: u64, id: u64) {
        match &self.place {
            Place::GitHub(fake) => fake.delete_comment(id),
            Place::GitLab(fake) => fake.delete_comment(id),
            Place::Folder(folder) => {
                std::fs::remove_file(page::issue(&page::comments(&folder.root, key), id)).unwrap();
            }
        }
    }

    /// Attaches a file in the browser, to issue 1 of a folder, and tells the address that texts name it by.
    pub fn attach(&self, bytes: &[u8], name: &str) -> String {
        self.attach_to(1, bytes, name)
    }

    /// The same, to any issue of a folder.
    pub fn attach_to(&self, key: u64, bytes: &[u8], name: &str) -> String {
        match &self.place {
            Place::GitHub(fake) => fake.attach(bytes, name),
            Place::GitLab(fake) => fake.attach(bytes, name),
            Place::Folder(folder) => {
                let files = folder.root.join(format!("{key:04}/files"));
                std::fs::create_dir_all(&files).unwrap();
                std::fs::write(files.join(name), bytes).unwrap();
                format!("{key:04}/files/{name}")
            }
        }
    }

    /// Deletes an issue.
    pub fn delete(&self, key: u64) {
        match &self.place {
            Place::GitHub(fake) => fake.delete_issue(key),
            Place::GitLab(fake) => fake.delete_issue(key),
            Place::Folder(folder) => std::fs::remove_file(page::issue(&folder.root, key)).unwrap(),
        }
    }

    /// Lets time pass, so that what happens next is later than what happened on the other side.
    pub fn later(&self, key: u64, seconds: i64) {
        match &self.place {
            Place::GitHub(fake) => fake.advance(seconds),
            Place::GitLab(fake) => fake.advance(seconds),
            Place::Folder(folder) => {
                let at = Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
                page::date(&page::issue(&folder.root, key), at);
            }
        }
    }

    /// Moves the tracker's clock to this time, if that is later.
    pub fn not_before(&self, at: Timestamp) {
        let whole = Timestamp::from_second(at.as_second() + 1).unwrap();
        match &self.place {
            Place::GitHub(fake) => fake.with(|vendor| Vendors::clock(vendor).at_least(whole)),
            Place::GitLab(fake) => fake.with(|vendor| Vendors::clock(vendor).at_least(whole)),
            Place::Folder(_) => {}
        }
    }
}

fn status(closed: bool, reason: Option<&str>) -> String {
    match (closed, reason) {
        (false, _) => "open".to_owned(),
        (true, None | Some("")) => "closed".to_owned(),
        (true, Some(reason)) => format!("closed as {reason}"),
    }
}
