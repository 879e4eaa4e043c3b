//! The story that faults befall: everything a run writes, on both sides at once, and what there must be in the end.

use std::sync::Arc;

use lockstep::border::restore;
use lockstep::model::PerSide;
use lockstep::report::Outcome;

use crate::support::gate::Gate;
use crate::support::player::{Player, Saved, Vendor, draft};
use crate::support::world::{World, applying, told};
use Vendor::{Folder, GitHub, GitLab};

/// All three trackers on either side.
pub(super) const PAIRS: [(Vendor, Vendor); 8] = [
    (GitHub, GitLab),
    (GitLab, GitHub),
    (GitLab, GitLab),
    (Folder, GitHub),
    (Folder, GitLab),
    (Folder, Folder),
    (GitHub, Folder),
    (GitLab, Folder),
];

/// Both ways, or from the left to the right only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    TwoWay,
    Mirror,
}

/// How a pair and a mode are named in the page of reliability.
pub(super) fn name((left, right): (Vendor, Vendor), mode: Mode) -> String {
    let short = |vendor| match vendor {
        GitHub => "github",
        GitLab => "gitlab",
        Folder => "folder",
    };
    let mode = match mode {
        Mode::TwoWay => "two-way",
        Mode::Mirror => "mirror",
    };
    format!("{}-{}, {mode}", short(left), short(right))
}

/// A world just before a run that has much to do, which can be told again and again.
pub(super) struct Stage {
    pub(super) w: World,
    pub(super) pair: (Vendor, Vendor),
    /// How many writes that run makes: to both sides, and to each of them if it is a service, as that counts.
    pub(super) writes: usize,
    pub(super) writes_to: PerSide<usize>,
    saved: (Saved, Saved),
    /// What an undisturbed run makes of it.
    end: End,
}

/// What people see on both sides in the end.
type End = (Vec<Told>, Vec<Told>);

/// An issue as people see it; texts as they were written, wherever the files in them are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) key: u64,
    pub(super) title: String,
    text: String,
    pub(super) closed: bool,
    reason: Option<String>,
    labels: Vec<String>,
    assignees: Vec<String>,
    spent: u64,
    /// Without the order in which things that happened at once were told.
    pub(super) said: Vec<String>,
}

pub(super) fn all(player: &Player) -> Vec<Told> {
    let issues = player.all().into_iter();
    issues
        .map(|issue| {
            let mut said: Vec<String> = issue.said.iter().map(|said| restore(&said.text)).collect();
            said.sort();
            Told {
                key: issue.key,
                text: restore(&issue.text),
                closed: issue.closed,
                reason: issue.reason,
                labels: issue.labels.into_iter().collect(),
                assignees: issue.assignees.into_iter().collect(),
                spent: player.planned(issue.key).spent,
                said,
                title: issue.title,
            }
        })
        .collect()
}

fn rules(pair: (Vendor, Vendor), mode: Mode) -> String {
    let branch = |vendor, name: &str| match vendor {
        GitHub => format!(", {name}: branch"),
        GitLab | Folder => String::new(),
    };
    let right = branch(pair.1, "right");
    match mode {
        Mode::TwoWay => format!(
            "create: {{ left: {{ state: all }}, right: {{ state: all }} }}\n\
             fields: {{ attachments: {{ mode: reupload{}{right} }}, comments: {{ deletions: mirror }} }}",
            branch(pair.0, "left")
        ),
        Mode::Mirror => format!(
            "mode: mirror\nbacklink: false\ncreate: {{ left: {{ state: all }} }}\n\
             fields: {{ attachments: {{ mode: reupload{right} }}, comments: {{ deletions: mirror }} }}"
        ),
    }
}

/// A linked issue with comments of both sides; then edits, comments, edited comments, time, a closing and new issues
/// with files, labels and comments, on both sides where the mode takes from both.
pub(super) async fn busy(pair: (Vendor, Vendor), mode: Mode) -> World {
    let both = mode == Mode::TwoWay;
    let mut w = World::new(pair, &rules(pair, mode)).await;
    w.top = "people: [{ left: ann, right: a.nne }]".to_owned();
    w.left.invite("ann");
    w.right.invite("a.nne");
    w.left.open(draft("Crash").body("text").labels(["bug"]));
    let ours = w.left.say(1, "bob", "one");
    w.synced().await;
    if both {
        w.right.say(1, "dora", "two");
        w.synced().await;
    }
    w.assert_settled().await;

    w.left.retitle(1, "Crash at start");
    w.left.assign(1, "ann");
    w.left.reword(1, ours, "one, edited");
    w.left.say(1, "carol", "three");
    log_time(&w.left, 3_600);
    news(&w.left, "Left news");
    if both {
        w.right.label(1, "new");
        let theirs = said(&w.right, "two");
        w.right.reword(1, theirs, "two, edited");
        w.right.say(1, "erin", "four");
        log_time(&w.right, 7_200);
        news(&w.right, "Right news");
        w.right.close(1, "completed");
    } else {
        w.left.close(1, "completed");
    }
    w
}

fn said(player: &Player, text: &str) -> u64 {
    player.see(1).said.iter().find(|said| said.text == text).unwrap().id
}

fn log_time(player: &Player, seconds: i64) {
    if player.vendor != GitHub {
        player.log_time(1, seconds);
    }
}

fn news(player: &Player, title: &str) {
    let file = player.attach_to(2, title.as_bytes(), "shot.png");
    let text = format!("![shot]({file})");
    let key = player.open(draft(title).body(&text).labels(["bug"]).closed("completed"));
    assert_eq!(key, 2);
    player.say(key, "bob", &format!("about {title}"));
}

/// A first mirror of one issue with everything that costs a write of its own.
pub(super) async fn fresh(pair: (Vendor, Vendor), mode: Mode) -> World {
    let mut w = World::new(pair, &rules(pair, mode)).await;
    w.top = "people: [{ left: ann, right: a.nne }]".to_owned();
    w.left.invite("ann");
    w.right.invite("a.nne");
    let (from, ann) = if mode == Mode::Mirror {
        (&w.left, "ann")
    } else {
        (&w.right, "a.nne")
    };
    from.open(
        draft("Crash")
            .body("text")
            .labels(["bug"])
            .assignees([ann])
            .closed("completed"),
    );
    from.say(1, "bob", "one");
    from.say(1, "carol", "two");
    w
}

/// Runs until nothing is left to do, which takes five runs at most.
pub(super) async fn calm(w: &World) {
    for _ in 0..5 {
        let report = w.sync().await;
        if report.outcome == Outcome::Settled {
            assert_eq!(told(&report), Vec::<String>::new());
            return;
        }
        assert_eq!(
            report.outcome,
            Outcome::Changed,
            "{:#?} {:#?}",
            told(&report),
            report.syncs
        );
    }
    panic!("five runs and still something to do");
}

impl Stage {
    /// Tells the story once without any fault, and sets it up again.
    pub(super) async fn set(w: World, pair: (Vendor, Vendor)) -> Self {
        let mut w = w;
        // Nobody else is at work: where a run was killed nobody is left to wait for.
        w.patience.lease = std::time::Duration::ZERO;
        w.patience.settle = std::time::Duration::ZERO;
        let saved = w.save();
        w.clear_logs();
        let gate: Arc<Gate> = Arc::default();
        let first = w.run_through(&gate, applying()).await;
        let writes_to = PerSide::new(w.left.writes().len(), w.right.writes().len());
        assert_eq!(first.outcome, Outcome::Changed, "{:#?}", told(&first));
        assert!(
            !first.held.iter().any(|held| held.code == "attachment-linked"),
            "{:#?}",
            first.held
        );
        let mut stage = Self {
            w,
            pair,
            writes: gate.writes(),
            writes_to,
            saved,
            end: (Vec::new(), Vec::new()),
        };
        calm(&stage.w).await;
        stage.w.assert_settled().await;
        stage.end = stage.now();
        stage.again();
        stage
    }

    /// Back to the beginning.
    pub(super) fn again(&self) {
        self.w.put_back(&self.saved);
    }

    /// Numbers are left out: one that was set aside in a folder before a run was killed is not given again.
    fn now(&self) -> End {
        let [left, right] = [&self.w.left, &self.w.right].map(|player| {
            let mut all = all(player);
            all.sort_by(|a, b| a.title.cmp(&b.title));
            for told in &mut all {
                told.key = 0;
            }
            all
        });
        (left, right)
    }

    /// Undisturbed runs end where one without any fault had ended.
    pub(super) async fn recovers(&self) {
        calm(&self.w).await;
        assert_eq!(self.now(), self.end);
        for player in [&self.w.left, &self.w.right] {
            assert_eq!(player.violations(), Vec::<String>::new());
        }
    }

    /// The next run is told of its folders by a fresh checkout: every file has the date of that, and no other.
    pub(super) fn check_out(&self) {
        for player in [&self.w.left, &self.w.right] {
            player.check_out();
        }
    }

    /// The sides that are services, which have answers to lose, and how many writes the run makes there.
    pub(super) fn services(&self) -> Vec<(&Player, usize)> {
        let sides = [
            (&self.w.left, self.writes_to.left),
            (&self.w.right, self.writes_to.right),
        ];
        sides
            .into_iter()
            .filter(|(player, _)| player.vendor != Folder)
            .collect()
    }
}
