//! Milestones, weight, due dates and time, as far as the profile says they are held.

use lockstep::model::{Draft, Issue, Milestone, Op, Patch, Planning, PlanningChange};

use super::{Bench, draft};

fn everything() -> PlanningChange {
    PlanningChange {
        milestone: Some(Some("1.0".into())),
        weight: Some(Some(3)),
        due: Some(Some("2026-06-30".parse().unwrap())),
        estimate: Some(5400),
        spend: Some(7265),
    }
}

fn nothing() -> PlanningChange {
    PlanningChange {
        milestone: Some(None),
        weight: Some(None),
        due: Some(None),
        estimate: Some(0),
        spend: Some(-7265),
    }
}

/// Text goes along, as it does in a run: the marker is in it.
fn patch(planning: PlanningChange) -> Patch {
    Patch {
        body: Some("changed".into()),
        planning,
        ..Patch::default()
    }
}

/// What is left of everything where only some of it can be held.
fn held(bench: &Bench) -> (Option<String>, Planning) {
    let holds = bench.profile().holds;
    let planning = Planning {
        weight: holds.weight.then_some(3),
        due: holds.due_date.then(|| "2026-06-30".parse().unwrap()),
        estimate: if holds.time { 5400 } else { 0 },
        spent: if holds.time { 7265 } else { 0 },
        ..Planning::default()
    };
    (holds.milestones.then(|| "1.0".to_owned()), planning)
}

fn plan_of(issue: &Issue) -> (Option<String>, Planning) {
    (issue.milestone.clone(), issue.planning.clone())
}

async fn with_milestone(bench: &Bench) -> Milestone {
    let milestone = Milestone {
        title: "1.0".into(),
        description: Some("First".into()),
        due: Some("2026-07-01".parse().unwrap()),
        closed: true,
    };
    let op = Op::CreateMilestone(milestone.clone());
    bench.perform(&op).await.unwrap();
    milestone
}

pub(super) async fn a_plan_is_made_with_the_issue_taken_away_and_made_again(bench: &Bench) {
    with_milestone(bench).await;
    let wish = Draft {
        planning: everything(),
        confidential: false,
        ..draft("Crash", "text")
    };
    let made = bench.create(wish).await;
    assert_eq!(plan_of(&made), held(bench));
    let bare = bench.update(&made.key, patch(nothing())).await;
    assert_eq!(plan_of(&bare), (None, Planning::default()));
    for change in [everything(), PlanningChange::default()] {
        let after = bench.update(&made.key, patch(change)).await;
        assert_eq!(plan_of(&after), held(bench));
        assert_eq!(plan_of(&bench.look(&made.key).await), held(bench));
    }
    assert_eq!(
        bench.list().await.iter().map(plan_of).collect::<Vec<_>>(),
        [held(bench)]
    );
}

pub(super) async fn a_milestone_is_made_known_once_and_stays_as_it_was(bench: &Bench) {
    let milestone = with_milestone(bench).await;
    let other = Milestone {
        closed: false,
        description: None,
        ..milestone.clone()
    };
    bench.perform(&Op::CreateMilestone(other)).await.unwrap();
    let listed = bench.tracker.reader().milestones().await.unwrap();
    let wanted = if bench.profile().label_catalogue {
        vec![milestone]
    } else {
        Vec::new()
    };
    assert_eq!(listed, wanted);
}

pub(super) async fn a_milestone_nobody_knows_is_left_out(bench: &Bench) {
    let key = bench.create(draft("Crash", "text")).await.key;
    let unknown = PlanningChange {
        milestone: Some(Some("2.0".into())),
        ..PlanningChange::default()
    };
    let after = bench.update(&key, patch(unknown)).await;
    // Without a catalogue there are none but those that are used.
    let wanted = (!bench.profile().label_catalogue).then_some("2.0");
    assert_eq!(
        (after.milestone.as_deref(), after.body.text.as_str()),
        (wanted, "changed")
    );
}
