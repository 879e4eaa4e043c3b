//! The dashboard issue: which one it is, whom to believe, and what people ticked there.
//!
//! A tick tells nobody who made it: neither GitHub's REST API nor GitLab's says who edited an issue's text. What can be
//! told is who may: the author of an issue, and whoever may change issues of others (on GitHub from Triage, on GitLab from
//! Planner). On GitLab whoever is assigned may as well. So a box is obeyed where our own account is the author and nobody is
//! assigned: whoever ticked it may then decide about issues there.

use std::collections::BTreeSet;

use super::absent;
use super::desk::{Desk, Need, Rules, sync_hash};
use crate::board::ticks;
use crate::config::DASHBOARD_LABEL;
use crate::model::{BoardMark, Issue, IssueKey, Marker, Payload, Side, SideWorld, State};
use crate::plan::{Board, FoundBoard, Held};

/// What looking for the dashboard issue of a sync brought to light.
#[derive(Clone, Debug, Default)]
pub struct BoardSearch {
    /// The dashboard, if there is one that can be believed.
    pub found: Option<FoundBoard>,
    /// What is not taken for the dashboard though it says, or seems, to be it.
    pub held: Vec<Held>,
    /// Our own account must be known to tell.
    pub asks_account: bool,
    /// Issues of ours that lost their marker.
    unmarked: BTreeSet<IssueKey>,
}

/// Finds the dashboard among the issues of its side, by its marker. Of several the one opened first counts, an open one
/// before a closed one.
pub fn find_board(rules: &Rules, world: &SideWorld) -> BoardSearch {
    let mut search = BoardSearch::default();
    let mut found: Vec<FoundBoard> = Vec::new();
    for issue in world.every_issue().filter(|issue| issue.moved_to.is_none()) {
        match look_at(rules, world, issue) {
            Sight::Nothing => {}
            Sight::Asks => search.asks_account = true,
            Sight::Board(mark) => found.push(FoundBoard {
                issue: issue.clone(),
                mark: *mark,
            }),
            Sight::Doubtful((code, message, hint)) => search.held.push(Held {
                code,
                on: format!("{}#{}", world.tracker, issue.key),
                message: message.into(),
                hint: hint.into(),
            }),
            Sight::Unmarked => {
                search.unmarked.insert(issue.key.clone());
                search.held.push(Held {
                    code: "board-unmarked",
                    on: format!("{}#{}", world.tracker, issue.key),
                    message: "it has the label of a dashboard and is ours, but its marker is gone".into(),
                    hint: "put the marker line back from the edit history; or take the label off, to have a new dashboard \
                           opened"
                        .into(),
                });
            }
        }
    }
    found.sort_by(|a, b| {
        let rank = |board: &FoundBoard| (board.issue.status.state, board.issue.created);
        (rank(a), &a.issue.key).cmp(&(rank(b), &b.issue.key))
    });
    let mut found = found.into_iter();
    search.found = found.next();
    for other in found.filter(|other| other.issue.status.state == State::Open) {
        search.held.push(Held {
            code: "board-duplicate",
            on: format!("{}#{}", world.tracker, other.issue.key),
            message: "it is a second dashboard of this sync, made by two runs at once; the one opened first is kept"
                .into(),
            hint: "close it".into(),
        });
    }
    search
}

/// A code, what is wrong, and what to do.
pub(super) type Doubt = (&'static str, &'static str, &'static str);

/// What an issue is to somebody who looks for a dashboard.
enum Sight {
    Nothing,
    Board(Box<BoardMark>),
    Doubtful(Doubt),
    /// It may be ours, which cannot be told yet.
    Asks,
    /// It was one, and its marker is gone.
    Unmarked,
}

const TAKE_OUT: &str = "it is left alone; take the marker line out of it";

fn look_at(rules: &Rules, world: &SideWorld, issue: &Issue) -> Sight {
    let sync = &rules.terms.sync.name;
    let board = issue.body.markers.iter().find_map(|marker| match &marker.payload {
        Payload::Board(mark) if mark.sync == sync_hash(sync) && marker.link == BoardMark::id(sync) => {
            Some((marker, mark))
        }
        Payload::Board(_) | Payload::State(_) | Payload::Pointer(_) | Payload::Comment(_) => None,
    });
    let Some((marker, mark)) = board else {
        return look_at_unmarked(world, issue);
    };
    if issue.body.markers.len() > 1 || !issue.body.bad.is_empty() {
        // It is held for that anyway.
        return Sight::Nothing;
    }
    if let Some(doubt) = doubt(rules, world, issue, marker, mark) {
        return Sight::Doubtful(doubt);
    }
    if rules.signer.has_key() && mark.at.key.is_some() {
        return Sight::Board(mark.clone());
    }
    match is_ours(world, issue) {
        None => Sight::Asks,
        Some(true) => Sight::Board(mark.clone()),
        Some(false) => Sight::Doubtful((
            "marker-forged",
            "it says that it is the dashboard, and our own account did not open it",
            "it is left alone; if the account of the token changed, take the marker line out of it and close it",
        )),
    }
}

/// Why an issue is no dashboard of this mapping file though its marker says so; whose account opened it is not asked.
pub(super) fn doubt(
    rules: &Rules,
    world: &SideWorld,
    issue: &Issue,
    marker: &Marker,
    mark: &BoardMark,
) -> Option<Doubt> {
    if !marker.trusted(&rules.signer) {
        return Some((
            "marker-unsigned",
            "its dashboard marker is not signed with this mapping file's signing key",
            TAKE_OUT,
        ));
    }
    if mark.at.tracker != world.tracker || mark.at.project != world.project {
        return Some((
            "marker-foreign",
            "its dashboard marker names another tracker or project",
            TAKE_OUT,
        ));
    }
    let copied = mark.at.key.as_ref().is_some_and(|key| *key != issue.key);
    copied.then_some((
        "marker-copied",
        "its dashboard marker belongs to another issue",
        TAKE_OUT,
    ))
}

fn look_at_unmarked(world: &SideWorld, issue: &Issue) -> Sight {
    let labelled = issue
        .labels
        .iter()
        .any(|label| label.eq_ignore_ascii_case(DASHBOARD_LABEL));
    if !labelled || !issue.body.markers.is_empty() || !issue.body.bad.is_empty() || issue.status.state == State::Closed
    {
        return Sight::Nothing;
    }
    match is_ours(world, issue) {
        None => Sight::Asks,
        Some(true) => Sight::Unmarked,
        Some(false) => Sight::Nothing,
    }
}

/// Whether our own account opened an issue; `None` while nobody has asked who we are.
fn is_ours(world: &SideWorld, issue: &Issue) -> Option<bool> {
    let account = world.account.as_ref()?;
    Some(match (account, &issue.author) {
        (Some(own), Some(author)) => own.to_lowercase() == author.login.to_lowercase(),
        (None, _) | (_, None) => false,
    })
}

/// Finds the dashboard among what was read, and reads the boxes that people ticked.
pub(super) fn look(desk: &mut Desk<'_>) {
    let Some(dashboard) = &desk.terms().sync.dashboard else {
        return;
    };
    let side = dashboard.on;
    let world = desk.world.get(side);
    let search = find_board(desk.rules, world);
    let doubtful = !search.unmarked.is_empty();
    desk.out.plan.held.extend(search.held);
    desk.aside.extend(search.unmarked.into_iter().map(|key| (side, key)));
    if search.asks_account {
        desk.need(Need::Account(side));
        return;
    }
    let Some(found) = search.found else {
        // Not on the word of a listing that left something out.
        if world.complete && !doubtful && absent::is_complete(desk, side) == Some(true) {
            expect_account(desk, side);
        }
        return;
    };
    read_ticks(desk, side, &found);
    desk.out.plan.board = Board::Found(Box::new(found));
}

/// There is none. One is opened only where it will be known again: without our own account and without a signature every
/// run would open another.
fn expect_account(desk: &mut Desk<'_>, side: Side) {
    match &desk.world.get(side).account {
        _ if desk.rules.signer.has_key() => desk.out.plan.board = Board::Absent,
        Some(Some(_)) => desk.out.plan.board = Board::Absent,
        None => desk.need(Need::Account(side)),
        Some(None) => desk.hold(
            "board-no-account",
            desk.tracker(side),
            "the tracker does not tell whose token it is, so a dashboard would not be known again and none is opened",
            "set `signing_key`",
        ),
    }
}

fn read_ticks(desk: &mut Desk<'_>, side: Side, board: &FoundBoard) {
    let ticked = ticks(&board.issue.body.text);
    if ticked.is_empty() {
        return;
    }
    let world = desk.world.get(side);
    let ours = match &world.account {
        None => {
            desk.need(Need::Account(side));
            return;
        }
        // Where the service does not tell who we are, only a signed marker was believed at all.
        Some(None) => true,
        Some(Some(_)) => is_ours(world, &board.issue) == Some(true),
    };
    if ours && board.issue.assignees.is_empty() {
        desk.ticks = ticked;
        return;
    }
    let on = desk.at(side, &board.issue.key);
    desk.hold(
        "board-open-to-others",
        on,
        "boxes are ticked on the dashboard, but its author or assignee is not our own account, and they may edit it \
         whatever rights they have; so the ticks are not obeyed",
        "take the assignees off; if our own account did not open it, close it and take its marker line out",
    );
}
