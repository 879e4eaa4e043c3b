//! Writing new files: all or none, none that is there already, and never through a symbolic link.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::InitError;
use super::draft::NewFile;
use crate::config::NAMES;

/// Whether nothing is in the way: no mapping file in any of its places, none of the files, and plain folders above them.
pub fn expect_free(dir: &Path, files: &[NewFile]) -> Result<(), InitError> {
    let names = NAMES.iter().copied().chain(files.iter().map(|file| file.path));
    for path in names.map(|name| dir.join(name)) {
        // A link that leads nowhere is there, too.
        if fs::symlink_metadata(&path).is_ok() {
            return Err(InitError::Exists(path));
        }
    }
    for folder in files.iter().flat_map(|file| folders(dir, file)) {
        match fs::symlink_metadata(&folder) {
            Ok(found) if !found.is_dir() => return Err(InitError::NotPlain(folder)),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(source) => return Err(InitError::Write { path: folder, source }),
        }
    }
    Ok(())
}

/// The folders between `dir` and a file, outermost first.
fn folders(dir: &Path, file: &NewFile) -> Vec<PathBuf> {
    let parts: Vec<&str> = file.path.split('/').collect();
    let above = parts.split_last().map_or(&[][..], |(_, above)| above);
    let mut at = dir.to_owned();
    above
        .iter()
        .map(|part| {
            at.push(part);
            at.clone()
        })
        .collect()
}

/// Writes the files. When one fails, those before it are taken away again.
pub fn write(dir: &Path, files: &[NewFile]) -> Result<(), InitError> {
    expect_free(dir, files)?;
    let mut made: Vec<PathBuf> = Vec::new();
    for file in files {
        let path = dir.join(file.path);
        if let Err(error) = one(dir, file, &path) {
            for path in &made {
                // What cannot be taken away stays, and the error tells why nothing else came.
                drop(fs::remove_file(path));
            }
            return Err(error);
        }
        made.push(path);
    }
    Ok(())
}

/// One file: whole or not at all.
fn one(dir: &Path, file: &NewFile, path: &Path) -> Result<(), InitError> {
    let failed = |source| InitError::Write {
        path: path.to_owned(),
        source,
    };
    let parent = path.parent().unwrap_or(dir);
    fs::create_dir_all(parent).map_err(failed)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".lockstep-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As any new file; the umask takes off what the user does not want.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut new = builder.tempfile_in(parent).map_err(failed)?;
    new.write_all(file.text.as_bytes()).map_err(failed)?;
    new.as_file().sync_all().map_err(failed)?;
    match new.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Err(InitError::Exists(path.to_owned())),
        Err(error) => Err(failed(error.error)),
    }
}
