//! Rules over the imaginary trackers, and what these are like.

use std::collections::BTreeMap;

use globset::GlobSet;

use super::store::{Vices, tracker};
use crate::config::{
    Carried, CommentField, CreateRule, Direction, Fields, Guard, LabelField, LabelRow, MilestoneField, Mode, OnDelete,
    Policy, StatusField, Sync, ValueField,
};
use crate::model::{PerSide, Side, Signer, TrackerId};
use crate::reconcile::Errand;
use crate::tracker::Profile;

fn value(direction: Direction) -> ValueField {
    ValueField {
        direction,
        footer: false,
    }
}

fn plan_fields(fields: &mut Fields, direction: Direction) {
    fields.milestone.direction = direction;
    for field in [
        &mut fields.weight,
        &mut fields.due_date,
        &mut fields.time_estimate,
        &mut fields.time_spent,
    ] {
        *field = value(direction);
    }
}

/// The rules of a run and what the trackers are like.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    pub(super) sync: Sync,
    pub(super) people: Vec<BTreeMap<TrackerId, String>>,
    pub(super) profiles: PerSide<Profile>,
    pub(super) vices: PerSide<Vices>,
    pub(super) signer: Signer,
    pub(super) errand: Errand,
}

impl Setup {
    /// Everything flows both ways, twins are made of every issue on the left.
    pub(super) fn new(left: Profile, right: Profile) -> Self {
        let both = Direction::Both;
        let row = |left: &str, right: &str| LabelRow {
            names: PerSide::new(left.into(), right.into()),
            only_to: None,
        };
        let sync = Sync {
            name: "api".into(),
            between: PerSide::new(tracker(Side::Left), tracker(Side::Right)),
            mode: Mode::TwoWay,
            create: PerSide::new(Some(CreateRule::default()), None),
            match_title: false,
            conflicts: Policy::Newest,
            on_delete: OnDelete::Report,
            confidential: false,
            guard: Guard {
                max_changes: 500,
                max_closes: 50,
                max_deletes: 50,
                max_share: 50,
                share_is_explicit: false,
            },
            backlink: true,
            notify: false,
            fields: Fields {
                title: both,
                body: both,
                status: StatusField {
                    direction: both,
                    map: Vec::new(),
                },
                labels: LabelField {
                    direction: both,
                    unmapped_same: true,
                    create: true,
                    map: vec![row("bug", "type::bug"), row("idea", "type::idea")],
                    skip: GlobSet::empty(),
                    prefix: PerSide::default(),
                },
                assignees: both.into(),
                comments: CommentField {
                    direction: both,
                    edits: true,
                    mirror_deletions: false,
                    template: None,
                },
                milestone: MilestoneField {
                    direction: both,
                    carried: Carried::Milestone,
                    create: true,
                },
                weight: value(both),
                due_date: value(both),
                time_estimate: value(both),
                time_spent: value(both),
                ..Fields::default()
            },
            dashboard: None,
            commands: false,
        };
        let person = |left: &str, right: &str| {
            BTreeMap::from([
                (tracker(Side::Left), left.to_owned()),
                (tracker(Side::Right), right.to_owned()),
            ])
        };
        Self {
            sync,
            people: vec![person("ann", "ann.r"), person("bob", "bob.r")],
            profiles: PerSide::new(left, right),
            vices: PerSide::default(),
            signer: Signer::default(),
            errand: Errand::default(),
        }
    }

    pub(super) fn mirror(mut self) -> Self {
        self.sync.mode = Mode::Mirror;
        self.directed(Direction::To(Side::Right))
    }

    pub(super) fn directed(mut self, direction: Direction) -> Self {
        let fields = &mut self.sync.fields;
        (fields.title, fields.body, fields.assignees) = (direction, direction, direction.into());
        fields.status.direction = direction;
        fields.labels.direction = direction;
        fields.comments.direction = direction;
        plan_fields(fields, direction);
        self
    }
}
