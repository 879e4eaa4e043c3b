//! What must hold of a mirror in the end: the left side is as people left it, and the right one shows it.

use std::collections::{BTreeMap, BTreeSet};

use super::bench::Bench;
use super::deeds::People;
use super::store::{Store, Stored, is_open, key, tracker};
use super::twins::twin;
use crate::model::{Body, Payload, PerSide, Planning, Side};

/// The right side shows what the left one says, and nothing was written that is none of the mirror's business.
pub(super) fn mirror_shows(bench: &Bench, people: &People, what: &str) {
    let shown = bench.show();
    let told: BTreeSet<String> = bench.plan().plan.held.into_iter().map(|held| held.on).collect();
    let store = bench.store();
    only_twins_are_written(&store, people, what);
    let twins = twins(&store);
    let unmarked = unmarked(bench, people, &store, &told, what);
    for (number, stored) in store
        .sides
        .left
        .issues
        .iter()
        .filter(|(number, stored)| !stored.shell && !unmarked.contains(number))
    {
        let named = twins.get(number).map(Vec::as_slice).unwrap_or_default();
        let (broken, whole): (Vec<u64>, Vec<u64>) = named.iter().partition(|key| people.broke(Side::Right, **key));
        let [copy] = whole.as_slice() else {
            let parted = broken.iter().any(|key| {
                let shell = store.sides.right.issues[key].shell;
                let on = [(Side::Left, number), (Side::Right, key)].map(|(side, key)| at(side, *key));
                !shell || on.iter().any(|on| told.contains(on))
            });
            // A copy that lost its marker beside another one, which is gone by now: its footer is not signed.
            let waits = store.sides.right.issues.iter().any(|(key, there)| {
                people.broke(Side::Right, *key)
                    && told.contains(&at(Side::Right, *key))
                    && there.body.contains(&format!("/issues/{number}>)"))
            });
            // What was damaged may be its copy still: a person is told, and no other one is made meanwhile.
            let doubted = store
                .sides
                .right
                .issues
                .iter()
                .any(|(key, there)| told.contains(&at(Side::Right, *key)) && claims(there, *number));
            assert!(
                parted || waits || doubted,
                "{what}: left {number} is shown as {whole:?}\n{shown}"
            );
            continue;
        };
        let there = &store.sides.right.issues[copy];
        let what = format!("{what}: left {number} and its copy {copy}");
        shows(&store, people, *copy, [stored, there], &format!("{what}\n{shown}"));
        says(people, stored, there, &format!("{what}\n{shown}"));
    }
    for (number, stored) in &store.sides.right.issues {
        if stored.author != "bot" || people.broke(Side::Right, *number) {
            continue;
        }
        let body = Body::read(&stored.body);
        // Of what was shown by one whose marker was damaged nothing may be left either.
        let over = people.unmarked.get(number).is_some_and(|of| {
            let origin = store.sides.left.issues.get(of);
            unmarked.contains(of) || twins.contains_key(of) || origin.is_none_or(|origin| origin.shell)
        });
        assert!(
            over || !body.markers.is_empty(),
            "{what}: right {number} is not linked\n{shown}"
        );
        let Some(origin) = twin(&body, Side::Right) else {
            continue;
        };
        let origin = store.sides.left.issues.get(&origin).filter(|origin| !origin.shell);
        assert!(
            origin.is_some() || told.contains(&at(Side::Right, *number)),
            "{what}: nobody tells that what right {number} shows is gone\n{shown}"
        );
    }
}

/// The issues of the left whose copies wait for a person, because a footer is not signed: nobody made another one.
fn unmarked(bench: &Bench, people: &People, store: &Store, told: &BTreeSet<String>, what: &str) -> BTreeSet<u64> {
    let waiting = people.unmarked.iter().filter(|(copy, _)| {
        let copy_there = store.sides.right.issues.get(copy);
        let bare = copy_there.is_some_and(|there| !there.shell && Body::read(&there.body).markers.is_empty());
        bare && bench.setup.signer.has_key()
    });
    let mut all = BTreeSet::new();
    for (copy, origin) in waiting {
        let there = store.sides.left.issues.get(origin);
        if there.is_none_or(|there| there.shell) {
            continue;
        }
        // People made another one stand again, with a marker that was taken from it before.
        let other = twins(store).remove(origin).unwrap_or_default();
        if other.iter().any(|key| people.broke(Side::Right, *key)) {
            continue;
        }
        if !people.broke(Side::Right, *copy) {
            assert!(
                told.contains(&at(Side::Right, *copy)),
                "{what}: nobody tells that right {copy} lost its marker"
            );
            assert!(other.is_empty(), "{what}: left {origin} got another copy");
            all.insert(*origin);
        } else if told.contains(&at(Side::Right, *copy)) {
            all.insert(*origin);
        }
    }
    all
}

/// Whether a marker in an issue of the right names this one of the left, alive or not.
fn claims(stored: &Stored, number: u64) -> bool {
    let markers = Body::read(&stored.body).markers;
    markers.iter().any(|marker| match &marker.payload {
        Payload::State(mark) => mark.ends.left.key == Some(key(number)),
        Payload::Pointer(_) | Payload::Comment(_) | Payload::Board(_) => false,
    })
}

fn at(side: Side, number: u64) -> String {
    format!("{}#{number}", tracker(side))
}

/// No run wrote on the left, nor to an issue of the right that people opened for themselves.
fn only_twins_are_written(store: &Store, people: &People, what: &str) {
    for (side, issue) in &store.written {
        assert_eq!(*side, Side::Right, "{what}: the left side was written: {issue:?}");
        let stored = issue.and_then(|number| store.sides.right.issues.get(&number));
        let own = |stored: &Stored| stored.author == "bot";
        // A marker that people pasted into an issue of theirs is taken out of it when a repair is asked for.
        let broken = issue.is_some_and(|number| people.broke(Side::Right, number));
        assert!(
            broken || stored.is_none_or(own),
            "{what}: right {issue:?} is a person's and was written"
        );
    }
}

/// The issues of the right by the one of the left they name.
fn twins(store: &Store) -> BTreeMap<u64, Vec<u64>> {
    let mut twins: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for (number, stored) in &store.sides.right.issues {
        if let Some(origin) = twin(&Body::read(&stored.body), Side::Right) {
            twins.entry(origin).or_default().push(*number);
        }
    }
    twins
}

/// The fields of a copy are those of its original. A label or a person that somebody put on the copy alone stays.
fn shows(store: &Store, people: &People, copy: u64, [stored, there]: [&Stored; 2], what: &str) {
    let tells = |stored: &Stored| {
        let text = Body::read(&stored.body).text;
        (stored.title.clone(), text, is_open(stored), stored.milestone.clone())
    };
    assert_eq!(tells(stored), tells(there), "{what}");
    // Where the marker was lost, nothing tells what the copy showed before.
    let lost = people.unmarked.contains_key(&copy);
    let decked = lost || people.decked.contains(&(Side::Right, copy));
    for (left, right) in [
        (stored.labels.contains("bug"), there.labels.contains("type::bug")),
        (stored.assignees.contains("ann"), there.assignees.contains("ann.r")),
    ] {
        assert!(left == right || (decked && right), "{what}: labels or people differ");
    }
    let holds = PerSide::new(Side::Left, Side::Right).map(|side, _| store.sides.get(side).profile.holds);
    let plan = |planning: &Planning| {
        (
            planning.weight.filter(|_| holds.left.weight && holds.right.weight),
            planning.due.filter(|_| holds.left.due_date && holds.right.due_date),
            Some(planning.estimate).filter(|_| holds.left.time && holds.right.time),
        )
    };
    assert_eq!(
        plan(&stored.planning),
        plan(&there.planning),
        "{what}: planned differently"
    );
    if holds.left.time && holds.right.time && !lost {
        let more = people.logged.get(&(Side::Right, copy)).copied().unwrap_or_default();
        let (left, right) = (stored.planning.spent, there.planning.spent);
        // Where a run was stopped, what it was about to add cannot be told from as much that somebody logged.
        let least = if people.stopped { left } else { left + more };
        assert!(
            (least..=left + more).contains(&right),
            "{what}: {left} seconds are shown as {right}, {more} of them logged on the copy"
        );
    }
}

/// What people said there is copied here, as it reads now, unless somebody took the copy away or edited it.
fn says(people: &People, stored: &Stored, there: &Stored, what: &str) {
    let mut copies: BTreeMap<u64, (u64, String)> = BTreeMap::new();
    for (key, spoken) in there.comments.iter().filter(|(_, spoken)| spoken.author == "bot") {
        let body = Body::read(&spoken.body);
        for marker in &body.markers {
            if let Payload::Comment(mark) = &marker.payload
                && mark.side == Side::Left
                && let Ok(source) = mark.source.parse()
            {
                copies.insert(source, (*key, body.text.clone()));
            }
        }
    }
    for (said, spoken) in &stored.comments {
        let text = Body::read(&spoken.body).text;
        match copies.get(said) {
            Some((copy, shown)) => assert!(
                *shown == text || people.reworded.contains(&(Side::Right, *copy)),
                "{what}: comment {said} reads differently in its copy {copy}"
            ),
            None => assert!(
                people.unsaid.contains(&(Side::Left, *said)),
                "{what}: comment {said} has no copy"
            ),
        }
    }
}
