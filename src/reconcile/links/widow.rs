//! Twins whose other half is gone, and twins that lost a race.

use crate::config::{Mode, OnDelete};
use crate::model::{CommentMark, Hash, Lookup, Side, State, hash_ours, hash_text};
use crate::plan::{Act, Copy, Field, LinkPlan, Step};
use crate::reconcile::crossing;
use crate::reconcile::desk::Desk;
use crate::reconcile::lone::{Remains, alone, taking};
use crate::reconcile::pairing::{Loser, Widow};

/// Follows `on_delete` for one of all widows. An issue that merely cannot be seen is never taken for deleted; nor are several
/// at once where nothing is left at all: a folder that is missing, or a project that was emptied, is more likely a mishap.
pub(crate) fn plan(desk: &mut Desk<'_>, widows: &[Widow], widow: &Widow) -> Option<LinkPlan> {
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
    if desk.world.get(widow.side.other()).illegible.contains_key(&widow.twin) {
        return None; // That is said of the twin.
    }
    let policy = desk.terms().sync.on_delete;
    let untouchable = widow.side == Side::Left && desk.terms().sync.mode == Mode::Mirror;
    let issue = desk.issue(widow.side, &widow.key)?;
    let deaf = widow.gone == Lookup::Hidden || untouchable;
    let close = match policy {
        OnDelete::Close if !deaf => issue.status.state == State::Open,
        OnDelete::Unlink if !deaf => false,
        OnDelete::Report | OnDelete::Close | OnDelete::Unlink => {
            let hint = match widow.gone {
                Lookup::Deleted | Lookup::Moved(_) if untouchable => {
                    "nothing is written to the left of a mirror, and no other twin is made: move its twin back, or let it be"
                        .to_owned()
                }
                Lookup::Hidden => {
                    format!("give the token the right to see it, or part the link: `lockstep unlink {on} --apply`")
                }
                Lookup::Deleted | Lookup::Moved(_) | Lookup::Found(_) => format!(
                    "set `on_delete:` to `close` or `unlink`, or part this link alone: `lockstep unlink {on} --apply`"
                ),
            };
            desk.hold(code, on, what, hint);
            return None;
        }
    };
    if is_vacant(desk, widows, widow.side.other()) {
        let hint = format!(
            "look whether the project is the right one and whole; if all is gone for good, part this link: \
             `lockstep unlink {on} --apply`"
        );
        desk.hold(
            "side-vacant",
            on,
            format!("{what}, and so was every other issue there"),
            hint,
        );
        return None;
    }
    let why = if close {
        format!("{what}: it is closed, and parted for good")
    } else {
        format!("{what}: it is parted for good")
    };
    Some(alone(desk, &Remains::of(widow), Act::Part { close }, why))
}

/// Whether nothing is left of a side that more than one issue had its twin on.
fn is_vacant(desk: &Desk<'_>, widows: &[Widow], side: Side) -> bool {
    let world = desk.world.get(side);
    let is_empty = world.complete && world.every_issue().next().is_none() && world.illegible.is_empty();
    is_empty && widows.iter().filter(|widow| widow.side != side).take(2).count() == 2
}

/// Closes a twin that lost a race and says which issue stands for the link.
pub(crate) fn retire(desk: &Desk<'_>, loser: &Loser) -> LinkPlan {
    let survivor = desk.at(loser.side, &loser.survivor);
    let address = desk
        .issue(loser.side, &loser.survivor)
        .map(|issue| issue.url.clone())
        .unwrap_or_default();
    let mut note = format!(
        "Another twin of the same issue stands for it: {}. This one is closed and left alone from now on.",
        crossing::link(&survivor.to_string(), &address)
    );
    if desk
        .issue(loser.side, &loser.key)
        .is_some_and(|issue| issue.comment_count > 0)
    {
        note.push_str(" What was said below it in the meantime stays here, and is not carried over.");
    }
    let mark = CommentMark {
        side: loser.side,
        source: "kept:duplicate".into(),
        original: Hash(String::new()),
        copy: hash_text(&loser.link, ""),
        attribution: Some(hash_ours(&loser.link, &note)),
    };
    let why = format!("{survivor} already stands for this link, so this one is closed as a duplicate");
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
    let rest = Remains {
        link: &loser.link,
        origin: loser.origin,
        side: loser.side,
        key: &loser.key,
        twin: Some(&loser.twin),
    };
    taking(
        desk,
        &rest,
        vec![step(comment, Field::Comments), step(close, Field::Status)],
    )
}
