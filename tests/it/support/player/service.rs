//! What happens to a service, and not on it: faults, slowness, short pages.

use std::time::Duration;

use tokio::sync::oneshot;

use super::{Place, Player};
use crate::support::fake::{Fault, When};

impl Player {
    /// Arms a fault of a service.
    pub fn fault(&self, fault: Fault) {
        match &self.place {
            Place::GitHub(fake) => fake.fault(fault),
            Place::GitLab(fake) => fake.fault(fault),
            Place::Folder(_) => panic!("folders have no faults"),
        }
    }

    /// Disarms all faults.
    pub fn heal(&self) {
        match &self.place {
            Place::GitHub(fake) => fake.heal(),
            Place::GitLab(fake) => fake.heal(),
            Place::Folder(_) => {}
        }
    }

    /// Tells when a service has this write in its hands.
    pub fn told_of(&self, write: usize) -> oneshot::Receiver<()> {
        let (tell, told) = oneshot::channel();
        let tell = move || tell.send(()).unwrap_or_default();
        match &self.place {
            Place::GitHub(fake) => fake.meanwhile(When::Write(write), move |_| tell()),
            Place::GitLab(fake) => fake.meanwhile(When::Write(write), move |_| tell()),
            Place::Folder(_) => panic!("folders tell nobody"),
        }
        told
    }

    /// Moves the clock of a service on.
    pub fn rest(&self, seconds: i64) {
        match &self.place {
            Place::GitHub(fake) => fake.advance(seconds),
            Place::GitLab(fake) => fake.advance(seconds),
            Place::Folder(_) => {}
        }
    }

    /// Makes the pages of a service's listings no longer than this.
    pub fn page_cap(&self, most: usize) {
        match &self.place {
            Place::GitHub(fake) => fake.vices(|vices| vices.page_cap = most),
            Place::GitLab(fake) => fake.vices(|vices| vices.page_cap = most),
            Place::Folder(_) => {}
        }
    }

    /// Holds every answer of a service back for so long.
    pub fn hold_back(&self, latency: Duration) {
        match &self.place {
            Place::GitHub(fake) => fake.vices(|vices| vices.latency = latency),
            Place::GitLab(fake) => fake.vices(|vices| vices.latency = latency),
            Place::Folder(_) => {}
        }
    }
}
