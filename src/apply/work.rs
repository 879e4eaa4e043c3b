//! A link whose steps are being taken, and why the rest of them is not.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use tokio::time::Instant;

use super::FRESH;
use crate::model::{CommentKey, Hash, IssueKey, PerSide, Reason, Side, State, Status};
use crate::plan::{Book, Change, Copy, Field, LinkPlan};

/// The status of a twin that lost a race.
pub(super) const DUPLICATE: Status = Status {
    state: State::Closed,
    reason: Some(Reason::Duplicate),
};

/// The fingerprints of originals as they were written in this run, by side and key.
pub(super) type Brought = BTreeMap<(Side, String), Hash>;

/// A link whose steps are being taken.
pub(super) struct Work<'a> {
    pub(super) plan: &'a LinkPlan,
    pub(super) book: Book,
    pub(super) keys: PerSide<Option<IssueKey>>,
    /// A comment could not be written on this side: later ones wait, so that order is kept.
    pub(super) silent: PerSide<bool>,
    /// Texts about to be replaced on a side that could not be kept, by the field named in the copy's source.
    pub(super) unkept: PerSide<BTreeSet<Field>>,
    /// Originals that could not be written anew: their copies go on saying that they were edited.
    pub(super) unedited: BTreeSet<(Side, CommentKey)>,
    /// Originals that were written anew in this run with files in them.
    pub(super) brought: Brought,
    /// When each side's issue was read last for this link alone, or told of in an answer; `None` where only the listing told
    /// of it.
    pub(super) read: PerSide<Option<Instant>>,
    /// When each side's comments were looked at last.
    pub(super) heard: PerSide<Instant>,
    /// How many comments each side's issue had then, and when it had changed last.
    pub(super) talk: PerSide<Option<(u64, Option<Timestamp>)>>,
    /// The right side's marker says what time is about to be added.
    pub(super) noted: bool,
    /// What was written to the left side and the right side's marker does not tell of yet.
    pub(super) ahead: BTreeSet<Field>,
    /// Something failed.
    pub(super) failed: bool,
    /// The twin was created in this run.
    pub(super) born: Option<Side>,
}

impl Work<'_> {
    /// Whether an issue is known as it is at this moment, so that it may be written over. No service knows writes that hold
    /// only while nothing changed, so what a listing told is looked at once more: a person may have written since.
    pub(super) fn is_fresh(&self, side: Side) -> bool {
        self.read.get(side).is_some_and(|at| at.elapsed() <= FRESH)
    }

    /// Notes that a comment was not written: a text it was to keep must not be replaced.
    pub(super) fn lose(&mut self, side: Side, copy: &Copy) {
        let field = match copy.mark.source.split(':').nth(1) {
            Some("title") => Field::Title,
            Some("body") => Field::Body,
            Some("comment") => Field::Comments,
            _ => return,
        };
        self.unkept.get_mut(side).insert(field);
    }

    /// The change without what would replace a text that could not be kept; those fields have not settled.
    pub(super) fn sparing(&mut self, side: Side, change: &Change) -> (Change, BTreeSet<Field>) {
        let mut change = change.clone();
        let mut lost = BTreeSet::new();
        let unkept = self.unkept.get(side);
        if unkept.contains(&Field::Title) && change.title.take().is_some() {
            lost.insert(Field::Title);
        }
        if unkept.contains(&Field::Body) && change.text.take().is_some() {
            change.files.clear();
            lost.insert(Field::Body);
        }
        self.book.frozen.extend(lost.iter().copied());
        (change, lost)
    }

    /// Whether writing a copy anew would lose an edit of it.
    pub(super) fn must_wait(&self, side: Side, copy: &Copy) -> bool {
        let original = (copy.mark.side, CommentKey(copy.mark.source.clone()));
        self.unkept.get(side).contains(&Field::Comments) || self.unedited.contains(&original)
    }
}

/// Why the rest of a link is not done.
pub(super) enum Halt {
    /// An issue changed after it was read.
    Moved(Side),
    /// This twin lost a race against one that another run made.
    Lost,
    /// Its creation failed.
    Unborn,
    /// It could not be hidden, and what follows is not for everyone.
    Exposed,
}
