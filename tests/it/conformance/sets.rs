//! Labels and assignees.

use lockstep::model::{Draft, Label, Op, Patch};

use super::{Bench, draft, set};

pub(super) async fn labels_are_added_and_taken_off_one_by_one(bench: &Bench) {
    let made = bench
        .create(Draft {
            labels: set(["one", "two"]),
            ..draft("Crash", "text")
        })
        .await;
    // What somebody else does meanwhile stays.
    bench.player().label(made.key.0.parse().unwrap(), "meanwhile");
    let patch = Patch {
        add_labels: set(["three", "one"]),
        remove_labels: set(["two", "never there"]),
        ..Patch::default()
    };
    let after = bench.update(&made.key, patch).await;
    assert_eq!(after.labels, set(["meanwhile", "one", "three"]));
    assert_eq!(bench.look(&made.key).await.labels, after.labels);
}

pub(super) async fn label_names_may_hold_what_the_profile_does_not_forbid(bench: &Bench) {
    let names = [
        "good first issue",
        "area/api?x=1&y#2",
        "100%",
        "größer",
        "a+b",
        "\u{1f41b} bug",
    ];
    let key = bench.create(draft("Crash", "text")).await.key;
    for name in names.into_iter().chain([","]) {
        if name.contains(bench.profile().label_forbidden) {
            continue;
        }
        let add = Patch {
            add_labels: set([name]),
            ..Patch::default()
        };
        assert_eq!(bench.update(&key, add).await.labels, set([name]));
        let remove = Patch {
            remove_labels: set([name]),
            ..Patch::default()
        };
        assert!(bench.update(&key, remove).await.labels.is_empty(), "{name}");
    }
}

pub(super) async fn a_label_is_made_known_once(bench: &Bench) {
    let label = Label {
        name: "bug".to_owned(),
        color: Some("ff0000".to_owned()),
        description: Some("Something is broken".to_owned()),
    };
    for _ in 0..2 {
        bench.perform(&Op::CreateLabel(label.clone())).await.unwrap();
    }
    if bench.profile().label_catalogue {
        assert_eq!(bench.tracker.reader().labels().await.unwrap(), [label]);
    }
}

pub(super) async fn labels_that_differ_by_case_are_what_the_profile_says(bench: &Bench) {
    if !bench.profile().label_catalogue {
        return;
    }
    bench.player().make_label("bug");
    let made = bench
        .create(Draft {
            labels: set(["BUG"]),
            ..draft("Crash", "text")
        })
        .await;
    let known = bench.tracker.reader().labels().await.unwrap().len();
    if bench.profile().labels_fold_case {
        assert_eq!((made.labels, known), (set(["bug"]), 1));
    } else {
        assert_eq!((made.labels, known), (set(["BUG"]), 2));
    }
}

pub(super) async fn labels_of_a_scope_exclude_one_another_where_the_profile_says_so(bench: &Bench) {
    let made = bench
        .create(Draft {
            labels: set(["prio::low", "other"]),
            ..draft("Crash", "text")
        })
        .await;
    let patch = Patch {
        add_labels: set(["prio::high"]),
        ..Patch::default()
    };
    let after = bench.update(&made.key, patch).await.labels;
    if bench.profile().scoped_labels {
        assert_eq!(after, set(["other", "prio::high"]));
    } else {
        assert_eq!(after, set(["other", "prio::high", "prio::low"]));
    }
}

pub(super) async fn assignees_are_set_and_cleared(bench: &Bench) {
    for login in ["ann", "bob", "carol"] {
        bench.player().invite(login);
    }
    let made = bench
        .create(Draft {
            assignees: set(["ann", "bob"]),
            ..draft("Crash", "text")
        })
        .await;
    for wish in [set(["bob", "carol"]), set([]), set(["ann"])] {
        let patch = Patch {
            assignees: Some(wish.clone()),
            ..Patch::default()
        };
        assert_eq!(bench.update(&made.key, patch).await.assignees, wish);
        assert_eq!(bench.look(&made.key).await.assignees, wish);
    }
}

pub(super) async fn who_can_be_assigned_is_told_for_everyone_asked_about(bench: &Bench) {
    bench.player().invite("ann");
    let logins = ["ann", "nobody-knows", "no such/name?"].map(str::to_owned);
    let told = bench.tracker.reader().assignable(&logins).await.unwrap();
    assert_eq!(told.len(), logins.len());
    assert!(told["ann"]);
    if bench.profile().mentions {
        assert!(!told["nobody-knows"] && !told["no such/name?"], "{told:?}");
    }
    assert!(bench.tracker.reader().assignable(&[]).await.unwrap().is_empty());
}
