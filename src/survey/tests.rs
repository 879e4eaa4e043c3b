use std::path::Path;

use super::wants::wants;
use super::*;
use crate::config::load;
use crate::model::Reason;
use crate::tracker::{Budget, Credential, Grant, Permission, Right, Role, Snag, SnagKind};

fn config(rules: &str) -> Config {
    let rules = rules.replace('\n', "\n    ");
    let text = format!(
        "version: 1\ntrackers:\n  gh: {{ kind: github, project: acme/api, token: '${{A}}' }}\n  \
         gl: {{ kind: gitlab, project: platform/api, token: '${{B}}' }}\n\
         people:\n  - {{ gh: ann, gl: a.nn }}\n  - {{ gl: only.here }}\n\
         syncs:\n  - name: api\n    between: [gh, gl]\n    {rules}\n"
    );
    load(&text, Path::new("lockstep.yml")).unwrap_or_else(|problems| panic!("{text}\n{problems:#?}"))
}

fn profile() -> crate::tracker::Profile {
    let folder = crate::tracker::folder::Folder::new(
        TrackerId("x".into()),
        "nowhere".into(),
        Box::new(|| Timestamp::UNIX_EPOCH),
        "me".into(),
    );
    crate::tracker::Profile {
        close_reasons: &[],
        uploads: true,
        ..folder.profile().clone()
    }
}

fn wanted(rules: &str, on: &str) -> super::wants::Wants {
    wants(&config(rules), &TrackerId(on.into()), &profile())
}

#[test]
fn a_side_that_is_never_written_needs_no_right_but_to_read() {
    let only_read = BTreeSet::from([Right::Read]);
    assert_eq!(wanted("mode: mirror", "gh").rights, only_read);
    assert_eq!(wanted("mode: mirror", "elsewhere").rights, only_read);
    let all = wanted("mode: mirror\nfields: { attachments: reupload }", "gl").rights;
    assert_eq!(all, BTreeSet::from(Right::ALL));
    let plain = "fields: { labels: to gl, milestone: { as: label }, attachments: link }";
    assert_eq!(
        wanted(plain, "gh").rights,
        BTreeSet::from([Right::Read, Right::Write, Right::Plan])
    );
    let labels = [Right::Read, Right::Write, Right::Plan, Right::MakeLabels];
    assert_eq!(wanted(plain, "gl").rights, BTreeSet::from(labels));
    let kept = "fields: { labels: { create: false }, milestone: { create: false }, attachments: off }";
    assert_eq!(
        wanted(kept, "gl").rights,
        BTreeSet::from([Right::Read, Right::Write, Right::Plan])
    );
}

#[test]
fn labels_are_made_where_they_arrive_and_must_be_there_where_they_are_looked_for() {
    let rules = "create: { gh: { labels: [sync, bug], exclude_labels: [internal] } }\nfields:\n  \
                 status: { direction: to gl, map: [ { gh: closed, gl: closed + done } ] }\n  \
                 labels: { direction: both, map: [ { gh: bug, gl: \"type::bug\" }, { gh: idea, gl: idea, direction: to gl } ] }";
    let made = |on| -> Vec<(String, bool)> {
        let labels = wanted(rules, on).labels.into_iter();
        labels.map(|want| (want.name, want.made)).collect()
    };
    let named = |list: &[(&str, bool)]| -> Vec<(String, bool)> {
        list.iter().map(|(name, made)| ((*name).to_owned(), *made)).collect()
    };
    assert_eq!(
        made("gh"),
        named(&[("sync", false), ("bug", false), ("internal", false), ("idea", false)])
    );
    assert_eq!(
        made("gl"),
        named(&[("type::bug", true), ("idea", true), ("done", true)])
    );
}

#[test]
fn people_count_where_they_can_be_assigned_and_statuses_where_they_arrive() {
    let both = wanted("fields: { assignees: both }", "gl");
    assert_eq!(both.people, BTreeSet::from(["a.nn".to_owned(), "only.here".to_owned()]));
    assert_eq!(wanted("fields: { assignees: to gh }", "gl").people, BTreeSet::new());
    let map = "map: [ { gh: closed as not_planned, gl: closed as duplicate } ]";
    let reached = wanted(&format!("fields: {{ status: {{ direction: both, {map} }} }}"), "gl").unreachable;
    assert_eq!(reached.len(), 1);
    assert_eq!(reached[0].0.reason, Some(Reason::Duplicate));
    let off = wanted(&format!("fields: {{ status: {{ direction: to gh, {map} }} }}"), "gl").unreachable;
    assert_eq!(off, Vec::new());
}

/// A tracker in the hands of somebody who means harm.
fn hostile() -> Survey {
    let bad = "x\n::error::a ##[error]b \u{1b}[2J @team <b> #1 | \u{202e}";
    let text = || bad.to_owned();
    let permission = Permission {
        grant: Grant::Untold,
        token: Some(text()),
        role: Some(Role {
            rank: 1,
            name: "Triage",
        }),
    };
    let standing = Standing {
        place: text(),
        project: text(),
        account: Some(text()),
        credential: Some(Credential {
            kind: text(),
            scopes: Some(vec![text(), text()]),
            expires: Some(Timestamp::UNIX_EPOCH),
        }),
        rights: [(Right::Read, permission)].into(),
        budget: Some(Budget {
            remaining: 1,
            limit: Some(5_000),
            resets: Some(Timestamp::UNIX_EPOCH),
        }),
        ahead: Some(-90),
        snags: vec![Snag {
            kind: SnagKind::Asleep,
            message: text(),
            hint: text(),
        }],
    };
    let mut survey = Survey::default();
    survey.trackers.push(Looked {
        name: TrackerId(text()),
        service: Some("GitHub"),
        standing: Some(standing),
        needed: BTreeSet::from([Right::Read]),
        labels: Count { named: 2, there: 1 },
        people: Count::default(),
    });
    for severity in [Severity::Note, Severity::Error] {
        survey.add(Finding {
            severity,
            code: Code::LabelMissing,
            on: Some(TrackerId(text())),
            message: text(),
            hint: text(),
        });
    }
    survey
}

#[test]
fn what_a_service_says_of_itself_is_shown_as_plain_text() {
    let survey = hostile();
    for shown in [human(&survey), markdown(&survey), json(&survey)] {
        let shown = crate::safe::printed(&shown);
        for line in shown.lines() {
            assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "{shown}");
        }
        let colours = shown.replace("\u{1b}[", "");
        assert!(!shown.contains("[2J") || !shown.contains("\u{1b}[2J"), "{shown}");
        assert!(!colours.contains(['\u{1b}', '\u{202e}']), "{shown}");
    }
    let shown = markdown(&survey);
    assert!(
        !shown.contains("@team") && !shown.contains("<b>") && !shown.contains("#1"),
        "{shown}"
    );
    let mut rows = shown.lines().filter(|line| line.starts_with("| "));
    assert!(
        rows.all(|line| line.matches(" | ").count() == 1),
        "two cells a row: {shown}"
    );
    let told: serde_json::Value = serde_json::from_str(&json(&survey)).unwrap();
    assert_eq!(told["findings"][0]["severity"], "error", "the worst first");
}

#[test]
fn every_code_has_a_word_of_its_own() {
    let words: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(words.len(), Code::ALL.len());
    assert_eq!(Survey::default().exit_code(), 0);
    assert_eq!(hostile().exit_code(), 3);
}
