//! Pages for the browser's tests in `tests/browser`: made here, of reports as runs make them, and opened there.

use std::path::PathBuf;

use lockstep::report::{DriftReport, HeldReport, LinkReport, Outcome, Report, StepReport, SyncReport, Totals, html};
use lockstep::run::Request;

use crate::support::player::{Vendor, draft};
use crate::support::world::World;

/// A title that would like to be more than one.
const BAD: &str = "</script><script>document.title='owned'</script><img src=https://evil.example/x onerror=\"document.title='owned'\"> {{ 777*7 }}";

/// Where the pages go; they are made and looked at all the same when nobody asks for them.
#[expect(
    clippy::disallowed_methods,
    reason = "a developer asks for the pages, to open them in a browser"
)]
fn keep(name: &str, page: &str) {
    if let Some(dir) = std::env::var_os("LOCKSTEP_PAGES") {
        let dir = PathBuf::from(dir);
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join(name), page).unwrap();
    }
}

#[tokio::test]
async fn a_page_of_a_run_with_everything_in_it() {
    let w = World::new(
        (Vendor::GitHub, Vendor::GitHub),
        "create: { left: { state: all } }\nconflicts: ask",
    )
    .await;
    for title in ["Export stops after 1,000 rows", "A dark theme", BAD, "Settled"] {
        w.left.open(draft(title).body(BAD));
    }
    w.settle().await;
    w.left.close(1, "completed");
    w.left.retitle(2, "A dark theme for the settings page");
    w.right.retitle(2, "A darker theme for the settings page");
    w.left.rewrite(3, &format!("{BAD} left"));
    w.right.rewrite(3, &format!("{BAD} right"));
    w.left.open(draft("Not there yet").labels(["bug"]));
    let request = Request {
        titles: true,
        ..Request::default()
    };
    let report = w.run(request).await;
    assert_eq!(
        (report.links.len(), report.totals.conflicts),
        (5, 2),
        "{:#?}",
        report.links
    );
    let page = html(&report);
    assert!(!page.contains("<img") && page.contains("&lt;img"), "{page}");
    keep("run.html", &page);
}

fn link(n: u64) -> LinkReport {
    let state = match n % 10 {
        0 => "pending",
        5 if n % 100 == 5 => "held",
        _ => "settled",
    };
    LinkReport {
        sync: if n.is_multiple_of(2) { "api" } else { "web" }.into(),
        link: format!("{n:020x}"),
        left: Some(format!("github#{n}")),
        right: Some(format!("{}#{n}", if n.is_multiple_of(2) { "gitlab" } else { "board" })),
        left_url: Some(format!("https://github.com/acme/api/issues/{n}")),
        right_url: None,
        left_title: Some(format!("Issue number {n} of many")),
        right_title: Some(format!("Issue number {n} of many")),
        state,
        fields: Vec::new(),
        agreed: Some("2026-01-31T12:00:00Z".into()),
    }
}

#[test]
fn a_page_of_ten_thousand_links() {
    let mut report = Report::new(true);
    report.at = "2026-02-01T08:00:00Z".into();
    for (name, right) in [("api", "gitlab"), ("web", "board")] {
        let sync = SyncReport {
            name: name.into(),
            left: "github".into(),
            right: right.into(),
            totals: Totals::default(),
            outcome: Outcome::Partial,
            stopped: Vec::new(),
        };
        report.add(sync, Vec::new(), &[], Vec::new());
    }
    report.links = (1..=10_000).map(link).collect();
    for link in report.links.iter().filter(|link| link.state == "pending") {
        report.drift.push(DriftReport {
            sync: link.sync.clone(),
            link: link.link.clone(),
            left: link.left.clone(),
            right: link.right.clone(),
            class: if link.link.ends_with('0') { "label" } else { "status" },
            left_value: "open".into(),
            right_value: "closed".into(),
            conflict: false,
        });
        report.steps.push(StepReport {
            sync: link.sync.clone(),
            link: link.link.clone(),
            op: "update",
            on: link.right.clone().unwrap(),
            twin: link.left.clone(),
            fields: vec!["status"],
            why: "reopened on github".into(),
            outcome: "done",
            error: None,
        });
    }
    for link in report.links.iter().filter(|link| link.state == "held") {
        report.held.push(HeldReport {
            sync: link.sync.clone(),
            code: "label-scope",
            on: link.left.clone().unwrap(),
            message: "a label is left out".into(),
            hint: "keep one label of the scope".into(),
        });
    }
    let page = html(&report);
    assert!(page.contains("the first 500 of 10000"), "{}", page.len());
    assert!(page.len() < 6_000_000, "{}", page.len());
    keep("many.html", &page);
}
