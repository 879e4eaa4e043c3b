//! What the fake GitLab does to texts: quick actions and normalisation.

use reqwest::Method;
use serde_json::json;

use super::gitlab::{fake, write};
use crate::support::fake::gitlab::quick_actions::{extract, names};

/// What is left of a text, and the commands in it as `name argument`.
fn scanned(text: &str) -> (String, Vec<String>) {
    let (rest, commands) = extract(text);
    (
        rest,
        commands
            .into_iter()
            .map(|command| format!("{} {}", command.name, command.argument))
            .collect(),
    )
}

#[test]
fn commands_stand_at_the_start_of_a_line_in_any_case() {
    let (rest, commands) = scanned("Hello\n/close\n/LABEL ~a ~\"b c\"  \nworld\r\n/unknown\n /close\n/closed\n\n");
    assert_eq!(rest, "Hello\nworld\n/unknown\n /close\n/closed");
    assert_eq!(commands, ["close ", "label ~a ~\"b c\""]);
    assert_eq!(names("~a ~\"b c\", d", '~'), ["a", "b c", "d"]);
}

#[test]
fn fences_quotes_tags_and_code_spans_hide_commands() {
    for hidden in [
        "```\n/close\n```",
        "```sh\n/close\n```",
        ">>>\n/close\n>>>",
        "<details>\n/close\n</details>",
        "a `b\n/close\nc` d",
    ] {
        assert_eq!(scanned(hidden), (hidden.to_owned(), Vec::new()));
    }
}

#[test]
fn nothing_else_hides_commands() {
    for (open, kept) in [
        ("~~~\n/close\n~~~", "~~~\n~~~"),
        ("<!--\n/close\n-->", "<!--\n-->"),
        ("  ```\n/close\n  ```", "  ```\n  ```"),
        ("```\n/close", "```"),
        ("a ` b\n/close", "a ` b"),
    ] {
        assert_eq!(scanned(open), (kept.to_owned(), vec!["close ".to_owned()]), "{open}");
    }
}

#[test]
fn carriage_returns_and_trailing_space_go_and_substitutions_stay() {
    assert_eq!(scanned("a\r\nb\r\n\r\n  "), ("a\nb".to_owned(), Vec::new()));
    let (rest, commands) = scanned("/shrug who knows");
    assert!(rest.starts_with("who knows ") && commands.is_empty(), "{rest}");
}

#[tokio::test]
async fn quick_actions_run_in_descriptions_and_notes() {
    let fake = fake().await;
    let body = json!({ "title": "T", "description": "text\n/label ~bug\n/confidential" });
    let (_, made) = write(&fake, Method::POST, "/issues", body).await;
    assert_eq!(
        (&made["description"], &made["labels"]),
        (&json!("text"), &json!(["bug"]))
    );
    assert!(fake.get(1).confidential);
    write(
        &fake,
        Method::PUT,
        "/issues/1",
        json!({ "description": "other\r\n/title New" }),
    )
    .await;
    assert_eq!(
        (fake.get(1).title.as_str(), fake.get(1).description.as_deref()),
        ("New", Some("other"))
    );
    let (status, note) = write(
        &fake,
        Method::POST,
        "/issues/1/notes",
        json!({ "body": "done\n/close" }),
    )
    .await;
    assert_eq!((status, &note["body"]), (201, &json!("done")));
    assert!(fake.get(1).closed);
    assert_eq!(
        fake.quick_actions(),
        ["label ~bug", "confidential", "title New", "close"]
    );
}

#[tokio::test]
async fn a_note_of_commands_alone_is_none() {
    let fake = fake().await;
    fake.issue("T").create();
    assert_eq!(
        write(&fake, Method::POST, "/issues/1/notes", json!({ "body": "/close" }))
            .await
            .0,
        202
    );
    assert!(fake.get(1).closed && fake.comments(1).is_empty());
    assert_eq!(
        write(&fake, Method::POST, "/issues/1/notes", json!({ "body": "  \r\n" }))
            .await
            .0,
        400
    );
    let (_, note) = write(&fake, Method::POST, "/issues/1/notes", json!({ "body": "words" })).await;
    let path = format!("/issues/1/notes/{}", note["id"]);
    assert_eq!(
        write(&fake, Method::PUT, &path, json!({ "body": "other words\n" }))
            .await
            .1["body"],
        "other words"
    );
    write(&fake, Method::PUT, &path, json!({ "body": "/reopen" })).await;
    assert!(
        !fake.get(1).closed && fake.comments(1).is_empty(),
        "an edit down to commands deletes the note"
    );
}
