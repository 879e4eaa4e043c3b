//! Milestones, dates, weights, time and what an issue belongs to, as people set and see them on one side.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Place, Player};
use crate::support::page::{self, Page};

/// What an issue says about when and how much. What the tracker has no field for is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Planned {
    /// The milestone's title.
    pub milestone: Option<String>,
    pub weight: Option<u64>,
    /// `YYYY-MM-DD`.
    pub due: Option<String>,
    /// Seconds.
    pub estimate: u64,
    /// Seconds.
    pub spent: u64,
    pub confidential: bool,
}

/// A milestone as people see it in the tracker's list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stone {
    pub title: String,
    pub description: String,
    /// `YYYY-MM-DD`.
    pub due: Option<String>,
    pub closed: bool,
}

impl Player {
    /// What an issue says about when and how much.
    pub fn planned(&self, key: u64) -> Planned {
        match &self.place {
            Place::GitHub(fake) => Planned {
                milestone: fake.milestone_of(&fake.get(key)),
                ..Planned::default()
            },
            Place::GitLab(fake) => {
                let issue = fake.get(key);
                Planned {
                    milestone: fake.milestone_of(&issue),
                    weight: issue.weight,
                    due: issue.due_date,
                    estimate: issue.time_estimate,
                    spent: issue.time_spent,
                    confidential: issue.confidential,
                }
            }
            Place::Folder(folder) => {
                let page = Page::read(&page::issue(&folder.root, key));
                let given = |key: &str| Some(page.text(key)).filter(|text| !text.is_empty());
                let seconds = |key| given(key).map_or(0, |text| duration(&text));
                Planned {
                    milestone: given("milestone"),
                    weight: given("weight").map(|text| text.parse().unwrap()),
                    due: given("due"),
                    estimate: seconds("estimate"),
                    spent: seconds("spent"),
                    confidential: false,
                }
            }
        }
    }

    /// Puts an issue into a milestone, which is made if there is none of the title, or takes it out.
    pub fn put_into(&self, key: u64, title: Option<&str>) {
        if let Some(title) = title.filter(|title| !self.milestones().iter().any(|stone| stone.title == *title)) {
            self.make_milestone(&Stone {
                title: title.to_owned(),
                ..Stone::default()
            });
        }
        match &self.place {
            Place::GitHub(fake) => {
                let stones = fake.milestones();
                let number = title.map(|title| stones.iter().find(|own| own.title == title).unwrap().number);
                fake.edit(key, |issue| issue.milestone = number);
            }
            Place::GitLab(fake) => {
                let stones = fake.milestones();
                let id = title.map(|title| stones.iter().find(|own| own.title == title).unwrap().id);
                fake.edit(key, |issue| issue.milestone = id);
            }
            Place::Folder(_) => self.page(key, |page| page.set_or_drop("milestone", title)),
        }
    }

    /// Makes a milestone. Folders have no list of them.
    pub fn make_milestone(&self, stone: &Stone) {
        match &self.place {
            Place::GitHub(fake) => {
                let number = fake.milestone(&stone.title);
                fake.edit_milestone(number, |own| {
                    own.description = Some(stone.description.clone()).filter(|text| !text.is_empty());
                    own.due_on = stone.due.as_deref().map(western);
                    own.closed = stone.closed;
                });
            }
            Place::GitLab(fake) => {
                let id = fake.milestone(&stone.title);
                fake.edit_milestone(id, |own| {
                    own.description.clone_from(&stone.description);
                    own.due_date.clone_from(&stone.due);
                    own.closed = stone.closed;
                });
            }
            Place::Folder(_) => {}
        }
    }

    /// The tracker's milestones by title. Folders have no list of them.
    pub fn milestones(&self) -> Vec<Stone> {
        let mut stones: Vec<Stone> = match &self.place {
            Place::GitHub(fake) => fake
                .milestones()
                .into_iter()
                .map(|own| Stone {
                    title: own.title,
                    description: own.description.unwrap_or_default(),
                    due: own.due_on.map(|due| due.to_zoned(TimeZone::UTC).date().to_string()),
                    closed: own.closed,
                })
                .collect(),
            Place::GitLab(fake) => fake
                .milestones()
                .into_iter()
                .map(|own| Stone {
                    title: own.title,
                    description: own.description,
                    due: own.due_date,
                    closed: own.closed,
                })
                .collect(),
            Place::Folder(_) => Vec::new(),
        };
        stones.sort_by(|a, b| a.title.cmp(&b.title));
        stones
    }

    /// Gives an issue a weight, or takes it away.
    pub fn weigh(&self, key: u64, weight: Option<u64>) {
        match &self.place {
            Place::GitHub(_) => panic!("GitHub has no weights"),
            Place::GitLab(fake) => fake.edit(key, |issue| issue.weight = weight),
            Place::Folder(_) => self.page(key, |page| {
                page.set_or_drop("weight", weight.map(|weight| weight.to_string()).as_deref());
            }),
        }
    }

    /// Sets the day an issue is due (`YYYY-MM-DD`), or takes it away.
    pub fn make_due(&self, key: u64, day: Option<&str>) {
        match &self.place {
            Place::GitHub(_) => panic!("GitHub has no due dates of issues"),
            Place::GitLab(fake) => fake.edit(key, |issue| issue.due_date = day.map(str::to_owned)),
            Place::Folder(_) => self.page(key, |page| page.set_or_drop("due", day)),
        }
    }

    /// Sets the estimated time in seconds; 0 takes it away.
    pub fn estimate(&self, key: u64, seconds: u64) {
        match &self.place {
            Place::GitHub(_) => panic!("GitHub estimates no time"),
            Place::GitLab(fake) => fake.edit(key, |issue| issue.time_estimate = seconds),
            Place::Folder(_) => self.page(key, |page| page.set_time("estimate", seconds)),
        }
    }

    /// Logs time spent, in seconds; less than nothing takes back what was logged.
    pub fn log_time(&self, key: u64, seconds: i64) {
        let spent = self.planned(key).spent.checked_add_signed(seconds).unwrap();
        match &self.place {
            Place::GitHub(_) => panic!("GitHub logs no time"),
            Place::GitLab(fake) => fake.edit(key, |issue| issue.time_spent = spent),
            Place::Folder(_) => self.page(key, |page| page.set_time("spent", spent)),
        }
    }

    /// Puts an issue into an iteration, or takes it out.
    pub fn iterate(&self, key: u64, title: Option<&str>) {
        self.gitlab()
            .edit(key, |issue| issue.iteration = title.map(str::to_owned));
    }

    /// Makes an issue part of something larger: of an epic of this title on GitLab, of the issue of this number on GitHub.
    pub fn belong_to(&self, key: u64, whole: Option<&str>) {
        match &self.place {
            Place::GitHub(fake) => {
                let parent = whole.map(|number| (None, number.parse().unwrap()));
                fake.edit(key, |issue| issue.parent = parent);
            }
            Place::GitLab(fake) => fake.edit(key, |issue| issue.epic = whole.map(str::to_owned)),
            Place::Folder(_) => panic!("in a folder nothing is part of something larger"),
        }
    }

    /// Makes an issue confidential, or open to all again.
    pub fn hide(&self, key: u64, confidential: bool) {
        self.gitlab().edit(key, |issue| issue.confidential = confidential);
    }
}

/// The midnight GitHub keeps for a day.
fn western(day: &str) -> Timestamp {
    format!("{day}T08:00:00Z").parse().unwrap()
}

/// `1h 30m` in seconds.
fn duration(text: &str) -> u64 {
    let given: SignedDuration = text.parse().unwrap_or_else(|why| panic!("{text:?}: {why}"));
    given.as_secs().try_into().unwrap()
}
