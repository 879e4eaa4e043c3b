//! The shape of the mapping file as types, from which the JSON schema is made. Editors complete and check with it, and
//! its descriptions are the reference. Nothing is ever read into these types: `check` reads the raw tree, and a test
//! shows that the two agree.
#![expect(dead_code, reason = "the schema is made from the types; no value of them is")]

mod fields;
mod sync;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use sync::Sync;

/// The JSON schema of the mapping file, as pretty JSON with a line end. The same text on every machine.
pub fn schema() -> String {
    let schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<Mapping>();
    let mut schema = schema.to_value();
    tidy(&mut schema);
    if let Some(root) = schema.as_object_mut() {
        root.insert("examples".into(), json!([example()]));
    }
    schema.sort_all_objects();
    format!("{schema:#}\n")
}

fn example() -> Value {
    json!({
        "version": 1,
        "trackers": {
            "github": { "kind": "github", "project": "acme/api", "token": "${GITHUB_TOKEN}" },
            "gitlab": { "kind": "gitlab", "project": "platform/api", "token": "${GITLAB_TOKEN}" }
        },
        "syncs": [{
            "name": "api",
            "between": ["github", "gitlab"],
            "create": { "github": { "labels": ["sync"] }, "gitlab": "off" }
        }]
    })
}

/// Takes out what the derived schema says too much. A key may be left out, but not be there with nothing behind it; an
/// `Option` says both.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(map) => {
            // `uint64` and the like are formats of OpenAPI, which strict validators do not know.
            if map.get("format").is_some_and(Value::is_string) {
                map.remove("format");
            }
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|t| t != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    map.insert("type".into(), only);
                }
            }
            if let Some(Value::Array(choices)) = map.get_mut("anyOf") {
                choices.retain(|c| c.get("type").is_none_or(|t| t != "null"));
                if let [Value::Object(only)] = choices.as_slice() {
                    let only = only.clone();
                    map.remove("anyOf");
                    for (key, value) in only {
                        map.entry(key).or_insert(value);
                    }
                }
            }
            map.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Which issue trackers are kept in step, and by which rules. Nothing is created, closed or deleted until this file
/// says so.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, title = "Lockstep mapping file")]
struct Mapping {
    /// Version of the file format.
    #[schemars(extend("const" = 1))]
    version: u8,
    /// Trackers by the names used in the rest of the file.
    #[schemars(extend("minProperties" = 1, "propertyNames" = {
        "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$", "maxLength": 64, "not": { "const": "direction" }
    }))]
    trackers: BTreeMap<String, Tracker>,
    /// Environment variable of the key that markers are signed with, or a list: the first signs, the others signed before
    /// and are still believed. With a key, unsigned markers are refused.
    signing_key: Option<SigningKey>,
    /// One row per person: login by tracker.
    people: Option<Vec<BTreeMap<String, Login>>>,
    /// Pairs of trackers and their rules.
    #[schemars(length(min = 1))]
    syncs: Vec<Sync>,
}

/// The name of an environment variable that holds a secret, as `${NAME}`. Never the secret itself.
#[derive(JsonSchema)]
struct Secret(#[schemars(regex(pattern = r"^\$\{[A-Za-z_][A-Za-z0-9_]{0,127}\}$"))] String);

/// The variable of a key, or of several.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum SigningKey {
    /// The one key.
    One(Secret),
    /// The key that signs, and keys that signed before.
    Several(#[schemars(length(min = 1), extend("uniqueItems" = true))] Vec<Secret>),
}

/// A login as it is mentioned, without `@`.
#[derive(JsonSchema)]
struct Login(#[schemars(regex(pattern = r"^[^@\s]\S*$"), length(max = 255))] String);

/// A name: of a label, a milestone, a sync.
#[derive(JsonSchema)]
struct Name(#[schemars(regex(pattern = r"^\S(.*\S)?$"), length(max = 255))] String);

/// Base address of a service. `http://` is for this machine alone.
#[derive(JsonSchema)]
struct Address(
    #[schemars(regex(pattern = r"^([Hh][Tt][Tt][Pp][Ss]://|[Hh][Tt][Tt][Pp]://(localhost|127\.|\[::1\]))[^@?#\s]*$"))]
    String,
);

/// A tracker: one project on one service, or a folder.
#[derive(JsonSchema)]
#[schemars(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
enum Tracker {
    /// A GitHub repository. Give `token` or `app`, not both.
    #[schemars(extend("oneOf" = [{ "required": ["token"] }, { "required": ["app"] }]))]
    GitHub {
        /// `owner/repo`
        #[schemars(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,38}/[A-Za-z0-9._-]{1,100}$"))]
        project: String,
        /// Base of the REST API. Default: `https://api.github.com`; GitHub Enterprise: `https://ghe.example/api/v3`.
        url: Option<Address>,
        /// Environment variable of a token that may read and write issues.
        token: Option<Secret>,
        /// A GitHub app's installation instead of a token.
        app: Option<App>,
    },
    /// A GitLab project.
    GitLab {
        /// `group/project`, or the project's number.
        project: Project,
        /// The instance. Default: `https://gitlab.com`.
        url: Option<Address>,
        /// Environment variable of a token with scope `api`.
        token: Secret,
    },
    /// A folder of issues as Markdown files. It needs no token.
    Folder {
        /// The folder, relative to this file's folder.
        path: Name,
    },
}

/// A GitLab project.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Project {
    /// Its path.
    Path(#[schemars(regex(pattern = r"^([0-9]{1,18}|[^\s/.-][^\s/]*(/[^\s/.-][^\s/]*)+)$"))] String),
    /// Its number.
    Number(#[schemars(range(min = 1))] u64),
}

/// A GitHub app's installation.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct App {
    /// Environment variable of the app's id or client id.
    id: Secret,
    /// Environment variable of the private key, PEM.
    private_key: Secret,
    /// Environment variable of the installation's id.
    installation: Secret,
}
