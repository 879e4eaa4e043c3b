//! The laws of markers and of the bodies they stand in. Imports the model.

use crate::model::{
    Body, End, Hash, IssueKey, LinkId, Marker, Marks, Payload, PerSide, PointerMark, Side, Signer, TrackerId, hash_ours,
};

const FOOTER: &str = "<sub>Linked to [left\\#1](<https://left.example/1>).</sub>";
/// The longest line that is read.
const LONGEST: usize = 16 * 1024;

/// Every line that reads as a marker is written back as it was, says the same when it is written anew, and is trusted
/// under a key only when that key signed it. A body comes apart so that it can be put together again: the same markers,
/// the same text, and nothing of the text has become a marker.
///
/// # Panics
///
/// When that does not hold.
pub fn markers(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for line in text.lines() {
        match Marker::read(line) {
            Some(Ok(marker)) => check_marker(&marker, line),
            Some(Err(_)) => assert!(Marker::looks_like(line), "{line:?}"),
            None => assert!(!Marker::looks_like(line), "{line:?}"),
        }
    }
    check_body(&text);
    check_text(&text);
}

fn check_marker(marker: &Marker, line: &str) {
    let (none, key) = (Signer::default(), Signer::new(b"a key nobody has signed a seed with"));
    assert_eq!(marker.line(&key), line.trim(), "written back as it was read");
    assert!(marker.trusted(&none) && !marker.trusted(&key), "{line:?}");
    for signer in [&none, &key] {
        let anew = Marker::new(marker.link.clone(), marker.payload.clone()).line(signer);
        let inner = anew.strip_prefix("<!--").and_then(|line| line.strip_suffix("-->"));
        assert!(
            anew.is_ascii() && inner.is_some_and(|inner| !inner.contains("--") && !inner.contains(['>', '\n', '\r'])),
            "{anew:?}"
        );
        if anew.len() <= LONGEST {
            let read = Marker::read(&anew).and_then(Result::ok);
            assert!(read.as_ref().is_some_and(|read| read.trusted(signer)), "{anew:?}");
            let said = read.map(|read| (read.link, read.payload));
            assert_eq!(said, Some((marker.link.clone(), marker.payload.clone())), "{anew:?}");
        }
    }
}

fn check_body(text: &str) {
    let body = Body::read(text);
    if body.markers.is_empty() && body.bad.is_empty() {
        assert_eq!(body.text, text, "without markers all of it is text");
        return;
    }
    assert!(!body.text.lines().any(Marker::looks_like), "{:?}", body.text);
    let stored = Body::compose(&body.text, body.ours.as_deref(), &body.markers, &Signer::default());
    let again = Body::read(&stored);
    assert_eq!(again.markers, body.markers, "{stored:?}");
    assert!(again.bad.is_empty() && !again.written_below, "{stored:?}");
}

/// Any text below which we put a footer and a marker comes back to the byte, but for blanks at its end.
fn check_text(text: &str) {
    if text.lines().any(Marker::looks_like) {
        return;
    }
    let marker = pointer();
    let stored = Body::compose(text, Some(FOOTER), std::slice::from_ref(&marker), &Signer::default());
    let body = Body::read(&stored);
    assert_eq!(body.text, text.trim_end(), "{stored:?}");
    assert_eq!(body.ours.as_deref(), Some(FOOTER));
    let found = body.markers.first().map(|found| (&found.link, &found.payload));
    assert_eq!(found, Some((&marker.link, &marker.payload)));
}

fn pointer() -> Marker {
    let link = LinkId("0123456789abcdef0123".into());
    let end = |name: &str| End {
        tracker: TrackerId(name.into()),
        project: Hash::of("project", name),
        key: Some(IssueKey("12".into())),
    };
    let mark = PointerMark {
        sync: Hash::of("sync", "api"),
        ends: PerSide::new(end("left"), end("right")),
        origin: Side::Left,
        marks: PerSide::new(Marks::default(), Marks::default()),
        serial: 1,
        footer: Some(hash_ours(&link, FOOTER)),
        survivor: None,
        knew: None,
    };
    Marker::new(link, Payload::Pointer(Box::new(mark)))
}
