//! Workflows and jobs in the pages use inputs that there are, and the tables of inputs are those of the wrappers.

use serde_json::Value;

use super::{PAGES, fenced, fresh, page};

const PAGE: &str = "docs/ci.md";
const END: &str = "<!-- end -->";
const ACTION: &str = "OWNER/lockstep@";
const TEMPLATE: &str = "/.gitlab-ci-template.yml";

fn action() -> Value {
    serde_yaml::from_str(&page("action.yml")).unwrap()
}

/// The first of the template's two documents, which declares its inputs.
fn template() -> Value {
    let text = page(".gitlab-ci-template.yml");
    let (head, _) = text.split_once("\n---\n").unwrap();
    serde_yaml::from_str(head).unwrap()
}

/// Whether a YAML block of a page is a workflow or a job that `uses_what_there_is` checks.
pub(super) fn is_checked(block: &str) -> bool {
    block.contains(ACTION) || block.contains(TEMPLATE)
}

#[test]
fn uses_what_there_is() {
    let mut seen = 0;
    for name in PAGES {
        for block in fenced(&page(name), "yaml")
            .into_iter()
            .filter(|block| is_checked(block))
        {
            let parsed: Value = serde_yaml::from_str(&block).unwrap_or_else(|error| panic!("{name}: {error}\n{block}"));
            if block.contains(ACTION) {
                workflow(name, &parsed);
            } else {
                let include = &parsed["include"][0];
                assert!(include["remote"].as_str().unwrap().ends_with(TEMPLATE), "{name}");
                expect_inputs(name, &include["inputs"], &template()["spec"]["inputs"]);
            }
            seen += 1;
        }
    }
    assert!(seen >= 4, "the pages show {seen} workflows and jobs");
}

fn workflow(name: &str, parsed: &Value) {
    assert_eq!(
        parsed["permissions"],
        serde_json::json!({}),
        "{name}: rights are given to the job"
    );
    for (_, job) in parsed["jobs"].as_object().unwrap() {
        assert!(job["permissions"]["issues"] == "write", "{name}");
        let steps = job["steps"].as_array().unwrap();
        let ours: Vec<&Value> = steps
            .iter()
            .filter(|step| step["uses"].as_str().is_some_and(|uses| uses.starts_with(ACTION)))
            .collect();
        assert_eq!(ours.len(), 1, "{name}");
        expect_inputs(name, &ours[0]["with"], &action()["inputs"]);
    }
}

fn expect_inputs(name: &str, given: &Value, known: &Value) {
    assert!(known.is_object());
    for (input, _) in given.as_object().into_iter().flatten() {
        assert!(known.get(input).is_some(), "{name}: there is no input {input}");
    }
}

#[test]
fn the_tables_of_inputs_are_those_of_the_wrappers() {
    let mut text = page(PAGE);
    for (what, declared, with_default) in [
        ("inputs of action.yml", action()["inputs"].clone(), true),
        ("outputs of action.yml", action()["outputs"].clone(), false),
        (
            "inputs of .gitlab-ci-template.yml",
            template()["spec"]["inputs"].clone(),
            true,
        ),
    ] {
        let begin = format!("<!-- {what}; `LOCKSTEP_BLESS=1 cargo test` writes the table anew -->\n");
        let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("no place for {what}"));
        let (_, after) = rest.split_once(END).unwrap();
        text = format!("{before}{begin}\n{}\n{END}{after}", table(&declared, with_default));
    }
    fresh(PAGE, &text);
}

fn table(declared: &Value, with_default: bool) -> String {
    let mut rows = String::from(if with_default {
        "| input | default | meaning |\n|---|---|---|\n"
    } else {
        "| output | meaning |\n|---|---|\n"
    });
    for (name, entry) in declared.as_object().unwrap() {
        let meaning = entry["description"]
            .as_str()
            .unwrap()
            .replace('|', "\\|")
            .replace('<', "&lt;");
        let default = match entry["default"].as_str() {
            Some("") => String::new(),
            Some(text) => format!("`{text}`"),
            None => format!("`{}`", entry["default"]),
        };
        rows.push_str(&if with_default {
            format!("| `{name}` | {default} | {meaning} |\n")
        } else {
            format!("| `{name}` | {meaning} |\n")
        });
    }
    rows
}
