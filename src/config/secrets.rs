//! Which variables hold secrets.
//!
//! Imports the valid types only.

use super::{Config, GitHubAuth, SecretRef, TrackerConfig};

impl Config {
    /// Every variable whose value nobody may see: tokens and keys. What only names an app is none.
    pub fn secrets(&self) -> impl Iterator<Item = &SecretRef> {
        let of_trackers = self.trackers.values().filter_map(|tracker| match tracker {
            TrackerConfig::GitHub { auth, .. } => Some(match auth {
                GitHubAuth::Token(token) => token,
                GitHubAuth::App { private_key, .. } => private_key,
            }),
            TrackerConfig::GitLab { token, .. } => Some(token),
            TrackerConfig::Folder { .. } => None,
        });
        of_trackers.chain(&self.signing_key).chain(&self.old_signing_keys)
    }
}
