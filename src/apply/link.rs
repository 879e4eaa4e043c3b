//! One link's steps.

use std::collections::BTreeSet;

use super::{End, FRESH, Run, Taken, compose, recover};
use crate::model::{
    Comment, CommentKey, Issue, IssueKey, IssueRef, Lookup, Op, Patch, Payload, PerSide, Reason, Receipt, Side, State,
    Status, hash_text,
};
use crate::plan::{Act, Book, Change, Copy, Field, Held, LinkPlan, Step, Twin};
use crate::tracker::TrackerError;
use tokio::time::Instant;

/// A link whose steps are being taken.
struct Work<'a> {
    plan: &'a LinkPlan,
    book: Book,
    keys: PerSide<Option<IssueKey>>,
    /// A comment could not be written on this side: later ones wait, so that order is kept.
    silent: PerSide<bool>,
    /// Texts about to be replaced on a side that could not be kept, by the field named in the copy's source.
    unkept: PerSide<BTreeSet<Field>>,
    /// Originals that could not be written anew: their copies go on saying that they were edited.
    unedited: BTreeSet<(Side, CommentKey)>,
    /// When each side's issue was read last.
    read: PerSide<Instant>,
    /// Something failed.
    failed: bool,
    /// The twin was created in this run.
    born: Option<Side>,
}

impl Work<'_> {
    /// Notes that a comment was not written: a text it was to keep must not be replaced.
    fn lose(&mut self, side: Side, copy: &Copy) {
        let field = match copy.mark.source.split(':').nth(1) {
            Some("title") => Field::Title,
            Some("body") => Field::Body,
            Some("comment") => Field::Comments,
            _ => return,
        };
        self.unkept.get_mut(side).insert(field);
    }

    /// The change without what would replace a text that could not be kept; those fields have not settled.
    fn sparing(&mut self, side: Side, change: &Change) -> (Change, BTreeSet<Field>) {
        let mut change = change.clone();
        let mut lost = BTreeSet::new();
        let unkept = self.unkept.get(side);
        if unkept.contains(&Field::Title) && change.title.take().is_some() {
            lost.insert(Field::Title);
        }
        if unkept.contains(&Field::Body) && change.text.take().is_some() {
            lost.insert(Field::Body);
        }
        self.book.frozen.extend(lost.iter().copied());
        (change, lost)
    }

    /// Whether writing a copy anew would lose an edit of it.
    fn must_wait(&self, side: Side, copy: &Copy) -> bool {
        let original = (copy.mark.side, CommentKey(copy.mark.source.clone()));
        self.unkept.get(side).contains(&Field::Comments) || self.unedited.contains(&original)
    }
}

/// The status of a twin that lost a race.
const DUPLICATE: Status = Status {
    state: State::Closed,
    reason: Some(Reason::Duplicate),
};

/// Why the rest of a link is not done.
enum Halt {
    /// An issue changed after it was read.
    Moved(Side),
    /// This twin lost a race against one that another run made.
    Lost(IssueKey),
    /// Its creation failed.
    Unborn,
}

impl Run<'_> {
    /// Takes the steps of one link.
    pub(super) async fn link(&mut self, plan: &LinkPlan) {
        if self.out.stopped.is_some() {
            self.skip_all(plan, "the run stopped before it; the next run continues");
            return;
        }
        let mut work = Work {
            plan,
            book: plan.book.clone(),
            keys: plan.keys.clone(),
            silent: PerSide::default(),
            unkept: PerSide::default(),
            unedited: BTreeSet::new(),
            read: PerSide::new(self.hands.clocks.left.1, self.hands.clocks.right.1),
            failed: false,
            born: None,
        };
        if self.hands.stale()
            && let Some(side) = self.changed_since(&mut work).await
        {
            self.halt(&mut work, plan.steps.iter(), &Halt::Moved(side)).await;
            return;
        }
        if self.hands.stale() {
            work.read = PerSide::new(Instant::now(), Instant::now());
        }
        let mut steps = plan.steps.iter();
        while let Some(step) = steps.next() {
            if self.out.stopped.is_some() {
                self.skip(&work, step, "the run stopped before it; the next run continues");
                continue;
            }
            if let Err(halt) = self.step(&mut work, step).await {
                self.halt(&mut work, steps, &halt).await;
                return;
            }
        }
    }

    /// Reads the issues of a link again; names a side that a person changed meanwhile.
    async fn changed_since(&mut self, work: &mut Work<'_>) -> Option<Side> {
        for side in Side::BOTH {
            let Some(known) = work.book.known.get(side).clone() else {
                continue;
            };
            match self.hands.readers.get(side).issue(&known.key).await {
                Ok(Lookup::Found(now)) if now.same_content(&known) && now.updated == known.updated => {}
                Ok(_) => return Some(side),
                // The write that follows will meet the same trouble and report it.
                Err(_) => {}
            }
        }
        None
    }

    /// Reads an issue again that was read too long ago for its body to be written over.
    async fn expect_unchanged(&mut self, work: &mut Work<'_>, side: Side) -> Result<(), Halt> {
        let Some(known) = work.book.known.get(side).clone() else {
            return Ok(());
        };
        match self.hands.readers.get(side).issue(&known.key).await {
            Ok(Lookup::Found(now)) if now.same_content(&known) => {
                *work.read.get_mut(side) = Instant::now();
                Ok(())
            }
            Ok(_) => Err(Halt::Moved(side)),
            // The write that follows meets the same trouble and reports it.
            Err(_) => Ok(()),
        }
    }

    async fn halt<'s>(&mut self, work: &mut Work<'_>, rest: impl Iterator<Item = &'s Step>, halt: &Halt) {
        let why = match halt {
            Halt::Moved(side) => {
                if let Some(key) = work.keys.get(*side).clone() {
                    self.out.moved.push((*side, key));
                }
                "it changed after it was read; it is planned again"
            }
            Halt::Lost(_) => "another run made the twin first",
            Halt::Unborn => "the twin could not be created",
        };
        for step in rest {
            self.skip(work, step, why);
        }
        if let (Halt::Lost(survivor), Some(side)) = (halt, work.born) {
            self.retire_own(work, side, survivor).await;
        }
    }

    fn skip(&mut self, work: &Work<'_>, step: &Step, why: &str) {
        let taken = compose::taken(self.hands, work.plan, &work.keys, step, End::Skipped(why.to_owned()));
        self.took(taken);
    }

    async fn step(&mut self, work: &mut Work<'_>, step: &Step) -> Result<(), Halt> {
        let end = match &step.act {
            Act::Label(_) => return Ok(()),
            Act::Create(twin) => self.create(work, step.on, twin).await,
            Act::Update(change) if change.is_empty() && work.failed && work.born.is_none() => {
                End::Skipped("an earlier step of this link failed".into())
            }
            Act::Update(change) => {
                let (change, lost) = work.sparing(step.on, change);
                if !lost.is_empty() && change.is_empty() {
                    End::Skipped("what it replaces could not be kept".into())
                } else {
                    self.update(work, step, &change).await?
                }
            }
            Act::Comment(copy) if *work.silent.get(step.on) => {
                work.lose(step.on, copy);
                End::Skipped("an earlier comment failed, and order is kept".into())
            }
            Act::Comment(copy) => self.comment(work, step.on, copy).await,
            Act::EditCopy { copy, .. } if work.must_wait(step.on, copy) => {
                work.book.doubt(step.on);
                End::Skipped("what it replaces could not be kept or carried".into())
            }
            Act::EditCopy { comment, copy } => {
                let body = compose::copy(&work.book, copy, self.hands);
                self.edit(work, step.on, comment, body).await
            }
            Act::EditOriginal { comment, text } => {
                let end = self.edit(work, step.on, comment, text.clone()).await;
                if end != End::Done {
                    work.unedited.insert((step.on, comment.clone()));
                }
                end
            }
            Act::DeleteCopy { comment } => self.delete(work, step.on, comment).await,
            Act::Retire { survivor } => self.tombstone(work, step.on, survivor, Some(DUPLICATE)).await,
            Act::Part { close } => match work.keys.get(step.on).clone() {
                Some(own) => {
                    self.tombstone(work, step.on, &own, close.then_some(Status::CLOSED))
                        .await
                }
                None => End::Skipped("there is no issue to part".into()),
            },
        };
        work.failed |= matches!(end, End::Failed(_));
        let unborn = matches!(step.act, Act::Create(_)) && end != End::Done;
        let taken: Taken = compose::taken(self.hands, work.plan, &work.keys, step, end);
        self.took(taken);
        if unborn { Err(Halt::Unborn) } else { Ok(()) }
    }

    async fn create(&mut self, work: &mut Work<'_>, side: Side, twin: &Twin) -> End {
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
        work.book.serial = work.book.serial.saturating_add(1);
        *work.keys.get_mut(side) = Some(issue.key.clone());
        work.book.ends.get_mut(side).key = Some(issue.key.clone());
        work.book.marks.get_mut(side).count = issue.comment_count;
        let born = self.seen(side, issue.updated);
        work.book.marks.get_mut(side).seen = born;
        let differs = self.observe(work, side, &expected, issue);
        if closed || (differs && side == Side::Right) {
            let change = Change {
                status: closed.then_some(twin.status),
                ..Change::default()
            };
            return self.write(work, side, &change, true).await;
        }
        End::Done
    }

    async fn update(&mut self, work: &mut Work<'_>, step: &Step, change: &Change) -> Result<End, Halt> {
        let side = step.on;
        if work.born.is_some() && work.born != Some(side) {
            self.look_again(work, side).await?;
        } else if work.read.get(side).elapsed() > FRESH {
            self.expect_unchanged(work, side).await?;
        }
        let mark = side == Side::Right || change.is_empty() || !Self::is_marked(work, side);
        let mark = mark && work.book.carries(side);
        let end = self.write(work, side, change, mark).await;
        let parts = compose::split(change);
        if let End::Failed(_) = end
            && parts.len() > 1
            && self.out.stopped.is_none()
        {
            return Ok(self.write_apart(work, side, parts, mark).await);
        }
        if let End::Failed(_) = end {
            work.book.frozen.extend(step.fields.iter().copied());
        }
        Ok(end)
    }

    /// One bad field never stops the rest of its issue: the parts are written one by one, and a field counts as settled
    /// only once it has been written.
    async fn write_apart(&mut self, work: &mut Work<'_>, side: Side, parts: Vec<(Field, Change)>, mark: bool) -> End {
        let fields: BTreeSet<Field> = parts.iter().map(|(field, _)| *field).collect();
        work.book.frozen.extend(fields);
        let mut failures = Vec::new();
        for (field, change) in parts {
            work.book.frozen.remove(&field);
            if let End::Failed(why) = self.write(work, side, &change, mark).await {
                work.book.frozen.insert(field);
                failures.push(format!("{}: {why}", field.name()));
            }
        }
        if failures.is_empty() {
            End::Done
        } else {
            End::Failed(failures.join("; "))
        }
    }

    /// Writes one change; the answer corrects what is known.
    async fn write(&mut self, work: &mut Work<'_>, side: Side, change: &Change, mark: bool) -> End {
        let Some(now) = work.book.known.get(side).clone() else {
            return End::Failed("the issue is not known".into());
        };
        let now_there = self.seen(side, None);
        let marks = work.book.marks.get_mut(side);
        marks.wrote = marks.wrote.max(now_there);
        work.book.serial = work.book.serial.saturating_add(u64::from(mark));
        let (op, expected) = compose::update(&work.book, side, &now, change, mark, self.hands);
        let issue = match self.perform(side, &op).await {
            Ok(Receipt { issue: Some(issue), .. }) => issue,
            Ok(Receipt { issue: None, .. }) => expected.clone(),
            Err(error) => return self.failed(&error),
        };
        let differs = self.observe(work, side, &expected, issue);
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

    /// Takes over what the service says it holds; true when that is not what was asked for.
    fn observe(&mut self, work: &mut Work<'_>, side: Side, expected: &Issue, issue: Issue) -> bool {
        let differs = !work
            .book
            .side_base(side, &issue)
            .same_fields(&work.book.side_base(side, expected));
        if differs {
            let tracker = self.hands.names.get(side).clone();
            let mut lost = Vec::new();
            let mut compare = |name: &str, same: bool| {
                if !same {
                    lost.push(name.to_owned());
                }
            };
            compare("title", issue.title == expected.title);
            compare(
                "body",
                hash_text(&work.book.link, &issue.body.text) == hash_text(&work.book.link, &expected.body.text),
            );
            compare("status", issue.status.alike(expected.status));
            compare("labels", issue.labels == expected.labels);
            compare("assignees", issue.assignees == expected.assignees);
            self.out.held.push(Held {
                code: "not-kept",
                on: IssueRef {
                    tracker: tracker.clone(),
                    key: issue.key.clone(),
                }
                .to_string(),
                message: format!("{tracker} did not keep everything it was sent: {}", lost.join(", ")),
                hint: "the token's role may be too low for it, or the tracker changed it on its own; it is not sent \
                       again until somebody changes it"
                    .into(),
            });
        }
        *work.book.known.get_mut(side) = Some(issue);
        *work.read.get_mut(side) = Instant::now();
        differs
    }

    /// Another run may have made a twin of the same issue while we made ours: the marker that is there first decides.
    async fn look_again(&mut self, work: &mut Work<'_>, side: Side) -> Result<(), Halt> {
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
            Payload::State(_) | Payload::Pointer(_) | Payload::Comment(_) | Payload::Board => None,
        });
        if let Some(named) = named
            && work.keys.get(twin).as_ref() != Some(&named)
        {
            return Err(Halt::Lost(named));
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

    async fn retire_own(&mut self, work: &mut Work<'_>, side: Side, survivor: &IssueKey) {
        let end = self.tombstone(work, side, survivor, Some(DUPLICATE)).await;
        let step = Step {
            on: side,
            act: Act::Retire {
                survivor: survivor.clone(),
            },
            fields: [Field::Status].into(),
            why: format!("{}#{survivor} already stands for this link", self.hands.names.get(side)),
        };
        let taken = compose::taken(self.hands, work.plan, &work.keys, &step, end);
        self.took(taken);
    }

    async fn tombstone(&mut self, work: &mut Work<'_>, side: Side, survivor: &IssueKey, close: Option<Status>) -> End {
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

    async fn comment(&mut self, work: &mut Work<'_>, side: Side, copy: &Copy) -> End {
        let Some(issue) = work.keys.get(side).clone() else {
            return End::Failed("the issue is not known".into());
        };
        let body = compose::copy(&work.book, copy, self.hands);
        let op = Op::CreateComment {
            issue: issue.clone(),
            body,
        };
        let result = match self.perform(side, &op).await {
            Ok(Receipt {
                comment: Some(comment), ..
            }) => Ok(comment),
            Ok(Receipt { comment: None, .. }) => {
                Err(End::Failed("the service took the text and kept no comment".into()))
            }
            Err(error @ TrackerError::Ambiguous { .. }) => {
                match recover::commented(self.hands, side, &issue, &work.book.link, &copy.mark).await {
                    Some(comment) => Ok(comment),
                    None => Err(self.failed(&error)),
                }
            }
            Err(error) => Err(self.failed(&error)),
        };
        match result {
            Ok(comment) => {
                Self::spoke(work, side, &comment);
                // A count in doubt stays in doubt.
                let marks = work.book.marks.get_mut(side);
                marks.count = marks.count.saturating_add(1);
                let source = work.book.marks.get_mut(copy.mark.side);
                let carried = u64::from(!copy.mark.source.starts_with("kept:"));
                source.count = source.count.saturating_add(carried);
                if let Some(spoken) = work.book.spoken.get_mut(copy.mark.side)
                    && carried > 0
                {
                    spoken.insert(CommentKey(copy.mark.source.clone()), copy.mark.original.clone());
                }
                let source = work.book.marks.get_mut(copy.mark.side);
                if let Ok(key) = copy.mark.source.parse::<u64>() {
                    source.high = source.high.max(key);
                }
                End::Done
            }
            Err(end) => {
                *work.silent.get_mut(side) = true;
                work.lose(side, copy);
                end
            }
        }
    }

    async fn edit(&mut self, work: &mut Work<'_>, side: Side, comment: &CommentKey, body: String) -> End {
        let Some(issue) = work.keys.get(side).clone() else {
            return End::Failed("the issue is not known".into());
        };
        let op = Op::EditComment {
            issue,
            comment: comment.clone(),
            body,
        };
        match self.perform(side, &op).await {
            Ok(receipt) => {
                if let Some(comment) = &receipt.comment {
                    Self::spoke(work, side, comment);
                }
                End::Done
            }
            Err(error) => {
                work.book.doubt(side);
                self.failed(&error)
            }
        }
    }

    async fn delete(&mut self, work: &mut Work<'_>, side: Side, comment: &CommentKey) -> End {
        let Some(issue) = work.keys.get(side).clone() else {
            return End::Failed("the issue is not known".into());
        };
        let op = Op::DeleteComment {
            issue,
            comment: comment.clone(),
        };
        match self.perform(side, &op).await {
            Ok(_) => {
                let count = &mut work.book.marks.get_mut(side).count;
                *count = count.saturating_sub(1);
                if let Some(spoken) = work.book.spoken.get_mut(side) {
                    spoken.remove(comment);
                }
                End::Done
            }
            Err(error) => {
                work.book.doubt(side);
                self.failed(&error)
            }
        }
    }

    /// Notes a comment of ours as known.
    fn spoke(work: &mut Work<'_>, side: Side, comment: &Comment) {
        let hash = hash_text(&work.book.link, &comment.body.text);
        if let Some(spoken) = work.book.spoken.get_mut(side) {
            spoken.insert(comment.key.clone(), hash);
        }
        let at = comment
            .updated
            .or(comment.created)
            .map_or(0, jiff::Timestamp::as_second);
        let marks = work.book.marks.get_mut(side);
        marks.wrote = marks.wrote.max(at);
        // What carries a marker is known as ours wherever it is met; an original that we wrote anew is not.
        if comment.body.markers.is_empty() {
            marks.seen = marks.seen.max(at);
        }
    }

    /// The second up to which changes of comments on a side are known, when we have just written there.
    fn seen(&self, side: Side, told: Option<jiff::Timestamp>) -> i64 {
        let now = self.hands.now(side).as_second();
        told.map_or(now, |at| at.as_second().max(now))
    }

    fn is_marked(work: &Work<'_>, side: Side) -> bool {
        work.book
            .known
            .get(side)
            .as_ref()
            .is_some_and(|issue| issue.body.markers.iter().any(|marker| marker.link == work.book.link))
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
