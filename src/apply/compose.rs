//! From a step to the write a tracker is asked for, and to the line a report shows.

use std::collections::BTreeSet;

use super::{End, Hands, Taken};
use crate::model::{
    Body, Draft, Issue, IssueKey, IssueRef, Marker, Op, Patch, Payload, PerSide, Planning, PlanningChange, Side,
};
use crate::plan::{Book, Change, Copy, Field, LinkPlan, Step, Twin, predict};

/// The report's line for a step.
pub(super) fn taken(
    hands: &Hands<'_>,
    link: &LinkPlan,
    keys: &PerSide<Option<IssueKey>>,
    step: &Step,
    end: End,
) -> Taken {
    let name = |side: Side| {
        let tracker = hands.names.get(side).clone();
        keys.get(side).clone().map(|key| IssueRef { tracker, key }.to_string())
    };
    Taken {
        link: Some(link.link.0.clone()),
        op: step.act.name(),
        on: name(step.on).unwrap_or_else(|| hands.names.get(step.on).to_string()),
        twin: name(step.on.other()),
        fields: step.fields.iter().map(|field| field.name()).collect(),
        why: step.why.clone(),
        end,
    }
}

/// The issue a new twin will be right after its creation.
pub(super) fn newborn(book: &Book, side: Side, twin: &Twin) -> Issue {
    let profile = book.profiles.get(side);
    let empty = Issue {
        key: IssueKey(String::new()),
        url: String::new(),
        author: None,
        created: None,
        updated: None,
        title: twin.title.clone(),
        body: Body::plain(twin.text.clone()),
        status: crate::model::Status::OPEN,
        labels: BTreeSet::new(),
        assignees: BTreeSet::new(),
        milestone: None,
        planning: Planning::default(),
        comment_count: 0,
        confidential: false,
        moved_to: None,
    };
    let change = Change {
        status: profile.create_closed.then_some(twin.status),
        add_labels: twin.labels.clone(),
        assignees: Some(twin.assignees.clone()),
        planning: twin.planning.clone(),
        confidential: Some(twin.confidential),
        ..Change::default()
    };
    predict(&empty, &change, profile)
}

/// The request that creates a twin, its marker in it.
pub(super) fn creation(book: &Book, side: Side, twin: &Twin, hands: &Hands<'_>) -> Op {
    let after = newborn(book, side, twin);
    let right = (side == Side::Right).then_some(&after);
    let marker = book.marker(side, right, None);
    Op::CreateIssue(Draft {
        title: twin.title.clone(),
        body: book.body(side, &twin.text, marker, hands.signer),
        status: after.status,
        labels: after.labels,
        assignees: after.assignees,
        planning: twin.planning.clone(),
        confidential: after.confidential,
    })
}

/// The request that changes an issue, and what the issue is predicted to hold afterwards. The marker goes along on the
/// right side always, on the left where it is due.
pub(super) fn update(
    book: &Book,
    side: Side,
    now: &Issue,
    change: &Change,
    mark: bool,
    hands: &Hands<'_>,
) -> (Op, Issue) {
    let after = predict(now, change, book.profiles.get(side));
    let text = change.text.as_deref().unwrap_or(&now.body.text);
    let bare = || {
        let text = change.text.as_ref()?;
        Some(Body::compose(text, None, &now.body.markers, hands.signer))
    };
    let body = if (mark || change.text.is_some()) && book.carries(side) {
        let marker = book.marker(side, (side == Side::Right).then_some(&after), None);
        let body = book.body(side, text, marker, hands.signer);
        // A text that fills all the room there is stays without a pointer; the state on the right tells enough.
        let fits = side == Side::Right || body.chars().count() <= book.profiles.get(side).body_max;
        if fits { Some(body) } else { bare() }
    } else {
        bare()
    };
    let patch = Patch {
        title: change.title.clone(),
        body,
        status: change.status.map(|wish| (now.status, wish)),
        add_labels: change.add_labels.clone(),
        remove_labels: change.remove_labels.clone(),
        assignees: change.assignees.clone(),
        planning: change.planning.clone(),
        confidential: change.confidential,
    };
    (
        Op::UpdateIssue {
            key: now.key.clone(),
            patch,
        },
        after,
    )
}

/// The stored form of a copy, and its marker.
pub(super) fn copy(book: &Book, copy: &Copy, hands: &Hands<'_>) -> String {
    let marker = Marker::new(book.link.clone(), Payload::Comment(Box::new(copy.mark.clone())));
    Body::compose_comment(&copy.attribution, &copy.text, &marker, hands.signer)
}

/// The parts of a change, one field each.
pub(super) fn split(change: &Change) -> Vec<(Field, Change)> {
    let Change {
        title,
        text,
        status,
        add_labels,
        remove_labels,
        assignees,
        planning,
        confidential,
        files,
    } = change.clone();
    let planned = |planning: PlanningChange| Change {
        planning,
        ..Change::default()
    };
    let parts = [
        (
            Field::Title,
            Change {
                title,
                ..Change::default()
            },
        ),
        (
            Field::Body,
            Change {
                text,
                files,
                ..Change::default()
            },
        ),
        (
            Field::Status,
            Change {
                status,
                ..Change::default()
            },
        ),
        (
            Field::Labels,
            Change {
                add_labels,
                remove_labels,
                ..Change::default()
            },
        ),
        (
            Field::Assignees,
            Change {
                assignees,
                ..Change::default()
            },
        ),
        (
            Field::Milestone,
            planned(PlanningChange {
                milestone: planning.milestone,
                ..PlanningChange::default()
            }),
        ),
        (
            Field::Weight,
            planned(PlanningChange {
                weight: planning.weight,
                ..PlanningChange::default()
            }),
        ),
        (
            Field::DueDate,
            planned(PlanningChange {
                due: planning.due,
                ..PlanningChange::default()
            }),
        ),
        (
            Field::TimeEstimate,
            planned(PlanningChange {
                estimate: planning.estimate,
                ..PlanningChange::default()
            }),
        ),
        (
            Field::Confidential,
            Change {
                confidential,
                ..Change::default()
            },
        ),
    ];
    parts.into_iter().filter(|(_, part)| !part.is_empty()).collect()
}
