//! Reading: issues, labels, people, the repository and ourselves.
//!
//! Imports the model, `call` and `wire`.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use http::{StatusCode, header};
use jiff::Timestamp;
use url::Url;

use super::call::{Answer, Call};
use super::{GitHub, wire};
use crate::model::{Issue, IssueKey, Label, Lookup};
use crate::tracker::http::{refused, transport_error};
use crate::tracker::{About, Listing, Reach, TrackerError};

/// Reads under way at once. GitHub asks for few.
pub(super) const AT_ONCE: usize = 8;
/// The largest page GitHub gives.
pub(super) const PAGE: u64 = 100;

impl GitHub {
    /// Oldest first, also for what changed since: whatever is touched while the pages are read stays in its place or
    /// joins in further back, so that nothing slips from a page to come onto one already read.
    pub(super) async fn read_list(&self, since: Option<Timestamp>) -> Result<Listing, TrackerError> {
        let call = Call::get("list issues", ["issues"]).query([
            ("state", "all".to_owned()),
            ("sort", "created".to_owned()),
            ("direction", "asc".to_owned()),
            ("per_page", PAGE.to_string()),
        ]);
        let call = call.query(since.map(|since| ("since", whole_seconds(since).to_string())));
        let walk = self.walk(call, |issue: &wire::Issue| issue.number).await?;
        let comments = walk.items.values().map(|issue| issue.comments).sum();
        if since.is_none() {
            *self.comments_in_all.lock().unwrap_or_else(PoisonError::into_inner) = Some(comments);
        }
        let (requests, issues): (Vec<_>, Vec<_>) = walk.items.into_values().partition(wire::Issue::is_pull_request);
        let others = requests
            .iter()
            .map(|issue| IssueKey(issue.number.to_string()))
            .collect();
        let issues: Vec<_> = issues.into_iter().map(wire::Issue::into_model).collect();
        // Without any clock at all nothing counts as seen yet.
        let now = walk
            .began
            .or_else(|| issues.iter().filter_map(|issue| issue.updated).max())
            .unwrap_or_default();
        Ok(Listing {
            issues,
            now,
            others,
            illegible: BTreeMap::new(),
        })
    }

    /// Labels are parted by commas there, so that one with a comma cannot be asked for.
    pub(super) async fn read_labelled(&self, label: &str) -> Result<Vec<Issue>, TrackerError> {
        let call = Call::get("list issues", ["issues"]).query([
            ("state", "all".to_owned()),
            ("labels", label.to_owned()),
            ("per_page", PAGE.to_string()),
        ]);
        let walk = self.walk(call, |issue: &wire::Issue| issue.number).await?;
        let issues = walk.items.into_values().filter(|issue| !issue.is_pull_request());
        Ok(issues.map(wire::Issue::into_model).collect())
    }

    pub(super) async fn read_issue(&self, key: &IssueKey) -> Result<Lookup, TrackerError> {
        let Some(number) = number(key) else {
            return Ok(Lookup::Hidden);
        };
        let call = Call::get("read issues", ["issues", &number]).also(&[404, 410]);
        let answer = self.send_staying(call).await?;
        match answer.status {
            StatusCode::NOT_FOUND => Ok(Lookup::Hidden),
            StatusCode::GONE => self.gone_for_good(&answer),
            StatusCode::MOVED_PERMANENTLY => Ok(Lookup::Moved(self.new_address(&answer).await)),
            _ => {
                let issue: wire::Issue = self.decode(&answer, "an issue")?;
                if issue.is_pull_request() {
                    return Ok(Lookup::Hidden);
                }
                Ok(Lookup::Found(Box::new(issue.into_model())))
            }
        }
    }

    /// GitHub has the same status for a deleted issue and for a repository with issues switched off.
    fn gone_for_good(&self, answer: &Answer) -> Result<Lookup, TrackerError> {
        let said = wire::Refusal::read(&answer.body);
        if said.says_disabled() {
            return Err(self.refusal("read issues", answer));
        }
        Ok(if said.says_deleted() {
            Lookup::Deleted
        } else {
            Lookup::Hidden
        })
    }

    /// Where a transferred issue went: its page, where we may see it.
    async fn new_address(&self, answer: &Answer) -> Option<String> {
        let place = answer.headers.get(header::LOCATION)?.to_str().ok()?;
        let url = self.api.join(place).ok()?;
        if url.origin() != self.api.origin() {
            return None;
        }
        let found = self.send(&Call::get_at("read issues", url)).await.ok()?;
        let issue: wire::Issue = serde_json::from_slice(&found.body).ok()?;
        issue.html_url
    }

    pub(super) async fn read_labels(&self) -> Result<Vec<Label>, TrackerError> {
        let call = Call::get("list labels", ["labels"]).query([("per_page", PAGE.to_string())]);
        let walk = self.walk(call, |label: &wire::Label| label.name.clone()).await?;
        let labels = walk.items.into_values();
        Ok(labels.filter_map(wire::Label::into_model).collect())
    }

    pub(super) async fn read_assignable(&self, logins: &[String]) -> Result<BTreeMap<String, bool>, TrackerError> {
        let asked = logins.iter().cloned().map(|login| async move {
            // No account has such a name, and no address can hold it.
            if matches!(login.as_str(), "" | "." | "..") {
                return Ok((login, false));
            }
            let call = Call::get("read assignees", ["assignees", &login]).also(&[404]);
            let answer = self.send(&call).await?;
            Ok((login, answer.status != StatusCode::NOT_FOUND))
        });
        let asked: Vec<_> = asked.collect();
        stream::iter(asked).buffer_unordered(AT_ONCE).try_collect().await
    }

    /// `permission` knows four words, to which all roles are mapped: Maintain to `write`, Triage to `read`.
    pub(super) async fn read_rights(&self, logins: &[String]) -> Result<BTreeMap<String, Option<bool>>, TrackerError> {
        let asked = logins.iter().cloned().map(|login| async move {
            if matches!(login.as_str(), "" | "." | "..") {
                return Ok((login, Some(false)));
            }
            let call = Call::get("read permissions", ["collaborators", &login, "permission"]).also(&[403, 404]);
            let answer = self.send(&call).await?;
            let may = match answer.status {
                StatusCode::FORBIDDEN if self.refusal("read permissions", &answer).reach() == Reach::Budget => {
                    return Err(self.refusal("read permissions", &answer));
                }
                StatusCode::FORBIDDEN => None,
                StatusCode::NOT_FOUND => Some(false),
                _ => {
                    let found: wire::Permission = self.decode(&answer, "a permission")?;
                    Some(matches!(found.permission.as_deref(), Some("admin" | "write")))
                }
            };
            Ok((login, may))
        });
        let asked: Vec<_> = asked.collect();
        stream::iter(asked).buffer_unordered(AT_ONCE).try_collect().await
    }

    /// Installation tokens may not ask who they are, at least not the REST API.
    pub(super) async fn read_account(&self) -> Result<Option<String>, TrackerError> {
        let (owner, repo) = self.place();
        let known = self.transport.login(&owner, &repo).await;
        if let Some(login) = known.map_err(|e| transport_error(&self.id, e))? {
            return Ok(Some(login));
        }
        let call = Call::get_at("read the account", self.below_api(["user"])?).also(&[403, 404]);
        let answer = self.send(&call).await?;
        if answer.status.is_success() {
            let user: wire::User = self.decode(&answer, "an account")?;
            return Ok(user.login);
        }
        Ok(self.ask_graphql_for_login().await)
    }

    /// Sent without octocrab, which puts Enterprise Server's path for REST before the one for GraphQL.
    async fn ask_graphql_for_login(&self) -> Option<String> {
        let request = http::Request::post(graphql_address(&self.api)?.as_str())
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Bytes::from_static(br#"{"query":"query { viewer { login } }"}"#))
            .ok()?;
        let answer = self.transport.send(request).await.ok()?;
        let read: wire::ViewerAnswer = serde_json::from_slice(answer.body()).ok()?;
        read.data?.viewer?.login
    }

    pub(super) async fn read_repository(&self) -> Result<wire::Repository, TrackerError> {
        let answer = self.send(&Call::get("read the repository", [""; 0])).await?;
        self.decode(&answer, "a repository")
    }

    /// The project, read once.
    pub(super) async fn read_about(&self) -> Result<About, TrackerError> {
        self.about.get_or_try_init(|| self.look_about()).await.cloned()
    }

    async fn look_about(&self) -> Result<About, TrackerError> {
        let repository = self.read_repository().await?;
        if repository.has_issues == Some(false) {
            return Err(TrackerError::NoProject {
                on: self.id.clone(),
                project: self.project(),
                detail: "issues are switched off in its settings".to_owned(),
            });
        }
        Ok(About {
            private: repository.is_private(),
            place: repository.html_url.clone(),
            url: repository.html_url,
            // `permissions` tells a person's role; the tokens of apps and workflows read as having none.
            may_write: None,
        })
    }

    /// The error for an answer that was asked for and turns out to be a refusal.
    pub(super) fn refusal(&self, action: &'static str, answer: &Answer) -> TrackerError {
        let head = (answer.status, &answer.headers);
        refused(&self.id, &self.project(), action, head, &answer.body, &answer.sent)
    }
}

/// An issue's number as a path segment; `None` for a key that is none, as a marker made by hand may hold.
pub(super) fn number(key: &IssueKey) -> Option<String> {
    let number: u64 = key.0.parse().ok()?;
    Some(number.to_string())
}

/// GitHub compares whole seconds; it is inclusive, so that cutting loses nothing.
fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// `https://api.github.com/graphql`, `https://ghe.example/api/graphql`.
fn graphql_address(api: &Url) -> Option<Url> {
    let mut url = api.clone();
    {
        let mut path = url.path_segments_mut().ok()?;
        path.pop_if_empty();
        if api.path().trim_end_matches('/').ends_with("/v3") {
            path.pop();
        }
        path.push("graphql");
    }
    Some(url)
}
