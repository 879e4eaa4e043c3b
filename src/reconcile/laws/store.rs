//! Two imaginary trackers as plain data, and what people do on them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use tokio::time::Instant;

use crate::border::Syntax;
use crate::model::{
    Account, Body, Comment, CommentKey, Draft, Feed, Issue, IssueKey, IssueRef, Label, Lookup, Milestone, Op, Patch,
    PerSide, Planning, PlanningChange, Reason, Receipt, Side, State, Status, TrackerId,
};
use crate::tracker::{CommentReading, Holds, Profile, TrackerError};

const EPOCH: i64 = 1_700_000_000;

/// What a tracker does to what it is sent.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent bad habits, named one by one")]
pub(super) struct Vices {
    pub(super) drops_assignees: bool,
    pub(super) drops_labels: bool,
    pub(super) trims_text: bool,
    /// Writing on comments moves the issue's time of change only when that is a minute old.
    pub(super) touches_seldom: bool,
    /// Stores line ends as CR LF.
    pub(super) stores_crlf: bool,
    /// Shows a text differently every few minutes, though nobody changed it.
    pub(super) restless: bool,
}

impl std::fmt::Debug for Vices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all = [
            (self.drops_assignees, "drops assignees"),
            (self.drops_labels, "drops labels"),
            (self.trims_text, "trims text"),
            (self.touches_seldom, "touches seldom"),
            (self.stores_crlf, "stores CR LF"),
            (self.restless, "is restless"),
        ];
        f.debug_list()
            .entries(all.into_iter().filter_map(|(has, name)| has.then_some(name)))
            .finish()
    }
}

#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) title: String,
    pub(super) body: String,
    pub(super) status: Status,
    pub(super) labels: BTreeSet<String>,
    pub(super) assignees: BTreeSet<String>,
    pub(super) milestone: Option<String>,
    pub(super) planning: Planning,
    pub(super) author: &'static str,
    pub(super) created: i64,
    pub(super) updated: i64,
    pub(super) comments: BTreeMap<u64, Spoken>,
    /// Nobody may comment.
    pub(super) locked: bool,
    /// It is the shell of one that was moved to another project.
    pub(super) shell: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Spoken {
    pub(super) body: String,
    pub(super) author: &'static str,
    pub(super) created: i64,
    pub(super) updated: i64,
}

/// One tracker.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    pub(super) profile: Profile,
    pub(super) vices: Vices,
    pub(super) issues: BTreeMap<u64, Stored>,
    pub(super) labels: BTreeSet<String>,
    pub(super) milestones: BTreeSet<String>,
    /// Contents of files by the address they are fetched by.
    pub(super) files: BTreeMap<String, Vec<u8>>,
    /// Issues that were moved to another project.
    pub(super) moved: BTreeSet<u64>,
    last: u64,
    last_comment: u64,
}

/// Both trackers and the time.
#[derive(Clone, Debug)]
pub(super) struct Store {
    pub(super) sides: PerSide<Shelf>,
    pub(super) skipped: i64,
    /// Texts hold nothing that changes when it crosses.
    pub(super) plain: bool,
    start: Instant,
}

pub(super) fn tracker(side: Side) -> TrackerId {
    TrackerId(match side {
        Side::Left => "left".into(),
        Side::Right => "right".into(),
    })
}

pub(super) fn key(number: u64) -> IssueKey {
    IssueKey(number.to_string())
}

fn number(key: &IssueKey) -> u64 {
    key.0.parse().unwrap()
}

fn stamp(second: i64) -> Option<Timestamp> {
    Timestamp::from_second(second).ok()
}

fn account(login: &str) -> Account {
    Account {
        login: login.into(),
        url: None,
    }
}

impl Store {
    pub(super) fn new(profiles: &PerSide<Profile>, vices: PerSide<Vices>) -> Self {
        let place = |side: Side, profile: Profile| Shelf {
            profile,
            vices: *vices.get(side),
            issues: BTreeMap::new(),
            labels: BTreeSet::new(),
            milestones: BTreeSet::new(),
            files: BTreeMap::new(),
            moved: BTreeSet::new(),
            // Far apart, so that a mix-up of the sides cannot go unnoticed.
            last: if side == Side::Left { 0 } else { 100 },
            last_comment: if side == Side::Left { 1000 } else { 5000 },
        };
        Self {
            sides: profiles.clone().map(place),
            skipped: 0,
            plain: false,
            start: Instant::now(),
        }
    }

    pub(super) fn now(&self) -> i64 {
        EPOCH + self.skipped + i64::try_from(self.start.elapsed().as_secs()).unwrap()
    }

    pub(super) fn timestamp(&self) -> Timestamp {
        stamp(self.now()).unwrap()
    }

    pub(super) fn issue(&self, side: Side, number: u64) -> Option<Issue> {
        let stored = self.sides.get(side).issues.get(&number)?;
        let mut body = Body::read(&stored.body);
        if self.sides.get(side).vices.restless {
            body.text = format!("Shown in minute {}.\n\n{}", self.now() / 300 * 5, body.text);
        }
        Some(Issue {
            key: key(number),
            url: format!("https://{}.example/acme/app/issues/{number}", tracker(side)),
            author: Some(account(stored.author)),
            created: stamp(stored.created),
            updated: stamp(stored.updated),
            title: stored.title.clone(),
            body,
            status: stored.status,
            labels: stored.labels.clone(),
            assignees: stored.assignees.clone(),
            milestone: stored.milestone.clone(),
            planning: stored.planning.clone(),
            comment_count: stored.comments.len() as u64,
            confidential: false,
            moved_to: stored.shell.then(|| "https://elsewhere.example/issues/1".to_owned()),
        })
    }

    pub(super) fn look_up(&self, side: Side, key: &IssueKey) -> Lookup {
        match self.issue(side, number(key)) {
            Some(issue) => Lookup::Found(Box::new(issue)),
            None if self.sides.get(side).moved.contains(&number(key)) => Lookup::Moved(None),
            None => Lookup::Deleted,
        }
    }

    fn comment(&self, side: Side, issue: u64, number: u64) -> Option<Comment> {
        let spoken = self.sides.get(side).issues.get(&issue)?.comments.get(&number)?;
        Some(Comment {
            key: CommentKey(number.to_string()),
            url: format!("https://{}.example/acme/app/issues/{issue}#{number}", tracker(side)),
            author: Some(account(spoken.author)),
            created: stamp(spoken.created),
            updated: stamp(spoken.updated),
            body: Body::read(&spoken.body),
            restricted: false,
        })
    }

    pub(super) fn comments(&self, side: Side, key: &IssueKey) -> Vec<Comment> {
        let issue = number(key);
        let found = self.sides.get(side).issues.get(&issue);
        found
            .into_iter()
            .flat_map(|stored| stored.comments.keys())
            .filter_map(|number| self.comment(side, issue, *number))
            .collect()
    }

    /// The newest comments first.
    pub(super) fn feed(&self, side: Side) -> Feed {
        let issues = self.sides.get(side).issues.keys();
        let mut comments: Vec<(IssueKey, Comment)> = issues
            .flat_map(|number| {
                self.comments(side, &key(*number))
                    .into_iter()
                    .map(|c| (key(*number), c))
            })
            .collect();
        comments.sort_by_key(|(_, comment)| std::cmp::Reverse(comment.updated));
        Feed { comments, more: false }
    }

    pub(super) fn labels(&self, side: Side) -> Vec<Label> {
        let names = self.sides.get(side).labels.iter();
        let label = |name: &String| Label {
            name: name.clone(),
            color: None,
            description: None,
        };
        names.map(label).collect()
    }

    pub(super) fn milestones(&self, side: Side) -> Vec<Milestone> {
        let titles = self.sides.get(side).milestones.iter();
        let milestone = |title: &String| Milestone {
            title: title.clone(),
            description: None,
            due: None,
            closed: false,
        };
        titles.map(milestone).collect()
    }

    /// Does a write as the tracker would.
    pub(super) fn perform(&mut self, side: Side, op: &Op) -> Result<Receipt, TrackerError> {
        let now = self.now();
        let gone = |issue: &IssueKey| {
            let at = IssueRef {
                tracker: tracker(side),
                key: issue.clone(),
            };
            TrackerError::Gone(at)
        };
        if let Op::CreateComment { issue, .. } | Op::EditComment { issue, .. } = op
            && self
                .sides
                .get(side)
                .issues
                .get(&number(issue))
                .is_some_and(|stored| stored.locked)
        {
            return Err(TrackerError::Rejected {
                on: tracker(side),
                status: 403,
                detail: "locked".into(),
            });
        }
        match op {
            Op::CreateLabel(label) => {
                self.sides.get_mut(side).labels.insert(label.name.clone());
                Ok(Receipt::default())
            }
            Op::CreateMilestone(milestone) => {
                let known = &mut self.sides.get_mut(side).milestones;
                known.insert(milestone.title.clone());
                Ok(Receipt::default())
            }
            Op::CreateIssue(draft) => {
                let number = self.sides.get_mut(side).create(draft, now);
                Ok(Receipt {
                    issue: self.issue(side, number),
                    comment: None,
                })
            }
            Op::UpdateIssue { key, patch } => {
                let place = self.sides.get_mut(side);
                place.update(number(key), patch, now).ok_or_else(|| gone(key))?;
                Ok(Receipt {
                    issue: self.issue(side, number(key)),
                    comment: None,
                })
            }
            Op::CreateComment { issue, body } => {
                let said = self
                    .speak(side, number(issue), body, "bot")
                    .ok_or_else(|| gone(issue))?;
                Ok(Receipt {
                    issue: None,
                    comment: self.comment(side, number(issue), said),
                })
            }
            Op::EditComment { issue, comment, body } => {
                let said: u64 = comment.0.parse().unwrap();
                self.rephrase(side, number(issue), said, body)
                    .ok_or_else(|| gone(issue))?;
                Ok(Receipt {
                    issue: None,
                    comment: self.comment(side, number(issue), said),
                })
            }
            Op::Acknowledge { .. } => Ok(Receipt::default()),
            Op::DeleteComment { issue, comment } => {
                self.unsay(side, number(issue), comment.0.parse().unwrap());
                Ok(Receipt::default())
            }
        }
    }

    /// A person opens an issue.
    pub(super) fn open(&mut self, side: Side, title: &str, body: &str) -> u64 {
        let now = self.tick();
        let draft = Draft {
            title: title.into(),
            body: body.into(),
            status: Status::OPEN,
            labels: BTreeSet::new(),
            assignees: BTreeSet::new(),
            planning: PlanningChange::default(),
            confidential: false,
        };
        let number = self.sides.get_mut(side).create(&draft, now);
        self.at(side, number).author = "ann";
        number
    }

    fn tick(&mut self) -> i64 {
        self.skipped += 1;
        self.now()
    }

    pub(super) fn at(&mut self, side: Side, number: u64) -> &mut Stored {
        self.sides.get_mut(side).issues.get_mut(&number).unwrap()
    }

    /// A person changes an issue.
    pub(super) fn edit(&mut self, side: Side, number: u64, change: impl FnOnce(&mut Stored)) {
        let now = self.tick();
        let Some(stored) = self.sides.get_mut(side).issues.get_mut(&number) else {
            return;
        };
        stored.updated = now;
        change(stored);
    }

    /// A person writes another text and leaves what is below it.
    pub(super) fn rewrite(&mut self, side: Side, number: u64, text: &str) {
        self.edit(side, number, |stored| {
            let old = Body::read(&stored.body).text;
            let rest = stored.body.strip_prefix(&old).unwrap_or_default().to_owned();
            stored.body = format!("{text}{rest}");
        });
    }

    pub(super) fn remove(&mut self, side: Side, number: u64) {
        self.tick();
        self.sides.get_mut(side).issues.remove(&number);
    }

    /// A person moves an issue to another project.
    pub(super) fn transfer(&mut self, side: Side, number: u64) {
        self.remove(side, number);
        self.sides.get_mut(side).moved.insert(number);
    }

    /// The same, on a service that leaves a closed shell behind.
    pub(super) fn leave_shell(&mut self, side: Side, number: u64) {
        self.edit(side, number, |stored| {
            stored.shell = true;
            stored.status = Status::CLOSED;
        });
    }

    /// The key the next issue will have.
    pub(super) fn next(&self, side: Side) -> String {
        (self.sides.get(side).last + 1).to_string()
    }

    /// The number of the next issue, as on a place that gives numbers again.
    pub(super) fn give_next(&mut self, side: Side, number: u64) {
        self.sides.get_mut(side).last = number - 1;
    }

    /// A person comments.
    pub(super) fn say(&mut self, side: Side, issue: u64, text: &str) -> u64 {
        self.tick();
        self.speak(side, issue, text, "ann").unwrap()
    }

    fn speak(&mut self, side: Side, issue: u64, text: &str, author: &'static str) -> Option<u64> {
        let now = self.now();
        let place = self.sides.get_mut(side);
        let text = place.stored_text(text);
        let stored = place.issues.get_mut(&issue)?;
        place.last_comment += 1;
        let spoken = Spoken {
            body: text,
            author,
            created: now,
            updated: now,
        };
        stored.comments.insert(place.last_comment, spoken);
        place.touch(issue, now);
        Some(place.last_comment)
    }

    fn rephrase(&mut self, side: Side, issue: u64, comment: u64, body: &str) -> Option<()> {
        let now = self.now();
        let place = self.sides.get_mut(side);
        let text = place.stored_text(body);
        let spoken = place.issues.get_mut(&issue)?.comments.get_mut(&comment)?;
        if spoken.body != text {
            spoken.body = text;
            spoken.updated = now;
            place.touch(issue, now);
        }
        Some(())
    }

    /// A person edits a comment's text and leaves attribution and marker.
    pub(super) fn reword(&mut self, side: Side, issue: u64, comment: u64, text: &str) {
        self.tick();
        let Some(now) = self
            .sides
            .get(side)
            .issues
            .get(&issue)
            .and_then(|i| i.comments.get(&comment))
        else {
            return;
        };
        let old = Body::read(&now.body).text;
        let body = now.body.replacen(&old, text, 1);
        self.rephrase(side, issue, comment, &body).unwrap();
    }

    /// A comment is deleted, which moves no issue's time of change.
    pub(super) fn unsay(&mut self, side: Side, issue: u64, comment: u64) {
        if let Some(stored) = self.sides.get_mut(side).issues.get_mut(&issue) {
            stored.comments.remove(&comment);
        }
    }
}

impl Shelf {
    fn stored_text(&self, text: &str) -> String {
        let text = if self.vices.trims_text { text.trim() } else { text };
        if self.vices.stores_crlf {
            text.replace("\r\n", "\n").replace('\n', "\r\n")
        } else {
            text.to_owned()
        }
    }

    fn touch(&mut self, issue: u64, now: i64) {
        let seldom = self.vices.touches_seldom;
        if let Some(stored) = self.issues.get_mut(&issue)
            && (!seldom || now - stored.updated >= 60)
        {
            stored.updated = now;
        }
    }

    fn create(&mut self, draft: &Draft, now: i64) -> u64 {
        self.last += 1;
        let empty = Stored {
            title: String::new(),
            body: String::new(),
            status: if self.profile.create_closed {
                draft.status
            } else {
                Status::OPEN
            },
            labels: BTreeSet::new(),
            assignees: BTreeSet::new(),
            milestone: None,
            planning: Planning::default(),
            author: "bot",
            created: now,
            updated: now,
            comments: BTreeMap::new(),
            locked: false,
            shell: false,
        };
        self.issues.insert(self.last, empty);
        let patch = Patch {
            title: Some(draft.title.clone()),
            body: Some(draft.body.clone()),
            add_labels: draft.labels.clone(),
            assignees: Some(draft.assignees.clone()),
            planning: draft.planning.clone(),
            ..Patch::default()
        };
        self.update(self.last, &patch, now).unwrap();
        self.last
    }

    fn update(&mut self, number: u64, patch: &Patch, now: i64) -> Option<()> {
        let body = patch.body.as_deref().map(|body| self.stored_text(body));
        let title = patch.title.as_deref().map(str::trim).map(str::to_owned);
        let mut labels = self.issues.get(&number)?.labels.clone();
        let lower = |name: &String| name.to_lowercase();
        let removed: BTreeSet<String> = patch.remove_labels.iter().map(lower).collect();
        labels.retain(|label| !removed.contains(&label.to_lowercase()));
        for label in patch.add_labels.iter().filter(|_| !self.vices.drops_labels) {
            let known = self
                .labels
                .iter()
                .find(|known| known.to_lowercase() == label.to_lowercase());
            let name = match known {
                Some(known) if self.profile.labels_fold_case => known.clone(),
                _ => label.clone(),
            };
            if let Some((scope, _)) = name.rsplit_once("::").filter(|_| self.profile.scoped_labels) {
                labels.retain(|other| other.rsplit_once("::").map(|(scope, _)| scope) != Some(scope));
            }
            self.labels.insert(name.clone());
            labels.insert(name);
        }
        let most = self.profile.assignees_max;
        let stored = self.issues.get_mut(&number)?;
        let before = (
            stored.title.clone(),
            stored.body.clone(),
            stored.status,
            stored.labels.clone(),
            stored.assignees.clone(),
            (stored.milestone.clone(), stored.planning.clone()),
        );
        if let Some(title) = title {
            stored.title = title;
        }
        if let Some(body) = body {
            stored.body = body;
        }
        if let Some((_, wish)) = patch.status {
            stored.status = self.profile.fit_status(Some(stored.status), wish);
        }
        stored.labels = labels;
        if let Some(people) = &patch.assignees {
            let kept = people.iter().filter(|_| !self.vices.drops_assignees);
            stored.assignees = kept.take(most).cloned().collect();
        }
        if let Some(title) = &patch.planning.milestone
            && title.as_ref().is_none_or(|title| self.milestones.contains(title))
        {
            stored.milestone.clone_from(title);
        }
        if let Some(weight) = patch.planning.weight.filter(|_| self.profile.holds.weight) {
            stored.planning.weight = weight;
        }
        if let Some(due) = patch.planning.due.filter(|_| self.profile.holds.due_date) {
            stored.planning.due = due;
        }
        if self.profile.holds.time {
            let planning = &mut stored.planning;
            planning.estimate = patch.planning.estimate.unwrap_or(planning.estimate);
            planning.spent = planning
                .spent
                .saturating_add_signed(patch.planning.spend.unwrap_or_default());
        }
        let after = (
            stored.title.clone(),
            stored.body.clone(),
            stored.status,
            stored.labels.clone(),
            stored.assignees.clone(),
            (stored.milestone.clone(), stored.planning.clone()),
        );
        if before != after {
            stored.updated = now;
        }
        Some(())
    }
}

const PLANS: Holds = Holds {
    milestones: true,
    weight: true,
    due_date: true,
    time: true,
    iteration: false,
    epic: false,
    parent: false,
    confidential: false,
};

pub(super) fn github() -> Profile {
    Profile {
        service: "GitHub",
        title_max: 256,
        body_max: 65_000,
        comment_max: 65_000,
        label_max: 50,
        label_forbidden: &[],
        labels_fold_case: true,
        scoped_labels: false,
        assignees_max: 10,
        close_reasons: &[Reason::Completed, Reason::NotPlanned, Reason::Duplicate],
        tells_reopened: true,
        create_closed: false,
        label_catalogue: true,
        syntax: Syntax::GitHub,
        quick_actions: false,
        mentions: true,
        rights: true,
        comments: CommentReading::Feed,
        tells_deleted: true,
        holds: Holds {
            milestones: true,
            ..Holds::default()
        },
        uploads: false,
        branch: true,
    }
}

pub(super) fn gitlab() -> Profile {
    Profile {
        service: "GitLab",
        title_max: 255,
        body_max: 1_000_000,
        comment_max: 1_000_000,
        label_max: 255,
        label_forbidden: &[','],
        labels_fold_case: false,
        scoped_labels: true,
        assignees_max: 1,
        close_reasons: &[],
        tells_reopened: false,
        create_closed: false,
        label_catalogue: true,
        syntax: Syntax::GitLab,
        quick_actions: true,
        mentions: true,
        rights: true,
        comments: CommentReading::PerIssue,
        tells_deleted: true,
        holds: PLANS,
        uploads: true,
        branch: false,
    }
}

pub(super) fn folder() -> Profile {
    Profile {
        service: "folder",
        title_max: 1000,
        body_max: 1_000_000,
        comment_max: 1_000_000,
        label_max: 255,
        label_forbidden: &['\n'],
        labels_fold_case: false,
        scoped_labels: false,
        assignees_max: 200,
        close_reasons: &[Reason::Completed, Reason::NotPlanned, Reason::Duplicate],
        tells_reopened: false,
        create_closed: true,
        label_catalogue: false,
        syntax: Syntax::Plain,
        quick_actions: false,
        mentions: false,
        rights: true,
        comments: CommentReading::Free,
        tells_deleted: true,
        holds: PLANS,
        uploads: true,
        branch: false,
    }
}

/// What people see closed, whatever the reason.
pub(super) fn is_open(stored: &Stored) -> bool {
    stored.status.state == State::Open
}
