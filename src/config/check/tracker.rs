//! Trackers: where they are and how to sign in.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use url::{Host, Url};

use super::sides::Trackers;
use crate::config::problems::{Problems, instead, looks_secret, shown};
use crate::config::raw::Content;
use crate::config::read::{Table, Value};
use crate::config::{GitHubAuth, SecretRef, TrackerConfig};
use crate::diag::Code;

#[derive(Clone, Copy, Debug)]
enum Kind {
    GitHub,
    GitLab,
    Folder,
}

const KINDS: [(&str, Kind); 3] = [
    ("github", Kind::GitHub),
    ("gitlab", Kind::GitLab),
    ("folder", Kind::Folder),
];
const KEYS: [&str; 6] = ["kind", "project", "url", "token", "app", "path"];

impl Kind {
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::GitHub => &["kind", "project", "url", "token", "app"],
            Self::GitLab => &["kind", "project", "url", "token"],
            Self::Folder => &["kind", "path"],
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Folder => "folder",
        }
    }
}

/// Reads all trackers.
pub(super) fn trackers(table: Table<'_>, folder: &Path, problems: &mut Problems) -> Trackers {
    let mut found = BTreeMap::new();
    let Some(value) = table.need("trackers", problems) else {
        return found;
    };
    let Some(entries) = value.entries(problems) else {
        return found;
    };
    if entries.is_empty() {
        value.refuse(
            Code::BadValue,
            "the table is empty",
            "name two trackers, then a sync between them",
            problems,
        );
    }
    for entry in entries {
        let entry = Value::of(entry);
        tracker_name(entry, problems);
        found.insert(entry.key.to_owned(), tracker(entry, folder, problems));
    }
    found
}

/// Tracker names stand in `tracker#key`, in `to <tracker>`, and beside `direction` in the rows of maps.
fn tracker_name(entry: Value<'_>, problems: &mut Problems) {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let begins = entry.key.starts_with(|c: char| c.is_ascii_alphanumeric());
    let formed = begins && entry.key.chars().all(good) && entry.key.len() <= 64 && entry.key != "direction";
    // Reports and logs name trackers.
    if !formed || looks_secret(entry.key) {
        let message = format!("{} cannot be the name of a tracker", shown(entry.key));
        let hint = "use up to 64 letters, digits, `-`, `_` and `.`, a letter or digit first, and not `direction`";
        problems.add(entry.key_at, Code::BadName, message, hint);
    }
}

fn tracker(entry: Value<'_>, folder: &Path, problems: &mut Problems) -> Option<TrackerConfig> {
    let table = entry.table(&KEYS, problems)?;
    let Some(kind) = table.need("kind", problems).and_then(|v| v.choice(&KINDS, problems)) else {
        // What means the same for every kind can still be checked.
        address(table, "https://gitlab.com", problems);
        table.get("token").and_then(|v| secret(v, problems));
        return None;
    };
    for key in KEYS.iter().filter(|k| !kind.keys().contains(k)) {
        if let Some(value) = table.get(key) {
            let message = format!("`{key}` does not go with `kind: {}`", kind.word());
            let hint = match (kind, *key) {
                (Kind::Folder, "token" | "app") => "a folder needs no token: take the key away".to_owned(),
                _ => instead("", kind.keys().iter().copied()),
            };
            problems.add(value.key_at, Code::UnexpectedKey, message, hint);
        }
    }
    match kind {
        Kind::GitHub => github(table, problems),
        Kind::GitLab => gitlab(table, problems),
        Kind::Folder => local_folder(table, folder, problems),
    }
}

fn github(table: Table<'_>, problems: &mut Problems) -> Option<TrackerConfig> {
    let project = table
        .need("project", problems)
        .and_then(|v| github_project(v, problems));
    let api = address(table, "https://api.github.com", problems);
    let auth = github_auth(table, problems);
    let (owner, repo) = project?;
    Some(TrackerConfig::GitHub {
        api: api?,
        owner,
        repo,
        auth: auth?,
    })
}

fn github_auth(table: Table<'_>, problems: &mut Problems) -> Option<GitHubAuth> {
    let Some(app) = table.get("app") else {
        return secret(table.need("token", problems)?, problems).map(GitHubAuth::Token);
    };
    if let Some(token) = table.get("token") {
        let message = "`token` and `app` are both given";
        problems.add(token.key_at, Code::UnexpectedKey, message, "keep one way to sign in");
    }
    let app = app.table(&["id", "private_key", "installation"], problems)?;
    let [id, private_key, installation] =
        ["id", "private_key", "installation"].map(|key| app.need(key, problems).and_then(|v| secret(v, problems)));
    Some(GitHubAuth::App {
        id: id?,
        private_key: private_key?,
        installation: installation?,
    })
}

fn gitlab(table: Table<'_>, problems: &mut Problems) -> Option<TrackerConfig> {
    let project = table
        .need("project", problems)
        .and_then(|v| gitlab_project(v, problems));
    let url = address(table, "https://gitlab.com", problems);
    let token = table.need("token", problems).and_then(|v| secret(v, problems));
    Some(TrackerConfig::GitLab {
        url: url?,
        project: project?,
        token: token?,
    })
}

fn local_folder(table: Table<'_>, folder: &Path, problems: &mut Problems) -> Option<TrackerConfig> {
    let path = table.need("path", problems)?.name(problems)?;
    // Taken apart and put together again: `issues`, `issues/` and `./issues` are one folder.
    let tidy = |path: PathBuf| {
        let plain: PathBuf = path.components().filter(|c| *c != Component::CurDir).collect();
        if plain.as_os_str().is_empty() {
            PathBuf::from(".")
        } else {
            plain
        }
    };
    let given = tidy(PathBuf::from(path)).display().to_string();
    Some(TrackerConfig::Folder {
        path: tidy(folder.join(path)),
        given,
    })
}

fn github_project(value: Value<'_>, problems: &mut Problems) -> Option<(String, String)> {
    let text = value.name(problems)?;
    if let Some((owner, repo)) = github_parts(text) {
        return Some((owner.to_owned(), repo.to_owned()));
    }
    let why = format!("{} is no GitHub repository", shown(text));
    let hint = "write `owner/repo`, without an address before it";
    value.refuse(Code::BadProject, why, hint, problems);
    None
}

/// Owner and name of a GitHub repository, `owner/repo`, as the mapping file writes it.
fn github_parts(text: &str) -> Option<(&str, &str)> {
    let (owner, repo) = text.split_once('/')?;
    let owner_fits = owner.len() <= 39
        && owner.starts_with(|c: char| c.is_ascii_alphanumeric())
        && owner.chars().all(is_owner_character);
    let repo_fits = (1..=100).contains(&repo.len())
        && !matches!(repo, "." | "..")
        && repo.chars().all(|c| c == '.' || is_owner_character(c));
    (owner_fits && repo_fits).then_some((owner, repo))
}

/// Whether the mapping file can name this as a GitHub repository: `owner/repo`.
pub fn is_github_repository(text: &str) -> bool {
    github_parts(text).is_some()
}

fn is_owner_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

fn gitlab_project(value: Value<'_>, problems: &mut Problems) -> Option<String> {
    let text = if let Content::Number(number) = &value.node.content {
        number
    } else {
        value.name(problems)?
    };
    let digits = !text.is_empty() && text.len() <= 18 && text.chars().all(|c| c.is_ascii_digit()) && text != "0";
    if digits || is_gitlab_project(text) {
        return Some(text.to_owned());
    }
    let why = format!("{} is no GitLab project", shown(text));
    let hint = "write `group/project`, `group/subgroup/project` or the project's number, without an address before it";
    value.refuse(Code::BadProject, why, hint, problems);
    None
}

/// Whether the mapping file can name this as a GitLab project by its path: `group/subgroup/project`.
pub fn is_gitlab_project(text: &str) -> bool {
    let part_fits = |s: &str| {
        !s.is_empty()
            && !s.starts_with(['-', '.'])
            && s.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    text.contains('/') && text.split('/').all(part_fits) && text.strip_suffix(".git").is_none()
}

/// The address of a service, ready to have paths put behind it. It is never shown: people paste passwords into URLs.
fn address(table: Table<'_>, default: &'static str, problems: &mut Problems) -> Option<Url> {
    let value = table.get("url");
    let text = match value {
        Some(value) => value.name(problems)?,
        None => default,
    };
    let checked = checked_address(text);
    let (why, hint) = match (checked, value) {
        (Ok(url), _) => return Some(url),
        (Err(found), _) => found,
    };
    if let Some(value) = value {
        value.refuse(Code::BadUrl, why, hint, problems);
    }
    None
}

fn checked_address(text: &str) -> Result<Url, (&'static str, &'static str)> {
    let whole = "write a whole address: https://gitlab.example.com";
    let mut url = Url::parse(text).map_err(|_e| ("this is no address", whole))?;
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => return Err(("the address names no host", whole)),
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && loopback) {
        let why = "the token would travel unprotected";
        return Err((
            why,
            "write `https://`; `http://` is for this machine alone (127.0.0.1, ::1, localhost)",
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let hint = "take everything before `@` away, name the token under `token`, and revoke it if it was committed";
        return Err(("a user name or password stands in the address", hint));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err((
            "a query or fragment stands in the address",
            "take everything from `?` or `#` away",
        ));
    }
    if matches!(url.host_str(), Some("github.com" | "www.github.com")) {
        return Err((
            "this is GitHub's site, not its API",
            "leave `url` away, or write https://api.github.com",
        ));
    }
    let path = url.path().trim_end_matches('/').to_owned();
    if path.ends_with("/api/v4") {
        return Err((
            "the API's own path is added by itself",
            "end the address before `/api/v4`",
        ));
    }
    url.set_path(&path);
    Ok(url)
}

/// Reads `${NAME}`. Whatever else stands there may be the secret itself, so it is never shown.
pub(super) fn secret(value: Value<'_>, problems: &mut Problems) -> Option<SecretRef> {
    let literal = "write the name of an environment variable, `${NAME}`, and revoke the secret if it was committed";
    let text = match &value.node.content {
        Content::Text(text) => text.as_str(),
        Content::Number(_) | Content::Bool(_) => {
            value.refuse(
                Code::LiteralSecret,
                "the secret itself stands in the file",
                literal,
                problems,
            );
            return None;
        }
        Content::Null | Content::List(_) | Content::Table(_) => {
            value.text(problems);
            return None;
        }
    };
    let name = text.strip_prefix("${").and_then(|t| t.strip_suffix('}'));
    if let Some(name) = name.filter(|n| is_variable(n) && !looks_secret(n)) {
        return Some(SecretRef(name.to_owned()));
    }
    let (code, why, hint) = if text.starts_with("${{") {
        let hint = "`${{ … }}` is for workflows: hand the secret over there under `env:` and write `${NAME}` here";
        (Code::BadSecret, "this is no `${NAME}`", hint)
    } else if text.is_empty() {
        (
            Code::BadSecret,
            "the text is empty",
            "write the name of an environment variable, `${NAME}`",
        )
    } else if text.contains('$') && !looks_secret(text) {
        let hint = "one variable and nothing else, of letters, digits and `_`: `${GITHUB_TOKEN}`";
        (Code::BadSecret, "this is no `${NAME}`", hint)
    } else {
        (Code::LiteralSecret, "the secret itself stands in the file", literal)
    };
    value.refuse(code, why, hint, problems);
    None
}

fn is_variable(name: &str) -> bool {
    name.len() <= 128
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
