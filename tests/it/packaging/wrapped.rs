//! Jobs as the services start them: through the action on GitHub, through the job of the template on GitLab, with the inputs
//! that a test gives and the defaults of all others.

use std::path::Path;

use crate::support::runner::{Job, Runner};

use super::{keys, root, yaml};

/// Runs the program on this runner, the way its service would; as it is where there is none.
pub(crate) fn run(runner: &Runner) -> Job {
    let program = Path::new(env!("CARGO_BIN_EXE_lockstep"));
    if runner.has("GITHUB_ACTIONS") {
        let script = root().join("action/entry.sh");
        let mut more = action();
        more.push(("LOCKSTEP_BINARY".to_owned(), program.display().to_string()));
        runner.run_with("sh", &[script.to_str().unwrap()], &more)
    } else if runner.has("GITLAB_CI") {
        let (script, mut more) = job();
        let folder = program.parent().unwrap().display();
        more.push(("PATH".to_owned(), format!("{folder}:/usr/bin:/bin")));
        runner.run_with("sh", &["-ec", &script], &more)
    } else {
        runner.run(program, &["ci"])
    }
}

/// What the action hands over when a workflow gives it no inputs, but for the token, which only GitHub makes.
fn action() -> Vec<(String, String)> {
    let action = yaml("action.yml");
    let env = &action["runs"]["steps"][1]["env"];
    let mut given = vec![
        ("GITHUB_ACTION_PATH".to_owned(), root().display().to_string()),
        ("PATH".to_owned(), "/usr/bin:/bin".to_owned()),
    ];
    for variable in keys(env) {
        let expression = env[variable].as_str().unwrap();
        let input = expression.trim_start_matches("${{ inputs.").trim_end_matches(" }}");
        let default = action["inputs"][input]["default"].as_str().unwrap();
        let value = if default == "${{ github.token }}" { "" } else { default };
        given.push((variable.to_owned(), value.to_owned()));
    }
    given
}

/// The script and the variables of the template's job when the file that includes it gives no inputs.
fn job() -> (String, Vec<(String, String)>) {
    let (inputs, job) = super::gitlab::job();
    let lines = job["script"].as_sequence().unwrap().iter();
    let lines: Vec<&str> = lines.map(|line| line.as_str().unwrap()).collect();
    let mut given = Vec::new();
    for variable in keys(&job["variables"]) {
        let value = job["variables"][variable].as_str().unwrap();
        let input = value
            .strip_prefix("$[[ inputs.")
            .and_then(|rest| rest.strip_suffix(" ]]"));
        let value = input.map_or_else(
            || value.to_owned(),
            |input| {
                let default = &inputs[input]["default"];
                let word = default.as_str().map(str::to_owned);
                word.unwrap_or_else(|| default.as_bool().unwrap().to_string())
            },
        );
        given.push((variable.to_owned(), value));
    }
    (lines.join("\n"), given)
}
