//! The law of a folder's files, under `cargo fuzz` and on its seeds. Imports this folder and the model.

use std::collections::BTreeSet;
use std::path::Path;

use super::file::{Flaw, Page};
use super::front::{Edit, one_line};
use super::{planning, read};
use crate::model::Body;

/// A file of an issue or comment reads, or has one flaw told on one line of it. Nothing changed is the same bytes; a
/// change is read back as it was meant, keeps the text, and made again changes nothing.
///
/// # Panics
///
/// When that does not hold.
pub fn folder(bytes: &[u8]) {
    let page = match Page::read(bytes) {
        Ok(page) => page,
        Err(flaw) => return check_flaw(&flaw, bytes),
    };
    let path = Path::new("0007.md");
    let mut flaws = Vec::new();
    planning::read(&page.front, &mut flaws);
    flaws.extend(read::title(&page, path).err());
    flaws.extend(read::status(&page.front).err());
    flaws.extend(read::assignees(&page.front).err());
    flaws.extend(page.front.list("labels").err());
    for flaw in &flaws {
        check_flaw(flaw, bytes);
    }
    let body = page.body();
    let _taken_apart = Body::read(&body);
    let whole = !page.front.source().is_empty() && bytes.ends_with(b"\n");
    match page.with(&[], None) {
        Ok(same) => {
            assert!(!whole || same.as_bytes() == bytes, "{same:?}");
            assert_eq!(Page::read(same.as_bytes()).map(|page| page.body()), Ok(body.clone()));
        }
        Err(flaw) => assert!(!whole, "{flaw}"),
    }
    check_edits(&page, &body);
}

fn check_flaw(flaw: &Flaw, bytes: &[u8]) {
    let lines = bytes.split(|byte| *byte == b'\n').count();
    assert!(flaw.line.is_none_or(|line| (1..=lines + 1).contains(&line)), "{flaw}");
    assert!(!flaw.what.is_empty() && !flaw.what.contains('\n'), "{flaw}");
}

/// Whatever stands in the body becomes title and labels, the hardest there is to write in front matter.
fn check_edits(page: &Page, body: &str) {
    let title = one_line(body.lines().next().unwrap_or_default());
    let labels: BTreeSet<String> = body.lines().skip(1).take(3).map(one_line).collect();
    let labels: BTreeSet<String> = labels.into_iter().filter(|label| !label.is_empty()).collect();
    let edits = [
        Edit::text("title", &title),
        Edit::text("status", "closed as not_planned"),
        Edit::list("labels", &labels),
        Edit::number("weight", 3),
        Edit::maybe("due", None::<&str>, Edit::text),
    ];
    let new = format!("{title}\n{body}");
    let Ok(stored) = page.with(&edits, Some(&new)) else {
        return;
    };
    let again = match Page::read(stored.as_bytes()) {
        Ok(again) => again,
        Err(flaw) => return assert_eq!(flaw.to_string(), "", "{stored:?}"),
    };
    assert_eq!(again.body(), new.replace("\r\n", "\n"), "{stored:?}");
    assert_eq!(
        again.front.text("title").map(Option::unwrap_or_default),
        Ok(title),
        "{stored:?}"
    );
    assert_eq!(again.front.list("labels"), Ok(labels), "{stored:?}");
    assert_eq!(again.front.text("weight"), Ok(Some("3".to_owned())), "{stored:?}");
    assert!(!again.front.says("due"), "{stored:?}");
    // Once more may write `due:` where the first time wrote `due: null`; from then on nothing changes.
    let twice = again.with(&edits, Some(&new));
    let thrice = twice
        .as_ref()
        .map(|twice| Page::read(twice.as_bytes())?.with(&edits, Some(&new)));
    assert_eq!(thrice, Ok(twice.clone()), "{stored:?}");
}
