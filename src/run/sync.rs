//! One sync of one run: read, decide, guard, write, and again where issues changed meanwhile.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::time::Instant;

use super::fetch::{Known, Read, Scope, Sources, read};
use super::halt::Halt;
use super::story::Story;
use super::task::side_of;
use super::{Open, OpenTracker, Request, Task, Watch};
use crate::apply::{Files, Hands, Patience, Taken, apply};
use crate::config::{Config, SecretRef, Sync, Terms};
use crate::env::Env;
use crate::model::{Hash, IssueKey, PerSide, Side, Signer};
use crate::plan::{Act, Field, Plan, check};
use crate::reconcile::{Rules, sync_hash};
use crate::report::{Ends, Outcome, Report, SyncReport, Telling, drift, links, planned};
use crate::tracker::{ONE_PROJECT, ONE_PROJECT_HINT, ReadTracker, TrackerError, WriteTracker, are_one_project};

/// How often a link is planned again because its issues changed while the run went on.
const PASSES: usize = 3;

/// A signing key must have so many bytes.
const SHORTEST_KEY: usize = 16;

/// A number that tells this run from others at the same time.
fn run_number() -> u32 {
    let random = RandomState::new().hash_one(0_u8);
    u32::try_from(random >> 32).unwrap_or_default()
}

/// One sync of one run.
pub(super) struct Run<'a> {
    pub(super) config: &'a Config,
    pub(super) sync: &'a Sync,
    pub(super) request: &'a Request,
    pub(super) now: Timestamp,
    pub(super) started: Instant,
    pub(super) patience: Patience,
    pub(super) watch: &'a dyn Watch,
    pub(super) files: Files,
}

impl Run<'_> {
    /// Both trackers, or why they, or one of them, could not be opened.
    pub(super) fn sides<'t>(&self, opened: &'t Open) -> Result<PerSide<&'t OpenTracker>, Vec<TrackerError>> {
        let of = |side: Side| -> Result<&'t OpenTracker, TrackerError> {
            let name = self.sync.between.get(side);
            match opened.get(name) {
                Some(Ok(tracker)) => Ok(tracker),
                Some(Err(error)) => Err(error.clone()),
                None => Err(TrackerError::NoProject {
                    on: name.clone(),
                    project: name.0.clone(),
                    detail: "it is not in the mapping file".into(),
                }),
            }
        };
        match (of(Side::Left), of(Side::Right)) {
            (Ok(left), Ok(right)) => Ok(PerSide::new(left, right)),
            (left, right) => Err([left.err(), right.err()].into_iter().flatten().collect()),
        }
    }

    /// Tells why nothing at all was done.
    pub(super) fn failed(&self, halts: &[Halt], report: &mut Report) {
        let outcome = if halts.iter().all(|halt| halt.outcome == Outcome::Budget) {
            Outcome::Budget
        } else {
            Outcome::Failed
        };
        let stopped: Vec<String> = halts.iter().map(|halt| halt.why.clone()).collect();
        report.add(self.line(outcome, &stopped), Vec::new(), &[], Vec::new());
    }

    fn line(&self, outcome: Outcome, stopped: &[String]) -> SyncReport {
        SyncReport {
            name: self.sync.name.clone(),
            left: self.sync.between.left.to_string(),
            right: self.sync.between.right.to_string(),
            totals: crate::report::Totals::default(),
            outcome,
            stopped: stopped.iter().map(|why| crate::safe::Safe(why).to_string()).collect(),
        }
    }

    fn signer(&self, env: &Env) -> Result<Signer, String> {
        use secrecy::ExposeSecret as _;
        let Some(name) = &self.config.signing_key else {
            return Ok(Signer::default());
        };
        let key = |name: &SecretRef| match env.secret(&name.0) {
            Some(key) if key.expose_secret().trim().len() < SHORTEST_KEY => Err(format!(
                "the signing key in the environment variable {} is shorter than {SHORTEST_KEY} characters, and could be \
                 guessed; make one by `openssl rand -base64 32`",
                name.0
            )),
            Some(key) => Ok(key.clone()),
            None => Err(format!(
                "the signing key is missing: the environment variable {}, which `signing_key:` names, is not set or \
                 empty; set it, since without it no marker can be believed",
                name.0
            )),
        };
        let mut signer = Signer::new(key(name)?.expose_secret().trim().as_bytes());
        for name in &self.config.old_signing_keys {
            signer = signer.with_old(key(name)?.expose_secret().trim().as_bytes());
        }
        Ok(signer)
    }

    fn rules(&self, sides: &PerSide<&OpenTracker>, signer: Signer) -> Rules {
        let focus = self.request.issue.as_ref().map(|at| side_of(self.sync, at));
        Rules {
            terms: Arc::new(Terms {
                sync: self.sync.clone(),
                people: self.config.people.clone(),
            }),
            profiles: Arc::new(PerSide::new(
                sides.left.reader().profile().clone(),
                sides.right.reader().profile().clone(),
            )),
            signer,
            errand: self.request.task.errand(self.sync),
            syncs: self.config.syncs.iter().map(|sync| sync_hash(&sync.name)).collect(),
            now: self.now,
            focus,
            shard: self.request.shard,
        }
    }

    /// Reads, plans and writes; links whose issues changed meanwhile are planned again.
    pub(super) async fn all(&self, env: &Env, sides: &PerSide<&OpenTracker>, report: &mut Report) {
        let signer = match self.signer(env) {
            Ok(signer) => signer,
            Err(why) => return report.add(self.line(Outcome::Failed, &[why]), Vec::new(), &[], Vec::new()),
        };
        let mut rules = self.rules(sides, signer);
        let mut known = match self.in_time(self.find_dashboard(&mut rules, sides)).await {
            Ok(known) => known,
            Err(halt) => return self.failed(&[halt], report),
        };
        let mut scope = self.scope(&rules, sides, &known);
        let mut story = Story::default();
        for pass in 1..=PASSES {
            let moved = match self.once(&rules, sides, &known, &scope, &mut story).await {
                Ok(moved) => moved,
                Err(halt) if story.steps.is_empty() => return self.failed(&[halt], report),
                Err(halt) => {
                    story.stopped.push(halt.why);
                    story.outcome = story.outcome.max(halt.outcome);
                    break;
                }
            };
            if moved.is_empty() {
                break;
            }
            if pass == PASSES {
                story.outcome = story.outcome.max(Outcome::Partial);
            }
            story.forget_skipped(&moved, self.sync);
            self.keep_dashboard(&story, &mut known);
            // Whatever is no sync goes by all there is.
            if self.request.task == Task::Sync {
                scope = Scope::Issues(moved);
            }
        }
        let mut line = self.line(story.outcome, &story.stopped);
        line.totals.links = story.links;
        line.totals.conflicts = story.conflicts;
        let show = self.telling(sides, &story.plans).await;
        let drifts = story
            .plans
            .iter()
            .flat_map(|plan| plan.drift.iter().map(move |drift| (plan, drift)))
            .map(|(plan, d)| {
                let told = show.tells(plan, d.left.iter().chain(&d.right));
                drift(&self.sync.name, d, told)
            })
            .collect();
        let held: Vec<_> = story.held.iter().cloned().collect();
        let ends = Ends {
            sync: &line.name,
            left: &line.left,
            right: &line.right,
        };
        let now = self.now;
        report
            .links
            .extend(links(&ends, &story.plans, &story.steps, &held, show, now));
        report.add(line, story.steps.clone(), &held, drifts);
        self.show_dashboard(&rules, sides, &story, report).await;
    }

    async fn once(
        &self,
        rules: &Rules,
        sides: &PerSide<&OpenTracker>,
        known: &Known,
        scope: &Scope,
        story: &mut Story,
    ) -> Result<Vec<(Side, IssueKey)>, Halt> {
        let names = self.sync.between.clone();
        let readers: PerSide<&dyn ReadTracker> = PerSide::new(sides.left.reader(), sides.right.reader());
        let projects: PerSide<Hash> = PerSide::new(sides.left.project(), sides.right.project());
        let sources = Sources {
            names: names.clone(),
            projects,
            readers,
            known,
        };
        let found = self.in_time(read(rules, &sources, scope)).await?;
        story.read(&found);
        let Read { outcome, clocks, .. } = found;
        let plan = outcome.plan;
        if plan.is_settled() {
            story.plans.push(plan);
            return Ok(Vec::new());
        }
        let mut guard = self.sync.guard;
        if let Some(max) = self.request.max_changes {
            guard.max_changes = max;
        }
        if *scope != Scope::All || self.request.task.is_about_one() {
            // The share is one of all links, and these are not all.
            guard.max_share = 100;
        }
        let looks = self.request.task == Task::Status;
        if !looks && let Some(why) = self.is_one_project(sides, &plan).await? {
            story.outcome = story.outcome.max(Outcome::Failed);
            story.stopped.push(why);
            story.plans.push(plan);
            return Ok(Vec::new());
        }
        let stops = if looks { Vec::new() } else { check(&plan, &guard) };
        if looks || !stops.is_empty() || !self.request.apply {
            let ended = if stops.is_empty() {
                Outcome::Pending
            } else {
                Outcome::Guarded
            };
            story.outcome = story.outcome.max(ended);
            story.stopped.extend(stops.iter().map(ToString::to_string));
            story.steps.extend(
                self.request
                    .task
                    .named(planned(&self.sync.name, &plan, |side| names.get(side).to_string())),
            );
            story.plans.push(plan);
            return Ok(Vec::new());
        }
        self.expect_rights(sides, &plan).await?;
        let writers: PerSide<&dyn WriteTracker> = PerSide::new(sides.left.writer(), sides.right.writer());
        let watch = |taken: &Taken| self.watch.step(taken);
        let hands = Hands {
            names,
            readers,
            writers,
            signer: &rules.signer,
            clocks,
            files: &self.files,
            run: run_number(),
            patience: self.patience,
            deadline: self.deadline(),
            watch: &watch,
        };
        let applied = apply(&plan, &hands).await;
        story.take(self.sync, &self.request.task, &applied);
        story.plans.push(plan);
        Ok(if applied.stopped.is_some() {
            Vec::new()
        } else {
            applied.moved
        })
    }

    /// A missing right that the service tells beforehand stops the run before its first write.
    async fn expect_rights(&self, sides: &PerSide<&OpenTracker>, plan: &Plan) -> Result<(), TrackerError> {
        for side in Side::BOTH {
            let written = plan.steps().any(|(_, step)| step.on == side);
            if written && sides.get(side).reader().about().await?.may_write == Some(false) {
                return Err(TrackerError::Forbidden {
                    on: self.sync.between.get(side).clone(),
                    action: "change issues".into(),
                    detail: "its role in the project is too low".into(),
                });
            }
        }
        Ok(())
    }

    /// One project under two addresses, which no mapping file shows: an old name, a number, a link to a folder. Twins would
    /// be made of its issues in itself.
    async fn is_one_project(&self, sides: &PerSide<&OpenTracker>, plan: &Plan) -> Result<Option<String>, TrackerError> {
        if !plan.steps().any(|(_, step)| matches!(step.act, Act::Create(_))) {
            return Ok(None);
        }
        let one = are_one_project(sides.left.reader(), sides.right.reader()).await?;
        let PerSide { left, right } = &self.sync.between;
        Ok(one.then(|| format!("{left} and {right} {ONE_PROJECT}; {ONE_PROJECT_HINT}")))
    }

    /// Titles and bodies are shown only where both sides and the issue are public, or when asked for.
    async fn telling(&self, sides: &PerSide<&OpenTracker>, plans: &[Plan]) -> Telling {
        if self.request.show_titles {
            return Telling::All;
        }
        let text = |plan: &Plan| plan.drift.iter().any(|d| matches!(d.field, Field::Title | Field::Body));
        if !self.request.titles && !plans.iter().any(text) {
            return Telling::Nobody;
        }
        for side in Side::BOTH {
            match sides.get(side).reader().about().await {
                Ok(about) if !about.private => {}
                Ok(_) | Err(_) => return Telling::Nobody,
            }
        }
        Telling::Public
    }
}
