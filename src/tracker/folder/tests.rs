//! The folder as a tracker, on a real disk: files as people leave them, and writes as runs make them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use jiff::Timestamp;
use tempfile::TempDir;

use super::Folder;
use crate::model::{
    Comment, CommentKey, Draft, Issue, IssueKey, Lookup, Op, Patch, Reason, Receipt, State, Status, TrackerId,
};
use crate::tracker::{ReadTracker as _, TrackerError, WriteTracker as _};

const NOW: &str = "2026-05-04T10:20:30Z";

struct Desk {
    dir: TempDir,
    folder: Folder,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = open(dir.path());
        Self { dir, folder }
    }

    fn put(&self, name: &str, text: impl AsRef<[u8]>) -> &Self {
        let path = self.dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn get(&self, name: &str) -> String {
        fs::read_to_string(self.dir.path().join(name)).unwrap()
    }

    /// Dates a file far back, so that any writing shows.
    fn age(&self, name: &str) -> SystemTime {
        let then = SystemTime::from(time("2001-02-03T04:05:06Z"));
        let file = fs::File::options()
            .append(true)
            .open(self.dir.path().join(name))
            .unwrap();
        file.set_modified(then).unwrap();
        then
    }

    fn modified(&self, name: &str) -> SystemTime {
        fs::metadata(self.dir.path().join(name)).unwrap().modified().unwrap()
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.dir.path().join(folder)).unwrap();
        let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    async fn all(&self) -> Vec<Issue> {
        self.folder.list(None).await.unwrap().issues
    }

    async fn one(&self, key: &str) -> Issue {
        match self.folder.issue(&issue_key(key)).await.unwrap() {
            Lookup::Found(issue) => *issue,
            other => panic!("{other:?}"),
        }
    }

    async fn talk(&self, key: &str) -> Vec<Comment> {
        let all = self.folder.comments(&[(issue_key(key), 0)]).await.unwrap();
        all.into_values().next().unwrap()
    }

    async fn update(&self, key: &str, patch: Patch) -> Receipt {
        let key = issue_key(key);
        self.folder.perform(&Op::UpdateIssue { key, patch }).await.unwrap()
    }

    async fn create(&self, draft: Draft) -> Issue {
        self.folder
            .perform(&Op::CreateIssue(draft))
            .await
            .unwrap()
            .issue
            .unwrap()
    }

    async fn comment(&self, key: &str, body: &str) -> Comment {
        let op = Op::CreateComment {
            issue: issue_key(key),
            body: body.into(),
        };
        self.folder.perform(&op).await.unwrap().comment.unwrap()
    }

    async fn uncomment(&self, key: &str, comment: &str) {
        let op = Op::DeleteComment {
            issue: issue_key(key),
            comment: CommentKey(comment.into()),
        };
        assert_eq!(self.folder.perform(&op).await.unwrap(), Receipt::default());
    }

    async fn refusal(&self) -> (String, String) {
        match self.folder.list(None).await.unwrap_err() {
            TrackerError::File { path, detail, .. } => (path, detail),
            other => panic!("{other:?}"),
        }
    }
}

fn open(path: &Path) -> Folder {
    let now = Box::new(|| time(NOW));
    Folder::new(TrackerId("board".into()), path.to_owned(), now, "robin".into())
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn issue_key(key: &str) -> IssueKey {
    IssueKey(key.into())
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn draft(title: &str, body: &str) -> Draft {
    Draft {
        title: title.into(),
        body: body.into(),
        status: Status::OPEN,
        labels: BTreeSet::new(),
        assignees: BTreeSet::new(),
    }
}

fn closed_as(reason: Reason) -> Status {
    Status {
        state: State::Closed,
        reason: Some(reason),
    }
}

#[tokio::test]
async fn files_people_write_by_hand_are_understood() {
    // File, title, status, labels, text.
    let table: &[(&str, &str, Status, &[&str], &str)] = &[
        ("", "0007", Status::OPEN, &[], ""),
        (
            "Just a line\nand more\n",
            "Just a line",
            Status::OPEN,
            &[],
            "Just a line\nand more",
        ),
        (
            "text\n\n# The *big* `one`\n",
            "The big one",
            Status::OPEN,
            &[],
            "text\n\n# The *big* `one`",
        ),
        (
            "```\n# no heading\n```\n\nSetext\n===\n",
            "Setext",
            Status::OPEN,
            &[],
            "```\n# no heading\n```\n\nSetext\n===",
        ),
        ("---\n---\nA\n", "A", Status::OPEN, &[], "A"),
        (
            "\u{feff}---\r\ntitle: T\r\nstatus: Closed\r\n---\r\n\r\nA\r\nB\r\n",
            "T",
            Status::CLOSED,
            &[],
            "A\nB",
        ),
        ("---  \ntitle: T\n---\t\nA", "T", Status::OPEN, &[], "A"),
        ("---\ntitle: T\nnumber: 99\n---\n", "T", Status::OPEN, &[], ""),
        (
            "---\ntitle: 1.10\nlabels: [1.10, yes, 007, ~]\n---\n",
            "1.10",
            Status::OPEN,
            &["007", "1.10", "yes"],
            "",
        ),
        ("---\nTitle: T\nSTATUS: opened\n---\n", "T", Status::OPEN, &[], ""),
        (
            "---\ntitle: T\nlabels: bug, help wanted,\n---\n",
            "T",
            Status::OPEN,
            &["bug", "help wanted"],
            "",
        ),
        ("---\ntitle: T\nlabels: bug\n---\n", "T", Status::OPEN, &["bug"], ""),
        (
            "---\ntitle: T\nlabels:\n- bug\n- 'a, b'\n---\n",
            "T",
            Status::OPEN,
            &["a, b", "bug"],
            "",
        ),
        ("---\ntitle: T\nlabels:\n---\n", "T", Status::OPEN, &[], ""),
        (
            "---\ntitle: !mine T\nstatus: closed as not-planned\n---\n",
            "T",
            closed_as(Reason::NotPlanned),
            &[],
            "",
        ),
        (
            "---\ntitle: |\n  one\n  two\nstatus: Closed as Not Planned\n---\n",
            "one two",
            closed_as(Reason::NotPlanned),
            &[],
            "",
        ),
        (
            "---\ntitle: T\nstatus: closed as completed\n---\n",
            "T",
            closed_as(Reason::Completed),
            &[],
            "",
        ),
        (
            "---\ntitle: T\nstatus: closed as duplicate\ncreated: soon\n---\n",
            "T",
            closed_as(Reason::Duplicate),
            &[],
            "",
        ),
        (
            "---\ntitle: ''\nstatus:\nmine: {a: [1, {b: ~}]}\n? [odd, key]\n: 1\n---\nA",
            "A",
            Status::OPEN,
            &[],
            "A",
        ),
    ];
    for (file, title, status, labels, text) in table {
        let desk = Desk::new();
        desk.put("0007.md", file);
        let issues = desk.all().await;
        let [issue] = issues.as_slice() else { panic!("{file:?}") };
        assert_eq!(issue.key.0, "7", "{file:?}");
        assert_eq!(issue.title, *title, "{file:?}");
        assert_eq!(issue.status, *status, "{file:?}");
        assert_eq!(issue.labels, set(labels), "{file:?}");
        assert_eq!(issue.body.text, *text, "{file:?}");
        assert!(issue.created.is_some() && issue.updated.is_some(), "{file:?}");
        assert_eq!(desk.get("0007.md"), *file, "reading changes nothing");
    }
}

#[tokio::test]
async fn the_other_fields_are_read() {
    let desk = Desk::new();
    desk.put(
        "12345.md",
        "---\ntitle: T\nassignees: ['@ann', ben]\nmilestone: 1.10\nauthor: cy\ncreated: 2026-01-02\n\
         updated: 2999-01-01T00:00:00+01:00\n---\n",
    );
    desk.put("12345/comments/0001.md", "hello")
        .put("12345/comments/0010.md", "---\nauthor: ann\n---\nhi\n");
    desk.put("12345/comments/notes.txt", "no")
        .put("12345/files/0001.md", "no");
    let issue = desk.one("12345").await;
    assert_eq!(issue.assignees, set(&["ann", "ben"]));
    assert_eq!(issue.milestone.as_deref(), Some("1.10"));
    assert_eq!(issue.author.unwrap().login, "cy");
    assert_eq!(issue.created, Some(time("2026-01-02T00:00:00Z")));
    assert_eq!(issue.updated, Some(time("2998-12-31T23:00:00Z")));
    assert_eq!(issue.comment_count, 2);
    assert!(issue.url.ends_with("12345.md"));
    let talk = desk.talk("12345").await;
    let said: Vec<_> = talk.iter().map(|c| (c.key.0.as_str(), c.body.text.as_str())).collect();
    assert_eq!(said, [("1", "hello"), ("10", "hi")]);
    assert_eq!(talk[0].author, None);
    assert_eq!(talk[1].author.as_ref().unwrap().login, "ann");
}

#[tokio::test]
async fn what_is_no_issue_is_ignored() {
    let desk = Desk::new();
    for name in [
        "README.md",
        "0001.md~",
        ".0001.md.swp",
        "0001.txt",
        "a1.md",
        "0000.md",
        ".lockstep-abc.tmp",
        "-1.md",
    ] {
        desk.put(name, "---\nnot: [closed\n");
    }
    desk.put(".git/0001.md", "x").put("0002/comments/0001.md", "orphan");
    assert_eq!(desk.all().await, []);
}

#[tokio::test]
async fn one_bad_file_makes_the_listing_an_error_that_names_it() {
    let table: &[(&str, &str)] = &[
        (
            "---\ntitle: T\nstatus: done\n---\n",
            "line 3: `status: done` is none of: open, closed, ",
        ),
        (
            "---\ntitle: T\n\n# x\nlabels: {a: b}\n---\n",
            "line 5: `labels` must be a list",
        ),
        ("---\ntitle: [a, b]\n---\n", "line 2: `title` must be a text"),
        ("---\ntitle: a\ntitle: b\n---\n", "duplicate"),
        ("---\ntitle: a: b\n---\n", "line 2"),
        ("---\nassignees: @ann\n---\n", "line 2"),
        ("---\ntitle: a\n", "no second `---`"),
    ];
    for (file, why) in table {
        let desk = Desk::new();
        desk.put("0001.md", "fine").put("0002.md", file);
        let (path, detail) = desk.refusal().await;
        assert!(path.ends_with("0002.md"), "{path}");
        assert!(detail.contains(why), "{detail}");
        assert!(
            desk.folder.issue(&issue_key("1")).await.is_ok(),
            "the others can still be read"
        );
    }
}

#[tokio::test]
async fn a_number_used_twice_is_an_error() {
    let desk = Desk::new();
    desk.put("7.md", "a").put("0007.md", "b");
    let (path, detail) = desk.refusal().await;
    assert!(
        path.ends_with("7.md") && detail.contains("same number"),
        "{path}: {detail}"
    );
}

#[tokio::test]
async fn a_missing_folder_is_an_error_and_an_empty_one_is_not() {
    let desk = Desk::new();
    assert_eq!(desk.all().await, []);
    let missing = open(&desk.dir.path().join("nowhere"));
    let error = missing.list(None).await.unwrap_err().to_string();
    assert!(error.contains("mkdir -p"), "{error}");
    assert!(
        missing.issue(&issue_key("1")).await.is_err(),
        "nothing is said about issues of a folder that is not there"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn symbolic_links_are_refused() {
    use std::os::unix::fs::symlink;
    let outside = Desk::new();
    outside.put("secret", "key").put("0001.md", "secret");
    for (link, to) in [
        ("0001.md", "secret"),
        ("0001", "."),
        ("0001/comments", "."),
        ("0001/comments/0001.md", "secret"),
    ] {
        let desk = Desk::new();
        let at = desk.dir.path().join(link);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        symlink(outside.dir.path().join(to), &at).unwrap();
        if link != "0001.md" {
            desk.put("0001.md", "x");
        }
        let (_, detail) = desk.refusal().await;
        assert!(detail.contains("symbolic link"), "{link}: {detail}");
        let before = outside.names(".");
        let op = Op::CreateComment {
            issue: issue_key("1"),
            body: "x".into(),
        };
        assert!(desk.folder.perform(&op).await.is_err(), "{link}");
        assert_eq!(outside.names("."), before);
    }
}

#[tokio::test]
async fn keys_are_never_paths() {
    let desk = Desk::new();
    desk.put("0001.md", "x");
    for key in [
        "../0001",
        "0001",
        "1.md",
        "",
        "+1",
        "-1",
        "99999999999999999999999999",
        "1/../1",
    ] {
        let key = issue_key(key);
        assert_eq!(desk.folder.issue(&key).await.unwrap(), Lookup::Hidden, "{key}");
        let patch = Patch::default();
        let op = Op::UpdateIssue { key, patch };
        assert!(matches!(desk.folder.perform(&op).await, Err(TrackerError::Gone(_))));
    }
    assert_eq!(desk.folder.issue(&issue_key("2")).await.unwrap(), Lookup::Deleted);
}

#[tokio::test]
async fn a_write_changes_its_own_lines_only() {
    let before = "---\n# ours\ntitle: \"A # b\"   # keep\nx-team: &t {a: [1, 2]}   # odd\nlabels:\n  - bug # why\n  \
                  # and\n  - 'type::x'\n\nstatus: open # for now\nother: *t\n# end\n---\ntext\n";
    let after = "---\n# ours\ntitle: \"A # b\"   # keep\nx-team: &t {a: [1, 2]}   # odd\nlabels:\n  - bug # why\n  \
                 # and\n  - \"a: b\"\n  - new\n\nstatus: closed as not_planned # for now\nother: *t\n# end\n\
                 created: 2001-02-03T04:05:06Z\nupdated: 2026-05-04T10:20:30Z\n---\ntext\n";
    for crlf in [false, true] {
        let ends = |text: &str| {
            if crlf {
                text.replace('\n', "\r\n")
            } else {
                text.to_owned()
            }
        };
        let desk = Desk::new();
        desk.put("0003.md", ends(before));
        desk.age("0003.md");
        let patch = Patch {
            status: Some((Status::OPEN, closed_as(Reason::NotPlanned))),
            add_labels: set(&["new", "a: b"]),
            remove_labels: set(&["type::x", "never there"]),
            ..Patch::default()
        };
        let issue = desk.update("3", patch).await.issue.unwrap();
        assert_eq!(desk.get("0003.md"), ends(after));
        assert_eq!(issue.labels, set(&["a: b", "bug", "new"]));
        assert_eq!(issue.status, closed_as(Reason::NotPlanned));
        assert_eq!(issue.updated, Some(time(NOW)));
        assert_eq!(issue, desk.one("3").await);
    }
}

#[tokio::test]
async fn front_matter_that_lines_cannot_change_keeps_its_values() {
    for before in [
        "---\n{title: T, labels: [a], mine: {b: [1]}}\n---\nx",
        "---\ntitle: T\nlabels: &l [a]\nmine: {b: [1]}\nagain: *l\n---\nx",
        "---\ntitle: T\nmine: {b: [1]}\nlabels: [a,\nc]\n---\nx",
        "---\ntitle: 'T\nlabels: x'\nmine: {b: [1]}\n---\nx",
    ] {
        let desk = Desk::new();
        desk.put("0001.md", before);
        let old = desk.one("1").await;
        let patch = Patch {
            add_labels: set(&["b"]),
            ..Patch::default()
        };
        let new = desk.update("1", patch).await.issue.unwrap();
        let mut labels = old.labels.clone();
        labels.insert("b".into());
        assert_eq!(new.labels, labels, "{before}");
        assert_eq!(new.title, old.title, "{before}");
        assert_eq!(new.body, old.body, "{before}");
        let after = desk.get("0001.md");
        let front = after.split("---").nth(1).unwrap();
        let map: serde_yaml::Mapping = serde_yaml::from_str(front).unwrap();
        assert_eq!(map["mine"]["b"][0], 1, "{after}");
    }
}

#[tokio::test]
async fn a_write_that_changes_nothing_touches_nothing() {
    let desk = Desk::new();
    let file = "---\r\ntitle: T\r\nstatus: closed\r\nlabels: a, b\r\nassignees: '@ann'\r\n---\r\nx\r\ny\r\n";
    desk.put("0001.md", file).put("0001/comments/0001.md", "hello\n");
    let then = desk.age("0001.md");
    desk.age("0001/comments/0001.md");
    let patch = Patch {
        title: Some("T".into()),
        body: Some("x\ny".into()),
        status: Some((Status::CLOSED, closed_as(Reason::Completed))),
        add_labels: set(&["a"]),
        remove_labels: set(&["z"]),
        assignees: Some(set(&["ann"])),
    };
    desk.update("1", patch).await;
    let op = Op::EditComment {
        issue: issue_key("1"),
        comment: CommentKey("1".into()),
        body: "hello".into(),
    };
    desk.folder.perform(&op).await.unwrap();
    assert_eq!(desk.modified("0001.md"), then);
    assert_eq!(desk.modified("0001/comments/0001.md"), then);
    assert_eq!(desk.folder.usage().writes, 0);
}

#[tokio::test]
async fn the_first_write_pins_what_was_made_up() {
    let desk = Desk::new();
    desk.put("0001.md", "# Heading\n\ntext\n");
    desk.age("0001.md");
    let patch = Patch {
        body: Some("# Another\n".into()),
        ..Patch::default()
    };
    let issue = desk.update("1", patch).await.issue.unwrap();
    assert_eq!(issue.title, "Heading");
    assert_eq!(issue.created, Some(time("2001-02-03T04:05:06Z")));
    assert_eq!(issue.body.text, "# Another\n");
}

#[tokio::test]
async fn a_new_issue_is_written_whole() {
    let desk = Desk::new();
    desk.put("0009.md", "x")
        .put("0011/comments/0001.md", "of a deleted issue");
    let wish = Draft {
        status: closed_as(Reason::Duplicate),
        labels: set(&["type::bug", "help wanted"]),
        assignees: set(&["ann"]),
        ..draft("Hello", "text\n\n<!-- x -->")
    };
    let issue = desk.create(wish).await;
    assert_eq!(issue.key.0, "12");
    assert_eq!(
        desk.get("0012.md"),
        "---\nnumber: 12\ntitle: Hello\nstatus: closed as duplicate\nlabels: [help wanted, \"type::bug\"]\n\
         assignees: [ann]\nauthor: robin\ncreated: 2026-05-04T10:20:30Z\nupdated: 2026-05-04T10:20:30Z\n---\n\n\
         text\n\n<!-- x -->\n"
    );
    assert_eq!(issue, desk.one("12").await);
    assert_eq!(issue.comment_count, 0);
}

#[tokio::test]
async fn hostile_text_comes_back_as_it_went_in() {
    let hostile = [
        "---",
        "--- ",
        "a: b",
        "# no comment",
        "a # b",
        "\"",
        "'",
        "\\",
        "[x",
        "{x}",
        "!!binary x",
        "!tag",
        "&a",
        "*a",
        "|",
        ">",
        "- x",
        "? x",
        "%YAML 1.2",
        "@x",
        "`x`",
        "~",
        "null",
        "true",
        "no",
        "1.10",
        "0x1F",
        "2026-01-01",
        "<<",
        "=",
        "x:",
        "\u{7f}",
        "\u{85}x",
        "\u{2028}x",
        "a\u{0}b",
        "a\nb",
        "a\n---\nb",
        "\u{feff}x",
        "é 漢 🎉",
        ",",
        "a,b",
        "<<<<<<< HEAD",
        "...",
    ];
    for text in hostile {
        let desk = Desk::new();
        let body = format!("{text}\n---\ntitle: no\n---\n{text}");
        let wish = Draft {
            labels: set(&[text, "other"]),
            ..draft(text, &body)
        };
        let issue = desk.create(wish).await;
        let flat = super::front::one_line(text);
        let title = if flat.is_empty() {
            issue.title.clone()
        } else {
            flat.clone()
        };
        assert_eq!(issue.title, title, "{text:?}");
        assert_eq!(issue.status, Status::OPEN);
        assert_eq!(issue.body.text, body, "{text:?}");
        let mut labels = set(&[&flat, "other"]);
        labels.remove("");
        assert_eq!(issue.labels, labels, "{text:?}");
        // And once more by way of a change, into a list of one item a line.
        desk.put("0002.md", "---\ntitle: T\nlabels:\n- x # stays\n---\n");
        let patch = Patch {
            title: Some(text.into()),
            body: Some(body.clone()),
            add_labels: set(&[text]),
            ..Patch::default()
        };
        let issue = desk.update("2", patch).await.issue.unwrap();
        let mut labels = set(&[&flat, "x"]);
        labels.remove("");
        assert_eq!(issue.labels, labels, "{text:?}");
        assert_eq!(issue.body.text, body, "{text:?}");
        assert_eq!(issue.title, title, "{text:?}");
    }
}

#[tokio::test]
async fn numbers_of_comments_are_not_given_again() {
    let desk = Desk::new();
    desk.put("0001.md", "x");
    assert_eq!(desk.comment("1", "a").await.key.0, "1");
    let second = desk.comment("1", "---\nb").await;
    assert_eq!((second.key.0.as_str(), second.body.text.as_str()), ("2", "---\nb"));
    assert_eq!(second.author.unwrap().login, "robin");
    desk.uncomment("1", "2").await;
    desk.uncomment("1", "2").await;
    desk.uncomment("5", "1").await;
    assert_eq!(desk.comment("1", "c").await.key.0, "3");
    fs::remove_file(desk.dir.path().join("0001/comments/0003.md")).unwrap();
    assert_eq!(
        desk.comment("1", "d").await.key.0,
        "4",
        "also when somebody removed the file by hand"
    );
    desk.put("0001/comments/.last", "rubbish");
    assert_eq!(desk.comment("1", "e").await.key.0, "5");
    desk.put("0001/comments/0041.md", "by hand");
    desk.uncomment("1", "41").await;
    assert_eq!(desk.comment("1", "f").await.key.0, "42");
    assert_eq!(desk.one("1").await.comment_count, 4);
}

#[tokio::test]
async fn a_comment_is_changed_in_place() {
    let desk = Desk::new();
    desk.put("0001.md", "x").put(
        "0001/comments/0001.md",
        "---\nauthor: ann\nmood: good # really\n---\nold\n",
    );
    desk.age("0001/comments/0001.md");
    let mut op = Op::EditComment {
        issue: issue_key("1"),
        comment: CommentKey("1".into()),
        body: "new".into(),
    };
    let comment = desk.folder.perform(&op).await.unwrap().comment.unwrap();
    assert_eq!(comment.body.text, "new");
    assert_eq!(
        desk.get("0001/comments/0001.md"),
        "---\nauthor: ann\nmood: good # really\ncreated: 2001-02-03T04:05:06Z\nupdated: 2026-05-04T10:20:30Z\n---\n\nnew\n"
    );
    if let Op::EditComment { comment, .. } = &mut op {
        comment.0 = "2".into();
    }
    assert!(matches!(desk.folder.perform(&op).await, Err(TrackerError::Gone(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_runs_never_share_a_number() {
    let desk = Desk::new();
    let runs = [open(desk.dir.path()), open(desk.dir.path())];
    let mut tasks = Vec::new();
    for at in 0..24 {
        let run = runs[at % 2].clone();
        let op = Op::CreateIssue(draft(&format!("issue {at}"), ""));
        tasks.push(tokio::spawn(
            async move { run.perform(&op).await.unwrap().issue.unwrap() },
        ));
    }
    let mut keys = BTreeSet::new();
    for task in tasks {
        keys.insert(task.await.unwrap().key);
    }
    assert_eq!(keys.len(), 24);
    let titles: BTreeSet<String> = desk.all().await.into_iter().map(|issue| issue.title).collect();
    assert_eq!(titles.len(), 24);
    assert!(
        desk.names(".").iter().all(|name| name.ends_with(".md")),
        "nothing else is left behind"
    );
}

#[test]
fn a_file_that_appears_in_between_is_not_overwritten() {
    let desk = Desk::new();
    desk.put("0001.md", "theirs");
    let made = super::disk::create(&desk.dir.path().join("0001.md"), "ours", time(NOW)).unwrap();
    assert!(!made);
    assert_eq!(desk.get("0001.md"), "theirs");
    assert_eq!(desk.names("."), ["0001.md"]);
}

#[cfg(unix)]
#[tokio::test]
async fn rights_of_a_file_are_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    desk.put("0001.md", "x");
    let path = desk.dir.path().join("0001.md");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let patch = Patch {
        title: Some("T".into()),
        ..Patch::default()
    };
    desk.update("1", patch).await;
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
}

#[tokio::test]
async fn what_changed_since_includes_comments() {
    let desk = Desk::new();
    for name in ["0001.md", "0002.md", "0003.md", "0002/comments/0001.md"] {
        desk.put(name, "x");
    }
    for name in ["0001.md", "0002.md"] {
        desk.age(name);
    }
    let changed = desk.folder.list(Some(time("2020-01-01T00:00:00Z"))).await.unwrap();
    let keys: Vec<_> = changed.issues.iter().map(|issue| issue.key.0.as_str()).collect();
    assert_eq!(keys, ["2", "3"]);
    assert_eq!(changed.now, time(NOW));
}

#[tokio::test]
async fn labels_are_those_in_use_and_everybody_can_be_assigned() {
    let desk = Desk::new();
    desk.put("0001.md", "---\nlabels: b, a\n---\n")
        .put("0002.md", "---\nlabels: [a, C]\n---\n");
    let labels: Vec<_> = desk
        .folder
        .labels()
        .await
        .unwrap()
        .into_iter()
        .map(|label| label.name)
        .collect();
    assert_eq!(labels, ["C", "a", "b"]);
    assert_eq!(desk.folder.assignable(&["x".into()]).await.unwrap()["x"], true);
    assert_eq!(desk.folder.account().await.unwrap().as_deref(), Some("robin"));
    let gone = desk.folder.comments(&[(issue_key("9"), 0)]).await;
    assert!(
        matches!(gone, Err(TrackerError::Gone(_))),
        "never an empty list for an issue that is not there"
    );
}
