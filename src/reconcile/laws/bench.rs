//! Runs over the imaginary trackers: reading, deciding and writing as a real run does, with interruptions at will.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt as _;
use globset::GlobSet;
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::store::{Store, Vices, tracker};
use crate::apply::{Applied, End, Files, Hands, apply};
use crate::border::Syntax;
use crate::config::{
    Carried, CommentField, CreateRule, Direction, Fields, Guard, LabelField, LabelRow, MilestoneField, Mode, OnDelete,
    Policy, StatusField, Sync, Terms, ValueField,
};
use crate::model::{
    Body, Comment, Feed, Hash, IssueKey, Label, Lookup, Milestone, Op, Payload, PerSide, Receipt, Side, SideWorld,
    Signer, TrackerId, World,
};
use crate::plan::Plan;
use crate::reconcile::{Errand, Need, Outcome, Rules, reconcile, sync_hash};
use crate::tracker::{
    About, Download, Listing, LocalFile, Profile, ReadTracker, Shelf, TrackerError, Usage, WriteTracker,
};

/// Numbers for runs.
static RUN: AtomicU32 = AtomicU32::new(1);

fn value(direction: Direction) -> ValueField {
    ValueField {
        direction,
        footer: false,
    }
}

fn plan_fields(fields: &mut Fields, direction: Direction) {
    fields.milestone.direction = direction;
    for field in [
        &mut fields.weight,
        &mut fields.due_date,
        &mut fields.time_estimate,
        &mut fields.time_spent,
    ] {
        *field = value(direction);
    }
}

/// The rules of a run and what the trackers are like.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    pub(super) sync: Sync,
    pub(super) people: Vec<BTreeMap<TrackerId, String>>,
    pub(super) profiles: PerSide<Profile>,
    pub(super) vices: PerSide<Vices>,
    pub(super) signer: Signer,
    pub(super) errand: Errand,
}

impl Setup {
    /// Everything flows both ways, twins are made of every issue on the left.
    pub(super) fn new(left: Profile, right: Profile) -> Self {
        let both = Direction::Both;
        let row = |left: &str, right: &str| LabelRow {
            names: PerSide::new(left.into(), right.into()),
            only_to: None,
        };
        let sync = Sync {
            name: "api".into(),
            between: PerSide::new(tracker(Side::Left), tracker(Side::Right)),
            mode: Mode::TwoWay,
            create: PerSide::new(Some(CreateRule::default()), None),
            match_title: false,
            conflicts: Policy::Newest,
            on_delete: OnDelete::Report,
            confidential: false,
            guard: Guard {
                max_changes: 500,
                max_closes: 50,
                max_deletes: 50,
                max_share: 50,
                share_is_explicit: false,
            },
            backlink: true,
            notify: false,
            fields: Fields {
                title: both,
                body: both,
                status: StatusField {
                    direction: both,
                    map: Vec::new(),
                },
                labels: LabelField {
                    direction: both,
                    unmapped_same: true,
                    create: true,
                    map: vec![row("bug", "type::bug"), row("idea", "type::idea")],
                    skip: GlobSet::empty(),
                    prefix: PerSide::default(),
                },
                assignees: both.into(),
                comments: CommentField {
                    direction: both,
                    edits: true,
                    mirror_deletions: false,
                    template: None,
                },
                milestone: MilestoneField {
                    direction: both,
                    carried: Carried::Milestone,
                    create: true,
                },
                weight: value(both),
                due_date: value(both),
                time_estimate: value(both),
                time_spent: value(both),
                ..Fields::default()
            },
            dashboard: None,
            commands: false,
        };
        let person = |left: &str, right: &str| {
            BTreeMap::from([
                (tracker(Side::Left), left.to_owned()),
                (tracker(Side::Right), right.to_owned()),
            ])
        };
        Self {
            sync,
            people: vec![person("ann", "ann.r"), person("bob", "bob.r")],
            profiles: PerSide::new(left, right),
            vices: PerSide::default(),
            signer: Signer::default(),
            errand: Errand::default(),
        }
    }

    pub(super) fn mirror(mut self) -> Self {
        self.sync.mode = Mode::Mirror;
        let right = Direction::To(Side::Right);
        let fields = &mut self.sync.fields;
        (fields.title, fields.body, fields.assignees) = (right, right, right.into());
        fields.status.direction = right;
        fields.labels.direction = right;
        fields.comments.direction = right;
        plan_fields(fields, right);
        self
    }

    pub(super) fn directed(mut self, direction: Direction) -> Self {
        let fields = &mut self.sync.fields;
        (fields.title, fields.body, fields.assignees) = (direction, direction, direction.into());
        fields.status.direction = direction;
        fields.labels.direction = direction;
        fields.comments.direction = direction;
        plan_fields(fields, direction);
        self
    }
}

/// What interrupts a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The process ends before the write is sent.
    DiesBefore,
    /// The process ends after the write was done.
    DiesAfter,
    /// The write is done and its answer lost.
    LostAfter,
    /// The write is not done, and nobody can tell.
    LostBefore,
    /// The service says no.
    Refused,
}

impl Fault {
    pub(super) const ALL: [Self; 5] = [
        Self::DiesBefore,
        Self::DiesAfter,
        Self::LostAfter,
        Self::LostBefore,
        Self::Refused,
    ];
}

type Meddling = Box<dyn FnOnce(&mut Store) + Send>;

/// One run's connection to both trackers.
#[derive(Default)]
pub(super) struct Line {
    writes: Mutex<usize>,
    fault: Option<(usize, Fault)>,
    /// An issue that the listing misses, because it moved to another page meanwhile: of those of a side, the so-manieth.
    unlisted: Option<(Side, usize)>,
    dead: Notify,
    /// Somebody does something right before this write.
    meddling: Mutex<Option<(usize, Meddling)>>,
    /// Before this write the run waits until `go` is said.
    pause: Option<usize>,
    reached: Notify,
    go: Notify,
}

impl Line {
    pub(super) fn failing(at: usize, fault: Fault) -> Self {
        Self {
            fault: Some((at, fault)),
            ..Self::default()
        }
    }

    pub(super) fn missing(side: Side, which: usize) -> Self {
        Self {
            unlisted: Some((side, which)),
            ..Self::default()
        }
    }

    pub(super) fn pausing(at: usize) -> Self {
        Self {
            pause: Some(at),
            ..Self::default()
        }
    }

    pub(super) fn meddled(at: usize, act: impl FnOnce(&mut Store) + Send + 'static) -> Self {
        let line = Self::default();
        *line.meddling.lock().unwrap() = Some((at, Box::new(act)));
        line
    }

    pub(super) fn writes(&self) -> usize {
        *self.writes.lock().unwrap()
    }
}

/// The trackers and their rules.
#[derive(Clone)]
pub(super) struct Bench {
    pub(super) setup: Setup,
    pub(super) store: Arc<Mutex<Store>>,
}

struct Door<'a> {
    side: Side,
    bench: &'a Bench,
    line: &'a Line,
}

/// A run that came to its end; a run that was killed has none.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) plan: Plan,
    pub(super) applied: Applied,
}

impl Bench {
    pub(super) fn new(setup: Setup) -> Self {
        let store = Store::new(&setup.profiles, setup.vices);
        Self {
            setup,
            store: Arc::new(Mutex::new(store)),
        }
    }

    /// The same again, apart from this one.
    pub(super) fn fork(&self) -> Self {
        Self {
            setup: self.setup.clone(),
            store: Arc::new(Mutex::new(self.store().clone())),
        }
    }

    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap()
    }

    pub(super) fn rules(&self) -> Rules {
        Rules {
            terms: Arc::new(Terms {
                sync: self.setup.sync.clone(),
                people: self.setup.people.clone(),
            }),
            profiles: Arc::new(self.setup.profiles.clone()),
            errand: self.setup.errand.clone(),
            signer: self.setup.signer.clone(),
            syncs: [sync_hash(&self.setup.sync.name)].into(),
            now: self.store().timestamp(),
            focus: None,
            shard: None,
        }
    }

    /// Reads what the decisions ask for and decides.
    pub(super) fn plan(&self) -> Outcome {
        self.plan_without(None)
    }

    fn plan_without(&self, unlisted: Option<(Side, usize)>) -> Outcome {
        let rules = self.rules();
        let store = self.store();
        let mut world: World = PerSide::new(Side::Left, Side::Right).map(|side, _| {
            let project = Hash::of("project", &tracker(side).0);
            let mut world = SideWorld::new(tracker(side), project, store.timestamp());
            let numbers = store.sides.get(side).issues.keys();
            let issues = numbers.filter_map(|number| store.issue(side, *number));
            world.issues = issues.map(|issue| (issue.key.clone(), issue)).collect();
            if let Some((_, which)) = unlisted.filter(|(on, _)| *on == side)
                && let Some(missed) = world.issues.keys().nth(which % world.issues.len().max(1)).cloned()
            {
                world.issues.remove(&missed);
            }
            world.complete = true;
            world
        });
        for _ in 0..20 {
            let outcome = reconcile(&rules, &world);
            if outcome.needs.is_empty() {
                return outcome;
            }
            for need in &outcome.needs {
                answer(&store, &mut world, need);
            }
        }
        panic!("the decisions never have enough");
    }

    fn hands<'a>(
        &self,
        doors: &'a PerSide<Door<'a>>,
        files: &'a Files,
        watch: &'a (dyn Fn(&crate::apply::Taken) + Send + ::core::marker::Sync),
    ) -> Hands<'a> {
        let now = self.store().timestamp();
        let clock = (now, Instant::now());
        Hands {
            names: self.setup.sync.between.clone(),
            readers: PerSide::new(&doors.left, &doors.right),
            writers: PerSide::new(&doors.left, &doors.right),
            signer: doors.left.signer(),
            clocks: PerSide::new(clock, clock),
            files,
            run: RUN.fetch_add(1, Ordering::Relaxed),
            patience: crate::apply::Patience::default(),
            deadline: None,
            watch,
        }
    }

    /// One whole run over `line`; `None` when it was killed.
    pub(super) async fn run_over(&self, line: &Line) -> Option<Ran> {
        let mut all: Option<Ran> = None;
        let files = Files::default();
        for _ in 0..3 {
            let outcome = self.plan_without(line.unlisted);
            let doors = PerSide::new(Side::Left, Side::Right).map(|side, _| Door {
                side,
                bench: self,
                line,
            });
            let watch = |_: &crate::apply::Taken| {};
            let hands = self.hands(&doors, &files, &watch);
            let applied = tokio::select! {
                applied = apply(&outcome.plan, &hands) => applied,
                () = line.dead.notified() => return None,
            };
            let again = !applied.moved.is_empty();
            match &mut all {
                Some(ran) => {
                    ran.applied.taken.extend(applied.taken);
                    ran.applied.held.extend(applied.held);
                }
                None => {
                    all = Some(Ran {
                        plan: outcome.plan,
                        applied,
                    });
                }
            }
            if !again {
                break;
            }
        }
        all
    }

    /// One undisturbed run.
    pub(super) async fn run(&self) -> Ran {
        self.run_over(&Line::default()).await.unwrap()
    }

    /// `lockstep repair`.
    pub(super) async fn repair(&self) -> Ran {
        let mut bench = self.clone();
        bench.setup.errand = Errand::Repair;
        bench.run().await
    }

    /// Runs that must not fail; then there must be nothing left to do.
    pub(super) async fn settle(&self, what: &str) -> Ran {
        let ran = self.run().await;
        for taken in &ran.applied.taken {
            assert_eq!(taken.end, End::Done, "{what}: {taken:?}");
        }
        self.assert_settled(what);
        ran
    }

    pub(super) fn assert_settled(&self, what: &str) {
        let plan = self.plan().plan;
        let left: Vec<_> = plan.steps().map(|(_, step)| step).collect();
        assert!(
            left.is_empty(),
            "{what}: not settled: {left:?}\nheld: {:?}\n{}",
            plan.held,
            self.show()
        );
    }

    /// Both trackers in words.
    pub(super) fn show(&self) -> String {
        let store = self.store();
        let mut out = String::new();
        let mut line = |text: std::fmt::Arguments<'_>| out.push_str(&format!("{text}\n"));
        for side in Side::BOTH {
            for (number, issue) in &store.sides.get(side).issues {
                let (status, labels, people) = (issue.status, &issue.labels, &issue.assignees);
                line(format_args!(
                    "{side:?} {number} {:?} {status} {labels:?} {people:?} {:?} {:?} at {}",
                    issue.title, issue.milestone, issue.planning, issue.updated
                ));
                line(format_args!("  {}", in_words(&issue.body)));
                for (number, said) in &issue.comments {
                    line(format_args!("  {number} at {}: {}", said.updated, in_words(&said.body)));
                }
            }
        }
        out
    }
}

fn in_words(stored: &str) -> String {
    let body = Body::read(stored);
    let marks = body.markers.iter().map(|marker| match &marker.payload {
        Payload::State(mark) => format!("state {:?}", mark.base),
        Payload::Pointer(mark) => format!("pointer {:?}", mark.marks),
        Payload::Comment(mark) => format!("copy of {:?} {}", mark.side, mark.source),
        Payload::Board(_) => "board".into(),
    });
    format!("{:?} {:?}", body.text, marks.collect::<Vec<_>>())
}

fn answer(store: &Store, world: &mut World, need: &Need) {
    match need {
        Need::Account(side) => world.get_mut(*side).account = Some(Some("bot".into())),
        Need::Listing(side) => panic!("asked for the whole listing of {side:?}, which is there"),
        Need::Issue(side, key) => {
            let found = store.look_up(*side, key);
            world.get_mut(*side).lookups.insert(key.clone(), found);
        }
        Need::Comments(side, key) => {
            let list = store.comments(*side, key);
            world.get_mut(*side).comments.insert(key.clone(), list);
        }
        Need::Feed(side) => {
            let feed = store.feed(*side);
            world.get_mut(*side).feed_pages.push(feed.comments.len());
            world.get_mut(*side).feed = Some(feed);
        }
        Need::Labels(side) => world.get_mut(*side).labels = Some(store.labels(*side)),
        Need::Milestones(side) => world.get_mut(*side).milestones = Some(store.milestones(*side)),
        Need::Web(side) => {
            world.get_mut(*side).web = Some(Some(format!("https://{}.example/acme/app", tracker(*side))));
        }
        Need::Logged(side, key, _) => {
            world.get_mut(*side).logged.insert(key.clone(), None);
        }
        Need::Rights(side, login) => {
            world.get_mut(*side).rights.insert(login.clone(), Some(true));
        }
        Need::Assignable(side, login) => {
            world.get_mut(*side).assignable.insert(login.clone(), true);
        }
    }
}

impl Door<'_> {
    fn signer(&self) -> &Signer {
        &self.bench.setup.signer
    }

    fn on(&self) -> TrackerId {
        tracker(self.side)
    }
}

#[async_trait]
impl WriteTracker for Door<'_> {
    async fn keep(&self, issue: Option<&IssueKey>, file: &LocalFile, _: Shelf) -> Result<String, TrackerError> {
        let content = std::fs::read(&file.path).unwrap();
        assert_eq!(content.len() as u64, file.size);
        let mut store = self.bench.store();
        let next = store.sides.left.files.len() + store.sides.right.files.len();
        let web = format!("https://{}.example/acme/app", self.on());
        let (address, fetched) = match self.profile().syntax {
            Syntax::GitHub => {
                let address = format!("{web}/raw/lockstep-files/{next}/{}", file.name);
                (address.clone(), address)
            }
            Syntax::GitLab => {
                let address = format!("/uploads/{next:032x}/{}", file.name);
                (address.clone(), format!("{web}{address}"))
            }
            Syntax::Plain => {
                let folder = issue.map_or_else(|| store.next(self.side), |key| key.0.clone());
                let address = format!("{folder}/files/{next}-{}", file.name);
                (address.clone(), address)
            }
        };
        store.sides.get_mut(self.side).files.insert(fetched, content);
        Ok(address)
    }

    async fn perform(&self, op: &Op) -> Result<Receipt, TrackerError> {
        let this = {
            let mut writes = self.line.writes.lock().unwrap();
            *writes += 1;
            *writes
        };
        if self.line.pause == Some(this) {
            self.line.reached.notify_one();
            // Nobody's request is on its way for longer; a run that waits for another one waits for that long.
            tokio::select! {
                () = self.line.go.notified() => {}
                () = tokio::time::sleep(Duration::from_secs(5)) => {}
            }
        }
        let meddling = self.line.meddling.lock().unwrap().take_if(|(at, _)| *at == this);
        if let Some((_, act)) = meddling {
            {
                let mut store = self.bench.store();
                // What people do takes time, and our clock runs as well.
                let skipped = store.skipped;
                act(&mut store);
                store.skipped = skipped;
            }
            tokio::time::advance(Duration::from_secs(2)).await;
        }
        let fault = self.line.fault.filter(|(at, _)| *at == this).map(|(_, fault)| fault);
        let lost = || TrackerError::Ambiguous {
            on: self.on(),
            detail: "lost".into(),
        };
        match fault {
            None => {
                let done = self.bench.store().perform(self.side, op);
                tokio::time::advance(Duration::from_secs(1)).await;
                done
            }
            Some(Fault::DiesBefore) => {
                self.line.dead.notify_one();
                std::future::pending().await
            }
            Some(Fault::DiesAfter) => {
                let _answer = self.bench.store().perform(self.side, op);
                self.line.dead.notify_one();
                std::future::pending().await
            }
            Some(Fault::LostAfter) => {
                let _answer = self.bench.store().perform(self.side, op);
                Err(lost())
            }
            Some(Fault::LostBefore) => Err(lost()),
            Some(Fault::Refused) => Err(TrackerError::Rejected {
                on: self.on(),
                status: 422,
                detail: "no".into(),
            }),
        }
    }
}

impl Door<'_> {
    fn refused(&self, detail: &str) -> TrackerError {
        TrackerError::Rejected {
            on: self.on(),
            status: 404,
            detail: detail.into(),
        }
    }
}

#[async_trait]
impl ReadTracker for Door<'_> {
    async fn fetch(&self, address: &str) -> Result<Download, TrackerError> {
        let store = self.bench.store();
        let own = address.starts_with("/uploads/");
        let full = format!("https://{}.example/acme/app{address}", self.on());
        let address = if own { full.as_str() } else { address };
        let found = store.sides.get(self.side).files.get(address).cloned();
        let content = found.ok_or_else(|| self.refused("no such file"))?;
        // A file that breaks off ends with these words.
        let breaks = content.ends_with(b"and then");
        let on = self.on();
        let lost = move || TrackerError::Failed {
            on: on.clone(),
            detail: "the connection broke".into(),
        };
        let mut chunks: Vec<_> = content.chunks(4).map(|c| Ok(Bytes::copy_from_slice(c))).collect();
        chunks.extend(breaks.then(|| Err(lost())));
        Ok(Download {
            name: address.rsplit('/').next().unwrap().to_owned(),
            media_type: Some("image/png".into()),
            size: None,
            chunks: futures_util::stream::iter(chunks).boxed(),
        })
    }

    fn profile(&self) -> &Profile {
        self.bench.setup.profiles.get(self.side)
    }

    async fn list(&self, _since: Option<Timestamp>) -> Result<Listing, TrackerError> {
        let store = self.bench.store();
        let numbers = store.sides.get(self.side).issues.keys();
        Ok(Listing {
            issues: numbers.filter_map(|number| store.issue(self.side, *number)).collect(),
            now: store.timestamp(),
            others: BTreeSet::default(),
        })
    }

    async fn issue(&self, key: &IssueKey) -> Result<Lookup, TrackerError> {
        Ok(self.bench.store().look_up(self.side, key))
    }

    async fn comments(&self, of: &[(IssueKey, u64)]) -> Result<BTreeMap<IssueKey, Vec<Comment>>, TrackerError> {
        let store = self.bench.store();
        Ok(of
            .iter()
            .map(|(key, _)| (key.clone(), store.comments(self.side, key)))
            .collect())
    }

    async fn feed(&self, _page: u32) -> Result<Feed, TrackerError> {
        Ok(self.bench.store().feed(self.side))
    }

    async fn labels(&self) -> Result<Vec<Label>, TrackerError> {
        Ok(self.bench.store().labels(self.side))
    }

    async fn milestones(&self) -> Result<Vec<Milestone>, TrackerError> {
        Ok(Vec::new())
    }

    async fn may_write(&self, logins: &[String]) -> Result<BTreeMap<String, Option<bool>>, TrackerError> {
        Ok(logins.iter().map(|login| (login.clone(), Some(true))).collect())
    }

    async fn assignable(&self, logins: &[String]) -> Result<BTreeMap<String, bool>, TrackerError> {
        Ok(logins.iter().map(|login| (login.clone(), true)).collect())
    }

    async fn account(&self) -> Result<Option<String>, TrackerError> {
        Ok(Some("bot".into()))
    }

    async fn about(&self) -> Result<About, TrackerError> {
        Ok(About::default())
    }

    fn usage(&self) -> Usage {
        Usage::default()
    }
}

/// Runs at once: each waits before the write it is to pause at until the next one waits in its turn, or is done; then they
/// go on to their ends, one after the other.
pub(super) async fn interleaved(bench: &Bench, pauses: &[usize]) {
    let lines: Vec<Line> = pauses.iter().map(|at| Line::pausing(*at)).collect();
    let runs = lines.iter().enumerate().map(|(n, line)| {
        let before = n.checked_sub(1).and_then(|before| lines.get(before));
        let after = lines.get(n + 1);
        async move {
            if let Some(before) = before {
                before.reached.notified().await;
            }
            bench.run_over(line).await;
            line.reached.notify_one();
            if let Some(after) = after {
                after.go.notify_one();
            }
        }
    });
    let referee = async {
        if let (Some(first), Some(last)) = (lines.first(), lines.last()) {
            last.reached.notified().await;
            first.go.notify_one();
        }
    };
    tokio::join!(futures_util::future::join_all(runs), referee);
}

/// Runs a test on one thread whose time stands still unless somebody writes.
pub(super) fn on_still_time(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(test);
}

/// How many random cases to try; `LOCKSTEP_CASES` asks for more.
#[expect(clippy::disallowed_methods, reason = "a switch for whoever runs the tests")]
pub(super) fn cases(usual: u32) -> u32 {
    std::env::var("LOCKSTEP_CASES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(usual)
}
