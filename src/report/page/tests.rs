use super::*;
use crate::report::{DriftReport, HeldReport, LinkReport, StepReport, SyncReport, Totals};

const BAD: &str = "</script><script>alert(1)</script><img src=x onerror=alert(2)> \"'&{{ 777*7 }}";

fn link(n: usize, state: &'static str) -> LinkReport {
    LinkReport {
        sync: "api".into(),
        link: format!("{n:020}"),
        left: Some(format!("github#{n}")),
        right: Some(format!("gitlab#{n}")),
        left_url: Some(format!("https://github.example/acme/api/issues/{n}")),
        right_url: None,
        left_title: Some(BAD.into()),
        right_title: None,
        state,
        fields: vec!["title".into()],
        agreed: Some("2026-01-31T12:00:00Z".into()),
    }
}

fn report(links: usize) -> Report {
    let mut report = Report::new(true);
    let sync = SyncReport {
        name: "api".into(),
        left: "github".into(),
        right: "gitlab".into(),
        totals: Totals::default(),
        outcome: Outcome::Changed,
        stopped: vec![BAD.into()],
    };
    let step = StepReport {
        sync: "api".into(),
        link: String::new(),
        op: "update",
        on: "gitlab#1".into(),
        twin: Some("github#1".into()),
        fields: vec!["title"],
        why: BAD.into(),
        outcome: "failed",
        error: Some(BAD.into()),
    };
    let drift = DriftReport {
        sync: "api".into(),
        link: format!("{:020}", 1),
        left: Some("github#1".into()),
        right: Some("gitlab#1".into()),
        class: "title",
        left_value: format!("one two {BAD}"),
        right_value: format!("one three {BAD}"),
        conflict: true,
    };
    report.add(sync, vec![step], &[], vec![drift]);
    report.held.push(HeldReport {
        sync: "api".into(),
        code: "conflict",
        on: "github#1".into(),
        message: BAD.into(),
        hint: BAD.into(),
    });
    report.links = (1..=links)
        .map(|n| link(n, if n == 1 { "conflict" } else { "settled" }))
        .collect();
    report.count_requests("github", crate::tracker::Usage::default());
    report
}

#[test]
fn foreign_text_is_text_wherever_it_stands() {
    let page = html(&report(3));
    assert!(!page.contains("<img") && !page.contains("<script>alert"), "{page}");
    assert_eq!(page.matches("<script").count(), 2, "the data and our own");
    assert_eq!(page.matches("</script>").count(), 2);
    assert!(
        page.contains("777*7") && !page.contains("5439"),
        "nothing foreign is evaluated"
    );
}

#[test]
fn the_policy_allows_this_style_and_this_script_alone() {
    let page = html(&report(1));
    let between = |from: &str, to: &str| {
        let rest = page.split_once(from).unwrap().1;
        rest.split_once(to).unwrap().0.to_owned()
    };
    let hash = |text: &str| STANDARD.encode(digest(&SHA256, text.as_bytes()));
    let policy = between("Content-Security-Policy\" content=\"", "\">").replace("&#x27;", "'");
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    let (style, script) = (
        hash(&between("<style>", "</style>")),
        hash(&between("<script>", "</script>")),
    );
    // The template writes some characters of the fingerprints as references.
    let policy = policy
        .replace("&#x2f;", "/")
        .replace("&#x3d;", "=")
        .replace("&#x2b;", "+");
    assert!(
        policy.contains(&format!("style-src 'sha256-{style}'")),
        "{policy} {style}"
    );
    assert!(
        policy.contains(&format!("script-src 'sha256-{script}'")),
        "{policy} {script}"
    );
    for outside in ["src=", "@import", "url(", "style=\"", "onclick"] {
        assert!(
            !page.replace(BAD, "").contains(&format!("<script {outside}")),
            "{outside}"
        );
        assert!(!STYLE.contains(outside) && !TEMPLATE.contains(outside), "{outside}");
    }
}

#[test]
fn without_its_script_the_page_shows_the_first_rows_of_many() {
    let page = html(&report(10_000));
    let rows = page
        .split("id=\"links-table\"")
        .nth(1)
        .unwrap()
        .split("</table>")
        .next()
        .unwrap();
    assert_eq!(rows.matches("<tr><td>").count(), STANDING);
    assert!(page.contains("the first 500 of 10000"));
    let data = page
        .split("id=\"data\">")
        .nth(1)
        .unwrap()
        .split("</script>")
        .next()
        .unwrap();
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["links"].as_array().unwrap().len(), 10_000);
    assert_eq!(data["links"][0]["left"]["title"], BAD);
}

#[test]
fn a_conflict_stands_side_by_side_with_its_words_marked() {
    let page = html(&report(1));
    let clash = page
        .split("class=\"clash\"")
        .nth(1)
        .unwrap()
        .split("</article>")
        .next()
        .unwrap();
    assert!(
        clash.contains("<del>two</del>") && clash.contains("<ins>three</ins>"),
        "{clash}"
    );
    assert!(clash.contains("Waits for a person"), "{clash}");
}

#[test]
fn times_are_told_as_people_tell_them() {
    for (ms, told) in [(0, "0.0 s"), (420, "0.4 s"), (12_300, "12 s"), (200_000, "3 min 20 s")] {
        assert_eq!(duration(ms), told);
    }
}
