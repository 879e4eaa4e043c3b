//! The logical clock of a fake: it starts at a fixed instant and moves when something changes, or when a test says so.

use jiff::{SignedDuration, Timestamp};

/// Starts at 2026-01-05T10:00:00Z; every mutation takes one second.
#[derive(Clone, Debug)]
pub struct Clock {
    now: Timestamp,
}

impl Default for Clock {
    fn default() -> Self {
        Clock {
            now: "2026-01-05T10:00:00Z".parse().unwrap(),
        }
    }
}

impl Clock {
    /// The instant of the last mutation, or where `advance` put the clock.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Lets one second pass and tells the time: call once per mutation.
    pub fn tick(&mut self) -> Timestamp {
        self.advance(1);
        self.now
    }

    /// Lets time pass.
    pub fn advance(&mut self, seconds: i64) {
        self.now = self.now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
    }

    /// Moves to this instant if it is later: time never goes back.
    pub fn at_least(&mut self, instant: Timestamp) {
        self.now = self.now.max(instant);
    }

    /// The instant as an HTTP date, some seconds from now.
    pub fn http_date(&self, seconds: i64) -> String {
        let later = self.now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
        httpdate::fmt_http_date(later.into())
    }
}
