//! The pages say what the program does: commands run, mapping files load, generated parts are fresh, and every code and
//! error a user can meet is explained.

mod ci;
mod cli;
mod fidelity;
mod mapping;
mod readme;
mod reliability;
mod story;
mod trouble;

use std::path::{Path, PathBuf};
use std::process::Output;

/// The folder of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A page or source of the repository, with plain line ends.
fn page(path: &str) -> String {
    let path = root().join(path);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.replace("\r\n", "\n")
}

/// The pages people read, from the root.
const PAGES: [&str; 10] = [
    "README.md",
    "docs/fidelity.md",
    "docs/mapping.md",
    "docs/recipes.md",
    "docs/troubleshooting.md",
    "docs/reliability.md",
    "CONTRIBUTING.md",
    "docs/ci.md",
    "docs/faq.md",
    "docs/moving.md",
];

/// Compares a page with what it should be; with `LOCKSTEP_BLESS` set, writes it instead.
#[expect(
    clippy::disallowed_methods,
    reason = "a developer asks for the page to be written anew"
)]
fn fresh(path: &str, wanted: &str) {
    if std::env::var_os("LOCKSTEP_BLESS").is_some() {
        std::fs::write(root().join(path), wanted).unwrap();
    }
    assert!(
        page(path) == wanted,
        "run the tests once with LOCKSTEP_BLESS=1 and commit {path}"
    );
}

/// The program, in a folder, with an empty environment.
fn lockstep(dir: &Path, args: &[&str]) -> Output {
    assert_cmd::Command::new(program())
        .args(args)
        .current_dir(dir)
        .env_clear()
        .output()
        .unwrap()
}

fn program() -> PathBuf {
    env!("CARGO_BIN_EXE_lockstep").into()
}

/// The fenced code blocks of a page in one language.
fn fenced(text: &str, language: &str) -> Vec<String> {
    use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
    let mut blocks = Vec::new();
    let mut current: Option<String> = None;
    for event in Parser::new(text) {
        if let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) = &event
            && &**info == language
        {
            current = Some(String::new());
        } else if let (Event::Text(text), Some(block)) = (&event, &mut current) {
            block.push_str(text);
        } else if event == Event::End(TagEnd::CodeBlock) {
            blocks.extend(current.take());
        }
    }
    blocks
}
