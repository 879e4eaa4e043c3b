//! A service's answer, read by somebody who knows nothing of the service: what the laws of `github` and `gitlab` compare
//! with. Imports nothing of ours.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::Value;

/// An answer, or each of a list of them; none where the bytes are not JSON.
pub(crate) fn answers(bytes: &[u8]) -> Vec<Value> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Array(all)) => all,
        Ok(one) => vec![one],
        Err(_) => Vec::new(),
    }
}

/// The answer as a tracker reads it, if it can.
pub(crate) fn read<T: DeserializeOwned>(said: &Value) -> Option<T> {
    serde_json::from_str(&said.to_string()).ok()
}

/// The text of a member.
pub(crate) fn text<'a>(said: &'a Value, member: &str) -> Option<&'a str> {
    said.get(member)?.as_str()
}

/// The number of a member, as text.
pub(crate) fn number(said: &Value, member: &str) -> Option<String> {
    Some(said.get(member)?.as_u64()?.to_string())
}

/// The names in a list, each as a text or as a member of a table.
pub(crate) fn names(list: Option<&Value>, member: &str) -> BTreeSet<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    let names = list.filter_map(|item| item.as_str().or_else(|| text(item, member)));
    names.map(str::to_owned).collect()
}

/// The answer with a member that nobody knows yet.
pub(crate) fn richer(said: &Value) -> Value {
    let mut richer = said.clone();
    if let Some(members) = richer.as_object_mut() {
        members.insert(
            "zz_not_known_yet".into(),
            serde_json::json!([{ "number": 1, "iid": 1 }]),
        );
    }
    richer
}
