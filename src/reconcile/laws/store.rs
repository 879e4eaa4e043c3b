//! Two imaginary trackers as plain data.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use tokio::time::Instant;

use crate::model::{
    Account, Body, Comment, CommentKey, Feed, Issue, IssueKey, Label, Lookup, Milestone, PerSide, Planning, Side,
    State, Status, TrackerId,
};
use crate::tracker::Profile;

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

#[derive(Clone, Debug, PartialEq, Eq)]
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

#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// It does not tell deleted issues from those that may not be seen.
    pub(super) hides: bool,
    pub(super) last: u64,
    pub(super) last_comment: u64,
}

/// Both trackers and the time.
#[derive(Clone, Debug)]
pub(super) struct Store {
    pub(super) sides: PerSide<Shelf>,
    pub(super) skipped: i64,
    /// Texts hold nothing that changes when it crosses.
    pub(super) plain: bool,
    /// Where runs wrote, or tried to: the issue, or none where it was about something else.
    pub(super) written: BTreeSet<(Side, Option<u64>)>,
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

pub(super) fn number(key: &IssueKey) -> u64 {
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
            hides: false,
            // Far apart, so that a mix-up of the sides cannot go unnoticed.
            last: if side == Side::Left { 0 } else { 100 },
            last_comment: if side == Side::Left { 1000 } else { 5000 },
        };
        Self {
            sides: profiles.clone().map(place),
            skipped: 0,
            plain: false,
            written: BTreeSet::new(),
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
            None if self.sides.get(side).hides => Lookup::Hidden,
            None => Lookup::Deleted,
        }
    }

    pub(super) fn comment(&self, side: Side, issue: u64, number: u64) -> Option<Comment> {
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

    pub(super) fn at(&mut self, side: Side, number: u64) -> &mut Stored {
        self.sides.get_mut(side).issues.get_mut(&number).unwrap()
    }

    /// The key the next issue will have.
    pub(super) fn next(&self, side: Side) -> String {
        (self.sides.get(side).last + 1).to_string()
    }
}

/// What people see closed, whatever the reason.
pub(super) fn is_open(stored: &Stored) -> bool {
    stored.status.state == State::Open
}
