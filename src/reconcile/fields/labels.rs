//! Labels: which label of one side stands for which of the other, and their element-wise merge.

use std::collections::{BTreeMap, BTreeSet};

use super::merged::Merged;
use crate::config::{Direction, Terms};
use crate::model::{Issue, Label, PerSide, Side};
use crate::plan::{Act, Field, Step, base_names};
use crate::reconcile::desk::{Desk, Need};
use crate::reconcile::merge::keep_element;
use crate::reconcile::pairing::Pair;

/// Labels that stand for one another. A row of the map makes one; rows that share a label share the element.
#[derive(Clone, Debug, Default)]
struct Element {
    /// The names of each side, in lower case.
    names: PerSide<BTreeSet<String>>,
    /// The name to add on each side; `None` when nothing crosses to it.
    arrives: PerSide<Option<String>>,
}

impl Element {
    fn on(&self, side: Side, labels: &BTreeSet<String>) -> Vec<String> {
        labels
            .iter()
            .filter(|l| self.names.get(side).contains(&l.to_lowercase()))
            .cloned()
            .collect()
    }
}

fn mapped(terms: &Terms) -> Vec<Element> {
    let mut elements: Vec<Element> = Vec::new();
    for row in &terms.sync.fields.labels.map {
        let names = PerSide::new(row.names.left.to_lowercase(), row.names.right.to_lowercase());
        let is_joined = |e: &Element| Side::BOTH.into_iter().any(|s| e.names.get(s).contains(names.get(s)));
        let (shared, mut rest): (Vec<Element>, Vec<Element>) = elements.into_iter().partition(is_joined);
        let mut joined = Element::default();
        for element in shared {
            for side in Side::BOTH {
                joined
                    .names
                    .get_mut(side)
                    .extend(element.names.get(side).iter().cloned());
                let arrives = joined.arrives.get_mut(side);
                *arrives = arrives.take().or_else(|| element.arrives.get(side).clone());
            }
        }
        for side in Side::BOTH {
            joined.names.get_mut(side).insert(names.get(side).clone());
            if row.only_to.is_none_or(|only| only == side) {
                joined
                    .arrives
                    .get_mut(side)
                    .get_or_insert_with(|| row.names.get(side).clone());
            }
        }
        rest.push(joined);
        elements = rest;
    }
    elements
}

fn elements(desk: &Desk<'_>, issues: &PerSide<&Issue>) -> Vec<Element> {
    let terms = desk.terms();
    let mut elements = mapped(terms);
    let mut same: BTreeMap<String, Element> = BTreeMap::new();
    for side in Side::BOTH {
        for label in &issues.get(side).labels {
            if terms.is_status_label(side, label) {
                continue;
            }
            let Some(other) = terms
                .unmapped(side, label)
                .map(|name| desk.profile(side.other()).fit_label(&name))
            else {
                continue;
            };
            let seen = same.values().any(|e| e.names.get(side).contains(&label.to_lowercase()));
            if seen {
                continue;
            }
            let key = if side == Side::Left {
                label.to_lowercase()
            } else {
                other.to_lowercase()
            };
            // A label whose fitted name is there already stands for the same as that.
            let element = same.entry(key).or_default();
            element.names.get_mut(side).insert(label.to_lowercase());
            element.names.get_mut(side.other()).insert(other.to_lowercase());
            element.arrives.get_mut(side).get_or_insert_with(|| label.clone());
            element.arrives.get_mut(side.other()).get_or_insert(other);
        }
    }
    elements.extend(same.into_values());
    elements
}

/// A label as the tracker spells it; `None` when it does not exist there and may not be created, or while the
/// tracker's labels are still being asked for.
pub(crate) fn spelled(desk: &mut Desk<'_>, side: Side, name: &str) -> Option<String> {
    if !desk.profile(side).label_catalogue {
        return Some(name.to_owned());
    }
    let Some(known) = &desk.world.get(side).labels else {
        desk.need(Need::Labels(side));
        return None;
    };
    let exact = known.iter().find(|label| label.name == name);
    let alike = || {
        known
            .iter()
            .find(|label| label.name.to_lowercase() == name.to_lowercase())
    };
    match exact.or_else(alike) {
        Some(label) => Some(label.name.clone()),
        None => desk.terms().sync.fields.labels.create.then(|| name.to_owned()),
    }
}

/// The labels of a new twin. Labels of the status map come with the status.
pub(crate) fn carry(desk: &mut Desk<'_>, from: Side, issue: &Issue) -> BTreeSet<String> {
    let to = from.other();
    let none = Issue {
        labels: BTreeSet::new(),
        ..issue.clone()
    };
    let issues = match from {
        Side::Left => PerSide::new(issue, &none),
        Side::Right => PerSide::new(&none, issue),
    };
    let mut labels = BTreeSet::new();
    for element in elements(desk, &issues) {
        if !element.on(from, &issue.labels).is_empty()
            && let Some(name) = element.arrives.get(to)
        {
            labels.extend(spelled(desk, to, name));
        }
    }
    one_per_scope(desk, to, &issue.key.0, &mut labels);
    labels
}

/// Where labels of one scope exclude one another, only the first can arrive.
fn one_per_scope(desk: &mut Desk<'_>, to: Side, key: &str, labels: &mut BTreeSet<String>) {
    if !desk.profile(to).scoped_labels {
        return;
    }
    let mut scopes = BTreeSet::new();
    let mut dropped = Vec::new();
    labels.retain(|label| match label.rsplit_once("::") {
        Some((scope, _)) if !scopes.insert(scope.to_owned()) => {
            dropped.push(label.clone());
            false
        }
        _ => true,
    });
    for label in dropped {
        let on = format!("{}#{key}", desk.tracker(to.other()));
        let tracker = desk.tracker(to).clone();
        desk.hold(
            "label-scope",
            on,
            format!("label {label:?} is left out: {tracker} keeps one label of a scope only"),
            "keep one label of the scope, or map one of them to another name",
        );
    }
}

/// Merges the labels of a pair.
pub(crate) fn merge(desk: &mut Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>, out: &mut Merged) {
    let direction = desk.terms().sync.fields.labels.direction;
    if direction == Direction::Off {
        return;
    }
    let base = pair.base().map(|base| &base.sides);
    for side in Side::BOTH {
        let terms = desk.terms();
        let counted = issues.get(side).labels.iter();
        let counted = counted.filter(|l| terms.label_takes_part(side, l));
        let counted: BTreeSet<String> = counted
            .flat_map(|l| base_names(terms, &desk.rules.profiles, side, l))
            .collect();
        let counted = counted.iter().map(String::as_str);
        let differs = base.is_none_or(|sides| {
            let was = sides.get(side);
            // Labels of a status are its own concern.
            let of_status = terms.status_labels(side).filter(|l| was.had_label(&pair.link, l));
            !was.has_labels(&pair.link, counted.chain(of_status))
        });
        out.compare(Field::Labels, differs);
    }
    let before = PerSide::new(out.change.left.clone(), out.change.right.clone());
    let mut reasons: PerSide<Vec<String>> = PerSide::default();
    for element in elements(desk, issues) {
        let has = PerSide::new((), ()).map(|side, ()| !element.on(side, &issues.get(side).labels).is_empty());
        let had = base.map(|sides| {
            let had = PerSide::new((), ()).map(|side, ()| {
                let mut names = element.names.get(side).iter();
                names.any(|n| sides.get(side).had_label(&pair.link, n))
            });
            pair.observed(had, has, desk.terms().sync.mode)
        });
        let Some(wanted) = keep_element(direction, had, has) else {
            continue;
        };
        for to in Side::BOTH
            .into_iter()
            .filter(|to| direction.reaches(*to) && *has.get(*to) != wanted)
        {
            if !wanted {
                let gone = element.on(to, &issues.get(to).labels);
                reasons.get_mut(to).extend(gone.iter().map(|l| format!("-{l}")));
                out.change.get_mut(to).remove_labels.extend(gone);
            } else if let Some(name) = element
                .arrives
                .get(to)
                .clone()
                .and_then(|name| spelled(desk, to, &name))
            {
                reasons.get_mut(to).push(format!("+{name}"));
                out.change.get_mut(to).add_labels.insert(name);
            }
        }
    }
    for to in Side::BOTH {
        one_per_scope(
            desk,
            to,
            &pair.keys.get(to.other()).0,
            &mut out.change.get_mut(to).add_labels,
        );
        let (old, new) = (before.get(to), out.change.get(to));
        if old.add_labels != new.add_labels || old.remove_labels != new.remove_labels {
            let why = format!(
                "labels {} as on {}",
                reasons.get(to).join(" "),
                desk.tracker(to.other())
            );
            out.because(to, Field::Labels, why);
            drift(desk, pair, issues);
        }
    }
}

fn drift(desk: &mut Desk<'_>, pair: &Pair, issues: &PerSide<&Issue>) {
    let list = |issue: &Issue| issue.labels.iter().cloned().collect::<Vec<_>>().join(", ");
    desk.differs(pair, "label", Field::Labels, issues.map(|_, issue| list(issue)));
}

/// Plans the labels that must be made known before they are used, with the colour and description of the label they
/// stand for.
pub(crate) fn make_known(desk: &mut Desk<'_>) {
    let mut missing: BTreeMap<(Side, String), String> = BTreeMap::new();
    for link in &desk.out.plan.links {
        for step in &link.steps {
            let used: Vec<&String> = match &step.act {
                Act::Create(twin) => twin.labels.iter().collect(),
                Act::Update(change) => change.add_labels.iter().collect(),
                Act::Label(_)
                | Act::Milestone(_)
                | Act::Comment(_)
                | Act::EditCopy { .. }
                | Act::EditOriginal { .. }
                | Act::DeleteCopy { .. }
                | Act::Acknowledge { .. }
                | Act::Note
                | Act::Retire { .. }
                | Act::Part { .. }
                | Act::Unmark { .. } => Vec::new(),
            };
            let Some(known) = &desk.world.get(step.on).labels else {
                continue;
            };
            for name in used
                .into_iter()
                .filter(|name| !known.iter().any(|label| label.name == **name))
            {
                missing
                    .entry((step.on, name.to_lowercase()))
                    .or_insert_with(|| name.clone());
            }
        }
    }
    for ((side, _), name) in missing {
        if !desk.profile(side).label_catalogue {
            continue;
        }
        let source = side.other();
        if desk.profile(source).label_catalogue && desk.world.get(source).labels.is_none() {
            desk.need(Need::Labels(source));
        }
        let like = desk.world.get(source).labels.iter().flatten().find(|label| {
            let rows = desk
                .terms()
                .rows_of(source, &label.name)
                .any(|row| *row.names.get(side) == name);
            rows || desk.terms().unmapped(source, &label.name).as_deref() == Some(&name)
        });
        let label = Label {
            color: like.and_then(|l| l.color.clone()),
            description: like.and_then(|l| l.description.clone()),
            name,
        };
        let why = format!(
            "used on {} and not known on {} yet",
            desk.tracker(source),
            desk.tracker(side)
        );
        desk.out.plan.catalogue.push(Step {
            on: side,
            act: Act::Label(label),
            fields: [Field::Labels].into(),
            why,
        });
    }
}
