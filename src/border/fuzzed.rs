//! The laws of the border for any text at all, under `cargo fuzz` and on its seeds. Imports the border alone.
//!
//! The referees that read as the services do are left to `trial`: they are libraries which disagree about the oddest
//! Markdown, and a fuzzer finds nothing else.

use super::samples::{CROSSINGS, crossing};
use super::scanners::{executed, executed_by_parser, live};
use super::{
    Crossing, bring_back, bring_title_back, carry, carry_title, cut, line_feeds, moved_files, restore, upload,
};

const NOTICE: &str = "*The rest is at the origin.*";

/// A text crosses and comes home to the byte; nothing in a copy runs where it is stored or passes for a marker, whether it
/// is whole, cut, or what a stranger made of it; a cut text fits. The first byte picks the way, the second the length to
/// cut to; the rest is the text.
///
/// # Panics
///
/// When that does not hold.
pub fn border(bytes: &[u8]) {
    let [way, length, text @ ..] = bytes else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let Some((_, from, to, notify)) = CROSSINGS.iter().cycle().nth(usize::from(*way) % CROSSINGS.len()) else {
        return;
    };
    let there = crossing(from, to, *notify);
    let home = Crossing {
        from: **to,
        to: **from,
        ..there
    };
    let plain = line_feeds(text);

    let carried = carry(text, &there);
    assert_eq!(restore(&carried), plain, "carried: {carried:?}");
    assert_eq!(bring_back(&carried, &home, text), plain, "carried: {carried:?}");
    assert_eq!(carry(text, &there), carried, "the same twice");
    check_safe(&carried, &there, text);
    // Copies of copies, too.
    let twice = carry(&carried, &there);
    assert_eq!(restore(&twice), carried);
    check_safe(&twice, &there, text);

    let title = carry_title(text, &there);
    assert_eq!(restore(&title), plain, "title: {title:?}");
    assert_eq!(bring_title_back(&title, &home, text), plain, "title: {title:?}");

    // As a stranger would have it in the copy: safe at home, where it is not said.
    for edited in [text, &carried] {
        check_safe(&bring_back(edited, &home, "Something else."), &home, text);
    }
    let (above, below) = plain.split_at(plain.floor_char_boundary(plain.len() / 2));
    let _merged = bring_back(above, &home, below);

    check_cut(&carried, usize::from(*length), &there);
    let _file = upload(text, from);
    let _files = moved_files(&carried);
}

fn check_cut(carried: &str, max: usize, there: &Crossing<'_>) {
    match cut(carried, max, NOTICE) {
        None => assert!(carried.chars().count() <= max),
        Some(short) => {
            assert!(short.chars().count() <= max, "{short:?}");
            assert!(short.ends_with(NOTICE) || NOTICE.starts_with(&short), "{short:?}");
            if max > NOTICE.len() + 2 {
                check_safe(&short, there, carried);
            }
        }
    }
}

fn check_safe(stored: &str, crossing: &Crossing<'_>, text: &str) {
    if crossing.to.quick_actions {
        for found in [
            executed(stored, true),
            executed(stored, false),
            executed_by_parser(stored),
        ] {
            assert_eq!(found, None, "runs in {stored:?} from {text:?}");
        }
    }
    if crossing.to.mentions && !crossing.notify {
        let found = live(stored, '@', |c| c.is_ascii_alphanumeric() || c == '_');
        assert_eq!(found, None, "notifies in {stored:?} from {text:?}");
    }
    for line in stored.lines() {
        assert!(
            !line.trim_start().starts_with("<!-- lockstep:"),
            "{stored:?} from {text:?}"
        );
    }
}
