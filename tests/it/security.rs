//! What strangers may try on those who read what the program prints, and on the secrets it holds.

mod outputs;
mod page;
mod privacy;
pub(crate) mod runner;
mod sources;
pub(crate) mod strangers;
mod tokens;

use std::path::PathBuf;

use crate::support::world::{TOKENS, World};

/// What a run of the real program left behind.
struct Ran {
    stdout: String,
    stderr: String,
    markdown: String,
    json: String,
    html: String,
    code: Option<i32>,
}

impl Ran {
    /// Everything anybody may come to see.
    fn everything(&self) -> [(&'static str, &str); 5] {
        [
            ("standard output", &self.stdout),
            ("standard error", &self.stderr),
            ("the Markdown report", &self.markdown),
            ("the JSON report", &self.json),
            ("the HTML report", &self.html),
        ]
    }
}

/// Runs the real program on a world, with every log there is, in a CI service's environment if asked for.
fn run(w: &World, args: &[&str], variables: &[(&str, &str)]) -> Ran {
    let file = |name: &str| -> PathBuf { w.dir().join(name) };
    std::fs::write(file("lockstep.yml"), w.mapping()).unwrap();
    let reports = ["report.md", "report.json", "report.html"].map(|file| format!("--report={file}"));
    // What an issue's markers say is no report.
    let reports = reports.iter().filter(|_| args.first() != Some(&"inspect"));
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_lockstep"))
        .args(args)
        .arg("-vv")
        .args(reports)
        .current_dir(w.dir())
        .env_clear()
        .envs([
            ("LOCKSTEP_LOG", "trace"),
            ("RUST_LOG", "trace"),
            ("RUST_BACKTRACE", "full"),
        ])
        .envs(w.env.iter().map(|(name, value)| (name, value)))
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let read = |name: &str| std::fs::read_to_string(file(name)).unwrap_or_default();
    let ran = Ran {
        stdout: text(output.stdout),
        stderr: text(output.stderr),
        markdown: read("report.md"),
        json: read("report.json"),
        html: read("report.html"),
        code: output.status.code(),
    };
    assert!(ran.stderr.contains("TRACE"), "the whole log was asked for");
    ran
}

/// Asserts that no token is anywhere.
fn assert_no_token(ran: &Ran) {
    for (place, text) in ran.everything() {
        for (_, token) in TOKENS {
            assert!(!text.contains(token), "a token is in {place}: {text}");
        }
    }
}
