//! Files beside issues: reading `0007/files/a.png`, and putting files there. Imports the tracker's files and this folder.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt};
use percent_encoding::percent_decode_str;
use tokio::io::AsyncReadExt;

use super::disk::{self, Fault, Place};
use super::read;
use super::write::{NO_NUMBER, Refusal};
use crate::model::IssueKey;
use crate::tracker::LocalFile;

/// Below an issue's folder.
const FILES: &str = "files";
/// Bytes read from a file at one time.
const PIECE: usize = 64 * 1024;

/// An attachment, open.
pub(super) struct Attachment {
    /// Where it is.
    pub path: PathBuf,
    /// Its own name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    file: File,
}

/// Opens the file at this path from the folder, which has to be below the `files` of an issue: the rest of the folder may
/// be somebody's checkout, with more in it than issues. `None` when the path names no such file.
pub(super) fn open(root: &Path, address: &str) -> Result<Option<Attachment>, Fault> {
    let decoded = percent_decode_str(address).decode_utf8().ok();
    // People write paths as they are, and editors write them as addresses.
    for address in [Some(address), decoded.as_deref()].into_iter().flatten() {
        if let Some(found) = open_exactly(root, address)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn open_exactly(root: &Path, address: &str) -> Result<Option<Attachment>, Fault> {
    let address = address.strip_prefix("./").unwrap_or(address);
    let parts: Vec<&str> = address.split('/').collect();
    let [issue, FILES, folders @ .., name] = parts.as_slice() else {
        return Ok(None);
    };
    if disk::number(issue).is_none() || !folders.iter().chain([name]).all(|part| is_plain(part)) {
        return Ok(None);
    }
    let mut path = root.to_owned();
    for part in parts.iter().take(parts.len().saturating_sub(1)) {
        path.push(part);
        if !is_there(&path)? {
            return Ok(None);
        }
        disk::accept(&path, Metadata::is_dir, "a folder")?;
    }
    path.push(name);
    if !is_there(&path)? {
        return Ok(None);
    }
    disk::accept(&path, Metadata::is_file, "a file")?;
    let fault = |error: io::Error| Fault::new(&path, error);
    let file = File::open(&path).map_err(fault)?;
    let size = file.metadata().map_err(fault)?.len();
    Ok(Some(Attachment {
        name: (*name).to_owned(),
        size,
        file,
        path,
    }))
}

/// One part of a path, on every system.
fn is_plain(part: &str) -> bool {
    !part.is_empty() && !matches!(part, "." | "..") && !part.contains(['\\', ':', '\0'])
}

fn is_there(path: &Path) -> Result<bool, Fault> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidFilename) => Ok(false),
        Err(error) => Err(Fault::new(path, error)),
    }
}

impl Attachment {
    /// The content, read as it is wanted.
    pub(super) fn pieces(self) -> BoxStream<'static, Result<Bytes, Fault>> {
        let state = (tokio::fs::File::from_std(self.file), self.path);
        stream::try_unfold(state, |(mut file, path)| async move {
            let mut piece = vec![0; PIECE];
            let read = file.read(&mut piece).await.map_err(|error| Fault::new(&path, error))?;
            piece.truncate(read);
            Ok((read > 0).then(|| (Bytes::from(piece), (file, path))))
        })
        .boxed()
    }
}

/// Puts a file beside an issue, and says its path from the folder and whether it was written: one of the same content may
/// be there already.
pub(super) fn keep(root: &Path, issue: &IssueKey, file: &LocalFile) -> Result<(String, bool), Refusal> {
    let _lock = disk::lock(root);
    let number = read::key_number(&issue.0).ok_or(Refusal::Gone)?;
    let place = disk::scan(root)?.remove(&number).ok_or(Refusal::Gone)?;
    let page = place.file.clone().ok_or(Refusal::Gone)?;
    let stem = page.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(put(root, &place, &stem, file)?)
}

/// The same for an issue that is not there yet: under a number that is set aside for it, or already was.
pub(super) fn keep_for_next(
    root: &Path,
    reserved: &mut Option<u64>,
    file: &LocalFile,
) -> Result<(String, bool), Fault> {
    let _lock = disk::lock(root);
    let number = match reserved {
        Some(number) => *number,
        None => reserve(root)?,
    };
    *reserved = Some(number);
    let place = disk::scan(root)?.remove(&number).unwrap_or_default();
    put(root, &place, &format!("{number:04}"), file)
}

/// Sets a number aside by making its folder, which nobody else can then make.
fn reserve(root: &Path) -> Result<u64, Fault> {
    let highest = disk::scan(root)?.keys().next_back().copied().unwrap_or_default();
    for number in highest.saturating_add(1)..=disk::LARGEST {
        let path = root.join(format!("{number:04}"));
        match fs::create_dir(&path) {
            Ok(()) => {
                disk::settle(root);
                return Ok(number);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Fault::new(&path, error)),
        }
    }
    Err(Fault::new(root, NO_NUMBER))
}

fn put(root: &Path, place: &Place, stem: &str, file: &LocalFile) -> Result<(String, bool), Fault> {
    let folder = disk::make_folder(root, place, stem, FILES)?;
    let issue = folder.parent().and_then(Path::file_name).unwrap_or_default();
    // Somebody may have put something else in the place the short name stands for; nobody can do so for the long one.
    for length in [12, file.digest.len()] {
        let digest = file.digest.get(..length).unwrap_or(&file.digest);
        let name = format!("{digest}-{}", file.name);
        let path = folder.join(&name);
        let wrote = if is_there(&path)? {
            disk::accept(&path, Metadata::is_file, "a file")?;
            if !same_content(&path, &file.path)? {
                continue;
            }
            false
        } else {
            copy(file, &path)?
        };
        return Ok((format!("{}/{FILES}/{name}", issue.to_string_lossy()), wrote));
    }
    Err(Fault::new(
        &folder,
        "another file has the name of one that is to be kept here",
    ))
}

/// Copies a file, whole or not at all.
fn copy(file: &LocalFile, path: &Path) -> Result<bool, Fault> {
    let fault = |error: io::Error| Fault::new(path, error);
    let mut new = disk::temporary(path)?;
    let mut from = File::open(&file.path).map_err(|error| Fault::new(&file.path, error))?;
    let size = io::copy(&mut from, new.as_file_mut()).map_err(fault)?;
    if size != file.size {
        return Err(Fault::new(&file.path, "the file was changed meanwhile"));
    }
    new.as_file().sync_all().map_err(fault)?;
    new.persist_noclobber(path)
        .map_err(|error| Fault::new(path, error.error))?;
    disk::settle(path.parent().unwrap_or(path));
    Ok(true)
}

fn same_content(one: &Path, other: &Path) -> Result<bool, Fault> {
    let open = |path: &Path| File::open(path).map_err(|error| Fault::new(path, error));
    let (mut one_file, mut other_file) = (open(one)?, open(other)?);
    let (mut a, mut b) = (Vec::new(), Vec::new());
    loop {
        fill(&mut one_file, &mut a).map_err(|error| Fault::new(one, error))?;
        fill(&mut other_file, &mut b).map_err(|error| Fault::new(other, error))?;
        if a != b || a.is_empty() {
            return Ok(a == b);
        }
    }
}

fn fill(file: &mut File, piece: &mut Vec<u8>) -> io::Result<usize> {
    piece.clear();
    file.take(64 * 1024).read_to_end(piece)
}
