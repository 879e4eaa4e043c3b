//! Opening trackers: from the mapping file and the environment to something that can be read and written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use secrecy::SecretString;
use tokio::time::Instant;
use url::Url;

use super::Request;
use crate::apply::Patience;
use crate::config::{Config, GitHubAuth, SecretRef, TrackerConfig};
use crate::env::{Env, now};
use crate::model::{Hash, TrackerId};
use crate::tracker::folder::Folder;
use crate::tracker::github::GitHub;
use crate::tracker::gitlab::GitLab;
use crate::tracker::http::transport_error;
use crate::tracker::{ReadTracker, TrackerError, WriteTracker};
use crate::transport::{Authorize, BearerToken, GitHubApp, HttpWire, Policy, PrivateToken, Transport, TransportError};

/// Trackers by name, or why one could not be opened.
pub type Open = BTreeMap<TrackerId, Result<OpenTracker, TrackerError>>;

/// Something that can be read and written.
pub trait Tracker: ReadTracker + WriteTracker {}

impl<T: ReadTracker + WriteTracker> Tracker for T {}

/// A tracker ready for use.
pub struct OpenTracker {
    project: Hash,
    tracker: Box<dyn Tracker>,
}

impl std::fmt::Debug for OpenTracker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenTracker")
            .field("project", &self.project)
            .finish_non_exhaustive()
    }
}

impl OpenTracker {
    /// A tracker under the fingerprint of its address and project, which markers carry: one of the caller's own, or one
    /// with something put between it and the run.
    pub fn new(project: Hash, tracker: Box<dyn Tracker>) -> Self {
        Self { project, tracker }
    }

    /// To read.
    pub fn reader(&self) -> &dyn ReadTracker {
        &*self.tracker
    }

    /// To write.
    pub fn writer(&self) -> &dyn WriteTracker {
        &*self.tracker
    }

    /// Fingerprint of its address and project, as markers carry it.
    pub fn project(&self) -> Hash {
        self.project.clone()
    }
}

/// The environment variable that a secret was to come from is not set.
pub(super) fn unset(on: &TrackerId, name: &str) -> TrackerError {
    TrackerError::Token {
        on: on.clone(),
        detail: format!("the environment variable {name} is not set or empty"),
    }
}

/// Opens the trackers named. Nothing is sent yet.
pub fn open(config: &Config, env: &Env, names: &BTreeSet<TrackerId>) -> Open {
    open_over(config, env, names, Line::default())
}

/// Opens the trackers named, over a line of the caller's. Nothing is sent yet.
pub fn open_over(config: &Config, env: &Env, names: &BTreeSet<TrackerId>, mut line: Line) -> Open {
    let wanted = config.trackers.iter().filter(|(name, _)| names.contains(*name));
    wanted
        .map(|(name, tracker)| (name.clone(), open_one(name, tracker, env, &mut line)))
        .collect()
}

/// How trackers on a network are reached.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// The HTTP client; without one, one is made for all trackers of the run when the first needs it, for reading the
    /// system's certificates takes time.
    pub wire: Option<HttpWire>,
    /// Patience and pace; without, what each host asks for.
    pub policy: Option<Policy>,
    /// How long to wait for other runs.
    pub patience: Patience,
    /// When the run ends, where it has so much time and no more: no pause outlasts it.
    pub until: Option<Instant>,
}

impl Line {
    /// A line for as long as what is asked for may take.
    #[must_use]
    pub fn lasting(self, request: &Request) -> Self {
        let until = request.time_budget.and_then(|time| Instant::now().checked_add(time));
        Self { until, ..self }
    }

    fn transport(
        &mut self,
        on: &TrackerId,
        base: &Url,
        auth: Arc<dyn Authorize>,
        env: &Env,
    ) -> Result<Transport, TrackerError> {
        let wire = if let Some(wire) = &self.wire {
            wire.clone()
        } else {
            let extra_ca = env.plain("LOCKSTEP_CA_FILE").map(std::path::Path::new);
            HttpWire::new(extra_ca).map_err(|error| transport_error(on, error))?
        };
        self.wire = Some(wire.clone());
        let policy = self.policy.clone().unwrap_or_else(|| Policy::for_host(base));
        let policy = Policy {
            until: self.until,
            ..policy
        };
        Ok(Transport::new(Arc::new(wire), policy, auth))
    }
}

fn open_one(name: &TrackerId, config: &TrackerConfig, env: &Env, line: &mut Line) -> Result<OpenTracker, TrackerError> {
    let tracker: Box<dyn Tracker> = match config {
        TrackerConfig::GitHub { api, owner, repo, auth } => {
            let auth = github_auth(name, api, auth, env)?;
            let transport = line.transport(name, api, auth, env)?;
            Box::new(GitHub::new(
                name.clone(),
                owner.clone(),
                repo.clone(),
                api.clone(),
                transport,
            )?)
        }
        TrackerConfig::GitLab { url, project, token } => {
            let token = secret(name, token, env)?;
            let auth = PrivateToken::new(url, token).map_err(|error| transport_error(name, error))?;
            let transport = line.transport(name, url, Arc::new(auth), env)?;
            Box::new(GitLab::new(name.clone(), project.clone(), url.clone(), transport)?)
        }
        TrackerConfig::Folder { path, .. } => {
            let login = env.plain("LOCKSTEP_LOGIN").unwrap_or("lockstep").to_owned();
            Box::new(Folder::new(name.clone(), path.clone(), Box::new(now), login))
        }
    };
    Ok(OpenTracker::new(Hash::of("project", &config.identity()), tracker))
}

fn secret(on: &TrackerId, name: &SecretRef, env: &Env) -> Result<SecretString, TrackerError> {
    env.secret(&name.0).cloned().ok_or_else(|| unset(on, &name.0))
}

fn github_auth(on: &TrackerId, api: &Url, auth: &GitHubAuth, env: &Env) -> Result<Arc<dyn Authorize>, TrackerError> {
    let odd = |error: TransportError| transport_error(on, error);
    Ok(match auth {
        GitHubAuth::Token(token) => Arc::new(BearerToken::new(api, secret(on, token, env)?).map_err(odd)?),
        GitHubAuth::App {
            id,
            private_key,
            installation,
        } => {
            let id = secret(on, id, env)?;
            let installation = secret(on, installation, env)?;
            let key = secret(on, private_key, env)?;
            let app = GitHubApp::new(api, &id, &key, &installation);
            Arc::new(app.map_err(odd)?)
        }
    })
}
