//! Steps in a report: as a plan has them, and as they were taken.

use super::StepReport;
use crate::apply::{End, Taken};
use crate::plan::Plan;
use crate::safe::Safe;

/// The steps of a plan nobody carries out.
pub fn planned(sync: &str, plan: &Plan, name: impl Fn(crate::model::Side) -> String) -> Vec<StepReport> {
    plan.steps()
        .map(|(link, step)| {
            let at = |side| {
                let key = link.and_then(|link| link.keys.get(side).clone());
                key.map(|key| Safe(&format!("{}#{key}", name(side))).to_string())
            };
            let why = step.told();
            StepReport {
                sync: sync.into(),
                link: link.map(|link| link.link.0.clone()).unwrap_or_default(),
                op: step.act.name(),
                on: at(step.on).unwrap_or_else(|| name(step.on)),
                twin: link.and_then(|_| at(step.on.other())),
                fields: step.fields.iter().map(|field| field.name()).collect(),
                why: Safe(&why).to_string(),
                outcome: "planned",
                error: None,
            }
        })
        .collect()
}

/// A step as it was taken.
pub fn taken(sync: &str, step: &Taken) -> StepReport {
    let (outcome, error) = match &step.end {
        End::Done => ("done", None),
        End::Failed(why) => ("failed", Some(Safe(why).to_string())),
        End::Skipped(why) => ("skipped", Some(Safe(why).to_string())),
    };
    StepReport {
        sync: sync.into(),
        link: step.link.clone().unwrap_or_default(),
        op: step.op,
        on: Safe(&step.on).to_string(),
        twin: step.twin.as_ref().map(|twin| Safe(twin).to_string()),
        fields: step.fields.clone(),
        why: Safe(&step.why).to_string(),
        outcome,
        error,
    }
}
