//! The image: nothing is run in the stages that are shipped, and nobody is root in them.

use super::{file, under};

#[test]
fn the_stages_that_are_shipped_run_nothing_and_are_nobody() {
    let dockerfile = file("Dockerfile");
    for stage in ["minimal", "ci"] {
        let lines = dockerfile
            .lines()
            .skip_while(|line| !line.ends_with(&format!(" AS {stage}")));
        let lines: Vec<&str> = lines.skip(1).take_while(|line| !line.starts_with("FROM ")).collect();
        assert!(
            lines.iter().all(|line| !line.starts_with("RUN")),
            "{stage} runs something"
        );
        let user = lines.iter().find_map(|line| line.strip_prefix("USER "));
        assert!(user.is_some_and(|user| user.starts_with("65532:")), "{stage}: {user:?}");
        let entry = "ENTRYPOINT [\"/usr/local/bin/lockstep\"]";
        assert!(lines.contains(&entry), "{stage} does not start lockstep");
    }
    let last = dockerfile.lines().rfind(|line| line.starts_with("FROM ")).unwrap();
    assert!(
        last.ends_with(" AS ci"),
        "the default is the image with a shell, not {last:?}"
    );
}

#[test]
fn what_the_sources_need_to_build_is_in_the_context() {
    let ignore = file(".dockerignore");
    for path in ["Cargo.toml", "Cargo.lock", "src"] {
        assert!(ignore.lines().any(|line| line == format!("!{path}")), "{path}");
    }
    for path in under(&super::root().join("src"), "rs") {
        let source = std::fs::read_to_string(&path).unwrap();
        for outside in super::between(&source, "include_str!(\"../", "\"") {
            let top = outside.trim_start_matches("../").split('/').next().unwrap();
            // What only tests read is not compiled there.
            let known =
                top == "tests" || super::root().join("src").join(top).exists() || ignore.contains(&format!("!{top}"));
            assert!(
                known,
                "{}: {outside} is not in the context of the image",
                path.display()
            );
        }
    }
}
