//! Stories that begin with what the services really once held.

use lockstep::model::normalise;
use serde_json::Value;

use super::BOTH_WAYS;
use crate::support::player::{Player, Vendor};
use crate::support::world::World;

fn github() -> Value {
    serde_json::from_str(include_str!("../../payloads/github/go-gitea-test_repo.json")).unwrap()
}

fn gitlab() -> Value {
    serde_json::from_str(include_str!("../../payloads/gitlab/gitea-test_repo.json")).unwrap()
}

fn seed(player: &Player) {
    match player.vendor {
        Vendor::GitHub => player.github().seed_from(&github()),
        Vendor::GitLab => player.gitlab().seed_from(&gitlab()),
        Vendor::Folder => panic!("nothing was recorded there"),
    }
}

/// Every issue has its twin, with the same words in it.
async fn mirrored(pair: (Vendor, Vendor)) {
    let w = World::new(pair, BOTH_WAYS).await;
    seed(&w.left);
    let before = w.left.all();
    assert!(before.len() > 1 && before.iter().any(|seen| !seen.said.is_empty()));
    w.settle().await;
    assert_eq!(w.right.keys().len(), before.len());
    for was in &before {
        let now = w.left.see(was.key);
        assert_eq!(
            (&now.title, normalise(&now.text), now.closed),
            (&was.title, normalise(&was.text), was.closed)
        );
        assert_eq!((&now.labels, &now.said), (&was.labels, &was.said));
        let twin = w.right.titled(&was.title);
        assert_eq!(
            (twin.closed, twin.said.len()),
            (was.closed, was.said.len()),
            "{}",
            was.title
        );
        assert_eq!(
            twin.labels.len(),
            was.labels.len(),
            "{:?} {:?}",
            twin.labels,
            was.labels
        );
    }
    w.left.retitle(before[0].key, "Another title");
    w.settle().await;
    assert_eq!(w.right.titled("Another title").closed, before[0].closed);
}

#[tokio::test]
async fn a_recorded_github_repository_is_mirrored() {
    for right in [Vendor::GitLab, Vendor::GitHub, Vendor::Folder] {
        mirrored((Vendor::GitHub, right)).await;
    }
}

#[tokio::test]
async fn a_recorded_gitlab_project_is_mirrored() {
    for right in [Vendor::GitHub, Vendor::GitLab, Vendor::Folder] {
        mirrored((Vendor::GitLab, right)).await;
    }
}

#[tokio::test]
async fn two_recorded_projects_are_joined() {
    let w = World::github_gitlab(BOTH_WAYS).await;
    seed(&w.left);
    seed(&w.right);
    let all = w.left.keys().len() + w.right.keys().len();
    w.settle().await;
    assert_eq!((w.left.keys().len(), w.right.keys().len()), (all, all));
}
