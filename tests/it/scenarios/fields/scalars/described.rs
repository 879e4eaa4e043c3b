//! The fields of one value, described as the cells need to know them.

use lockstep::model::Side;

use super::super::{PAIRS, PLANNERS, name, player, world};
use crate::support::player::{Player, Seen, Vendor, draft};
use crate::support::world::World;

/// A field of one value, as the cells need to know it.
pub(super) struct Scalar {
    /// Its key in the mapping file.
    pub(super) key: &'static str,
    /// Further options, each after a comma.
    pub(super) options: &'static str,
    pub(super) pairs: &'static [(Vendor, Vendor)],
    /// Three values every tracker of the pairs can hold.
    pub(super) values: [&'static str; 3],
    /// No value, if people can take it away.
    pub(super) empty: Option<&'static str>,
    pub(super) set: fn(&Player, &str),
    pub(super) get: fn(&Seen) -> String,
    /// Needed to create an issue at all, so it crosses then whatever the direction.
    pub(super) always_created: bool,
    /// Text of people: what loses is kept as a comment.
    pub(super) is_text: bool,
}

pub(super) const TITLE: Scalar = Scalar {
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

pub(super) const BODY: Scalar = Scalar {
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
pub(super) const STATUS: Scalar = Scalar {
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

pub(super) const MILESTONE: Scalar = Scalar {
    key: "milestone",
    values: ["Q1", "Q2", "Next year: perhaps"],
    empty: Some(""),
    set: |player, title| player.put_into(1, given(title)),
    get: |seen| seen.plan.milestone.clone().unwrap_or_default(),
    ..STATUS_WITHOUT_MAP
};

pub(super) const WEIGHT: Scalar = Scalar {
    key: "weight",
    pairs: &PLANNERS,
    values: ["3", "5", "0"],
    empty: Some(""),
    set: |player, weight| player.weigh(1, given(weight).map(|text| text.parse().unwrap())),
    get: |seen| seen.plan.weight.map(|weight| weight.to_string()).unwrap_or_default(),
    ..STATUS_WITHOUT_MAP
};

pub(super) const DUE_DATE: Scalar = Scalar {
    key: "due_date",
    pairs: &PLANNERS,
    values: ["2026-06-30", "2026-07-01", "2028-02-29"],
    empty: Some(""),
    set: |player, day| player.make_due(1, given(day)),
    get: |seen| seen.plan.due.clone().unwrap_or_default(),
    ..STATUS_WITHOUT_MAP
};

pub(super) const TIME_ESTIMATE: Scalar = Scalar {
    key: "time_estimate",
    pairs: &PLANNERS,
    values: ["5400", "60", "288061"],
    empty: Some("0"),
    set: |player, seconds| player.estimate(1, seconds.parse().unwrap()),
    get: |seen| seen.plan.estimate.to_string(),
    ..STATUS_WITHOUT_MAP
};

const STATUS_WITHOUT_MAP: Scalar = Scalar { options: "", ..STATUS };

fn given(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

impl Scalar {
    pub(super) fn rules(&self, direction: &str) -> String {
        format!(
            "fields: {{ {}: {{ direction: {direction}{} }} }}",
            self.key, self.options
        )
    }

    pub(super) fn set(&self, w: &World, side: Side, value: usize) {
        (self.set)(player(w, side), self.values[value]);
    }

    pub(super) fn get(&self, w: &World, side: Side) -> String {
        (self.get)(&player(w, side).see(1))
    }

    /// An issue of one side, with the first value, and its twin.
    pub(super) async fn begin(&self, pair: (Vendor, Vendor), side: Side, rules: &str) -> World {
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

    pub(super) fn assert_values(&self, w: &World, left: usize, right: usize, when: &str) {
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
    pub(super) fn assert_kept(&self, w: &World, loser: Side, value: usize) {
        if !self.is_text {
            return;
        }
        assert_eq!(player(w, loser).see(1).texts(), [self.values[value]], "{}", self.key);
        assert!(player(w, loser.other()).see(1).said.is_empty(), "{}", self.key);
    }
}
