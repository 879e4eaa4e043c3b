//! The GitLab job: the template and the component are one job, and both speak the program's language. Which pipelines run
//! it is tried by `.ci/packaging`.

use serde::Deserialize as _;
use serde_yaml::Value;

use super::{between, file, keys};

const FILES: [&str; 2] = [".gitlab-ci-template.yml", "templates/sync.yml"];

/// The two documents of a template: its inputs, and its jobs.
fn template(path: &str) -> [Value; 2] {
    let text = file(path);
    let documents = serde_yaml::Deserializer::from_str(&text);
    let documents: Vec<Value> = documents
        .map(|document| Value::deserialize(document).unwrap())
        .collect();
    documents.try_into().expect("two documents")
}

/// The inputs and the job of the template.
pub(super) fn job() -> (Value, Value) {
    let [head, body] = template(FILES[0]);
    let names = keys(&body);
    assert_eq!(names, ["$[[ inputs.job-name ]]"], "one job and nothing global");
    (head["spec"]["inputs"].clone(), body["$[[ inputs.job-name ]]"].clone())
}

#[test]
fn the_component_is_the_job_of_the_template() {
    assert_eq!(template(FILES[0]), template(FILES[1]));
}

#[test]
fn every_input_is_used_and_every_use_has_an_input() {
    let (inputs, _) = job();
    let text = file(FILES[0]);
    let used = between(&text, "$[[", "]]");
    for input in keys(&inputs) {
        assert!(used.contains(&&*format!("inputs.{input}")), "{input} does nothing");
        assert!(inputs[input]["default"] != Value::Null, "{input} has no default");
        assert!(inputs[input]["description"].is_string(), "{input} is not explained");
    }
    for expression in used {
        let name = expression.strip_prefix("inputs.").unwrap();
        assert!(keys(&inputs).contains(&name), "{expression}");
    }
}

#[test]
fn a_merge_request_only_checks_and_only_when_a_mapping_file_changes() {
    let (_, job) = job();
    let rules = job["rules"].as_sequence().unwrap();
    let rule = rules.iter().find(|rule| rule["changes"].is_sequence()).unwrap();
    assert_eq!(rule["variables"]["LOCKSTEP_COMMAND"].as_str(), Some("check"));
    let files = rule["changes"].as_sequence().unwrap().iter();
    let mut files: Vec<&str> = files.map(|name| name.as_str().unwrap()).collect();
    let mut names = lockstep::config::NAMES;
    files.sort_unstable();
    names.sort_unstable();
    assert_eq!(files, names);
}

#[test]
fn the_report_is_kept_where_it_is_written() {
    let (_, job) = job();
    let folder = job["variables"]["LOCKSTEP_REPORT_DIR"].as_str().unwrap();
    let artifacts = &job["artifacts"];
    assert_eq!(artifacts["paths"][0].as_str(), Some(&*format!("{folder}/")));
    for (kind, name) in [("dotenv", "result.env"), ("annotations", "annotations.json")] {
        assert_eq!(artifacts["reports"][kind].as_str(), Some(&*format!("{folder}/{name}")));
    }
    assert_eq!(artifacts["when"].as_str(), Some("always"));
}

#[test]
fn the_image_is_the_one_of_this_version() {
    let (inputs, _) = job();
    let image = inputs["image"]["default"].as_str().unwrap();
    let tag = image.strip_prefix("ghcr.io/owner/lockstep:").unwrap();
    assert_eq!(tag.split('@').next(), Some(env!("CARGO_PKG_VERSION")));
}
