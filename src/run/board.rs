//! The dashboard of a sync within a run: found before anything is listed, for the watermark in it; shown at the end.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::fetch::{Known, Scope};
use super::story::Story;
use super::task::side_of;
use super::trackers::OpenTracker;
use super::{Run, Since, Task};
use crate::apply::{BoardWish, BoardWritten, write_board};
use crate::config::{DASHBOARD_LABEL, Dashboard};
use crate::model::{BoardMark, End, Hash, Issue, IssueKey, IssueRef, Lookup, Payload, PerSide, Side, SideWorld};
use crate::plan::{Board, FoundBoard, Question};
use crate::reconcile::{BoardSearch, Rules, find_board, sync_hash};
use crate::report::{BoardText, BoardView, HeldReport, Outcome, Report, StepReport, board, held};
use crate::tracker::{CommentReading, TrackerError};

/// So much of what was seen already is looked at again: services tell of a change some time after it.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);
/// Everything is looked at so often, however little changed: a deleted issue is in no listing of changes.
const WHOLE: SignedDuration = SignedDuration::from_hours(24);
/// With more issues than this that wait for a person, listing everything costs less.
const OPEN: usize = 30;

impl Run<'_> {
    /// The dashboard, in runs that look after it: those of all links.
    fn dashboard(&self, rules: &Rules) -> Option<&Dashboard> {
        let whole = self.request.task == Task::Sync && rules.focus.is_none() && self.request.shard.is_none();
        self.sync.dashboard.as_ref().filter(|_| whole)
    }

    /// Reads the dashboard. A run asked for the dashboard itself, as an event of it does, is one of all links.
    pub(super) async fn find_dashboard(
        &self,
        rules: &mut Rules,
        sides: &PerSide<&OpenTracker>,
    ) -> Result<Known, TrackerError> {
        let mut known = Known::default();
        let Some(dashboard) = &self.sync.dashboard else {
            return Ok(known);
        };
        let reader = sides.get(dashboard.on).reader();
        let lookups = known.lookups.get_mut(dashboard.on);
        if let Some((side, key)) = rules.focus.clone().filter(|(side, _)| *side == dashboard.on) {
            let found = sides.get(side).reader().issue(&key).await?;
            if let Lookup::Found(issue) = &found
                && is_marked(issue, &self.sync.name)
            {
                rules.focus = None;
            }
            lookups.insert(key, found);
        } else if self.dashboard(rules).is_some() {
            for issue in reader.labelled(DASHBOARD_LABEL).await? {
                lookups.insert(issue.key.clone(), Lookup::Found(Box::new(issue)));
            }
        }
        if self.dashboard(rules).is_some() && self.search(rules, sides, &known).asks_account {
            *known.account.get_mut(dashboard.on) = Some(reader.account().await?);
        }
        Ok(known)
    }

    fn search(&self, rules: &Rules, sides: &PerSide<&OpenTracker>, known: &Known) -> BoardSearch {
        let Some(dashboard) = self.dashboard(rules) else {
            return BoardSearch::default();
        };
        let side = dashboard.on;
        let mut world = SideWorld::new(self.sync.between.get(side).clone(), sides.get(side).project(), self.now);
        world.lookups.clone_from(known.lookups.get(side));
        world.account.clone_from(known.account.get(side));
        find_board(rules, &world)
    }

    /// What to read.
    pub(super) fn scope(&self, rules: &Rules, sides: &PerSide<&OpenTracker>, known: &Known) -> Scope {
        if let Some(focus) = &rules.focus {
            return Scope::Issues(vec![focus.clone()]);
        }
        let board = self.search(rules, sides, known).found;
        let open = board.iter().flat_map(|board| open(&board.mark)).collect();
        match (&self.request.since, board) {
            (Since::Time(since), _) => Scope::Since(PerSide::new(Some(*since), Some(*since)), open),
            (Since::Auto, Some(board)) => match self.watermark(&board.mark, sides) {
                Some(since) if open.len() <= OPEN => Scope::Since(since, open),
                Some(_) | None => Scope::All,
            },
            (Since::Auto, None) | (Since::All, _) => Scope::All,
        }
    }

    /// The time from which on changes are to be looked at, where that is enough.
    fn watermark(&self, mark: &BoardMark, sides: &PerSide<&OpenTracker>) -> Option<PerSide<Option<Timestamp>>> {
        let whole = Timestamp::from_second(mark.whole).ok().filter(|_| mark.whole > 0)?;
        let age = self.now.duration_since(whole);
        if age >= WHOLE || age.is_negative() || mark.file != self.file() {
            return None;
        }
        let time = |second: i64| {
            let at = Timestamp::from_second(second).ok().filter(|_| second > 0)?;
            at.checked_sub(OVERLAP).ok()
        };
        let seen = PerSide::new(time(mark.seen.left)?, time(mark.seen.right)?);
        // A file that was copied there may be older than the watermark, and reading all of them costs nothing.
        let free = |side: Side| sides.get(side).reader().profile().comments == CommentReading::Free;
        let seen = seen.map(|side, at| (!free(side)).then_some(at));
        (seen != PerSide::default()).then_some(seen)
    }

    /// The rules that the watermark goes with: those of the mapping file, and of this program.
    fn file(&self) -> Hash {
        Hash::of(env!("CARGO_PKG_VERSION"), &self.config.fingerprint.0)
    }

    /// What people ticked counts for links that are planned again as well.
    pub(super) fn keep_dashboard(&self, story: &Story, known: &mut Known) {
        if let (Board::Found(board), Some(dashboard)) = (&story.board, &self.sync.dashboard) {
            let lookups = known.lookups.get_mut(dashboard.on);
            lookups.insert(board.issue.key.clone(), Lookup::Found(Box::new(board.issue.clone())));
        }
    }

    /// Brings the dashboard up to date, after a run that was to write. Nothing is written when it would show the same.
    pub(super) async fn show_dashboard(
        &self,
        rules: &Rules,
        sides: &PerSide<&OpenTracker>,
        story: &Story,
        report: &mut Report,
    ) {
        let Some(dashboard) = self.dashboard(rules).filter(|_| self.request.apply) else {
            return;
        };
        let old = match &story.board {
            Board::Found(board) => Some(&**board),
            Board::Absent => None,
            Board::Unknown => return,
        };
        let Some(sync) = report.syncs.last().filter(|_| story.outcome != Outcome::Failed) else {
            return;
        };
        let mut mark = self.mark(dashboard, sides, story, old);
        let questions = unanswered(story);
        let asked: BTreeSet<String> = questions
            .iter()
            .map(|question| format!("{}#{}", self.sync.between.left, question.keys.left))
            .collect();
        let told = story
            .held
            .iter()
            .filter(|held| held.code != "conflict" || !asked.contains(&held.on));
        let held: Vec<HeldReport> = told.map(|one| held(&self.sync.name, one)).collect();
        let quiet = held.is_empty() && questions.is_empty() && sync.totals.failed == 0;
        let view = BoardView {
            sync,
            links: mark.links,
            steps: &story.steps,
            questions: &questions,
            held: &held,
            show: !quiet && may_show(dashboard.on, sides).await,
            whole: Timestamp::from_second(mark.whole).ok().filter(|_| mark.whole > 0),
            now: self.now,
        };
        let BoardText { text, content } = board(&view);
        mark.content = content;
        let id = BoardMark::id(&self.sync.name);
        let wrote = story.steps.iter().any(|step| step.outcome == "done");
        let same = old.is_some_and(|old| {
            let untouched = old.mark.wrote(&id, &old.issue.body.text) && old.mark.at.key.is_some();
            untouched && old.mark.content == mark.content && old.mark.file == mark.file && old.mark.open == mark.open
        });
        if same && !wrote {
            return;
        }
        let wish = BoardWish {
            known: old.map(|old| &old.issue),
            title: &dashboard.title,
            text: &text,
            label: DASHBOARD_LABEL,
            id,
            mark,
        };
        let tracker = sides.get(dashboard.on);
        let done = write_board(tracker.reader(), tracker.writer(), &rules.signer, &wish).await;
        self.tell(dashboard, old, done, report);
    }

    fn tell(
        &self,
        dashboard: &Dashboard,
        old: Option<&FoundBoard>,
        done: Result<BoardWritten, TrackerError>,
        report: &mut Report,
    ) {
        let tracker = self.sync.between.get(dashboard.on);
        let on = |key: &IssueKey| format!("{tracker}#{key}");
        let before = old.map_or_else(|| tracker.to_string(), |old| on(&old.issue.key));
        let (on, error) = match done {
            Ok(BoardWritten::Moved) => return,
            Ok(BoardWritten::Done(key)) => (on(&key), None),
            Err(error) => (before, Some(format!("{error}; {}", error.hint()))),
        };
        let failed = error.is_some();
        report.add_step(
            StepReport {
                sync: self.sync.name.clone(),
                link: String::new(),
                op: "dashboard",
                on: crate::safe::Safe(&on).to_string(),
                twin: None,
                fields: Vec::new(),
                why: "the dashboard shows how things stand".into(),
                outcome: if failed { "failed" } else { "done" },
                error: error.map(|error| crate::safe::Safe(&error).to_string()),
            },
            if failed { Outcome::Partial } else { Outcome::Changed },
        );
    }

    /// What the marker is to say. The watermark moves only when everything up to it was carried, and what was not is named.
    fn mark(
        &self,
        dashboard: &Dashboard,
        sides: &PerSide<&OpenTracker>,
        story: &Story,
        old: Option<&FoundBoard>,
    ) -> BoardMark {
        let before = old.map(|old| &old.mark);
        let whole = story.whole;
        let created = story
            .steps
            .iter()
            .filter(|step| step.op == "create" && step.outcome == "done");
        let links = if whole {
            story.links
        } else {
            before.map_or(0, |mark| mark.links)
        } + created.count() as u64;
        let mut mark = BoardMark {
            version: BoardMark::VERSION,
            sync: sync_hash(&self.sync.name),
            at: End {
                tracker: self.sync.between.get(dashboard.on).clone(),
                project: sides.get(dashboard.on).project(),
                key: None,
            },
            seen: before.map(|mark| mark.seen).unwrap_or_default(),
            whole: before.map_or(0, |mark| mark.whole),
            file: before.map_or_else(|| Hash(String::new()), |mark| mark.file.clone()),
            links,
            open: PerSide::default(),
            content: Hash(String::new()),
            text: Hash(String::new()),
        };
        let good = matches!(story.outcome, Outcome::Settled | Outcome::Changed);
        // A run that was told where to begin may have left out what changed before.
        let all_seen = whole || !matches!(self.request.since, Since::Time(_));
        let named = self.open_issues(story);
        if let (true, true, Some(began)) = (good, all_seen, story.began) {
            match named {
                Some(open) => {
                    mark.seen = began.map(|_, at| at.as_second());
                    mark.open = open;
                }
                // Something is held that no issue stands for: only a look at everything finds it again.
                None => mark.seen = PerSide::default(),
            }
            if whole {
                mark.whole = self.now.as_second();
                mark.file = self.file();
            }
        } else if let Some(before) = before {
            mark.open = before.open.clone();
        }
        mark
    }

    /// The issues that wait for a person; `None` when something waits that is no issue.
    fn open_issues(&self, story: &Story) -> Option<PerSide<Vec<IssueKey>>> {
        let mut open: PerSide<BTreeSet<IssueKey>> = PerSide::default();
        for held in &story.held {
            let at = IssueRef::parse(&held.on)
                .filter(|at| self.sync.between.left == at.tracker || self.sync.between.right == at.tracker)?;
            let (side, key) = side_of(self.sync, &at);
            open.get_mut(side).insert(key);
        }
        if open.left.len() + open.right.len() > OPEN {
            return None;
        }
        Some(open.map(|_, keys| keys.into_iter().collect()))
    }
}

fn is_marked(issue: &Issue, sync: &str) -> bool {
    issue
        .body
        .markers
        .iter()
        .any(|marker| matches!(&marker.payload, Payload::Board(mark) if mark.sync == sync_hash(sync)))
}

fn open(mark: &BoardMark) -> impl Iterator<Item = (Side, IssueKey)> {
    let of = |side: Side| mark.open.get(side).iter().map(move |key| (side, key.clone()));
    of(Side::Left).chain(of(Side::Right))
}

/// The questions that are open after the run: nobody answered, or what was answered could not be written.
fn unanswered(story: &Story) -> Vec<Question> {
    let with = |done: bool| -> BTreeSet<&str> {
        let steps = story.steps.iter().filter(|step| (step.outcome == "done") == done);
        steps.map(|step| step.link.as_str()).collect()
    };
    let (done, undone) = (with(true), with(false));
    let open = |question: &&Question| {
        let link = question.link.0.as_str();
        question.chosen.is_none() || !done.contains(link) || undone.contains(link)
    };
    let mut open: Vec<Question> = story.questions.values().filter(open).cloned().collect();
    open.sort_by(|a, b| (&a.keys.left, a.field).cmp(&(&b.keys.left, b.field)));
    open
}

/// Whether what both sides hold may be read where the dashboard is: there, or by everybody.
async fn may_show(on: Side, sides: &PerSide<&OpenTracker>) -> bool {
    let private = async |side: Side| !matches!(sides.get(side).reader().about().await, Ok(about) if !about.private);
    private(on).await || !private(on.other()).await
}
