//! The reference part of `docs/mapping.md` is made from the schema, whose descriptions are doc comments.

use serde_json::Value;

use super::{fresh, page};

const PAGE: &str = "docs/mapping.md";
const BEGIN: &str = "<!-- From here on generated from the schema; `LOCKSTEP_BLESS=1 cargo test` writes it anew. -->\n";

/// The tables of the page: heading, the definition it shows, and which of its variants.
const TABLES: [(&str, &str, Option<usize>); 19] = [
    ("The file", "", None),
    ("`trackers`: a GitHub repository", "Tracker", Some(0)),
    ("`app`", "App", None),
    ("`trackers`: a GitLab project", "Tracker", Some(1)),
    ("`trackers`: a folder", "Tracker", Some(2)),
    ("`syncs`", "Sync", None),
    ("`create`", "CreateRule", None),
    ("`guard`", "Guard", None),
    ("`fields`", "Fields", None),
    ("`status`", "StatusField", None),
    ("`labels`", "LabelField", None),
    ("A row of `labels: map:`", "LabelRow", None),
    ("`assignees`", "AssigneeField", None),
    ("`comments`", "CommentField", None),
    ("`attachments`", "AttachmentField", None),
    ("`milestone`", "MilestoneField", None),
    ("`iteration` and `epic`", "LabelledField", None),
    (
        "`weight`, `due_date`, `time_estimate` and `time_spent`",
        "ValueField",
        None,
    ),
    ("`dashboard`", "DashboardIssue", None),
];

#[test]
fn the_reference_of_the_mapping_file_is_fresh() {
    let schema: Value = serde_json::from_str(&lockstep::config::schema()).unwrap();
    let text = page(PAGE);
    let (head, _) = text
        .split_once(BEGIN)
        .expect("the page says where its generated part begins");
    let mut wanted = format!("{head}{BEGIN}");
    for (title, name, variant) in TABLES {
        let mut shown = if name.is_empty() {
            &schema
        } else {
            &schema["$defs"][name]
        };
        if let Some(variant) = variant {
            shown = &shown["oneOf"][variant];
        }
        assert!(
            shown["properties"].is_object(),
            "{title}: the schema has no {name} any more"
        );
        wanted.push_str(&format!("\n## {title}\n\n{}", table(&schema, shown)));
    }
    fresh(PAGE, &wanted);
}

#[test]
fn every_key_of_the_schema_is_in_the_reference() {
    let schema: Value = serde_json::from_str(&lockstep::config::schema()).unwrap();
    // A direction alone is not worth a table of its own.
    let plain = ["Plain"];
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        let shown = TABLES.iter().any(|(_, of, _)| of == name) || plain.contains(&name.as_str());
        assert!(
            shown || definition["properties"].is_null(),
            "{name} has keys and no table"
        );
    }
}

fn table(schema: &Value, of: &Value) -> String {
    let mut out = String::new();
    if let Some(about) = of["description"].as_str() {
        out.push_str(&format!("{about}\n\n"));
    }
    out.push_str("| key | value | meaning |\n|---|---|---|\n");
    let must: Vec<&str> = of["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for (key, value) in of["properties"].as_object().unwrap() {
        let mark = if must.contains(&key.as_str()) {
            " (required)"
        } else {
            ""
        };
        let meaning = meaning(schema, value);
        out.push_str(&format!(
            "| `{key}`{mark} | {} | {} |\n",
            kind(schema, value),
            cell(&meaning)
        ));
    }
    if let Some(rest) = of["additionalProperties"].as_object() {
        let rest = Value::Object(rest.clone());
        out.push_str(&format!("| a tracker's name | {} | |\n", kind(schema, &rest)));
    }
    out
}

fn meaning(schema: &Value, value: &Value) -> String {
    let own = value["description"].as_str();
    if own.is_none() && value["$ref"] == "#/$defs/Direction" {
        return "Which way it flows. Default: as without a table.".into();
    }
    let own = own.or_else(|| resolve(schema, value)["description"].as_str());
    own.unwrap_or_default().replace('\n', " ")
}

fn resolve<'a>(schema: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(name) => &schema["$defs"][name.trim_start_matches("#/$defs/")],
        None => value,
    }
}

/// The values a key takes, in words.
fn kind(schema: &Value, value: &Value) -> String {
    let name = value["$ref"].as_str().map(|name| name.trim_start_matches("#/$defs/"));
    match name {
        Some("Secret") => return "`${NAME}`".into(),
        Some("Address") => return "address".into(),
        Some("Direction") => return "`both`, `off`, `to <tracker>`".into(),
        Some("RowDirection") => return "`both`, `to <tracker>`".into(),
        Some("StatusPattern") => return "status".into(),
        Some("Share") => return "percentage".into(),
        _ => {}
    }
    let value = resolve(schema, value);
    if let Some(fixed) = value.get("const") {
        return format!("`{}`", fixed.as_str().map_or_else(|| fixed.to_string(), str::to_owned));
    }
    if value["properties"].is_object() {
        return "table".into();
    }
    if let Some(words) = value["enum"].as_array() {
        let words: Vec<String> = words
            .iter()
            .filter_map(Value::as_str)
            .map(|word| format!("`{word}`"))
            .collect();
        return words.join(", ");
    }
    if let Some(choices) = value
        .get("anyOf")
        .or_else(|| value.get("oneOf"))
        .and_then(Value::as_array)
    {
        let mut kinds: Vec<String> = choices.iter().map(|choice| kind(schema, choice)).collect();
        kinds.dedup();
        return kinds.join(", or ");
    }
    match value["type"].as_str() {
        Some("boolean") => "`true`, `false`".into(),
        Some("integer") => "number".into(),
        Some("array") => format!("list of: {}", kind(schema, &value["items"])),
        Some("object") => format!("by tracker: {}", kind(schema, &value["additionalProperties"])),
        _ => "text".into(),
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
