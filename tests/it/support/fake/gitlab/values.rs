//! Request parameters, which GitLab takes alike from a query, a form and JSON.

use serde_json::Value;

use crate::support::contract::Content;
use crate::support::fake::Call;

/// The parameters of a request body.
#[derive(Debug)]
pub struct Values(Vec<(String, Value)>);

impl Values {
    /// Reads a body; whatever is no JSON object and no form is empty.
    pub fn read(call: &Call) -> Self {
        match call.content() {
            Content::Json(Value::Object(members)) => Values(members.into_iter().collect()),
            Content::Form(pairs) => Values(
                pairs
                    .into_iter()
                    .map(|(name, value)| (name, Value::String(value)))
                    .collect(),
            ),
            Content::Json(_) | Content::Empty | Content::Multipart(_) | Content::Other(_) => Values(Vec::new()),
        }
    }

    /// Whether nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether nothing else was sent.
    pub fn is_only(&self, name: &str) -> bool {
        self.has(name) && self.0.len() == 1
    }

    fn all(&self, name: &str) -> Vec<&Value> {
        self.0
            .iter()
            .filter(|(known, _)| known.strip_suffix("[]").unwrap_or(known) == name)
            .map(|(_, value)| value)
            .collect()
    }

    /// Whether the parameter was sent, be it null.
    pub fn has(&self, name: &str) -> bool {
        !self.all(name).is_empty()
    }

    /// A text.
    pub fn text(&self, name: &str) -> Option<String> {
        self.all(name)
            .last()
            .and_then(|value| value.as_str())
            .map(str::to_owned)
    }

    /// A truth, also as text.
    pub fn truth(&self, name: &str) -> Option<bool> {
        let value = *self.all(name).last()?;
        value
            .as_bool()
            .or_else(|| value.as_str().map(|text| text == "true" || text == "1"))
    }

    /// A number, also as text.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.numbers(name)?.pop()
    }

    /// A list of numbers; `None` when not sent. Empty texts and nulls count for nothing.
    pub fn numbers(&self, name: &str) -> Option<Vec<u64>> {
        let values = self.flat(name)?;
        Some(
            values
                .iter()
                .filter_map(|v| v.as_u64().or_else(|| v.as_str().and_then(|text| text.parse().ok())))
                .collect(),
        )
    }

    /// A list of texts, sent as an array, repeated, or separated by commas; `None` when not sent.
    pub fn names(&self, name: &str) -> Option<Vec<String>> {
        let values = self.flat(name)?;
        let texts = values.iter().filter_map(|value| value.as_str());
        Some(
            texts
                .flat_map(|text| text.split(','))
                .map(|t| t.trim().to_owned())
                .filter(|t| !t.is_empty())
                .collect(),
        )
    }

    fn flat(&self, name: &str) -> Option<Vec<Value>> {
        let sent = self.all(name);
        if sent.is_empty() {
            return None;
        }
        Some(
            sent.into_iter()
                .flat_map(|v| v.as_array().cloned().unwrap_or_else(|| vec![v.clone()]))
                .collect(),
        )
    }
}
