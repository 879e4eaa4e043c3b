//! `lockstep try`: a playground of two folders and a real sync in it.

use std::path::Path;

use super::sync::{Progress, expect_reports, program, quoted, write_reports};
use super::{Output, USAGE};
use crate::cli::Common;
use crate::config::load_file;
use crate::env::{Env, now};
use crate::playground::make;
use crate::report::{Outcome, human};
use crate::run::{Request, sync};

pub(super) async fn run(common: &Common, dir: &Path, env: &Env) -> Output {
    if let Err(problem) = expect_reports(common) {
        return Output::usage(format!("{problem}\n"));
    }
    let made = match make(dir) {
        Ok(made) => made,
        Err(error) => {
            return Output {
                out: String::new(),
                err: format!("{error}\n"),
                code: USAGE,
            };
        }
    };
    let config = match load_file(&made.config) {
        Ok(config) => config,
        Err(problems) => {
            let text: Vec<String> = problems.iter().map(ToString::to_string).collect();
            return Output {
                out: String::new(),
                err: format!("{}\n", text.join("\n")),
                code: USAGE,
            };
        }
    };
    let request = Request {
        apply: true,
        show_titles: true,
        ..Request::default()
    };
    let progress = Progress::new(common.quiet);
    let report = sync(&config, env, &request, now(), &progress).await;
    progress.finish();
    let command = format!("{} sync --apply --config {}", program(), quoted(&made.config));
    let mut out = format!(
        "Made a playground in {}: two folders of issues and a mapping file.\n\n",
        dir.display()
    );
    out.push_str(&human(&report, &command));
    if matches!(report.outcome, Outcome::Changed | Outcome::Settled) {
        let show = |name: &str| quoted(&dir.join(name));
        out.push_str(&format!(
            "\nWhat to try next:\n\
             \x20 1. Edit an issue on either side, for example the title in {} or `status: closed` in {}.\n\
             \x20 2. See what would happen:  {} sync --config {}\n\
             \x20 3. Let it happen:          {command}\n\
             \x20 4. Run it again: it says that everything is settled, and touches no file.\n\
             \nThe rules are in {}. Take the folder away when you are done; nothing else was touched.\n",
            show("product/0001.md"),
            show("team/0002.md"),
            program(),
            quoted(&made.config),
            show("lockstep.yml"),
        ));
    }
    let (err, failed) = write_reports(common, &report);
    Output {
        out,
        err,
        code: report.outcome.exit_code().max(u8::from(failed)),
    }
}
