//! Bodies: put together and taken apart again, to the byte.

use proptest::prelude::*;

use super::samples::{comment, pointer, state, state_below};
use crate::model::{Body, LinkId, Marker, Payload, Signer, hash_ours, normalise};

const FOOTER: &str = "<sub>Linked to [left\\#1](<https://left.example/1>) by Lockstep: changes travel both ways.</sub>";
const SAID: &str = "**ann** wrote on [GitHub](<https://github.com/a/b/issues/1#1>) at 2026-01-01 10:00 UTC:";

fn none() -> Signer {
    Signer::default()
}

const TEXTS: [&str; 14] = [
    "",
    "One line",
    "Two\n\nparagraphs",
    "Two\r\n\r\nparagraphs\r\nof CR LF",
    "    indented code",
    "- a\n  - b",
    "```\nfence\n```",
    "Ends in a footer of another link.\n\n<sub>Linked to [left\\#2](<https://left.example/2>) by Lockstep.</sub>",
    "It quotes one:\n\n> <!-- lockstep:1 state 0123456789abcdef0123 e30 -->",
    "Inline `<!-- lockstep:1 state 0123456789abcdef0123 e30 -->` it is",
    "<!-- another comment -->",
    "\u{feff}BOM and \u{2060}joiners",
    "\n\nblank lines first",
    "trailing\\",
];

#[test]
fn what_was_put_together_comes_apart() {
    for text in TEXTS {
        let raw = Body::compose(text, Some(FOOTER), &[state_below(FOOTER)], &none());
        let body = Body::read(&raw);
        assert_eq!(body.text, text, "{raw}");
        assert_eq!(body.ours.as_deref(), Some(FOOTER));
        assert_eq!(body.markers.len(), 1);
        assert!(body.bad.is_empty() && !body.written_below);

        let bare = Body::read(&Body::compose(text, None, &[pointer()], &none()));
        assert_eq!((bare.text.as_str(), bare.ours), (text, None));
    }
}

#[test]
fn a_comment_comes_apart() {
    for text in TEXTS.into_iter().filter(|text| !text.starts_with('\n')) {
        let raw = Body::compose_comment(SAID, text, &comment(SAID), &none());
        let body = Body::read(&raw);
        assert_eq!(body.text, text, "{raw}");
        assert_eq!(body.ours.as_deref(), Some(SAID));
    }
}

/// As browsers and some services store it.
#[test]
fn line_ends_of_the_whole_body_do_not_hide_what_is_ours() {
    for text in TEXTS {
        let raw = Body::compose(text, Some(FOOTER), &[state_below(FOOTER)], &none());
        let body = Body::read(&raw.replace("\r\n", "\n").replace('\n', "\r\n"));
        assert_eq!(normalise(&body.text), normalise(text));
        assert_eq!(body.ours.as_deref(), Some(FOOTER));
    }
    let raw = Body::compose_comment(SAID, "a\n\nb", &comment(SAID), &none()).replace('\n', "\r\n");
    let body = Body::read(&raw);
    assert_eq!((body.text.as_str(), body.ours.as_deref()), ("a\r\n\r\nb", Some(SAID)));
}

#[test]
fn markers_of_several_syncs_stay_to_the_byte() {
    let markers = [state(2, 1), pointer()];
    let raw = Body::compose("Text", None, &markers, &Signer::new(b"key"));
    let body = Body::read(&raw);
    assert_eq!(body.markers.len(), 2);
    assert_eq!(Body::compose(&body.text, None, &body.markers, &none()), raw);
}

#[test]
fn text_below_the_marker_is_read() {
    let raw = format!(
        "{}\n\nPS: it also smokes.",
        Body::compose("It fails.", Some(FOOTER), &[state_below(FOOTER)], &none())
    );
    let body = Body::read(&raw);
    assert_eq!(body.text, "It fails.\n\nPS: it also smokes.");
    assert_eq!(body.ours.as_deref(), Some(FOOTER));
    assert!(body.written_below);
}

#[test]
fn code_below_the_marker_stays_code() {
    let marker = pointer().line(&none());
    let body = Body::read(&format!("Shown:\n\n{marker}\n  \n    {marker}\n\n"));
    assert_eq!(body.text, format!("Shown:\n\n    {marker}"));
    assert_eq!((body.markers.len(), body.written_below), (1, true));
    let again = Body::read(&Body::compose(&body.text, None, &body.markers, &none()));
    assert_eq!((again.text, again.markers), (body.text, body.markers));
}

/// A footer somebody changed is theirs now.
#[test]
fn an_edited_footer_is_text() {
    let raw = Body::compose("It fails.", Some(FOOTER), &[state_below(FOOTER)], &none());
    let body = Body::read(&raw.replace("by Lockstep", "by hand"));
    assert_eq!(body.ours, None);
    assert!(body.text.contains("by hand"));
}

#[test]
fn text_that_ends_like_our_footer_loses_one_copy_only() {
    let text = format!("It quotes:\n\n{FOOTER}");
    let body = Body::read(&Body::compose(&text, Some(FOOTER), &[state_below(FOOTER)], &none()));
    assert_eq!(body.text, text);
}

#[test]
fn quoted_and_indented_markers() {
    let line = state(0, 0).line(&none());
    let shown = ["> ", "see ", "`", "    ", "\t"];
    for text in shown.map(|before| format!("Text\n\n{before}{line}")) {
        let body = Body::read(&text);
        assert_eq!(body.text, text);
        assert!(body.markers.is_empty() && body.bad.is_empty());
    }
}

#[test]
fn a_line_that_only_looks_like_a_marker_is_bad_and_not_text() {
    let body = Body::read("Text\n\n<!-- lockstep:1 state cut");
    assert_eq!(body.text, "Text");
    assert_eq!(body.bad.len(), 1);
}

proptest! {
    #[test]
    fn any_text_comes_back(text in "([a-z #>`*\r\n-]|[^\u{0}])*") {
        prop_assume!(!text.lines().any(Marker::looks_like));
        let kept = text.trim_end();
        let body = Body::read(&Body::compose(kept, Some(FOOTER), &[state_below(FOOTER)], &none()));
        prop_assert_eq!(&body.text, kept);
        prop_assert_eq!(body.ours.as_deref(), Some(FOOTER));
        prop_assert_eq!(Body::read(&text).text, text);
    }

    #[test]
    fn reading_any_body_never_panics(lines in proptest::collection::vec(prop_oneof![
        Just(String::new()),
        ".*",
        Just(FOOTER.to_owned()),
        Just(SAID.to_owned()),
        Just(state_below(FOOTER).line(&Signer::default())),
        Just(comment(SAID).line(&Signer::default())),
        Just("<!-- lockstep:1 state".to_owned()),
    ], 0..8), end in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")]) {
        let body = Body::read(&lines.join(end));
        let again = Body::read(&Body::compose(&body.text, body.ours.as_deref(), &body.markers, &none()));
        prop_assert_eq!(again.markers, body.markers);
    }
}

#[test]
fn an_issue_of_two_syncs_keeps_both_footers() {
    let other = "<sub>Another sync's lines.</sub>";
    let (mine, theirs) = (state_below(FOOTER), pointer());
    let Payload::Pointer(mut mark) = theirs.payload.clone() else {
        unreachable!("a pointer")
    };
    let link = LinkId("00000000000000000000".into());
    mark.footer = Some(hash_ours(&link, other));
    let theirs = Marker::new(link.clone(), Payload::Pointer(mark));
    for markers in [[mine.clone(), theirs.clone()], [theirs.clone(), mine.clone()]] {
        let raw = Body::compose("Text.", Some(&format!("{other}\n\n{FOOTER}")), &markers, &none());
        let body = Body::read(&raw);
        assert_eq!(body.text, "Text.");
        assert_eq!(body.footers.get(&link).map(String::as_str), Some(other));
        assert_eq!(body.footers.get(&mine.link).map(String::as_str), Some(FOOTER));
    }
}
