//! Values beside title, body and status: which of them move from side to side, which are shown on the other side as labels
//! or as words in its footer, and as what text.

use std::collections::BTreeSet;

use crate::config::{Carried, Direction, Mode, Terms, Unmapped, ValueField};
use crate::model::{Issue, PerSide, Side, Value};
use crate::tracker::{Holds, Profile};

/// Whether a value is merged as what it is: the mapping file lets it flow, and both sides can hold it.
pub fn moves(terms: &Terms, profiles: &PerSide<Profile>, value: Value) -> bool {
    let fields = &terms.sync.fields;
    let both = |has: fn(&Holds) -> bool| has(&profiles.left.holds) && has(&profiles.right.holds);
    let flows = |field: ValueField| field.direction != Direction::Off;
    match value {
        Value::Milestone => {
            let field = fields.milestone;
            field.direction != Direction::Off && field.carried == Carried::Milestone && both(|holds| holds.milestones)
        }
        Value::Weight => flows(fields.weight) && both(|holds| holds.weight),
        Value::DueDate => flows(fields.due_date) && both(|holds| holds.due_date),
        Value::TimeEstimate => flows(fields.time_estimate) && both(|holds| holds.time),
        Value::Confidential => terms.sync.confidential && both(|holds| holds.confidential),
        Value::Labels | Value::Footer => false,
    }
}

/// A value as text, the same for equal values; `None` when it is not set.
pub fn text_of(value: Value, issue: &Issue) -> Option<String> {
    let planning = &issue.planning;
    match value {
        Value::Milestone => issue.milestone.clone(),
        Value::Weight => planning.weight.map(|weight| weight.to_string()),
        Value::DueDate => planning.due.map(|day| day.to_string()),
        Value::TimeEstimate => duration(planning.estimate),
        Value::Confidential => issue.confidential.then(|| "confidential".to_owned()),
        Value::Labels | Value::Footer => None,
    }
}

/// The labels by which the other side shows what `issue`, which is on `from`, belongs to; within that side's limits.
pub fn shown_labels(terms: &Terms, profiles: &PerSide<Profile>, from: Side, issue: &Issue) -> BTreeSet<String> {
    let to = from.other();
    let fields = &terms.sync.fields;
    let mut names: Vec<String> = Vec::new();
    let mut show = |prefix: &str, title: Option<&String>| names.extend(title.map(|title| format!("{prefix}{title}")));
    if fields.milestone.carried == Carried::Label && fields.milestone.direction.reaches(to) {
        show(Terms::MILESTONE, issue.milestone.as_ref());
    }
    if writes(terms, to) && fields.iteration == Carried::Label {
        show(Terms::ITERATION, issue.planning.iteration.as_ref());
    }
    if writes(terms, to) && fields.epic == Carried::Label {
        show(Terms::EPIC, epic(issue));
    }
    if fields.assignees.unmapped == Unmapped::Label && fields.assignees.reaches(to) {
        for login in strangers(terms, from, issue) {
            show(Terms::ASSIGNEE, Some(login));
        }
    }
    names.iter().map(|name| profiles.get(to).fit_label(name)).collect()
}

/// What the other side's footer says of `issue`, which is on `from`: names and texts, the texts foreign.
pub fn shown_words(
    terms: &Terms,
    profiles: &PerSide<Profile>,
    from: Side,
    issue: &Issue,
) -> Vec<(&'static str, String)> {
    let to = from.other();
    let fields = &terms.sync.fields;
    let mut words: Vec<(&'static str, String)> = Vec::new();
    let mut tell = |name: &'static str, text: Option<String>| words.extend(text.map(|text| (name, text)));
    if fields.milestone.carried == Carried::Footer && fields.milestone.direction.reaches(to) {
        tell("milestone", issue.milestone.clone());
    }
    if writes(terms, to) && fields.iteration == Carried::Footer {
        tell("iteration", issue.planning.iteration.clone());
    }
    if writes(terms, to) && fields.epic == Carried::Footer {
        tell("part of", epic(issue).cloned());
    }
    if fields.assignees.unmapped == Unmapped::Footer && fields.assignees.reaches(to) {
        let logins: Vec<&str> = strangers(terms, from, issue).map(String::as_str).collect();
        tell("assigned", (!logins.is_empty()).then(|| logins.join(", ")));
    }
    let holds = profiles.get(to).holds;
    let planning = &issue.planning;
    let lacks = |field: ValueField, has: bool| field.footer && field.direction.reaches(to) && !has;
    if lacks(fields.weight, holds.weight) {
        tell("weight", text_of(Value::Weight, issue));
    }
    if lacks(fields.due_date, holds.due_date) {
        tell("due", text_of(Value::DueDate, issue));
    }
    if lacks(fields.time_estimate, holds.time) {
        tell("estimate", duration(planning.estimate));
    }
    if lacks(fields.time_spent, holds.time) {
        tell("time spent", duration(planning.spent));
    }
    words
}

/// The names under which the base keeps a label of a side: its own and, where the other side had to fit it, the one by
/// which the fitted label comes back, so that taking it off here is noticed there.
pub fn base_names(terms: &Terms, profiles: &PerSide<Profile>, side: Side, label: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::from([label.to_owned()]);
    if let Some(there) = terms.unmapped(side, label) {
        let fitted = profiles.get(side.other()).fit_label(&there);
        if fitted != there {
            names.extend(terms.unmapped(side.other(), &fitted));
        }
    }
    names
}

/// Whether anything may be written on a side at all.
fn writes(terms: &Terms, side: Side) -> bool {
    side == Side::Right || terms.sync.mode == Mode::TwoWay
}

/// What it is a part of: an epic, or another issue.
fn epic(issue: &Issue) -> Option<&String> {
    issue.planning.epic.as_ref().or(issue.planning.parent.as_ref())
}

/// The assignees nobody knows on the other side.
fn strangers<'a>(terms: &'a Terms, side: Side, issue: &'a Issue) -> impl Iterator<Item = &'a String> {
    let known = move |login: &&String| terms.person(side, login).is_none();
    issue.assignees.iter().filter(known)
}

/// Seconds as `1h 30m`; `None` for no time at all.
pub fn duration(seconds: u64) -> Option<String> {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let parts = [(hours, 'h'), (minutes, 'm'), (seconds, 's')];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, unit)| format!("{count}{unit}")).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}
