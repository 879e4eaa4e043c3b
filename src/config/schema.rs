//! The shape of the mapping file as types, from which the JSON schema is made. Editors complete and check with it, and
//! its descriptions are the reference. Nothing is ever read into these types: `check` reads the raw tree, and a test
//! shows that the two agree.
#![expect(dead_code, reason = "the schema is made from the types; no value of them is")]

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

/// The JSON schema of the mapping file, as pretty JSON with a line end. The same text on every machine.
pub fn schema() -> String {
    let schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<Mapping>();
    let mut schema = schema.to_value();
    without_null(&mut schema);
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

/// A key may be left out, but not be there with nothing behind it. An `Option` says both, so the second is taken out.
fn without_null(value: &mut Value) {
    match value {
        Value::Object(map) => {
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
            map.values_mut().for_each(without_null);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
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
    /// Environment variable of the key that markers are signed with. With a key, unsigned markers are refused.
    signing_key: Option<Secret>,
    /// One row per person: login by tracker.
    people: Option<Vec<BTreeMap<String, Login>>>,
    /// Pairs of trackers and their rules.
    #[schemars(length(min = 1))]
    syncs: Vec<Sync>,
}

/// The name of an environment variable that holds a secret, as `${NAME}`. Never the secret itself.
#[derive(JsonSchema)]
struct Secret(#[schemars(regex(pattern = r"^\$\{[A-Za-z_][A-Za-z0-9_]{0,127}\}$"))] String);

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

/// A pair of trackers and its rules.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Sync {
    /// Its name. Links remember it: a renamed sync no longer finds them.
    name: Name,
    /// The two trackers: left, right.
    between: [Name; 2],
    /// `two-way` (default), or `mirror`: every field flows to the right, and the left side is never written.
    mode: Option<Mode>,
    /// Which unlinked issues of a side get a twin on the other. Default: off.
    create: Option<Create>,
    /// `title`: before a twin is created, an unlinked issue of equal title is adopted. Default: `none`.
    r#match: Option<Match>,
    /// Who wins when both sides changed the same field: `newest` (default), `prefer <tracker>` or `ask`.
    #[schemars(extend("pattern" = r"^(newest|ask|prefer \S+)$"))]
    conflicts: Option<String>,
    /// What to do when a twin is gone: `report` (default), `close` the other one, or `unlink` it.
    on_delete: Option<OnDelete>,
    /// Whether confidential issues take part. Default: `skip`.
    confidential: Option<Confidential>,
    /// When to stop before the first write.
    guard: Option<Guard>,
    /// A visible line with a link to the twin. Default: only in mirror mode.
    backlink: Option<bool>,
    /// Whether new text may notify mapped people. Default: `silent`.
    mentions: Option<Mentions>,
    /// Which way each field flows, and its options. Default: both ways; to the right in mirror mode.
    fields: Option<Fields>,
    /// An issue that lists all drift. Not supported yet.
    dashboard: Option<Dashboard>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum Mode {
    TwoWay,
    Mirror,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum Off {
    Off,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum Switch {
    Off,
    On,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum Match {
    None,
    Title,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum OnDelete {
    Report,
    Close,
    Unlink,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum Confidential {
    Skip,
    Allow,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum Mentions {
    Silent,
    Notify,
}

/// `off`, or a rule for each side.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Create {
    Off(Off),
    Sides(BTreeMap<String, CreateSide>),
}

/// `off`, `on` (every open issue), or a rule.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum CreateSide {
    Switch(Switch),
    Rule(CreateRule),
}

/// The unlinked issues that get a twin: those that meet every condition.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct CreateRule {
    /// Has one of these labels.
    labels: Option<Vec<Name>>,
    /// Has none of these labels.
    exclude_labels: Option<Vec<Name>>,
    /// By one of these people.
    authors: Option<Vec<Name>>,
    /// Default: `open`.
    state: Option<CreateState>,
    /// Opened at or after this day (`2026-01-31`) or time (`2026-01-31T12:00:00Z`).
    #[schemars(extend("pattern" = r"^[+-]?[0-9]{4,6}-[0-9]{2}-[0-9]{2}([Tt ].+)?$"))]
    created_after: Option<String>,
    /// In the milestone of this title.
    milestone: Option<Name>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum CreateState {
    Open,
    Closed,
    All,
}

/// When a plan is too large to believe.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Guard {
    /// Most issues created or changed in one run. Default: 500.
    max_changes: Option<u64>,
    /// Most issues closed in one run. Default: 50.
    max_closes: Option<u64>,
    /// Largest share of linked issues closed, parted or rewritten in one run. Default: `50%`, and small numbers pass.
    max_share: Option<Share>,
}

/// A percentage: `50%` or 50.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Share {
    Text(#[schemars(regex(pattern = r"^(100|[0-9]{1,2})%$"))] String),
    Number(#[schemars(range(max = 100))] u8),
}

/// `both`, `off` or `to <tracker>`
#[derive(JsonSchema)]
struct Direction(#[schemars(regex(pattern = r"^(both|off|to \S+)$"))] String);

/// `both` or `to <tracker>`
#[derive(JsonSchema)]
struct RowDirection(#[schemars(regex(pattern = r"^(both|to \S+)$"))] String);

/// A direction, or a table with `direction` and options.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Field<T> {
    Short(Direction),
    Long(T),
}

/// Fields.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Fields {
    /// Title.
    title: Option<Field<Plain>>,
    /// Body.
    body: Option<Field<Plain>>,
    /// Open or closed, and why.
    status: Option<Field<StatusField>>,
    /// Labels.
    labels: Option<Field<LabelField>>,
    /// Assignees. People without a row under `people` are left out.
    assignees: Option<Field<AssigneeField>>,
    /// Comments.
    comments: Option<Field<CommentField>>,
    /// Not supported yet.
    milestone: Option<Field<MilestoneField>>,
    /// Not supported yet.
    iteration: Option<Labelled>,
    /// Not supported yet.
    epic: Option<Labelled>,
    /// Not supported yet.
    weight: Option<Field<Plain>>,
    /// Not supported yet.
    due_date: Option<Field<Plain>>,
    /// Not supported yet.
    time_estimate: Option<Field<Plain>>,
    /// Not supported yet.
    time_spent: Option<Field<Plain>>,
    /// Not supported yet.
    attachments: Option<Attachments>,
}

/// A field without options.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Plain {
    direction: Option<Direction>,
}

/// How status is carried.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct StatusField {
    direction: Option<Direction>,
    /// The first row that fits counts. Statuses without a row go by open and closed, and by reason where the other
    /// side has reasons.
    map: Option<Vec<StatusRow>>,
}

/// One status by tracker: `{ github: closed as not_planned, gitlab: closed + wontfix }`
#[derive(JsonSchema)]
#[schemars(extend("minProperties" = 2, "maxProperties" = 2))]
struct StatusRow(BTreeMap<String, StatusPattern>);

/// `open`, `closed`, `closed as not_planned`, `closed + label`
#[derive(JsonSchema)]
struct StatusPattern(
    #[schemars(regex(
        pattern = r"^((open|opened)( +as +reopened)?|closed( +as +(completed|not_planned|duplicate))?)( +\+ +\S.*)?$"
    ))]
    String,
);

/// How labels are carried.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct LabelField {
    direction: Option<Direction>,
    /// Labels without a row: `same` name (default), or `skip`.
    unmapped: Option<LabelUnmapped>,
    /// Whether labels the other side lacks are created there. Default: true.
    create: Option<bool>,
    /// Labels that go by different names.
    map: Option<Vec<LabelRow>>,
    /// Labels that never take part. `*` stands for any text.
    skip: Option<Vec<Name>>,
    /// Text put before every unmapped label that arrives on this tracker.
    prefix: Option<BTreeMap<String, Prefix>>,
}

#[derive(JsonSchema)]
struct Prefix(#[schemars(length(max = 100))] String);

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum LabelUnmapped {
    Same,
    Skip,
}

/// One label by tracker: `{ github: bug, gitlab: "type::bug" }`
#[derive(JsonSchema)]
#[schemars(extend("minProperties" = 2, "maxProperties" = 3))]
struct LabelRow {
    /// The row works towards this tracker only. Needed where two labels become one.
    direction: Option<RowDirection>,
    #[schemars(flatten)]
    names: BTreeMap<String, Name>,
}

/// How assignees are carried.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct AssigneeField {
    direction: Option<Direction>,
    /// People without a row under `people`: `skip` (default); `label` and `footer` are not supported yet.
    unmapped: Option<AssigneeUnmapped>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum AssigneeUnmapped {
    Skip,
    Label,
    Footer,
}

/// How comments are carried.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct CommentField {
    direction: Option<Direction>,
    /// Edits of an original reach its copy. Default: true.
    edits: Option<bool>,
    /// What happens to the copy of a deleted comment: `keep` (default) or `mirror`.
    deletions: Option<Deletions>,
    /// Not supported yet.
    template: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum Deletions {
    Keep,
    Mirror,
}

/// How milestones are carried.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct MilestoneField {
    direction: Option<Direction>,
    r#as: Option<MilestoneAs>,
    create: Option<bool>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum MilestoneAs {
    Milestone,
    Label,
    Footer,
}

/// A word, or a table with it.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Labelled {
    Short(LabelledAs),
    Long(LabelledField),
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct LabelledField {
    direction: Option<Direction>,
    r#as: Option<LabelledAs>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum LabelledAs {
    Label,
    Footer,
    Off,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum Attachments {
    Reupload,
    Link,
    Off,
}

/// `off`, or where the dashboard issue is.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Dashboard {
    Off(Off),
    On(DashboardIssue),
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct DashboardIssue {
    /// The tracker it is on.
    on: Name,
    /// Its title.
    title: Option<Name>,
}
