//! A story's stage: two trackers, the mapping file between them, and the runs.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use jiff::Timestamp;
use lockstep::apply::{Patience, Taken};
use lockstep::config::{Config, load};
use lockstep::env::Env;
use lockstep::model::{Side, TrackerId};
use lockstep::report::{Outcome, Report};
use lockstep::run::{Line, OpenTracker, Request, Watch, open_over, sync_on};
use lockstep::transport::{HttpWire, Policy};
use tempfile::TempDir;

use super::fake::{Fault, What, When};
use super::gate::{Gate, Gated, Moment};
use super::player::{Player, Saved, Vendor};
use Vendor::{Folder, GitHub, GitLab};

const PROJECT: &str = "acme/api";

/// Two trackers, named `left` and `right` in the mapping file, and one sync between them.
pub struct World {
    pub left: Player,
    pub right: Player,
    /// The lines of the sync below its name and trackers.
    pub rules: String,
    /// Further lines of the mapping file, above the sync.
    pub top: String,
    /// Environment variables.
    pub env: Vec<(String, String)>,
    /// The sync's name.
    pub name: String,
    /// Its trackers.
    pub between: &'static str,
    /// Where the mapping file says the right tracker is, if not where it is.
    pub right_at: Option<String>,
    /// How to sign in to the left tracker, if not by its token.
    pub left_sign_in: Option<String>,
    /// What a run takes for the time.
    pub now: Timestamp,
    /// How long answers are waited for, if not as long as usual.
    pub quiet: Option<Duration>,
    /// The longest pause a service may ask for, if not as long as usual.
    pub max_wait: Option<Duration>,
    /// How long other runs are waited for.
    pub patience: Patience,
    dir: TempDir,
}

/// The tokens the fakes are given; no report may ever show them.
pub const TOKENS: [(&str, &str); 2] = [
    ("LEFT_TOKEN", "left-secret-token"),
    ("RIGHT_TOKEN", "right-secret-token"),
];

/// One HTTP client for all stories, which reads the system's certificates once, and pauses too short to be noticed.
fn line() -> Line {
    static WIRE: LazyLock<HttpWire> = LazyLock::new(|| HttpWire::new(None).unwrap());
    Line {
        wire: Some(WIRE.clone()),
        policy: Some(Policy {
            backoff: Duration::from_millis(1),
            ..Policy::default()
        }),
        patience: Patience {
            lease: Duration::from_millis(600),
            settle: Duration::from_millis(60),
            ..Patience::default()
        },
        until: None,
    }
}

/// What a run that writes is asked for.
pub fn applying() -> Request {
    Request {
        apply: true,
        ..Request::default()
    }
}

struct Nobody;

impl Watch for Nobody {
    fn step(&self, _: &Taken) {}
}

impl World {
    /// The pairs a story should hold on.
    pub const PAIRS: [(Vendor, Vendor); 6] = [
        (GitHub, GitLab),
        (GitLab, GitHub),
        (GitHub, GitHub),
        (GitLab, GitLab),
        (Folder, GitHub),
        (Folder, Folder),
    ];

    /// Two empty trackers with these rules: the lines of the sync below its name and trackers, not indented.
    pub async fn new((left, right): (Vendor, Vendor), rules: &str) -> Self {
        // Shown when the test fails, which tells a story told on many pairs where it was.
        println!("a world of {left:?} and {right:?}");
        let dir = tempfile::tempdir().unwrap();
        let world = Self {
            left: Player::new(left, PROJECT, dir.path().join("left")).await,
            right: Player::new(right, PROJECT, dir.path().join("right")).await,
            rules: rules.to_owned(),
            top: String::new(),
            env: TOKENS.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            name: "api".to_owned(),
            between: "left, right",
            right_at: None,
            left_sign_in: None,
            now: "2026-01-05T12:00:00Z".parse().unwrap(),
            quiet: None,
            max_wait: None,
            patience: line().patience,
            dir,
        };
        if [left, right].contains(&Folder) {
            // Folders live by the real clock, and "newest" compares.
            world.left.not_before(Timestamp::now());
            world.right.not_before(Timestamp::now());
        }
        world.clear_logs();
        world
    }

    /// GitHub on the left, GitLab on the right.
    pub async fn github_gitlab(rules: &str) -> Self {
        Self::new((GitHub, GitLab), rules).await
    }

    /// The mapping file.
    pub fn mapping(&self) -> String {
        let rules = self.rules.replace('\n', "\n    ");
        let mut right = self.right.described("right", PROJECT);
        if let Some(address) = &self.right_at {
            right = right.replace(&self.right.address(), address);
        }
        let mut left = self.left.described("left", PROJECT);
        if let Some(sign_in) = &self.left_sign_in {
            left = left.replace("token: '${LEFT_TOKEN}'", sign_in);
        }
        format!(
            "version: 1\ntrackers:\n  left: {}\n  right: {}\n{}\nsyncs:\n  - name: {}\n    between: [{}]\n    {rules}\n",
            left, right, self.top, self.name, self.between,
        )
    }

    /// The mapping file's folder.
    pub fn dir(&self) -> PathBuf {
        self.dir.path().to_owned()
    }

    fn config(&self) -> Config {
        let text = self.mapping();
        match load(&text, &self.dir.path().join("lockstep.yml")) {
            Ok(config) => config,
            Err(problems) => panic!("{text}\n{problems:#?}"),
        }
    }

    fn environment(&self) -> Env {
        Env::of(self.env.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    /// The left tracker, open.
    pub fn left_tracker(&self) -> OpenTracker {
        let name = TrackerId("left".to_owned());
        let mut opened = open_over(&self.config(), &self.environment(), &[name.clone()].into(), line());
        opened.remove(&name).unwrap().unwrap()
    }

    /// Runs as asked.
    pub async fn run(&self, request: Request) -> Report {
        self.run_through(&Arc::default(), request).await
    }

    /// Runs as asked, with every write to either side passing the gate.
    pub async fn run_through(&self, gate: &Arc<Gate>, request: Request) -> Report {
        let (config, env) = (self.config(), self.environment());
        let mut line = line();
        if let (Some(quiet), Some(wire)) = (self.quiet, line.wire.take()) {
            line.wire = Some(wire.quiet(quiet));
        }
        if let (Some(longest), Some(policy)) = (self.max_wait, &mut line.policy) {
            policy.max_wait = longest;
        }
        line.patience = self.patience;
        let line = line.lasting(&request);
        let names = config.trackers.keys().cloned().collect();
        let opened = open_over(&config, &env, &names, line).into_iter();
        let opened = opened.map(|(name, tracker)| {
            let gate = Arc::clone(gate);
            let gated = tracker.map(|tracker| OpenTracker::new(tracker.project(), Box::new(Gated { tracker, gate })));
            (name, gated)
        });
        let opened = opened.collect();
        let report = sync_on(&opened, self.patience, &config, &env, &request, self.now, &Nobody).await;
        let shown = report.json();
        for (_, token) in TOKENS {
            assert!(!shown.contains(token), "a token is shown: {shown}");
        }
        report
    }

    /// Plans and writes nothing: which is checked.
    pub async fn plan(&self) -> Report {
        self.clear_logs();
        let report = self.run(Request::default()).await;
        assert_eq!(self.writes(), Vec::<String>::new(), "a dry run wrote");
        report
    }

    /// The right address leads to the left project from now on, with a token that is good there.
    pub fn lead_right_to_left(&mut self, vendor: Vendor) {
        if vendor == Vendor::Folder {
            std::fs::remove_dir_all(self.right.address()).unwrap();
            std::os::unix::fs::symlink(self.left.address(), self.right.address()).unwrap();
        } else {
            self.right_at = Some(self.left.address().replace("127.0.0.1", "localhost"));
        }
        for (_, token) in &mut self.env {
            "left-secret-token".clone_into(token);
        }
    }

    /// Plans and writes.
    pub async fn sync(&self) -> Report {
        self.run(applying()).await
    }

    /// Plans and writes, and everything planned is written.
    pub async fn synced(&self) -> Report {
        let report = self.sync().await;
        assert_eq!(
            report.outcome,
            Outcome::Changed,
            "{:#?} {:#?}",
            told(&report),
            report.syncs
        );
        report
    }

    /// Plans again: there is nothing to do, nothing is written, and every exchange was as the vendors describe.
    pub async fn assert_settled(&self) {
        let report = self.plan().await;
        assert_eq!(
            told(&report),
            Vec::<String>::new(),
            "not settled; held: {:#?}",
            report.held
        );
        assert_eq!(report.outcome, Outcome::Settled, "{:#?}", report.syncs);
        for player in [&self.left, &self.right] {
            assert_eq!(player.violations(), Vec::<String>::new());
        }
    }

    /// Writes, everything, and nothing is left to do.
    pub async fn settle(&self) -> Report {
        let report = self.synced().await;
        self.assert_settled().await;
        report
    }

    /// A run that is killed while this write of a side is in the service's hands; told whether it came that far. With
    /// `applied` the service acts on the write all the same.
    pub async fn killed(&self, side: Side, write: usize, applied: bool) -> bool {
        let player = match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        };
        let reached = player.told_of(write);
        if !applied {
            player.fault(Fault::new(When::Write(write), What::Drop));
        }
        let killed = tokio::select! {
            biased;
            _ = reached => true,
            report = self.sync() => {
                assert_eq!(report.outcome, Outcome::Changed, "{:#?}", told(&report));
                false
            }
        };
        player.heal();
        killed
    }

    /// Lets some time pass on both sides in which nobody does anything: the next run comes later.
    pub fn rest(&self, seconds: i64) {
        self.left.rest(seconds);
        self.right.rest(seconds);
    }

    /// A run that is killed at this of its writes, to whichever side; told whether it came that far.
    pub async fn killed_at(&self, write: usize, moment: Moment) -> bool {
        let (gate, held) = Gate::holding(write, moment);
        let run = self.run_through(&gate, applying());
        tokio::select! {
            biased;
            _ = held.reached => true,
            report = run => {
                assert_eq!(report.outcome, Outcome::Changed, "{:#?}", told(&report));
                false
            }
        }
    }

    /// What both sides hold.
    pub fn save(&self) -> (Saved, Saved) {
        (self.left.save(), self.right.save())
    }

    /// Both sides as they were, and no faults.
    pub fn put_back(&self, (left, right): &(Saved, Saved)) {
        self.left.put_back(left);
        self.right.put_back(right);
    }

    /// Begins counting anew on both sides.
    pub fn clear_logs(&self) {
        self.left.clear_log();
        self.right.clear_log();
    }

    /// The writes of both sides.
    pub fn writes(&self) -> Vec<String> {
        let mut writes = self.left.writes();
        writes.extend(self.right.writes());
        writes
    }
}

/// The codes of what was held.
pub fn held(report: &Report) -> Vec<&'static str> {
    let mut codes: Vec<&str> = report.held.iter().map(|held| held.code).collect();
    codes.dedup();
    codes
}

/// The steps as `op on: fields (why)`.
pub fn told(report: &Report) -> Vec<String> {
    let steps = report.steps.iter();
    steps
        .map(|step| {
            format!(
                "{} {}: {} ({}) {}",
                step.op,
                step.on,
                step.fields.join(", "),
                step.why,
                step.outcome
            )
        })
        .collect()
}
