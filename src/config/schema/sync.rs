//! The shape of a sync.

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::Name;
use super::fields::Fields;

/// A pair of trackers and its rules.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Sync {
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
    /// An issue that shows how things stand, and where people decide conflicts by ticking boxes. Default: off.
    dashboard: Option<Dashboard>,
    /// Whether people with write access may give commands in comments: a line `/lockstep sync`, `/lockstep unlink` or
    /// `/lockstep keep <tracker>`. Default: `off`.
    commands: Option<Switch>,
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
#[expect(clippy::struct_field_names, reason = "these are the keys people write")]
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Guard {
    /// Most issues created or changed in one run. Default: 500.
    max_changes: Option<u64>,
    /// Most issues closed in one run. Default: 50.
    max_closes: Option<u64>,
    /// Most comments deleted in one run. Default: 50.
    max_deletes: Option<u64>,
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
    /// The tracker it is on: one of the two; in mirror mode the right one.
    on: Name,
    /// The title it is opened with. Default: `Lockstep`.
    title: Option<Name>,
}
