//! Where text leaves the program, read from the sources: through one place, and nothing raw.

use crate::architecture::sources;

#[test]
fn only_one_place_prints() {
    for source in sources() {
        if source.path == "src/commands/mod.rs" {
            continue;
        }
        for word in [
            "println!",
            "print!(",
            "dbg!",
            "io::stdout",
            "io::stderr",
            "stdout()",
            "stderr()",
        ] {
            assert!(!source.text.contains(word), "{} prints on its own: {word}", source.path);
        }
    }
}

/// What records of the log may hold besides texts of ours. Whatever it is, it is one line that nobody acts on; this list is
/// about privacy: none of it is a title, a body or a comment.
const LOGGED: [&str; 16] = [
    "file = %self.file.display()",
    "issue = %made.key",
    "issue = %before.key",
    "%error",
    "folder = %folder.display()",
    "%method",
    "url",
    "status = answer.status().as_u16()",
    "tries",
    "?error",
    "seconds = wait.as_secs()",
    "needs = outcome.needs.len()",
    "tracker = %world.tracker",
    "issues = listing.issues.len()",
    "on = %Safe(&step.on)",
    "op = step.op",
];

#[test]
fn the_log_holds_only_what_was_looked_at() {
    let mut calls = 0;
    for source in sources() {
        for rest in source.text.split("tracing::").skip(1) {
            let Some((_, rest)) = rest.split_once("!(") else {
                continue;
            };
            let mut depth = 1;
            let inside = |c: &char| {
                depth += i32::from(*c == '(') - i32::from(*c == ')');
                depth > 0
            };
            let call: String = rest.chars().take_while(inside).collect();
            calls += 1;
            for part in call.split(',').map(str::trim).filter(|part| !part.is_empty()) {
                let literal = part.starts_with('"') && !part.contains('{') || part == "\"{}\"" || part == "Safe(why)";
                assert!(literal || LOGGED.contains(&part), "{} logs {part}", source.path);
            }
        }
    }
    assert!(calls >= 8, "{calls} records were found");
}

#[test]
fn texts_of_reports_pass_the_gate() {
    for source in sources()
        .into_iter()
        .filter(|source| source.path == "src/report/mod.rs")
    {
        for field in ["on: ", "message: ", "hint: ", "why: "] {
            let lines = source.text.lines().map(str::trim);
            for line in lines.filter(|line| line.starts_with(field) && !line.ends_with("String,")) {
                assert!(line.contains("Safe(") || line.starts_with("on: at("), "{line}");
            }
        }
    }
}
