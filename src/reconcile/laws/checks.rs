//! What must hold of the trackers after a run.

use std::collections::{BTreeMap, BTreeSet};

use super::bench::Bench;
use super::store::Stored;
use crate::border::restore;
use crate::model::{Body, CommentMark, Payload, Side, Status, hash_text, normalise};

/// An issue as people see it, its links and keys left out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seen {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) status: Status,
    pub(super) labels: BTreeSet<String>,
    pub(super) assignees: BTreeSet<String>,
    pub(super) milestone: Option<String>,
    /// Weight, estimate, time spent.
    pub(super) numbers: (Option<u64>, u64, u64),
    /// In their order, with whether they are copies.
    pub(super) comments: Vec<(String, bool)>,
}

/// Whether it was parted, or lost a race.
pub(super) fn is_retired(stored: &Stored) -> bool {
    Body::read(&stored.body)
        .markers
        .iter()
        .any(|marker| match &marker.payload {
            Payload::State(mark) => mark.survivor.is_some(),
            Payload::Pointer(mark) => mark.survivor.is_some(),
            Payload::Comment(_) | Payload::Board(_) => false,
        })
}

/// Whether its twin is gone: it stands for itself.
fn is_parted(number: u64, stored: &Stored) -> bool {
    let own = super::store::key(number);
    Body::read(&stored.body)
        .markers
        .iter()
        .any(|marker| match &marker.payload {
            Payload::State(mark) => mark.survivor.as_ref() == Some(&own),
            Payload::Pointer(mark) => mark.survivor.as_ref() == Some(&own),
            Payload::Comment(_) | Payload::Board(_) => false,
        })
}

pub(super) fn seen(stored: &Stored) -> Seen {
    let status = match stored.status {
        status if status.alike(Status::OPEN) => Status::OPEN,
        status if status.alike(Status::CLOSED) => Status::CLOSED,
        status => status,
    };
    let comments = stored.comments.values().map(|said| {
        let body = Body::read(&said.body);
        (normalise(&restore(&body.text)), !body.markers.is_empty())
    });
    Seen {
        title: restore(&stored.title),
        text: normalise(&restore(&Body::read(&stored.body).text)),
        status,
        labels: stored.labels.clone(),
        assignees: stored.assignees.clone(),
        milestone: stored.milestone.clone(),
        numbers: (stored.planning.weight, stored.planning.estimate, stored.planning.spent),
        comments: comments.collect(),
    }
}

/// What people see of both sides, twins that lost a race left out.
pub(super) fn view(bench: &Bench) -> Vec<(Side, Seen)> {
    let store = bench.store();
    let mut all = Vec::new();
    for side in Side::BOTH {
        let issues = store.sides.get(side).issues.values();
        all.extend(
            issues
                .filter(|stored| !is_retired(stored))
                .map(|stored| (side, seen(stored))),
        );
    }
    all.sort();
    all
}

/// No link has two twins on a side, and no comment two copies in an issue.
pub(super) fn nothing_twice(bench: &Bench, what: &str) {
    nothing_twice_but(bench, |_, _| false, |_, _| false, what);
}

/// The same, of all issues but some. A twin that lost is closed, unless somebody opened it again.
pub(super) fn nothing_twice_but(
    bench: &Bench,
    but: impl Fn(Side, u64) -> bool,
    reopened: impl Fn(Side, u64) -> bool,
    what: &str,
) {
    let store = bench.store();
    for side in Side::BOTH {
        let mut links: BTreeMap<String, u64> = BTreeMap::new();
        let issues = store.sides.get(side).issues.iter();
        for (number, stored) in issues.filter(|(number, _)| !but(side, **number)) {
            if is_retired(stored) {
                assert!(
                    is_parted(*number, stored) || !super::store::is_open(stored) || reopened(side, *number),
                    "{what}: {side:?} {number} lost and is open"
                );
                continue;
            }
            for marker in &Body::read(&stored.body).markers {
                if let Some(other) = links
                    .insert(marker.link.0.clone(), *number)
                    .filter(|other| other != number)
                {
                    panic!("{what}: {side:?} {number} and {other} stand for one link");
                }
            }
            for (mark, edited) in copies(stored) {
                let originals = store.sides.get(side.other()).issues.values();
                let lives = originals.flat_map(|issue| issue.comments.keys());
                let lives = lives.map(u64::to_string).any(|key| key == mark.source);
                // Of two that a race made, people reworded both and then took the original away: all of it is theirs.
                let is_theirs = !lives && edited.iter().all(|edited| *edited);
                assert!(
                    edited.len() == 1 || is_theirs,
                    "{what}: comment {} is there twice on {side:?} {number}",
                    mark.source
                );
            }
        }
    }
}

/// The copies in an issue, by what they are copies of, and whether people reworded them. A marker that people paste into a
/// comment of theirs makes no copy of it.
fn copies(stored: &Stored) -> Vec<(CommentMark, Vec<bool>)> {
    let mut all: Vec<(CommentMark, Vec<bool>)> = Vec::new();
    for said in stored.comments.values().filter(|said| said.author == "bot") {
        let body = Body::read(&said.body);
        for marker in &body.markers {
            let Payload::Comment(mark) = &marker.payload else {
                continue;
            };
            let edited = hash_text(&marker.link, &body.text) != mark.copy;
            let same = |of: &CommentMark| (of.side, &of.source) == (mark.side, &mark.source);
            match all.iter_mut().find(|(of, _)| same(of)) {
                Some((_, all)) => all.push(edited),
                None => all.push((mark.as_ref().clone(), vec![edited])),
            }
        }
    }
    all
}

/// Everything anybody can read anywhere.
pub(super) fn everything(bench: &Bench) -> String {
    let store = bench.store();
    let mut out = String::new();
    for side in Side::BOTH {
        for stored in store.sides.get(side).issues.values() {
            out.push_str(&restore(&stored.title));
            out.push('\n');
            out.push_str(&restore(&stored.body));
            for said in stored.comments.values() {
                out.push('\n');
                out.push_str(&restore(&said.body));
            }
        }
    }
    out
}

/// Every text stands somewhere.
pub(super) fn nothing_lost(bench: &Bench, texts: &[String], what: &str) {
    let all = everything(bench);
    for text in texts {
        assert!(
            all.contains(text.as_str()),
            "{what}: {text:?} is lost in\n{}",
            bench.show()
        );
    }
}

/// Both twins of the only link tell the same story, as far as each side can tell it.
pub(super) fn agree(bench: &Bench, what: &str) {
    let shown = bench.show();
    let store = bench.store();
    let twins = Side::BOTH.map(|side| {
        let shelf = store.sides.get(side);
        seen(shelf.issues.values().find(|stored| !is_retired(stored)).unwrap())
    });
    let [left, right] = &twins;
    assert_eq!(left.title, right.title, "{what}\n{shown}");
    assert_eq!(left.text, right.text, "{what}\n{shown}");
    assert_eq!(left.status.state, right.status.state, "{what}\n{shown}");
    let mapped: BTreeSet<String> = left
        .labels
        .iter()
        .map(|label| match label.as_str() {
            "bug" => "type::bug".into(),
            "idea" => "type::idea".into(),
            other => other.into(),
        })
        .collect();
    // Of labels of one scope a side may hold but one.
    let in_scope = |label: &&String| !label.starts_with("type::");
    let plain = |labels: &BTreeSet<String>| labels.iter().filter(in_scope).cloned().collect::<BTreeSet<_>>();
    assert_eq!(plain(&mapped), plain(&right.labels), "{what}\n{shown}");
    assert!(right.labels.is_subset(&mapped), "{what}\n{shown}");
    assert_eq!(
        mapped.iter().any(|l| !in_scope(&l)),
        right.labels.iter().any(|l| !in_scope(&l)),
        "{what}\n{shown}"
    );
    let people: BTreeSet<String> = left.assignees.iter().map(|login| format!("{login}.r")).collect();
    assert_eq!(people, right.assignees, "{what}\n{shown}");
    assert_eq!(left.milestone, right.milestone, "{what}\n{shown}");
    let holds = Side::BOTH.map(|side| store.sides.get(side).profile.holds.time);
    if holds == [true, true] {
        assert_eq!(left.numbers, right.numbers, "{what}\n{shown}");
    }
    let said = |seen: &Seen| {
        let kept = |text: &&(String, bool)| !text.1 || seen.comments.len() > 1;
        seen.comments
            .iter()
            .filter(kept)
            .map(|(text, _)| text.clone())
            .collect::<BTreeSet<_>>()
    };
    let people_said = |seen: &Seen| {
        seen.comments
            .iter()
            .filter(|(_, copy)| !copy)
            .map(|(text, _)| text.clone())
            .collect::<BTreeSet<_>>()
    };
    assert!(people_said(left).is_subset(&said(right)), "{what}\n{shown}");
    assert!(people_said(right).is_subset(&said(left)), "{what}\n{shown}");
}
