//! Milestone, weight, due date and time in front matter.

use crate::model::{Milestone, Op, Patch, Planning, PlanningChange};
use crate::tracker::{ReadTracker as _, WriteTracker as _};

use super::{Desk, draft};

fn planned(planning: PlanningChange) -> Patch {
    Patch {
        planning,
        ..Patch::default()
    }
}

fn everything() -> PlanningChange {
    PlanningChange {
        milestone: Some(Some("1.10".into())),
        weight: Some(Some(3)),
        due: Some(Some("2026-06-30".parse().unwrap())),
        estimate: Some(5400),
        spend: Some(100 * 3600),
    }
}

#[tokio::test]
async fn what_people_write_is_read() {
    let desk = Desk::new();
    desk.put(
        "1.md",
        "---\nmilestone: 1.10\nweight: 3\nDue: 2026-06-30\nestimate: 1d 2h\nspent: 90\nepic: [x]\niteration: 5\n---\n",
    );
    let issue = desk.one("1").await;
    assert_eq!(issue.milestone.as_deref(), Some("1.10"));
    let want = Planning {
        weight: Some(3),
        due: Some("2026-06-30".parse().unwrap()),
        estimate: 10 * 3600,
        spent: 90,
        ..Planning::default()
    };
    assert_eq!(issue.planning, want);
    let milestone = Milestone {
        title: "1.10".into(),
        description: None,
        due: None,
        closed: false,
    };
    assert_eq!(desk.folder.milestones().await.unwrap(), [milestone]);
}

#[tokio::test]
async fn what_cannot_be_understood_names_its_line() {
    for (line, part) in [
        ("weight: heavy", "`weight: heavy` is not a whole number"),
        ("weight: -1", "is not a whole number"),
        ("due: next week", "is not a day"),
        ("estimate: long", "is not a duration"),
        ("spent: -1h", "is not a duration"),
        ("spent: [1h]", "must be a text"),
    ] {
        let desk = Desk::new();
        desk.put("1.md", format!("---\ntitle: x\n{line}\n---\n"));
        let detail = desk.flaw().await;
        assert!(detail.contains("line 3") && detail.contains(part), "{detail}");
    }
}

#[tokio::test]
async fn a_new_issue_is_written_with_its_plan_and_reads_back() {
    let desk = Desk::new();
    let wish = crate::model::Draft {
        planning: everything(),
        confidential: false,
        ..draft("T", "b")
    };
    let issue = desk.create(wish).await;
    let text = desk.get("0001.md");
    let lines = "milestone: '1.10'\nweight: 3\ndue: 2026-06-30\nestimate: 1h 30m\nspent: 100h\nauthor: robin\n";
    assert!(text.contains(lines), "{text}");
    assert_eq!((issue.planning.estimate, issue.planning.spent), (5400, 360_000));
    assert_eq!(desk.one("1").await, issue);
}

#[tokio::test]
async fn a_change_touches_its_own_lines_only() {
    let desk = Desk::new();
    let head =
        "---\ntitle: x\nmilestone: old # agreed\nweight: 1\nmine: yes\nspent: 1h\ncreated: 2026-01-01T00:00:00Z\n";
    desk.put("1.md", format!("{head}---\n\nb\n"));
    let receipt = desk.update("1", planned(everything())).await;
    assert_eq!(receipt.issue.unwrap().planning.spent, 101 * 3600);
    assert_eq!(
        desk.get("1.md"),
        "---\ntitle: x\nmilestone: '1.10' # agreed\nweight: 3\nmine: yes\nspent: 101h\ncreated: 2026-01-01T00:00:00Z\n\
         due: 2026-06-30\nestimate: 1h 30m\nupdated: 2026-05-04T10:20:30Z\n---\n\nb\n"
    );
    let nothing = PlanningChange {
        milestone: Some(None),
        weight: Some(None),
        due: Some(None),
        estimate: Some(0),
        spend: Some(-999_999),
    };
    let receipt = desk.update("1", planned(nothing.clone())).await;
    let issue = receipt.issue.unwrap();
    assert_eq!((issue.milestone, issue.planning), (None, Planning::default()));
    assert!(
        desk.get("1.md")
            .contains("\nmilestone: # agreed\nweight:\nmine: yes\nspent:\n"),
        "{}",
        desk.get("1.md")
    );

    desk.age("1.md");
    let then = desk.modified("1.md");
    desk.update("1", planned(nothing)).await;
    assert_eq!(desk.modified("1.md"), then, "nothing changes, nothing is written");
}

#[tokio::test]
async fn a_milestone_exists_by_being_used() {
    let desk = Desk::new();
    let milestone = Milestone {
        title: "1.0".into(),
        description: None,
        due: None,
        closed: true,
    };
    desk.folder.perform(&Op::CreateMilestone(milestone)).await.unwrap();
    assert_eq!(desk.folder.milestones().await.unwrap(), []);
    assert!(desk.names(".").is_empty());
}
