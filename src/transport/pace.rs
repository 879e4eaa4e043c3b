//! When the next request may leave: reads a few at a time, writes in single file and within sliding windows, and
//! nothing while a service asked for a pause. Also the one clock the transport reads.
//!
//! Imports the transport's policy and errors.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use http::Method;
use tokio::sync::{MutexGuard, Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::policy::Policy;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// The wall clock, read once and then driven by the runtime's own, so that tests can move it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    start: SystemTime,
    since: Instant,
}

impl Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "a limit's end and a token's age are wall clock times; no decision of the core depends on them"
    )]
    pub(super) fn start() -> Self {
        Self {
            start: SystemTime::now(),
            since: Instant::now(),
        }
    }

    pub(super) fn now(&self) -> SystemTime {
        self.start + self.since.elapsed()
    }
}

/// What a request is to the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Changes nothing. Creating an access token and asking a GraphQL query are POSTs that change nothing either.
    Read,
    /// Changes something that exists.
    Change,
    /// Creates something.
    Create,
    /// Creates a comment where the service counts these apart.
    Note,
}

impl Kind {
    /// By method and path.
    pub(super) fn of(method: &Method, path: &str) -> Self {
        match *method {
            Method::GET | Method::HEAD | Method::OPTIONS => Self::Read,
            Method::POST if path.ends_with("/access_tokens") || path.ends_with("/graphql") => Self::Read,
            Method::POST if path.ends_with("/notes") => Self::Note,
            Method::POST => Self::Create,
            _ => Self::Change,
        }
    }

    pub(super) fn is_write(self) -> bool {
        self != Self::Read
    }
}

/// When the latest creating writes left. Old entries are dropped as they leave the hour.
#[derive(Debug, Default)]
pub(super) struct Windows {
    creates: VecDeque<Instant>,
    notes: VecDeque<Instant>,
}

impl Windows {
    /// How long a write of this kind has to wait to stay within the policy.
    fn wait(&self, policy: &Policy, kind: Kind, now: Instant) -> Duration {
        let notes_apart = policy.notes_per_minute.is_some();
        match kind {
            Kind::Read | Kind::Change => Duration::ZERO,
            Kind::Note if notes_apart => room(&self.notes, policy.notes_per_minute, MINUTE, policy.write_gap, now),
            Kind::Note | Kind::Create => room(&self.creates, policy.per_minute, MINUTE, policy.write_gap, now)
                .max(room(&self.creates, policy.per_hour, HOUR, policy.write_gap, now)),
        }
    }

    /// A write of this kind leaves now.
    fn leave(&mut self, policy: &Policy, kind: Kind, now: Instant) {
        let window = match kind {
            Kind::Read | Kind::Change => return,
            Kind::Note if policy.notes_per_minute.is_some() => &mut self.notes,
            Kind::Note | Kind::Create => &mut self.creates,
        };
        while window.front().is_some_and(|left| now.duration_since(*left) >= HOUR) {
            window.pop_front();
        }
        window.push_back(now);
    }
}

/// The wait until one more fits into `limit` within any stretch of `length`; `gap` apart once it is nearly used.
fn room(window: &VecDeque<Instant>, limit: Option<u32>, length: Duration, gap: Duration, now: Instant) -> Duration {
    let Some(limit) = limit.and_then(|limit| usize::try_from(limit).ok()) else {
        return Duration::ZERO;
    };
    let until = |left: &Instant, pause: Duration| (*left + pause).saturating_duration_since(now);
    let used = window
        .iter()
        .rev()
        .take_while(|left| now.duration_since(**left) < length)
        .count();
    if used >= limit {
        // The one that has to leave the window before there is room again.
        return window
            .iter()
            .nth_back(limit.saturating_sub(1))
            .map_or(Duration::ZERO, |left| until(left, length));
    }
    if used.saturating_mul(4) >= limit.saturating_mul(3) {
        return window.back().map_or(Duration::ZERO, |left| until(left, gap));
    }
    Duration::ZERO
}

/// The pauses services asked for. A refused read stops everything; a refused write stops writes, since the limits on
/// creating leave reading alone.
#[derive(Debug, Default)]
struct Holds {
    reads: Option<Instant>,
    writes: Option<Instant>,
}

/// Leave to send, given back when dropped.
#[derive(Debug)]
pub(super) enum Turn<'a> {
    /// For reads.
    Read(#[expect(dead_code, reason = "held for its drop")] SemaphorePermit<'a>),
    /// For writes.
    Write(MutexGuard<'a, Windows>),
    /// For requests made on behalf of a request that has its turn, such as for its token.
    Aside,
}

impl Turn<'_> {
    /// How long the request has to wait to stay within the windows.
    pub(super) fn wait(&self, policy: &Policy, kind: Kind) -> Duration {
        match self {
            Self::Write(windows) => windows.wait(policy, kind, Instant::now()),
            Self::Read(_) | Self::Aside => Duration::ZERO,
        }
    }

    /// The request leaves now.
    pub(super) fn leave(&mut self, policy: &Policy, kind: Kind) {
        match self {
            Self::Write(windows) => windows.leave(policy, kind, Instant::now()),
            Self::Read(_) | Self::Aside => {}
        }
    }
}

/// The gate every request passes.
#[derive(Debug)]
pub(super) struct Gate {
    reads: Semaphore,
    writes: tokio::sync::Mutex<Windows>,
    holds: Mutex<Holds>,
}

impl Gate {
    pub(super) fn new(policy: &Policy) -> Self {
        Self {
            reads: Semaphore::new(policy.concurrency.max(1)),
            writes: tokio::sync::Mutex::default(),
            holds: Mutex::default(),
        }
    }

    /// Waits for a turn.
    pub(super) async fn turn(&self, kind: Kind) -> Turn<'_> {
        if kind.is_write() {
            return Turn::Write(self.writes.lock().await);
        }
        // The semaphore is never closed; were it, going on beside it would be the lesser evil.
        self.reads.acquire().await.map_or(Turn::Aside, Turn::Read)
    }

    /// What is left of the pause a service asked for.
    pub(super) fn held(&self, kind: Kind) -> Duration {
        let holds = self.holds.lock().unwrap_or_else(PoisonError::into_inner);
        let until = if kind.is_write() {
            holds.reads.max(holds.writes)
        } else {
            holds.reads
        };
        until.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()))
    }

    /// A service asked for a pause when it refused a request of this kind.
    pub(super) fn hold(&self, kind: Kind, wait: Duration) {
        // A year is for ever, and an instant cannot hold much more.
        let until = Instant::now() + wait.min(HOUR * 24 * 365);
        let mut holds = self.holds.lock().unwrap_or_else(PoisonError::into_inner);
        let hold = if kind.is_write() {
            &mut holds.writes
        } else {
            &mut holds.reads
        };
        *hold = (*hold).max(Some(until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally;

    #[test]
    fn requests_are_told_apart_by_what_they_change() {
        assert_eq!(Kind::of(&Method::GET, "/repos/o/r/issues"), Kind::Read);
        assert_eq!(
            Kind::of(&Method::POST, "/app/installations/1/access_tokens"),
            Kind::Read
        );
        assert_eq!(Kind::of(&Method::POST, "/repos/o/r/issues"), Kind::Create);
        assert_eq!(Kind::of(&Method::POST, "/api/v4/projects/1/issues/2/notes"), Kind::Note);
        assert_eq!(
            Kind::of(&Method::PUT, "/api/v4/projects/1/issues/2/notes/3"),
            Kind::Change
        );
        assert_eq!(Kind::of(&Method::DELETE, "/x"), Kind::Change);
    }

    /// Sends `count` writes as fast as allowed and says when each left, from the first.
    fn departures(policy: &Policy, kind: Kind, count: usize) -> Vec<Duration> {
        let start = Instant::now();
        let (mut windows, mut now) = (Windows::default(), start);
        (0..count)
            .map(|_| {
                now += windows.wait(policy, kind, now);
                windows.leave(policy, kind, now);
                now - start
            })
            .collect()
    }

    #[test]
    fn any_minute_and_any_hour_stay_within_their_limits() {
        let policy = Policy::for_host(&"https://api.github.com".parse().unwrap());
        let times = departures(&policy, Kind::Create, 1200);
        assert_eq!(times[59], Duration::ZERO, "no gap while there is room");
        assert_eq!(times[60], Duration::from_secs(1), "gaps when it is nearly used");
        for (limit, length) in [(80, MINUTE), (500, HOUR)] {
            for pair in times.windows(limit + 1) {
                assert!(pair[limit] >= pair[0] + length, "{limit} within {length:?}");
            }
        }
        tally::tried(
            "GitHub's pace of a backfill",
            times.len(),
            "never more than a minute or an hour allows",
        );
    }

    #[test]
    fn notes_have_a_window_of_their_own_where_the_service_counts_them() {
        let policy = Policy::for_host(&"https://gitlab.com".parse().unwrap());
        let notes = departures(&policy, Kind::Note, 600);
        assert_eq!(notes[60], MINUTE);
        for pair in notes.windows(61) {
            assert!(pair[60] >= pair[0] + MINUTE);
        }
        tally::tried("GitLab's pace of notes", notes.len(), "never more than 60 a minute");
        assert!(departures(&policy, Kind::Create, 61)[60].is_zero());
        assert!(departures(&policy, Kind::Change, 1000)[999].is_zero());
        assert!(departures(&Policy::default(), Kind::Note, 1000)[999].is_zero());
    }
}
