//! What was read of both trackers, as plain data: the only input of the decisions besides the mapping file.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Body, Comment, Hash, Issue, IssueKey, Label, Milestone, PerSide, TrackerId};

/// What asking for one issue by its key brought to light.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// It is there (a listing made moments before may have missed it).
    Found(Box<Issue>),
    /// The service says it was deleted, in words that cannot mean anything else.
    Deleted,
    /// It went to another project; the address, where known.
    Moved(Option<String>),
    /// It cannot be seen: deleted, hidden or out of rights, nobody can tell. Never taken for deleted.
    Hidden,
}

/// An issue that is there and cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Illegible {
    /// What is wrong, and where.
    pub why: String,
    /// What could be read of its body all the same: its markers tell whose twin it is.
    pub body: Body,
}

/// The newest comments of a whole tracker, newest first, on services that can list them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feed {
    /// The comments with the issues they belong to.
    pub comments: Vec<(IssueKey, Comment)>,
    /// There are more, older ones.
    pub more: bool,
}

/// Everything known about one side. What is `None` or missing has not been asked for yet.
#[derive(Clone, Debug)]
pub struct SideWorld {
    /// The tracker's name.
    pub tracker: TrackerId,
    /// Fingerprint of its address and project.
    pub project: Hash,
    /// Its issues.
    pub issues: BTreeMap<IssueKey, Issue>,
    /// Keys that the listing showed to belong to things that are no issues.
    pub others: BTreeSet<IssueKey>,
    /// Issues that are there and cannot be read.
    pub illegible: BTreeMap<IssueKey, Illegible>,
    /// Whether `issues` is everything there is. If not, absence says nothing at all.
    pub complete: bool,
    /// The service's clock when the listing began.
    pub now: Timestamp,
    /// Issues asked for by key because a marker names them and they were not listed.
    pub lookups: BTreeMap<IssueKey, Lookup>,
    /// All comments of the issues they were asked for.
    pub comments: BTreeMap<IssueKey, Vec<Comment>>,
    /// Issues whose comments could not be read, and why. Nothing is decided about their comments in this run.
    pub unreadable: BTreeMap<IssueKey, String>,
    /// The newest comments, on services that list them.
    pub feed: Option<Feed>,
    /// How many comments each page of the feed read so far held.
    pub feed_pages: Vec<usize>,
    /// The tracker's labels.
    pub labels: Option<Vec<Label>>,
    /// The tracker's milestones.
    pub milestones: Option<Vec<Milestone>>,
    /// The project's page for people; `Some(None)` where it has none.
    pub web: Option<Option<String>>,
    /// Logins asked about, and whether they can be assigned.
    pub assignable: BTreeMap<String, bool>,
    /// Logins asked about, and whether they may change what others wrote; `None` when the service does not tell us.
    pub rights: BTreeMap<String, Option<bool>>,
    /// Issues asked about, and the number of the last time our own account added time to them; 0 for never, `None` when the
    /// service does not tell.
    pub logged: BTreeMap<IssueKey, Option<u64>>,
    /// Our own account there; `Some(None)` when the service does not tell.
    pub account: Option<Option<String>>,
}

impl SideWorld {
    /// A side of which nothing has been read.
    pub fn new(tracker: TrackerId, project: Hash, now: Timestamp) -> Self {
        Self {
            tracker,
            project,
            issues: BTreeMap::new(),
            others: BTreeSet::new(),
            illegible: BTreeMap::new(),
            complete: false,
            now,
            lookups: BTreeMap::new(),
            comments: BTreeMap::new(),
            unreadable: BTreeMap::new(),
            feed: None,
            feed_pages: Vec::new(),
            labels: None,
            milestones: None,
            web: None,
            assignable: BTreeMap::new(),
            rights: BTreeMap::new(),
            logged: BTreeMap::new(),
            account: None,
        }
    }

    /// Every issue, listed or looked up, each once.
    pub fn every_issue(&self) -> impl Iterator<Item = &Issue> {
        let looked_up = self.lookups.values().filter_map(|lookup| match lookup {
            Lookup::Found(issue) => Some(&**issue),
            Lookup::Deleted | Lookup::Moved(_) | Lookup::Hidden => None,
        });
        let more = looked_up.filter(|issue| !self.issues.contains_key(&issue.key));
        self.issues.values().chain(more)
    }

    /// The issue, listed or looked up.
    pub fn issue(&self, key: &IssueKey) -> Option<&Issue> {
        self.issues.get(key).or_else(|| match self.lookups.get(key) {
            Some(Lookup::Found(issue)) => Some(issue),
            Some(Lookup::Deleted | Lookup::Moved(_) | Lookup::Hidden) | None => None,
        })
    }
}

/// Both sides.
pub type World = PerSide<SideWorld>;
