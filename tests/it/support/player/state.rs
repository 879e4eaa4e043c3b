//! Everything a tracker holds, put aside and put back: many stories that begin alike need their beginning told once.

use std::fs;
use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};

use super::{Place, Player};
use crate::support::fake::{github, gitlab};
use crate::support::page::{self, Page, Snapshot};

/// What a tracker held at some time.
pub enum Saved {
    GitHub(Box<github::GitHub>),
    GitLab(Box<gitlab::GitLab>),
    Folder(Snapshot),
}

impl Player {
    /// What the tracker holds now.
    pub fn save(&self) -> Saved {
        match &self.place {
            Place::GitHub(fake) => Saved::GitHub(Box::new(fake.with(|github| github.clone()))),
            Place::GitLab(fake) => Saved::GitLab(Box::new(fake.with(|gitlab| gitlab.clone()))),
            Place::Folder(folder) => Saved::Folder(page::snapshot(&folder.root)),
        }
    }

    /// The tracker as it was.
    pub fn put_back(&self, saved: &Saved) {
        self.heal();
        match (&self.place, saved) {
            (Place::GitHub(fake), Saved::GitHub(then)) => fake.with(|github| *github = (**then).clone()),
            (Place::GitLab(fake), Saved::GitLab(then)) => fake.with(|gitlab| *gitlab = (**then).clone()),
            (Place::Folder(folder), Saved::Folder(then)) => {
                fs::remove_dir_all(&folder.root).unwrap();
                fs::create_dir_all(&folder.root).unwrap();
                for (path, (modified, content)) in then {
                    fs::create_dir_all(path.parent().unwrap()).unwrap();
                    fs::write(path, content).unwrap();
                    date(path, *modified);
                }
            }
            (Place::GitHub(_) | Place::GitLab(_) | Place::Folder(_), _) => panic!("saved of another tracker"),
        }
        self.clear_log();
    }

    /// Whoever wrote the files of the folder left out when.
    pub fn undate(&self) {
        if let Place::Folder(folder) = &self.place {
            for path in page::snapshot(&folder.root).into_keys() {
                if path.extension().is_some_and(|extension| extension == "md") {
                    let mut page = Page::read(&path);
                    page.set_or_drop("created", None);
                    page.write(&path);
                }
            }
        }
    }

    /// In a folder: the file says that it was created so many seconds from now.
    pub fn created(&self, key: u64, seconds: i64) {
        let at = Timestamp::now() + SignedDuration::from_secs(seconds);
        self.page(key, |page| page.set("created", &at.to_string()));
    }

    /// Whoever comes next gets a folder by a fresh checkout some hours later: the files have its date, not their own.
    pub fn check_out(&self) {
        if let Place::Folder(folder) = &self.place {
            let later = SystemTime::from(Timestamp::now() + SignedDuration::from_hours(2));
            for path in page::snapshot(&folder.root).into_keys() {
                date(&path, later);
            }
        }
    }
}

fn date(path: &std::path::Path, at: SystemTime) {
    let file = fs::File::options().append(true).open(path).unwrap();
    file.set_modified(at).unwrap();
}
