//! `lockstep adopt` and `lockstep repair`: join by title, mend; dry without `--apply`.

use super::sync::{carry_out, duration, expect_sync, quoted};
use super::{Output, load};
use crate::cli::{Common, MendArgs};
use crate::env::{Env, now};
use crate::run::{Request, Task};

pub(super) async fn run(common: &Common, args: &MendArgs, task: Task, env: &Env) -> Output {
    let (path, config) = match load(common, env) {
        Ok(found) => found,
        Err(output) => return output,
    };
    if let Err(problem) = expect_sync(&config, args.only.as_deref()) {
        return Output::usage(format!("{problem}\n"));
    }
    let time_budget = match args.time_budget.as_deref().map(duration).transpose() {
        Ok(budget) => budget,
        Err(problem) => return Output::usage(format!("{problem}\n")),
    };
    let name = if task == Task::Adopt { "adopt" } else { "repair" };
    let only = args
        .only
        .as_ref()
        .map_or_else(String::new, |name| format!(" --only {}", quoted(name.as_ref())));
    let next = format!("{name} --apply{only} --config {}", quoted(&path));
    let request = Request {
        task,
        apply: args.apply,
        only: args.only.clone(),
        max_changes: args.max_changes,
        time_budget,
        show_titles: args.show_titles,
        ..Request::default()
    };
    carry_out(common, &config, env, &request, now(), &next).await
}
