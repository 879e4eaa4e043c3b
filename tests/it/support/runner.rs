//! Runners of CI services, simulated: a job starts in an empty environment with exactly the variables and files that the
//! service gives it, and what it prints and leaves behind is read as the service reads it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A machine of a CI service on which one job runs.
pub struct Runner {
    dir: TempDir,
    variables: BTreeMap<String, String>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    GitHub,
    GitLab,
}

/// What a job left behind.
pub struct Job {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    /// The outputs of the step, or the variables of the dotenv report.
    pub outputs: BTreeMap<String, String>,
    /// The job summary; empty on GitLab.
    pub summary: String,
    /// The text of every file in the folder of the report.
    pub files: BTreeMap<String, String>,
}

impl Runner {
    /// GitHub's, for the repository `acme/api` on the instance whose API is at this address.
    pub fn github(api: &str) -> Self {
        let mut runner = Self::new(Kind::GitHub);
        let temp = runner.path("temp");
        for (name, value) in [
            ("CI", "true"),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_API_URL", api),
            ("GITHUB_REPOSITORY", "acme/api"),
            ("GITHUB_RUN_ID", "1"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("RUNNER_ARCH", "X64"),
            ("RUNNER_OS", "Linux"),
        ] {
            runner.set(name, value);
        }
        for (name, path) in [
            ("GITHUB_WORKSPACE", runner.workspace()),
            ("RUNNER_TEMP", temp.clone()),
            ("RUNNER_TOOL_CACHE", runner.path("tools")),
        ] {
            runner.set(name, path.to_str().unwrap());
        }
        for name in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_STATE"] {
            let file = temp.join(name.to_lowercase());
            std::fs::write(&file, "").unwrap();
            runner.set(name, file.to_str().unwrap());
        }
        runner.event("workflow_dispatch", "{\"inputs\": {}}");
        runner
    }

    /// GitLab's, for the project `acme/api` on the instance at this address.
    pub fn gitlab(server: &str) -> Self {
        let mut runner = Self::new(Kind::GitLab);
        for (name, value) in [
            ("CI", "true"),
            ("GITLAB_CI", "true"),
            ("CI_API_V4_URL", &format!("{server}/api/v4")),
            ("CI_COMMIT_BRANCH", "main"),
            ("CI_DEFAULT_BRANCH", "main"),
            ("CI_JOB_ID", "11"),
            ("CI_JOB_NAME", "issue-sync"),
            ("CI_JOB_URL", &format!("{server}/acme/api/-/jobs/11")),
            ("CI_NODE_TOTAL", "1"),
            ("CI_PIPELINE_SOURCE", "schedule"),
            ("CI_PROJECT_PATH", "acme/api"),
            ("CI_SERVER_URL", server),
        ] {
            runner.set(name, value);
        }
        let workspace = runner.workspace();
        runner.set("CI_PROJECT_DIR", workspace.to_str().unwrap());
        runner
    }

    fn new(kind: Kind) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for folder in ["work", "temp", "tools"] {
            std::fs::create_dir(dir.path().join(folder)).unwrap();
        }
        Self {
            dir,
            variables: BTreeMap::new(),
            kind,
        }
    }

    /// A path on the machine.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Where the repository is checked out.
    pub fn workspace(&self) -> PathBuf {
        self.path("work")
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// Takes a variable away.
    pub fn unset(&mut self, name: &str) {
        self.variables.remove(name);
    }

    /// A variable of the job.
    pub fn get(&self, name: &str) -> &str {
        &self.variables[name]
    }

    /// A file in the checked out repository.
    pub fn commit(&self, name: &str, text: &str) {
        let path = self.workspace().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// What started the job, with its payload.
    pub fn event(&mut self, name: &str, payload: &str) {
        let file = self.path("event.json");
        std::fs::write(&file, payload).unwrap();
        let file = file.to_str().unwrap().to_owned();
        match self.kind {
            Kind::GitHub => {
                self.set("GITHUB_EVENT_NAME", name);
                self.set("GITHUB_EVENT_PATH", &file);
            }
            Kind::GitLab => {
                self.set("CI_PIPELINE_SOURCE", name);
                self.set("TRIGGER_PAYLOAD", &file);
            }
        }
    }

    /// Whether a variable of the job is set.
    pub fn has(&self, name: &str) -> bool {
        self.variables.contains_key(name)
    }

    /// Runs a program in the repository, with the variables of the job and no others.
    pub fn run(&self, program: impl AsRef<Path>, args: &[&str]) -> Job {
        self.run_with(program, args, &[])
    }

    /// The same, with variables that a wrapper sets where the job does not.
    pub fn run_with(&self, program: impl AsRef<Path>, args: &[&str], more: &[(String, String)]) -> Job {
        let output = assert_cmd::Command::new(program.as_ref())
            .args(args)
            .current_dir(self.workspace())
            .env_clear()
            .envs(more.iter().cloned())
            .envs(&self.variables)
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let read = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
        let report = match self.kind {
            Kind::GitHub => self.path("temp/lockstep-report"),
            Kind::GitLab => self.path("work/lockstep-report"),
        };
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(report).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            files.insert(name, read(&path));
        }
        let outputs = match self.kind {
            Kind::GitHub => outputs(&read(&self.path("temp/github_output"))),
            Kind::GitLab => dotenv(files.get("result.env").map_or("", String::as_str)),
        };
        Job {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
            outputs,
            summary: read(&self.path("temp/github_step_summary")),
            files,
        }
    }
}

impl Job {
    /// An output, empty when there is none.
    pub fn output(&self, name: &str) -> &str {
        self.outputs.get(name).map_or("", String::as_str)
    }
}

/// The file of outputs as the runner reads it: `name=value`, or `name<<END`, lines, `END`. Anything else fails the step.
fn outputs(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        // Whichever comes first says the form.
        match (line.split_once("<<"), line.split_once('=')) {
            (Some((name, end)), equals) if equals.is_none_or(|(other, _)| name.len() < other.len()) => {
                let value: Vec<&str> = lines.by_ref().take_while(|line| *line != end).collect();
                found.insert(name.to_owned(), value.join("\n"));
            }
            (_, Some((name, value))) => {
                found.insert(name.to_owned(), value.to_owned());
            }
            (_, None) => assert!(line.is_empty(), "no output: {line:?}"),
        }
    }
    found
}

/// A dotenv report as GitLab reads it: at most 5 KB and 20 variables, one a line, nothing else.
fn dotenv(text: &str) -> BTreeMap<String, String> {
    assert!(text.len() <= 5_000 && text.lines().count() <= 20, "{text}");
    let pairs = text
        .lines()
        .map(|line| line.split_once('=').unwrap_or_else(|| panic!("{line:?}")));
    let fine = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    pairs
        .map(|(name, value)| {
            assert!(fine(name), "{name:?}");
            (name.to_owned(), value.to_owned())
        })
        .collect()
}

/// A command found in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    pub name: String,
    pub properties: BTreeMap<String, String>,
    pub data: String,
}

/// The commands in a log, as GitHub's runner reads them, and the lines that are none.
pub fn spoken(log: &str) -> (Vec<Spoken>, String) {
    let mut commands = Vec::new();
    let mut rest = String::new();
    // The runner reads lines as .NET does: each of these ends one.
    for line in log.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
        let told = line
            .trim_start()
            .strip_prefix("::")
            .and_then(|line| line.split_once("::"));
        let Some((head, data)) = told else {
            rest.push_str(line);
            rest.push('\n');
            continue;
        };
        let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
        let properties = properties.split(',').filter_map(|pair| pair.split_once('='));
        commands.push(Spoken {
            name: name.to_owned(),
            properties: properties
                .map(|(name, value)| (name.trim().to_owned(), decoded(value)))
                .collect(),
            data: decoded(data),
        });
    }
    (commands, rest)
}

fn decoded(text: &str) -> String {
    let pairs = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")];
    pairs
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[test]
fn the_runner_reads_what_services_read() {
    let found = outputs("a=1\nb<<E\nx=1\ny\nE\n\nc=<<d\n");
    let pairs = [("a", "1"), ("b", "x=1\ny"), ("c", "<<d")];
    assert_eq!(
        found,
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    );
    let (commands, rest) = spoken("a\n  ::error file=x%2Cy,line=1::a%0Ab::c\n::endgroup::\n");
    assert_eq!(rest, "a\n\n");
    assert_eq!(commands[0].properties["file"], "x,y");
    assert_eq!(commands[0].data, "a\nb::c");
    assert_eq!(commands[1].name, "endgroup");
}
