//! `docs/fidelity.md` is what the trackers' profiles say.

use std::path::Path;

use lockstep::config::load;
use lockstep::env::Env;
use lockstep::run::{Line, open_over};
use lockstep::tracker::{Fate, Passage, Profile, fidelity};

use super::fresh;

const PAGE: &str = "docs/fidelity.md";

const HEAD: &str = "# What crosses, and what does not

For every field of the mapping file, what becomes of it on its way from one tracker to another when the field is switched
on. Made from what the program knows of each tracker, and compared by `cargo test`.

| word | meaning |
|---|---|
| carried | It arrives as it is, and its changes travel both ways. |
| fitted | It arrives within the limits of where it goes. The loss never flows back as a change. |
| shown | The other side has no such field. A label, the footer or a link shows it, as far as the mapping file asks for that. |
| lost | It does not arrive. |
| \u{2013} | There is nothing to carry: the side it would come from has no such field. |

Limits count characters. Of people only those of the `people:` table can be assigned. GitLab without Premium holds one
assignee, no weight, no iteration and no epic; it says so only in its answers, and what it did not keep is reported
(`not-kept`) and does not flap. GitLab's internal notes and GitHub's hidden comments never cross. Reactions, issue types,
relations between issues and the history of an issue do not cross. How each field is switched on, and as what, is in
[mapping.md](mapping.md#fields).
";

const MAPPING: &str = "version: 1
trackers:
  github: { kind: github, project: acme/api, token: \"${TOKEN}\" }
  gitlab: { kind: gitlab, project: acme/api, token: \"${TOKEN}\" }
  folder: { kind: folder, path: issues/ }
syncs:
  - name: all
    between: [github, gitlab]
";

/// The three trackers' profiles, by kind. To be called where there is a runtime.
fn profiles() -> Vec<(String, Profile)> {
    let config = load(MAPPING, Path::new("lockstep.yml")).unwrap();
    let env = Env::of([("TOKEN", "none")]);
    let names = config.trackers.keys().cloned().collect();
    let opened = open_over(&config, &env, &names, Line::default());
    let profile = |tracker: lockstep::run::OpenTracker| tracker.reader().profile().clone();
    opened
        .into_iter()
        .map(|(name, tracker)| (name.0, profile(tracker.unwrap())))
        .collect()
}

fn word(fate: Fate) -> &'static str {
    match fate {
        Fate::Carried => "carried",
        Fate::Fitted => "fitted",
        Fate::Shown => "shown",
        Fate::Lost => "lost",
        Fate::Nothing => "\u{2013}",
    }
}

fn table(passages: &[Passage]) -> String {
    let mut out = String::from("| field | | how |\n|---|---|---|\n");
    for Passage { field, fate, note } in passages {
        let (name, of) = field.split_once(": ").unwrap_or((field, ""));
        let of = if of.is_empty() {
            String::new()
        } else {
            format!(", {of}")
        };
        out.push_str(&format!("| `{name}`{of} | {} | {note} |\n", word(*fate)));
    }
    out
}

#[tokio::test]
async fn the_page_of_what_crosses_is_fresh() {
    let profiles = profiles();
    let mut wanted = HEAD.to_owned();
    for from in ["github", "gitlab", "folder"] {
        for to in ["github", "gitlab", "folder"] {
            if (from, to) == ("folder", "folder") {
                continue;
            }
            let find = |kind: &str| &profiles.iter().find(|(name, _)| name == kind).unwrap().1;
            let (from, to) = (find(from), find(to));
            let name = |profile: &Profile| match profile.service {
                "folder" => "a folder",
                other => other,
            };
            let other = if from.service == to.service { "another " } else { "" };
            let passages = fidelity(from, to);
            wanted.push_str(&format!(
                "\n## {} to {other}{}\n\n{}",
                capital(name(from)),
                name(to),
                table(&passages)
            ));
        }
    }
    fresh(PAGE, &wanted);
}

fn capital(text: &str) -> String {
    text.replacen("a folder", "A folder", 1)
}

/// The words follow the profile, whatever the tracker is called.
#[tokio::test]
async fn what_crosses_follows_the_profiles() {
    let profiles = profiles();
    let [(_, folder), (_, github), (_, gitlab)] = &profiles[..] else {
        panic!("{}", profiles.len());
    };
    let fate = |from: &Profile, to: &Profile, field: &str| {
        let all = fidelity(from, to);
        all.into_iter().find(|passage| passage.field == field).unwrap()
    };
    assert_eq!(fate(gitlab, github, "labels").fate, Fate::Fitted);
    assert!(fate(gitlab, github, "assignees").note.contains("10 at most"));
    assert!(fate(github, gitlab, "title").note.contains("255"));
    assert_eq!(fate(gitlab, folder, "weight").fate, Fate::Carried);
    assert_eq!(fate(gitlab, github, "weight").fate, Fate::Shown);
    assert_eq!(fate(github, gitlab, "weight").fate, Fate::Nothing);
    let mut narrow = folder.clone();
    narrow.title_max = 80;
    narrow.holds.milestones = false;
    narrow.uploads = false;
    assert_eq!(fate(github, &narrow, "title").fate, Fate::Fitted);
    assert!(fate(github, &narrow, "title").note.contains("80 characters"));
    assert_eq!(fate(github, &narrow, "milestone").fate, Fate::Shown);
    assert_eq!(fate(github, &narrow, "attachments").fate, Fate::Shown);
    assert_eq!(fate(gitlab, &narrow, "confidential").fate, Fate::Lost);
    for (_, profile) in &profiles {
        for passage in fidelity(profile, profile) {
            assert!(!matches!(passage.fate, Fate::Fitted | Fate::Lost), "{passage:?}");
        }
    }
}
