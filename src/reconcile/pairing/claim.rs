//! What the markers in one issue claim, and whether they may be believed.

use crate::model::{
    BoardMark, Body, End, Hash, Issue, IssueKey, LinkId, Marker, Payload, PerSide, PointerMark, Side, StateMark,
};
use crate::reconcile::board;
use crate::reconcile::desk::{Desk, link_id};

/// What is left of a link in an issue that was parted from its twin.
#[derive(Clone, Debug)]
pub(crate) struct Tomb {
    pub(crate) link: LinkId,
    pub(crate) origin: Side,
    /// The twin it had.
    pub(crate) twin: IssueKey,
    /// When it was written, as far as it says.
    pub(crate) when: i64,
}

/// What an issue claims about itself within this sync.
#[derive(Clone, Debug)]
pub(super) enum Claim {
    /// Nothing: it is unlinked.
    Free,
    /// It is a twin that another sync made, so this one does not carry it onward.
    Onward,
    /// It is the right twin of a link.
    State(LinkId, Box<StateMark>),
    /// It is the left twin of a link.
    Pointer(LinkId, Box<PointerMark>),
    /// It was parted, or lost a race: it is left alone for good.
    Retired,
    /// It is a dashboard: it is left alone.
    Board,
    /// Its markers cannot be believed; it has been held.
    Held {
        /// A marker of this sync in it belongs, or may belong, to another issue.
        copied: bool,
    },
}

/// Reads the markers of an issue; holds it when they are not to be believed.
pub(super) fn claim(desk: &mut Desk<'_>, side: Side, issue: &Issue) -> Claim {
    match read(desk, side, issue) {
        Ok(claim) => claim,
        Err((code, message, hint)) => {
            let on = desk.at(side, &issue.key);
            desk.hold(code, on, message, hint);
            let copied = [COPIED, AMBIGUOUS].contains(&code);
            Claim::Held { copied }
        }
    }
}

/// What a marker says of the link it is of: the sync, the ends, and the issue that stands for it in place of this one.
fn says(marker: &Marker) -> Option<(&Hash, &PerSide<End>, Option<&IssueKey>)> {
    match &marker.payload {
        Payload::State(mark) => Some((&mark.sync, &mark.ends, mark.survivor.as_ref())),
        Payload::Pointer(mark) => Some((&mark.sync, &mark.ends, mark.survivor.as_ref())),
        Payload::Comment(_) | Payload::Board(_) => None,
    }
}

/// What is left of the link of an issue that was parted from its twin. One that lost a race has none: another issue
/// stands for its link.
pub(crate) fn tomb(desk: &Desk<'_>, side: Side, issue: &Issue) -> Option<Tomb> {
    issue.body.markers.iter().find_map(|marker| {
        let (sync, ends, survivor) = says(marker)?;
        let (origin, when) = match &marker.payload {
            Payload::State(mark) => (mark.origin, mark.base.when),
            Payload::Pointer(mark) => (mark.origin, mark.marks.right.seen),
            Payload::Comment(_) | Payload::Board(_) => return None,
        };
        let twin = ends.get(side.other()).key.clone()?;
        (*sync == desk.sync_hash() && survivor == Some(&issue.key)).then(|| Tomb {
            link: marker.link.clone(),
            origin,
            twin,
            when,
        })
    })
}

/// The link for which an issue lost a race, and the one that stands for it instead.
pub(crate) fn heir(desk: &Desk<'_>, issue: &Issue) -> Option<(LinkId, IssueKey)> {
    issue.body.markers.iter().find_map(|marker| {
        let (sync, _, survivor) = says(marker)?;
        let heir = survivor.filter(|key| *sync == desk.sync_hash() && **key != issue.key)?;
        Some((marker.link.clone(), heir.clone()))
    })
}

/// The issues on the other side that the markers of an issue name, believed or not. What another sync of the mapping file
/// wrote, or somebody else's mapping file, says nothing about this one.
pub(super) fn named<'a>(desk: &Desk<'_>, side: Side, body: &'a Body) -> Vec<&'a IssueKey> {
    let there = desk.world.get(side.other());
    // The sides may have changed places since, or the tracker its name.
    let is_there = |end: &&End| end.tracker == there.tracker && end.project == there.project;
    let is_ours = |sync: &Hash, ends: &PerSide<End>| {
        *sync == desk.sync_hash() || (!desk.rules.syncs.contains(sync) && is_between_ours(desk, ends))
    };
    let told = body.markers.iter().filter_map(says);
    let ends = told
        .filter(|(sync, ends, _)| is_ours(sync, ends))
        .map(|(_, ends, _)| ends);
    let ends = ends.map(|ends| {
        let both = [ends.get(side.other()), ends.get(side)];
        both.into_iter().find(is_there).unwrap_or(ends.get(side.other()))
    });
    ends.filter_map(|end| end.key.as_ref()).collect()
}

/// When the newest marker of an issue was written, as far as they say.
pub(super) fn written(issue: &Issue) -> Option<i64> {
    let times = issue.body.markers.iter().filter_map(|marker| match &marker.payload {
        Payload::State(mark) => Some(mark.base.when),
        Payload::Pointer(mark) => Some(mark.marks.right.seen),
        Payload::Comment(_) | Payload::Board(_) => None,
    });
    times.max()
}

/// The markers of an issue that are no copies of another one's: those that stay when the copies are taken out. A marker
/// that does not name the issue it is in (the request that made a twin could not know it) is one where its link `is_elsewhere`.
pub(crate) fn own_markers(
    desk: &Desk<'_>,
    side: Side,
    issue: &Issue,
    is_elsewhere: impl Fn(&LinkId) -> bool,
) -> Vec<Marker> {
    let is_foreign = |marker: &Marker| {
        says(marker).is_some_and(|(sync, ends, _)| {
            let named = ends.get(side).key.as_ref();
            let foreign = named.map_or_else(|| is_elsewhere(&marker.link), |key| *key != issue.key);
            *sync == desk.sync_hash() && foreign && marker.trusted(&desk.rules.signer)
        })
    };
    let all = issue.body.markers.iter();
    all.filter(|marker| !is_foreign(marker)).cloned().collect()
}

const COPIED: &str = "marker-copied";
const AMBIGUOUS: &str = "marker-ambiguous";

type Doubt = (&'static str, String, &'static str);

const RESTORE: &str = "look at it with `lockstep inspect`, then restore the marker from the issue's edit history, or \
                       take the marker line out to start the link anew";

fn read(desk: &Desk<'_>, side: Side, issue: &Issue) -> Result<Claim, Doubt> {
    if let Some(bad) = issue.body.bad.first() {
        return Err((
            "marker-unreadable",
            format!("a marker in its body cannot be read: {bad}"),
            RESTORE,
        ));
    }
    let mut found = Claim::Free;
    for marker in &issue.body.markers {
        let claim = match &marker.payload {
            Payload::Board(_) if issue.body.markers.len() > 1 => {
                return Err((
                    "marker-misplaced",
                    "the marker of a dashboard stands in it beside others".into(),
                    RESTORE,
                ));
            }
            Payload::Board(mark) => dashboard(desk, side, issue, marker, mark)?,
            Payload::Comment(_) => {
                return Err((
                    "marker-misplaced",
                    "the marker of a comment stands in its body".into(),
                    RESTORE,
                ));
            }
            Payload::State(mark) if mark.sync == desk.sync_hash() => {
                if side == Side::Left {
                    let what = "it holds a state marker, which belongs on the right";
                    return Err(("marker-misplaced", what.into(), misplaced(desk, &mark.ends)));
                }
                believe(desk, side, issue, marker, &mark.ends, mark.origin)?;
                match mark.survivor {
                    Some(_) => Claim::Retired,
                    None => Claim::State(marker.link.clone(), mark.clone()),
                }
            }
            Payload::Pointer(mark) if mark.sync == desk.sync_hash() => {
                if side == Side::Right {
                    let what = "it holds a pointer, which belongs on the left";
                    return Err(("marker-misplaced", what.into(), misplaced(desk, &mark.ends)));
                }
                believe(desk, side, issue, marker, &mark.ends, mark.origin)?;
                match mark.survivor {
                    Some(_) => Claim::Retired,
                    None => Claim::Pointer(marker.link.clone(), mark.clone()),
                }
            }
            Payload::State(mark) => other_sync(desk, &mark.sync, &mark.ends, mark.origin == Side::Left)?,
            Payload::Pointer(mark) => other_sync(desk, &mark.sync, &mark.ends, mark.origin == Side::Right)?,
        };
        found = join(found, claim)?;
    }
    Ok(found)
}

/// What to do about a marker of the other side: most often it is the mapping file that changed.
fn misplaced(desk: &Desk<'_>, ends: &PerSide<End>) -> &'static str {
    let is_swapped = Side::BOTH.into_iter().all(|side| {
        let (said, world) = (ends.get(side), desk.world.get(side.other()));
        said.tracker == world.tracker && said.project == world.project
    });
    if is_swapped {
        "the two trackers under `between:` changed places since it was written: let them change back"
    } else {
        RESTORE
    }
}

/// Several markers in one issue: ours decides, and two of ours must say the same.
fn join(found: Claim, next: Claim) -> Result<Claim, Doubt> {
    let same = match (&found, &next) {
        (Claim::State(_, a), Claim::State(_, b)) => a == b,
        (Claim::Pointer(_, a), Claim::Pointer(_, b)) => a == b,
        (Claim::Retired | Claim::Board, _)
        | (Claim::State(..) | Claim::Pointer(..), Claim::Free | Claim::Onward)
        | (Claim::Onward, Claim::Free) => return Ok(found),
        _ => return Ok(next),
    };
    if same {
        return Ok(found);
    }
    Err((AMBIGUOUS, "it holds two different markers of this sync".into(), RESTORE))
}

fn believe(
    desk: &Desk<'_>,
    side: Side,
    issue: &Issue,
    marker: &Marker,
    ends: &PerSide<End>,
    origin: Side,
) -> Result<(), Doubt> {
    if !marker.trusted(&desk.rules.signer) {
        return Err((
            "marker-unsigned",
            "its marker is not signed with this mapping file's signing key".into(),
            "somebody may have forged it; markers written before `signing_key` was set are not signed either: take the key \
             out again, or see \"Signed markers\" in docs/recipes.md",
        ));
    }
    for end in Side::BOTH {
        let (said, world) = (ends.get(end), desk.world.get(end));
        if said.tracker != world.tracker || said.project != world.project {
            return Err((
                "marker-foreign",
                format!("its marker names another tracker or project on the {} side", name(end)),
                "it was copied from elsewhere, or `url:` or `project:` in the mapping file changed since it was written",
            ));
        }
    }
    if ends.get(side).key.as_ref().is_some_and(|key| *key != issue.key) {
        return Err((
            COPIED,
            "its marker belongs to another issue of this tracker".into(),
            "a body was copied together with its marker; `lockstep repair` takes it out of the copy",
        ));
    }
    let honest = ends.get(origin).key.as_ref().is_some_and(|key| {
        let world = desk.world.get(origin);
        link_id(&desk.terms().sync.name, &world.tracker, &world.project, key) == marker.link
    });
    let twin_named = ends.get(side.other()).key.is_some();
    if honest && twin_named {
        return Ok(());
    }
    Err((
        "marker-forged",
        "its marker does not fit the link it names".into(),
        RESTORE,
    ))
}

fn name(side: Side) -> &'static str {
    match side {
        Side::Left => "left",
        Side::Right => "right",
    }
}

/// A marker of another sync. One that no mapping file names any more, between these two trackers, is a renamed sync: taking
/// its issues for unlinked would create every twin again. That a twin is not carried onward is believed unsigned as
/// well: else every twin of the other sync would be, once a key is set.
fn other_sync(desk: &Desk<'_>, sync: &Hash, ends: &PerSide<End>, is_twin: bool) -> Result<Claim, Doubt> {
    if !desk.rules.syncs.contains(sync) && is_between_ours(desk, ends) {
        return Err((
            "marker-other-sync",
            "it is linked by a sync that the mapping file no longer names".into(),
            "a sync was renamed: give it its old name back (markers carry it), or take the old markers out; if another mapping \
             file links this project elsewhere, let its trackers have other names there",
        ));
    }
    Ok(if is_twin { Claim::Onward } else { Claim::Free })
}

/// Whether a link is between the two trackers of this sync. One of them may have another address by now: then both must
/// have their names still.
fn is_between_ours(desk: &Desk<'_>, ends: &PerSide<End>) -> bool {
    let there = |end: &End| {
        Side::BOTH
            .into_iter()
            .any(|side| desk.world.get(side).project == end.project)
    };
    let of = |end: &End| Side::BOTH.into_iter().find(|side| *desk.tracker(*side) == end.tracker);
    let is_pair = matches!((of(&ends.left), of(&ends.right)), (Some(left), Some(right)) if left != right);
    match (there(&ends.left), there(&ends.right)) {
        (true, true) => true,
        (true, false) | (false, true) => is_pair,
        (false, false) => false,
    }
}

/// A dashboard: of this mapping file it must be one in every respect that can be told here.
fn dashboard(desk: &Desk<'_>, side: Side, issue: &Issue, marker: &Marker, mark: &BoardMark) -> Result<Claim, Doubt> {
    let doubt = board::doubt(desk.rules, desk.world.get(side), issue, marker, mark);
    match doubt.filter(|_| desk.rules.syncs.contains(&mark.sync)) {
        Some((code, message, hint)) => Err((code, message.into(), hint)),
        None => Ok(Claim::Board),
    }
}
