//! Syncs: pairs of trackers and the rules that are not about one field.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::fields::fields;
use super::sides::{Sides, Trackers, unknown_tracker};
use crate::config::problems::{Problems, Spot, looks_secret, shown};
use crate::config::raw::Content;
use crate::config::read::{Table, Value};
use crate::config::{CreateRule, Dashboard, Guard, Mode, OnDelete, Policy, Sync, TrackerConfig};
use crate::diag::Code;
use crate::model::{PerSide, Side, State, TrackerId};

const KEYS: [&str; 14] = [
    "name",
    "between",
    "mode",
    "create",
    "match",
    "conflicts",
    "on_delete",
    "confidential",
    "guard",
    "backlink",
    "mentions",
    "fields",
    "dashboard",
    "commands",
];

/// What earlier syncs of the file have taken.
#[derive(Default)]
struct Taken {
    names: BTreeMap<String, Spot>,
    pairs: BTreeMap<(String, String), Spot>,
}

/// Reads all syncs.
pub(super) fn syncs(table: Table<'_>, trackers: &Trackers, problems: &mut Problems) -> Vec<Sync> {
    let Some(value) = table.need("syncs", problems) else {
        return Vec::new();
    };
    let Some(items) = value.list(problems) else {
        return Vec::new();
    };
    let mut taken = Taken::default();
    let syncs: Vec<_> = items.map(|item| sync(item, trackers, &mut taken, problems)).collect();
    if syncs.is_empty() {
        let hint = "add one: `- { name: main, between: [<tracker>, <tracker>] }`";
        value.refuse(Code::BadValue, "the list is empty", hint, problems);
    }
    syncs.into_iter().flatten().collect()
}

fn sync(item: Value<'_>, trackers: &Trackers, taken: &mut Taken, problems: &mut Problems) -> Option<Sync> {
    let table = item.table(&KEYS, problems)?;
    let name = table.need("name", problems).and_then(|v| name(v, taken, problems));
    let between = table
        .need("between", problems)
        .and_then(|v| between(v, trackers, taken, problems));
    let modes = [("two-way", Mode::TwoWay), ("mirror", Mode::Mirror)];
    let mode = table.choice("mode", &modes, Mode::TwoWay, problems);
    let mirror = mode == Mode::Mirror;
    let sides = Sides {
        trackers,
        between: between.clone(),
        mirror,
    };
    let on_delete = [
        ("report", OnDelete::Report),
        ("close", OnDelete::Close),
        ("unlink", OnDelete::Unlink),
    ];
    let rest = Sync {
        name: name.unwrap_or_default(),
        between: between
            .clone()
            .unwrap_or_else(|| PerSide::new(TrackerId(String::new()), TrackerId(String::new()))),
        mode,
        create: create(table.get("create"), &sides, problems),
        match_title: table.choice("match", &[("none", false), ("title", true)], false, problems),
        conflicts: table
            .get("conflicts")
            .and_then(|v| policy(v, &sides, problems))
            .unwrap_or(Policy::Newest),
        on_delete: table.choice("on_delete", &on_delete, OnDelete::Report, problems),
        confidential: table.choice("confidential", &[("skip", false), ("allow", true)], false, problems),
        guard: guard(table.get("guard"), problems),
        backlink: table.boolean("backlink", mirror, problems),
        notify: table.choice("mentions", &[("silent", false), ("notify", true)], false, problems),
        fields: fields(table.get("fields"), &sides, problems),
        dashboard: dashboard(table, &sides, problems),
        commands: table.choice("commands", &[("off", false), ("on", true)], false, problems),
    };
    if rest.commands && rest.fields.comments.direction == crate::config::Direction::Off {
        let hint = "write `off`, or let comments flow at least one way";
        let why = "commands stand in comments, and comments are off";
        if let Some(value) = table.get("commands") {
            value.refuse(Code::BadValue, why, hint, problems);
        }
    }
    between.map(|_| rest)
}

fn name(value: Value<'_>, taken: &mut Taken, problems: &mut Problems) -> Option<String> {
    let name = value.name(problems)?;
    if looks_secret(name) {
        let hint = "reports and logs name syncs: choose another word, and revoke the secret if it was committed";
        value.refuse(Code::BadName, "this is no name for a sync", hint, problems);
        return None;
    }
    if let Some(first) = taken.names.get(name) {
        let why = format!("there is a sync {} already", shown(name));
        let hint = format!(
            "it stands at {}:{}: give each sync a name of its own",
            first.line, first.column
        );
        value.refuse(Code::DuplicateSync, why, hint, problems);
        return None;
    }
    taken.names.insert(name.to_owned(), value.at());
    Some(name.to_owned())
}

fn between(
    value: Value<'_>,
    trackers: &Trackers,
    taken: &mut Taken,
    problems: &mut Problems,
) -> Option<PerSide<TrackerId>> {
    let items: Vec<_> = value.list(problems)?.collect();
    let [left, right] = items.as_slice() else {
        let why = format!("{} trackers are named", items.len());
        value.refuse(Code::BadValue, why, "name two trackers: `[left, right]`", problems);
        return None;
    };
    let [left, right] = [left, right].map(|item| {
        let name = item.name(problems)?;
        if !trackers.contains_key(name) {
            unknown_tracker(item.at(), name, trackers, problems);
            return None;
        }
        Some(name)
    });
    let (left, right) = (left?, right?);
    let project = |name: &str| {
        trackers
            .get(name)
            .and_then(Option::as_ref)
            .map_or_else(|| name.to_owned(), TrackerConfig::identity)
    };
    let (a, b) = (project(left), project(right));
    if a == b {
        let why = if left == right {
            format!("{} is named twice", shown(left))
        } else {
            format!("{} and {} are the same project", shown(left), shown(right))
        };
        value.refuse(
            Code::SameTracker,
            why,
            "a sync is between two different projects",
            problems,
        );
        return None;
    }
    let pair = if a < b { (a, b) } else { (b, a) };
    if let Some(first) = taken.pairs.get(&pair) {
        let hint = format!(
            "the other stands at {}:{}: make one sync of both",
            first.line, first.column
        );
        value.refuse(
            Code::DuplicatePair,
            "another sync is between the same two trackers",
            hint,
            problems,
        );
        return None;
    }
    taken.pairs.insert(pair, value.at());
    Some(PerSide::new(TrackerId(left.to_owned()), TrackerId(right.to_owned())))
}

fn policy(value: Value<'_>, sides: &Sides<'_>, problems: &mut Problems) -> Option<Policy> {
    let word = value.text(problems)?;
    match (word, word.strip_prefix("prefer ")) {
        ("newest", _) => Some(Policy::Newest),
        ("ask", _) => Some(Policy::Ask),
        (_, Some(name)) => sides.side(name.trim(), value.at(), problems).map(Policy::Prefer),
        (_, None) => {
            value.unknown(word, ["newest", "prefer <tracker>", "ask"], problems);
            None
        }
    }
}

fn create(value: Option<Value<'_>>, sides: &Sides<'_>, problems: &mut Problems) -> PerSide<Option<CreateRule>> {
    let Some(value) = value.filter(|v| !v.is_word("off")) else {
        return PerSide::default();
    };
    if !value.is_table() {
        let hint = format!(
            "say whose new issues get twins: `create: {{ {}: on }}`; `off` means none",
            sides.name(Side::Left)
        );
        value.refuse(Code::UnknownValue, "this is neither `off` nor a table", hint, problems);
        return PerSide::default();
    }
    sides.split(value, problems).map(|side, value| {
        let value = value?;
        let rule = create_rule(value, problems)?;
        if sides.mirror && side == Side::Right {
            let why = format!("in mirror mode nothing is created on {}", shown(sides.name(Side::Left)));
            value.refuse(
                Code::MirrorWritesLeft,
                why,
                "write `off`, or take `mode: mirror` away",
                problems,
            );
        }
        Some(rule)
    })
}

/// `None` is off, or a problem reported.
fn create_rule(value: Value<'_>, problems: &mut Problems) -> Option<CreateRule> {
    let open = CreateRule {
        state: Some(State::Open),
        ..CreateRule::default()
    };
    if !value.is_table() {
        let on = value.choice(&[("off", false), ("on", true)], problems)?;
        return on.then_some(open);
    }
    let keys = [
        "labels",
        "exclude_labels",
        "authors",
        "state",
        "created_after",
        "milestone",
    ];
    let table = value.table(&keys, problems)?;
    let mut names = |key| table.get(key).map(|v| v.names(problems)).unwrap_or_default();
    let (labels, exclude_labels, authors) = (names("labels"), names("exclude_labels"), names("authors"));
    let states = [
        ("open", Some(State::Open)),
        ("closed", Some(State::Closed)),
        ("all", None),
    ];
    Some(CreateRule {
        labels,
        exclude_labels,
        authors,
        state: table.choice("state", &states, Some(State::Open), problems),
        created_after: table.get("created_after").and_then(|v| time(v, problems)),
        milestone: table.get("milestone").and_then(|v| v.name(problems)).map(str::to_owned),
    })
}

fn time(value: Value<'_>, problems: &mut Problems) -> Option<Timestamp> {
    let text = value.text(problems)?;
    let day = || {
        text.parse::<Date>()
            .ok()?
            .to_zoned(TimeZone::UTC)
            .ok()
            .map(|z| z.timestamp())
    };
    let plain_day = text.len() == 10;
    let time = if plain_day {
        day()
    } else {
        text.parse::<Timestamp>().ok()
    };
    if time.is_none() {
        let why = format!("{} is no point in time", shown(text));
        value.refuse(
            Code::BadTime,
            why,
            "write a day, 2026-01-31, or a time, 2026-01-31T12:00:00Z",
            problems,
        );
    }
    time
}

fn guard(value: Option<Value<'_>>, problems: &mut Problems) -> Guard {
    let mut guard = Guard {
        max_changes: 500,
        max_closes: 50,
        max_deletes: 50,
        max_share: 50,
        share_is_explicit: false,
    };
    let known = ["max_changes", "max_closes", "max_deletes", "max_share"];
    let Some(table) = value.and_then(|v| v.table(&known, problems)) else {
        return guard;
    };
    for (key, limit) in [
        ("max_changes", &mut guard.max_changes),
        ("max_closes", &mut guard.max_closes),
        ("max_deletes", &mut guard.max_deletes),
    ] {
        if let Some(count) = table.get(key).and_then(|v| v.count(problems)) {
            *limit = count;
        }
    }
    if let Some(share) = table.get("max_share").and_then(|v| percentage(v, problems)) {
        guard.max_share = share;
        guard.share_is_explicit = true;
    }
    guard
}

/// `50%`, or the number alone.
fn percentage(value: Value<'_>, problems: &mut Problems) -> Option<u8> {
    let (text, number) = if let Content::Number(text) = &value.node.content {
        (text.as_str(), Some(text.as_str()))
    } else {
        let text = value.text(problems)?;
        (text, text.strip_suffix('%'))
    };
    let digits = number.filter(|n| n.chars().all(|c| c.is_ascii_digit()));
    let share = digits.and_then(|n| n.parse::<u8>().ok()).filter(|share| *share <= 100);
    if share.is_none() {
        let why = format!("{} is no percentage", shown(text));
        value.refuse(Code::BadNumber, why, "write a whole number from 0% to 100%", problems);
    }
    share
}

/// `off`, or where the dashboard issue is.
fn dashboard(table: Table<'_>, sides: &Sides<'_>, problems: &mut Problems) -> Option<Dashboard> {
    let value = table.get("dashboard").filter(|v| !v.is_word("off"))?;
    let table = value.table(&["on", "title"], problems)?;
    let title = table.get("title").and_then(|v| v.name(problems)).unwrap_or("Lockstep");
    let on = table.need("on", problems)?;
    let side = sides.side(on.name(problems)?, on.at(), problems)?;
    if sides.mirror && side == Side::Left {
        let why = format!("in mirror mode {} is never written", shown(sides.name(side)));
        let hint = format!("write `on: {}`, or take `mode: mirror` away", sides.name(Side::Right));
        on.refuse(Code::MirrorWritesLeft, why, hint, problems);
        return None;
    }
    Some(Dashboard {
        on: side,
        title: title.to_owned(),
    })
}
