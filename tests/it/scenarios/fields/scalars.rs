//! Fields of one value: title, body, status, and what is planned.

mod described;

use lockstep::model::Side;
use lockstep::report::Outcome;

use super::{BOTH, cells, in_turn, name, player};
use crate::scenarios::markers::lose;
use crate::support::player::{Vendor, draft};
use crate::support::world::{World, held};
use described::{BODY, DUE_DATE, MILESTONE, STATUS, Scalar, TIME_ESTIMATE, TITLE, WEIGHT};

async fn one_way(field: &Scalar, to: Side) {
    let (from, rules) = (to.other(), field.rules(&format!("to {}", name(to))));
    for pair in field.pairs {
        let w = field.begin(*pair, from, &rules).await;
        field.assert_values(&w, 0, 0, "carried to the new twin");
        field.set(&w, from, 1);
        w.settle().await;
        field.assert_values(&w, 1, 1, "changed at the source");
        field.set(&w, to, 2);
        w.settle().await;
        field.assert_values(&w, 1, 1, "changed at the target, put right again");
        field.assert_kept(&w, to, 2);
        in_turn(&w, from, |_| field.set(&w, from, 0), |_| field.set(&w, to, 2));
        w.settle().await;
        field.assert_values(&w, 0, 0, "changed on both sides: the source counts");
        if field.always_created {
            continue;
        }
        let w = field.begin(*pair, to, &rules).await;
        assert_ne!(
            field.get(&w, from),
            field.values[0],
            "{} comes out of the target",
            field.key
        );
        field.set(&w, from, 1);
        w.settle().await;
        field.assert_values(&w, 1, 1, "into an issue that came from the other side");
    }
}

async fn to_right(field: &Scalar) {
    one_way(field, Side::Right).await;
}

async fn to_left(field: &Scalar) {
    one_way(field, Side::Left).await;
}

async fn both_ways(field: &Scalar) {
    for pair in field.pairs {
        for origin in BOTH {
            let w = field.begin(*pair, origin, &field.rules("both")).await;
            field.assert_values(&w, 0, 0, "carried to the new twin");
            field.set(&w, Side::Left, 1);
            w.settle().await;
            field.assert_values(&w, 1, 1, "changed on the left");
            field.set(&w, Side::Right, 2);
            w.settle().await;
            field.assert_values(&w, 2, 2, "changed on the right");
            field.set(&w, Side::Left, 0);
            field.set(&w, Side::Right, 0);
            let report = w.settle().await;
            assert_eq!(report.totals.conflicts, 0, "{}: the same on both sides", field.key);
            field.assert_values(&w, 0, 0, "changed to the same on both sides");
            assert!(w.left.see(1).said.is_empty() && w.right.see(1).said.is_empty());
        }
    }
}

async fn off(field: &Scalar) {
    for pair in field.pairs {
        for origin in BOTH {
            // The labels of a status are labels like all others while it is off.
            let rules = field.rules("off").replace("fields: {", "fields: { labels: off,");
            let w = field.begin(*pair, origin, &rules).await;
            if !field.always_created {
                assert_ne!(field.get(&w, origin.other()), field.values[0], "{}", field.key);
            }
            field.set(&w, Side::Left, 1);
            field.set(&w, Side::Right, 2);
            w.assert_settled().await;
            field.assert_values(&w, 1, 2, "each its own");
        }
    }
}

async fn taken_away(field: &Scalar) {
    let empty = field.empty.unwrap();
    for pair in field.pairs {
        for side in BOTH {
            let w = field.begin(*pair, Side::Left, &field.rules("both")).await;
            (field.set)(player(&w, side), empty);
            w.settle().await;
            assert_eq!(
                (field.get(&w, Side::Left), field.get(&w, Side::Right)),
                (empty.to_owned(), empty.to_owned()),
                "{} taken away on the {}",
                field.key,
                name(side)
            );
            field.set(&w, side.other(), 1);
            w.settle().await;
            field.assert_values(&w, 1, 1, "given again on the other side");
        }
    }
}

/// Both sides change the field, `first` before the other.
async fn clash(field: &Scalar, pair: (Vendor, Vendor), policy: &str, first: Side) -> World {
    let rules = format!("conflicts: {policy}\n{}", field.rules("both"));
    let w = field.begin(pair, Side::Left, &rules).await;
    let value = |side| if side == Side::Left { 1 } else { 2 };
    in_turn(
        &w,
        first,
        |_| field.set(&w, first, value(first)),
        |_| field.set(&w, first.other(), value(first.other())),
    );
    w
}

async fn clash_won(field: &Scalar, policy: &str, first: Side, winner: Side) {
    for pair in field.pairs {
        let w = clash(field, *pair, policy, first).await;
        let report = w.settle().await;
        assert_eq!(report.totals.conflicts, 1, "{}", field.key);
        let (won, lost) = if winner == Side::Left { (1, 2) } else { (2, 1) };
        field.assert_values(&w, won, won, &format!("{policy}, first changed on the {}", name(first)));
        field.assert_kept(&w, winner.other(), lost);
    }
}

async fn newest(field: &Scalar) {
    for first in BOTH {
        clash_won(field, "newest", first, first.other()).await;
    }
}

async fn prefer_left(field: &Scalar) {
    clash_won(field, "prefer left", Side::Left, Side::Left).await;
}

async fn prefer_right(field: &Scalar) {
    clash_won(field, "prefer right", Side::Right, Side::Right).await;
}

async fn ask(field: &Scalar) {
    for pair in field.pairs {
        let w = clash(field, *pair, "ask", Side::Left).await;
        w.left.label(1, "meanwhile");
        let report = w.sync().await;
        assert_eq!(held(&report), ["conflict"], "{}", field.key);
        field.assert_values(&w, 1, 2, "nobody decided yet");
        assert!(w.right.see(1).labels.contains("meanwhile"), "other fields go on");
        let report = w.plan().await;
        assert_eq!(
            (report.steps.len(), held(&report)),
            (0, vec!["conflict"]),
            "{}",
            field.key
        );
        field.set(&w, Side::Right, 1);
        let report = w.settle().await;
        assert!(held(&report).is_empty(), "{report:#?}");
        field.assert_values(&w, 1, 1, "decided by hand");
        field.set(&w, Side::Right, 0);
        w.settle().await;
        field.assert_values(&w, 0, 0, "and on it goes");
    }
}

async fn mirrored(field: &Scalar) {
    for pair in field.pairs {
        println!("field {}, mirrored", field.key);
        let rules = field.rules("to right");
        let w = World::new(
            *pair,
            &format!("mode: mirror\ncreate: {{ left: {{ state: all }} }}\n{rules}"),
        )
        .await;
        w.left.open(draft("Crash").body("text"));
        if field.get(&w, Side::Left) != field.values[0] {
            field.set(&w, Side::Left, 0);
        }
        w.clear_logs();
        w.synced().await;
        field.assert_values(&w, 0, 0, "carried to the mirror");
        assert_eq!(w.left.writes(), Vec::<String>::new(), "{}", field.key);
        w.assert_settled().await;
        for (left, right) in [(Some(1), None), (None, Some(2)), (Some(0), Some(2))] {
            let before = w.left.see(1);
            let changes = [(Side::Left, left), (Side::Right, right)];
            for (side, value) in changes.into_iter().filter_map(|(side, value)| Some((side, value?))) {
                field.set(&w, side, value);
            }
            w.clear_logs();
            w.synced().await;
            let wanted = left.unwrap_or(1);
            field.assert_values(&w, wanted, wanted, &format!("mirrored after {left:?}, {right:?}"));
            assert_eq!(w.left.writes(), Vec::<String>::new(), "{}", field.key);
            if left.is_none() {
                assert_eq!(w.left.see(1), before);
            }
            w.assert_settled().await;
        }
    }
}

async fn base_lost(field: &Scalar) {
    for pair in field.pairs {
        let rules = format!("conflicts: prefer right\n{}", field.rules("both"));
        let w = field.begin(*pair, Side::Left, &rules).await;
        lose(&w.right, 1);
        let report = w.sync().await;
        assert_eq!(held(&report), ["base-lost"], "{}", field.key);
        assert_eq!(report.outcome, Outcome::Changed);
        w.assert_settled().await;
        field.assert_values(&w, 0, 0, "equal sides are agreed");
        lose(&w.right, 1);
        field.set(&w, Side::Left, 1);
        let report = w.sync().await;
        assert_eq!(held(&report), ["base-lost"], "{}", field.key);
        w.assert_settled().await;
        field.assert_values(&w, 0, 0, "different ones follow the policy");
        field.assert_kept(&w, Side::Left, 1);
        field.set(&w, Side::Left, 2);
        w.settle().await;
        field.assert_values(&w, 2, 2, "and the new base serves");
    }
}

async fn switched_on_later(field: &Scalar) {
    for pair in field.pairs {
        for side in BOTH {
            // The labels of a status are labels like all others while it is off.
            let rules = field.rules("off").replace("fields: {", "fields: { labels: off,");
            // What was never carried is no agreement: the policy decides.
            let rules = format!("conflicts: prefer {}\n{rules}", name(side));
            let mut w = field.begin(*pair, Side::Left, &rules).await;
            field.set(&w, side, 1);
            w.assert_settled().await;
            w.rules = w.rules.replace("direction: off", "direction: both");
            w.sync().await;
            w.assert_settled().await;
            field.assert_values(&w, 1, 1, &format!("switched on after a change on the {}", name(side)));
            field.set(&w, side.other(), 2);
            w.settle().await;
            field.assert_values(&w, 2, 2, "and on it goes");
            w.rules = w.rules.replace("direction: both", "direction: off");
            w.assert_settled().await;
            field.assert_values(&w, 2, 2, "switched off again");
        }
    }
}

/// The tests of a field.
macro_rules! scalar {
    ($name:ident, $field:ident $(, $more:ident)*) => {
        cells!($name, $field, [
            to_right, to_left, both_ways, off, newest, prefer_left, prefer_right, ask, mirrored, base_lost, switched_on_later $(, $more)*
        ]);
    };
}

scalar!(title, TITLE);
scalar!(body, BODY, taken_away);
scalar!(status, STATUS);
scalar!(milestone, MILESTONE, taken_away);
scalar!(weight, WEIGHT, taken_away);
scalar!(due_date, DUE_DATE, taken_away);
scalar!(time_estimate, TIME_ESTIMATE, taken_away);
