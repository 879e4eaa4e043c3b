//! Markers as real links have them, for tests.

use crate::model::{
    Base, BoardMark, Body, CommentMark, End, Hash, Issue, IssueKey, Knew, LinkId, Marker, Marks, Payload, PerSide,
    PointerMark, Side, SideBase, StateMark, Status, Told, TrackerId,
};

/// A link id of the right form.
pub(super) fn link() -> LinkId {
    LinkId("0123456789abcdef0123".into())
}

fn end(side: Side, key: &str) -> End {
    let name = if side == Side::Left { "github" } else { "gitlab" };
    End {
        tracker: TrackerId(name.into()),
        project: Hash::of("project", name),
        key: Some(IssueKey(key.into())),
    }
}

fn marks() -> Marks {
    Marks {
        count: 12,
        high: 2_345_678_901,
        seen: 1_763_000_000,
        wrote: 1_763_000_004,
        digest: None,
        told: Some(Told {
            top: 2_345_678_901,
            originals: 11,
            unlisted: 0,
        }),
    }
}

fn side_base(labels: usize, people: usize) -> SideBase {
    let issue = Issue {
        key: IssueKey("12".into()),
        url: String::new(),
        author: None,
        created: None,
        updated: None,
        title: "It fails".into(),
        body: Body::plain("Badly."),
        status: Status::OPEN,
        labels: std::collections::BTreeSet::new(),
        assignees: std::collections::BTreeSet::new(),
        milestone: None,
        planning: crate::model::Planning::default(),
        comment_count: 0,
        confidential: false,
        moved_to: None,
    };
    let names = |prefix: &str, many: usize| (0..many).map(|n| format!("{prefix}{n}")).collect::<Vec<_>>();
    let (labels, people) = (names("label", labels), names("person", people));
    let (labels, people) = (labels.iter().map(String::as_str), people.iter().map(String::as_str));
    SideBase::observe(&link(), &issue, labels, people, false, marks())
}

/// A state marker of a link with this many labels and assignees on each side.
pub(super) fn state(labels: usize, people: usize) -> Marker {
    let mark = StateMark {
        sync: Hash::of("sync", "api"),
        ends: PerSide::new(end(Side::Left, "1234"), end(Side::Right, "5678")),
        origin: Side::Left,
        base: Base {
            sides: PerSide::new(side_base(labels, people), side_base(labels, people)),
            when: 1_763_000_000,
            intents: PerSide::default(),
        },
        turns: std::collections::BTreeMap::new(),
        heard: None,
        serial: 7,
        footer: Some(Hash::of("footer", "")),
        survivor: None,
    };
    Marker::new(link(), Payload::State(Box::new(mark)))
}

/// A pointer.
pub(super) fn pointer() -> Marker {
    let mark = PointerMark {
        sync: Hash::of("sync", "api"),
        ends: PerSide::new(end(Side::Left, "1234"), end(Side::Right, "5678")),
        origin: Side::Right,
        marks: PerSide::new(marks(), Marks::default()),
        knew: Some(Knew {
            serial: 1,
            when: 1_767_000_000,
        }),
        serial: 2,
        footer: None,
        survivor: Some(IssueKey("99".into())),
    };
    Marker::new(link(), Payload::Pointer(Box::new(mark)))
}

/// The marker of a mirrored comment whose attribution is `attribution`.
pub(super) fn comment(attribution: &str) -> Marker {
    let mark = CommentMark {
        side: Side::Left,
        source: "4001".into(),
        original: Hash::of("", "a"),
        copy: Hash::of("", "b"),
        attribution: Some(crate::model::hash_ours(&link(), attribution)),
    };
    Marker::new(link(), Payload::Comment(Box::new(mark)))
}

/// A state marker that knows the footer above it.
pub(super) fn state_below(footer: &str) -> Marker {
    let mut marker = state(1, 1);
    if let Payload::State(mark) = &mut marker.payload {
        mark.footer = Some(crate::model::hash_ours(&link(), footer));
    }
    marker
}

/// One of each kind.
pub(super) fn all() -> Vec<Marker> {
    vec![state(3, 1), pointer(), comment("**ann** wrote:"), board()]
}

/// Of a dashboard.
fn board() -> Marker {
    let mark = BoardMark {
        version: BoardMark::VERSION,
        sync: Hash::of("sync", "api"),
        at: End {
            tracker: TrackerId("left".into()),
            project: Hash::of("project", "left"),
            key: Some(IssueKey("9".into())),
        },
        seen: PerSide::new(1_700_000_000, 1_700_000_100),
        whole: 1_700_000_000,
        file: Hash::of("mapping file", ""),
        links: 12,
        open: PerSide::new(vec![IssueKey("3".into())], Vec::new()),
        content: Hash::of("", "content"),
        text: Hash::of("", "text"),
    };
    Marker::new(link(), Payload::Board(Box::new(mark)))
}
