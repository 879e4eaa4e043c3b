//! What must hold for every text.

use std::hash::{BuildHasher, RandomState};
use std::str::FromStr;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::carrier::{Care, carry_with};
use super::samples::{CROSSINGS, SAMPLES, crossing};
use super::scanners::{executed, executed_by_parser, live};
use super::spans::Spans;
use super::trial::referee::{self, Reader};
use super::{Crossing, Place, Syntax, bring_back, bring_title_back, carry, carry_title, cut, restore};

pub(super) fn check(text: &str, crossing: &Crossing<'_>) {
    let plain = text.replace("\r\n", "\n").replace('\r', "\n");
    let carried = carry(text, crossing);
    assert_eq!(restore(&carried), plain, "carried: {carried:?}");
    assert_eq!(carry(text, crossing), carried, "the same twice");
    let back = Crossing {
        from: crossing.to,
        to: crossing.from,
        ..*crossing
    };
    assert_eq!(bring_back(&carried, &back, text), plain);
    check_safe(&carried, crossing, text);
    let title = carry_title(text, crossing);
    assert_eq!(restore(&title), plain);
    assert_eq!(bring_title_back(&title, &back, text), plain);
    assert_eq!(
        live(&title, '@', |c| c.is_ascii_alphanumeric()).filter(|_| crossing.to.mentions),
        None
    );
    // Written into the copy by a stranger: safe at home, whatever home says.
    check_safe(&bring_back(text, &back, "Something else."), &back, text);
    check_safe(&bring_back(&carried, &back, "Something else."), &back, text);
}

pub(super) fn reader(place: &Place<'_>) -> Reader {
    if place.syntax == Syntax::GitHub {
        Reader::GitHub
    } else {
        Reader::GitLab
    }
}

pub(super) fn check_safe(stored: &str, crossing: &Crossing<'_>, text: &str) {
    if crossing.to.quick_actions {
        for found in [
            executed(stored, true),
            executed(stored, false),
            executed_by_parser(stored),
            referee::runs(stored),
        ] {
            assert_eq!(found, None, "runs in {stored:?} from {text:?}");
        }
    }
    if crossing.to.mentions && !crossing.notify {
        let found = live(stored, '@', |c| c.is_ascii_alphanumeric() || c == '_');
        assert_eq!(found, None, "notifies in {stored:?} from {text:?}");
        let names = referee::notified(stored, reader(&crossing.to));
        assert!(names.is_empty(), "{names:?} in {stored:?} from {text:?}");
    }
    if crossing.to.mentions {
        let found = live(stored, '#', |c| c.is_ascii_digit());
        assert_eq!(found, None, "refers in {stored:?} from {text:?}");
        let found = referee::referred(stored, reader(&crossing.to));
        assert!(found.is_empty(), "{found:?} in {stored:?} from {text:?}");
    }
    for line in stored.lines() {
        assert!(!line.trim_start().starts_with("<!-- lockstep:"), "{stored:?}");
    }
}

#[test]
fn every_sample_crosses_and_returns() {
    for (name, from, to, notify) in CROSSINGS {
        for text in SAMPLES {
            let crossing = crossing(from, to, *notify);
            println!("{name}: {text:?}");
            check(text, &crossing);
            check(&carry(text, &crossing), &crossing);
            check(&text.replace('\n', "\r\n"), &crossing);
        }
    }
}

#[test]
fn the_more_careful_ways_are_as_safe() {
    for (_, from, to, _) in CROSSINGS {
        for text in SAMPLES.iter().filter(|text| !text.contains('\r')) {
            let crossing = crossing(from, to, false);
            for (care, spans) in [(Care::Joiners, Spans::read(text)), (Care::Everywhere, Spans::none())] {
                let carried = carry_with(text, &crossing, care, &spans);
                assert_eq!(restore(&carried), *text);
                check_safe(&carried, &crossing, text);
                assert!(!carried.contains("[\u{2060}GH-\u{2060}7]"), "{carried:?}");
            }
        }
    }
}

#[test]
fn samples_can_follow_each_other() {
    for a in SAMPLES {
        for b in SAMPLES {
            let (_, from, to, notify) = &CROSSINGS[(a.len() + b.len()) % CROSSINGS.len()];
            check(&format!("{a}\n{b}"), &crossing(from, to, *notify));
        }
    }
}

const PIECES: &[&str] = &[
    "@bob",
    "@alice",
    "@acme/team",
    "@all",
    "@",
    "bob",
    "a@b.org",
    "#12",
    "#7",
    "GH-12",
    "acme/api#12",
    "g/p!4",
    "!4",
    "$3",
    "%v1",
    "~bug",
    "&12",
    "deadbeef12",
    "https://github.com/acme/api/issues/12",
    "https://x.org/@bob",
    "[",
    "]",
    "(",
    ")",
    "](",
    "[x](../y)",
    "![i](/uploads/a/b.png)",
    "![i](/uploads/0123456789abcdef0123456789abcdef/i.png)",
    "](/uploads/0123456789abcdef0123456789abcdef/i.png \"",
    "[f](0001/files/f.txt \"@bob\")",
    "https://github.com/user-attachments/assets/0-12",
    "<img src=\"https://github.com/user-attachments/assets/0-1\">",
    "<a href=\"../b\">",
    "=\"/uploads/x\" data-origin=\"\u{2060}0001/files/f\"",
    "](/uploads/x \"\u{2060}0001/files/f\u{2060}",
    "\"",
    "`",
    "``",
    "```",
    "```\n",
    "\n```\n",
    "~~~\n",
    "\n",
    "\n\n",
    "    ",
    "> ",
    ">>>\n",
    "- ",
    "1. ",
    "| ",
    "|---|\n",
    "# ",
    "*",
    "**",
    "_",
    "~~",
    "<p>\n",
    "</p>\n",
    "<b>",
    "<!--",
    "-->",
    "<!-- lockstep:1 state -->",
    "/close",
    "/assign @bob",
    "\n/close\n",
    "\\",
    "&#64;",
    "&amp;",
    "&#35;12",
    "&commat;",
    "\u{2060}",
    "\u{2060}\u{2060}",
    "[\u{2060}",
    "[\u{2060}GH-\u{2060}7](https://github.com/acme/api/issues/12)",
    "](https://x.org/a \"\u{2060}../y\")",
    "@bob<!--\u{2060}@\u{2060}al-->",
    " ",
    "\r\n",
    "\r",
    "---\n",
    "é",
    "—",
    ".",
    ":",
    "[^1]",
    "[^1]: ",
    "[x]: /y\n",
    "<details>\n",
    "[issue:12]",
    "=",
    "\t",
    "0",
    "ab",
];

fn texts() -> impl Strategy<Value = String> {
    let built = prop::collection::vec(prop::sample::select(PIECES), 0..24).prop_map(|p| p.concat());
    prop_oneof![6 => built, 1 => any::<String>(), 1 => "[@#/a-z`<>\n \\[\\]()&!~%$\u{2060}0-9-]{0,40}"]
}

/// Lines that put readers of fences out of step.
const LINES: &[&str] = &[
    "/close",
    "/close",
    "```",
    "```",
    "```",
    "``` ",
    "```sh",
    "````",
    "``",
    "~~~",
    "a `b`",
    "a ` b",
    "<p>",
    "</p>",
    "<p",
    " <p>",
    ">>>",
    "> q",
    "> ```",
    "- ```",
    "  ```",
    "    ```",
    "- a",
    "",
    "",
    "text",
    "---",
    "<!--",
    "-->",
    "| a |",
    "|-|",
    "[x]: /y",
    "[x](",
    ")",
    "$$",
    "`@bob` `",
    "\\```",
    "[^1]: n",
    "<pre>",
    "</pre>",
    "@bob #12 `",
    "\t```",
];

fn fences() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(LINES), 1..14).prop_map(|lines| lines.join("\n"))
}

/// The usual number of texts, the same ones each time; as many as `LOCKSTEP_CASES` asks for, and then others each time, or
/// those of `LOCKSTEP_SEED`, which a failure names.
pub(super) fn tried(usual: u32) -> ProptestConfig {
    let cases: Option<u32> = asked("LOCKSTEP_CASES");
    let any = || cases.map_or(7, |_| RandomState::new().hash_one(usual));
    let seed: u64 = asked("LOCKSTEP_SEED").unwrap_or_else(any);
    let cases = cases.unwrap_or(usual);
    println!("The same texts again: LOCKSTEP_SEED={seed} LOCKSTEP_CASES={cases}");
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        ..ProptestConfig::default()
    }
}

/// A number that the environment gives.
fn asked<T: FromStr>(name: &str) -> Option<T> {
    #[expect(clippy::disallowed_methods, reason = "how thorough a test run is")]
    let given = std::env::var(name);
    given.ok().and_then(|number| number.parse().ok())
}

proptest! {
    #![proptest_config(tried(2_000))]

    #[test]
    fn any_text_crosses_and_returns(text in texts(), way in 0..CROSSINGS.len()) {
        let (_, from, to, notify) = &CROSSINGS[way];
        check(&text, &crossing(from, to, *notify));
    }

    #[test]
    fn any_lines_cross_and_return(text in fences(), way in 0..CROSSINGS.len()) {
        let (_, from, to, notify) = &CROSSINGS[way];
        check(&text, &crossing(from, to, *notify));
    }

    #[test]
    fn a_cut_text_fits(text in texts(), max in 0_usize..120) {
        let notice = "*The rest is at the origin.*";
        match cut(&text, max, notice) {
            None => prop_assert!(text.chars().count() <= max),
            Some(short) => {
                prop_assert!(short.chars().count() <= max);
                let whole = max < notice.len() || short.ends_with(notice);
                prop_assert!(whole, "{short:?}");
            }
        }
    }

    #[test]
    fn a_cut_copy_is_as_safe(text in prop_oneof![texts(), fences()], max in 30_usize..120) {
        let (_, from, to, _) = &CROSSINGS[0];
        let crossing = crossing(from, to, false);
        if let Some(short) = cut(&carry(&text, &crossing), max, "*The rest is at the origin.*") {
            check_safe(&short, &crossing, &text);
        }
    }
}
