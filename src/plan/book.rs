//! Marker bookkeeping of one link: what each side is known to hold while its steps are taken, and the markers made of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Field, Heard, Kept, base_names, moves, shown_labels, shown_words, text_of};
use crate::config::{Direction, Mode, Terms};
use crate::model::{
    Base, Body, CommentKey, End, Hash, Intent, Issue, IssueKey, Knew, LinkId, Marker, Marks, Payload, PerSide,
    PointerMark, Side, SideBase, Signer, StateMark, Turn, Value, hash_ours,
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
    /// Seconds of time spent on each side that are merged; `None` while time takes no part.
    pub spent: PerSide<Option<u64>>,
    /// Time that is about to be added.
    pub intents: PerSide<Option<Intent>>,
    /// Fields that have not settled: their base stays as it was.
    pub frozen: BTreeSet<Field>,
    /// Fields that somebody else changed on a side while we were writing there: the base says what they were before.
    pub disowned: PerSide<BTreeMap<Field, SideBase>>,
    /// What was written lately, as read: the loop breaker's memory.
    pub turns: BTreeMap<String, Turn>,
    /// What this run writes, in the same words, and the fields it stands for: it counts once they have been written.
    pub writes: BTreeMap<String, (Turn, BTreeSet<Field>)>,
    /// When the base is written, in seconds since 1970.
    pub when: i64,
    /// How far comments have been looked through for commands.
    pub heard: Heard,
    /// The serial number of the marker written last.
    pub serial: u64,
}

impl Book {
    /// What the base says of one side when it holds `issue`.
    pub fn side_base(&self, side: Side, issue: &Issue) -> SideBase {
        let labels: BTreeSet<String> = issue
            .labels
            .iter()
            .filter(|l| self.label_counts(side, l))
            .flat_map(|l| base_names(&self.terms, &self.profiles, side, l))
            .collect();
        let assignees = issue
            .assignees
            .iter()
            .map(String::as_str)
            .filter(|a| self.assignee_counts(side, a));
        let mut base = SideBase::observe(
            &self.link,
            issue,
            labels.iter().map(String::as_str),
            assignees,
            *self.cut.get(side),
            self.marks_of(side),
        );
        for value in Value::ALL {
            base.set_value(&self.link, value, self.value(side, value, issue).as_deref());
        }
        base.spent = *self.spent.get(side);
        let unknown = SideBase::unknown();
        let old = self.old.as_ref().map_or(&unknown, |old| old.sides.get(side));
        for (field, before) in self.disowned.get(side) {
            keep(&mut base, *field, before);
        }
        for field in &self.frozen {
            keep(&mut base, *field, old);
        }
        self.keep_status_labels(&mut base, old, side, issue);
        base
    }

    /// Notes what somebody else changed on a side: where `issue` is not what we made of it.
    pub fn disown(&mut self, side: Side, own: &Issue, issue: &Issue) {
        let (ours, theirs) = (self.side_base(side, own), self.side_base(side, issue));
        for field in Field::SETTLING {
            let mut other = theirs.clone();
            keep(&mut other, field, &ours);
            if !other.same_fields(&theirs) {
                self.disowned.get_mut(side).insert(field, ours.clone());
            }
        }
    }

    /// A value as the base knows it; `None` when it is not set, or takes no part.
    pub fn value(&self, side: Side, value: Value, issue: &Issue) -> Option<String> {
        let (terms, profiles) = (&*self.terms, &*self.profiles);
        match value {
            Value::Labels => {
                let shown = shown_labels(terms, profiles, side, issue);
                let here = issue.labels.iter().filter(|label| terms.is_shown_label(label));
                let said: Vec<&String> = shown.iter().chain(here).collect();
                (!said.is_empty()).then(|| format!("{} {said:?}", shown.len()))
            }
            Value::Footer => {
                let words = shown_words(terms, profiles, side, issue);
                (!words.is_empty()).then(|| format!("{words:?}"))
            }
            Value::Milestone | Value::Weight | Value::DueDate | Value::TimeEstimate | Value::Confidential => {
                text_of(value, issue).filter(|_| moves(terms, profiles, value))
            }
        }
    }

    /// Whether time spent is merged.
    pub fn merges_time(terms: &Terms, profiles: &PerSide<Profile>) -> bool {
        terms.sync.fields.time_spent.direction != Direction::Off
            && profiles.left.holds.time
            && profiles.right.holds.time
    }

    /// Says when, by each side's own clock, and by which run what is about to be added was noted.
    pub fn stamp_intents(&mut self, now: PerSide<i64>, run: u32) {
        for side in Side::BOTH {
            if let Some(intent) = self.intents.get_mut(side) {
                intent.at = *now.get(side);
                intent.run = run;
            }
        }
    }

    /// When, by each side's own clock, the base as read was noted to be followed by added time; `None` where it was not.
    pub fn noted_at(&self) -> PerSide<Option<i64>> {
        let intents = self.old.as_ref().map(|old| old.intents).unwrap_or_default();
        intents.map(|_, intent| intent.map(|intent| intent.at))
    }

    /// Takes note that time was added to a side: what the other one had grown by is merged on both.
    pub fn add_time(&mut self, side: Side) {
        let Some(intent) = self.intents.get_mut(side).take() else {
            return;
        };
        for side in Side::BOTH {
            let spent = self.spent.get_mut(side);
            *spent = spent.map(|seconds| seconds.saturating_add_signed(intent.add));
        }
    }

    fn assignee_counts(&self, side: Side, login: &str) -> bool {
        self.terms.person(side, login).is_some()
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
        self.old = Some(Base {
            sides,
            when: self.when,
            intents: PerSide::default(),
        });
        self.frozen.extend(Field::SETTLING);
    }

    /// The same book with the base as it was, but for time: what is noted before time is added must not claim that anything
    /// else has been carried.
    #[must_use]
    pub fn noting(&self) -> Self {
        let mut book = self.clone();
        book.frozen.extend(Field::SETTLING);
        match &self.old {
            Some(old) => {
                book.know_no_more_than(old);
                book.when = old.when;
            }
            None => book.heard = Heard::still(book.heard.before),
        }
        book
    }

    /// No more comments and commands are known than a base tells of.
    pub fn know_no_more_than(&mut self, old: &Base) {
        self.heard = Heard::still(self.heard.before);
        self.marks = PerSide::new(old.sides.left.marks.clone(), old.sides.right.marks.clone());
        self.spoken = PerSide::default();
    }

    /// Forgets how far the comments of a side are known, so that the next run reads and compares them all.
    pub fn doubt(&mut self, side: Side) {
        self.marks.get_mut(side).doubt();
        self.marks.get_mut(side).digest = None;
        *self.spoken.get_mut(side) = None;
    }

    /// The loop breaker's memory after what was written. Where something new was written somebody is at work, so that
    /// broken loops get another chance.
    fn turns_now(&self) -> BTreeMap<String, Turn> {
        let written = || self.writes.iter().filter(|(_, (_, of))| of.is_disjoint(&self.frozen));
        let mut turns = self.turns.clone();
        if written().any(|(_, (turn, _))| turn.count == 1) {
            turns.retain(|_, turn| !turn.is_loop());
        }
        turns.extend(written().map(|(code, (turn, _))| (code.clone(), turn.clone())));
        turns
    }

    fn marks_of(&self, side: Side) -> Marks {
        let mut marks = self.marks.get(side).clone();
        if self.heard.is_undone(&self.frozen) {
            // The next run has to look at the command again.
            marks.doubt();
            return Marks { digest: None, ..marks };
        }
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
                knew: self.known_state(),
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
                        intents: self.intents,
                    },
                    turns: self.turns_now(),
                    heard: self.heard.told(&self.frozen),
                    serial: self.serial.saturating_add(1),
                    footer,
                    survivor: survivor.cloned(),
                }))
            }
        };
        Marker::new(self.link.clone(), payload)
    }

    /// The state marker that the right side is known to hold.
    fn known_state(&self) -> Option<Knew> {
        let markers = &self.known.right.as_ref()?.body.markers;
        markers.iter().find_map(|marker| match &marker.payload {
            Payload::State(mark) if mark.sync == self.sync && marker.link == self.link => Some(Knew {
                serial: mark.serial,
                when: mark.base.when,
            }),
            Payload::State(_) | Payload::Pointer(_) | Payload::Comment(_) | Payload::Board(_) => None,
        })
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
        let known = self.known.get(side).as_ref();
        let others = known.into_iter().flat_map(|issue| &issue.body.footers);
        let others = others.filter(|(link, _)| **link != self.link).map(|(_, footer)| footer);
        let footers: Vec<&str> = others.chain(self.footer.get(side)).map(String::as_str).collect();
        Body::compose(text, Some(&footers.join("\n\n")), &markers, signer)
    }

    fn is_ours(&self, marker: &Marker) -> bool {
        match &marker.payload {
            Payload::State(mark) => mark.sync == self.sync,
            Payload::Pointer(mark) => mark.sync == self.sync,
            Payload::Comment(_) | Payload::Board(_) => false,
        }
    }
}

/// Takes what a base says of one field from another one: it has not settled.
fn keep(base: &mut SideBase, field: Field, old: &SideBase) {
    match field.kept() {
        Kept::Title => base.keep_title(old),
        Kept::Body => base.keep_body(old),
        Kept::Status => base.keep_status(old),
        Kept::Labels => base.keep_labels(old),
        Kept::Assignees => base.keep_assignees(old),
        Kept::Value(value) => base.keep_value(value, old),
        Kept::Apart => {}
    }
}

/// The fingerprint of all comments of an issue, from their keys and the fingerprints of their texts.
pub fn digest_comments(link: &LinkId, spoken: &BTreeMap<CommentKey, Hash>) -> Hash {
    let lines: Vec<String> = spoken.iter().map(|(key, hash)| format!("{key} {}", hash.0)).collect();
    Hash::of(&link.0, &lines.join("\n"))
}
