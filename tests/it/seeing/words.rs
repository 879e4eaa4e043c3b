//! What the program says of a plan, a guard, a conflict, a marker: in a playground, as a stranger reads it.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A playground, with the rule of its mapping file replaced by others.
struct Play(TempDir);

impl Play {
    fn with(rules: &str) -> Self {
        let play = Self(tempfile::tempdir().unwrap());
        let made = Command::new(env!("CARGO_BIN_EXE_lockstep"))
            .args(["try", "play"])
            .current_dir(play.0.path())
            .env_clear()
            .output()
            .unwrap();
        assert!(made.status.success());
        play.edit("lockstep.yml", "    conflicts: newest", &format!("    {rules}"));
        play
    }

    fn folder(&self) -> PathBuf {
        self.0.path().join("play")
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.folder().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file}: {text}");
        std::fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    fn retitle(&self, file: &str, title: &str) {
        let path = self.folder().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        let line = text
            .lines()
            .find(|line| line.starts_with("title: "))
            .unwrap()
            .to_owned();
        self.edit(file, &line, &format!("title: {title}"));
    }

    /// What is printed, on both streams, and the exit code.
    fn says(&self, words: &[&str], variables: &[(&str, &str)]) -> (String, i32) {
        let ended = Command::new(env!("CARGO_BIN_EXE_lockstep"))
            .args(words)
            .current_dir(self.folder())
            .env_clear()
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let text = [ended.stdout, ended.stderr].concat();
        (String::from_utf8(text).unwrap(), ended.status.code().unwrap())
    }

    fn json(&self, words: &[&str]) -> (Value, i32) {
        let (text, code) = self.says(words, &[]);
        let found = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        (found, code)
    }
}

fn all(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
}

#[test]
fn a_plan_that_closes_says_so() {
    let play = Play::with("on_delete: close");
    std::fs::remove_file(play.folder().join("team/0003.md")).unwrap();
    let (said, _) = play.says(&["sync"], &[]);
    all(
        &said,
        &[
            "x close ",
            "its twin team#3 was deleted: it is closed, and parted for good",
        ],
    );
    let (report, _) = play.json(&["sync", "--format", "json"]);
    assert_eq!(report["steps"][0]["op"], "close");
    assert_eq!(report["totals"]["updated"], 1);
}

#[test]
fn a_deleted_twin_is_parted_by_the_command_that_is_named() {
    let play = Play::with("conflicts: newest");
    std::fs::remove_file(play.folder().join("team/0003.md")).unwrap();
    let (said, _) = play.says(&["sync"], &[]);
    let hint = "or part this link alone: `lockstep unlink product#2 --apply`";
    all(&said, &["twin-deleted", hint]);
    assert_eq!(play.says(&["unlink", "product#2", "--apply"], &[]).1, 0);
    all(&play.says(&["sync"], &[]).0, &["Settled: "]);
}

#[test]
fn a_guard_names_what_to_raise() {
    let play = Play::with("guard: { max_share: 10% }");
    for file in ["product/0001.md", "product/0002.md"] {
        play.retitle(file, "Another title");
    }
    let (said, code) = play.says(&["sync", "--apply"], &[]);
    assert_eq!(code, 4, "{said}");
    all(
        &said,
        &[
            "`guard.max_share` allows 10%",
            "Stopped by a guard: playground. Nothing was written.",
            "raise the limit named above under `guard:`",
        ],
    );
    let (said, code) = play.says(&["ci"], &[]);
    assert_eq!(code, 4, "{said}");
    all(&said, &["nothing written", "raise the limit named above"]);
}

#[test]
fn an_open_conflict_is_not_said_to_be_equal() {
    let play = Play::with("conflicts: ask");
    play.retitle("product/0001.md", "Here");
    play.retitle("team/0002.md", "There");
    let (said, _) = play.says(&["sync"], &[]);
    all(
        &said,
        &[
            "settled: nothing to do; 1 conflict, 1 held",
            "nothing to do, 1 conflict, 1 held.",
        ],
    );
}

#[test]
fn a_mapping_file_is_checked_for_programs_too() {
    let play = Play::with("conflicts: newest");
    let (fine, code) = play.json(&["check", "--format", "json"]);
    assert_eq!((code, &fine["problems"]), (0, &Value::Array(Vec::new())));
    assert_eq!(fine["syncs"][0]["left"], "product");
    play.edit("lockstep.yml", "conflicts: newest", "conflict: newest");
    let (found, code) = play.json(&["check", "--format", "json"]);
    assert_eq!(code, 2);
    let problem = &found["problems"][0];
    assert_eq!(
        (&problem["code"], &problem["file"]),
        (&"unknown-key".into(), &"lockstep.yml".into())
    );
    assert!(problem["line"].is_u64() && problem["hint"].as_str().unwrap().contains("`conflicts`"));
    for words in [
        &["try", "more", "--format", "json"][..],
        &["init", "--format", "markdown"],
    ] {
        let (said, code) = play.says(words, &[]);
        assert_eq!(code, 2);
        all(&said, &["leave `--format` away"]);
    }
    let (said, code) = play.says(&["sync"], &[("LOCKSTEP_CONFIG", "nowhere.yml")]);
    assert_eq!(code, 2);
    all(&said, &["nowhere.yml", "the variable LOCKSTEP_CONFIG names it"]);
}

#[test]
fn an_inspected_issue_tells_what_a_run_makes_of_its_markers() {
    let play = Play::with("conflicts: newest");
    all(
        &play.says(&["inspect", "team#2"], &[]).0,
        &[
            "state of link",
            "both sides agreed at",
            "sync playground: linked to product#1",
        ],
    );
    std::fs::copy(play.folder().join("team/0002.md"), play.folder().join("team/0011.md")).unwrap();
    let (copy, _) = play.says(&["inspect", "team#11"], &[]);
    all(
        &copy,
        &[
            "sync playground: not linked",
            "the next run: retire (team#2 already stands for this link",
        ],
    );
    assert_eq!(play.says(&["unlink", "product#1", "--apply"], &[]).1, 0);
    let (parted, _) = play.says(&["inspect", "team#2"], &[]);
    all(
        &parted,
        &["parted: out of the sync for good", "sync playground: not linked"],
    );
    assert!(!parted.contains("both sides agreed"), "{parted}");
    play.edit("lockstep.yml", "name: playground", "name: renamed");
    let (held, _) = play.json(&["inspect", "team#3", "--format", "json"]);
    assert_eq!(held["syncs"][0]["held"][0]["code"], "marker-other-sync");
    assert_eq!(held["syncs"][0]["twin"], Value::Null);
}

#[test]
fn a_monitor_sees_that_markers_are_not_believed_any_more() {
    let play = Play::with("conflicts: newest");
    assert_eq!(play.says(&["status", "--fail-on", "drift"], &[]).1, 0);
    play.edit("lockstep.yml", "name: playground", "name: renamed");
    let (said, code) = play.says(&["status", "--fail-on", "drift"], &[]);
    assert_eq!(code, 6, "{said}");
    all(&said, &["not believed", "5 links: 5 frozen; 10 differences."]);
    let (said, code) = play.says(
        &["ci"],
        &[
            ("LOCKSTEP_COMMAND", "status"),
            ("LOCKSTEP_EXTRA_ARGS", "--fail-on\ndrift"),
        ],
    );
    assert_eq!(code, 6, "{said}");
    let (said, code) = play.says(
        &["ci"],
        &[("LOCKSTEP_COMMAND", "status"), ("LOCKSTEP_EXTRA_ARGS", "--max-age\n5m")],
    );
    assert_eq!(code, 2, "{said}");
    all(&said, &["a job reads everything anew"]);
}

#[test]
fn a_deleted_twin_agreed_when_its_marker_says() {
    let play = Play::with("conflicts: newest");
    for file in ["team/0005.md", "product/0003.md"] {
        std::fs::remove_file(play.folder().join(file)).unwrap();
    }
    let (said, _) = play.says(&["status"], &[]);
    let rows: Vec<&str> = said.lines().filter(|line| line.contains("missing-twin")).collect();
    assert_eq!(rows.len(), 2, "{said}");
    assert!(rows.iter().all(|row| row.contains(" ago")), "{said}");
    for folder in ["team", "product"] {
        std::fs::rename(play.folder().join(folder), play.folder().join(format!("no {folder}"))).unwrap();
    }
    let (said, code) = play.says(&["status"], &[]);
    assert_eq!(code, 3, "{said}");
    all(&said, &["Nothing could be read.", "mkdir -p"]);
    assert!(!said.contains("No links"), "{said}");
}

/// A job that counts from 0 would do the work of all.
#[test]
fn a_shard_that_is_none_is_refused() {
    let play = Play::with("conflicts: newest");
    for (index, total, fine) in [
        ("1", "4", true),
        ("4", "4", true),
        ("0", "4", false),
        ("5", "4", false),
        ("x", "4", false),
        ("0", "1", true),
    ] {
        let (said, code) = play.says(&["sync"], &[("CI_NODE_INDEX", index), ("CI_NODE_TOTAL", total)]);
        assert_eq!(code, if fine { 0 } else { 2 }, "{index} of {total}: {said}");
        assert!(fine || said.contains("they count from 1"), "{said}");
    }
}

#[test]
fn a_signing_key_that_could_be_guessed_is_refused() {
    let play = Play::with("conflicts: newest");
    play.edit("lockstep.yml", "version: 1", "version: 1\nsigning_key: ${KEY}");
    let (said, code) = play.says(&["sync"], &[("KEY", "short")]);
    assert_eq!(code, 3, "{said}");
    all(
        &said,
        &[
            "the environment variable KEY is shorter than 16 characters",
            "openssl rand -base64 32",
        ],
    );
    assert!(!said.contains("short;") && !said.contains("\"short\""), "{said}");
}

#[test]
fn files_of_one_folder_are_referred_to_by_their_names() {
    let play = Play::with("conflicts: newest");
    let at = |file: &str| std::fs::read_to_string(Path::new(&play.folder()).join(file)).unwrap();
    play.edit("product/0004.md", "---\n\n", "---\n\nLike #1, and #77.\n\n");
    assert_eq!(play.says(&["sync", "--apply"], &[]).1, 0);
    let team = at("team/0005.md");
    all(
        &team,
        &["Like [\u{2060}#\u{2060}2](0002.md \"#\u{2060}1\"), and #\u{2060}77."],
    );
    play.edit("team/0005.md", ", and", " and");
    assert_eq!(play.says(&["sync", "--apply"], &[]).1, 0);
    all(&at("product/0004.md"), &["Like #1 and #77."]);
    all(&play.says(&["sync"], &[]).0, &["Settled: "]);
}
