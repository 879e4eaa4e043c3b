//! The first minutes of a stranger, in an empty folder with an empty environment: the commands are the printed ones.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::SystemTime;

use super::lockstep;

/// Every file below a folder with its time and content.
fn snapshot(dir: &Path) -> BTreeMap<PathBuf, (SystemTime, Vec<u8>)> {
    let mut files = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let modified = path.metadata().unwrap().modified().unwrap();
                files.insert(path.clone(), (modified, std::fs::read(&path).unwrap()));
            }
        }
    }
    files
}

/// Runs a printed command as a person would: pasted into a shell.
fn pasted(dir: &Path, command: &str) -> String {
    let output = Command::new("/bin/sh")
        .args(["-c", command])
        .current_dir(dir)
        .env_clear()
        .output()
        .unwrap();
    assert!(output.status.success(), "{command}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The command after a label in what `try` printed.
fn printed(said: &str, label: &str) -> String {
    let line = said.lines().find(|line| line.contains(label)).unwrap();
    line.split_once(label).unwrap().1.trim().to_owned()
}

fn edit(file: &Path, from: &str, to: &str) {
    let before = std::fs::read_to_string(file).unwrap();
    assert!(before.contains(from), "{}:\n{before}", file.display());
    std::fs::write(file, before.replacen(from, to, 1)).unwrap();
}

fn title_line(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap();
    text.lines().find(|line| line.starts_with("title:")).unwrap().to_owned()
}

#[test]
fn what_try_prints_works_when_it_is_pasted() {
    let home = tempfile::tempdir().unwrap();
    // A name that a shell would take apart.
    let dir = home.path().join("my first try's folder");
    std::fs::create_dir(&dir).unwrap();
    let said = text(&lockstep(&dir, &["try", "play ground"]));
    let (dry, apply) = (printed(&said, "what would happen:"), printed(&said, "Let it happen:"));
    assert!(apply.contains("sync --apply"), "{said}");
    let play = dir.join("play ground");

    // Left to right.
    edit(
        &play.join("product/0001.md"),
        "title: Export stops",
        "title: The export stops",
    );
    let before = snapshot(&play);
    let planned = pasted(&dir, &dry);
    assert!(planned.contains("team#2") && planned.contains("title"), "{planned}");
    assert!(snapshot(&play) == before, "a dry run writes nothing");
    pasted(&dir, &apply);
    assert_eq!(
        title_line(&play.join("team/0002.md")),
        "title: The export stops after 1,000 rows"
    );

    // Right to left.
    edit(&play.join("team/0002.md"), "status: open", "status: closed");
    pasted(&dir, &apply);
    let left = std::fs::read_to_string(play.join("product/0001.md")).unwrap();
    assert!(left.contains("\nstatus: closed"), "{left}");

    // Settled: nothing is written, file times and all.
    let before = snapshot(&play);
    let settled = pasted(&dir, &apply);
    assert!(settled.contains("Settled"), "{settled}");
    assert!(snapshot(&play) == before, "a settled run touches no file");

    let beside: Vec<_> = std::fs::read_dir(&dir).unwrap().collect();
    let above: Vec<_> = std::fs::read_dir(home.path()).unwrap().collect();
    assert_eq!(
        (beside.len(), above.len()),
        (1, 1),
        "nothing outside the folder was touched"
    );
}

#[test]
fn the_playground_holds_after_its_first_run() {
    let home = tempfile::tempdir().unwrap();
    text(&lockstep(home.path(), &["try"]));
    let play = home.path().join("lockstep-playground");
    let before = snapshot(&play);
    // The mapping file is found without being named.
    assert!(text(&lockstep(&play, &["sync", "--apply"])).contains("Settled"));
    assert!(text(&lockstep(&play, &["check"])).contains("playground"));
    assert!(text(&lockstep(&play, &["inspect", "team#2"])).contains("product#1"));
    assert!(snapshot(&play) == before);
    let again = lockstep(home.path(), &["try"]);
    assert_eq!(
        again.status.code(),
        Some(2),
        "an existing playground is somebody's work"
    );
    assert!(snapshot(&play) == before);
}

#[test]
fn mistakes_have_the_documented_codes_and_write_nothing() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path();
    let code = |args: &[&str]| {
        let output = lockstep(dir, args);
        assert!(
            !output.stderr.is_empty() || !output.stdout.is_empty(),
            "{args:?} says nothing"
        );
        output.status.code()
    };
    assert_eq!(code(&["sync"]), Some(2), "no mapping file");
    assert_eq!(code(&["sync", "--aply"]), Some(2), "no such flag");
    assert_eq!(code(&["sync", "--config", "nowhere.yml"]), Some(2));
    let mapping = "version: 1\ntrackers:\n  github: { kind: github, project: acme/api, token: \"${GITHUB_TOKEN}\" }\n  \
                   board: { kind: folder, path: issues/ }\nsyncs:\n  - name: api\n    between: [github, board]\n";
    std::fs::write(dir.join("lockstep.yml"), mapping).unwrap();
    assert_eq!(code(&["check"]), Some(0), "the mapping file alone needs no token");
    assert_eq!(code(&["sync", "--apply"]), Some(3), "the token is not there");
    std::fs::write(dir.join("lockstep.yml"), mapping.replace("between", "betwen")).unwrap();
    let output = lockstep(dir, &["check"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("lockstep.yml:7:5: error[unknown-key]") && said.contains("`between`"),
        "{said}"
    );
    let left: Vec<_> = std::fs::read_dir(dir).unwrap().collect();
    assert_eq!(left.len(), 1, "only the mapping file is there");
}
