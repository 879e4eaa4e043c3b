//! Fields of one value: title, body, status, and what is planned.

use lockstep::model::Side;
use lockstep::report::Outcome;

use super::{BOTH, PAIRS, cells, in_turn, name, player, world};
use crate::scenarios::markers::lose;
use crate::support::player::{Player, Seen, Vendor, draft};
use crate::support::world::{World, held};

/// A field of one value, as the cells need to know it.
struct Scalar {
    /// Its key in the mapping file.
    key: &'static str,
    /// Further options, each after a comma.
    options: &'static str,
    pairs: &'static [(Vendor, Vendor)],
    /// Three values every tracker of the pairs can hold.
    values: [&'static str; 3],
    /// No value, if people can take it away.
    empty: Option<&'static str>,
    set: fn(&Player, &str),
    get: fn(&Seen) -> String,
    /// Needed to create an issue at all, so it crosses then whatever the direction.
    always_created: bool,
    /// Text of people: what loses is kept as a comment.
    is_text: bool,
}

const TITLE: Scalar = Scalar {
    key: "title",
    options: "",
    pairs: &PAIRS,
    values: ["Crash", "Crash at start", "Crash when it rains"],
    empty: None,
    set: |player, title| player.retitle(1, title),
    get: |seen| seen.title.clone(),
    always_created: true,
    is_text: true,
};

const BODY: Scalar = Scalar {
    key: "body",
    options: "",
    pairs: &PAIRS,
    values: ["It burns.", "It *burns*.\n\n- here\n- there", "It burns no more."],
    empty: Some(""),
    set: |player, text| player.rewrite(1, text),
    get: |seen| seen.text.clone(),
    always_created: false,
    is_text: true,
};

/// Three statuses on trackers that know two, by a label.
const STATUS: Scalar = Scalar {
    key: "status",
    options: ", map: [{ left: open + doing, right: open + doing }, { left: open, right: open }]",
    pairs: &PAIRS,
    values: ["doing", "closed", "open"],
    empty: None,
    set: |player, status| {
        let seen = player.see(1);
        match (seen.closed, status == "closed") {
            (false, true) => player.close(1, "completed"),
            (true, false) => player.reopen(1),
            (true, true) | (false, false) => {}
        }
        match (seen.labels.contains("doing"), status == "doing") {
            (false, true) => player.label(1, "doing"),
            (true, false) => player.unlabel(1, "doing"),
            (true, true) | (false, false) => {}
        }
    },
    get: |seen| match (seen.closed, seen.labels.contains("doing")) {
        (true, _) => "closed".to_owned(),
        (false, true) => "doing".to_owned(),
        (false, false) => "open".to_owned(),
    },
    always_created: false,
    is_text: false,
};

impl Scalar {
    fn rules(&self, direction: &str) -> String {
        format!(
            "fields: {{ {}: {{ direction: {direction}{} }} }}",
            self.key, self.options
        )
    }

    fn set(&self, w: &World, side: Side, value: usize) {
        (self.set)(player(w, side), self.values[value]);
    }

    fn get(&self, w: &World, side: Side) -> String {
        (self.get)(&player(w, side).see(1))
    }

    /// An issue of one side, with the first value, and its twin.
    async fn begin(&self, pair: (Vendor, Vendor), side: Side, rules: &str) -> World {
        println!("field {}, begun on the {}, {rules}", self.key, name(side));
        let w = world(pair, rules).await;
        player(&w, side).open(draft("Crash").body("text"));
        if self.get(&w, side) != self.values[0] {
            self.set(&w, side, 0);
        }
        w.settle().await;
        assert_eq!((w.left.keys(), w.right.keys()), (vec![1], vec![1]));
        w
    }

    fn assert_values(&self, w: &World, left: usize, right: usize, when: &str) {
        assert_eq!(
            (self.get(w, Side::Left), self.get(w, Side::Right)),
            (self.values[left].to_owned(), self.values[right].to_owned()),
            "{} of {:?} and {:?} {when}",
            self.key,
            w.left.vendor,
            w.right.vendor
        );
    }

    /// A text that lost stands on the side where it lost, once, and is not carried.
    fn assert_kept(&self, w: &World, loser: Side, value: usize) {
        if !self.is_text {
            return;
        }
        assert_eq!(player(w, loser).see(1).texts(), [self.values[value]], "{}", self.key);
        assert!(player(w, loser.other()).see(1).said.is_empty(), "{}", self.key);
    }
}

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

/// The tests of a field.
macro_rules! scalar {
    ($name:ident, $field:ident $(, $more:ident)*) => {
        cells!($name, $field, [
            to_right, to_left, both_ways, off, newest, prefer_left, prefer_right, ask, mirrored, base_lost $(, $more)*
        ]);
    };
}

scalar!(title, TITLE);
scalar!(body, BODY, taken_away);
scalar!(status, STATUS);
