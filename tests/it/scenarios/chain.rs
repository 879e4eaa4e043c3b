//! Three trackers and two syncs: a twin is not carried onward by itself, and a person may join it to a further issue.

use lockstep::run::Task;

use super::BOTH_WAYS;
use super::repair::{apply, at};
use crate::support::player::{Player, Vendor, draft};
use crate::support::world::World;

/// Lets the next runs be those of the other sync.
fn turn(w: &mut World, name: &str, between: &'static str) {
    w.name = name.to_owned();
    w.between = between;
}

#[tokio::test]
async fn a_twin_goes_no_further_unless_a_person_joins_it_to_another_issue() {
    for pair in World::PAIRS {
        let mut w = World::new(pair, BOTH_WAYS).await;
        let third = Player::new(Vendor::Folder, "", w.dir().join("third")).await;
        std::fs::create_dir_all(w.dir().join("third")).unwrap();
        w.top = format!("  third: {}", third.described("third", ""));
        w.left.open(draft("Crash").body("text"));
        w.left.say(1, "bob", "hello");
        w.settle().await;

        w.rules = "create: { right: on, third: on }".to_owned();
        turn(&mut w, "onward", "right, third");
        w.assert_settled().await;
        assert_eq!(third.keys(), Vec::<u64>::new(), "a twin is not carried onward");

        third.open(draft("Crash").body("text"));
        let task = Task::Link(at("right", 1), at("third", 1));
        let report = apply(&w, &task).await;
        assert_eq!(report.outcome.exit_code(), 0, "{report:#?}");
        w.right.say(1, "dora", "here");
        w.settle().await;
        assert_eq!(third.see(1).texts(), ["here"], "a copy is not carried onward either");

        w.left.retitle(1, "Crash at start");
        w.rules = BOTH_WAYS.to_owned();
        turn(&mut w, "api", "left, right");
        w.settle().await;
        w.rules = "create: { right: on, third: on }".to_owned();
        turn(&mut w, "onward", "right, third");
        w.settle().await;
        assert_eq!(third.see(1).title, "Crash at start");
        w.rules = BOTH_WAYS.to_owned();
        turn(&mut w, "api", "left, right");
        w.assert_settled().await;
        assert_eq!(
            (w.left.keys(), w.right.keys(), third.keys()),
            (vec![1], vec![1], vec![1])
        );
    }
}
