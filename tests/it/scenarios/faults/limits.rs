//! Rate limits in every shape, met at every read and every write: obeyed where they are short, and a clean stop where
//! they are long. The next run ends where one that met none would have ended.

use std::time::Duration;

use jiff::Timestamp;
use lockstep::report::{Outcome, Report};

use super::story::{Mode, PAIRS, Stage, busy, name};
use crate::support::fake::{Fault, What, When};
use crate::support::player::{Player, Vendor};
use crate::support::reliability::{Sample, tell};
use crate::support::world::applying;

/// A date so many seconds from now by the service's clock.
fn date(player: &Player, seconds: i64) -> String {
    match player.vendor {
        Vendor::GitHub => player.github().http_date(seconds),
        Vendor::GitLab => player.gitlab().http_date(seconds),
        Vendor::Folder => panic!("folders have no limits"),
    }
}

/// Every shape that asks for a wait of so many seconds.
fn shapes(player: &Player, seconds: i64) -> Vec<(&'static str, What)> {
    let reset = Timestamp::now().as_second() + seconds;
    let (whole, at) = (seconds.to_string(), date(player, seconds));
    match player.vendor {
        Vendor::GitHub => vec![
            ("primary", What::github_primary_limit(reset)),
            ("secondary, seconds", What::github_secondary_limit().retry_after(&whole)),
            ("secondary, date", What::github_secondary_limit().retry_after(&at)),
            ("429, seconds", What::github_too_many(&whole)),
            ("429, date", What::github_too_many(&at)),
        ],
        Vendor::GitLab | Vendor::Folder => vec![
            ("plain text, seconds", What::gitlab_too_many(&whole)),
            ("plain text, date", What::gitlab_too_many(&at)),
            (
                "application limit, seconds",
                What::gitlab_application_limit().retry_after(&whole),
            ),
        ],
    }
}

/// Shapes that name no wait; a minute is meant.
fn unnamed(player: &Player) -> (&'static str, What) {
    match player.vendor {
        Vendor::GitHub => ("secondary, no wait named", What::github_secondary_limit()),
        Vendor::GitLab | Vendor::Folder => ("application limit, no wait named", What::gitlab_application_limit()),
    }
}

/// Nothing is lost, and the end of the run says that it was the budget and that the next one goes on.
fn stopped_cleanly(report: &Report) {
    assert_eq!(
        (report.outcome, report.outcome.exit_code()),
        (Outcome::Budget, 5),
        "{report:#?}"
    );
    let said = report.syncs[0].stopped.join("\n");
    assert!(said.contains("the next run continues"), "{said}");
    for step in &report.steps {
        let going_on = step
            .error
            .as_deref()
            .unwrap_or_default()
            .contains("the next run continues");
        assert!(step.outcome != "skipped" || going_on, "{step:#?}");
    }
}

async fn met_everywhere(stage: &Stage, sample: &mut Sample) -> usize {
    let mut cases = 0;
    for (player, writes) in stage.services() {
        let long = shapes(player, 3_600).into_iter().chain([unnamed(player)]);
        for (shape, what) in long {
            // The first reads, each of which is another question; then every write.
            let reads = (1..=4).map(When::Read);
            for when in reads.chain((1..=writes).map(When::Write)).filter(|_| sample.takes()) {
                println!("{:?}, {when:?}: {shape}", player.vendor);
                player.fault(Fault::new(when, what.clone()).times(1_000));
                let report = stage.w.sync().await;
                player.heal();
                stopped_cleanly(&report);
                stage.recovers().await;
                stage.again();
                cases += 1;
            }
        }
    }
    cases
}

async fn obeyed_everywhere(stage: &Stage, sample: &mut Sample) -> usize {
    let mut cases = 0;
    for (player, writes) in stage.services() {
        for (shape, what) in shapes(player, 0).into_iter().filter(|(shape, _)| *shape != "primary") {
            for write in (1..=writes).filter(|_| sample.takes()) {
                println!("{:?}, write {write}: {shape}", player.vendor);
                player.fault(Fault::new(When::Write(write), what.clone()).times(2));
                let report = stage.w.sync().await;
                assert!(player.writes().len() > write, "it did not come that far");
                player.heal();
                assert_eq!(report.outcome, Outcome::Changed, "{report:#?}");
                stage.recovers().await;
                stage.again();
                cases += 1;
            }
        }
    }
    cases
}

async fn stage(pair: (Vendor, Vendor)) -> Stage {
    let mut w = busy(pair, Mode::TwoWay).await;
    w.max_wait = Some(Duration::from_secs(10));
    Stage::set(w, pair).await
}

#[tokio::test]
async fn a_long_limit_stops_the_run_and_the_next_one_goes_on() {
    for pair in [PAIRS[0], PAIRS[2]] {
        let stage = stage(pair).await;
        let name = name(pair, Mode::TwoWay);
        let cases = met_everywhere(&stage, &mut Sample::one_in(11, &name)).await;
        tell(&format!("long limit, {name}"), cases);
    }
}

#[tokio::test]
async fn a_short_limit_is_waited_for() {
    for pair in [PAIRS[0], PAIRS[1]] {
        let stage = stage(pair).await;
        let name = name(pair, Mode::TwoWay);
        let cases = obeyed_everywhere(&stage, &mut Sample::one_in(7, &name)).await;
        tell(&format!("short limit, {name}"), cases);
    }
}

#[tokio::test]
async fn a_refusal_that_is_no_limit_is_not_taken_for_one() {
    let mut cases = 0;
    for pair in [PAIRS[0], PAIRS[1], PAIRS[2]] {
        let stage = stage(pair).await;
        let refused = What::status(403).body(r#"{"message":"403 Forbidden: see the page about rate limits"}"#);
        for (player, _) in stage.services() {
            for when in [When::Read(1), When::Write(1), When::Write(4)] {
                println!("{:?}, {when:?}", player.vendor);
                player.fault(Fault::new(when, refused.clone()).times(1_000));
                let report = stage.w.sync().await;
                assert!(![Outcome::Budget, Outcome::Changed, Outcome::Settled].contains(&report.outcome));
                assert_eq!(
                    report.requests["left"].waited_ms + report.requests["right"].waited_ms,
                    0
                );
                player.heal();
                stage.recovers().await;
                stage.again();
                cases += 1;
            }
        }
    }
    tell("a 403 that is no limit", cases);
}

#[tokio::test]
async fn a_service_that_does_not_come_to_an_end_is_read_no_longer_than_the_time_budget_allows() {
    let mut cases = 0;
    for pair in PAIRS {
        let mut stage = stage(pair).await;
        stage.w.patience.reading = Duration::from_millis(50);
        for player in [&stage.w.left, &stage.w.right] {
            if player.vendor == Vendor::Folder {
                continue;
            }
            let when = When::Request {
                method: "GET",
                path: "issues",
                nth: 1,
            };
            player.fault(Fault::new(when, What::Silence).times(usize::MAX));
            let mut request = applying();
            request.time_budget = Some(Duration::ZERO);
            let report = stage.w.run(request).await;
            stopped_cleanly(&report);
            assert_eq!(stage.w.writes(), Vec::<String>::new());
            player.heal();
            cases += 1;
        }
        stage.recovers().await;
    }
    tell("time budget while reading", cases);
}

#[tokio::test]
async fn a_used_up_time_budget_stops_before_the_next_link() {
    let mut cases = 0;
    for pair in PAIRS {
        let stage = stage(pair).await;
        let mut request = applying();
        request.time_budget = Some(Duration::ZERO);
        let before = (stage.w.left.keys(), stage.w.right.keys());
        let report = stage.w.run(request).await;
        stopped_cleanly(&report);
        assert!(
            report.steps.iter().all(|step| step.outcome == "skipped"),
            "{:#?}",
            report.steps
        );
        assert_eq!((stage.w.left.keys(), stage.w.right.keys()), before);
        stage.recovers().await;
        cases += 1;
    }
    tell("time budget", cases);
}

/// A service asks for a minute at any write of a run that has half as long.
#[tokio::test]
async fn a_pause_that_would_outlast_the_time_budget_is_left_to_the_next_run() {
    let mut cases = 0;
    for pair in [PAIRS[0], PAIRS[2]] {
        let mut stage = stage(pair).await;
        stage.w.max_wait = None;
        let mut sample = Sample::one_in(7, &name(pair, Mode::TwoWay));
        for (player, writes) in stage.services() {
            for write in (1..=writes).filter(|_| sample.takes()) {
                println!("{:?}, write {write}", player.vendor);
                let (_, what) = unnamed(player);
                player.fault(Fault::new(When::Write(write), what).times(usize::MAX));
                let mut request = applying();
                request.time_budget = Some(Duration::from_secs(30));
                let report = stage.w.run(request).await;
                player.heal();
                stopped_cleanly(&report);
                let waited = report.requests["left"].waited_ms + report.requests["right"].waited_ms;
                assert_eq!(waited, 0, "{report:#?}");
                stage.recovers().await;
                stage.again();
                cases += 1;
            }
        }
    }
    tell("pause longer than the time budget", cases);
}
