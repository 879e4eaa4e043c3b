//! What the fake GitHub knows. Plain data; the rules are in the other modules.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::git::Git;
use crate::support::fake::Clock;
use crate::support::fake::storage::Storage;

/// An issue or a pull request.
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    pub number: u64,
    pub id: u64,
    pub title: String,
    pub body: Option<String>,
    pub closed: bool,
    /// `completed`, `not_planned`, `duplicate` or `reopened`.
    pub state_reason: Option<String>,
    /// Names as the repository spells them.
    pub labels: Vec<String>,
    /// Logins.
    pub assignees: Vec<String>,
    /// The milestone's number.
    pub milestone: Option<u64>,
    /// The number of the issue it is a part of, here or (`owner/repo`) elsewhere.
    pub parent: Option<(Option<String>, u64)>,
    pub author: String,
    pub locked: bool,
    pub pull_request: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub closed_by: Option<String>,
}

/// A comment on an issue or a pull request.
#[derive(Clone, Debug, PartialEq)]
pub struct Comment {
    pub id: u64,
    /// The number of the issue it stands on.
    pub issue: u64,
    pub author: String,
    pub body: String,
    /// Why it is folded away (`spam`, `off-topic`), if it is.
    pub minimized: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A label of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub id: u64,
    pub name: String,
    /// Six hex digits.
    pub color: String,
    pub description: Option<String>,
}

/// A milestone of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    pub id: u64,
    pub number: u64,
    pub title: String,
    pub description: Option<String>,
    /// As answered: midnight on the west coast.
    pub due_on: Option<Timestamp>,
    pub closed: bool,
    pub created_at: Timestamp,
}

/// Somebody with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: u64,
    pub login: String,
    /// Whether issues of the repository can be assigned to them.
    pub assignable: bool,
}

/// A credential and what it allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub value: String,
    /// Whom it acts as.
    pub login: String,
    /// Every write is refused with 403.
    pub readonly: bool,
    /// An installation token of an App: `GET /user` is refused.
    pub app: bool,
}

impl Token {
    /// A token of `lockstep-bot` that may do everything.
    pub fn new(value: &str) -> Self {
        Token {
            value: value.to_owned(),
            login: "lockstep-bot".to_owned(),
            readonly: false,
            app: false,
        }
    }
}

/// What may go wrong or be odd without being an error. All off at first.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own, set by name")]
pub struct Vices {
    /// Pages never hold more, whatever was asked for.
    pub page_cap: usize,
    /// A pull request is opened after every new issue.
    pub pull_requests_between: bool,
    /// Bodies are answered with CRLF line ends.
    pub crlf_bodies: bool,
    /// Assignees in requests are ignored.
    pub drop_assignees: bool,
    /// Labels in requests are ignored.
    pub drop_labels: bool,
    /// The caller has no push access: labels, assignees and milestone are dropped in silence, labels cannot be made.
    pub no_push: bool,
    /// Answers as API version 2026-03-10: no `assignee` on issues.
    pub api_version_2026: bool,
    /// The caller may neither read nor write the repository's files.
    pub no_contents: bool,
    /// Nothing in the repository can be changed any more.
    pub archived: bool,
    /// Issues are switched off.
    pub no_issues: bool,
    /// Files of workflows whose schedule was switched off for want of activity.
    pub asleep: Vec<String>,
    /// The scopes of the caller's token, as a classic token's are told.
    pub scopes: Option<&'static str>,
    /// When the caller's token ends, as it is told.
    pub token_ends: Option<String>,
    /// How long each answer is held back.
    pub latency: Duration,
}

impl Default for Vices {
    fn default() -> Self {
        Vices {
            page_cap: 100,
            pull_requests_between: false,
            crlf_bodies: false,
            drop_assignees: false,
            drop_labels: false,
            no_push: false,
            api_version_2026: false,
            no_contents: false,
            archived: false,
            no_issues: false,
            asleep: Vec::new(),
            scopes: None,
            token_ends: None,
            latency: Duration::ZERO,
        }
    }
}

/// A file somebody attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Where the pages for people have it.
    pub path: String,
    /// Where it really is.
    pub stored: String,
}

/// An issue that was transferred away.
#[derive(Clone, Debug)]
pub struct Transferred {
    pub repository: String,
    pub repository_id: u64,
    pub issue: Issue,
}

/// The state of the fake.
#[derive(Clone, Debug)]
pub struct GitHub {
    pub vices: Vices,
    pub(super) clock: Clock,
    pub(super) url: String,
    pub(super) owner: String,
    pub(super) name: String,
    pub(super) repository_id: u64,
    pub(super) issues: BTreeMap<u64, Issue>,
    pub(super) comments: BTreeMap<u64, Comment>,
    pub(super) labels: Vec<Label>,
    pub(super) milestones: Vec<Milestone>,
    pub(super) users: Vec<User>,
    pub(super) deleted: BTreeSet<u64>,
    /// By the old number.
    pub(super) transferred: BTreeMap<u64, Transferred>,
    pub(super) tokens: Vec<Token>,
    pub(super) attachments: Vec<Attachment>,
    /// Started with the first attachment.
    pub(super) storage: Option<Arc<Storage>>,
    pub(super) git: Git,
    /// Comments that somebody reacted to, and who.
    pub(super) reactions: BTreeSet<(u64, String)>,
    pub(super) requests: u64,
    pub(super) last_number: u64,
    last_id: u64,
}

impl GitHub {
    /// A repository named `owner/name`, empty but for its owner and the bot.
    pub(super) fn new(repository: &str) -> Self {
        let (owner, name) = repository.split_once('/').expect("a repository is owner/name");
        let mut github = GitHub {
            vices: Vices::default(),
            clock: Clock::default(),
            url: String::new(),
            owner: owner.to_owned(),
            name: name.to_owned(),
            repository_id: 4_000_001,
            issues: BTreeMap::new(),
            comments: BTreeMap::new(),
            labels: Vec::new(),
            milestones: Vec::new(),
            users: Vec::new(),
            deleted: BTreeSet::new(),
            transferred: BTreeMap::new(),
            tokens: Vec::new(),
            attachments: Vec::new(),
            storage: None,
            git: Git::default(),
            reactions: BTreeSet::new(),
            requests: 0,
            last_number: 0,
            last_id: 7000,
        };
        github.register(owner, true);
        github.register("lockstep-bot", true);
        github
    }

    /// A fresh database id, unlike every number.
    pub(super) fn fresh_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Keeps fresh ids above this one.
    pub(super) fn reserve_id(&mut self, id: u64) {
        self.last_id = self.last_id.max(id);
    }

    /// Makes sure the user exists; `assignable` only ever grows.
    pub(super) fn register(&mut self, login: &str, assignable: bool) -> u64 {
        if let Some(user) = self
            .users
            .iter_mut()
            .find(|user| user.login.eq_ignore_ascii_case(login))
        {
            user.assignable |= assignable;
            return user.id;
        }
        let id = self.fresh_id();
        self.users.push(User {
            id,
            login: login.to_owned(),
            assignable,
        });
        id
    }

    /// The label under this name, whatever its case.
    pub(super) fn find_label(&self, name: &str) -> Option<&Label> {
        self.labels
            .iter()
            .find(|label| label.name.to_lowercase() == name.to_lowercase())
    }

    /// The repository's spelling of these labels, each once, unknown ones made.
    pub(super) fn adopt_labels(&mut self, names: &[String]) -> Vec<String> {
        let mut adopted: Vec<String> = Vec::new();
        for name in names {
            let spelled = if let Some(label) = self.find_label(name) {
                label.name.clone()
            } else {
                let id = self.fresh_id();
                self.labels.push(Label {
                    id,
                    name: name.clone(),
                    color: "ededed".to_owned(),
                    description: None,
                });
                name.clone()
            };
            if !adopted.contains(&spelled) {
                adopted.push(spelled);
            }
        }
        adopted
    }

    /// Those of the logins that issues can be assigned to, at most ten, as the accounts are spelled.
    pub(super) fn assignable(&self, logins: &[String]) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for login in logins {
            if let Some(user) = self
                .users
                .iter()
                .find(|user| user.login.eq_ignore_ascii_case(login) && user.assignable)
                && !found.contains(&user.login)
            {
                found.push(user.login.clone());
            }
        }
        found.truncate(10);
        found
    }
}
