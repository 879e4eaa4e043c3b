//! Reading: both sides at once, then whatever the decisions turn out to need, until nothing is missing.
//!
//! A listing is whole or it is an error. What one issue cannot tell holds that issue alone.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;
use jiff::Timestamp;
use tokio::time::Instant;

use crate::model::{Hash, IssueKey, Lookup, PerSide, Side, SideWorld, TrackerId, World};
use crate::reconcile::{Need, Outcome, Rules, reconcile};
use crate::tracker::{Reach, ReadTracker, TrackerError};

/// What to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Everything.
    All,
    /// What changed at or after these times, everything where there is none, and these issues besides.
    Since(PerSide<Option<Timestamp>>, Vec<(Side, IssueKey)>),
    /// These issues and their twins.
    Issues(Vec<(Side, IssueKey)>),
}

/// Names, fingerprints and connections of both sides.
pub(super) struct Sources<'a> {
    pub(super) names: PerSide<TrackerId>,
    pub(super) projects: PerSide<Hash>,
    pub(super) readers: PerSide<&'a dyn ReadTracker>,
    /// What was read before.
    pub(super) known: &'a Known,
}

/// What was read before the scope was settled, and is not asked for again.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// Issues by key.
    pub(super) lookups: PerSide<BTreeMap<IssueKey, Lookup>>,
    /// Our own account; `Some(None)` where the service does not tell.
    #[expect(clippy::option_option, reason = "not asked yet, and not told, are two things")]
    pub(super) account: PerSide<Option<Option<String>>>,
}

/// What was read, what is to be done, and the clocks at that time.
pub(super) struct Read {
    pub(super) outcome: Outcome,
    pub(super) clocks: PerSide<(Timestamp, Instant)>,
    /// Everything of both sides was listed.
    pub(super) whole: bool,
}

/// Reads and plans.
pub(super) async fn read(rules: &Rules, sources: &Sources<'_>, scope: &Scope) -> Result<Read, TrackerError> {
    // What is listed first is the oldest by the end: freshness counts from before the reading.
    let ours = Instant::now();
    let (left, right) = tokio::try_join!(
        side(rules, sources, Side::Left, scope),
        side(rules, sources, Side::Right, scope)
    )?;
    let mut world: World = PerSide::new(left, right);
    let mut asked: BTreeSet<Need> = BTreeSet::new();
    loop {
        let outcome = reconcile(rules, &world);
        let clocks = PerSide::new((world.left.now, ours), (world.right.now, ours));
        // A feed is asked for page by page; everything else once.
        let repeats = outcome
            .needs
            .iter()
            .all(|need| asked.contains(need) && !matches!(need, Need::Feed(_)));
        if repeats {
            let whole = world.left.complete && world.right.complete;
            return Ok(Read { outcome, clocks, whole });
        }
        tracing::debug!(needs = outcome.needs.len(), "reading more");
        let PerSide { left, right } = &mut world;
        tokio::try_join!(
            answer(sources, Side::Left, left, &outcome.needs),
            answer(sources, Side::Right, right, &outcome.needs)
        )?;
        asked.extend(outcome.needs);
    }
}

async fn side(rules: &Rules, sources: &Sources<'_>, side: Side, scope: &Scope) -> Result<SideWorld, TrackerError> {
    let mut world = SideWorld::new(
        sources.names.get(side).clone(),
        sources.projects.get(side).clone(),
        rules.now,
    );
    match scope {
        Scope::All => list(sources, side, &mut world, None).await?,
        Scope::Since(since, _) => list(sources, side, &mut world, *since.get(side)).await?,
        Scope::Issues(_) => {}
    }
    let known = sources.known.lookups.get(side);
    let listed = |key: &IssueKey| world.issues.contains_key(key);
    let lookups = known.iter().filter(|(key, _)| !listed(key));
    let lookups: Vec<_> = lookups.map(|(key, found)| (key.clone(), found.clone())).collect();
    world.lookups.extend(lookups);
    world.account.clone_from(sources.known.account.get(side));
    if let Scope::Since(_, issues) | Scope::Issues(issues) = scope {
        for (_, key) in issues.iter().filter(|(of, _)| *of == side) {
            if world.issue(key).is_none() && !world.lookups.contains_key(key) {
                let found = sources.readers.get(side).issue(key).await?;
                world.lookups.insert(key.clone(), found);
            }
        }
    }
    Ok(world)
}

async fn list(
    sources: &Sources<'_>,
    side: Side,
    world: &mut SideWorld,
    since: Option<Timestamp>,
) -> Result<(), TrackerError> {
    let listing = sources.readers.get(side).list(since).await?;
    tracing::info!(tracker = %world.tracker, issues = listing.issues.len(), "read");
    world.issues = listing
        .issues
        .into_iter()
        .map(|issue| (issue.key.clone(), issue))
        .collect();
    world.others = listing.others;
    for key in listing.illegible.keys() {
        world.others.insert(key.clone());
        world.lookups.insert(key.clone(), Lookup::Hidden);
    }
    world.illegible = listing.illegible;
    world.complete = since.is_none();
    world.now = listing.now;
    Ok(())
}

/// Answers every need of one side.
async fn answer(
    sources: &Sources<'_>,
    side: Side,
    world: &mut SideWorld,
    needs: &BTreeSet<Need>,
) -> Result<(), TrackerError> {
    let reader = *sources.readers.get(side);
    let mut issues = Vec::new();
    let mut comments = Vec::new();
    let (mut logins, mut people) = (Vec::new(), Vec::new());
    for need in needs {
        match need {
            Need::Account(of) if *of == side => world.account = Some(reader.account().await?),
            Need::Listing(of) if *of == side => list(sources, side, world, None).await?,
            Need::Web(of) if *of == side => world.web = Some(reader.about().await?.url),
            Need::Labels(of) if *of == side => world.labels = Some(reader.labels().await?),
            Need::Milestones(of) if *of == side => world.milestones = Some(reader.milestones().await?),
            Need::Feed(of) if *of == side => next_page(reader, world).await?,
            Need::Issue(of, key) if *of == side => issues.push(key.clone()),
            Need::Comments(of, key) if *of == side => {
                // What is asked for is read, also where the issue is said to have none.
                let claimed = world.issue(key).map_or(u64::MAX, |issue| issue.comment_count.max(1));
                comments.push((key.clone(), claimed));
            }
            Need::Assignable(of, login) if *of == side => logins.push(login.clone()),
            Need::Rights(of, login) if *of == side => people.push(login.clone()),
            Need::Logged(of, key) if *of == side => {
                let last = reader.added_time(key).await?;
                world.logged.insert(key.clone(), last);
            }
            Need::Account(_)
            | Need::Listing(_)
            | Need::Labels(_)
            | Need::Milestones(_)
            | Need::Web(_)
            | Need::Feed(_)
            | Need::Issue(..)
            | Need::Comments(..)
            | Need::Assignable(..)
            | Need::Rights(..)
            | Need::Logged(..) => {}
        }
    }
    if !logins.is_empty() {
        world.assignable.extend(reader.assignable(&logins).await?);
    }
    if !people.is_empty() {
        world.rights.extend(reader.may_write(&people).await?);
    }
    let found = try_join_all(issues.iter().map(|key| reader.issue(key))).await?;
    world.lookups.extend(issues.into_iter().zip(found));
    if !comments.is_empty() {
        read_comments(reader, world, &comments).await?;
    }
    Ok(())
}

async fn next_page(reader: &dyn ReadTracker, world: &mut SideWorld) -> Result<(), TrackerError> {
    let mut feed = world.feed.take().unwrap_or_default();
    let page = u32::try_from(world.feed_pages.len() + 1).unwrap_or(u32::MAX);
    let more = reader.feed(page).await?;
    world.feed_pages.push(more.comments.len());
    feed.more = more.more;
    feed.comments.extend(more.comments);
    world.feed = Some(feed);
    Ok(())
}

/// All at once; where that fails, one issue at a time, so that a bad one holds itself alone.
async fn read_comments(
    reader: &dyn ReadTracker,
    world: &mut SideWorld,
    wanted: &[(IssueKey, u64)],
) -> Result<(), TrackerError> {
    match reader.comments(wanted).await {
        Ok(found) => {
            world.comments.extend(found);
            return Ok(());
        }
        Err(error) if error.reach() != Reach::Step => return Err(error),
        Err(error) if wanted.len() == 1 => {
            world
                .unreadable
                .extend(wanted.iter().map(|(key, _)| (key.clone(), error.to_string())));
            return Ok(());
        }
        Err(_) => {}
    }
    for one in wanted {
        let found: BTreeMap<_, _> = match reader.comments(std::slice::from_ref(one)).await {
            Ok(found) => found,
            Err(error) if error.reach() != Reach::Step => return Err(error),
            Err(error) => {
                world.unreadable.insert(one.0.clone(), error.to_string());
                continue;
            }
        };
        world.comments.extend(found);
    }
    Ok(())
}
