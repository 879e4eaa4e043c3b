//! What of milestones, weight, due dates and time is peculiar to one service; the rest is in the conformance checks. The
//! fakes check each request against the vendor's description.

use std::sync::Arc;

use lockstep::model::{Issue, Op, Patch, Planning, PlanningChange, TrackerId};
use lockstep::tracker::github::GitHub;
use lockstep::tracker::gitlab::GitLab;
use lockstep::tracker::{ReadTracker, TrackerError, WriteTracker};
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
