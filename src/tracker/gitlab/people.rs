//! Logins and the numbers GitLab knows them by, and who can be assigned.
//!
//! Imports the `gitlab` crate's endpoints and the siblings in this folder.

use std::collections::BTreeSet;

use bytes::Bytes;
use gitlab::api::projects::members::AllProjectMember;
use gitlab::api::users::Users;
use http::{Response, StatusCode};

use super::exchange::is_absent;
use super::wire::{MemberWire, UserWire};
use super::{GitLab, held};
use crate::tracker::TrackerError;

const LOOK_UP: &str = "look up a login";
const LOOK_UP_MEMBER: &str = "look up a member";
/// The role from which on a member may change the project: Developer.
const DEVELOPER: u64 = 30;

/// A login's place in the project.
enum Membership {
    /// The instance knows no such login, or does not let us look.
    Unknown,
    /// Somebody who is no member.
    Stranger,
    /// We may not look at the members.
    Untold,
    /// A member of the project or of a group above it, as the instance tells it.
    Member(Response<Bytes>),
}

impl GitLab {
    /// The number of a login; `None` when the instance knows no such login, or does not let us look.
    pub(super) async fn person(&self, login: &str) -> Result<Option<u64>, TrackerError> {
        let name = login.to_lowercase();
        if let Some(known) = held(&self.people).get(&name) {
            return Ok(*known);
        }
        let endpoint = self.built(Users::builder().username(login).build())?;
        let answer = self.ask(&endpoint, LOOK_UP).await?;
        let found = if answer.status() == StatusCode::FORBIDDEN {
            None
        } else {
            let answer = self.good(answer, LOOK_UP)?;
            let users: Vec<UserWire> = self.read(&answer, LOOK_UP)?;
            // The filter is exact but for case; compare nevertheless, an ignored filter lists everybody.
            let same = |user: &UserWire| user.username.as_ref().is_some_and(|it| it.to_lowercase() == name);
            users.into_iter().find(same).and_then(|user| user.id)
        };
        held(&self.people).insert(name, found);
        Ok(found)
    }

    /// The numbers of those logins the instance knows. The others cannot be assigned, and their absence shows when the
    /// answer to the write is compared with what was wished.
    pub(super) async fn numbers(&self, logins: &BTreeSet<String>) -> Result<BTreeSet<u64>, TrackerError> {
        let mut numbers = BTreeSet::new();
        for login in logins {
            numbers.extend(self.person(login).await?);
        }
        Ok(numbers)
    }

    /// Whether the login belongs to a member of the project or of a group above it.
    pub(super) async fn can_be_assigned(&self, login: String) -> Result<(String, bool), TrackerError> {
        let member = match self.membership(&login).await? {
            Membership::Unknown | Membership::Stranger => false,
            // Who may not look at the members can still assign them: try it, the answer to the write will tell.
            Membership::Untold | Membership::Member(_) => true,
        };
        Ok((login, member))
    }

    /// Whether the login belongs to a member of the project, or of a group above it, whose role is Developer or more;
    /// `None` when we may not look.
    pub(super) async fn may_develop(&self, login: String) -> Result<(String, Option<bool>), TrackerError> {
        let may = match self.membership(&login).await? {
            Membership::Unknown | Membership::Untold => None,
            Membership::Stranger => Some(false),
            Membership::Member(answer) => {
                let member: MemberWire = self.read(&answer, LOOK_UP_MEMBER)?;
                Some(member.access_level.is_some_and(|level| level >= DEVELOPER))
            }
        };
        Ok((login, may))
    }

    /// What the instance tells of a login's place in the project.
    async fn membership(&self, login: &str) -> Result<Membership, TrackerError> {
        let Some(number) = self.person(login).await? else {
            return Ok(Membership::Unknown);
        };
        let endpoint = self.built(
            AllProjectMember::builder()
                .project(self.project.as_str())
                .user(number)
                .build(),
        )?;
        let answer = self.ask(&endpoint, LOOK_UP_MEMBER).await?;
        if is_absent(answer.status()) {
            return Ok(Membership::Stranger);
        }
        if answer.status() == StatusCode::FORBIDDEN {
            return Ok(Membership::Untold);
        }
        self.good(answer, LOOK_UP_MEMBER).map(Membership::Member)
    }
}
