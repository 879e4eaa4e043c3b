//! What twins must tell alike in the end: in two-way mode both the same.

use std::collections::BTreeSet;

use super::bench::Bench;
use super::deeds::People;
use super::store::{Store, Stored, is_open, tracker};
use crate::model::{Body, Marker, Payload, Side};

/// The twin that an issue names; `None` when it is parted, lost a race, or never had one.
pub(super) fn twin(body: &Body, side: Side) -> Option<u64> {
    let named = |marker: &Marker| match &marker.payload {
        Payload::State(mark) if mark.survivor.is_none() => mark.ends.get(side.other()).key.clone(),
        Payload::Pointer(mark) if mark.survivor.is_none() => mark.ends.get(side.other()).key.clone(),
        Payload::State(_) | Payload::Pointer(_) | Payload::Comment(_) | Payload::Board(_) => None,
    };
    body.markers.iter().find_map(named)?.0.parse().ok()
}

/// The one that stands for a twin that lost a race; `None` when it did not lose.
fn survivor(store: &Store, side: Side, loser: u64) -> Option<u64> {
    let next = |number: u64| {
        let stored = store.sides.get(side).issues.get(&number)?;
        let marked = |marker: &Marker| match &marker.payload {
            Payload::State(mark) => mark.survivor.clone(),
            Payload::Pointer(mark) => mark.survivor.clone(),
            Payload::Comment(_) | Payload::Board(_) => None,
        };
        let heir: u64 = Body::read(&stored.body)
            .markers
            .iter()
            .find_map(marked)?
            .0
            .parse()
            .ok()?;
        (heir != number).then_some(heir)
    };
    // Twins that retired each other have nobody who stands for them.
    std::iter::successors(next(loser), |heir| next(*heir)).take(9).last()
}

/// Every issue nobody broke is linked, and tells the same as its twin.
pub(super) fn twins_agree(bench: &Bench, people: &People, what: &str) {
    let shown = bench.show();
    let told: BTreeSet<String> = bench.plan().plan.held.into_iter().map(|held| held.on).collect();
    let store = bench.store();
    for side in Side::BOTH {
        for (number, stored) in &store.sides.get(side).issues {
            let body = Body::read(&stored.body);
            if people.broke(side, *number) {
                continue;
            }
            let Some(other) = twin(&body, side) else {
                // The shell of its twin is known for one that was moved away, and reported.
                let mut others = store.sides.get(side.other()).issues.values();
                let moved =
                    others.any(|other| other.shell && twin(&Body::read(&other.body), side.other()) == Some(*number));
                let parted = moved || !body.markers.is_empty();
                assert!(
                    parted || !is_open(stored),
                    "{what}: {side:?} {number} is not linked\n{shown}"
                );
                continue;
            };
            // An issue may still name the twin that lost, where the one that stands for it is gone: that is reported.
            let other = match survivor(&store, side.other(), other) {
                Some(heir) if people.broke(side.other(), heir) => {
                    let on = format!("{}#{number}", tracker(side));
                    assert!(
                        told.contains(&on),
                        "{what}: nobody tells that the twin of {on} is gone\n{shown}"
                    );
                    continue;
                }
                _ => other,
            };
            let there = store.sides.get(side.other()).issues.get(&other);
            let Some(there) = there.filter(|_| !people.broke(side.other(), other)) else {
                continue;
            };
            assert!(
                story(stored) == story(there),
                "{what}: {side:?} {number} and {other} differ\n{shown}"
            );
            let holds = Side::BOTH.map(|side| store.sides.get(side).profile.holds);
            let [left, right] = holds;
            let mut planning = [stored.planning.clone(), there.planning.clone()];
            for planning in &mut planning {
                if !(left.time && right.time) {
                    (planning.estimate, planning.spent) = (0, 0);
                }
                planning.weight = planning.weight.filter(|_| left.weight && right.weight);
                planning.due = planning.due.filter(|_| left.due_date && right.due_date);
            }
            assert!(
                planning[0] == planning[1],
                "{what}: {side:?} {number} and {other} are planned differently\n{shown}"
            );
            counted_once(
                people,
                side,
                [*number, other],
                planning[0].spent,
                &format!("{what}\n{shown}"),
            );
            let copied = sources(there, side);
            for (said, spoken) in &stored.comments {
                let original = spoken.author != "bot" && Body::read(&spoken.body).markers.is_empty();
                assert!(
                    !original || copied.contains(&said.to_string()) || people.unsaid.contains(&(side, *said)),
                    "{what}: comment {said} of {side:?} {number} has no copy in {other}\n{shown}"
                );
            }
        }
    }
}

/// The time spent on twins is what people logged on either, but where a run was stopped: what that was about to add cannot
/// be told from as much that somebody logged.
fn counted_once(people: &People, side: Side, [here, there]: [u64; 2], spent: u64, what: &str) {
    let logged = |side: Side, number: u64| people.logged.get(&(side, number)).copied().unwrap_or_default();
    let all = logged(side, here) + logged(side.other(), there);
    assert!(
        people.stopped || spent == 0 || spent == all,
        "{what}: {spent} seconds are spent on {side:?} {here} and {there}, and people logged {all}"
    );
}

/// What twins tell alike.
fn story(stored: &Stored) -> (String, String, bool, [bool; 2], Option<String>) {
    let any = |all: &BTreeSet<String>, names: [&str; 2]| all.iter().any(|name| names.contains(&name.as_str()));
    (
        stored.title.clone(),
        Body::read(&stored.body).text,
        is_open(stored),
        [
            any(&stored.labels, ["bug", "type::bug"]),
            any(&stored.assignees, ["ann", "ann.r"]),
        ],
        stored.milestone.clone(),
    )
}

/// The comments of a side that an issue holds copies of.
fn sources(stored: &Stored, of: Side) -> BTreeSet<String> {
    let bodies = stored.comments.values().map(|said| Body::read(&said.body));
    let marks = bodies.flat_map(|body| body.markers);
    let source = |marker: Marker| match marker.payload {
        Payload::Comment(mark) if mark.side == of => Some(mark.source),
        Payload::Comment(_) | Payload::State(_) | Payload::Pointer(_) | Payload::Board(_) => None,
    };
    marks.filter_map(source).collect()
}
