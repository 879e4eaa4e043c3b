//! What a valid file comes to.

use super::super::{Direction, GitHubAuth, Mode, OnDelete, Policy, SecretRef, TrackerConfig, find_sync};
use super::{EXAMPLE, valid, with_sync};
use crate::diag::Code;
use crate::model::{Reason, Side, State, Status, TrackerId};

#[test]
fn the_example_of_the_reference_loads() {
    let config = valid(EXAMPLE);
    assert_eq!(config.trackers.len(), 3);
    assert_eq!(config.signing_key, Some(SecretRef("LOCKSTEP_SIGNING_KEY".into())));
    assert_eq!(config.people[0][&TrackerId("gitlab".into())], "o.cat");
    let sync = find_sync(&config, "api").unwrap();
    assert_eq!(
        (sync.between.left.0.as_str(), sync.between.right.0.as_str()),
        ("github", "gitlab")
    );
    let rule = sync.create.left.as_ref().unwrap();
    assert_eq!(
        (rule.labels.as_slice(), rule.state),
        (["sync".to_owned()].as_slice(), Some(State::Open))
    );
    assert!(sync.create.right.is_none());
    assert!(sync.guard.share_is_explicit);
    assert!(sync.backlink);
    let row = &sync.fields.status.map[0];
    let not_planned = Status {
        state: State::Closed,
        reason: Some(Reason::NotPlanned),
    };
    assert_eq!((row.left.status, row.left.labels.len()), (not_planned, 0));
    assert_eq!(
        (row.right.status, row.right.labels.as_slice()),
        (Status::CLOSED, ["wontfix".to_owned()].as_slice())
    );
    assert_eq!(sync.fields.labels.map[0].names.right, "type::bug");
    assert!(sync.fields.labels.skip.is_match("internal/a/b"));
    assert!(sync.fields.labels.skip.is_match("Internal/x"));
    assert!(!sync.fields.labels.skip.is_match("bug"));
}

#[test]
fn of_several_signing_keys_the_first_signs() {
    let config = valid(&with_sync("").replacen("syncs:", "signing_key: [\"${NEW}\", \"${OLD}\"]\nsyncs:", 1));
    assert_eq!(config.signing_key, Some(SecretRef("NEW".into())));
    assert_eq!(config.old_signing_keys, [SecretRef("OLD".into())]);
    let hidden: Vec<&str> = config.secrets().map(|name| name.0.as_str()).collect();
    assert_eq!(hidden, ["T", "U", "NEW", "OLD"]);
}

#[test]
fn a_dashboard_is_opened_where_the_file_says() {
    let dashboard = |rules: &str| valid(&with_sync(rules)).syncs[0].dashboard.clone();
    assert_eq!(dashboard("    dashboard: off\n"), None);
    let on = dashboard("    dashboard: { on: gl }\n").unwrap();
    assert_eq!((on.on, on.title.as_str()), (Side::Right, "Lockstep"));
    let on = dashboard("    dashboard: { on: gh, title: Drift }\n").unwrap();
    assert_eq!((on.on, on.title.as_str()), (Side::Left, "Drift"));
}

#[test]
fn a_short_file_does_nothing_dangerous() {
    let config = valid(&with_sync(""));
    let sync = &config.syncs[0];
    assert_eq!(
        (sync.mode, sync.conflicts, sync.on_delete),
        (Mode::TwoWay, Policy::Newest, OnDelete::Report)
    );
    assert!(sync.create.left.is_none() && sync.create.right.is_none());
    assert!(sync.dashboard.is_none() && !sync.commands);
    assert!(!sync.match_title && !sync.confidential && !sync.backlink && !sync.notify);
    let guard = sync.guard;
    assert_eq!(
        (guard.max_changes, guard.max_closes, guard.max_deletes, guard.max_share),
        (500, 50, 50, 50)
    );
    assert!(!guard.share_is_explicit);
    let fields = &sync.fields;
    for direction in [
        fields.title,
        fields.body,
        fields.status.direction,
        fields.labels.direction,
    ] {
        assert_eq!(direction, Direction::Both);
    }
    assert_eq!(
        (fields.assignees.direction, fields.comments.direction),
        (Direction::Both, Direction::Both)
    );
    assert!(fields.comments.edits && !fields.comments.mirror_deletions);
    assert!(fields.labels.unmapped_same && fields.labels.create && fields.labels.skip.is_empty());
    let TrackerConfig::GitHub { api, auth, .. } = &config.trackers[&TrackerId("gh".into())] else {
        panic!("github")
    };
    assert_eq!(api.as_str(), "https://api.github.com/");
    assert!(matches!(auth, GitHubAuth::Token(SecretRef(name)) if name == "T"));
    assert_eq!(find_sync(&config, "b").unwrap_err().code, Code::UnknownSync);
}

#[test]
fn a_mirror_never_writes_left() {
    let config = valid(&with_sync(
        "    mode: mirror\n    create: { gh: on, gl: off }\n    fields: { body: off, labels: { create: false } }\n",
    ));
    let sync = &config.syncs[0];
    let right = Direction::To(Side::Right);
    assert_eq!((sync.mode, sync.backlink), (Mode::Mirror, true));
    assert_eq!((sync.fields.title, sync.fields.body), (right, Direction::Off));
    assert_eq!(
        (sync.fields.labels.direction, sync.fields.comments.direction),
        (right, right)
    );
    assert_eq!(sync.create.left.as_ref().unwrap().state, Some(State::Open));
}

#[test]
fn folders_are_relative_to_the_file() {
    let text = "version: 1\ntrackers:\n  a: { kind: folder, path: ./issues/ }\n  b: { kind: folder, path: /abs }\n\
                syncs: [{ name: x, between: [a, b] }]";
    let config = super::load(text, std::path::Path::new("conf/lockstep.yml")).unwrap();
    let paths = config.trackers.values().map(|t| match t {
        TrackerConfig::Folder { path, .. } => path.display().to_string(),
        TrackerConfig::GitHub { .. } | TrackerConfig::GitLab { .. } => panic!("a folder"),
    });
    let paths: Vec<_> = paths.collect();
    assert_eq!(paths, ["conf/issues", "/abs"]);
}

#[test]
fn an_app_and_an_enterprise_server() {
    let text = "version: 1
trackers:
  gh:
    kind: github
    project: acme/.github
    url: https://ghe.example/api/v3/
    app:
      id: ${APP}
      private_key: ${KEY}
      installation: ${INSTALLATION}
  gl: { kind: gitlab, project: 42, url: 'http://127.0.0.1:8080/gitlab/', token: '${T}' }
syncs:
  - { name: a, between: [gl, gh], conflicts: prefer gh, create: off, guard: { max_share: 5 } }
";
    let config = valid(text);
    let TrackerConfig::GitHub { api, auth, .. } = &config.trackers[&TrackerId("gh".into())] else {
        panic!("github")
    };
    assert_eq!(api.as_str(), "https://ghe.example/api/v3");
    assert!(matches!(auth, GitHubAuth::App { id, .. } if id.0 == "APP"));
    let TrackerConfig::GitLab { url, project, .. } = &config.trackers[&TrackerId("gl".into())] else {
        panic!("gitlab")
    };
    assert_eq!((url.as_str(), project.as_str()), ("http://127.0.0.1:8080/gitlab", "42"));
    assert_eq!(config.syncs[0].conflicts, Policy::Prefer(Side::Right));
    assert_eq!(config.syncs[0].guard.max_share, 5);
}

#[test]
fn anchors_merge_and_a_byte_order_mark_does_not_matter() {
    let text = with_sync("    fields: &f\n      title: to gl\n  - name: b\n    between: [gl, board]\n    fields:\n      <<: *f\n      body: off\n")
        .replace("syncs:", "  board: { kind: folder, path: x }\nsyncs:");
    let config = valid(&format!("\u{feff}{}", text.replace('\n', "\r\n")));
    assert_eq!(config.syncs[1].fields.title, Direction::To(Side::Left));
    assert_eq!(config.syncs[1].fields.body, Direction::Off);
}

#[test]
fn two_labels_may_become_one_when_one_comes_back() {
    let rows = "    fields: { labels: { map: [ { gh: bug, gl: Bug }, { gh: defect, gl: Bug, direction: to gl } ] } }\n";
    let config = valid(&with_sync(rows));
    let map = &config.syncs[0].fields.labels.map;
    assert_eq!((map[0].only_to, map[1].only_to), (None, Some(Side::Right)));
}

#[test]
fn times_and_statuses_are_read_as_written() {
    let config = valid(&with_sync(
        "    create: { gh: { created_after: 2026-01-31, state: all }, gl: { created_after: '2026-01-31T12:00:00+02:00' } }\n    \
         fields: { status: { map: [ { gh: open as reopened, gl: opened + c++ + under review } ] } }\n",
    ));
    let create = &config.syncs[0].create;
    let left = create.left.as_ref().unwrap();
    assert_eq!(
        (left.created_after.unwrap().to_string().as_str(), left.state),
        ("2026-01-31T00:00:00Z", None)
    );
    assert_eq!(
        create.right.as_ref().unwrap().created_after.unwrap().to_string(),
        "2026-01-31T10:00:00Z"
    );
    let row = &config.syncs[0].fields.status.map[0];
    assert_eq!(row.left.status.reason, Some(Reason::Reopened));
    assert_eq!(
        (row.right.status, row.right.labels.clone()),
        (Status::OPEN, vec!["c++".into(), "under review".into()])
    );
}
