//! Git: branches, and what can be made for them through the API: trees, commits without parents, references.

use std::collections::BTreeMap;
use std::fmt::Write;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use serde_json::{Value, json};

use super::files::no_contents;
use super::render::{node_id, time};
use super::routes::{Caller, error, json_body};
use super::state::GitHub;
use crate::support::fake::{Answer, Call};

/// Files by path.
pub(super) type Tree = BTreeMap<String, Vec<u8>>;

/// A branch, as far as anybody asks.
#[derive(Clone, Debug, Default)]
pub(super) struct Branch {
    /// The last commit.
    head: String,
    pub(super) files: Tree,
}

/// What the repository holds beside issues.
#[derive(Clone, Debug, Default)]
pub struct Git {
    pub(super) branches: BTreeMap<String, Branch>,
    /// Made through the API, and perhaps never used.
    trees: BTreeMap<String, Tree>,
    /// The tree of each commit without parents made through the API.
    commits: BTreeMap<String, Tree>,
}

impl GitHub {
    pub(super) fn route_git(&mut self, call: &Call, caller: &Caller, rest: &[&str]) -> Answer {
        if self.vices.no_contents || (caller.app && self.vices.no_push) {
            return no_contents();
        }
        match (call.method.as_str(), rest) {
            ("GET", ["ref", "heads", name @ ..]) => {
                let name = name.join("/");
                match self.git.branches.get(&name) {
                    Some(branch) => Answer::new(200, self.reference_json(&name, &branch.head)),
                    None => error(404, "Not Found"),
                }
            }
            ("POST", ["trees"]) => self.make_tree(call),
            ("POST", ["commits"]) => self.make_commit(call, caller),
            ("POST", ["refs"]) => self.make_branch(call),
            _ => Answer::unserved(),
        }
    }

    fn make_tree(&mut self, call: &Call) -> Answer {
        let body = json_body(call);
        if !body["base_tree"].is_null() {
            return Answer::unserved();
        }
        let mut tree = Tree::new();
        for item in body["tree"].as_array().into_iter().flatten() {
            // The description is looked at no deeper than the body's own members.
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
        let sha = tree_id(&tree);
        let blob = |(path, bytes): (&String, &Vec<u8>)| {
            let sha = blob_id(bytes);
            let url = self.git_url("blobs", &sha);
            json!({ "path": path, "mode": "100644", "type": "blob", "size": bytes.len(), "sha": sha, "url": url })
        };
        let entries: Vec<Value> = tree.iter().map(blob).collect();
        let url = self.git_url("trees", &sha);
        let answer = json!({ "sha": sha, "url": url, "tree": entries, "truncated": false });
        self.git.trees.insert(sha, tree);
        Answer::new(201, answer)
    }

    fn make_commit(&mut self, call: &Call, caller: &Caller) -> Answer {
        let body = json_body(call);
        if body["parents"].as_array().is_some_and(|parents| !parents.is_empty()) {
            return Answer::unserved();
        }
        let Some(message) = body["message"].as_str() else {
            return unsupplied("message");
        };
        let sha = body["tree"].as_str().unwrap_or_default();
        let Some(tree) = self.git.trees.get(sha).cloned() else {
            return error(422, "Tree SHA does not exist");
        };
        let (id, commit) = self.commit_json(&caller.login, message, sha, None);
        self.git.commits.insert(id, tree);
        Answer::new(201, commit)
    }

    fn make_branch(&mut self, call: &Call) -> Answer {
        let body = json_body(call);
        let Some(name) = body["ref"].as_str().and_then(|name| name.strip_prefix("refs/heads/")) else {
            return error(422, "Reference name must start with 'refs/heads/'");
        };
        let head = body["sha"].as_str().unwrap_or_default().to_owned();
        let Some(files) = self.git.commits.get(&head).cloned() else {
            return error(422, "Object does not exist");
        };
        if self.git.branches.contains_key(name) {
            return error(422, "Reference already exists");
        }
        let answer = self.reference_json(name, &head);
        self.git.branches.insert(name.to_owned(), Branch { head, files });
        Answer::new(201, answer)
    }

    /// Puts a file on a branch, which is begun if need be, and tells the commit.
    pub(super) fn commit(&mut self, login: &str, message: &str, branch: &str, path: &str, bytes: &[u8]) -> Value {
        let parent = self.git.branches.get(branch).map(|branch| branch.head.clone());
        let files = &mut self.git.branches.entry(branch.to_owned()).or_default().files;
        files.insert(path.to_owned(), bytes.to_vec());
        let tree = tree_id(files);
        let (id, commit) = self.commit_json(login, message, &tree, parent.as_deref());
        self.git.branches.entry(branch.to_owned()).or_default().head = id;
        commit
    }

    /// A commit made now, and its id.
    fn commit_json(&self, login: &str, message: &str, tree: &str, parent: Option<&str>) -> (String, Value) {
        let now = self.clock.now();
        let email = format!("{login}@users.noreply.github.com");
        let mut text = format!("tree {tree}\n");
        if let Some(parent) = parent {
            writeln!(text, "parent {parent}").unwrap();
        }
        for role in ["author", "committer"] {
            writeln!(text, "{role} {login} <{email}> {} +0000", now.as_second()).unwrap();
        }
        write!(text, "\n{message}").unwrap();
        let sha = object_id("commit", text.as_bytes());
        let page = |sha: &str| format!("{}/{}/commit/{sha}", self.url, self.full_name());
        let person = json!({ "name": login, "email": email, "date": time(now) });
        let parents: Vec<Value> = parent
            .into_iter()
            .map(|sha| json!({ "sha": sha, "url": self.git_url("commits", sha), "html_url": page(sha) }))
            .collect();
        let commit = json!({
            "sha": sha, "node_id": node_id("C", &sha), "url": self.git_url("commits", &sha), "html_url": page(&sha),
            "author": person, "committer": person, "message": message,
            "tree": { "sha": tree, "url": self.git_url("trees", tree) }, "parents": parents,
            "verification": {
                "verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null,
            },
        });
        (sha, commit)
    }

    fn reference_json(&self, branch: &str, head: &str) -> Value {
        json!({
            "ref": format!("refs/heads/{branch}"), "node_id": node_id("REF", branch),
            "url": self.git_url("refs/heads", branch),
            "object": { "type": "commit", "sha": head, "url": self.git_url("commits", head) },
        })
    }

    /// The address of an object in the API.
    pub(super) fn git_url(&self, kind: &str, name: &str) -> String {
        format!("{}/git/{kind}/{name}", self.api())
    }
}

/// The refusal of a body without something.
pub(super) fn unsupplied(member: &str) -> Answer {
    error(422, &format!("Invalid request.\n\n\"{member}\" wasn't supplied."))
}

/// What git calls this file.
pub(super) fn blob_id(bytes: &[u8]) -> String {
    object_id("blob", bytes)
}

/// Differs from git's own in that folders are not trees of their own.
fn tree_id(tree: &Tree) -> String {
    let entries: Vec<String> = tree
        .iter()
        .map(|(path, bytes)| format!("100644 {path}\0{}", blob_id(bytes)))
        .collect();
    object_id("tree", entries.concat().as_bytes())
}

/// What git calls an object: the hash of its kind, size and content.
fn object_id(kind: &str, content: &[u8]) -> String {
    let mut whole = format!("{kind} {}\0", content.len()).into_bytes();
    whole.extend_from_slice(content);
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, &whole);
    hash.as_ref().iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}
