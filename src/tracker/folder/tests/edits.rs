//! Changes of files that people typed, and text that is out for trouble.

use proptest::prelude::*;

use super::*;
use crate::tracker::folder::file::Page;
use crate::tracker::folder::front::{Edit, one_line};

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
        planning: PlanningChange::default(),
        confidential: None,
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
        let flat = crate::tracker::folder::front::one_line(text);
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

/// Lines that people might put into front matter, good and bad.
fn typed_lines() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("labels: [a, b] # x".to_owned()),
        Just("labels:".to_owned()),
        Just("- a".to_owned()),
        Just("  - 'b: c' # d".to_owned()),
        Just("title: |".to_owned()),
        Just("  # text".to_owned()),
        Just("title: \"a".to_owned()),
        Just("status: x\"".to_owned()),
        Just("status: open #".to_owned()),
        Just("# y".to_owned()),
        Just(String::new()),
        Just("mine: &m {a: 1}".to_owned()),
        Just("again: *m".to_owned()),
        Just("? z".to_owned()),
        Just("\"title\" : 'T'".to_owned()),
        "[a-c:#\\-\"' \\[\\]{},|&*!]{0,8}",
    ];
    proptest::collection::vec(line, 0..8).prop_map(|lines| lines.join("\n") + "\n")
}

proptest! {
    #[test]
    fn any_text_survives_a_new_page(title in ".*", label in ".*", body in any::<String>()) {
        let edits = [Edit::text("title", &title), Edit::list("labels", &set(&[&label]))];
        let text = Page::empty().with(&edits, Some(&body)).unwrap();
        let page = Page::read(text.as_bytes()).unwrap();
        prop_assert_eq!(page.body(), body.replace("\r\n", "\n"));
        prop_assert_eq!(page.front.text("title").unwrap().unwrap_or_default(), one_line(&title));
        prop_assert_eq!(page.front.list("labels").unwrap().first().cloned().unwrap_or_default(), one_line(&label));
    }

    #[test]
    fn a_change_of_any_front_matter_is_right_or_refused(front in typed_lines(), crlf in any::<bool>()) {
        let text = format!("---\n{front}---\nbody\n");
        let text = if crlf { text.replace('\n', "\r\n") } else { text };
        let Ok(page) = Page::read(text.as_bytes()) else { return Ok(()) };
        let edits = [Edit::list("labels", &set(&["a", "new"])), Edit::text("status", "closed")];
        if let Ok(after) = page.with(&edits, None) {
            let after = Page::read(after.as_bytes()).unwrap();
            prop_assert_eq!(after.front.list("labels").unwrap(), set(&["a", "new"]));
            prop_assert_eq!(after.front.text("status").unwrap().unwrap(), "closed");
            prop_assert_eq!(after.front.text("title"), page.front.text("title"));
            prop_assert_eq!(after.body(), "body");
        } else {
            prop_assert!(false, "refused: {}", text);
        }
    }

    #[test]
    fn reading_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut page = b"---\n".to_vec();
        page.extend(&bytes);
        page.extend(b"\n---\n");
        for bytes in [bytes, page] {
            if let Ok(page) = Page::read(&bytes) {
                prop_assert!(page.body().len() <= bytes.len());
            }
        }
    }
}
