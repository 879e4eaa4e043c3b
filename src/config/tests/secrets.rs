//! Secrets that stand in the mapping file itself are refused, and shown to nobody.

use super::{read, with_sync};
use crate::diag::Code;

#[test]
fn a_literal_token_is_refused_and_never_shown() {
    for (literal, code) in [
        ("hunter2hunter2", Code::LiteralSecret),
        ("glpat-hunter2hunter2", Code::LiteralSecret),
        ("12345678901234567890", Code::LiteralSecret),
        ("${glpat-hunter2hunter2}", Code::LiteralSecret),
        ("${ghp_hunter2hunter2}", Code::LiteralSecret),
        ("$hunter2", Code::BadSecret),
        ("${hunter 2}", Code::BadSecret),
        ("${{ secrets.hunter2 }}", Code::BadSecret),
        ("${A}${B}", Code::BadSecret),
        ("${}", Code::BadSecret),
        ("''", Code::BadSecret),
        ("[hunter2]", Code::WrongType),
        ("{ a: hunter2 }", Code::WrongType),
        ("", Code::WrongType),
    ] {
        let text = format!(
            "version: 1\ntrackers:\n  gh:\n    kind: github\n    project: a/b\n    token: {literal}\n  \
             f: {{ kind: folder, path: x }}\nsyncs: [{{ name: a, between: [gh, f] }}]\nsigning_key: {literal}\n"
        );
        let found = read(&text).unwrap_err();
        // A list is none of tokens, but one of signing keys.
        let of_key = if literal.starts_with('[') {
            Code::LiteralSecret
        } else {
            code
        };
        assert_eq!(
            found.iter().map(|d| d.code).collect::<Vec<_>>(),
            [code, of_key],
            "{literal}"
        );
        for problem in found {
            let shown = problem.to_string();
            assert!(!shown.contains("hunter2") && !shown.contains("123456"), "{shown}");
        }
    }
}

#[test]
fn a_secret_in_the_wrong_place_is_not_shown_either() {
    let token = "ghp_0123456789abcdefghij";
    for text in [
        with_sync(&format!("    {token}: x\n")),
        with_sync(&format!("    mode: {token}\n")),
        with_sync("").replace("project: a/b", &format!("project: {token}")),
        with_sync("").replace(
            "kind: gitlab",
            &format!("kind: gitlab, url: 'https://oauth2:{token}@gitlab.com'"),
        ),
        with_sync("").replace("between: [gh, gl]", &format!("between: [gh, {token}]")),
        with_sync("").replace("gh:", &format!("gi{token}thub:")),
        with_sync("").replace("gl:", &format!("\"{token}\\a\":")),
        with_sync(&format!(
            "    fields: {{ comments: {{ template: '{{{{ {token} }}}}' }} }}\n"
        )),
        with_sync(&format!("    on_delete: *{token}\n")),
        with_sync(&format!("    on_delete: !{token} x\n")),
        with_sync(&format!("    fields: {{ labels: {{ skip: ['[{token}'] }} }}\n")),
        with_sync("").replace("name: a", &format!("name: x{token}")),
        token.to_owned(),
    ] {
        for problem in read(&text).unwrap_err() {
            assert!(!problem.to_string().contains("0123456789"), "{problem}");
        }
    }
}
