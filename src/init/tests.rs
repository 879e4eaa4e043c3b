use std::fs;
use std::path::Path;

use super::draft::{JOB_FILE, MAPPING_FILE, WORKFLOW_FILE};
use super::remotes::read;
use super::*;
use crate::config::{Config, TrackerConfig, load};

fn remote(name: &str, address: &str) -> Remote {
    read(name, address, &Hosts::default()).unwrap()
}

fn loaded(draft: &Draft) -> Config {
    let text = &draft.files[0].text;
    load(text, Path::new("lockstep.yml")).unwrap_or_else(|problems| panic!("{text}\n{problems:#?}"))
}

#[test]
fn addresses_of_every_form_are_read() {
    let hosts = Hosts::default()
        .with("https://code.example/", Service::GitLab)
        .with("git.example:8443", Service::GitHub);
    for (address, host, project, service) in [
        (
            "https://github.com/acme/api.git",
            "github.com",
            "acme/api",
            Some(Service::GitHub),
        ),
        (
            "https://github.com/acme/api/",
            "github.com",
            "acme/api",
            Some(Service::GitHub),
        ),
        (
            "git@github.com:acme/api.git",
            "github.com",
            "acme/api",
            Some(Service::GitHub),
        ),
        ("github.com:acme/api", "github.com", "acme/api", Some(Service::GitHub)),
        (
            "ssh://git@ssh.github.com:443/acme/api.git",
            "github.com",
            "acme/api",
            Some(Service::GitHub),
        ),
        (
            "git@GitLab.com:platform/team/api.git",
            "gitlab.com",
            "platform/team/api",
            Some(Service::GitLab),
        ),
        (
            "ssh://git@gitlab.example:2222/platform/api.git",
            "gitlab.example",
            "platform/api",
            Some(Service::GitLab),
        ),
        (
            "https://code.example/platform/api",
            "code.example",
            "platform/api",
            Some(Service::GitLab),
        ),
        (
            "https://git.example:8443/acme/api",
            "git.example:8443",
            "acme/api",
            Some(Service::GitHub),
        ),
        (
            "https://acme.ghe.com/acme/api",
            "acme.ghe.com",
            "acme/api",
            Some(Service::GitHub),
        ),
        ("https://code.other.example/acme/api", "code.other.example", "", None),
        ("https://github.com/acme/team/api", "github.com", "", None),
        ("https://gist.github.com/0123456789", "gist.github.com", "", None),
    ] {
        let found = read("origin", address, &hosts).unwrap_or_else(|| panic!("{address}"));
        assert_eq!(
            (&*found.host, &*found.project, found.service),
            (host, project, service),
            "{address}"
        );
    }
    for address in [
        "/srv/git/api.git",
        "../api",
        "file:///srv/api.git",
        "ext::sh -c true",
        "",
        "https://a b/c/d",
    ] {
        assert_eq!(read("origin", address, &hosts), None, "{address}");
    }
}

#[test]
fn passwords_and_tokens_in_addresses_go_nowhere() {
    for address in [
        "https://ann:hunter2@github.com/acme/api.git",
        "https://hunter2@github.com/acme/api.git",
        "https://oauth2:hunter2@gitlab.com/acme/api.git",
        "ssh://hunter2@github.com/acme/api.git",
        "hunter2@gitlab.com:acme/api.git",
        "https://github.com/acme/api.git?access_token=hunter2",
        "https://gitlab.com/acme/api#hunter2",
    ] {
        let found: Vec<Remote> = read("origin", address, &Hosts::default()).into_iter().collect();
        let draft = draft(&found, None, false);
        let shown = format!("{draft:?}");
        assert!(
            !shown.contains("hunter2") && !format!("{found:?}").contains("hunter2"),
            "{shown}"
        );
        loaded(&draft);
    }
}

#[test]
fn whatever_a_remote_is_the_mapping_file_can_be_read() {
    use proptest::prelude::*;
    let pieces = prop::collection::vec(
        prop::sample::select(
            &[
                "https://",
                "ssh://",
                "git@",
                "github.com",
                "gitlab.com",
                "gitlab.x",
                "ghe.x",
                ":",
                "/",
                "acme",
                "api",
                ".git",
                "..",
                "-",
                " ",
                "\n",
                "#",
                "'",
                "\"",
                "{{ x }}",
                "${A}",
                "%2F",
                "é",
                "\u{202e}",
                "?a=b",
                "@",
                "1",
                "null",
                "::",
            ][..],
        ),
        0..10,
    );
    proptest!(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() }, |(pieces in pieces)| {
        let found: Vec<Remote> = read("origin", &pieces.concat(), &Hosts::default()).into_iter().collect();
        let config = loaded(&draft(&found, None, false));
        prop_assert_eq!(config.trackers.len(), 2);
    });
}

#[test]
fn the_mapping_file_names_what_was_found_and_marks_what_was_not() {
    let both = [
        remote("origin", "git@gitlab.example:platform/api.git"),
        remote("public", "https://github.com/acme/api"),
        remote("fork", "https://github.com/ann/api"),
    ];
    let made = draft(&both, None, false);
    let config = loaded(&made);
    let identities: Vec<String> = config.trackers.values().map(TrackerConfig::identity).collect();
    assert_eq!(
        identities,
        [
            "github https://api.github.com/ acme/api",
            "gitlab https://gitlab.example/ platform/api"
        ]
    );
    assert!(!made.files[0].text.contains("CHANGE THIS"));
    assert_eq!(made.runner, Runner::GitLab, "where `origin` is");

    for (address, wanted) in [
        (
            "https://ghe.example/acme/api",
            "github https://ghe.example/api/v3 acme/api",
        ),
        (
            "https://acme.ghe.com/acme/api",
            "github https://api.acme.ghe.com/ acme/api",
        ),
    ] {
        let made = draft(&[remote("origin", address)], None, false);
        let first = loaded(&made).trackers.values().next().unwrap().identity();
        assert_eq!(first, wanted);
        assert_eq!(made.files[0].text.matches("CHANGE THIS").count(), 1);
    }
    let nothing = draft(&[], None, false);
    loaded(&nothing);
    assert_eq!(nothing.files[0].text.matches("CHANGE THIS").count(), 2);
    assert_eq!((nothing.files.len(), nothing.runner), (1, Runner::None));
}

#[test]
fn what_is_commented_out_works_when_it_is_taken_in() {
    let text = draft(&[], None, false).files.remove(0).text;
    let taken_in = text
        .replace("# people:\n#   -", "people:\n  -")
        .replace("# guard:", "guard:")
        .replace("# map:\n        #   -", "map:\n          -");
    assert_eq!(
        taken_in
            .lines()
            .filter(|line| line.trim_start().starts_with('#'))
            .count(),
        2,
        "{taken_in}"
    );
    let config =
        load(&taken_in, Path::new("lockstep.yml")).unwrap_or_else(|problems| panic!("{taken_in}\n{problems:#?}"));
    assert_eq!((config.people.len(), config.syncs[0].fields.labels.map.len()), (1, 1));
}

#[test]
fn the_ci_service_is_the_one_wished_for() {
    let paths = |draft: &Draft| -> Vec<&str> { draft.files.iter().map(|file| file.path).collect() };
    let on_github = [remote("origin", "https://github.com/acme/api")];
    assert_eq!(paths(&draft(&on_github, None, true)), [MAPPING_FILE, WORKFLOW_FILE]);
    let gitlab = draft(&on_github, Some(Runner::GitLab), false);
    assert_eq!(paths(&gitlab), [MAPPING_FILE, JOB_FILE]);
    let added = draft(&on_github, Some(Runner::GitLab), true);
    assert_eq!(paths(&added), [MAPPING_FILE], "a file that is there is not touched");
    assert_eq!(added.to_add, Some(&*gitlab.files[1].text));
    assert_eq!(paths(&draft(&on_github, Some(Runner::None), true)), [MAPPING_FILE]);
}

#[test]
fn files_are_written_all_or_none_and_over_nothing() {
    let files = draft(&[], Some(Runner::GitHub), false).files;
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &files).unwrap();
    for file in &files {
        assert_eq!(fs::read_to_string(dir.path().join(file.path)).unwrap(), file.text);
    }
    let error = write(dir.path(), &files).unwrap_err();
    assert!(
        matches!(&error, InitError::Exists(path) if path.ends_with(MAPPING_FILE)),
        "{error}"
    );

    for taken in ["lockstep.yml", ".gitlab/lockstep.yml", WORKFLOW_FILE] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(taken);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "mine").unwrap();
        let error = write(dir.path(), &files).unwrap_err();
        assert!(matches!(&error, InitError::Exists(at) if *at == path), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        let others = files.iter().filter(|file| file.path != taken);
        assert!(
            others.into_iter().all(|file| !dir.path().join(file.path).exists()),
            "{taken}"
        );
    }
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_symbolic_link() {
    use std::os::unix::fs::symlink;
    let files = draft(&[], Some(Runner::GitHub), false).files;
    let elsewhere = tempfile::tempdir().unwrap();
    for (link, to) in [
        (".github", elsewhere.path().to_owned()),
        ("lockstep.yml", elsewhere.path().join("new.yml")),
    ] {
        let dir = tempfile::tempdir().unwrap();
        symlink(to, dir.path().join(link)).unwrap();
        let error = write(dir.path(), &files).unwrap_err();
        assert!(
            matches!(error, InitError::NotPlain(_) | InitError::Exists(_)),
            "{error}"
        );
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    }
}

#[test]
fn a_write_that_fails_takes_the_others_back() {
    let dir = tempfile::tempdir().unwrap();
    let file = |path| NewFile {
        path,
        text: "x".to_owned(),
    };
    // The second one's folder is the first one's file.
    let error = write(dir.path(), &[file("a"), file("a/b")]).unwrap_err();
    assert!(!error.is_refusal(), "{error}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}
