//! Files: fetched from where texts name them, and kept where the profile says they can be.

use std::fs;

use futures_util::TryStreamExt;
use lockstep::model::IssueKey;
use lockstep::tracker::{LocalFile, Shelf, TrackerError};
use tempfile::NamedTempFile;

use super::{Bench, draft};
use crate::support::player::Vendor;

async fn fetched(bench: &Bench, address: &str) -> Result<Vec<u8>, TrackerError> {
    let download = bench.tracker.reader().fetch(address).await?;
    let chunks: Vec<_> = download.chunks.try_collect().await?;
    Ok(chunks.concat())
}

/// A file that waits, as long as the first value lives.
fn waiting(name: &str, bytes: &[u8], digest: char) -> (NamedTempFile, LocalFile) {
    let disk = NamedTempFile::new().unwrap();
    fs::write(disk.path(), bytes).unwrap();
    let file = LocalFile {
        path: disk.path().to_owned(),
        name: name.to_owned(),
        media_type: Some("image/png".to_owned()),
        size: bytes.len() as u64,
        digest: digest.to_string().repeat(64),
    };
    (disk, file)
}

async fn keep(bench: &Bench, issue: Option<&IssueKey>, file: &LocalFile, shelf: Shelf) -> Result<String, TrackerError> {
    bench.tracker.writer().keep(issue, file, shelf).await
}

pub(super) async fn what_people_attach_is_fetched_whole(bench: &Bench) {
    let large: Vec<u8> = (0..3_000_000_u32).map(|i| u8::try_from(i % 251).unwrap()).collect();
    for (name, bytes) in [("a.png", &large[..]), ("empty.txt", b""), ("b.txt", b"\0\xff\r\n")] {
        let address = bench.player().attach(bytes, name);
        let download = bench.tracker.reader().fetch(&address).await.unwrap();
        assert!(download.name.ends_with(name), "{}", download.name);
        assert!(download.size.is_none_or(|size| size == bytes.len() as u64));
        assert!(fetched(bench, &address).await.unwrap() == bytes, "{name}");
    }
    assert_eq!(bench.tracker.reader().usage().writes, 0);
    if bench.player().vendor == Vendor::GitHub {
        let asked = bench.player().github().storage_asked();
        assert_eq!(asked.len(), 6);
        let ours = ["authorization", "private-token", "cookie"];
        assert!(
            !asked
                .iter()
                .any(|headers| ours.iter().any(|name| headers.contains_key(*name)))
        );
    }
}

pub(super) async fn a_file_that_is_not_the_trackers_is_not_fetched(bench: &Bench) {
    for address in [
        "",
        "a.png",
        "https://elsewhere.example/a.png",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "/etc/passwd",
        "../../../etc/passwd",
        "data:image/png;base64,AAAA",
        "/uploads/0123456789abcdef0123456789abcdef/..%2f..%2fuser",
    ] {
        let refused = fetched(bench, address).await.unwrap_err();
        assert!(
            matches!(refused, TrackerError::Rejected { .. }),
            "{address}: {refused:?}"
        );
    }
    let missing = format!("{}x", bench.player().attach(b"bytes", "a.png"));
    assert!(matches!(
        fetched(bench, &missing).await,
        Err(TrackerError::Rejected { .. })
    ));
}

pub(super) async fn what_is_kept_is_there_under_its_address(bench: &Bench) {
    let key = bench.create(draft("Crash", "text")).await.key;
    let bytes: Vec<u8> = (0..200_000_u32).map(|i| u8::try_from(i % 256).unwrap()).collect();
    let (_disk, file) = waiting("a.png", &bytes, 'a');
    for (shelf, has) in [
        (Shelf::Uploads, bench.profile().uploads),
        (Shelf::Branch, bench.profile().branch),
    ] {
        let kept = keep(bench, Some(&key), &file, shelf).await;
        if !has {
            assert!(
                matches!(kept, Err(TrackerError::Rejected { .. })),
                "{shelf:?}: {kept:?}"
            );
            continue;
        }
        let address = kept.unwrap();
        assert!(address.ends_with("a.png"), "{address}");
        let there = match bench.player().vendor {
            Vendor::GitHub => bench.player().github().uploads(),
            Vendor::GitLab => bench.player().gitlab().uploads(),
            Vendor::Folder => Vec::new(),
        };
        match there.as_slice() {
            [] => assert!(fetched(bench, &address).await.unwrap() == bytes),
            [one] => assert!(one.address == address && one.bytes == bytes),
            more => panic!("{} files", more.len()),
        }
        if shelf == Shelf::Uploads {
            assert!(fetched(bench, &address).await.unwrap() == bytes);
        } else {
            let again = keep(bench, Some(&key), &file, shelf).await.unwrap();
            assert_eq!((again, bench.player().github().uploads().len()), (address, 1));
        }
    }
}

pub(super) async fn a_file_can_be_kept_for_an_issue_to_come(bench: &Bench) {
    if !bench.profile().uploads {
        return;
    }
    let (_one, a) = waiting("a.png", b"one", 'a');
    let (_two, b) = waiting("b.png", b"two", 'b');
    let mut kept = Vec::new();
    for (file, bytes) in [(&a, b"one"), (&b, b"two")] {
        kept.push((keep(bench, None, file, Shelf::Uploads).await.unwrap(), bytes));
    }
    assert!(bench.list().await.is_empty(), "no issue comes of it");
    let made = bench.create(draft("Crash", &kept[0].0)).await;
    for (address, bytes) in kept {
        assert_eq!(fetched(bench, &address).await.unwrap(), bytes);
        if bench.player().vendor == Vendor::Folder {
            assert!(address.starts_with(&format!("{:0>4}/", made.key.0)), "{address}");
        }
    }
    assert_eq!(bench.list().await.len(), 1);
}
