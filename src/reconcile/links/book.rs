//! The bookkeeping that markers are made of, before any step is taken.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{End, Issue, LinkId, Marks, PerSide, Side};
use crate::plan::{Book, Heard};
use crate::reconcile::comments::{known, orders};
use crate::reconcile::crossing::footer;
use crate::reconcile::desk::Desk;
use crate::reconcile::fields::breaker;
use crate::reconcile::pairing::Pair;

/// The bookkeeping of a pair as it stands before any step.
pub(crate) fn book(desk: &Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>) -> Book {
    let end = |side: Side| End {
        tracker: desk.tracker(side).clone(),
        project: desk.world.get(side).project.clone(),
        key: Some(pair.keys.get(side).clone()),
    };
    Book {
        terms: desk.rules.terms.clone(),
        profiles: desk.rules.profiles.clone(),
        link: pair.link.clone(),
        sync: desk.sync_hash(),
        ends: PerSide::new(end(Side::Left), end(Side::Right)),
        origin: pair.origin,
        known: PerSide::new(Some(issues.left.clone()), Some(issues.right.clone())),
        old: pair.base().cloned(),
        marks: PerSide::new(pair.marks(Side::Left), pair.marks(Side::Right)),
        spoken: PerSide::default(),
        cut: PerSide::default(),
        footer: footer::footer(desk, pair.origin, &PerSide::new(Some(issues.left), Some(issues.right))),
        spent: PerSide::default(),
        intents: PerSide::default(),
        frozen: BTreeSet::new(),
        disowned: PerSide::default(),
        turns: breaker::remembered(pair, desk.rules.now.as_second()),
        writes: BTreeMap::new(),
        when: desk.rules.now.as_second(),
        heard: Heard::still(orders::heard(desk, pair.state.as_deref())),
        serial: pair.serial(),
    }
}

/// The bookkeeping of an issue whose twin is about to be made.
pub(super) fn book_of_one(desk: &Desk<'_>, from: Side, issue: &Issue, link: &LinkId) -> Book {
    let end = |side: Side| End {
        tracker: desk.tracker(side).clone(),
        project: desk.world.get(side).project.clone(),
        key: (side == from).then(|| issue.key.clone()),
    };
    let count = known::count(issue, desk.known_comments(from, &issue.key));
    let mut known = PerSide::default();
    *known.get_mut(from) = Some(issue.clone());
    let mut marks = PerSide::new(Marks::default(), Marks::default());
    *marks.get_mut(from) = Marks {
        count,
        high: 0,
        seen: desk.world.get(from).now.as_second(),
        wrote: 0,
        digest: None,
        told: desk.known_comments(from, &issue.key).and_then(known::told),
    };
    let mut sources = PerSide::default();
    *sources.get_mut(from) = Some(issue);
    let mut spoken = PerSide::new(Some(BTreeMap::new()), Some(BTreeMap::new()));
    *spoken.get_mut(from) = desk
        .known_comments(from, &issue.key)
        .map(|list| known::spoken(link, list));
    Book {
        terms: desk.rules.terms.clone(),
        profiles: desk.rules.profiles.clone(),
        link: link.clone(),
        sync: desk.sync_hash(),
        ends: PerSide::new(end(Side::Left), end(Side::Right)),
        origin: from,
        known,
        old: None,
        marks,
        spoken,
        cut: PerSide::default(),
        footer: footer::footer(desk, from, &sources),
        spent: PerSide::default(),
        intents: PerSide::default(),
        frozen: BTreeSet::new(),
        disowned: PerSide::default(),
        turns: BTreeMap::new(),
        writes: BTreeMap::new(),
        when: desk.rules.now.as_second(),
        heard: Heard::still(orders::first(desk, from, &issue.key)),
        serial: 0,
    }
}
