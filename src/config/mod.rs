//! The mapping file, valid: what the rest of the program may rely on. `raw` reads it, `check` turns it into these types.
//!
//! Imports the model's names only. The parts below also know the YAML parser and diagnostics.

mod check;
mod dashboard;
mod files;
mod find;
mod problems;
mod raw;
mod read;
mod schema;
mod secrets;
mod template;
mod terms;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;

use globset::GlobSet;
use jiff::Timestamp;
use url::Url;

use crate::model::{Hash, PerSide, Side, State, Status, TrackerId};

pub use check::{find_sync, is_github_repository, is_gitlab_project, load};
pub use dashboard::{DASHBOARD_LABEL, Dashboard};
pub use files::{AttachmentField, Attachments};
pub use find::{NAMES, find, load_file};
pub use schema::schema;
pub use template::{ATTRIBUTION_WORDS, Attributed, attribution};
pub use terms::Terms;

/// A whole, checked mapping file.
#[derive(Clone, Debug)]
pub struct Config {
    /// Trackers by name.
    pub trackers: BTreeMap<TrackerId, TrackerConfig>,
    /// The environment variable that holds the signing key.
    pub signing_key: Option<SecretRef>,
    /// Those of keys that signed markers before: their markers are believed, and nothing is signed with them any more.
    pub old_signing_keys: Vec<SecretRef>,
    /// One row per person: login by tracker.
    pub people: Vec<BTreeMap<TrackerId, String>>,
    /// Syncs in file order.
    pub syncs: Vec<Sync>,
    /// Stands for the text of the file: after a change of it, what was looked at before is to be looked at again.
    pub fingerprint: Hash,
}

/// The name of an environment variable that holds a secret. The secret itself is never in the mapping file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretRef(pub String);

/// Where a tracker is and how to sign in.
#[derive(Clone, Debug)]
pub enum TrackerConfig {
    /// A GitHub repository.
    GitHub {
        /// Base of the REST API, without a trailing slash: `https://api.github.com`.
        api: Url,
        /// Owner.
        owner: String,
        /// Repository.
        repo: String,
        /// How to sign in.
        auth: GitHubAuth,
    },
    /// A GitLab project.
    GitLab {
        /// The instance: `https://gitlab.com`.
        url: Url,
        /// Path or numeric id.
        project: String,
        /// The token.
        token: SecretRef,
    },
    /// A folder of Markdown files.
    Folder {
        /// The folder, relative to the mapping file's folder or absolute, resolved.
        path: PathBuf,
        /// The folder as the mapping file writes it: the same on every machine, so that markers can name it.
        given: String,
    },
}

impl TrackerConfig {
    /// Kind, address and project, the same wherever the file is read. Trackers of one identity are one project.
    pub fn identity(&self) -> String {
        match self {
            Self::GitHub { api, owner, repo, .. } => format!("github {api} {owner}/{repo}").to_lowercase(),
            Self::GitLab { url, project, .. } => format!("gitlab {url} {project}").to_lowercase(),
            Self::Folder { given, .. } => format!("folder {given}"),
        }
    }
}

/// How to sign in to GitHub.
#[derive(Clone, Debug)]
pub enum GitHubAuth {
    /// A token.
    Token(SecretRef),
    /// An app's installation.
    App {
        /// The app's id or client id.
        id: SecretRef,
        /// PEM, PKCS#1 or PKCS#8.
        private_key: SecretRef,
        /// The installation's id.
        installation: SecretRef,
    },
}

/// One pair of trackers and its rules.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own in the mapping file"
)]
#[derive(Clone, Debug)]
pub struct Sync {
    /// Its name.
    pub name: String,
    /// The trackers: left, right.
    pub between: PerSide<TrackerId>,
    /// Two-way, or left mirrored to an untouched left.
    pub mode: Mode,
    /// Unlinked issues of a side that get a twin on the other; `None` is off.
    pub create: PerSide<Option<CreateRule>>,
    /// Adopt an unlinked issue of equal title before creating.
    pub match_title: bool,
    /// Who wins when both sides changed the same field.
    pub conflicts: Policy,
    /// What to do when a twin is gone.
    pub on_delete: OnDelete,
    /// Whether confidential issues take part.
    pub confidential: bool,
    /// When to stop before the first write.
    pub guard: Guard,
    /// Whether twins carry a visible link to their origin.
    pub backlink: bool,
    /// Whether new text may notify mapped people.
    pub notify: bool,
    /// Directions and options per field.
    pub fields: Fields,
    /// The issue that shows how things stand; `None` is off.
    pub dashboard: Option<Dashboard>,
    /// Whether people may give commands in comments.
    pub commands: bool,
}

/// Whether the left side is ever written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Both sides are written.
    TwoWay,
    /// The left side is never written, not even with a marker.
    Mirror,
}

/// Which unlinked issues get a twin.
#[derive(Clone, Debug, Default)]
pub struct CreateRule {
    /// Has one of these labels; empty: any.
    pub labels: Vec<String>,
    /// Has none of these labels.
    pub exclude_labels: Vec<String>,
    /// In this state; `None`: any.
    pub state: Option<State>,
    /// By one of these authors; empty: any.
    pub authors: Vec<String>,
    /// Opened at or after this time.
    pub created_after: Option<Timestamp>,
    /// In the milestone of this title.
    pub milestone: Option<String>,
}

/// Who wins a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// The side changed last.
    Newest,
    /// Always this side.
    Prefer(Side),
    /// Nobody: the field is held until a person decides.
    Ask,
}

/// What to do when one twin is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDelete {
    /// Say so.
    Report,
    /// Close the other twin.
    Close,
    /// Part them: the other twin keeps a marker that says it stands alone.
    Unlink,
}

/// When a plan is too large to believe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    /// Most issues created or changed in one run (an issue counts once, however many comments it gets).
    pub max_changes: u64,
    /// Most issues closed in one run.
    pub max_closes: u64,
    /// Most comments deleted in one run.
    pub max_deletes: u64,
    /// Largest share, in percent, of linked issues that may be closed, parted or have their text replaced in one run.
    pub max_share: u8,
    /// The file itself sets `max_share`: then it holds from the first issue. The default lets small numbers pass.
    pub share_is_explicit: bool,
}

/// The way a field flows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Not at all.
    #[default]
    Off,
    /// Both ways.
    Both,
    /// Only towards this side.
    To(Side),
}

impl Direction {
    /// Whether changes may flow towards `side`.
    #[must_use]
    pub fn reaches(self, side: Side) -> bool {
        match self {
            Self::Off => false,
            Self::Both => true,
            Self::To(to) => to == side,
        }
    }
}

/// The fields of a sync. The default is that nothing flows, which is not what a file that is silent means.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    /// Title.
    pub title: Direction,
    /// Body.
    pub body: Direction,
    /// Status.
    pub status: StatusField,
    /// Labels.
    pub labels: LabelField,
    /// Assignees.
    pub assignees: AssigneeField,
    /// Comments.
    pub comments: CommentField,
    /// Milestone.
    pub milestone: MilestoneField,
    /// What becomes of an iteration on a side that has none. Never [`Carried::Milestone`].
    pub iteration: Carried,
    /// What becomes of an epic, or of the issue one is a part of. Never [`Carried::Milestone`].
    pub epic: Carried,
    /// Weight.
    pub weight: ValueField,
    /// Due date.
    pub due_date: ValueField,
    /// Estimated time.
    pub time_estimate: ValueField,
    /// Time spent, which is merged by adding what each side added.
    pub time_spent: ValueField,
    /// Files in bodies and comments.
    pub attachments: AttachmentField,
}

/// How a value that only some trackers have is carried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ValueField {
    /// The way it flows.
    pub direction: Direction,
    /// A tracker without the field shows it in the footer (else it is left out there).
    pub footer: bool,
}

/// How status is carried.
#[derive(Clone, Debug, Default)]
pub struct StatusField {
    /// The way it flows.
    pub direction: Direction,
    /// Rows; the first that fits counts. Statuses without a row go by state, and by reason where the target has one.
    pub map: Vec<PerSide<StatusPattern>>,
}

/// One side of a status row: `closed as not_planned + wontfix`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusPattern {
    /// State and reason.
    pub status: Status,
    /// Labels that belong to it.
    pub labels: Vec<String>,
}

/// How labels are carried.
#[derive(Clone, Debug, Default)]
pub struct LabelField {
    /// The way they flow.
    pub direction: Direction,
    /// Labels without a row keep their name (else they stay where they are).
    pub unmapped_same: bool,
    /// Labels the target lacks are created there (else they are left out).
    pub create: bool,
    /// Rows.
    pub map: Vec<LabelRow>,
    /// Labels that never take part, by pattern.
    pub skip: GlobSet,
    /// Put before the name of every unmapped label that arrives on the side.
    pub prefix: PerSide<String>,
}

/// One row of the label map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelRow {
    /// The label on each side.
    pub names: PerSide<String>,
    /// Set when the row works towards one side only (`direction: to gitlab`).
    pub only_to: Option<Side>,
}

/// How assignees are carried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AssigneeField {
    /// The way they flow.
    pub direction: Direction,
    /// What becomes of people without a row under `people`.
    pub unmapped: Unmapped,
}

impl AssigneeField {
    /// Whether changes may flow towards `side`.
    #[must_use]
    pub fn reaches(self, side: Side) -> bool {
        self.direction.reaches(side)
    }
}

impl From<Direction> for AssigneeField {
    fn from(direction: Direction) -> Self {
        Self {
            direction,
            unmapped: Unmapped::Skip,
        }
    }
}

/// What becomes of an assignee the other side does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unmapped {
    /// They are left out.
    #[default]
    Skip,
    /// A label names them.
    Label,
    /// The footer names them.
    Footer,
}

/// How milestones are carried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MilestoneField {
    /// The way they flow.
    pub direction: Direction,
    /// As what.
    pub carried: Carried,
    /// Milestones the target lacks are created there (else they are left out).
    pub create: bool,
}

/// As what something arrives on the other side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Carried {
    /// As what it is.
    Milestone,
    /// As a label, `Milestone::Q1`.
    Label,
    /// As words in the footer.
    Footer,
    /// Not at all.
    #[default]
    Off,
}

/// How comments are carried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommentField {
    /// The way they flow.
    pub direction: Direction,
    /// Edits of an original reach its copy.
    pub edits: bool,
    /// A deleted original takes its copy with it.
    pub mirror_deletions: bool,
    /// The attribution line, for [`attribution`]; `None` is the usual one.
    pub template: Option<String>,
}
