//! What is there to be seen on a side, and what was asked of it.

use std::collections::BTreeMap;

use super::seen::{heard, read};
use super::{Place, Player, Seen};
use crate::support::fake::Exchange;
use crate::support::page::{self, Page};

impl Player {
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
                    plan: self.planned(key),
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
                    plan: self.planned(key),
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
                    plan: self.planned(key),
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

    /// The paths of those requests.
    pub fn asked(&self) -> Vec<String> {
        let log = self.log();
        let reads = log.iter().filter(|exchange| !exchange.is_write());
        reads.map(|exchange| exchange.path.clone()).collect()
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
