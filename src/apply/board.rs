//! The dashboard issue: opened once, written anew only over what was read.
//!
//! Imports the model and the tracker traits.

use std::collections::BTreeSet;

use crate::model::{
    BoardMark, Body, Draft, Issue, IssueKey, Label, LinkId, Lookup, Marker, Op, Patch, Payload, PlanningChange, Signer,
    Status, hash_text,
};
use crate::tracker::{Reach, ReadTracker, TrackerError, WriteTracker};

/// A dashboard as it shall be.
#[derive(Clone, Debug)]
pub struct BoardWish<'a> {
    /// The issue as it was read; `None` when one is to be opened.
    pub known: Option<&'a Issue>,
    /// The title of a new one.
    pub title: &'a str,
    /// What it shows.
    pub text: &'a str,
    /// The label it is found by.
    pub label: &'a str,
    /// What stands for the link in its marker.
    pub id: LinkId,
    /// What its marker says; where it is and which text it goes with are filled in.
    pub mark: BoardMark,
}

/// What became of a dashboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BoardWritten {
    /// It is as wished, under this key.
    Done(IssueKey),
    /// A person changed it after it was read: a box may have been ticked, so the next run looks again.
    Moved,
}

/// Writes a dashboard. A new one is written twice: only then its marker can name the issue it sits in. A creation whose
/// answer was lost is not tried again: the next run finds the issue by its marker, if there is one.
pub async fn write_board(
    reader: &dyn ReadTracker,
    writer: &dyn WriteTracker,
    signer: &Signer,
    wish: &BoardWish<'_>,
) -> Result<BoardWritten, TrackerError> {
    let (key, missing) = match wish.known {
        Some(known) => {
            match reader.issue(&known.key).await? {
                Lookup::Found(now) if now.body == known.body => {}
                Lookup::Found(_) | Lookup::Deleted | Lookup::Moved(_) | Lookup::Hidden => {
                    return Ok(BoardWritten::Moved);
                }
            }
            (known.key.clone(), !known.labels.contains(wish.label))
        }
        None => match create(reader, writer, signer, wish).await? {
            Some(key) => (key, false),
            None => return Ok(BoardWritten::Moved),
        },
    };
    let mut patch = Patch {
        body: Some(body(signer, wish, Some(&key))),
        ..Patch::default()
    };
    if missing {
        make_label(reader, writer, wish.label).await?;
        patch.add_labels.insert(wish.label.to_owned());
    }
    let op = Op::UpdateIssue {
        key: key.clone(),
        patch,
    };
    writer.perform(&op).await?;
    Ok(BoardWritten::Done(key))
}

async fn create(
    reader: &dyn ReadTracker,
    writer: &dyn WriteTracker,
    signer: &Signer,
    wish: &BoardWish<'_>,
) -> Result<Option<IssueKey>, TrackerError> {
    make_label(reader, writer, wish.label).await?;
    let draft = Draft {
        title: wish.title.chars().take(reader.profile().title_max).collect(),
        body: body(signer, wish, None),
        status: Status::OPEN,
        labels: BTreeSet::from([wish.label.to_owned()]),
        assignees: BTreeSet::new(),
        planning: PlanningChange::default(),
        confidential: false,
    };
    let receipt = writer.perform(&Op::CreateIssue(draft)).await?;
    Ok(receipt.issue.map(|issue| issue.key))
}

async fn make_label(reader: &dyn ReadTracker, writer: &dyn WriteTracker, name: &str) -> Result<(), TrackerError> {
    if reader.profile().label_catalogue {
        let label = Label {
            name: name.to_owned(),
            color: None,
            description: Some("The dashboard of Lockstep is found by it".to_owned()),
        };
        // Without it the dashboard is found in whole listings only.
        if let Err(error) = writer.perform(&Op::CreateLabel(label)).await
            && error.reach() != Reach::Step
        {
            return Err(error);
        }
    }
    Ok(())
}

fn body(signer: &Signer, wish: &BoardWish<'_>, key: Option<&IssueKey>) -> String {
    let mut mark = wish.mark.clone();
    mark.at.key = key.cloned();
    mark.text = hash_text(&wish.id, wish.text);
    let marker = Marker::new(wish.id.clone(), Payload::Board(Box::new(mark)));
    Body::compose(wish.text, None, &[marker], signer)
}
