//! The entry script of the action, under each shell it may meet, on a simulated runner: an empty environment, a mirror in a
//! folder or on loopback, and a script that stands in for the program and says how it was called.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use super::file;
use crate::support::runner::{Job, Runner, spoken};

const SHELLS: [&str; 2] = ["dash", "bash"];
const VERSION: &str = "1.2.3";
/// Ends with a code of its own, as the program does when `fail-on` is met.
const STAND_IN: &str =
    "#!/bin/sh\nprintf 'called: %s\\n' \"$*\"\nprintf 'given: %s\\n' \"$LOCKSTEP_EXTRA_ARGS\"\nexit 6\n";

/// A runner with a copy of the action, and a mirror that holds its release.
struct Stage {
    runner: Runner,
    shell: &'static str,
}

impl Stage {
    /// A released action.
    fn released(shell: &'static str) -> Self {
        let stage = Self::new(shell);
        let mirror = stage.path("mirror/v1.2.3");
        std::fs::create_dir_all(&mirror).unwrap();
        std::fs::write(mirror.join("lockstep"), STAND_IN).unwrap();
        let archive = format!("lockstep-{VERSION}-{}.tar.gz", here());
        let packed = Command::new("tar")
            .args(["-czf", &archive, "lockstep"])
            .current_dir(&mirror)
            .status();
        assert!(packed.unwrap().success());
        let (archive_sum, binary_sum) = (sum(&mirror.join(&archive)), sum(&mirror.join("lockstep")));
        std::fs::remove_file(mirror.join("lockstep")).unwrap();
        // Rows of other machines around ours: the first that looks alike is not taken.
        let manifest = format!(
            "# comment\n{VERSION} other-target 00 lockstep-{VERSION}-other-target.tar.gz\n{VERSION} other-target 11 lockstep\n\
             {VERSION} {here} {binary_sum} lockstep\n{VERSION} {here} {archive_sum} {archive}\n",
            here = here()
        );
        std::fs::write(stage.path("action/action/manifest.txt"), manifest).unwrap();
        stage
    }

    /// The action as it is in this commit, on a runner that has nothing but a path to ordinary programs.
    fn new(shell: &'static str) -> Self {
        let mut runner = Runner::github("https://api.github.com");
        let action = runner.path("action");
        std::fs::create_dir_all(action.join("action")).unwrap();
        for name in ["entry.sh", "manifest.txt"] {
            std::fs::write(action.join("action").join(name), file(&format!("action/{name}"))).unwrap();
        }
        let mirror = format!("file://{}", runner.path("mirror").display());
        for (name, value) in [
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("GITHUB_ACTION_PATH", action.to_str().unwrap()),
            ("LOCKSTEP_DOWNLOAD_URL", &mirror),
            ("LOCKSTEP_GITHUB_TOKEN", "token-of-the-job"),
            ("LOCKSTEP_EXTRA_ARGS", "--only\n$(touch evil) `touch evil`; \"x\""),
        ] {
            runner.set(name, value);
        }
        Self { runner, shell }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.runner.path(name)
    }

    fn archive(&self) -> PathBuf {
        self.path(&format!("mirror/v1.2.3/lockstep-{VERSION}-{}.tar.gz", here()))
    }

    /// Where the binary stays for later runs.
    fn cached(&self) -> PathBuf {
        self.path(&format!("tools/lockstep/{VERSION}/{}/lockstep", here()))
    }

    fn run(&self) -> Job {
        let script = self.path("action/action/entry.sh");
        let job = self.runner.run(self.shell, &[script.to_str().unwrap()]);
        let evil = [self.runner.workspace(), self.path("")].map(|folder| folder.join("evil"));
        assert!(evil.iter().all(|path| !path.exists()), "an input was evaluated");
        job
    }

    /// Runs it and expects the program to have been called.
    fn runs(&self) -> Job {
        let job = self.run();
        assert_eq!(job.code, Some(6), "{}: {}", self.shell, job.stderr);
        assert_eq!(
            job.stdout,
            "called: ci\ngiven: --only\n$(touch evil) `touch evil`; \"x\"\n"
        );
        job
    }

    /// Runs it and expects a refusal: one error with these words, outputs that say so, and nothing run or left behind.
    fn refuses(&self, code: i32, words: &[&str]) -> Job {
        let job = self.run();
        assert_eq!(job.code, Some(code), "{}: {}", self.shell, job.stderr);
        assert_eq!(job.stdout, "");
        let (commands, _) = spoken(&job.stderr);
        let errors: Vec<&str> = commands
            .iter()
            .filter(|command| command.name == "error")
            .map(|command| command.data.as_str())
            .collect();
        let [error] = errors[..] else { panic!("{}", job.stderr) };
        for word in words {
            assert!(error.contains(word), "{word:?} is not in {error:?}");
        }
        assert_eq!(job.output("status"), "failed");
        assert_eq!(job.output("changed"), "false");
        assert_eq!(job.output("exit-code"), code.to_string());
        let left = self.path("tools/lockstep");
        if left.is_dir() {
            let left = left.display().to_string();
            let found = Command::new("find").args([&left, "-type", "f"]).output().unwrap();
            assert_eq!(String::from_utf8_lossy(&found.stdout), "", "left behind");
        }
        job
    }
}

/// This machine, as the manifest calls it.
fn here() -> String {
    let system = if cfg!(target_os = "macos") {
        "apple-darwin"
    } else {
        "unknown-linux-musl"
    };
    format!("{}-{system}", std::env::consts::ARCH)
}

fn sum(path: &Path) -> String {
    let sum = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &std::fs::read(path).unwrap());
    sum.as_ref()
        .iter()
        .fold(String::new(), |sum, byte| format!("{sum}{byte:02x}"))
}

/// A program in a folder of its own, to be put before the others.
fn program(folder: &Path, name: &str, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::create_dir_all(folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// A path that leads to these programs and no others.
fn only(folder: &Path, names: &[&str]) -> String {
    std::fs::create_dir_all(folder).unwrap();
    for name in names {
        let places = ["/usr/bin", "/bin", "/usr/local/bin"].map(|place| Path::new(place).join(name));
        let found = places.into_iter().find(|path| path.exists());
        std::os::unix::fs::symlink(found.unwrap_or_else(|| panic!("no {name}")), folder.join(name)).unwrap();
    }
    folder.to_str().unwrap().to_owned()
}

const ORDINARY: [&str; 11] = [
    "uname", "tr", "sed", "tar", "gzip", "mktemp", "mkdir", "mv", "rm", "chmod", "cp",
];

#[test]
fn a_release_is_fetched_checked_and_run_and_found_in_the_tool_cache_later() {
    for shell in SHELLS {
        let mut stage = Stage::released(shell);
        let job = stage.runs();
        assert_eq!(job.stderr, "");
        let left: Vec<_> = std::fs::read_dir(stage.cached().parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 1, "only the binary stays: {left:?}");
        stage.runner.set("LOCKSTEP_DOWNLOAD_URL", "file:///nowhere");
        stage.runner.set("LOCKSTEP_VERSION", "v1.2.3");
        stage.runs();
    }
}

#[test]
fn a_tampered_archive_is_refused() {
    for shell in SHELLS {
        let stage = Stage::released(shell);
        let mut bytes = std::fs::read(stage.archive()).unwrap();
        bytes.push(0);
        std::fs::write(stage.archive(), bytes).unwrap();
        stage.refuses(2, &["checksum", "was not run", "mend the mirror"]);
    }
}

#[test]
fn another_binary_in_the_right_archive_is_refused() {
    for shell in SHELLS {
        let stage = Stage::released(shell);
        let path = stage.path("action/action/manifest.txt");
        let manifest = std::fs::read_to_string(&path).unwrap();
        let row = manifest
            .lines()
            .find(|row| row.contains(&here()) && row.ends_with(" lockstep"));
        let other = format!("{VERSION} {} {} lockstep", here(), "a".repeat(64));
        std::fs::write(&path, manifest.replace(row.unwrap(), &other)).unwrap();
        stage.refuses(2, &["The binary in", "checksum", "was not run"]);
    }
}

#[test]
fn a_tool_cache_that_holds_something_else_is_filled_anew() {
    for shell in SHELLS {
        let stage = Stage::released(shell);
        let cached = stage.cached();
        program(cached.parent().unwrap(), "lockstep", "#!/bin/sh\necho evil\n");
        let job = stage.runs();
        let (commands, _) = spoken(&job.stderr);
        assert_eq!(commands.len(), 1);
        assert_eq!(commands[0].name, "warning");
        assert!(commands[0].data.contains("fetched again"), "{}", job.stderr);
        assert_eq!(stage.runs().stderr, "");
    }
}

#[test]
fn without_a_tool_cache_the_temporary_folder_does() {
    for shell in SHELLS {
        let mut stage = Stage::released(shell);
        let tools = stage.path("tools");
        std::fs::remove_dir(&tools).unwrap();
        std::fs::write(&tools, "not a folder").unwrap();
        stage.runs();
        assert!(stage.path(&format!("temp/lockstep/{VERSION}")).is_dir());
        stage.runner.unset("RUNNER_TOOL_CACHE");
        stage.runner.set("LOCKSTEP_DOWNLOAD_URL", "file:///nowhere");
        stage.runs();
    }
}

#[test]
fn the_input_binary_is_run_and_nothing_is_fetched() {
    for shell in SHELLS {
        let mut stage = Stage::new(shell);
        stage.runner.set("LOCKSTEP_DOWNLOAD_URL", "file:///nowhere");
        program(&stage.path("work/-odd name"), "lockstep", STAND_IN);
        stage.runner.set("LOCKSTEP_BINARY", "-odd name/lockstep");
        stage.runs();
        let whole = stage.path("work/-odd name/lockstep");
        stage.runner.set("LOCKSTEP_BINARY", whole.to_str().unwrap());
        stage.runs();
        stage.runner.set("LOCKSTEP_BINARY", "-odd name");
        stage.refuses(2, &["The input binary", "-odd name", "full path"]);
    }
}

#[test]
fn what_an_input_holds_is_no_command_for_the_runner() {
    for shell in SHELLS {
        let mut stage = Stage::new(shell);
        let hostile = "x\n::set-output name=status::settled\r::add-mask::a##[stop-commands]x%0A::debug::";
        stage.runner.set("LOCKSTEP_BINARY", hostile);
        let job = stage.refuses(2, &["no file that can be run"]);
        assert_eq!(spoken(&job.stderr).0.len(), 1, "{}", job.stderr);
        assert!(!job.stderr.contains("##["), "{}", job.stderr);
    }
}

#[test]
fn a_commit_that_is_no_release_says_what_to_do() {
    for shell in SHELLS {
        let stage = Stage::new(shell);
        std::fs::write(stage.path("action/action/manifest.txt"), "# nothing yet\n\n").unwrap();
        stage.refuses(2, &["not a release", "OWNER/lockstep@v", "input binary"]);
    }
}

#[test]
fn a_part_of_the_action_is_not_enough() {
    for shell in SHELLS {
        let stage = Stage::new(shell);
        std::fs::remove_file(stage.path("action/action/manifest.txt")).unwrap();
        stage.refuses(2, &["manifest.txt", "as a whole"]);
    }
}

#[test]
fn inputs_that_cannot_be_obeyed_are_refused() {
    for shell in SHELLS {
        let mut stage = Stage::released(shell);
        stage.runner.set("LOCKSTEP_VERSION", "1.2");
        stage.refuses(2, &["carries lockstep 1.2.3", "asks for 1.2", "leave the input empty"]);
        stage.runner.unset("LOCKSTEP_VERSION");
        for odd in ["ftp://mirror.example.org", "-o/etc/passwd", "mirror"] {
            stage.runner.set("LOCKSTEP_DOWNLOAD_URL", odd);
            stage.refuses(2, &["download-url must begin with"]);
        }
        stage.runner.set("LOCKSTEP_DOWNLOAD_URL", "file:///nowhere");
        stage.refuses(3, &["could not be fetched", "download-url or binary"]);
    }
}

#[test]
fn machines_without_a_binary_are_told_so() {
    for shell in SHELLS {
        for (system, machine, word) in [
            ("FreeBSD", "amd64", "no binary for FreeBSD"),
            ("Linux", "riscv64", "no binary for riscv64"),
            ("Darwin", "arm64", "not released for aarch64-apple-darwin"),
            ("Linux", "s390x", "no binary for s390x"),
        ] {
            let mut stage = Stage::released(shell);
            let fake = stage.path("fake");
            let script = format!("#!/bin/sh\n[ \"$1\" = -s ] && echo {system} || echo {machine}\n");
            program(&fake, "uname", &script);
            stage.runner.set("PATH", &format!("{}:/usr/bin:/bin", fake.display()));
            if cfg!(target_os = "macos") && system == "Darwin" {
                continue;
            }
            stage.refuses(2, &[word, "input binary"]);
        }
    }
}

#[test]
fn what_the_runner_lacks_is_named() {
    for shell in SHELLS {
        let mut stage = Stage::released(shell);
        let ordinary = only(&stage.path("ordinary"), &ORDINARY);
        let shells = only(&stage.path("shells"), &SHELLS);
        stage.runner.set("PATH", &format!("{ordinary}:{shells}"));
        stage.refuses(2, &["neither sha256sum nor shasum"]);
        let sums = only(&stage.path("sums"), &["sha256sum"]);
        stage.runner.set("PATH", &format!("{ordinary}:{sums}:{shells}"));
        stage.runner.set("LOCKSTEP_DOWNLOAD_URL", "https://mirror.example.org");
        stage.refuses(2, &["neither curl nor wget"]);
    }
}

/// Serves the mirror's folder, and keeps the head of every request.
async fn serve(folder: PathBuf) -> (String, Arc<Mutex<Vec<String>>>) {
    let heads = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&heads);
    let app = axum::Router::new().fallback(move |request: axum::extract::Request| {
        let path = folder.join(request.uri().path().trim_start_matches('/'));
        kept.lock()
            .unwrap()
            .push(format!("{} {:?}", request.uri(), request.headers()));
        async move { std::fs::read(path).map_err(|_absent| axum::http::StatusCode::NOT_FOUND) }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (address, heads)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mirror_on_the_web_gets_no_token_from_either_program() {
    let is_there = |client: &&str| Path::new("/usr/bin").join(client).exists();
    let clients: Vec<&str> = ["curl", "wget"].into_iter().filter(is_there).collect();
    assert!(!clients.is_empty(), "install curl or wget");
    for shell in SHELLS {
        for client in &clients {
            let mut stage = Stage::released(shell);
            let (address, heads) = serve(stage.path("mirror")).await;
            let mut names = ORDINARY.to_vec();
            names.extend(["sha256sum", client, "sh"]);
            names.extend(SHELLS);
            let programs = only(&stage.path("programs"), &names);
            stage.runner.set("PATH", &programs);
            stage.runner.set("LOCKSTEP_DOWNLOAD_URL", &format!("{address}/"));
            tokio::task::block_in_place(|| stage.runs());
            let heads = heads.lock().unwrap().join("\n");
            let archive = stage.archive();
            let wanted = format!("/v1.2.3/{} ", archive.file_name().unwrap().to_str().unwrap());
            assert!(heads.starts_with(&wanted), "{heads}");
            assert!(
                !heads.contains("token-of-the-job") && !heads.contains("authorization"),
                "{heads}"
            );
        }
    }
}
