//! Milestones by title: which are known on a side, and which must be made known first.

use std::collections::BTreeMap;

use crate::border;
use crate::model::{Milestone, Side};
use crate::plan::{Act, Field, Step};
use crate::reconcile::crossing;
use crate::reconcile::desk::{Desk, Need};

/// A milestone as the tracker spells it, whether it is there already or will be made; `None` when it is not there and may
/// not be created, or while the tracker's milestones are still being asked for.
pub(crate) fn spelled(desk: &mut Desk<'_>, side: Side, title: &str) -> Option<String> {
    let Some(known) = &desk.world.get(side).milestones else {
        desk.need(Need::Milestones(side));
        return None;
    };
    match find(known, title) {
        Some(milestone) => Some(milestone.title.clone()),
        None => desk.terms().sync.fields.milestone.create.then(|| title.to_owned()),
    }
}

/// Whether a milestone is known to be missing on a side.
pub(super) fn is_missing(desk: &Desk<'_>, side: Side, title: &str) -> bool {
    let known = desk.world.get(side).milestones.as_ref();
    known.is_some_and(|known| find(known, title).is_none())
}

/// Says that a milestone is missing on a side, where none may be created.
pub(super) fn hold_missing(desk: &mut Desk<'_>, on: impl std::fmt::Display, side: Side, title: &str) {
    let tracker = desk.tracker(side).clone();
    desk.hold(
        "milestone-missing",
        on,
        format!("{tracker} has no milestone {title:?}, so the twin there is in none"),
        "create it there, or set `milestone: { create: true }`",
    );
}

fn find<'a>(known: &'a [Milestone], title: &str) -> Option<&'a Milestone> {
    let exact = known.iter().find(|milestone| milestone.title == title);
    let alike = |milestone: &&Milestone| milestone.title.to_lowercase() == title.to_lowercase();
    exact.or_else(|| known.iter().find(alike))
}

/// Plans the milestones that must be made known before they are used, like those they stand for: with description, due
/// date, and closed where those are closed.
pub(crate) fn make_known(desk: &mut Desk<'_>) {
    let mut missing: BTreeMap<(Side, String), String> = BTreeMap::new();
    for link in &desk.out.plan.links {
        for step in &link.steps {
            let wanted = match &step.act {
                Act::Create(twin) => &twin.planning.milestone,
                Act::Update(change) => &change.planning.milestone,
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
                | Act::Unmark { .. } => &None,
            };
            if let Some(Some(title)) = wanted
                && is_missing(desk, step.on, title)
            {
                missing.insert((step.on, title.to_lowercase()), title.clone());
            }
        }
    }
    for ((side, _), title) in missing {
        let source = side.other();
        let Some(known) = &desk.world.get(source).milestones else {
            desk.need(Need::Milestones(source));
            continue;
        };
        let like = find(known, &title);
        let description = like.and_then(|milestone| milestone.description.as_deref());
        if description.is_some() {
            crossing::ask(desk);
        }
        let milestone = Milestone {
            description: description.map(|text| {
                crossing::with_crossing(desk, source, false, None, |crossing| border::carry(text, crossing))
            }),
            due: like.and_then(|milestone| milestone.due),
            closed: like.is_some_and(|milestone| milestone.closed),
            title,
        };
        let why = format!(
            "used on {} and not known on {} yet",
            desk.tracker(source),
            desk.tracker(side)
        );
        desk.out.plan.catalogue.push(Step {
            on: side,
            act: Act::Milestone(milestone),
            fields: [Field::Milestone].into(),
            why,
        });
    }
}
