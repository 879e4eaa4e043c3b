//! What people are told.

use super::{codes, only, read, valid, with_sync};
use crate::diag::Code;

#[test]
fn ten_mistakes_are_told_at_once() {
    let text = "version: 2
trackers:
  github:
    kind: github
    project: acme
    tokne: ${GITHUB_TOKEN}
  gitlab:
    kind: gitlap
    kind: gitlab
  board: { kind: folder, path: issues, token: hunter2 }
people:
  - { github: octocat, gitlba: o.cat }
syncs:
  - name: api
    between: [github, gitlab]
    guard: { max_share: 150% }
    on_delete: yes
    fields:
      title: to jira
      comments: [both]
";
    let found = read(text).unwrap_err();
    let found: Vec<_> = found.iter().map(ToString::to_string).collect();
    let want = "\
lockstep.yml:1:10: error[unsupported-version]: `version`: there is no version 2
  hint: this program reads `version: 1`; a newer file needs a newer program
lockstep.yml:4:5: error[missing-key]: the key `token` is missing in `github`
  hint: add `token: …` to this table
lockstep.yml:5:14: error[bad-project]: `project`: `acme` is no GitHub repository
  hint: write `owner/repo`, without an address before it
lockstep.yml:6:5: error[unknown-key]: unknown key `tokne` in `github`
  hint: did you mean `token`? Allowed: `kind`, `project`, `url`, `token`, `app`, `path`
lockstep.yml:8:11: error[unknown-value]: `kind` cannot be `gitlap`
  hint: did you mean `gitlab`? Allowed: `github`, `gitlab`, `folder`
lockstep.yml:9:5: error[duplicate-key]: the key `kind` is here a second time
  hint: it already stands at 8:5: keep one
lockstep.yml:10:40: error[unexpected-key]: `token` does not go with `kind: folder`
  hint: a folder needs no token: take the key away
lockstep.yml:12:24: error[unknown-tracker]: there is no tracker `gitlba`
  hint: did you mean `gitlab`? Allowed: `board`, `github`, `gitlab`
lockstep.yml:16:25: error[bad-number]: `max_share`: `150%` is no percentage
  hint: write a whole number from 0% to 100%
lockstep.yml:17:16: error[unknown-value]: `on_delete` cannot be `yes`
  hint: allowed: `report`, `close`, `unlink`
lockstep.yml:19:14: error[unknown-tracker]: there is no tracker `jira` in this sync
  hint: allowed: `github`, `gitlab`
lockstep.yml:20:17: error[wrong-type]: `comments` takes text, not a list
  hint: write text here";
    assert_eq!(found.join("\n"), want);
}

#[test]
fn a_dashboard_is_on_one_of_the_two_trackers_and_never_on_the_left_of_a_mirror() {
    for (rules, code) in [
        ("dashboard: { on: gx }", Code::UnknownTracker),
        ("dashboard: { title: Drift }", Code::MissingKey),
        ("dashboard: { on: gh, titel: Drift }", Code::UnknownKey),
        ("dashboard: { on: gh, title: '' }", Code::BadValue),
        ("dashboard: yes please", Code::WrongType),
        ("mode: mirror\n    dashboard: { on: gh }", Code::MirrorWritesLeft),
    ] {
        let found = codes(&with_sync(&format!("    {rules}\n")));
        assert!(found.iter().any(|(found, ..)| *found == code), "{rules}: {found:?}");
    }
    let text = with_sync("    dashboard: { on: gh }\n");
    let line = text.lines().position(|line| line.contains("dashboard")).unwrap() + 1;
    let found = read(&text.replace("on: gh", "on: gx")).unwrap_err();
    let place = found[0].place.as_ref().unwrap();
    assert_eq!((place.line, place.column), (line, 22));
}

#[test]
fn commands_are_on_or_off_and_stand_in_comments() {
    for (rules, code, line, column) in [
        ("commands: yes", Code::UnknownValue, 0, 15),
        ("commands: true", Code::UnknownValue, 0, 15),
        ("commands: [on]", Code::WrongType, 0, 15),
        ("commands: on\n    fields: { comments: off }", Code::BadValue, 0, 15),
    ] {
        let text = with_sync(&format!("    {rules}\n"));
        let first = text.lines().position(|line| line.contains("commands")).unwrap() + 1;
        let found = read(&text).unwrap_err();
        let place = found[0].place.as_ref().unwrap();
        assert_eq!(
            (found[0].code, place.line, place.column),
            (code, first + line, column),
            "{rules}"
        );
    }
}

#[test]
fn keys_may_be_off_and_their_words_are_checked() {
    for key in [
        "milestone",
        "iteration",
        "epic",
        "weight",
        "due_date",
        "time_estimate",
        "time_spent",
        "attachments",
    ] {
        valid(&with_sync(&format!(
            "    dashboard: off\n    fields: {{ {key}: off }}\n"
        )));
        let found = codes(&with_sync(&format!("    fields: {{ {key}: bananas }}\n")));
        assert!(
            found.iter().any(|(code, ..)| *code == Code::UnknownValue),
            "{key}: {found:?}"
        );
    }
    for table in [
        "milestone: { direction: off }",
        "epic: { as: off }",
        "weight: { direction: off }",
    ] {
        valid(&with_sync(&format!("    fields: {{ {table} }}\n")));
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn each_mistake_has_its_code() {
    let fields = |text: &str| with_sync(&format!("    fields:\n      {text}\n"));
    let status = |rows: &str| fields(&format!("status: {{ map: [ {rows} ] }}"));
    let tracker = |from: &str, to: &str| with_sync("").replace(from, to);
    let cases = [
        (Code::EmptyFile, String::new()),
        (Code::EmptyFile, "# nothing\n---\n".into()),
        (Code::WrongType, "- a".into()),
        (Code::BadYaml, "a: [".into()),
        (Code::BadYaml, "a:\n\tb: 1".into()),
        (Code::BadYaml, "a: *b".into()),
        (Code::BadYaml, with_sync("---\nversion: 1\n")),
        (Code::BadYaml, tracker("version: 1", "version: !!int 1")),
        (Code::TooComplex, format!("{}{}", "[".repeat(100), "]".repeat(100))),
        (Code::WrongType, tracker("version: 1", "version: '1'")),
        (Code::BadNumber, tracker("version: 1", "version: 1.0")),
        (Code::MissingKey, tracker("version: 1\n", "")),
        (Code::UnknownKey, with_sync("    mod: mirror\n")),
        (
            Code::BadName,
            format!(
                "{}  ",
                with_sync("").replace("  gh:", "  'a b': { kind: folder, path: x }\n  gh:")
            ),
        ),
        (
            Code::BadName,
            with_sync("").replace("  gh:", "  direction: { kind: folder, path: x }\n  gh:"),
        ),
        (
            Code::MissingKey,
            tracker("project: a/b, token: \"${T}\"", "token: \"${T}\""),
        ),
        (
            Code::UnexpectedKey,
            tracker("kind: gitlab", "kind: gitlab, app: { id: x }"),
        ),
        (
            Code::UnexpectedKey,
            tracker(
                "token: \"${T}\"",
                "token: \"${T}\", app: { id: '${A}', private_key: '${B}', installation: '${C}' }",
            ),
        ),
        (
            Code::BadProject,
            tracker("github, project: a/b", "github, project: a/b/c"),
        ),
        (
            Code::BadProject,
            tracker("github, project: a/b", "github, project: https://github.com/a/b"),
        ),
        (
            Code::BadProject,
            tracker("gitlab, project: a/b", "gitlab, project: api"),
        ),
        (Code::BadProject, tracker("gitlab, project: a/b", "gitlab, project: -1")),
        (Code::BadUrl, tracker("kind: gitlab", "kind: gitlab, url: gitlab.com")),
        (
            Code::BadUrl,
            tracker("kind: gitlab", "kind: gitlab, url: 'http://gitlab.com'"),
        ),
        (
            Code::BadUrl,
            tracker("kind: gitlab", "kind: gitlab, url: 'http://localhost.example.com'"),
        ),
        (
            Code::BadUrl,
            tracker("kind: gitlab", "kind: gitlab, url: 'ftp://localhost'"),
        ),
        (
            Code::BadUrl,
            tracker("kind: gitlab", "kind: gitlab, url: 'https://u:p@gitlab.com'"),
        ),
        (
            Code::BadUrl,
            tracker(
                "kind: gitlab",
                "kind: gitlab, url: 'https://gitlab.com?private_token=x'",
            ),
        ),
        (
            Code::BadUrl,
            tracker("kind: gitlab", "kind: gitlab, url: 'https://gitlab.com/api/v4'"),
        ),
        (
            Code::BadUrl,
            tracker("kind: github", "kind: github, url: 'https://github.com'"),
        ),
        (Code::UnknownTracker, tracker("[gh, gl]", "[gh, gitlab]")),
        (Code::SameTracker, tracker("[gh, gl]", "[gh, gh]")),
        (
            Code::SameTracker,
            tracker("[gh, gl]", "[gh, two]")
                .replace("  gl:", "  two: { kind: github, project: A/B, token: \"${T}\" }\n  gl:"),
        ),
        (Code::BadValue, tracker("[gh, gl]", "[gh]")),
        (Code::BadValue, tracker("  - name: a\n    between: [gh, gl]", "  []")),
        (Code::DuplicatePair, with_sync("  - name: b\n    between: [gl, gh]\n")),
        (
            Code::DuplicateSync,
            with_sync("  - name: a\n    between: [gl, f]\n")
                .replace("syncs:", "  f: { kind: folder, path: x }\nsyncs:"),
        ),
        (Code::UnknownValue, with_sync("    mode: mirrored\n")),
        (Code::UnknownValue, with_sync("    conflicts: oldest\n")),
        (Code::UnknownTracker, with_sync("    conflicts: prefer jira\n")),
        (Code::WrongType, with_sync("    backlink: yes\n")),
        (Code::WrongType, with_sync("    fields:\n")),
        (Code::UnknownTracker, with_sync("    create: { jira: on }\n")),
        (Code::UnknownValue, with_sync("    create: { gh: yes }\n")),
        (
            Code::BadTime,
            with_sync("    create: { gh: { created_after: 2026-02-30 } }\n"),
        ),
        (
            Code::BadTime,
            with_sync("    create: { gh: { created_after: yesterday } }\n"),
        ),
        (Code::WrongType, with_sync("    create: { gh: { labels: bug } }\n")),
        (Code::WrongType, with_sync("    create: { gh: { labels: [1.10] } }\n")),
        (Code::BadNumber, with_sync("    guard: { max_changes: -1 }\n")),
        (Code::BadNumber, with_sync("    guard: { max_closes: 1.5 }\n")),
        (Code::WrongType, with_sync("    guard: { max_closes: many }\n")),
        (Code::BadNumber, with_sync("    guard: { max_share: half }\n")),
        (
            Code::MirrorWritesLeft,
            with_sync("    mode: mirror\n    fields: { title: to gh }\n"),
        ),
        (
            Code::MirrorWritesLeft,
            with_sync("    mode: mirror\n    fields: { title: { direction: both } }\n"),
        ),
        (
            Code::MirrorWritesLeft,
            with_sync("    mode: mirror\n    create: { gl: on }\n"),
        ),
        (Code::UnknownValue, fields("title: gl")),
        (Code::DuplicateKey, fields("title: off\n      title: off")),
        (Code::BadPattern, fields("labels: { skip: ['[a'] }")),
        (Code::BadValue, fields("labels: { skip: [''] }")),
        (
            Code::DeadRow,
            fields("labels: { direction: to gl, map: [ { gh: a, gl: b, direction: to gh } ] }"),
        ),
        (Code::MissingKey, fields("labels: { map: [ { gh: a } ] }")),
        (Code::UnknownTracker, fields("labels: { prefix: { jira: x } }")),
        (
            Code::AmbiguousMap,
            fields("labels: { map: [ { gh: a, gl: x }, { gh: b, gl: x } ] }"),
        ),
        (
            Code::AmbiguousMap,
            fields("labels: { map: [ { gh: a, gl: x }, { gh: a, gl: y } ] }"),
        ),
        (
            Code::AmbiguousMap,
            fields("labels: { map: [ { gh: a, gl: x }, { gh: A, gl: y } ] }"),
        ),
        (
            Code::AmbiguousMap,
            fields("labels: { map: [ { gh: a, gl: x }, { gh: a, gl: y, direction: to gl } ] }"),
        ),
        (
            Code::AmbiguousMap,
            status("{ gh: closed, gl: closed + x }, { gh: closed as duplicate, gl: closed + x }"),
        ),
        (
            Code::AmbiguousMap,
            status("{ gh: closed, gl: closed + x }, { gh: closed as completed, gl: closed }"),
        ),
        (Code::BadStatus, status("{ gh: done, gl: closed }")),
        (Code::BadStatus, status("{ gh: closed as reopened, gl: closed }")),
        (Code::BadStatus, status("{ gh: open as duplicate, gl: closed }")),
        (Code::BadStatus, status("{ gh: closed because, gl: closed }")),
    ];
    for (code, text) in cases {
        assert_eq!(only(&text), code, "{text}");
    }
}

#[test]
fn a_file_without_trackers_is_told_so_once() {
    let text = "version: 1\npeople: [{ gh: a, gl: b }]\nsyncs: [{ name: a, between: [gh, gl] }]\n";
    assert_eq!(codes(text), [(Code::MissingKey, 1, 1)]);
}

#[test]
fn one_login_is_one_person() {
    let people = |rows: &str| with_sync("").replace("syncs:", &format!("people: [{rows}]\nsyncs:"));
    valid(&people("{ gh: a, gl: b }, { gh: c, gl: d }"));
    assert_eq!(only(&people("{ gh: a, gl: b }, { gh: A, gl: d }")), Code::AmbiguousMap);
    assert_eq!(only(&people("{ gh: '@a', gl: b }")), Code::BadValue);
    assert_eq!(only(&people("{ gh: a, gh: b }")), Code::DuplicateKey);
    assert_eq!(only(&people("{ gh: a, jira: b }")), Code::UnknownTracker);
}

#[test]
fn one_way_maps_may_lead_many_to_one() {
    let rows = "{ gh: a, gl: x }, { gh: b, gl: x }";
    valid(&with_sync(&format!(
        "    fields: {{ labels: {{ direction: to gl, map: [{rows}] }} }}\n"
    )));
    valid(&with_sync(&format!(
        "    mode: mirror\n    fields: {{ labels: {{ map: [{rows}] }} }}\n"
    )));
}

#[test]
fn a_bad_pair_does_not_make_its_rules_bad() {
    let text = with_sync("    conflicts: prefer gl\n    create: { gh: on }\n    fields: { title: to gl, labels: { map: [ { gh: a, gl: b } ] } }\n")
        .replace("[gh, gl]", "[gh, gitlab]");
    assert_eq!(codes(&text), [(Code::UnknownTracker, 7, 19)]);
}

#[test]
fn a_syntax_error_says_where_and_what_helps() {
    let text = "version: 1\ntrackers:\n  gh: { kind: github, token: ${TOKEN} }\n";
    let found = read(text).unwrap_err();
    assert_eq!(found.len(), 1);
    assert!(found[0].hint.contains("\"${NAME}\""), "{}", found[0]);
    assert_eq!(found[0].place.as_ref().unwrap().line, 3);
    let found = read("version: 1\ntrackers:\n\tgh: 1\n").unwrap_err();
    assert!(found[0].hint.contains("spaces"), "{}", found[0]);
}

#[test]
fn too_much_is_too_much() {
    assert_eq!(only(&"#".repeat((1 << 20) + 1)), Code::TooLarge);
}
