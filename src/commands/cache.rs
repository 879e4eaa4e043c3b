//! What `status` read, kept for a few minutes in a private file, so that asking again costs no requests.
//!
//! Nothing depends on it: a file that is missing, old, broken, of another version or open to others is as good as none.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use crate::env::Env;
use crate::model::Hash;
use crate::report::Report;

/// A larger file is none of ours.
const LARGEST: u64 = 256 * 1024 * 1024;

/// What the file's name is made of: another mapping file, program or question has another file.
pub(super) struct Key<'a> {
    pub(super) config: &'a Path,
    pub(super) only: Option<&'a str>,
}

/// The file of one mapping file and question.
pub(super) struct Cache {
    file: PathBuf,
}

impl Cache {
    /// The file in `dir`, or in the user's cache folder; `None` where there is no such folder. Nothing is made yet.
    pub(super) fn open(dir: Option<&Path>, env: &Env, key: &Key<'_>) -> Option<Self> {
        let dir = dir.map_or_else(|| home(env), |dir| Some(dir.to_owned()))?;
        let place = fs::canonicalize(key.config).ok()?;
        let text = fs::read_to_string(key.config).ok()?;
        let only = key.only.unwrap_or_default();
        let said = format!("{}\0{}\0{only}\0{text}", env!("CARGO_PKG_VERSION"), place.display());
        let name = Hash::of("status", &said).0.replace(['/', '+'], "-");
        Some(Self {
            file: dir.join(format!("status-{name}.json")),
        })
    }

    /// What was kept, if it is no older than `max_age`.
    pub(super) fn read(&self, max_age: SignedDuration, now: Timestamp) -> Option<Report> {
        let meta = fs::symlink_metadata(&self.file).ok()?;
        if !meta.is_file() || meta.len() > LARGEST || !is_private(&meta) {
            return None;
        }
        let report: Report = serde_json::from_slice(&fs::read(&self.file).ok()?).ok()?;
        let age = now.duration_since(report.at.parse().ok()?);
        (!age.is_negative() && age <= max_age).then_some(report)
    }

    /// Keeps a report. Where that fails the next call reads anew, which is no failure of this one.
    pub(super) fn write(&self, report: &Report) {
        if let Err(error) = self.try_write(report) {
            tracing::warn!(file = %self.file.display(), %error, "cannot keep what was read");
        }
    }

    fn try_write(&self, report: &Report) -> std::io::Result<()> {
        let folder = self.file.parent().unwrap_or_else(|| Path::new("."));
        fs::create_dir_all(folder)?;
        // Made for its owner alone, and put into its place whole.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(report.json().as_bytes())?;
        file.persist(&self.file).map_err(|error| error.error)?;
        Ok(())
    }
}

#[cfg(unix)]
fn is_private(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    let others = meta.permissions().mode() & 0o077;
    others == 0
}

#[cfg(not(unix))]
fn is_private(_meta: &fs::Metadata) -> bool {
    true
}

/// The user's cache folder.
fn home(env: &Env) -> Option<PathBuf> {
    let absolute = |name: &str| env.plain(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("LOCALAPPDATA"))
        .or_else(|| absolute("HOME").map(|home| home.join(".cache")))?;
    Some(cache.join("lockstep"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(dir: &Path, only: Option<&str>) -> Cache {
        let config = dir.join("lockstep.yml");
        let key = Key { config: &config, only };
        Cache::open(Some(&dir.join("kept")), &Env::default(), &key).unwrap()
    }

    #[test]
    fn what_was_kept_is_read_back_until_it_is_too_old() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("lockstep.yml"), "version: 1\n").unwrap();
        let mut report = Report::new(false);
        report.at = "2026-03-01T12:00:00Z".into();
        let kept = cache(dir.path(), None);
        kept.write(&report);
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let five = SignedDuration::from_mins(5);
        assert_eq!(kept.read(five, at("2026-03-01T12:05:00Z")), Some(report.clone()));
        assert_eq!(kept.read(five, at("2026-03-01T12:05:01Z")), None, "too old");
        assert_eq!(kept.read(five, at("2026-03-01T11:59:00Z")), None, "of the future");
        assert_eq!(
            cache(dir.path(), Some("api")).read(five, at("2026-03-01T12:05:00Z")),
            None,
            "another question"
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&kept.file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            fs::set_permissions(&kept.file, fs::Permissions::from_mode(0o644)).unwrap();
            assert_eq!(kept.read(five, at("2026-03-01T12:05:00Z")), None, "open to others");
            fs::set_permissions(&kept.file, fs::Permissions::from_mode(0o600)).unwrap();
        }
        for broken in ["", "{", "[]", "{\"version\":1}", "\u{0}"] {
            fs::write(&kept.file, broken).unwrap();
            assert_eq!(kept.read(five, at("2026-03-01T12:00:00Z")), None, "{broken:?}");
        }
        fs::write(dir.path().join("lockstep.yml"), "version: 1\n# changed\n").unwrap();
        assert_ne!(cache(dir.path(), None).file, kept.file, "another mapping file");
    }

    #[test]
    fn the_folder_is_the_one_of_the_user() {
        for (variables, folder) in [
            (&[("XDG_CACHE_HOME", "/c"), ("HOME", "/h")][..], Some("/c/lockstep")),
            (
                &[("XDG_CACHE_HOME", "relative"), ("HOME", "/h")][..],
                Some("/h/.cache/lockstep"),
            ),
            (&[][..], None),
        ] {
            assert_eq!(home(&Env::of(variables.iter().copied())), folder.map(PathBuf::from));
        }
    }
}
