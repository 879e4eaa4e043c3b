//! How patient the transport is and how fast it may write, as data.
//!
//! Imports nothing of ours.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use tokio::time::Instant;
use url::{Host, Url};

/// A pause that no run is ended for.
const SHORT: Duration = Duration::from_secs(1);

/// Patience and pace towards one host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Repeats of one request, on top of the first try.
    pub max_retries: u32,
    /// First pause after a failure; it doubles each time, and chance moves it by up to half either way.
    pub backoff: Duration,
    /// The longest single pause accepted when a service, or pacing for it, asks for one.
    pub max_wait: Duration,
    /// When the run ends that this serves: no pause is accepted that would outlast it.
    pub until: Option<Instant>,
    /// Smallest gap between two creating writes once a window of theirs is three quarters used.
    pub write_gap: Duration,
    /// Creating writes (POST) in any minute.
    pub per_minute: Option<u32>,
    /// Creating writes (POST) in any hour.
    pub per_hour: Option<u32>,
    /// Notes (POST to an address that ends in `/notes`) in any minute. Where set, notes do not count as other writes.
    pub notes_per_minute: Option<u32>,
    /// Reads in flight at one time. Writes always go in single file.
    pub concurrency: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_retries: 4,
            backoff: Duration::from_millis(500),
            max_wait: Duration::from_secs(90),
            until: None,
            write_gap: Duration::ZERO,
            per_minute: None,
            per_hour: None,
            notes_per_minute: None,
            concurrency: 8,
        }
    }
}

impl Policy {
    /// The pace a known host asks for; no pacing elsewhere.
    ///
    /// `api.github.com`: 80 content-creating requests a minute and 500 an hour, which no header tells (REST
    /// documentation, "Rate limits"). `gitlab.com`: 60 notes and 200 issues a minute (handbook, "GitLab.com settings").
    pub fn for_host(api: &Url) -> Self {
        match api.host_str() {
            Some("api.github.com") => Self {
                write_gap: Duration::from_secs(1),
                per_minute: Some(80),
                per_hour: Some(500),
                ..Self::default()
            },
            Some("gitlab.com") => Self {
                write_gap: Duration::from_millis(300),
                per_minute: Some(200),
                notes_per_minute: Some(60),
                ..Self::default()
            },
            Some(_) | None => Self::default(),
        }
    }

    /// The longest pause that a service may ask for at this moment.
    pub(super) fn longest_wait(&self) -> Duration {
        let left = self
            .until
            .map_or(Duration::MAX, |at| at.saturating_duration_since(Instant::now()));
        self.max_wait.min(left)
    }

    /// The longest pause between two requests at this moment: what is begun is ended.
    pub(super) fn longest_gap(&self) -> Duration {
        self.longest_wait().max(SHORT.min(self.max_wait))
    }

    /// The pause before try number `tries` + 1. Chance keeps parallel jobs from knocking in step.
    pub(super) fn pause(&self, tries: u32) -> Duration {
        let doubled = self
            .backoff
            .saturating_mul(2u32.saturating_pow(tries.saturating_sub(1).min(6)));
        // Keys of a new `RandomState` differ each time, which is all the chance needed here.
        let chance = u32::try_from(RandomState::new().hash_one(tries) % 1000).unwrap_or_default();
        (doubled / 2).saturating_add(doubled.saturating_mul(chance) / 1000)
    }
}

/// May tokens and texts travel to this address? `https` always; plain `http` only within this machine.
pub fn is_safe_address(url: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_within_the_machine() {
        let safe = |url: &str| is_safe_address(&Url::parse(url).unwrap());
        for good in [
            "https://a.example",
            "http://localhost:1",
            "http://127.9.9.9/x",
            "http://[::1]:80",
        ] {
            assert!(safe(good), "{good}");
        }
        for bad in [
            "http://a.example",
            "http://localhost.example",
            "http://10.0.0.1",
            "http://[::2]",
            "ftp://localhost",
            "file:///etc/passwd",
        ] {
            assert!(!safe(bad), "{bad}");
        }
    }

    #[test]
    fn pauses_double_and_stay_within_half_of_it() {
        let policy = Policy::default();
        for (tries, whole) in [(1, 500), (2, 1000), (3, 2000), (4, 4000), (u32::MAX, 32_000)] {
            let pause = policy.pause(tries);
            let whole = Duration::from_millis(whole);
            assert!(pause >= whole / 2 && pause < whole * 3 / 2, "{tries}: {pause:?}");
        }
    }

    #[test]
    fn only_the_public_services_are_paced() {
        let of = |url: &str| Policy::for_host(&Url::parse(url).unwrap());
        assert_eq!(of("https://api.github.com").per_hour, Some(500));
        assert_eq!(of("https://gitlab.com").notes_per_minute, Some(60));
        assert_eq!(of("https://github.example/api/v3"), Policy::default());
        assert_eq!(of("https://gitlab.com.example"), Policy::default());
    }
}
