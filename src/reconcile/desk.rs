//! What every part of the decision works on: the rules, the world, and what has been decided so far.
//!
//! Imports the model, the plan, the valid mapping file, the profiles.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::board::Tick;
use crate::config::{Mode, Terms};
use crate::model::{Comment, Hash, Issue, IssueKey, IssueRef, LinkId, PerSide, Side, Signer, TrackerId, World};
use crate::plan::{Held, Plan};
use crate::tracker::{CommentReading, Profile};

/// What a run is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Errand {
    /// Everything the mapping file says.
    #[default]
    Sync,
    /// Join these two issues; the story began on the side named, where nothing tells otherwise.
    Link(PerSide<IssueKey>, Side),
    /// Part this issue from its twin.
    Unlink(Side, IssueKey),
    /// Join unlinked issues of equal title, and do nothing else.
    Adopt,
    /// Mend what is broken, and do nothing else.
    Repair,
}

/// The code of what was asked for and cannot be done.
pub const REFUSED: &str = "request-refused";

/// Everything the decisions depend on besides the world.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The sync and the people.
    pub terms: Arc<Terms>,
    /// What each tracker can hold and do.
    pub profiles: Arc<PerSide<Profile>>,
    /// Checks and signs markers.
    pub signer: Signer,
    /// What the run is asked for.
    pub errand: Errand,
    /// Fingerprints of the names of every sync in the mapping file.
    pub syncs: BTreeSet<Hash>,
    /// The time of the run.
    pub now: Timestamp,
    /// Only the link of this issue.
    pub focus: Option<(Side, IssueKey)>,
    /// Only the links of this shard: its number (from 1) and how many there are.
    pub shard: Option<(u32, u32)>,
}

/// Something that must be read before the plan is complete.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Our own account on a side.
    Account(Side),
    /// The whole listing of a side.
    Listing(Side),
    /// One issue that a marker names and that was not listed.
    Issue(Side, IssueKey),
    /// The comments of an issue.
    Comments(Side, IssueKey),
    /// The next page of a side's newest comments.
    Feed(Side),
    /// The labels of a side.
    Labels(Side),
    /// The milestones of a side.
    Milestones(Side),
    /// The address of a side's project.
    Web(Side),
    /// Whether our own account added time to an issue since a second.
    Logged(Side, IssueKey),
    /// Whether someone has write access on a side.
    Rights(Side, String),
    /// Whether someone can be assigned on a side.
    Assignable(Side, String),
}

/// A plan, and what must be read before it may be believed.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The plan; provisional while `needs` is not empty.
    pub plan: Plan,
    /// What to read.
    pub needs: BTreeSet<Need>,
}

/// What every part of the decision works on.
pub(super) struct Desk<'a> {
    pub(super) rules: &'a Rules,
    pub(super) world: &'a World,
    /// The twin of every linked issue, by side.
    pub(super) twins: PerSide<BTreeMap<IssueKey, IssueKey>>,
    /// Boxes ticked on the dashboard, by the question they answer.
    pub(super) ticks: BTreeMap<Hash, Tick>,
    /// The side for which a command decides the conflicts of the link at hand.
    pub(super) decided: Option<Side>,
    /// Unmarked issues that are not to be linked.
    pub(super) aside: BTreeSet<(Side, IssueKey)>,
    pub(super) out: Outcome,
}

impl<'a> Desk<'a> {
    pub(super) fn terms(&self) -> &'a Terms {
        &self.rules.terms
    }

    pub(super) fn profile(&self, side: Side) -> &'a Profile {
        self.rules.profiles.get(side)
    }

    pub(super) fn tracker(&self, side: Side) -> &'a TrackerId {
        &self.world.get(side).tracker
    }

    pub(super) fn at(&self, side: Side, key: &IssueKey) -> IssueRef {
        IssueRef {
            tracker: self.tracker(side).clone(),
            key: key.clone(),
        }
    }

    pub(super) fn issue(&self, side: Side, key: &IssueKey) -> Option<&'a Issue> {
        self.world.get(side).issue(key)
    }

    pub(super) fn need(&mut self, need: Need) {
        self.out.needs.insert(need);
    }

    pub(super) fn hold(
        &mut self,
        code: &'static str,
        on: impl std::fmt::Display,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.out.plan.held.push(Held {
            code,
            on: on.to_string(),
            message: message.into(),
            hint: hint.into(),
        });
    }

    /// Says that what was asked for cannot be done, and why.
    pub(super) fn refuse(&mut self, side: Side, key: &IssueKey, why: impl Into<String>, hint: impl Into<String>) {
        let on = self.at(side, key);
        self.hold(REFUSED, on, why, hint);
    }

    /// The comments of an issue, if they are known; asks for them otherwise.
    pub(super) fn comments(&mut self, side: Side, key: &IssueKey) -> Option<&'a [Comment]> {
        self.known_comments(side, key).or_else(|| self.read_comments(side, key))
    }

    /// The same, where it is not enough that the issue is said to have none.
    pub(super) fn read_comments(&mut self, side: Side, key: &IssueKey) -> Option<&'a [Comment]> {
        if let Some(list) = self.world.get(side).comments.get(key) {
            return Some(list);
        }
        if let Some(why) = self.world.get(side).unreadable.get(key) {
            let on = self.at(side, key);
            let hint = "nothing is lost: the comments are carried once they can be read";
            self.hold("comments-unreadable", on, why.clone(), hint);
            return None;
        }
        self.need(Need::Comments(side, key.clone()));
        None
    }

    /// The comments of an issue, if they are known. An issue whose listing counts none has none.
    pub(super) fn known_comments(&self, side: Side, key: &IssueKey) -> Option<&'a [Comment]> {
        if let Some(list) = self.world.get(side).comments.get(key) {
            return Some(list);
        }
        let none = self.issue(side, key).is_some_and(|issue| issue.comment_count == 0);
        (none && self.profile(side).comments != CommentReading::Free).then_some(&[])
    }

    /// Whether a link is this run's business.
    pub(super) fn in_scope(&self, link: &LinkId, keys: PerSide<Option<&IssueKey>>) -> bool {
        let names = |side: Side, key: &IssueKey| *keys.get(side) == Some(key);
        let focused = match (&self.rules.errand, &self.rules.focus) {
            (Errand::Link(asked, _), _) => names(Side::Left, &asked.left) || names(Side::Right, &asked.right),
            (Errand::Unlink(side, key), _) | (_, Some((side, key))) => names(*side, key),
            (Errand::Sync | Errand::Adopt | Errand::Repair, None) => true,
        };
        let sharded = match self.rules.shard {
            Some((index, total)) => shard_of(link, total) == index,
            None => true,
        };
        focused && sharded
    }

    /// The labels of an issue that the status map speaks of, in small letters.
    pub(super) fn status_labels(&self, side: Side, issue: &Issue) -> BTreeSet<String> {
        let spoken = issue
            .labels
            .iter()
            .filter(|label| self.terms().is_status_label(side, label));
        spoken.map(|label| label.to_lowercase()).collect()
    }

    /// Whether anything may be written on a side at all: the left one of a mirror is never touched.
    pub(super) fn may_write(&self, side: Side) -> bool {
        side == Side::Right || self.terms().sync.mode == Mode::TwoWay
    }

    /// The fingerprint that stands for this sync in markers.
    pub(super) fn sync_hash(&self) -> Hash {
        sync_hash(&self.terms().sync.name)
    }
}

/// The fingerprint of a sync's name, as markers carry it.
pub fn sync_hash(name: &str) -> Hash {
    Hash::of("sync", name)
}

/// The link id of an origin issue within a sync. Two runs that create the same twin agree on it.
pub fn link_id(sync: &str, tracker: &TrackerId, project: &Hash, key: &IssueKey) -> LinkId {
    let said = format!("{sync}\n{tracker}\n{}\n{key}", project.0);
    LinkId(crate::model::hex_id("link", &said))
}

/// The shard (from 1) a link falls into.
fn shard_of(link: &LinkId, total: u32) -> u32 {
    let head: String = link.0.chars().take(8).collect();
    let number = u32::from_str_radix(&head, 16).unwrap_or_default();
    number % total.max(1) + 1
}
