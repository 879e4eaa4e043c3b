//! What becomes of markers in random histories.

use proptest::prelude::*;

use super::deeds::{People, pick};
use super::store::{Store, Stored};
use super::twins::twin;
use crate::model::{Body, Side};

/// What becomes of a marker.
#[derive(Clone, Copy, Debug)]
pub(super) enum Breakage {
    TakenOut,
    CutOff,
    Doubled,
    /// The whole body is pasted into another issue.
    Pasted,
    /// The body is as it was some time ago.
    Restored,
}

pub(super) fn breakage() -> impl Strategy<Value = Breakage> {
    prop_oneof![
        Just(Breakage::TakenOut),
        Just(Breakage::CutOff),
        Just(Breakage::Doubled),
        Just(Breakage::Pasted),
        Just(Breakage::Restored),
    ]
}

impl People {
    pub(super) fn smash(
        &mut self,
        store: &mut Store,
        side: Side,
        issue: u64,
        how: Breakage,
        numbers: &[u64],
        part: u8,
    ) {
        let body = store.at(side, issue).body.clone();
        let Some(at) = body.find("<!-- lockstep:") else { return };
        let (text, marker) = body.split_at(at);
        if self.mirror && matches!(how, Breakage::TakenOut | Breakage::CutOff) {
            let named = |stored: &Stored| twin(&Body::read(&stored.body), Side::Right);
            let origin = named(store.at(side, issue));
            let claimants = store.sides.right.issues.values();
            let claimed = claimants.filter(|stored| named(stored) == origin).count();
            // Another one that was damaged, and that the listing missed, may say the same.
            let is_there = |of: &u64| store.sides.right.issues.get(of).is_some_and(|there| !there.shell);
            let mut damaged = self.unmarked.iter().filter(|(of, _)| is_there(of));
            let sole = claimed == 1 && !damaged.any(|(of, shows)| *of != issue && Some(*shows) == origin);
            let told = origin.filter(|_| sole).or(self.unmarked.get(&issue).copied());
            if let Some(origin) = told {
                self.unmarked.insert(issue, origin);
                let rest = if matches!(how, Breakage::CutOff) {
                    body.chars().take(at + 40).collect()
                } else {
                    text.to_owned()
                };
                store.edit(side, issue, |issue| issue.body = rest);
                return;
            }
        }
        match how {
            Breakage::TakenOut => self.put_body(store, side, issue, text.to_owned()),
            Breakage::CutOff => self.put_body(store, side, issue, body.chars().take(at + 40).collect()),
            Breakage::Doubled => {
                // The same line twice says nothing new.
                let doubled = format!("{body}\n{marker}");
                store.edit(side, issue, |issue| issue.body = doubled);
            }
            Breakage::Pasted => {
                let Some(other) = pick(numbers, part).filter(|other| *other != issue) else {
                    return;
                };
                let old = store.at(side, other).body.clone();
                self.excuse(&old);
                self.put_body(store, side, other, body);
            }
            Breakage::Restored => {
                let bodies: Vec<&String> = self
                    .past
                    .iter()
                    .filter(|(of, number, _)| (*of, *number) == (side, issue))
                    .map(|(_, _, body)| body)
                    .collect();
                let Some(old) = pick(&bodies, part).cloned() else {
                    return;
                };
                self.excuse(&body);
                self.put_body(store, side, issue, old);
            }
        }
    }

    /// A listing may miss a twin whose marker was damaged: neither the listing nor the left side tells of it then, and
    /// there may be another one.
    pub(super) fn overlook(&mut self, store: &Store) {
        let bare = |number: &&u64| {
            let there = store.sides.right.issues.get(number);
            there.is_some_and(|there| Body::read(&there.body).markers.is_empty())
        };
        let missed: Vec<u64> = self.unmarked.keys().filter(bare).copied().collect();
        self.broken
            .extend(missed.into_iter().map(|number| (Side::Right, number)));
    }

    fn put_body(&mut self, store: &mut Store, side: Side, number: u64, body: String) {
        self.broken.insert((side, number));
        store.edit(side, number, |issue| issue.body = body);
    }
}
