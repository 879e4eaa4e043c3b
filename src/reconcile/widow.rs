//! Twins whose other half is gone, and twins that lost a race.

use super::pair::{Loser, Widow};
use super::{Desk, crossing};
use crate::config::{Mode, OnDelete};
use crate::model::{
    CommentMark, End, Hash, IssueKey, LinkId, Lookup, Marks, PerSide, Side, SideBase, State, hash_ours, hash_text,
};
use crate::plan::{Act, Book, Copy, Field, Heard, LinkPlan, Step};

/// Follows `on_delete`. An issue that merely cannot be seen is never taken for deleted.
pub(super) fn plan(desk: &mut Desk<'_>, widow: &Widow) -> Option<LinkPlan> {
    let on = desk.at(widow.side, &widow.key);
    let twin = desk.at(widow.side.other(), &widow.twin);
    let (code, what) = match &widow.gone {
        Lookup::Deleted => ("twin-deleted", format!("its twin {twin} was deleted")),
        Lookup::Moved(Some(address)) => ("twin-moved", format!("its twin {twin} was moved to {address}")),
        Lookup::Moved(None) => ("twin-moved", format!("its twin {twin} was moved to another project")),
        Lookup::Hidden => (
            "twin-hidden",
            format!("its twin {twin} cannot be seen: deleted, or hidden from the token"),
        ),
        Lookup::Found(_) => return None,
    };
    let policy = desk.terms().sync.on_delete;
    let untouchable = widow.side == Side::Left && desk.terms().sync.mode == Mode::Mirror;
    let issue = desk.issue(widow.side, &widow.key)?;
    let deaf = widow.gone == Lookup::Hidden || untouchable;
    let close = match policy {
        OnDelete::Close if !deaf => issue.status.state == State::Open,
        OnDelete::Unlink if !deaf => false,
        OnDelete::Report | OnDelete::Close | OnDelete::Unlink => {
            let hint = match widow.gone {
                Lookup::Hidden => "give the token the right to see it, or part the link by taking the marker line out",
                Lookup::Deleted | Lookup::Moved(_) | Lookup::Found(_) => {
                    "set `on_delete:` to `close` or `unlink`, or part the link by taking the marker line out"
                }
            };
            desk.hold(code, on, what, hint);
            return None;
        }
    };
    Some(alone(desk, &Remains::of(widow), Act::Part { close }, what))
}

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

/// Closes a twin that lost a race and says which issue stands for the link.
pub(super) fn retire(desk: &Desk<'_>, loser: &Loser) -> LinkPlan {
    let survivor = desk.at(loser.side, &loser.survivor);
    let address = desk
        .issue(loser.side, &loser.survivor)
        .map(|issue| issue.url.clone())
        .unwrap_or_default();
    let note = format!(
        "Two runs made a twin of the same issue at once. {} stands for it; this one is closed and left alone from now on.",
        crossing::link(&survivor.to_string(), &address)
    );
    let mark = CommentMark {
        side: loser.side,
        source: "kept:duplicate".into(),
        original: Hash(String::new()),
        copy: hash_text(&loser.link, ""),
        attribution: Some(hash_ours(&loser.link, &note)),
    };
    let why = format!("{survivor} already stands for this link");
    let comment = Act::Comment(Copy {
        attribution: note,
        text: String::new(),
        mark,
        files: Vec::new(),
    });
    let close = Act::Retire {
        survivor: loser.survivor.clone(),
    };
    let step = |act, field| Step {
        on: loser.side,
        act,
        fields: [field].into(),
        why: why.clone(),
    };
    let mut keys = PerSide::default();
    *keys.get_mut(loser.side) = Some(loser.key.clone());
    LinkPlan {
        link: loser.link.clone(),
        book: lone_book(
            desk,
            loser.side,
            &loser.key,
            Some(&loser.twin),
            loser.origin,
            &loser.link,
        ),
        keys,
        steps: vec![step(comment, Field::Comments), step(close, Field::Status)],
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
        old: Some(crate::model::Base {
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
        frozen: std::collections::BTreeSet::new(),
        disowned: PerSide::default(),
        turns: std::collections::BTreeMap::new(),
        writes: std::collections::BTreeMap::new(),
        when: desk.rules.now.as_second(),
        heard: Heard::default(),
        serial: 0,
    }
}
