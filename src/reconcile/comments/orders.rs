//! Commands in comments: which count, and from whom.
//!
//! A command counts in a comment that a person wrote, that no run has looked through before, and whose author may write
//! there. The state marker says how far comments were looked through, so that what was obeyed or refused once is over,
//! whatever becomes of the comment later: an edit makes no command of it, and switching commands on none of what was said
//! before. Reactions show that a command was read; they are never read back.

use super::known::number;
use crate::border::{Order, orders};
use crate::model::{Comment, CommentKey, IssueKey, PerSide, Side, StateMark};
use crate::plan::{Act, Field, Heard, Step};
use crate::reconcile::desk::{Desk, Errand, Need};
use crate::reconcile::ours::is_original;
use crate::reconcile::pairing::Pair;

/// What people command about a link.
#[derive(Debug, Default)]
pub(crate) struct Heeded {
    /// Part it; who says so.
    pub(crate) unlink: Option<String>,
    /// Decide its open conflicts for this side.
    pub(crate) keep: Option<Side>,
    /// The comments obeyed, to be acknowledged.
    pub(crate) steps: Vec<Step>,
    /// How far comments are looked through; `None` where they were not.
    pub(crate) heard: Option<Heard>,
    /// There was a command, obeyed or not, so that the marker must say that it is over.
    pub(crate) due: bool,
}

/// A link whose comments are looked through.
struct Place<'a> {
    keys: &'a PerSide<IssueKey>,
    /// How far they were before; `None` when nobody looked.
    heard: Option<PerSide<u64>>,
    /// Up to this second of each side's clock everything had been seen.
    seen: PerSide<i64>,
}

/// How far comments were looked through for commands, as the state marker says.
pub(crate) fn heard(desk: &Desk<'_>, state: Option<&StateMark>) -> Option<PerSide<u64>> {
    state
        .and_then(|state| state.heard)
        .filter(|_| desk.terms().sync.commands)
}

/// What the first marker of a new link says: whatever stands below its origin by now was said before.
pub(crate) fn first(desk: &Desk<'_>, from: Side, key: &IssueKey) -> Option<PerSide<u64>> {
    let list = desk.known_comments(from, key).filter(|_| desk.terms().sync.commands)?;
    let mut heard = PerSide::default();
    *heard.get_mut(from) = highest(list.iter());
    Some(heard)
}

/// Looks through the comments of a pair, which are known.
pub(crate) fn heed(desk: &mut Desk<'_>, pair: &Pair) -> Heeded {
    if desk.rules.errand != Errand::Sync {
        return Heeded::default();
    }
    heed_at(desk, &place(desk, pair))
}

/// Whether somebody commands something that no run has looked at.
pub(super) fn is_news(desk: &Desk<'_>, pair: &Pair) -> bool {
    let place = place(desk, pair);
    desk.rules.errand == Errand::Sync && baseline(desk, &place).is_some_and(|old| !news(desk, &place, old).is_empty())
}

/// Whether a comment holds nothing but commands that count here: it is not copied.
pub(super) fn is_all(desk: &Desk<'_>, side: Side, comment: &Comment) -> bool {
    if !desk.terms().sync.commands || !desk.may_write(side) {
        return false;
    }
    let said = orders(&comment.body.text);
    let count = said.all.len();
    count > 0 && said.others == 0 && said.all.iter().filter(|order| means(desk, order)).count() == count
}

/// Whether a command that parts two issues still stands, though one of them has been parted already.
pub(crate) fn still_part(desk: &mut Desk<'_>, keys: &PerSide<IssueKey>, state: &StateMark) -> bool {
    if Side::BOTH.map(|side| desk.comments(side, keys.get(side)).is_some()) != [true, true] {
        return false;
    }
    let place = Place {
        heard: state.heard,
        seen: PerSide::new((), ()).map(|side, ()| state.base.sides.get(side).marks.seen),
        keys,
    };
    heed_at(desk, &place).unlink.is_some()
}

fn place<'a>(desk: &Desk<'_>, pair: &'a Pair) -> Place<'a> {
    // Without its state marker nothing tells what was heard: all of it.
    let seen = |side: Side| pair.base().map_or(i64::MAX, |base| base.sides.get(side).marks.seen);
    Place {
        keys: &pair.keys,
        heard: heard(desk, pair.state.as_deref()),
        seen: PerSide::new(seen(Side::Left), seen(Side::Right)),
    }
}

/// How far comments were looked through; `None` where commands are off or comments are not known.
fn baseline(desk: &Desk<'_>, place: &Place<'_>) -> Option<PerSide<u64>> {
    if !desk.terms().sync.commands {
        return None;
    }
    let mut old = PerSide::default();
    for side in Side::BOTH {
        let list = desk.known_comments(side, place.keys.get(side))?;
        let seen = *place.seen.get(side);
        let before = |comment: &&Comment| comment.created.is_none_or(|at| at.as_second() <= seen);
        *old.get_mut(side) = match &place.heard {
            Some(heard) => *heard.get(side),
            None => highest(list.iter().filter(before)),
        };
    }
    Some(old)
}

fn highest<'a>(comments: impl Iterator<Item = &'a Comment>) -> u64 {
    comments.filter_map(number).max().unwrap_or_default()
}

/// Whether a command names nothing that this sync does not have.
fn means(desk: &Desk<'_>, order: &Order) -> bool {
    match order {
        Order::Sync | Order::Unlink => true,
        Order::Keep(name) => Side::BOTH.into_iter().any(|side| desk.tracker(side).0 == *name),
    }
}

/// The comments with commands that no run has looked at, in the order they were written. In a mirror the left side is
/// somebody else's: nothing said there counts.
fn news<'a>(desk: &Desk<'a>, place: &Place<'_>, old: PerSide<u64>) -> Vec<(Side, &'a Comment, Vec<Order>)> {
    let mut found = Vec::new();
    for side in Side::BOTH.into_iter().filter(|side| desk.may_write(*side)) {
        let list = desk.known_comments(side, place.keys.get(side)).unwrap_or_default();
        for comment in list.iter().filter(|comment| is_original(comment)) {
            if number(comment).is_none_or(|number| number <= *old.get(side)) {
                continue;
            }
            let mut said = orders(&comment.body.text).all;
            said.retain(|order| means(desk, order));
            if !said.is_empty() {
                found.push((side, comment, said));
            }
        }
    }
    found.sort_by_key(|(side, comment, _)| (comment.created, *side, number(comment)));
    found
}

fn heed_at(desk: &mut Desk<'_>, place: &Place<'_>) -> Heeded {
    let mut out = Heeded::default();
    let Some(before) = baseline(desk, place) else {
        return out;
    };
    let found = news(desk, place, before);
    out.due = !found.is_empty();
    for (side, comment, said) in found {
        let Some(who) = entitled(desk, place, side, comment) else {
            continue;
        };
        for order in said {
            match order {
                Order::Sync => {}
                Order::Unlink => {
                    out.unlink
                        .get_or_insert_with(|| format!("`/lockstep unlink` by {who} on {}", desk.tracker(side)));
                }
                Order::Keep(name) => {
                    out.keep = Side::BOTH.into_iter().find(|side| desk.tracker(*side).0 == name);
                }
            }
        }
        out.steps.push(acknowledge(desk, side, &comment.key, &who));
    }
    let now = before.map(|side, before| {
        let list = desk.known_comments(side, place.keys.get(side)).unwrap_or_default();
        before.max(highest(list.iter()))
    });
    out.heard = Some(Heard {
        before: Some(before),
        now: Some(now),
        ..Heard::default()
    });
    out
}

fn acknowledge(desk: &Desk<'_>, on: Side, comment: &CommentKey, who: &str) -> Step {
    Step {
        on,
        act: Act::Acknowledge {
            comment: comment.clone(),
        },
        fields: [Field::Comments].into(),
        why: format!("a command by {who} on {}", desk.tracker(on)),
    }
}

/// The author of a comment, who may command here; `None` for everybody else, and while that has yet to be asked.
fn entitled(desk: &mut Desk<'_>, place: &Place<'_>, side: Side, comment: &Comment) -> Option<String> {
    let world = desk.world.get(side);
    let login = comment.author.as_ref().map(|author| author.login.clone());
    if !desk.profile(side).rights {
        return Some(login.unwrap_or_else(|| "somebody".to_owned()));
    }
    let login = login?;
    match &world.account {
        None => {
            desk.need(Need::Account(side));
            return None;
        }
        // A copy whose marker somebody took out could not be told from what a person wrote.
        Some(None) => {
            let why = "the tracker does not tell whose token it is";
            refuse(desk, place, side, why, "use a token that may read its own account");
            return None;
        }
        Some(Some(own)) if own.to_lowercase() == login.to_lowercase() => return None,
        Some(Some(_)) => {}
    }
    match world.rights.get(&login) {
        Some(Some(true)) => Some(login),
        Some(Some(false)) => None,
        Some(None) => {
            let why = "the token may not look up what its author may do";
            refuse(desk, place, side, why, "give the token that right");
            None
        }
        None => {
            desk.need(Need::Rights(side, login));
            None
        }
    }
}

fn refuse(desk: &mut Desk<'_>, place: &Place<'_>, side: Side, why: &str, hint: &str) {
    let on = desk.at(side, place.keys.get(side));
    desk.hold(
        "command-unverified",
        on,
        format!("a comment holds a command, and {why}; the command is not obeyed"),
        format!("{hint}, then write the command again"),
    );
}
