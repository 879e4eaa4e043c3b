//! One link's steps: whether it is still as it was read, which step comes next, what stops it.

use std::collections::BTreeSet;

use tokio::time::Instant;

use super::work::{Brought, DUPLICATE, Halt, Work};
use super::{End, FRESH_ORIGIN, Run, STALE, STOPPED, Taken, compose};
use crate::model::{Lookup, PerSide, Side, Status};
use crate::plan::{Act, Change, Field, LinkPlan, Step};

impl Run<'_> {
    /// Takes the steps of one link.
    pub(super) async fn link(&mut self, plan: &LinkPlan) {
        if self.out.stopped.is_some() {
            self.skip_all(plan, STOPPED);
            return;
        }
        let mut work = Work {
            plan,
            book: plan.book.clone(),
            keys: plan.keys.clone(),
            silent: PerSide::default(),
            unkept: PerSide::default(),
            unedited: BTreeSet::new(),
            brought: Brought::new(),
            read: PerSide::default(),
            heard: PerSide::new(self.hands.clocks.left.1, self.hands.clocks.right.1),
            talk: PerSide::default(),
            noted: false,
            ahead: BTreeSet::new(),
            failed: false,
            born: None,
        };
        let limit = if plan.book.known.left.is_some() && plan.book.known.right.is_some() {
            STALE
        } else {
            FRESH_ORIGIN
        };
        // A listing may be seconds behind: whether the origin has a twin by now, it tells itself.
        let makes = plan.steps.iter().any(|step| matches!(step.act, Act::Create(_)));
        let tells = |side| plan.book.known.get(side).is_some() && plan.book.carries(side);
        if self.hands.stale(limit) || (makes && Side::BOTH.into_iter().any(tells)) {
            if let Some(side) = self.changed_since(&mut work).await {
                self.halt(&mut work, plan.steps.iter(), &Halt::Moved(side));
                return;
            }
            work.read = PerSide::new(Some(Instant::now()), Some(Instant::now()));
        }
        let mut steps = plan.steps.iter();
        while let Some(step) = steps.next() {
            if self.out.stopped.is_some() {
                self.skip(&work, step, STOPPED);
                continue;
            }
            if let Err(halt) = self.step(&mut work, step).await {
                if matches!(halt, Halt::Moved(_)) {
                    self.own_up(&mut work, std::iter::once(step).chain(steps.clone())).await;
                }
                self.halt(&mut work, steps, &halt);
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

    /// Looks again at an issue that is not known as it is at this moment.
    async fn expect_fresh(&mut self, work: &mut Work<'_>, side: Side) -> Result<(), Halt> {
        if !work.is_fresh(side) {
            self.expect_unchanged(work, side).await?;
        }
        Ok(())
    }

    /// Reads an issue again that was read too long ago for its body to be written over.
    pub(super) async fn expect_unchanged(&mut self, work: &mut Work<'_>, side: Side) -> Result<(), Halt> {
        let Some(known) = work.book.known.get(side).clone() else {
            return Ok(());
        };
        match self.hands.readers.get(side).issue(&known.key).await {
            Ok(Lookup::Found(now)) if now.same_content(&known) => {
                *work.read.get_mut(side) = Some(Instant::now());
                Ok(())
            }
            Ok(_) => Err(Halt::Moved(side)),
            // The write that follows meets the same trouble and reports it.
            Err(_) => Ok(()),
        }
    }

    /// Says in the right side's marker what was written to the left side, before the link is planned again: else what we
    /// wrote ourselves would count as a person's change there, and win over what a person changed here meanwhile. What was
    /// not done has not settled; nor does any comment count as known that was not before.
    async fn own_up<'s>(&mut self, work: &mut Work<'_>, undone: impl Iterator<Item = &'s Step>) {
        let (Some(before), Some(old)) = (work.book.known.right.clone(), work.book.old.clone()) else {
            return;
        };
        let undone: BTreeSet<Field> = undone.flat_map(|step| step.fields.iter().copied()).collect();
        // What was half done is half a person's, and time is noted in its own way.
        let is_whole = !work.ahead.is_empty() && work.ahead.is_disjoint(&undone);
        if !is_whole || work.born.is_some() || work.book.intents != PerSide::default() {
            return;
        }
        let Ok(Lookup::Found(now)) = self.hands.readers.right.issue(&before.key).await else {
            return;
        };
        work.book.frozen.extend(undone);
        work.book.know_no_more_than(&old);
        for side in Side::BOTH {
            work.book.doubt(side);
        }
        work.book.disown(Side::Right, &before, &now);
        work.book.known.right = Some(*now);
        if let End::Failed(_) = self.write(work, Side::Right, &Change::default(), true).await {
            tracing::warn!(issue = %before.key, "what was written could not be noted");
        }
    }

    fn halt<'s>(&mut self, work: &mut Work<'_>, rest: impl Iterator<Item = &'s Step>, halt: &Halt) {
        let why = match halt {
            Halt::Moved(side) => {
                if let Some(key) = work.keys.get(*side).clone() {
                    self.out.moved.push((*side, key));
                }
                "it changed after it was read; it is planned again"
            }
            Halt::Lost => {
                // Planned again with both at hand, ours is found to be one too many.
                for side in Side::BOTH {
                    let key = work.keys.get(side).clone();
                    self.out.moved.extend(key.map(|key| (side, key)));
                }
                "another run made the twin first"
            }
            Halt::Unborn if self.out.stopped.is_some() => STOPPED,
            Halt::Unborn => "the twin could not be created",
            Halt::Exposed => "the issue could not be hidden, so nothing more is told there",
        };
        for step in rest {
            self.skip(work, step, why);
        }
    }

    fn skip(&mut self, work: &Work<'_>, step: &Step, why: &str) {
        let taken = compose::taken(self.hands, work.plan, &work.keys, step, End::Skipped(why.to_owned()));
        self.took(taken);
    }

    async fn step(&mut self, work: &mut Work<'_>, step: &Step) -> Result<(), Halt> {
        let end = match self.filled(work, step).await? {
            Ok(step) => Box::pin(self.act(work, &step)).await?,
            Err(end) => end,
        };
        // What was commanded is done all the same where nobody can be told so.
        work.failed |= matches!(end, End::Failed(_)) && !matches!(step.act, Act::Acknowledge { .. });
        let undone = end != End::Done;
        let unborn = matches!(step.act, Act::Create(_)) && undone;
        let exposed = matches!(&step.act, Act::Update(change) if change.confidential == Some(true)) && undone;
        let taken: Taken = compose::taken(self.hands, work.plan, &work.keys, step, end);
        self.took(taken);
        match (unborn, exposed) {
            (true, _) => Err(Halt::Unborn),
            (false, true) => Err(Halt::Exposed),
            (false, false) => Ok(()),
        }
    }

    async fn act(&mut self, work: &mut Work<'_>, step: &Step) -> Result<End, Halt> {
        Ok(match &step.act {
            Act::Label(_) | Act::Milestone(_) => End::Skipped("it is made known before the links".into()),
            Act::Note => self.note(work).await?,
            Act::Update(change) if change.planning.spend.is_some() && !work.noted => {
                work.book.intents = PerSide::default();
                End::Skipped("what is about to be added could not be noted first".into())
            }
            Act::Create(twin) => self.create(work, step.on, twin).await,
            Act::Update(change) if change.is_empty() && work.failed && work.born.is_none() => {
                End::Skipped("an earlier step of this link failed".into())
            }
            Act::Update(change) => {
                let (mut change, mut lost) = work.sparing(step.on, change);
                if self.is_unmade(step.on, &change.planning) {
                    change.planning.milestone = None;
                    lost.insert(Field::Milestone);
                    work.book.frozen.insert(Field::Milestone);
                }
                if !lost.is_empty() && change.is_empty() {
                    End::Skipped("what it replaces could not be kept, or what it names could not be made".into())
                } else {
                    self.update(work, step, &change).await?
                }
            }
            Act::Comment(copy) if *work.silent.get(step.on) => {
                work.lose(step.on, copy);
                End::Skipped("an earlier comment failed, and order is kept".into())
            }
            Act::Comment(copy) => match self.expect_said(work, copy).await? {
                Some(end) => {
                    *work.silent.get_mut(step.on) = true;
                    work.lose(step.on, copy);
                    end
                }
                None => self.comment(work, step.on, copy).await,
            },
            Act::EditCopy { copy, .. } if work.must_wait(step.on, copy) => {
                work.book.doubt(step.on);
                End::Skipped("what it replaces could not be kept or carried".into())
            }
            Act::EditCopy { comment, was, copy } => {
                let said = match self.expect_said(work, copy).await? {
                    None => self.expect_text(work, step.on, comment, was).await?,
                    end => end,
                };
                if let Some(end) = said {
                    work.book.doubt(step.on);
                    return Ok(end);
                }
                let body = compose::copy(&work.book, copy, self.hands);
                self.edit(work, step.on, comment, body).await
            }
            Act::EditOriginal { comment, was, text, .. } => {
                let end = match self.expect_text(work, step.on, comment, was).await? {
                    Some(end) => end,
                    None => self.edit(work, step.on, comment, text.clone()).await,
                };
                if end != End::Done {
                    work.unedited.insert((step.on, comment.clone()));
                }
                end
            }
            Act::Acknowledge { comment } => self.acknowledge(work, step.on, comment).await,
            Act::DeleteCopy { comment, was } => match self.expect_text(work, step.on, comment, was).await? {
                Some(end) => {
                    work.book.doubt(step.on);
                    end
                }
                None => self.delete(work, step.on, comment).await,
            },
            Act::Retire { survivor } => {
                self.expect_fresh(work, step.on).await?;
                self.tombstone(work, step.on, survivor, Some(DUPLICATE)).await
            }
            Act::Unmark { keep } => {
                self.expect_fresh(work, step.on).await?;
                self.unmark(work, step.on, keep).await
            }
            Act::Part { close } => match work.keys.get(step.on).clone() {
                Some(own) => {
                    self.expect_fresh(work, step.on).await?;
                    self.tombstone(work, step.on, &own, close.then_some(Status::CLOSED))
                        .await
                }
                None => End::Skipped("there is no issue to part".into()),
            },
        })
    }
}
