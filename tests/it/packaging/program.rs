//! What the wrappers hand over is what the program reads, and what they hand back is what it writes.

use std::collections::BTreeSet;

use lockstep::ci::INPUTS;

use super::{file, keys, root, under, yaml};

/// Whether the entry script reads a variable.
fn is_for_the_script(variable: &str) -> bool {
    file("action/entry.sh").contains(&format!("${{{variable}:-"))
}

/// Whether a source of the program names a thing.
fn is_named(name: &str) -> bool {
    let sources = under(&root().join("src"), "rs");
    let mut sources = sources.iter().map(|path| std::fs::read_to_string(path).unwrap());
    sources.any(|source| source.contains(&format!("\"{name}\"")))
}

#[test]
fn the_inputs_of_the_action_are_those_of_the_program() {
    let action = yaml("action.yml");
    let env = &action["runs"]["steps"][1]["env"];
    let mut handed_over: BTreeSet<&str> = keys(env).into_iter().collect();
    for input in INPUTS {
        let value = env[input.variable].as_str();
        assert_eq!(value, Some(&*format!("${{{{ inputs.{} }}}}", input.action)));
        handed_over.remove(input.variable);
    }
    // What is left is for the script, or for the log, which starts before the inputs are read.
    handed_over.remove("LOCKSTEP_LOG");
    assert!(is_named("LOCKSTEP_LOG"));
    for variable in handed_over {
        assert!(is_for_the_script(variable), "nobody reads {variable}");
    }
}

#[test]
fn the_variables_of_the_gitlab_job_are_read_by_the_program() {
    let (_, job) = super::gitlab::job();
    for variable in keys(&job["variables"]) {
        let read = variable == "GIT_DEPTH" || INPUTS.iter().any(|input| input.variable == variable);
        assert!(read, "nobody reads {variable}");
    }
}

#[test]
fn the_outputs_of_the_action_are_written_by_the_program() {
    let action = yaml("action.yml");
    for output in keys(&action["outputs"]) {
        assert!(is_named(output), "nobody writes {output}");
    }
}
