//! Several runs told as one: a job may look at more than one issue.

use super::{LinkReport, Report, Requests, SyncReport};

impl Report {
    /// Adds what another run did. A sync that both ran is one in the result.
    pub fn merge(&mut self, other: Self) {
        let Self {
            version: _,
            applied: _,
            outcome,
            totals,
            syncs,
            steps,
            held,
            drift,
            links,
            at,
            requests,
            duration_ms,
        } = other;
        self.outcome = self.outcome.max(outcome);
        self.totals.add(&totals);
        for sync in syncs {
            match self.syncs.iter_mut().find(|known| known.name == sync.name) {
                Some(known) => join(known, sync),
                None => self.syncs.push(sync),
            }
        }
        self.steps.extend(steps);
        for one in held {
            if self.held.contains(&one) {
                self.totals.held = self.totals.held.saturating_sub(1);
            } else {
                self.held.push(one);
            }
        }
        self.drift.extend(drift);
        for link in links {
            let same = |known: &&mut LinkReport| known.sync == link.sync && known.link == link.link;
            match self.links.iter_mut().find(same) {
                Some(known) => *known = link,
                None => self.links.push(link),
            }
        }
        self.at = at;
        for (tracker, more) in requests {
            add(self.requests.entry(tracker).or_default(), more);
        }
        self.duration_ms += duration_ms;
    }
}

fn join(known: &mut SyncReport, other: SyncReport) {
    let SyncReport {
        name: _,
        left: _,
        right: _,
        totals,
        outcome,
        stopped,
    } = other;
    known.totals.add(&totals);
    known.outcome = known.outcome.max(outcome);
    for why in stopped {
        if !known.stopped.contains(&why) {
            known.stopped.push(why);
        }
    }
}

fn add(known: &mut Requests, more: Requests) {
    let Requests {
        reads,
        writes,
        retries,
        waited_ms,
        remaining,
    } = more;
    known.reads += reads;
    known.writes += writes;
    known.retries += retries;
    known.waited_ms += waited_ms;
    // The later run knows better.
    known.remaining = remaining.or(known.remaining);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Held;
    use crate::report::{Outcome, Totals};

    fn report(outcome: Outcome, conflicts: u64, remaining: Option<u64>) -> Report {
        let mut report = Report::new(true);
        let sync = SyncReport {
            name: "api".into(),
            left: "left".into(),
            right: "right".into(),
            totals: Totals {
                conflicts,
                links: 1,
                ..Totals::default()
            },
            outcome,
            stopped: vec!["why".into()],
        };
        let held = Held {
            code: "conflict",
            on: "left#1".into(),
            message: "title".into(),
            hint: "decide".into(),
        };
        report.add(sync, Vec::new(), &[held], Vec::new());
        let usage = Requests {
            reads: 2,
            remaining,
            ..Requests::default()
        };
        report.requests.insert("left".into(), usage);
        report
    }

    #[test]
    fn two_runs_of_one_sync_are_told_as_one() {
        let mut all = report(Outcome::Settled, 1, Some(9));
        all.merge(report(Outcome::Partial, 0, None));
        assert_eq!((all.outcome, all.syncs.len()), (Outcome::Partial, 1));
        assert_eq!((all.totals.links, all.totals.conflicts, all.totals.held), (2, 1, 1));
        assert_eq!((all.held.len(), all.syncs[0].stopped.len()), (1, 1));
        let requests = all.requests["left"];
        assert_eq!((requests.reads, requests.remaining), (4, Some(9)));
    }
}
