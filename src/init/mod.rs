//! `lockstep init`: what git says of a folder becomes a mapping file and a workflow that a person then reads and changes.
//!
//! Imports `config`, for what a project may be called and where mapping files lie. Nothing is asked for over the network,
//! nothing is written outside the folder, and nothing that is there is ever replaced.

mod draft;
mod files;
mod remotes;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use draft::{Draft, JOB_FILE, NewFile, Runner, draft};
pub use files::{expect_free, write};
pub use remotes::{Hosts, Remote, Service, Tree, look};

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The folder is not there.
    #[error("{} is no folder", .0.display())]
    NoFolder(PathBuf),
    /// A workflow down there would never be found.
    #[error("{} is a folder within the repository {}: run `lockstep init` there", .0.display(), .1.display())]
    Below(PathBuf, PathBuf),
    /// Somebody's work would be replaced.
    #[error("{} is there already, and nothing was written: move it away, or go on from what it says", .0.display())]
    Exists(PathBuf),
    /// A symbolic link, or a file where a folder belongs.
    #[error("{} is not a plain folder, and nothing was written: it may lead outside the repository", .0.display())]
    NotPlain(PathBuf),
    /// A file or folder could not be written.
    #[error("{}: cannot write it ({source})", .path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
}

impl InitError {
    /// Whether what was asked for cannot be done, rather than failed.
    pub fn is_refusal(&self) -> bool {
        !matches!(self, Self::Write { .. })
    }
}

/// Whether the folder is there, and is no part of a repository that begins above it.
pub fn expect_root(dir: &Path, tree: &Tree) -> Result<(), InitError> {
    if !dir.is_dir() {
        return Err(InitError::NoFolder(dir.to_owned()));
    }
    match tree {
        Tree::Below(root) => Err(InitError::Below(dir.to_owned(), root.clone())),
        Tree::Root(_) | Tree::None(_) => Ok(()),
    }
}
