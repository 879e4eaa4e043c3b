//! `init` through the real program, in real repositories.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Ran, lockstep};

/// A repository with these remotes.
fn repository(remotes: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    git(dir.path(), &["init", "--quiet"]);
    for (name, address) in remotes {
        git(dir.path(), &["remote", "add", name, address]);
    }
    dir
}

fn git(dir: &Path, args: &[&str]) {
    let done = Command::new("git")
        .args(args)
        .current_dir(dir)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .status()
        .unwrap();
    assert!(done.success(), "{args:?}");
}

fn init(dir: &Path, args: &[&str]) -> Ran {
    lockstep(dir, &[&["init"], args].concat(), &[])
}

/// Every file in a folder but git's, with what it holds.
fn files(dir: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with(".git") {
                folders.push(path);
            } else if path.is_file() {
                let name = path.strip_prefix(dir).unwrap().to_owned();
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

fn names(dir: &Path) -> Vec<String> {
    files(dir).keys().map(|path| path.display().to_string()).collect()
}

const GITHUB: (&str, &str) = ("origin", "git@github.com:acme/api.git");
const GITLAB: (&str, &str) = ("private", "https://gitlab.com/platform/api.git");

#[test]
fn what_it_writes_passes_the_check() {
    for (remotes, wanted) in [
        (
            vec![GITHUB, GITLAB],
            vec![".github/workflows/issue-sync.yml", "lockstep.yml"],
        ),
        (vec![GITHUB], vec![".github/workflows/issue-sync.yml", "lockstep.yml"]),
        (vec![("origin", GITLAB.1)], vec![".gitlab-ci.yml", "lockstep.yml"]),
        (vec![], vec!["lockstep.yml"]),
    ] {
        let dir = repository(&remotes);
        let ran = init(dir.path(), &[]);
        assert_eq!((ran.code, &*ran.err), (0, ""), "{ran:?}");
        assert_eq!(names(dir.path()), wanted);
        let checked = lockstep(dir.path(), &["check"], &[]);
        assert_eq!(checked.code, 0, "{checked:?}");
        assert!(checked.out.contains("new issues of github cross"), "{checked:?}");
        for told in ["GITHUB_TOKEN", "GITLAB_TOKEN", "check --online\n", " sync\n"] {
            assert!(ran.out.contains(told), "{told} in {}", ran.out);
        }
        assert_eq!(ran.out.contains("CHANGE THIS"), remotes.len() < 2, "{}", ran.out);

        let example = match wanted[0] {
            ".gitlab-ci.yml" => Some("gitlab-include"),
            ".github/workflows/issue-sync.yml" => Some("github-quick-start"),
            _ => None,
        };
        if let Some(example) = example {
            let example = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("examples")
                .join(example)
                .join(wanted[0]);
            let text = fs::read_to_string(example).unwrap().replace("\r\n", "\n");
            assert_eq!(
                files(dir.path())[Path::new(wanted[0])],
                text,
                "it is what the examples show and their checks look at"
            );
            assert_eq!(text.contains("OWNER"), ran.out.contains("says OWNER"), "{}", ran.out);
        }

        let before = files(dir.path());
        let again = init(dir.path(), &[]);
        assert_eq!(again.code, 2, "{again:?}");
        assert!(
            again.err.contains("is there already, and nothing was written"),
            "{again:?}"
        );
        assert_eq!(files(dir.path()), before);
    }
}

#[test]
fn a_dry_run_shows_the_files_and_writes_none() {
    let dir = repository(&[GITHUB, GITLAB]);
    let ran = init(dir.path(), &["--dry-run"]);
    assert_eq!((ran.code, names(dir.path())), (0, Vec::new()), "{ran:?}");
    for told in ["project: acme/api", "project: platform/api", "name: Issue sync"] {
        assert!(ran.out.contains(told), "{told} in {}", ran.out);
    }
}

#[test]
fn a_job_of_gitlab_that_is_there_is_left_alone() {
    let dir = repository(&[("origin", GITLAB.1)]);
    fs::write(dir.path().join(".gitlab-ci.yml"), "test: { script: make }\n").unwrap();
    let ran = init(dir.path(), &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out.contains("was not touched") && ran.out.contains("    include:"),
        "{}",
        ran.out
    );
    let files = files(dir.path());
    assert_eq!(files[Path::new(".gitlab-ci.yml")], "test: { script: make }\n");
    assert_eq!(files.len(), 2);
}

#[test]
fn secrets_in_addresses_get_nowhere() {
    let dir = repository(&[
        ("origin", "https://ann:hunter2@github.com/acme/api.git"),
        ("lab", "https://oauth2:hunter2@gitlab.com/platform/api.git"),
        ("other", "https://hunter2@code.example/hunter2/api?token=hunter2"),
    ]);
    let ran = init(dir.path(), &["-vv"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out.contains("github.com/acme/api") && ran.out.contains("code.example"),
        "{ran:?}"
    );
    assert!(
        !format!("{ran:?}{:?}", files(dir.path())).contains("hunter2"),
        "{ran:?}"
    );
}

#[test]
fn hosts_are_told_apart_by_flags_and_by_the_service_it_runs_on() {
    let remotes = [
        ("origin", "git@code.example:acme/api.git"),
        ("lab", "git@git.example:platform/api.git"),
    ];
    let dir = repository(&remotes);
    let ran = init(dir.path(), &["--dry-run"]);
    assert!(ran.out.contains("--gitlab HOST"), "{}", ran.out);
    let given = init(
        dir.path(),
        &["--dry-run", "--github", "code.example", "--gitlab", "git.example"],
    );
    for told in [
        "url: https://code.example/api/v3",
        "url: https://git.example\n",
        "Actions",
    ] {
        assert!(given.out.contains(told) || told == "Actions", "{told} in {}", given.out);
    }
    let there = [("GITHUB_SERVER_URL", "https://code.example")];
    let on = lockstep(dir.path(), &["init", "--dry-run"], &there);
    assert!(on.out.contains("url: https://code.example/api/v3"), "{}", on.out);
    let imitated = lockstep(
        dir.path(),
        &["init", "--dry-run"],
        &[there[0], ("GITEA_ACTIONS", "true")],
    );
    assert!(!imitated.out.contains("code.example/api/v3"), "{}", imitated.out);
    let lab = [("GITLAB_CI", "true"), ("CI_SERVER_HOST", "git.example")];
    let on = lockstep(dir.path(), &["init", "--dry-run"], &lab);
    assert!(
        on.out.contains("url: https://git.example\n") && on.out.contains("--- .gitlab-ci.yml"),
        "{}",
        on.out
    );
}

#[test]
fn where_it_cannot_be_done_nothing_is_and_the_way_out_is_told() {
    let dir = repository(&[GITHUB]);
    let below = dir.path().join("docs");
    fs::create_dir(&below).unwrap();
    let ran = init(&below, &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("run `lockstep init` there"), "{ran:?}");
    let ran = init(dir.path(), &["nowhere"]);
    assert_eq!((ran.code, &*ran.err), (2, "nowhere is no folder\n"));
    let ran = init(dir.path(), &["--config", "x.yml"]);
    assert!(ran.code == 2 && ran.err.contains("leave `--config` away"), "{ran:?}");
    let ran = lockstep(dir.path(), &["init"], &[("LOCKSTEP_CONFIG", "x.yml")]);
    assert!(ran.code == 2 && ran.err.contains("LOCKSTEP_CONFIG unset"), "{ran:?}");
    assert_eq!(names(dir.path()), Vec::<String>::new());

    let named = tempfile::tempdir().unwrap();
    fs::create_dir(named.path().join("x")).unwrap();
    let ran = init(named.path(), &["x"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("no git repository"), "{ran:?}");
    assert_eq!(names(named.path()), ["x/lockstep.yml"]);

    let without = lockstep(named.path(), &["init"], &[("PATH", "/nowhere")]);
    assert!(
        without.code == 0 && without.out.contains("git was not found"),
        "{without:?}"
    );
}
