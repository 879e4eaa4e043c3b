//! One request, and one listing over all its pages. The only place in this folder that sends, but for files.
//!
//! The `gitlab` crate's own paging is not used: it takes a short page for the last one. Here the service's
//! announcement of a next page decides, and nothing else.

use std::collections::BTreeSet;
use std::fmt::Display;

use bytes::Bytes;
use gitlab::api::{AsyncClient, Endpoint, RestClient};
use http::{HeaderMap, Response, StatusCode, header};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use url::Url;

use super::GitLab;
use crate::tracker::TrackerError;
use crate::tracker::http::{MOST_PAGES, gitlab_error, json, link_next, refused};
use crate::transport::Sent;

/// A listing as far as the service announced it.
#[derive(Debug)]
pub(super) struct Rows<T> {
    /// All rows, in the order they came.
    pub(super) all: Vec<T>,
    /// The most rows any page said there are; big listings do not say.
    pub(super) total: Option<u64>,
    /// A later page counted fewer rows than an earlier one: rows moved to pages already read, and some were missed.
    pub(super) shrank: bool,
    /// The service's clock at the first page.
    pub(super) began: Option<Timestamp>,
}

impl GitLab {
    /// Sends one request and hands on every answer, whatever its status. `action` is for errors: "read an issue".
    pub(super) async fn ask(
        &self,
        endpoint: &(impl Endpoint + Sync),
        action: &str,
    ) -> Result<Response<Bytes>, TrackerError> {
        let url = self.place(endpoint, action)?;
        self.send(endpoint, &url, action).await
    }

    /// The rows of all pages. `more` goes into the query; `action` is for errors: "list issues".
    pub(super) async fn pages<T: DeserializeOwned>(
        &self,
        endpoint: &(impl Endpoint + Sync),
        more: &[(&str, &str)],
        action: &str,
    ) -> Result<Rows<T>, TrackerError> {
        let mut rows = Rows {
            all: Vec::new(),
            total: None,
            shrank: false,
            began: None,
        };
        let mut first = self.place(endpoint, action)?;
        first
            .query_pairs_mut()
            .extend_pairs(more)
            .append_pair("per_page", "100");
        let mut seen = BTreeSet::new();
        let mut next = Some(first.clone());
        while let Some(url) = next {
            if seen.len() == MOST_PAGES {
                return Err(self.short(format!("{action}: the listing does not end after {MOST_PAGES} pages")));
            }
            if !seen.insert(url.to_string()) {
                return Err(self.short(format!("{action}: the pages lead back to one already read")));
            }
            let answer = self.good(self.send(endpoint, &url, action).await?, action)?;
            let page: Vec<T> = self.read(&answer, action)?;
            rows.all.extend(page);
            let total = number(answer.headers(), "x-total");
            rows.shrank |= total.is_some_and(|now| rows.total.is_some_and(|before| now < before));
            rows.total = rows.total.max(total);
            if seen.len() == 1 {
                rows.began = clock(answer.headers());
            }
            next = self.following(&first, answer.headers())?;
        }
        Ok(rows)
    }

    /// An answer of success, or the service's refusal as an error. `action` reads "list issues".
    pub(super) fn good(&self, answer: Response<Bytes>, action: &str) -> Result<Response<Bytes>, TrackerError> {
        if answer.status().is_success() {
            return Ok(answer);
        }
        Err(self.refusal(&answer, action))
    }

    /// An answer that is no success as an error.
    pub(super) fn refusal(&self, answer: &Response<Bytes>, action: &str) -> TrackerError {
        refused(
            &self.id,
            &self.project,
            action,
            (answer.status(), answer.headers()),
            answer.body(),
            &Sent::of(answer.extensions()),
        )
    }

    /// The answer's JSON, each member optional as far as `wire` says so.
    pub(super) fn read<T: DeserializeOwned>(&self, answer: &Response<Bytes>, action: &str) -> Result<T, TrackerError> {
        json(
            &self.id,
            &format!("the answer to \"{action}\""),
            answer.headers(),
            answer.body(),
        )
    }

    /// A listing that is not to be believed.
    pub(super) fn short(&self, detail: impl Into<String>) -> TrackerError {
        TrackerError::Short {
            on: self.id.clone(),
            detail: detail.into(),
        }
    }

    /// An endpoint as its builder made it. The builders fail only for members left out.
    pub(super) fn built<T>(&self, endpoint: Result<T, impl Display>) -> Result<T, TrackerError> {
        endpoint.map_err(|e| TrackerError::Failed {
            on: self.id.clone(),
            detail: format!("a request could not be built: {e}"),
        })
    }

    /// Where a request goes.
    pub(super) fn place(&self, endpoint: &impl Endpoint, action: &str) -> Result<Url, TrackerError> {
        let mut url = self
            .client
            .rest_endpoint(&endpoint.endpoint())
            .map_err(|e| gitlab_error(&self.id, &self.project, action, e))?;
        endpoint.parameters().add_to_url(&mut url);
        Ok(url)
    }

    async fn send(
        &self,
        endpoint: &(impl Endpoint + Sync),
        url: &Url,
        action: &str,
    ) -> Result<Response<Bytes>, TrackerError> {
        let mut request = http::Request::builder().method(endpoint.method()).uri(url.as_str());
        let body = match self.built(endpoint.body())? {
            Some((kind, body)) => {
                request = request.header(header::CONTENT_TYPE, kind);
                body
            }
            None => Vec::new(),
        };
        self.client
            .rest_async(request, body)
            .await
            .map_err(|e| gitlab_error(&self.id, &self.project, action, e))
    }

    /// The next page, if one is announced. The number in `x-next-page` is looked at first. Of a link only the query is
    /// taken, since GitLab may know itself by a path of its own.
    fn following(&self, first: &Url, headers: &HeaderMap) -> Result<Option<Url>, TrackerError> {
        let mut url = first.clone();
        if let Some(page) = number(headers, "x-next-page") {
            url.query_pairs_mut().append_pair("page", &page.to_string());
            return Ok(Some(url));
        }
        if let Some(next) = link_next(headers, first) {
            url.set_query(next.query());
            return Ok(Some(url));
        }
        // A link that leads elsewhere is not followed, but it says that this page was not the last.
        let announced = headers.get_all(header::LINK).iter().any(|link| {
            let link = link.as_bytes();
            [&b"rel=\"next\""[..], b"rel=next"]
                .iter()
                .any(|rel| contains(link, rel))
        });
        if announced {
            return Err(self.short("the next page is announced at another address than the instance's"));
        }
        Ok(None)
    }
}

/// Whether `words` stand in a text that need not be UTF-8.
pub(super) fn contains(text: &[u8], words: &[u8]) -> bool {
    text.windows(words.len()).any(|part| part == words)
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

fn clock(headers: &HeaderMap) -> Option<Timestamp> {
    let text = headers.get(header::DATE)?.to_str().ok()?;
    Timestamp::try_from(httpdate::parse_http_date(text).ok()?).ok()
}

/// 404 and its like: nothing there, or nothing to be seen.
pub(super) fn is_absent(status: StatusCode) -> bool {
    matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE)
}
