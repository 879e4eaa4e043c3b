//! Files beside issues.

use std::fs;

use super::{Desk, draft, issue_key, open};
use crate::model::Op;
use crate::tracker::file::samples::{content, waiting};
use crate::tracker::{LocalFile, ReadTracker as _, Shelf, TrackerError, WriteTracker as _};

impl Desk {
    async fn fetched(&self, address: &str) -> Result<Vec<u8>, TrackerError> {
        content(self.folder.fetch(address).await?).await
    }

    async fn keep(&self, issue: Option<&str>, file: &LocalFile) -> Result<String, TrackerError> {
        let issue = issue.map(issue_key);
        self.folder.keep(issue.as_ref(), file, Shelf::Uploads).await
    }
}

#[tokio::test]
async fn a_file_beside_an_issue_is_read_under_its_path() {
    let desk = Desk::new();
    let long = vec![7; 300_000];
    desk.put("0001.md", "text")
        .put("0001/files/a b.png", "one")
        .put("0001/files/a%20b.png", "two")
        .put("0001/files/c d.png", "three")
        .put("7/files/below/größe.bin", &long);
    for (address, expected) in [
        ("0001/files/a b.png", &b"one"[..]),
        ("0001/files/a%20b.png", b"two"),
        ("./0001/files/c%20d.png", b"three"),
        ("7/files/below/gr%C3%B6%C3%9Fe.bin", &long),
    ] {
        assert_eq!(desk.fetched(address).await.unwrap(), expected, "{address}");
    }
    let download = desk.folder.fetch("7/files/below/größe.bin").await.unwrap();
    assert_eq!((download.name.as_str(), download.size), ("größe.bin", Some(300_000)));
}

#[tokio::test]
async fn nothing_but_files_of_issues_is_read() {
    let desk = Desk::new();
    desk.put("0001.md", "text")
        .put("0001/comments/0001.md", "said")
        .put("0001/files/a.png", "one")
        .put("secret.txt", "secret")
        .put(".git/files/config", "secret");
    for address in [
        "",
        ".",
        "0001.md",
        "secret.txt",
        "0001/comments/0001.md",
        ".git/files/config",
        "0001/files",
        "0001/files/",
        "0001/files/.",
        "0001/files/../../secret.txt",
        "0001/files/%2e%2e/%2e%2e/secret.txt",
        "0001/files/..%2f..%2fsecret.txt",
        "0001/files/..\\..\\secret.txt",
        "0001/files/missing.png",
        "0002/files/a.png",
        "x/files/a.png",
        "/0001/files/a.png",
        "/etc/passwd",
        "C:/0001/files/a.png",
        "file:///etc/passwd",
        "0001/files/a.png/b",
        "0001/files/a\0.png",
    ] {
        let refused = desk.fetched(address).await.unwrap_err();
        let expected = matches!(refused, TrackerError::Rejected { .. } | TrackerError::File { .. });
        assert!(expected, "{address}: {refused:?}");
    }
    assert!(matches!(
        desk.fetched("/etc/passwd").await,
        Err(TrackerError::Rejected { .. })
    ));
}

#[cfg(unix)]
#[tokio::test]
async fn links_out_of_the_folder_are_not_followed() {
    use std::os::unix::fs::symlink;

    let desk = Desk::new();
    let outside = tempfile::tempdir().unwrap();
    fs::create_dir(outside.path().join("files")).unwrap();
    fs::write(outside.path().join("files/a.png"), "secret").unwrap();
    let at = |name: &str| desk.dir.path().join(name);
    desk.put("0001/files/b.png", "one");
    symlink(outside.path().join("files/a.png"), at("0001/files/a.png")).unwrap();
    symlink(outside.path().join("files"), at("0001/files/below")).unwrap();
    symlink(outside.path(), at("0002")).unwrap();
    for address in ["0001/files/a.png", "0001/files/below/a.png", "0002/files/a.png"] {
        let refused = desk.fetched(address).await.unwrap_err();
        assert!(matches!(refused, TrackerError::File { .. }), "{address}: {refused:?}");
    }
    let (_disk, file) = waiting("a.png", b"bytes");
    fs::remove_file(at("0002")).unwrap();
    desk.put("0003.md", "text");
    symlink(outside.path(), at("0003")).unwrap();
    assert!(desk.keep(Some("3"), &file).await.is_err());
    assert_eq!(fs::read_dir(outside.path().join("files")).unwrap().count(), 1);
}

#[tokio::test]
async fn a_file_is_put_beside_its_issue_once() {
    let desk = Desk::new();
    desk.put("0001.md", "text").put("7.md", "text");
    let (_disk, file) = waiting("a.png", b"bytes");
    for (key, address) in [
        ("1", "0001/files/0123456789ab-a.png"),
        ("7", "7/files/0123456789ab-a.png"),
    ] {
        assert_eq!(desk.keep(Some(key), &file).await.unwrap(), address);
        assert_eq!(desk.get(address), "bytes");
        assert_eq!(desk.fetched(address).await.unwrap(), b"bytes");
        let then = desk.age(address);
        assert_eq!(desk.keep(Some(key), &file).await.unwrap(), address);
        assert_eq!(desk.modified(address), then, "not written again");
    }
    assert_eq!(desk.folder.usage().writes, 2);
    assert_eq!(desk.names("0001/files"), ["0123456789ab-a.png"], "nothing is left over");
}

#[tokio::test]
async fn a_file_that_somebody_changed_is_left_alone() {
    let desk = Desk::new();
    desk.put("0001.md", "text")
        .put("0001/files/0123456789ab-a.png", "bytez");
    let (_disk, file) = waiting("a.png", b"bytes");
    let address = desk.keep(Some("1"), &file).await.unwrap();
    assert_eq!(address, format!("0001/files/{}-a.png", file.digest));
    assert_eq!(
        (
            desk.get("0001/files/0123456789ab-a.png").as_str(),
            desk.get(&address).as_str()
        ),
        ("bytez", "bytes")
    );
    desk.put(&address, "bytez");
    assert!(matches!(
        desk.keep(Some("1"), &file).await,
        Err(TrackerError::File { .. })
    ));
}

#[tokio::test]
async fn files_of_an_issue_to_come_set_its_number_aside() {
    let desk = Desk::new();
    desk.put("0001.md", "text");
    let (_one, file) = waiting("a.png", b"bytes");
    let (_two, other) = waiting("b.png", b"other");
    assert_eq!(desk.keep(None, &file).await.unwrap(), "0002/files/0123456789ab-a.png");
    assert_eq!(desk.keep(None, &other).await.unwrap(), "0002/files/0123456789ab-b.png");
    assert_eq!(desk.all().await.len(), 1, "a number set aside is no issue");
    // Another run takes the next number, and not this one.
    let meanwhile = open(desk.dir.path());
    let issue = meanwhile.perform(&Op::CreateIssue(draft("Theirs", ""))).await.unwrap();
    assert_eq!(issue.issue.unwrap().key, issue_key("3"));
    assert_eq!(desk.create(draft("Ours", "")).await.key, issue_key("2"));
    assert_eq!(desk.create(draft("Next", "")).await.key, issue_key("4"));
    assert_eq!(
        desk.keep(Some("2"), &file).await.unwrap(),
        "0002/files/0123456789ab-a.png"
    );
    assert_eq!(desk.keep(None, &file).await.unwrap(), "0005/files/0123456789ab-a.png");
    // Somebody wrote an issue of that number by hand: it is theirs.
    desk.put("0005.md", "by hand");
    assert_eq!(desk.create(draft("Ours", "")).await.key, issue_key("6"));
}

#[tokio::test]
async fn what_cannot_be_kept_leaves_nothing_behind() {
    let desk = Desk::new();
    desk.put("0001.md", "text");
    let (_disk, file) = waiting("a.png", b"bytes");
    assert!(matches!(desk.keep(Some("9"), &file).await, Err(TrackerError::Gone(_))));
    assert!(matches!(desk.keep(Some("x"), &file).await, Err(TrackerError::Gone(_))));
    let longer = LocalFile {
        size: 6,
        ..file.clone()
    };
    assert!(matches!(
        desk.keep(Some("1"), &longer).await,
        Err(TrackerError::File { .. })
    ));
    assert_eq!(desk.names("0001/files"), Vec::<String>::new());
    let unsound = LocalFile {
        name: "../../x".into(),
        ..file.clone()
    };
    assert!(matches!(
        desk.keep(Some("1"), &unsound).await,
        Err(TrackerError::Rejected { .. })
    ));
    let branch = desk.folder.keep(None, &file, Shelf::Branch).await;
    assert!(matches!(branch, Err(TrackerError::Rejected { .. })));
    assert_eq!(desk.folder.usage().writes, 0);
}
