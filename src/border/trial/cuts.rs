//! Laws of texts that are cut.

use proptest::prelude::*;

use super::super::laws::{check_safe, tried};
use super::super::samples::{CROSSINGS, crossing};
use super::super::{Crossing, carry, cut};
use super::documents::documents;
use super::{corpus, referee};

const NOTICE: &str = "*This text goes on at [the origin](https://origin.example.com/issues/7).*";
const SHOWN: &str = "This text goes on at the origin.";

/// A copy cut to `max` characters fits, is whole where it is not cut, shows its notice and is as safe as the copy.
fn check_cut(text: &str, crossing: &Crossing<'_>, max: usize) {
    let carried = carry(text, crossing);
    let Some(short) = cut(&carried, max, NOTICE) else {
        assert!(carried.chars().count() <= max);
        return;
    };
    assert!(carried.chars().count() > max, "cut without need");
    assert!(short.chars().count() <= max, "{short:?}");
    let Some(kept) = short.strip_suffix(NOTICE) else {
        assert!(
            max < NOTICE.chars().count() + 2 && NOTICE.starts_with(&short),
            "{short:?}"
        );
        return;
    };
    // What is kept is the beginning, but for what closes what was open.
    let same = kept.chars().zip(carried.chars()).take_while(|(a, b)| a == b).count();
    let closing = kept.trim_end().chars().count().saturating_sub(same);
    assert!(
        closing <= 100,
        "{closing} characters of it are not the text's: {short:?}"
    );
    if text.lines().any(is_hollow) {
        return;
    }
    // The reader sees it: no code, comment or table has swallowed it.
    assert_eq!(referee::last_paragraph(&short).as_deref(), Some(SHOWN), "{short:?}");
    check_safe(&short, crossing, text);
    assert_eq!(cut(&short, max, NOTICE), None, "cut once is cut for good");
}

/// An item of a list with nothing in it: behind it the two parsers disagree about what is code.
fn is_hollow(line: &str) -> bool {
    let item = line.trim_start_matches(|c: char| c.is_whitespace() || c == '>');
    let item = item.trim_start_matches("[^1]:").trim();
    matches!(
        item.trim_end_matches("[ ]").trim_end_matches("[x]").trim(),
        "-" | "*" | "+" | "1."
    )
}

#[test]
fn the_corpus_can_be_cut_anywhere() {
    for (at, text) in corpus::texts().iter().enumerate() {
        let (_, from, to, _) = &CROSSINGS[at % CROSSINGS.len()];
        let long = format!("{text}\n\n{}", "and so on ".repeat(20));
        for max in (0..long.chars().count()).step_by(5) {
            check_cut(&long, &crossing(from, to, false), max);
        }
    }
}

proptest! {
    #![proptest_config(tried(250))]

    #[test]
    fn any_document_can_be_cut(text in documents(), way in 0..CROSSINGS.len(), max in 0_usize..600) {
        let (_, from, to, _) = &CROSSINGS[way];
        check_cut(&text, &crossing(from, to, false), max);
    }
}
