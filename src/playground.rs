//! The playground of `lockstep try`: two folders of issues and a mapping file, so that a first sync needs no token.
//!
//! Imports nothing of ours: what it writes is what a person could have typed.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// A playground, made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Playground {
    /// Its folder.
    pub dir: PathBuf,
    /// The mapping file in it.
    pub config: PathBuf,
}

/// Why there is no playground.
#[derive(Debug, thiserror::Error)]
pub enum PlaygroundError {
    /// There is something in the folder already, and it may be somebody's work.
    #[error("{} is not empty: name a folder that does not exist yet, or empty this one first", .0.display())]
    NotEmpty(PathBuf),
    /// A file or folder could not be written.
    #[error("{}: cannot write the playground ({source})", .path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

/// Writes the playground into `dir`, which is made when it is missing and must be empty when it is not. Nothing outside
/// of it is touched.
pub fn make(dir: &Path) -> Result<Playground, PlaygroundError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| PlaygroundError::Write { path, source }
    };
    match fs::read_dir(dir) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(PlaygroundError::NotEmpty(dir.to_owned()));
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => fs::create_dir_all(dir).map_err(failed(dir))?,
        Err(error) => return Err(failed(dir)(error)),
    }
    for (name, text) in FILES {
        let path = dir.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed(folder))?;
        }
        let mut file = File::create_new(&path).map_err(failed(&path))?;
        file.write_all(text.as_bytes()).map_err(failed(&path))?;
    }
    Ok(Playground {
        dir: dir.to_owned(),
        config: dir.join("lockstep.yml"),
    })
}

const FILES: [(&str, &str); 11] = [
    ("lockstep.yml", MAPPING),
    ("product/0001.md", EXPORT),
    ("product/0001/comments/0001.md", EXPORT_CAUSE),
    ("product/0001/comments/0002.md", EXPORT_THANKS),
    ("product/0002.md", THEME),
    ("product/0003.md", SOUNDS),
    ("product/0003/comments/0001.md", SOUNDS_WHY),
    ("product/0004.md", FLAGS),
    ("product/0005.md", CERTIFICATE),
    ("team/0001.md", CLOCK),
    ("team/0001/comments/0001.md", CLOCK_FOUND),
];

const MAPPING: &str = r#"# Two folders of issues that tell the same story. Change a file on either side and run
# `lockstep sync` to see what would follow, `lockstep sync --apply` to let it.
version: 1

trackers:
  product:                  # what users see
    kind: folder
    path: product/
  team:                     # where the work is planned
    kind: folder
    path: team/

people:                     # one row per person: who is called what where
  - { product: maintainer, team: lead }
  - { product: docs-writer, team: writer }

syncs:
  - name: playground
    between: [product, team]
    mode: two-way
    create:                 # unlinked issues that get a twin on the other side
      product: { state: all, exclude_labels: [internal] }
      team: on              # every open issue
    conflicts: newest       # when both sides changed the same field
    fields:
      title: both
      body: both
      status:
        direction: both
        map:                # the team has a label where the product has a reason
          - { product: closed as not_planned, team: closed + wontfix }
      labels:
        direction: both
        unmapped: same      # labels without a row keep their name
        map:
          - { product: bug, team: "type::bug" }
          - { product: enhancement, team: "type::feature" }
      assignees: both
      comments: { direction: both, edits: true, deletions: keep }
"#;

const EXPORT: &str = "---
number: 1
title: Export stops after 1,000 rows
status: open
labels: [bug]
assignees: [maintainer]
author: visitor
created: 2026-03-02T09:15:00Z
---

Exporting a table with more than 1,000 rows writes exactly 1,000 and reports success.

1. Open a table with 1,200 rows.
2. Choose **Export**, then `CSV`.
3. Count the lines: `wc -l export.csv` says 1001, header included.

Expected: all rows, or an error.
";

const EXPORT_CAUSE: &str = "---
author: maintainer
created: 2026-03-02T11:40:00Z
---

The export reads the first page only. The limit should go, not grow:

```
for page in pages(table):
    write(page)
```
";

const EXPORT_THANKS: &str = "---
author: visitor
created: 2026-03-03T08:05:00Z
---

Thank you @maintainer. Filtering the table before the export helps until then.
";

const THEME: &str = "---
number: 2
title: A dark theme for the settings page
status: open
labels:
  - enhancement
  - good first issue   # colours only, no layout
author: visitor
created: 2026-03-05T16:30:00Z
---

Every page follows the system's theme but the settings. The export dialog has the same fault, see #1.

- [x] colours chosen
- [ ] contrast checked
- [ ] screenshots in the manual renewed
";

const SOUNDS: &str = "---
number: 3
title: Play a sound when an import is done
status: closed as not_planned
labels: [enhancement]
author: visitor
created: 2026-02-11T13:00:00Z
---

Long imports run in the background. A sound at the end would save looking.
";

const SOUNDS_WHY: &str = "---
author: maintainer
created: 2026-02-12T10:20:00Z
---

The desktop's notifications do this already and can be given a sound there. Closing, with thanks for the idea.
";

const FLAGS: &str = "---
number: 4
title: \"Manual: describe `--format` and `--quiet`\"
status: open
labels: [documentation]
assignees: [docs-writer]
author: maintainer
created: 2026-03-09T07:45:00Z
---

Both flags are in `--help` and missing from the manual.

| flag | since | default |
|---|---|---|
| `--format` | 2.1 | `human` |
| `--quiet` | 2.3 | off |
";

const CERTIFICATE: &str = "---
number: 5
title: Renew the certificate that signs releases
status: open
labels: [internal]   # not for the other side: see `exclude_labels` in lockstep.yml
assignees: [maintainer]
author: maintainer
created: 2026-03-10T12:00:00Z
---

It ends in June. The steps are in the release notes of last year.
";

const CLOCK: &str = "---
number: 1
title: Nightly tests fail when the clocks change
status: open
labels: [\"type::bug\", ci]
assignees: [lead]
author: writer
created: 2026-03-29T04:10:00Z
---

The nightly run is red twice a year. The tests add 24 hours where they mean one day.
";

const CLOCK_FOUND: &str = "---
author: lead
created: 2026-03-30T08:30:00Z
---

Found it: the calendar tests take the machine's time zone. They should name one.
";

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::{Issue, IssueKey, Reason, TrackerId};
    use crate::tracker::ReadTracker as _;
    use crate::tracker::folder::Folder;

    async fn issues(path: PathBuf) -> (Vec<Issue>, usize) {
        let folder = Folder::new(
            TrackerId("x".into()),
            path,
            Box::new(|| jiff::Timestamp::UNIX_EPOCH),
            "me".into(),
        );
        let issues = folder.list(None).await.unwrap().issues;
        let keys: Vec<(IssueKey, u64)> = issues.iter().map(|issue| (issue.key.clone(), 0)).collect();
        let comments = folder.comments(&keys).await.unwrap();
        (issues, comments.values().map(Vec::len).sum())
    }

    #[tokio::test]
    async fn both_folders_can_be_read() {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("deep/playground");
        let made = make(&dir).unwrap();
        assert_eq!(made.config, dir.join("lockstep.yml"));
        let (left, said) = issues(dir.join("product")).await;
        assert_eq!((left.len(), said), (5, 3));
        assert!(left.iter().any(|issue| issue.status.reason == Some(Reason::NotPlanned)));
        let (right, said) = issues(dir.join("team")).await;
        assert_eq!((right.len(), said), (1, 1));
        for issue in left.iter().chain(&right) {
            assert_eq!(
                format!("{:04}.md", issue.key.0.parse::<u64>().unwrap()),
                file_name(&issue.url)
            );
            assert!(issue.author.is_some() && !issue.labels.is_empty() && issue.created < issue.updated);
        }
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1, "nothing beside it");
    }

    fn file_name(path: &str) -> String {
        Path::new(path).file_name().unwrap().to_str().unwrap().to_owned()
    }

    #[test]
    fn the_mapping_file_names_the_people_and_folders_there_are() {
        let mapping: serde_yaml::Value = serde_yaml::from_str(MAPPING).unwrap();
        for side in ["product", "team"] {
            let path = mapping["trackers"][side]["path"].as_str().unwrap();
            assert!(FILES.iter().any(|(name, _)| name.starts_with(path)));
            let logins = mapping["people"]
                .as_sequence()
                .unwrap()
                .iter()
                .map(|row| row[side].as_str().unwrap());
            for login in logins {
                let used = FILES
                    .iter()
                    .filter(|(name, text)| name.starts_with(path) && text.contains(login));
                assert!(used.count() > 0, "{login}");
            }
        }
    }

    #[test]
    fn a_folder_with_anything_in_it_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("mine"), "x").unwrap();
        let error = make(dir.path()).unwrap_err();
        assert!(matches!(error, PlaygroundError::NotEmpty(_)));
        assert!(error.to_string().contains(&dir.path().display().to_string()), "{error}");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        let error = make(&dir.path().join("mine")).unwrap_err();
        assert!(matches!(error, PlaygroundError::Write { .. }), "a file is no folder");
    }

    #[test]
    fn an_empty_folder_will_do() {
        let dir = tempfile::tempdir().unwrap();
        make(dir.path()).unwrap();
        let written: BTreeMap<_, _> = FILES.into_iter().collect();
        for (name, text) in written {
            assert_eq!(fs::read_to_string(dir.path().join(name)).unwrap(), text);
        }
    }
}
