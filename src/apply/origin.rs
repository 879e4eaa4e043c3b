//! Before a comment is copied: whether its original still stands as it was read, in an issue that may still be told of; and
//! before one is written over, whether it reads as it did.

use tokio::time::Instant;

use super::work::{Halt, Work};
use super::{End, Run};
use crate::model::{Comment, CommentKey, Hash, Issue, Lookup, Side, hash_text};
use crate::plan::{Act, Copy};

impl Run<'_> {
    /// Looks again at what is about to be copied, where that was read more than seconds ago. Where it is not as it was, the
    /// link is planned anew; how the step ended where nobody can look.
    pub(super) async fn expect_said(&mut self, work: &mut Work<'_>, copy: &Copy) -> Result<Option<End>, Halt> {
        let from = copy.mark.side;
        let Some(known) = work.book.known.get(from).clone() else {
            return Ok(None);
        };
        if copy.mark.source.starts_with("kept:") || work.heard.get(from).elapsed() <= self.hands.patience.heard {
            return Ok(None);
        }
        let reader = self.hands.readers.get(from);
        let now = match reader.issue(&known.key).await {
            Ok(Lookup::Found(now)) if may_be_told(&now, &known) => now,
            Ok(_) => return Err(Halt::Moved(from)),
            Err(error) => return Ok(Some(self.failed(&error))),
        };
        // Later on in the same link, an issue that nothing happened to has the comments it had.
        let talk = (now.comment_count, now.updated);
        if work.talk.get(from).as_ref() != Some(&talk) {
            let mut lists = match reader.comments(&[(known.key.clone(), now.comment_count)]).await {
                Ok(lists) => lists,
                Err(error) => return Ok(Some(self.failed(&error))),
            };
            if !stand(work, copy, &lists.remove(&known.key).unwrap_or_default()) {
                return Err(Halt::Moved(from));
            }
        }
        *work.talk.get_mut(from) = Some(talk);
        *work.heard.get_mut(from) = Instant::now();
        Ok(None)
    }

    /// Looks at a comment that is about to be written over or deleted. Where it does not read as it did, a person edited it
    /// since: the link is planned anew. How the step ended where nobody can look.
    pub(super) async fn expect_text(
        &mut self,
        work: &mut Work<'_>,
        on: Side,
        comment: &CommentKey,
        was: &Hash,
    ) -> Result<Option<End>, Halt> {
        let Some(known) = work.book.known.get(on).clone() else {
            return Ok(None);
        };
        let asked = [(known.key.clone(), known.comment_count)];
        let mut lists = match self.hands.readers.get(on).comments(&asked).await {
            Ok(lists) => lists,
            Err(error) => return Ok(Some(self.failed(&error))),
        };
        let list = lists.remove(&known.key).unwrap_or_default();
        let now = list.iter().find(|now| now.key == *comment);
        match now.filter(|now| hash_text(&work.book.link, &now.body.text) == *was) {
            Some(_) => Ok(None),
            None => Err(Halt::Moved(on)),
        }
    }
}

/// Whether an issue is where it was, and for no fewer people to see.
fn may_be_told(now: &Issue, known: &Issue) -> bool {
    now.moved_to.is_none() && (known.confidential || !now.confidential)
}

/// Whether the original of a copy, and of every comment that this link's steps are to copy, reads as it did.
fn stand(work: &Work<'_>, copy: &Copy, list: &[Comment]) -> bool {
    let from = copy.mark.side;
    let new = work.plan.steps.iter().filter_map(|step| match &step.act {
        Act::Comment(copy) => Some(copy),
        Act::Label(_)
        | Act::Milestone(_)
        | Act::Create(_)
        | Act::Update(_)
        | Act::EditCopy { .. }
        | Act::EditOriginal { .. }
        | Act::Acknowledge { .. }
        | Act::DeleteCopy { .. }
        | Act::Note
        | Act::Retire { .. }
        | Act::Part { .. }
        | Act::Unmark { .. } => None,
    });
    let copied = new.filter(|copy| copy.mark.side == from && !copy.mark.source.starts_with("kept:"));
    std::iter::once(copy).chain(copied).all(|copy| {
        let original = list.iter().find(|comment| comment.key.0 == copy.mark.source);
        original.is_some_and(|comment| {
            !comment.restricted && hash_text(&work.book.link, &comment.body.text) == copy.mark.original
        })
    })
}
