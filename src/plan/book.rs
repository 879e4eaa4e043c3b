//! Marker bookkeeping of one link: what each side is known to hold while its steps are taken, and the markers made of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Field;
use crate::config::{Mode, Terms};
use crate::model::{
    Base, Body, CommentKey, End, Hash, Issue, IssueKey, LinkId, Marker, Marks, Payload, PerSide, PointerMark, Side,
    SideBase, Signer, StateMark, hash_ours,
};
use crate::tracker::{CommentReading, Profile};

/// Everything a link's markers are made of.
#[derive(Clone, Debug)]
pub struct Book {
    /// The rules of the sync.
    pub terms: Arc<Terms>,
    /// What each tracker can hold.
    pub profiles: Arc<PerSide<Profile>>,
    /// The link.
    pub link: LinkId,
    /// Fingerprint of the sync's name.
    pub sync: Hash,
    /// Both ends; a key is filled in when its issue is created.
    pub ends: PerSide<End>,
    /// The side the story began on.
    pub origin: Side,
    /// What each side is known to hold, corrected by every answer.
    pub known: PerSide<Option<Issue>>,
    /// The base as read.
    pub old: Option<Base>,
    /// How far each side's comments are known, moved on by every answer.
    pub marks: PerSide<Marks>,
    /// Fingerprints of each side's comments, where they have been read in this run.
    pub spoken: PerSide<Option<BTreeMap<CommentKey, Hash>>>,
    /// The body on this side is a cut copy.
    pub cut: PerSide<bool>,
    /// The backlink footer each side shall show.
    pub footer: PerSide<Option<String>>,
    /// Fields that have not settled: their base stays as it was.
    pub frozen: BTreeSet<Field>,
    /// When the base is written, in seconds since 1970.
    pub when: i64,
    /// The serial number of the marker written last.
    pub serial: u64,
}

impl Book {
    /// What the base says of one side when it holds `issue`.
    pub fn side_base(&self, side: Side, issue: &Issue) -> SideBase {
        let labels = issue
            .labels
            .iter()
            .map(String::as_str)
            .filter(|l| self.label_counts(side, l));
        let assignees = issue
            .assignees
            .iter()
            .map(String::as_str)
            .filter(|a| self.terms.person(side, a).is_some());
        let mut base = SideBase::observe(
            &self.link,
            issue,
            labels,
            assignees,
            *self.cut.get(side),
            self.marks_of(side),
        );
        let unknown = SideBase::unknown();
        let old = self.old.as_ref().map_or(&unknown, |old| old.sides.get(side));
        for field in &self.frozen {
            match field {
                Field::Title => base.keep_title(old),
                Field::Body => base.keep_body(old),
                Field::Status => base.keep_status(old),
                Field::Labels => base.keep_labels(old),
                Field::Assignees => base.keep_assignees(old),
                Field::Comments | Field::Marker => {}
            }
        }
        self.keep_status_labels(&mut base, old, side, issue);
        base
    }

    /// Labels that express a status settle with the status and not with the other labels.
    fn keep_status_labels(&self, base: &mut SideBase, old: &SideBase, side: Side, issue: &Issue) {
        let waits = self.frozen.contains(&Field::Status);
        if waits == self.frozen.contains(&Field::Labels) {
            return;
        }
        for name in self.terms.status_labels(side) {
            let has = issue.labels.iter().any(|l| l.to_lowercase() == name.to_lowercase());
            let had = if waits { old.had_label(&self.link, name) } else { has };
            base.set_label(&self.link, name, had);
        }
    }

    /// Fixes what the sides are known to hold as the base: whatever is learned of them from here on counts as a change
    /// still to be carried.
    pub fn settle_as_known(&mut self) {
        let of = |book: &Self, side: Side| match book.known.get(side) {
            Some(issue) => book.side_base(side, issue),
            None => SideBase::unknown(),
        };
        let sides = PerSide::new(of(self, Side::Left), of(self, Side::Right));
        self.old = Some(Base { sides, when: self.when });
        self.frozen.extend([
            Field::Title,
            Field::Body,
            Field::Status,
            Field::Labels,
            Field::Assignees,
        ]);
    }

    /// Forgets how far the comments of a side are known, so that the next run reads and compares them all.
    pub fn doubt(&mut self, side: Side) {
        self.marks.get_mut(side).doubt();
        self.marks.get_mut(side).digest = None;
        *self.spoken.get_mut(side) = None;
    }

    fn marks_of(&self, side: Side) -> Marks {
        let marks = self.marks.get(side).clone();
        if self.profiles.get(side).comments != CommentReading::Free {
            return Marks { digest: None, ..marks };
        }
        match self.spoken.get(side) {
            Some(spoken) => Marks {
                digest: Some(digest_comments(&self.link, spoken)),
                ..marks
            },
            None => marks,
        }
    }

    /// Whether a label is part of the base: it crosses, or it expresses a status.
    fn label_counts(&self, side: Side, name: &str) -> bool {
        self.terms.label_takes_part(side, name) || self.terms.is_status_label(side, name)
    }

    /// The marker for one side, when the right side holds `right`.
    pub fn marker(&self, side: Side, right: Option<&Issue>, survivor: Option<&IssueKey>) -> Marker {
        let footer = self
            .footer
            .get(side)
            .as_deref()
            .map(|lines| hash_ours(&self.link, lines));
        let payload = match side {
            Side::Left => Payload::Pointer(Box::new(PointerMark {
                sync: self.sync.clone(),
                ends: self.ends.clone(),
                origin: self.origin,
                marks: PerSide::new(self.marks_of(Side::Left), self.marks_of(Side::Right)),
                serial: self.serial.saturating_add(1),
                footer,
                survivor: survivor.cloned(),
            })),
            Side::Right => {
                let of = |side: Side, issue: Option<&Issue>| {
                    issue.map_or_else(SideBase::unknown, |issue| self.side_base(side, issue))
                };
                let left = of(Side::Left, self.known.left.as_ref());
                let right = of(Side::Right, right.or(self.known.right.as_ref()));
                Payload::State(Box::new(StateMark {
                    sync: self.sync.clone(),
                    ends: self.ends.clone(),
                    origin: self.origin,
                    base: Base {
                        sides: PerSide::new(left, right),
                        when: self.when,
                    },
                    serial: self.serial.saturating_add(1),
                    footer,
                    survivor: survivor.cloned(),
                }))
            }
        };
        Marker::new(self.link.clone(), payload)
    }

    /// Whether a side carries a marker of this link: the right one always, the left one unless it is never written.
    pub fn carries(&self, side: Side) -> bool {
        side == Side::Right || self.terms.sync.mode == Mode::TwoWay
    }

    /// The body to store on a side: text, footer, the markers of other syncs as they are, and ours.
    pub fn body(&self, side: Side, text: &str, marker: Marker, signer: &Signer) -> String {
        let mut markers: Vec<Marker> = match self.known.get(side) {
            Some(issue) => issue
                .body
                .markers
                .iter()
                .filter(|m| !self.is_ours(m))
                .cloned()
                .collect(),
            None => Vec::new(),
        };
        markers.push(marker);
        Body::compose(text, self.footer.get(side).as_deref(), &markers, signer)
    }

    fn is_ours(&self, marker: &Marker) -> bool {
        match &marker.payload {
            Payload::State(mark) => mark.sync == self.sync,
            Payload::Pointer(mark) => mark.sync == self.sync,
            Payload::Comment(_) | Payload::Board => false,
        }
    }
}

/// The fingerprint of all comments of an issue, from their keys and the fingerprints of their texts.
pub fn digest_comments(link: &LinkId, spoken: &BTreeMap<CommentKey, Hash>) -> Hash {
    let lines: Vec<String> = spoken.iter().map(|(key, hash)| format!("{key} {}", hash.0)).collect();
    Hash::of(&link.0, &lines.join("\n"))
}
