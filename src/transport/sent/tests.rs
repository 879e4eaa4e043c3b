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
    let sent = r#"{"title":"Falcon: fire the CEO","body":"Is too long\nQ3 \"café\"","labels":["top-secret"],"assignees":["octocat"],"n":4711}"#;
    for (words, left) in [
        ("title Falcon is too long", "title … is too long"),
        ("title 'FALCON: Fire CEO' is too long", "title '…' is too long"),
        ("title 'Falcon: fire the CEO' is too long", "title '…' is too long"),
        ("Falcon", "…"),
        ("Falcon &quot;caf\u{e9}&quot; in Q3!", "…; in …!"),
        ("description Q3 Café; label: top-secret", "description …; label: …"),
        ("title Falc... was not taken", "title …... was not taken"),
        ("title of Fal", "title of …"),
        ("<b>Falcons</b> fly, falcon", "<…> fly, …"),
        ("alcon is not a title, CEO", "… is not a title, …"),
        ("body:\\n\\nQ3\\nfalcon\\u0041", "body:\\…"),
        ("f&#97;lcon and f%61lcon, \\u0066alcon", "… and …"),
        ("VG9wU2VjcmV0RmFsY29uVG9wU2VjcmV0", "…"),
        (
            "body is too long (maximum is 65536 characters)",
            "body is too long (maximum is 65536 characters)",
        ),
        ("octocat cannot be assigned", "octocat cannot be assigned"),
        ("…  ", "…  "),
        ("", ""),
    ] {
        assert_eq!(told(sent, words), left, "{words}");
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
        "no … or labels r"
    );
    assert_eq!(format!("{sent:?}"), "Sent");
}

/// Ways in which services repeat what they were sent.
fn ways() -> Vec<(&'static str, fn(&str) -> String)> {
    let entities = |text: &str| text.chars().map(|c| format!("&#{};", u32::from(c))).collect();
    let some_entities = |text: &str| text.replace('e', "&#101;").replace(' ', "&nbsp;");
    let percent =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let in_json = |text: &str| Value::from(text).to_string();
    let in_json_twice = |text: &str| Value::from(Value::from(text).to_string()).to_string();
    let units = |text: &str| text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    vec![
        ("as it is", str::to_owned),
        ("in capitals", str::to_uppercase),
        ("JSON", in_json),
        ("JSON in JSON", in_json_twice),
        ("JSON, every letter", units),
        ("entities", entities),
        ("some entities", some_entities),
        ("in an address", percent),
    ]
}

proptest! {
    /// No word of ours, nor half of one, is left by any way of repeating a text, from anywhere to anywhere.
    #[test]
    fn no_word_of_ours_is_repeated(
        words in proptest::collection::vec("zz[b-y]{2,9}", 1..8),
        gaps in proptest::collection::vec(prop_oneof![Just(" "), Just("\n\n"), Just("\t\""), Just(", "), Just("\\")], 8),
        (from, to) in (0..20usize, 0..20usize),
    ) {
        let text: String = words.iter().zip(&gaps).flat_map(|(word, gap)| [word.as_str(), gap]).collect();
        let sent = serde_json::json!({ "title": "x", "body": text }).to_string();
        for (name, way) in ways() {
            let echo = way(&text);
            let kept: Vec<char> = echo.chars().skip(from).collect();
            let kept: String = kept.iter().take(kept.len().saturating_sub(to)).collect();
            let clean = told(&sent, &format!("title is invalid: {kept}"));
            prop_assert!(clean.starts_with("title is invalid: "), "{name}: {clean}");
            let left = clean.to_lowercase();
            for word in &words {
                let letters: Vec<char> = word.chars().collect();
                let mut pieces = letters.windows(PIECE).map(|piece| piece.iter().collect::<String>());
                prop_assert!(!pieces.any(|piece| left.contains(&piece)), "{name}: {kept:?} became {clean:?}");
                prop_assert!(!left.contains(word.as_str()), "{name}: {kept:?} became {clean:?}");
            }
        }
    }
}
