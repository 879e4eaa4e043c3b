//! Path templates and the operations behind them.

use std::iter::repeat;

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// One method on one path template of a description.
pub struct Operation {
    pub method: String,
    pub path: String,
    segments: Vec<Option<String>>,
    /// The last parameter takes whatever follows.
    spans: bool,
}

/// A query parameter as described.
pub struct Parameter {
    pub name: String,
    pub required: bool,
    pub schema: Value,
}

/// Every operation of the document. The last parameter of a template in `spanning` stands for one segment or more.
pub fn operations(document: &Value, spanning: &[&str]) -> Vec<Operation> {
    for path in spanning {
        let described = document["paths"].get(*path).is_some();
        assert!(described && path.ends_with('}'), "{path} has no parameter at its end");
    }
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in ["get", "post", "put", "patch", "delete"] {
            if item.get(method).is_some() {
                let segments = path
                    .split('/')
                    .map(|segment| {
                        if segment.starts_with('{') {
                            None
                        } else {
                            Some(segment.to_owned())
                        }
                    })
                    .collect();
                found.push(Operation {
                    method: method.to_uppercase(),
                    path: path.clone(),
                    segments,
                    spans: spanning.contains(&path.as_str()),
                });
            }
        }
    }
    found
}

/// The operation a request means: of all templates that fit, the one with the most literal segments.
pub fn find<'a>(operations: &'a [Operation], method: &str, path: &str) -> Option<&'a Operation> {
    let sent: Vec<&str> = path.split('/').collect();
    operations
        .iter()
        .filter(|operation| operation.method == method && operation.fits(&sent))
        .max_by_key(|operation| operation.segments.iter().flatten().count())
}

/// Follows a `$ref`, if the value is one.
pub fn follow<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    value["$ref"]
        .as_str()
        .and_then(|reference| reference.strip_prefix('#'))
        .map_or(value, |pointer| {
            document.pointer(pointer).expect("references of a contract resolve")
        })
}

impl Operation {
    fn fits(&self, sent: &[&str]) -> bool {
        let described = self.segments.len();
        if sent.len() < described || (sent.len() > described && !self.spans) {
            return false;
        }
        // What is beyond the template belongs to its last parameter.
        let segments = self.segments.iter().map(Option::as_deref).chain(repeat(None));
        segments.zip(sent).all(|(segment, sent)| match segment {
            Some(literal) => percent_decode_str(sent).decode_utf8_lossy() == literal,
            None => !sent.is_empty(),
        })
    }

    fn description<'a>(&self, document: &'a Value) -> &'a Value {
        &document["paths"][&self.path][self.method.to_lowercase()]
    }

    /// The described query parameters, those of the path included.
    pub fn query_parameters(&self, document: &Value) -> Vec<Parameter> {
        let shared = document["paths"][&self.path]["parameters"]
            .as_array()
            .into_iter()
            .flatten();
        let own = self.description(document)["parameters"]
            .as_array()
            .into_iter()
            .flatten();
        shared
            .chain(own)
            .map(|parameter| follow(document, parameter))
            .filter(|parameter| parameter["in"] == "query")
            .map(|parameter| Parameter {
                name: parameter["name"].as_str().unwrap_or_default().to_owned(),
                required: parameter["required"] == true,
                schema: follow(document, &parameter["schema"]).clone(),
            })
            .collect()
    }

    /// The described request body, if there is one.
    pub fn request_body(&self, document: &Value) -> Option<Value> {
        self.description(document)
            .get("requestBody")
            .map(|body| follow(document, body).clone())
    }

    /// Whether a request without a body breaks the description.
    pub fn body_is_required(&self, document: &Value) -> bool {
        self.request_body(document).is_some_and(|body| body["required"] == true)
    }

    /// The description of an answer with this status.
    pub fn response(&self, document: &Value, status: u16) -> Option<Value> {
        let responses = &self.description(document)["responses"];
        responses
            .get(status.to_string())
            .map(|response| follow(document, response).clone())
    }
}
