//! `action.yml`: every reference exists, every input reaches the program once, every output is handed back. Schemas and
//! linters see none of this.

use std::collections::BTreeSet;

use super::{between, file, keys, yaml};

/// The variable an input is handed over in.
fn variable(input: &str) -> String {
    match input {
        "log-level" => "LOCKSTEP_LOG".to_owned(),
        "working-directory" => "LOCKSTEP_WORKDIR".to_owned(),
        "token" => "LOCKSTEP_GITHUB_TOKEN".to_owned(),
        other => format!("LOCKSTEP_{}", other.to_uppercase().replace('-', "_")),
    }
}

#[test]
fn every_input_is_handed_over_once_and_every_output_handed_back() {
    let action = yaml("action.yml");
    let step = &action["runs"]["steps"][1];
    let mut wanted = BTreeSet::new();
    for input in keys(&action["inputs"]) {
        let variable = variable(input);
        let value = step["env"][variable.as_str()].as_str();
        assert_eq!(value, Some(&*format!("${{{{ inputs.{input} }}}}")), "{variable}");
        wanted.insert(variable);
    }
    for output in keys(&action["outputs"]) {
        let value = action["outputs"][output]["value"].as_str();
        assert_eq!(value, Some(&*format!("${{{{ steps.run.outputs.{output} }}}}")));
    }
    let env: BTreeSet<String> = keys(&step["env"]).into_iter().map(str::to_owned).collect();
    assert_eq!(env, wanted);
}

#[test]
fn no_expression_names_what_does_not_exist_or_stands_in_a_script() {
    let action = yaml("action.yml");
    let inputs = keys(&action["inputs"]);
    let outputs = keys(&action["outputs"]);
    for expression in between(&file("action.yml"), "${{", "}}") {
        let known = match expression.split_once('.') {
            Some(("inputs", name)) => inputs.contains(&name),
            Some(("steps", rest)) => rest
                .strip_prefix("run.outputs.")
                .is_some_and(|name| outputs.contains(&name)),
            _ => expression == "github.token",
        };
        assert!(known, "{expression}");
    }
    for step in action["runs"]["steps"].as_sequence().unwrap() {
        let script = step["run"].as_str().unwrap();
        assert!(!script.contains("${{"), "{script}");
    }
    assert_eq!(action["runs"]["steps"][1]["id"].as_str(), Some("run"));
}

#[test]
fn what_every_variable_of_the_entry_script_means_is_known() {
    let action = yaml("action.yml");
    let mapped: Vec<String> = keys(&action["inputs"]).into_iter().map(variable).collect();
    for part in file("action/entry.sh").split("${LOCKSTEP_").skip(1) {
        let name = format!("LOCKSTEP_{}", part.split_once(":-").expect("a default").0);
        assert!(mapped.contains(&name), "{name} is no input");
    }
}

#[test]
fn this_commit_carries_no_binary_unless_it_is_a_release() {
    let manifest = file("action/manifest.txt");
    for row in manifest.lines().filter(|row| !row.starts_with('#')) {
        let fields: Vec<&str> = row.split(' ').collect();
        let [version, _, sum, name] = fields[..] else {
            panic!("{row}")
        };
        assert_eq!(version, env!("CARGO_PKG_VERSION"));
        assert!(
            sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{row}"
        );
        assert!(name == "lockstep" || name.ends_with(".tar.gz"), "{row}");
    }
}
