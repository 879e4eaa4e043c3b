//! What git says: the remotes of a folder, and which of them are GitHub repositories and GitLab projects.
//!
//! Of an address only the host and the path are kept: people put passwords and tokens into it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gix_url::Scheme;

use crate::config::{is_github_repository, is_gitlab_project};

/// A service that issues can be kept on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// github.com, its Enterprise Cloud or an Enterprise Server.
    GitHub,
    /// GitLab.com or any instance.
    GitLab,
}

impl Service {
    /// What people call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub",
            Self::GitLab => "GitLab",
        }
    }
}

/// A remote whose address names a project on a host. It never holds a user's name or password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// As git calls it: `origin`.
    pub name: String,
    /// The host, in lower case, with the port of an `https` address.
    pub host: String,
    /// `acme/api`, `platform/team/api`; empty where the service is not known, for then nobody knows what a path may hold.
    pub project: String,
    /// What the host is, where that is known, and the project is one of that service.
    pub service: Option<Service>,
}

/// What git says of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// It is the root of a repository with these remotes, `origin` first.
    Root(Vec<Remote>),
    /// It lies within the repository with this root.
    Below(PathBuf),
    /// It is none, or git cannot say: in words.
    None(String),
}

/// The hosts known to be of a service, besides those everybody knows.
#[derive(Clone, Debug, Default)]
pub struct Hosts {
    known: Vec<(String, Service)>,
}

/// Hosts of public services, those for SSH through the port of HTTPS among them, and the name they go by.
const PUBLIC: [(&str, &str, Service); 6] = [
    ("github.com", "github.com", Service::GitHub),
    ("www.github.com", "github.com", Service::GitHub),
    ("ssh.github.com", "github.com", Service::GitHub),
    ("gitlab.com", "gitlab.com", Service::GitLab),
    ("www.gitlab.com", "gitlab.com", Service::GitLab),
    ("altssh.gitlab.com", "gitlab.com", Service::GitLab),
];

impl Hosts {
    /// Adds a host by its name, or by an address of it.
    #[must_use]
    pub fn with(mut self, host: &str, service: Service) -> Self {
        let host = host.trim().to_lowercase();
        let host = host.split_once("://").map_or(host.as_str(), |(_, rest)| rest);
        let host = host.split('/').next().unwrap_or_default();
        if !host.is_empty() {
            self.known.push((host.to_owned(), service));
        }
        self
    }

    /// What a host is, by those named, and else by its own name: `gitlab.example.org`, `acme.ghe.com`.
    fn service(&self, host: &str) -> Option<Service> {
        let bare = host.split(':').next().unwrap_or(host);
        let named = self.known.iter().find(|(known, _)| known == host || known == bare);
        if let Some((_, service)) = named {
            return Some(*service);
        }
        if let Some((.., service)) = PUBLIC.iter().find(|(name, ..)| *name == bare) {
            return Some(*service);
        }
        let (first, rest) = bare.split_once('.')?;
        match first {
            "gitlab" => Some(Service::GitLab),
            "github" | "ghe" => Some(Service::GitHub),
            _ if rest == "ghe.com" => Some(Service::GitHub),
            _ => None,
        }
    }
}

/// Asks git about a folder.
pub fn look(dir: &Path, hosts: &Hosts) -> Tree {
    let root = match git(dir, ["rev-parse", "--show-toplevel"]) {
        Ok(root) => PathBuf::from(root.trim_end_matches(['\n', '\r'])),
        Err(why) => return Tree::None(why),
    };
    let same = match (root.canonicalize(), dir.canonicalize()) {
        (Ok(root), Ok(dir)) => root == dir,
        (Err(_), _) | (_, Err(_)) => false,
    };
    if !same {
        return Tree::Below(root);
    }
    let names = git(dir, ["remote"]).unwrap_or_default();
    let names: BTreeSet<&str> = names.lines().filter(|name| !name.is_empty()).collect();
    let mut remotes: Vec<Remote> = names
        .into_iter()
        .filter_map(|name| {
            let address = git(dir, ["remote", "get-url", "--", name]).ok()?;
            read(name, address.trim_end_matches(['\n', '\r']), hosts)
        })
        .collect();
    // Of several, `origin` is the one people mean, and then the one they forked from.
    let rank = |remote: &Remote| match remote.name.as_str() {
        "origin" => 0,
        "upstream" => 1,
        _ => 2,
    };
    remotes.sort_by_key(rank);
    Tree::Root(remotes)
}

/// Runs git in a folder; its words are never handed on whole, for they may quote an address.
fn git<S: AsRef<OsStr>>(dir: &Path, args: impl IntoIterator<Item = S>) -> Result<String, String> {
    let run = Command::new("git")
        .arg("-C")
        .arg(dir)
        .args(args)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output();
    match run {
        Ok(done) if done.status.success() => Ok(String::from_utf8_lossy(&done.stdout).into_owned()),
        Ok(done) => {
            let said = String::from_utf8_lossy(&done.stderr);
            Err(if said.contains("dubious ownership") {
                "git does not trust this folder, for it belongs to somebody else (see `git config safe.directory`)"
                    .into()
            } else {
                "this folder is no git repository".into()
            })
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Err("git was not found on this machine".into()),
        Err(error) => Err(format!("git could not be run ({error})")),
    }
}

/// A remote's address, if it leads to a project on a host: `https://…`, `ssh://…`, `git://…` or `git@host:path`.
pub(super) fn read(name: &str, address: &str, hosts: &Hosts) -> Option<Remote> {
    let url = gix_url::parse(address).ok()?;
    let port = match url.scheme {
        Scheme::Https => url.port.filter(|port| *port != 443),
        Scheme::Ssh | Scheme::Http | Scheme::Git => None,
        Scheme::File | Scheme::Ext | Scheme::Helper(_) | Scheme::HelperUrl(_) => return None,
    };
    let host = url.host.as_deref()?.trim_end_matches('.').to_lowercase();
    if !is_host(&host) {
        return None;
    }
    let public = PUBLIC.iter().find(|(known, ..)| *known == host);
    let host = match (public, port) {
        (Some((_, host, _)), _) => (*host).to_owned(),
        (None, Some(port)) => format!("{host}:{port}"),
        (None, None) => host,
    };
    let path = std::str::from_utf8(&url.path).ok()?.trim_matches('/');
    let project = path.strip_suffix(".git").unwrap_or(path);
    let service = hosts.service(&host).filter(|service| match service {
        Service::GitHub => is_github_repository(project),
        Service::GitLab => is_gitlab_project(project),
    });
    Some(Remote {
        name: name.to_owned(),
        host,
        project: service.map_or("", |_| project).to_owned(),
        service,
    })
}

/// A name that can stand in an address: a remote's may be anything.
fn is_host(host: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    (1..=253).contains(&host.len()) && host.starts_with(|c: char| c.is_ascii_alphanumeric()) && host.chars().all(fits)
}
