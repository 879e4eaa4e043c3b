//! Files: what people attach, given to those who may see it by way of storage elsewhere; and branches with files on them.
//!
//! Refuses members that the documentation of the contents and git APIs does not name, for our copy of the description does
//! not speak of them.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::FakeGitHub;
use super::routes::{Caller, error, json_body};
use super::state::{Attachment, GitHub};
use crate::support::fake::storage::Storage;
use crate::support::fake::{Answer, Call, Kept, media_type};

/// Files by path.
pub(super) type Tree = BTreeMap<String, Vec<u8>>;

/// What the repository holds beside issues.
#[derive(Debug, Default)]
pub struct Git {
    /// Files by branch.
    pub(super) branches: BTreeMap<String, Tree>,
    /// Made through the API, and perhaps never used.
    trees: BTreeMap<String, Tree>,
    /// The tree of each commit without parents made through the API.
    commits: BTreeMap<String, Tree>,
}

impl FakeGitHub {
    /// Has somebody attach a file in the browser, and tells the address the text then holds. The file itself is in storage
    /// of another origin.
    pub fn attach(&self, bytes: &[u8], name: &str) -> String {
        self.with(|github| github.attach(bytes, name))
    }

    /// The headers of every request to the storage so far.
    pub fn storage_asked(&self) -> Vec<HeaderMap> {
        self.with(|github| github.storage.as_ref().map(Storage::asked).unwrap_or_default())
    }

    /// The files kept on a branch of ours, without what the branch says of itself.
    pub fn uploads(&self) -> Vec<Kept> {
        self.with(|github| {
            let files = github.git.branches.get("lockstep-files").into_iter().flatten();
            let files = files.filter(|(path, _)| path.contains('/'));
            let place = format!("{}/{}/{}/raw/lockstep-files", github.url, github.owner, github.name);
            files
                .map(|(path, bytes)| Kept {
                    name: path.rsplit('/').next().unwrap_or_default().to_owned(),
                    address: format!("{place}/{path}"),
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
        let storage = self.storage.get_or_insert_with(Storage::start);
        let stored = storage.put(&format!("/{id}/{id}-{name}"), media_type, bytes.to_vec());
        let address = format!("{}{path}", self.url);
        self.attachments.push(Attachment { path, stored });
        address
    }

    /// Somebody else's commit to a branch, between our look and our write.
    pub fn commit_file(&mut self, branch: &str, path: &str, bytes: &[u8]) {
        let tree = self.git.branches.entry(branch.to_owned()).or_default();
        tree.insert(path.to_owned(), bytes.to_vec());
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

    pub(super) fn route_contents(&mut self, call: &Call, path: &[&str]) -> Answer {
        if self.vices.no_contents {
            return error(403, "Resource not accessible by integration")
                .header("x-accepted-github-permissions", "contents=write");
        }
        let path = path.join("/");
        match call.method.as_str() {
            "GET" => self.list_contents(call, &path),
            "PUT" => self.put_contents(call, &path),
            _ => Answer::unserved(),
        }
    }

    /// A folder as a list, a file as an object.
    fn list_contents(&self, call: &Call, path: &str) -> Answer {
        let branch = call.query("ref").unwrap_or("main");
        let Some(tree) = self.git.branches.get(branch) else {
            return error(404, &format!("No commit found for the ref {branch}"));
        };
        if let Some(bytes) = tree.get(path) {
            let mut file = entry(path, bytes);
            file["content"] = json!(STANDARD.encode(bytes));
            file["encoding"] = json!("base64");
            return Answer::new(200, file);
        }
        let below = format!("{path}/");
        let files = tree.iter().filter(|(file, _)| file.starts_with(&below));
        let list: Vec<Value> = files.map(|(file, bytes)| entry(file, bytes)).collect();
        if list.is_empty() {
            return error(404, "Not Found");
        }
        Answer::new(200, list.into())
    }

    fn put_contents(&mut self, call: &Call, path: &str) -> Answer {
        let body = match checked(
            call,
            &["message", "content", "sha", "branch", "committer", "author"],
            &["message", "content"],
        ) {
            Ok(body) => body,
            Err(refusal) => return refusal,
        };
        let branch = body["branch"].as_str().unwrap_or("main");
        let Ok(bytes) = STANDARD.decode(body["content"].as_str().unwrap_or_default()) else {
            return error(422, "content is not valid Base64");
        };
        self.clock.tick();
        let Some(tree) = self.git.branches.get_mut(branch) else {
            return error(404, &format!("Branch {branch} not found"));
        };
        if tree.contains_key(path) && body["sha"].is_null() {
            return error(422, "Invalid request.\n\n\"sha\" wasn't supplied.");
        }
        tree.insert(path.to_owned(), bytes.clone());
        let commit = json!({ "sha": hash(self.requests), "message": body["message"] });
        Answer::new(201, json!({ "content": entry(path, &bytes), "commit": commit }))
    }

    pub(super) fn route_git(&mut self, call: &Call, caller: &Caller, rest: &[&str]) -> Answer {
        if self.vices.no_contents || (caller.app && self.vices.no_push) {
            return error(403, "Resource not accessible by integration")
                .header("x-accepted-github-permissions", "contents=write");
        }
        match (call.method.as_str(), rest) {
            ("GET", ["ref", "heads", branch @ ..]) => {
                let branch = branch.join("/");
                if self.git.branches.contains_key(&branch) {
                    return Answer::new(200, Self::reference(&branch));
                }
                error(404, "Not Found")
            }
            ("POST", ["trees"]) => self.make_tree(call),
            ("POST", ["commits"]) => self.make_commit(call),
            ("POST", ["refs"]) => self.make_branch(call),
            _ => Answer::unserved(),
        }
    }

    fn reference(branch: &str) -> Value {
        let sha = hash(branch.len() as u64);
        json!({ "ref": format!("refs/heads/{branch}"), "object": { "type": "commit", "sha": sha } })
    }

    fn make_tree(&mut self, call: &Call) -> Answer {
        let body = match checked(call, &["tree", "base_tree"], &["tree"]) {
            Ok(body) => body,
            Err(refusal) => return refusal,
        };
        let mut tree = Tree::new();
        for item in body["tree"].as_array().into_iter().flatten() {
            let known = ["path", "mode", "type", "sha", "content"];
            let strange = item
                .as_object()
                .into_iter()
                .flatten()
                .any(|(name, _)| !known.contains(&name.as_str()));
            let (Some(path), Some(content)) = (item["path"].as_str(), item["content"].as_str()) else {
                return error(422, "Must supply tree.sha or tree.content");
            };
            if strange || item["mode"] != "100644" || item["type"] != "blob" {
                return error(422, "Invalid tree info");
            }
            tree.insert(path.to_owned(), content.as_bytes().to_vec());
        }
        let sha = hash(self.requests);
        self.git.trees.insert(sha.clone(), tree);
        Answer::new(201, json!({ "sha": sha, "tree": [], "truncated": false }))
    }

    fn make_commit(&mut self, call: &Call) -> Answer {
        let known = ["message", "tree", "parents", "author", "committer", "signature"];
        let body = match checked(call, &known, &["message", "tree"]) {
            Ok(body) => body,
            Err(refusal) => return refusal,
        };
        let Some(tree) = self.git.trees.get(body["tree"].as_str().unwrap_or_default()) else {
            return error(422, "Tree SHA does not exist");
        };
        if body["parents"].as_array().is_some_and(|parents| !parents.is_empty()) {
            return Answer::unserved();
        }
        let sha = hash(self.requests);
        self.git.commits.insert(sha.clone(), tree.clone());
        Answer::new(201, json!({ "sha": sha, "parents": [] }))
    }

    fn make_branch(&mut self, call: &Call) -> Answer {
        let body = match checked(call, &["ref", "sha"], &["ref", "sha"]) {
            Ok(body) => body,
            Err(refusal) => return refusal,
        };
        let Some(branch) = body["ref"].as_str().and_then(|name| name.strip_prefix("refs/heads/")) else {
            return error(422, "Reference name must start with 'refs/heads/'");
        };
        let Some(tree) = self.git.commits.get(body["sha"].as_str().unwrap_or_default()) else {
            return error(422, "Object does not exist");
        };
        if self.git.branches.contains_key(branch) {
            return error(422, "Reference already exists");
        }
        self.git.branches.insert(branch.to_owned(), tree.clone());
        Answer::new(201, Self::reference(branch))
    }
}

fn entry(path: &str, bytes: &[u8]) -> Value {
    let name = path.rsplit('/').next().unwrap_or_default();
    json!({ "type": "file", "name": name, "path": path, "size": bytes.len(), "sha": hash(bytes.len() as u64) })
}

fn hash(number: u64) -> String {
    format!("{number:040x}")
}

/// The members of a body, all of them known, none of the needed missing.
fn checked(call: &Call, known: &[&str], needed: &[&str]) -> Result<Value, Answer> {
    let body = json_body(call);
    let names: Vec<&String> = body.as_object().into_iter().flatten().map(|(name, _)| name).collect();
    if let Some(strange) = names.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(error(
            422,
            &format!("Invalid request. \"{strange}\" is not a permitted key."),
        ));
    }
    if let Some(missing) = needed.iter().find(|name| body[**name].is_null()) {
        return Err(error(422, &format!("Invalid request. \"{missing}\" wasn't supplied.")));
    }
    Ok(body)
}
