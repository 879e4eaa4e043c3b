//! The commands: from flags to a run, from its result to text and an exit code. The only part that prints.

mod check;
mod inspect;
mod link;
mod playground;
mod repair;
mod sync;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

use crate::cli::{Cli, Color, Command, Common};
use crate::config::{Config, find, load_file, schema};
use crate::env::Env;
use crate::run::Task;

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
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(false)
        .without_time()
        .try_init();
    // Only a second call in one process fails, and then the first one's log serves.
    drop(started);
}

/// Runs a command, prints what it has to say, and returns its exit code.
pub fn run(cli: &Cli, env: &Env) -> ExitCode {
    let output = match &cli.command {
        Command::Schema => Output::fine(schema()),
        Command::Check => check::run(&cli.common),
        Command::Sync(args) => in_runtime(sync::run(&cli.common, args, env)),
        Command::Link(args) => in_runtime(link::join(&cli.common, args, env)),
        Command::Unlink(args) => in_runtime(link::part(&cli.common, args, env)),
        Command::Adopt(args) => in_runtime(repair::run(&cli.common, args, Task::Adopt, env)),
        Command::Repair(args) => in_runtime(repair::run(&cli.common, args, Task::Repair, env)),
        Command::Inspect { issue } => in_runtime(inspect::run(&cli.common, issue, env)),
        Command::Try { dir } => in_runtime(playground::run(&cli.common, dir, env)),
    };
    let choice = match cli.common.color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    let mut stdout = anstream::AutoStream::new(std::io::stdout(), choice);
    let mut stderr = anstream::AutoStream::new(std::io::stderr(), choice);
    // A reader that went away (`| head`) is no failure of ours.
    drop(stdout.write_all(output.out.as_bytes()).and_then(|()| stdout.flush()));
    drop(stderr.write_all(output.err.as_bytes()).and_then(|()| stderr.flush()));
    ExitCode::from(output.code)
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

/// The mapping file and where it was found, or every problem in it as text.
fn load(common: &Common) -> Result<(PathBuf, Config), Output> {
    let path =
        find(common.config.as_deref(), Path::new(".")).map_err(|problem| Output::usage(format!("{problem}\n")))?;
    match load_file(&path) {
        Ok(config) => Ok((path, config)),
        Err(problems) => {
            let mut text = String::new();
            for problem in &problems {
                text.push_str(&format!("{problem}\n"));
            }
            let n = problems.len();
            text.push_str(&format!(
                "{n} {} in the mapping file; nothing was done\n",
                if n == 1 { "problem" } else { "problems" }
            ));
            Err(Output::usage(text))
        }
    }
}
