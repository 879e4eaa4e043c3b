//! Milestones, weight, due date and time.
//!
//! Imports the model and the siblings in this folder. Milestones are named by title to people and by a number unique on
//! the whole instance to programs; those of the groups above serve a project as its own do.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::endpoint::{List, Write};
use super::exchange::{Rows, contains};
use super::wire::{MilestoneWire, NoteWire};
use super::{GitLab, held};
use crate::model::{Issue, IssueKey, Lookup, Milestone, PlanningChange, Receipt};
use crate::tracker::{ReadTracker, TrackerError};

impl GitLab {
    pub(super) async fn list_milestones(&self) -> Result<Vec<Milestone>, TrackerError> {
        let endpoint = List::of(&self.project, "milestones");
        let more = [("include_ancestors", "true")];
        let rows: Rows<MilestoneWire> = self.pages(&endpoint, &more, "list milestones").await?;
        let numbers = rows.all.iter().filter_map(|row| Some((row.title.clone()?, row.id?)));
        let numbers: BTreeMap<String, u64> = numbers.collect();
        *held(&self.milestones) = Some(numbers);
        Ok(rows.all.into_iter().filter_map(MilestoneWire::milestone).collect())
    }

    pub(super) async fn create_milestone(&self, milestone: &Milestone) -> Result<Receipt, TrackerError> {
        const ACTION: &str = "create a milestone";
        let mut members = Map::new();
        members.insert("title".into(), json!(milestone.title));
        if let Some(text) = &milestone.description {
            members.insert("description".into(), json!(text));
        }
        if let Some(due) = milestone.due {
            members.insert("due_date".into(), json!(due.to_string()));
        }
        let endpoint = Write::create(&self.project, "milestones", members.into());
        let answer = self.ask(&endpoint, ACTION).await?;
        // Somebody made it first, here or in a group above.
        if answer.status() == StatusCode::BAD_REQUEST && contains(answer.body(), b"already being used") {
            *held(&self.milestones) = None;
            return Ok(Receipt::default());
        }
        let answer = self.good(answer, ACTION)?;
        let made: MilestoneWire = self.created(&answer)?;
        if let Some(number) = made.id {
            // A list nobody read yet must not look as if this were all of it.
            if let Some(known) = held(&self.milestones).as_mut() {
                known.insert(milestone.title.clone(), number);
            }
            if milestone.closed {
                self.close_milestone(number).await?;
            }
        }
        Ok(Receipt::default())
    }

    /// A new milestone is open.
    async fn close_milestone(&self, number: u64) -> Result<(), TrackerError> {
        const ACTION: &str = "close a milestone";
        let members = json!({ "state_event": "close" });
        let endpoint = Write::change(&self.project, format_args!("milestones/{number}"), members);
        self.good(self.ask(&endpoint, ACTION).await?, ACTION).map(drop)
    }

    /// What a planning change adds to the request that creates or changes an issue: everything but time.
    pub(super) async fn planning_members(&self, change: &PlanningChange) -> Result<Map<String, Value>, TrackerError> {
        let mut members = Map::new();
        match &change.milestone {
            None => {}
            Some(None) => {
                members.insert("milestone_id".into(), json!(0));
            }
            // Of a title nobody knows nothing is said; its absence shows when the answer is compared with the wish.
            Some(Some(title)) => {
                members.extend(
                    self.milestone_number(title)
                        .await?
                        .map(|n| ("milestone_id".to_owned(), json!(n))),
                );
            }
        }
        if let Some(weight) = change.weight {
            members.insert("weight".into(), json!(weight));
        }
        if let Some(due) = change.due {
            members.insert("due_date".into(), json!(due.map(|day| day.to_string())));
        }
        Ok(members)
    }

    async fn milestone_number(&self, title: &str) -> Result<Option<u64>, TrackerError> {
        if held(&self.milestones).is_none() {
            self.list_milestones().await?;
        }
        let known = held(&self.milestones);
        let Some(numbers) = known.as_ref() else {
            return Ok(None);
        };
        let alike = || {
            let same = |(known, _): &(&String, &u64)| known.to_lowercase() == title.to_lowercase();
            numbers.iter().find(same).map(|(_, number)| *number)
        };
        Ok(numbers.get(title).copied().or_else(alike))
    }

    /// Sets the estimate, then adds to the time spent. Adding is the one write here that must not be repeated: when its
    /// answer is lost, that is [`TrackerError::Ambiguous`], and the caller's further writes are left out with it.
    pub(super) async fn write_time(&self, key: &IssueKey, change: &PlanningChange) -> Result<(), TrackerError> {
        if let Some(seconds) = change.estimate {
            if seconds == 0 {
                self.post_time(key, "reset_time_estimate", json!({}), "reset a time estimate")
                    .await?;
            } else {
                let members = json!({ "duration": duration(seconds) });
                self.post_time(key, "time_estimate", members, "set a time estimate")
                    .await?;
            }
        }
        if let Some(seconds) = change.spend.filter(|seconds| *seconds != 0) {
            let sign = if seconds < 0 { "-" } else { "" };
            let members = json!({ "duration": format!("{sign}{}", duration(seconds.unsigned_abs())) });
            self.post_time(key, "add_spent_time", members, "add spent time").await?;
        }
        Ok(())
    }

    /// The last note the system wrote about time that we added: by whoever added it, "added 1h of time spent" (GitLab's
    /// source, `SystemNotes::TimeTrackingService`; such notes are not translated). Notes of an instance are numbered in
    /// the order they are written.
    pub(super) async fn last_logged(&self, key: &IssueKey) -> Result<Option<u64>, TrackerError> {
        let Some(own) = self.account().await? else {
            return Ok(None);
        };
        let number = Self::number(key).ok_or_else(|| self.gone(key))?;
        let endpoint = List::of(&self.project, format_args!("issues/{number}/notes"));
        let more = [
            ("activity_filter", "only_activity"),
            ("sort", "desc"),
            ("order_by", "created_at"),
        ];
        let rows: Rows<NoteWire> = self.pages(&endpoint, &more, "list what was done to an issue").await?;
        let ours = rows.all.iter().filter_map(|note| note.tells_time(&own));
        Ok(Some(ours.max().unwrap_or_default()))
    }

    async fn post_time(&self, key: &IssueKey, below: &str, members: Value, action: &str) -> Result<(), TrackerError> {
        let number = Self::number(key).ok_or_else(|| self.gone(key))?;
        let endpoint = Write::create(&self.project, format_args!("issues/{number}/{below}"), members);
        let answer = self.ask(&endpoint, action).await?;
        self.present(answer, key, action).map(drop)
    }

    /// The time of a new issue, which the request that creates cannot carry. The issue is there whatever comes of this,
    /// so a failure is only logged, and the answer tells what is held.
    pub(super) async fn time_of_new(&self, made: Issue, change: &PlanningChange) -> Issue {
        let no_time = change.estimate.unwrap_or_default() == 0 && change.spend.unwrap_or_default() == 0;
        if no_time {
            return made;
        }
        let wanted = PlanningChange {
            estimate: change.estimate.filter(|seconds| *seconds != 0),
            ..change.clone()
        };
        if let Err(error) = self.write_time(&made.key, &wanted).await {
            tracing::warn!(issue = %made.key, %error, "a new issue was created without its time");
        }
        match self.issue(&made.key).await {
            Ok(Lookup::Found(issue)) => *issue,
            Ok(Lookup::Deleted | Lookup::Hidden | Lookup::Moved(_)) | Err(_) => made,
        }
    }
}

/// A duration as GitLab reads it: `1h30m`. Its days have eight hours and its weeks five days, so neither is written.
fn duration(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let parts = [(hours, 'h'), (minutes, 'm'), (seconds, 's')];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, unit)| format!("{count}{unit}")).collect();
    parts.concat()
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_are_exact() {
        let cases = [
            (1, "1s"),
            (60, "1m"),
            (5400, "1h30m"),
            (3_601, "1h1s"),
            (100 * 3600 + 59, "100h59s"),
        ];
        for (seconds, text) in cases {
            assert_eq!(duration(seconds), text);
        }
    }
}
