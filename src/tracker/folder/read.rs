//! Pages read as issues and comments. Imports the model and this folder.
//!
//! Reading is forgiving: people write these files. What is left out is made up from what is there; what is written and
//! cannot be understood is an error that names the line, because a guess could close or reopen somebody's issue.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::model::{
    Account, Body, Comment, CommentKey, Illegible, Issue, IssueKey, Label, Lookup, Milestone, Reason, State, Status,
};

use super::disk::{self, Fault, Place, Stored};
use super::file::{Flaw, Page};
use super::front::{Front, one_line};
use super::planning;

/// A title made up from a body is cut here, in characters.
const LONGEST_MADE_UP: usize = 200;

/// The issues of a folder, and those that cannot be read.
pub(super) type Read = (Vec<Issue>, BTreeMap<IssueKey, Illegible>);

/// Every issue changed at or after `since`, or every issue. One that cannot be understood is told with everything that is
/// wrong in its file; a file that the disk does not give is an error, so the list is never short.
pub(super) fn list(root: &Path, since: Option<Timestamp>) -> Result<Read, Fault> {
    let places = disk::scan(root).map_err(|fault| explain_missing(root, fault))?;
    let (mut issues, mut illegible) = Read::default();
    for (number, place) in &places {
        let Some(path) = &place.file else { continue };
        let issue = match issue(*number, path, place) {
            Ok(issue) => issue,
            Err(Unread::Disk(fault)) => return Err(fault),
            Err(Unread::Flawed { why, body, .. }) => {
                let why = format!("{}: {why}", path.display());
                illegible.insert(IssueKey(number.to_string()), Illegible { why, body: *body });
                continue;
            }
        };
        let changed = match since {
            None => true,
            Some(since) => issue
                .updated
                .max(disk::comments_modified(place)?)
                .is_none_or(|at| at >= since),
        };
        if changed {
            issues.push(issue);
        }
    }
    Ok((issues, illegible))
}

/// The first file that cannot be read, if there is one.
pub(super) fn expect_legible(root: &Path) -> Result<(), Fault> {
    let places = disk::scan(root).map_err(|fault| explain_missing(root, fault))?;
    for (number, place) in &places {
        if let Some(path) = &place.file {
            issue(*number, path, place)?;
        }
    }
    Ok(())
}

/// Why an issue was not read.
#[derive(Debug)]
pub(super) enum Unread {
    /// The disk refused.
    Disk(Fault),
    /// Somebody wrote what cannot be understood.
    Flawed {
        /// The file.
        path: PathBuf,
        /// Everything that is wrong in it.
        why: String,
        /// Its text and markers, as far as they can be told.
        body: Box<Body>,
    },
}

impl From<Fault> for Unread {
    fn from(fault: Fault) -> Self {
        Self::Disk(fault)
    }
}

impl From<Unread> for Fault {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Disk(fault) => fault,
            Unread::Flawed { path, why, .. } => Self::new(&path, why),
        }
    }
}

/// The issue of a key.
pub(super) fn look_up(root: &Path, key: &IssueKey) -> Result<Lookup, Fault> {
    // A key no file name can have was never one of ours: nothing can be said about it.
    let Some(number) = key_number(&key.0) else {
        return Ok(Lookup::Hidden);
    };
    let places = disk::scan(root).map_err(|fault| explain_missing(root, fault))?;
    match places.get(&number) {
        Some(place @ Place { file: Some(path), .. }) => Ok(Lookup::Found(Box::new(issue(number, path, place)?))),
        Some(_) | None => Ok(Lookup::Deleted),
    }
}

/// The comments of several issues. `Err(Ok(key))` names an issue that is gone.
pub(super) fn comments(
    root: &Path,
    of: &[IssueKey],
) -> Result<BTreeMap<IssueKey, Vec<Comment>>, Result<IssueKey, Fault>> {
    let places = disk::scan(root).map_err(|fault| Err(explain_missing(root, fault)))?;
    let mut all = BTreeMap::new();
    for key in of {
        let place = key_number(&key.0).and_then(|number| places.get(&number));
        let place = place
            .filter(|place| place.file.is_some())
            .ok_or_else(|| Ok(key.clone()))?;
        let paths = disk::comments(place).map_err(Err)?;
        let read = paths.iter().map(|(number, path)| comment(*number, path));
        all.insert(key.clone(), read.collect::<Result<_, _>>().map_err(Err)?);
    }
    Ok(all)
}

/// The labels in use.
pub(super) fn labels(root: &Path) -> Result<Vec<Label>, Fault> {
    let names: BTreeSet<String> = list(root, None)?.0.into_iter().flat_map(|issue| issue.labels).collect();
    let label = |name| Label {
        name,
        color: None,
        description: None,
    };
    Ok(names.into_iter().map(label).collect())
}

/// The milestones in use. Files say no more than their titles.
pub(super) fn milestones(root: &Path) -> Result<Vec<Milestone>, Fault> {
    let titles: BTreeSet<String> = list(root, None)?
        .0
        .into_iter()
        .filter_map(|issue| issue.milestone)
        .collect();
    let milestone = |title| Milestone {
        title,
        description: None,
        due: None,
        closed: false,
    };
    Ok(titles.into_iter().map(milestone).collect())
}

/// One issue.
pub(super) fn issue(number: u64, path: &Path, place: &Place) -> Result<Issue, Unread> {
    let (bytes, modified) = disk::bytes(path)?;
    let comments = disk::comments(place)?.len();
    let flawed = |flaws: &[Flaw], body| Unread::Flawed {
        path: path.to_owned(),
        why: flaws.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        body: Box::new(body),
    };
    let page = Page::read(&bytes).map_err(|flaw| flawed(&[flaw], Body::read(&String::from_utf8_lossy(&bytes))))?;
    let front = &page.front;
    let mut flaws = Vec::new();
    let issue = Issue {
        key: IssueKey(number.to_string()),
        url: path.display().to_string(),
        author: sound(author(front), &mut flaws),
        // A checkout dates its files anew: what nobody wrote down is not known.
        created: time(front, "created"),
        updated: time(front, "updated").max(modified),
        title: sound(title(&page, path), &mut flaws),
        body: Body::read(&page.body()),
        status: sound(status(front).map(Some), &mut flaws).unwrap_or(Status::OPEN),
        labels: sound(front.list("labels"), &mut flaws),
        assignees: sound(assignees(front), &mut flaws),
        milestone: sound(front.text("milestone"), &mut flaws),
        planning: planning::read(front, &mut flaws),
        comment_count: u64::try_from(comments).unwrap_or(u64::MAX),
        confidential: false,
        moved_to: None,
    };
    flaws.sort_by_key(|flaw| flaw.line);
    if flaws.is_empty() {
        Ok(issue)
    } else {
        Err(flawed(&flaws, issue.body))
    }
}

/// What was read, or nothing and the flaw.
pub(super) fn sound<T: Default>(read: Result<T, Flaw>, flaws: &mut Vec<Flaw>) -> T {
    read.unwrap_or_else(|flaw| {
        flaws.push(flaw);
        T::default()
    })
}

/// One comment.
pub(super) fn comment(number: u64, path: &Path) -> Result<Comment, Fault> {
    let stored = disk::read(path)?;
    let front = &stored.page.front;
    Ok(Comment {
        key: CommentKey(number.to_string()),
        url: path.display().to_string(),
        author: author(front).map_err(|flaw| Fault::new(path, flaw))?,
        created: created(&stored),
        updated: time(front, "updated").max(stored.modified),
        body: Body::read(&stored.page.body()),
        restricted: false,
    })
}

/// A key as a number. Keys come out of markers, which anybody can write: only what a file name can give is taken.
pub(super) fn key_number(key: &str) -> Option<u64> {
    let number: u64 = key.parse().ok().filter(|number| *number > 0)?;
    (number.to_string() == key).then_some(number)
}

/// When it was created: as written, else when the file was last written.
pub(super) fn created(stored: &Stored) -> Option<Timestamp> {
    time(&stored.page.front, "created").or(stored.modified)
}

/// As written, else the body's first heading, else its first line, else the file's name.
pub(super) fn title(page: &Page, path: &Path) -> Result<String, Flaw> {
    if let Some(title) = page.front.text("title")? {
        return Ok(title);
    }
    let text = Body::read(&page.body()).text;
    let made = first_heading(&text)
        .or_else(|| text.lines().map(one_line).find(|line| !line.is_empty()))
        .or_else(|| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
    Ok(made.unwrap_or_default().chars().take(LONGEST_MADE_UP).collect())
}

/// Logins, with or without the `@` people put before them.
pub(super) fn assignees(front: &Front) -> Result<BTreeSet<String>, Flaw> {
    let logins = front.list("assignees")?;
    Ok(logins.iter().map(|login| bare(login).to_owned()).collect())
}

/// `open`, `closed` or `closed as …`; open when nothing is said.
pub(super) fn status(front: &Front) -> Result<Status, Flaw> {
    let Some(written) = front.text("status")? else {
        return Ok(Status::OPEN);
    };
    let words = written.to_lowercase().replace(['-', '_'], " ");
    let words: Vec<&str> = words.split_whitespace().collect();
    let closed_as = |reason| {
        Ok(Status {
            state: State::Closed,
            reason: Some(reason),
        })
    };
    match words.as_slice() {
        ["open" | "opened"] => Ok(Status::OPEN),
        ["closed"] => Ok(Status::CLOSED),
        ["closed", "as", "completed"] => closed_as(Reason::Completed),
        ["closed", "as", "not", "planned"] => closed_as(Reason::NotPlanned),
        ["closed", "as", "duplicate"] => closed_as(Reason::Duplicate),
        _ => {
            let shown: String = written.chars().take(40).collect();
            let what = format!(
                "`status: {shown}` is none of: open, closed, closed as completed, closed as not_planned, \
                 closed as duplicate"
            );
            Err(Flaw::at(front.line("status"), what))
        }
    }
}

fn author(front: &Front) -> Result<Option<Account>, Flaw> {
    let login = front.text("author")?;
    Ok(login.map(|login| Account {
        login: bare(&login).to_owned(),
        url: None,
    }))
}

fn bare(login: &str) -> &str {
    login.strip_prefix('@').unwrap_or(login)
}

/// A time in any usual form; one that cannot be read is left aside, the file's own time stands in for it.
fn time(front: &Front, key: &str) -> Option<Timestamp> {
    let text = front.text(key).ok().flatten()?;
    let civil = || {
        let local: DateTime = text.parse().ok()?;
        Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    text.parse().ok().or_else(civil)
}

fn first_heading(text: &str) -> Option<String> {
    let mut heading: Option<String> = None;
    for event in Parser::new(text) {
        match (event, &mut heading) {
            (Event::Start(Tag::Heading { .. }), None) => heading = Some(String::new()),
            (Event::End(TagEnd::Heading(_)), Some(words)) => {
                let words = one_line(words);
                if !words.is_empty() {
                    return Some(words);
                }
                heading = None;
            }
            (Event::Text(part) | Event::Code(part), Some(words)) => words.push_str(&part),
            (Event::SoftBreak | Event::HardBreak, Some(words)) => words.push(' '),
            _ => {}
        }
    }
    None
}

fn explain_missing(root: &Path, fault: Fault) -> Fault {
    if fault.path == root && !root.exists() {
        let what = format!("there is no such folder; make it with `mkdir -p {}`", root.display());
        return Fault::new(root, what);
    }
    fault
}
