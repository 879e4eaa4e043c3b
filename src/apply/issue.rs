//! Creating, changing and retiring the issues of a link, and learning from every answer.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::work::{Halt, Work};
use super::{End, Run, compose, recover};
use crate::model::{Body, IssueKey, LinkId, Lookup, Marker, Op, Patch, Payload, PerSide, Receipt, Side, State, Status};
use crate::plan::{Book, Change, Field, Step, Twin};
use crate::tracker::TrackerError;

impl Run<'_> {
    pub(super) async fn create(&mut self, work: &mut Work<'_>, side: Side, twin: &Twin) -> End {
        self.stamp_intents(work);
        let now = self.hands.now(Side::Right).as_second();
        // A copy of the marker in an issue made much later is told by this, and a long run makes twins hours after it began.
        work.book.when = work.book.when.max(now);
        let twin = &self.possible(work, side, twin);
        let expected = compose::newborn(&work.book, side, twin);
        let closed = twin.status.state == State::Closed && !work.book.profiles.get(side).create_closed;
        let op = if closed {
            compose::creation(&still_open(&work.book, side.other()), side, twin, self.hands)
        } else {
            compose::creation(&work.book, side, twin, self.hands)
        };
        let issue = match self.perform(side, &op).await {
            Ok(Receipt { issue: Some(issue), .. }) => issue,
            Ok(Receipt { issue: None, .. }) => return End::Failed("the service did not say what it created".into()),
            Err(error @ TrackerError::Ambiguous { .. }) => {
                match recover::created(self.hands, side, &work.book.link).await {
                    Some(issue) => issue,
                    None => return self.failed(&error),
                }
            }
            Err(error) => return self.failed(&error),
        };
        work.born = Some(side);
        work.noted |= side == Side::Right;
        work.book.serial = work.book.serial.saturating_add(1);
        *work.keys.get_mut(side) = Some(issue.key.clone());
        work.book.ends.get_mut(side).key = Some(issue.key.clone());
        work.book.marks.get_mut(side).count = issue.comment_count;
        let born = self.seen(side, issue.updated);
        work.book.marks.get_mut(side).seen = born;
        let differs = self.observe(work, side, None, &expected, issue);
        if closed || (differs && side == Side::Right) {
            let change = Change {
                status: closed.then_some(twin.status),
                ..Change::default()
            };
            return self.write(work, side, &change, true).await;
        }
        End::Done
    }

    pub(super) async fn update(&mut self, work: &mut Work<'_>, step: &Step, change: &Change) -> Result<End, Halt> {
        let side = step.on;
        if work.born.is_some() && work.born != Some(side) {
            self.look_again(work, side).await?;
        } else if !work.is_fresh(side) {
            self.expect_unchanged(work, side).await?;
        }
        if change.planning.spend.is_some() && !work.is_fresh(Side::Right) {
            // The note must still be ours: another run may have given up waiting for us.
            self.expect_unchanged(work, Side::Right).await?;
        }
        let told = step.fields.contains(&Field::Footer);
        let mark = side == Side::Right || change.is_empty() || told || !Self::is_marked(work, side);
        let mark = mark && work.book.carries(side) && !change.goes_ahead();
        let end = self.write(work, side, change, mark).await;
        let parts = compose::split(change);
        if let End::Failed(_) = end
            && parts.len() > 1
            && self.out.stopped.is_none()
        {
            return Ok(self.write_apart(work, step, parts, mark).await);
        }
        if end == End::Done && mark && side == Side::Right {
            work.ahead.clear();
        } else if end == End::Done && side == Side::Left && !change.is_empty() {
            work.ahead.extend(step.fields.iter().copied());
        }
        if end == End::Done && change.confidential == Some(true) && !Self::is_hidden(work, side) {
            return Ok(End::Failed("the tracker left it for everyone to see".into()));
        }
        if let End::Failed(_) = end {
            work.book.frozen.extend(step.fields.iter().copied());
        }
        Ok(end)
    }

    /// One bad field never stops the rest of its issue: the parts are written one by one, and a field counts as settled
    /// only once it has been written.
    pub(super) async fn write_apart(
        &mut self,
        work: &mut Work<'_>,
        step: &Step,
        parts: Vec<(Field, Change)>,
        mark: bool,
    ) -> End {
        // Labels that show something of the other side are written with the others, and a footer with any part.
        let with = |field: Field| {
            let shown = (field == Field::Labels).then_some(Field::Shown);
            [Some(field), shown].into_iter().flatten()
        };
        let fields: BTreeSet<Field> = parts.iter().flat_map(|(field, _)| with(*field)).collect();
        work.book.frozen.extend(fields);
        let count = parts.len();
        let mut failures = Vec::new();
        for (field, change) in parts {
            work.book.frozen.retain(|frozen| !with(field).any(|own| own == *frozen));
            if let End::Failed(why) = self.write(work, step.on, &change, mark).await {
                work.book.frozen.extend(with(field));
                failures.push(format!("{}: {why}", field.name()));
            }
        }
        if failures.len() == count {
            work.book.frozen.extend(step.fields.iter().copied());
        }
        if failures.is_empty() {
            End::Done
        } else {
            End::Failed(failures.join("; "))
        }
    }

    /// How long ago a moment of this side's clock was; nothing for one to come.
    fn age(&self, side: Side, at: i64) -> Duration {
        let seconds = self.hands.now(side).as_second().saturating_sub(at);
        Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
    }

    /// Learns of each side that time is to be added to when we did so last.
    async fn look_up_last_time(&self, work: &mut Work<'_>) -> Result<(), TrackerError> {
        for side in Side::BOTH {
            let known = work.book.known.get(side).as_ref();
            if let (Some(intent), Some(issue)) = (work.book.intents.get_mut(side), known) {
                intent.after = self.hands.readers.get(side).added_time(&issue.key).await?;
            }
        }
        Ok(())
    }

    /// By the clock of the side that time is added to, which may be another one.
    fn stamp_intents(&self, work: &mut Work<'_>) {
        let now = PerSide::new(Side::Left, Side::Right).map(|_, side| self.hands.now(side).as_second());
        work.book.stamp_intents(now, self.hands.run);
    }

    /// The twin without a milestone that could not be made; that has not settled then.
    fn possible(&self, work: &mut Work<'_>, side: Side, twin: &Twin) -> Twin {
        let mut twin = twin.clone();
        if self.is_unmade(side, &twin.planning) {
            twin.planning.milestone = None;
            work.book.frozen.insert(Field::Milestone);
        }
        twin
    }

    /// Says in the right side's marker what time is about to be added, and else what it said before.
    pub(super) async fn note(&mut self, work: &mut Work<'_>) -> Result<End, Halt> {
        let noted = work.book.noted_at();
        let ages = Side::BOTH
            .into_iter()
            .filter_map(|side| noted.get(side).map(|at| self.age(side, at)));
        if let Some(age) = ages.min() {
            tokio::time::sleep(self.hands.patience.lease.saturating_sub(age)).await;
        }
        let began = Instant::now();
        if let Err(error) = self.look_up_last_time(work).await {
            return Ok(self.failed(&error));
        }
        // What another run added before it was looked up is in what both sides show by now.
        for side in Side::BOTH {
            self.expect_unchanged(work, side).await?;
        }
        let whole = work.book.clone();
        let before = whole.known.right.clone();
        work.book = whole.noting();
        let end = self.write(work, Side::Right, &Change::default(), true).await;
        let (known, serial, wrote) = (work.book.known.clone(), work.book.serial, work.book.marks.right.wrote);
        work.book = whole;
        if let (Some(before), Some(now)) = (&before, &known.right) {
            work.book.disown(Side::Right, before, now);
        }
        (work.book.known, work.book.serial) = (known, serial);
        work.book.marks.right.wrote = wrote;
        // While the note was on its way another run may have added what it speaks of.
        let spent = work.book.known.right.as_ref().map(|issue| issue.planning.spent);
        if work.book.intents.right.is_some_and(|intent| Some(intent.from) != spent) {
            return Err(Halt::Moved(Side::Right));
        }
        // So may one that noted the same at the same moment: whose note stands when all have arrived goes on.
        // One that was long on its way may have come too late for another run to see it before that began to add.
        let patience = self.hands.patience;
        let late = began.elapsed() > patience.settle;
        tokio::time::sleep(if late { patience.lease } else { patience.settle }).await;
        for side in Side::BOTH {
            self.expect_unchanged(work, side).await?;
        }
        Ok(end)
    }

    /// Writes one change; the answer corrects what is known.
    pub(super) async fn write(&mut self, work: &mut Work<'_>, side: Side, change: &Change, mark: bool) -> End {
        let Some(now) = work.book.known.get(side).clone() else {
            return End::Failed("the issue is not known".into());
        };
        let now_there = self.seen(side, None);
        let marks = work.book.marks.get_mut(side);
        marks.wrote = marks.wrote.max(now_there);
        work.book.serial = work.book.serial.saturating_add(u64::from(mark));
        if mark && side == Side::Right {
            self.stamp_intents(work);
        }
        let (op, expected) = compose::update(&work.book, side, &now, change, mark, self.hands);
        let issue = match self.perform(side, &op).await {
            Ok(Receipt { issue: Some(issue), .. }) => issue,
            Ok(Receipt { issue: None, .. }) => expected.clone(),
            Err(error) => return self.failed(&error),
        };
        work.noted |= mark && side == Side::Right;
        if change.planning.spend.is_some() {
            work.book.add_time(side);
        }
        let differs = self.observe(work, side, Some((change, &now)), &expected, issue);
        if differs && side == Side::Right {
            // The base just written says what we hoped; what is there now must be said instead.
            let now = work.book.known.get(side).clone().unwrap_or(expected);
            let (op, _) = compose::update(&work.book, side, &now, &Change::default(), true, self.hands);
            if let Err(error) = self.perform(side, &op).await {
                return self.failed(&error);
            }
        }
        End::Done
    }

    /// Another run may have made a twin of the same issue while we made ours: the marker that is there first decides.
    pub(super) async fn look_again(&mut self, work: &mut Work<'_>, side: Side) -> Result<(), Halt> {
        let Some(key) = work.keys.get(side).clone() else {
            return Ok(());
        };
        let Ok(Lookup::Found(now)) = self.hands.readers.get(side).issue(&key).await else {
            return Ok(());
        };
        let twin = side.other();
        let named = now.body.markers.iter().find_map(|marker| match &marker.payload {
            Payload::State(mark) if mark.sync == work.book.sync => mark.ends.get(twin).key.clone(),
            Payload::Pointer(mark) if mark.sync == work.book.sync => mark.ends.get(twin).key.clone(),
            Payload::State(_) | Payload::Pointer(_) | Payload::Comment(_) | Payload::Board(_) => None,
        });
        if let Some(named) = named
            && work.keys.get(twin).as_ref() != Some(&named)
        {
            return Err(Halt::Lost);
        }
        // What was written meanwhile must not be overwritten by what we read earlier, nor taken for carried: the base
        // goes on saying what was carried, so that the next run sees the change.
        if work
            .book
            .known
            .get(side)
            .as_ref()
            .is_some_and(|known| !known.same_content(&now))
        {
            work.book.settle_as_known();
        }
        *work.book.known.get_mut(side) = Some(*now);
        Ok(())
    }

    pub(super) async fn tombstone(
        &mut self,
        work: &mut Work<'_>,
        side: Side,
        survivor: &IssueKey,
        close: Option<Status>,
    ) -> End {
        let Some(now) = work.book.known.get(side).clone() else {
            return End::Failed("the issue is not known".into());
        };
        let marker = work.book.marker(side, None, Some(survivor));
        let body = work.book.body(side, &now.body.text, marker, self.hands.signer);
        let status = close.filter(|_| now.status.state == State::Open).map(|wish| {
            (
                now.status,
                work.book.profiles.get(side).fit_status(Some(now.status), wish),
            )
        });
        let op = Op::UpdateIssue {
            key: now.key,
            patch: Patch {
                body: Some(body),
                status,
                ..Patch::default()
            },
        };
        match self.perform(side, &op).await {
            Ok(_) => End::Done,
            Err(error) => self.failed(&error),
        }
    }

    /// Writes a body without the markers, and their footers, that belong to another issue.
    pub(super) async fn unmark(&mut self, work: &mut Work<'_>, side: Side, keep: &[Marker]) -> End {
        let Some(now) = work.book.known.get(side).clone() else {
            return End::Failed("the issue is not known".into());
        };
        let stays = |link: &LinkId| keep.iter().any(|marker| marker.link == *link);
        let footers = now.body.footers.iter().filter(|(link, _)| stays(link));
        let footers: Vec<&str> = footers.map(|(_, footer)| footer.as_str()).collect();
        let body = Body::compose(&now.body.text, Some(&footers.join("\n\n")), keep, self.hands.signer);
        let op = Op::UpdateIssue {
            key: now.key,
            patch: Patch {
                body: Some(body),
                ..Patch::default()
            },
        };
        match self.perform(side, &op).await {
            Ok(_) => End::Done,
            Err(error) => self.failed(&error),
        }
    }

    /// The second up to which changes of comments on a side are known, when we have just written there.
    pub(super) fn seen(&self, side: Side, told: Option<jiff::Timestamp>) -> i64 {
        let now = self.hands.now(side).as_second();
        told.map_or(now, |at| at.as_second().max(now))
    }

    fn is_hidden(work: &Work<'_>, side: Side) -> bool {
        work.book
            .known
            .get(side)
            .as_ref()
            .is_some_and(|issue| issue.confidential)
    }

    /// Whether a side carries a marker of the link. What is left of one that was parted before is none.
    pub(super) fn is_marked(work: &Work<'_>, side: Side) -> bool {
        let live = |marker: &Marker| match &marker.payload {
            Payload::State(mark) => mark.survivor.is_none(),
            Payload::Pointer(mark) => mark.survivor.is_none(),
            Payload::Comment(_) | Payload::Board(_) => true,
        };
        let known = work.book.known.get(side).as_ref();
        let mut markers = known.into_iter().flat_map(|issue| &issue.body.markers);
        markers.any(|marker| marker.link == work.book.link && live(marker))
    }
}

/// The book of an origin that is still open: a twin that is created open and closed afterwards says so, and a run stopped
/// in between leaves a twin that the next one closes.
fn still_open(book: &Book, origin: Side) -> Book {
    let mut book = book.clone();
    if let Some(issue) = book.known.get_mut(origin) {
        issue.status = Status::OPEN;
    }
    book
}
