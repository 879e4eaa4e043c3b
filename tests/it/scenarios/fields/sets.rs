//! Fields that are sets: labels and assignees, element by element.

use std::collections::BTreeSet;

use lockstep::model::Side;

use super::{BOTH, PAIRS, cells, name, player, world};
use crate::scenarios::markers::lose;
use crate::support::player::{Player, Seen, Vendor, draft};
use crate::support::world::{World, held};

/// A field that is a set, as the cells need to know it.
struct Set {
    /// Its key in the mapping file.
    key: &'static str,
    /// Further options, each after a comma.
    options: &'static str,
    /// Lines above the sync.
    top: &'static str,
    /// Four elements: what they are called on the left and on the right.
    elements: [(&'static str, &'static str); 4],
    add: fn(&Player, &str),
    remove: fn(&Player, &str),
    get: fn(&Seen) -> BTreeSet<String>,
}

const LABELS: Set = Set {
    key: "labels",
    options: "",
    top: "",
    elements: [("bug", "bug"), ("ui", "ui"), ("late", "late"), ("odd one", "odd one")],
    add: |player, label| player.label(1, label),
    remove: |player, label| player.unlabel(1, label),
    get: |seen| seen.labels.clone(),
};

const MAPPED_LABELS: Set = Set {
    options: ", unmapped: skip, map: [{ left: bug, right: 'type::bug' }, { left: ui, right: Interface }, \
              { left: late, right: 'when::late' }, { left: odd one, right: 'odd;one' }]",
    elements: [
        ("bug", "type::bug"),
        ("ui", "Interface"),
        ("late", "when::late"),
        ("odd one", "odd;one"),
    ],
    ..LABELS
};

const PREFIXED_LABELS: Set = Set {
    options: ", prefix: { right: 'up/' }",
    elements: [
        ("bug", "up/bug"),
        ("ui", "up/ui"),
        ("late", "up/late"),
        ("odd one", "up/odd one"),
    ],
    ..LABELS
};

const ASSIGNEES: Set = Set {
    key: "assignees",
    options: "",
    top: "people: [{ left: ann, right: a.nne }, { left: bob, right: b.ob }, { left: cem, right: c.em }, \
          { left: dee, right: d.ee }]",
    elements: [("ann", "a.nne"), ("bob", "b.ob"), ("cem", "c.em"), ("dee", "d.ee")],
    add: |player, login| player.assign(1, login),
    remove: |player, login| player.unassign(1, login),
    get: |seen| seen.assignees.clone(),
};

impl Set {
    fn rules(&self, direction: &str) -> String {
        format!(
            "fields: {{ {}: {{ direction: {direction}{} }} }}",
            self.key, self.options
        )
    }

    fn element(&self, side: Side, number: usize) -> &'static str {
        let (left, right) = self.elements[number];
        if side == Side::Left { left } else { right }
    }

    fn add(&self, w: &World, side: Side, number: usize) {
        (self.add)(player(w, side), self.element(side, number));
    }

    fn remove(&self, w: &World, side: Side, number: usize) {
        (self.remove)(player(w, side), self.element(side, number));
    }

    async fn fresh(&self, pair: (Vendor, Vendor), rules: &str) -> World {
        let mut w = world(pair, rules).await;
        self.top.clone_into(&mut w.top);
        if !self.top.is_empty() {
            for side in BOTH {
                for number in 0..self.elements.len() {
                    player(&w, side).invite(self.element(side, number));
                }
            }
        }
        w
    }

    /// An issue of one side with the first two elements, and its twin.
    async fn begin(&self, pair: (Vendor, Vendor), side: Side, rules: &str) -> World {
        println!("field {}, begun on the {}, {rules}", self.key, name(side));
        let w = self.fresh(pair, rules).await;
        player(&w, side).open(draft("Crash").body("text"));
        self.add(&w, side, 0);
        self.add(&w, side, 1);
        w.settle().await;
        assert_eq!((w.left.keys(), w.right.keys()), (vec![1], vec![1]));
        w
    }

    fn assert_side(&self, w: &World, side: Side, wanted: &[usize], when: &str) {
        let wanted: BTreeSet<String> = wanted.iter().map(|n| self.element(side, *n).to_owned()).collect();
        assert_eq!(
            (self.get)(&player(w, side).see(1)),
            wanted,
            "{} on the {} of {:?} and {:?} {when}",
            self.key,
            name(side),
            w.left.vendor,
            w.right.vendor
        );
    }

    fn assert_both(&self, w: &World, wanted: &[usize], when: &str) {
        for side in BOTH {
            self.assert_side(w, side, wanted, when);
        }
    }
}

async fn one_way(field: &Set, to: Side) {
    let (from, rules) = (to.other(), field.rules(&format!("to {}", name(to))));
    for pair in PAIRS {
        let w = field.begin(pair, from, &rules).await;
        field.assert_both(&w, &[0, 1], "carried to the new twin");
        field.add(&w, from, 2);
        field.remove(&w, from, 0);
        w.settle().await;
        field.assert_both(&w, &[1, 2], "changed at the source");
        field.remove(&w, to, 1);
        w.settle().await;
        field.assert_both(&w, &[1, 2], "taken off at the target, put on again");
        field.add(&w, to, 3);
        w.sync().await;
        w.assert_settled().await;
        field.assert_side(&w, from, &[1, 2], "nothing comes out of the target");
        field.assert_side(&w, to, &[1, 2, 3], "and what is its own stays there");

        let w = field.begin(pair, to, &rules).await;
        field.assert_side(&w, from, &[], "nothing came out of the target");
        field.add(&w, from, 2);
        w.settle().await;
        field.assert_side(&w, from, &[2], "the source keeps its own");
        field.assert_side(&w, to, &[0, 1, 2], "into an issue that came from the other side");
    }
}

async fn to_right(field: &Set) {
    one_way(field, Side::Right).await;
}

async fn to_left(field: &Set) {
    one_way(field, Side::Left).await;
}

async fn both_ways(field: &Set) {
    for pair in PAIRS {
        for origin in BOTH {
            let w = field.begin(pair, origin, &field.rules("both")).await;
            field.assert_both(&w, &[0, 1], "carried to the new twin");
            field.add(&w, Side::Left, 2);
            w.settle().await;
            field.assert_both(&w, &[0, 1, 2], "added on the left");
            field.remove(&w, Side::Right, 0);
            w.settle().await;
            field.assert_both(&w, &[1, 2], "taken off on the right");
            field.add(&w, Side::Right, 3);
            w.settle().await;
            field.assert_both(&w, &[1, 2, 3], "added on the right");
            field.remove(&w, Side::Left, 3);
            w.settle().await;
            field.assert_both(&w, &[1, 2], "taken off on the left");
            field.add(&w, Side::Left, 0);
            w.settle().await;
            field.assert_both(&w, &[0, 1, 2], "added again");
        }
    }
}

async fn off(field: &Set) {
    for pair in PAIRS {
        for origin in BOTH {
            let w = field.begin(pair, origin, &field.rules("off")).await;
            field.assert_side(&w, origin.other(), &[], "left out of the new twin");
            field.add(&w, origin, 2);
            field.remove(&w, origin, 0);
            field.add(&w, origin.other(), 3);
            w.assert_settled().await;
            field.assert_side(&w, origin, &[1, 2], "its own");
            field.assert_side(&w, origin.other(), &[3], "its own");
        }
    }
}

type Elements = &'static [usize];
/// Elements added, and elements taken off.
type Edit = [Elements; 2];

/// What the left and the right make of the first two elements, and what they agree on then.
const UNIONS: [(Edit, Edit, Elements); 8] = [
    ([&[2], &[]], [&[3], &[]], &[0, 1, 2, 3]),
    ([&[], &[0]], [&[2], &[]], &[1, 2]),
    ([&[2], &[]], [&[], &[0]], &[1, 2]),
    ([&[], &[0]], [&[], &[0]], &[1]),
    ([&[2], &[]], [&[2], &[]], &[0, 1, 2]),
    ([&[], &[0]], [&[], &[1]], &[]),
    ([&[2], &[0]], [&[3], &[0, 1]], &[2, 3]),
    ([&[2, 3], &[0, 1]], [&[3], &[1]], &[2, 3]),
];

async fn united(field: &Set) {
    for pair in PAIRS {
        for (left, right, union) in UNIONS {
            // Sets cannot clash, so nobody is ever asked.
            let rules = format!("conflicts: ask\n{}", field.rules("both"));
            let w = field.begin(pair, Side::Left, &rules).await;
            for (side, [added, removed]) in [(Side::Left, left), (Side::Right, right)] {
                for number in added {
                    field.add(&w, side, *number);
                }
                for number in removed {
                    field.remove(&w, side, *number);
                }
            }
            let report = w.settle().await;
            assert_eq!((report.totals.conflicts, held(&report)), (0, vec![]), "{}", field.key);
            field.assert_both(&w, union, &format!("left {left:?}, right {right:?}"));
        }
    }
}

async fn mirrored(field: &Set) {
    for pair in PAIRS {
        println!("field {}, mirrored", field.key);
        let mut w = field.fresh(pair, "").await;
        w.rules = format!(
            "mode: mirror\ncreate: {{ left: {{ state: all }} }}\n{}",
            field.rules("to right")
        );
        w.left.open(draft("Crash").body("text"));
        field.add(&w, Side::Left, 0);
        field.add(&w, Side::Left, 1);
        w.clear_logs();
        w.synced().await;
        assert_eq!(w.left.writes(), Vec::<String>::new(), "{}", field.key);
        w.assert_settled().await;
        field.assert_both(&w, &[0, 1], "carried to the mirror");
        field.add(&w, Side::Left, 2);
        field.remove(&w, Side::Left, 0);
        field.remove(&w, Side::Right, 1);
        field.add(&w, Side::Right, 3);
        w.clear_logs();
        w.synced().await;
        assert_eq!(w.left.writes(), Vec::<String>::new(), "{}", field.key);
        w.assert_settled().await;
        field.assert_side(&w, Side::Left, &[1, 2], "never written");
        field.assert_side(&w, Side::Right, &[1, 2, 3], "put right, and its own left alone");
    }
}

async fn base_lost(field: &Set) {
    for pair in PAIRS {
        let w = field.begin(pair, Side::Left, &field.rules("both")).await;
        lose(&w.right, 1);
        let report = w.sync().await;
        assert_eq!(held(&report), ["base-lost"], "{}", field.key);
        w.assert_settled().await;
        field.assert_both(&w, &[0, 1], "equal sides are agreed");
        lose(&w.right, 1);
        field.add(&w, Side::Left, 2);
        field.remove(&w, Side::Left, 0);
        field.add(&w, Side::Right, 3);
        let report = w.sync().await;
        assert_eq!(held(&report), ["base-lost"], "{}", field.key);
        w.assert_settled().await;
        field.assert_both(&w, &[0, 1, 2, 3], "different ones are united");
        field.remove(&w, Side::Left, 0);
        w.settle().await;
        field.assert_both(&w, &[1, 2, 3], "and the new base serves");
    }
}

/// The tests of a field.
macro_rules! set {
    ($name:ident, $field:ident) => {
        cells!(
            $name,
            $field,
            [to_right, to_left, both_ways, off, united, mirrored, base_lost]
        );
    };
}

set!(labels, LABELS);
set!(mapped_labels, MAPPED_LABELS);
set!(prefixed_labels, PREFIXED_LABELS);
set!(assignees, ASSIGNEES);
