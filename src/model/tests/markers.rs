//! Markers: written and read back, signed, mistreated.

use proptest::prelude::*;

use super::samples::{all, link, state};
use crate::model::{BadMarker, Body, Marker, Payload, PerSide, Signer, StateMark};

fn read(line: &str) -> Result<Marker, BadMarker> {
    Marker::read(line).unwrap_or(Err(BadMarker::Form))
}

#[test]
fn every_payload_comes_back() {
    for signer in [Signer::default(), Signer::new(b"key")] {
        for marker in all() {
            let line = marker.line(&signer);
            let found = read(&line).unwrap();
            assert_eq!((&found.link, &found.payload), (&marker.link, &marker.payload));
            assert!(found.trusted(&signer));
            assert_eq!(
                found.line(&Signer::new(b"another")),
                line,
                "an unchanged marker is written as it was read"
            );
        }
    }
}

#[test]
fn a_marker_is_one_line_of_ascii_and_one_comment() {
    for signer in [Signer::default(), Signer::new(b"key")] {
        for marker in all() {
            let line = marker.line(&signer);
            assert!(line.is_ascii() && !line.contains('\n'));
            let inner = line.strip_prefix("<!--").unwrap().strip_suffix("-->").unwrap();
            assert!(!inner.contains("--") && !inner.contains('>'), "{line}");
        }
    }
}

#[test]
fn a_typical_state_marker_is_short() {
    let signed = state(5, 2).line(&Signer::new(b"key"));
    assert!(signed.len() < 1200, "{}", signed.len());
    let plain = state(3, 1).line(&Signer::default());
    assert!(plain.len() < 1024, "{}", plain.len());
}

#[test]
fn only_the_right_key_signs() {
    let signer = Signer::new(b"key");
    for marker in all() {
        let found = read(&marker.line(&signer)).unwrap();
        assert!(found.trusted(&signer));
        assert!(!found.trusted(&Signer::new(b"kez")));
        assert!(
            found.trusted(&Signer::default()),
            "without a key every marker is accepted"
        );
        let unsigned = read(&marker.line(&Signer::default())).unwrap();
        assert!(!unsigned.trusted(&signer));
    }
}

#[test]
fn an_old_key_is_believed_and_its_markers_are_signed_anew() {
    let (old, new) = (
        Signer::new(b"old"),
        Signer::new(b"new").with_old(b"older").with_old(b"old"),
    );
    for marker in all() {
        let found = read(&marker.line(&old)).unwrap();
        assert!(found.trusted(&new) && !found.trusted(&Signer::new(b"new")));
        let anew = found.line(&new);
        assert_eq!(
            anew,
            marker.line(&Signer::new(b"new")),
            "as if the new key had always been there"
        );
        assert_eq!(read(&anew).unwrap().line(&new), anew);
    }
}

/// Signing anew must not make a forger's marker believed.
#[test]
fn nothing_but_an_old_key_is_signed_anew() {
    let new = Signer::new(b"new").with_old(b"old");
    for marker in all() {
        for forger in [Signer::default(), Signer::new(b"forger")] {
            let line = marker.line(&forger);
            let found = read(&line).unwrap();
            assert!(!found.trusted(&new));
            assert_eq!(found.line(&new), line);
        }
        let mixed = marker
            .line(&Signer::new(b"old"))
            .replacen("0123456789abcdef0123", "0123456789abcdef0124", 1);
        assert_eq!(read(&mixed).unwrap().line(&new), mixed);
    }
}

#[test]
fn a_body_of_markers_is_read_in_bounds() {
    let good = format!("{}\n", state(1, 1).line(&Signer::default()));
    let bad = "<!-- lockstep:1 x -->\n";
    let long = format!(
        "<!-- lockstep:1 state 0123456789abcdef0123 {} -->\n",
        "A".repeat(1 << 20)
    );
    for text in [
        good.repeat(2_000),
        bad.repeat(50_000),
        long,
        format!("text\n\n{}", "<!-- lockstep:".repeat(80_000)),
    ] {
        let body = Body::read(&text);
        assert!(body.markers.len() <= 32 && body.bad.len() <= 33, "{}", body.bad.len());
        assert!(!body.bad.is_empty(), "and it is told");
    }
    assert_eq!(Body::read(&good.repeat(2_000)).bad[0], BadMarker::TooMany);
}

/// Every character of a signed marker counts.
#[test]
fn a_signed_marker_cannot_be_changed_unnoticed() {
    let signer = Signer::new(b"key");
    for marker in all() {
        let line = marker.line(&signer);
        for at in 0..line.len() {
            let mut bytes = line.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            if let Some(Ok(found)) = Marker::read(&changed) {
                assert!(!found.trusted(&signer), "{at} of {line}");
            }
        }
    }
}

#[test]
fn what_is_cut_edited_newer_or_huge_is_told_apart() {
    let line = state(1, 1).line(&Signer::default());
    let cut: String = line.chars().take(line.len() / 2).collect();
    assert_eq!(read(&cut), Err(BadMarker::Form));
    assert_eq!(read(&line.replace("lockstep:1", "lockstep:2")), Err(BadMarker::Version));
    assert_eq!(read(&line.replace(" state ", " future ")), Err(BadMarker::Version));
    assert_eq!(read(&line.replace(" state ", " pointer ")), Err(BadMarker::Payload));
    assert_eq!(
        read(&line.replace("0123456789abcdef0123", "0123")),
        Err(BadMarker::Form)
    );
    assert_eq!(
        read(&line.replace("0123456789abcdef0123", "0123456789ABCDEF0123")),
        Err(BadMarker::Form)
    );
    assert_eq!(read(&line.replace(" eyJ", " !!!")), Err(BadMarker::Payload));
    let huge = format!("<!-- lockstep:1 state 0123456789abcdef0123 {} -->", "A".repeat(17_000));
    assert_eq!(read(&huge), Err(BadMarker::TooLong));
}

#[test]
fn other_lines_are_no_markers() {
    for line in [
        "",
        "text",
        "<!-- lockstep -->",
        "<!--lockstep:1 x",
        "> <!-- lockstep:1 state",
        "- <!-- lockstep:1",
    ] {
        assert_eq!(Marker::read(line), None, "{line}");
    }
}

/// Members a newer version adds are no reason to refuse a marker.
#[test]
fn how_far_commands_were_heard_is_kept_and_an_older_marker_does_not_say() {
    let Payload::State(mut mark) = state(1, 1).payload else {
        panic!("it is a state marker");
    };
    let of = |mark: &StateMark| match read(
        &Marker::new(link(), Payload::State(Box::new(mark.clone()))).line(&Signer::default()),
    )
    .unwrap()
    .payload
    {
        Payload::State(mark) => mark.heard,
        Payload::Pointer(_) | Payload::Comment(_) | Payload::Board(_) => panic!("it is a state marker"),
    };
    assert_eq!(of(&mark), None);
    mark.heard = Some(PerSide::new(7, u64::MAX));
    assert_eq!(of(&mark), mark.heard);
}

#[test]
fn unknown_members_are_passed_over() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD_NO_PAD;
    let line = state(1, 1).line(&Signer::default());
    let payload = line.split(' ').nth(4).unwrap();
    let json = String::from_utf8(STANDARD_NO_PAD.decode(payload).unwrap()).unwrap();
    let richer = json.replacen('{', r#"{"zz":[1,2],"#, 1);
    let found = read(&line.replace(payload, &STANDARD_NO_PAD.encode(richer))).unwrap();
    assert!(matches!(found.payload, Payload::State(_)));
}

proptest! {
    #[test]
    fn reading_never_panics(text in ".*", head in prop_oneof![Just(""), Just("<!-- lockstep:"), Just("<!-- lockstep:1 state ")]) {
        let _outcome = Marker::read(&format!("{head}{text}"));
        let _outcome = Marker::read(&format!("{head}{text} -->"));
    }

    #[test]
    fn reading_anything_in_base64_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400), kind in 0..4_usize) {
        use base64::Engine as _;
        let kind = ["state", "pointer", "comment", "board"][kind];
        let payload = base64::engine::general_purpose::STANDARD_NO_PAD.encode(&bytes);
        let _outcome = Marker::read(&format!("<!-- lockstep:1 {kind} 0123456789abcdef0123 {payload} -->"));
    }

    #[test]
    fn a_mistreated_marker_never_panics(which in 0..4_usize, at in any::<prop::sample::Index>(), byte in any::<char>(), cut in any::<bool>()) {
        let line = all().swap_remove(which).line(&Signer::new(b"key"));
        let mut chars: Vec<char> = line.chars().collect();
        let at = at.index(chars.len());
        if cut { chars.truncate(at) } else { chars[at] = byte }
        let line: String = chars.into_iter().collect();
        if let Some(Ok(marker)) = Marker::read(&line) {
            let _trusted = marker.trusted(&Signer::new(b"key"));
        }
    }
}
