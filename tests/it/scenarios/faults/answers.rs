//! Every write in turn is done and its answer lost, in every way answers are lost.

use std::time::Duration;

use super::story::{Mode, PAIRS, Stage, busy, name};
use crate::support::fake::{Fault, What, When};
use crate::support::player::Vendor;
use crate::support::reliability::{Sample, tell};

fn ways() -> [(&'static str, What); 6] {
    [
        ("connection reset", What::LoseAnswer),
        ("time-out", What::Silence),
        ("502", What::instead(What::status(502))),
        ("truncated JSON", What::TruncatedJson),
        ("HTML page with 200", What::instead(What::html(200))),
        ("HTML page with 502", What::instead(What::html(502))),
    ]
}

async fn swept(pair: (Vendor, Vendor), mode: Mode) {
    let mut w = busy(pair, mode).await;
    w.quiet = Some(Duration::from_millis(500));
    let stage = Stage::set(w, pair).await;
    let name = name(pair, mode);
    let mut sample = Sample::one_in(11, &name);
    let mut cases = 0;
    for (way, what) in ways() {
        for (player, writes) in stage.services() {
            for write in (1..=writes).filter(|_| sample.takes()) {
                println!("write {write} to {:?}: {way}", player.vendor);
                player.fault(Fault::new(When::Write(write), what.clone()));
                stage.w.sync().await;
                assert!(player.writes().len() >= write, "it did not come that far");
                player.heal();
                stage.recovers().await;
                stage.again();
                cases += 1;
            }
        }
    }
    tell(&format!("answer lost, {name}"), cases);
}

#[tokio::test]
async fn github_and_gitlab() {
    swept(PAIRS[0], Mode::TwoWay).await;
}

#[tokio::test]
async fn gitlab_and_github() {
    swept(PAIRS[1], Mode::TwoWay).await;
}

#[tokio::test]
async fn gitlab_and_gitlab() {
    swept(PAIRS[2], Mode::TwoWay).await;
}

#[tokio::test]
async fn a_folder_and_a_service() {
    for pair in [PAIRS[3], PAIRS[4], PAIRS[6], PAIRS[7]] {
        swept(pair, Mode::TwoWay).await;
    }
}

#[tokio::test]
async fn mirrors() {
    for pair in [PAIRS[0], PAIRS[1], PAIRS[2]] {
        swept(pair, Mode::Mirror).await;
    }
}
