//! The commands: from flags to a run, from its result to text and an exit code. The only part that prints.

mod cache;
mod check;
mod ci;
mod init;
mod inspect;
mod link;
mod playground;
mod repair;
mod status;
mod sync;

use std::io::{ErrorKind, Write as _};
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

use crate::cli::{Cli, Color, Command, Common, Format};
use crate::config::{Config, find, load_file, schema};
use crate::diag::Diagnostic;
use crate::env::Env;
use crate::run::Task;
use crate::safe::{Transcript, logged, masks, printed};

/// Exit code for a wrong command line or mapping file.
const USAGE: u8 = 2;

/// What a command prints and how it ends.
struct Output {
    /// Data, for standard output.
    out: String,
    /// What went wrong, for standard error.
    err: String,
    code: u8,
}

impl Output {
    fn fine(out: impl Into<String>) -> Self {
        Self {
            out: out.into(),
            err: String::new(),
            code: 0,
        }
    }

    fn usage(err: impl Into<String>) -> Self {
        Self {
            out: String::new(),
            err: err.into(),
            code: USAGE,
        }
    }
}

/// Starts the log on standard error. `LOCKSTEP_LOG` overrides the flags with a filter of its own.
pub fn start_log(common: &Common, env: &Env) {
    let level = match (common.quiet, common.verbose) {
        (true, _) => "error",
        (false, 0) => "warn",
        (false, 1) => "lockstep=info,warn",
        (false, _) => "lockstep=debug,warn",
    };
    let filter = env.plain("LOCKSTEP_LOG").unwrap_or(level);
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_unreadable| EnvFilter::new(level));
    let started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| LogLines(std::io::stderr()))
        .with_target(false)
        .with_ansi(false)
        .without_time()
        .try_init();
    // Only a second call in one process fails, and then the first one's log serves.
    drop(started);
}

/// Keeps what the program was working on out of what is printed when it meets a fault of its own: the text of a panic may
/// quote anything.
pub fn hush_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let mut stderr = std::io::stderr();
        drop(stderr.write_all(last_words(panic.location()).as_bytes()));
    }));
}

fn last_words(at: Option<&Location<'_>>) -> String {
    let at = at.map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    format!(
        "lockstep {} met a fault of its own at {at} and stopped; the next run carries on where it was.\n  \
         hint: please report this line. What it was working on is not shown, for it may be private\n",
        env!("CARGO_PKG_VERSION")
    )
}

/// Standard error, to which every record goes as one line, whoever wrote it.
struct LogLines(std::io::Stderr);

impl std::io::Write for LogLines {
    fn write(&mut self, record: &[u8]) -> std::io::Result<usize> {
        self.0.write_all(logged(&String::from_utf8_lossy(record)).as_bytes())?;
        Ok(record.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// Runs a command, prints what it has to say, and returns its exit code.
pub fn run(cli: &Cli, env: &Env) -> ExitCode {
    let output = match &cli.command {
        command if !cli.common.report.is_empty() && has_no_report(command) => {
            Output::usage("this command has no report to write: leave `--report` away\n")
        }
        command if has_one_format(command) && cli.common.format != Format::Human => {
            Output::usage("this command prints text for people only: leave `--format` away\n")
        }
        Command::Schema => Output::fine(schema()),
        Command::Ci => in_runtime(ci::run(&cli.common, env)),
        Command::Status(args) => in_runtime(status::run(&cli.common, args, env)),
        Command::Check(args) => check::run(&cli.common, args, env),
        Command::Init(args) => init::run(&cli.common, args, env),
        Command::Sync(args) => in_runtime(sync::run(&cli.common, args, env)),
        Command::Link(args) => in_runtime(link::join(&cli.common, args, env)),
        Command::Unlink(args) => in_runtime(link::part(&cli.common, args, env)),
        Command::Adopt(args) => in_runtime(repair::run(&cli.common, args, Task::Adopt, env)),
        Command::Repair(args) => in_runtime(repair::run(&cli.common, args, Task::Repair, env)),
        Command::Inspect { issue } => in_runtime(inspect::run(&cli.common, issue, env)),
        Command::Try { dir } => in_runtime(playground::run(&cli.common, dir, env)),
    };
    let choice = colours(cli.common.color, env);
    let mut stdout = anstream::AutoStream::new(std::io::stdout(), choice);
    let mut stderr = anstream::AutoStream::new(std::io::stderr(), choice);
    let printed = write(&mut stdout, &output.out);
    drop(write(&mut stderr, &output.err));
    match printed {
        // A reader that went away (`| head`) is no failure of ours; a full disk leaves half a report.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            drop(write(
                &mut stderr,
                &format!("cannot write to standard output: {error}\n"),
            ));
            ExitCode::from(output.code.max(1))
        }
        Ok(()) | Err(_) => ExitCode::from(output.code),
    }
}

/// Whether a command would pass over `--report`.
fn has_no_report(command: &Command) -> bool {
    match command {
        Command::Check(args) => !args.online,
        Command::Schema | Command::Init(_) | Command::Inspect { .. } => true,
        Command::Adopt(_)
        | Command::Ci
        | Command::Link(_)
        | Command::Repair(_)
        | Command::Status(_)
        | Command::Sync(_)
        | Command::Try { .. }
        | Command::Unlink(_) => false,
    }
}

/// Whether a command prints what no program reads.
fn has_one_format(command: &Command) -> bool {
    matches!(command, Command::Init(_) | Command::Try { .. })
}

/// Whether there are colours. CI services show them although their logs are no terminals; `Auto` leaves the rest, `NO_COLOR`
/// and `CLICOLOR_FORCE` among it, to the stream.
fn colours(asked: Color, env: &Env) -> anstream::ColorChoice {
    let on = |name: &str| env.plain(name).is_some_and(|value| value != "0" && value != "false");
    match asked {
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
        Color::Auto if env.plain("NO_COLOR").is_some() => anstream::ColorChoice::Never,
        Color::Auto if env.plain("FORCE_COLOR").is_some() && !on("FORCE_COLOR") => anstream::ColorChoice::Never,
        Color::Auto if on("FORCE_COLOR") || on("CLICOLOR_FORCE") => anstream::ColorChoice::Always,
        Color::Auto if on("GITHUB_ACTIONS") || on("GITLAB_CI") => anstream::ColorChoice::Always,
        Color::Auto => anstream::ColorChoice::Auto,
    }
}

/// Says something while a command still runs.
fn say(text: &str) {
    drop(write(&mut std::io::stderr(), text));
}

fn write(stream: &mut impl std::io::Write, text: &str) -> std::io::Result<()> {
    stream.write_all(printed(text).as_bytes())?;
    stream.flush()
}

/// Says something to the runner of a CI service, and to whoever reads along: on standard error, for standard output is for
/// data, and runners read both.
fn speak(transcript: &Transcript) {
    // A log that nobody takes is no failure of ours.
    drop(std::io::stderr().write_all(transcript.as_str().as_bytes()));
}

fn in_runtime(work: impl Future<Output = Output>) -> Output {
    match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime.block_on(work),
        Err(error) => Output {
            out: String::new(),
            err: format!("cannot start: {error}\n"),
            code: 1,
        },
    }
}

/// The mapping file and where it was found, or every problem in it as text. GitHub's runner is told first of all, before
/// anything is sent or said, to hide the secrets that the file names.
fn load(common: &Common, env: &Env) -> Result<(PathBuf, Config), Output> {
    let found = locate(common, env).map_err(|problem| Output::usage(format!("{problem}\n")));
    let path = found?;
    read(&path, env).map(|config| (path, config)).map_err(|problems| {
        let mut text = String::new();
        for problem in &problems {
            text.push_str(&format!("{problem}\n"));
        }
        let n = problems.len();
        text.push_str(&format!(
            "{n} {} in the mapping file; nothing was done\n",
            if n == 1 { "problem" } else { "problems" }
        ));
        Output::usage(text)
    })
}

/// Where the mapping file is.
fn locate(common: &Common, env: &Env) -> Result<PathBuf, Diagnostic> {
    let variable = env.plain("LOCKSTEP_CONFIG").filter(|_| common.config.is_none());
    let named = common.config.clone().or_else(|| variable.map(PathBuf::from));
    find(named.as_deref(), Path::new(".")).map_err(|mut problem| {
        if variable.is_some() {
            problem.hint = format!("the variable LOCKSTEP_CONFIG names it; {}", problem.hint);
        }
        problem
    })
}

fn read(path: &Path, env: &Env) -> Result<Config, Vec<Diagnostic>> {
    let config = load_file(path)?;
    hide(&config, env);
    Ok(config)
}

/// Has the secrets of a mapping file hidden.
fn hide(config: &Config, env: &Env) {
    drop(std::io::stderr().write_all(hiding(config, env).as_bytes()));
}

/// What hides the secrets of a mapping file in the log of GitHub's runner; nothing elsewhere. GitLab has no such commands: there
/// a variable is masked where it is defined.
fn hiding(config: &Config, env: &Env) -> String {
    use secrecy::ExposeSecret;
    if env.plain("GITHUB_ACTIONS") != Some("true") {
        return String::new();
    }
    let values = config.secrets().filter_map(|name| env.secret(&name.0));
    masks(values.map(ExposeSecret::expose_secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_follow_the_flag_then_the_usual_variables_then_the_service() {
        use anstream::ColorChoice::{Always, Auto, Never};
        for (asked, variables, wanted) in [
            (Color::Auto, &[][..], Auto),
            (Color::Always, &[("NO_COLOR", "1")][..], Always),
            (Color::Never, &[("FORCE_COLOR", "1")][..], Never),
            (Color::Auto, &[("NO_COLOR", "1"), ("FORCE_COLOR", "1")][..], Never),
            (Color::Auto, &[("FORCE_COLOR", "3")][..], Always),
            (
                Color::Auto,
                &[("FORCE_COLOR", "0"), ("GITHUB_ACTIONS", "true")][..],
                Never,
            ),
            (Color::Auto, &[("CLICOLOR_FORCE", "1")][..], Always),
            (Color::Auto, &[("CLICOLOR_FORCE", "0")][..], Auto),
            (Color::Auto, &[("GITHUB_ACTIONS", "true")][..], Always),
            (Color::Auto, &[("GITLAB_CI", "true")][..], Always),
            (Color::Auto, &[("GITLAB_CI", "true"), ("NO_COLOR", "1")][..], Never),
        ] {
            let found = colours(asked, &Env::of(variables.iter().copied()));
            assert_eq!(found, wanted, "{asked:?} {variables:?}");
        }
    }

    #[test]
    fn the_last_words_name_the_place_and_nothing_else() {
        let words = last_words(Some(Location::caller()));
        assert!(words.contains("src/commands/mod.rs:"), "{words}");
        assert_eq!(words.lines().count(), 2);
        assert!(last_words(None).contains("unknown place"));
    }
}
