//! `lockstep status` through the real program: table, exit codes, cache.

use std::path::Path;

use crate::support::player::{Vendor, draft};
use crate::support::world::World;

struct Said {
    out: String,
    err: String,
    code: Option<i32>,
}

fn status(w: &World, args: &[&str]) -> Said {
    std::fs::write(w.dir().join("lockstep.yml"), w.mapping()).unwrap();
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_lockstep"))
        .arg("status")
        .args(args)
        .current_dir(w.dir())
        .env_clear()
        .envs(w.env.iter().map(|(name, value)| (name, value)))
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said {
        out: text(output.stdout),
        err: text(output.stderr),
        code: output.status.code(),
    }
}

/// One link that differs, one in conflict, one that says the same.
async fn world(pair: (Vendor, Vendor)) -> World {
    let w = World::new(pair, "create: { left: { state: all } }\nconflicts: ask").await;
    for title in ["One", "Two", "Three"] {
        w.left.open(draft(title));
    }
    w.settle().await;
    w.left.close(1, "completed");
    w.left.retitle(2, "Falcon left");
    w.right.retitle(2, "Falcon right");
    w.clear_logs();
    w
}

/// The words of the line of a table that tells of these two issues.
fn row<'a>(out: &'a str, left: &str, right: &str) -> Vec<&'a str> {
    let lines = out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let mut found = lines.filter(|words| words.first() == Some(&left) && words.get(1) == Some(&right));
    found.next().unwrap_or_else(|| panic!("{left}: {out}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_tells_of_every_link() {
    let w = world((Vendor::GitHub, Vendor::GitHub)).await;
    let said = status(&w, &[]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{}", said.out);
    assert_eq!(w.writes(), Vec::<String>::new());
    let one = row(&said.out, "left#1", "right#1");
    assert!(
        one.starts_with(&["left#1", "right#1", "closed-externally", "closed"]),
        "{one:?}"
    );
    let two = row(&said.out, "left#2", "right#2").join(" ");
    assert!(two.contains("title (conflict) Falcon left Falcon right"), "{two}");
    assert_eq!(row(&said.out, "left#3", "right#3")[2], "settled");
    assert!(
        said.out
            .contains("3 links: 1 conflict, 1 pending, 1 settled; 2 differences.\nRead "),
        "{}",
        said.out
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn it_fails_on_what_it_is_asked_to() {
    let w = world((Vendor::GitHub, Vendor::GitHub)).await;
    for (what, code) in [("drift", 6), ("conflict", 6)] {
        assert_eq!(status(&w, &["--fail-on", what]).code, Some(code));
    }
    w.left.retitle(2, "Falcon right");
    w.clear_logs();
    for (what, code) in [("drift", 6), ("conflict", 0)] {
        assert_eq!(status(&w, &["--fail-on", what]).code, Some(code));
    }
    w.sync().await;
    assert_eq!(status(&w, &["--fail-on", "drift"]).code, Some(0));
    // What cannot be read is no drift.
    let mut w = w;
    w.env.clear();
    assert_eq!(status(&w, &["--fail-on", "drift"]).code, Some(3));
    for wrong in [&["--max-age", "soon"][..], &["--only", "web"], &["--report", "x.pdf"]] {
        assert_eq!(status(&w, wrong).code, Some(2), "{wrong:?}");
    }
}

fn kept(dir: &Path) -> Vec<String> {
    let Ok(files) = std::fs::read_dir(dir) else {
        return Vec::new();
    };
    let read = |file: std::fs::DirEntry| std::fs::read_to_string(file.path()).unwrap();
    files.map(|file| read(file.unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_is_kept_for_those_who_allow_it_to_be_old() {
    let w = world((Vendor::GitHub, Vendor::GitHub)).await;
    let cache = w.dir().join("kept");
    status(&w, &["--cache-dir", "kept"]);
    assert_eq!(kept(&cache), Vec::<String>::new(), "nobody asked for it");
    let ask = ["--max-age", "5m", "--cache-dir", "kept"];
    let first = status(&w, &ask);
    assert_eq!(kept(&cache).len(), 1);
    w.clear_logs();
    let again = status(&w, &[&ask[..], &["--fail-on", "drift"]].concat());
    assert_eq!((w.left.reads(), w.right.reads()), (0, 0), "nothing was asked");
    assert_eq!(again.code, Some(6));
    let table = |said: &Said| said.out.lines().filter(|line| line.contains('#')).count();
    assert_eq!(table(&first), table(&again));

    // Everything about it may be wrong.
    let file = std::fs::read_dir(&cache).unwrap().next().unwrap().unwrap().path();
    std::fs::write(&file, "{\"version\": 1}").unwrap();
    assert_eq!(status(&w, &ask).out.lines().count(), first.out.lines().count());
    assert!(w.left.reads() > 0, "broken: read anew");
    w.clear_logs();
    status(&w, &[&ask[..], &["--refresh"]].concat());
    assert!(w.left.reads() > 0, "asked for: read anew");
    w.clear_logs();
    status(&w, &["--max-age", "0s", "--cache-dir", "kept"]);
    assert!(w.left.reads() > 0, "too old: read anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_a_private_side_says_is_kept() {
    let w = world((Vendor::GitHub, Vendor::GitLab)).await;
    let said = status(&w, &["--max-age", "5m", "--cache-dir", "kept"]);
    let files = kept(&w.dir().join("kept"));
    assert_eq!(files.len(), 1);
    assert!(
        !files[0].contains("Falcon") && files[0].contains("(hidden)"),
        "{}",
        files[0]
    );
    assert!(!said.out.contains("Falcon"), "{}", said.out);
    let shown = status(&w, &["--max-age", "5m", "--cache-dir", "other", "--show-titles"]);
    assert!(shown.out.contains("Falcon left"), "{}", shown.out);
    assert_eq!(kept(&w.dir().join("other")), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_told_in_every_form() {
    let w = world((Vendor::GitHub, Vendor::GitHub)).await;
    let json: serde_json::Value = serde_json::from_str(&status(&w, &["--format", "json"]).out).unwrap();
    assert_eq!(json["links"].as_array().unwrap().len(), 3);
    assert_eq!(json["drift"][0]["class"], "closed-externally");
    assert!(json["at"].as_str().unwrap().ends_with('Z'), "{}", json["at"]);
    assert_eq!(json["applied"], false);
    let markdown = status(&w, &["--format", "markdown"]).out;
    assert!(
        markdown.contains("| `left#2` | `right#2` | title (conflict) | Falcon left | Falcon right |"),
        "{markdown}"
    );
    status(&w, &["--report", "status.html"]);
    let page = std::fs::read_to_string(w.dir().join("status.html")).unwrap();
    assert!(page.contains("Falcon") && page.contains("<del>left</del>"), "{page}");
}
