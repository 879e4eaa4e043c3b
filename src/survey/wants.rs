//! What a mapping file needs of one tracker, gathered from all its syncs. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{Attachments, Carried, Config, Mode, Sync};
use crate::model::{Side, State, Status, TrackerId};
use crate::tracker::{Profile, Right};

/// A label that the mapping file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LabelWant {
    /// As it is written there.
    pub(super) name: String,
    /// Where: "`labels: map:` of the sync api".
    pub(super) why: String,
    /// It is made when it is first needed.
    pub(super) made: bool,
}

/// What is needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wants {
    pub(super) rights: BTreeSet<Right>,
    pub(super) labels: Vec<LabelWant>,
    pub(super) people: BTreeSet<String>,
    /// Titles, and where they are named.
    pub(super) milestones: BTreeMap<String, String>,
    /// Statuses that cannot be held, and the sync that names them.
    pub(super) unreachable: Vec<(Status, String)>,
}

/// What all syncs need of a tracker.
pub(super) fn wants(config: &Config, name: &TrackerId, profile: &Profile) -> Wants {
    let mut wants = Wants::default();
    wants.rights.insert(Right::Read);
    for sync in &config.syncs {
        for side in Side::BOTH.into_iter().filter(|side| sync.between.get(*side) == name) {
            wants.rights(sync, side, profile);
            wants.create(sync, side);
            wants.labels(sync, side);
            wants.statuses(sync, side, profile);
            if sync.fields.assignees.reaches(side) {
                let logins = config.people.iter().filter_map(|row| row.get(name));
                wants.people.extend(logins.cloned());
            }
        }
    }
    wants
}

/// Whether anything is ever written to a side.
fn is_written(sync: &Sync, side: Side) -> bool {
    side == Side::Right || sync.mode == Mode::TwoWay
}

impl Wants {
    fn rights(&mut self, sync: &Sync, side: Side, profile: &Profile) {
        if !is_written(sync, side) {
            return;
        }
        let fields = &sync.fields;
        let milestones = fields.milestone.carried == Carried::Milestone
            && fields.milestone.create
            && fields.milestone.direction.reaches(side)
            && profile.holds.milestones;
        let texts = fields.body.reaches(side) || fields.comments.direction.reaches(side);
        let keeps = profile.uploads || *fields.attachments.branch.get(side);
        let needed = [
            (true, Right::Write),
            // Markers go into the issues of others, whatever else is carried.
            (true, Right::Plan),
            (
                fields.labels.create && fields.labels.direction.reaches(side),
                Right::MakeLabels,
            ),
            (milestones, Right::MakeMilestones),
            (
                texts && keeps && fields.attachments.mode == Attachments::Reupload,
                Right::KeepFiles,
            ),
        ];
        let needed = needed.into_iter().filter(|(needed, _)| *needed);
        self.rights.extend(needed.map(|(_, right)| right));
    }

    /// The rules that say which issues get a twin.
    fn create(&mut self, sync: &Sync, side: Side) {
        let Some(rule) = sync.create.get(side) else { return };
        let why = format!("`create:` of the sync {}", sync.name);
        for name in rule.labels.iter().chain(&rule.exclude_labels) {
            self.label(name, &why, false);
        }
        if let Some(title) = &rule.milestone {
            self.milestones.insert(title.clone(), why);
        }
    }

    fn labels(&mut self, sync: &Sync, side: Side) {
        let fields = &sync.fields;
        let made = fields.labels.create;
        for row in &fields.labels.map {
            let arrives = fields.labels.direction.reaches(side) && row.only_to.is_none_or(|to| to == side);
            let why = format!("`labels: map:` of the sync {}", sync.name);
            self.label(row.names.get(side), &why, made && arrives);
        }
        for row in &fields.status.map {
            let arrives = fields.status.direction.reaches(side);
            let why = format!("`status: map:` of the sync {}", sync.name);
            for name in &row.get(side).labels {
                self.label(name, &why, made && arrives);
            }
        }
    }

    /// A label that is named more than once counts once, where it must be there before anything else.
    fn label(&mut self, name: &str, why: &str, made: bool) {
        if let Some(known) = self.labels.iter_mut().find(|known| known.name == name) {
            if known.made && !made {
                known.made = false;
                why.clone_into(&mut known.why);
            }
            return;
        }
        self.labels.push(LabelWant {
            name: name.to_owned(),
            why: why.to_owned(),
            made,
        });
    }

    fn statuses(&mut self, sync: &Sync, side: Side, profile: &Profile) {
        let field = &sync.fields.status;
        if !field.direction.reaches(side) {
            return;
        }
        for wish in field.map.iter().map(|row| row.get(side).status) {
            let held = profile.fit_status(Some(Status::OPEN), wish);
            let lost = wish.state == State::Closed && wish.reason.is_some() && !held.alike(wish);
            if lost && !self.unreachable.iter().any(|(known, _)| *known == wish) {
                self.unreachable.push((wish, sync.name.clone()));
            }
        }
    }
}
