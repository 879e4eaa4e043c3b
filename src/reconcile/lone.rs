//! Plans for one issue whose twin takes no part in them: it is gone, or stands for another link.

use std::collections::{BTreeMap, BTreeSet};

use super::desk::Desk;
use super::pairing::Widow;
use crate::model::{Base, End, IssueKey, LinkId, Marks, PerSide, Side, SideBase};
use crate::plan::{Act, Book, Field, Heard, LinkPlan, Step};

/// One issue of a link, without its twin.
pub(super) struct Remains<'a> {
    pub(super) link: &'a LinkId,
    pub(super) origin: Side,
    pub(super) side: Side,
    pub(super) key: &'a IssueKey,
    /// The twin its marker names.
    pub(super) twin: Option<&'a IssueKey>,
}

impl<'a> Remains<'a> {
    /// What is left of a link whose other half is gone.
    pub(super) fn of(widow: &'a Widow) -> Self {
        Self {
            link: &widow.link,
            origin: widow.origin,
            side: widow.side,
            key: &widow.key,
            twin: Some(&widow.twin),
        }
    }
}

/// The plan that does one thing to an issue whose twin takes no part in it.
pub(super) fn alone(desk: &Desk<'_>, rest: &Remains<'_>, act: Act, why: String) -> LinkPlan {
    let closes = matches!(act, Act::Part { close: true });
    let step = Step {
        on: rest.side,
        act,
        fields: [if closes { Field::Status } else { Field::Marker }].into(),
        why,
    };
    taking(desk, rest, vec![step])
}

/// The plan that takes these steps on an issue whose twin takes no part in them.
pub(super) fn taking(desk: &Desk<'_>, rest: &Remains<'_>, steps: Vec<Step>) -> LinkPlan {
    let mut keys = PerSide::default();
    *keys.get_mut(rest.side) = Some(rest.key.clone());
    LinkPlan {
        link: rest.link.clone(),
        book: lone_book(desk, rest.side, rest.key, rest.twin, rest.origin, rest.link),
        keys,
        steps,
    }
}

/// Bookkeeping of a twin that stands alone.
fn lone_book(
    desk: &Desk<'_>,
    side: Side,
    key: &IssueKey,
    twin: Option<&IssueKey>,
    origin: Side,
    link: &LinkId,
) -> Book {
    let end = |of: Side| End {
        tracker: desk.tracker(of).clone(),
        project: desk.world.get(of).project.clone(),
        key: if of == side { Some(key.clone()) } else { twin.cloned() },
    };
    let mut known = PerSide::default();
    *known.get_mut(side) = desk.issue(side, key).cloned();
    Book {
        terms: desk.rules.terms.clone(),
        profiles: desk.rules.profiles.clone(),
        link: link.clone(),
        sync: desk.sync_hash(),
        ends: PerSide::new(end(Side::Left), end(Side::Right)),
        origin,
        known,
        old: Some(Base {
            sides: PerSide::new(SideBase::unknown(), SideBase::unknown()),
            when: desk.rules.now.as_second(),
            intents: PerSide::default(),
        }),
        marks: PerSide::new(Marks::default(), Marks::default()),
        spoken: PerSide::default(),
        cut: PerSide::default(),
        footer: PerSide::default(),
        spent: PerSide::default(),
        intents: PerSide::default(),
        frozen: BTreeSet::new(),
        disowned: PerSide::default(),
        turns: BTreeMap::new(),
        writes: BTreeMap::new(),
        when: desk.rules.now.as_second(),
        heard: Heard::default(),
        serial: 0,
    }
}
