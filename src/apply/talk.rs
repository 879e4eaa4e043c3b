//! Writing, editing and deleting the comments of a link.

use super::work::Work;
use super::{End, Run, compose, recover};
use crate::model::{Comment, CommentKey, Op, Receipt, Side, hash_text};
use crate::plan::Copy;
use crate::tracker::TrackerError;

impl Run<'_> {
    pub(super) async fn comment(&mut self, work: &mut Work<'_>, side: Side, copy: &Copy) -> End {
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
                let (from, source) = (copy.mark.side, &copy.mark.source);
                if !source.starts_with("kept:") {
                    work.book.marks.get_mut(from).pay(source);
                    if let Some(spoken) = work.book.spoken.get_mut(from) {
                        spoken.insert(CommentKey(source.clone()), copy.mark.original.clone());
                    }
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

    pub(super) async fn edit(&mut self, work: &mut Work<'_>, side: Side, comment: &CommentKey, body: String) -> End {
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

    pub(super) async fn acknowledge(&mut self, work: &mut Work<'_>, side: Side, comment: &CommentKey) -> End {
        let Some(issue) = work.keys.get(side).clone() else {
            return End::Failed("the issue is not known".into());
        };
        let now = self.seen(side, None);
        let marks = work.book.marks.get_mut(side);
        marks.wrote = marks.wrote.max(now);
        let op = Op::Acknowledge {
            issue,
            comment: comment.clone(),
        };
        match self.perform(side, &op).await {
            // Who took the comment back need not be told either.
            Ok(_) | Err(TrackerError::Gone(_)) => End::Done,
            Err(error) => self.failed(&error),
        }
    }

    pub(super) async fn delete(&mut self, work: &mut Work<'_>, side: Side, comment: &CommentKey) -> End {
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
    pub(super) fn spoke(work: &mut Work<'_>, side: Side, comment: &Comment) {
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
}
