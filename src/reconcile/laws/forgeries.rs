//! Markers that somebody changed in every single part: nothing is written that the link would not have had written, the
//! link goes on or somebody is told why not, and once the marker is back, all is as before.

use super::bench::{Bench, on_still_time};
use super::checks::{Seen, nothing_twice, seen};
use super::profiles::{github, gitlab};
use super::setup::Setup;
use crate::config::{CreateRule, Mode};
use crate::model::{
    BoardMark, Body, CommentMark, End, Hash, IssueKey, LinkId, Marker, Payload, PerSide, Side, Signer, TrackerId,
};
use crate::tally;

/// What a forger makes of a marker.
type Forgery = (&'static str, fn(&mut Marker));

fn ends(marker: &mut Marker, change: impl FnOnce(&mut PerSide<End>)) {
    match &mut marker.payload {
        Payload::State(mark) => change(&mut mark.ends),
        Payload::Pointer(mark) => change(&mut mark.ends),
        Payload::Comment(_) | Payload::Board(_) => {}
    }
}

fn sync(marker: &mut Marker, name: &str) {
    let hash = Hash::of("sync", name);
    match &mut marker.payload {
        Payload::State(mark) => mark.sync = hash,
        Payload::Pointer(mark) => mark.sync = hash,
        Payload::Comment(_) | Payload::Board(_) => {}
    }
}

fn survivor(marker: &mut Marker, key: Option<&str>) {
    match &mut marker.payload {
        Payload::State(mark) => {
            let own = mark.ends.right.key.clone();
            mark.survivor = key.map(|key| IssueKey(key.into())).or(own);
        }
        Payload::Pointer(mark) => {
            let own = mark.ends.left.key.clone();
            mark.survivor = key.map(|key| IssueKey(key.into())).or(own);
        }
        Payload::Comment(_) | Payload::Board(_) => {}
    }
}

fn board(marker: &mut Marker, name: &str, own: bool) {
    let (side, ends) = match &marker.payload {
        Payload::State(mark) => (Side::Right, mark.ends.clone()),
        Payload::Pointer(mark) => (Side::Left, mark.ends.clone()),
        Payload::Comment(_) | Payload::Board(_) => return,
    };
    let at = ends.get(if own { side } else { side.other() }).clone();
    marker.link = BoardMark::id(name);
    marker.payload = Payload::Board(Box::new(BoardMark {
        version: BoardMark::VERSION,
        sync: Hash::of("sync", name),
        at,
        seen: PerSide::default(),
        whole: 0,
        file: Hash(String::new()),
        links: 0,
        open: PerSide::default(),
        content: Hash(String::new()),
        text: Hash(String::new()),
    }));
}

const FORGERIES: &[Forgery] = &[
    ("another link", |marker| {
        marker.link = LinkId("0123456789abcdef0123".into());
    }),
    ("another tracker here", |marker| {
        ends(marker, |ends| ends.right.tracker = TrackerId("elsewhere".into()));
    }),
    ("another project", |marker| {
        ends(marker, |ends| ends.left.project = Hash::of("project", "elsewhere"));
    }),
    ("another left issue", |marker| {
        ends(marker, |ends| ends.left.key = Some(IssueKey("2".into())));
    }),
    ("another right issue", |marker| {
        ends(marker, |ends| ends.right.key = Some(IssueKey("102".into())));
    }),
    ("a left issue that never was", |marker| {
        ends(marker, |ends| ends.left.key = Some(IssueKey("77".into())));
    }),
    ("a right issue that never was", |marker| {
        ends(marker, |ends| ends.right.key = Some(IssueKey("177".into())));
    }),
    ("no left issue", |marker| ends(marker, |ends| ends.left.key = None)),
    ("no right issue", |marker| ends(marker, |ends| ends.right.key = None)),
    ("the sides in turn", |marker| {
        ends(marker, |ends| std::mem::swap(&mut ends.left, &mut ends.right));
    }),
    ("another sync", |marker| sync(marker, "elsewhere")),
    ("parted", |marker| survivor(marker, None)),
    ("retired for the first", |marker| survivor(marker, Some("101"))),
    ("retired for the second", |marker| survivor(marker, Some("102"))),
    ("retired for one that never was", |marker| survivor(marker, Some("177"))),
    ("the other origin", |marker| match &mut marker.payload {
        Payload::State(mark) => mark.origin = mark.origin.other(),
        Payload::Pointer(mark) => mark.origin = mark.origin.other(),
        Payload::Comment(_) | Payload::Board(_) => {}
    }),
    ("the dashboard of the sync", |marker| board(marker, "api", true)),
    ("the dashboard of another sync", |marker| {
        board(marker, "elsewhere", true);
    }),
    ("a dashboard elsewhere", |marker| board(marker, "api", false)),
    ("a comment", |marker| {
        marker.payload = Payload::Comment(Box::new(CommentMark {
            side: Side::Left,
            source: "1001".into(),
            original: Hash(String::new()),
            copy: Hash(String::new()),
            attribution: None,
        }));
    }),
    ("a high number", |marker| match &mut marker.payload {
        Payload::State(mark) => mark.serial = u64::MAX,
        Payload::Pointer(mark) => mark.serial = u64::MAX,
        Payload::Comment(_) | Payload::Board(_) => {}
    }),
    ("a time to come", |marker| match &mut marker.payload {
        Payload::State(mark) => mark.base.when = i64::MAX,
        Payload::Pointer(mark) => mark.marks.right.seen = i64::MAX,
        Payload::Comment(_) | Payload::Board(_) => {}
    }),
    ("many comments", |marker| match &mut marker.payload {
        Payload::State(mark) => (mark.base.sides.left.marks.count, mark.base.sides.left.marks.high) = (u64::MAX, 0),
        Payload::Pointer(mark) => (mark.marks.left.count, mark.marks.left.high) = (u64::MAX, 0),
        Payload::Comment(_) | Payload::Board(_) => {}
    }),
];

async fn linked(mode: Mode, signed: bool, origin: Side) -> Bench {
    let mut setup = Setup::new(github(), gitlab());
    if mode == Mode::Mirror {
        setup = setup.mirror();
    } else {
        setup.sync.create = PerSide::new(Some(CreateRule::default()), Some(CreateRule::default()));
    }
    setup.sync.fields.comments.mirror_deletions = true;
    if signed {
        setup.signer = Signer::new(b"a key");
    }
    let bench = Bench::new(setup);
    for (title, text) in [("First", "Text."), ("Second", "More text.")] {
        let number = bench.store().open(origin, title, text);
        bench.store().say(origin, number, &format!("Said of {title}."));
    }
    bench.settle("two links").await;
    bench
}

/// In a mirror without a key nothing contradicts a marker that says its issue was parted, as `lockstep unlink` has it say, or
/// that it lost against one that is gone for good: whoever writes that could as well delete the twin.
const UNDENIED: [&str; 3] = ["parted", "retired for the first", "retired for one that never was"];

/// Everything but keys and links, by side and number.
fn view(bench: &Bench) -> Vec<(Side, u64, Seen)> {
    let store = bench.store();
    let issues = |side: Side| {
        store
            .sides
            .get(side)
            .issues
            .iter()
            .map(move |(number, stored)| (side, *number, seen(stored)))
    };
    Side::BOTH
        .into_iter()
        .flat_map(|side| issues(side).collect::<Vec<_>>())
        .collect()
}

/// Whether what changes on the left still arrives.
async fn goes_on(bench: &Bench) -> bool {
    let bench = bench.fork();
    bench
        .store()
        .edit(Side::Left, 1, |issue| issue.title = "Another title".into());
    bench.run().await;
    let store = bench.store();
    store.sides.right.issues[&101].title == "Another title" && store.sides.right.issues.len() == 2
}

/// What goes wrong when the marker of one side of a link is changed.
async fn forged(mode: Mode, signed: bool, origin: Side, side: Side, forge: fn(&mut Marker)) -> Vec<String> {
    let bench = linked(mode, signed, origin).await;
    let number = if side == Side::Left { 1 } else { 101 };
    let body = bench.store().at(side, number).body.clone();
    let [marker] = Body::read(&body).markers.try_into().unwrap();
    let mut forgery = Marker::new(marker.link.clone(), marker.payload.clone());
    forge(&mut forgery);
    let line = forgery.line(&Signer::default());
    let text = body.split_at(body.find("<!-- lockstep:").unwrap()).0;
    bench
        .store()
        .edit(side, number, |issue| issue.body = format!("{text}{line}"));
    let before = view(&bench);
    let mut wrong = Vec::new();
    for _ in 0..2 {
        bench.store().skipped += 600;
        bench.run().await;
    }
    let outcome = bench.plan();
    if !outcome.plan.is_settled() {
        wrong.push(format!("not settled: {:?}", outcome.plan.links));
    }
    if view(&bench) != before {
        wrong.push(format!("something was written: {}", bench.show()));
    }
    if outcome.plan.held.is_empty() && (signed || !goes_on(&bench).await) {
        wrong.push("nobody is told".into());
    }
    bench.store().edit(side, number, |issue| issue.body = body);
    bench.run().await;
    bench
        .store()
        .edit(Side::Left, 1, |issue| issue.title = "First of all".into());
    bench.run().await;
    bench.run().await;
    let outcome = bench.plan();
    if !outcome.plan.is_settled() || !outcome.plan.held.is_empty() {
        wrong.push(format!("it is not over: {:?}", outcome.plan.held));
    }
    if bench.store().at(Side::Right, 101).title != "First of all" {
        wrong.push("the link does not go on".into());
    }
    nothing_twice(&bench, "put back");
    wrong
}

#[test]
fn a_marker_that_somebody_changed_does_no_harm_and_is_told_of() {
    on_still_time(async {
        let (mut wrong, mut tried) = (Vec::new(), 0);
        let two_way = Side::BOTH.map(|origin| Side::BOTH.map(|side| (Mode::TwoWay, origin, side)));
        let mirror = (Mode::Mirror, Side::Left, Side::Right);
        let cases: Vec<_> = two_way.into_iter().flatten().chain([mirror]).collect();
        for (what, forge) in FORGERIES {
            for (mode, origin, side) in &cases {
                for signed in [false, true] {
                    if *mode == Mode::Mirror && !signed && UNDENIED.contains(what) {
                        continue;
                    }
                    tried += 1;
                    let found = forged(*mode, signed, *origin, *side, *forge).await;
                    let place = format!("{what}, {mode:?}, from {origin:?}, on {side:?}, signed: {signed}");
                    wrong.extend(found.into_iter().map(|problem| format!("{place}: {problem}")));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        tally::tell("a marker changed in one part", tried);
    });
}
