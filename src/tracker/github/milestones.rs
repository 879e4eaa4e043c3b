//! Milestones: listed, remembered by number, created.
//!
//! Imports the model, `call` and `wire`. GitHub names them by title to people and by number to programs.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use http::Method;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::read::PAGE;
use super::{GitHub, wire};
use crate::model::{Milestone, PlanningChange, Receipt};
use crate::tracker::TrackerError;

impl GitHub {
    pub(super) async fn read_milestones(&self) -> Result<Vec<Milestone>, TrackerError> {
        let call = Call::get("list milestones", ["milestones"])
            .query([("state", "all".into()), ("per_page", PAGE.to_string())]);
        let walk = self.walk(call, |milestone: &wire::Milestone| milestone.number).await?;
        let rows: Vec<wire::Milestone> = walk.items.into_values().collect();
        let numbers = rows.iter().filter_map(|row| Some((row.title.clone()?, row.number?)));
        let numbers: BTreeMap<String, u64> = numbers.collect();
        *self.milestones.lock().unwrap_or_else(PoisonError::into_inner) = Some(numbers);
        Ok(rows.into_iter().filter_map(wire::Milestone::into_model).collect())
    }

    /// The `milestone` member of a write: a number, or `null` for none. `None` when nothing is to be said, for a title
    /// nobody knows too: its absence shows when the answer is compared with what was wished.
    pub(super) async fn milestone_member(&self, change: &PlanningChange) -> Result<Option<Value>, TrackerError> {
        match &change.milestone {
            None => Ok(None),
            Some(None) => Ok(Some(Value::Null)),
            Some(Some(title)) => Ok(self.milestone_number(title).await?.map(Value::from)),
        }
    }

    async fn milestone_number(&self, title: &str) -> Result<Option<u64>, TrackerError> {
        if self.remembered().is_none() {
            self.read_milestones().await?;
        }
        let numbers = self.remembered().unwrap_or_default();
        let exact = numbers.get(title).copied();
        let alike = || {
            let same = |(known, _): &(&String, &u64)| known.to_lowercase() == title.to_lowercase();
            numbers.iter().find(same).map(|(_, number)| *number)
        };
        Ok(exact.or_else(alike))
    }

    pub(super) async fn create_milestone(&self, milestone: &Milestone) -> Result<Receipt, TrackerError> {
        const ACTION: &str = "create milestones";
        let mut members = Map::new();
        members.insert("title".into(), json!(milestone.title));
        if let Some(text) = &milestone.description {
            members.insert("description".into(), json!(text));
        }
        if let Some(due) = milestone.due.and_then(noon) {
            members.insert("due_on".into(), json!(due));
        }
        let call = Call::get(ACTION, ["milestones"])
            .method(Method::POST)
            .json(members.into())
            .also(&[422]);
        let answer = self.send(&call).await?;
        if !answer.status.is_success() {
            if wire::Refusal::read(&answer.body).has_code("already_exists") {
                // Somebody was faster: the next look-up reads the list again.
                *self.milestones.lock().unwrap_or_else(PoisonError::into_inner) = None;
                return Ok(Receipt::default());
            }
            return Err(self.refusal(ACTION, &answer));
        }
        let made: wire::Milestone = self.decode_created(&answer, "the milestone created")?;
        if let (Some(title), Some(number)) = (made.title, made.number) {
            self.remember(title, number);
            if milestone.closed {
                self.close_milestone(number).await?;
            }
        }
        Ok(Receipt::default())
    }

    /// A new milestone is open.
    async fn close_milestone(&self, number: u64) -> Result<(), TrackerError> {
        let call = Call::get("close milestones", ["milestones", &number.to_string()])
            .method(Method::PATCH)
            .json(json!({ "state": "closed" }));
        self.send(&call).await.map(drop)
    }

    fn remembered(&self) -> Option<BTreeMap<String, u64>> {
        self.milestones.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, title: String, number: u64) {
        let mut known = self.milestones.lock().unwrap_or_else(PoisonError::into_inner);
        // A list nobody read yet must not look as if this were all of it.
        if let Some(known) = known.as_mut() {
            known.insert(title, number);
        }
    }
}

/// GitHub keeps the day this moment falls on by the clocks of the American west coast; noon in Greenwich is the same day
/// there, summer and winter.
fn noon(day: Date) -> Option<String> {
    let noon = day.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).ok()?;
    Some(noon.timestamp().to_string())
}
