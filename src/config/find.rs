//! Finds the mapping file and reads it from disk. The one part of `config` that touches files.

use std::fs::{File, FileType};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use super::Config;
use super::check::{FILE_MAX, load, too_large};
use super::problems::{Problems, Spot};
use crate::diag::{Code, Diagnostic};

/// Where a mapping file is looked for, in this order.
pub const NAMES: [&str; 4] = [
    "lockstep.yml",
    ".lockstep.yml",
    ".github/lockstep.yml",
    ".gitlab/lockstep.yml",
];

/// The mapping file to use: the one named by `--config`, else the first of [`NAMES`] in `dir`. The error says where it
/// was looked for.
pub fn find(explicit: Option<&Path>, dir: &Path) -> Result<PathBuf, Diagnostic> {
    if let Some(path) = explicit {
        return match fault(path) {
            None => Ok(path.to_owned()),
            Some(what) => Err(not_found(
                format!("the mapping file {} {what}", path.display()),
                "name a file with `--config`; README.md shows a short one".into(),
            )),
        };
    }
    let here = dir.as_os_str().is_empty() || dir == Path::new(".");
    let at = |name: &str| if here { PathBuf::from(name) } else { dir.join(name) };
    if let Some(found) = NAMES.iter().map(|name| at(name)).find(|path| path.is_file()) {
        return Ok(found);
    }
    let misspelt = NAMES
        .iter()
        .map(|name| at(name).with_extension("yaml"))
        .find(|path| path.is_file());
    let hint = misspelt.map_or_else(
        || "`--config FILE` names one elsewhere; `lockstep try` makes a playground with one to look at".to_owned(),
        |path| {
            format!(
                "rename {} so that it ends in .yml, or name it with `--config`",
                path.display()
            )
        },
    );
    let folder = if here {
        "this folder".to_owned()
    } else {
        dir.display().to_string()
    };
    Err(not_found(
        format!("no mapping file in {folder}: looked for {}", NAMES.join(", ")),
        hint,
    ))
}

/// Why there is no file to read: what is there is told for what it is. A device or a pipe might never end.
fn fault(path: &Path) -> Option<String> {
    match std::fs::metadata(path) {
        Ok(about) if about.is_file() => None,
        Ok(about) => Some(format!("is {}, not a file", kind(about.file_type()))),
        Err(error) if error.kind() != ErrorKind::NotFound => Some(format!("cannot be looked at: {error}")),
        Err(_) if path.is_symlink() => Some("is a link to what does not exist".to_owned()),
        Err(_) => Some("does not exist".to_owned()),
    }
}

fn kind(of: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        if of.is_char_device() || of.is_block_device() {
            return "a device";
        }
        if of.is_fifo() {
            return "a pipe";
        }
        if of.is_socket() {
            return "a socket";
        }
    }
    if of.is_dir() { "a folder" } else { "something else" }
}

fn not_found(message: String, hint: String) -> Diagnostic {
    Diagnostic {
        code: Code::NotFound,
        place: None,
        message,
        hint,
    }
}

/// Reads and checks the mapping file at `path`.
pub fn load_file(path: &Path) -> Result<Config, Vec<Diagnostic>> {
    let bytes = read_capped(path).map_err(|error| {
        vec![Diagnostic {
            code: Code::Unreadable,
            place: None,
            message: format!("cannot read {}: {error}", path.display()),
            hint: "check that the file exists and may be read".into(),
        }]
    })?;
    load_bytes(&bytes, path)
}

/// No more is read than it takes to see that a file is too large.
fn read_capped(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(FILE_MAX as u64 + 8).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn load_bytes(bytes: &[u8], path: &Path) -> Result<Config, Vec<Diagnostic>> {
    let mut problems = Problems::new(path);
    if bytes.len() > FILE_MAX + 3 {
        too_large(&mut problems);
        return Err(problems.finish());
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => load(text, path),
        Err(error) => {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let good = String::from_utf8_lossy(good);
            let last = good.rsplit('\n').next().unwrap_or_default();
            let at = Spot {
                line: good.matches('\n').count() + 1,
                column: last.chars().count() + 1,
            };
            problems.add(
                at,
                Code::NotUtf8,
                "the mapping file is not text in UTF-8",
                "save it as UTF-8",
            );
            Err(problems.finish())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_looked_for_in_order() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join(".github")).unwrap();
        for name in [".github/lockstep.yml", ".lockstep.yml", "lockstep.yml"] {
            std::fs::write(dir.path().join(name), "").unwrap();
            assert_eq!(find(None, dir.path()), Ok(dir.path().join(name)));
        }
        let named = dir.path().join(".github/lockstep.yml");
        assert_eq!(find(Some(&named), dir.path()), Ok(named));
    }

    #[test]
    fn who_has_no_file_is_told_where_it_was_looked_for() {
        let dir = tempfile::tempdir().unwrap();
        let error = find(None, dir.path()).unwrap_err();
        let text = error.to_string();
        for part in NAMES.iter().chain(&["lockstep try", "--config"]) {
            assert!(text.contains(part), "{part} in {text}");
        }
        std::fs::write(dir.path().join("lockstep.yaml"), "").unwrap();
        assert!(find(None, dir.path()).unwrap_err().hint.contains("lockstep.yaml"));
        let error = find(Some(&dir.path().join("x.yml")), dir.path()).unwrap_err();
        assert_eq!(error.code, Code::NotFound);
        assert!(error.message.contains("x.yml"));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_named_and_is_no_file_is_told_for_what_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::write(at("file"), "").unwrap();
        std::os::unix::fs::symlink(at("file"), at("link")).unwrap();
        std::os::unix::fs::symlink(at("gone"), at("broken")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        assert_eq!(find(Some(&at("link")), dir.path()), Ok(at("link")));
        for (path, what) in [
            (Path::new("/dev/zero").to_owned(), "is a device, not a file"),
            (at("socket"), "is a socket, not a file"),
            (dir.path().to_owned(), "is a folder, not a file"),
            (at("broken"), "is a link to what does not exist"),
            (at("none"), "does not exist"),
            (at("file/none"), "cannot be looked at: Not a directory (os error 20)"),
        ] {
            let error = find(Some(&path), dir.path()).unwrap_err();
            assert_eq!(error.message, format!("the mapping file {} {what}", path.display()));
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_pointed_at() {
        let found = load_bytes(b"version: 1\nx: \xff", Path::new("f")).unwrap_err();
        assert!(
            found[0].to_string().starts_with("f:2:4: error[not-utf8]"),
            "{}",
            found[0]
        );
    }

    #[test]
    fn a_huge_file_is_not_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lockstep.yml");
        std::fs::write(&path, vec![b'#'; FILE_MAX + 100]).unwrap();
        assert_eq!(load_file(&path).unwrap_err()[0].code, Code::TooLarge);
        assert_eq!(
            load_file(&dir.path().join("none")).unwrap_err()[0].code,
            Code::Unreadable
        );
    }
}
