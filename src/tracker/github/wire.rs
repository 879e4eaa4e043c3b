//! GitHub's answers as far as we use them, and their translation to the model.
//!
//! Read tolerantly: one odd issue must not fail a page. Required is only what would do harm if it were made up: without
//! a state an issue would look reopened, without labels they would look removed. Members unknown to us are skipped, and
//! `assignee` is never read, for the API version 2026-03-10 has only `assignees`. Imports the model only.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::IgnoredAny;
use url::Url;

use super::rights::Membership;
use crate::model::{self, Account, Body, CommentKey, IssueKey, Planning, Reason, State, Status};

/// GitHub's stand-in for accounts that were deleted.
const GHOST: &str = "ghost";

/// An issue or a pull request: to GitHub, both are issues.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Issue {
    pub(super) number: u64,
    url: Option<String>,
    pub(super) html_url: Option<String>,
    user: Option<User>,
    created_at: Option<String>,
    updated_at: Option<String>,
    title: String,
    body: Option<String>,
    state: OpenOrClosed,
    state_reason: Option<String>,
    labels: Vec<LabelOrName>,
    assignees: Option<Vec<User>>,
    milestone: Option<Milestone>,
    parent_issue_url: Option<String>,
    pub(super) comments: u64,
    pull_request: Option<IgnoredAny>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum OpenOrClosed {
    Open,
    Closed,
}

/// A person or a bot.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct User {
    pub(super) login: Option<String>,
    html_url: Option<String>,
}

/// What somebody may do.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Permission {
    /// `admin`, `write`, `read` or `none`.
    pub(super) permission: Option<String>,
}

/// A milestone, in an issue or listed.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Milestone {
    pub(super) number: Option<u64>,
    pub(super) title: Option<String>,
    description: Option<String>,
    state: Option<String>,
    due_on: Option<String>,
}

/// A label of the repository's catalogue.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Label {
    pub(super) name: Option<String>,
    color: Option<String>,
    description: Option<String>,
}

/// The API's description allows both within issues.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum LabelOrName {
    Name(String),
    Label(Label),
}

/// A comment on an issue or a pull request.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Comment {
    pub(super) id: u64,
    html_url: Option<String>,
    issue_url: Option<String>,
    user: Option<User>,
    created_at: Option<String>,
    updated_at: Option<String>,
    body: Option<String>,
    minimized: Option<IgnoredAny>,
}

/// The repository.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Repository {
    pub(super) full_name: Option<String>,
    private: Option<bool>,
    visibility: Option<String>,
    pub(super) html_url: Option<String>,
    pub(super) has_issues: Option<bool>,
    pub(super) archived: Option<bool>,
    /// Our role, where there is one.
    pub(super) permissions: Option<Membership>,
}

/// The answer to `query { viewer { login } }`.
#[derive(Debug, Deserialize)]
pub(super) struct ViewerAnswer {
    pub(super) data: Option<ViewerData>,
}

/// See [`ViewerAnswer`].
#[derive(Debug, Deserialize)]
pub(super) struct ViewerData {
    pub(super) viewer: Option<User>,
}

/// A refusal, as far as it is not only for people to read.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Refusal {
    message: Option<String>,
    #[serde(default)]
    errors: Vec<Fault>,
}

/// One of a refusal's errors; some are bare text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Fault {
    Coded { code: Option<String> },
    Other(IgnoredAny),
}

impl Issue {
    /// Pull requests come along in listings of issues.
    pub(super) fn is_pull_request(&self) -> bool {
        self.pull_request.is_some()
    }

    pub(super) fn key(&self) -> IssueKey {
        IssueKey(self.number.to_string())
    }

    pub(super) fn into_model(self) -> model::Issue {
        let parent = self.parent_issue_url.as_deref();
        let parent = parent.and_then(|parent| reference(parent, self.url.as_deref()));
        model::Issue {
            key: self.key(),
            url: self.html_url.unwrap_or_default(),
            author: self.user.and_then(User::into_account),
            created: time(self.created_at.as_deref()),
            updated: time(self.updated_at.as_deref()),
            title: self.title,
            body: Body::read(&self.body.unwrap_or_default()),
            status: status(self.state, self.state_reason.as_deref()),
            labels: self.labels.into_iter().filter_map(LabelOrName::into_name).collect(),
            assignees: logins(self.assignees),
            milestone: self.milestone.and_then(|m| m.title),
            planning: Planning {
                parent,
                ..Planning::default()
            },
            comment_count: self.comments,
            confidential: false,
            moved_to: None,
        }
    }
}

impl User {
    fn into_account(self) -> Option<Account> {
        let login = self.login.filter(|login| login != GHOST)?;
        Some(Account {
            login,
            url: self.html_url,
        })
    }
}

impl LabelOrName {
    fn into_name(self) -> Option<String> {
        match self {
            Self::Name(name) => Some(name),
            Self::Label(label) => label.name,
        }
    }
}

impl Label {
    /// `None` for a label without a name, which nobody could use.
    pub(super) fn into_model(self) -> Option<model::Label> {
        Some(model::Label {
            name: self.name?,
            color: self.color,
            description: self.description.filter(|text| !text.is_empty()),
        })
    }
}

impl Milestone {
    /// `None` for a milestone without a title, which nobody could name.
    pub(super) fn into_model(self) -> Option<model::Milestone> {
        Some(model::Milestone {
            title: self.title?,
            description: self.description.filter(|text| !text.is_empty()),
            due: self.due_on.as_deref().and_then(day),
            closed: self.state.as_deref() == Some("closed"),
        })
    }
}

impl Comment {
    /// The number of the issue or pull request it belongs to.
    pub(super) fn issue(&self) -> Option<IssueKey> {
        let number: u64 = last_segment(self.issue_url.as_deref()?)?.parse().ok()?;
        Some(IssueKey(number.to_string()))
    }

    /// Listings of a whole repository mix comments on issues with those on pull requests.
    pub(super) fn is_on_pull_request(&self) -> bool {
        let page = self.html_url.as_deref().and_then(|url| Url::parse(url).ok());
        // Owner and repository come first; one of them may well be called "pull".
        page.is_some_and(|url| url.path_segments().and_then(|mut s| s.nth(2)) == Some("pull"))
    }

    pub(super) fn into_model(self) -> model::Comment {
        model::Comment {
            key: CommentKey(self.id.to_string()),
            url: self.html_url.unwrap_or_default(),
            author: self.user.and_then(User::into_account),
            created: time(self.created_at.as_deref()),
            updated: time(self.updated_at.as_deref()),
            body: Body::read(&self.body.unwrap_or_default()),
            restricted: self.minimized.is_some(),
        }
    }
}

impl Repository {
    /// Only what GitHub calls public is; "internal" is not, and neither is one it says nothing of.
    pub(super) fn is_private(&self) -> bool {
        match &self.visibility {
            Some(visibility) => visibility != "public",
            None => self.private.unwrap_or(true),
        }
    }

    /// Owner and name as they are now, which after a rename are not those that were asked for.
    pub(super) fn place(&self) -> Option<(String, String)> {
        let (owner, name) = self.full_name.as_deref()?.split_once('/')?;
        Some((owner.to_owned(), name.to_owned()))
    }
}

impl Refusal {
    /// An answer that is no JSON says nothing.
    pub(super) fn read(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }

    /// Whether one of the errors has this code.
    pub(super) fn has_code(&self, wanted: &str) -> bool {
        self.errors
            .iter()
            .any(|fault| matches!(fault, Fault::Coded { code: Some(code) } if code == wanted))
    }

    /// Whether it says that issues are switched off in the repository, which GitHub tells with the status it has for
    /// deleted issues.
    pub(super) fn says_disabled(&self) -> bool {
        self.says("disabled")
    }

    /// Whether it says that the issue was deleted.
    pub(super) fn says_deleted(&self) -> bool {
        self.says("deleted")
    }

    fn says(&self, word: &str) -> bool {
        self.message
            .as_deref()
            .is_some_and(|message| message.to_lowercase().contains(word))
    }
}

fn status(state: OpenOrClosed, reason: Option<&str>) -> Status {
    let known = match reason {
        Some("completed") => Some(Reason::Completed),
        Some("not_planned") => Some(Reason::NotPlanned),
        Some("duplicate") => Some(Reason::Duplicate),
        Some("reopened") => Some(Reason::Reopened),
        Some(_) | None => None,
    };
    match state {
        OpenOrClosed::Open => Status {
            state: State::Open,
            reason: known.filter(|reason| *reason == Reason::Reopened),
        },
        OpenOrClosed::Closed => Status {
            state: State::Closed,
            reason: known.filter(|reason| *reason != Reason::Reopened),
        },
    }
}

fn logins(users: Option<Vec<User>>) -> BTreeSet<String> {
    users.unwrap_or_default().into_iter().filter_map(|u| u.login).collect()
}

/// A time nobody can read is a time not told: no issue is lost for it.
fn time(text: Option<&str>) -> Option<Timestamp> {
    text?.parse().ok()
}

/// The day of a due date. It is told as midnight of the American west coast, or of Greenwich: the same day in Greenwich.
fn day(text: &str) -> Option<Date> {
    Some(time(Some(text))?.to_zoned(TimeZone::UTC).date())
}

/// An issue's address in the API as people write it: `#4` beside an issue of the same repository, else `owner/repo#4`.
fn reference(address: &str, beside: Option<&str>) -> Option<String> {
    let (place, number) = place_and_number(address)?;
    let same = beside.and_then(place_and_number).is_none_or(|(own, _)| own == place);
    Some(if same {
        format!("#{number}")
    } else {
        format!("{place}#{number}")
    })
}

/// `owner/repo` and the number out of `…/repos/owner/repo/issues/4`.
fn place_and_number(address: &str) -> Option<(String, u64)> {
    let url = Url::parse(address).ok()?;
    let mut from_behind = url.path_segments()?.rev();
    let number = from_behind.next()?.parse().ok()?;
    let (_issues, repo, owner) = (from_behind.next()?, from_behind.next()?, from_behind.next()?);
    Some((format!("{owner}/{repo}"), number))
}

fn last_segment(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    Some(url.path_segments()?.next_back()?.to_owned())
}
