//! Names of files that every tracker takes.
//!
//! Imports nothing.

/// Longest stem and longest ending that are kept.
const STEM: usize = 60;
const ENDING: usize = 10;

/// Endings by media type, for files that come without one. Services go by the ending when they show a file.
const ENDINGS: [(&str, &str); 12] = [
    ("image/png", "png"),
    ("image/jpeg", "jpg"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
    ("image/svg+xml", "svg"),
    ("video/mp4", "mp4"),
    ("video/quicktime", "mov"),
    ("video/webm", "webm"),
    ("application/pdf", "pdf"),
    ("application/zip", "zip"),
    ("application/json", "json"),
    ("text/plain", "txt"),
];

/// A name of ASCII letters, digits, `.`, `-` and `_`, not empty, not longer than 71 characters, that begins with a letter,
/// a digit or `_`.
pub(super) fn clean(name: &str, media_type: Option<&str>) -> String {
    let mut plain = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') {
            // Dots in a row are a way up in a path.
            if !(c == '.' && plain.ends_with('.')) {
                plain.push(c);
            }
        } else if !plain.ends_with('-') {
            plain.push('-');
        }
    }
    let plain = plain.trim_end_matches(['-', '.']);
    let letters = |ending: &str| ending.bytes().all(|b| b.is_ascii_alphanumeric());
    let whole = |ending: &str| !ending.is_empty() && ending.len() <= ENDING && letters(ending);
    let (stem, ending) = match plain.rsplit_once('.') {
        Some((stem, ending)) if whole(ending) => (stem, Some(ending)),
        Some(_) | None => (plain, None),
    };
    let kind = media_type.and_then(|kind| kind.split(';').next()).map(str::trim);
    let usual = ENDINGS
        .iter()
        .find(|(of, _)| kind.is_some_and(|kind| kind.eq_ignore_ascii_case(of)))
        .map(|(_, ending)| *ending);
    let stem: String = stem.chars().take(STEM).collect();
    let stem = stem.trim_matches(['-', '.']);
    let stem = if stem.is_empty() { "file" } else { stem };
    match ending.or(usual) {
        Some(ending) => format!("{stem}.{ending}"),
        None => stem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_plain_and_keep_their_ending() {
        for (name, kind, want) in [
            ("shot.png", None, "shot.png"),
            ("Bild schirm (1).PNG", None, "Bild-schirm-1.PNG"),
            ("0a1b-2c3d", Some("image/png"), "0a1b-2c3d.png"),
            ("0a1b-2c3d", Some("IMAGE/JPEG; q=1"), "0a1b-2c3d.jpg"),
            ("log.txt", Some("image/png"), "log.txt"),
            ("../../etc/passwd", None, "etc-passwd"),
            (".git", None, "file.git"),
            ("a..b.tar.gz", None, "a.b.tar.gz"),
            ("снимок.png", None, "file.png"),
            ("", None, "file"),
            ("...", Some("video/mp4"), "file.mp4"),
            ("a\u{202e}gnp.exe\n", None, "a-gnp.exe"),
        ] {
            assert_eq!(clean(name, kind), want, "{name:?}");
        }
        assert_eq!(clean(&format!("{}.png", "x".repeat(300)), None).len(), STEM + 4);
    }
}
