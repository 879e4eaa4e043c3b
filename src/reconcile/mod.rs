//! From what was read to what is to be written: pair, translate, fit, merge, plan.
//!
//! Pure and total: no I/O, no clock, no randomness, no environment. Imports the model, the plan and the valid mapping
//! file. Where it cannot decide without knowing more, it says what it needs; whoever called reads that and asks again.

mod absent;
mod board;
mod breaker;
mod claim;
mod claims;
mod comments;
mod create;
mod crossing;
mod errand;
mod files;
mod footer;
mod kept;
mod known;
mod labels;
mod link;
mod lost;
mod merge;
mod merged;
mod milestones;
mod orders;
mod pair;
mod people;
mod question;
mod race;
mod seen;
mod shown;
mod spent;
mod status;
mod surplus;
mod suspect;
mod text;
mod trust;
mod values;
mod widow;

#[cfg(test)]
mod laws;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::board::Tick;
use crate::config::{Mode, Terms};
use crate::model::{Comment, Hash, Issue, IssueKey, IssueRef, LinkId, Lookup, PerSide, Side, Signer, TrackerId, World};
use crate::plan::{Held, LinkPlan, Plan};
use crate::tracker::{CommentReading, Profile};

use pair::Pairing;

pub use board::{BoardSearch, find_board};
pub use errand::{Errand, REFUSED};
pub use merge::{Verdict, decide, keep_element};

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
    Logged(Side, IssueKey, i64),
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

/// Plans one sync.
pub fn reconcile(rules: &Rules, world: &World) -> Outcome {
    let mut desk = Desk {
        rules,
        world,
        twins: PerSide::default(),
        ticks: BTreeMap::new(),
        decided: None,
        aside: BTreeSet::new(),
        out: Outcome::default(),
    };
    hold_missing_focus(&mut desk);
    board::look(&mut desk);
    let pairing = pair::pair(&mut desk);
    for pair in &pairing.pairs {
        desk.twins.left.insert(pair.keys.left.clone(), pair.keys.right.clone());
        desk.twins.right.insert(pair.keys.right.clone(), pair.keys.left.clone());
    }
    desk.out.plan.linked = pairing.pairs.len();
    seen::note(&mut desk, &pairing);
    let plans = match &rules.errand {
        Errand::Sync => sync(&mut desk, &pairing),
        Errand::Adopt => create::plan(&mut desk, &pairing.free),
        Errand::Link(keys, first) => errand::join::plan(&mut desk, &pairing, keys, *first),
        Errand::Unlink(side, key) => errand::part::plan(&mut desk, &pairing, *side, key),
        Errand::Repair => errand::mend::plan(&mut desk, &pairing),
    };
    desk.out.plan.links = plans.into_iter().filter(|plan| !plan.steps.is_empty()).collect();
    absent::hold(&mut desk);
    labels::make_known(&mut desk);
    milestones::make_known(&mut desk);
    seen::order(&mut desk);
    seen::note_confidential(&mut desk);
    desk.out.plan.held.sort();
    desk.out.plan.held.dedup();
    desk.out
}

/// Everything the mapping file asks for.
fn sync(desk: &mut Desk<'_>, pairing: &Pairing) -> Vec<LinkPlan> {
    let mut plans = Vec::new();
    let suspects = suspect::suspects(desk, &pairing.pairs);
    for pair in &pairing.pairs {
        let talk = suspects.contains(&pair.link);
        let before = (
            desk.out.plan.held.len(),
            desk.out.plan.drift.len(),
            desk.out.plan.conflicts,
            desk.out.plan.questions.len(),
        );
        let mut plan = link::plan(desk, pair, talk);
        let writes = plan.as_ref().is_some_and(|plan| !plan.steps.is_empty());
        if writes && !talk && suspect::is_suspect(desk, pair) {
            desk.out.plan.held.truncate(before.0);
            desk.out.plan.drift.truncate(before.1);
            desk.out.plan.conflicts = before.2;
            desk.out.plan.questions.truncate(before.3);
            plan = link::plan(desk, pair, true);
        }
        plans.extend(plan);
    }
    for loser in &pairing.losers {
        plans.push(widow::retire(desk, loser));
    }
    for widow in &pairing.widows {
        seen::note_widow(desk, widow);
        plans.extend(widow::plan(desk, widow));
    }
    plans.extend(orders::half_parted(desk, pairing));
    plans.extend(create::plan(desk, &pairing.free));
    plans
}

/// A run asked for one issue says so when there is none.
fn hold_missing_focus(desk: &mut Desk<'_>) {
    let Some((side, key)) = &desk.rules.focus else { return };
    let what = match desk.world.get(*side).lookups.get(key) {
        Some(Lookup::Deleted) => "it was deleted, or never existed",
        Some(Lookup::Moved(_)) => "it was moved to another project",
        Some(Lookup::Hidden) => "it does not exist, is no issue, or cannot be seen with this token",
        Some(Lookup::Found(_)) | None => return,
    };
    let on = desk.at(*side, key);
    desk.hold(
        "issue-missing",
        on,
        what,
        "check the reference; a run without `--issue` follows `on_delete` for its twin",
    );
}

/// What every part of the decision works on.
struct Desk<'a> {
    rules: &'a Rules,
    world: &'a World,
    /// The twin of every linked issue, by side.
    twins: PerSide<BTreeMap<IssueKey, IssueKey>>,
    /// Boxes ticked on the dashboard, by the question they answer.
    ticks: BTreeMap<Hash, Tick>,
    /// The side for which a command decides the conflicts of the link at hand.
    decided: Option<Side>,
    /// Unmarked issues that are not to be linked.
    aside: BTreeSet<(Side, IssueKey)>,
    out: Outcome,
}

impl<'a> Desk<'a> {
    fn terms(&self) -> &'a Terms {
        &self.rules.terms
    }

    fn profile(&self, side: Side) -> &'a Profile {
        self.rules.profiles.get(side)
    }

    fn tracker(&self, side: Side) -> &'a TrackerId {
        &self.world.get(side).tracker
    }

    fn at(&self, side: Side, key: &IssueKey) -> IssueRef {
        IssueRef {
            tracker: self.tracker(side).clone(),
            key: key.clone(),
        }
    }

    fn issue(&self, side: Side, key: &IssueKey) -> Option<&'a Issue> {
        self.world.get(side).issue(key)
    }

    fn need(&mut self, need: Need) {
        self.out.needs.insert(need);
    }

    fn hold(
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

    /// The comments of an issue, if they are known; asks for them otherwise.
    fn comments(&mut self, side: Side, key: &IssueKey) -> Option<&'a [Comment]> {
        if let Some(list) = self.known_comments(side, key) {
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
    fn known_comments(&self, side: Side, key: &IssueKey) -> Option<&'a [Comment]> {
        if let Some(list) = self.world.get(side).comments.get(key) {
            return Some(list);
        }
        let none = self.issue(side, key).is_some_and(|issue| issue.comment_count == 0);
        (none && self.profile(side).comments != CommentReading::Free).then_some(&[])
    }

    /// Whether a link is this run's business.
    fn in_scope(&self, link: &LinkId, keys: PerSide<Option<&IssueKey>>) -> bool {
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

    /// Whether anything may be written on a side at all: the left one of a mirror is never touched.
    fn may_write(&self, side: Side) -> bool {
        side == Side::Right || self.terms().sync.mode == Mode::TwoWay
    }

    /// The fingerprint that stands for this sync in markers.
    fn sync_hash(&self) -> Hash {
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
