//! Requests as the fakes read them, answers as they write them, and the record of both.

use std::collections::BTreeMap;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, Response};
use futures_util::FutureExt;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::support::contract::{Content, Part};

/// A request, read completely.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: String,
    /// As sent, still percent-encoded, without the query.
    pub path: String,
    /// The path's parts, decoded one by one: `%2F` does not split.
    pub segments: Vec<String>,
    /// Decoded, in the order sent.
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Call {
    /// Reads a request off the wire.
    pub async fn read(request: Request<Body>) -> Self {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path().to_owned();
        let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
        let decode = |segment: &str| percent_decode_str(segment).decode_utf8_lossy().into_owned();
        Call {
            method: parts.method.to_string(),
            segments: path.trim_start_matches('/').split('/').map(decode).collect(),
            path,
            query,
            headers: parts.headers,
            body: to_bytes(body, 64 * 1024 * 1024)
                .await
                .map(|bytes| bytes.to_vec())
                .unwrap_or_default(),
        }
    }

    /// Whether the request means to change something.
    pub fn is_write(&self) -> bool {
        self.method != "GET" && self.method != "HEAD"
    }

    /// The last query value of this name, as most servers take it.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// What the body holds. Broken JSON is told as another media type.
    pub fn content(&self) -> Content {
        if self.body.is_empty() {
            return Content::Empty;
        }
        let media_type = self.header("content-type").unwrap_or_default();
        if media_type.starts_with("application/x-www-form-urlencoded") {
            return Content::Form(url::form_urlencoded::parse(&self.body).into_owned().collect());
        }
        if let Ok(boundary) = multer::parse_boundary(media_type) {
            return match parts(self.body.clone(), boundary).now_or_never() {
                Some(Ok(parts)) => Content::Multipart(parts),
                Some(Err(_)) | None => Content::Other("multipart/form-data, broken".to_owned()),
            };
        }
        match serde_json::from_slice(&self.body) {
            Ok(body) => Content::Json(body),
            Err(_) => Content::Other(media_type.to_owned()),
        }
    }
}

/// The parts of a form, all of which is there already.
async fn parts(body: Vec<u8>, boundary: String) -> multer::Result<Vec<Part>> {
    let body = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(body)]);
    let mut form = multer::Multipart::new(body, boundary);
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await? {
        parts.push(Part {
            name: field.name().unwrap_or_default().to_owned(),
            file: field.file_name().map(str::to_owned),
            media_type: field.content_type().map(ToString::to_string),
            bytes: field.bytes().await?.to_vec(),
        });
    }
    Ok(parts)
}

/// An answer of a fake.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    payload: Payload,
    /// The fake has no such route: a fault of the fake or of the caller, never of the service.
    pub unserved: bool,
}

#[derive(Clone, Debug)]
enum Payload {
    Empty,
    Json(Value),
    Text(&'static str, String),
    Bytes(&'static str, Vec<u8>),
}

impl Answer {
    /// An answer with a JSON body.
    pub fn new(status: u16, body: Value) -> Self {
        Answer {
            status,
            headers: Vec::new(),
            payload: Payload::Json(body),
            unserved: false,
        }
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Answer {
            status,
            headers: Vec::new(),
            payload: Payload::Empty,
            unserved: false,
        }
    }

    /// An answer with any text.
    pub fn raw(status: u16, media_type: &'static str, text: String) -> Self {
        Answer {
            status,
            headers: Vec::new(),
            payload: Payload::Text(media_type, text),
            unserved: false,
        }
    }

    /// A file.
    pub fn file(media_type: &'static str, bytes: Vec<u8>) -> Self {
        Answer {
            status: 200,
            headers: Vec::new(),
            payload: Payload::Bytes(media_type, bytes),
            unserved: false,
        }
    }

    /// The answer for a route the fake does not have.
    pub fn unserved() -> Self {
        Answer {
            unserved: true,
            ..Answer::raw(501, "text/plain", "the fake does not serve this".to_owned())
        }
    }

    /// The same answer with another JSON body.
    #[must_use]
    pub fn with_json(mut self, body: Value) -> Self {
        self.payload = Payload::Json(body);
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Rewrites a header that is there.
    #[must_use]
    pub fn map_header(mut self, name: &str, rewrite: impl Fn(&str) -> String) -> Self {
        for (_, value) in self.headers.iter_mut().filter(|(known, _)| known == name) {
            *value = rewrite(value);
        }
        self
    }

    /// The same answer under another status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The JSON body, if that is what it is.
    pub fn json(&self) -> Option<&Value> {
        if let Payload::Json(body) = &self.payload {
            Some(body)
        } else {
            None
        }
    }

    /// The body as it goes over the wire.
    pub fn text(&self) -> String {
        match &self.payload {
            Payload::Empty => String::new(),
            Payload::Json(body) => body.to_string(),
            Payload::Text(_, text) => text.clone(),
            Payload::Bytes(_, bytes) => String::from_utf8_lossy(bytes).into_owned(),
        }
    }

    /// The answer for the server to send.
    pub fn into_response(self) -> Response<Body> {
        let media_type = match &self.payload {
            Payload::Empty => None,
            Payload::Json(_) => Some("application/json; charset=utf-8"),
            Payload::Text(media_type, _) | Payload::Bytes(media_type, _) => Some(*media_type),
        };
        let mut response = Response::builder().status(self.status);
        let told: BTreeMap<String, String> = self
            .headers
            .iter()
            .map(|(name, value)| (name.to_lowercase(), value.clone()))
            .collect();
        if let Some(media_type) = media_type
            && !told.contains_key("content-type")
        {
            response = response.header("content-type", media_type);
        }
        for (name, value) in told {
            response = response.header(name, value);
        }
        let body = match self.payload {
            Payload::Bytes(_, bytes) => Body::from(bytes),
            Payload::Empty | Payload::Json(_) | Payload::Text(..) => Body::from(self.text()),
        };
        response.body(body).unwrap()
    }
}

/// One logged exchange.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    pub method: String,
    /// As sent, still percent-encoded, without the query.
    pub path: String,
    pub query: Vec<(String, String)>,
    /// The request body; a form is an object of texts.
    pub request: Option<Value>,
    /// What was answered; `None` when the connection was cut.
    pub status: Option<u16>,
    /// The answered JSON, if it was JSON.
    pub response: Option<Value>,
}

impl Exchange {
    /// Whether the request meant to change something.
    pub fn is_write(&self) -> bool {
        self.method != "GET" && self.method != "HEAD"
    }
}
