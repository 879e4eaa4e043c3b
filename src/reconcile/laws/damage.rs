//! Markers that editors, people and tools damage in a mirror, where nothing on the left says that an issue is linked: no
//! second twin is made, the twin is known again or somebody is told, and once the marker is back all is as before.

use super::bench::{Bench, on_still_time};
use super::checks::nothing_twice;
use super::profiles::{folder, github, gitlab};
use super::setup::Setup;
use crate::model::{Side, Signer};
use crate::tally;

/// What becomes of a text and the marker below it.
type Damage = (&'static str, fn(&str, &str) -> String);

fn after(text: &str, marker: &str, word: &str, put: &str) -> String {
    let at = marker.find(word).unwrap() + word.len();
    let (head, tail) = marker.split_at(at);
    format!("{text}{head}{put}{tail}")
}

/// Where the link's id is left, or the footer, the twin is still to be known.
const DAMAGES: [Damage; 18] = [
    ("wrapped behind the id", |text, marker| {
        let wrapped = marker.replacen(" eyJ", "\neyJ", 1);
        format!("{text}{wrapped}")
    }),
    ("wrapped in the payload", |text, marker| {
        after(text, marker, " eyJ", "\n")
    }),
    ("cut in the payload", |text, marker| {
        let cut: String = marker.chars().take(70).collect();
        format!("{text}{cut}")
    }),
    ("cut behind its first word", |text, _| format!("{text}<!-- lockstep:1")),
    ("cut to a bracket", |text, _| format!("{text}<!--")),
    ("a letter changed", |text, marker| {
        format!("{text}{}", marker.replacen("eyJ", "eyK", 1))
    }),
    ("without its end", |text, marker| {
        format!("{text}{}", marker.replacen(" -->", "", 1))
    }),
    ("with a capital", |text, marker| {
        format!("{text}{}", marker.replacen("lockstep", "Lockstep", 1))
    }),
    ("of a newer version", |text, marker| {
        format!("{text}{}", marker.replacen("lockstep:1", "lockstep:2", 1))
    }),
    ("gone, with a remark in its place", |text, _| {
        format!("{text}My own remark.")
    }),
    ("gone", |text, _| text.trim_end().to_owned()),
    ("encoded", |text, marker| {
        let encoded = marker.replacen("<!--", "&lt;!--", 1).replacen("-->", "--&gt;", 1);
        format!("{text}{encoded}")
    }),
    ("with dashes", |text, marker| {
        let dashed = marker.replacen("<!--", "<!–", 1).replacen("-->", "–>", 1);
        format!("{text}{dashed}")
    }),
    ("indented", |text, marker| format!("{text}    {marker}")),
    ("quoted", |text, marker| format!("{text}> {marker}")),
    ("behind a word", |text, marker| format!("{text}x {marker}")),
    ("before a word", |text, marker| format!("{text}{marker} x")),
    ("bold", |text, marker| format!("{text}**{marker}**")),
];

/// Without a footer, these leave nothing that says whose twin it is.
const TRACELESS: [&str; 4] = [
    "cut behind its first word",
    "cut to a bracket",
    "gone, with a remark in its place",
    "gone",
];

async fn damaged(setup: Setup, damage: fn(&str, &str) -> String) -> Vec<String> {
    let bench = Bench::new(setup);
    for (title, text) in [("First", "Text."), ("Second", "More text.")] {
        let number = bench.store().open(Side::Left, title, text);
        bench.store().say(Side::Left, number, "Me too.");
    }
    bench.settle("two links").await;
    let whole = bench.store().at(Side::Right, 101).body.clone();
    let (text, marker) = whole.split_at(whole.find("<!-- lockstep:").unwrap());
    bench
        .store()
        .edit(Side::Right, 101, |issue| issue.body = damage(text, marker.trim_end()));
    let mut wrong = Vec::new();
    for _ in 0..2 {
        bench.store().skipped += 600;
        bench.run().await;
    }
    if bench.store().sides.right.issues.len() != 2 {
        wrong.push(format!("made again: {}", bench.show()));
    }
    if bench.store().at(Side::Right, 102).comments.len() != 1 {
        wrong.push("another one was touched".into());
    }
    let outcome = bench.plan().plan;
    if !outcome.is_settled() {
        wrong.push("not settled".into());
    }
    bench
        .store()
        .edit(Side::Left, 1, |issue| issue.title = "First of all".into());
    bench.run().await;
    let arrived = bench.store().at(Side::Right, 101).title == "First of all";
    if !arrived && outcome.held.is_empty() {
        wrong.push("nobody is told".into());
    }
    if !arrived {
        bench.store().edit(Side::Right, 101, |issue| issue.body = whole);
        bench.run().await;
        if bench.store().at(Side::Right, 101).title != "First of all" {
            wrong.push("it does not go on".into());
        }
    }
    bench.run().await;
    nothing_twice(&bench, "in the end");
    wrong
}

#[test]
fn a_damaged_marker_makes_no_second_twin() {
    on_still_time(async {
        let (mut wrong, mut tried) = (Vec::new(), 0);
        for (what, damage) in DAMAGES {
            for (right, place) in [(gitlab(), "gitlab"), (folder(), "folder")] {
                for backlink in [true, false] {
                    for signed in [false, true] {
                        if !backlink && TRACELESS.contains(&what) {
                            continue;
                        }
                        let mut setup = Setup::new(github(), right.clone()).mirror();
                        setup.sync.backlink = backlink;
                        if signed {
                            setup.signer = Signer::new(b"a key");
                        }
                        tried += 1;
                        let found = damaged(setup, damage).await;
                        let case = format!("{what}, {place}, footer: {backlink}, signed: {signed}");
                        wrong.extend(found.into_iter().map(|problem| format!("{case}: {problem}")));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        tally::tell("a damaged marker in a mirror", tried);
    });
}
