//! What is told of every link, whether or not anything is written to it.

use std::collections::{BTreeMap, BTreeSet};

use super::desk::Desk;
use super::pairing::{Pair, Pairing, Widow};
use crate::config::Mode;
use crate::model::{IssueKey, LinkId, Lookup, PerSide, Side};
use crate::plan::{Act, Drift, Field, Seen, SeenIssue, Step};

/// Notes every link that was found, in the order of their left issues.
pub(super) fn note(desk: &mut Desk<'_>, pairing: &Pairing) {
    let mut found: Vec<(PerSide<Option<&IssueKey>>, Seen)> = Vec::new();
    for pair in &pairing.pairs {
        let keys = PerSide::new(Some(&pair.keys.left), Some(&pair.keys.right));
        let seen = Seen {
            link: pair.link.0.clone(),
            issues: issues(desk, keys),
            agreed: pair.base().map(|base| base.when),
        };
        found.push((keys, seen));
    }
    for widow in &pairing.widows {
        let mut keys = PerSide::default();
        *keys.get_mut(widow.side) = Some(&widow.key);
        let seen = Seen {
            link: widow.link.0.clone(),
            issues: issues(desk, keys),
            agreed: pairing.claims.agreed(widow.side, &widow.key),
        };
        found.push((keys, seen));
    }
    found.sort_by(|(a, _), (b, _)| (a.left.is_none(), a).cmp(&(b.left.is_none(), b)));
    desk.out.plan.seen = found.into_iter().map(|(_, seen)| seen).collect();
}

fn issues(desk: &Desk<'_>, keys: PerSide<Option<&IssueKey>>) -> PerSide<Option<SeenIssue>> {
    keys.map(|side, key| {
        let issue = desk.issue(side, key?)?;
        Some(SeenIssue {
            at: desk.at(side, &issue.key).to_string(),
            url: issue.url.clone(),
            title: issue.title.clone(),
        })
    })
}

/// Notes the issues whose markers are not believed: until a person has looked, nothing of their links is carried. A copied
/// marker takes nothing away from the link it was copied from.
pub(super) fn note_held(desk: &mut Desk<'_>, pairing: &Pairing) {
    for side in Side::BOTH {
        let held = pairing.claims.held.get(side);
        for key in held.difference(pairing.claims.copies.get(side)) {
            let markers = desk.issue(side, key).map(|issue| issue.body.markers.as_slice());
            let link = markers.and_then(<[_]>::first).map(|marker| marker.link.clone());
            let link = link.unwrap_or_else(|| LinkId(String::new()));
            let mut keys = PerSide::default();
            *keys.get_mut(side) = Some(key);
            if !desk.in_scope(&link, keys) {
                continue;
            }
            let mut at = PerSide::new(None, None);
            *at.get_mut(side) = Some(desk.at(side, key).to_string());
            let mut values = PerSide::new(String::new(), String::new());
            "not believed".clone_into(values.get_mut(side));
            desk.out.plan.drift.push(Drift {
                link: link.0,
                left: at.left,
                right: at.right,
                class: "marker",
                left_value: values.left,
                right_value: values.right,
                field: Field::Marker,
                conflict: false,
            });
        }
    }
}

/// Puts the differences in the order of their links; those of no link yet come last.
pub(super) fn order(desk: &mut Desk<'_>) {
    let plan = &mut desk.out.plan;
    let places: BTreeMap<&str, usize> = plan.seen.iter().map(|seen| seen.link.as_str()).zip(0..).collect();
    let place = |drift: &Drift| places.get(drift.link.as_str()).copied().unwrap_or(usize::MAX);
    plan.drift.sort_by_key(place);
}

/// Notes which issues are not for everybody: their text is told to nobody who did not ask.
pub(super) fn note_confidential(desk: &mut Desk<'_>) {
    for side in Side::BOTH {
        let issues = desk.world.get(side).every_issue().filter(|issue| issue.confidential);
        let at: Vec<String> = issues.map(|issue| desk.at(side, &issue.key).to_string()).collect();
        desk.out.plan.confidential.extend(at);
    }
}

/// Notes that the twin of an issue is gone, in what way it is.
pub(super) fn note_widow(desk: &mut Desk<'_>, widow: &Widow) {
    let here = desk.at(widow.side, &widow.key).to_string();
    let gone = match &widow.gone {
        Lookup::Deleted => "deleted",
        Lookup::Moved(_) => "moved",
        Lookup::Hidden => "cannot be seen",
        Lookup::Found(_) => return,
    };
    let mut at = PerSide::new(None, None);
    *at.get_mut(widow.side) = Some(here);
    let mut values = PerSide::new(String::new(), String::new());
    gone.clone_into(values.get_mut(widow.side.other()));
    desk.out.plan.drift.push(Drift {
        link: widow.link.0.clone(),
        left: at.left,
        right: at.right,
        class: "missing-twin",
        left_value: values.left,
        right_value: values.right,
        field: Field::Marker,
        conflict: false,
    });
}

/// Notes what the comments of a pair differ in: `spoken` are the writes that would mend it.
pub(super) fn note_comments(desk: &mut Desk<'_>, pair: &Pair, spoken: &[Step]) {
    if spoken.is_empty() {
        return;
    }
    let news = |of: Side| {
        let (mut new, mut edited, mut deleted) = (0, 0, 0);
        for step in spoken.iter().filter(|step| step.on == of.other()) {
            match &step.act {
                Act::Comment(_) => new += 1,
                Act::EditCopy { .. } | Act::EditOriginal { .. } => edited += 1,
                Act::DeleteCopy { .. } => deleted += 1,
                Act::Label(_)
                | Act::Acknowledge { .. }
                | Act::Milestone(_)
                | Act::Create(_)
                | Act::Update(_)
                | Act::Note
                | Act::Retire { .. }
                | Act::Part { .. }
                | Act::Unmark { .. } => {}
            }
        }
        let counts = [(new, "new"), (edited, "edited"), (deleted, "deleted")];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let words: Vec<String> = counts.map(|(count, word)| format!("{count} {word}")).collect();
        words.join(", ")
    };
    let values = PerSide::new(news(Side::Left), news(Side::Right));
    desk.differs(pair, "comment", Field::Comments, values);
}

/// Notes that the markers of a pair are all that is to be written, or that one is missing. `before` is how many differences
/// there were before this pair's.
pub(super) fn note_markers(desk: &mut Desk<'_>, pair: &Pair, steps: &[Step], pointer_missing: bool, before: usize) {
    let marks = BTreeSet::from([Field::Marker]);
    let alone = desk.out.plan.drift.len() == before && steps.iter().all(|step| step.fields == marks);
    let state_missing = pair.state.is_none();
    if steps.is_empty() || !(alone || pointer_missing || state_missing) {
        return;
    }
    let left = match (desk.terms().sync.mode, pair.pointer.is_some()) {
        (Mode::Mirror, _) => "",
        (Mode::TwoWay, true) => "marker",
        (Mode::TwoWay, false) => "no marker",
    };
    let right = match (state_missing, alone && !pointer_missing) {
        (true, _) => "no marker",
        (false, true) => "marker not up to date",
        (false, false) => "marker",
    };
    let values = PerSide::new(left.to_owned(), right.to_owned());
    desk.differs(pair, "marker", Field::Marker, values);
}

impl Desk<'_> {
    /// Notes that the sides of a pair differ in a field: `values` is what each holds.
    pub(super) fn differs(&mut self, pair: &Pair, class: &'static str, field: Field, values: PerSide<String>) {
        let at = |side| Some(self.at(side, pair.keys.get(side)).to_string());
        let drift = Drift {
            link: pair.link.0.clone(),
            left: at(Side::Left),
            right: at(Side::Right),
            class,
            left_value: values.left,
            right_value: values.right,
            field,
            conflict: false,
        };
        self.out.plan.drift.push(drift);
    }

    /// The difference noted last is one that both sides made.
    pub(super) fn clashes(&mut self) {
        if let Some(drift) = self.out.plan.drift.last_mut() {
            drift.conflict = true;
        }
    }
}
