//! The inputs of a job: `LOCKSTEP_*` variables, which the wrappers set. Every mistake is told at once, in the user's words.

use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;
use secrecy::SecretString;

use super::service::Naming;
use crate::env::Env;
use crate::model::IssueRef;
use crate::safe::Safe;

/// An input by its two names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Input {
    /// As an input of the action.
    pub action: &'static str,
    /// As a variable.
    pub variable: &'static str,
}

/// Declares the inputs once: a constant of each, and the list of all.
macro_rules! inputs {
    ($($name:ident = $action:literal, $variable:literal;)+) => {
        $(pub(super) const $name: Input = Input { action: $action, variable: $variable };)+

        /// Every input that this program reads. An empty one is not given.
        pub const INPUTS: &[Input] = &[$($name),+];
    };
}

inputs! {
    COMMAND = "command", "LOCKSTEP_COMMAND";
    CONFIG = "config", "LOCKSTEP_CONFIG";
    SCOPE = "scope", "LOCKSTEP_SCOPE";
    DRY_RUN = "dry-run", "LOCKSTEP_DRY_RUN";
    FAIL_ON = "fail-on", "LOCKSTEP_FAIL_ON";
    MAX_CHANGES = "max-changes", "LOCKSTEP_MAX_CHANGES";
    TIME_BUDGET = "time-budget", "LOCKSTEP_TIME_BUDGET";
    SUMMARY = "summary", "LOCKSTEP_SUMMARY";
    ANNOTATIONS = "annotations", "LOCKSTEP_ANNOTATIONS";
    SHOW_TITLES = "show-titles", "LOCKSTEP_SHOW_TITLES";
    REPORT_DIR = "report-dir", "LOCKSTEP_REPORT_DIR";
    LOG = "log-level", "LOCKSTEP_LOG";
    EXTRA_ARGS = "extra-args", "LOCKSTEP_EXTRA_ARGS";
    WORKDIR = "working-directory", "LOCKSTEP_WORKDIR";
    TOKEN = "token", "LOCKSTEP_GITHUB_TOKEN";
}

/// What the job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Bring both sides up to date.
    Sync,
    /// Say where they differ.
    Status,
    /// Check the mapping file.
    Check,
    /// Mend markers, duplicates and orphans.
    Repair,
    /// Join unlinked issues of equal title.
    Adopt,
}

impl Command {
    const ALL: [(&'static str, Self); 5] = [
        ("sync", Self::Sync),
        ("status", Self::Status),
        ("check", Self::Check),
        ("repair", Self::Repair),
        ("adopt", Self::Adopt),
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, command)| *command == self);
        found.map_or("sync", |(name, _)| name)
    }
}

/// What turns a job red.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// What went wrong.
    Error,
    /// And conflicts.
    Conflict,
    /// And anything that was or would be written, or that differs.
    Drift,
    /// And anything that was or would be written.
    Changes,
    /// Nothing but a wrong input or mapping file.
    Never,
}

/// What to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// What the event names, else everything.
    Auto,
    /// Everything.
    All,
    /// These issues and their twins.
    Issues(Vec<IssueRef>),
}

/// The inputs, read.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an input of its own")]
pub struct Inputs {
    /// What to do.
    pub command: Command,
    /// The mapping file, from the working directory.
    pub config: Option<PathBuf>,
    /// What to look at.
    pub scope: Scope,
    /// Write nothing.
    pub dry_run: bool,
    /// What turns the job red.
    pub fail_on: FailOn,
    /// Instead of the mapping file's `guard.max_changes`.
    pub max_changes: Option<u64>,
    /// Stop cleanly after this long.
    pub time_budget: Option<Duration>,
    /// Write the summary of the job.
    pub summary: bool,
    /// Annotate.
    pub annotations: bool,
    /// Show titles and bodies even where a side is private.
    pub show_titles: bool,
    /// The folder of the report.
    pub report_dir: Option<PathBuf>,
    /// Further arguments of the command.
    pub extra_args: Vec<String>,
    /// Where the mapping file is looked for.
    pub workdir: PathBuf,
    /// Stands in for the token of this host's GitHub tracker.
    pub token: Option<SecretString>,
}

struct Reader<'a> {
    env: &'a Env,
    naming: Naming,
    problems: Vec<String>,
}

impl<'a> Reader<'a> {
    fn text(&self, input: Input) -> Option<&'a str> {
        self.env.plain(input.variable).map(str::trim)
    }

    fn name(&self, input: Input) -> &'static str {
        name(input, self.naming)
    }

    fn wrong(&mut self, input: Input, value: &str, wanted: &str) {
        let name = self.name(input);
        self.problems
            .push(format!("`{name}`: \"{}\" is not allowed; {wanted}", Safe(value)));
    }

    fn word<T: Copy>(&mut self, input: Input, words: &[(&str, T)], default: T) -> T {
        let Some(text) = self.text(input) else { return default };
        if let Some((_, value)) = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)) {
            return *value;
        }
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        self.wrong(input, text, &format!("write one of: {}", names.join(", ")));
        default
    }

    fn switch(&mut self, input: Input, default: bool) -> bool {
        self.word(input, &[("true", true), ("false", false)], default)
    }

    fn count(&mut self, input: Input) -> Option<u64> {
        let text = self.text(input)?;
        let count = text.parse().ok();
        if count.is_none() {
            self.wrong(input, text, "write a whole number, such as 500");
        }
        count
    }

    fn time(&mut self, input: Input) -> Option<Duration> {
        let text = self.text(input)?;
        let signed = text.parse::<SignedDuration>().ok();
        let time = signed.and_then(|signed| Duration::try_from(signed).ok());
        if time.is_none() {
            self.wrong(input, text, "write a time, such as 50m or 1h 30m");
        }
        time
    }

    /// The log has begun by now, by what could be read of its filter; a word that is no level would have silenced it.
    fn check_log(&mut self) {
        let levels = ["off", "error", "warn", "info", "debug", "trace"];
        let word = self.text(LOG).filter(|text| text.chars().all(char::is_alphanumeric));
        if let Some(word) = word.filter(|word| !levels.contains(&word.to_ascii_lowercase().as_str())) {
            let wanted = format!(
                "write one of: {}, or a filter such as lockstep=debug",
                levels.join(", ")
            );
            self.wrong(LOG, word, &wanted);
        }
    }

    fn scope(&mut self, command: Command) -> Scope {
        match self.text(SCOPE) {
            None => Scope::Auto,
            Some(text) if text.eq_ignore_ascii_case("auto") => Scope::Auto,
            Some(text) if text.eq_ignore_ascii_case("all") => Scope::All,
            Some(text) => {
                let mut issues = Vec::new();
                for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
                    match IssueRef::parse(line) {
                        Some(issue) if !issues.contains(&issue) => issues.push(issue),
                        Some(_) => {}
                        None => self.wrong(
                            SCOPE,
                            line,
                            "write auto, all, or references of issues, one a line: github#12",
                        ),
                    }
                }
                if command != Command::Sync {
                    let (scope, name) = (self.name(SCOPE), self.name(COMMAND));
                    self.problems.push(format!(
                        "`{scope}`: only sync looks at single issues, and `{name}` is {}; leave it out or write all",
                        command.name()
                    ));
                }
                Scope::Issues(issues)
            }
        }
    }
}

impl Inputs {
    /// Reads the inputs, or says everything that is wrong with them.
    pub fn read(env: &Env, naming: Naming) -> Result<Self, Vec<String>> {
        let mut reader = Reader {
            env,
            naming,
            problems: Vec::new(),
        };
        let command = reader.word(COMMAND, &Command::ALL, Command::Sync);
        let fail_on = [
            ("error", FailOn::Error),
            ("conflict", FailOn::Conflict),
            ("drift", FailOn::Drift),
            ("changes", FailOn::Changes),
            ("never", FailOn::Never),
        ];
        reader.check_log();
        let lines = env.plain(EXTRA_ARGS.variable).unwrap_or_default().lines();
        let read = Self {
            command,
            config: reader.text(CONFIG).map(PathBuf::from),
            scope: reader.scope(command),
            dry_run: reader.switch(DRY_RUN, false),
            fail_on: reader.word(FAIL_ON, &fail_on, FailOn::Error),
            max_changes: reader.count(MAX_CHANGES),
            time_budget: reader.time(TIME_BUDGET),
            summary: reader.switch(SUMMARY, true),
            annotations: reader.switch(ANNOTATIONS, true),
            show_titles: reader.switch(SHOW_TITLES, false),
            report_dir: reader.text(REPORT_DIR).map(PathBuf::from),
            extra_args: lines
                .filter(|line| !line.trim().is_empty())
                .map(str::to_owned)
                .collect(),
            workdir: reader.text(WORKDIR).unwrap_or(".").into(),
            token: env.secret(TOKEN.variable).cloned(),
        };
        if reader.problems.is_empty() {
            Ok(read)
        } else {
            Err(reader.problems)
        }
    }
}

/// What the users of a service call the further arguments.
pub fn extra_args_name(naming: Naming) -> &'static str {
    name(EXTRA_ARGS, naming)
}

/// What the users of a service call the dry run.
pub fn dry_run_name(naming: Naming) -> &'static str {
    name(DRY_RUN, naming)
}

fn name(input: Input, naming: Naming) -> &'static str {
    match naming {
        Naming::Action => input.action,
        Naming::Variable => input.variable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)], naming: Naming) -> Result<Inputs, Vec<String>> {
        Inputs::read(&Env::of(variables.iter().copied()), naming)
    }

    #[test]
    fn nothing_given_is_a_sync_of_what_the_event_names() {
        let empty: Vec<(&str, &str)> = INPUTS.iter().map(|input| (input.variable, " ")).collect();
        for variables in [&[][..], &empty] {
            let inputs = read(variables, Naming::Action).unwrap();
            assert_eq!(
                (inputs.command, inputs.scope, inputs.fail_on),
                (Command::Sync, Scope::Auto, FailOn::Error)
            );
            assert!(inputs.summary && inputs.annotations && !inputs.dry_run && !inputs.show_titles);
            assert!(inputs.config.is_none() && inputs.token.is_none() && inputs.extra_args.is_empty());
            assert_eq!(inputs.workdir, PathBuf::from("."));
        }
    }

    #[test]
    fn every_mistake_is_told_at_once_in_the_words_of_the_user() {
        let wrong = [
            ("LOCKSTEP_COMMAND", "plan"),
            ("LOCKSTEP_LOG", "inof"),
            ("LOCKSTEP_DRY_RUN", "yes"),
            ("LOCKSTEP_FAIL_ON", "warning"),
            ("LOCKSTEP_MAX_CHANGES", "-1"),
            ("LOCKSTEP_TIME_BUDGET", "soon"),
            ("LOCKSTEP_SCOPE", "github#1\nseven\n"),
        ];
        let problems = read(&wrong, Naming::Action).unwrap_err();
        assert_eq!(
            problems,
            [
                "`command`: \"plan\" is not allowed; write one of: sync, status, check, repair, adopt",
                "`log-level`: \"inof\" is not allowed; write one of: off, error, warn, info, debug, trace, or a filter such as lockstep=debug",
                "`scope`: \"seven\" is not allowed; write auto, all, or references of issues, one a line: github#12",
                "`dry-run`: \"yes\" is not allowed; write one of: true, false",
                "`fail-on`: \"warning\" is not allowed; write one of: error, conflict, drift, changes, never",
                "`max-changes`: \"-1\" is not allowed; write a whole number, such as 500",
                "`time-budget`: \"soon\" is not allowed; write a time, such as 50m or 1h 30m",
            ]
        );
        let problems = read(&wrong, Naming::Variable).unwrap_err();
        assert!(
            problems[3].starts_with("`LOCKSTEP_DRY_RUN`: \"yes\""),
            "{}",
            problems[3]
        );
        let problems = read(
            &[("LOCKSTEP_COMMAND", "repair"), ("LOCKSTEP_SCOPE", "a#1")],
            Naming::Action,
        );
        assert!(problems.unwrap_err()[0].contains("only sync looks at single issues"));
    }

    #[test]
    fn values_are_read() {
        let inputs = read(
            &[
                ("LOCKSTEP_COMMAND", "Adopt"),
                ("LOCKSTEP_DRY_RUN", "TRUE"),
                ("LOCKSTEP_TIME_BUDGET", "1h 30m"),
                ("LOCKSTEP_EXTRA_ARGS", "--only\na b\r\n\n"),
            ],
            Naming::Variable,
        )
        .unwrap();
        assert_eq!(inputs.command, Command::Adopt);
        assert!(inputs.dry_run);
        assert_eq!(inputs.time_budget, Some(Duration::from_mins(90)));
        assert_eq!(inputs.extra_args, ["--only", "a b"]);
        let refs = read(
            &[("LOCKSTEP_SCOPE", "github#1\n\n gitlab#2 \ngithub#1")],
            Naming::Action,
        )
        .unwrap();
        let wanted = ["github#1", "gitlab#2"].map(|text| IssueRef::parse(text).unwrap());
        assert_eq!(refs.scope, Scope::Issues(wanted.into()));
    }
}
