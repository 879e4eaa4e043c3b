//! Whom to believe: what a marker claims is followed only where nobody but us can have written it.

use jiff::Timestamp;

use super::claims::Claims;
use crate::border;
use crate::model::{Issue, IssueKey, LinkId, Lookup, Payload, PerSide, Side, hash_text, normalise};
use crate::reconcile::crossing::footer;
use crate::reconcile::desk::{Desk, Need};

/// So many issues that a whole listing does not hold are asked for by key in one run.
const LOOKUPS: usize = 50;
/// Clocks differ, and a run may take its time between deciding and creating.
pub(crate) const HOUR: i64 = 3_600;

/// Whether the unmarked issue that the marker of another one (`key` on `side`) names is not the one that was meant: it
/// was opened after we last looked and does not read the same. Some trackers give the numbers of deleted issues again.
///
/// Where it was opened little later and a base tells how it read, or nobody knows when it was opened, as in a folder, it is
/// another one only if neither its title nor its text is the same: clocks differ, and a checkout dates files anew.
pub(super) fn is_newcomer(
    desk: &Desk<'_>,
    claims: &Claims,
    link: &LinkId,
    side: Side,
    key: &IssueKey,
    named: &IssueKey,
) -> bool {
    let (mark, base) = match side {
        Side::Left => (
            claims
                .pointers
                .get(key)
                .map(|(_, mark)| (mark.origin, mark.marks.right.seen)),
            None,
        ),
        Side::Right => {
            let mark = claims.states.get(key).map(|(_, mark)| mark);
            let base = mark.map(|mark| &mark.base.sides.left);
            (mark.zip(base).map(|(mark, base)| (mark.origin, base.marks.seen)), base)
        }
    };
    let (Some((origin, seen)), Some(issue)) = (mark.filter(|(_, seen)| *seen > 0), desk.issue(side.other(), named))
    else {
        return false;
    };
    let (title, text) = base.map_or((false, false), |base| {
        (
            base.title == hash_text(link, &issue.title),
            base.body == hash_text(link, &issue.body.text),
        )
    });
    let (own_title, own_text) = alike(desk, origin, side, key, named);
    let (title, text) = (title || own_title, text || own_text);
    let since = |at: Timestamp| at.as_second() > seen;
    let long_since = |at: Timestamp| at.as_second() > seen.saturating_add(HOUR);
    match issue.created {
        Some(at) if long_since(at) || (since(at) && base.is_none()) => !(title && text),
        at => at.or(issue.updated).is_some_and(since) && !title && !(text && has_text(issue)),
    }
}

/// Whether the titles and whether the texts of two issues are the same: of `key` on `side`, and of `other` on the other one.
fn alike(desk: &Desk<'_>, origin: Side, side: Side, key: &IssueKey, other: &IssueKey) -> (bool, bool) {
    let (Some(here), Some(there)) = (desk.issue(side, key), desk.issue(side.other(), other)) else {
        return (false, false);
    };
    let (first, twin) = if side == origin { (here, there) } else { (there, here) };
    (
        border::restore(&twin.title).trim() == first.title.trim(),
        normalise(&border::restore(footer::stripped(twin))) == normalise(&first.body.text),
    )
}

fn has_text(issue: &Issue) -> bool {
    !issue.body.text.trim().is_empty()
}

pub(super) fn hold_newcomer(desk: &mut Desk<'_>, side: Side, key: &IssueKey, named: &IssueKey) {
    let on = desk.at(side, key);
    let twin = desk.at(side.other(), named);
    desk.hold(
        "number-reused",
        on,
        format!("its marker names {twin}, which was opened later: the number was given to another issue"),
        "take the marker line out of this one to free both; in a folder, write `created:` into the front matter if it \
         is the same issue after all",
    );
}

/// Whether the state marker is an older one than the pointer knew already: somebody took it out of the issue's edit history.
/// Its base would have us undo what was agreed since. Two runs at once may write the older of their markers last; their
/// bases are of one time. A state the pointer has not seen, written after it, cannot be missed by anybody.
fn is_replayed(claims: &Claims, keys: &PerSide<IssueKey>) -> bool {
    let (Some((_, state)), Some((_, pointer))) = (claims.states.get(&keys.right), claims.pointers.get(&keys.left))
    else {
        return false;
    };
    pointer
        .knew
        .is_some_and(|knew| state.serial < knew.serial && state.base.when.saturating_add(HOUR) < knew.when)
}

/// Holds a link whose state marker is an older one; tells whether it is.
pub(super) fn hold_replayed(desk: &mut Desk<'_>, claims: &Claims, keys: &PerSide<IssueKey>) -> bool {
    if !is_replayed(claims, keys) {
        return false;
    }
    let on = desk.at(Side::Right, &keys.right);
    let twin = desk.at(Side::Left, &keys.left);
    desk.hold(
        "marker-replayed",
        on,
        format!("its state marker is an older one than {twin} has seen: it was taken out of the edit history"),
        "put the newest one back from the edit history, or take the marker line out: both sides are compared anew then",
    );
    true
}

/// Whether our own account wrote an issue, or signed a marker in it that names it. Where the service does not tell who we
/// are, any signed marker must do: markers of this sync have passed the signature check before they count at all.
pub(crate) fn believed(desk: &mut Desk<'_>, side: Side, key: &IssueKey) -> bool {
    let Some(account) = &desk.world.get(side).account else {
        desk.need(Need::Account(side));
        return false;
    };
    let Some(issue) = desk.issue(side, key) else {
        return false;
    };
    match (account, &issue.author) {
        (Some(own), Some(author)) if own.to_lowercase() == author.login.to_lowercase() => true,
        (Some(_), _) => signed(desk) && names_itself(desk, side, issue),
        (None, _) => signed(desk) && !issue.body.markers.is_empty(),
    }
}

/// Whether an issue's marker of this sync names the issue it is in: a copy in another issue does not.
fn names_itself(desk: &Desk<'_>, side: Side, issue: &Issue) -> bool {
    issue.body.markers.iter().any(|marker| match &marker.payload {
        Payload::State(mark) => mark.sync == desk.sync_hash() && mark.ends.get(side).key.as_ref() == Some(&issue.key),
        Payload::Pointer(mark) => mark.sync == desk.sync_hash() && mark.ends.get(side).key.as_ref() == Some(&issue.key),
        Payload::Comment(_) | Payload::Board(_) => false,
    })
}

/// Whether an unmarked issue may be taken back for the twin that a marker names: ours, and telling the same story in so
/// many words. A marker in a stranger's issue could otherwise name any unmarked issue of ours and have it copied there.
pub(super) fn is_lost_twin(desk: &mut Desk<'_>, side: Side, key: &IssueKey, claimant: &IssueKey) -> bool {
    if signed(desk) {
        return true;
    }
    let ours = believed(desk, side, key);
    let (title, text) = alike(desk, side.other(), side, key, claimant);
    let has_text = desk
        .issue(side.other(), claimant)
        .is_some_and(|issue| !issue.body.text.trim().is_empty());
    ours && (title || (text && has_text))
}

/// Whether a twin was made when its marker says: a copy made later with its marker in it was not.
pub(super) fn is_as_old_as_its_marker(issue: Option<&Issue>, when: i64) -> bool {
    issue
        .and_then(|issue| issue.created)
        .is_some_and(|at| at.as_second() <= when.saturating_add(HOUR))
}

pub(crate) fn signed(desk: &Desk<'_>) -> bool {
    desk.rules.signer.has_key()
}

/// Whether the issue is there, and not only the shell of one that moved to another project.
pub(super) fn present(desk: &Desk<'_>, side: Side, key: &IssueKey) -> bool {
    desk.issue(side, key).is_some_and(|issue| issue.moved_to.is_none())
}

/// What became of an issue that was not listed; asks when nobody has looked.
pub(crate) fn gone(desk: &mut Desk<'_>, side: Side, key: &IssueKey) -> Option<Lookup> {
    if let Some(address) = desk.issue(side, key).and_then(|shell| shell.moved_to.clone()) {
        return Some(Lookup::Moved(Some(address)));
    }
    let world = desk.world.get(side);
    if let Some(lookup) = world.lookups.get(key) {
        return Some(lookup.clone());
    }
    let asked = desk
        .out
        .needs
        .iter()
        .filter(|need| matches!(need, Need::Issue(of, _) if *of == side))
        .count();
    if world.complete && asked + world.lookups.len() >= LOOKUPS {
        let on = desk.at(side, key);
        desk.hold(
            "twin-unlisted",
            on,
            "a marker names it and the listing does not; too many are missing to look at each in one run",
            "part the links of issues that are gone, or let `on_delete:` close or part them, a number of them in each run",
        );
        return None;
    }
    desk.need(Need::Issue(side, key.clone()));
    None
}

pub(super) fn half_linked(desk: &mut Desk<'_>, side: Side, key: &IssueKey) {
    if desk.world.get(side).account.is_none() && desk.world.get(side.other()).account.is_none() {
        return; // The answer is still being asked for.
    }
    let on = desk.at(side, key);
    desk.hold(
        "half-linked",
        on,
        "its marker claims a twin that does not point back, and our own account did not write it",
        "if the link is right, join the two by `lockstep link`; if not, take the marker line out",
    );
}

/// An issue whose twin belongs to another link.
pub(super) fn hold_left(desk: &mut Desk<'_>, side: Side, key: &IssueKey, twin: &IssueKey) {
    let on = desk.at(side, key);
    let twin = desk.at(side.other(), twin);
    desk.hold(
        "half-linked",
        on,
        format!("its twin {twin} carries the marker of another link"),
        "put the marker of its twin back from the edit history, or take the marker line out of this one to free it",
    );
}

pub(super) fn hold_copy(desk: &mut Desk<'_>, side: Side, key: &IssueKey) {
    let on = desk.at(side, key);
    desk.hold(
        "marker-copied",
        on,
        "its marker is a copy of another issue's",
        "a body was copied together with its marker; `lockstep repair` takes it out of the copy",
    );
}

/// Says that a twin lost its state marker.
pub(crate) fn hold_lost(desk: &mut Desk<'_>, right: &IssueKey) {
    let on = desk.at(Side::Right, right);
    desk.hold(
        "base-lost",
        on,
        "its state marker is gone; what both sides hold is taken as agreed where it is equal",
        "nothing to do: the marker is written again",
    );
}

/// An issue whose twin takes no part in this sync any more.
pub(super) fn hold_parted(desk: &mut Desk<'_>, side: Side, key: &IssueKey, twin: &IssueKey) {
    let on = desk.at(side, key);
    let twin = desk.at(side.other(), twin);
    desk.hold(
        "link-parted",
        on,
        format!("it claims {twin}, which is linked elsewhere, was parted, or is held"),
        "if its twin was parted, `lockstep repair` parts this one as well; else take the marker line out of it to free it",
    );
}
