//! Copies of comments as they are stored: our line above, the marker below, and people who edit what is between.
//!
//! Knows the model, as only a test of the border may.

use proptest::prelude::*;

use super::super::laws::tried;
use super::super::samples::{CROSSINGS, crossing};
use super::super::{bring_back, carry};
use super::documents::documents;
use super::edits::{PLAIN, calm, edited, edits, home_of, unbarred};
use crate::model::{Body, CommentMark, Hash, LinkId, Marker, Payload, Side, Signer, hash_ours, normalise};

const SAID: &str = "**ann** wrote on [GitHub](<https://github.com/acme/api/issues/1#issuecomment-1>):";

fn marker() -> Marker {
    let link = LinkId("0123456789abcdef0123".into());
    let mark = CommentMark {
        side: Side::Left,
        source: "1".into(),
        original: Hash::of("text", "original"),
        copy: Hash::of("text", "copy"),
        attribution: Some(hash_ours(&link, SAID)),
    };
    Marker::new(link, Payload::Comment(Box::new(mark)))
}

proptest! {
    #![proptest_config(tried(250))]

    /// Nothing of ours that stands around a copy comes home with an edit of it.
    #[test]
    fn an_edited_comment_comes_home_alone(text in documents(), edits in edits(PLAIN), way in 0..CROSSINGS.len()) {
        let (_, from, to, notify) = &CROSSINGS[way];
        let crossing = crossing(from, to, *notify);
        let text = calm(&text).trim().to_owned();
        let copy = edited(&carry(&text, &crossing), &edits);
        let stored = Body::compose_comment(SAID, &copy, &marker(), &Signer::default());
        prop_assert!(stored.contains(SAID) && stored.contains("<!-- lockstep:"));
        let read = Body::read(&stored);
        prop_assert_eq!(read.markers.len(), 1);
        let back = bring_back(&read.text, &home_of(&crossing), &text);
        prop_assert!(!back.contains("ann** wrote") && !back.contains("<!-- lockstep:1 comment"), "{:?}", back);
        let alone = |text: &str| normalise(&unbarred(text)).trim_start_matches('\n').to_owned();
        prop_assert_eq!(alone(&back), alone(&edited(&text, &edits)));
    }
}
