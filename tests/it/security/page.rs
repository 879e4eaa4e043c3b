//! SECURITY.md names the test that covers each threat, and the test is there.

use std::collections::BTreeSet;
use std::path::Path;

/// The names of all tests below a folder.
fn tests(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let mut is_test = false;
            for line in text.lines().map(str::trim) {
                if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                    is_test = true;
                } else if let Some(rest) = line.strip_prefix("fn ").or_else(|| line.strip_prefix("async fn ")) {
                    if is_test {
                        found.insert(rest.split(['(', '<']).next().unwrap().to_owned());
                    }
                    is_test = false;
                }
            }
        }
    }
}

#[test]
fn every_threat_names_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut known = BTreeSet::new();
    for folder in ["src", "tests"] {
        tests(&root.join(folder), &mut known);
    }
    let page = std::fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let threats = page
        .split("\n## Threats\n")
        .nth(1)
        .unwrap()
        .split("\n## ")
        .next()
        .unwrap();
    let (mut rows, mut named) = (0, 0);
    for line in threats
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| threat"))
    {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").collect();
        assert_eq!(cells.len(), 3, "{line}");
        let covers: Vec<&str> = cells[2].split('`').skip(1).step_by(2).collect();
        assert!(!covers.is_empty(), "nothing covers: {line}");
        for test in covers {
            assert!(
                known.contains(test),
                "SECURITY.md names the test {test}, which does not exist"
            );
            named += 1;
        }
        rows += 1;
    }
    assert!(rows >= 25 && named >= 35, "{rows} threats, {named} tests");
    crate::support::reliability::tried("threats of SECURITY.md", rows, "each with a test that exists");
}
