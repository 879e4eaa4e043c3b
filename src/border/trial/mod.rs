//! The border put to the test: a corpus, documents by chance, readers of the services' rules that share nothing with the
//! border, and the laws that must hold for all of it.

mod corpus;
mod cuts;
mod documents;
mod edits;
pub(super) mod referee;
mod stored;

use proptest::prelude::*;

use super::laws::{check, tried};
use super::samples::{CROSSINGS, crossing};

#[test]
fn the_corpus_crosses_and_returns() {
    for text in corpus::texts() {
        for (name, from, to, notify) in CROSSINGS {
            println!("{name}: {text:?}");
            let crossing = crossing(from, to, *notify);
            check(&text, &crossing);
            check(&text.replace('\n', "\r\n"), &crossing);
        }
    }
}

#[test]
fn every_two_of_the_corpus_cross_and_return() {
    let texts = corpus::texts();
    for (at, first) in texts.iter().enumerate() {
        // Each with its share of the others; over all of them every kind meets every other.
        for step in 1..8 {
            let second = &texts[(at * 31 + step * 53) % texts.len()];
            let (_, from, to, notify) = &CROSSINGS[(at + step) % CROSSINGS.len()];
            check(&format!("{first}\n{second}"), &crossing(from, to, *notify));
        }
    }
}

proptest! {
    #![proptest_config(tried(250))]

    #[test]
    fn any_document_crosses_and_returns(text in documents::documents(), way in 0..CROSSINGS.len()) {
        let (_, from, to, notify) = &CROSSINGS[way];
        check(&text, &crossing(from, to, *notify));
    }
}
