//! What is printed arrives, or is said not to have; what was asked to be written is never passed over.

use assert_cmd::Command;

fn lockstep(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    command.args(args).env_clear();
    command
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_no_success() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ended = std::process::Command::new(env!("CARGO_BIN_EXE_lockstep"))
        .arg("schema")
        .env_clear()
        .stdout(full)
        .output()
        .unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot write to standard output"), "{said}");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let ended = std::process::Command::new(env!("CARGO_BIN_EXE_lockstep"))
        .arg("schema")
        .env_clear()
        .stdout(writer)
        .output()
        .unwrap();
    assert_eq!((ended.status.code(), ended.stderr.len()), (Some(0), 0));
}

#[test]
fn a_command_without_a_report_refuses_to_be_asked_for_one() {
    let dir = tempfile::tempdir().unwrap();
    for args in [&["check"][..], &["schema"], &["init"], &["inspect", "github#1"]] {
        let mut words = args.to_vec();
        words.extend(["--report", "report.json"]);
        let ended = lockstep(&words).current_dir(dir.path()).output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains("leave `--report` away"), "{args:?}: {said}");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "{args:?}");
    }
}

/// That a report cannot be written is said before anything is done, not after it.
#[test]
fn a_report_that_cannot_be_written_stops_the_run_before_it_begins() {
    let dir = tempfile::tempdir().unwrap();
    let at = |words: &[&str]| lockstep(words).current_dir(dir.path()).output().unwrap();
    assert!(at(&["try", "playground"]).status.success());
    let issue = dir.path().join("playground/product/0001.md");
    let twin = dir.path().join("playground/team/0002.md");
    let text = std::fs::read_to_string(&issue).unwrap();
    std::fs::write(&issue, text.replacen("title: ", "title: Now ", 1)).unwrap();
    let before = std::fs::read_to_string(&twin).unwrap();
    std::fs::create_dir(dir.path().join("folder.md")).unwrap();
    let sync = ["sync", "--apply", "--config", "playground/lockstep.yml", "--report"];
    for report in ["none/report.json", "folder.md"] {
        let ended = at(&[&sync[..], &[report]].concat());
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{said}");
        assert!(
            said.contains(&format!("{report}: the report cannot be written there (")),
            "{said}"
        );
        assert_eq!(std::fs::read_to_string(&twin).unwrap(), before, "{report}");
    }
    let ended = at(&[&sync[..], &["report.json"]].concat());
    assert!(ended.status.success());
    assert_ne!(std::fs::read_to_string(&twin).unwrap(), before);
    assert!(dir.path().join("report.json").is_file());
}
