//! Checks exchanges against the vendors' OpenAPI descriptions in `tests/contracts`.
//!
//! A request is checked strictly (path, query names and simple types, body), an answer against the described statuses and
//! schemas. What the descriptions are known to miss is listed in `gaps`, each with its reason; nothing else is forgiven.

mod gaps;
mod schema;
mod template;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::Value;

use gaps::Gaps;
use template::Operation;

/// One way in which an exchange broke the vendor's description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub method: String,
    pub path: String,
    pub reason: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.method, self.path, self.reason)
    }
}

/// What a request carried, as far as a description speaks of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Empty,
    Json(Value),
    Form(Vec<(String, String)>),
    /// A form of parts, files among them.
    Multipart(Vec<Part>),
    /// Neither JSON nor a form; holds the media type.
    Other(String),
}

/// One part of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub name: String,
    /// What the part's file is called, if it is one.
    pub file: Option<String>,
    /// As the part itself says.
    pub media_type: Option<String>,
    pub bytes: Vec<u8>,
}

/// A vendor's description, with validators compiled when first needed.
pub struct Contract {
    document: Value,
    operations: Vec<Operation>,
    gaps: Gaps,
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

static GITHUB: LazyLock<Contract> =
    LazyLock::new(|| Contract::read(include_str!("../../contracts/github.openapi.json"), gaps::github()));
static GITLAB: LazyLock<Contract> =
    LazyLock::new(|| Contract::read(include_str!("../../contracts/gitlab.openapi.json"), gaps::gitlab()));

impl Contract {
    /// GitHub's REST description.
    pub fn github() -> &'static Contract {
        &GITHUB
    }

    /// GitLab's REST description (version 4; paths begin with `/api/v4`).
    pub fn gitlab() -> &'static Contract {
        &GITLAB
    }

    fn read(text: &str, gaps: Gaps) -> Contract {
        let document: Value = serde_json::from_str(text).expect("a contract is JSON");
        let operations = template::operations(&document, gaps.spanning);
        Contract {
            document,
            operations,
            gaps,
            compiled: Mutex::default(),
        }
    }

    /// Checks a request; the reasons why it breaks the description, empty when it does not.
    ///
    /// `path` is as sent, still percent-encoded, without the query; `query` is decoded.
    pub fn check_request(
        &self,
        method: &str,
        path: &str,
        query: &[(String, String)],
        content: &Content,
    ) -> Vec<String> {
        if self.gaps.skips(path) {
            return Vec::new();
        }
        let Some(operation) = template::find(&self.operations, method, &self.gaps.canonical(path)) else {
            return vec!["the description has no such operation".to_owned()];
        };
        let mut reasons = self.check_query(operation, query);
        reasons.extend(self.check_content(operation, content));
        reasons
    }

    /// Checks an answer of the service; the reasons why it breaks the description.
    pub fn check_answer(&self, method: &str, path: &str, status: u16, body: Option<&Value>) -> Vec<String> {
        if self.gaps.skips(path) {
            return Vec::new();
        }
        let Some(operation) = template::find(&self.operations, method, &self.gaps.canonical(path)) else {
            return Vec::new(); // said once, by `check_request`
        };
        let Some(response) = operation.response(&self.document, status) else {
            if self.gaps.tolerates_status(method, &operation.path, status) {
                return Vec::new();
            }
            return vec![format!("status {status} is not described")];
        };
        let described = response.pointer("/content/application~1json/schema");
        match (described, body) {
            (Some(schema), Some(body)) if !self.gaps.unreliable_answer(method, &operation.path, status) => {
                let body = self.gaps.before_validation(body);
                self.validate(&format!("{method} {} answer {status}", operation.path), schema, &body)
            }
            // GitLab describes what was deleted; HTTP allows no body here.
            (Some(_), None) if status == 204 => Vec::new(),
            (Some(_), None) => vec![format!("status {status} is described with a body and came without one")],
            (None, Some(_)) if status == 204 => vec!["204 with a body".to_owned()],
            (Some(_) | None, Some(_)) | (None, None) => Vec::new(),
        }
    }

    fn check_query(&self, operation: &Operation, query: &[(String, String)]) -> Vec<String> {
        let described = operation.query_parameters(&self.document);
        let mut reasons = Vec::new();
        for (name, value) in query {
            let plain = name.strip_suffix("[]").unwrap_or(name);
            if self.gaps.extra_query.contains(&plain) {
                continue;
            }
            match described.iter().find(|parameter| parameter.name == plain) {
                None => reasons.push(format!("query parameter `{name}` is not described")),
                Some(parameter) => {
                    if !schema::plausible(&parameter.schema, value) {
                        reasons.push(format!("query parameter `{name}` cannot be `{value}`"));
                    }
                }
            }
        }
        for parameter in described.iter().filter(|parameter| parameter.required) {
            if !query.iter().any(|(name, _)| *name == parameter.name) {
                reasons.push(format!("query parameter `{}` is required", parameter.name));
            }
        }
        reasons
    }

    fn check_content(&self, operation: &Operation, content: &Content) -> Vec<String> {
        let whole = operation.request_body(&self.document);
        let form = whole
            .as_ref()
            .and_then(|body| body.pointer("/content/multipart~1form-data/schema"));
        if let (Some(schema), Content::Multipart(parts)) = (form, content) {
            let pairs: Vec<(String, String)> = parts.iter().map(|part| (part.name.clone(), String::new())).collect();
            return schema::check_form(&self.document, schema, &pairs);
        }
        if form.is_some() {
            return vec!["a form of parts is described".to_owned()];
        }
        let described = whole
            .as_ref()
            .and_then(|body| body.pointer("/content/application~1json/schema"))
            .cloned();
        let required = operation.body_is_required(&self.document);
        let Some(schema) = described else {
            return match content {
                Content::Empty => Vec::new(),
                // Clients may send `{}` where nothing is expected; anything more would be lost in silence.
                Content::Json(Value::Object(members)) if members.is_empty() => Vec::new(),
                Content::Json(_) | Content::Form(_) | Content::Multipart(_) | Content::Other(_) => {
                    vec!["a body was sent where none is described".to_owned()]
                }
            };
        };
        match content {
            Content::Empty if required => vec!["the body is required".to_owned()],
            Content::Empty => Vec::new(),
            Content::Multipart(_) => vec!["a form of parts is not described".to_owned()],
            Content::Other(media_type) => vec![format!("media type `{media_type}` is not described")],
            Content::Form(pairs) => schema::check_form(&self.document, &schema, pairs),
            Content::Json(body) => {
                let names = schema::member_names(&self.document, &schema);
                let mut reasons: Vec<String> = body
                    .as_object()
                    .into_iter()
                    .flat_map(|members| members.keys())
                    .filter(|name| !names.is_empty() && !names.contains(*name))
                    .map(|name| format!("body member `{name}` is not described"))
                    .collect();
                let body = self.gaps.request_before_validation(body);
                let key = format!("{} {} request", operation.method, operation.path);
                reasons.extend(self.validate(&key, &schema, &body));
                reasons
            }
        }
    }

    fn validate(&self, key: &str, schema: &Value, instance: &Value) -> Vec<String> {
        let known = self.compiled.lock().unwrap().get(key).cloned();
        let validator = known.unwrap_or_else(|| {
            let fresh = Arc::new(schema::compile(&self.document, schema));
            self.compiled.lock().unwrap().insert(key.to_owned(), Arc::clone(&fresh));
            fresh
        });
        validator
            .iter_errors(instance)
            .map(|error| format!("{key}: at `{}`: {}", error.instance_path(), error.masked()))
            .collect()
    }
}
