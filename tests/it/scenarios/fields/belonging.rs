//! What is shown of the other side and never asked back: iterations, epics, parent issues, assignees nobody knows there,
//! and values a tracker has no field for.

use lockstep::model::Side;

use super::{PAIRS, player, world};
use crate::support::player::{Player, Vendor, draft};
use crate::support::world::World;

const GITLAB_LEFT: [(Vendor, Vendor); 2] = [(Vendor::GitLab, Vendor::GitHub), (Vendor::GitLab, Vendor::GitLab)];

/// Something only one side knows, as the cells need it.
struct Fact {
    /// The field of the mapping file with `as` replaced by what is asked for.
    rule: &'static str,
    /// Its places: pairs and the side that knows it.
    places: &'static [((Vendor, Vendor), Side)],
    /// Sets it to one of two values, or takes it away.
    set: fn(&Player, Option<&'static str>),
    values: [&'static str; 2],
    /// What stands before the value in a label and in a footer.
    words: (&'static str, &'static str),
}

const FROM_GITLAB: [((Vendor, Vendor), Side); 4] = [
    ((Vendor::GitHub, Vendor::GitLab), Side::Right),
    ((Vendor::GitLab, Vendor::GitHub), Side::Left),
    ((Vendor::GitLab, Vendor::GitLab), Side::Left),
    ((Vendor::Folder, Vendor::GitLab), Side::Right),
];

const ITERATION: Fact = Fact {
    rule: "iteration: { as: AS }",
    places: &FROM_GITLAB,
    set: |player, title| player.iterate(1, title),
    values: ["Sprint 5", "Sprint 6"],
    words: ("Iteration::", "iteration"),
};

const EPIC: Fact = Fact {
    rule: "epic: { as: AS }",
    places: &FROM_GITLAB,
    set: |player, title| player.belong_to(1, title),
    values: ["Rewrite", "Launch"],
    words: ("Epic::", "part of"),
};

const PARENT: Fact = Fact {
    rule: "epic: AS",
    places: &[
        ((Vendor::GitHub, Vendor::GitLab), Side::Left),
        ((Vendor::GitLab, Vendor::GitHub), Side::Right),
        ((Vendor::Folder, Vendor::GitHub), Side::Right),
    ],
    set: |player, number| player.belong_to(1, number),
    values: ["40", "41"],
    words: ("Epic::", "part of"),
};

const STRANGER: Fact = Fact {
    rule: "assignees: { unmapped: AS }",
    places: &[
        ((Vendor::GitHub, Vendor::GitLab), Side::Left),
        ((Vendor::GitHub, Vendor::GitLab), Side::Right),
        ((Vendor::GitLab, Vendor::GitLab), Side::Left),
        ((Vendor::Folder, Vendor::GitHub), Side::Left),
        ((Vendor::Folder, Vendor::GitHub), Side::Right),
    ],
    set: |player, login| {
        for old in player.see(1).assignees {
            player.unassign(1, &old);
        }
        if let Some(login) = login {
            player.assign(1, login);
        }
    },
    values: ["grace", "linus"],
    words: ("Assignee: ", "assigned"),
};

impl Fact {
    async fn begin(&self, place: ((Vendor, Vendor), Side), shown: &str) -> World {
        let rules = format!("fields: {{ {} }}", self.rule.replace("AS", shown));
        println!("{rules}, known on the {:?}", place.1);
        let w = world(place.0, &rules).await;
        let one = player(&w, place.1);
        one.open(draft("Crash").body("text").labels(["bug"]));
        (self.set)(one, Some(self.values[0]));
        w.settle().await;
        w
    }

    /// The labels by which a side shows it.
    fn labels(&self, player: &Player) -> Vec<String> {
        let labels = player.see(1).labels.into_iter();
        labels.filter(|label| label.starts_with(self.words.0)).collect()
    }
}

async fn as_label(fact: &Fact) {
    for place in fact.places {
        let w = fact.begin(*place, "label").await;
        let (one, other) = (player(&w, place.1), player(&w, place.1.other()));
        let shows = |value: &str| {
            let labels = fact.labels(other);
            assert_eq!(labels.len(), 1, "{place:?}: {labels:?}");
            assert!(labels[0].ends_with(value), "{place:?}: {labels:?}");
        };
        shows(fact.values[0]);
        assert!(fact.labels(one).is_empty(), "{place:?}: it does not come back");
        (fact.set)(one, Some(fact.values[1]));
        w.settle().await;
        shows(fact.values[1]);
        let label = fact.labels(other).remove(0);
        other.unlabel(1, &label);
        other.label(1, &format!("{}by hand", fact.words.0));
        w.sync().await;
        w.assert_settled().await;
        assert!(fact.labels(one).is_empty(), "{place:?}: nothing flows back");
        one.label(1, "ui");
        w.sync().await;
        w.assert_settled().await;
        shows(fact.values[1]);
        (fact.set)(one, None);
        w.settle().await;
        assert!(fact.labels(other).is_empty(), "{place:?}: taken away");
        assert_eq!(
            (one.see(1).labels(), other.see(1).labels()),
            (vec!["bug", "ui"], vec!["bug", "ui"])
        );
    }
}

async fn in_footer(fact: &Fact) {
    for place in fact.places {
        let w = fact.begin(*place, "footer").await;
        let (one, other) = (player(&w, place.1), player(&w, place.1.other()));
        let footer = other.see(1).footer();
        assert!(
            footer.contains(fact.words.1) && footer.contains(fact.values[0]),
            "{place:?}: {}",
            other.see(1).raw
        );
        assert!(!footer.contains('@'), "{place:?}: nobody is notified: {footer}");
        assert_eq!(other.see(1).labels(), ["bug"], "{place:?}");
        (fact.set)(one, Some(fact.values[1]));
        one.retitle(1, "Crash again");
        w.settle().await;
        let footer = other.see(1).footer();
        assert!(
            footer.contains(fact.values[1]) && !footer.contains(fact.values[0]),
            "{place:?}: {footer}"
        );
        other.rewrite(1, "other text");
        w.settle().await;
        assert_eq!(
            (one.see(1).text, other.see(1).text),
            ("other text".into(), "other text".into()),
            "{place:?}"
        );
        (fact.set)(one, None);
        w.settle().await;
        assert!(
            !other.see(1).footer().contains(fact.values[1]),
            "{place:?}: {}",
            other.see(1).raw
        );
    }
}

async fn left_out(fact: &Fact) {
    let word = if fact.rule.starts_with("assignees") {
        "skip"
    } else {
        "off"
    };
    for place in fact.places {
        let rule = fact.rule.replace("{ as: AS }", "AS").replace("AS", word);
        let w = world(place.0, &format!("fields: {{ {rule} }}")).await;
        let (one, other) = (player(&w, place.1), player(&w, place.1.other()));
        one.open(draft("Crash").body("text"));
        (fact.set)(one, Some(fact.values[0]));
        w.settle().await;
        (fact.set)(one, Some(fact.values[1]));
        w.assert_settled().await;
        assert!(
            other.see(1).labels.is_empty() && other.see(1).footer().is_empty(),
            "{place:?}"
        );
    }
}

macro_rules! fact {
    ($name:ident, $fact:ident) => {
        super::cells!($name, $fact, [as_label, in_footer, left_out]);
    };
}

fact!(iteration, ITERATION);
fact!(epic, EPIC);
fact!(parent, PARENT);
fact!(unmapped_assignees, STRANGER);

#[tokio::test]
async fn several_unknown_assignees_are_all_named_beside_those_who_are_known() {
    for pair in PAIRS {
        for shown in ["label", "footer"] {
            let mut w = world(pair, &format!("fields: {{ assignees: {{ unmapped: {shown} }} }}")).await;
            w.top = "people: [{ left: ann, right: a.nne }]".to_owned();
            w.right.invite("a.nne");
            w.left
                .open(draft("Crash").body("text").assignees(["ann", "grace", "linus"]));
            w.settle().await;
            let seen = w.right.see(1);
            let told = format!("{} {}", seen.labels().join(" "), seen.footer());
            assert_eq!(seen.assignees(), ["a.nne"], "{pair:?}");
            assert!(
                told.contains("grace") && told.contains("linus") && !told.contains("ann"),
                "{pair:?}: {told}"
            );
            w.left.unassign(1, "grace");
            w.left.unassign(1, "ann");
            w.settle().await;
            let seen = w.right.see(1);
            let told = format!("{} {}", seen.labels().join(" "), seen.footer());
            assert!(seen.assignees.is_empty(), "{pair:?}");
            assert!(!told.contains("grace") && told.contains("linus"), "{pair:?}: {told}");
        }
    }
}

#[tokio::test]
async fn two_labels_of_one_kind_do_not_push_one_another_out() {
    let w = world(
        (Vendor::GitHub, Vendor::GitLab),
        "fields: { assignees: { unmapped: label } }",
    )
    .await;
    w.left.open(draft("Crash").body("text").assignees(["grace", "linus"]));
    w.settle().await;
    assert_eq!(w.right.see(1).labels(), ["Assignee: grace", "Assignee: linus"]);
}

#[tokio::test]
async fn shown_as_labels_beside_one_another_they_all_stand() {
    let rules = "fields: { milestone: { as: label }, iteration: label, epic: label, assignees: { unmapped: label } }";
    for pair in GITLAB_LEFT {
        let w = world(pair, rules).await;
        w.left
            .open(draft("Crash").body("text").labels(["bug"]).assignees(["grace"]));
        w.left.put_into(1, Some("Q1"));
        w.left.iterate(1, Some("Sprint 5"));
        w.left.belong_to(1, Some("Rewrite"));
        w.settle().await;
        assert_eq!(
            w.right.see(1).labels(),
            [
                "Assignee: grace",
                "Epic::Rewrite",
                "Iteration::Sprint 5",
                "Milestone::Q1",
                "bug"
            ],
            "{pair:?}"
        );
        w.left.iterate(1, None);
        w.right.unlabel(1, "bug");
        w.settle().await;
        assert_eq!(
            w.right.see(1).labels(),
            ["Assignee: grace", "Epic::Rewrite", "Milestone::Q1"],
            "{pair:?}"
        );
        assert!(w.left.see(1).labels.is_empty(), "{pair:?}");
    }
}

#[tokio::test]
async fn a_tracker_without_the_field_tells_it_in_the_footer_if_asked() {
    let both = |shown: &str| {
        let fields = ["weight", "due_date", "time_estimate", "time_spent"];
        let fields = fields.map(|field| format!("{field}: {{ direction: both, as: {shown} }}"));
        format!("fields: {{ {} }}", fields.join(", "))
    };
    for (pair, home) in [
        ((Vendor::GitHub, Vendor::GitLab), Side::Right),
        ((Vendor::GitLab, Vendor::GitHub), Side::Left),
        ((Vendor::Folder, Vendor::GitHub), Side::Left),
    ] {
        for shown in ["footer", "field"] {
            println!("{shown}, known on the {home:?}");
            let w = world(pair, &both(shown)).await;
            let (one, github) = (player(&w, home), player(&w, home.other()));
            one.open(draft("Crash").body("text"));
            one.weigh(1, Some(3));
            one.make_due(1, Some("2026-06-30"));
            one.estimate(1, 5400);
            one.log_time(1, 600);
            w.settle().await;
            let footer = github.see(1).footer();
            if shown == "field" {
                assert_eq!(footer, "", "{pair:?}");
                one.weigh(1, Some(4));
                w.assert_settled().await;
                continue;
            }
            for words in ["weight 3", "2026-06-30", "1h 30m", "10m"] {
                let plain = footer.replace('\\', "");
                assert!(plain.contains(words), "{pair:?}: {words} in {footer}");
            }
            one.weigh(1, None);
            one.log_time(1, 600);
            one.retitle(1, "Crash again");
            w.settle().await;
            let footer = github.see(1).footer();
            assert!(
                footer.contains("20m") && !footer.contains("weight"),
                "{pair:?}: {footer}"
            );
            github.rewrite(1, "other text");
            w.settle().await;
            assert_eq!(one.see(1).text, "other text", "{pair:?}");
            assert_eq!(
                (one.planned(1).spent, one.planned(1).estimate),
                (1200, 5400),
                "{pair:?}: nothing flows back"
            );
        }
    }
}
