//! Keeping files on a branch of the repository, for GitHub has no documented way to attach them.
//!
//! The branch has no history in common with any other, and nothing of ours but the files: `<digest>/<name>`, so that a file
//! of the same content has the same address whoever keeps it. Facts: GitHub REST documentation, "Repository contents",
//! "Git trees", "Git commits", "Git references". Imports the tracker traits, the transport and this folder.

use http::{Method, Request, StatusCode, header};
use serde::Deserialize;
use serde_json::json;

use super::GitHub;
use super::call::{Answer, Call};
use super::files::web;
use crate::tracker::file::refused as no_file;
use crate::tracker::http::{said, transport_error};
use crate::tracker::{LocalFile, Shelf, TrackerError};
use crate::transport::{Coding, FramedFile, Sent};

/// The branch.
const BRANCH: &str = "lockstep-files";
const KEEP: &str = "keep files on a branch";
/// What the branch says of itself.
const README: &str = "# Files shown in issues\n\nLockstep keeps files here that issues and comments of this repository show, \
                      and that came from another tracker.\nDeleting one breaks the texts that show it. The branch is never merged.\n";
/// Writes of one file, when others write to the branch at the same time.
const TRIES: u32 = 4;

/// Anything git calls by a hash.
#[derive(Debug, Deserialize)]
struct Object {
    sha: String,
}

/// A file or folder, as listed.
#[derive(Debug, Deserialize)]
struct Entry {
    name: String,
    size: Option<u64>,
}

impl GitHub {
    pub(super) async fn keep_file(&self, file: &LocalFile, to: Shelf) -> Result<String, TrackerError> {
        if to != Shelf::Branch {
            return Err(no_file(&self.id, "GitHub has no documented way to attach files"));
        }
        let file = file.sound(&self.id)?;
        if !self.is_kept(file).await? {
            self.branch.get_or_try_init(|| self.make_branch()).await?;
            self.put(file).await?;
        }
        let (owner, repo) = self.place();
        let mut address = web(&self.api);
        if let Ok(mut parts) = address.path_segments_mut() {
            let path = [&owner, &repo, "raw", BRANCH, &file.digest, &file.name];
            parts.pop_if_empty().extend(path);
        }
        Ok(address.into())
    }

    /// Whether the file is there. Its folder is listed, for asking for the file itself would bring it along.
    async fn is_kept(&self, file: &LocalFile) -> Result<bool, TrackerError> {
        let call = Call::get(KEEP, ["contents", &file.digest])
            .query([("ref", BRANCH.to_owned())])
            .also(&[404]);
        let answer = self.send(&call).await?;
        // Neither an empty repository nor one without the branch has the folder.
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(false);
        }
        let entries: Vec<Entry> = self.decode(&answer, "a list of files")?;
        let same = |entry: &Entry| entry.name == file.name && entry.size.is_none_or(|size| size == file.size);
        Ok(entries.iter().any(same))
    }

    async fn has_branch(&self) -> Result<bool, TrackerError> {
        let call = Call::get(KEEP, ["git", "ref", "heads", BRANCH]).also(&[404]);
        Ok(self.send(&call).await?.status.is_success())
    }

    /// A branch whose first commit has no parents. Whoever else makes it first has made it for us.
    async fn make_branch(&self) -> Result<(), TrackerError> {
        if self.has_branch().await? {
            return Ok(());
        }
        let readme = json!({ "path": "README.md", "mode": "100644", "type": "blob", "content": README });
        let tree = self.make("trees", json!({ "tree": [readme] })).await?;
        let commit = json!({ "message": "Begin a branch for files that issues show", "tree": tree, "parents": [] });
        let commit = self.make("commits", commit).await?;
        let call = Call::get(KEEP, ["git", "refs"])
            .method(Method::POST)
            .json(json!({ "ref": format!("refs/heads/{BRANCH}"), "sha": commit }))
            .also(&[404, 409, 422]);
        let answer = self.send(&call).await?;
        match answer.status {
            StatusCode::NOT_FOUND => Err(self.no_right(&answer)),
            status if status.is_success() || self.has_branch().await? => Ok(()),
            _ => Err(self.refusal(KEEP, &answer)),
        }
    }

    /// Makes an object, which is found under its hash and harms nobody when it is made in vain.
    async fn make(&self, kind: &str, object: serde_json::Value) -> Result<String, TrackerError> {
        let call = Call::get(KEEP, ["git", kind])
            .method(Method::POST)
            .json(object)
            .also(&[404]);
        let answer = self.send(&call).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Err(self.no_right(&answer));
        }
        let made: Object = self.decode_created(&answer, "a git object")?;
        Ok(made.sha)
    }

    async fn put(&self, file: &LocalFile) -> Result<(), TrackerError> {
        let mut answer = self.put_once(file).await?;
        for _ in 1..TRIES {
            match answer.status {
                status if status.is_success() => return Ok(()),
                // Somebody else wrote to the branch, perhaps this very file.
                StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY if self.is_kept(file).await? => return Ok(()),
                StatusCode::CONFLICT => answer = self.put_once(file).await?,
                _ => break,
            }
        }
        match answer.status {
            status if status.is_success() => Ok(()),
            StatusCode::NOT_FOUND => Err(self.no_right(&answer)),
            _ => Err(self.refusal(KEEP, &answer)),
        }
    }

    /// The file goes as it is read, in the middle of the JSON, which is therefore written around it.
    async fn put_once(&self, file: &LocalFile) -> Result<Answer, TrackerError> {
        let (owner, repo) = self.place();
        let url = self.below_api(["repos", &owner, &repo, "contents", &file.digest, &file.name])?;
        let members = json!({ "message": format!("Keep {}", file.name), "branch": BRANCH }).to_string();
        let before = format!("{},\"content\":\"", members.trim_end_matches('}'));
        let body = FramedFile::new(before, (&file.path, file.size), Coding::Base64, "\"}");
        let request = Request::put(url.as_str())
            .header(header::ACCEPT, "application/vnd.github+json")
            .header(header::CONTENT_TYPE, "application/json")
            .body(body)
            .map_err(|e| no_file(&self.id, &crate::transport::one_line(&e.to_string())))?;
        let answer = self.transport.upload(request).await;
        let (head, body) = answer.map_err(|e| transport_error(&self.id, e))?.into_parts();
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            sent: Sent::of(&head.extensions),
            body,
        })
    }

    /// GitHub hides from a token what it may not write to.
    fn no_right(&self, answer: &Answer) -> TrackerError {
        let said = said(&answer.body, &answer.sent);
        let said = said.as_deref().unwrap_or("404 Not Found");
        TrackerError::Forbidden {
            on: self.id.clone(),
            action: KEEP.to_owned(),
            detail: crate::transport::one_line(&format!("{said}; needed: contents=write")),
        }
    }
}
