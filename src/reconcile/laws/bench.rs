//! Runs over the imaginary trackers: reading, deciding and writing as a real run does.

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::time::Instant;

use super::line::{Door, Line};
use super::setup::Setup;
use super::store::{Store, tracker};
use crate::apply::{Applied, End, Files, Hands, apply};
use crate::config::Terms;
use crate::model::{Body, Hash, Payload, PerSide, Side, SideWorld, World};
use crate::plan::Plan;
use crate::reconcile::{Errand, Need, Outcome, Rules, reconcile, sync_hash};

/// Numbers for runs.
static RUN: AtomicU32 = AtomicU32::new(1);

/// The trackers and their rules.
#[derive(Clone)]
pub(super) struct Bench {
    pub(super) setup: Setup,
    pub(super) store: Arc<Mutex<Store>>,
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
            deadline: doors.left.line.budget.map(|budget| Instant::now() + budget),
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
        Need::Logged(side, key) => {
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
