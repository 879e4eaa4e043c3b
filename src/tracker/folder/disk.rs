//! The folder on the disk: which files are issues and comments, reading them safely, writing them whole or not at all.
//! Imports the page only.
//!
//! Symbolic links are never followed: whoever can put a file into the folder could otherwise have any file of the machine
//! copied to another tracker. They are refused, not skipped, because a skipped issue would look like a deleted one.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::Timestamp;

use super::file::Page;

/// A file longer than this is not read. The longest body a tracker may hold is 10 MiB.
const LONGEST: u64 = 64 * 1024 * 1024;
/// The largest number an issue or comment may have: room enough for people who number by the second.
pub(super) const LARGEST: u64 = 999_999_999_999_999;
const COMMENTS: &str = "comments";
/// Remembers the highest comment number ever given, so that the number of a deleted comment is not given again.
const LAST: &str = ".last";

/// What is wrong with which file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The file or folder.
    pub path: PathBuf,
    /// What, in words for the user.
    pub detail: String,
}

impl Fault {
    /// Something wrong with a file.
    pub(super) fn new(path: &Path, detail: impl std::fmt::Display) -> Self {
        Self {
            path: path.to_owned(),
            detail: format!("{detail}"),
        }
    }
}

/// An issue's file and folder. A folder without a file is what a deleted issue leaves behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// `0007.md`.
    pub file: Option<PathBuf>,
    /// `0007`, holding comments and files.
    pub folder: Option<PathBuf>,
}

/// A file as read.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    /// Its contents.
    pub page: Page,
    /// When it was last written, by whomever.
    pub modified: Option<Timestamp>,
}

/// The issues of a folder by number.
pub(super) fn scan(root: &Path) -> Result<BTreeMap<u64, Place>, Fault> {
    let mut places: BTreeMap<u64, Place> = BTreeMap::new();
    for (name, path) in names(root)? {
        if let Some(number) = page_number(&name) {
            accept(&path, Metadata::is_file, "a file")?;
            put(&mut places.entry(number).or_default().file, path)?;
        } else if let Some(number) = number(&name) {
            accept(&path, Metadata::is_dir, "a folder")?;
            put(&mut places.entry(number).or_default().folder, path)?;
        }
    }
    Ok(places)
}

/// The files of an issue's comments by number. None without a folder.
pub(super) fn comments(place: &Place) -> Result<BTreeMap<u64, PathBuf>, Fault> {
    let mut found = BTreeMap::new();
    let Some(folder) = comments_folder(place)? else {
        return Ok(found);
    };
    for (name, path) in names(&folder)? {
        if let Some(number) = page_number(&name) {
            accept(&path, Metadata::is_file, "a file")?;
            let mut slot = found.remove(&number);
            put(&mut slot, path)?;
            found.extend(slot.map(|path| (number, path)));
        }
    }
    Ok(found)
}

/// When anything below an issue's comments was last written, a deletion included.
pub(super) fn comments_modified(place: &Place) -> Result<Option<Timestamp>, Fault> {
    let Some(folder) = comments_folder(place)? else {
        return Ok(None);
    };
    let mut latest = modified(&folder)?;
    for path in comments(place)?.values() {
        latest = latest.max(modified(path)?);
    }
    Ok(latest)
}

/// Reads one file and understands it.
pub(super) fn read(path: &Path) -> Result<Stored, Fault> {
    let (bytes, modified) = bytes(path)?;
    let page = Page::read(&bytes).map_err(|flaw| Fault::new(path, flaw))?;
    Ok(Stored { page, modified })
}

/// What is in a file, and when it was last written, by whomever.
pub(super) fn bytes(path: &Path) -> Result<(Vec<u8>, Option<Timestamp>), Fault> {
    let about = accept(path, Metadata::is_file, "a file")?;
    if about.len() > LONGEST {
        return Err(Fault::new(path, "the file is longer than 64 MiB"));
    }
    let bytes = fs::read(path).map_err(|error| Fault::new(path, error))?;
    let modified = about.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
    Ok((bytes, modified))
}

/// The highest comment number ever given below an issue: of the files there, or of the note we keep.
pub(super) fn last_comment(place: &Place) -> Result<u64, Fault> {
    let highest = comments(place)?.keys().next_back().copied().unwrap_or_default();
    let Some(folder) = comments_folder(place)? else {
        return Ok(highest);
    };
    let path = folder.join(LAST);
    let noted = match fs::symlink_metadata(&path) {
        Ok(about) if about.is_file() && about.len() < 64 => fs::read_to_string(&path).ok(),
        Ok(_) | Err(_) => None,
    };
    Ok(highest.max(noted.and_then(|text| number(text.trim())).unwrap_or_default()))
}

/// Notes the highest comment number given.
pub(super) fn note_last_comment(folder: &Path, number: u64, now: Timestamp) -> Result<(), Fault> {
    replace(&folder.join(LAST), &format!("{number}\n"), now)
}

/// The folder for an issue's comments, made where it is missing. `stem` is the issue's file without `.md`.
pub(super) fn make_comments_folder(root: &Path, place: &Place, stem: &str) -> Result<PathBuf, Fault> {
    make_folder(root, place, stem, COMMENTS)
}

/// The same for another folder of an issue's.
pub(super) fn make_folder(root: &Path, place: &Place, stem: &str, name: &str) -> Result<PathBuf, Fault> {
    let issue = place.folder.clone().unwrap_or_else(|| root.join(stem));
    let inner = issue.join(name);
    for path in [&issue, &inner] {
        match fs::create_dir(path) {
            Ok(()) => settle(path.parent().unwrap_or(path)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Fault::new(path, error)),
        }
        accept(path, Metadata::is_dir, "a folder")?;
    }
    Ok(inner)
}

/// Puts `text` in the place of a file, whole or not at all, and dates it `now`.
pub(super) fn replace(path: &Path, text: &str, now: Timestamp) -> Result<(), Fault> {
    let rights = fs::symlink_metadata(path).ok().map(|about| about.permissions());
    let new = prepare(path, text, now, rights)?;
    new.persist(path).map_err(|error| Fault::new(path, error.error))?;
    settle(path.parent().unwrap_or(path));
    Ok(())
}

/// Puts `text` into a new file, whole or not at all. `false` when there is such a file already.
pub(super) fn create(path: &Path, text: &str, now: Timestamp) -> Result<bool, Fault> {
    match prepare(path, text, now, None)?.persist_noclobber(path) {
        Ok(_) => {
            settle(path.parent().unwrap_or(path));
            Ok(true)
        }
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(Fault::new(path, error.error)),
    }
}

/// Removes a file. One that is gone already is success.
pub(super) fn remove(path: &Path) -> Result<bool, Fault> {
    match fs::remove_file(path) {
        Ok(()) => {
            settle(path.parent().unwrap_or(path));
            Ok(true)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Fault::new(path, error)),
    }
}

/// Keeps other runs from writing to the folder until dropped, where the system can lock a folder. Where it cannot, new
/// files are still never shared; only two changes of one issue in the same instant could lose one of them.
pub(super) fn lock(root: &Path) -> Option<File> {
    let folder = File::open(root).ok()?;
    folder.lock().ok()?;
    Some(folder)
}

fn prepare(
    path: &Path,
    text: &str,
    now: Timestamp,
    rights: Option<Permissions>,
) -> Result<tempfile::NamedTempFile, Fault> {
    let fault = |error: io::Error| Fault::new(path, error);
    let mut new = temporary(path)?;
    new.write_all(text.as_bytes()).map_err(fault)?;
    if let Some(rights) = rights {
        new.as_file().set_permissions(rights).map_err(fault)?;
    }
    new.as_file().set_modified(SystemTime::from(now)).map_err(fault)?;
    new.as_file().sync_all().map_err(fault)?;
    Ok(new)
}

/// A new file beside `path`, to be put in its place when it is whole.
pub(super) fn temporary(path: &Path) -> Result<tempfile::NamedTempFile, Fault> {
    let folder = path.parent().unwrap_or(path);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".lockstep-").suffix(".tmp");
    // Without this a new file could be read by its owner only. The user's mask still applies.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder).map_err(|error| Fault::new(path, error))
}

/// Makes a rename or removal in a folder survive a power cut. Not every system can; the change is made all the same, so
/// that is no error: calling it one would make the caller do it again.
pub(super) fn settle(folder: &Path) {
    if let Err(error) = File::open(folder).and_then(|folder| folder.sync_all()) {
        tracing::debug!(folder = %folder.display(), %error, "a folder could not be synced");
    }
}

fn comments_folder(place: &Place) -> Result<Option<PathBuf>, Fault> {
    let Some(folder) = &place.folder else { return Ok(None) };
    let path = folder.join(COMMENTS);
    match fs::symlink_metadata(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Ok(_) | Err(_) => accept(&path, Metadata::is_dir, "a folder").map(|_| Some(path)),
    }
}

fn names(folder: &Path) -> Result<Vec<(String, PathBuf)>, Fault> {
    let fault = |error: io::Error| Fault::new(folder, error);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(fault)? {
        let entry = entry.map_err(fault)?;
        // A name that is not text is none of ours.
        if let Ok(name) = entry.file_name().into_string() {
            names.push((name, entry.path()));
        }
    }
    names.sort();
    Ok(names)
}

fn page_number(name: &str) -> Option<u64> {
    name.strip_suffix(".md").and_then(number)
}

/// Digits only, any number of zeros before them. There is no issue and no comment 0.
pub(super) fn number(digits: &str) -> Option<u64> {
    let all = digits.bytes().all(|byte| byte.is_ascii_digit());
    let number: Option<u64> = all.then(|| digits.parse().ok()).flatten();
    number.filter(|number| (1..=LARGEST).contains(number))
}

pub(super) fn accept(path: &Path, right: fn(&Metadata) -> bool, kind: &str) -> Result<Metadata, Fault> {
    let about = fs::symlink_metadata(path).map_err(|error| Fault::new(path, error))?;
    if about.is_symlink() {
        return Err(Fault::new(
            path,
            "a symbolic link, and these are not followed: put the file itself here",
        ));
    }
    if !right(&about) {
        return Err(Fault::new(path, format!("this must be {kind}")));
    }
    Ok(about)
}

fn put(slot: &mut Option<PathBuf>, path: PathBuf) -> Result<(), Fault> {
    if let Some(first) = slot {
        let first = first.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return Err(Fault::new(
            &path,
            format!("{first} has the same number: rename one of the two"),
        ));
    }
    *slot = Some(path);
    Ok(())
}

fn modified(path: &Path) -> Result<Option<Timestamp>, Fault> {
    let about = fs::symlink_metadata(path).map_err(|error| Fault::new(path, error))?;
    Ok(about.modified().ok().and_then(|time| Timestamp::try_from(time).ok()))
}
