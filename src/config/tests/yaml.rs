//! What the raw tree makes of YAML.

use std::fmt::Write as _;

use super::super::problems::Problems;
use super::super::raw::{Content, parse};
use crate::diag::Code;

fn kinds(text: &str) -> &'static str {
    Content::plain(text).kind()
}

#[test]
fn plain_words_are_what_yaml_says_they_are() {
    for number in ["1", "-1", "1.10", "1e5", ".5", "0x1F", "0o17", ".inf", "-.INF", ".nan"] {
        assert_eq!(kinds(number), "a number", "{number}");
    }
    for text in [
        "off",
        "on",
        "yes",
        "no",
        "1.2.3",
        "2024-01-01",
        "inf",
        "nan",
        "0x",
        "1_000",
        "-",
        "50%",
        ".",
    ] {
        assert_eq!(kinds(text), "text", "{text}");
    }
    assert_eq!(kinds("true"), "true or false");
    assert_eq!(kinds("~"), "nothing");
}

#[test]
fn merged_keys_give_way_to_written_ones() {
    let mut problems = Problems::new("f");
    let text = "base: &b { a: 1, c: 3 }\nmore: { <<: *b, a: 2 }\n";
    let root = parse(text, &mut problems).unwrap();
    assert!(problems.finish().is_empty());
    let Content::Table(entries) = root.content else {
        panic!("a table")
    };
    let Content::Table(more) = &entries[1].node.content else {
        panic!("a table")
    };
    let keys: Vec<_> = more.iter().map(|e| (e.key.as_str(), e.at.line)).collect();
    assert_eq!(keys, [("a", 2), ("c", 1)]);
}

#[test]
fn anchors_cannot_grow_without_end() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for n in 1..9 {
        let row = vec![format!("*a{}", n - 1); 9].join(", ");
        writeln!(text, "a{n}: &a{n} [{row}]").unwrap();
    }
    let mut problems = Problems::new("f");
    assert!(parse(&text, &mut problems).is_none());
    assert_eq!(problems.finish()[0].code, Code::TooComplex);
    let mut problems = Problems::new("f");
    assert!(parse("a: &a [*a]", &mut problems).is_none());
    assert_eq!(problems.finish()[0].code, Code::BadYaml);
}

#[test]
fn anchors_cannot_nest_without_end() {
    let mut text = String::from("a0: &a0 [x]\n");
    for n in 1..5000 {
        writeln!(text, "a{n}: &a{n} [*a{}]", n - 1).unwrap();
    }
    let mut problems = Problems::new("f");
    assert!(parse(&text, &mut problems).is_none());
    assert_eq!(problems.finish()[0].code, Code::TooComplex);
}
