//! Texts that chance found to break a law, as small as they get, and what was overlooked.

use super::super::laws::check;
use super::super::samples::{CROSSINGS, crossing};

const FOUND: &[(&str, &str)] = &[
    (
        "to some a tag begins a block in the outer quote",
        "> > a\n> <br>\n> `@bob`",
    ),
    (
        "an address behind an escaped sign goes on behind the other sign",
        "\\<https://x.org/@bob>(@bob)",
    ),
    (
        "mathematics end within code, and all later ticks are paired otherwise",
        "$@`$`<`%a`",
    ),
    (
        "in a quote of many lines a tag begins a block in which nothing is code",
        ">>>\n<!--\n>>>>>>\n<details>\n<summary><!-- @bob --></summary>\n`@bob`\n\n>>>",
    ),
    (
        "a bracket behind a backslash closes nothing",
        "[\u{2060}\\](https://x.org/@bob",
    ),
    (
        "in HTML the end of a tag may stand between a sign and a name",
        "<!a>@>0",
    ),
    (
        "behind a tag that to some begins a block no address is linked",
        "> word\n<img src=\"/uploads/0123/i.png\">\n- word\n  \n  <pre>\n  \n\n> https://x.org/@bob#12",
    ),
    (
        "a rule below the definition of a link is none to some, and below it no code begins",
        "@bob\n\n[x]: /y\n---\n    /assign @bob",
    ),
];

#[test]
fn what_was_found_stays_mended() {
    for (overlooked, text) in FOUND {
        for (name, from, to, notify) in CROSSINGS {
            println!("{overlooked}, {name}");
            let crossing = crossing(from, to, *notify);
            check(text, &crossing);
            check(&text.replace('\n', "\r\n"), &crossing);
        }
    }
}
