//! Inside `reconcile` arrows point one way as well: what decides a part of the plan knows only what is decided before it.

use super::{named, sources, word};

/// The parts of `reconcile`, each of which may name the ones before it.
const PARTS: [&str; 14] = [
    "merge", "desk", "ours", "absent", "crossing", "board", "pairing", "seen", "lone", "comments", "fields", "links",
    "errand", "mod",
];

fn place(part: &str) -> usize {
    let place = PARTS.iter().position(|name| *name == part);
    place.unwrap_or_else(|| panic!("{part} is a part of reconcile that this test does not know"))
}

#[test]
fn the_parts_of_deciding_point_one_way() {
    let mut checked = 0;
    for source in sources() {
        let Some(path) = source.path.strip_prefix("src/reconcile/") else {
            continue;
        };
        let (own, is_file) = match path.split_once('/') {
            Some((folder, _)) => (folder, false),
            None => (path.trim_end_matches(".rs"), true),
        };
        let mut others: Vec<String> = named(&source.text)
            .iter()
            .filter_map(|name| Some(name.strip_prefix("reconcile::")?.to_owned()))
            .collect();
        if is_file {
            let beside = source.text.split("use super::").skip(1).map(word);
            others.extend(beside.filter(|name| !name.is_empty()).map(str::to_owned));
        }
        for other in others {
            checked += 1;
            assert!(place(&other) <= place(own), "{} names {other}", source.path);
        }
    }
    assert!(checked > 60, "the sources were read: {checked}");
}
