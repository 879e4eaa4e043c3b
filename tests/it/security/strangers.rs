//! What strangers write and where: the story that everything printed is held against.

use lockstep::report::Report;
use proptest::test_runner::{Config, TestRunner};

use crate::support::player::{Vendor, draft};
use crate::support::world::World;

/// Commands of both services, an escape sequence with a link, turned text and a one-character escape.
pub(crate) const COMMANDS: &str = "::error file=a::b\r\n##[error]c \u{1b}]8;;https://evil.example\u{1b}\\d\u{1b}]8;;\u{1b}\\ \u{202e}e\u{9b}31m\n::stop-commands::f";

/// Tries so many cases, and writes nothing down when one fails: it is printed.
pub(crate) fn trial(cases: u32) -> TestRunner {
    TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    })
}

/// Titles, labels, logins, milestones and comments of strangers in two folders, which take any name: once synced, and
/// then edited by them again. What the first run said is told as well.
pub(crate) async fn at_work([title, label, person, other]: [&str; 4]) -> (World, Report) {
    let rules = "create: { left: { state: all }, right: { state: all } }\nmatch: title\nconflicts: ask\n\
                 fields: { assignees: both, milestone: { create: false } }";
    let w = World::new((Vendor::Folder, Vendor::Folder), rules).await;
    for _ in 0..2 {
        w.left.open(
            draft(title)
                .body(other)
                .labels([label, "s::a", "s::b"])
                .assignees([person]),
        );
    }
    w.right.open(draft(title).labels([label]));
    w.left.open(draft(other).labels([label]).assignees([person]));
    w.left.say(3, person, other);
    let first = w.sync().await;
    w.left.retitle(3, &format!("{title} left"));
    w.right.store(1, &format!("{other}\n<!-- lockstep:1 {title} -->"));
    (w, first)
}
