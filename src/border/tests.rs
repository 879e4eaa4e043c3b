//! What texts look like on the other side. Joiners are shown as `·`.

mod files;
mod found;

use super::samples::{FOLDER, GITHUB, GITLAB, crossing};
use super::{Crossing, bring_back, bring_title_back, carry, carry_title, cut};

fn seen(text: &str) -> String {
    text.replace('\u{2060}', "·")
}

fn stored(text: &str) -> String {
    text.replace('·', "\u{2060}")
}

#[track_caller]
fn check(crossing: &Crossing<'_>, rows: &[(&str, &str)]) {
    for (text, want) in rows {
        assert_eq!(seen(&carry(text, crossing)), *want, "{text}");
    }
}

#[test]
fn ordinary_text_stays_as_it_is() {
    let text = "# Title\n\nSome *text*, a [link](https://x.org/a_b), 50%, C#, a & b, ~~gone~~, `code`, a@b.org, 5/6.\n\n\
                - [x] task\n\n```sh\n/bin/sh @x #1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nit&#39;s https://x.org/@y ✓\n";
    for (from, to) in [
        (&GITHUB, &GITLAB),
        (&GITLAB, &GITHUB),
        (&FOLDER, &GITLAB),
        (&GITLAB, &FOLDER),
    ] {
        assert_eq!(carry(text, &crossing(from, to, false)), text);
    }
}

#[test]
fn mentions_name_people_and_notify_nobody() {
    check(
        &crossing(&GITHUB, &GITLAB, false),
        &[
            (
                "Ask @bob.",
                "Ask [·robert](https://there.example.com/robert \"@·bob\").",
            ),
            ("Ask @alice, @acme/team", "Ask @·alice, @·acme/team"),
            ("`@bob` a@b.org", "`@bob` a@b.org"),
            ("<p>@bob</p>", "<p>@·bob</p>"),
            ("[@bob](https://x.org)", "[@·bob](https://x.org)"),
            ("\\@bob", "\\@·bob"),
            ("&#64;bob", "&#64;·bob"),
        ],
    );
}

#[test]
fn mapped_people_are_notified_when_asked_for() {
    let rows = [
        ("@bob and @alice", "@robert<!--·@·bob--> and @·alice"),
        ("`@bob`", "`@bob`"),
    ];
    check(&crossing(&GITHUB, &GITLAB, true), &rows);
}

#[test]
fn a_folder_notifies_nobody() {
    check(
        &crossing(&GITHUB, &FOLDER, false),
        &[("@bob deadbeef12", "@bob deadbeef12")],
    );
}

#[test]
fn references_lead_to_the_twin_or_the_origin() {
    check(
        &crossing(&GITHUB, &GITLAB, false),
        &[
            ("See #7.", "See [·#·34](https://there.example.com/issues/34 \"#·7\")."),
            (
                "acme/api#7",
                "[·#·34](https://there.example.com/issues/34 \"acme/api#·7\")",
            ),
            ("#12", "[·#·12](https://github.com/acme/api/issues/12)"),
            ("GH-12", "[·GH-·12](https://github.com/acme/api/issues/12)"),
            ("a/b#3", "[·a/b#·3](https://github.com/a/b/issues/3)"),
            ("deadbee1", "[·deadbe·e1](https://github.com/acme/api/commit/deadbee1)"),
            (
                "https://github.com/acme/api/issues/7",
                "[·#·34](https://there.example.com/issues/34 \"·https://github.com/acme/api/issues/7\")",
            ),
            (
                "https://github.com/acme/api/issues/12",
                "https://github.com/acme/api/issues/12",
            ),
            ("x !4 ~bug %v1 $3 &2", "x !·4 ~·bug %·v1 $·3 &·2"),
            ("![#12](https://x.org/a.png)", "![#·12](https://x.org/a.png)"),
        ],
    );
    check(
        &crossing(&GITLAB, &GITHUB, false),
        &[
            (
                "!4",
                "[·!·4](https://gitlab.example.com/group/project/-/merge_requests/4)",
            ),
            ("a/b/c#3", "[·a/b/c#·3](https://gitlab.example.com/a/b/c/-/issues/3)"),
            ("~bug %v1 &2", "~bug %v1 &2"),
        ],
    );
    check(&crossing(&FOLDER, &GITHUB, false), &[("#12", "#·12")]);
}

#[test]
fn no_line_runs() {
    check(
        &crossing(&GITHUB, &GITLAB, false),
        &[
            ("/close", "·/close"),
            ("a\r\n/close\r/reopen", "a\n·/close\n·/reopen"),
            ("```\n/close\n```\n/close", "```\n/close\n```\n·/close"),
            ("use `x`:\n\n```sh\n/bin/sh\n```", "use `x`:\n\n```sh\n/bin/sh\n```"),
            ("~~~\n/close\n~~~", "~~~\n·/close\n~~~"),
            ("```\n/close", "```\n·/close"),
            ("/ 5 /6", "/ 5 /6"),
        ],
    );
    check(&crossing(&GITLAB, &GITHUB, false), &[("/etc/hosts", "/etc/hosts")]);
}

#[test]
fn markers_are_defused_and_joiners_doubled() {
    check(
        &crossing(&FOLDER, &FOLDER, false),
        &[
            ("<!-- lockstep:1 state -->", "<!-- ·lockstep:1 state -->"),
            ("a·b", "a··b"),
        ]
        .map(|(a, b)| {
            let text: &'static str = stored(a).leak();
            (text, b)
        }),
    );
}

#[test]
fn relative_addresses_become_absolute() {
    check(
        &crossing(&GITLAB, &GITHUB, false),
        &[
            (
                "![i](/uploads/ab/i.png)",
                "![i](https://gitlab.example.com/group/project/uploads/ab/i.png \"·/uploads/ab/i.png\")",
            ),
            (
                "[a](b.md)",
                "[a](https://gitlab.example.com/group/project/-/blob/HEAD/b.md \"·b.md\")",
            ),
            ("[a](#b) [c](mailto:d)", "[a](#b) [c](mailto:d)"),
        ],
    );
    check(
        &crossing(&GITHUB, &GITLAB, false),
        &[("[a](../b)", "[a](https://github.com/acme/api/b \"·../b\")")],
    );
}

#[test]
fn an_edited_copy_comes_home() {
    let home = "Hi @alice, see #12.\n\n/etc/hosts is wrong";
    let way_back = crossing(&GITHUB, &GITLAB, false);
    let copy = carry(home, &crossing(&GITLAB, &GITHUB, false));
    assert_eq!(bring_back(&copy, &way_back, home), home);
    let edited = format!("{copy}\n\nThanks @bob and @carol! See #12 here.\n/close");
    assert_eq!(
        seen(&bring_back(&edited, &way_back, home)),
        format!(
            "{home}\n\nThanks [·robert](https://there.example.com/robert \"@·bob\") and @·carol! See \
             [·#·12](https://github.com/acme/api/issues/12) here.\n·/close"
        )
    );
}

#[test]
fn what_only_looks_like_ours_stays_harmless_at_home() {
    let way_back = crossing(&GITHUB, &GITLAB, false);
    let forged = stored("@·victim [·@·victim](https://x.org)\n·/close\n[·/close](https://x.org)\n#·99");
    assert_eq!(
        seen(&bring_back(&forged, &way_back, "Plain.")),
        "@·victim @·victim\n·/close\n·/close\n#·99"
    );
}

#[test]
fn a_command_moved_out_of_its_fence_does_not_run() {
    let home = "`x`\n```\n/close\n```";
    let way_back = crossing(&GITHUB, &GITLAB, false);
    assert_eq!(seen(&bring_back("/close", &way_back, home)), "·/close");
}

#[test]
fn long_texts_are_cut_between_words() {
    assert_eq!(cut("short", 5, "more"), None);
    assert_eq!(cut("one two three", 12, "more").unwrap(), "one\n\nmore");
    assert_eq!(cut("ééééééééééé", 10, "more").unwrap(), "éééé\n\nmore");
    assert_eq!(cut("a long text", 3, "more").unwrap(), "mor");
}

#[test]
fn a_cut_ends_outside_code_and_closes_fences() {
    assert_eq!(
        cut("text `@bob and some more` text", 22, "more").unwrap(),
        "text\n\nmore"
    );
    assert_eq!(
        cut("```sh\nline one\nline two\nline three\n```\n", 30, "more").unwrap(),
        "```sh\nline one\n```\n\nmore"
    );
    let quoted = cut("> ```\n> one two three\n> four five six\n> ```\n\nend", 34, "more").unwrap();
    assert!(!quoted.contains("\n```"), "{quoted}");
}

#[test]
fn titles_hold_no_links() {
    let way = crossing(&GITHUB, &GITLAB, false);
    assert_eq!(
        seen(&carry_title("Ask @bob about #7 `@x`", &way)),
        "Ask @·bob about #·7 `@·x`"
    );
    let back = crossing(&GITLAB, &GITHUB, false);
    let edited = stored("Ask @·bob about #·7 and @carol");
    assert_eq!(
        seen(&bring_title_back(&edited, &back, "Ask @bob about #7")),
        "Ask @bob about #7 and @·carol"
    );
}

#[test]
fn hostile_texts_take_no_time() {
    let pieces = [
        "http://",
        "@",
        "@a<!--\u{2060}@",
        "[\u{2060}",
        "](",
        "a/",
        "#1",
        "&#0",
        "\u{2060}",
        "`",
        "[a](b)",
        "/x\n",
        "<",
        "<img src=\"0001/files/a\">",
        "<a href=\"",
        "](/uploads/x \"\u{2060}a\u{2060}",
        "=\"/a\" data-origin=\"\u{2060}b",
        "[a](/uploads/0123456789abcdef0123456789abcdef/a.b \"t\")",
        ">",
        "> ",
        "- ",
        "1. ",
        ">- ",
        "[^a]: ",
        "[^a]: x\n\n> ",
        "![",
        "*a ",
        "**a_",
        "|`",
        "$`",
    ];
    let way = crossing(&GITHUB, &GITLAB, false);
    for piece in pieces {
        let text = piece.repeat(60_000 / piece.len());
        let carried = carry(&text, &way);
        assert_eq!(bring_back(&carried, &crossing(&GITLAB, &GITHUB, false), &text), text);
        assert!(carried.len() < 80 * text.len());
        cut(&carried, 1000, "more").unwrap();
    }
}

#[test]
fn a_tag_is_not_cut_in_two() {
    let picture =
        "<p>\n<img src=\"https://x.org/a.png\" alt=\"a picture of many words\">\n</p>\n\nand more text below it";
    for max in 60..80 {
        let short = cut(picture, max, "The rest is elsewhere").unwrap();
        assert_eq!(short.matches('<').count(), short.matches('>').count(), "{max}: {short}");
        assert!(short.ends_with("\n\nThe rest is elsewhere"), "{max}: {short}");
    }
}
