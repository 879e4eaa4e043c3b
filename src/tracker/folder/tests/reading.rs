//! Files as people leave them.

use super::*;

/// A file, and the title, status, labels and text it holds.
const TYPED: &[(&str, &str, Status, &[&str], &str)] = &[
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

#[tokio::test]
async fn files_people_write_by_hand_are_understood() {
    for (file, title, status, labels, text) in TYPED {
        let desk = Desk::new();
        desk.put("0007.md", file);
        let issues = desk.all().await;
        let [issue] = issues.as_slice() else { panic!("{file:?}") };
        assert_eq!(issue.key.0, "7", "{file:?}");
        assert_eq!(issue.title, *title, "{file:?}");
        assert_eq!(issue.status, *status, "{file:?}");
        assert_eq!(issue.labels, set(labels), "{file:?}");
        assert_eq!(issue.body.text, *text, "{file:?}");
        assert_eq!(issue.created, None, "{file:?}"); // Where any is written, it is no time.
        assert!(issue.updated.is_some(), "{file:?}");
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
async fn a_bad_file_is_told_with_all_that_is_wrong_and_keeps_nobody_else_back() {
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
        (
            "---\nstatus: done\nweight: heavy\ndue: soon\n---\n",
            "line 2: `status: done` is none of: open, closed, closed as completed, closed as not_planned, closed as duplicate; \
             line 3: `weight: heavy` is not a whole number: `weight: 3`; line 4: `due: soon` is not a day",
        ),
    ];
    for (file, why) in table {
        let desk = Desk::new();
        desk.put("0001.md", "fine").put("0002.md", file);
        let flaw = desk.flaw().await;
        assert!(flaw.contains("0002.md: ") && flaw.contains(why), "{flaw}");
        let listing = desk.folder.list(None).await.unwrap();
        assert_eq!(listing.issues.len(), 1, "the others can still be read");
        assert!(desk.folder.issue(&issue_key("2")).await.is_err());
        assert!(desk.folder.standing().await.is_err(), "a check tells of it");
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
    assert!(desk.folder.assignable(&["x".into()]).await.unwrap()["x"]);
    assert_eq!(desk.folder.account().await.unwrap().as_deref(), Some("robin"));
    let gone = desk.folder.comments(&[(issue_key("9"), 0)]).await;
    assert!(
        matches!(gone, Err(TrackerError::Gone(_))),
        "never an empty list for an issue that is not there"
    );
}
