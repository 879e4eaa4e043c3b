//! The people on one side of a story: what they do and see, said the same for every kind of tracker.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use lockstep::model::{Body, Payload};
use tokio::sync::oneshot;

use super::fake::{Exchange, FakeGitHub, FakeGitLab, Fault, Vendor as Vendors, When, github, gitlab};
use super::page::{self, Page, Snapshot};

/// The kinds of trackers a story can be told on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vendor {
    GitHub,
    GitLab,
    Folder,
}

/// An issue about to be opened.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    title: String,
    body: String,
    labels: Vec<String>,
    assignees: Vec<String>,
    closed: Option<String>,
}

/// Begins an issue by `alice`.
pub fn draft(title: &str) -> Draft {
    Draft {
        title: title.to_owned(),
        ..Draft::default()
    }
}

impl Draft {
    /// Its text.
    pub fn body(mut self, text: &str) -> Self {
        text.clone_into(&mut self.body);
        self
    }

    /// Labels; unknown ones are made.
    pub fn labels<const N: usize>(mut self, names: [&str; N]) -> Self {
        self.labels = names.map(str::to_owned).to_vec();
        self
    }

    /// Assignees; unknown people are made, and made assignable.
    pub fn assignees<const N: usize>(mut self, logins: [&str; N]) -> Self {
        self.assignees = logins.map(str::to_owned).to_vec();
        self
    }

    /// Closed at once. The reason counts where the tracker has reasons.
    pub fn closed(mut self, reason: &str) -> Self {
        self.closed = Some(reason.to_owned());
        self
    }
}

/// An issue as people see it: without markers and without our own visible lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub key: u64,
    pub title: String,
    pub text: String,
    pub closed: bool,
    /// Why, where the tracker has reasons.
    pub reason: Option<String>,
    pub labels: BTreeSet<String>,
    pub assignees: BTreeSet<String>,
    pub said: Vec<Said>,
    /// The body as stored.
    pub raw: String,
}

/// A comment as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub id: u64,
    pub author: String,
    pub text: String,
    /// The line above a copy that says who wrote it.
    pub attribution: Option<String>,
    /// It carries a marker: a copy, or a text that lost a conflict.
    pub ours: bool,
    /// The text as stored.
    pub raw: String,
}

impl Seen {
    /// The texts of the comments, in order.
    pub fn texts(&self) -> Vec<&str> {
        self.said.iter().map(|said| said.text.as_str()).collect()
    }

    /// The labels, in order.
    pub fn labels(&self) -> Vec<&str> {
        self.labels.iter().map(String::as_str).collect()
    }

    /// The assignees, in order.
    pub fn assignees(&self) -> Vec<&str> {
        self.assignees.iter().map(String::as_str).collect()
    }

    /// The marker lines of the body.
    pub fn marker_lines(&self) -> Vec<&str> {
        self.raw
            .lines()
            .filter(|line| line.starts_with("<!-- lockstep:"))
            .collect()
    }
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

    /// Replaces what people see of a comment.
    pub fn reword(&self, key: u64, id: u64, text: &str) {
        let said = self.see(key).said.into_iter().find(|said| said.id == id).unwrap();
        let raw = said.raw.replacen(&said.text, text, 1);
        match &self.place {
            Place::GitHub(fake) => fake.edit_comment(id, &raw),
            Place::GitLab(fake) => fake.edit_comment(id, &raw),
            Place::Folder(folder) => {
                let path = page::issue(&page::comments(&folder.root, key), id);
                let mut page = Page::read(&path);
                page.body = raw;
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

    /// The numbers of all issues.
    pub fn keys(&self) -> Vec<u64> {
        match &self.place {
            Place::GitHub(fake) => fake.issues().iter().map(|issue| issue.number).collect(),
            Place::GitLab(fake) => fake.issues().iter().map(|issue| issue.iid).collect(),
            Place::Folder(folder) => page::numbers(&folder.root),
        }
    }

    /// All issues.
    pub fn all(&self) -> Vec<Seen> {
        self.keys().into_iter().map(|key| self.see(key)).collect()
    }

    /// The one issue there is.
    pub fn only(&self) -> Seen {
        let all = self.all();
        assert_eq!(all.len(), 1, "one issue expected: {all:#?}");
        all.into_iter().next().unwrap()
    }

    /// The one issue of this title.
    pub fn titled(&self, title: &str) -> Seen {
        let (found, rest): (Vec<Seen>, Vec<Seen>) = self.all().into_iter().partition(|seen| seen.title == title);
        let others: Vec<&str> = rest.iter().map(|seen| seen.title.as_str()).collect();
        assert_eq!(found.len(), 1, "one issue {title:?} expected beside {others:?}");
        found.into_iter().next().unwrap()
    }

    /// An issue.
    pub fn see(&self, key: u64) -> Seen {
        match &self.place {
            Place::GitHub(fake) => {
                let issue = fake.get(key);
                let said = fake.comments(key).into_iter();
                Seen {
                    key,
                    title: issue.title,
                    text: read(issue.body.as_deref().unwrap_or_default()),
                    closed: issue.closed,
                    reason: issue.state_reason,
                    labels: issue.labels.into_iter().collect(),
                    assignees: issue.assignees.into_iter().collect(),
                    said: said.map(|one| heard(one.id, one.author, one.body)).collect(),
                    raw: issue.body.unwrap_or_default(),
                }
            }
            Place::GitLab(fake) => {
                let issue = fake.get(key);
                let said = fake.comments(key).into_iter();
                Seen {
                    key,
                    title: issue.title,
                    text: read(issue.description.as_deref().unwrap_or_default()),
                    closed: issue.closed,
                    reason: None,
                    labels: issue.labels.into_iter().collect(),
                    assignees: issue.assignees.into_iter().collect(),
                    said: said.map(|one| heard(one.id, one.author, one.body)).collect(),
                    raw: issue.description.unwrap_or_default(),
                }
            }
            Place::Folder(folder) => {
                let page = Page::read(&page::issue(&folder.root, key));
                let status = page.text("status");
                let comments = page::comments(&folder.root, key);
                let said = page::numbers(&comments).into_iter();
                Seen {
                    key,
                    title: page.text("title"),
                    text: read(&page.body),
                    closed: status.starts_with("closed"),
                    reason: status.strip_prefix("closed as ").map(str::to_owned),
                    labels: page.list("labels").into_iter().collect(),
                    assignees: page.list("assignees").into_iter().collect(),
                    said: said
                        .map(|id| {
                            let page = Page::read(&page::issue(&comments, id));
                            heard(id, page.text("author"), page.body)
                        })
                        .collect(),
                    raw: page.body,
                }
            }
        }
    }

    /// Arms a fault of a service.
    pub fn fault(&self, fault: Fault) {
        match &self.place {
            Place::GitHub(fake) => fake.fault(fault),
            Place::GitLab(fake) => fake.fault(fault),
            Place::Folder(_) => panic!("folders have no faults"),
        }
    }

    /// Disarms all faults.
    pub fn heal(&self) {
        match &self.place {
            Place::GitHub(fake) => fake.heal(),
            Place::GitLab(fake) => fake.heal(),
            Place::Folder(_) => {}
        }
    }

    /// Tells when a service has this write in its hands.
    pub fn told_of(&self, write: usize) -> oneshot::Receiver<()> {
        let (tell, told) = oneshot::channel();
        let tell = move || tell.send(()).unwrap_or_default();
        match &self.place {
            Place::GitHub(fake) => fake.meanwhile(When::Write(write), move |_| tell()),
            Place::GitLab(fake) => fake.meanwhile(When::Write(write), move |_| tell()),
            Place::Folder(_) => panic!("folders tell nobody"),
        }
        told
    }

    /// Holds every answer of a service back for so long.
    pub fn hold_back(&self, latency: Duration) {
        match &self.place {
            Place::GitHub(fake) => fake.vices(|vices| vices.latency = latency),
            Place::GitLab(fake) => fake.vices(|vices| vices.latency = latency),
            Place::Folder(_) => {}
        }
    }

    /// Begins counting anew.
    pub fn clear_log(&self) {
        match &self.place {
            Place::GitHub(fake) => fake.clear_log(),
            Place::GitLab(fake) => fake.clear_log(),
            Place::Folder(folder) => *folder.before.borrow_mut() = page::snapshot(&folder.root),
        }
    }

    fn log(&self) -> Vec<Exchange> {
        match &self.place {
            Place::GitHub(fake) => fake.log(),
            Place::GitLab(fake) => fake.log(),
            Place::Folder(_) => Vec::new(),
        }
    }

    /// How many requests only read since the last `clear_log`.
    pub fn reads(&self) -> usize {
        self.log().iter().filter(|exchange| !exchange.is_write()).count()
    }

    /// Every write since the last `clear_log`: `POST /issues/1/comments`, or the name of a file of a folder.
    pub fn writes(&self) -> Vec<String> {
        if let Place::Folder(folder) = &self.place {
            return page::differences(&folder.root, &folder.before.borrow(), &page::snapshot(&folder.root));
        }
        let log = self.log();
        let writes = log.iter().filter(|exchange| exchange.is_write());
        writes
            .map(|exchange| format!("{} {}", exchange.method, below_project(&exchange.path)))
            .collect()
    }

    /// The writes by kind: numbers are taken out of `writes`.
    pub fn tally(&self) -> BTreeMap<String, usize> {
        let mut tally = BTreeMap::new();
        for write in self.writes() {
            let kind: Vec<&str> = write
                .split('/')
                .map(|part| if part.parse::<u64>().is_ok() { "N" } else { part })
                .collect();
            *tally.entry(kind.join("/")).or_default() += 1;
        }
        tally
    }

    /// Exchanges that broke the vendor's description.
    pub fn violations(&self) -> Vec<String> {
        let found = match &self.place {
            Place::GitHub(fake) => fake.violations(),
            Place::GitLab(fake) => fake.violations(),
            Place::Folder(_) => Vec::new(),
        };
        found.iter().map(ToString::to_string).collect()
    }
}

/// `/repos/acme/api/issues/1` and `/api/v4/projects/acme%2Fapi/issues/1` as `/issues/1`.
fn below_project(path: &str) -> String {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let own = if segments.first() == Some(&"api") { 4 } else { 3 };
    format!("/{}", segments.into_iter().skip(own).collect::<Vec<_>>().join("/"))
}

fn status(closed: bool, reason: Option<&str>) -> String {
    match (closed, reason) {
        (false, _) => "open".to_owned(),
        (true, None | Some("")) => "closed".to_owned(),
        (true, Some(reason)) => format!("closed as {reason}"),
    }
}

fn read(raw: &str) -> String {
    Body::read(raw).text
}

fn heard(id: u64, author: String, raw: String) -> Said {
    let body = Body::read(&raw);
    Said {
        id,
        author,
        ours: body
            .markers
            .iter()
            .any(|marker| matches!(marker.payload, Payload::Comment(_))),
        text: body.text,
        attribution: body.ours,
        raw,
    }
}
