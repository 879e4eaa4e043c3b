//! Setting up: `init` in git repositories of every shape, `check --online` on trackers in every state.

mod init;
mod online;

use std::path::Path;

/// The program in a folder, with these variables and no others but where to find git.
fn lockstep(dir: &Path, args: &[&str], variables: &[(&str, &str)]) -> Ran {
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_lockstep"))
        .args(args)
        .current_dir(dir)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran {
        out: text(output.stdout),
        err: text(output.stderr),
        code: output.status.code().unwrap(),
    }
}

/// What a run said, and how it ended.
#[derive(Debug)]
struct Ran {
    out: String,
    err: String,
    code: i32,
}
