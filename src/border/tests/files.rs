//! What becomes of files that texts show or link to.

use super::super::samples::{FOLDER, GITHUB, GITLAB, crossing};
use super::super::{Crossing, bring_back, carry, moved_files, restore, upload};
use super::seen;

/// A tracker that keeps every file as `kept.png`.
fn keeping<'a>(crossing: &Crossing<'a>) -> Crossing<'a> {
    Crossing {
        file: &|_| Some("/uploads/00112233445566778899aabbccddeeff/kept.png".into()),
        ..*crossing
    }
}

const KEPT: &str = "/uploads/00112233445566778899aabbccddeeff/kept.png";

#[test]
fn files_are_found_wherever_they_stand() {
    let asset = "https://github.com/user-attachments/assets/0a1b-2c3d";
    let log = "https://github.com/acme/api/files/12/error.log";
    let crossing = crossing(&GITHUB, &GITLAB, false);
    let rows = [
        (format!("![a]({asset})"), format!("![a]({KEPT} \"·{asset}\")")),
        (
            format!("[log]({log} \"Seen by @bob\")"),
            format!("[log]({KEPT} \"·{log}·Seen by @·bob\")"),
        ),
        (
            format!("<img width=\"9\" src=\"{asset}\" />"),
            format!("<img width=\"9\" src=\"{KEPT}\" data-origin=\"·{asset}\" />"),
        ),
        (
            format!("a <a href=\"{log}\">log</a>"),
            format!("a <a href=\"{KEPT}\" data-origin=\"·{log}\">log</a>"),
        ),
        (
            format!("{asset}\n\n{log}"),
            format!("[·attachment]({KEPT} \"·{asset}\")\n\n[·error.log]({KEPT} \"·{log}\")"),
        ),
        (
            format!("`{asset}` <code>{asset}</code>"),
            format!("`{asset}` <code>{asset}</code>"),
        ),
        (format!("    ![a]({asset})"), format!("    ![a]({asset})")),
        (
            "![a](https://example.org/a.png)".into(),
            "![a](https://example.org/a.png)".into(),
        ),
        (
            format!("<!-- <img src=\"{asset}\"> -->"),
            format!("<!-- <img src=\"{asset}\"> -->"),
        ),
    ];
    for (text, want) in rows {
        let carried = carry(&text, &keeping(&crossing));
        assert_eq!(seen(&carried), want);
        assert_eq!(restore(&carried), text);
        assert_eq!(
            moved_files(&carried)
                .into_iter()
                .map(|(_, here)| here)
                .collect::<Vec<_>>(),
            vec![KEPT; want.matches(KEPT).count()]
        );
    }
}

#[test]
fn files_of_a_place_are_told_by_their_address() {
    let hex = "0123456789abcdef0123456789abcdef";
    let gitlab = "https://gitlab.example.com";
    for (place, address, file) in [
        (
            &GITHUB,
            "https://github.com/user-attachments/assets/1-2".to_owned(),
            Some(None),
        ),
        (
            &GITHUB,
            "https://github.com/user-attachments/files/1/a.zip".into(),
            Some(None),
        ),
        (&GITHUB, "https://github.com/acme/api/assets/1/2-3".into(), Some(None)),
        (
            &GITHUB,
            "https://user-images.githubusercontent.com/1/2-3.png".into(),
            Some(None),
        ),
        (
            &GITHUB,
            "https://github.com/acme/api/raw/lockstep-files/a/b.png".into(),
            Some(None),
        ),
        (&GITHUB, "https://github.com/acme/api/raw/main/b.png".into(), None),
        (
            &GITHUB,
            "https://github.com/acme/other/raw/lockstep-files/a/b.png".into(),
            None,
        ),
        (
            &GITHUB,
            "https://github.com/user-attachments/assets/../../acme/x".into(),
            None,
        ),
        (&GITHUB, "http://github.com/user-attachments/assets/1-2".into(), None),
        (
            &GITHUB,
            "https://github.com.example.org/user-attachments/assets/1-2".into(),
            None,
        ),
        (
            &GITHUB,
            "https://u:p@github.com/user-attachments/assets/1-2".into(),
            None,
        ),
        (&GITHUB, format!("/uploads/{hex}/a.png"), None),
        (
            &GITLAB,
            format!("/uploads/{hex}/a.png"),
            Some(Some(format!("{gitlab}/group/project/uploads/{hex}/a.png"))),
        ),
        (
            &GITLAB,
            format!("/uploads/{hex}/ä.png"),
            Some(Some(format!("{gitlab}/group/project/uploads/{hex}/%C3%A4.png"))),
        ),
        (
            &GITLAB,
            format!("{gitlab}/group/project/uploads/{hex}/a.png"),
            Some(None),
        ),
        (
            &GITLAB,
            format!("{gitlab}/-/project/12/uploads/{hex}/a.png"),
            Some(None),
        ),
        (
            &GITLAB,
            format!("/-/project/12/uploads/{hex}/a.png"),
            Some(Some(format!("{gitlab}/-/project/12/uploads/{hex}/a.png"))),
        ),
        (&GITLAB, format!("{gitlab}/group/other/uploads/{hex}/a.png"), None),
        (&GITLAB, format!("/uploads/{hex}/../../a.png"), None),
        (&GITLAB, "/uploads/short/a.png".into(), None),
        (&FOLDER, "0001/files/a.png".into(), Some(None)),
        (&FOLDER, "0001/files/../../secret".into(), None),
        (&FOLDER, "0001/files/.git".into(), None),
        (&FOLDER, "/0001/files/a.png".into(), None),
        (&FOLDER, "0001/files/".into(), None),
        (&FOLDER, "notes/files/a.png".into(), None),
    ] {
        let want = file.map(|other| other.unwrap_or_else(|| address.clone()));
        assert_eq!(upload(&address, place), want, "{address}");
    }
}

#[test]
fn addresses_cross_as_written_when_asked_to() {
    let as_written = Crossing {
        absolute: false,
        ..crossing(&GITLAB, &GITHUB, false)
    };
    let text = "![i](/uploads/ab/i.png) [a](b.md) <a href=\"c.md\">";
    assert_eq!(carry(text, &as_written), text);
}

#[test]
fn a_file_added_to_the_copy_comes_home_and_leaves_again_as_itself() {
    let asset = "https://github.com/user-attachments/assets/0a1b-2c3d";
    let there = keeping(&crossing(&GITHUB, &GITLAB, false));
    let home = "Home.";
    let edited = format!("Home.\n\n![new]({asset}) and [rel](b.md)");
    let brought = bring_back(&edited, &there, home);
    let want =
        format!("Home.\n\n![new]({KEPT} \"·{asset}\") and [rel](https://github.com/acme/api/issues/b.md \"·b.md\")");
    assert_eq!(seen(&brought), want);
    assert_eq!(
        moved_files(&brought).first(),
        Some(&(asset.to_owned(), KEPT.to_owned()))
    );
    let back = Crossing {
        file: &|_| Some("https://github.com/user-attachments/assets/0a1b-2c3d".into()),
        ..crossing(&GITLAB, &GITHUB, false)
    };
    let again = carry(&brought, &back);
    assert!(
        seen(&again).contains(&format!("![new]({asset} \"·{KEPT}···{asset}\")")),
        "{}",
        seen(&again)
    );
    assert_eq!(bring_back(&again, &there, &brought), brought);
}
