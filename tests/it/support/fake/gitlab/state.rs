//! What the fake GitLab knows. Plain data; the rules are in the other modules.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::support::fake::Clock;

/// An issue.
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    /// The number people see.
    pub iid: u64,
    /// The global id.
    pub id: u64,
    pub title: String,
    pub description: Option<String>,
    pub closed: bool,
    pub labels: Vec<String>,
    /// User names.
    pub assignees: Vec<String>,
    /// The milestone's global id.
    pub milestone: Option<u64>,
    pub author: String,
    pub confidential: bool,
    pub discussion_locked: bool,
    /// `issue`, `incident`, `task`.
    pub kind: String,
    /// `YYYY-MM-DD`.
    pub due_date: Option<String>,
    pub weight: Option<u64>,
    /// Seconds.
    pub time_estimate: u64,
    /// Seconds.
    pub time_spent: u64,
    /// The title of the iteration. Only people set it.
    pub iteration: Option<String>,
    /// The title of the epic. Only people set it.
    pub epic: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub closed_by: Option<String>,
    /// The global id of the issue it was moved to.
    pub moved_to_id: Option<u64>,
}

/// A note: a comment, an internal comment, or what the system wrote.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    pub id: u64,
    /// The iid of the issue it stands on.
    pub issue: u64,
    pub author: String,
    pub body: String,
    pub system: bool,
    pub internal: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A label of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub id: u64,
    pub name: String,
    /// `#RRGGBB`.
    pub color: String,
    pub description: Option<String>,
}

/// A file of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    pub id: u64,
    /// 32 hexadecimal digits.
    pub secret: String,
    pub name: String,
    pub bytes: Vec<u8>,
    /// Through the API, and not by a person.
    pub by_api: bool,
}

/// A milestone of the project or of the group above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    pub id: u64,
    pub iid: u64,
    pub title: String,
    pub description: String,
    /// `YYYY-MM-DD`.
    pub due_date: Option<String>,
    pub closed: bool,
    /// It belongs to the group above the project.
    pub of_group: bool,
    pub created_at: Timestamp,
}

/// Somebody with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: u64,
    pub username: String,
    /// The access level in the project; 0 for a stranger.
    pub level: u64,
}

/// A credential and what it allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub value: String,
    /// Whom it acts as.
    pub username: String,
    /// Scope `read_api`: every write is refused with 403.
    pub readonly: bool,
    /// Access level: 10 guest, 15 planner, 20 reporter, 40 maintainer, 50 owner. Below 15, labels, assignees, milestone and
    /// confidentiality are dropped in silence; `created_at`, `iid` and deletion need 50.
    pub level: u64,
}

impl Token {
    /// A maintainer's token of `lockstep-bot`.
    pub fn new(value: &str) -> Self {
        Token {
            value: value.to_owned(),
            username: "lockstep-bot".to_owned(),
            readonly: false,
            level: 40,
        }
    }
}

/// What may go wrong or be odd without being an error. All off at first but for the throttle.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own, set by name")]
pub struct Vices {
    /// Pages never hold more, whatever was asked for.
    pub page_cap: usize,
    /// Assignees in requests are ignored.
    pub drop_assignees: bool,
    /// Labels in requests are ignored.
    pub drop_labels: bool,
    /// The free tier: an issue has one assignee, the first named.
    pub one_assignee: bool,
    /// The free tier: weight, iterations and epics do not exist; weights in requests are ignored.
    pub no_premium: bool,
    /// The caller is treated as a guest, whatever the token says.
    pub guest: bool,
    /// A note moves the issue's `updated_at` only when that is a minute old. On at first, as it really is.
    pub throttle: bool,
    /// Nothing in the project can be changed any more.
    pub archived: bool,
    /// Issues are switched off.
    pub no_issues: bool,
    /// Everybody may see the project.
    pub public: bool,
    /// Its issues are for members, whoever may see the rest.
    pub members_only: bool,
    /// The caller's token is none that tells of itself, as a job's.
    pub untold: bool,
    /// The day the caller's token ends.
    pub token_ends: Option<String>,
    /// How long each answer is held back.
    pub latency: Duration,
    /// The largest file taken, in bytes.
    pub upload_limit: usize,
}

impl Default for Vices {
    fn default() -> Self {
        Vices {
            page_cap: 100,
            drop_assignees: false,
            drop_labels: false,
            one_assignee: false,
            no_premium: false,
            guest: false,
            throttle: true,
            archived: false,
            public: false,
            members_only: false,
            no_issues: false,
            untold: false,
            token_ends: None,
            latency: Duration::ZERO,
            upload_limit: 100 * 1024 * 1024,
        }
    }
}

/// The state of the fake.
#[derive(Clone, Debug)]
pub struct GitLab {
    pub vices: Vices,
    /// Every quick action executed so far, as `name argument`.
    pub quick_actions: Vec<String>,
    pub(super) clock: Clock,
    pub(super) url: String,
    pub(super) path: String,
    pub(super) project_id: u64,
    pub(super) issues: BTreeMap<u64, Issue>,
    pub(super) notes: BTreeMap<u64, Note>,
    pub(super) labels: Vec<Label>,
    pub(super) milestones: Vec<Milestone>,
    pub(super) users: Vec<User>,
    pub(super) uploads: Vec<Upload>,
    pub(super) tokens: Vec<Token>,
    /// Comments that somebody reacted to, and who.
    pub(super) reactions: BTreeSet<(u64, String)>,
    pub(super) requests: u64,
    pub(super) last_iid: u64,
    last_id: u64,
}

impl GitLab {
    /// A project at this path, empty but for its owner and the bot.
    pub(super) fn new(path: &str) -> Self {
        let mut gitlab = GitLab {
            vices: Vices::default(),
            quick_actions: Vec::new(),
            clock: Clock::default(),
            url: String::new(),
            path: path.to_owned(),
            project_id: 3_000_001,
            issues: BTreeMap::new(),
            notes: BTreeMap::new(),
            labels: Vec::new(),
            milestones: Vec::new(),
            users: Vec::new(),
            uploads: Vec::new(),
            tokens: Vec::new(),
            reactions: BTreeSet::new(),
            requests: 0,
            last_iid: 0,
            last_id: 9000,
        };
        gitlab.register("root", 50);
        gitlab.register("lockstep-bot", 40);
        gitlab
    }

    /// A fresh global id, unlike every iid.
    pub(super) fn fresh_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Keeps fresh ids above this one.
    pub(super) fn reserve_id(&mut self, id: u64) {
        self.last_id = self.last_id.max(id);
    }

    /// Makes sure the user exists; the level only ever grows.
    pub(super) fn register(&mut self, username: &str, level: u64) -> u64 {
        if let Some(user) = self.users.iter_mut().find(|user| user.username == username) {
            user.level = user.level.max(level);
            return user.id;
        }
        let id = self.fresh_id();
        self.users.push(User {
            id,
            username: username.to_owned(),
            level,
        });
        id
    }

    /// These labels, each once, unknown ones made, of each scope (`key::`) only the last.
    pub(super) fn adopt_labels(&mut self, names: &[String]) -> Vec<String> {
        let mut adopted: Vec<String> = Vec::new();
        for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
            if !self.labels.iter().any(|label| label.name == name) {
                let id = self.fresh_id();
                let color = "#428BCA".to_owned();
                self.labels.push(Label {
                    id,
                    name: name.to_owned(),
                    color,
                    description: None,
                });
            }
            if let Some((scope, _)) = name.rsplit_once("::") {
                adopted.retain(|other| other.rsplit_once("::").is_none_or(|(theirs, _)| theirs != scope));
            }
            if !adopted.iter().any(|other| other == name) {
                adopted.push(name.to_owned());
            }
        }
        adopted
    }
}
