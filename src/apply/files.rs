//! Files that a text takes along: each is fetched from where it is and kept where the text goes, before the text is
//! written. One that cannot be taken along stays where it is, and the text leads there.
//!
//! A file waits on disk between the two, never whole in memory, and is gone when it has been handed over.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use futures_util::StreamExt as _;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;

use super::work::{Halt, Work};
use super::{End, Run, STOPPED, names};
use crate::border::{Syntax, is_writable};
use crate::model::{IssueRef, LinkId, Side, hash_text};
use crate::plan::{Act, Field, Held, PlannedFile, Step};
use crate::tracker::{Download, LocalFile, Reach, TrackerError};

/// How long a file may take to come, however much of it did: each piece may be late, and need not be the last.
const LONGEST: Duration = Duration::from_mins(10);
/// A file that had so long and did not come is given up. One that had less, because the time budget ends, is for the next
/// run.
const FAIR: Duration = Duration::from_secs(30);

/// What became of files in the passes of one run over one sync.
#[derive(Debug, Default)]
pub struct Files(Mutex<Taken>);

#[derive(Debug, Default)]
struct Taken {
    /// The address of each original where it was to be kept, or why it is not there.
    by_original: BTreeMap<Place, Result<String, String>>,
    /// The same by the fingerprint of the content.
    by_content: BTreeMap<Place, String>,
    /// Bytes fetched.
    fetched: u64,
}

/// Where a file is to be kept: the side, the issue's link where files belong to issues, and which file.
type Place = (Side, Option<LinkId>, String);

/// What keeps a file from being taken along.
enum Trouble {
    /// Its own: the text goes without it.
    Own(String),
    /// That of a tracker or of the run.
    Stop(TrackerError),
    /// The time budget ended.
    Late,
}

impl From<TrackerError> for Trouble {
    fn from(error: TrackerError) -> Self {
        match error.reach() {
            Reach::Step => Self::Own(error.to_string()),
            Reach::Tracker | Reach::Budget => Self::Stop(error),
        }
    }
}

impl Files {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Run<'_> {
    /// The step with the addresses of its files in its text, all of them kept or left where they are. `Err` when the step
    /// cannot be taken now.
    pub(super) async fn filled<'s>(
        &mut self,
        work: &mut Work<'_>,
        step: &'s Step,
    ) -> Result<Result<Cow<'s, Step>, End>, Halt> {
        let mut step = Cow::Borrowed(step);
        if let Act::EditCopy { copy, .. } = &step.act
            && let Some(hash) = work.brought.get(&(copy.mark.side, copy.mark.source.clone())).cloned()
            && let Act::EditCopy { copy, .. } = &mut step.to_mut().act
        {
            copy.mark.original = hash;
        }
        if step.files().is_empty() || work.will_skip(&step) {
            return Ok(Ok(step));
        }
        let on = step.on;
        let rewrites = matches!(step.act, Act::Update(_)) && work.born.is_none();
        if rewrites && !work.is_fresh(on) {
            // Nothing is fetched for a text that cannot be written.
            self.expect_unchanged(work, on).await?;
        }
        let mut addresses = Vec::new();
        for file in step.files() {
            if self.hands.out_of_time() {
                return Ok(Err(self.late()));
            }
            match self.take_along(work, on, file).await {
                Ok(address) => addresses.push((file.placeholder.clone(), address)),
                Err(end) => return Ok(Err(end)),
            }
        }
        let fill = |text: &mut String| {
            for (placeholder, address) in &addresses {
                *text = text.replace(placeholder, address);
            }
        };
        let link = &work.book.link;
        match &mut step.to_mut().act {
            Act::Create(twin) => fill(&mut twin.text),
            Act::Update(change) => change.text.iter_mut().for_each(fill),
            Act::Comment(copy) | Act::EditCopy { copy, .. } => {
                fill(&mut copy.text);
                copy.mark.copy = hash_text(link, &copy.text);
            }
            Act::EditOriginal { comment, text, .. } => {
                fill(text);
                work.brought.insert((on, comment.0.clone()), hash_text(link, text));
            }
            Act::Label(_)
            | Act::Milestone(_)
            | Act::Note
            | Act::DeleteCopy { .. }
            | Act::Acknowledge { .. }
            | Act::Retire { .. }
            | Act::Part { .. }
            | Act::Unmark { .. } => {}
        }
        Ok(Ok(step))
    }

    /// The step waits for the next run.
    fn late(&mut self) -> End {
        self.mind_the_time();
        End::Skipped(STOPPED.into())
    }

    /// The address a text on `to` shall name a file by. `Err` stops the run.
    async fn take_along(&mut self, work: &Work<'_>, to: Side, file: &PlannedFile) -> Result<String, End> {
        // A folder keeps its files with the issue they belong to; elsewhere they belong to the project.
        let own = work.book.profiles.get(to).syntax == Syntax::Plain;
        let scope = own.then(|| work.book.link.clone());
        let place = (to, scope.clone(), file.original.clone());
        let before = self.hands.files.taken().by_original.get(&place).cloned();
        let outcome = if let Some(outcome) = before {
            outcome
        } else {
            let outcome = match Box::pin(self.carry(work, to, scope, file)).await {
                Ok(address) => Ok(address),
                Err(Trouble::Own(why)) => Err(why),
                Err(Trouble::Stop(error)) => return Err(self.failed(&error)),
                Err(Trouble::Late) => return Err(self.late()),
            };
            self.hands.files.taken().by_original.insert(place, outcome.clone());
            outcome
        };
        Ok(outcome.unwrap_or_else(|why| {
            self.leave(work, to, &why);
            file.left.clone()
        }))
    }

    async fn carry(
        &self,
        work: &Work<'_>,
        to: Side,
        scope: Option<LinkId>,
        file: &PlannedFile,
    ) -> Result<String, Trouble> {
        let source = self.hands.readers.get(to.other());
        let limit = self.hands.time_left().map_or(LONGEST, |left| left.min(LONGEST));
        let fetched = tokio::time::timeout(limit, async {
            let download = source.fetch(&file.original).await?;
            self.store(work, file, download).await
        });
        // The file on disk is gone when this goes out of scope.
        let (_waiting, local) = fetched.await.unwrap_or_else(|_late| {
            if limit < FAIR {
                return Err(Trouble::Late);
            }
            let seconds = limit.as_secs();
            Err(Trouble::Own(format!("it did not come within {seconds} s")))
        })?;
        let place = (to, scope, local.digest.clone());
        if let Some(address) = self.hands.files.taken().by_content.get(&place) {
            return Ok(address.clone());
        }
        let issue = work.keys.get(to).as_ref();
        let address = self.hands.writers.get(to).keep(issue, &local, file.shelf).await?;
        if !is_writable(&address) {
            return Err(Trouble::Own(
                "the tracker gave it an address that no text can hold".into(),
            ));
        }
        self.hands.files.taken().by_content.insert(place, address.clone());
        Ok(address)
    }

    /// Reads a file to disk, no further than it may be large.
    async fn store(
        &self,
        work: &Work<'_>,
        file: &PlannedFile,
        mut download: Download,
    ) -> Result<(NamedTempFile, LocalFile), Trouble> {
        let local = |error: std::io::Error| Trouble::Own(format!("it cannot be stored on the way ({error})"));
        let limits = &work.book.terms.sync.fields.attachments;
        let within = |size: u64, fetched: u64| {
            if size > limits.max_file {
                Err(Trouble::Own(format!(
                    "it is larger than `max_file` allows ({} bytes)",
                    limits.max_file
                )))
            } else if fetched.saturating_add(size) > limits.max_run {
                Err(Trouble::Own(format!(
                    "this run has carried as much as `max_run` allows ({} bytes)",
                    limits.max_run
                )))
            } else {
                Ok(())
            }
        };
        let before = self.hands.files.taken().fetched;
        within(download.size.unwrap_or_default(), before)?;
        let waiting = tempfile::Builder::new().prefix("lockstep-").tempfile().map_err(local)?;
        let mut disk = tokio::fs::File::from_std(waiting.reopen().map_err(local)?);
        let mut context = Context::new(&SHA256);
        let mut size: u64 = 0;
        while let Some(chunk) = download.chunks.next().await {
            let chunk = chunk?;
            let more = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
            size = size.saturating_add(more);
            // What is read and thrown away counts as well: it was carried over the line.
            self.hands.files.taken().fetched += more;
            within(size, before)?;
            context.update(&chunk);
            disk.write_all(&chunk).await.map_err(local)?;
        }
        disk.flush().await.map_err(local)?;
        if download.size.is_some_and(|announced| announced != size) {
            return Err(Trouble::Own("it broke off on the way".into()));
        }
        let digest = context.finish();
        let digest = digest.as_ref().iter().fold(String::new(), |mut hex, byte| {
            hex.push_str(&format!("{byte:02x}"));
            hex
        });
        let name = if download.name.is_empty() {
            &file.name
        } else {
            &download.name
        };
        let name = names::clean(name, download.media_type.as_deref());
        let path = waiting.path().to_owned();
        let media_type = download.media_type;
        Ok((
            waiting,
            LocalFile {
                path,
                name,
                media_type,
                size,
                digest,
            },
        ))
    }

    /// Says that a file stays where it is.
    fn leave(&mut self, work: &Work<'_>, to: Side, why: &str) {
        let at = |side: Side| {
            let tracker = self.hands.names.get(side).clone();
            match work.keys.get(side).clone() {
                Some(key) => IssueRef { tracker, key }.to_string(),
                None => tracker.to_string(),
            }
        };
        let held = Held {
            code: "attachment-linked",
            on: at(to.other()),
            message: format!(
                "a file in its text stays where it is, and {} links to it: {why}",
                at(to)
            ),
            hint: "once the cause is gone, edit the text it stands in: the file is tried again then".into(),
        };
        self.out.held.push(held);
    }
}

impl Work<'_> {
    /// Whether a step is not going to be taken, so that its files need not be either.
    fn will_skip(&self, step: &Step) -> bool {
        match &step.act {
            Act::Comment(_) => *self.silent.get(step.on),
            Act::EditCopy { copy, .. } => self.must_wait(step.on, copy),
            Act::Update(_) => self.unkept.get(step.on).contains(&Field::Body),
            Act::Create(_)
            | Act::EditOriginal { .. }
            | Act::Label(_)
            | Act::Milestone(_)
            | Act::Note
            | Act::DeleteCopy { .. }
            | Act::Acknowledge { .. }
            | Act::Retire { .. }
            | Act::Part { .. }
            | Act::Unmark { .. } => false,
        }
    }
}
