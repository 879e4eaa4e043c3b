//! Sending: one function builds, sends and checks every request, another follows the pages of a listing.
//!
//! Imports the tracker's errors and the transport.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use http_body_util::BodyExt;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::GitHub;
use crate::model::IssueKey;
use crate::tracker::TrackerError;
use crate::tracker::http::{MOST_PAGES, json, link_next, octocrab_error};
use crate::transport::{Sent, StayHere};

/// Where a request goes.
#[derive(Clone, Debug)]
enum Target {
    /// Below the repository's address: path segments and query.
    Repository(Vec<String>, Vec<(&'static str, String)>),
    /// There.
    Address(Url),
}

/// One request, and which answers to it are answers rather than refusals.
#[derive(Clone, Debug)]
pub(super) struct Call {
    method: Method,
    target: Target,
    body: Option<Value>,
    action: &'static str,
    also: &'static [u16],
    stays: bool,
}

impl Call {
    /// A read below the repository's address, named as "may not …" would name it. No segments at all mean the
    /// repository itself.
    pub(super) fn get<S: Into<String>>(action: &'static str, path: impl IntoIterator<Item = S>) -> Self {
        Self {
            method: Method::GET,
            target: Target::Repository(path.into_iter().map(Into::into).collect(), Vec::new()),
            body: None,
            action,
            also: &[],
            stays: false,
        }
    }

    /// A read of a whole address.
    pub(super) fn get_at(action: &'static str, url: Url) -> Self {
        Self {
            target: Target::Address(url),
            ..Self::get(action, [""; 0])
        }
    }

    /// The same with another method.
    pub(super) fn method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// With a body.
    pub(super) fn json(self, body: Value) -> Self {
        Self {
            body: Some(body),
            ..self
        }
    }

    /// With a query.
    pub(super) fn query(mut self, more: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        if let Target::Repository(_, query) = &mut self.target {
            query.extend(more);
        }
        self
    }

    /// These statuses are answers, too, not only those of success.
    pub(super) fn also(self, also: &'static [u16]) -> Self {
        Self { also, ..self }
    }

    /// What it is, as in "may not …".
    pub(super) fn action(&self) -> &'static str {
        self.action
    }

    /// Redirects are not followed: the issue meant is the one in this repository or none. Asks for 301 as an answer.
    fn staying(self) -> Self {
        Self { stays: true, ..self }
    }
}

/// An answer the caller asked for.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) sent: Sent,
}

/// A listing read to its end.
#[derive(Debug)]
pub(super) struct Walk<K, T> {
    pub(super) items: BTreeMap<K, T>,
    /// The service's clock when the first page was made.
    pub(super) began: Option<Timestamp>,
}

/// Reads are led on with 301, writes also with 307 (REST documentation, "Best practices", "Follow redirects").
fn is_elsewhere(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::MOVED_PERMANENTLY | StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT
    )
}

impl GitHub {
    /// Sends a request. Statuses other than those of success and those the call names are errors.
    pub(super) async fn send(&self, call: &Call) -> Result<Answer, TrackerError> {
        let url = match &call.target {
            Target::Repository(path, query) => self.address(path, query)?,
            Target::Address(url) => url.clone(),
        };
        let mut answer = self.exchange(call, &url).await?;
        let moved = call.stays && is_elsewhere(answer.status);
        if moved {
            answer.status = StatusCode::MOVED_PERMANENTLY;
        }
        if answer.status.is_success() || moved || call.also.contains(&answer.status.as_u16()) {
            return Ok(answer);
        }
        Err(self.refusal(call.action, &answer))
    }

    /// Like [`GitHub::send`], for what belongs to one issue: redirects are not followed. A repository that was renamed
    /// answers all of them so, and so does an issue that was transferred; the first is seen through here, so that
    /// 301 means the second to the caller, whichever redirect it was.
    pub(super) async fn send_staying(&self, call: Call) -> Result<Answer, TrackerError> {
        let call = call.staying();
        let before = self.place();
        let answer = self.send(&call).await?;
        if answer.status != StatusCode::MOVED_PERMANENTLY || !self.was_renamed(&before).await? {
            return Ok(answer);
        }
        self.send(&call).await
    }

    /// Whether the repository goes by another name than `before`, which is then used from here on.
    async fn was_renamed(&self, before: &(String, String)) -> Result<bool, TrackerError> {
        if self.place() == *before
            && let Some(place) = self.read_repository().await?.place()
        {
            self.move_to(place);
        }
        Ok(self.place() != *before)
    }

    async fn exchange(&self, call: &Call, url: &Url) -> Result<Answer, TrackerError> {
        let mut builder = http::request::Builder::new()
            .method(call.method.clone())
            .uri(url.as_str())
            .header(header::ACCEPT, "application/vnd.github+json");
        if call.stays {
            builder = builder.extension(StayHere);
        }
        let failed = |e: octocrab::Error| octocrab_error(&self.id, &self.project(), call.action, e);
        let request = self
            .octocrab
            .build_request(builder, call.body.as_ref())
            .map_err(failed)?;
        let (parts, body) = self.octocrab.execute(request).await.map_err(failed)?.into_parts();
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            sent: Sent::of(&parts.extensions),
            body: body.collect().await.map_err(failed)?.to_bytes(),
        })
    }

    /// An address below the repository's. Segments are escaped; those that would change the path itself are refused, for
    /// a label called ".." must not turn "take one label away" into "take all".
    fn address(&self, path: &[String], query: &[(&'static str, String)]) -> Result<Url, TrackerError> {
        let (owner, repo) = self.place();
        let segments = ["repos", &owner, &repo]
            .into_iter()
            .chain(path.iter().map(String::as_str));
        let mut url = self.below_api(segments)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// An address below the API's.
    pub(super) fn below_api<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Result<Url, TrackerError> {
        let mut url = self.api.clone();
        let unfit = || self.rejected("a name that cannot be part of an address");
        {
            let mut segments = url.path_segments_mut().map_err(|()| unfit())?;
            segments.pop_if_empty();
            for segment in path {
                if matches!(segment, "" | "." | "..") {
                    return Err(unfit());
                }
                segments.push(segment);
            }
        }
        Ok(url)
    }

    /// Follows a listing to its end. What comes again replaces what came before, for it is newer. A page that brings
    /// nothing new and a link that leads back make the listing unbelievable.
    pub(super) async fn walk<K, T>(&self, call: Call, key: fn(&T) -> K) -> Result<Walk<K, T>, TrackerError>
    where
        K: Ord + Send,
        T: DeserializeOwned + Send,
    {
        let first = self.send(&call).await?;
        self.walk_on(&call, first, key).await
    }

    /// The same for a listing that belongs to one issue.
    pub(super) async fn walk_issue<K, T>(
        &self,
        issue: &IssueKey,
        call: Call,
        key: fn(&T) -> K,
    ) -> Result<Walk<K, T>, TrackerError>
    where
        K: Ord + Send,
        T: DeserializeOwned + Send,
    {
        let first = self.send_to_issue(issue, call.clone()).await?;
        self.walk_on(&call, first, key).await
    }

    async fn walk_on<K, T>(&self, call: &Call, first: Answer, key: fn(&T) -> K) -> Result<Walk<K, T>, TrackerError>
    where
        K: Ord + Send,
        T: DeserializeOwned + Send,
    {
        let mut walk = Walk {
            items: BTreeMap::new(),
            began: server_clock(&first.headers),
        };
        let mut seen = BTreeSet::new();
        let mut answer = first;
        loop {
            let next = self.next_page(&answer)?;
            let page: Vec<T> = self.decode(&answer, "a list")?;
            let (came, before) = (page.len(), walk.items.len());
            walk.items.extend(page.into_iter().map(|item| (key(&item), item)));
            if came > 0 && walk.items.len() == before {
                return Err(self.short("a page came twice"));
            }
            let Some(next) = next else { return Ok(walk) };
            if seen.len() + 1 >= MOST_PAGES {
                return Err(self.short(&format!("the listing does not end after {MOST_PAGES} pages")));
            }
            if !seen.insert(next.to_string()) {
                return Err(self.short("the pages lead back"));
            }
            answer = self.send(&Call::get_at(call.action, next)).await?;
        }
    }

    /// The next page's address, which is not ours to make up or to understand. One that is there and cannot be followed
    /// must not pass for the end.
    pub(super) fn next_page(&self, answer: &Answer) -> Result<Option<Url>, TrackerError> {
        let next = link_next(&answer.headers, &self.api);
        if next.is_none() && announces_next(&answer.headers) {
            return Err(self.odd("there is a next page, but not at an address of this API"));
        }
        Ok(next)
    }

    /// Reads an answer that was a success. `what` is what was expected: "a list of issues".
    pub(super) fn decode<T: DeserializeOwned>(&self, answer: &Answer, what: &str) -> Result<T, TrackerError> {
        json(&self.id, what, &answer.headers, &answer.body)
    }

    pub(super) fn odd(&self, detail: &str) -> TrackerError {
        TrackerError::Odd {
            on: self.id.clone(),
            detail: detail.into(),
        }
    }

    pub(super) fn short(&self, detail: &str) -> TrackerError {
        TrackerError::Short {
            on: self.id.clone(),
            detail: detail.into(),
        }
    }

    pub(super) fn rejected(&self, detail: &str) -> TrackerError {
        TrackerError::Rejected {
            on: self.id.clone(),
            status: 0,
            detail: detail.into(),
        }
    }
}

fn announces_next(headers: &HeaderMap) -> bool {
    let links = headers.get_all(header::LINK).iter();
    links
        .map(|value| String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase())
        .any(|value| value.contains("rel=\"next\"") || value.contains("rel=next"))
}

/// The answer's `Date`, which every GitHub answer has.
pub(super) fn server_clock(headers: &HeaderMap) -> Option<Timestamp> {
    let date = httpdate::parse_http_date(headers.get(header::DATE)?.to_str().ok()?).ok()?;
    Timestamp::try_from(date).ok()
}
