//! What every tracker promises the rest of the program: one list of checks, the same for all, each gated by the profile.

mod files;
mod issues;
mod planning;
mod sets;
mod talk;

use std::collections::BTreeSet;
use std::pin::Pin;

use lockstep::model::{Draft, Issue, IssueKey, Lookup, Op, Patch, PlanningChange, Receipt, Status};
use lockstep::run::OpenTracker;
use lockstep::tracker::{Profile, TrackerError};

use crate::support::player::{Player, Vendor};
use crate::support::world::World;

type Check = for<'a> fn(&'a Bench) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

macro_rules! checks {
    ($($module:ident :: $name:ident),* $(,)?) => {
        &[$((stringify!($name), |bench| Box::pin($module::$name(bench)))),*]
    };
}

const CHECKS: &[(&str, Check)] = checks![
    issues::a_created_issue_is_what_was_asked_for,
    issues::a_body_is_kept_with_its_marker,
    issues::a_change_changes_what_it_says_and_nothing_else,
    issues::a_change_of_nothing_tells_what_is_there,
    issues::every_status_becomes_what_the_profile_foretells,
    issues::an_issue_is_created_closed_where_that_can_be,
    issues::texts_as_long_as_the_profile_allows_are_kept,
    issues::what_is_not_there_is_gone_and_never_written,
    issues::a_deleted_issue_is_told_from_a_hidden_one,
    issues::a_listing_is_whole_whatever_the_pages,
    issues::a_listing_since_a_time_holds_what_changed,
    issues::what_we_write_is_by_our_account,
    sets::labels_are_added_and_taken_off_one_by_one,
    sets::label_names_may_hold_what_the_profile_does_not_forbid,
    sets::a_label_is_made_known_once,
    sets::labels_that_differ_by_case_are_what_the_profile_says,
    sets::labels_of_a_scope_exclude_one_another_where_the_profile_says_so,
    sets::assignees_are_set_and_cleared,
    sets::who_can_be_assigned_is_told_for_everyone_asked_about,
    planning::a_plan_is_made_with_the_issue_taken_away_and_made_again,
    planning::a_milestone_is_made_known_once_and_stays_as_it_was,
    planning::a_milestone_nobody_knows_is_left_out,
    talk::comments_come_oldest_first_and_are_counted,
    talk::comments_are_edited_and_taken_away,
    talk::a_comment_is_acknowledged_and_stays_as_it_is,
    talk::who_may_write_is_told_for_everyone_asked_about,
    talk::every_issue_asked_for_is_in_the_answer,
    talk::the_feed_tells_the_newest_first,
    files::what_people_attach_is_fetched_whole,
    files::a_file_that_is_not_the_trackers_is_not_fetched,
    files::what_is_kept_is_there_under_its_address,
    files::a_file_can_be_kept_for_an_issue_to_come,
];

/// A tracker on a bench, and the people who use it meanwhile.
struct Bench {
    world: World,
    tracker: OpenTracker,
}

impl Bench {
    async fn new(vendor: Vendor) -> Self {
        let world = World::new((vendor, Vendor::Folder), "").await;
        let tracker = world.left_tracker();
        Self { world, tracker }
    }

    fn player(&self) -> &Player {
        &self.world.left
    }

    fn profile(&self) -> &Profile {
        self.tracker.reader().profile()
    }

    async fn perform(&self, op: &Op) -> Result<Receipt, TrackerError> {
        self.tracker.writer().perform(op).await
    }

    async fn create(&self, draft: Draft) -> Issue {
        self.perform(&Op::CreateIssue(draft)).await.unwrap().issue.unwrap()
    }

    async fn update(&self, key: &IssueKey, patch: Patch) -> Issue {
        let key = key.clone();
        self.perform(&Op::UpdateIssue { key, patch })
            .await
            .unwrap()
            .issue
            .unwrap()
    }

    async fn look(&self, key: &IssueKey) -> Issue {
        match self.tracker.reader().issue(key).await.unwrap() {
            Lookup::Found(issue) => *issue,
            other @ (Lookup::Deleted | Lookup::Moved(_) | Lookup::Hidden) => panic!("{key}: {other:?}"),
        }
    }

    async fn list(&self) -> Vec<Issue> {
        let mut issues = self.tracker.reader().list(None).await.unwrap().issues;
        issues.sort_by(|a, b| a.key.cmp(&b.key));
        issues
    }
}

fn draft(title: &str, body: &str) -> Draft {
    Draft {
        title: title.to_owned(),
        body: body.to_owned(),
        status: Status::OPEN,
        labels: BTreeSet::new(),
        assignees: BTreeSet::new(),
        planning: PlanningChange::default(),
        confidential: false,
    }
}

fn set<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.map(str::to_owned).into()
}

async fn conforms(vendor: Vendor) {
    for (name, check) in CHECKS {
        println!("{vendor:?}: {name}");
        let bench = Bench::new(vendor).await;
        check(&bench).await;
        assert_eq!(bench.player().violations(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn github_conforms() {
    conforms(Vendor::GitHub).await;
}

#[tokio::test]
async fn gitlab_conforms() {
    conforms(Vendor::GitLab).await;
}

#[tokio::test]
async fn folder_conforms() {
    conforms(Vendor::Folder).await;
}
