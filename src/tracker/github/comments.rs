//! Reading comments, with as few requests as there can be: issue by issue, or all of the repository in one walk.
//!
//! Imports the model, `call`, `read` and `wire`.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::call::Call;
use super::read::{AT_ONCE, PAGE, number};
use super::{GitHub, wire};
use crate::model::{Comment, Feed, IssueKey};
use crate::tracker::TrackerError;

impl GitHub {
    /// Listings claim how many comments each issue has. Issues without any are not asked about; an issue that shows
    /// fewer in the walk over the whole repository than claimed is asked about again by itself, for a deletion meanwhile
    /// may have moved a comment onto a page already read.
    pub(super) async fn read_comments(
        &self,
        of: &[(IssueKey, u64)],
    ) -> Result<BTreeMap<IssueKey, Vec<Comment>>, TrackerError> {
        let mut found: BTreeMap<IssueKey, Vec<Comment>> = of.iter().map(|(key, _)| (key.clone(), Vec::new())).collect();
        if self.is_walk_cheaper(of) {
            for (key, comment) in self.walk_all_comments().await? {
                if let Some(comments) = found.get_mut(&key) {
                    comments.push(comment);
                }
            }
        }
        let doubtful: Vec<IssueKey> = of
            .iter()
            .filter(|(key, claimed)| {
                let have = found.get(key).map_or(0, Vec::len);
                u64::try_from(have).is_ok_and(|have| have < *claimed)
            })
            .map(|(key, _)| key.clone())
            .collect();
        let asked: Vec<_> = doubtful
            .into_iter()
            .map(|key| async move {
                let comments = self.read_comments_of(&key).await?;
                Ok::<_, TrackerError>((key, comments))
            })
            .collect();
        let read: Vec<_> = stream::iter(asked).buffer_unordered(AT_ONCE).try_collect().await?;
        found.extend(read);
        Ok(found)
    }

    /// Both ways in requests. How long the walk would be is known only after a whole listing.
    fn is_walk_cheaper(&self, of: &[(IssueKey, u64)]) -> bool {
        let one_by_one: u64 = of.iter().map(|(_, claimed)| claimed.div_ceil(PAGE)).sum();
        let in_all = *self.comments_in_all.lock().unwrap_or_else(PoisonError::into_inner);
        in_all.is_some_and(|comments| comments.div_ceil(PAGE).max(1) < one_by_one)
    }

    /// Every comment on an issue of the repository, oldest first.
    async fn walk_all_comments(&self) -> Result<Vec<(IssueKey, Comment)>, TrackerError> {
        let call = Call::get("list comments", ["issues", "comments"]).query([
            ("sort", "created".to_owned()),
            ("direction", "asc".to_owned()),
            ("per_page", PAGE.to_string()),
        ]);
        let walk = self.walk(call, |comment: &wire::Comment| comment.id).await?;
        self.on_issues(walk.items.into_values())
    }

    async fn read_comments_of(&self, key: &IssueKey) -> Result<Vec<Comment>, TrackerError> {
        let number = number(key).ok_or_else(|| self.gone(key))?;
        let call = Call::get("list comments", ["issues", &number, "comments"]).query([("per_page", PAGE.to_string())]);
        let walk = self.walk_issue(key, call, |comment: &wire::Comment| comment.id).await?;
        Ok(walk.items.into_values().map(wire::Comment::into_model).collect())
    }

    /// One page of the newest, without comments on pull requests.
    pub(super) async fn read_feed(&self, page: u32) -> Result<Feed, TrackerError> {
        let call = Call::get("list comments", ["issues", "comments"]).query([
            ("sort", "updated".to_owned()),
            ("direction", "desc".to_owned()),
            ("per_page", PAGE.to_string()),
            ("page", page.max(1).to_string()),
        ]);
        let answer = self.send(&call).await?;
        let more = self.next_page(&answer)?.is_some();
        let comments: Vec<wire::Comment> = self.decode(&answer, "a list of comments")?;
        let comments = self.on_issues(comments)?;
        Ok(Feed { comments, more })
    }

    /// Those on issues, each with its issue.
    fn on_issues(
        &self,
        comments: impl IntoIterator<Item = wire::Comment>,
    ) -> Result<Vec<(IssueKey, Comment)>, TrackerError> {
        let comments = comments.into_iter().filter(|comment| !comment.is_on_pull_request());
        comments
            .map(|comment| {
                let key = comment
                    .issue()
                    .ok_or_else(|| self.odd("a comment does not say which issue it belongs to"))?;
                Ok((key, comment.into_model()))
            })
            .collect()
    }
}
