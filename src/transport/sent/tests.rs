//! What is told of a service's words, and what is not.

use proptest::prelude::*;

use super::*;

fn told(sent: &str, words: &str) -> String {
    let mut gathered = Gathered::default();
    gathered.body(sent.as_bytes());
    gathered.done().out_of(words).unwrap()
}

#[test]
fn what_we_said_is_taken_out_and_what_the_service_says_stays() {
    let sent = r#"{"title":"Falcon: fire the CEO","body":"Is too long\nQ3 \"café\"","labels":["top-secret"],"assignees":["octo-cat"],"n":4711}"#;
    for (words, left) in [
        ("title Falcon is too long", "title … is too long"),
        ("title 'FALCON: Fire CEO' is too long", "title '…' is too long"),
        ("title 'Falcon: fire the CEO' is too long", "title '…' is too long"),
        ("Falcon", "…"),
        ("Falcon &quot;caf\u{e9}&quot; in Q3!", "…; in …!"),
        ("description Q3 Café; label: top-secret", "description …; label: …"),
        ("title Falc... was not taken", "title …... was not taken"),
        (
            "issue 12 \"Layoffs 2027\" cannot be changed",
            "issue …\" cannot be changed",
        ),
        ("no F&#97;lcon, &amp;#76; or J o h n s o n", "no …; or … s …"),
        ("cafe STRASSE \\u0041 Fu\u{200b}lc\u{200b}n RmFsY29u", "…"),
        (
            "body is too long (maximum is 65536 characters)",
            "body is too long (maximum is 65536 characters)",
        ),
        ("Octo-Cat cannot be assigned", "Octo-Cat cannot be assigned"),
        ("…  ", "…  "),
        ("", ""),
    ] {
        assert_eq!(told(sent, words), left, "{words}");
    }
}

#[test]
fn what_services_say_themselves_is_told() {
    for words in [
        "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.",
        "Resource not accessible by personal access token",
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
        "Issues has been disabled in this repository.",
        "Repository was archived so is read-only.",
        "was submitted too quickly",
        "The request requires higher privileges than provided by the access token.",
        "Token is expired. You can either do re-authorization or token refresh.",
        "This endpoint has been requested too many times. Try again later.",
        "title: can't be blank, is too long (maximum is 255 characters)",
        "labels: already_exists",
        "insufficient_scope",
        "404 Project Not Found",
    ] {
        assert_eq!(told(r#"{"title":"x"}"#, words), words);
    }
}

#[test]
fn what_is_said_in_plain_words_is_taken_out_where_all_of_it_is_repeated() {
    let sent = r#"{"title":"Token expired","body":"A user account was deleted on the server.","labels":["spam"]}"#;
    for (words, left) in [
        ("token is expired", "token is expired"),
        ("title 'token  expired' is invalid", "title '…' is invalid"),
        ("'account was deleted on the'", "'…'"),
        ("account was deleted", "account was deleted"),
        ("spam", "spam"),
    ] {
        assert_eq!(told(sent, words), left, "{words}");
    }
}

#[test]
fn nothing_is_told_where_nobody_knows_what_was_said() {
    assert_eq!(Sent::unknown().out_of("title is too long"), None);
    assert_eq!(Sent::of(&Extensions::new()), Sent::unknown());
}

#[test]
fn names_in_addresses_are_words_of_ours() {
    let mut gathered = Gathered::default();
    let url = Url::parse("https://forge.example/r/labels/Fal%63on%20plan?search=Tiger").unwrap();
    gathered.address(&url, 1);
    let sent = gathered.done();
    assert_eq!(
        sent.out_of("no Falcon plan, Tiger or labels r").unwrap(),
        "no … or labels …"
    );
    assert_eq!(format!("{sent:?}"), "Sent");
}

proptest! {
    /// Whatever a service says, in which way ever it is written: what is told of it is a gap, signs, short numbers, and words
    /// that services use.
    #[test]
    fn no_other_word_is_told(text in "\\PC{0,60}", before in "(title|is|[a-z]{1,9}| ){0,4}") {
        let clean = told(r#"{"title":"x"}"#, &format!("{before} {text}"));
        for word in words(&clean) {
            let small = word.text.to_lowercase();
            let number = small.len() <= DIGITS && small.bytes().all(|byte| byte.is_ascii_digit());
            prop_assert!(number || is_plain(&small), "{text:?} became {clean:?}");
        }
    }

    /// Nothing is told in the words of a request, however plain they are.
    #[test]
    fn nothing_is_repeated_as_it_was(text in proptest::collection::vec("title|is|too|long|error|in|the|api", 4..12)) {
        let text = text.join(" ");
        let sent = serde_json::json!({ "body": format!("{text} x") }).to_string();
        let clean = told(&sent, &format!("spam: {text}"));
        prop_assert_eq!(clean, "spam: …");
    }
}
