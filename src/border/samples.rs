//! Places, people and texts for the tests.

use super::{Crossing, Kind, Person, Place, Reference, Syntax, Twin};

/// A GitHub repository.
pub(super) const GITHUB: Place<'static> = Place {
    syntax: Syntax::GitHub,
    mentions: true,
    quick_actions: false,
    web: Some("https://github.com/acme/api"),
};

/// A GitLab project.
pub(super) const GITLAB: Place<'static> = Place {
    syntax: Syntax::GitLab,
    mentions: true,
    quick_actions: true,
    web: Some("https://gitlab.example.com/group/project"),
};

/// A folder.
pub(super) const FOLDER: Place<'static> = Place {
    syntax: Syntax::Plain,
    mentions: false,
    quick_actions: false,
    web: None,
};

/// Name, from, to, notify.
pub(super) const CROSSINGS: &[(&str, &Place<'static>, &Place<'static>, bool)] = &[
    ("github to gitlab", &GITHUB, &GITLAB, false),
    ("gitlab to github", &GITLAB, &GITHUB, false),
    ("gitlab to gitlab", &GITLAB, &GITLAB, false),
    ("github to gitlab, notifying", &GITHUB, &GITLAB, true),
    ("folder to gitlab", &FOLDER, &GITLAB, false),
    ("gitlab to folder", &GITLAB, &FOLDER, false),
    ("folder to github", &FOLDER, &GITHUB, false),
    ("folder to folder", &FOLDER, &FOLDER, false),
];

/// `@bob` is `robert` there, issue 7 has the twin 34.
pub(super) fn crossing<'a>(from: &Place<'a>, to: &Place<'a>, notify: bool) -> Crossing<'a> {
    Crossing {
        from: *from,
        to: *to,
        people: &|name| {
            (name == "bob").then(|| Person {
                login: "robert".into(),
                url: Some("https://there.example.com/robert".into()),
            })
        },
        twin: match to.syntax {
            Syntax::Plain => &|reference| twin(reference, "0034.md"),
            Syntax::GitHub | Syntax::GitLab => &|reference| twin(reference, "https://there.example.com/issues/34"),
        },
        // Some files are kept there already, some are still to come, some stay.
        file: &|address| match address.len() % 3 {
            0 => Some("/uploads/00112233445566778899aabbccddeeff/kept.png".into()),
            1 => Some("https://lockstep.invalid/file/0123456789".into()),
            _ => None,
        },
        absolute: true,
        notify,
    }
}

fn twin(reference: &Reference, url: &str) -> Option<Twin> {
    let linked = reference.project.is_none() && reference.kind == Kind::Issue && reference.key == "7";
    linked.then(|| Twin {
        text: "#34".into(),
        url: Some(url.into()),
    })
}

/// One of every construct, and what has gone wrong elsewhere.
#[cfg(test)]
pub(super) const SAMPLES: &[&str] = &[
    "",
    "Nothing special.\n",
    "Two lines  \nand a break.\\\nAnother.\n\nA paragraph.",
    "Hello @bob, @alice-b and @acme/team, cc @all. Mail a@b.org or <c@d.org>.",
    "# Heading with @bob and #12\n\nSetext @bob\n===\n\nOther #7\n---\n",
    "> Quote of @bob\n> > nested #12\n\n- item @bob\n  - [ ] task @alice\n  - [x] done #7\n\n1. one\n2. two !4\n",
    "| who | what |\n|-----|:----:|\n| @bob | #12 |\n| `@bob` | #7 |\n",
    "Code `@bob #12 /close` and ``a ` @bob``.\n\n```rust\n#[test]\n@bob #12\n/close\n```\n\n    @bob indented\n    /close\n",
    "~~~\n/close\n@bob\n~~~\n\n  ```\n/close\n  ```\n",
    "- list\n\n  ```sh\n  /usr/bin/env @bob\n  ```\n\n> ```\n> /close\n> ```\n",
    "/close\n/assign @bob\ntext\n/label ~bug\n/etc/hosts is wrong\n/ not a command\n /indented\n",
    "first\n/close\r\nlast /close\r/reopen\r\n",
    "```\n/close",
    "```\n```\n/close\n```\n/reopen\n```\n",
    "```\ncode\n``` \n/close\n```\n",
    "````\n```\n/close\n```\n````\n/reopen\n",
    "a stray ` tick\n\n```\n/close\n```\n",
    "<details>\n<summary>Log by @bob</summary>\n\n```\n/usr/lib\n```\n\n</details>\n/close\n",
    "<!-- a comment\n/close\n@bob\n-->\n\n<p>\n/close\n</p>\n\n>>>\n/close\n>>>\n",
    "---\ntitle: x\n```\n---\n/close\n```\n",
    "<div align=\"center\">@bob <b>#12</b> &#64;bob <!-- @bob --></div>\n\nInline <kbd>@bob</kbd> and <br/>@bob.",
    "\\@bob \\#12 &#64;bob &commat;bob &#x40;bob @&#98;ob &#35;12 &num;12 #&#49;2 &amp;12 AT&amp;T it&#39;s",
    "*@bob* **@bob** _@bob_ ~~@bob~~ (@bob) [@bob] \"@bob\" @bob's @bob. @bob, @bob/ x/@bob é@bob",
    "[see @bob and #12](https://x.org/@bob#12 \"by @bob\") ![@bob](a.png) [r][1] [a](@bob) [b](#12)\n\n[1]: https://x.org \"@bob\"",
    "https://medium.com/@bob/x?a=@bob https://github.com/acme/api/issues/7 https://github.com/acme/api/issues/12#issuecomment-1",
    "https://gitlab.example.com/group/project/-/issues/7. <https://github.com/acme/api/issues/7> www.x.org/@bob",
    "https://x.org/12~~@bob~~ https://x.org/*@bob* https://x.org/_@bob_ https://x.org/<b>@bob</b>",
    "#7 GH-7 gh-12 acme/api#7 acme/api#12 other/thing#12 thing#12 #7a ##7 #7, (#12) !#12 [#12] \\#7",
    "!4 group/project!4 group/project#7 sub/group/project#3 $3 %v1 %\"a b\" ~bug ~\"a b\" &12 g&12 [issue:12] *iteration:12",
    "Fixed in deadbeef12, see 0123456789abcdef0123456789abcdef01234567 and 1234567, facade, 123e4567-e89b-12d3.",
    "[a](../b.md) ![i](/uploads/0123abcd/i.png) [c](d/e.md \"t\") [f](#g) [h](mailto:a@b.org) [i](//j.org/k) [l](<m n>)",
    "<!-- lockstep:1 state 0123456789abcdef0123 e30 -->\n  <!-- lockstep:2\ntext <!-- lockstep:x -->\n```\n<!-- lockstep:1\n```",
    "Joiners \u{2060} \u{2060}\u{2060} @\u{2060}bob #\u{2060}12 [\u{2060}x](https://x.org) \u{2060}/close\n\u{2060}/close",
    "[\u{2060}#\u{2060}12](https://github.com/acme/api/issues/12) [\u{2060}robert](https://x.org/robert \"@\u{2060}bob\")",
    "[x](https://x.org/b \"\u{2060}../b\") @robert<!--\u{2060}@\u{2060}bob--> `\u{2060}`",
    "Footnote[^1] of @bob.\n\n[^1]: by @alice, #12\n\n    @bob in it\n",
    "> [!NOTE]\n> @bob said /close\n> /close\n\n***\n\nTerm\n: definition\n",
    "Emoji \u{1f469}\u{200d}\u{1f680} é ﬀ \u{202e}evil @bob \u{200b}@bob\u{200b}",
    "$$\n@bob\n$$ and $`@bob`$ [[_TOC_]] [[wiki|@bob]] :::\n",
    "![a](/uploads/0123456789abcdef0123456789abcdef/i.png) ![b](/uploads/0123456789abcdef0123456789abcdef/ij.png \"by @bob\")\n\n\
     [![c](https://github.com/user-attachments/assets/12-34)](https://github.com/acme/api/files/1/log.txt \"a \u{2060}\") \
     `![d](/uploads/0123456789abcdef0123456789abcdef/i.png)`\n\n    ![e](0001/files/a.png)\n",
    "<img width=\"5\" alt=\"@bob\" src=\"https://github.com/user-attachments/assets/0123-4567\" />\n\n\
     Some <a href=\"0001/files/a b.png\"><img src='/uploads/0123456789abcdef0123456789abcdef/i.png'></a> and \
     <video src=\"/uploads/0123456789abcdef0123456789abcdef/v.mp4\" data-origin=\"x\"></video>\n\n\
     <!-- <img src=\"0001/files/aa.png\"> -->\n<pre>\n<img src=\"0001/files/aaa.png\"\n</pre>\n",
    "https://github.com/user-attachments/assets/0123-4567\n\nSee https://github.com/user-attachments/files/1/a.log.\n\n\
     https://gitlab.example.com/group/project/uploads/0123456789abcdef0123456789abcdef/v.mp4",
    "![a](/uploads/0123456789abcdef0123456789abcdef/i.png \"\u{2060}0001/files/a.png\") \
     <img src=\"0001/files/aa.png\" data-origin=\"\u{2060}/uploads/x\"> ![b](0001/files/aa.png \"\u{2060}/uploads/x\u{2060}t\")",
    "unclosed `code @bob\n\nunclosed [link @bob](x\n\n<unclosed @bob",
];
