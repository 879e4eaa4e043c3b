//! The shape of the fields of a sync.

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::Name;

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
pub(super) struct Fields {
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
    /// Milestone, by title.
    milestone: Option<Field<MilestoneField>>,
    /// What becomes of a GitLab iteration on the other side. Default: off.
    iteration: Option<Labelled>,
    /// What becomes of a GitLab epic, or of a GitHub parent issue, on the other side. Default: off.
    epic: Option<Labelled>,
    /// Weight.
    weight: Option<Field<ValueField>>,
    /// Due date.
    due_date: Option<Field<ValueField>>,
    /// Estimated time.
    time_estimate: Option<Field<ValueField>>,
    /// Time spent. What each side adds is added to the other.
    time_spent: Option<Field<ValueField>>,
    /// Files that bodies and comments show or link to: `reupload` keeps them on the other tracker, `link` (default) leads
    /// to where they are, `off` leaves addresses as they are written.
    attachments: Option<Attachments>,
}

/// A field without options.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Plain {
    direction: Option<Direction>,
}

/// How a value that only some trackers have is carried.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ValueField {
    direction: Option<Direction>,
    /// What a tracker without the field shows: nothing (`field`, default), or words in the `footer`.
    r#as: Option<ValueAs>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum ValueAs {
    Field,
    Footer,
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
    /// Text put before every unmapped label that arrives on this tracker. A label there without it is that side's own and stays.
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
    /// People without a row under `people`: `skip` (default), or named by a `label` or in the `footer`.
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
    /// The line above a copied comment, in place of the usual one. It may name `{{ author }}`, `{{ url }}`,
    /// `{{ tracker }}` and `{{ date }}`.
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
    /// As a `milestone` (default), a `label`, or words in the `footer`.
    r#as: Option<MilestoneAs>,
    /// Whether milestones the other side lacks are created there. Default: true.
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
    /// As a `label` (default), words in the `footer`, or not at all.
    r#as: Option<LabelledAs>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum LabelledAs {
    Label,
    Footer,
    Off,
}

/// A word, or a table with it.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Attachments {
    Short(AttachmentMode),
    Long(AttachmentField),
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum AttachmentMode {
    Reupload,
    Link,
    Off,
}

/// How files are carried. Besides these keys the name of a tracker of kind `github` may stand here with the word `branch`:
/// files are then committed to the branch `lockstep-files` of its repository, since GitHub has no other place for them.
#[derive(JsonSchema)]
#[expect(
    clippy::zero_sized_map_values,
    reason = "the schema is made from the types; no value of them is"
)]
struct AttachmentField {
    /// What becomes of files. Default in a table: `reupload`.
    mode: Option<AttachmentMode>,
    /// Largest file that is carried, `500KB`, `10MB` or `1GB`. Default: `10MB`.
    max_file: Option<Size>,
    /// How much one run carries at most. Default: `200MB`.
    max_run: Option<Size>,
    #[schemars(flatten)]
    branch: BTreeMap<String, Shelf>,
}

#[derive(JsonSchema)]
struct Size(#[schemars(regex(pattern = r"^0*[1-9][0-9]* *[KMG]B$"))] String);

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum Shelf {
    Branch,
}
