//! Files people attach: how texts of each tracker name them, and which of them stand elsewhere already.
//!
//! Imports the address library only.

use url::Url;

use super::token::{Token, What};
use super::{Crossing, Place, Syntax, escape};

/// The branch of a GitHub repository that files are kept on.
const BRANCH: &str = "lockstep-files";

/// The file that an address in a text of `place` names, if it is one that was attached there: its absolute address, or
/// its path as written in a folder. `None` for every other address.
#[must_use]
pub fn upload(address: &str, place: &Place<'_>) -> Option<String> {
    if place.syntax == Syntax::Plain {
        return is_in_folder(address).then(|| address.to_owned());
    }
    let web = place.web?.trim_end_matches('/');
    let url = if place.syntax == Syntax::GitLab && address.starts_with("/uploads/") {
        Url::parse(&format!("{web}{address}")).ok()?
    } else if place.syntax == Syntax::GitLab && address.starts_with("/-/project/") {
        Url::parse(web).ok()?.join(address).ok()?
    } else {
        Url::parse(address).ok()?
    };
    // What is left out when an address is taken apart would make two of one file.
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let project = Url::parse(web).ok()?;
    let is_file = match place.syntax {
        Syntax::GitHub => is_on_github(&url, &project),
        Syntax::GitLab => is_on_gitlab(&url, &project),
        Syntax::Plain => false,
    };
    Some(url.to_string()).filter(|file| is_file && escape::is_address(file))
}

/// Whether an address may be written in the place of another: what a tracker says of a file it keeps.
#[must_use]
pub fn is_writable(address: &str) -> bool {
    escape::is_written(address)
}

/// The addresses that were changed when this text was carried, as they were and as they are: `(original, here)`. Anybody
/// may have written the same form by hand.
#[must_use]
pub fn moved_files(text: &str) -> Vec<(String, String)> {
    escape::restore(text).moved
}

/// A link in the place of a bare address that names a file.
pub(super) fn linked(token: &Token, spelled: &str, crossing: &Crossing<'_>) -> Option<String> {
    if token.what != What::Address {
        return None;
    }
    let file = upload(spelled, &crossing.from)?;
    let kept = (crossing.file)(&file).filter(|kept| escape::is_written(kept))?;
    let name = spelled.rsplit('/').next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    // The names GitHub gives to pictures tell nobody anything, and a long number might be taken for a commit.
    let label = if name.contains('.') && name.len() < 60 && name.chars().all(plain) {
        name
    } else {
        "attachment"
    };
    let original = format!("{}{spelled}", escape::JOINER);
    Some(escape::link(label, &kept, Some(&original)))
}

fn segments(url: &Url) -> Vec<&str> {
    url.path_segments().map(Iterator::collect).unwrap_or_default()
}

/// Both services take their paths without regard to case.
fn same(one: &[&str], other: &[&str]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a.eq_ignore_ascii_case(b))
}

/// `…/user-attachments/assets/<id>`, the older forms below the project, and our own branch.
fn is_on_github(url: &Url, project: &Url) -> bool {
    let plain = url.scheme() == "https" && url.port().is_none();
    if plain && url.host_str() == Some("user-images.githubusercontent.com") {
        return segments(url).len() == 2 && segments(url).iter().all(|part| !part.is_empty());
    }
    if url.origin() != project.origin() {
        return false;
    }
    let own = segments(project);
    match segments(url).as_slice() {
        ["user-attachments", "assets", id] => !id.is_empty(),
        ["user-attachments", "files", id, name] => !id.is_empty() && !name.is_empty(),
        [owner, repo, kind, rest @ ..] => {
            let here = same(&own, &[owner, repo]);
            let named = !rest.is_empty() && rest.iter().all(|part| !part.is_empty());
            let attached = matches!(*kind, "assets" | "files") && rest.len() == 2;
            let branch = *kind == "raw" && rest.len() > 1 && rest.first() == Some(&BRANCH);
            here && named && (attached || branch)
        }
        _ => false,
    }
}

/// `<project>/uploads/<secret>/<name>`, or the form with the project's number.
fn is_on_gitlab(url: &Url, project: &Url) -> bool {
    if url.origin() != project.origin() {
        return false;
    }
    let (all, own) = (segments(url), segments(project));
    let secret = |part: &str| part.len() == 32 && part.bytes().all(|b| b.is_ascii_hexdigit());
    let [place @ .., "uploads", hex, name] = all.as_slice() else {
        return false;
    };
    let here = same(place, &own);
    let numbered = match place {
        // The instance may lie below a path of its host.
        [root @ .., "-", "project", id] => {
            own.get(..root.len()).is_some_and(|own| same(own, root)) && id.bytes().all(|b| b.is_ascii_digit())
        }
        _ => false,
    };
    secret(hex) && !name.is_empty() && (here || numbered)
}

/// `0007/files/name`.
fn is_in_folder(address: &str) -> bool {
    let mut parts = address.split('/');
    let key = parts.next().unwrap_or_default();
    let number = !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit());
    let plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '?', '#', '%', ':']);
    number && parts.next() == Some("files") && parts.clone().count() > 0 && parts.all(plain)
}
