//! What every tracker promises of milestones, weight, due dates and time, as far as its profile says it holds them: the
//! real adapters, the services' fakes behind them. The fakes check each request against the vendor's description.

use std::collections::BTreeSet;
use std::sync::Arc;

use lockstep::model::{Draft, Issue, Milestone, Op, Patch, Planning, PlanningChange, Status, TrackerId};
use lockstep::tracker::folder::Folder;
use lockstep::tracker::github::GitHub;
use lockstep::tracker::gitlab::GitLab;
use lockstep::tracker::{Holds, ReadTracker, TrackerError, WriteTracker};
use lockstep::transport::{Authorize, BearerToken, HttpWire, Policy, PrivateToken, Transport};
use secrecy::SecretString;
use url::Url;

use crate::support::fake::{FakeGitHub, FakeGitLab, Fault, What, When};

fn transport(auth: impl Authorize + 'static) -> Transport {
    let policy = Policy {
        backoff: std::time::Duration::ZERO,
        ..Policy::default()
    };
    Transport::new(Arc::new(HttpWire::new(None).unwrap()), policy, Arc::new(auth))
}

fn token() -> SecretString {
    SecretString::from("secret")
}

fn github(fake: &FakeGitHub) -> GitHub {
    let api = Url::parse(fake.url()).unwrap();
    let transport = transport(BearerToken::new(&api, token()).unwrap());
    GitHub::new(TrackerId("github".into()), "acme".into(), "api".into(), api, transport).unwrap()
}

fn gitlab(fake: &FakeGitLab) -> GitLab {
    let instance = Url::parse(fake.url()).unwrap();
    let transport = transport(PrivateToken::new(&instance, token()).unwrap());
    GitLab::new(TrackerId("gitlab".into()), "platform/api".into(), instance, transport).unwrap()
}

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

/// What is left of a plan where only this can be held.
fn held(holds: Holds) -> (Option<String>, Planning) {
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

fn update(issue: &Issue, planning: PlanningChange) -> Op {
    let patch = Patch {
        body: Some("changed".into()),
        planning,
        ..Patch::default()
    };
    Op::UpdateIssue {
        key: issue.key.clone(),
        patch,
    }
}

async fn keeps_its_promises(tracker: &(impl ReadTracker + WriteTracker)) {
    let holds = tracker.profile().holds;
    let milestone = Milestone {
        title: "1.0".into(),
        description: Some("First".into()),
        due: Some("2026-07-01".parse().unwrap()),
        closed: true,
    };
    for _ in 0..2 {
        tracker.perform(&Op::CreateMilestone(milestone.clone())).await.unwrap();
    }
    let draft = Draft {
        title: "T".into(),
        body: "b".into(),
        status: Status::OPEN,
        labels: BTreeSet::new(),
        assignees: BTreeSet::new(),
        planning: everything(),
    };
    let made = tracker.perform(&Op::CreateIssue(draft)).await.unwrap().issue.unwrap();
    assert_eq!(plan_of(&made), held(holds));
    let listed = tracker.milestones().await.unwrap();
    assert_eq!(listed.len(), 1);
    if tracker.profile().label_catalogue {
        assert_eq!(listed, [milestone], "a catalogue keeps more than the title");
    }

    let bare = tracker.perform(&update(&made, nothing())).await.unwrap().issue.unwrap();
    assert_eq!(plan_of(&bare), (None, Planning::default()));
    let again = tracker
        .perform(&update(&made, everything()))
        .await
        .unwrap()
        .issue
        .unwrap();
    assert_eq!(plan_of(&again), held(holds));
    let silent = tracker
        .perform(&update(&made, PlanningChange::default()))
        .await
        .unwrap();
    assert_eq!(plan_of(&silent.issue.unwrap()), held(holds));
    let all = tracker.list(None).await.unwrap().issues;
    assert_eq!(all.iter().map(plan_of).collect::<Vec<_>>(), [held(holds)]);

    let unknown = PlanningChange {
        milestone: Some(Some("2.0".into())),
        ..PlanningChange::default()
    };
    let kept = tracker.perform(&update(&made, unknown)).await.unwrap().issue.unwrap();
    let title = if tracker.profile().label_catalogue {
        "1.0"
    } else {
        "2.0"
    };
    assert_eq!(kept.milestone.as_deref(), Some(title));
}

#[tokio::test]
async fn github_keeps_its_promises() {
    let fake = FakeGitHub::start("acme/api").await;
    keeps_its_promises(&github(&fake)).await;
}

#[tokio::test]
async fn gitlab_keeps_its_promises() {
    let fake = FakeGitLab::start("platform/api").await;
    keeps_its_promises(&gitlab(&fake)).await;
}

#[tokio::test]
async fn a_folder_keeps_its_promises() {
    let dir = tempfile::tempdir().unwrap();
    let now = Box::new(|| "2026-05-04T10:20:30Z".parse().unwrap());
    let folder = Folder::new(TrackerId("board".into()), dir.path().into(), now, "robin".into());
    keeps_its_promises(&folder).await;
}

#[tokio::test]
async fn without_premium_a_weight_is_left_out_and_nothing_breaks() {
    let fake = FakeGitLab::start("platform/api").await;
    fake.vices(|vices| vices.no_premium = true);
    fake.issue("T").create();
    let tracker = gitlab(&fake);
    let issue = tracker.list(None).await.unwrap().issues.remove(0);
    let patch = Patch {
        planning: PlanningChange {
            weight: Some(Some(3)),
            ..PlanningChange::default()
        },
        ..Patch::default()
    };
    let key = issue.key.clone();
    let receipt = tracker.perform(&Op::UpdateIssue { key, patch }).await.unwrap();
    assert_eq!(plan_of(&receipt.issue.unwrap()), (None, Planning::default()));
}

#[tokio::test]
async fn an_iteration_an_epic_and_a_parent_are_read() {
    let fake = FakeGitLab::start("platform/api").await;
    fake.issue("T").create();
    fake.edit(1, |issue| {
        issue.iteration = Some("Sprint 5".to_owned());
        issue.epic = Some("Rewrite".to_owned());
    });
    let issue = gitlab(&fake).list(None).await.unwrap().issues.remove(0);
    let planning = issue.planning;
    assert_eq!(
        (planning.iteration.as_deref(), planning.epic.as_deref()),
        (Some("Sprint 5"), Some("Rewrite"))
    );
    let fake = FakeGitHub::start("acme/api").await;
    for (number, place) in [(1, None), (2, Some("acme/web".to_owned()))] {
        fake.issue("T").create();
        fake.edit(number, |issue| issue.parent = Some((place, 7)));
    }
    let issues = github(&fake).list(None).await.unwrap().issues;
    let parents: Vec<_> = issues.iter().map(|issue| issue.planning.parent.as_deref()).collect();
    assert_eq!(parents, [Some("#7"), Some("acme/web#7")]);
}

#[tokio::test]
async fn spent_time_whose_answer_is_lost_is_added_once_and_the_marker_is_not_written() {
    let fake = FakeGitLab::start("platform/api").await;
    fake.issue("T").body("old").create();
    let tracker = gitlab(&fake);
    let issue = tracker.list(None).await.unwrap().issues.remove(0);
    let adding = When::Request {
        method: "POST",
        path: "add_spent_time",
        nth: 1,
    };
    fake.fault(Fault::new(adding, What::LoseAnswer));
    let error = tracker.perform(&update(&issue, everything())).await.unwrap_err();
    assert!(matches!(error, TrackerError::Ambiguous { .. }), "{error:?}");
    let held = fake.get(1);
    assert_eq!((held.time_spent, held.description.as_deref()), (7265, Some("old")));
}
