//! The program: read the command line, run it, exit with its code.

use std::process::ExitCode;

use clap::Parser as _;
use lockstep::cli::Cli;
use lockstep::env::Env;

fn main() -> ExitCode {
    lockstep::commands::hush_panics();
    let cli = Cli::parse();
    let env = Env::of_process();
    lockstep::commands::start_log(&cli.common, &env);
    lockstep::commands::run(&cli, &env)
}
