//! The schema and the checker are two descriptions of one file format. They agree, and the committed schema is fresh.

use serde_json::Value;

use super::super::schema;
use super::{EXAMPLE, read, with_sync};

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn instance(text: &str) -> Value {
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

#[test]
fn the_committed_schema_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/lockstep.schema.json");
    if option_env_bless() {
        std::fs::write(path, schema()).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        committed == schema(),
        "run the tests once with LOCKSTEP_BLESS=1 and commit docs/lockstep.schema.json"
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "a developer asks for the file to be written anew"
)]
fn option_env_bless() -> bool {
    std::env::var_os("LOCKSTEP_BLESS").is_some()
}

#[test]
fn the_schema_has_a_title_and_a_valid_example_and_no_address() {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    assert_eq!(schema["title"], "Lockstep mapping file");
    assert!(schema.get("$id").is_none());
    let example = &schema["examples"][0];
    assert!(validator().is_valid(example));
    assert!(read(&example.to_string()).is_ok(), "JSON is YAML");
}

#[test]
fn valid_files_are_valid_to_both() {
    let validator = validator();
    let app = "app: { id: \"${A}\", private_key: \"${B}\", installation: \"${C}\" }";
    let cases = [
        EXAMPLE.to_owned(),
        with_sync(""),
        with_sync("    mode: mirror\n    create: off\n"),
        with_sync(
            "    create: { gh: on, gl: { state: all, created_after: 2026-01-31, milestone: v1, authors: [a] } }\n",
        ),
        with_sync("    commands: on\n    fields: { comments: to gl }\n"),
        with_sync("    commands: off\n    fields: { comments: off }\n"),
        with_sync("    conflicts: prefer gh\n    guard: { max_share: 50 }\n"),
        with_sync(
            "    match: title\n    on_delete: unlink\n    confidential: allow\n    mentions: notify\n    backlink: false\n",
        ),
        with_sync(
            "    fields: { title: to gl, body: { direction: off }, comments: { deletions: mirror, edits: false } }\n",
        ),
        with_sync("    fields: { labels: { map: [ { gh: a, gl: b, direction: to gl } ], prefix: { gl: '' } } }\n"),
        with_sync("    fields: { attachments: { mode: reupload, gh: branch, max_file: 500KB, max_run: 1 GB } }\n"),
        with_sync("    fields: { status: { map: [ { gh: open as reopened, gl: opened + c++ } ] } }\n"),
        with_sync(
            "    dashboard: off\n    fields: { milestone: off, epic: off, iteration: { as: off }, attachments: off }\n",
        ),
        with_sync("").replace("gitlab, project: a/b", "gitlab, project: 42, url: 'http://[::1]:80'"),
        with_sync("").replace("token: \"${T}\"", app),
        with_sync("").replace("syncs:", "signing_key: [\"${N}\", \"${O}\"]\nsyncs:"),
    ];
    for text in cases {
        assert!(read(&text).is_ok(), "{:?}\n{text}", read(&text).err());
        let instance = instance(&text);
        if let Err(error) = validator.validate(&instance) {
            panic!("{error} at {}\n{text}", error.instance_path());
        }
    }
}

#[test]
fn malformed_files_are_refused_by_both() {
    let validator = validator();
    let fields = |text: &str| with_sync(&format!("    fields: {{ {text} }}\n"));
    let tracker = |from: &str, to: &str| with_sync("").replace(from, to);
    let cases = [
        "{}".to_owned(),
        "[]".to_owned(),
        tracker("version: 1", "version: 2"),
        tracker("version: 1", "version: '1'"),
        tracker("version: 1\n", ""),
        tracker("  - name: a\n    between: [gh, gl]", "  []"),
        tracker("name: a", "nam: a"),
        tracker("[gh, gl]", "[gh]"),
        tracker("[gh, gl]", "[gh, gl, gh]"),
        tracker("kind: gitlab", "kind: gitea"),
        tracker("kind: gitlab", "kind: gitlab, path: x"),
        tracker("kind: gitlab", "kind: gitlab, url: 'http://gitlab.com'"),
        tracker("kind: gitlab", "kind: gitlab, url: 'https://a:b@gitlab.com'"),
        tracker("kind: gitlab", "kind: folder, path: x"),
        tracker("\"${T}\"", "hunter2"),
        tracker("syncs:", "signing_key: []\nsyncs:"),
        tracker("syncs:", "signing_key: [hunter2]\nsyncs:"),
        tracker("syncs:", "signing_key: [\"${N}\", \"${N}\"]\nsyncs:"),
        tracker("syncs:", "signing_key: { new: \"${N}\" }\nsyncs:"),
        tracker("\"${T}\"", "~"),
        tracker("token: \"${T}\"", "url: 'https://ghe.example/api/v3'"),
        tracker(
            "token: \"${T}\"",
            "token: \"${T}\", app: { id: \"${A}\", private_key: \"${B}\", installation: \"${C}\" }",
        ),
        tracker("github, project: a/b", "github, project: acme"),
        tracker("gitlab, project: a/b", "gitlab, project: api"),
        tracker("  gh:", "  direction: { kind: folder, path: x }\n  gh:"),
        with_sync("    mode: one-way\n"),
        with_sync("    backlink: yes\n"),
        with_sync("    conflicts: oldest\n"),
        with_sync("    create: { gh: maybe }\n"),
        with_sync("    create: { gh: { label: x } }\n"),
        with_sync("    create: { gh: { created_after: yesterday } }\n"),
        with_sync("    guard: { max_share: 150% }\n"),
        with_sync("    guard: { max_share: 150 }\n"),
        with_sync("    guard: { max_changes: -1 }\n"),
        with_sync("    guard: { max_changes: many }\n"),
        with_sync("    fields:\n"),
        fields("title: gl"),
        fields("titel: both"),
        fields("title: { direction: both, map: [] }"),
        fields("labels: { map: [ { gh: a } ] }"),
        fields("labels: { skip: bug }"),
        fields("labels: { map: [ { gh: 1, gl: b } ] }"),
        fields("status: { map: [ { gh: done, gl: closed } ] }"),
        fields("epic: bananas"),
        fields("attachments: copy"),
        fields("attachments: { mode: reupload, gh: trunk }"),
        fields("attachments: { max_file: 10 }"),
        fields("attachments: { max_file: 0MB }"),
        fields("attachments: { max_run: 1TB }"),
    ];
    for text in cases {
        assert!(read(&text).is_err(), "the checker takes\n{text}");
        assert!(!validator.is_valid(&instance(&text)), "the schema takes\n{text}");
    }
}
