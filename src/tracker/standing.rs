//! How we stand with a tracker, for `check --online`: as whom, with which token, allowed what, how much is left.
//!
//! Imports the model's clock types, `http` and the traits. What each service tells, and what it keeps to itself, is found out in
//! its folder.

use std::collections::BTreeMap;

use http::{HeaderMap, header};
use jiff::Timestamp;

use super::{ReadTracker, TrackerError};

/// What two trackers are that have [one place](super::About::place), as in "a and b …".
pub const ONE_PROJECT: &str = "are one project under two addresses, and a sync is between two";
/// What to do then.
pub const ONE_PROJECT_HINT: &str = "correct `project:`, `url:` or `path:` of one of them in the mapping file";

/// Whether the two are one project, which no mapping file shows: under an old name, by a number, through a link to a folder.
/// Asks nothing where their services differ, and each what it says of itself at most once.
pub async fn are_one_project(one: &dyn ReadTracker, other: &dyn ReadTracker) -> Result<bool, TrackerError> {
    if one.profile().service != other.profile().service {
        return Ok(false);
    }
    let place = one.about().await?.place;
    Ok(place.is_some() && place == other.about().await?.place)
}

/// Something one may be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// Read issues and comments.
    Read,
    /// Create issues and comments, and change one's own.
    Write,
    /// Change issues of others: title, body, status, labels, assignees, milestone.
    Plan,
    /// Make labels.
    MakeLabels,
    /// Make milestones.
    MakeMilestones,
    /// Keep files: in the service's own store, or on a branch where it has none.
    KeepFiles,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 6] = [
        Self::Read,
        Self::Write,
        Self::Plan,
        Self::MakeLabels,
        Self::MakeMilestones,
        Self::KeepFiles,
    ];

    /// What it allows, as in "may not …".
    pub fn words(self) -> &'static str {
        match self {
            Self::Read => "read issues",
            Self::Write => "create issues and comments",
            Self::Plan => "change issues and labels of others",
            Self::MakeLabels => "make labels",
            Self::MakeMilestones => "make milestones",
            Self::KeepFiles => "keep files",
        }
    }
}

/// Whether a right is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// It is.
    Given,
    /// It is not.
    Missing,
    /// The service does not tell before it is used.
    Untold,
}

impl Grant {
    /// Given or missing.
    pub fn of(given: bool) -> Self {
        if given { Self::Given } else { Self::Missing }
    }

    /// What needs both: missing when one is, told only when both are.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Missing, _) | (_, Self::Missing) => Self::Missing,
            (Self::Given, Self::Given) => Self::Given,
            (Self::Untold, _) | (_, Self::Untold) => Self::Untold,
        }
    }
}

/// A right, and what it takes that is missing or not told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// Whether it is there.
    pub grant: Grant,
    /// What the token lacks, or may lack: "the scope `api`".
    pub token: Option<String>,
    /// The role that its owner lacks, or may lack.
    pub role: Option<Role>,
}

impl Permission {
    /// A right that takes a permission of the token and, where there are such, a role of its owner.
    pub(super) fn of(token: (Grant, String), role: Option<(Grant, Role)>) -> Self {
        let lacks = |grant: Grant| grant != Grant::Given;
        Self {
            grant: token.0.and(role.map_or(Grant::Given, |(grant, _)| grant)),
            token: lacks(token.0).then_some(token.1),
            role: role.filter(|(grant, _)| lacks(*grant)).map(|(_, role)| role),
        }
    }
}

/// A role in a project. One of a higher rank may do whatever one of a lower rank may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Role {
    /// Higher is more.
    pub rank: u64,
    /// What the service calls it.
    pub name: &'static str,
}

/// The token, or what stands for one. Never the token itself, nor a part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credential {
    /// "fine-grained personal access token".
    pub kind: String,
    /// Its scopes or permissions, where the service tells them.
    pub scopes: Option<Vec<String>>,
    /// When it ends, where the service tells.
    pub expires: Option<Timestamp>,
}

/// What is left of a service's rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Requests left.
    pub remaining: u64,
    /// Requests in a whole window.
    pub limit: Option<u64>,
    /// When the window begins anew.
    pub resets: Option<Timestamp>,
}

impl Budget {
    /// Reads GitHub's (`x-ratelimit-*`) or GitLab's (`ratelimit-*`) headers.
    pub(super) fn read(headers: &HeaderMap) -> Option<Self> {
        let number = |name: &str| -> Option<u64> {
            let of = |prefix: &str| {
                headers
                    .get(format!("{prefix}ratelimit-{name}"))?
                    .to_str()
                    .ok()?
                    .trim()
                    .parse()
                    .ok()
            };
            of("x-").or_else(|| of(""))
        };
        let reset = number("reset").and_then(|reset| i64::try_from(reset).ok());
        Some(Self {
            remaining: number("remaining")?,
            limit: number("limit"),
            resets: reset.and_then(|reset| Timestamp::from_second(reset).ok()),
        })
    }
}

/// Something about the project or the token that keeps a sync from working, or soon will.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snag {
    /// What kind.
    pub kind: SnagKind,
    /// What is so, as a sentence without a full stop; the service's words in it are foreign.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// What kind of snag it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SnagKind {
    /// The project is archived: nothing in it can be changed.
    Archived,
    /// The project has no issues, or they are switched off.
    NoIssues,
    /// The kind of token is none that can do the work.
    WrongToken,
    /// The app's installation is suspended.
    Suspended,
    /// A schedule that the service has put to sleep.
    Asleep,
}

/// How we stand with a tracker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Where it is: a host, with its port where that is unusual, or a folder.
    pub place: String,
    /// Its project as the mapping file names it; empty for a folder.
    pub project: String,
    /// As whom we act, where the service tells.
    pub account: Option<String>,
    /// The token; `None` where none is needed.
    pub credential: Option<Credential>,
    /// The rights, as far as they mean anything there.
    pub rights: BTreeMap<Right, Permission>,
    /// What is left of the rate limit, where there is one.
    pub budget: Option<Budget>,
    /// By how many seconds the service's clock is ahead of ours; negative when it is behind.
    pub ahead: Option<i64>,
    /// Whatever else is in the way.
    pub snags: Vec<Snag>,
}

/// By how many seconds an answer's `Date` is ahead of `now`.
pub(super) fn ahead(headers: &HeaderMap, now: std::time::SystemTime) -> Option<i64> {
    let date = httpdate::parse_http_date(headers.get(header::DATE)?.to_str().ok()?).ok()?;
    let seconds = |time| Timestamp::try_from(time).ok().map(Timestamp::as_second);
    Some(seconds(date)? - seconds(now)?)
}

/// A host as people write it, with its port unless that goes without saying.
pub(super) fn host(url: &url::Url) -> String {
    let name = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_two_rights_is_missing_when_one_is() {
        use Grant::{Given, Missing, Untold};
        for (a, b, both) in [
            (Given, Given, Given),
            (Given, Untold, Untold),
            (Untold, Untold, Untold),
            (Missing, Untold, Missing),
            (Missing, Given, Missing),
        ] {
            assert_eq!((a.and(b), b.and(a)), (both, both));
        }
    }

    #[test]
    fn budgets_of_both_forms_are_read() {
        let headers = |prefix: &str| -> HeaderMap {
            [("limit", "5000"), ("remaining", " 42 "), ("reset", "1767225600")]
                .into_iter()
                .map(|(name, value)| {
                    let name = format!("{prefix}ratelimit-{name}");
                    (name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap())
                })
                .collect()
        };
        for prefix in ["x-", ""] {
            let budget = Budget::read(&headers(prefix)).unwrap();
            assert_eq!((budget.remaining, budget.limit), (42, Some(5000)));
            assert_eq!(budget.resets.unwrap().to_string(), "2026-01-01T00:00:00Z");
        }
        assert_eq!(Budget::read(&HeaderMap::new()), None);
    }

    #[test]
    fn the_clocks_are_compared() {
        let headers: HeaderMap = [(header::DATE, "Thu, 01 Jan 2026 00:01:30 GMT".parse().unwrap())]
            .into_iter()
            .collect();
        let now = httpdate::parse_http_date("Thu, 01 Jan 2026 00:00:00 GMT").unwrap();
        assert_eq!(ahead(&headers, now), Some(90));
        assert_eq!(ahead(&headers, now + std::time::Duration::from_secs(100)), Some(-10));
        assert_eq!(ahead(&HeaderMap::new(), now), None);
    }
}
