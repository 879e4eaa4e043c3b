//! One linked pair: merge every field, then put the writes in order.

use std::collections::{BTreeMap, BTreeSet};

use super::pair::Pair;
use super::{Desk, comments, crossing, kept, known, labels, people, status, text};
use crate::config::{Direction, Mode, Policy};
use crate::model::{End, Issue, Marks, PerSide, Side};
use crate::plan::{Act, Book, Change, Field, LinkPlan, Step};

/// What the merges of a pair's fields ask for.
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// The change of each side.
    pub(super) change: PerSide<Change>,
    /// Why, per side and field.
    pub(super) why: PerSide<BTreeMap<Field, String>>,
    /// Fields whose base stays as it was.
    pub(super) frozen: BTreeSet<Field>,
    /// Comments that keep texts about to be replaced.
    pub(super) kept: Vec<Step>,
    /// Whether each side's body is a cut copy.
    pub(super) cut: PerSide<bool>,
    /// Fields of which the base no longer says what the sides hold.
    pub(super) stale: BTreeSet<Field>,
    /// The side whose values stand where there is no base, because the other one was being made of it.
    pub(super) origin: Option<Side>,
    /// The side that won in an earlier run, which was stopped after it had kept what the other one says.
    pub(super) ahead: Option<Side>,
}

impl Merged {
    /// Notes why a field of a side is written.
    pub(super) fn because(&mut self, to: Side, field: Field, why: String) {
        self.why.get_mut(to).insert(field, why);
    }

    /// Notes whether the base still says what the sides hold.
    pub(super) fn compare(&mut self, field: Field, differs: bool) {
        if differs {
            self.stale.insert(field);
        }
    }

    /// Whether writing the base anew would change it: that of a field which has not settled stays as it is.
    fn is_stale(&self) -> bool {
        !self.stale.is_subset(&self.frozen)
    }

    /// The field has not settled: its base stays.
    pub(super) fn freeze(&mut self, field: Field) {
        self.frozen.insert(field);
    }

    /// The side whose value wins a conflict; `None` when a person has to decide.
    pub(super) fn winner(&self, desk: &Desk<'_>, issues: &PerSide<&Issue>) -> Option<Side> {
        if self.origin.is_some() {
            return self.origin;
        }
        match desk.terms().sync.conflicts {
            Policy::Prefer(side) => Some(side),
            Policy::Ask => None,
            // Keeping the losing text made its side the newer one.
            Policy::Newest if self.ahead.is_some() => self.ahead,
            Policy::Newest => {
                let at = |side: Side| issues.get(side).updated.map(jiff::Timestamp::as_second);
                Some(if at(Side::Right) > at(Side::Left) {
                    Side::Right
                } else {
                    Side::Left
                })
            }
        }
    }

    /// Holds a conflict that a person has to decide.
    pub(super) fn hold_conflict(&mut self, desk: &mut Desk<'_>, pair: &Pair, field: Field) {
        self.freeze(field);
        let (left, right) = (
            desk.at(Side::Left, &pair.keys.left),
            desk.at(Side::Right, &pair.keys.right),
        );
        desk.hold(
            "conflict",
            left,
            format!("{} was changed here and on {right}, differently", field.name()),
            "make both sides equal by hand, or set `conflicts:` to `newest` or `prefer <tracker>`",
        );
    }
}

/// Plans a pair. Without steps it is settled.
pub(super) fn plan(desk: &mut Desk<'_>, pair: &Pair, talk: bool) -> Option<LinkPlan> {
    let issues = PerSide::new(
        desk.issue(Side::Left, &pair.keys.left)?,
        desk.issue(Side::Right, &pair.keys.right)?,
    );
    if is_private(desk, pair, &issues) {
        return None;
    }
    let mut merged = Merged {
        origin: (pair.base().is_none() && pair.is_half_made(desk.terms().sync.mode)).then_some(pair.origin),
        ahead: ahead(desk, pair, &issues),
        ..Merged::default()
    };
    text::merge(desk, pair, &issues, &mut merged);
    status::merge(desk, pair, &issues, &mut merged);
    labels::merge(desk, pair, &issues, &mut merged);
    people::merge(desk, pair, &issues, &mut merged);
    let spoken = if talk {
        comments::plan(desk, pair).unwrap_or_default()
    } else {
        Vec::new()
    };
    let marks = PerSide::new((), ()).map(|side, ()| {
        if talk {
            known::marks_now(desk, pair, side)
        } else {
            let old = pair.marks(side);
            let seen = old.seen.max(desk.world.get(side).now.as_second());
            // A link that is written without its comments being merged is above suspicion up to now.
            match desk.terms().sync.fields.comments.direction {
                Direction::Off => old,
                Direction::Both | Direction::To(_) => Marks { seen, ..old },
            }
        }
    });
    let counted = talk
        && Side::BOTH.into_iter().any(|side| {
            let (now, old) = (marks.get(side), pair.marks(side));
            now.count != old.count || now.digest != old.digest
        });

    let mut book = book(desk, pair, &issues);
    book.marks = marks;
    // Where reading comments costs nothing they are known without being merged: a comment that keeps a text adds to them.
    if talk || desk.terms().sync.fields.comments.direction != Direction::Off {
        book.spoken = PerSide::new((), ()).map(|side, ()| {
            desk.known_comments(side, pair.keys.get(side))
                .map(|list| known::spoken(&pair.link, list))
        });
    }
    known::less_planned(&mut book, &spoken);
    book.cut = merged.cut;
    book.frozen.clone_from(&merged.frozen);
    let stale = merged.is_stale() && says_otherwise(pair, &book, &issues);
    let mut steps = std::mem::take(&mut merged.kept);
    steps.extend(spoken);
    let pointer_missing = pair.pointer.is_none() && desk.terms().sync.mode == Mode::TwoWay;
    let left = update(Side::Left, &mut merged, pointer_missing);
    let talked = !steps.is_empty() && !pointer_missing;
    let state_due =
        pair.state.is_none() || stale || talked || counted && !pointer_missing || left_changes(left.as_ref());
    let right = update(Side::Right, &mut merged, state_due);
    // The marker that is written last says most: the state where it is due, else the pointer.
    steps.extend(left);
    steps.extend(right);
    report_lost(desk, pair);
    Some(LinkPlan {
        link: pair.link.clone(),
        keys: PerSide::new(Some(pair.keys.left.clone()), Some(pair.keys.right.clone())),
        steps,
        book,
    })
}

fn ahead(desk: &Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>) -> Option<Side> {
    let lost = PerSide::new((), ()).map(|side, ()| kept::has_kept(desk, pair, side, issues.get(side)));
    match (lost.left, lost.right) {
        (true, false) => Some(Side::Right),
        (false, true) => Some(Side::Left),
        (true, true) | (false, false) => None,
    }
}

/// Whether the base would be written differently from what it says: a field that is held keeps its base, so holding it
/// is no reason to write.
fn says_otherwise(pair: &Pair, book: &Book, issues: &PerSide<&Issue>) -> bool {
    pair.base().is_none_or(|base| {
        Side::BOTH
            .into_iter()
            .any(|side| !book.side_base(side, issues.get(side)).same_fields(base.sides.get(side)))
    })
}

fn left_changes(step: Option<&Step>) -> bool {
    step.is_some_and(|step| matches!(&step.act, Act::Update(change) if !change.is_empty()))
}

fn update(on: Side, merged: &mut Merged, mark: bool) -> Option<Step> {
    let change = std::mem::take(merged.change.get_mut(on));
    let why = std::mem::take(merged.why.get_mut(on));
    if change.is_empty() {
        let why = "the marker is brought up to date".to_owned();
        return mark.then(|| Step {
            on,
            act: Act::Update(change),
            fields: [Field::Marker].into(),
            why,
        });
    }
    let fields = why.keys().copied().collect();
    let mut reasons: Vec<String> = why.into_values().collect();
    reasons.dedup();
    Some(Step {
        on,
        act: Act::Update(change),
        fields,
        why: reasons.join("; "),
    })
}

/// A confidential issue takes no part unless the mapping file allows it, and one that becomes confidential later is
/// never written on.
fn is_private(desk: &mut Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>) -> bool {
    if desk.terms().sync.confidential {
        return false;
    }
    let Some(side) = Side::BOTH.into_iter().find(|side| issues.get(*side).confidential) else {
        return false;
    };
    let on = desk.at(side, pair.keys.get(side));
    let twin = desk.at(side.other(), pair.keys.get(side.other()));
    desk.hold(
        "confidential",
        on,
        format!("it is confidential, so nothing of it is carried to {twin} any more"),
        "make it public, or set `confidential: allow` for this sync",
    );
    true
}

fn report_lost(desk: &mut Desk<'_>, pair: &Pair) {
    if pair.state.is_some() || pair.pointer.is_none() {
        return;
    }
    let on = desk.at(Side::Right, &pair.keys.right);
    desk.hold(
        "base-lost",
        on,
        "its state marker is gone; what both sides hold is taken as agreed where it is equal",
        "nothing to do: the marker is written again",
    );
}

/// The bookkeeping of a pair as it stands before any step.
pub(super) fn book(desk: &Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>) -> Book {
    let end = |side: Side| End {
        tracker: desk.tracker(side).clone(),
        project: desk.world.get(side).project.clone(),
        key: Some(pair.keys.get(side).clone()),
    };
    Book {
        terms: desk.rules.terms.clone(),
        profiles: desk.rules.profiles.clone(),
        link: pair.link.clone(),
        sync: desk.sync_hash(),
        ends: PerSide::new(end(Side::Left), end(Side::Right)),
        origin: pair.origin,
        known: PerSide::new(Some(issues.left.clone()), Some(issues.right.clone())),
        old: pair.base().cloned(),
        marks: PerSide::new(pair.marks(Side::Left), pair.marks(Side::Right)),
        spoken: PerSide::default(),
        cut: PerSide::default(),
        footer: footer(desk, pair.origin, issues.get(pair.origin)),
        frozen: BTreeSet::new(),
        when: desk.rules.now.as_second(),
        serial: pair.serial(),
    }
}

/// The footer of the twin: where it comes from.
pub(super) fn footer(desk: &Desk<'_>, origin: Side, issue: &Issue) -> PerSide<Option<String>> {
    let mut footer = PerSide::default();
    if desk.terms().sync.backlink {
        let place = crossing::link(&desk.at(origin, &issue.key).to_string(), &issue.url);
        let what = match desk.terms().sync.mode {
            Mode::Mirror => "edits of mirrored fields here are overwritten",
            Mode::TwoWay => "changes travel both ways",
        };
        *footer.get_mut(origin.other()) = Some(format!("<sub>Linked to {place} by Lockstep: {what}.</sub>"));
    }
    footer
}
