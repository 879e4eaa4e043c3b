//! Logins and the numbers GitLab knows them by, and who can be assigned.
//!
//! Imports the `gitlab` crate's endpoints and the siblings in this folder.

use std::collections::BTreeSet;

use gitlab::api::projects::members::AllProjectMember;
use gitlab::api::users::Users;
use http::StatusCode;

use super::exchange::is_absent;
use super::wire::{MemberWire, UserWire};
use super::{GitLab, held};
use crate::tracker::TrackerError;

const LOOK_UP: &str = "look up a login";
/// The role from which on a member may change the project: Developer.
const DEVELOPER: u64 = 30;

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
        let Some(number) = self.person(&login).await? else {
            return Ok((login, false));
        };
        let endpoint = self.built(
            AllProjectMember::builder()
                .project(self.project.as_str())
                .user(number)
                .build(),
        )?;
        let answer = self.ask(&endpoint, "look up a member").await?;
        // Who may not look at the members can still assign them: try it, the answer to the write will tell.
        let member = if is_absent(answer.status()) {
            false
        } else if answer.status() == StatusCode::FORBIDDEN {
            true
        } else {
            self.good(answer, "look up a member")?;
            true
        };
        Ok((login, member))
    }

    /// Whether the login belongs to a member of the project, or of a group above it, whose role is Developer or more;
    /// `None` when we may not look.
    pub(super) async fn may_develop(&self, login: String) -> Result<(String, Option<bool>), TrackerError> {
        let Some(number) = self.person(&login).await? else {
            return Ok((login, None));
        };
        let endpoint = self.built(
            AllProjectMember::builder()
                .project(self.project.as_str())
                .user(number)
                .build(),
        )?;
        let answer = self.ask(&endpoint, "look up a member").await?;
        let may = if is_absent(answer.status()) {
            Some(false)
        } else if answer.status() == StatusCode::FORBIDDEN {
            None
        } else {
            let answer = self.good(answer, "look up a member")?;
            let member: MemberWire = self.read(&answer, "look up a member")?;
            Some(member.access_level.is_some_and(|level| level >= DEVELOPER))
        };
        Ok((login, may))
    }
}
