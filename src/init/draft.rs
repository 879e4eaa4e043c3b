//! The files a folder gets, as text: the mapping file, and what makes a CI service run the sync.
//!
//! The workflow and the job are those of `examples/`, so that what is written here is what is checked there.

use minijinja::{Environment, Value, context};

use super::remotes::{Remote, Service};

const MAPPING: &str = include_str!("mapping.yml");
const WORKFLOW: &str = include_str!("../../examples/github-quick-start/.github/workflows/issue-sync.yml");
const JOB: &str = include_str!("../../examples/gitlab-include/.gitlab-ci.yml");

/// The mapping file.
pub(super) const MAPPING_FILE: &str = "lockstep.yml";
/// The workflow.
pub(super) const WORKFLOW_FILE: &str = ".github/workflows/issue-sync.yml";
/// GitLab's file, which may be there already: then nothing in it is touched.
pub const JOB_FILE: &str = ".gitlab-ci.yml";

/// A file to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// From the folder, with `/` between the parts.
    pub path: &'static str,
    /// What it holds.
    pub text: String,
}

/// Where the sync will run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runner {
    /// In GitHub Actions.
    GitHub,
    /// In GitLab CI.
    GitLab,
    /// Somewhere that is none of ours to write for.
    None,
}

/// Everything that is to be said and written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The files to be made.
    pub files: Vec<NewFile>,
    /// The remotes that the mapping file names: the GitHub repository, the GitLab project.
    pub github: Option<Remote>,
    /// See `github`.
    pub gitlab: Option<Remote>,
    /// Where the sync will run.
    pub runner: Runner,
    /// What a person has to add to the file of GitLab CI that is there already.
    pub to_add: Option<&'static str>,
}

/// What is to be written for these remotes. Without a wish for a CI service it is the one that `origin` is on, else the
/// first that was found; `has_job` tells whether GitLab CI's file is there already.
pub fn draft(remotes: &[Remote], wish: Option<Runner>, has_job: bool) -> Draft {
    let first = |service| remotes.iter().find(|remote| remote.service == Some(service)).cloned();
    let (github, gitlab) = (first(Service::GitHub), first(Service::GitLab));
    let found = remotes.iter().find_map(|remote| remote.service);
    let runner = wish.unwrap_or(match found {
        Some(Service::GitHub) => Runner::GitHub,
        Some(Service::GitLab) => Runner::GitLab,
        None => Runner::None,
    });
    let mut files = vec![NewFile {
        path: MAPPING_FILE,
        text: mapping(github.as_ref(), gitlab.as_ref()),
    }];
    let mut to_add = None;
    match runner {
        Runner::GitHub => files.push(NewFile {
            path: WORKFLOW_FILE,
            text: WORKFLOW.to_owned(),
        }),
        Runner::GitLab if has_job => to_add = Some(JOB),
        Runner::GitLab => files.push(NewFile {
            path: JOB_FILE,
            text: JOB.to_owned(),
        }),
        Runner::None => {}
    }
    Draft {
        files,
        github,
        gitlab,
        runner,
        to_add,
    }
}

fn mapping(github: Option<&Remote>, gitlab: Option<&Remote>) -> String {
    let github = github.map_or_else(
        || {
            unknown(
                "OWNER/REPO",
                "  # CHANGE THIS: no remote of this folder leads to GitHub",
            )
        },
        |remote| known(remote, api(&remote.host)),
    );
    let gitlab = gitlab.map_or_else(
        || {
            unknown(
                "GROUP/PROJECT",
                "  # CHANGE THIS: no remote of this folder leads to GitLab",
            )
        },
        |remote| {
            known(
                remote,
                (remote.host != "gitlab.com").then(|| format!("https://{}", remote.host)),
            )
        },
    );
    let engine = Environment::new();
    let text = engine.render_str(MAPPING, context! { github, gitlab });
    // The template is ours and takes any text; a test renders it.
    text.map_or_else(|error| format!("# {error}\n"), |text| text.trim_end().to_owned() + "\n")
}

fn unknown(project: &str, note: &str) -> Value {
    context! { project, note }
}

fn known(remote: &Remote, url: Option<String>) -> Value {
    context! { project => remote.project.clone(), url }
}

/// Where a GitHub has its API, if not where everybody's is: below the pages' address on an Enterprise Server, on a host of
/// its own in the Enterprise Cloud with data residency (GitHub documentation, "Getting started with the REST API").
fn api(host: &str) -> Option<String> {
    match host {
        "github.com" => None,
        _ if host.ends_with(".ghe.com") => Some(format!("https://api.{host}")),
        _ => Some(format!("https://{host}/api/v3")),
    }
}
