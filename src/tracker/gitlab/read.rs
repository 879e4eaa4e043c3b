//! Reading: issues, notes, labels, people, the project.
//!
//! Imports the model, the tracker traits, the `gitlab` crate's endpoints and the siblings in this folder.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use gitlab::api::common::SortOrder;
use gitlab::api::projects::Project;
use gitlab::api::projects::issues::notes::{IssueNotes, NoteOrderBy};
use gitlab::api::projects::issues::{Issue as IssueEndpoint, IssueOrderBy, IssueScope, Issues};
use gitlab::api::projects::labels::Labels;
use gitlab::api::users::CurrentUser;
use http::StatusCode;
use jiff::Timestamp;

use super::exchange::{Rows, is_absent};
use super::wire::{IssueWire, LabelWire, NoteWire, ProjectWire, UserWire};
use super::{GitLab, PROFILE};
use crate::model::{Comment, Feed, Issue, IssueKey, Label, Lookup, Milestone};
use crate::tracker::{About, Download, Listing, Profile, ReadTracker, Standing, TrackerError, Usage};

/// How many issues' notes, and how many people, are asked for at once.
const AT_ONCE: usize = 8;

#[async_trait]
impl ReadTracker for GitLab {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    async fn list(&self, since: Option<Timestamp>) -> Result<Listing, TrackerError> {
        match self.list_once(since).await {
            // Someone deleted or changed an issue while the pages were read. That happens; twice in a row does not.
            Err(TrackerError::Short { .. }) => self.list_once(since).await,
            done => done,
        }
    }

    async fn labelled(&self, label: &str) -> Result<Vec<Issue>, TrackerError> {
        let mut endpoint = Issues::builder();
        endpoint
            .project(self.project.as_str())
            .scope(IssueScope::All)
            .label(label);
        let endpoint = self.built(endpoint.build())?;
        let rows: Rows<IssueWire> = self.pages(&endpoint, &[("state", "all")], "list issues").await?;
        let issues = rows.all.into_iter().filter(IssueWire::is_issue);
        issues.map(|row| self.issue_from(row)).collect()
    }

    async fn issue(&self, key: &IssueKey) -> Result<Lookup, TrackerError> {
        let Some(number) = Self::number(key) else {
            return Ok(Lookup::Hidden);
        };
        let endpoint = self.built(
            IssueEndpoint::builder()
                .project(self.project.as_str())
                .issue(number)
                .build(),
        )?;
        let answer = self.ask(&endpoint, "read an issue").await?;
        if is_absent(answer.status()) {
            let deleted = self.project().await?.shows_everything();
            return Ok(if deleted { Lookup::Deleted } else { Lookup::Hidden });
        }
        let answer = self.good(answer, "read an issue")?;
        let issue = self.issue_from(self.read(&answer, "read an issue")?)?;
        Ok(Lookup::Found(Box::new(issue)))
    }

    async fn comments(&self, of: &[(IssueKey, u64)]) -> Result<BTreeMap<IssueKey, Vec<Comment>>, TrackerError> {
        let reads: Vec<_> = of.iter().map(|(key, count)| self.thread(key.clone(), *count)).collect();
        stream::iter(reads).buffer_unordered(AT_ONCE).try_collect().await
    }

    async fn feed(&self, _page: u32) -> Result<Feed, TrackerError> {
        Ok(Feed::default())
    }

    async fn labels(&self) -> Result<Vec<Label>, TrackerError> {
        let endpoint = self.built(Labels::builder().project(self.project.as_str()).build())?;
        let rows: Rows<LabelWire> = self.pages(&endpoint, &[], "list labels").await?;
        Ok(rows.all.into_iter().filter_map(LabelWire::label).collect())
    }

    async fn milestones(&self) -> Result<Vec<Milestone>, TrackerError> {
        self.list_milestones().await
    }

    async fn assignable(&self, logins: &[String]) -> Result<BTreeMap<String, bool>, TrackerError> {
        let logins: BTreeSet<&String> = logins.iter().collect();
        let asks: Vec<_> = logins
            .into_iter()
            .map(|login| self.can_be_assigned(login.clone()))
            .collect();
        stream::iter(asks).buffer_unordered(AT_ONCE).try_collect().await
    }

    async fn may_write(&self, logins: &[String]) -> Result<BTreeMap<String, Option<bool>>, TrackerError> {
        let asks: Vec<_> = logins.iter().map(|login| self.may_develop(login.clone())).collect();
        stream::iter(asks).buffer_unordered(AT_ONCE).try_collect().await
    }

    async fn added_time(&self, key: &IssueKey) -> Result<Option<u64>, TrackerError> {
        self.last_logged(key).await
    }

    async fn account(&self) -> Result<Option<String>, TrackerError> {
        let endpoint = self.built(CurrentUser::builder().build())?;
        let answer = self.ask(&endpoint, "read our own account").await?;
        // Tokens without a scope for people's data are told nothing, and still may do their work.
        if answer.status() == StatusCode::FORBIDDEN || is_absent(answer.status()) {
            return Ok(None);
        }
        let answer = self.good(answer, "read our own account")?;
        let user: UserWire = self.read(&answer, "read our own account")?;
        Ok(user.username)
    }

    async fn fetch(&self, address: &str) -> Result<Download, TrackerError> {
        self.fetch_file(address).await
    }

    async fn about(&self) -> Result<About, TrackerError> {
        let project = self.project().await?;
        Ok(About {
            private: project.is_private(),
            url: project.web_url.clone(),
            place: project.web_url.clone(),
            // Planner is the lowest role that may change issues of others, and see confidential ones.
            may_write: project
                .access_level()
                .map(|level| level >= super::wire::SEES_CONFIDENTIAL),
        })
    }

    async fn standing(&self) -> Result<Standing, TrackerError> {
        self.read_standing().await
    }

    fn usage(&self) -> Usage {
        self.transport.usage()
    }
}

impl GitLab {
    async fn list_once(&self, since: Option<Timestamp>) -> Result<Listing, TrackerError> {
        let mut endpoint = Issues::builder();
        endpoint
            .project(self.project.as_str())
            .scope(IssueScope::All)
            .sort(SortOrder::Ascending)
            .order_by(IssueOrderBy::CreatedAt);
        if let Some(since) = since {
            // The crate wants its own clock type; both speak RFC 3339. It cuts to seconds, which reads a little more.
            let since = self.built(since.to_string().parse())?;
            endpoint.updated_after(since).order_by(IssueOrderBy::UpdatedAt);
        }
        let endpoint = self.built(endpoint.build())?;
        let rows: Rows<IssueWire> = self.pages(&endpoint, &[("state", "all")], "list issues").await?;
        let read = rows.all.len() as u64;
        if let Some(total) = rows.total.filter(|total| *total > read) {
            return Err(self.short(format!("{total} issues counted, {read} listed")));
        }
        let newest = rows.all.iter().filter_map(IssueWire::updated).max();
        let (mut seen, mut others) = (BTreeSet::new(), BTreeSet::new());
        let mut issues = Vec::with_capacity(rows.all.len());
        for row in rows.all {
            if row.iid.is_some_and(|iid| !seen.insert(iid)) {
                return Err(self.short("an issue is listed twice"));
            }
            if row.is_issue() {
                issues.push(self.issue_from(row)?);
            } else {
                others.extend(row.iid.map(|iid| IssueKey(iid.to_string())));
            }
        }
        // Without any clock of the service the oldest safe answer is given: too early only reads more next time.
        let now = rows.began.or(newest).or(since).unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(Listing {
            issues,
            now,
            others,
            illegible: BTreeMap::new(),
        })
    }

    pub(super) fn issue_from(&self, row: IssueWire) -> Result<Issue, TrackerError> {
        let issue = row.issue().map_err(|missing| self.odd(missing))?;
        self.remember(&issue);
        Ok(issue)
    }

    /// The comments of one issue, oldest first.
    async fn thread(&self, key: IssueKey, count: u64) -> Result<(IssueKey, Vec<Comment>), TrackerError> {
        if count == 0 {
            return Ok((key, Vec::new()));
        }
        let comments = match self.thread_once(&key).await {
            Err(TrackerError::Short { .. }) => self.thread_once(&key).await?,
            done => done?,
        };
        Ok((key, comments))
    }

    async fn thread_once(&self, key: &IssueKey) -> Result<Vec<Comment>, TrackerError> {
        let number = Self::number(key).ok_or_else(|| self.gone(key))?;
        let endpoint = self.built(
            IssueNotes::builder()
                .project(self.project.as_str())
                .issue(number)
                .order_by(NoteOrderBy::CreatedAt)
                .sort(SortOrder::Ascending)
                .build(),
        )?;
        let only = [("activity_filter", "only_comments")];
        let rows: Rows<NoteWire> = match self.pages(&endpoint, &only, "list comments").await {
            Err(TrackerError::NoProject { .. }) => return Err(self.gone(key)),
            done => done?,
        };
        let mut seen = BTreeSet::new();
        if rows.shrank || !rows.all.iter().all(|note| seen.insert(note.id)) {
            return Err(self.short("comments were deleted while they were listed"));
        }
        let address = self.address(key);
        rows.all
            .into_iter()
            .filter(NoteWire::is_comment)
            .map(|note| note.comment(&address).map_err(|missing| self.odd(missing)))
            .collect()
    }

    /// The project, asked for once.
    pub(super) async fn project(&self) -> Result<&ProjectWire, TrackerError> {
        let project = self.about.get_or_try_init(|| self.project_once()).await?;
        if project.has_issues() {
            return Ok(project);
        }
        Err(TrackerError::NoProject {
            on: self.id.clone(),
            project: self.project.clone(),
            detail: "issues are switched off in this project".into(),
        })
    }

    async fn project_once(&self) -> Result<ProjectWire, TrackerError> {
        let endpoint = self.built(Project::builder().project(self.project.as_str()).build())?;
        let action = "read the project";
        let answer = self.good(self.ask(&endpoint, action).await?, action)?;
        self.read(&answer, action)
    }
}
