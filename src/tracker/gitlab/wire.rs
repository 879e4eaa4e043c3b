//! What GitLab's REST API sends, only the members used here, and its translation to the model.
//!
//! Every member may be missing or `null`: instances differ by years. Members that are looked at through the model are
//! demanded there (`iid`, `title` and `state` of an issue, `id` of a note), nowhere else. Imports the model only.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use crate::model::{Account, Body, Comment, CommentKey, Issue, IssueKey, Label, Milestone, Planning, Status};

/// A person as listed with issues and notes, and by `GET /users` and `GET /user`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct UserWire {
    pub(super) id: Option<u64>,
    pub(super) username: Option<String>,
    web_url: Option<String>,
}

/// A member of the project or of a group above it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct MemberWire {
    pub(super) access_level: Option<u64>,
}

/// A milestone of the project or of a group above it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct MilestoneWire {
    pub(super) id: Option<u64>,
    pub(super) title: Option<String>,
    description: Option<String>,
    state: Option<String>,
    due_date: Option<String>,
}

/// Seconds; signed, so that a number that makes no sense fails nothing.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
struct TimeWire {
    time_estimate: Option<i64>,
    total_time_spent: Option<i64>,
}

/// An iteration, which Premium has. Those made by a cadence have days and no title.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct IterationWire {
    title: Option<String>,
    start_date: Option<String>,
    due_date: Option<String>,
}

/// An epic, which Premium has.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct EpicWire {
    title: Option<String>,
}

/// An issue as `GET /projects/:id/issues` and all writes to issues answer it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct IssueWire {
    pub(super) iid: Option<u64>,
    title: Option<String>,
    description: Option<String>,
    state: Option<String>,
    web_url: Option<String>,
    author: Option<UserWire>,
    created_at: Option<String>,
    updated_at: Option<String>,
    labels: Option<Vec<String>>,
    assignees: Option<Vec<UserWire>>,
    assignee: Option<UserWire>,
    milestone: Option<MilestoneWire>,
    weight: Option<i64>,
    due_date: Option<String>,
    time_stats: Option<TimeWire>,
    iteration: Option<IterationWire>,
    epic: Option<EpicWire>,
    user_notes_count: Option<u64>,
    confidential: Option<bool>,
    issue_type: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    moved_to_id: Option<u64>,
}

/// A note of an issue.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct NoteWire {
    pub(super) id: Option<u64>,
    body: Option<String>,
    author: Option<UserWire>,
    created_at: Option<String>,
    updated_at: Option<String>,
    system: Option<bool>,
    internal: Option<bool>,
    confidential: Option<bool>,
}

/// A label of a project or of a group above it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct LabelWire {
    name: Option<String>,
    color: Option<String>,
    description: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct AccessWire {
    access_level: Option<u64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct PermissionsWire {
    project_access: Option<AccessWire>,
    group_access: Option<AccessWire>,
}

/// The project itself.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ProjectWire {
    pub(super) id: Option<u64>,
    pub(super) web_url: Option<String>,
    visibility: Option<String>,
    issues_enabled: Option<bool>,
    issues_access_level: Option<String>,
    pub(super) archived: Option<bool>,
    permissions: Option<PermissionsWire>,
}

/// The role from which on a member sees confidential issues: Planner. Before GitLab 17.7 the next one, Reporter, is 20.
pub(super) const SEES_CONFIDENTIAL: u64 = 15;

impl UserWire {
    fn account(self) -> Option<Account> {
        let login = self.username.filter(|name| !name.is_empty())?;
        Some(Account {
            login,
            url: self.web_url,
        })
    }
}

impl IssueWire {
    /// Listings mix incidents, test cases and tasks among the issues; old instances say nothing and mean issues.
    pub(super) fn is_issue(&self) -> bool {
        let kind = self.issue_type.as_deref().or(self.kind.as_deref());
        kind.is_none_or(|kind| kind.eq_ignore_ascii_case("issue"))
    }

    /// When it last changed, by the service's clock.
    pub(super) fn updated(&self) -> Option<Timestamp> {
        moment(self.updated_at.as_deref())
    }

    /// The model's issue, or what is missing or unknown in this one.
    pub(super) fn issue(self) -> Result<Issue, &'static str> {
        let key = IssueKey(self.iid.ok_or("an issue without `iid`")?.to_string());
        let status = match self.state.as_deref() {
            Some("opened" | "reopened") => Status::OPEN,
            Some("closed") => Status::CLOSED,
            Some(_) => return Err("an issue of unknown `state`"),
            None => return Err("an issue without `state`"),
        };
        let assignees = match self.assignees {
            Some(all) => all,
            None => self.assignee.into_iter().collect(),
        };
        let time = self.time_stats.unwrap_or_default();
        let seconds = |count: Option<i64>| count.and_then(|count| count.try_into().ok()).unwrap_or_default();
        let planning = Planning {
            weight: self.weight.and_then(|weight| weight.try_into().ok()),
            due: day(self.due_date.as_deref()),
            estimate: seconds(time.time_estimate),
            spent: seconds(time.total_time_spent),
            iteration: self.iteration.and_then(IterationWire::name),
            epic: self.epic.and_then(|epic| epic.title).filter(|title| !title.is_empty()),
            parent: None,
        };
        Ok(Issue {
            key,
            url: self.web_url.unwrap_or_default(),
            author: self.author.and_then(UserWire::account),
            created: moment(self.created_at.as_deref()),
            updated: moment(self.updated_at.as_deref()),
            title: self.title.ok_or("an issue without `title`")?,
            body: Body::read(&self.description.unwrap_or_default()),
            status,
            labels: self.labels.into_iter().flatten().collect::<BTreeSet<_>>(),
            assignees: assignees.into_iter().filter_map(|user| user.username).collect(),
            milestone: self.milestone.and_then(|milestone| milestone.title),
            planning,
            comment_count: self.user_notes_count.unwrap_or_default(),
            confidential: self.confidential.unwrap_or_default(),
            // Only the number that is unique on the whole instance is told; there is no address made from it.
            moved_to: self.moved_to_id.map(|id| format!("the issue with global id {id}")),
        })
    }
}

impl NoteWire {
    /// A person's note, which the service counts with the issue, and none of the system's.
    pub(super) fn is_comment(&self) -> bool {
        self.system != Some(true)
    }

    /// Not everyone who sees the issue can read it. Such notes were called confidential before GitLab 15.3.
    fn is_internal(&self) -> bool {
        [self.internal, self.confidential].contains(&Some(true))
    }

    /// Its number, if it tells that `own` changed the time spent.
    pub(super) fn tells_time(&self, own: &str) -> Option<u64> {
        let by = self.author.as_ref().and_then(|user| user.username.as_deref());
        let tells = self.system == Some(true)
            && by.is_some_and(|login| login.to_lowercase() == own.to_lowercase())
            && self.body.as_deref().is_some_and(|body| body.contains("time spent"));
        self.id.filter(|_| tells)
    }

    /// The model's comment below the issue whose web address is `issue_url`, or what is missing in this one. Of an internal
    /// note no more is told than that it is there.
    pub(super) fn comment(self, issue_url: &str) -> Result<Comment, &'static str> {
        let id = self.id.ok_or("a note without `id`")?;
        let restricted = self.is_internal();
        let text = self.body.ok_or("a note without `body`")?;
        let author = self.author.and_then(UserWire::account);
        Ok(Comment {
            key: CommentKey(id.to_string()),
            url: format!("{issue_url}#note_{id}"),
            author: author.filter(|_| !restricted),
            created: moment(self.created_at.as_deref()),
            updated: moment(self.updated_at.as_deref()),
            body: if restricted { Body::plain("") } else { Body::read(&text) },
            restricted,
        })
    }
}

impl LabelWire {
    /// The model's label; `None` without a name.
    pub(super) fn label(self) -> Option<Label> {
        let color = self.color.and_then(|color| {
            let digits = color.strip_prefix('#')?.to_ascii_lowercase();
            (digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit())).then_some(digits)
        });
        Some(Label {
            name: self.name?,
            color,
            description: self.description.filter(|text| !text.is_empty()),
        })
    }
}

impl MilestoneWire {
    /// The model's milestone; `None` without a title.
    pub(super) fn milestone(self) -> Option<Milestone> {
        Some(Milestone {
            title: self.title?,
            description: self.description.filter(|text| !text.is_empty()),
            due: day(self.due_date.as_deref()),
            closed: self.state.as_deref() == Some("closed"),
        })
    }
}

impl IterationWire {
    /// The title, else its days.
    fn name(self) -> Option<String> {
        let days = || Some(format!("{} to {}", self.start_date?, self.due_date?));
        self.title.filter(|title| !title.is_empty()).or_else(days)
    }
}

impl ProjectWire {
    /// Not everybody can read its issues: it is not public, or keeps them to its members (GitLab documentation, "Project
    /// visibility", `issues_access_level`). A project that does not say is taken for private.
    pub(super) fn is_private(&self) -> bool {
        let members_only = self.issues_access_level.as_deref() == Some("private");
        self.visibility.as_deref() != Some("public") || members_only
    }

    /// Whether there are issues at all.
    pub(super) fn has_issues(&self) -> bool {
        self.issues_enabled != Some(false) && self.issues_access_level.as_deref() != Some("disabled")
    }

    /// Whether the token's account would see every issue there is, confidential ones too.
    pub(super) fn shows_everything(&self) -> bool {
        self.access_level().is_some_and(|level| level >= SEES_CONFIDENTIAL)
    }

    /// The role of the token's account in the project or its group; `None` where the service does not tell, as it does
    /// not for administrators.
    pub(super) fn access_level(&self) -> Option<u64> {
        let permissions = self.permissions.as_ref()?;
        let both = [&permissions.project_access, &permissions.group_access];
        both.into_iter()
            .flatten()
            .filter_map(|access| access.access_level)
            .max()
    }
}

fn moment(text: Option<&str>) -> Option<Timestamp> {
    text?.parse().ok()
}

fn day(text: Option<&str>) -> Option<Date> {
    text?.parse().ok()
}
