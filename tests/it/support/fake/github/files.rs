//! Files: what people attach, given to those who may see it by way of storage elsewhere; and those kept on branches.

use std::sync::Arc;

use axum::http::HeaderMap;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use url::Url;

use super::FakeGitHub;
use super::git::{blob_id, unsupplied};
use super::routes::{Caller, error, json_body};
use super::state::{Attachment, GitHub};
use crate::support::fake::storage::Storage;
use crate::support::fake::{Answer, Call, Kept, media_type};

impl FakeGitHub {
    /// Has somebody attach a file in the browser, and tells the address the text then holds. The file itself is in storage
    /// of another origin.
    pub fn attach(&self, bytes: &[u8], name: &str) -> String {
        self.with(|github| github.attach(bytes, name))
    }

    /// The headers of every request to the storage so far.
    pub fn storage_asked(&self) -> Vec<HeaderMap> {
        self.with(|github| {
            github
                .storage
                .as_ref()
                .map(|storage| storage.asked())
                .unwrap_or_default()
        })
    }

    /// The files kept on a branch of ours, without what the branch says of itself.
    pub fn uploads(&self) -> Vec<Kept> {
        self.with(|github| {
            let branch = github.git.branches.get("lockstep-files");
            let files = branch.into_iter().flat_map(|branch| &branch.files);
            files
                .filter(|(path, _)| path.contains('/'))
                .map(|(path, bytes)| Kept {
                    name: name(path).to_owned(),
                    address: github.page_url("raw", "lockstep-files", path),
                    bytes: bytes.clone(),
                })
                .collect()
        })
    }

    /// The names of the branches there are.
    pub fn branches(&self) -> Vec<String> {
        self.with(|github| github.git.branches.keys().cloned().collect())
    }
}

impl GitHub {
    fn attach(&mut self, bytes: &[u8], name: &str) -> String {
        let id = self.fresh_id();
        let media_type = media_type(name);
        let shown = media_type.starts_with("image/");
        let path = if shown {
            format!("/user-attachments/assets/{id:08x}-0000-4000-8000-{id:012x}")
        } else {
            format!("/user-attachments/files/{id}/{name}")
        };
        let storage = self.storage.get_or_insert_with(|| Arc::new(Storage::start()));
        let stored = storage.put(&format!("/{id}/{id}-{name}"), media_type, bytes.to_vec());
        let address = format!("{}{path}", self.url);
        self.attachments.push(Attachment { path, stored });
        address
    }

    /// Somebody else's commit to a branch, between our look and our write.
    pub fn commit_file(&mut self, branch: &str, path: &str, bytes: &[u8]) {
        self.clock.tick();
        let owner = self.owner.clone();
        self.commit(&owner, "Add files via upload", branch, path, bytes);
    }

    /// Answers for the pages for people: to those who sign in with a token of this repository.
    pub(super) fn give_attachment(&self, call: &Call) -> Answer {
        let signed_in = self.authenticate(call).is_ok();
        match self.attachments.iter().find(|file| signed_in && file.path == call.path) {
            Some(file) => Answer::empty(302).header("location", file.stored.clone()),
            None => Answer::raw(
                404,
                "text/html",
                "<html><title>Page not found</title></html>".to_owned(),
            ),
        }
    }

    pub(super) fn route_contents(&mut self, call: &Call, caller: &Caller, path: &[&str]) -> Answer {
        if self.vices.no_contents {
            return no_contents();
        }
        let path = path.join("/");
        match call.method.as_str() {
            "GET" => self.list_contents(call, &path),
            "PUT" => self.put_contents(call, caller, &path),
            _ => Answer::unserved(),
        }
    }

    /// A folder as a list, a file as an object.
    fn list_contents(&self, call: &Call, path: &str) -> Answer {
        let name = call.query("ref").unwrap_or("main");
        let Some(branch) = self.git.branches.get(name) else {
            return error(404, &format!("No commit found for the ref {name}"));
        };
        if let Some(bytes) = branch.files.get(path) {
            let mut file = self.entry_json(name, path, bytes);
            file["content"] = json!(STANDARD.encode(bytes));
            file["encoding"] = json!("base64");
            return Answer::new(200, file);
        }
        let below = format!("{path}/");
        let files = branch.files.iter().filter(|(file, _)| file.starts_with(&below));
        let list: Vec<Value> = files.map(|(file, bytes)| self.entry_json(name, file, bytes)).collect();
        if list.is_empty() {
            return error(404, "Not Found");
        }
        Answer::new(200, list.into())
    }

    fn put_contents(&mut self, call: &Call, caller: &Caller, path: &str) -> Answer {
        let body = json_body(call);
        let Some(message) = body["message"].as_str() else {
            return unsupplied("message");
        };
        let Some(content) = body["content"].as_str() else {
            return unsupplied("content");
        };
        let Ok(bytes) = STANDARD.decode(content) else {
            return error(422, "content is not valid Base64");
        };
        let name = body["branch"].as_str().unwrap_or("main");
        let Some(branch) = self.git.branches.get(name) else {
            return error(404, &format!("Branch {name} not found"));
        };
        let there = branch.files.get(path).map(|bytes| blob_id(bytes));
        match (&there, body["sha"].as_str()) {
            (Some(_), None) => return unsupplied("sha"),
            (Some(there), Some(sha)) if there != sha => {
                return error(409, &format!("{path} does not match {sha}"));
            }
            (Some(_) | None, _) => {}
        }
        self.clock.tick();
        let commit = self.commit(&caller.login, message, name, path, &bytes);
        let status = if there.is_some() { 200 } else { 201 };
        let content = self.entry_json(name, path, &bytes);
        Answer::new(status, json!({ "content": content, "commit": commit }))
    }

    fn entry_json(&self, branch: &str, path: &str, bytes: &[u8]) -> Value {
        let sha = blob_id(bytes);
        let mut at = below(&format!("{}/contents", self.api()), path.split('/'));
        at.query_pairs_mut().append_pair("ref", branch);
        let (git, html) = (self.git_url("blobs", &sha), self.page_url("blob", branch, path));
        json!({
            "type": "file", "name": name(path), "path": path, "size": bytes.len(), "sha": sha,
            "url": at, "git_url": git, "html_url": html, "download_url": self.page_url("raw", branch, path),
            "_links": { "self": at, "git": git, "html": html },
        })
    }

    /// Where people see a file of a branch.
    fn page_url(&self, view: &str, branch: &str, path: &str) -> String {
        let place = format!("{}/{}", self.url, self.full_name());
        below(&place, [view, branch].into_iter().chain(path.split('/'))).into()
    }
}

/// The refusal of who has no right to the repository's files.
pub(super) fn no_contents() -> Answer {
    error(403, "Resource not accessible by integration").header("x-accepted-github-permissions", "contents=write")
}

/// The last part of a path.
fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

fn below<'a>(place: &str, segments: impl IntoIterator<Item = &'a str>) -> Url {
    let mut address = Url::parse(place).unwrap();
    address.path_segments_mut().unwrap().extend(segments);
    address
}
