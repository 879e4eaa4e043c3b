//! What mapping files mean, and what people are told about those that mean nothing.

mod agreement;
mod attachments;
mod defaults;
mod mistakes;
mod planning;
mod secrets;
mod strangers;
mod yaml;

use std::path::Path;

use super::{Config, load};
use crate::diag::Code;

/// The file of the reference, without what this version does not carry.
const EXAMPLE: &str = r#"version: 1
trackers:
  github:                                # any name; used below
    kind: github
    project: acme/api                    # owner/repo
    url: https://api.github.com          # default; GHES: https://ghe.example/api/v3
    token: ${GITHUB_TOKEN}
  gitlab:
    kind: gitlab
    url: https://gitlab.com              # default
    project: platform/api                # path or numeric id
    token: ${GITLAB_TOKEN}
  board:
    kind: folder
    path: issues/
signing_key: ${LOCKSTEP_SIGNING_KEY}
people:
  - { github: octocat, gitlab: o.cat }
syncs:
  - name: api
    between: [github, gitlab]            # left, right
    mode: two-way
    create:
      github: { labels: [sync], state: open }
      gitlab: off
    match: none
    conflicts: newest
    on_delete: report
    confidential: skip
    guard: { max_changes: 500, max_closes: 50, max_share: 50% }
    backlink: true
    mentions: silent
    fields:
      title: both
      body: both
      status: { direction: both, map: [ { github: closed as not_planned, gitlab: closed + wontfix } ] }
      labels: { direction: both, unmapped: same, create: true, map: [ { github: bug, gitlab: "type::bug" } ],
                skip: ["internal/*"], prefix: { gitlab: "" } }
      assignees: { direction: both, unmapped: skip }
      comments: { direction: both, edits: true, deletions: keep }
"#;

/// Two trackers, and a sync called `a` between them that begins with what is given.
fn with_sync(rest: &str) -> String {
    format!(
        "version: 1\ntrackers:\n  gh: {{ kind: github, project: a/b, token: \"${{T}}\" }}\n  \
         gl: {{ kind: gitlab, project: a/b, token: \"${{U}}\" }}\nsyncs:\n  - name: a\n    between: [gh, gl]\n{rest}"
    )
}

fn read(text: &str) -> Result<Config, Vec<crate::diag::Diagnostic>> {
    load(text, Path::new("lockstep.yml"))
}

fn valid(text: &str) -> Config {
    read(text).unwrap_or_else(|found| {
        let found: Vec<_> = found.iter().map(ToString::to_string).collect();
        panic!("{}\nin\n{text}", found.join("\n"))
    })
}

/// The codes with their places, in order.
fn codes(text: &str) -> Vec<(Code, usize, usize)> {
    let found = read(text).err().unwrap_or_default();
    let places = found
        .iter()
        .map(|d| d.place.as_ref().map_or((d.code, 0, 0), |p| (d.code, p.line, p.column)));
    places.collect()
}

/// The one code of a file with one problem.
fn only(text: &str) -> Code {
    let found = codes(text);
    assert_eq!(found.len(), 1, "{found:?} in\n{text}");
    found[0].0
}
