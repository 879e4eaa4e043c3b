//! OpenAPI 3.0 schemas as JSON Schema draft 4, and loose checks for values that arrive as text.

use std::collections::BTreeSet;

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

use super::template::follow;

/// Compiles a schema together with the components it reaches.
pub fn compile(document: &Value, schema: &Value) -> Validator {
    let mut reached = BTreeSet::new();
    collect_references(document, schema, &mut reached);
    let mut standing = convert(schema);
    let mut components = json!({});
    for name in reached {
        components[&name] = convert(&document["components"]["schemas"][&name]);
    }
    standing["components"] = json!({ "schemas": components });
    jsonschema::options()
        .with_draft(Draft::Draft4)
        .build(&standing)
        .expect("schemas of a contract compile")
}

fn collect_references(document: &Value, value: &Value, reached: &mut BTreeSet<String>) {
    if let Some(name) = value["$ref"]
        .as_str()
        .and_then(|reference| reference.strip_prefix("#/components/schemas/"))
        && reached.insert(name.to_owned())
    {
        collect_references(document, &document["components"]["schemas"][name], reached);
    }
    for child in value
        .as_array()
        .into_iter()
        .flatten()
        .chain(value.as_object().into_iter().flat_map(|o| o.values()))
    {
        collect_references(document, child, reached);
    }
}

/// `nullable: true` means "or null", whatever enum, oneOf or allOf beside it says.
fn convert(schema: &Value) -> Value {
    if let Some(items) = schema.as_array() {
        return items.iter().map(convert).collect();
    }
    let Some(members) = schema.as_object() else {
        return schema.clone();
    };
    let mut converted: serde_json::Map<String, Value> = members
        .iter()
        .map(|(name, member)| (name.clone(), convert(member)))
        .collect();
    if converted.get("nullable").and_then(Value::as_bool) != Some(true) {
        return Value::Object(converted);
    }
    converted.remove("nullable");
    json!({ "anyOf": [converted, { "type": "null" }] })
}

/// The member names a body schema knows, through every branch. Empty means that anything goes.
pub fn member_names(document: &Value, schema: &Value) -> BTreeSet<String> {
    let schema = follow(document, schema);
    let mut names: BTreeSet<String> = schema["properties"]
        .as_object()
        .into_iter()
        .flat_map(|o| o.keys())
        .cloned()
        .collect();
    for keyword in ["oneOf", "anyOf", "allOf"] {
        for branch in schema[keyword].as_array().into_iter().flatten() {
            names.extend(member_names(document, branch));
        }
    }
    names
}

/// Checks form pairs: names, simple types, required members.
pub fn check_form(document: &Value, schema: &Value, pairs: &[(String, String)]) -> Vec<String> {
    let schema = follow(document, schema);
    let mut reasons = Vec::new();
    for (name, value) in pairs {
        let plain = name.strip_suffix("[]").unwrap_or(name);
        match schema["properties"].get(plain) {
            None => reasons.push(format!("form field `{name}` is not described")),
            Some(member) if !plausible(follow(document, member), value) => {
                reasons.push(format!("form field `{name}` cannot be `{value}`"));
            }
            Some(_) => {}
        }
    }
    for required in schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        if !pairs
            .iter()
            .any(|(name, _)| name.strip_suffix("[]").unwrap_or(name) == required)
        {
            reasons.push(format!("form field `{required}` is required"));
        }
    }
    reasons
}

/// Whether a text can stand for a value of the schema. Loose: only integers, booleans and enums are looked at.
pub fn plausible(schema: &Value, text: &str) -> bool {
    if let Some(branches) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
        return branches.iter().any(|branch| plausible(branch, text));
    }
    let of_type = match schema["type"].as_str() {
        Some("integer") => text.is_empty() || text.parse::<i64>().is_ok(),
        Some("boolean") => ["true", "false", "1", "0"].contains(&text),
        Some("array") if text.is_empty() => return true,
        Some("array") => return plausible(&schema["items"], text) || text.contains(','),
        _ => true,
    };
    // One spelling of twins such as created_by_me and created-by-me was lost on the way to our copy.
    let same = |a: &str| a.replace('-', "_") == text.replace('-', "_");
    of_type
        && schema["enum"]
            .as_array()
            .is_none_or(|values| values.iter().any(|v| v.as_str().is_none_or(same)))
}
