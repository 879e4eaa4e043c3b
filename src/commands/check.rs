//! `lockstep check`: the mapping file alone.

use std::path::Path;

use super::{Output, load};
use crate::cli::Common;
use crate::config::Config;
use crate::env::Env;

pub(super) fn run(common: &Common, env: &Env) -> Output {
    match load(common, env) {
        Ok((path, config)) => Output::fine(describe(&path, &config)),
        Err(output) => output,
    }
}

/// What a mapping file without mistakes asks for.
pub(super) fn describe(path: &Path, config: &Config) -> String {
    let mut out = format!("{}: fine\n", path.display());
    for sync in &config.syncs {
        let creates = [
            (&sync.between.left, &sync.create.left),
            (&sync.between.right, &sync.create.right),
        ];
        let creates: Vec<String> = creates
            .iter()
            .filter(|(_, rule)| rule.is_some())
            .map(|(name, _)| format!("new issues of {name} cross"))
            .collect();
        let creates = if creates.is_empty() {
            "no issue is created".to_owned()
        } else {
            creates.join(", ")
        };
        out.push_str(&format!(
            "  {}: {} and {}; {creates}\n",
            sync.name, sync.between.left, sync.between.right
        ));
    }
    out
}
