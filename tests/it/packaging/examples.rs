//! The examples: each mapping file loads, each workflow names inputs, variables and versions that exist.

use std::collections::BTreeSet;
use std::path::Path;

use aws_lc_rs::digest;
use base64::Engine as _;
use serde_yaml::Value;

use super::{file, keys, root, under, yaml};

/// The folders of examples.
fn folders() -> Vec<String> {
    let entries = std::fs::read_dir(root().join("examples")).unwrap();
    let folders = entries.map(Result::unwrap).filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The workflows below a folder, with every step of every job.
fn steps(folder: &Path) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for path in under(folder, "yml") {
        if path.components().all(|part| part.as_os_str() != "workflows") {
            continue;
        }
        let name = path.display().to_string();
        let workflow: Value = serde_yaml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        for job in workflow["jobs"].as_mapping().unwrap().values() {
            for step in job["steps"].as_sequence().into_iter().flatten() {
                found.push((name.clone(), step.clone()));
            }
        }
    }
    found
}

#[test]
fn every_mapping_file_is_accepted_and_its_tokens_are_handed_over() {
    for folder in folders() {
        let path = root().join("examples").join(&folder);
        let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_lockstep"))
            .arg("check")
            .current_dir(&path)
            .env_clear()
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{folder}: {said}");

        let mapping = file(&format!("examples/{folder}/lockstep.yml"));
        let wanted: BTreeSet<&str> = super::between(&mapping, "${", "}").into_iter().collect();
        for (name, step) in steps(&path) {
            if !is_ours(&step) {
                continue;
            }
            let mut given = BTreeSet::from(["GITHUB_TOKEN"]);
            if step["env"].is_mapping() {
                given.extend(keys(&step["env"]));
            }
            assert!(given.is_superset(&wanted), "{name}: {wanted:?}");
        }
    }
}

fn is_ours(step: &Value) -> bool {
    let uses = step["uses"].as_str();
    uses.is_some_and(|uses| uses == "./" || uses.starts_with("OWNER/lockstep@"))
}

#[test]
fn workflows_use_inputs_and_outputs_of_the_action_that_exist() {
    let action = yaml("action.yml");
    let (inputs, outputs) = (keys(&action["inputs"]), keys(&action["outputs"]));
    let mut ours = 0;
    for folder in ["examples", ".github"] {
        for (name, step) in steps(&root().join(folder)) {
            if is_ours(&step) {
                ours += 1;
                for input in step["with"]
                    .as_mapping()
                    .into_iter()
                    .flat_map(serde_yaml::Mapping::keys)
                {
                    assert!(inputs.contains(&input.as_str().unwrap()), "{name}: {input:?}");
                }
            }
        }
        for path in under(&root().join(folder), "yml") {
            let text = std::fs::read_to_string(&path).unwrap();
            for part in text.split("steps.lockstep.outputs.").skip(1) {
                let word = part.split(|c: char| !c.is_ascii_lowercase() && c != '-').next();
                assert!(outputs.contains(&word.unwrap()), "{}: {word:?}", path.display());
            }
        }
    }
    assert!(ours >= 5, "{ours} steps were looked at");
}

#[test]
fn jobs_stop_by_themselves_before_they_are_stopped() {
    let minutes = |text: &str| text.strip_suffix('m').unwrap().parse::<u64>().unwrap();
    let mut budgets = 0;
    for path in under(&root().join("examples"), "yml") {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(&path).unwrap();
        let jobs = serde_yaml::from_str::<Value>(&text).unwrap()["jobs"].clone();
        for job in jobs.as_mapping().into_iter().flat_map(serde_yaml::Mapping::values) {
            let limit = job["timeout-minutes"].as_u64().unwrap();
            // Nothing lengthens a job there.
            assert!(job["runs-on"] != "ubuntu-slim" || limit <= 15, "{name}");
            for step in job["steps"].as_sequence().into_iter().flatten() {
                if is_ours(step) {
                    let budget = minutes(step["with"]["time-budget"].as_str().unwrap());
                    assert!(budget + 5 <= limit, "{name}");
                    budgets += 1;
                }
            }
        }
    }
    assert_eq!(budgets, 5);
    let (inputs, job) = super::gitlab::job();
    let limit = job["timeout"].as_str().unwrap();
    assert_eq!(limit, "30 minutes");
    assert!(minutes(inputs["time-budget"]["default"].as_str().unwrap()) + 5 <= 30);
}

#[test]
fn actions_are_pinned_to_a_commit_and_say_its_version() {
    let mut pinned = 0;
    for folder in ["examples", ".github"] {
        for path in under(&root().join(folder), "yml") {
            let text = std::fs::read_to_string(&path).unwrap();
            for line in text.lines() {
                let Some((_, action)) = line.split_once("uses: ") else {
                    continue;
                };
                if action.starts_with("./") {
                    continue;
                }
                let (name, rest) = action.split_once('@').unwrap();
                let (commit, version) = rest.split_once(" # v").unwrap_or_else(|| panic!("{action}"));
                assert!(
                    commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()),
                    "{action}"
                );
                if name == "OWNER/lockstep" {
                    assert!(version.starts_with(env!("CARGO_PKG_VERSION")), "{action}");
                }
                pinned += 1;
            }
        }
    }
    assert!(pinned >= 15, "{pinned} actions were looked at");
}

#[test]
fn gitlab_examples_include_this_version_of_the_job_with_inputs_it_has() {
    let (inputs, _) = super::gitlab::job();
    let template = file(".gitlab-ci-template.yml");
    let sum = digest::digest(&digest::SHA256, template.as_bytes());
    let sum = format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(sum));
    let version = env!("CARGO_PKG_VERSION");
    let mut checked = 0;
    for folder in folders().iter().filter(|name| name.starts_with("gitlab-")) {
        let include = &yaml(&format!("examples/{folder}/.gitlab-ci.yml"))["include"][0];
        if let Some(remote) = include["remote"].as_str() {
            let end = format!("OWNER/lockstep/v{version}/.gitlab-ci-template.yml");
            assert!(remote.ends_with(&end), "{folder}: {remote}");
            let line = "the template has changed: put its new checksum into the example";
            assert_eq!(include["integrity"].as_str(), Some(&*sum), "{folder}: {line}");
        } else {
            let component = include["component"].as_str().unwrap();
            assert!(
                component.ends_with(&format!("/sync@{version}")),
                "{folder}: {component}"
            );
        }
        for input in include["inputs"]
            .as_mapping()
            .into_iter()
            .flat_map(serde_yaml::Mapping::keys)
        {
            assert!(keys(&inputs).contains(&input.as_str().unwrap()), "{folder}: {input:?}");
        }
        checked += 1;
    }
    assert_eq!(checked, 3);
}

#[test]
fn the_list_of_examples_is_whole() {
    let list = file("examples/README.md");
    for folder in folders() {
        assert!(list.contains(&format!("| [{folder}]({folder}) |")), "{folder}");
    }
}
